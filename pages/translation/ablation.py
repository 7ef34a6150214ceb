"""Ablation: remove parts of the trained network, and see what they were for.

The visitor learns that most heads can be removed without harm and some cannot, that without
positions a sentence is a bag of words, and why the causal mask matters while training only.
"""

import difflib
import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr
import numpy as np

from core.errors import Problem
from core.translation.decode import steps
from core.translation.explore import PARTS, check_head
from core.translation.model import NO_ABLATION, Ablation
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.request import Request
from pages.translation.formatting import signed
from pages.translation.translated_sentence import SharedInputs, TranslatedSentence, read_state
from pages.widgets.heads import heads

# A layer of a stack, or a head of a layer.
NAME = re.compile(r"(encoder|decoder)-\d{1,3}|(encoder|decoder|cross)-\d{1,3}-\d{1,3}", re.ASCII)

Removed = tuple[Any, ...]  # (stack, layer) or (part, layer, head)


def show_importance(request: Request, *, translated: Mapping[str, Any]) -> dict[str, Any]:
    """What each head contributes to this translation, and which one contributes most."""
    if not translated:
        return {}
    sentence = read_state(request, translated)
    importance = head_importance(sentence)
    board = {part: np.round(importance[part], 3).tolist() for part in PARTS}
    config = sentence.model.config
    part = max(PARTS, key=lambda name: importance[name].max())
    layer, head = np.unravel_index(importance[part].argmax(), importance[part].shape)
    every = np.concatenate([importance[name].ravel() for name in PARTS])
    note = request.text(
        "translation_decode.cut.ranked",
        part=request.text(f"translation.attention.{part}"), layer=layer + 1, head=head + 1,
        worth=signed(-float(importance[part].max())), few=int((abs(every) < 0.1).sum()),
        all=every.size,
    )  # fmt: skip
    return {"board": {"layers": config.layers, "heads": config.heads, **board}, "note": note}


def head_importance(sentence: TranslatedSentence) -> dict[str, np.ndarray]:
    """By how much the log-probability of the translation falls without each head: (L, H) nats."""
    config = sentence.model.config

    def loss_without(*head: Any) -> float:
        return sentence.score - sentence.inspect(Ablation(heads=frozenset({head}))).score

    return {
        part: np.array(
            [
                [loss_without(part, layer, head) for head in range(config.heads)]
                for layer in range(config.layers)
            ]
        )
        for part in PARTS
    }


def show_comparison(
    request: Request, *, translated: Mapping[str, Any], gone: str, positions: bool, causal: bool
) -> Any:
    """The translations of the whole network and of the ablated one, as HTML.

    gone: see `parse`; what only another network has is ignored.
    """
    if not translated:
        return gr.skip()
    sentence = read_state(request, translated)
    removed = existing(sentence, parse(gone))
    layers, heads = (frozenset(each for each in removed if len(each) == size) for size in (2, 3))
    ablation = Ablation(heads, layers, bool(positions), bool(causal))
    whole = decode_greedily(sentence)
    ablated, notes = whole, [request.text("translation_decode.cut.nothing")]
    if ablation != NO_ABLATION:
        ablated = decode_greedily(sentence, ablation)
        scores = {
            "whole": signed(sentence.score), "left": signed(sentence.inspect(ablation).score),
        }  # fmt: skip
        notes = [
            request.text("translation_decode.cut.scores", **scores),
            request.text(f"translation_decode.cut.{'same' if ablated == whole else 'other'}"),
        ]
    if ablation.causal:
        notes.append(request.text("translation_decode.cut.causal_said"))
    if whole != sentence.vocabulary.decode(sentence.target):
        notes.append(request.text("translation_decode.cut.greedily"))
    return side_by_side(request, whole, ablated, " ".join(notes))


def decode_greedily(sentence: TranslatedSentence, ablation: Ablation = NO_ABLATION) -> str:
    """The French of a sentence under an ablated network."""
    found = steps(sentence.model, sentence.source, ablation=ablation)
    return sentence.vocabulary.decode([token for token, _ in found])


