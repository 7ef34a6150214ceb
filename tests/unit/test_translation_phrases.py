"""Generated phrases: grammar of both languages, and the combinations that are held out."""

from collections import defaultdict
from itertools import pairwise

import pytest

from core.translation import corpus
from core.translation.grammar import (
    PRONOUNS,
    Phrase,
    clause,
    elides,
    lexicon,
    noun_phrase,
    predicate,
    spell,
)
from core.translation.phrases import SIZES, generate, split_of

ME, HE, SHE, WE = PRONOUNS


def place(name: str, phrase: Phrase) -> Phrase:
    french = lexicon().prepositions[name].split()
    return Phrase(f"{name} {phrase.english}", (*french, *phrase.french))


def one(determiner: str, *words: str, negated: bool = False) -> Phrase:
    return noun_phrase(determiner, words[-1], words[:-1], negated=negated)


def many(determiner: str, *words: str, negated: bool = False) -> Phrase:
    return noun_phrase(determiner, words[-1], words[:-1], plural=True, negated=negated)


@pytest.mark.parametrize(
    ("phrase", "english", "french"),
    [
        (one("the", "man"), "the man", "l'homme"),
        (one("the", "hero"), "the hero", "le héros"),
        (one("the", "axe"), "the axe", "la hache"),
        (one("the", "clock"), "the clock", "l'horloge"),
        (one("the", "egg"), "the egg", "l'œuf"),
        (many("the", "egg"), "the eggs", "les œufs"),
        (one("a", "egg"), "an egg", "un œuf"),
        (one("a", "old", "tree"), "an old tree", "un vieil arbre"),
        (one("a", "small", "egg"), "a small egg", "un petit œuf"),
        (one("this", "tree"), "this tree", "cet arbre"),
        (one("this", "owl"), "this owl", "ce hibou"),
        (one("this", "spider"), "this spider", "cette araignée"),
        (one("this", "beautiful", "tree"), "this beautiful tree", "ce bel arbre"),
        (one("my", "sword"), "my sword", "mon épée"),
        (one("my", "axe"), "my axe", "ma hache"),
        (one("her", "beautiful", "sword"), "her beautiful sword", "sa belle épée"),
        (one("his", "other", "car"), "his other car", "son autre voiture"),
        (one("their", "strange", "nurse"), "their strange nurse", "leur infirmière étrange"),
        (many("their", "horse"), "their horses", "leurs chevaux"),
        (one("a", "beautiful", "bird"), "a beautiful bird", "un bel oiseau"),
        (one("a", "beautiful", "hero"), "a beautiful hero", "un beau héros"),
        (one("a", "new", "hotel"), "a new hotel", "un nouvel hôtel"),
        (one("a", "old", "owl"), "an old owl", "un vieux hibou"),
        (many("the", "old", "man"), "the old men", "les vieux hommes"),
        (one("a", "other", "man"), "another man", "un autre homme"),
        (one("the", "other", "church"), "the other church", "l'autre église"),
        (many("some", "other", "cat"), "some other cats", "d'autres chats"),
        (many("some", "cat"), "some cats", "des chats"),
        (many("some", "white", "cat"), "some white cats", "des chats blancs"),
        (many("some", "small", "white", "cat"), "some small white cats", "de petits chats blancs"),
        (
            many("some", "new", "white", "car"),
            "some new white cars",
            "de nouvelles voitures blanches",
        ),
        (many("some", "cat", negated=True), "any cats", "de chats"),
        (one("a", "tree", negated=True), "a tree", "d'arbre"),
        (one("a", "bean", negated=True), "a bean", "de haricot"),
        (many("these", "brown", "elephant"), "these brown elephants", "ces éléphants marron"),
        (many("eleven", "fresh", "pear"), "eleven fresh pears", "onze poires fraîches"),
        (one("every", "hospital"), "every hospital", "chaque hôpital"),
        (many("several", "proud", "witch"), "several proud witches", "plusieurs sorcières fières"),
        (many("two", "mouse"), "two mice", "deux souris"),
        (place("near", one("the", "garden")), "near the garden", "près du jardin"),
        (place("near", one("the", "tree")), "near the tree", "près de l'arbre"),
        (place("near", many("the", "tree")), "near the trees", "près des arbres"),
        (place("near", one("the", "old", "hotel")), "near the old hotel", "près du vieil hôtel"),
        (place("near", one("a", "church")), "near a church", "près d'une église"),
        (
            place("in front of", one("our", "school")),
            "in front of our school",
            "devant notre école",
        ),
    ],
)
def test_noun_phrases(phrase: Phrase, english: str, french: str):
    assert phrase.english == english
    assert spell(phrase.french) == french


