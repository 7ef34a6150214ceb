"""The Autoencoder tab: what a picture is worth in three numbers.

The visitor learns that a narrow code forces a network to find out in which few ways digits differ;
that the codes form a space in which one can walk, draw and measure; what noise, sparsity and a
prior add; and how all of it comes about in training.
"""

import gradio as gr

from pages.app.lab import Lab
from pages.app.tab import Tab, sections
from pages.autoencoder import (
    api,
    cloud,
    compare,
    draw,
    lesson,
    path,
    plane,
    posterior,
    trainer,
)
from pages.autoencoder.stage import SHELF, Stage, available, first_of
from pages.autoencoder.stage import TAB as NAME
from pages.text import DEFAULT
from pages.widgets.cloud import cloud as cloud_widget


def build(lab: Lab) -> None:
    """Lay out the tab: the network's choice above, then one section for each way to look at it."""
    network = SHELF.build(lab)
    if network is None:
        return
    facts = gr.Markdown(elem_classes="facts")
    stage = Stage(
        network=network,
        version=gr.State(0),
        picks=gr.State([]),
        cloud=lab.say(cloud_widget(560, "path", render=False), words="autoencoder.words.cloud"),
        sliders=[
            lab.say(
                gr.Slider(-1, 1, 0, interactive=True, render=False, buttons=[]),
                label=f"autoencoder.slider.{axis}",
            )
            for axis in "xyz"
        ],
    )

    with sections(lab, "autoencoder.section") as section:
        with section("explore"):
            notes = gr.Markdown(elem_classes="notes", render=False)
            with gr.Row():
                with gr.Column(scale=3, min_width=300):
                    stage.cloud.render()
                with (
                    gr.Column(scale=2, min_width=300),
                    sections(lab, "autoencoder.tool", "explore") as tool,
                ):
                    with tool("point"):
                        cloud.build(lab, stage, facts, notes)
                    with tool("draw"):
                        draw.build(lab, stage)
                    with tool("path") as tab:
                        path.build(lab, stage, tab)
                    with tool("posterior") as tab:
                        posterior.build(lab, stage, tab)
            lab.say(gr.Markdown(elem_classes="subtitle"), value="autoencoder.notes_title")
            notes.render()
        with section("slice") as tab:
            plane.build(lab, stage, tab)
        with section("compare") as tab:
            compare.build(lab, stage, tab)
        with section("train") as tab:
            trainer.build(lab, stage, tab)
        with section("lesson") as tab:
            lesson.build(lab, stage, tab)
    api.build(lab)


def warm(lab: Lab) -> None:
    """Compute what the tab shows first."""
    if whole := available(lab):
        cloud.show_network(lab, first_of(whole), [], "", DEFAULT)


def preload(lab: Lab) -> None:
    """Find what is said of it, which needs a library that takes a second or two to load."""
    if whole := available(lab):
        cloud.tell(lab, first_of(whole), "", DEFAULT)


TAB = Tab(NAME, build, warm, preload)
