"""Closes the events of the page to callers that name them.

Patches: the routes /call, /call/v2, /run and /api of Gradio's server, by a middleware.
Why: `api_visibility="private"` hides an event from the documentation, but the server still runs it
for anybody who knows the name of its function.
Written for: Gradio 6.31.0.
No longer needed: when tests/app/test_hostile_requests.py passes without it.
If Gradio changes: a new route to events would be open; a renamed one answers 404 by itself.
"""

import re
from collections.abc import Collection

import gradio as gr
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# The page calls its events by number, with "predict" as the name.
BY_NAME = re.compile(r"/(?:call/v2|call|run|api)/([^/]+)/?$")


def public_endpoints(page: gr.Blocks) -> list[str]:
    """The names of the endpoints that are part of the API."""
    return [name.strip("/") for name in page.get_api_info()["named_endpoints"]]


class PrivateEndpoints:
    """Middleware that answers 404 to a call of any name but the public ones."""

    def __init__(self, app: ASGIApp, public: Collection[str]):
        self.app, self.public = app, {*public, "predict"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.app
        if scope["type"] == "http" and scope["method"] == "POST":
            called = BY_NAME.search(scope["path"])
            if called and called[1] not in self.public:
                answer = JSONResponse({"detail": "There is no endpoint of this name."}, 404)
        await answer(scope, receive, send)
