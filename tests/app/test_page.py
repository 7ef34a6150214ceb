"""The page as gradio would serve it: every component's words are recorded."""

import asyncio

import gradio as gr
import pytest
import torch

from core.runner import Runner
from pages import autoencoder, digits, shell
from pages.lab import Lab
from pages.text import LANGUAGES

# Properties of a component that a visitor reads.
READ = {
    gr.Button: ["value"],
    gr.DownloadButton: ["label"],
    gr.UploadButton: ["label"],
    gr.Markdown: ["value"],
    gr.Tab: ["label"],
    gr.Accordion: ["label"],
    gr.Slider: ["label"],
    gr.Number: ["label"],
    gr.Radio: ["label"],
    gr.Dropdown: ["label", "choices"],
    gr.Textbox: ["label"],
    gr.Code: ["label"],
    gr.Image: ["label"],
}


@pytest.fixture(scope="module")
def page():
    with Runner() as runner:
        lab = Lab(torch.device("cpu"), runner)

        async def build() -> gr.Blocks:
            return shell.frame(lab, [digits, autoencoder])

        # Outside a running event loop gradio opens loops of its own and never closes them.
        yield lab, asyncio.run(build())


def test_every_component_with_words_is_recorded(page):
    lab, blocks = page
    for component in blocks.blocks.values():
        if component is lab.language or isinstance(component, gr.State | gr.BrowserState):
            continue
        for name in READ.get(type(component), []):
            if type(component) in (gr.Markdown, gr.Slider) and not getattr(component, name):
                continue  # filled by a handler, which takes the language
            assert name in lab.words.recorded(component), (type(component), component.elem_classes)
        if type(component) is gr.HTML and component.props.get("whole"):
            assert "words" in lab.words.recorded(component)


@pytest.mark.parametrize("language", LANGUAGES)
def test_relabelling_reaches_all_of_them(page, language):
    lab, _ = page
    updates = lab.words.relabel(language)
    assert len(updates) == len(lab.words.components)
    assert all(update["__type__"] == "update" for update in updates)


def test_no_page_event_is_part_of_the_api(page):
    _, blocks = page
    named = blocks.get_api_info()["named_endpoints"]
    assert {"/encode", "/decode", "/reconstruct", "/interpolate"} <= named.keys()
    assert all(endpoint["description"] for endpoint in named.values())
    assert not any("show" in name or "pick" in name for name in named)
