"""The Digits tab's questions to the discriminator: plain values in and out, no server."""

import base64
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from core import mnist
from core.digits.config import LOSSES, DigitsConfig, GanConfig, MlpConfig
from core.digits.lineup import Quiz
from core.errors import Problem
from core.mnist import pixels
from core.recipes import find
from core.training.progress import Progress
from pages.app.lessons import figures, sources
from pages.app.networks import MINE
from pages.digits import lesson, memory, notes, opinion, quiz
from pages.digits.stage import TAB, network_of
from pages.text import strings

VISITOR, STRANGER = "v" * 32, "s" * 32


@pytest.fixture(autouse=True)
def few_digits(small, monkeypatch):
    few = replace(small, source="mnist")
    monkeypatch.setattr(mnist, "at_hand", lambda: few)


def own_network(lab, name="digits-mlp", **settings):
    """An untrained network of the visitor's own, and a latent for it."""
    recipe = find(name)
    config = recipe.Config(**settings)
    assert isinstance(config, GanConfig)
    card = recipe.card(config, mnist.at_hand(), Progress(7, 10, {}))
    lab.adopt(VISITOR, TAB, recipe.build(config).eval(), card)
    return np.linspace(-1, 1, config.latent_size).tolist()


def ask(lab, latent, drawing="", language="en"):
    return opinion.ask(lab, MINE, latent, 3, drawing, VISITOR, language)


def drawing_of(image: np.ndarray) -> str:
    """A digit as the pad would send it: four times as large, in bytes."""
    large = np.kron(image.reshape(28, 28), np.ones((4, 4)))
    return base64.b64encode((large * 255).astype(np.uint8).tobytes()).decode()


def is_chinese(said: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in said)


@pytest.mark.parametrize("loss", LOSSES)
def test_opinions_are_probabilities_only_where_the_loss_has_any(lab, loss):
    bars, said, hand, hand_said, *_ = ask(lab, own_network(lab, loss=loss))
    names = [trace["name"] for trace in bars["traces"]]
    assert names == ["real", "generated", "digit at hand"]
    assert all(sum(trace["y"]) == pytest.approx(1, abs=0.01) for trace in bars["traces"][:2])
    axis = bars["layout"]["xaxis"]["title"]["text"]
    assert ("probability of being real" in axis) == ("saturating" in loss)
    assert ("no probability" in said) != ("saturating" in loss)
    assert len(hand["tiles"]) == 1 and "%" in hand_said and "judge" in hand_said


@pytest.mark.parametrize("name", ["digits", "digits-mlp"])
def test_the_rows_lead_from_most_to_least_convincing(lab, name):
    shown = ask(lab, own_network(lab, name))
    for row in shown[-2:]:
        scores = [float(tile["title"].replace("−", "-")) for tile in row["tiles"]]
        assert len(scores) == opinion.ROW and scores == sorted(scores, reverse=True)
        for tile in row["tiles"]:
            assert tile["caption"].startswith(str(tile["digit"])) and "%" in tile["caption"]


def test_a_generated_digit_is_taken_in_hand(lab):
    own_network(lab, "digits")
    latent, digit = opinion.take(lab, 4, MINE, VISITOR, "en")
    shown = opinion.ask(lab, MINE, latent, digit, "", VISITOR, "en")
    assert shown[2]["tiles"][0]["pixels"] == shown[-1]["tiles"][4]["pixels"]


def test_a_drawing_is_judged_beside_the_digit_at_hand(lab, small):
    latent = own_network(lab, "digits")
    index = int((small.test_labels == 7).nonzero()[0])
    drawing = drawing_of(pixels(small.test_images[index]).numpy())
    asked = (MINE, latent, 3, VISITOR, "en")
    bars, image, said, kept = opinion.ask_of_drawing(lab, drawing, *asked)
    assert [trace["name"] for trace in bars["traces"]][2:] == ["digit at hand", "your drawing"]
    assert len(image["tiles"]) == 1 and "**7**" in said and "told that its digit is 7" in said
    assert kept == drawing
    bars, image, said, kept = opinion.ask_of_drawing(lab, None, *asked)
    assert len(bars["traces"]) == 3 and not image["tiles"] and said == kept == ""


@pytest.mark.parametrize("drawing", ["AAAA", "!", 7, base64.b64encode(bytes(112 * 112)).decode()])
def test_what_is_no_drawing_is_refused(lab, drawing):
    with pytest.raises(Problem):
        opinion.ask_of_drawing(lab, drawing, MINE, own_network(lab), 3, VISITOR, "en")


def test_a_network_of_somebody_else_is_not_there(lab):
    own_network(lab)
    with pytest.raises(Problem):
        opinion.ask(lab, MINE, [], 3, "", STRANGER, "en")


def test_a_tool_that_was_never_opened_computes_nothing(lab):
    assert len(opinion.look_again(lab, False, MINE, [], 3, "", VISITOR, "en")) == 8
    assert len(memory.look_again(lab, False, MINE, [], 3, VISITOR, "en")) == 4


