"""What to look for in a game, and what its card says: facts as sentences."""

from collections.abc import Iterator

from pages.digits import memory, opinion
from pages.digits.lineup import distances_of
from pages.lab import Lab, Network
from pages.text import text

# The card's figures in the order of the page, and how they are written.
FIGURES = {
    "label_agreement": ".2%",
    "classifier_accuracy": ".2%",
    "frechet_ratio": ",.1f",
    "precision": ".3f",
    "recall": ".3f",
    "density": ".3f",
    "coverage": ".3f",
}


def sentences(lab: Lab, network: Network, language: str) -> str:
    """A list in Markdown, each line computed from this network."""
    return "\n".join(f"- {line}" for line in lines(lab, network, language))


def lines(lab: Lab, network: Network, language: str) -> Iterator[str]:
    config = network.model.config
    yield text(
        "digits_ask.observe.size", language,
        parameters=f"{network.card.parameters:,}", steps=f"{network.card.steps:,}",
        loss=text(f"training.choice.loss.{config.loss}", language),
        labels=text(f"training.choice.labels.{config.labels}", language),
    )  # fmt: skip
    yield opinion.verdict(lab, network, language)
    yield memory.verdict(*distances_of(lab, network), language)


def figures(network: Network, language: str) -> str:
    """The figures of a network's card, each in a sentence."""
    card = network.card
    told = [
        text(
            f"digits_ask.card.{name}", language,
            value=format(card.metrics[name], written), count=f"{card.samples.get(name, 0):,}",
        )
        for name, written in FIGURES.items()
        if name in card.metrics
    ]  # fmt: skip
    return "\n".join(f"- {line}" for line in told) or text("digits_ask.lesson.no_card", language)
