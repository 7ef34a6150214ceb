"""Translate a sentence: the one that all sections look at.

The visitor learns that a translation is written one token after the other, and that how the next
one is chosen, greedily, with a beam or at random, is no part of the network.
"""

import math
import random
import time
from collections.abc import AsyncIterator, Iterator, Sequence
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
from core.translation.decode import greedy, read, sampler, steps
from core.translation.metrics import score_sentence
from core.translation.model import LONGEST
from pages.app.events import QUIET, clamp_js
from pages.app.lab import Lab
from pages.app.networks import Network
from pages.text import text
from pages.translation.examples import draw, examples, reference_of
from pages.translation.foreign import foreign
from pages.translation.stage import Stage, current, network_of, vocabulary_of

METHODS = ("greedy", "beam", "sample")
LIMIT = LONGEST - 2  # pieces of a sentence
# Threads that decode at once. Each takes and gives back the interpreter's lock all the time, and
# whatever else a class does, e.g. moves a slider, waits for as many of them as there are.
# Beams, which may take long, wait for one another only.
DECODING, SEARCHING = anyio.CapacityLimiter(2), anyio.CapacityLimiter(2)
SLICE = 0.04  # seconds of decoding between two looks at the page
FLATTEST = 2.0  # temperature that the slider offers
FRENCH = gr.InputHTMLAttributes(lang="fr")


@dataclass
class Draft:
    """A translation while it is written. log_probability: of its tokens, in nats."""

    target: list[int] = field(default_factory=list)
    log_probability: float = 0.0
    over: bool = False

    def go_on(self, going: Iterator[tuple[int, float]]) -> None:
        """Take tokens for `SLICE` seconds, one at least."""
        end = time.monotonic() + SLICE
        for token, log_probability in going:
            self.target.append(token)
            self.log_probability += log_probability
            if time.monotonic() >= end:
                return
        self.over = True


async def translate_now(
    lab: Lab, sentence: str, reference: str, given: Any, name: str, version: int, method: str,
    beams: Any, alpha: Any, temperature: Any, top_k: Any, seed: Any, visitor: str, language: str,
) -> AsyncIterator[Sequence[Any]]:  # fmt: skip
    """Write the translation token by token; at its end, all sections look at it.

    Raises `Problem` ("sentence.*", "setting.*").
    """
    if stale(sentence, reference, given):  # pasted, and translated at once
        reference = ""
    network = network_of(lab, name, visitor)
    vocabulary = vocabulary_of(network)
    source = read(vocabulary, str(sentence or ""))
    kept, mine = lab.seen(visitor).kept, object()
    kept["translating"] = mine  # whatever this visitor had asked for before ends
    began, draft = time.perf_counter(), Draft()
    if method == "beam":
        beams = check_count("beams", beams, 1, MOST_BEAMS)
        search = partial(beam_search, network.model, [source], beams, float(alpha))
        found = await anyio.to_thread.run_sync(search, limiter=SEARCHING)
        draft = Draft(found[0][0].tokens, found[0][0].log_probability, over=True)
    else:
        going = steps(network.model, source, chooser(method, temperature, top_k, seed))
        while not draft.over:
            await anyio.to_thread.run_sync(draft.go_on, going, limiter=DECODING)
            if kept["translating"] is not mine:
                yield [gr.skip()] * 4
                return
            yield [vocabulary.decode(draft.target), gr.skip(), gr.skip(), gr.skip()]
    french, seconds = vocabulary.decode(draft.target), time.perf_counter() - began
    kept["translated"] = draft, seconds
    yield [
        french,
        facts(draft, seconds, language),
        compare(french, reference, language),
        current(name, version, sentence, draft.target, draft.log_probability),
    ]


def chooser(method: Any, temperature: Any, top_k: Any, seed: Any) -> Any:
    """How the next token is chosen. Raises `Problem` ("setting.*")."""
    if method == "greedy":
        return greedy
    if method != "sample":
        raise Problem("setting.choice", name="method", choices=", ".join(METHODS),
                      value=str(method)[:80], nearest=nearest(str(method), METHODS))  # fmt: skip
    generator = torch.Generator().manual_seed(check_seed(seed))
    return sampler(float(temperature), check_count("top_k", top_k, 1, 1_000), generator)


