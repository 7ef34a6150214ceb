"""Train a Transformer: on phrases in a minute, on captions for longer, or on own sentences.

The visitor learns how translations get better while attention sharpens, what the learning rate's
warm-up is for, and how few sentences are enough for a small language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from core.errors import Problem
from core.recipes import find
from core.training.config import Config
from core.translation.config import PhrasesConfig
from core.translation.corpus import parse_pairs
from pages import training
from pages.app.events import QUIET
from pages.app.lab import Lab
from pages.app.request import Request
from pages.text import explain, text
from pages.training.compare import remember
from pages.translation.formatting import escape_markdown, readable_piece
from pages.translation.networks import FIRST, NAME, SHIPPED
from pages.translation.translated_sentence import SharedInputs
from pages.widgets import pack
from pages.widgets.matrices import matrices

TOY = "translation-toy"
GROUPS = {
    "transformer": ("layers", "width", "heads", "dropout"),
    "optimisation": ("warm_up", "label_smoothing", "normalisation"),
    "parts": ("positions", "causal_mask"),
}
OFFERED = {
    "layers": (1, 2, 3, 4),
    "width": (32, 64, 128, 256),
    "heads": (1, 2, 4, 8),
}
LIVE = ("learning_rate",)
PASSES = 64_000  # pairs that a training on a visitor's own sentences sees altogether
MOST = 2_000_000  # bytes of a visitor's file
TO_REPORT_JS = """() => {
    const report = [...document.querySelectorAll('.report')].find((each) => each.offsetParent);
    report?.scrollIntoView({ block: 'center' });
}"""


def show_preview(
    preview: Mapping[str, np.ndarray] | None, config: Config | None, language: str
) -> Sequence[Any]:
    """Five sentences with their translations at one moment of the training, and their attention."""
    if preview is None:
        return "", {}
    sources = [[one for one in row if one] for row in preview["source"].tolist()]
    targets = [[one for one in row if one] for row in preview["target"].tolist()]
    return table(sources, targets, language), {"grids": grids(preview, sources, targets, language)}


def table(sources: Sequence[list[str]], targets: Sequence[list[str]], language: str) -> str:
    """English beside French, a sentence a row, in Markdown."""
    head = " | ".join(text(f"translation_train.{name}", language) for name in ("english", "french"))
    rows = [f"| {n} | {joined(s)} | {joined(t)} |"
            for n, (s, t) in enumerate(zip(sources, targets, strict=True), 1)]  # fmt: skip
    return "\n".join([f"| # | {head} |", "|---|---|---|", *rows])


def joined(pieces: Sequence[str]) -> str:
    """Pieces as a sentence, escaped for a table in Markdown."""
    words = "".join(one for one in pieces if not one.startswith("<")).replace("▁", " ").strip()
    return escape_markdown(words) or "∅"


def grids(
    preview: Mapping[str, np.ndarray],
    sources: Sequence[list[str]],
    targets: Sequence[list[str]],
    language: str,
) -> list[dict[str, Any]]:
    """The cross-attention of each sentence, the mean of all heads of the last layer."""
    found = []
    for number, (source, target) in enumerate(zip(sources, targets, strict=True)):
        weights = preview["attention"][number, -1].astype(np.float32).mean(0)
        weights = weights[: len(target), : len(source)]
        found.append(
            {
                "name": text("translation_train.sentence", language, number=number + 1),
                "shape": list(weights.shape),
                "values": pack(weights),
                "kind": "share",
                "rows": [readable_piece(one, language) for one in target],
                "columns": [readable_piece(one, language) for one in source],
                "row": -1,
            }
        )
    return found


def remark(metrics: Mapping[str, float], config: Config, language: str) -> str:
    """How well it translates the held-out sentences."""
    return text(
        "translation_train.remark", language,
        bleu=f"{metrics['bleu']:.0f}", exact=f"{metrics['exact_match']:.0%}",
        loss=f"{metrics['validation_loss']:.2f}",
    )  # fmt: skip


def make_plan() -> training.Plan:
    """What this tab trains; the toy comes first, because it learns within a minute."""
    folded = [name for names in GROUPS.values() for name in names]
    settings = ("epochs", "seed", *folded, *LIVE)
    return training.Plan(
        tab=NAME,
        settings={name: settings for name in SHIPPED},
        offered=OFFERED,
        curves={
            "nats": {"train_loss": 0, "validation_loss": 1},
            "bleu": {"bleu": 2},
            "exact": {"exact_match": 4},
            "rate": {"learning_rate": 3},
        },
        show=show_preview,
        remark=remark,
        first=FIRST,
        live=LIVE,
        groups=GROUPS,
        seconds=120,
        trained=TOY,
    )


def count_pairs(request: Request, *, pairs: str) -> str:
    """How many pairs were read, and how many are held out; or what is wrong with them."""
    if not str(pairs or "").strip():
        return ""
    try:
        found = parse_pairs(str(pairs))
    except Problem as problem:
        return explain(problem, request.language)
    counts = {"train": f"{len(found.train):,}", "held": f"{len(found.validation):,}"}
    return request.text("translation_train.own.counted", **counts)


def read_file(request: Request, *, path: str) -> dict[str, str]:
    """Put a file's lines into the box. Raises `Problem` ("pairs.file", "pairs.*")."""
    content = Path(path).read_bytes()
    if len(content) > MOST:
        raise Problem("pairs.file")
    try:
        pairs = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem("pairs.file") from None
    parse_pairs(pairs)
    return {"pairs": pairs, "note": count_pairs(request, pairs=pairs)}


