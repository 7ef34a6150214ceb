"""The Translation tab's endpoints, as programs call them."""

import math

import pytest

from core.errors import Problem
from pages.translation.api import Verbs

SENTENCE = "A dog runs."
NETWORK = "translation-toy"


@pytest.fixture
def verbs(lab):
    return Verbs(lab)


def test_every_verb_answers(verbs):
    made = verbs.translate(SENTENCE, network=NETWORK)
    assert made["french"] and len(made["tokens"]) == len(made["pieces"])
    assert verbs.log_probability(SENTENCE, made["french"], NETWORK) == pytest.approx(
        made["log_probability"], abs=1e-3
    )
    looked = verbs.attention(SENTENCE, 1, 1, network=NETWORK)
    assert looked["french"] == made["pieces"]
    assert [sum(row) for row in looked["weights"]] == pytest.approx(
        [1] * len(made["tokens"]), abs=1e-4
    )
    assert len(looked["weights"][0]) == len(looked["english"])
    inside = verbs.look_inside(SENTENCE, 1, 1, network=NETWORK)
    assert inside["columns"] == looked["english"]
    for ours, theirs in zip(inside["weights"], looked["weights"], strict=True):
        assert ours == pytest.approx(theirs, abs=1e-4)
    for at, token in enumerate(made["tokens"]):
        assert verbs.next_tokens(SENTENCE, made["tokens"][:at], 3, NETWORK)[0]["token"] == token
    found = verbs.beam(SENTENCE, 4, network=NETWORK)
    assert [one["score"] for one in found] == sorted((h["score"] for h in found), reverse=True)
    mapped = verbs.map_words(["dog", "cat", "chien", "chat"], NETWORK)
    assert len(mapped["points"]) == 4 and 0 < sum(mapped["shares"]) <= 1
    assert verbs.score("Un chien court.", "Un chien court.") == pytest.approx(
        {"bleu": 100, "chrf": 100}
    )


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("translate", ("",)),
        ("translate", ("a" * 10_000,)),
        ("translate", (SENTENCE, 13)),
        ("translate", (SENTENCE, "many")),
        ("translate", (SENTENCE, 2, math.nan)),
        ("translate", (SENTENCE, 2, "steep")),
        ("translate", (SENTENCE, 1, 1.0, "../../etc/passwd")),
        ("translate", (SENTENCE, 1, 1.0, "mine")),
        ("attention", (SENTENCE, 0, 1)),
        ("attention", (SENTENCE, 1, 99)),
        ("attention", (SENTENCE, 1, 1, "sideways")),
        ("look_inside", (SENTENCE, 1, 99)),
        ("look_inside", (SENTENCE, 1, 1, ["cross"])),
        ("next_tokens", (SENTENCE, [-1])),
        ("next_tokens", (SENTENCE, ["x"])),
        ("next_tokens", (SENTENCE, 5)),
        ("next_tokens", (SENTENCE, [], 10**9)),
        ("next_tokens", (SENTENCE, [], "all")),
        ("beam", (SENTENCE, 0)),
        ("beam", (SENTENCE, 5, math.inf)),
        ("beam", (SENTENCE, 5, 1e9)),
        ("log_probability", (SENTENCE, "")),
        ("map_words", (["one", "two"],)),
        ("map_words", ([f"word {i}" for i in range(99)],)),
        ("map_words", (7,)),
        ("map_words", ("dog cat",)),
    ],
)
def test_bad_input_gets_one_clear_sentence(verbs, name, args):
    with pytest.raises(Problem) as told:
        getattr(verbs, name)(*args)
    assert 10 < len(str(told.value)) < 300


@pytest.mark.parametrize(
    "strange", ["<b>dog</b>", "狗在跑。", "🐶", "Le chien court.", "\x00\x1b a"]
)
def test_strange_sentences_are_translated_all_the_same(verbs, strange):
    assert math.isfinite(verbs.translate(strange, network=NETWORK)["log_probability"])
