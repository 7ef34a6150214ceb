"""Positional encodings, and the map of embeddings.

The visitor learns that a position is a pattern of sines and cosines of many wavelengths, that
neighbours have similar patterns, and that words of one kind lie near each other in the embedding.
"""

import html
import re
from typing import Any

import gradio as gr
import numpy as np

from core.checks import check_count
from core.translation.explore import map_words, position_similarity
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.request import Request
from pages.translation.formatting import escape_markdown
from pages.translation.networks import network_of, vocabulary_of
from pages.translation.translated_sentence import SharedInputs
from pages.widgets import pack
from pages.widgets.chart import chart

LENGTH = 64  # positions drawn
WAVES = 4  # dimensions drawn as curves
DEFAULT = (
    "man, woman, boy, girl, homme, femme, garçon, fille, dog, cat, chien, chat, red, blue, white, "
    "rouge, bleu, blanc, is, are, est, sont, two, three, deux, trois, in, on, dans, sur"
)


def show_positions(request: Request, *, network: str, position: Any) -> dict[str, Any]:
    """The encoding as a picture and as waves, and how similar the others are to one position."""
    config = network_of(request.lab, network, request.visitor).model.config
    position = check_count("position", position, 0, LENGTH - 1)
    waves, similar = position_similarity(LENGTH, config.width)
    positions = list(range(LENGTH))
    picture = {
        "type": "heatmap",
        "z": waves.round(3).tolist(),
        "colorscale": [[0, "diverging:0"], [0.5, "diverging:1"], [1, "diverging:2"]],
        "zmin": -1, "zmax": 1, "colorbar": {"thickness": 10, "len": 0.9},
    }  # fmt: skip
    dimensions = np.linspace(0, config.width / 3, WAVES).astype(int) // 2 * 2
    curves = [
        {
            "type": "scatter", "mode": "lines", "x": positions, "y": waves[:, d].round(4).tolist(),
            "name": request.text("translation_lab.positions.dimension", number=int(d)),
            "line": {"color": f"series:{i}"},
        }
        for i, d in enumerate(dimensions)
    ]  # fmt: skip
    cosines = {
        "type": "scatter", "mode": "lines+markers", "x": positions,
        "y": similar[position].round(4).tolist(), "marker": {"size": 5, "color": "series:0"},
        "line": {"color": "series:0"},
    }  # fmt: skip
    column = {"type": "line", "x0": position, "x1": position, "yref": "paper", "y0": 0, "y1": 1,
              "line": {"color": "theme:soft", "width": 1, "dash": "dot"}}  # fmt: skip
    row = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": position, "y1": position,
           "line": {"color": "theme:text", "width": 1.5, "dash": "dot"}}  # fmt: skip

    def chart_of(traces: list[Any], x: str, y: str, *shapes: Any) -> dict[str, Any]:
        axes = {
            axis: {"title": {"text": request.text(f"translation_lab.positions.{key}_axis")}}
            for axis, key in (("xaxis", x), ("yaxis", y))
        }
        return {"traces": traces, "layout": {**axes, "shapes": [*shapes]}}

    return {
        "picture": chart_of([picture], "dimension", "position", row),
        "waves": chart_of(curves, "position", "value"),
        "similarity": chart_of([cosines], "position", "cosine", column),
        "note": note_on(request, config.positions, similar[position], position),
    }


def note_on(request: Request, kind: str, similar: np.ndarray, position: int) -> str:
    """How similar a near and a distant position are; and whether this network uses positions."""
    if kind == "none":
        return request.text("translation_lab.positions.none")
    near = position + 1 if position + 1 < LENGTH else position - 1
    far = LENGTH - 1 if position < LENGTH // 2 else 0
    return request.text(
        "translation_lab.positions.said", position=position,
        near=f"{similar[near]:.2f}", far=f"{similar[far]:.2f}", place=far,
    )  # fmt: skip


