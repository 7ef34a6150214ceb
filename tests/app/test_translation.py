"""The Translation tab as the page calls it, without a server."""

import asyncio
import random
from typing import Any

import numpy as np
import pytest

from core.errors import Problem
from core.training.checkpoint import Card
from core.translation import explore
from core.translation.corpus import phrases
from core.translation.decode import translate
from core.translation.model import END, Ablation
from pages.translation import attention, cut, inside, lesson, positions, steps, translator, tree
from pages.translation.api import Verbs
from pages.translation.examples import draw, examples, reference_of
from pages.translation.stage import current, network_of, subject_of, vocabulary_of

VISITOR = "a-visitor-of-the-translation-tab"
NAME = "translation-toy"
SENTENCE = "We often admire this old white axe."
FRENCH = "Nous admirons souvent cette vieille hache blanche."


def written(
    lab, sentence=SENTENCE, method="greedy", reference="", visitor=VISITOR, came=("", ""), **more
):
    """All that the translator shows, update by update."""
    given = {"beams": 4, "alpha": 1.0, "temperature": 1.0, "top_k": 10, "seed": 0} | more

    async def follow():
        going = translator.translate_now(
            lab, sentence, reference, came, NAME, 0, method, **given, visitor=visitor, language="en"
        )
        return [update async for update in going]

    return asyncio.run(follow())


@pytest.fixture(scope="module")
def at_hand(lab):
    return written(lab)[-1][3]


def test_a_translation_is_written_token_by_token(lab, at_hand):
    updates = written(lab, reference=FRENCH)
    drafts = [update[0] for update in updates]
    assert drafts[-1] == FRENCH and all(FRENCH.startswith(draft) for draft in drafts)
    _, facts, score, now = updates[-1]
    assert "BLEU 100.0" in score and "per token (geometric mean)" in facts
    assert now == at_hand and now["target"][-1] == END
    network = network_of(lab, NAME, "")
    assert translate(network.model, vocabulary_of(network), SENTENCE).target == now["target"]


def test_other_ways_to_choose_the_next_token(lab):
    assert written(lab, method="beam")[-1][0] == FRENCH
    wild = {written(lab, method="sample", temperature=2.0, seed=n)[-1][0] for n in range(4)}
    assert len(wild) > 1
    again = [written(lab, method="sample", temperature=2.0, seed=3)[-1][0] for _ in range(2)]
    assert again[0] == again[1]


@pytest.mark.parametrize(
    ("sentence", "more"),
    [
        ("", {}), (" \x00\x1f ", {}), ("word " * 2_000, {}), (SENTENCE, {"method": "luck"}),
        (SENTENCE, {"method": "beam", "beams": 0}), (SENTENCE, {"method": "sample", "seed": -1}),
        (SENTENCE, {"method": "sample", "temperature": 0}),
        (SENTENCE, {"method": "sample", "top_k": 2.5}),
    ],
)  # fmt: skip
def test_what_cannot_be_translated_gets_a_sentence(lab, sentence, more):
    with pytest.raises(Problem):
        written(lab, sentence, **more)


@pytest.mark.parametrize(
    "sentence", ["<img src=x onerror=alert(1)>", "Il pleut.", "今天天气很好", "🙂" * 20, "a"]
)
def test_whatever_is_typed_is_translated_somehow(lab, sentence):
    *_, (french, _, _, now) = written(lab, sentence)
    assert isinstance(french, str) and now["target"]
    for value in attention.look(lab, now, VISITOR, "zh")[1:]:
        assert "<img" not in value


def test_a_newer_request_ends_the_older(lab, monkeypatch):
    monkeypatch.setattr(translator, "SLICE", 0.0)

    async def two():
        arguments = ("", ["", ""], NAME, 0, "greedy", 4, 1.0, 1.0, 10, 0, VISITOR, "en")
        first = translator.translate_now(lab, SENTENCE, *arguments)
        await anext(first)
        second = [u async for u in translator.translate_now(lab, "The horse is sad.", *arguments)]
        return [u async for u in first], second

    older, newer = asyncio.run(two())
    assert newer[-1][0] == "Le cheval est triste."
    assert len(older) == 1 and isinstance(older[0][3], dict), "it must not come to stand above"


