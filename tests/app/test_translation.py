"""The Translation tab as the page calls it, without a server."""

import asyncio
import base64
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
from pages.app.request import Request
from pages.translation import (
    ablation,
    attention,
    beam_tree,
    decoding_steps,
    head_matrices,
    lesson,
    positions,
    translator,
)
from pages.translation.api import Verbs
from pages.translation.examples import draw, examples, reference_of
from pages.translation.networks import network_of, vocabulary_of
from pages.translation.translated_sentence import read_state

VISITOR = "a-visitor-of-the-translation-tab"
NAME = "translation-toy"
SENTENCE = "We often admire this old white axe."
FRENCH = "Nous admirons souvent cette vieille hache blanche."


@pytest.fixture(scope="module")
def request_en(lab):
    return Request(lab, VISITOR, "en")


@pytest.fixture(scope="module")
def request_zh(lab):
    return Request(lab, VISITOR, "zh")


def started(request, sentence=SENTENCE, reference="", paired=("", ""), **settings):
    """The stream of a translation."""
    defaults = {
        "method": "greedy", "beams": 4, "alpha": 1.0, "temperature": 1.0, "top_k": 10, "seed": 0
    }  # fmt: skip
    return translator.translate(
        request, sentence=sentence, reference=reference, paired=paired, network=[NAME, 0],
        settings=defaults | settings,
    )  # fmt: skip


def updates_of(request, *args, **settings):
    """All updates of a translation."""

    async def collect():
        return [update async for update in started(request, *args, **settings)]

    return asyncio.run(collect())


@pytest.fixture(scope="module")
def translated(request_en):
    return updates_of(request_en)[-1]["translated"]


def test_a_translation_is_written_token_by_token(request_en, translated):
    updates = updates_of(request_en, reference=FRENCH)
    drafts = [update["french"] for update in updates]
    assert drafts[-1] == FRENCH and all(FRENCH.startswith(draft) for draft in drafts)
    last = updates[-1]
    assert "BLEU 100.0" in last["score"] and "per token (geometric mean)" in last["facts"]
    assert last["translated"] == translated and translated["target"][-1] == END
    network = network_of(request_en.lab, NAME, "")
    found = translate(network.model, vocabulary_of(network), SENTENCE)
    assert found.target == translated["target"]


def test_other_ways_to_choose_the_next_token(request_en):
    def french(**settings):
        return updates_of(request_en, **settings)[-1]["french"]

    assert french(method="beam") == FRENCH
    assert len({french(method="sample", temperature=2.0, seed=n) for n in range(4)}) > 1
    again = [french(method="sample", temperature=2.0, seed=3) for _ in range(2)]
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
def test_a_sentence_that_cannot_be_translated_is_a_problem(request_en, sentence, more):
    with pytest.raises(Problem):
        updates_of(request_en, sentence, **more)


@pytest.mark.parametrize(
    "sentence", ["<img src=x onerror=alert(1)>", "Il pleut.", "今天天气很好", "🙂" * 20, "a"]
)
def test_any_other_text_is_translated(request_en, request_zh, sentence):
    last = updates_of(request_en, sentence)[-1]
    assert isinstance(last["french"], str) and last["translated"]["target"]
    shown = attention.show_attention(request_zh, translated=last["translated"])
    assert "<img" not in shown["notes"] + shown["masks"]


def test_a_newer_request_ends_the_older(request_en, monkeypatch):
    monkeypatch.setattr(translator, "SLICE", 0.0)

    async def two():
        first = started(request_en)
        await anext(first)
        second = [update async for update in started(request_en, "The horse is sad.")]
        return [update async for update in first], second

    older, newer = asyncio.run(two())
    assert newer[-1]["french"] == "Le cheval est triste."
    assert older == [{}], "its translation is not shown"


def test_a_translation_is_described_in_the_other_language(request_zh, translated):
    described = translator.describe(
        request_zh, translated=translated, seconds=0.1, reference=FRENCH
    )
    assert "词元" in described["facts"] and "参考译文" in described["score"]
    assert translator.describe(request_zh, translated={}, seconds=0.0, reference="") == {}


def test_a_sentence_is_checked_while_it_is_typed(request_en):
    def check(sentence, reference="", paired=("", "")):
        return translator.check_sentence(
            request_en, sentence=sentence, reference=reference, paired=paired, network=NAME
        )

    assert "of at most 254" in check(SENTENCE)["note"]
    assert "too many" in check("x y " * 300)["note"]
    assert "chance" not in check("A café, naïve – “yes” €5 <b>")["note"]
    assert "猫🎉 is chance" in check("A 猫 🎉 cat")["note"]
    paired = ["y", "R"]
    assert check("x", "R", paired)["reference"] == "", "it belongs to another sentence"
    assert "reference" not in check("x", "mine", paired)
    assert "reference" not in check("y", "R", paired)
    pasted = updates_of(request_en, SENTENCE, "R", paired)
    assert "BLEU" not in pasted[-1]["score"]


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
    caption = examples(network_of(lab, "translation-multi30k", "").card)[1]
    request = Request(lab, VISITOR, "en")
    changed = translator.change_examples(request, sentence=caption, network=NAME)
    assert changed["sentence"] == first
    kept = translator.change_examples(request, sentence="My own words.", network=NAME)
    assert "sentence" not in kept
    taken = translator.take_example(request, example=first, network=NAME)
    assert taken["paired"] == [first, reference_of(card, first)]
    assert translator.take_example(request, example=None, network=NAME) == {}


