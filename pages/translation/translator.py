"""Translate the sentence that all sections examine.

The visitor learns that a translation is written one token after another, and that the choice of the
next one, greedily, with a beam or at random, is no part of the network.
"""

import math
import random
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import anyio.to_thread
import gradio as gr
import torch

from core.checks import check_count, check_seed
from core.errors import Problem
from core.training.config import nearest
from core.translation.beam import MOST_BEAMS, beam_search
from core.translation.decode import Choice, greedy, read, sampler, steps
from core.translation.metrics import score_sentence
from pages.app.events import QUIET, clamp_js, flat
from pages.app.lab import Lab
from pages.app.request import Request
from pages.translation.examples import ALL, draw, examples, reference_of
from pages.translation.formatting import signed
from pages.translation.networks import network_of, vocabulary_of
from pages.translation.sentence_note import sentence_note
from pages.translation.translated_sentence import SharedInputs

METHODS = ("greedy", "beam", "sample")
# The sliders of a method: lowest, highest and first value, step.
SLIDERS = {
    "beam": {"beams": (1, MOST_BEAMS, 5, 1), "alpha": (0, 2, 1, 0.1)},
    "sample": {"temperature": (0.1, 2, 1, 0.05), "top_k": (1, 50, 10, 1)},
}
# Threads that decode at once. Each takes and gives back the interpreter's lock all the time, which
# delays whatever else the server does. Beams, which may take long, only wait for each other.
DECODING, SEARCHING = anyio.CapacityLimiter(2), anyio.CapacityLimiter(2)
SLICE = 0.04  # seconds of decoding between two updates of the page


@dataclass
class Draft:
    """A translation while it is written. log_probability: of its tokens, in nats."""

    target: list[int] = field(default_factory=list)
    log_probability: float = 0.0
    complete: bool = False

    def extend(self, tokens: Iterator[tuple[int, float]]) -> None:
        """Take tokens for `SLICE` seconds, one at least."""
        end = time.monotonic() + SLICE
        for token, log_probability in tokens:
            self.target.append(token)
            self.log_probability += log_probability
            if time.monotonic() >= end:
                return
        self.complete = True


async def translate(
    request: Request, *, sentence: str, reference: str, paired: Sequence[str],
    network: Sequence[Any], settings: Mapping[str, Any],
) -> AsyncIterator[dict[str, Any]]:  # fmt: skip
    """Write the translation token by token; at its end, all sections examine it.

    paired: see `is_stale`. network: its name and version. A newer call of the same visitor ends
    this one. Raises `Problem` ("sentence.*", "setting.*").
    """
    name, version = network
    found = network_of(request.lab, name, request.visitor)
    model, vocabulary = found.model, vocabulary_of(found)
    source = read(vocabulary, str(sentence or ""))
    kept, this_call = request.record.kept, object()
    kept["translating"] = this_call
    began, draft = time.perf_counter(), Draft()
    if settings["method"] == "beam":
        beams = check_count("beams", settings["beams"], 1, MOST_BEAMS)
        search = partial(beam_search, model, [source], beams, float(settings["alpha"]))
        best = (await anyio.to_thread.run_sync(search, limiter=SEARCHING))[0][0]
        draft = Draft(best.tokens, best.log_probability, complete=True)
    else:
        tokens = steps(model, source, next_token_choice(settings))
        while not draft.complete:
            await anyio.to_thread.run_sync(draft.extend, tokens, limiter=DECODING)
            if kept["translating"] is not this_call:
                yield {}
                return
            yield {"french": vocabulary.decode(draft.target)}
    seconds = time.perf_counter() - began
    translated = {
        "network": name, "version": version, "sentence": sentence,
        "target": draft.target, "score": draft.log_probability,
    }  # fmt: skip
    # A pasted sentence may be translated before its stale reference is cleared.
    reference = "" if is_stale(sentence, reference, paired) else reference
    yield {
        "french": vocabulary.decode(draft.target),
        "seconds": seconds,
        "translated": translated,
        **describe(request, translated=translated, seconds=seconds, reference=reference),
    }


