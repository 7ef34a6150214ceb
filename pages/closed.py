"""Closes the endpoints that are no verb: the page's own events answer to nobody who names them."""

import re
from collections.abc import Collection

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# By name; the page itself says the number of an event, where gradio expects "predict" for a name.
NAMED = re.compile(r"/(?:call/v2|call|run|api)/([^/]+)/?$")


class Closed:
    """Answers 404 to a call of any name but the open ones. Gradio would run what is private."""

    def __init__(self, app: ASGIApp, names: Collection[str]):
        self.app, self.open = app, {*names, "predict"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.app
        if scope["type"] == "http" and scope["method"] == "POST":
            named = NAMED.search(scope["path"])
            if named and named[1] not in self.open:
                answer = JSONResponse({"detail": "There is no endpoint of this name."}, 404)
        await answer(scope, receive, send)
