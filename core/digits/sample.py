"""Sample from a trained GAN, interpolate between latents, add them, and assess images.

Functions take networks, arrays and seeds, and return numpy arrays. Bad input raises `Problem`. An
unconditional network ignores labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.checks import (
    check_choice,
    check_count,
    check_images,
    check_number,
    check_numbers,
    check_seed,
)
from core.digits.losses import probability_real
from core.digits.model import CLASSES, Gan
from core.errors import Problem
from core.mnist.classifier import Classifier

LIMIT = 100.0  # of the numbers in a latent; a normal distribution stays far below
WIDEST = 4.0  # the largest truncation: one number in 16,000 lies beyond
FRAMES = 240  # at most, in a path
COUNT = 1_000  # images at most, at once
KINDS = ("spherical", "linear")
BATCH = 250


@dataclass(frozen=True, eq=False)
class Path:
    """latents (F, Z) from one digit to another; mixtures (F, 10): the weight of each class; images
    (F, 784) in [0, 1].
    """

    latents: np.ndarray
    mixtures: np.ndarray
    images: np.ndarray


@dataclass(frozen=True, eq=False)
class Sum:
    """A − B + C: its latent (Z,), the weights (10,) of the classes, and its image (784,).

    scale: the factor of the sum, 1 where its norm is not larger than those of A, B and C.
    """

    latent: np.ndarray
    mixture: np.ndarray
    image: np.ndarray
    scale: float


@dataclass(frozen=True, eq=False)
class Assessment:
    """The outputs of discriminator and classifier for B images.

    scores (B,): of the discriminator; probability_real (B,): the same in [0, 1], see
    `losses.probability_real` (for WGAN-GP only a squashed score). classes (B,): the classifier's
    most probable class; confidences (B,): its probability; probabilities (B, 10): of all classes.
    labels (B,): what the discriminator was conditioned on.
    """

    scores: np.ndarray
    probability_real: np.ndarray
    classes: np.ndarray
    confidences: np.ndarray
    probabilities: np.ndarray
    labels: np.ndarray


def draw_latents(count: int, size: int, seed: int, truncation: float = WIDEST) -> np.ndarray:
    """Latents (count, size) float32 from a normal distribution cut off at ±truncation.

    The truncation trick of Brock et al. 2019, "Large scale GAN training for high fidelity natural
    image synthesis", section 3.1, by the inverse of the distribution function instead of by drawing
    again, so that a seed keeps its digits while the truncation changes. Raises `Problem`
    ("setting.*", "value.finite").
    """
    count = check_count("count", count, 1, COUNT)
    generator = torch.Generator().manual_seed(check_seed(seed))
    bound = check_truncation(truncation)
    share = torch.rand(count, size, generator=generator, dtype=torch.float64)
    low, high = torch.special.ndtr(torch.tensor([-bound, bound], dtype=torch.float64))
    return torch.special.ndtri(torch.lerp(low, high, share)).clamp(-bound, bound).float().numpy()


def sample(gan: Gan, latents: Any, labels: Any = None) -> np.ndarray:
    """Images (N, 784) in [0, 1], or points (N, 2), of latents (N, Z) and labels (N,) or one.

    Raises `Problem` ("latent.size", "value.*", "label.*").
    """
    latents = check_latents(latents, gan.latent_size)
    return _render(gan, latents, _mixtures(gan, labels, len(latents)))


def interpolate(
    gan: Gan,
    a: Any,
    b: Any,
    labels: Sequence[int | None] = (None, None),
    steps: int = 16,
    kind: str = "spherical",
) -> Path:
    """The path from latent a (Z,) to b, of classes `labels`, in so many steps, ends included.

    "linear": passes closer to the origin than typical latents; "spherical": on a great arc
    (Shoemake 1985, "Animating rotation with quaternion curves"; White 2016, "Sampling generative
    networks"), with linearly interpolated norm. The weights of the classes are interpolated
    linearly. Raises `Problem` as `sample` does ("setting.*" too).
    """
    ends = check_latents([a, b], gan.latent_size)
    steps = check_count("steps", steps, 2, FRAMES)
    check_choice("kind", kind, KINDS)
    share = np.linspace(0, 1, steps, dtype=np.float32)[:, None]
    latents = (
        arc(ends[0], ends[1], share)
        if kind == "spherical"
        else (1 - share) * ends[0] + share * ends[1]
    )
    start, end = _mixtures(gan, labels, 2)
    mixtures = (1 - share) * start + share * end
    return Path(latents, mixtures, _render(gan, latents, mixtures))


def arc(a: np.ndarray, b: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Latents (F, Z) on the great arc from a to b (Z,) at each share (F, 1) of the way.

    With u = a / |a| and v the unit vector orthogonal to it in the plane of both, a point is
    (cos tΩ u + sin tΩ v) ((1 − t) |a| + t |b|). For opposite ends any plane is used.
    """
    a, b = a.astype(np.float64), b.astype(np.float64)
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    if min(lengths) < 1e-6:
        return ((1 - share) * a + share * b).astype(np.float32)
    u, w = a / lengths[0], b / lengths[1]
    across = w - (w @ u) * u
    if np.linalg.norm(across) < 1e-6:
        across = np.eye(len(u))[np.abs(u).argmin()]
        across = across - (across @ u) * u
    v = across / np.linalg.norm(across)
    turn = np.arctan2(w @ v, w @ u)
    if w @ u < 0 and abs(w @ v) < 1e-6:
        turn = np.pi
    length = (1 - share) * lengths[0] + share * lengths[1]
    points = length * (np.cos(share * turn) * u + np.sin(share * turn) * v)
    points[share[:, 0] == 0], points[share[:, 0] == 1] = a, b
    return points.astype(np.float32)


def arithmetic(gan: Gan, a: Any, b: Any, c: Any, labels: Sequence[int | None] = (None,) * 3) -> Sum:
    """A − B + C of three latents (Z,), and of the weights of their classes.

    After Radford et al. 2016, "Unsupervised representation learning with deep convolutional
    generative adversarial networks", section 6.3.2. The norm of the sum is limited to the
    largest of the three, because larger ones do not occur in training. Raises `Problem` as
    `sample` does.
    """
    latents = check_latents([a, b, c], gan.latent_size)
    signs = np.array([1, -1, 1], np.float32)
    total, longest = signs @ latents, np.linalg.norm(latents, axis=1).max()
    scale = float(min(1.0, longest / max(float(np.linalg.norm(total)), 1e-9)))
    mixture = signs @ _mixtures(gan, labels, 3)
    image = _render(gan, scale * total[None], mixture[None])[0]
    return Sum(scale * total, mixture, image, scale)


@torch.inference_mode()
def discriminate(
    gan: Gan, classifier: Classifier, images: Any, labels: Any = None, midpoint: float = 0.0
) -> Assessment:
    """The outputs of discriminator and classifier for images (B, 784) in [0, 1].

    labels: for a conditional discriminator; without them, the classes that the classifier finds.
    midpoint: see `score_midpoint`. Raises `Problem` ("image.*", "label.*", "value.finite").
    """
    pixels = torch.from_numpy(check_images(images))
    device = next(gan.parameters()).device
    logits = torch.cat([classifier(part.to(device)) for part in pixels.split(BATCH)]).cpu()
    probabilities = logits.softmax(1)
    confidences, classes = probabilities.max(1)
    told = classes if labels is None else torch.from_numpy(check_labels(labels, len(pixels)))
    scores = _scores(gan, pixels, told)
    return Assessment(
        scores=scores.numpy(),
        probability_real=probability_real(gan.config.loss, scores, midpoint).numpy(),
        classes=classes.numpy(),
        confidences=confidences.numpy(),
        probabilities=probabilities.numpy(),
        labels=told.numpy(),
    )


@torch.inference_mode()
def score_midpoint(gan: Gan, images: Any, labels: Any) -> float:
    """Halfway between the discriminator's mean score of real images and of generated ones.

    images (N, 784) in [0, 1] and labels (N,), of real digits; as many are generated. Only
    `probability_real` of WGAN-GP depends on it. Raises `Problem` as `discriminate` does.
    """
    pixels = torch.from_numpy(check_images(images))
    told = torch.from_numpy(check_labels(labels, len(pixels)))
    latents = draw_latents(len(pixels), gan.latent_size, 0)
    fake = torch.from_numpy(sample(gan, latents, told.numpy()))
    return float(sum(_scores(gan, part, told).mean() for part in (pixels, fake)) / 2)


def check_latents(latents: Any, size: int) -> np.ndarray:
    """Latents as (N, size) float32, or a `Problem` ("latent.size", "value.*")."""
    latents = check_numbers(latents, "A latent")
    if latents.ndim != 2 or latents.shape[1] != size:
        got = latents.shape[-1] if latents.ndim else 1
        raise Problem("latent.size", expected=size, got=got)
    if latents.size and np.abs(latents).max() > LIMIT:
        raise Problem("value.large", name="A latent", limit=f"{LIMIT:g}")
    return latents.astype(np.float32)


def check_labels(labels: Any, count: int) -> np.ndarray:
    """One class for all, or one for each of `count`, as (count,) int64, or a `Problem`."""
    labels = check_numbers(labels, "A digit to draw").reshape(-1)
    wrong = (labels != np.floor(labels)) | (labels < 0) | (labels >= CLASSES)
    if labels.dtype.kind == "b" or wrong.any():
        bad = labels[wrong][0] if wrong.any() else labels[0]
        raise Problem("label.range", label=bad.item())
    if len(labels) not in (1, count):
        raise Problem("label.count", expected=count, got=len(labels))
    return np.broadcast_to(labels, count).astype(np.int64)


def check_truncation(truncation: Any) -> float:
    """Where latents are cut off, or a `Problem` ("setting.range", "value.finite")."""
    return check_number("truncation", truncation, 0.05, WIDEST)


def _mixtures(gan: Gan, labels: Any, count: int) -> np.ndarray:
    """One-hot weights of the classes (count, 10); zeros for an unconditional network."""
    if not gan.conditional:
        return np.zeros((count, CLASSES), np.float32)
    if labels is None or (isinstance(labels, list | tuple) and None in labels):
        raise Problem("label.missing")
    return np.eye(CLASSES, dtype=np.float32)[check_labels(labels, count)]


@torch.inference_mode()
def _render(gan: Gan, latents: np.ndarray, mixtures: np.ndarray) -> np.ndarray:
    """The images of latents (N, Z) and weights of the classes (N, 10)."""
    device = next(gan.parameters()).device
    pairs = (torch.from_numpy(part).float().to(device).split(BATCH) for part in (latents, mixtures))
    parts = [gan.sample(*pair) for pair in zip(*pairs, strict=True)]
    return torch.cat(parts).float().cpu().numpy() if parts else np.zeros((0, 0), np.float32)


def _scores(gan: Gan, images: Tensor, labels: Tensor) -> Tensor:
    device = next(gan.parameters()).device
    told = labels.to(device) if gan.conditional else None
    parts = [
        gan.discriminate(part.to(device), None if told is None else told[start : start + BATCH])
        for start, part in zip(range(0, len(images), BATCH), images.split(BATCH), strict=True)
    ]
    return torch.cat(parts).float().cpu()