def train_own(request: Request, *, pairs: str, seconds: float) -> None:
    """Train a small Transformer on a visitor's own sentences. Raises `Problem` ("pairs.*")."""
    lab, plan = request.lab, make_plan()
    lab.visitors.require(request.visitor)
    count = len(parse_pairs(str(pairs or "")).train)
    config = PhrasesConfig(epochs=int(np.clip(PASSES // count, 4, 400)), dropout=0.1)
    recipe = replace(find(TOY), data=partial(parse_pairs, pairs))
    owner = plan.owner(request.visitor)
    last = lab.runner.find(owner)
    lab.runner.submit(recipe, config, owner, str(lab.device), float(seconds), evaluate=False)
    remember(plan, lab, last, request.visitor)
    request.record.looking_at.pop(NAME, None)


def build(lab: Lab, shared: SharedInputs, place: gr.Tab) -> None:
    """The shared panel, with five sentences and their attention; below, own sentences."""

    def views() -> Sequence[Any]:
        sentences = gr.Markdown(elem_classes="results")
        attention = lab.translate(
            matrices(value={}, elem_classes="attending"), words="translation_train.words.attention"
        )
        return sentences, attention

    lab.translate(gr.Markdown(elem_classes="hint"), value="translation_train.hint")
    follow = training.build(lab, place, make_plan(), shared.network, shared.version, views)
    with lab.translate(gr.Accordion(open=False), label="translation_train.own.title"):
        lab.translate(gr.Markdown(elem_classes="hint"), value="translation_train.own.hint")
        pairs = lab.translate(
            gr.Textbox(lines=8, max_lines=16, interactive=True),
            label="translation_train.own.pairs", placeholder="translation_train.own.example",
        )  # fmt: skip
        note = gr.Markdown(elem_classes="facts")
        with gr.Row():
            file = lab.translate(
                gr.UploadButton(file_types=[".txt", ".tsv"]), label="translation_train.own.file"
            )
            seconds = lab.translate(
                gr.Slider(30, 600, 120, step=10, interactive=True), label="training.seconds"
            )
            begin = lab.translate(gr.Button(variant="primary"), value="translation_train.own.train")
    lab.events.on(file.upload, read_file, {"path": file}, {"pairs": pairs, "note": note})
    lab.events.on(pairs.blur, count_pairs, {"pairs": pairs}, note)
    begun = lab.events.on(begin.click, train_own, {"pairs": pairs, "seconds": seconds})
    follow(begun)
    begun.success(None, None, None, js=TO_REPORT_JS, **QUIET)
