"""A short lesson: the game's formulas, the source that runs, what to look for in a network."""

import inspect
from collections.abc import Sequence

import gradio as gr

from core.digits import losses, model, train
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.lessons import coloured, figures, findings, formulas, source
from pages.app.positional import once_seen
from pages.digits import notes
from pages.digits.stage import Stage, network_of

LOSSES = (
    losses.discriminator_loss,
    losses.generator_loss,
    losses.gradient_penalty,
    losses.r1,
    losses._slopes,
)
STEP = (
    train.GanTask.optimise,
    train.GanTask._train_on_batch,
    train.GanTask.discriminator_step,
    train.GanTask.generator_step,
    train.GanTask._descend,
)


def show_network(lab: Lab, name: str, visitor: str, language: str) -> Sequence[str]:
    """What to look for in the chosen network, what its card says, and its source."""
    network = network_of(lab, name, visitor)
    return [
        notes.sentences(lab, network, language),
        figures(
            network.card, notes.FIGURES, "digits_ask.card", "digits_ask.lesson.no_card", language
        ),
        show_source(network.model),
    ]


def show_source(gan: model.Gan) -> str:
    """The classes of ours that a game is made of, in the order of the file."""
    found = {type(module) for module in gan.modules()}
    ours = [cls for cls in vars(model).values() if inspect.isclass(cls) and cls is not model.Gan]
    return coloured(*(cls for cls in ours if cls in found and cls.__module__ == model.__name__))


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """What to look for above; below, the lesson beside the source."""
    looked = first_visit(place)
    seen, card = findings(lab, "digits_ask.lesson")
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            lab.say(formulas(), value="digits_ask.lesson.text")
        with gr.Column(scale=1, min_width=300):
            source(lab, looked, LOSSES, "digits_ask.lesson.loss_source")
            source(lab, looked, STEP, "digits_ask.lesson.step_source")
            code = source(lab, looked, (), "digits_ask.lesson.model_source")
    outputs = [seen, card, code]
    once_seen(lab, looked, stage.changes(lab), show_network, [stage.network], outputs)
