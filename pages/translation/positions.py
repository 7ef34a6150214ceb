"""Where a token stands, and what it is: positional encodings and the map of embeddings.

The visitor learns that a position is a pattern of sines and cosines of many wavelengths, that
neighbours have similar patterns, and that words of one kind lie near each other in the embedding.
"""

import html
import re
from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from core.checks import check_count
from core.translation.explore import map_words, position_similarity
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.positional import once_seen
from pages.text import text
from pages.translation.stage import Stage, network_of, vocabulary_of
from pages.widgets import pack
from pages.widgets.chart import chart

LENGTH = 64  # positions drawn
WAVES = 4  # dimensions drawn as curves
DEFAULT = (
    "man, woman, boy, girl, homme, femme, garçon, fille, dog, cat, chien, chat, red, blue, white, "
    "rouge, bleu, blanc, is, are, est, sont, two, three, deux, trois, in, on, dans, sur"
)


def look_again(
    lab: Lab, name: str, position: Any, words: str, visitor: str, language: str
) -> Sequence[Any]:
    """Follow network and language."""
    shown = show_positions(lab, name, position, visitor, language)
    return [*shown, *show_words(lab, name, words, visitor, language)]


def show_positions(
    lab: Lab, name: str, position: Any, visitor: str, language: str
) -> Sequence[Any]:
    """The encoding as a picture and as waves, and how similar the others are to one position."""
    config = network_of(lab, name, visitor).model.config
    position = check_count("position", position, 0, LENGTH - 1)
    waves, similar = position_similarity(LENGTH, config.width)
    places = list(range(LENGTH))
    picture = {
        "type": "heatmap",
        "z": waves.round(3).tolist(),
        "colorscale": [[0, "diverging:0"], [0.5, "diverging:1"], [1, "diverging:2"]],
        "zmin": -1, "zmax": 1, "colorbar": {"thickness": 10, "len": 0.9},
    }  # fmt: skip
    dimensions = np.linspace(0, config.width / 3, WAVES).astype(int) // 2 * 2
    curves = [
        {
            "type": "scatter", "mode": "lines", "x": places, "y": waves[:, d].round(4).tolist(),
            "name": text("translation_lab.positions.dimension", language, number=int(d)),
            "line": {"color": f"series:{i}"},
        }
        for i, d in enumerate(dimensions)
    ]  # fmt: skip
    likeness = {
        "type": "scatter", "mode": "lines+markers", "x": places,
        "y": similar[position].round(4).tolist(), "marker": {"size": 5, "color": "series:0"},
        "line": {"color": "series:0"},
    }  # fmt: skip
    marker = {"type": "line", "x0": position, "x1": position, "yref": "paper", "y0": 0, "y1": 1,
              "line": {"color": "theme:soft", "width": 1, "dash": "dot"}}  # fmt: skip
    level = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": position, "y1": position,
             "line": {"color": "theme:text", "width": 1.5, "dash": "dot"}}  # fmt: skip
    return [
        {
            "traces": [picture],
            "layout": axes("dimension_axis", "position_axis", language) | {"shapes": [level]},
        },
        {"traces": curves, "layout": axes("position_axis", "value_axis", language)},
        {
            "traces": [likeness],
            "layout": axes("position_axis", "cosine_axis", language) | {"shapes": [marker]},
        },
        note(config.positions, similar[position], position, language),
    ]


def axes(x: str, y: str, language: str) -> dict[str, Any]:
    return {
        axis: {"title": {"text": text(f"translation_lab.positions.{key}", language)}}
        for axis, key in (("xaxis", x), ("yaxis", y))
    }