def test_the_quiz_sends_no_answer_before_it_was_given(lab):
    own_network(lab)
    game, *shown = quiz.start(lab, MINE, VISITOR, "en")
    assert not game.quiz.answers and shown[4] == {"size": quiz.SMALL, "tiles": []}
    sent = shown[0]["tiles"]
    assert [sorted(tile) for tile in sent] == [["pixels", "scale"]] * 2
    assert [len(tile["pixels"]) for tile in sent] == [1048] * 2
    assert not {"real", "generated"} & set(json.dumps(shown[3]).split('"'))
    # Two quizzes that differ in where the real ones stand look alike.
    dealt = game.quiz
    turned = Quiz(dealt.pictures, dealt.labels, 1 - dealt.real, 1 - dealt.machine)
    assert quiz.show(lab, game._replace(quiz=turned), VISITOR, "en") == shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_quiz_is_played_to_its_end(lab, language):
    own_network(lab)
    game, *shown = quiz.start(lab, MINE, VISITOR, language)
    lab.drop(VISITOR, TAB)  # a quiz outlives its network
    for place in game.quiz.real:
        assert shown[1]["interactive"] and shown[2]["interactive"]
        game, *shown = quiz.choose(lab, int(place), game, VISITOR, language)
    pair, left, right, said, rounds = shown
    assert not left["interactive"] and not right["interactive"]
    assert "**10**" in said and "0%" in said  # ten of ten, which is luck in one of a thousand
    assert len(rounds["tiles"]) == 20 and all(tile["title"] for tile in pair["tiles"])
    you = "you" if language == "en" else "你"
    took = ["real" if you in tile["caption"] else "" for tile in rounds["tiles"]]
    assert took == ["real", ""] * 10
    assert is_chinese(said) == (language == "zh")
    assert quiz.answer(0, lab, game, VISITOR, language)[0] == game


@pytest.mark.parametrize("place", [2, -1, "left", None, float("nan")])
def test_an_answer_that_is_none_is_refused(lab, place):
    own_network(lab)
    game, *_ = quiz.start(lab, MINE, VISITOR, "en")
    with pytest.raises(Problem):
        quiz.choose(lab, place, game, VISITOR, "en")
    assert quiz.choose(lab, place, None, VISITOR, "en")[0] is None


def test_the_nearest_training_digits_of_the_one_at_hand_are_shown(lab):
    bars, said, tiles, one = memory.compare(lab, MINE, own_network(lab), 3, VISITOR, "en")
    found = tiles["tiles"][1:]
    distances = [float(tile["caption"]) for tile in found]
    assert len(found) == memory.NEIGHBOURS and distances == sorted(distances)
    assert all(tile["digit"] in range(10) for tile in found)
    assert found[0]["caption"] in one and bars["traces"][2]["x"][0] == pytest.approx(
        distances[0], abs=1e-3
    )
    assert "Not memorised" in said  # noise is no copy


@pytest.mark.parametrize(
    ("fake", "word"),
    [(1.0, "Not memorised."), (0.8, "No copies"), (1.3, "strange"), (0.01, "Suspicious")],
)
def test_copies_are_told_from_inventions(lab, fake, word):
    real = np.linspace(0.05, 0.25, 300)
    made = np.maximum(fake * real, 0.06) if fake > 0.5 else fake * real
    assert word in memory.verdict(real, made, "en")


@pytest.mark.parametrize(
    ("name", "config"), [("digits", DigitsConfig()), ("digits-mlp", MlpConfig())]
)
def test_the_lesson_shows_the_source_of_the_chosen_network(lab, name, config):
    own_network(lab, name)
    seen, card, source = lesson.show_network(lab, MINE, VISITOR, "en")
    assert ("ConvGenerator</span>" in source) == (name == "digits")
    assert ("PerceptronDiscriminator</span>" in source) == (name == "digits-mlp")
    assert config.loss in seen and len(seen.splitlines()) >= 4
    assert "not measured" in card
    assert "def generator_loss" in sources(lesson.LOSSES)
    compile(sources(lesson.STEP), "step", "exec")


def test_a_card_is_told_in_plain_words(lab):
    own_network(lab)
    network = network_of(lab, MINE, VISITOR)
    network.card.metrics.update(frechet_ratio=12.346, recall=0.5, label_agreement=0.98765)
    network.card.samples.update(frechet_ratio=10_000, label_agreement=10_000)
    english, chinese = (
        figures(
            network.card, notes.FIGURES, "digits_ask.card", "digits_ask.lesson.no_card", language
        )
        for language in ("en", "zh")
    )
    lines = english.splitlines()
    assert len(lines) == 3 and "98.77%" in lines[0] and "12.35 times" in lines[1]
    assert all(is_chinese(line) for line in chinese.splitlines())


def test_all_of_it_is_said_in_chinese(lab):
    latent = own_network(lab, "digits")
    shown = ask(lab, latent, language="zh")
    told = [shown[1], shown[3], *memory.compare(lab, MINE, latent, 3, VISITOR, "zh")[1::2]]
    told += lesson.show_network(lab, MINE, VISITOR, "zh")[0].splitlines()
    for said in (part for whole in told for part in whole.splitlines() if part):
        assert is_chinese(said) and "。 " not in said


def test_what_is_bold_in_chinese_is_read_as_bold():
    # To Markdown, ** between punctuation and a letter closes nothing.
    for key, said in strings("zh").items():
        for bold, after in re.findall(r"\*\*([^*]+)\*\*(.)", said):
            assert bold[-1].isalnum() or bold[-1] in "}%" or not after.isalnum(), key
