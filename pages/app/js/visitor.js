// @ts-check
/** What the browser keeps of its visitor. */

/**
 * The token that the browser kept, or a new one. The browser makes it, so that there is one before
 * anything can be clicked.
 *
 * @param {string} pattern of a valid token
 * @param {string} kept
 */
export const visitorToken = (pattern, kept) => {
  if (new RegExp(`^${pattern}$`).test(kept)) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

/**
 * Set the language of the document (for screen readers), of the address if it names one, and of the
 * cookie (for the next visit). Inside another site's frame, as on Hugging Face, a cookie needs
 * SameSite=None and Partitioned.
 *
 * @param {string} cookie its name
 * @param {string} language
 */
export const keepLanguage = (cookie, language) => {
  document.documentElement.dataset.language = document.documentElement.lang = language;
  const url = new URL(location.href);
  if (url.searchParams.has("lang")) {
    url.searchParams.set("lang", language);
    history.replaceState(null, "", url);
  }
  const secure = location.protocol === "https:";
  const attributes = secure ? "SameSite=None; Secure; Partitioned" : "SameSite=Lax";
  document.cookie = `${cookie}=${language}; path=${location.pathname}; max-age=31536000; ${attributes}`;
};
