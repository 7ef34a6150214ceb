"""Find my digit: the latent whose image is most like a drawing, searched by gradient descent.

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
LONGEST = 500
STARTS = 20  # searches begun; after a fifth of the steps the best quarter of them goes on
EARLY = 0.2
RATE = 0.2
MEAN, SQUARE = 0.9, 0.99  # memory of Adam (Kingma and Ba 2015, algorithm 1)
PLAUSIBLE = 2e-3  # weight of a latent's mean square beside the image's mean squared error


@dataclass(frozen=True, eq=False)
class Step:
    """Where the search stands after `step` of `total`: the best so far.

    latent (Z,); label: the class asked of the generator, None for one that is told none; image
    (784,); error: root of the mean squared difference per pixel. searches: how many go on.
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
    """Search the latent that draws `target` (784,) in [0, 1]; yield a `Step` after every step.

    Twenty latents go down the slope of the squared error, and of their own length, because a
    latent far out draws what no training ever judged. label: the class to search in; None: all
    ten, two searches each. The network is left as it was. Raises `Problem` ("image.*", "label.*",
    "setting.*", "value.finite"), before the first step.
    """
    device = next(gan.parameters()).device
    wanted = torch.from_numpy(check_image(target)).to(device)
    steps = check_count("steps", steps, 1, LONGEST)
    latents = torch.from_numpy(draw_latents(STARTS, gan.latent_size, seed, 1.0)).to(device)
    classes = np.arange(STARTS) % CLASSES if label is None else check_labels(label, STARTS)
    labels = torch.from_numpy(classes.astype(np.int64)).to(device) if gan.conditional else None
    return _descend(gan, wanted, latents, labels, steps)


def _descend(
    gan: Gan, wanted: Tensor, latents: Tensor, labels: Tensor | None, steps: int
) -> Iterator[Step]:
    early = max(1, round(EARLY * steps))
    # Adam by hand: an optimiser of torch's imports two seconds' worth of modules first.
    mean, square = torch.zeros_like(latents), torch.zeros_like(latents)
    best, found = math.inf, None
    for step in range(1, steps + 1):
        with torch.enable_grad():
            latents = latents.detach().requires_grad_()
            images = gan.sample(latents, labels)
            errors = (images - wanted).square().mean(1)
            losses = errors + PLAUSIBLE * latents.square().mean(1)
            (slope,) = torch.autograd.grad(losses.sum(), latents)
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
        mean, square = mean.lerp(slope, 1 - MEAN), square.lerp(slope.square(), 1 - SQUARE)
        size = (square / (1 - SQUARE**step)).sqrt() + 1e-8
        rate = RATE * (1 - (step - 1) / steps)
        latents = latents - rate * mean / (1 - MEAN**step) / size
        if step == early:
            chosen = losses.topk(STARTS // 4, largest=False).indices
            latents, mean, square = latents[chosen], mean[chosen], square[chosen]
            labels = None if labels is None else labels[chosen]
