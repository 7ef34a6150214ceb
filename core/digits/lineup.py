"""Real digits that no network learnt from beside as many generated ones, and who can tell."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from core.checks import check_count
from core.digits.model import Gan
from core.digits.sample import Opinions, discriminate, draw_latents, sample
from core.mnist import Mnist, pixels
from core.mnist.classifier import Classifier

ROUNDS = 10  # of a quiz


@dataclass(frozen=True, eq=False)
class Side:
    """images (N, 784) in [0, 1], the labels (N,) that they have or were asked for, opinions."""

    images: np.ndarray
    labels: np.ndarray
    opinions: Opinions


@dataclass(frozen=True, eq=False)
class Lineup:
    """N real digits and N generated ones of the same labels, from latents (N, Z)."""

    real: Side
    fake: Side
    latents: np.ndarray


@dataclass(frozen=True, eq=False)
class Quiz:
    """R pairs of a real and a generated digit, and who took which for the real one.

    pictures (R, 2, 784) in [0, 1]; labels (R,): the digit meant in each round; real, machine (R,):
    the place, 0 or 1, of the real picture and of the one that the discriminator prefers; answers:
    the places that the visitor has chosen so far.
    """

    pictures: np.ndarray
    labels: np.ndarray
    real: np.ndarray
    machine: np.ndarray
    answers: tuple[int, ...] = ()

    @property
    def over(self) -> bool:
        return len(self.answers) == len(self.real)

    @property
    def score(self) -> tuple[int, int]:
        """In how many of the rounds so far the visitor and the discriminator were right."""
        played = len(self.answers)
        right = [
            (np.asarray(choices[:played]) == self.real[:played]).sum()
            for choices in (self.answers, self.machine)
        ]
        return int(right[0]), int(right[1])

    def answer(self, place: int) -> "Quiz":
        """The quiz after the visitor took the picture at a place, 0 or 1, for the real one.

        Raises `Problem` ("setting.*") for another place. A quiz that is over stays as it is.
        """
        place = check_count("place", place, 0, 1)
        return self if self.over else replace(self, answers=(*self.answers, place))


def unseen(data: Mnist) -> tuple[Tensor, Tensor]:
    """Images and labels that no game learns from: the test digits, else the validation digits."""
    if len(data.test_images):
        return data.test_images, data.test_labels
    return data.validation, data.validation_labels


def line_up(gan: Gan, judge: Classifier, data: Mnist, count: int, seed: int) -> Lineup:
    """So many unseen digits, drawn with a seed, and as many generated ones, asked for alike.

    Both are told to the discriminator by the same labels, and come in 256 levels of grey.
    """
    images, labels = unseen(data)
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(images), generator=generator)[:count]
    asked = labels[chosen].numpy()
    latents = draw_latents(len(chosen), gan.latent_size, seed)
    real = pixels(images[chosen]).numpy()
    fake = np.rint(sample(gan, latents, asked) * 255).astype(np.float32) / 255
    real, fake = (Side(part, asked, discriminate(gan, judge, part, asked)) for part in (real, fake))
    return Lineup(real, fake, latents)


def deal(gan: Gan, judge: Classifier, data: Mnist, seed: int) -> Quiz:
    """Ten pairs for a quiz, the real picture of each at a place drawn by lot."""
    lineup = line_up(gan, judge, data, ROUNDS, seed)
    real = np.random.default_rng(seed).integers(0, 2, len(lineup.latents))
    both = np.stack([lineup.real.images, lineup.fake.images], axis=1)
    scores = np.stack([side.opinions.scores for side in (lineup.real, lineup.fake)], axis=1)
    places = np.stack([real, 1 - real], axis=1)  # which of the two stands where
    return Quiz(
        pictures=np.take_along_axis(both, places[:, :, None], axis=1),
        labels=lineup.real.labels,
        real=real,
        machine=np.take_along_axis(scores, places, axis=1).argmax(1),
    )


def share_above(ones: np.ndarray, others: np.ndarray) -> float:
    """The chance that any one is above any other (the area under the ROC curve); ties half."""
    others = np.sort(others)
    below, up_to = (np.searchsorted(others, ones, side) for side in ("left", "right"))
    return float((below + up_to).mean() / 2 / len(others))


def spread(side: Side) -> float:
    """How much digits that the judge reads alike differ: the root mean squared distance of a pixel
    from its mean over the digits of the same name.
    """
    names = side.opinions.names
    apart = [side.images[names == name] for name in np.unique(names)]
    squares = [np.square(images - images.mean(0)).mean(1) for images in apart]
    return float(np.sqrt(np.concatenate(squares).mean()))
