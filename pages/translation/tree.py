"""The beam search as a tree, with the branches that were cut off.

The visitor learns that a beam keeps several beginnings alive, that what looks best at first need
not win, and what the length penalty is for.
"""

import html
from collections.abc import Sequence
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
from pages.text import text
from pages.translation.stage import Stage, Subject, subject_of
from pages.translation.steps import minus
from pages.widgets.tree import tree

PRUNED = 3  # of the branches that were cut off, drawn at each step
STEPS = 40  # tokens of a tree


def search(
    lab: Lab, at_hand: Any, beams: Any, alpha: Any, visitor: str, language: str
) -> Sequence[Any]:
    """The tree of a beam search, its hypotheses, and what the search came to."""
    if not at_hand:
        return [{}, "", ""]
    subject = subject_of(lab, at_hand, visitor)
    found, branches = grow(subject, beams, alpha)
    return [
        {"nodes": nodes(subject, found, branches)},
        hypotheses(subject, found, alpha, language),
        verdict(subject, found, branches, language),
    ]


def grow(subject: Subject, beams: Any, alpha: Any) -> tuple[list[Hypothesis], list[Branch]]:
    """Search, and note every candidate. Raises `Problem` ("setting.*")."""
    beams = check_count("beams", beams, 1, MOST_BEAMS)
    if not isinstance(alpha, int | float) or not 0 <= alpha <= 2:
        raise Problem("setting.range", name="alpha", low=0, high=2, value=str(alpha)[:20])
    branches: list[Branch] = []
    found = beam_search(subject.model, [subject.source], beams, alpha, branches=branches)
    return found[0], branches


def nodes(
    subject: Subject, found: Sequence[Hypothesis], branches: Sequence[Branch]
) -> list[dict[str, Any]]:
    """The branches to draw: all that were kept or ended, and the best of those cut off."""
    by_number = {branch.number: branch for branch in branches}
    winner = winning(found[0], branches)
    levels: dict[int, list[Branch]] = {}
    for branch in branches:
        if branch.step < STEPS:
            levels.setdefault(branch.step, []).append(branch)
    drawn = []
    for _, level in sorted(levels.items()):
        level = sorted(level, key=lambda one: -one.log_probability)
        spare = [one for one in level if not (one.kept or one.ended)][:PRUNED]
        drawn += [one for one in level if one.kept or one.ended or one in spare]
    pieces = subject.vocabulary.pieces([one.token for one in drawn])
    return [
        {
            "number": one.number,
            "parent": one.parent,
            "step": one.step,
            "piece": piece,
            "total": round(one.log_probability, 3),
            "change": round(one.log_probability - before(one, by_number), 3),
            "kept": one.kept,
            "ended": one.ended,
            "won": one.number in winner,
        }
        for one, piece in zip(drawn, pieces, strict=True)
    ]


def before(branch: Branch, by_number: dict[int, Branch]) -> float:
    """The log-probability of what a branch goes on from."""
    return by_number[branch.parent].log_probability if branch.parent >= 0 else 0.0


def winning(best: Hypothesis, branches: Sequence[Branch]) -> set[int]:
    """The numbers of the branches that make up a hypothesis."""
    found, parent = set(), -1
    for step, token in enumerate(best.tokens):
        here = [b for b in branches if (b.step, b.parent, b.token) == (step, parent, token)]
        if not here:
            break
        parent = here[0].number
        found.add(parent)
    return found


def hypotheses(subject: Subject, found: Sequence[Hypothesis], alpha: float, language: str) -> str:
    """What ended, best first, with how its score comes about, as a table in HTML."""
    heads = "".join(
        f"<th>{text(f'translation_decode.tree.{name}', language)}</th>"
        for name in ("place", "french", "log", "penalty", "score")
    )
    rows = [
        f"<tr><td>{place}</td><td lang=fr>{html.escape(subject.vocabulary.decode(one.tokens))}</td>"
        f"<td>{minus(one.log_probability)}</td>"
        f"<td>{length_penalty(len(one.tokens), alpha):.2f}</td><td>{minus(one.score)}</td></tr>"
        for place, one in enumerate(found, 1)
    ]
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def verdict(
    subject: Subject, found: Sequence[Hypothesis], branches: Sequence[Branch], language: str
) -> str:
    """Whether the winner was ahead all the time, and whether greedy decoding finds it too."""
    winner, behind = winning(found[0], branches), 0
    for step in range(len(found[0].tokens)):
        level = sorted((b for b in branches if b.step == step), key=lambda b: -b.log_probability)
        ranks = [place for place, b in enumerate(level) if b.number in winner]
        behind = max(behind, ranks[0] if ranks else 0)
    # A beam ranks whole beginnings, greedy decoding only next tokens: it may find what was behind.
    greedy = [token for token, _ in steps(subject.model, subject.source)]
    key = "behind" if greedy != found[0].tokens else "overtook" if behind else "ahead"
    said = text(f"translation_decode.tree.{key}", language, place=behind + 1)
    count = text("translation_decode.tree.count", language, count=len(branches))
    if any(branch.step >= STEPS for branch in branches):
        count += " " + text("translation_decode.tree.long", language, steps=STEPS)
    return f"{said} {count}"


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The tree in its own scroll; width and penalty above, the hypotheses below."""
    lab.say(gr.Markdown(elem_classes="hint"), value="translation_decode.tree.hint")
    with gr.Row():
        beams = lab.say(
            gr.Slider(1, MOST_BEAMS, 5, step=1, interactive=True), label="translation.beams"
        )
        alpha = lab.say(gr.Slider(0, 2, 1, step=0.1, interactive=True), label="translation.alpha")
    view = lab.say(tree(value={}), words="translation_decode.words.tree")
    said = gr.Markdown(elem_classes="verdict")
    table = gr.HTML(elem_classes="results")

    given, outputs = [stage.current, beams, alpha], [view, table, said]
    stage.follow(lab, first_visit(place), search, given, outputs)
    lab.slide([beams, alpha], search, given, outputs, js=clamp_js(given))