def test_what_is_said_of_a_translation_is_said_in_the_other_language(lab, at_hand):
    written(lab, reference=FRENCH)
    said, scored = translator.retell(lab, FRENCH, at_hand, VISITOR, "zh")
    assert "词元" in said and "参考译文" in scored
    assert translator.retell(lab, "", {}, "somebody-who-has-done-nothing", "zh")[1] == ""


def test_the_pieces_are_counted_before_the_limit_is_hit(lab):
    assert "of at most 254" in translator.count(lab, SENTENCE, NAME, VISITOR, "en")
    assert "too many" in translator.count(lab, "x y " * 300, NAME, VISITOR, "en")
    came = ["y", "R"]
    typed = translator.type_on(lab, "x", "R", came, NAME, VISITOR, "en")
    assert typed[1] == "", "it belonged to another sentence"
    for sentence, reference in (("x", "mine"), ("y", "R")):
        left = translator.type_on(lab, sentence, reference, came, NAME, VISITOR, "en")
        assert left[1] != ""
    pasted = written(lab, reference="R", came=came)
    assert "BLEU" not in pasted[-1][2]


def test_what_is_no_english_is_named_before_it_becomes_nonsense(lab):
    assert "chance" not in translator.count(
        lab, "A café, naïve – “yes” €5 <b>", NAME, VISITOR, "en"
    )
    assert "猫🎉 is chance" in translator.count(lab, "A 猫 🎉 cat", NAME, VISITOR, "en")


def test_examples_and_test_sentences_are_of_the_networks_kind(lab):
    card = network_of(lab, NAME, "").card
    first = examples(card)[0]
    assert reference_of(card, first) and not reference_of(card, "Anything else.")
    pairs = dict(zip(phrases().tests["combinations"].sources,
                     phrases().tests["combinations"].references, strict=True))  # fmt: skip
    english, french = draw(card, random.Random(0))
    assert pairs[english][0] == french
    unknown = Card(**{**card.__dict__, "data": "own"})
    assert draw(unknown, random.Random(0))[0] in examples(unknown)
    captions = examples(network_of(lab, "translation-multi30k", "").card)
    *_, sentence, _, _, _ = translator.change_network(lab, captions[0], captions, NAME, "", "en")
    assert sentence == first
    kept = translator.change_network(lab, "My own words.", captions, NAME, VISITOR, "en")
    assert not isinstance(kept[2], str)


def test_all_sections_wait_for_a_sentence(lab):
    with pytest.raises(Problem):
        subject_of(lab, {}, VISITOR)
    assert attention.look(lab, {}, VISITOR, "en")[0] == {}
    assert steps.show(lab, {}, [], VISITOR, "en")[0] == {}
    assert tree.search(lab, {}, 4, 1.0, VISITOR, "en")[0] == {}
    assert cut.measure(lab, {}, VISITOR, "en")[0] == {}
    with pytest.raises(Problem):
        subject_of(lab, current(NAME, 0, SENTENCE, [99_999], 0.0), VISITOR)


def test_attention_is_that_of_this_translation(lab, at_hand):
    view, said, masks = attention.look(lab, at_hand, VISITOR, "en")
    subject = subject_of(lab, at_hand, VISITOR)
    cross = np.frombuffer(__import__("base64").b64decode(view["cross"]), "<f4")
    shape = (view["layers"], view["heads"], len(view["target"]), len(view["source"]))
    assert np.allclose(cross.reshape(shape), subject.inspect().cross, atol=1e-6)
    assert cross.reshape(shape).sum(-1) == pytest.approx(1, abs=1e-4)
    assert view["input"][1:] == view["target"][:-1]
    assert said.startswith("- **") and masks.count("<figure>") == 4


