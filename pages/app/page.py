"""The page: its title, languages, share button and tabs, and what a visitor's address opens."""

import html
import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from core.errors import Problem
from pages.app import classroom
from pages.app.events import QUIET
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.links import ADDRESS
from pages.app.page_language import COOKIE
from pages.app.tab import Tab, check_tabs
from pages.app.visitors import TOKEN, is_token
from pages.gradio_compat.session_state import set_visitor
from pages.modules import call_js, files
from pages.text import DEFAULT, LANGUAGES, explain, known

PLAIN_QUERY = r"\??(&?(lang|__theme)=\w*)*"  # of an address that sets no control


def build_page(lab: Lab, tabs: Sequence[Tab], teacher_key: str = "") -> gr.Blocks:
    """The page with all tabs. Raises TypeError or ValueError for malformed tabs."""

    def arrive(token: str, query: str, language: str, request: gr.Request) -> list[Any]:
        """Register a visitor's page; pass on a query that sets controls, to be read by `enter`."""
        if request.session_hash and is_token(token):
            set_visitor(page, request.session_hash, token)
        lab.visitors.get(token).language = known(language)
        query = str(query or "")  # a caller may leave it out
        plain = re.fullmatch(PLAIN_QUERY, query)
        return [True, True, gr.skip()] if plain else [gr.skip(), gr.skip(), query]

    def enter(query: str, language: str) -> list[Any]:
        """Set all controls that the query names; none of them if the query is wrong."""
        asked = dict(parse_qsl(query.removeprefix("?")))
        teacher = [gr.skip()] * len(class_page.outputs)
        try:
            teacher = class_page.admit(asked.get("teacher"))
            opened, *rest = lab.links.read(query, places)
        except Problem as problem:
            gr.Warning(html.escape(explain(problem, known(language))))
            opened, *rest = lab.links.plain(query, places)
        # A tab that the query selects gets its select event from Gradio.
        selected = "selected" in opened
        return [True, gr.skip() if selected else True, *teacher, opened, *rest]

    def share(lab: Lab, opened: str, *rest: Any) -> dict[str, Any]:
        """The link that restores what is on screen."""
        *values, _, language = rest
        query = lab.links.write(json.loads(opened), values, known(language))
        return gr.update(value=query, visible=True)

    def switch_language(token: str, language: str, spoken: int) -> list[Any]:
        lab.visitors.get(token).language = known(language)
        return [spoken + 1, *lab.words.relabel(known(language))]

    check_tabs(tabs)
    lab.has_teacher = bool(teacher_key)
    with gr.Blocks(title="Netlab", fill_width=True, delete_cache=(600, 3600)) as page:
        lab.events.visitor = gr.BrowserState("", storage_key="netlab", secret="netlab")
        with gr.Row(elem_classes="masthead"):
            lab.translate(gr.Markdown(elem_classes="title"), value="shell.title")
            lab.translate(
                gr.Markdown(elem_classes="device"), value=f"shell.device.{lab.device.type}"
            )
            lab.events.language = gr.Radio(
                [(name, code) for code, name in LANGUAGES.items()],
                value=DEFAULT,
                label="Language · 语言",
                show_label=False,
                container=False,
                elem_classes="language",
                interactive=True,
            )
            sharing = lab.translate(gr.Button(size="sm", elem_classes="share"), value="shell.share")
        lab.events.language_count = gr.State(0)
        link = lab.translate(
            gr.Textbox(visible=False, interactive=False, buttons=["copy"]),
            label="shell.link", info="shell.link_info",
        )  # fmt: skip
        address = lab.translate(gr.Textbox(visible=False), label="shell.link")
        class_page = classroom.build(lab, teacher_key)
        token = call_js("app/js/visitor.js", "visitorToken", TOKEN.pattern)
        named = page.load(None, lab.events.visitor, lab.events.visitor, js=token, **QUIET)
        linked, arrived, looked = gr.State(""), gr.State(False), []
        with gr.Tabs(overflow_behavior="wrap") as places:
            for tab in tabs:
                lab.links.tab = tab.name
                with lab.translate(gr.Tab(id=tab.name), label=f"{tab.name}.name") as place:
                    # A tab computes its first view when it is first selected. Gradio may send
                    # the select event of the first tab before the address was read.
                    looked.append(first_visit(place, None if looked else arrived))
                    lab.events.tab_opened = looked[-1].change
                    tab.build(lab)
        # The link is of the tab before.
        lab.events.update_in_browser(places.select, [link], {"visible": False})
        asked = named.then(
            None, lab.events.visitor, [lab.events.visitor, address],
            js=call_js(ADDRESS, "readAddress"), **QUIET,
        )  # fmt: skip
        whose = [lab.events.visitor, address, lab.events.language]
        entered = [arrived, looked[0]]
        asked.then(arrive, whose, [*entered, linked], **QUIET)
        # A separate event, because Gradio renders every output of an event again.
        brought = [*entered, *class_page.outputs, places, *lab.links.targets]
        linked.change(enter, [linked, lab.events.language], brought, **QUIET)
        scripts = [name for name in files() if name.endswith(".js")]
        start = call_js("app/js/start.js", "startPage", sorted(lab.links.names), scripts)
        page.load(None, js=start)
        opened = [address, *lab.links.sources]
        asks = call_js(ADDRESS, "withOpenTabs")
        shared = lab.events.on(sharing.click, share, opened, [link], js=asks)
        copied = shared.success(None, link, link, js=call_js(ADDRESS, "copyLink"), **QUIET)
        copied.then(None, link, link, js=call_js(ADDRESS, "keepLink"), **QUIET)
        kept = call_js("app/js/visitor.js", "keepLanguage", COOKIE)
        lab.events.language.change(None, lab.events.language, None, js=kept, **QUIET)
        lab.events.language.change(
            switch_language,
            [lab.events.visitor, lab.events.language, lab.events.language_count],
            [lab.events.language_count, *lab.words.components],
            queue=False,
            **QUIET,
        )
    return page
