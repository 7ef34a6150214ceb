"""Decode step by step: which tokens could come next, and what follows from each.

The visitor learns that a network only gives probabilities: whoever chooses another token gets
another sentence, which the network then continues.
"""

from collections.abc import Mapping
from functools import partial
from itertools import islice
from typing import Any

import gradio as gr
import numpy as np

from core.checks import check_count
from core.translation.decode import steps as decode
from core.translation.explore import Next, check_tokens, next_tokens
from core.translation.model import END, LONGEST
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.request import Request
from pages.translation.formatting import signed
from pages.translation.translated_sentence import SharedInputs, TranslatedSentence, read_state
from pages.widgets.steps import steps

SHOWN = 10  # next tokens

State = Mapping[str, Any]


def show_sentence(request: Request, *, translated: State, progress: State) -> dict[str, Any]:
    """Start with no token of a new sentence.

    If the sentence is shown already, only the note changes, to the visitor's language: a late
    answer must not undo what the visitor has chosen since.
    """
    if not translated:
        return {}
    shown = show_tokens(request, translated, tokens_of(translated, progress))
    if progress.get("translated") == translated:
        return {"note": shown["note"]}
    return shown


def take_token(
    request: Request, *, token: Any, translated: State, progress: State
) -> dict[str, Any]:
    """Append a token. Raises `Problem` ("token.unknown")."""
    return show_tokens(request, translated, [*tokens_of(translated, progress), token])


def keep_tokens(
    request: Request, *, count: Any, translated: State, progress: State
) -> dict[str, Any]:
    """Go back to the first `count` tokens. Raises `Problem` ("setting.*")."""
    count = check_count("count", count, 0, LONGEST)
    return show_tokens(request, translated, tokens_of(translated, progress)[:count])


def decode_on(
    request: Request, *, translated: State, progress: State, count: int | None
) -> dict[str, Any]:
    """Append `count` tokens greedily, or all up to the end."""
    found, tokens = read_state(request, translated), tokens_of(translated, progress)
    if END not in tokens:
        rest = islice(decode(found.model, found.source, prefix=tokens), count)
        tokens = [*tokens, *(token for token, _ in rest)]
    return show_tokens(request, translated, tokens)


def tokens_of(translated: State, progress: State) -> list[int]:
    """The tokens chosen so far, none if they belong to another sentence."""
    return progress["tokens"] if progress.get("translated") == translated else []


def show_tokens(request: Request, translated: State, tokens: list[int]) -> dict[str, Any]:
    """The tokens so far and the likeliest next ones. Raises `Problem` ("token.unknown")."""
    found = read_state(request, translated)
    check_tokens(found.vocabulary, tokens)
    following = next_tokens(found.model, found.vocabulary, found.source, tokens, SHOWN)
    shares = following.probabilities.tolist()
    bars = [
        {"token": token, "piece": piece, "share": round(share, 5)}
        for token, piece, share in zip(following.tokens, following.pieces, shares, strict=True)
    ]
    view = {
        "path": found.vocabulary.pieces(tokens),
        "bars": bars,
        "rest": round(max(0.0, 1 - sum(shares)), 5),
        "over": not bars,
    }
    return {
        "progress": {"translated": translated, "tokens": tokens},
        "view": view,
        "note": note_on(request, found, tokens, following),
    }


def note_on(request: Request, found: TranslatedSentence, tokens: list[int], following: Next) -> str:
    """How likely the tokens so far are, compared with the translation above."""
    key, shares = "translation_decode.steps", following.probabilities.tolist()
    entropy = request.text(
        f"{key}.entropy",
        nats=f"{following.entropy:.2f}", tokens=f"{np.exp(following.entropy):.1f}",
    )  # fmt: skip
    if not tokens:
        return f"{request.text(f'{key}.begin', best=f'{shares[0]:.0%}')} {entropy}"
    values = {
        "above": signed(found.score), "here": signed(following.score),
        "count": str(len(tokens)), "text": "",
    }  # fmt: skip
    if not shares:
        likelier = "likelier" if following.score > found.score else "less"
        kind = "same" if tokens == found.target else likelier
        return request.text(f"{key}.{kind}", **values)
    kind = "sure" if shares[0] >= 0.8 else "unsure" if shares[0] < 0.4 else "leaning"
    values |= {"best": f"{shares[0]:.0%}", "all": f"{sum(shares):.0%}"}
    return f"{request.text(f'{key}.{kind}', **values)} {entropy}"


def build(lab: Lab, shared: SharedInputs, place: gr.Tab) -> None:
    """The tokens so far and the bars; buttons that go on or back."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="translation_decode.steps.hint")
    view = lab.translate(steps(value={}), words="translation_decode.words.steps")
    note = gr.Markdown(elem_classes="verdict")
    with gr.Row():
        best, rest, anew = (
            lab.translate(gr.Button(min_width=120), value=f"translation_decode.steps.{name}")
            for name in ("take_best", "finish", "start_over")
        )

    progress = gr.State({})  # {"translated": the sentence, "tokens": those chosen so far}
    inputs = {"translated": shared.translated, "progress": progress}
    outputs = {"progress": progress, "view": view, "note": note}
    on, events = lab.events.on, shared.sentence_changes(lab)
    on(events, show_sentence, inputs, outputs, after=first_visit(place))
    on(view.picked, take_token, inputs, outputs, data=("token",))  # type: ignore[attr-defined]
    on(view.kept, keep_tokens, inputs, outputs, data=("count",))  # type: ignore[attr-defined]
    on(best.click, partial(decode_on, count=1), inputs, outputs)
    on(rest.click, partial(decode_on, count=None), inputs, outputs)
    on(anew.click, partial(keep_tokens, count=0), inputs, outputs)