def next_token_choice(settings: Mapping[str, Any]) -> Choice:
    """How the next token is chosen. Raises `Problem` ("setting.*")."""
    method = settings["method"]
    if method == "greedy":
        return greedy
    if method != "sample":
        raise Problem("setting.choice", name="method", choices=", ".join(METHODS),
                      value=str(method)[:80], nearest=nearest(str(method), METHODS))  # fmt: skip
    generator = torch.Generator().manual_seed(check_seed(settings["seed"]))
    top_k = check_count("top_k", settings["top_k"], 1, 1_000)
    return sampler(float(settings["temperature"]), top_k, generator)


def describe(
    request: Request, *, translated: Mapping[str, Any], seconds: float, reference: str
) -> dict[str, str]:
    """The length, likelihood and time of a translation, and its BLEU and chrF."""
    if not translated:
        return {}
    count, log_probability = len(translated["target"]), translated["score"]
    facts = request.text(
        "translation.facts",
        count=count, log=signed(log_probability),
        share=f"{math.exp(log_probability / max(count, 1)):.0%}",
        milliseconds=f"{1_000 * seconds:.0f}",
    )  # fmt: skip
    reference = str(reference or "").strip()[:2_000]
    if not reference:
        return {"facts": facts, "score": request.text("translation.no_reference")}
    network = network_of(request.lab, translated["network"], request.visitor)
    metrics = score_sentence(vocabulary_of(network).decode(translated["target"]), reference)
    values = {name: f"{value:.1f}" for name, value in metrics.items()}
    return {"facts": facts, "score": request.text("translation.score", **values)}


def check_sentence(
    request: Request, *, sentence: str, reference: str, paired: Sequence[str], network: str
) -> dict[str, str]:
    """Describe the sentence in the box, and clear the reference of another sentence."""
    stale = {"reference": ""} if is_stale(sentence, reference, paired) else {}
    return {"note": sentence_note(request, str(sentence or ""), network), **stale}


def is_stale(sentence: str, reference: str, paired: Sequence[str]) -> bool:
    """Whether a reference belongs to another sentence.

    paired: the last sentence that came with a reference, and this reference.
    """
    return bool(paired[1]) and reference == paired[1] and sentence != paired[0]


def with_reference(sentence: str, reference: str) -> dict[str, Any]:
    """A sentence and its reference as the outputs take them."""
    return {"sentence": sentence, "reference": reference, "paired": [sentence, reference]}


def take_example(request: Request, *, example: str | None, network: str) -> dict[str, Any]:
    """Put an example into the box, with its reference."""
    if not example:
        return {}
    card = network_of(request.lab, network, request.visitor).card
    return with_reference(example, reference_of(card, example))


def take_test_sentence(request: Request, *, network: str) -> dict[str, Any]:
    """Put a random sentence that the network was not trained on into the box."""
    card = network_of(request.lab, network, request.visitor).card
    return {"example": None, **with_reference(*draw(card, random.Random()))}


def change_examples(request: Request, *, sentence: str, network: str) -> dict[str, Any]:
    """Offer the examples of another network, and replace an example that it does not have."""
    card = network_of(request.lab, network, request.visitor).card
    offered = examples(card)
    replaced = {}
    if sentence in ALL and sentence not in offered:
        sentence = offered[0]
        replaced = with_reference(sentence, reference_of(card, sentence))
    note = sentence_note(request, str(sentence or ""), network)
    return {"example": gr.update(choices=offered, value=None), "note": note, **replaced}


def show_settings(request: Request, *, method: str) -> dict[str, Any]:
    """Only the settings of the chosen method."""
    return {name: gr.update(visible=method == name) for name in SLIDERS}


