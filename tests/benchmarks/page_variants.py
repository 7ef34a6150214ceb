"""Compare ways to put the tabs on pages: python -m tests.benchmarks.page_variants [--visits 5]

Every variant is served by its own process and visited in Chromium by turns, each time as a new
visitor with an empty browser cache. A visit opens the first tab, then every other tab, then all
of them again. A tab is usable when its first view is drawn and the browser is idle.

  one       one page with all tabs (what `python app.py` serves)
  one0      the same without the changes to Gradio's page, scripts and sessions
  routes    one Gradio route per tab; a change of tab loads another page
  routes1   the same with the packed and kept page and the short sessions, without changed scripts
  routes0   the same without any of the changes
  frames    routes in one <iframe> per tab, created at the first visit and kept
  frames+   the same; the other tabs' frames are created in idle time
  render    one page; a tab other than the first is built by `gr.render` when it is opened
  alone     one Blocks with the first tab only
  alone0    the same without the changes

Prints medians and ranges: seconds until the first tab is usable; seconds from the click on another
tab until that is usable, at the first and at the second time; MiB by which the server's memory
grows per visit; components and events on the first page; requests and KiB on the network.
"""

import argparse
import copy
import html
import json
import re
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from playwright.sync_api import Browser, Frame, Page, sync_playwright
from starlette.responses import HTMLResponse

from tests.serving import CHROMIUM, FLAGS, ROOT, free_port, wait_for

TABS = ("translation", "digits", "autoencoder", "cartpole")
VIEWS = {
    "translation": ".nl-piece",
    "digits": ".easel canvas",
    "autoencoder": ".nl-cloud canvas",
    "cartpole": ".nl-cart canvas",
}
VARIANTS = (
    "one", "one0", "routes", "routes1", "routes0", "frames", "frames+", "render", "alone", "alone0",
)  # fmt: skip
# True once a canvas that Canvas2D can read has more than one colour; other elements are drawn
# when they are visible.
DRAWN = """(element) => {
  if (!(element instanceof HTMLCanvasElement) || element.closest(".nl-cloud")) return true;
  const small = document.createElement("canvas");
  small.width = small.height = 24;
  const context = small.getContext("2d");
  context.drawImage(element, 0, 0, 24, 24);
  const pixels = new Uint32Array(context.getImageData(0, 0, 24, 24).data.buffer);
  return new Set(pixels).size > 1;
}"""
IDLE = "() => new Promise((done) => requestIdleCallback(() => done(true)))"


# The server


def serve(variant: str, port: int) -> None:
    """Serve a variant until stopped."""
    from pages import autoencoder, cartpole, digits, shell, translation

    tabs = [translation, digits, autoencoder, cartpole]
    whole_frame = shell.frame
    if variant.endswith("0"):
        remove_changes(shell)
    elif variant.endswith("1"):
        keep_scripts(shell)
    if variant.startswith("alone"):
        tabs = tabs[:1]
    elif variant.startswith(("routes", "frames")):
        shell.frame = lambda *given: routed(shell, whole_frame, *given)
    elif variant == "render":
        shell.frame = lambda *given: rendered(shell, whole_frame, *given)
        shell.sessions.install = lambda page: None
        shell.sessions.sweep = lambda page, lab: None
    shell.run(tabs, "cpu", server_port=port, inbrowser=False)


def remove_changes(shell: Any) -> None:
    """Take away what changes Gradio's page, its scripts and its sessions."""

    class Unchanged:
        def __init__(self, app: Any, **_: Any):
            self.app = app

        async def __call__(self, *given: Any) -> None:
            await self.app(*given)

    shell.Amended = shell.Quicker = Unchanged
    shell.sessions.install = lambda page: None
    shell.sessions.sweep = lambda page, lab: None


def keep_scripts(shell: Any) -> None:
    """Leave Gradio's scripts and the events of the page as they are."""
    from pages import document, quicker

    document.SCRIPT = b""
    quicker.EXCHANGED = {}


def path_of(tab: str) -> str:
    return "" if tab == TABS[0] else tab


def routed(shell: Any, frame: Any, lab: Any, tabs: Any, teacher_key: str) -> Any:
    """One Blocks with one route per tab: each has a frame, words and links of its own."""
    import gradio as gr

    from pages.document import Amended
    from pages.links import Links
    from pages.words import Words

    page = gr.Blocks(title="Netlab", fill_width=True, delete_cache=(600, 3600))
    anchors = "".join(f'<a data-tab="{name}" href="./{path_of(name)}">{name}</a> ' for name in TABS)
    labs = []
    for tab in tabs:
        own = copy.copy(lab)
        own.words, own.links = Words(), Links()
        route = page if path_of(tab.NAME) == "" else page.route(tab.NAME, tab.NAME)
        with route:
            gr.HTML(f"<nav>{anchors}</nav>")
        # The frame adds its components to the route instead of a Blocks of its own.
        shell.gr = SimpleNamespace(**vars(gr) | {"Blocks": lambda route=route, **_: route})
        frame(own, [tab], teacher_key)
        labs.append(own)
    shell.gr, lab.language = gr, labs[0].language
    if shell.Amended is Amended:
        shell.Amended = amended_routes(Amended, labs)
    return page