def show_words(request: Request, *, network: str, words: str) -> dict[str, Any]:
    """Words in the plane of their most variance. Raises `Problem` ("words.*")."""
    found_network = network_of(request.lab, network, request.visitor)
    listed = [word.strip() for word in re.split(r"[,，、;\n]", str(words or "")[:4_000])]
    found = map_words(
        found_network.model, vocabulary_of(found_network), [word for word in listed if word]
    )
    points = {
        "type": "scatter", "mode": "markers+text",
        # Plotly takes tags in a label for markup.
        "text": [html.escape(word, quote=False) for word in found.words],
        "x": {"dtype": "f4", "bdata": pack(found.points[:, 0])},
        "y": {"dtype": "f4", "bdata": pack(found.points[:, 1])},
        "textposition": label_positions(found.points), "marker": {"size": 8, "color": "series:0"},
        "hoverinfo": "text", "cliponaxis": False,
    }  # fmt: skip
    layout = {
        axis: {
            "title": {
                "text": request.text("translation_lab.words_map.axis", number=number + 1,
                             share=f"{found.shares[number]:.0%}")
            }
        }
        for number, axis in enumerate(("xaxis", "yaxis"))
    }  # fmt: skip
    pairs = sorted(
        (
            (float(found.similarity[i, j]), found.words[i], found.words[j])
            for i in range(len(found.words))
            for j in range(i)
        ),
        reverse=True,
    )[:5]
    key = "translation_lab.words_map"
    nearest = " · ".join(f"{b} – {a} ({value:.2f})" for value, a, b in pairs)
    notes = [request.text(f"{key}.nearest", pairs=escape_markdown(nearest))]
    if found.split:
        split = escape_markdown(" · ".join(found.split))
        notes.append(request.text(f"{key}.split", words=split))
    return {"map": {"traces": [points], "layout": layout}, "note": "\n\n".join(notes)}


def label_positions(points: np.ndarray) -> list[str]:
    """On which side of each point (N, 2) its word stands: away from its nearest neighbour."""
    apart = points[:, None] - points[None]
    distances = np.hypot(*np.moveaxis(apart, 2, 0))
    np.fill_diagonal(distances, np.inf)
    below = apart[np.arange(len(points)), distances.argmin(1), 1] < 0
    return ["bottom center" if under else "top center" for under in below]


def build(lab: Lab, shared: SharedInputs, place: gr.Tab) -> None:
    """Positions above, words below."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="translation_lab.positions.hint")
    with gr.Row():
        with gr.Column(min_width=300):
            picture = lab.translate(chart(height=360), words="translation_lab.words.picture")
        with gr.Column(min_width=300):
            waves = lab.translate(chart(height=360), words="translation_lab.words.waves")
    with gr.Row():
        with gr.Column(min_width=300):
            similarity = lab.translate(chart(height=280), words="translation_lab.words.likeness")
        with gr.Column(min_width=300):
            position = lab.translate(
                gr.Slider(0, LENGTH - 1, 10, step=1, interactive=True),
                label="translation_lab.positions.position",
            )
            note = gr.Markdown(elem_classes="verdict")
    lab.translate(gr.Markdown(elem_classes="subtitle"), value="translation_lab.words_map.title")
    with gr.Row():
        with gr.Column(scale=3, min_width=300):
            plane = lab.translate(chart(height=460), words="translation_lab.words.map")
        with gr.Column(scale=1, min_width=240):
            words = lab.translate(
                gr.Textbox(DEFAULT, lines=8, max_lines=14, interactive=True),
                label="translation_lab.words_map.words",
            )
            draw = lab.translate(gr.Button(), value="translation_lab.words_map.draw")
            nearest = gr.Markdown(elem_classes="verdict")

    visited = first_visit(place)
    lab.events.on(
        [*shared.changes(lab), position.input, position.release],
        show_positions,
        {"network": shared.network, "position": position},
        {"picture": picture, "waves": waves, "similarity": similarity, "note": note},
        after=visited,
    )
    lab.events.on(
        [*shared.changes(lab), draw.click],
        show_words,
        {"network": shared.network, "words": words},
        {"map": plane, "note": nearest},
        after=visited,
    )