@pytest.mark.parametrize(
    ("sentence", "english", "french"),
    [
        (clause(ME, "like", one("the", "cat")), "I like the cat.", "J'aime le chat."),
        (
            clause(ME, "like", one("the", "cat"), "not"),
            "I do not like the cat.",
            "Je n'aime pas le chat.",
        ),
        (clause(ME, "have", one("a", "car")), "I have a car.", "J'ai une voiture."),
        (
            clause(SHE, "have", many("some", "tree", negated=True), "not"),
            "She does not have any trees.",
            "Elle n'a pas d'arbres.",
        ),
        (
            clause(HE, "see", one("a", "big", "dog", negated=True), "never"),
            "He never sees a big dog.",
            "Il ne voit jamais de grand chien.",
        ),
        (
            clause(WE, "eat", many("some", "red", "apple"), "often"),
            "We often eat some red apples.",
            "Nous mangeons souvent des pommes rouges.",
        ),
        (
            clause(many("the", "woman"), "look for", one("her", "key")),
            "The women look for her key.",
            "Les femmes cherchent sa clé.",
        ),
        (clause(one("the", "child"), "listen"), "The child listens.", "L'enfant écoute."),
        (
            clause(one("a", "old", "man"), "sleep", place("in", one("the", "house")), "not"),
            "An old man does not sleep in the house.",
            "Un vieil homme ne dort pas dans la maison.",
        ),
        (
            clause(many("two", "actress"), "be", predicate(many("two", "actress"), "happy")),
            "Two actresses are happy.",
            "Deux actrices sont heureuses.",
        ),
        (
            clause(one("the", "tree"), "be", predicate(one("the", "tree"), "beautiful"), "not"),
            "The tree is not beautiful.",
            "L'arbre n'est pas beau.",
        ),
        (
            clause(SHE, "be", predicate(SHE, "jealous"), "often"),
            "She is often jealous.",
            "Elle est souvent jalouse.",
        ),
    ],
)
def test_sentences(sentence: tuple[str, str], english: str, french: str):
    assert sentence == (english, french)


def test_lexicon_is_complete():
    words = lexicon()
    kinds = {noun.kind for noun in words.nouns.values()}
    for adjective in words.adjectives.values():
        assert len(adjective.forms) in (4, 5)
        assert set(adjective.kinds) <= kinds
    for verb in words.verbs.values():
        assert len(verb.french) == 4
        assert verb.french[2].endswith("ons")
        assert verb.french[3].endswith(("ent", "ont"))
        assert set(verb.objects) <= kinds
    assert all(len(forms) == 2 for forms in words.singular.values())
    assert all(len(forms) == 1 for forms in words.plural.values())
    assert len(words.nouns) + len(words.adjectives) + len(words.verbs) > 100


@pytest.fixture(scope="module")
def pairs() -> dict[str, list[tuple[str, str]]]:
    return generate(0)


def test_phrases_depend_on_the_seed_alone(pairs: dict[str, list[tuple[str, str]]]):
    assert generate(0) == pairs
    assert generate(1) != pairs
    assert {name: len(found) for name, found in pairs.items()} == SIZES


def test_phrases_are_unique_over_all_splits(pairs: dict):
    everything = [pair for found in pairs.values() for pair in found]
    assert len({english for english, _ in everything}) == len(everything) == len(dict(everything))
    assert {len(english.split()) for english, _ in everything} == set(range(2, 11))


def test_elision_and_contraction_are_applied_everywhere(pairs: dict):
    for _, french in (pair for found in pairs.values() for pair in found):
        words = french.lower().strip(".").split()
        for word, following in pairwise(words):
            assert not (
                word in ("le", "la", "de", "ne", "je", "ce", "ma", "sa") and elides(following)
            )
            assert (word, following) not in (("de", "le"), ("de", "les"), ("des", "de"))
        for word in words:
            _, apostrophe, tail = word.partition("'")
            assert not apostrophe or elides(tail) or word == "aujourd'hui"


def combinations(english: str) -> set[tuple[str, str]]:
    """Pairs of noun and adjective in an English phrase, found without the generator."""
    words = lexicon()
    names = {form: name for name, noun in words.nouns.items() for form in (name, noun.plural)}
    found, waiting, last = set(), [], ""
    for word in english.lower().strip(".").replace("another", "an other").split():
        if word in words.adjectives:
            waiting.append(word)
        elif word in names:
            last = names[word]
            found |= {(last, adjective) for adjective in waiting}
            waiting = []
    return found | {(last, adjective) for adjective in waiting if last}  # "the cat is black"


def test_held_out_combinations_are_not_in_training(pairs: dict):
    counts = {name: defaultdict(int) for name in pairs}
    for name, found in pairs.items():
        for english, _ in found:
            for pair in combinations(english):
                counts[name][pair] += 1
            if name != "train":
                assert name in {split_of(*pair) for pair in combinations(english)}
    in_training = set(counts["train"])
    held_out = {pair for pair in counts["test"] if split_of(*pair) == "test"}
    assert len(held_out) > 60
    assert not held_out & in_training
    assert not held_out & set(counts["validation"])
    assert all(split_of(*pair) == "train" for pair in in_training)
    # Each word is frequent in other combinations.
    for at, words in enumerate((lexicon().nouns, lexicon().adjectives)):
        for word in words:
            assert sum(n for pair, n in counts["train"].items() if pair[at] == word) > 50


def test_corpus_of_phrases():
    data = corpus.phrases()
    assert data.source == "phrases"
    assert len(data.tests["combinations"].sources) == SIZES["test"]
    assert data is corpus.phrases()
    data.require_test()