def test_another_token_leads_to_another_sentence(lab, at_hand):
    path, _, view, _ = steps.start_over(lab, at_hand, VISITOR, "en")
    assert path == [] and len(view["bars"]) == 10
    shares = [bar["share"] for bar in view["bars"]]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) + view["rest"] == pytest.approx(1, abs=1e-3)
    other = view["bars"][1]["token"]
    path, view, _ = steps.take(lab, other, at_hand, [], VISITOR, "en")
    path, view, said = steps.finish(lab, at_hand, path, VISITOR, "en")
    assert path[0] == other and path[-1] == END and view["over"] and "less likely" in said
    path, *_ = steps.keep(lab, 1, at_hand, path, VISITOR, "en")
    assert path == [other]
    for count in (-1, 2.5, float("nan"), None, "x"):
        with pytest.raises(Problem):
            steps.keep(lab, count, at_hand, path, VISITOR, "en")
    path, _, said = steps.take_best(lab, at_hand, [], VISITOR, "en")
    assert path == at_hand["target"][:1] and "The entropy of its choice is" in said
    assert "token by token" in steps.finish(lab, at_hand, [], VISITOR, "en")[2]
    for token in (-1, 0, 10**9, None, "x"):
        with pytest.raises(Problem):
            steps.take(lab, token, at_hand, [], VISITOR, "en")


def test_the_tree_holds_the_search(lab, at_hand):
    view, table, said = tree.search(lab, at_hand, 3, 1.0, VISITOR, "en")
    nodes = {node["number"]: node for node in view["nodes"]}
    won = [node for node in view["nodes"] if node["won"]]
    assert [node["step"] for node in won] == list(range(len(won)))
    assert all(node["parent"] in nodes or node["parent"] == -1 for node in view["nodes"])
    total = sum(node["change"] for node in won)
    assert total == pytest.approx(won[-1]["total"], abs=0.02) and won[-1]["ended"]
    for step in range(len(won)):
        level = [node for node in view["nodes"] if node["step"] == step]
        assert sum(not (node["kept"] or node["ended"]) for node in level) <= tree.PRUNED
    assert FRENCH in table and "continuations" in said
    for beams, alpha in ((0, 1.0), (13, 1.0), (3, 9.0), (3, None)):
        with pytest.raises(Problem):
            tree.search(lab, at_hand, beams, alpha, VISITOR, "en")


def test_what_is_cut_is_missed(lab, at_hand):
    board, _, measured = cut.measure(lab, at_hand, VISITOR, "en")
    worth = np.array(board["cross"])
    assert worth.shape == (board["layers"], board["heads"]) and measured == at_hand
    assert "Nothing is cut" in cut.compare(lab, at_hand, "cross-9-0", False, False, VISITOR, "en")
    layers = "decoder-0,decoder-1"
    assert cut.take_out(lab, layers, at_hand, VISITOR, "en") == layers
    assert cut.take_out(lab, layers, {}, VISITOR, "en") == layers  # by a link
    assert "<mark>" in cut.compare(lab, at_hand, layers, False, False, VISITOR, "en")
    assert "changes no translation" in cut.compare(lab, at_hand, "", False, True, VISITOR, "en")
    subject = subject_of(lab, at_hand, VISITOR)
    assert cut.score(subject, Ablation(positions=True)) < subject.inspect().score - 0.1
    assert cut.fitting(subject, "cross-9-0,decoder-1,encoder-0-99") == "decoder-1"
    wrong: list[Any] = [
        "cross-9-0", "nose-0-0", "cross-x-0", "cross-1", "cross", "cross-1-1-1", "<b>", 7
    ]  # fmt: skip
    for gone in wrong:
        with pytest.raises(Problem):
            cut.take_out(lab, gone, at_hand, VISITOR, "en")


