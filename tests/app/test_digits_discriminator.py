"""The handlers of discriminator scores, quiz, memorisation and lesson, without a server."""

import base64
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from core import mnist
from core.digits.config import LOSSES, DigitsConfig, GanConfig, MlpConfig
from core.digits.real_or_fake import Quiz
from core.errors import Problem
from core.mnist import pixels
from core.recipes import find
from core.training.progress import Progress
from pages.app.lessons import figures, sources
from pages.app.networks import MINE
from pages.app.request import Request
from pages.digits import discriminator_scores, lesson, memorisation, quiz
from pages.digits.shared import TAB, network_of
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
    lab.networks.adopt(VISITOR, TAB, recipe.build(config).eval(), card)
    return np.linspace(-1, 1, config.latent_size).tolist()


def asked_by(lab, language="en", visitor=VISITOR) -> Request:
    return Request(lab, visitor, language)


def assess_all(lab, latent, drawing="", language="en"):
    given = {"network": MINE, "latent": latent, "digit": 3, "drawing": drawing}
    return discriminator_scores.assess_all(asked_by(lab, language), **given)


def compare(lab, latent, language="en"):
    request = asked_by(lab, language)
    return memorisation.compare(request, network=MINE, latent=latent, digit=3)


def drawing_of(image: np.ndarray) -> str:
    """A digit as the pad sends it: four times as large, in bytes."""
    large = np.kron(image.reshape(28, 28), np.ones((4, 4)))
    return base64.b64encode((large * 255).astype(np.uint8).tobytes()).decode()


def is_chinese(said: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in said)


@pytest.mark.parametrize("loss", LOSSES)
def test_scores_are_probabilities_only_where_the_loss_defines_one(lab, loss):
    shown = assess_all(lab, own_network(lab, loss=loss))
    bars, hand_text = shown["histograms"], shown["hand_text"]
    names = [trace["name"] for trace in bars["traces"]]
    assert names == ["real", "generated", "digit at hand"]
    assert all(sum(trace["y"]) == pytest.approx(1, abs=0.01) for trace in bars["traces"][:2])
    axis = bars["layout"]["xaxis"]["title"]["text"]
    assert ("probability of being real" in axis) == ("saturating" in loss)
    assert ("no probability" in shown["verdict"]) != ("saturating" in loss)
    assert len(shown["hand_image"]["tiles"]) == 1 and "%" in hand_text and "judge" in hand_text


@pytest.mark.parametrize("name", ["digits", "digits-mlp"])
def test_the_rows_are_sorted_by_score(lab, name):
    shown = assess_all(lab, own_network(lab, name))
    for row in (shown["real"], shown["fake"]):
        scores = [float(tile["title"].replace("−", "-")) for tile in row["tiles"]]
        assert len(scores) == discriminator_scores.ROW and scores == sorted(scores, reverse=True)
        for tile in row["tiles"]:
            assert tile["caption"].startswith(str(tile["digit"])) and "%" in tile["caption"]


def test_a_generated_digit_becomes_the_current_one(lab):
    own_network(lab, "digits")
    taken = discriminator_scores.take(asked_by(lab), index=4, network=MINE)
    shown = discriminator_scores.assess_all(asked_by(lab), network=MINE, drawing="", **taken)
    current, generated = shown["hand_image"]["tiles"][0], shown["fake"]["tiles"][4]
    assert current["pixels"] == generated["pixels"]


def test_a_drawing_is_assessed_beside_the_current_digit(lab, small):
    latent = own_network(lab, "digits")
    index = int((small.test_labels == 7).nonzero()[0])
    drawing = drawing_of(pixels(small.test_images[index]).numpy())
    given = {"network": MINE, "latent": latent, "digit": 3}
    shown = discriminator_scores.assess(asked_by(lab), **given, drawing=drawing)
    names = [trace["name"] for trace in shown["histograms"]["traces"]]
    assert names[2:] == ["digit at hand", "your drawing"]
    said = shown["drawing_text"]
    assert "**7**" in said and "told that its digit is 7" in said
    assert len(shown["drawing_image"]["tiles"]) == 1 and shown["drawing"] == drawing
    shown = discriminator_scores.assess(asked_by(lab), **given, drawing=None)
    assert len(shown["histograms"]["traces"]) == 3 and not shown["drawing_image"]["tiles"]
    assert shown["drawing_text"] == shown["drawing"] == ""


@pytest.mark.parametrize("drawing", ["AAAA", "!", 7, base64.b64encode(bytes(112 * 112)).decode()])
def test_what_is_no_drawing_is_refused(lab, drawing):
    with pytest.raises(Problem):
        assess_all(lab, own_network(lab), drawing)


def test_a_network_of_somebody_else_is_not_there(lab):
    own_network(lab)
    with pytest.raises(Problem):
        lesson.show_network(asked_by(lab, visitor=STRANGER), network=MINE)