def amended_routes(amended: Any, labs: Any) -> type:
    """The middleware `Amended` for several pages, whose addresses end without a slash."""

    class AllWords:
        def spoken(self, language: str) -> dict[int, Any]:
            found: dict[int, Any] = {}
            for lab in labs:
                found |= lab.words.spoken(language)
                found[lab.language._id] = {"value": language}
            return found

    class AmendedRoutes(amended):
        def __init__(self, app: Any, **_: Any):
            async def with_own_path(scope: Any, receive: Any, send: Any) -> None:
                if "route_path" in scope:
                    scope = {**scope, "path": scope["route_path"]}
                await app(scope, receive, send)

            super().__init__(with_own_path, AllWords(), labs[0].language, shared=True)

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            path = scope.get("path", "")
            if path == "/frames":
                await HTMLResponse(OUTER)(scope, receive, send)
                return
            if path.strip("/") in TABS:
                scope = {**scope, "route_path": path, "path": f"{path}/"}
            await super().__call__(scope, receive, send)

    return AmendedRoutes


OUTER = """<!doctype html><meta charset="utf-8"><title>Netlab</title><style>
body { margin: 0; display: flex; flex-direction: column; height: 100vh }
iframe { border: 0; flex: 1; width: 100% } iframe.away { display: none }
</style><nav>BUTTONS</nav><script>
const frames = {};
function make(tab) {
  if (frames[tab]) return frames[tab];
  const frame = document.createElement("iframe");
  Object.assign(frame, { name: tab, src: tab === "translation" ? "./" : `./${tab}` });
  frame.className = "away";
  document.body.append(frame);
  return frames[tab] = frame;
}
function open_tab(tab) {
  const opened = make(tab);
  for (const frame of Object.values(frames)) frame.className = frame === opened ? "" : "away";
}
open_tab("translation");
if (location.search === "?prefetch") {
  const next = () => {
    const tab = ["digits", "autoencoder", "cartpole"].find((tab) => !frames[tab]);
    if (tab) make(tab).onload = () => setTimeout(() => requestIdleCallback(next), 1500);
  };
  frames.translation.onload = () => setTimeout(() => requestIdleCallback(next), 3000);
}
</script>""".replace(
    "BUTTONS",
    "".join(f"<button data-tab={tab} onclick=\"open_tab('{tab}')\">{tab}</button>" for tab in TABS),
)


def rendered(shell: Any, frame: Any, lab: Any, tabs: Any, teacher_key: str) -> Any:
    """One page; the tabs behind the first are built by `gr.render` at their first look."""
    import gradio as gr

    from pages.links import Links
    from pages.words import Words

    class Later:
        def __init__(self, tab: Any):
            self.NAME, self._tab = tab.NAME, tab

        def build(self, shared: Any) -> None:
            shared.links.sections(gr.Tabs(visible=False), [self.NAME])
            opened, tab = shared.opened, self._tab

            def build_now() -> None:
                own = copy.copy(shared)
                own.words, own.links = Words(), Links()
                own.links.tab = tab.NAME
                begun = gr.State(False)
                own.opened = begun.change
                began = time.perf_counter()
                genuine, gr.api = gr.api, lambda *_, **__: None
                try:
                    tab.build(own)
                finally:
                    gr.api = genuine
                timer = gr.Timer(0.01)
                timer.tick(
                    lambda: [True, gr.Timer(active=False)],
                    None,
                    [begun, timer],
                    show_progress="hidden",
                )
                print(f"built {tab.NAME} {time.perf_counter() - began:.2f} s", file=sys.stderr)

            gr.render(triggers=[opened])(build_now)

    return frame(lab, [tabs[0], *map(Later, tabs[1:])], teacher_key)


# The visitor