def parse(gone: Any) -> list[Removed]:
    """Heads and layers as the board and links name them: "cross-1-2,decoder-1".

    Raises `Problem` for anything else.
    """
    names = [name for name in str(gone).split(",") if name]
    if not all(NAME.fullmatch(name) for name in names):
        raise Problem("value.finite", name="heads")
    parts = (name.split("-") for name in dict.fromkeys(names))
    return [(part, *map(int, numbers)) for part, *numbers in parts]


def existing(sentence: TranslatedSentence, removed: Sequence[Removed]) -> list[Removed]:
    """Those heads and layers that this network has."""
    limits = sentence.model.config.layers, sentence.model.config.heads
    return [
        each
        for each in removed
        if all(number < limit for number, limit in zip(each[1:], limits, strict=False))
    ]


def side_by_side(request: Request, whole: str, ablated: str, note: str) -> str:
    """Two sentences beside each other in HTML; the words in which they differ are marked."""
    words = whole.split(), ablated.split()
    marked: tuple[list[str], list[str]] = ([], [])
    matcher = difflib.SequenceMatcher(a=words[0], b=words[1], autojunk=False)
    for kind, *ends in matcher.get_opcodes():
        for side, (start, end) in enumerate((ends[:2], ends[2:])):
            piece = html.escape(" ".join(words[side][start:end]))
            if piece:
                marked[side].append(piece if kind == "equal" else f"<mark>{piece}</mark>")
    titles = (request.text(f"translation_decode.cut.{name}") for name in ("intact", "rest"))
    columns = "".join(
        f"<div><h4>{title}</h4><p lang=fr>{' '.join(side) or '∅'}</p></div>"
        for title, side in zip(titles, marked, strict=True)
    )
    return f'<div class="versus">{columns}</div><p>{note}</p>'


def remove_parts(request: Request, *, gone: Any, translated: Mapping[str, Any]) -> str:
    """Remove other heads and layers. Raises `Problem` for those that do not exist."""
    removed = parse(gone)
    if translated:  # a link names them before the sentence is translated
        model = read_state(request, translated).model
        for part, layer, *head in removed:
            check_head(model, part, layer, *head or [0])
    return gone


def remove_by_link(request: Request, *, gone: str) -> dict[str, Any]:
    """Let the board remove what a link names; it knows which heads exist."""
    try:
        parse(gone)
    except Problem:
        raise Problem("link.value", name="cut", value=gone[:60]) from None
    return gr.update(brought=gone)


def restore_all(request: Request) -> str:
    """Remove nothing any more."""
    return ""


def build(lab: Lab, shared: SharedInputs, place: gr.Tab) -> None:
    """The board of heads; below, the two translations."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="translation_decode.cut.hint")
    board = lab.translate(heads(value={}, brought=""), words="translation_decode.words.heads")
    note = gr.Markdown(elem_classes="verdict")
    with gr.Row():
        positions, causal = (
            lab.translate(
                gr.Checkbox(False, interactive=True), label=f"translation_decode.cut.{name}"
            )
            for name in ("positions", "causal")
        )
    comparison = gr.HTML()
    lab.links.add("no_positions", positions)
    lab.links.add("no_mask", causal)

    gone = gr.State("")
    by_link = lab.links.hold("cut", [gone])
    visited, on = first_visit(place), lab.events.on
    sentence, events = {"translated": shared.translated}, shared.sentence_changes(lab)
    on(by_link.change, remove_by_link, {"gone": by_link}, board)
    on(events, show_importance, sentence, {"board": board, "note": note}, after=visited)
    on(board.changed, remove_parts, sentence, gone, data=("gone",))  # type: ignore[attr-defined]
    unticked = {"value": False}
    lab.events.update_in_browser(board.restored, [positions, causal], unticked, unticked)  # type: ignore[attr-defined]
    on(board.restored, restore_all, {}, gone)  # type: ignore[attr-defined]
    # All in one event: the last answer belongs to what is removed last.
    on(
        [*events, gone.change, positions.change, causal.change],
        show_comparison,
        {**sentence, "gone": gone, "positions": positions, "causal": causal},
        comparison,
        after=visited,
    )