def test_the_quiz_sends_no_answer_before_it_was_given(lab):
    own_network(lab)
    shown = quiz.start(asked_by(lab), network=MINE)
    game = shown.pop("game")
    assert not game.quiz.answers and shown["rounds"] == {"size": quiz.SMALL, "tiles": []}
    sent = shown["pair"]["tiles"]
    assert [sorted(tile) for tile in sent] == [["pixels", "scale"]] * 2
    assert [len(tile["pixels"]) for tile in sent] == [1048] * 2
    assert not {"real", "generated"} & set(json.dumps(shown["score"]).split('"'))
    # Two quizzes that differ in the positions of the real images are shown alike.
    drawn = game.quiz
    turned = Quiz(drawn.images, drawn.labels, 1 - drawn.real, 1 - drawn.discriminator)
    assert quiz.show(asked_by(lab), game=game._replace(quiz=turned)) == shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_quiz_is_played_to_its_end(lab, language):
    own_network(lab)
    request = asked_by(lab, language)
    shown = quiz.start(request, network=MINE)
    lab.networks.drop(VISITOR, TAB)  # a quiz outlives its network
    for position in shown["game"].quiz.real:
        assert all(button["interactive"] for button in shown["buttons"])
        shown = quiz.answer(request, index=int(position), game=shown["game"])
    pair, said, rounds = shown["pair"], shown["score"], shown["rounds"]
    assert not any(button["interactive"] for button in shown["buttons"])
    assert "**10**" in said and "0%" in said  # ten of ten, which is luck in one of a thousand
    assert len(rounds["tiles"]) == 20 and all(tile["title"] for tile in pair["tiles"])
    you = "you" if language == "en" else "你"
    took = ["real" if you in tile["caption"] else "" for tile in rounds["tiles"]]
    assert took == ["real", ""] * 10
    assert is_chinese(said) == (language == "zh")
    assert quiz.answer(request, index=0, game=shown["game"]) == shown


@pytest.mark.parametrize("index", [2, -1, "left", None, float("nan")])
def test_an_invalid_answer_is_refused(lab, index):
    own_network(lab)
    game = quiz.start(asked_by(lab), network=MINE)["game"]
    with pytest.raises(Problem):
        quiz.answer(asked_by(lab), index=index, game=game)
    assert quiz.answer(asked_by(lab), index=index, game=None)["game"] is None


def test_the_training_digits_nearest_to_the_current_one_are_shown(lab):
    shown = compare(lab, own_network(lab))
    found = shown["tiles"]["tiles"][1:]
    distances = [float(tile["caption"]) for tile in found]
    assert len(found) == memorisation.NEIGHBOURS and distances == sorted(distances)
    assert all(tile["digit"] in range(10) for tile in found)
    mark = shown["histograms"]["traces"][2]["x"][0]
    assert found[0]["caption"] in shown["description"]
    assert mark == pytest.approx(distances[0], abs=1e-3)
    assert "Not memorised" in shown["verdict"]  # noise is no copy


@pytest.mark.parametrize(
    ("fake", "word"),
    [(1.0, "Not memorised."), (0.8, "No copies"), (1.3, "strange"), (0.01, "Suspicious")],
)
def test_copies_are_detected(lab, fake, word):
    real = np.linspace(0.05, 0.25, 300)
    made = np.maximum(fake * real, 0.06) if fake > 0.5 else fake * real
    assert word in memorisation.verdict(real, made, "en")


@pytest.mark.parametrize(
    ("name", "config"), [("digits", DigitsConfig()), ("digits-mlp", MlpConfig())]
)
def test_the_lesson_shows_the_source_of_the_chosen_network(lab, name, config):
    own_network(lab, name)
    shown = lesson.show_network(asked_by(lab), network=MINE)
    seen, card, source = (shown[name] for name in ("observations", "card", "source"))
    assert ("ConvGenerator</span>" in source) == (name == "digits")
    assert ("PerceptronDiscriminator</span>" in source) == (name == "digits-mlp")
    assert config.loss in seen and len(seen.splitlines()) >= 4
    assert "not measured" in card
    assert "def generator_loss" in sources(lesson.LOSSES)
    compile(sources(lesson.STEP), "step", "exec")


def test_a_card_is_shown_in_sentences(lab):
    own_network(lab)
    network = network_of(lab, MINE, VISITOR)
    network.card.metrics.update(frechet_ratio=12.346, recall=0.5, label_agreement=0.98765)
    network.card.samples.update(frechet_ratio=10_000, label_agreement=10_000)
    english, chinese = (
        figures(
            network.card, lesson.FIGURES, "digits_ask.card", "digits_ask.lesson.no_card", language
        )
        for language in ("en", "zh")
    )
    lines = english.splitlines()
    assert len(lines) == 3 and "98.77%" in lines[0] and "12.35 times" in lines[1]
    assert all(is_chinese(line) for line in chinese.splitlines())


def test_all_sentences_are_in_chinese(lab):
    latent = own_network(lab, "digits")
    shown, compared = assess_all(lab, latent, language="zh"), compare(lab, latent, "zh")
    told = [shown["verdict"], shown["hand_text"], compared["verdict"], compared["description"]]
    told += lesson.show_network(asked_by(lab, "zh"), network=MINE)["observations"].splitlines()
    for said in (part for whole in told for part in whole.splitlines() if part):
        assert is_chinese(said) and "。 " not in said


def test_what_is_bold_in_chinese_is_read_as_bold():
    # To Markdown, ** between punctuation and a letter closes nothing.
    for key, said in strings("zh").items():
        for bold, after in re.findall(r"\*\*([^*]+)\*\*(.)", said):
            assert bold[-1].isalnum() or bold[-1] in "}%" or not after.isalnum(), key
