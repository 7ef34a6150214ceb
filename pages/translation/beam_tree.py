"""The beam search as a tree, with the branches that were pruned.

The visitor learns that a beam keeps several beginnings, that what is likeliest at first need not
win, and what the length penalty is for.
"""

import html
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from core.checks import check_count
from core.errors import Problem
from core.translation.beam import (
    MOST_BEAMS,
    Branch,
    Hypothesis,
    beam_search,
    length_penalty,
)
from core.translation.decode import steps
from pages.app.events import clamp_js
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.request import Request
from pages.translation.formatting import signed
from pages.translation.translated_sentence import SharedInputs, TranslatedSentence, read_state
from pages.widgets.tree import tree

PRUNED = 3  # pruned branches drawn at each step
STEPS = 40  # tokens of a tree


def show_search(
    request: Request, *, translated: Mapping[str, Any], beams: Any, alpha: Any
) -> dict[str, Any]:
    """The tree of a beam search, its hypotheses and its result. Raises `Problem` ("setting.*")."""
    if not translated:
        return {}
    sentence = read_state(request, translated)
    beams = check_count("beams", beams, 1, MOST_BEAMS)
    if not isinstance(alpha, int | float) or not 0 <= alpha <= 2:
        raise Problem("setting.range", name="alpha", low=0, high=2, value=str(alpha)[:20])
    branches: list[Branch] = []
    found, *_ = beam_search(sentence.model, [sentence.source], beams, alpha, branches=branches)
    winners = branches_of(found[0], branches)
    return {
        "view": {"nodes": tree_nodes(sentence, winners, branches)},
        "table": hypotheses_table(request, sentence, found, alpha),
        "note": note_on(request, sentence, found[0], winners, branches),
    }


def tree_nodes(
    sentence: TranslatedSentence, winners: set[int], branches: Sequence[Branch]
) -> list[dict[str, Any]]:
    """The branches to draw: all that were kept or ended, and the likeliest pruned ones.

    winners: the numbers of the branches of the best hypothesis.
    """
    totals = {branch.number: branch.log_probability for branch in branches}
    pruned: dict[int, int] = defaultdict(int)  # by step, how many are drawn
    drawn = []
    for one in sorted(branches, key=lambda one: (one.step, -one.log_probability)):
        if one.step >= STEPS:
            break
        if not (one.kept or one.ended):
            pruned[one.step] += 1
        if one.kept or one.ended or pruned[one.step] <= PRUNED:
            drawn.append(one)
    pieces = sentence.vocabulary.pieces([one.token for one in drawn])
    return [
        {
            "number": one.number,
            "parent": one.parent,
            "step": one.step,
            "piece": piece,
            "total": round(one.log_probability, 3),
            "change": round(one.log_probability - totals.get(one.parent, 0.0), 3),
            "kept": one.kept,
            "ended": one.ended,
            "won": one.number in winners,
        }
        for one, piece in zip(drawn, pieces, strict=True)
    ]


def branches_of(hypothesis: Hypothesis, branches: Sequence[Branch]) -> set[int]:
    """The numbers of the branches that make up a hypothesis."""
    numbers = {(one.step, one.parent, one.token): one.number for one in branches}
    found, parent = set(), -1
    for step, token in enumerate(hypothesis.tokens):
        if (step, parent, token) not in numbers:
            break
        parent = numbers[step, parent, token]
        found.add(parent)
    return found


def hypotheses_table(
    request: Request, sentence: TranslatedSentence, found: Sequence[Hypothesis], alpha: float
) -> str:
    """The hypotheses, best first, with the terms of their scores, as a table in HTML."""
    heads = "".join(
        f"<th>{request.text(f'translation_decode.tree.{name}')}</th>"
        for name in ("place", "french", "log", "penalty", "score")
    )
    rows = [
        f"<tr><td>{place}</td>"
        f"<td lang=fr>{html.escape(sentence.vocabulary.decode(one.tokens))}</td>"
        f"<td>{signed(one.log_probability)}</td>"
        f"<td>{length_penalty(len(one.tokens), alpha):.2f}</td><td>{signed(one.score)}</td></tr>"
        for place, one in enumerate(found, 1)
    ]
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def note_on(
    request: Request,
    sentence: TranslatedSentence,
    best: Hypothesis,
    winners: set[int],
    branches: Sequence[Branch],
) -> str:
    """Whether the best hypothesis was always ahead, and whether greedy decoding finds it too."""
    behind = 0  # its worst rank, from 0
    for step in range(len(best.tokens)):
        level = sorted((b for b in branches if b.step == step), key=lambda b: -b.log_probability)
        behind = max(behind, next((n for n, b in enumerate(level) if b.number in winners), 0))
    # Greedy decoding ranks next tokens, not whole beginnings: it may find what was behind.
    greedy = [token for token, _ in steps(sentence.model, sentence.source)]
    key = "behind" if greedy != best.tokens else "overtook" if behind else "ahead"
    sentences = [
        request.text(f"translation_decode.tree.{key}", place=behind + 1),
        request.text("translation_decode.tree.count", count=len(branches)),
    ]
    if any(branch.step >= STEPS for branch in branches):
        sentences.append(request.text("translation_decode.tree.long", steps=STEPS))
    return " ".join(sentences)


def build(lab: Lab, shared: SharedInputs, place: gr.Tab) -> None:
    """The tree in its own scroll; width and penalty above, the hypotheses below."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="translation_decode.tree.hint")
    with gr.Row():
        beams = lab.translate(
            gr.Slider(1, MOST_BEAMS, 5, step=1, interactive=True), label="translation.beams"
        )
        alpha = lab.translate(
            gr.Slider(0, 2, 1, step=0.1, interactive=True), label="translation.alpha"
        )
    view = lab.translate(tree(value={}), words="translation_decode.words.tree")
    note = gr.Markdown(elem_classes="verdict")
    table = gr.HTML(elem_classes="results")

    visited = first_visit(place)
    inputs = {"translated": shared.translated, "beams": beams, "alpha": alpha}
    # All in one event: the last answer belongs to the last values.
    moves = [event for slider in (beams, alpha) for event in (slider.input, slider.release)]
    lab.events.on(
        [*shared.sentence_changes(lab), *moves],
        show_search,
        inputs,
        {"view": view, "table": table, "note": note},
        after=visited,
        js=clamp_js([visited, *inputs.values()]),
    )