def build(lab: Lab, shared: SharedInputs) -> None:
    """English on the left, French on the right, and below how the next token is chosen."""
    card = network_of(lab, shared.network.value, "").card
    offered = examples(card)
    first, first_reference = offered[0], reference_of(card, offered[0])
    with gr.Row(equal_height=False):
        with gr.Column(min_width=300):
            sentence = lab.translate(
                gr.Textbox(first, lines=3, max_lines=8, interactive=True),
                label="translation.english", placeholder="translation.type_here",
            )  # fmt: skip
            note = gr.Markdown(elem_classes="facts")
            with gr.Row():
                begin = lab.translate(gr.Button(variant="primary"), value="translation.translate")
                anew = lab.translate(gr.Button(), value="translation.random")
        with gr.Column(min_width=300):
            french = lab.translate(
                # A copy button would hide the label from screen readers.
                gr.Textbox(
                    lines=3, max_lines=8, interactive=False,
                    html_attributes=gr.InputHTMLAttributes(lang="fr"),
                ),
                label="translation.french",
            )  # fmt: skip
            facts = gr.Markdown(elem_classes="facts")
            score = gr.Markdown(elem_classes="facts")
    with gr.Row():
        example = lab.translate(
            gr.Dropdown(offered, value=None, interactive=True, min_width=300),
            label="translation.example",
        )
        method = lab.translate(
            gr.Radio(list(METHODS), value="greedy", interactive=True, min_width=300),
            label="translation.method",
            choices={name: f"translation.methods.{name}" for name in METHODS},
        )
    settings: dict[str, Any] = {"method": method}
    rows = {}
    for name, sliders in SLIDERS.items():
        with gr.Row(visible=False) as rows[name]:
            for setting, (low, high, value, step) in sliders.items():
                settings[setting] = lab.translate(
                    gr.Slider(low, high, value, step=step, interactive=True),
                    label=f"translation.{setting}",
                )
    with rows["sample"], gr.Column(min_width=160):
        seed = settings["seed"] = lab.translate(
            gr.Number(0, precision=0, interactive=True), label="translation.seed"
        )
        again = lab.translate(gr.Button(size="sm"), value="translation.again")
    with lab.translate(gr.Accordion(open=False), label="translation.reference_title"):
        reference = lab.translate(
            gr.Textbox(first_reference, lines=2, interactive=True),
            label="translation.reference",
        )

    for name, component in {"sentence": sentence, **settings}.items():
        lab.links.add(name, component)
    on, network = lab.events.on, {"network": shared.network}
    paired, seconds = gr.State([first, first_reference]), gr.State(0.0)
    text = {"sentence": sentence, "reference": reference, "paired": paired}
    description = {"facts": facts, "score": score}

    picked = on(example.input, take_example, {"example": example, **network}, text)
    drawn = on(anew.click, take_test_sentence, network, {"example": example, **text})
    changed = on(
        [shared.network.change, shared.version.change],
        change_examples,
        {"sentence": sentence, **network},
        {"example": example, "note": note, **text},
    )
    inputs = {**text, "network": [shared.network, shared.version], "settings": settings}
    outputs = {
        "french": french, "seconds": seconds, "translated": shared.translated, **description,
    }  # fmt: skip
    clicks = [lab.events.tab_opened, begin.click, sentence.submit, method.input, seed.change]
    sliders = (each for each in settings.values() if isinstance(each, gr.Slider))
    moves = [event for slider in sliders for event in (slider.input, slider.release)]
    for event in ([*clicks, *moves], picked.success, drawn.success, changed.success):
        on(
            event,
            translate,
            inputs,
            outputs,
            concurrency_limit=None,
            trigger_mode="always_last",
            js=clamp_js(flat(inputs)),
        )
    on([method.input, lab.events.tab_opened], show_settings, {"method": method}, rows)
    # `change` in place of `input`, which is not triggered by a paste.
    on(
        [lab.events.tab_opened, lab.events.language_switched, sentence.change],
        check_sentence,
        {**text, **network},
        {"note": note, "reference": reference},
    )
    again.click(None, seed, seed, js="(seed) => (Number(seed) || 0) + 1", **QUIET)
    # A typed sentence is no example.
    lab.events.update_in_browser(sentence.input, [example], {"value": None})
    on(
        [reference.input, lab.events.language_switched],
        describe,
        {"translated": shared.translated, "seconds": seconds, "reference": reference},
        description,
    )
