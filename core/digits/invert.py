"""GAN inversion: the latent whose image is most like a drawing, found by gradient descent.

After Zhu et al. 2016, "Generative visual manipulation on the natural image manifold", section 4.1
(projecting an image by optimisation), and Creswell and Bharath 2018, "Inverting the generator of a
generative adversarial network" (Adam, several starts at once).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.checks import check_count, check_image
from core.digits.model import CLASSES, Gan
from core.digits.sample import check_labels, draw_latents

STEPS = 150
MOST_STEPS = 500
STARTS = 20  # initial latents; the best quarter is kept after the share SELECTION of the steps
SELECTION = 0.2
LEARNING_RATE = 0.2
BETA_1, BETA_2 = 0.9, 0.99  # of Adam (Kingma and Ba 2015, algorithm 1)
LATENT_PENALTY = 2e-3  # weight of the mean square of the latent in the loss


@dataclass(frozen=True, eq=False)
class Step:
    """The best result after `step` of `total` steps.

    latent (Z,); label: its class, None for an unconditional generator; image (784,); error: root
    mean squared difference per pixel. searches: how many latents are still optimised.
    """

    step: int
    total: int
    latent: np.ndarray
    label: int | None
    image: np.ndarray
    error: float
    searches: int


def invert(
    gan: Gan, target: Any, label: int | None = None, seed: int = 0, steps: int = STEPS
) -> Iterator[Step]:
    """Search the latent of `target` (784,) in [0, 1]; yield a `Step` after every step.

    Twenty latents minimise the squared error and their own norm, because latents of a large norm do
    not occur in training. label: the class to search in; None: all ten, two latents each. The
    network is not changed. Raises `Problem` ("image.*", "label.*", "setting.*", "value.finite")
    before the first step.
    """
    device = next(gan.parameters()).device
    pixels = torch.from_numpy(check_image(target)).to(device)
    steps = check_count("steps", steps, 1, MOST_STEPS)
    latents = torch.from_numpy(draw_latents(STARTS, gan.latent_size, seed, 1.0)).to(device)
    classes = np.arange(STARTS) % CLASSES if label is None else check_labels(label, STARTS)
    labels = torch.from_numpy(classes.astype(np.int64)).to(device) if gan.conditional else None
    return _descend(gan, pixels, latents, labels, steps)


def _descend(
    gan: Gan, target: Tensor, latents: Tensor, labels: Tensor | None, steps: int
) -> Iterator[Step]:
    selection = max(1, round(SELECTION * steps))
    # Adam, written out: `torch.optim` takes two seconds to import.
    mean, square = torch.zeros_like(latents), torch.zeros_like(latents)
    best, found = math.inf, None
    for step in range(1, steps + 1):
        with torch.enable_grad():
            latents = latents.detach().requires_grad_()
            images = gan.sample(latents, labels)
            errors = (images - target).square().mean(1)
            losses = errors + LATENT_PENALTY * latents.square().mean(1)
            (gradient,) = torch.autograd.grad(losses.sum(), latents)
        latents, losses, errors = latents.detach(), losses.detach(), errors.detach()
        leader = int(losses.argmin())
        if found is None or float(losses[leader]) < best:
            best = float(losses[leader])
            found = (
                latents[leader].numpy(force=True).copy(),
                None if labels is None else int(labels[leader]),
                images[leader].numpy(force=True),
                float(errors[leader]) ** 0.5,
            )
        yield Step(step, steps, *found, len(latents))
        mean, square = mean.lerp(gradient, 1 - BETA_1), square.lerp(gradient.square(), 1 - BETA_2)
        scale = (square / (1 - BETA_2**step)).sqrt() + 1e-8
        rate = LEARNING_RATE * (1 - (step - 1) / steps)
        latents = latents - rate * mean / (1 - BETA_1**step) / scale
        if step == selection:
            chosen = losses.topk(STARTS // 4, largest=False).indices
            latents, mean, square = latents[chosen], mean[chosen], square[chosen]
            labels = None if labels is None else labels[chosen]
