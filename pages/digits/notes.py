"""What to look for in a game, and what its card says: facts as sentences."""

from collections.abc import Iterator

from core.digits.lineup import spread
from core.digits.observe import observe_classes
from pages.app.lab import Lab
from pages.app.networks import Network
from pages.digits import memory, opinion
from pages.digits.lineup import distances_of, lineup_of
from pages.text import text

# The card's figures in the order of the page, and how they are written.
FIGURES = {
    "label_agreement": ".2%",
    "classifier_accuracy": ".2%",
    "frechet_ratio": ",.2f",
    "precision": ".3f",
    "recall": ".3f",
    "density": ".3f",
    "coverage": ".3f",
}

# The spread of generated digits, as a share of that of real ones, from which on they are …
VARIETY = ((1.05, "more"), (0.95, "alike"), (0.0, "less"))


def sentences(lab: Lab, network: Network, language: str) -> str:
    """A list in Markdown, each line computed from this network."""
    return "\n".join(f"- {line}" for line in lines(lab, network, language))


def lines(lab: Lab, network: Network, language: str) -> Iterator[str]:
    model = network.model
    config = model.config
    players = (*model.generator.parameters(), *model.discriminator.parameters())
    yield text(
        "digits_ask.observe.size", language,
        parameters=f"{sum(each.numel() for each in players):,}", steps=f"{network.card.steps:,}",
        loss=text(f"training.choice.loss.{config.loss}", language),
        labels=text(f"training.choice.labels.{config.labels}", language),
    )  # fmt: skip
    yield from classes(lab, network, language)
    yield opinion.verdict(lab, network, language)
    yield memory.verdict(*distances_of(lab, network), language)


def classes(lab: Lab, network: Network, language: str) -> Iterator[str]:
    """Which digits are generated, how often, and how much those of one kind differ."""
    lineup = lineup_of(lab, network)
    drawn = observe_classes(lineup.fake.opinions.names)
    yield text(f"digits_ask.{drawn.key}", language, **drawn.values)
    ratio = spread(lineup.fake) / max(spread(lineup.real), 1e-9)
    word = next(word for lowest, word in VARIETY if ratio >= lowest)
    yield text(f"digits_ask.observe.spread.{word}", language, ratio=f"{ratio:.2f}")
