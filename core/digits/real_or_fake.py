"""Real digits that no network was trained on, beside generated ones of the same labels."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from core.checks import check_count
from core.digits.model import Gan
from core.digits.sample import Assessment, discriminate, draw_latents, sample
from core.mnist import Mnist, pixels
from core.mnist.classifier import Classifier

ROUNDS = 10  # of a quiz


@dataclass(frozen=True, eq=False)
class AssessedImages:
    """images (N, 784) in [0, 1]; labels (N,): their true or requested classes."""

    images: np.ndarray
    labels: np.ndarray
    assessment: Assessment


@dataclass(frozen=True, eq=False)
class RealAndFake:
    """N real digits and N generated ones of the same labels, from latents (N, Z)."""

    real: AssessedImages
    fake: AssessedImages
    latents: np.ndarray


@dataclass(frozen=True, eq=False)
class Quiz:
    """R pairs of a real and a generated digit; each player says which one is real.

    images (R, 2, 784) in [0, 1]; labels (R,): the class of each pair; real, discriminator (R,): the
    position, 0 or 1, of the real image and of the one with the higher score; answers: the
    positions that the visitor has chosen so far.
    """

    images: np.ndarray
    labels: np.ndarray
    real: np.ndarray
    discriminator: np.ndarray
    answers: tuple[int, ...] = ()

    @property
    def over(self) -> bool:
        return len(self.answers) == len(self.real)

    @property
    def score(self) -> tuple[int, int]:
        """Rounds so far in which the visitor and the discriminator were right."""
        played = len(self.answers)
        right = [
            (np.asarray(choices[:played]) == self.real[:played]).sum()
            for choices in (self.answers, self.discriminator)
        ]
        return int(right[0]), int(right[1])

    def answer(self, position: int) -> "Quiz":
        """The quiz after the visitor chose the image at a position, 0 or 1.

        Raises `Problem` ("setting.*") for another position. A quiz that is over stays as it is.
        """
        position = check_count("place", position, 0, 1)
        return self if self.over else replace(self, answers=(*self.answers, position))


def unseen(data: Mnist) -> tuple[Tensor, Tensor]:
    """Images and labels that no GAN is trained on: the test set, else the validation set."""
    if len(data.test_images):
        return data.test_images, data.test_labels
    return data.validation, data.validation_labels


def draw_real_and_fake(
    gan: Gan, classifier: Classifier, data: Mnist, count: int, seed: int
) -> RealAndFake:
    """Unseen digits drawn at random, and as many generated ones of the same labels.

    Both have 256 levels of grey. The discriminator is given the labels of both.
    """
    images, labels = unseen(data)
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(images), generator=generator)[:count]
    requested = labels[chosen].numpy()
    latents = draw_latents(len(chosen), gan.latent_size, seed)
    real = pixels(images[chosen]).numpy()
    fake = np.rint(sample(gan, latents, requested) * 255).astype(np.float32) / 255
    real, fake = (
        AssessedImages(part, requested, discriminate(gan, classifier, part, requested))
        for part in (real, fake)
    )
    return RealAndFake(real, fake, latents)


def draw_quiz(gan: Gan, classifier: Classifier, data: Mnist, seed: int) -> Quiz:
    """Ten pairs, the real image of each at a random position."""
    pairs = draw_real_and_fake(gan, classifier, data, ROUNDS, seed)
    real = np.random.default_rng(seed).integers(0, 2, len(pairs.latents))
    images = np.stack([pairs.real.images, pairs.fake.images], axis=1)
    scores = np.stack([each.assessment.scores for each in (pairs.real, pairs.fake)], axis=1)
    order = np.stack([real, 1 - real], axis=1)  # 0: the real image, 1: the generated one
    return Quiz(
        images=np.take_along_axis(images, order[:, :, None], axis=1),
        labels=pairs.real.labels,
        real=real,
        discriminator=np.take_along_axis(scores, order, axis=1).argmax(1),
    )


def area_under_roc(positives: np.ndarray, negatives: np.ndarray) -> float:
    """The probability that a random positive is above a random negative; ties count half."""
    negatives = np.sort(negatives)
    below, up_to = (np.searchsorted(negatives, positives, side) for side in ("left", "right"))
    return float((below + up_to).mean() / 2 / len(negatives))


def within_class_deviation(group: AssessedImages) -> float:
    """The root mean squared distance of a pixel from its mean over the digits that the classifier
    assigns to the same class.
    """
    classes = group.assessment.classes
    by_class = [group.images[classes == each] for each in np.unique(classes)]
    squares = [np.square(images - images.mean(0)).mean(1) for images in by_class]
    return float(np.sqrt(np.concatenate(squares).mean()))
