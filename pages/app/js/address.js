// @ts-check
/** The page's address: what it asks for, and links to what is on screen. */

import { hiddenSelector, isTab, openTabs } from "../../gradio_compat/js/gradio.js";

const TEACHER = "netlab-teacher";
const LASTING = ["lang", "hide", "__theme"]; // parameters that belong to no tab
const PLACE = ["tab", "at", "lesson"];

/** @param {URLSearchParams} parameters */
const replaceQuery = (parameters) => {
  const query = String(parameters);
  history.replaceState(null, "", location.pathname + (query && `?${query}`));
};

/**
 * The visitor's token, and what the address asks for. The key of a teacher leaves the address, which
 * a class sees, and stays with this tab of the browser.
 *
 * @param {string} token
 */
export const readAddress = (token) => {
  const asked = new URLSearchParams(location.search);
  try {
    const given = asked.get("teacher");
    if (given) {
      sessionStorage.setItem(TEACHER, given);
      asked.delete("teacher");
      replaceQuery(asked);
    }
    const key = sessionStorage.getItem(TEACHER);
    if (key) asked.set("teacher", key);
  } catch {
    // A browser without storage keeps the key in the address.
  }
  return [token, `?${asked}`];
};

/**
 * The parameters after a tab or section was opened. What the query says of another tab is left out.
 *
 * @param {string} search
 * @param {string[]} opened ids of the open tabs, from the outermost
 */
export const parametersAt = (search, [tab, ...sections]) => {
  const asked = new URLSearchParams(search);
  const sameTab = asked.get("tab") === tab;
  const section = sections.at(-1);
  const parameters = new URLSearchParams(section ? { tab, at: section } : { tab });
  for (const [name, value] of asked) {
    if (!PLACE.includes(name) && (sameTab || LASTING.includes(name)))
      parameters.append(name, value);
  }
  return parameters;
};

/** Let the address follow the tab and section that are opened, so that a reload returns to them. */
export const followTabs = () =>
  document.addEventListener("click", ({ target }) => {
    if (!isTab(/** @type {Element} */ (target))) return;
    setTimeout(() => replaceQuery(parametersAt(location.search, openTabs())), 100);
  });

/** The query's names of `hide` that are known. @param {string[]} known @param {string} search */
export const namesToHide = (known, search) => {
  const asked = (new URLSearchParams(search).get("hide") || "").split(",");
  return asked.filter((name) => known.includes(name));
};

/** Hide what `hide` names. @param {string[]} known */
export const hideNamed = (known) => {
  const names = namesToHide(known, location.search);
  if (!names.length) return;
  const style = document.createElement("style");
  style.textContent = `${hiddenSelector(names)} { display: none !important }`;
  document.head.append(style);
};

/** The open tabs as JSON, before the other values. */
export const withOpenTabs = (/** @type {any} */ _, /** @type {any[]} */ ...given) => [
  JSON.stringify(openTabs()),
  ...given,
];

/**
 * A query as a whole link; "" stays "".
 *
 * @param {string} query
 * @param {{origin: string, pathname: string, search: string}} [page]
 */
export const fullLink = (query, page = location) => {
  if (!query) return query;
  const hidden = new URLSearchParams(page.search).get("hide");
  const hide = hidden ? `&hide=${encodeURIComponent(hidden)}` : "";
  return page.origin + page.pathname + query + hide;
};

/** The same, copied. @param {string} query */
export const copyLink = (query) => {
  const url = fullLink(query);
  if (url) navigator.clipboard?.writeText(url).catch(() => {});
  return url;
};

/** Make a link the address of the page. @param {string} url */
export const keepLink = (url) => {
  history.replaceState(null, "", url);
  return url;
};
