"""A short lesson: the formulas, the source that runs, what to look for in a network."""

import inspect
from collections.abc import Iterator

import gradio as gr

from core.digits import losses, model, train
from core.digits.observe import observe_classes
from core.digits.real_or_fake import within_class_deviation
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.lessons import coloured, figures, findings, lesson_beside_sources
from pages.app.networks import Network
from pages.app.request import Request
from pages.digits import discriminator_scores, memorisation
from pages.digits.real_and_fake import distances_of, real_and_fake_of
from pages.digits.shared import Shared, requested_network

LOSSES = (
    losses.discriminator_loss,
    losses.generator_loss,
    losses.gradient_penalty,
    losses.r1,
    losses._gradients,
)
STEP = (
    train.GanTask.optimise,
    train.GanTask._train_on_batch,
    train.GanTask.discriminator_step,
    train.GanTask.generator_step,
    train.GanTask._descend,
)
MODEL_SOURCE = "digits_ask.lesson.model_source"  # that of the chosen network
SOURCES = {
    "digits_ask.lesson.loss_source": LOSSES,
    "digits_ask.lesson.step_source": STEP,
    MODEL_SOURCE: (),
}
# The card's figures in the order of the page, and their number formats.
FIGURES = {
    "label_agreement": ".2%",
    "classifier_accuracy": ".2%",
    "frechet_ratio": ",.2f",
    "precision": ".3f",
    "recall": ".3f",
    "density": ".3f",
    "coverage": ".3f",
}
# The deviation of generated digits divided by that of real ones, from which on they vary …
VARIETY = ((1.05, "more"), (0.95, "alike"), (0.0, "less"))


def show_network(request: Request, *, network: str) -> dict[str, str]:
    """What to look for in the chosen network, its card, and its source."""
    chosen, language = requested_network(request, network), request.language
    none = "digits_ask.lesson.no_card"
    return {
        "observations": "\n".join(f"- {line}" for line in observations(request, chosen)),
        "card": figures(chosen.card, FIGURES, "digits_ask.card", none, language),
        "source": source_of(chosen.model),
    }


def observations(request: Request, network: Network) -> Iterator[str]:
    """Sentences computed from this network."""
    lab, language = request.lab, request.language
    gan = network.model
    parameters = (*gan.generator.parameters(), *gan.discriminator.parameters())
    yield request.text(
        "digits_ask.observe.size",
        parameters=f"{sum(each.numel() for each in parameters):,}",
        steps=f"{network.card.steps:,}",
        loss=request.text(f"training.choice.loss.{gan.config.loss}"),
        labels=request.text(f"training.choice.labels.{gan.config.labels}"),
    )
    compared = real_and_fake_of(lab, network)
    classes = observe_classes(compared.fake.assessment.classes)
    yield request.text(f"digits_ask.{classes.key}", **classes.values)
    real, fake = (within_class_deviation(group) for group in (compared.real, compared.fake))
    ratio = fake / max(real, 1e-9)
    word = next(word for lowest, word in VARIETY if ratio >= lowest)
    yield request.text(f"digits_ask.observe.spread.{word}", ratio=f"{ratio:.2f}")
    yield discriminator_scores.verdict(lab, network, language)
    yield memorisation.verdict(*distances_of(lab, network), language)


def source_of(gan: model.Gan) -> str:
    """The source of the modules of a GAN, in the order of the file."""
    found = {type(module) for module in gan.modules()}
    ours = [cls for cls in vars(model).values() if inspect.isclass(cls) and cls is not model.Gan]
    return coloured(*(cls for cls in ours if cls in found and cls.__module__ == model.__name__))


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """What to look for above; below, the lesson beside the source."""
    visited = first_visit(place)
    observed, card = findings(lab, "digits_ask.lesson")
    code = lesson_beside_sources(lab, visited, "digits_ask.lesson.text", SOURCES)
    outputs = {"observations": observed, "card": card, "source": code[MODEL_SOURCE]}
    inputs = {"network": shared.network}
    lab.events.on(shared.changes(lab), show_network, inputs, outputs, after=visited)