class Visit:
    """A new visitor of a variant, and what was measured."""

    def __init__(self, browser: Browser, variant: str, address: str):
        self.variant, self.address = variant, address
        self.context = browser.new_context(viewport={"width": 1366, "height": 900})
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.requests, self.bytes = 0, 0.0
        network = self.context.new_cdp_session(self.page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", self._loaded)

    def _loaded(self, event: dict[str, Any]) -> None:
        self.requests += 1
        self.bytes += event["encodedDataLength"]

    def open(self) -> tuple[float, float]:
        """Seconds until the first tab is drawn, and until it is usable."""
        frames = self.variant.startswith("frames")
        query = "?prefetch" if self.variant == "frames+" else ""
        start = time.perf_counter()
        self.page.goto(self.address + (f"frames{query}" if frames else ""), wait_until="commit")
        return self._usable(TABS[0], start)

    def click(self, tab: str) -> tuple[float, float]:
        """Seconds from a click on a tab until it is drawn, and until it is usable."""
        one = self.variant in ("one", "one0", "render")
        place = f"button[data-tab-id={tab}]:visible" if one else f"[data-tab={tab}]"
        button = self.page.locator(place).first
        button.wait_for()
        start = time.perf_counter()
        button.click(no_wait_after=True)
        return self._usable(tab, start)

    def _usable(self, tab: str, start: float) -> tuple[float, float]:
        frame: Page | Frame = self.page
        if self.variant.startswith("frames"):
            while (found := self.page.frame(name=tab)) is None:
                self.page.wait_for_timeout(5)
            frame = found
        frame.locator(f"{VIEWS[tab]}:visible").first.wait_for()
        view = frame.locator(f"{VIEWS[tab]}:visible").first
        while not view.evaluate(DRAWN):
            self.page.wait_for_timeout(10)
        drawn = time.perf_counter() - start
        frame.evaluate(IDLE)
        return drawn, time.perf_counter() - start


def visit(
    browser: Browser, variant: str, address: str, server: subprocess.Popen, notes: dict[str, Any]
) -> None:
    """Go through all tabs twice."""
    others = TABS[1:] if not variant.startswith("alone") else ()

    def note(name: str, drawn: float, usable: float) -> None:
        notes[f"{name} drawn"].append(drawn)
        notes[name].append(usable)

    before = memory(server)
    guest = Visit(browser, variant, address)
    note("first", *guest.open())
    guest.page.wait_for_timeout(500)
    notes["requests"].append(guest.requests)
    notes["KiB"].append(guest.bytes / 1024)
    notes["MiB first"].append(memory(server) - before)
    if variant == "frames+":
        guest.page.wait_for_timeout(9_000)
    for tab in others:
        note(f"{tab} 1", *guest.click(tab))
        guest.page.wait_for_timeout(200)
    for tab in (TABS[0], *others) if others else ():
        note(f"{tab} 2", *guest.click(tab))
        guest.page.wait_for_timeout(100)
    notes["MiB all"].append(memory(server) - before)
    guest.context.close()


def memory(server: subprocess.Popen) -> float:
    """MiB that a process holds."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else float("nan")


def page_size(address: str) -> tuple[int, int]:
    """Components and events of a page."""
    with httpx.Client() as client:
        text = html.unescape(client.get(address).text)
    config = text.split("window.gradio_config = ", 1)[1].split(";</script>", 1)[0]
    described = json.loads(config)
    return len(described["components"]), len(described["dependencies"])


def measure(variants: Sequence[str], visits: int) -> None:
    """Visit each variant by turns and print the figures. The first round only fills caches."""
    servers = {variant: start(variant) for variant in variants}
    notes: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    try:
        for server, address in servers.values():
            wait_for(address, server)
        time.sleep(10)  # the servers compute what the tabs show first
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for number in range(visits + 1):
                for variant, (server, address) in servers.items():
                    taken = notes[variant] if number else defaultdict(list)
                    visit(browser, variant, address, server, taken)
                    latest = {name: round(values[-1], 2) for name, values in taken.items()}
                    print(number, variant, json.dumps(latest), flush=True)
        for variant, (_, address) in servers.items():
            report(variant, address, notes[variant])
    finally:
        for server, _ in servers.values():
            server.terminate()
        for server, _ in servers.values():
            server.wait(30)


def start(variant: str) -> tuple[subprocess.Popen, str]:
    """The process that serves a variant, and its address."""
    port = free_port()
    command = ["-m", "tests.benchmarks.page_variants", "--serve", variant, "--port", str(port)]
    server = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL)
    return server, f"http://127.0.0.1:{port}/"


def report(variant: str, address: str, notes: dict[str, list[float]]) -> None:
    """Print the size of the first page, and medians and ranges."""
    components, events = page_size(address)
    print(f"\n{variant}: {components} components, {events} events")
    for name, values in notes.items():
        low, high = min(values), max(values)
        print(f"  {name:20} {statistics.median(values):8.2f} ({low:.2f} to {high:.2f})")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--visits", type=int, default=5)
    parser.add_argument("--variants", nargs="+", default=list(VARIANTS), choices=VARIANTS)
    parser.add_argument("--serve", choices=VARIANTS, help="serve one variant and measure nothing")
    parser.add_argument("--port", type=int)
    flags = parser.parse_args()
    if flags.serve:
        serve(flags.serve, flags.port)
    else:
        measure(flags.variants, flags.visits)


if __name__ == "__main__":
    main()