def facts(draft: Draft, seconds: float, language: str) -> str:
    """How long it is, how likely the network holds it, and how long it took."""
    count = len(draft.target)
    return text(
        "translation.facts", language,
        count=count, log=f"{draft.log_probability:.2f}".replace("-", "−"),
        share=f"{math.exp(draft.log_probability / max(count, 1)):.0%}",
        milliseconds=f"{1_000 * seconds:.0f}",
    )  # fmt: skip


def compare(french: str, reference: Any, language: str) -> str:
    """BLEU and chrF against a reference, if there is one."""
    reference = str(reference or "").strip()[:2_000]
    if not reference:
        return text("translation.no_reference", language)
    found = score_sentence(french, reference)
    values = {name: f"{value:.1f}" for name, value in found.items()}
    return text("translation.score", language, **values)


def count(lab: Lab, sentence: str, name: str, visitor: str, language: str) -> str:
    """How many pieces the sentence has, and how many can be translated."""
    return told(sentence, network_of(lab, name, visitor), language)


def type_on(
    lab: Lab, sentence: str, reference: str, given: Any, name: str, visitor: str, language: str
) -> Sequence[Any]:
    """Count the pieces so far; a reference that came with another sentence is taken away."""
    left = "" if stale(sentence, reference, given) else gr.skip()
    return [count(lab, sentence, name, visitor, language), left]


def stale(sentence: str, reference: Any, given: Any) -> bool:
    """Whether a reference is that of another sentence: given, a sentence and what came with it."""
    return bool(given[1]) and reference == given[1] and sentence != given[0]


def told(sentence: Any, network: Network, language: str) -> str:
    """The length of a sentence against what can be translated; and what in it is no English."""
    sentence = str(sentence or "")
    count = len(vocabulary_of(network).encode(sentence))
    key = "counted" if count <= LIMIT else "too_long"
    said = text(f"translation.{key}", language, count=count, limit=LIMIT)
    if strange := foreign(sentence):
        said += " · " + text("translation.foreign", language, characters=strange)
    return said


def show_score(lab: Lab, reference: str, at_hand: Any, visitor: str, language: str) -> str:
    """Compare what stands translated with a reference that was pasted."""
    if not at_hand:
        return ""
    network = network_of(lab, at_hand["name"], visitor)
    return compare(vocabulary_of(network).decode(at_hand["target"]), reference, language)


def retell(lab: Lab, reference: str, at_hand: Any, visitor: str, language: str) -> Sequence[Any]:
    """Say in another language what is said of the translation."""
    draft, seconds = lab.seen(visitor).kept.get("translated", (None, 0.0))
    said = facts(draft, seconds, language) if draft else gr.skip()
    return [said, show_score(lab, reference, at_hand, visitor, language)]


def take_example(lab: Lab, sentence: str, name: str, visitor: str, language: str) -> Sequence[Any]:
    """Put an example into the box, with its reference; whoever only passes by chose none."""
    if not sentence:
        return [gr.skip()] * 4
    network = network_of(lab, name, visitor)
    reference = reference_of(network.card, sentence)
    return [sentence, reference, [sentence, reference], told(sentence, network, language)]


def take_test(lab: Lab, name: str, visitor: str, language: str) -> Sequence[Any]:
    """Put a random sentence that the network never learnt from into the box."""
    network = network_of(lab, name, visitor)
    sentence, reference = draw(network.card, random.Random())
    given = [sentence, reference]
    return [sentence, reference, given, told(sentence, network, language), None]


def change_network(
    lab: Lab, sentence: str, before: list[str], name: str, visitor: str, language: str
) -> Sequence[Any]:
    """Offer sentences of the network's own kind; an example of another's gives way to one."""
    network = network_of(lab, name, visitor)
    offered = examples(network.card)
    changed = gr.update(choices=offered, value=None)
    if sentence not in before or sentence in offered:
        count = told(sentence, network, language)
        return [changed, offered, gr.skip(), gr.skip(), gr.skip(), count]
    return [changed, offered, *take_example(lab, offered[0], name, visitor, language)]


def show_settings(lab: Lab, method: str, visitor: str, language: str) -> Sequence[Any]:
    """Only what the chosen method heeds."""
    return [gr.update(visible=method == name) for name in ("beam", "sample")]


