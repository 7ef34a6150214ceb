"""Cut something out of the trained network, and see what it was for.

The visitor learns that most heads can go without harm and some cannot, that without positions a
sentence is a bag of words, and why the causal mask matters while training only.
"""

import difflib
import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr
import numpy as np

from core.errors import Problem
from core.translation.decode import inspect, steps
from core.translation.explore import PARTS, check_head
from core.translation.model import NO_ABLATION, Ablation
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.text import text
from pages.translation.stage import Stage, Subject, subject_of
from pages.translation.steps import minus
from pages.widgets.heads import heads

# A layer of a stack, or a head of a layer.
NAMED = re.compile(r"(encoder|decoder)-\d{1,3}|(encoder|decoder|cross)-\d{1,3}-\d{1,3}", re.ASCII)


def measure(lab: Lab, at_hand: Any, visitor: str, language: str) -> Sequence[Any]:
    """What each head is worth to this translation; and which one that is."""
    if not at_hand:
        return [{}, "", {}]
    subject = subject_of(lab, at_hand, visitor)
    found = worth(subject)
    board = {part: np.round(found[part], 3).tolist() for part in PARTS}
    config = subject.model.config
    value = {"layers": config.layers, "heads": config.heads, **board}
    return [value, ranked(found, language), at_hand]


def worth(subject: Subject) -> dict[str, np.ndarray]:
    """By how much the log-probability of the translation falls without each head: (L, H) nats."""
    whole = subject.score
    config = subject.model.config
    return {
        part: np.array(
            [
                [whole - score(subject, Ablation(heads=frozenset({(part, layer, head)})))
                 for head in range(config.heads)]
                for layer in range(config.layers)
            ]
        )
        for part in PARTS
    }  # fmt: skip


def score(subject: Subject, ablation: Ablation) -> float:
    """The log-probability of the translation at hand under the network without what is cut."""
    return inspect(
        subject.model, subject.vocabulary, subject.source, subject.target, ablation
    ).score


def ranked(found: Mapping[str, np.ndarray], language: str) -> str:
    """The head that this translation needs most, and how many it hardly needs."""
    part = max(PARTS, key=lambda name: found[name].max())
    layer, head = np.unravel_index(found[part].argmax(), found[part].shape)
    every = np.concatenate([found[name].ravel() for name in PARTS])
    return text(
        "translation_decode.cut.ranked", language,
        part=text(f"translation.attention.{part}", language), layer=layer + 1, head=head + 1,
        worth=minus(-float(found[part].max())), few=int((abs(every) < 0.1).sum()), all=every.size,
    )  # fmt: skip


def compare(
    lab: Lab, at_hand: Any, gone: Any, positions: Any, causal: Any, visitor: str, language: str
) -> str:
    """The translation of the whole network and of what is left of it, as HTML.

    What another network had and this one lacks is not cut.
    """
    if not at_hand:
        return ""
    subject = subject_of(lab, at_hand, visitor)
    ablation = read_ablation(subject, fitting(subject, gone), positions, causal)
    whole = subject.vocabulary.decode([t for t, _ in steps(subject.model, subject.source)])
    greedily = ""
    if whole != subject.vocabulary.decode(subject.target):
        greedily = " " + text("translation_decode.cut.greedily", language)
    if ablation == NO_ABLATION:
        said = text("translation_decode.cut.nothing", language) + greedily
        return pair(whole, whole, said, language)
    steps_left = steps(subject.model, subject.source, ablation=ablation)
    left = subject.vocabulary.decode([token for token, _ in steps_left])
    values = {"whole": minus(subject.score), "left": minus(score(subject, ablation))}
    said = text("translation_decode.cut.scores", language, **values)
    key = "same" if left == whole else "other"
    said += " " + text(f"translation_decode.cut.{key}", language)
    if ablation.causal:
        said += " " + text("translation_decode.cut.causal_said", language)
    said += greedily
    return pair(whole, left, said, language)


def parts_of(gone: Any) -> dict[str, list[Any]]:
    """Heads and layers, as the board and links name them: "cross-1-2,decoder-1".

    By name, the part with the layer, and the head of it. Raises `Problem` for what is no such name.
    """
    found = {}
    for name in filter(None, str(gone).split(",")):
        if not NAMED.fullmatch(name):
            raise Problem("value.finite", name="heads")
        part, *numbers = name.split("-")
        found[name] = [part, *map(int, numbers)]
    return found


