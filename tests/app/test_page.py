"""The page as gradio would serve it: every component's words are recorded."""

import asyncio
from datetime import timedelta

import gradio as gr
import pytest
import torch

from core import recipes
from core.errors import Problem
from core.execution.runner import Runner
from pages import autoencoder, digits
from pages.app import networks
from pages.app.lab import Lab
from pages.app.networks import MINE
from pages.app.page import build_page
from pages.app.server import free_closed_pages
from pages.gradio_compat.session_state import Sessions, set_visitor
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
    gr.Image: ["label"],
}


@pytest.fixture(scope="module")
def page():
    with Runner() as runner:
        lab = Lab(torch.device("cpu"), runner)

        async def build() -> gr.Blocks:
            return build_page(lab, [digits.TAB, autoencoder.TAB])

        # Outside a running event loop gradio opens loops of its own and never closes them.
        yield lab, asyncio.run(build())


def test_every_component_with_words_is_recorded(page):
    lab, blocks = page
    for component in blocks.blocks.values():
        if component is lab.events.language or isinstance(component, gr.State | gr.BrowserState):
            continue
        for name in READ.get(type(component), []):
            handed = type(component) in (gr.Markdown, gr.Slider) or name == "choices"
            if handed and not getattr(component, name):
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


def test_another_language_is_spoken_before_anything_is_made_up_anew(page):
    lab, blocks = page
    asked = [
        event.inputs
        for event in blocks.fns.values()
        if (lab.events.language._id, "change") in event.targets and event.fn
    ]
    assert asked == [[lab.events.visitor, lab.events.language, lab.events.language_count]]
    followed = [
        event
        for event in blocks.fns.values()
        if (lab.events.language_count._id, "change") in event.targets
    ]
    assert len(followed) > 10


def test_no_page_event_is_part_of_the_api(page):
    _, blocks = page
    named = blocks.get_api_info()["named_endpoints"]
    assert {"/encode", "/decode", "/reconstruct", "/interpolate"} <= named.keys()
    assert all(endpoint["description"] for endpoint in named.values())
    assert not any("show" in name or "pick" in name for name in named)


def test_closed_pages_are_freed_with_visitors_who_have_no_other(page):
    lab, blocks = page
    holder = Sessions()
    holder.set_blocks(blocks)
    once, twice = "o" * 32, "t" * 32
    pages = {"gone": once, "one of two": twice, "the other": twice, "lately": once, "here": ""}
    for session, token in pages.items():
        assert holder[session]
        if token:
            set_visitor(blocks, session, token)
    model, plain = (
        lab.networks.get("autoencoder", "autoencoder", "").model,
        recipes.find("autoencoder"),
    )
    for token in (once, twice):
        lab.networks.adopt(token, "autoencoder", model, None)
        job = lab.runner.submit(plain, plain.Config(), f"tab {token}")
        lab.shared_trainings[f"code {token}"] = job.owner
    for session in ("gone", "one of two", "lately"):
        holder.session_data[session].is_closed = True
    for session in ("gone", "one of two", "here"):
        holder.time_last_used[session] -= timedelta(seconds=600)
    assert free_closed_pages(blocks, lab) == 2
    assert list(holder.session_data) == ["the other", "lately", "here"]
    assert holder.session_data.keys() == holder.time_last_used.keys()
    assert lab.networks.get(MINE, "autoencoder", once), "a page closed a moment ago may come back"
    holder.time_last_used["lately"] -= timedelta(seconds=600)
    assert free_closed_pages(blocks, lab) == 1
    with pytest.raises(Problem):
        lab.networks.get(MINE, "autoencoder", once)
    assert lab.networks.get(MINE, "autoencoder", twice)
    assert lab.runner.owners == [f"tab {twice}"] and list(lab.shared_trainings) == [f"code {twice}"]
    lab.forget(twice)


def test_a_session_describes_no_component(page):
    _, blocks = page
    holder = Sessions()
    holder.set_blocks(blocks)
    session = holder["one"]
    slider = next(each for each in blocks.blocks.values() if isinstance(each, gr.Slider))
    session[slider._id] = gr.Slider(0, 7, render=False)
    session._update_config(slider._id)
    session._update_value_in_config(slider._id, 3)
    assert session[slider._id].maximum == 7 and slider.maximum != 7
    assert not any(session.config_values.values())
    assert holder["two"][slider._id] is slider


def test_networks_heard_of_longest_ago_make_room(page, monkeypatch):
    lab, _ = page
    first, second, third = ("a" * 32, "b" * 32, "c" * 32)
    model, card = lab.networks.get("autoencoder", "autoencoder", "").model, None
    one = lab.networks.adopt(first, "autoencoder", model, card).size
    assert one == sum(tensor.nbytes for tensor in model.state_dict().values())
    lab.networks.adopt(second, "autoencoder", model, card)
    lab.visitors.get(first)  # is heard of again
    monkeypatch.setattr(networks, "VISITORS_BYTES", 2 * one)
    lab.networks.adopt(third, "digits", model, card)
    assert lab.networks.get(MINE, "autoencoder", first) and lab.networks.get(MINE, "digits", third)
    with pytest.raises(Problem):
        lab.networks.get(MINE, "autoencoder", second)
    monkeypatch.setattr(networks, "VISITORS_BYTES", 0)
    lab.networks.adopt(first, "autoencoder", model, card)  # whoever comes with one may keep it
    assert lab.networks.get(MINE, "autoencoder", first)