def test_all_sections_wait_for_a_sentence(request_en, translated):
    with pytest.raises(Problem):
        read_state(request_en, {})
    assert attention.show_attention(request_en, translated={}) == {}
    assert decoding_steps.show_sentence(request_en, translated={}, progress={}) == {}
    assert beam_tree.show_search(request_en, translated={}, beams=4, alpha=1.0) == {}
    assert ablation.show_importance(request_en, translated={}) == {}
    assert lesson.show_findings(request_en, translated={}) == {}
    with pytest.raises(Problem):
        read_state(request_en, translated | {"target": [99_999]})


def test_attention_is_that_of_this_translation(request_en, translated):
    shown = attention.show_attention(request_en, translated=translated)
    view, found = shown["view"], read_state(request_en, translated)
    cross = np.frombuffer(base64.b64decode(view["cross"]), "<f4")
    shape = (view["layers"], view["heads"], len(view["target"]), len(view["source"]))
    assert np.allclose(cross.reshape(shape), found.inspect().cross, atol=1e-6)
    assert cross.reshape(shape).sum(-1) == pytest.approx(1, abs=1e-4)
    assert view["input"][1:] == view["target"][:-1]
    assert shown["notes"].startswith("- **") and shown["masks"].count("<figure>") == 4


def test_another_token_leads_to_another_sentence(request_en, translated):
    def run(handler, progress, **more):
        return handler(request_en, translated=translated, progress=progress, **more)

    begun = run(decoding_steps.keep_tokens, {}, count=0)
    view, progress = begun["view"], begun["progress"]
    assert progress["tokens"] == [] and len(view["bars"]) == 10
    shares = [bar["share"] for bar in view["bars"]]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) + view["rest"] == pytest.approx(1, abs=1e-3)
    other = view["bars"][1]["token"]
    taken = run(decoding_steps.take_token, progress, token=other)
    ended = run(decoding_steps.decode_on, taken["progress"], count=None)
    tokens = ended["progress"]["tokens"]
    assert tokens[0] == other and tokens[-1] == END
    assert ended["view"]["over"] and "less likely" in ended["note"]
    kept = run(decoding_steps.keep_tokens, ended["progress"], count=1)
    assert kept["progress"]["tokens"] == [other]
    for count in (-1, 2.5, float("nan"), None, "x"):
        with pytest.raises(Problem):
            run(decoding_steps.keep_tokens, ended["progress"], count=count)
    best = run(decoding_steps.decode_on, progress, count=1)
    assert best["progress"]["tokens"] == translated["target"][:1]
    assert "The entropy of its choice is" in best["note"]
    same = run(decoding_steps.decode_on, progress, count=None)
    assert "token by token" in same["note"]
    assert run(decoding_steps.decode_on, same["progress"], count=1) == same
    for token in (-1, 0, 10**9, None, "x"):
        with pytest.raises(Problem):
            run(decoding_steps.take_token, progress, token=token)


def test_a_late_answer_does_not_undo_the_chosen_tokens(request_en, request_zh, translated):
    first = decoding_steps.show_sentence(request_en, translated=translated, progress={})
    assert first["progress"] == {"translated": translated, "tokens": []}
    for request in (request_en, request_zh):
        again = decoding_steps.show_sentence(
            request, translated=translated, progress=first["progress"]
        )
        assert list(again) == ["note"]
    other = {"translated": {"sentence": "Another."}, "tokens": [99]}
    new = decoding_steps.show_sentence(request_en, translated=translated, progress=other)
    assert new["progress"]["tokens"] == []


def test_the_tree_holds_the_search(request_en, translated):
    def show(beams, alpha):
        return beam_tree.show_search(request_en, translated=translated, beams=beams, alpha=alpha)

    shown = show(3, 1.0)
    all_nodes = shown["view"]["nodes"]
    nodes = {node["number"]: node for node in all_nodes}
    won = [node for node in all_nodes if node["won"]]
    assert [node["step"] for node in won] == list(range(len(won)))
    assert all(node["parent"] in nodes or node["parent"] == -1 for node in all_nodes)
    total = sum(node["change"] for node in won)
    assert total == pytest.approx(won[-1]["total"], abs=0.02) and won[-1]["ended"]
    for step in range(len(won)):
        level = [node for node in all_nodes if node["step"] == step]
        pruned = sum(not (node["kept"] or node["ended"]) for node in level)
        assert pruned <= beam_tree.PRUNED
    assert FRENCH in shown["table"] and "continuations" in shown["note"]
    for beams, alpha in ((0, 1.0), (13, 1.0), (3, 9.0), (3, None)):
        with pytest.raises(Problem):
            show(beams, alpha)