def note(kind: str, similar: np.ndarray, position: int, language: str) -> str:
    """How similar a neighbour is, and one far away; and whether this network uses it at all."""
    if kind == "none":
        return text("translation_lab.positions.none", language)
    near = position + 1 if position + 1 < LENGTH else position - 1
    far = LENGTH - 1 if position < LENGTH // 2 else 0
    return text(
        "translation_lab.positions.said", language, position=position,
        near=f"{similar[near]:.2f}", far=f"{similar[far]:.2f}", place=far,
    )  # fmt: skip


def show_words(lab: Lab, name: str, words: str, visitor: str, language: str) -> Sequence[Any]:
    """Words in the plane of their most variance. Raises `Problem` ("words.*")."""
    network = network_of(lab, name, visitor)
    listed = [word.strip() for word in re.split(r"[,，、;\n]", str(words or "")[:4_000])]
    found = map_words(network.model, vocabulary_of(network), [word for word in listed if word])
    points = {
        "type": "scatter", "mode": "markers+text",
        # Plotly takes tags in a label for markup.
        "text": [html.escape(word, quote=False) for word in found.words],
        "x": {"dtype": "f4", "bdata": pack(found.points[:, 0])},
        "y": {"dtype": "f4", "bdata": pack(found.points[:, 1])},
        "textposition": sides(found.points), "marker": {"size": 8, "color": "series:0"},
        "hoverinfo": "text", "cliponaxis": False,
    }  # fmt: skip
    layout = {
        axis: {
            "title": {
                "text": text("translation_lab.words_map.axis", language, number=number + 1,
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
    said = text(f"{key}.nearest", language, pairs=escaped(nearest))
    if found.split:
        split = escaped(" · ".join(found.split))
        said = "\n\n".join([said, text(f"{key}.split", language, words=split)])
    return [{"traces": [points], "layout": layout}, said]


def sides(points: np.ndarray) -> list[str]:
    """On which side of each point (N, 2) its word stands: away from its nearest neighbour."""
    apart = points[:, None] - points[None]
    distances = np.hypot(*np.moveaxis(apart, 2, 0))
    np.fill_diagonal(distances, np.inf)
    below = apart[np.arange(len(points)), distances.argmin(1), 1] < 0
    return ["bottom center" if under else "top center" for under in below]


def escaped(words: str) -> str:
    """A visitor's words inside Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>#|$~])", r"\\\1", words)


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """Positions above, words below."""
    lab.say(gr.Markdown(elem_classes="hint"), value="translation_lab.positions.hint")
    with gr.Row():
        with gr.Column(min_width=300):
            picture = lab.say(chart(height=360), words="translation_lab.words.picture")
        with gr.Column(min_width=300):
            waves = lab.say(chart(height=360), words="translation_lab.words.waves")
    with gr.Row():
        with gr.Column(min_width=300):
            likeness = lab.say(chart(height=280), words="translation_lab.words.likeness")
        with gr.Column(min_width=300):
            position = lab.say(
                gr.Slider(0, LENGTH - 1, 10, step=1, interactive=True),
                label="translation_lab.positions.position",
            )
            said = gr.Markdown(elem_classes="verdict")
    lab.say(gr.Markdown(elem_classes="subtitle"), value="translation_lab.words_map.title")
    with gr.Row():
        with gr.Column(scale=3, min_width=300):
            plane = lab.say(chart(height=460), words="translation_lab.words.map")
        with gr.Column(scale=1, min_width=240):
            words = lab.say(
                gr.Textbox(DEFAULT, lines=8, max_lines=14, interactive=True),
                label="translation_lab.words_map.words",
            )
            draw = lab.say(gr.Button(), value="translation_lab.words_map.draw")
            near = gr.Markdown(elem_classes="verdict")

    positions, mapped = [picture, waves, likeness, said], [plane, near]
    inputs, outputs = [stage.network, position, words], [*positions, *mapped]
    once_seen(lab, first_visit(place), stage.changes(lab), look_again, inputs, outputs)
    lab.slide([position], show_positions, [stage.network, position], positions)
    lab.on(draw.click, show_words, [stage.network, words], mapped)
