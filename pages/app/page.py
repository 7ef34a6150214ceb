"""The page: its title, languages, share button and tabs, and what a visitor's address opens."""

import html
import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from core.errors import Problem
from pages.app.classroom import ClassPage
from pages.app.events import QUIET
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.links import ADDRESS
from pages.app.page_language import COOKIE
from pages.app.request import Request
from pages.app.tab import Tab, check_tabs
from pages.app.visitors import TOKEN, is_token
from pages.gradio_compat.session_state import set_visitor
from pages.modules import call_js, files
from pages.text import DEFAULT, LANGUAGES, explain, known

PLAIN_QUERY = r"\??(&?(lang|__theme)=\w*)*"  # of an address that sets no control


def build_page(lab: Lab, tabs: Sequence[Tab], teacher_key: str = "") -> gr.Blocks:
    """The page with all tabs. Raises TypeError or ValueError for malformed tabs."""

    def register_visitor(
        token: str, query: str, language: str, request: gr.Request
    ) -> dict[Any, Any]:
        """Register a visitor's page; pass on a query that sets controls to `apply_query`."""
        if request.session_hash and is_token(token):
            set_visitor(page, request.session_hash, token)
        lab.visitors.get(token).language = known(language)
        query = str(query or "")  # a caller may leave it out
        plain = re.fullmatch(PLAIN_QUERY, query)
        return {registered: True, visits[0]: True} if plain else {applied_query: query}

    def apply_query(query: str, language: str) -> dict[Any, Any]:
        """Set all controls that the query names; none of them if the query is wrong."""
        updates: dict[Any, Any] = {}
        try:
            updates |= class_page.admit(dict(parse_qsl(query.removeprefix("?"))).get("teacher"))
            updates |= lab.links.read(query, places)
        except Problem as problem:
            gr.Warning(html.escape(explain(problem, known(language))))
            updates |= lab.links.read_place(query, places)
        # A tab that the query selects gets its select event from Gradio.
        first = {} if places in updates else {visits[0]: True}
        return {registered: True, **first, **updates}

    def switch_language(token: str, language: str, count: int) -> list[Any]:
        lab.visitors.get(token).language = known(language)
        return [count + 1, *lab.words.relabel(known(language))]

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
            share_button = lab.translate(
                gr.Button(size="sm", elem_classes="share"), value="shell.share"
            )
        lab.events.language_count = gr.State(0)
        link = lab.translate(
            gr.Textbox(visible=False, interactive=False, buttons=["copy"]),
            label="shell.link", info="shell.link_info",
        )  # fmt: skip
        address = lab.translate(gr.Textbox(visible=False), label="shell.link")
        class_page = ClassPage(lab, teacher_key)
        visitor, language = lab.events.visitor, lab.events.language
        token = call_js("app/js/visitor.js", "visitorToken", TOKEN.pattern)
        identified = page.load(None, visitor, visitor, js=token, **QUIET)
        applied_query, registered, visits = gr.State(""), gr.State(False), []
        with gr.Tabs(overflow_behavior="wrap") as places:
            for tab in tabs:
                lab.links.tab = tab.name
                with lab.translate(gr.Tab(id=tab.name), label=f"{tab.name}.name") as place:
                    # A tab computes its first view when it is first selected. Gradio may send
                    # the select event of the first tab before the address was read.
                    visits.append(first_visit(place, None if visits else registered))
                    lab.events.tab_opened = visits[-1].change
                    tab.build(lab)
        # The link is of the tab before.
        lab.events.update_in_browser(places.select, [link], {"visible": False})
        read = call_js(ADDRESS, "readAddress")
        addressed = identified.then(None, visitor, [visitor, address], js=read, **QUIET)
        first = [registered, visits[0]]
        addressed.then(
            register_visitor, [visitor, address, language], [*first, applied_query], **QUIET
        )
        # A separate event, because Gradio renders every output of an event again.
        targets = [*first, *class_page.outputs, places, *lab.links.targets]
        applied_query.change(apply_query, [applied_query, language], targets, **QUIET)
        scripts = [name for name in files() if name.endswith(".js")]
        start = call_js("app/js/start.js", "startPage", sorted(lab.links.names), scripts)
        page.load(None, js=start)
        inputs = {"opened": address, "values": lab.links.sources}
        opened = call_js(ADDRESS, "withOpenTabs")
        written = lab.events.on(share_button.click, write_link, inputs, link, js=opened)
        copied = written.success(None, link, link, js=call_js(ADDRESS, "copyLink"), **QUIET)
        copied.then(None, link, link, js=call_js(ADDRESS, "keepLink"), **QUIET)
        kept = call_js("app/js/visitor.js", "keepLanguage", COOKIE)
        language.change(None, language, None, js=kept, **QUIET)
        language.change(
            switch_language,
            [visitor, language, lab.events.language_count],
            [lab.events.language_count, *lab.words.components],
            queue=False,
            **QUIET,
        )
    return page


def write_link(request: Request, *, opened: str, values: Sequence[Any]) -> dict[str, Any]:
    """The link that restores what is on screen. opened: the open tab and sections, as JSON."""
    query = request.lab.links.write(json.loads(opened), values, request.language)
    return gr.update(value=query, visible=True)
