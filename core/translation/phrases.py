"""A generated corpus of English–French phrases, drawn from the small language of `grammar`.

Some pairs of a noun and an adjective are held out: a network never meets them in training, though
it meets both words often.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random

from core.translation.grammar import (
    NEGATED,
    PRONOUNS,
    WAYS,
    Phrase,
    clause,
    lexicon,
    noun_phrase,
    predicate,
    spell,
)

SIZES = {"train": 16_000, "validation": 500, "test": 1_000}  # phrases of each split
LONGEST = 10  # English words in a phrase

_LIVING = ("person", "animal")
_KINDS = (*_LIVING, "food", "thing", "place")
_DEFINITE = ("the", "this", "these", "my", "his", "her", "our", "their")


def generate(seed: int) -> dict[str, list[tuple[str, str]]]:
    """English and French by split, all different; the same for the same seed.

    Each validation and test phrase has a noun and an adjective that never meet in training, nor
    in the other of the two.
    """
    found: dict[str, dict[str, str]] = {name: {} for name in SIZES}
    for (english, french), parts in _draw(Random(seed)):
        splits = {split_of(part.noun, name) for part in parts for name in part.adjectives}
        if {"validation", "test"} <= splits or len(english.split()) > LONGEST:
            continue
        split = next((name for name in ("test", "validation") if name in splits), "train")
        if len(found[split]) < SIZES[split]:
            found[split][english] = french
        elif all(len(found[name]) == size for name, size in SIZES.items()):
            break
    return {name: list(pairs.items()) for name, pairs in found.items()}


@cache
def split_of(noun: str, adjective: str) -> str:
    """Where a noun and an adjective may meet: of ten pairs one in test, one in validation."""
    digest = hashlib.sha1(f"{noun} {adjective}".encode(), usedforsecurity=False).digest()
    return {0: "test", 1: "validation"}.get(int.from_bytes(digest[:8]) % 10, "train")


def _draw(chance: Random) -> Iterator[tuple[tuple[str, str], tuple[Phrase, ...]]]:
    """Pairs without end, English and French, each with those of its parts that tell its split."""
    words = lexicon()
    taking = {name: verb for name, verb in words.verbs.items() if verb.objects}
    alone = [name for name in words.verbs if name not in taking]
    while True:
        form = chance.choices(("phrase", "be", "alone", "object"), (15, 20, 25, 40))[0]
        way = chance.choices(list(WAYS), (60, 25, 5, 10))[0]
        if form == "phrase":
            subject = _noun_phrase(chance, _KINDS)
            yield (subject.english, spell(subject.french)), (subject,)
            continue
        if form == "be":
            verb, subject = "be", _noun_phrase(chance, _KINDS, way, sides=(True,))
            if chance.random() < 0.15:
                subject = chance.choice(PRONOUNS[1:3])  # he and she are people, as the man is
            rest = predicate(subject, chance.choice(_said_of(subject.noun or "man")))
        elif form == "alone":
            subject, verb, rest = _subject(chance, way), chance.choice(alone), _place(chance, way)
        else:
            subject, verb = _subject(chance, way), chance.choice(list(taking))
            kinds, definite = taking[verb].objects, taking[verb].definite
            rest = _noun_phrase(chance, kinds, way, definite=definite, negated=way in NEGATED)
        yield clause(subject, verb, rest, way), (subject, rest)


def _subject(chance: Random, way: str) -> Phrase:
    if chance.random() < 0.3:
        return chance.choice(PRONOUNS)
    return _noun_phrase(chance, _LIVING, way)


def _place(chance: Random, way: str) -> Phrase:
    """Where, how or when; or nothing."""
    words = lexicon()
    draw = chance.random()
    if draw < 0.2:
        return Phrase()
    if draw < 0.45:
        # "Often today" and "never today" say nothing.
        names = [name for name in words.adverbs if name != "today" or way in ("", "not")]
        name = chance.choice(names)
        return Phrase(name, (words.adverbs[name],))
    name, french = chance.choice(list(words.prepositions.items()))
    kinds = ("place",) if name == "in" else ("place", "thing")
    place = _noun_phrase(chance, kinds, definite=True)
    return replace(
        place, english=f"{name} {place.english}", french=(*french.split(), *place.french)
    )


def _noun_phrase(
    chance: Random,
    kinds: tuple[str, ...],
    way: str = "",
    definite: bool = False,
    negated: bool = False,
    sides: tuple[bool, ...] = (True, False),
) -> Phrase:
    """A noun of some kind with a determiner and up to an adjective for each side of it."""
    noun = chance.choice(_nouns(kinds))
    adjectives = tuple(
        chance.choice(_suiting(noun, before)) for before in sides if chance.random() < 0.4
    )
    plural = chance.random() < 0.4
    determiner = _determiner(chance, plural, definite)
    # "Every other cat" is every second one, and "every cat does not" may mean two things.
    while determiner in ("every", "several") and (way in NEGATED or "other" in adjectives):
        determiner = _determiner(chance, plural, definite)
    return noun_phrase(determiner, noun, adjectives, plural, negated)


def _determiner(chance: Random, plural: bool, definite: bool) -> str:
    words = lexicon()
    names = list(words.plural if plural else words.singular)
    if definite:
        return chance.choice([name for name in names if name in _DEFINITE])
    draw = chance.random()
    if draw < 0.6:
        return "the" if draw < 0.3 else "some" if plural else "a"
    return chance.choice(names)


@cache
def _nouns(kinds: tuple[str, ...]) -> list[str]:
    return [name for name, noun in lexicon().nouns.items() if noun.kind in kinds]


@cache
def _suiting(noun: str, before: bool) -> list[str]:
    """The adjectives that suit a noun, from before it or from after it in French."""
    words = lexicon()
    return [
        name
        for name, adjective in words.adjectives.items()
        if adjective.before == before
        and words.nouns[noun].kind in adjective.kinds
        and f"{name} {noun}" not in words.unsaid
    ]


@cache
def _said_of(noun: str) -> list[str]:
    """The adjectives that a noun can be."""
    return [name for name in _suiting(noun, True) + _suiting(noun, False) if name != "other"]