def test_an_ablation_changes_the_translation(request_en, translated):
    def compare(gone, causal=False):
        return ablation.show_comparison(
            request_en, translated=translated, gone=gone, positions=False, causal=causal
        )

    board = ablation.show_importance(request_en, translated=translated)["board"]
    assert np.shape(board["cross"]) == (board["layers"], board["heads"])
    assert "Nothing is cut" in compare("cross-9-0")
    layers = "decoder-0,decoder-1"
    for sentence in (translated, {}):  # without one: by a link
        assert ablation.remove_parts(request_en, gone=layers, translated=sentence) == layers
    assert "<mark>" in compare(layers)
    assert "changes no translation" in compare("", causal=True)
    found = read_state(request_en, translated)
    score = found.inspect().score
    assert found.inspect(Ablation(positions=True)).score < score - 0.1
    names = ablation.parse("cross-9-0,decoder-1,encoder-0-99")
    assert ablation.existing(found, names) == [("decoder", 1)]
    wrong: list[Any] = [
        "cross-9-0", "nose-0-0", "cross-x-0", "cross-1", "cross", "cross-1-1-1", "<b>", 7
    ]  # fmt: skip
    for gone in wrong:
        with pytest.raises(Problem):
            ablation.remove_parts(request_en, gone=gone, translated=translated)


def test_one_head_is_computed_step_by_step(request_en, request_zh, translated):
    def show(part, layer, head, row=0, request=request_en):
        chosen = {"part": part, "layer": layer, "head": head}
        return head_matrices.show_head(request, translated=translated, head=chosen, row=row)

    shown = show("decoder", 1, 2, 3)
    grids = shown["view"]["grids"]
    assert grids[0]["name"] == "Q" and grids[-1]["name"] == "softmax · V"
    assert len(shown["row"]["choices"]) > 3 and "value" not in shown["row"]
    assert shown["computed"].count("−∞") > 0, "the causal mask hides later tokens"
    assert grids[2]["shape"] == grids[4]["shape"]
    assert show("encoder", 1, 1, 999, request_zh)["row"]["value"] >= 0
    last = read_state(request_en, translated).model.config.layers
    assert show("cross", 9, 1)["view"] == show("cross", last, 1)["view"]
    for part, layer, head in (("cross", 100, 1), ("cross", 1, 0), ("eye", 1, 1)):
        with pytest.raises(Problem):
            show(part, layer, head)
    picked = head_matrices.show_picked_row(
        request_en, row=2, translated=translated, head={"part": "cross", "layer": 1, "head": 1}
    )
    assert picked["row"]["value"] == 2
    limited = head_matrices.limit_choices(request_en, network=NAME, layer=9, head=1)
    assert limited["layer"]["value"] == last and limited["head"]["value"] == 1


def test_positions_and_words(request_en):
    def show_words(words):
        return positions.show_words(request_en, network=NAME, words=words)

    shown = positions.show_positions(request_en, network=NAME, position=10)
    assert shown["similarity"]["traces"][0]["y"][10] == 1.0 and "Position 10" in shown["note"]
    drawn = show_words("cat, dog, *red*, blue")
    assert drawn["map"]["traces"][0]["text"] == ["cat", "dog", "*red*", "blue"]
    assert "\\*red" in drawn["note"]
    drawn = show_words("<b>cat</b>, dog, R&D")
    assert drawn["map"]["traces"][0]["text"] == ["&lt;b&gt;cat&lt;/b&gt;", "dog", "R&amp;D"]
    for words in ("", "cat, dog", ", ".join(map(str, range(100)))):
        with pytest.raises(Problem):
            show_words(words)
    with pytest.raises(Problem):
        positions.show_positions(request_en, network=NAME, position=99)


def test_the_lesson_shows_the_sentence_and_the_card(request_zh, translated):
    shown = lesson.show_findings(request_zh, translated=translated)
    assert "头" in shown["notes"] and "1,000" in shown["card"]


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


def test_one_head_in_core_is_the_recorded_attention(request_en, translated):
    subject = read_state(request_en, translated)
    seen = subject.inspect()
    for part in explore.PARTS:
        head = explore.look_inside(
            subject.model, subject.vocabulary, subject.source, subject.target, part, 1, 2
        )
        assert np.allclose(head.weights, getattr(seen, part)[1, 2], atol=1e-5)
        assert np.allclose(head.weights @ head.values, head.result, atol=1e-4)
        scores = head.queries @ head.keys.T / head.queries.shape[1] ** 0.5
        assert np.allclose(scores, head.scores, atol=1e-4)
