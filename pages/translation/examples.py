"""Example sentences, and random test sentences, each with a reference."""

import random
from typing import Any

from core.training.checkpoint import Card
from core.translation import corpus
from core.translation.corpus import Pair

CAPTIONS: tuple[Pair, ...] = (
    (
        "A man in a red shirt is riding a bicycle.",
        "Un homme en t-shirt rouge fait du vélo.",
    ),
    (
        "Two children are playing with a ball in the park.",
        "Deux enfants jouent avec un ballon dans le parc.",
    ),
    (
        "A brown dog is running through the snow.",
        "Un chien marron court dans la neige.",
    ),
    (
        "Three women in black dresses are standing on a stage.",
        "Trois femmes en robe noire se tiennent debout sur une scène.",
    ),
    (
        "A little girl is eating an ice cream while her mother looks at her.",
        "Une petite fille mange une glace pendant que sa mère la regarde.",
    ),
)
EVERYDAY: tuple[Pair, ...] = (
    ("I would like a cup of coffee, please.", "J'aimerais une tasse de café, s'il vous plaît."),
    ("She doesn't know where her keys are.", "Elle ne sait pas où sont ses clés."),
    ("We have been waiting for you for an hour.", "Nous vous attendons depuis une heure."),
    ("If it rains tomorrow, I will stay at home.", "S'il pleut demain, je resterai chez moi."),
    ("A man in a red shirt is riding a bicycle.", "Un homme en t-shirt rouge fait du vélo."),
)
PHRASES: tuple[Pair, ...] = (
    (
        "The tired student often runs near this old table.",
        "L'étudiant fatigué court souvent près de cette vieille table.",
    ),
    ("We often admire this old white axe.", "Nous admirons souvent cette vieille hache blanche."),
    ("I do not choose their good egg.", "Je ne choisis pas leur bon œuf."),
    (
        "A small happy elephant sells a small castle.",
        "Un petit éléphant heureux vend un petit château.",
    ),
)
BY_DATA = {"multi30k": CAPTIONS, "phrases": PHRASES}
ALL = {english for english, _ in (*CAPTIONS, *EVERYDAY, *PHRASES)}


def examples(card: Card) -> list[str]:
    """English sentences of the kind that a network was trained on, by its card."""
    return [english for english, _ in _pairs(card)]


def reference_of(card: Card, sentence: str) -> str:
    """The French of an example, "" for any other sentence."""
    return dict(_pairs(card)).get(sentence, "")


def draw(card: Card, chance: random.Random) -> Pair:
    """A random test sentence of a network's corpus, or an example where the corpus is missing."""
    found = _corpus(card)
    if found is None or found.source != card.data or not found.tests:
        return chance.choice(_pairs(card))
    test = found.tests[chance.choice(list(found.tests))]
    number = chance.randrange(len(test.sources))
    return test.sources[number], test.references[number][0]


def _pairs(card: Card) -> tuple[Pair, ...]:
    return BY_DATA.get(card.data, EVERYDAY)


def _corpus(card: Card) -> Any:
    if card.data == "phrases":
        return corpus.phrases()
    if card.data == "multi30k":
        return corpus.multi30k(download=False)
    return corpus.everyday(download=False) if "tatoeba" in card.data else None
