"""Serves the browser's ES modules: all files of `pages/*/js`.

The app that serves the page must contain `modules_route()`. The path contains a hash of all files,
so that relative imports between modules are versioned as well, and a browser may keep each file
forever. A module has the same place below that path as below `pages`, e.g. "widgets/js/cloud.js".
"""

import functools
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

PAGES = Path(__file__).parent
IMPORT = re.compile(r'^(?:import|\} from) (?:.* from )?"(\.[\w./]+\.js)";$', re.MULTILINE)
FOREVER = {"cache-control": "public, max-age=31536000, immutable"}


@functools.cache
def files() -> dict[str, Path]:
    """All modules and style sheets, by their path below `pages`."""
    found = sorted(path for path in PAGES.glob("*/js/*") if path.suffix in (".js", ".css"))
    return {path.relative_to(PAGES).as_posix(): path for path in found}


@functools.cache
def _folder() -> str:
    contents = b"".join(path.read_bytes() for path in files().values())
    version = hashlib.sha1(contents, usedforsecurity=False).hexdigest()[:12]
    return f"/modules/{version}/"


def modules_route() -> Route:
    """The route that serves the modules, for `app_kwargs={"routes": [...]}` of Gradio's launch."""

    async def serve(request: Request) -> Response:
        path = files().get(request.path_params["name"])
        return FileResponse(path, headers=FOREVER) if path else Response(status_code=404)

    return Route(_folder() + "{name:path}", serve)


@functools.cache
def with_imports(name: str) -> tuple[str, ...]:
    """A module and all that it imports, itself last."""
    text = files()[name].read_text(encoding="utf-8")
    folder = files()[name].parent
    imported = [(folder / file).resolve().relative_to(PAGES).as_posix()
                for file in IMPORT.findall(text)]  # fmt: skip
    return tuple(dict.fromkeys([*(m for file in imported for m in with_imports(file)), name]))


def import_js(name: str) -> str:
    """A JavaScript expression: a promise of a module.

    The page's base address is that of the server, also behind a reverse proxy.
    """
    return f"import(new URL({json.dumps(_folder()[1:] + name)}, document.baseURI))"


def call_js(name: str, function: str, *arguments: Any) -> str:
    """A function for `js=` that calls one of a module with these arguments and the inputs."""
    given = "".join(f"{json.dumps(each)}, " for each in arguments)
    return f"async (...given) => (await {import_js(name)}).{function}({given}...given)"
