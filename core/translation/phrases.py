"""Generates English–French phrases by the grammar in `core.translation.grammar`.

Some pairs of a noun and an adjective are held out: they are not in the training phrases, in which
both words are frequent.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random

from core.translation.grammar import (
    MODIFIERS,
    NEGATED,
    PRONOUNS,
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

    Each validation and test phrase has a noun with an adjective that no phrase of another split
    combines.
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
    """The split of a noun with an adjective: a tenth each for test and validation."""
    digest = hashlib.sha1(f"{noun} {adjective}".encode(), usedforsecurity=False).digest()
    return {0: "test", 1: "validation"}.get(int.from_bytes(digest[:8]) % 10, "train")


def _draw(rng: Random) -> Iterator[tuple[tuple[str, str], tuple[Phrase, ...]]]:
    """Endless pairs of English and French, each with the parts that determine its split."""
    words = lexicon()
    transitive = {name: verb for name, verb in words.verbs.items() if verb.objects}
    intransitive = [name for name in words.verbs if name not in transitive]
    while True:
        form = rng.choices(("phrase", "be", "intransitive", "transitive"), (15, 20, 25, 40))[0]
        modifier = rng.choices(list(MODIFIERS), (60, 25, 5, 10))[0]
        if form == "phrase":
            subject = _noun_phrase(rng, _KINDS)
            yield (subject.english, spell(subject.french)), (subject,)
            continue
        if form == "be":
            verb, subject = "be", _noun_phrase(rng, _KINDS, modifier, sides=(True,))
            if rng.random() < 0.15:
                subject = rng.choice(PRONOUNS[1:3])  # he and she take the adjectives of "man"
            adjectives = _predicative_adjectives(subject.noun or "man")
            rest = predicate(subject, rng.choice(adjectives))
        elif form == "intransitive":
            subject, verb = _subject(rng, modifier), rng.choice(intransitive)
            rest = _adverbial(rng, modifier)
        else:
            subject, verb = _subject(rng, modifier), rng.choice(list(transitive))
            kinds, definite = transitive[verb].objects, transitive[verb].definite
            negated = modifier in NEGATED
            rest = _noun_phrase(rng, kinds, modifier, definite=definite, negated=negated)
        yield clause(subject, verb, rest, modifier), (subject, rest)


def _subject(rng: Random, modifier: str) -> Phrase:
    if rng.random() < 0.3:
        return rng.choice(PRONOUNS)
    return _noun_phrase(rng, _LIVING, modifier)


def _adverbial(rng: Random, modifier: str) -> Phrase:
    """A place, manner or time, or an empty phrase."""
    words = lexicon()
    draw = rng.random()
    if draw < 0.2:
        return Phrase()
    if draw < 0.45:
        # Neither "often today" nor "never today".
        names = [name for name in words.adverbs if name != "today" or modifier in ("", "not")]
        name = rng.choice(names)
        return Phrase(name, (words.adverbs[name],))
    name, french = rng.choice(list(words.prepositions.items()))
    kinds = ("place",) if name == "in" else ("place", "thing")
    place = _noun_phrase(rng, kinds, definite=True)
    return replace(
        place, english=f"{name} {place.english}", french=(*french.split(), *place.french)
    )


def _noun_phrase(
    rng: Random,
    kinds: tuple[str, ...],
    modifier: str = "",
    definite: bool = False,
    negated: bool = False,
    sides: tuple[bool, ...] = (True, False),
) -> Phrase:
    """A noun with a determiner and at most one adjective on each of the sides (True: before)."""
    noun = rng.choice(_nouns(kinds))
    adjectives = tuple(
        rng.choice(_adjectives(noun, before)) for before in sides if rng.random() < 0.4
    )
    plural = rng.random() < 0.4
    determiner = _determiner(rng, plural, definite)
    # "Every other cat" means every second one, and "every cat does not" is ambiguous.
    while determiner in ("every", "several") and (modifier in NEGATED or "other" in adjectives):
        determiner = _determiner(rng, plural, definite)
    return noun_phrase(determiner, noun, adjectives, plural, negated)


def _determiner(rng: Random, plural: bool, definite: bool) -> str:
    words = lexicon()
    names = list(words.plural if plural else words.singular)
    if definite:
        return rng.choice([name for name in names if name in _DEFINITE])
    draw = rng.random()
    if draw < 0.6:
        return "the" if draw < 0.3 else "some" if plural else "a"
    return rng.choice(names)


@cache
def _nouns(kinds: tuple[str, ...]) -> list[str]:
    return [name for name, noun in lexicon().nouns.items() if noun.kind in kinds]


@cache
def _adjectives(noun: str, before: bool) -> list[str]:
    """The adjectives that may describe a noun, before or after it in French."""
    words = lexicon()
    return [
        name
        for name, adjective in words.adjectives.items()
        if adjective.before == before
        and words.nouns[noun].kind in adjective.kinds
        and f"{name} {noun}" not in words.excluded
    ]


@cache
def _predicative_adjectives(noun: str) -> list[str]:
    return [name for name in _adjectives(noun, True) + _adjectives(noun, False) if name != "other"]