def test_one_head_is_worked_out(lab, at_hand):
    view, row, worked = inside.look(lab, at_hand, "decoder", 1, 2, 3, VISITOR, "en")
    names = [grid["name"] for grid in view["grids"]]
    assert names[0] == "Q" and names[-1] == "softmax · V" and len(row["choices"]) > 3
    assert worked.count("−∞") > 0, "the causal mask hides what comes later"
    scores, weights = view["grids"][2], view["grids"][4]
    assert scores["shape"] == weights["shape"]
    assert inside.look(lab, at_hand, "encoder", 1, 1, 999, VISITOR, "zh")[1]["value"] >= 0
    for part, layer, head in (("cross", 9, 1), ("cross", 1, 0), ("eye", 1, 1)):
        with pytest.raises(Problem):
            inside.look(lab, at_hand, part, layer, head, 0, VISITOR, "en")


def test_positions_and_words(lab):
    *_, likeness, said = positions.show_positions(lab, NAME, 10, VISITOR, "en")
    assert likeness["traces"][0]["y"][10] == 1.0 and "Position 10" in said
    chart, near = positions.show_words(lab, NAME, "cat, dog, *red*, blue", VISITOR, "en")
    assert chart["traces"][0]["text"] == ["cat", "dog", "*red*", "blue"] and "\\*red" in near
    chart, _ = positions.show_words(lab, NAME, "<b>cat</b>, dog, R&D", VISITOR, "en")
    assert chart["traces"][0]["text"] == ["&lt;b&gt;cat&lt;/b&gt;", "dog", "R&amp;D"]
    for words in ("", "cat, dog", ", ".join(map(str, range(100)))):
        with pytest.raises(Problem):
            positions.show_words(lab, NAME, words, VISITOR, "en")
    with pytest.raises(Problem):
        positions.show_positions(lab, NAME, 99, VISITOR, "en")


def test_the_lesson_speaks_of_the_sentence_and_the_card(lab, at_hand):
    seen, card = lesson.show_network(lab, at_hand, VISITOR, "zh")
    assert "头" in seen and "1,000" in card


def test_the_endpoints_answer_as_core_does(lab):
    verbs = Verbs(lab)
    found = verbs.translate(SENTENCE, network=NAME)
    assert found["french"] == FRENCH and found["log_probability"] < 0
    assert verbs.beam(SENTENCE, 3, network=NAME)[0]["french"] == FRENCH
    rows = verbs.attention(SENTENCE, 1, 1, network=NAME)["weights"]
    assert np.sum(rows, 1) == pytest.approx(1, abs=1e-4)
    first = verbs.next_tokens(SENTENCE, network=NAME)[0]
    assert first["token"] == found["tokens"][0]
    assert verbs.next_tokens(SENTENCE, found["tokens"], network=NAME) == []
    right = verbs.log_probability(SENTENCE, FRENCH, NAME)
    assert right == pytest.approx(found["log_probability"], abs=1e-3)
    assert right > verbs.log_probability(SENTENCE, "Le cheval est triste.", NAME)
    assert len(verbs.map_words(["cat", "dog", "red"], NAME)["points"]) == 3
    assert verbs.score(FRENCH, FRENCH) == {"bleu": pytest.approx(100), "chrf": pytest.approx(100)}
    for bad in (
        lambda: verbs.translate("", network=NAME),
        lambda: verbs.translate(SENTENCE, 99, network=NAME),
        lambda: verbs.translate(SENTENCE, network="../../etc/passwd"),
        lambda: verbs.attention(SENTENCE, 1, 99, network=NAME),
        lambda: verbs.next_tokens(SENTENCE, [0], network=NAME),
        lambda: verbs.next_tokens(SENTENCE, count=0, network=NAME),
    ):
        with pytest.raises(Problem):
            bad()


def test_one_head_in_core_is_the_recorded_attention(lab, at_hand):
    subject = subject_of(lab, at_hand, VISITOR)
    seen = subject.inspect()
    for part in explore.PARTS:
        head = explore.look_inside(
            subject.model, subject.vocabulary, subject.source, subject.target, part, 1, 2
        )
        assert np.allclose(head.weights, getattr(seen, part)[1, 2], atol=1e-5)
        assert np.allclose(head.weights @ head.values, head.result, atol=1e-4)
        scores = head.queries @ head.keys.T / head.queries.shape[1] ** 0.5
        assert np.allclose(scores, head.scores, atol=1e-4)
