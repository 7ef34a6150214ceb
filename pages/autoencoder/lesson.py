"""A short lesson: the formulas, and the source of the very classes that run."""

import gradio as gr

from core.autoencoder import model, train
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.lessons import coloured, formulas, source
from pages.app.positional import once_seen
from pages.autoencoder.stage import Stage, network_of

LOSSES = (train.objective, train._negative_elbo, train.gaussian_kl, train.sparsity)


def show_source(lab: Lab, name: str, visitor: str, language: str) -> str:
    """The class of the chosen network and those it builds on, as they stand in the code."""
    kind = type(network_of(lab, name, visitor).model)
    classes = [cls for cls in kind.__mro__ if cls.__module__ == model.__name__]
    return coloured(*classes)


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The lesson beside the source."""
    seen = first_visit(place)
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            lab.say(formulas(), value="autoencoder.lesson.text")
        with gr.Column(scale=1, min_width=300):
            code = source(lab, seen, (), "autoencoder.lesson.model_source")
            source(lab, seen, LOSSES, "autoencoder.lesson.loss_source")
    events = [stage.network.change, stage.version.change]
    once_seen(lab, seen, events, show_source, [stage.network], [code])
