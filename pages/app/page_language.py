"""The language in which a page is requested, and how the browser keeps the visitor's choice."""

from starlette.requests import HTTPConnection

from pages.text import DEFAULT, LANGUAGES, known

COOKIE = "netlab_language"


def requested_language(request: HTTPConnection) -> str:
    """The language of the address, else of the cookie, else of the browser, else the default."""
    for given in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if given in LANGUAGES:
            return known(given)
    for given in request.headers.get("accept-language", "").split(","):
        if (short := given.split(";")[0].split("-")[0].strip().lower()) in LANGUAGES:
            return short
    return DEFAULT
