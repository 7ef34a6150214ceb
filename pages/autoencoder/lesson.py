"""A short lesson: the formulas, and the source of the very classes that run."""

import inspect

import gradio as gr

from core.autoencoder import model, train
from pages.autoencoder.stage import Stage, network_of
from pages.lab import Lab

LOSSES = (train.objective, train._negative_elbo, train.gaussian_kl, train.sparsity)


def show_source(lab: Lab, name: str, visitor: str, language: str) -> str:
    """The class of the chosen network and those it builds on, as they stand in the code."""
    kind = type(network_of(lab, name, visitor).model)
    classes = [cls for cls in kind.__mro__ if cls.__module__ == model.__name__]
    return "\n\n".join(inspect.getsource(cls).rstrip() for cls in classes)


def show_loss() -> str:
    """The objective of every variant, as it stands in the code."""
    return "\n\n".join(inspect.getsource(function).rstrip() for function in LOSSES)


def build(lab: Lab, stage: Stage) -> None:
    """The lesson beside the source."""
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            lab.say(
                gr.Markdown(
                    elem_classes="lesson",
                    latex_delimiters=[
                        {"left": "$$", "right": "$$", "display": True},
                        {"left": "$", "right": "$", "display": False},
                    ],
                ),
                value="autoencoder.lesson.text",
            )
        with gr.Column(scale=1, min_width=300):
            source = lab.say(
                gr.Code(language="python", interactive=False, lines=20, max_lines=32),
                label="autoencoder.lesson.model_source",
            )
            lab.say(
                gr.Code(show_loss(), language="python", interactive=False, max_lines=32),
                label="autoencoder.lesson.loss_source",
            )
    for event in (lab.opened, stage.network.change, stage.version.change):
        lab.on(event, show_source, [stage.network], [source])
