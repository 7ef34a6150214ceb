"""A small grammar of English and French; each English phrase has one translation.

It covers elision (l'homme, but le héros), gender, plural, agreement and position of adjectives,
forms before a vowel (bel, cet, mon), "de" for "des" before an adjective and for "un" after a
negation, "du" for "de le", and negation around the verb (ne … pas).
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

# English word that modifies the verb: French before and after the verb.
MODIFIERS = {
    "": ("", ""),
    "not": ("ne", "pas"),
    "never": ("ne", "jamais"),
    "often": ("", "souvent"),
}
NEGATED = ("not", "never")

_ASPIRATE = ("héros", "hibou", "hérisson", "haricot", "hache", "harpe", "huit", "onze")
_BEFORE_VOWEL = {
    **{"le": "l'", "la": "l'", "je": "j'", "ne": "n'", "de": "d'"},
    **{"ce": "cet", "ma": "mon", "sa": "son"},
}
_CONTRACTED = {("de", "le"): "du", ("de", "les"): "des"}
_PERSONS = ("je", "il", "nous", "ils")  # the order of the French verb forms
_BE = {"je": ("am", "suis"), "il": ("is", "est"), "nous": ("are", "sommes"), "ils": ("are", "sont")}


@dataclass(frozen=True)
class Noun:
    plural: str
    french: str
    french_plural: str
    masculine: bool
    kind: str


@dataclass(frozen=True)
class Adjective:
    before: bool  # stands before the French noun
    forms: tuple[str, ...]  # masculine, feminine, their plurals; masculine before a vowel
    kinds: tuple[str, ...]

    def agree(self, masculine: bool, plural: bool) -> str:
        return self.forms[2 * plural + (not masculine)]


@dataclass(frozen=True)
class Verb:
    third: str  # English, with he
    french: tuple[str, ...]  # with _PERSONS
    objects: tuple[str, ...]  # kinds of noun
    definite: bool  # takes the, this, my … only


@dataclass(frozen=True)
class Lexicon:
    """All words by their English. excluded: pairs of an adjective and a noun."""

    nouns: dict[str, Noun]
    adjectives: dict[str, Adjective]
    verbs: dict[str, Verb]
    singular: dict[str, list[str]]  # determiners: masculine, feminine
    plural: dict[str, list[str]]
    adverbs: dict[str, str]
    prepositions: dict[str, str]
    excluded: list[str]


@dataclass(frozen=True)
class Phrase:
    """A subject, an object or a place. french: words for `spell` to join."""

    english: str = ""
    french: tuple[str, ...] = ()
    person: str = "il"
    masculine: bool = True
    noun: str = ""
    adjectives: tuple[str, ...] = ()


PRONOUNS = (
    Phrase("I", ("je",), "je"),
    Phrase("he", ("il",), "il"),
    Phrase("she", ("elle",), "il", masculine=False),
    Phrase("we", ("nous",), "nous"),
)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The words of grammar.toml."""
    words: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    nouns, adjectives, verbs = {}, {}, {}
    for kind, entries in words["nouns"].items():
        for english, entry in entries.items():
            plural, french, french_plural, gender = entry.split()
            nouns[english] = Noun(plural, french, french_plural, gender == "m", kind)
    for side, entries in words["adjectives"].items():
        for english, (forms, kinds) in entries.items():
            adjectives[english] = Adjective(
                side == "before", tuple(forms.split()), tuple(kinds.split())
            )
    for group, entries in words["verbs"].items():
        for english, (third, forms, kinds) in entries.items():
            verbs[english] = Verb(
                third, tuple(forms.split()), tuple(kinds.split()), group == "definite"
            )
    return Lexicon(
        nouns=nouns,
        adjectives=adjectives,
        verbs=verbs,
        singular={english: french.split() for english, french in words["singular"].items()},
        plural={english: french.split() for english, french in words["plural"].items()},
        adverbs=words["adverbs"],
        prepositions=words["prepositions"],
        excluded=words["excluded"],
    )


def elides(word: str) -> bool:
    """Whether a French word starts with a vowel or a mute h."""
    return word.startswith(tuple("aeiouâéêîôœh")) and not word.startswith(_ASPIRATE)


def spell(words: Iterable[str]) -> str:
    """French words joined, with elision (l'arbre) and contraction (du chat)."""
    words = [word for word in words if word]
    written: list[str] = []
    for word, following in zip(words, [*words[1:], ""], strict=True):
        form = _BEFORE_VOWEL.get(word, word) if elides(following) else word
        if written and (written[-1], form) in _CONTRACTED:
            written[-1] = _CONTRACTED[written[-1], form]
        else:
            written.append(form)
    return " ".join(written).replace("' ", "'")


def noun_phrase(
    determiner: str,
    noun: str,
    adjectives: tuple[str, ...] = (),
    plural: bool = False,
    negated: bool = False,
) -> Phrase:
    """A noun with its determiner and adjectives in English order.

    At most one adjective precedes the French noun. negated: the object of a negated verb.
    """
    words = lexicon()
    entry = words.nouns[noun]
    name, french_name = (entry.plural, entry.french_plural) if plural else (noun, entry.french)
    before, after = "", []
    for adjective in map(words.adjectives.__getitem__, adjectives):
        form = adjective.agree(entry.masculine, plural)
        if not adjective.before:
            after.append(form)
        elif elides(french_name) and form == adjective.forms[0] and not plural:
            before = adjective.forms[-1] if len(adjective.forms) > 4 else form
        else:
            before = form

    french = (words.plural if plural else words.singular)[determiner][0 if entry.masculine else -1]
    if determiner in ("a", "some") and (negated or (plural and before)):
        french = "de"
    if determiner == "some" and negated:
        determiner = "any"
    english = " ".join([*adjectives, name])
    if determiner == "a" and english.startswith(tuple("aeiou")):
        determiner = "an"
    return Phrase(
        english=f"{determiner} {english}".replace("an other", "another"),
        french=(french, before, french_name, *after),
        person="ils" if plural else "il",
        masculine=entry.masculine,
        noun=noun,
        adjectives=adjectives,
    )


def clause(
    subject: Phrase, verb: str, rest: Phrase | None = None, modifier: str = ""
) -> tuple[str, str]:
    """A sentence, English and French. modifier: a key of `MODIFIERS`."""
    rest = rest or Phrase()
    singular = subject.person == "il"
    if verb == "be":
        form, french_form = _BE[subject.person]
        form = f"{form} {modifier}"
    else:
        entry = lexicon().verbs[verb]
        french_form = entry.french[_PERSONS.index(subject.person)]
        form = f"{modifier} {entry.third if singular else verb}"
        if modifier == "not":
            form = f"{'does' if singular else 'do'} not {verb}"
    before, after = MODIFIERS[modifier]
    english = " ".join(f"{subject.english} {form} {rest.english}".split())
    french = spell([*subject.french, before, french_form, after, *rest.french])
    return _sentence(english), _sentence(french)


def predicate(subject: Phrase, adjective: str) -> Phrase:
    """A predicative adjective in agreement with its subject."""
    agreed = lexicon().adjectives[adjective].agree(subject.masculine, subject.person == "ils")
    adjectives = (adjective,) if subject.noun else ()
    return Phrase(adjective, (agreed,), noun=subject.noun, adjectives=adjectives)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