def build(lab: Lab, stage: Stage) -> None:
    """English on the left, French on the right, and below how the next token is chosen."""
    card = network_of(lab, stage.network.value, "").card
    offered = examples(card)
    first = offered[0]
    with gr.Row(equal_height=False):
        with gr.Column(min_width=300):
            sentence = lab.say(
                gr.Textbox(first, lines=3, max_lines=8, interactive=True),
                label="translation.english", placeholder="translation.type_here",
            )  # fmt: skip
            counted = gr.Markdown(elem_classes="facts")
            with gr.Row():
                begin = lab.say(gr.Button(variant="primary"), value="translation.translate")
                anew = lab.say(gr.Button(), value="translation.random")
        with gr.Column(min_width=300):
            french = lab.say(
                # A copy button would take the label from the text, for whoever hears the page.
                gr.Textbox(lines=3, max_lines=8, interactive=False, html_attributes=FRENCH),
                label="translation.french",
            )
            quiet = gr.Markdown(elem_classes="facts")
            scored = gr.Markdown(elem_classes="facts")
    with gr.Row():
        example = lab.say(
            gr.Dropdown(offered, value=None, interactive=True, min_width=300),
            label="translation.example",
        )
        method = lab.say(
            gr.Radio(list(METHODS), value="greedy", interactive=True, min_width=300),
            label="translation.method",
            choices={name: f"translation.methods.{name}" for name in METHODS},
        )
    with gr.Row(visible=False) as beam:
        beams = lab.say(
            gr.Slider(1, MOST_BEAMS, 5, step=1, interactive=True), label="translation.beams"
        )
        alpha = lab.say(gr.Slider(0, 2, 1, step=0.1, interactive=True), label="translation.alpha")
    with gr.Row(visible=False) as sample:
        temperature = lab.say(
            gr.Slider(0.1, FLATTEST, 1, step=0.05, interactive=True),
            label="translation.temperature",
        )
        top_k = lab.say(gr.Slider(1, 50, 10, step=1, interactive=True), label="translation.top_k")
        with gr.Column(min_width=160):
            seed = lab.say(gr.Number(0, precision=0, interactive=True), label="translation.seed")
            again = lab.say(gr.Button(size="sm"), value="translation.again")
    with lab.say(gr.Accordion(open=False), label="translation.reference_title"):
        reference = lab.say(
            gr.Textbox(reference_of(card, first), lines=2, interactive=True),
            label="translation.reference",
        )

    travelling = (sentence, method, beams, alpha, temperature, top_k, seed)
    names = ("sentence", "method", "beams", "alpha", "temperature", "top_k", "seed")
    for name, component in zip(names, travelling, strict=True):
        lab.links.add(name, component)
    given, before = gr.State([first, reference_of(card, first)]), gr.State(offered)
    settings = [method, beams, alpha, temperature, top_k, seed]
    inputs = [sentence, reference, given, stage.network, stage.version, *settings]
    outputs = [french, quiet, scored, stage.current]
    streaming: dict[str, Any] = {"concurrency_limit": None, "trigger_mode": "always_last"}
    taken = [sentence, reference, given, counted]
    typed = [sentence, reference, given, stage.network]
    picked = lab.on(example.input, take_example, [example, stage.network], taken)
    drawn = lab.on(anew.click, take_test, [stage.network], [*taken, example])
    changed = lab.on(
        [stage.network.change, stage.version.change],
        change_network,
        [sentence, before, stage.network],
        [example, before, *taken],
    )
    asked = [lab.opened, begin.click, sentence.submit, method.input, seed.change]
    for event in (asked, picked.success, drawn.success, changed.success):
        lab.on(event, translate_now, inputs, outputs, **streaming)
    handles = [beams, alpha, temperature, top_k]
    lab.slide(handles, translate_now, inputs, outputs, js=clamp_js(inputs), concurrency_limit=None)
    lab.on([method.input, lab.opened], show_settings, [method], [beam, sample])
    # Not `input`, which what is pasted does not have.
    lab.on(sentence.change, type_on, typed, [counted, reference], trigger_mode="always_last")
    again.click(None, seed, seed, js="(seed) => (Number(seed) || 0) + 1", **QUIET)
    # Whoever types leaves the example.
    lab.at_once(sentence.input, [example], {"value": None})
    lab.on(reference.input, show_score, [reference, stage.current], [scored],
           trigger_mode="always_last")  # fmt: skip
    lab.on([lab.opened, lab.spoken.change], count, [sentence, stage.network], [counted])
    lab.on(lab.spoken.change, retell, [reference, stage.current], [quiet, scored])
