"""Links: what a tab shows goes into the address and comes back, and nothing else gets in."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

import gradio as gr
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Problem
from core.execution.runner import Runner
from pages import autoencoder, cartpole, digits, translation
from pages.app.lab import Lab
from pages.app.links import Links
from pages.app.page import build_page
from pages.digits.pins import first_pins, flat

TABS = [module.TAB for module in (translation, digits, autoencoder, cartpole)]


@pytest.fixture(scope="module")
def links() -> Links:
    with Runner() as runner:
        lab = Lab(torch.device("cpu"), runner)

        async def build() -> None:
            build_page(lab, TABS)

        asyncio.run(build())
        return lab.links


def values_of(links: Links, query: str) -> dict[str, object]:
    """What a query sets, by the name of its parameter."""
    updates = links.read(query, gr.Tabs(render=False))
    found = {}
    for tab, each in links._links.items():
        for name, link in each.items():
            if link.target in updates:
                update = updates[link.target]
                found[f"{tab}.{name}"] = update["value"] if isinstance(update, dict) else update
    if places := selected(updates):
        found["places"] = places
    return found


def selected(updates: dict[Any, Any]) -> set[str]:
    """The tab and the sections that updates open."""
    return {update["selected"] for part, update in updates.items() if isinstance(part, gr.Tabs)}


def test_a_link_comes_back_as_it_was_written(links):
    changed = {
        "sentence": "A dog, & a cat?", "method": "beam", "beams": 3, "alpha": 0.6, "seed": 12,
        "train_recipe": "translation-multi30k", "train_learning_rate": 0.01,
    }  # fmt: skip
    wanted = {links._links["translation"][name].target: value for name, value in changed.items()}
    values = [
        wanted.get(source, getattr(source, "value", None) or 0)
        if not isinstance(source, gr.State)
        else []
        for source in links.sources
    ]
    query = links.write(["translation", "train"], values, "zh")
    assert values_of(links, query) == {
        **{f"translation.{name}": value for name, value in changed.items()}, "places": {"train"},
    }  # fmt: skip
    assert "lang=zh" in query


def test_places_of_a_latent_space_travel(links):
    values = [
        [0.5] * 64 if getattr(source, "value", None) == [] else getattr(source, "value", None)
        for source in links.sources
    ]
    told = values_of(links, links.write(["digits", "ask", "quiz"], values, "en"))
    assert told == {"digits.latent": [0.5] * 64, "places": {"digits", "ask", "quiz"}}
    told = values_of(links, "?tab=autoencoder&point=1,-2,0.5")
    assert told == {"autoencoder.point": [1, -2, 0.5], "places": {"autoencoder"}}


def test_pins_travel_once_one_was_pinned(links):
    network = cast(Any, SimpleNamespace(model=SimpleNamespace(latent_size=64)))
    pins = first_pins(network)
    assert flat(pins) == [] == flat({})
    pins["B"] = {"latent": [0.25] * 64, "digit": 7}
    link = links._links["digits"]["pins"]
    told = link.read(link.write([pins]))
    assert len(told) == 3 * 65
    for (name, brought), kept in zip(first_pins(network, told).items(), pins.values(), strict=True):
        assert brought["digit"] == kept["digit"], name
        assert brought["latent"] == pytest.approx(kept["latent"], rel=1e-3), name
    assert first_pins(network, told[1:]) == first_pins(network)


@pytest.mark.parametrize(
    ("query", "opened"),
    [
        ("tab=digits&at=nowhere", {"digits"}), ("tab=no", set()),
        ("tab=translation&sentence=x", set()),  # the first tab is open already
        ("tab=cartpole&at=world&gravity=-500", {"cartpole", "world"}),
        ("lesson=digits&digit=99", {"digits", "lesson"}),
    ],
)  # fmt: skip
def test_a_wrong_link_still_opens_its_tab_and_section(links, query, opened):
    updates = links.read_place(f"?{query}", gr.Tabs(render=False))
    assert selected(updates) == opened and all(isinstance(part, gr.Tabs) for part in updates)


def test_a_lesson_opens(links):
    assert values_of(links, "?lesson=cartpole")["places"] == {"cartpole", "lesson"}


def test_one_s_own_network_stays(links):
    values = [
        "mine" if "link-network" in (source.elem_classes or []) else getattr(source, "value", None)
        for source in links.sources
    ]
    assert "mine" not in links.write(["cartpole"], values, "en")


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("tab=nonsense", "tab"), ("lesson=<script>", "tab"), ("at=nowhere", "at"),
        ("tab=digits&at=tree", "at"), ("hide=everything", "hide"), ("beams=99", "value"),
        ("beams=nan", "value"), ("seed=1e400", "value"), ("seed=x", "value"),
        ("method=magic", "value"), ("network=mine", "value"), ("network=../../etc", "value"),
        ("tab=autoencoder&point=1,2,3,4", "value"), (f"sentence={3_000 * 'a'}", "long"),
        ("tab=digits&latent=inf", "value"), ("&".join("abc" * 50), "torn"),
    ],
)  # fmt: skip
def test_a_wrong_link_is_told(links, query, key):
    with pytest.raises(Problem) as told:
        links.read(f"?{query}", gr.Tabs(render=False))
    assert told.value.key == f"link.{key}"


@given(st.data())
def test_whatever_a_link_says_is_a_value_or_a_problem(links, data):
    tab = data.draw(st.sampled_from([tab.name for tab in TABS]))
    name = data.draw(st.sampled_from(sorted(links._links[tab])))
    said = data.draw(
        st.one_of(st.text(), st.sampled_from(["nan", "-inf", "1e999"]), st.integers().map(str))
    )
    try:
        told = values_of(links, "?" + urlencode({"tab": tab, name: said}))
    except Problem as problem:
        assert problem.key == "link.value"
    else:
        assert set(told) <= {f"{tab}.{name}", "places"}
