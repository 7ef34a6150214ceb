"""The Autoencoder tab: digits as codes of a few numbers.

The visitor learns that a narrow code makes a network find the main ways in which digits differ;
that codes form a space that can be explored and measured; what noise, sparsity and a prior add; and
how all of it develops in training.
"""

import gradio as gr

from pages.app.lab import Lab
from pages.app.request import Request
from pages.app.tab import Tab, sections
from pages.autoencoder import (
    api,
    cloud,
    compare,
    drawing,
    latent_slice,
    lesson,
    path,
    posterior,
    trainer,
)
from pages.autoencoder.shared import NAME, NETWORKS, Shared
from pages.text import DEFAULT
from pages.widgets.cloud import cloud as cloud_widget


def build(lab: Lab) -> None:
    """Lay out the tab: the network's choice above, then one section for each way to look at it."""
    network = NETWORKS.build(lab)
    if network is None:
        return
    facts = gr.Markdown(elem_classes="facts")
    shared = Shared(
        network=network,
        version=gr.State(0),
        picks=gr.State([]),
        cloud=lab.translate(
            cloud_widget(560, "path", render=False), words="autoencoder.words.cloud"
        ),
        sliders=[
            lab.translate(
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
                    shared.cloud.render()
                with (
                    gr.Column(scale=2, min_width=300),
                    sections(lab, "autoencoder.tool", "explore") as tool,
                ):
                    with tool("point"):
                        cloud.build(lab, shared, facts, notes)
                    with tool("draw"):
                        drawing.build(lab, shared)
                    with tool("path") as tab:
                        path.build(lab, shared, tab)
                    with tool("posterior") as tab:
                        posterior.build(lab, shared, tab)
            lab.translate(gr.Markdown(elem_classes="subtitle"), value="autoencoder.notes_title")
            notes.render()
        with section("slice") as tab:
            latent_slice.build(lab, shared, tab)
        with section("compare") as tab:
            compare.build(lab, shared, tab)
        with section("train") as tab:
            trainer.build(lab, shared, tab)
        with section("lesson") as tab:
            lesson.build(lab, shared, tab)
    api.build(lab)


def warm(lab: Lab) -> None:
    """Compute what the tab shows first."""
    if name := NETWORKS.first_available(lab):
        cloud.show_network(Request(lab, "", DEFAULT), name=name, picks=[])


def preload(lab: Lab) -> None:
    """Compute the observations, which need a library that takes seconds to import."""
    if name := NETWORKS.first_available(lab):
        cloud.observations(Request(lab, "", DEFAULT), name=name)


TAB = Tab(NAME, build, warm, preload)
