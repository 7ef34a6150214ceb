"""Decode step by step: what else might have come next, and what would have come of it.

The visitor learns that a network gives probabilities and nothing more: whoever chooses another
token gets another sentence, which the network then goes on with.
"""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from core.checks import check_count
from core.translation.decode import steps as decode
from core.translation.explore import Next, check_tokens, next_tokens
from core.translation.model import END, LONGEST
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.text import text
from pages.translation.stage import Stage, Subject, subject_of
from pages.widgets.steps import steps

SHOWN = 10  # next tokens


def look_again(
    lab: Lab, at_hand: Any, path: Any, begun: Any, visitor: str, language: str
) -> Sequence[Any]:
    """Follow the language; and begin another sentence anew."""
    if begun != at_hand:
        return start_over(lab, at_hand, visitor, language)
    return [path, begun, *show(lab, at_hand, path, visitor, language)]


def start_over(lab: Lab, at_hand: Any, visitor: str, language: str) -> Sequence[Any]:
    """Take all tokens away."""
    return [[], at_hand, *show(lab, at_hand, [], visitor, language)]


def take(
    lab: Lab, token: Any, at_hand: Any, path: list[int], visitor: str, language: str
) -> Sequence[Any]:
    """Go on with a token. Raises `Problem` ("token.unknown")."""
    subject = subject_of(lab, at_hand, visitor)
    check_tokens(subject.vocabulary, [token])
    path = [*path, token]
    return [path, *show(lab, at_hand, path, visitor, language)]


def keep(
    lab: Lab, count: Any, at_hand: Any, path: list[int], visitor: str, language: str
) -> Sequence[Any]:
    """Go back to the first `count` tokens."""
    path = path[: check_count("count", count, 0, LONGEST)]
    return [path, *show(lab, at_hand, path, visitor, language)]


def take_best(
    lab: Lab, at_hand: Any, path: list[int], visitor: str, language: str
) -> Sequence[Any]:
    """Go on with the likeliest token, if there is any."""
    subject = subject_of(lab, at_hand, visitor)
    found = next_tokens(subject.model, subject.vocabulary, subject.source, path, 1)
    path = [*path, *found.tokens]
    return [path, *show(lab, at_hand, path, visitor, language)]


def finish(lab: Lab, at_hand: Any, path: list[int], visitor: str, language: str) -> Sequence[Any]:
    """Go on greedily to the end."""
    subject = subject_of(lab, at_hand, visitor)
    if END not in path:
        going = decode(subject.model, subject.source, prefix=path)
        path = [*path, *(token for token, _ in going)]
    return [path, *show(lab, at_hand, path, visitor, language)]


def show(lab: Lab, at_hand: Any, path: list[int], visitor: str, language: str) -> Sequence[Any]:
    """The tokens so far and the likeliest next ones, and how likely all of it is."""
    if not at_hand:
        return [{}, ""]
    subject = subject_of(lab, at_hand, visitor)
    check_tokens(subject.vocabulary, path)
    found = next_tokens(subject.model, subject.vocabulary, subject.source, path, SHOWN)
    shares = found.probabilities.tolist()
    bars = [
        {"token": token, "piece": piece, "share": round(share, 5)}
        for token, piece, share in zip(found.tokens, found.pieces, shares, strict=True)
    ]
    value = {
        "path": subject.vocabulary.pieces(path),
        "bars": bars,
        "rest": round(max(0.0, 1 - sum(shares)), 5),
        "over": not bars,
    }
    return [value, told(subject, path, found, language)]


def told(subject: Subject, path: list[int], found: Next, language: str) -> str:
    """How likely the network holds what stands there, against the translation above."""
    shares = found.probabilities.tolist()
    values = {"above": minus(subject.score), "text": ""}
    entropy = text(
        "translation_decode.steps.entropy", language,
        nats=f"{found.entropy:.2f}", tokens=f"{np.exp(found.entropy):.1f}",
    )  # fmt: skip
    if not path:
        best = text("translation_decode.steps.begin", language, best=f"{shares[0]:.0%}")
        return f"{best} {entropy}"
    values |= {"here": minus(found.score), "count": str(len(path))}
    if not shares:
        kind = (
            "same"
            if path == subject.target
            else "likelier"
            if found.score > subject.score
            else "less"
        )
        return text(f"translation_decode.steps.{kind}", language, **values)
    sure = "sure" if shares[0] >= 0.8 else "unsure" if shares[0] < 0.4 else "leaning"
    values |= {"best": f"{shares[0]:.0%}", "all": f"{sum(shares):.0%}"}
    return f"{text(f'translation_decode.steps.{sure}', language, **values)} {entropy}"


def minus(value: float) -> str:
    """A log-probability in nats."""
    return f"{value:.2f}".replace("-", "−")


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The tokens so far and the bars; buttons that go on or back."""
    lab.say(gr.Markdown(elem_classes="hint"), value="translation_decode.steps.hint")
    view = lab.say(steps(value={}), words="translation_decode.words.steps")
    said = gr.Markdown(elem_classes="verdict")
    with gr.Row():
        best, rest, anew = (
            lab.say(gr.Button(min_width=120), value=f"translation_decode.steps.{name}")
            for name in ("take_best", "finish", "start_over")
        )

    path, begun = gr.State([]), gr.State({})
    given, outputs = [stage.current, path], [path, view, said]
    whole = [path, begun, view, said]
    stage.follow(lab, first_visit(place), look_again, [*given, begun], whole)
    lab.on(view.picked, take, given, outputs, ("token",))  # type: ignore[attr-defined]
    lab.on(view.kept, keep, given, outputs, ("count",))  # type: ignore[attr-defined]
    lab.on(best.click, take_best, given, outputs)
    lab.on(rest.click, finish, given, outputs)
    lab.on(anew.click, start_over, [stage.current], whole)
