"""One attention head in numbers: queries, keys, scores, mask, softmax, values.

The visitor learns that attention is four small matrix products, and checks one row of them by hand.
"""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr
import numpy as np

from core.checks import check_count
from core.translation.explore import PARTS, Head, look_inside
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.request import Request
from pages.translation.formatting import readable_piece, signed
from pages.translation.networks import network_of
from pages.translation.translated_sentence import SharedInputs, read_state
from pages.widgets import pack
from pages.widgets.matrices import matrices

MOST_COLUMNS = 14  # of the computed row, those with the greatest weights
MASKED = -1e9  # the score of a masked position


def show_head(
    request: Request, *, translated: Mapping[str, Any], head: Mapping[str, Any], row: Any
) -> dict[str, Any]:
    """The matrices of a head, and one row computed step by step.

    head: its part, and its layer and head from 1; in place of one that only another network has,
    the last is shown. row: from 0. Raises `Problem` ("setting.*").
    """
    if not translated:
        return {}
    sentence = read_state(request, translated)
    part, config = head["part"], sentence.model.config
    layer = min(check_count("layer", head["layer"], 1, 99), config.layers)
    number = min(check_count("head", head["head"], 1, 99), config.heads)
    found = look_inside(
        sentence.model, sentence.vocabulary, sentence.source, sentence.target, part,
        layer - 1, number - 1,
    )  # fmt: skip
    names = list(found.rows)
    if part != "encoder":  # in the decoder a position goes by the token that it predicts
        names = sentence.vocabulary.pieces(sentence.target)[: len(names)]
    readable = [readable_piece(one, request.language) for one in names]
    choices = gr.update(choices=[(f"{i + 1} · {name}", i) for i, name in enumerate(readable)])
    if check_count("row", row, 0, 999) >= len(names):
        row = choices["value"] = len(names) - 1
    return {
        "row": choices,  # with a value, a late answer would undo the visitor's next choice
        "view": {"grids": grids(found, names, row)},
        "computed": computed_row(request, found, readable[row], row),
    }


def show_picked_row(
    request: Request, *, row: Any, translated: Mapping[str, Any], head: Mapping[str, Any]
) -> dict[str, Any]:
    """Compute the row that was clicked, and select its word."""
    shown = show_head(request, translated=translated, head=head, row=row)
    return {**shown, "row": {"value": row, **shown["row"]}} if shown else {}


def limit_choices(
    request: Request, *, network: str, layer: int, head: int
) -> dict[str, dict[str, Any]]:
    """Offer the layers and heads of another network."""
    config = network_of(request.lab, network, request.visitor).model.config
    return {
        name: gr.update(choices=list(range(1, most + 1)), value=min(int(value), most))
        for name, value, most in (("layer", layer, config.layers), ("head", head, config.heads))
    }


def grids(found: Head, names: list[str], row: int) -> list[dict[str, Any]]:
    """The chain of matrices as the view takes it. names: of the rows; row: the marked one."""
    scores = np.where(found.allowed, found.scores, MASKED)
    size = found.queries.shape[1]

    def grid(
        name: str, values: np.ndarray, kind: str, rows: Sequence[str], columns: Sequence[str] = ()
    ) -> dict[str, Any]:
        return {
            "name": name,
            "shape": list(values.shape),
            "values": pack(values),
            "kind": kind,
            "rows": list(rows),
            "columns": list(columns),
            "row": row if rows is names else -1,
        }

    columns = found.columns
    return [
        grid("Q", found.queries, "signed", names),
        grid("K", found.keys, "signed", columns),
        grid(f"QKᵀ / √{size}", scores, "signed", names, columns),
        grid("M", found.allowed.astype(float), "mask", names, columns),
        grid("softmax", found.weights, "share", names, columns),
        grid("V", found.values, "signed", columns),
        grid("softmax · V", found.result, "signed", names),
    ]


def computed_row(request: Request, found: Head, name: str, row: int) -> str:
    """One row as a table in HTML: score, exponential and weight of each position; the result."""
    allowed, weights = found.allowed[row], found.weights[row]
    scores = np.where(allowed, found.scores[row], -np.inf)
    # The greatest score is subtracted: this changes no weight, and no exponential overflows.
    powers = np.exp(scores - scores.max())
    order = sorted(np.argsort(-weights)[:MOST_COLUMNS])
    columns = (html.escape(readable_piece(found.columns[i], request.language)) for i in order)
    lines = [f"<tr><td></td>{''.join(f'<th>{column}</th>' for column in columns)}</tr>"]
    for key, values in (("score", scores), ("power", powers), ("weight", weights)):
        cells = "".join(f"<td>{number(values[i])}</td>" for i in order)
        title = request.text(f"translation_lab.inside.{key}")
        lines.append(f"<tr><th scope=row>{title}</th>{cells}</tr>")
    explanation = request.text(
        "translation_lab.inside.row",
        piece=html.escape(name), total=f"{powers.sum():.2f}", size=found.queries.shape[1],
        values=" ".join(number(value) for value in found.result[row][:8]),
        more=" …" if found.result.shape[1] > 8 else "",
    )  # fmt: skip
    table = f'<div class="sheet" tabindex="0"><table>{"".join(lines)}</table></div>'
    return f'<div class="worked">{table}<p>{explanation}</p></div>'


def number(value: Any) -> str:
    return "−∞" if value == -np.inf else signed(value)


def build(lab: Lab, shared: SharedInputs, place: gr.Tab) -> None:
    """The choice of the head and the word; the chain of matrices; the computed row."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="translation_lab.inside.hint")
    config = network_of(lab, shared.network.value, "").model.config
    with gr.Row():
        part = lab.translate(
            gr.Radio(list(PARTS), value="cross", interactive=True),
            label="translation_lab.inside.part",
            choices={name: f"translation.attention.{name}" for name in PARTS},
        )
        layer, head = (
            lab.translate(
                gr.Dropdown(list(range(1, count + 1)), value=1, interactive=True),
                label=f"translation.attention.{name}",
            )
            for name, count in (("layer", config.layers), ("head", config.heads))
        )
        row = lab.translate(
            gr.Dropdown([("1", 0)], value=0, interactive=True), label="translation_lab.inside.word"
        )
    view = lab.translate(matrices(value={}), words="translation_lab.words.matrices")
    lab.translate(gr.Markdown(elem_classes="subtitle"), value="translation_lab.inside.title")
    computed = gr.HTML()

    inputs = {
        "translated": shared.translated,
        "head": {"part": part, "layer": layer, "head": head},
    }
    outputs = {"row": row, "view": view, "computed": computed}
    # All in one event: the last answer belongs to the last choices.
    lab.events.on(
        [*shared.sentence_changes(lab), *(each.input for each in (part, layer, head, row))],
        show_head,
        {**inputs, "row": row},
        outputs,
        after=first_visit(place),
    )
    lab.events.on(view.picked, show_picked_row, inputs, outputs, data=("row",))  # type: ignore[attr-defined]
    lab.events.on(
        [shared.network.change, shared.version.change],
        limit_choices,
        {"network": shared.network, "layer": layer, "head": head},
        {"layer": layer, "head": head},
    )
