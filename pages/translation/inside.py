"""Inside one head, in real numbers: queries, keys, scores, mask, softmax, values.

The visitor learns that attention is four small matrix products, and checks one row of them by hand.
"""

import html
from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from core.checks import check_count
from core.translation.explore import PARTS, Head, look_inside
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.text import text
from pages.translation.masks import piece
from pages.translation.stage import Stage, network_of, subject_of
from pages.widgets import pack
from pages.widgets.matrices import matrices

ROOM = 14  # columns of the worked-out row, the ones looked at most
SHUT = -1e9  # where a mask forbids to look


def look_again(
    lab: Lab, at_hand: Any, part: str, layer: Any, head: Any, row: Any, visitor: str, language: str
) -> Sequence[Any]:
    """Follow the sentence and the language; a head that another network lacks gives way."""
    if not at_hand:
        return [gr.skip()] * 5
    config = network_of(lab, at_hand["name"], visitor).model.config
    layer, head = min(int(layer), config.layers), min(int(head), config.heads)
    return [
        gr.update(choices=list(range(1, config.layers + 1)), value=layer),
        gr.update(choices=list(range(1, config.heads + 1)), value=head),
        *look(lab, at_hand, part, layer, head, row, visitor, language),
    ]


def look(
    lab: Lab, at_hand: Any, part: str, layer: Any, head: Any, row: Any, visitor: str, language: str
) -> Sequence[Any]:
    """The matrices of a head, layers and heads from 1, and one row worked out.

    Raises `Problem` for a head that is not there.
    """
    if not at_hand:
        return [{}, gr.skip(), ""]
    subject = subject_of(lab, at_hand, visitor)
    found = look_inside(
        subject.model, subject.vocabulary, subject.source, subject.target, part,
        check_count("layer", layer, 1, 99) - 1, check_count("head", head, 1, 99) - 1,
    )  # fmt: skip
    looking = looking_at(found, part, subject.vocabulary.pieces(subject.target))
    row = min(check_count("row", row, 0, 999), len(looking) - 1)
    choices = [(f"{i + 1} · {piece(one, language)}", i) for i, one in enumerate(looking)]
    return [
        {"grids": grids(found, looking, row)},
        gr.update(choices=choices, value=row),
        worked_out(found, looking, row, language),
    ]


def looking_at(found: Head, part: str, target: list[str]) -> list[str]:
    """The names of the rows: in the decoder a position goes by the token that it writes."""
    return found.rows if part == "encoder" else target[: len(found.rows)]


def grids(found: Head, looking: list[str], row: int) -> list[dict[str, Any]]:
    """The chain of matrices as the view takes it."""
    masked = np.where(found.allowed, found.scores, SHUT)
    size = found.queries.shape[1]

    def grid(
        name: str,
        values: np.ndarray,
        kind: str,
        rows: Sequence[str],
        columns: Sequence[str],
        lit: int,
    ) -> dict[str, Any]:
        return {"name": name, "shape": list(values.shape), "values": pack(values), "kind": kind,
                "rows": list(rows), "columns": list(columns), "row": lit}  # fmt: skip

    columns = found.columns
    return [
        grid("Q", found.queries, "signed", looking, [], row),
        grid("K", found.keys, "signed", columns, [], -1),
        grid(f"QKᵀ / √{size}", masked, "signed", looking, columns, row),
        grid("M", found.allowed.astype(float), "mask", looking, columns, row),
        grid("softmax", found.weights, "share", looking, columns, row),
        grid("V", found.values, "signed", columns, [], -1),
        grid("softmax · V", found.result, "signed", looking, [], row),
    ]


def worked_out(found: Head, looking: list[str], row: int, language: str) -> str:
    """One row as a table: score, exponential, weight of each position; and what comes out."""
    allowed, scores = found.allowed[row], found.scores[row]
    powers = np.where(allowed, np.exp(scores - scores[allowed].max()), 0.0)
    order = sorted(np.argsort(-found.weights[row])[:ROOM])
    lines = [
        "<tr><th>"
        + "</th><th>".join(html.escape(piece(found.columns[i], language)) for i in order)
        + "</th></tr>"
    ]
    # The greatest score is taken off first: it changes no weight, and no power gets too large.
    for name, values in (
        ("score", scores), ("power", powers), ("weight", found.weights[row]),
    ):  # fmt: skip
        cells = (
            f"<td>{number(values[i]) if allowed[i] or name != 'score' else '−∞'}</td>"
            for i in order
        )
        title = text(f"translation_lab.inside.{name}", language)
        lines.append(f"<tr><th scope=row>{title}</th>{''.join(cells)}</tr>")
    lines[0] = lines[0].replace("<tr>", "<tr><td></td>", 1)
    values = " ".join(number(value) for value in found.result[row][:8])
    said = text(
        "translation_lab.inside.row", language,
        piece=html.escape(piece(looking[row], language)), total=f"{powers.sum():.2f}",
        size=found.queries.shape[1], values=values,
        more=" …" if found.result.shape[1] > 8 else "",
    )  # fmt: skip
    table = f'<div class="sheet" tabindex="0"><table>{"".join(lines)}</table></div>'
    return f'<div class="worked">{table}<p>{said}</p></div>'


def number(value: Any) -> str:
    return f"{value:.2f}".replace("-", "−")


def pick(lab: Lab, picked: Any, *inputs: Any) -> Sequence[Any]:
    """Work out the row that was clicked."""
    at_hand, part, layer, head, _, visitor, language = inputs
    return look(lab, at_hand, part, layer, head, int(picked or 0), visitor, language)


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """Which head, and which word; the chain of matrices; the row worked out."""
    lab.say(gr.Markdown(elem_classes="hint"), value="translation_lab.inside.hint")
    config = network_of(lab, stage.network.value, "").model.config
    with gr.Row():
        part = lab.say(
            gr.Radio(list(PARTS), value="cross", interactive=True),
            label="translation_lab.inside.part",
            choices={name: f"translation.attention.{name}" for name in PARTS},
        )
        layer, head = (
            lab.say(
                gr.Dropdown(list(range(1, count + 1)), value=1, interactive=True),
                label=f"translation.attention.{name}",
            )
            for name, count in (("layer", config.layers), ("head", config.heads))
        )
        row = lab.say(
            gr.Dropdown([("1", 0)], value=0, interactive=True), label="translation_lab.inside.word"
        )
    view = lab.say(matrices(value={}), words="translation_lab.words.matrices")
    lab.say(gr.Markdown(elem_classes="subtitle"), value="translation_lab.inside.title")
    worked = gr.HTML()

    given, outputs = [stage.current, part, layer, head, row], [view, row, worked]
    stage.follow(lab, first_visit(place), look_again, given, [layer, head, *outputs])
    for choice in (part, layer, head, row):
        lab.on(choice.input, look, given, outputs, trigger_mode="always_last")
    lab.on(view.picked, pick, given, outputs, ("row",))  # type: ignore[attr-defined]