def read_ablation(subject: Subject, gone: Any, positions: Any, causal: Any) -> Ablation:
    """What is to be cut, as core takes it. Raises `Problem` for what the network does not have."""
    cut = [tuple(each) for each in parts_of(gone).values()]
    for part, layer, *head in cut:
        check_head(subject.model, part, layer, *head or [0])
    heads, layers = (frozenset(each for each in cut if len(each) == size) for size in (3, 2))
    return Ablation(heads, layers, bool(positions), bool(causal))


def pair(whole: str, left: str, said: str, language: str) -> str:
    """Two sentences side by side, the words marked in which they differ."""
    words = whole.split(), left.split()
    marked: tuple[list[str], list[str]] = ([], [])
    matcher = difflib.SequenceMatcher(a=words[0], b=words[1], autojunk=False)
    for kind, *ends in matcher.get_opcodes():
        for side, (start, end) in enumerate((ends[:2], ends[2:])):
            piece = html.escape(" ".join(words[side][start:end]))
            if piece:
                marked[side].append(piece if kind == "equal" else f"<mark>{piece}</mark>")
    titles = (text(f"translation_decode.cut.{name}", language) for name in ("intact", "rest"))
    columns = "".join(
        f"<div><h4>{title}</h4><p lang=fr>{' '.join(side) or '∅'}</p></div>"
        for title, side in zip(titles, marked, strict=True)
    )
    return f'<div class="versus">{columns}</div><p>{said}</p>'


def fitting(subject: Subject, gone: Any) -> str:
    """What is cut, without what this network does not have: another one had it."""
    config = subject.model.config
    most = (config.layers, config.heads)
    return ",".join(
        name
        for name, (_, *numbers) in parts_of(gone).items()
        if all(number < count for number, count in zip(numbers, most, strict=False))
    )


def take_out(lab: Lab, gone: str, at_hand: Any, visitor: str, language: str) -> str:
    """Cut other heads and layers. Raises `Problem` for what is none, or not there."""
    parts_of(gone)
    if at_hand:  # a link says what to cut before the sentence stands translated
        read_ablation(subject_of(lab, at_hand, visitor), gone, False, False)
    return gone


def bring(lab: Lab, gone: str, visitor: str, language: str) -> dict[str, Any]:
    """Let the board cut what a link names; it knows which heads there are."""
    try:
        parts_of(gone)
    except Problem:
        raise Problem("link.value", name="cut", value=gone[:60]) from None
    return gr.update(brought=gone)


def put_back(lab: Lab, restored: int, visitor: str, language: str) -> Sequence[Any]:
    """Cut nothing any more."""
    return ["", restored + 1]


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The board of heads; below, the two translations."""
    lab.say(gr.Markdown(elem_classes="hint"), value="translation_decode.cut.hint")
    board = lab.say(heads(value={}, brought=""), words="translation_decode.words.heads")
    most = gr.Markdown(elem_classes="verdict")
    with gr.Row():
        positions = lab.say(
            gr.Checkbox(False, interactive=True), label="translation_decode.cut.positions"
        )
        causal = lab.say(
            gr.Checkbox(False, interactive=True), label="translation_decode.cut.causal"
        )
    compared = gr.HTML()
    for name, box in {"no_positions": positions, "no_mask": causal}.items():
        lab.links.add(name, box)

    gone, restored, measured = gr.State(""), gr.State(0), gr.State({})
    brought = lab.links.hold("cut", [gone])
    lab.on(brought.change, bring, [brought], [board])
    stage.follow(lab, first_visit(place), measure, [stage.current], [board, most, measured])
    lab.on(board.changed, take_out, [stage.current], [gone], ["gone"])  # type: ignore[attr-defined]
    # What is put back is everything that was cut, the boxes below too.
    lab.at_once(board.restored, [positions, causal], {"value": False}, {"value": False})  # type: ignore[attr-defined]
    lab.on(board.restored, put_back, [restored], [gone, restored])  # type: ignore[attr-defined]
    # In one event, whatever the reason: the last answer is that to what is cut last.
    states, boxes = (measured, gone, restored, lab.spoken), (positions, causal)
    asked = [*(each.change for each in states), *(box.input for box in boxes)]
    lab.on(asked, compare, [measured, gone, *boxes], [compared])
