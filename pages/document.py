"""What is added to gradio's page before it is sent: an icon, and what makes it usable sooner.

Without an icon, a browser asks the host's root for one, which behind a proxy is not the lab's.

Gradio's page (6.31) goes through all events once for each of its components, and again after the
first paint. Svelte wraps plain objects and arrays in proxies that tell of changes, which makes each
look at an event slow; but the events of a page never change. What has a prototype of its own is
left unwrapped. `python -m tests.benchmarks.first_look` measures the page with this and without.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ICON = b"""<link rel="icon" href="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'
viewBox='0 0 32 32'><g stroke='%234f46e5' stroke-width='2'><path d='M7 9L25 16M7 23L25 16M7 9L16
16M7 23L16 16'/></g><g fill='%234f46e5'><circle cx='7' cy='9' r='4'/><circle cx='7' cy='23' r='4'/>
<circle cx='16' cy='16' r='4'/><circle cx='25' cy='16' r='5'/></g></svg>">"""
BEFORE = b"<script data-gradio-mode>"  # comes after the settings, before gradio's own script
SCRIPT = b"""<script>{
class Fixed extends Array {}
const config = window.gradio_config;
if (Array.isArray(config?.dependencies)) config.dependencies = Fixed.from(config.dependencies);
const own = Object.create(Object.prototype);
for (const event of config?.dependencies ?? []) Object.setPrototypeOf(event, own);
}</script>"""


class Amended:
    """Adds both to the page, and touches no other answer."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].endswith("/"):
            await self.app(scope, receive, send)
            return
        start: Message = {}

        async def pass_on(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start:
                body = message.get("body", b"")
                if not message.get("more_body") and BEFORE in body:
                    message["body"] = body.replace(BEFORE, ICON + SCRIPT + BEFORE, 1)
                    length = str(len(message["body"]))
                    MutableHeaders(scope=start)["content-length"] = length
                await send(start)
                start = {}
            await send(message)

        await self.app(scope, receive, pass_on)
