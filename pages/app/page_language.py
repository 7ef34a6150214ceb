"""The language in which a page is requested, and how the browser keeps the visitor's choice."""

from starlette.requests import HTTPConnection

from pages.text import DEFAULT, LANGUAGES, known

COOKIE = "netlab_language"
# Runs when another language is chosen. Sets the language of the document (for screen readers), of
# the address if it names one, and of the cookie (for the next visit). Inside another site's frame,
# as on Hugging Face, a cookie needs SameSite=None and Partitioned.
KEEP_LANGUAGE_JS = f"""(language) => {{
  document.documentElement.dataset.language = document.documentElement.lang = language;
  const url = new URL(location.href);
  if (url.searchParams.has("lang")) {{
    url.searchParams.set("lang", language);
    history.replaceState(null, "", url);
  }}
  const secure = location.protocol === "https:";
  document.cookie = `{COOKIE}=${{language}}; path=${{location.pathname}}; max-age=31536000; ` +
    (secure ? "SameSite=None; Secure; Partitioned" : "SameSite=Lax");
}}"""


def requested_language(request: HTTPConnection) -> str:
    """The language of the address, else of the cookie, else of the browser, else the default."""
    for given in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if given in LANGUAGES:
            return known(given)
    for given in request.headers.get("accept-language", "").split(","):
        if (short := given.split(";")[0].split("-")[0].strip().lower()) in LANGUAGES:
            return short
    return DEFAULT
