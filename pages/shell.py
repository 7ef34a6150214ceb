"""The frame around the tabs: name, languages, device; and how the page is served."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import gradio as gr

from pages import theme
from pages.lab import Lab
from pages.text import DEFAULT, LANGUAGES, known


def frame(lab: Lab, tabs: Sequence[ModuleType]) -> gr.Blocks:
    """The whole page. Each tab is a module with a NAME and a build(lab)."""
    with gr.Blocks(title="Netlab", fill_width=True, delete_cache=(600, 3600)) as page:
        lab.visitor = gr.BrowserState("", storage_key="netlab", secret="netlab")
        with gr.Row(elem_classes="masthead"):
            lab.say(gr.Markdown(elem_classes="title"), value="shell.title")
            lab.say(gr.Markdown(elem_classes="device"), value=f"shell.device.{lab.device.type}")
            lab.language = gr.Radio(
                [(name, code) for code, name in LANGUAGES.items()],
                value=DEFAULT,
                label="Language · 语言",
                show_label=False,
                container=False,
                elem_classes="language",
                elem_id="language",
                interactive=True,
            )
        with gr.Tabs():
            for tab in tabs:
                with lab.say(gr.Tab(id=tab.NAME), label=f"{tab.NAME}.name"):
                    tab.build(lab)

        def enter(token: str, request: gr.Request) -> tuple[str, Any]:
            wanted = known(request.query_params.get("lang"))
            return lab.enter(token), wanted

        def switch_language(language: str) -> list[Any]:
            return lab.words.relabel(known(language))

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        page.load(enter, lab.visitor, [lab.visitor, lab.language], **quiet)
        lab.language.change(
            switch_language, lab.language, lab.words.components, queue=False, **quiet
        )
    return page


def serve(page: gr.Blocks, **options: Any) -> None:
    """Open the page to visitors, and stay until stopped."""
    page.queue(default_concurrency_limit=2, max_size=64, api_open=False)
    page.launch(
        theme=theme.theme(),
        css_paths=theme.CSS,
        max_file_size="32mb",
        enable_monitoring=False,
        show_error=False,
        run_history=False,
        state_session_capacity=300,
        ssr_mode=False,
        footer_links=["api", "settings"],
        **options,
    )

