"""What generator and discriminator of a GAN in the plane compute, as arrays to draw.

After Kahng et al. 2019, "GAN Lab: understanding complex deep generative models using interactive
visual experimentation". Dimensions: N samples, G cells a side of the map of
scores, M lines a side of the grid of latents.
"""

import numpy as np
import torch
from torch import Tensor

from core.digits import points
from core.digits.config import ToyConfig
from core.digits.losses import generator_loss, probability_real
from core.digits.model import Gan

SAMPLES = 400
ARROWS = 60  # of the samples that get an arrow
CELLS = 40  # a side, of the map of the discriminator's scores
LINES = 21  # each way, of the grid of latents
EDGE = 1.25  # the map reaches from -EDGE to EDGE


def preview(model: Gan, config: ToyConfig) -> dict[str, np.ndarray]:
    """The arrays of the preview, all float32; uses no random number of the training.

    "points" (N, 2): generated from fixed latents, and "real" (N, 2), fixed. "heat" (G, G): the
    discriminator's `probability_real`; row 0 is lowest, and cell c of G lies at
    `EDGE * ((2c + 1) / G - 1)`. "sheet" (M, M, 2): the generator's image of a grid of latents whose
    meshes hold equal probability; further latent dimensions are 0. "arrows" (K, 2), for the first K
    of points: minus the gradient of the generator's loss.
    """
    device = next(model.parameters()).device
    latents = _latents(model.latent_size).to(device)
    random = torch.Generator(device).manual_seed(0)
    real = points.draw(config, SAMPLES, random)
    with torch.no_grad():
        made = model.sample(torch.cat([latents, _latent_grid(model.latent_size).to(device)]))
        generated, sheet = made[:SAMPLES], made[SAMPLES:].view(LINES, LINES, 2)
        everywhere = torch.cat([_cells().to(device), real, generated])
        scores = model.discriminate(everywhere)
        sides = scores[CELLS**2 :].chunk(2)
        midpoint = float((sides[0].mean() + sides[1].mean()) / 2)
        heat = probability_real(config.loss, scores[: CELLS**2], midpoint).view(CELLS, CELLS)
    arrows = negative_gradients(model, config, generated[:ARROWS])
    arrays = {"points": generated, "real": real, "heat": heat, "sheet": sheet, "arrows": arrows}
    return {name: array.float().cpu().numpy() for name, array in arrays.items()}


@torch.enable_grad()
def negative_gradients(model: Gan, config: ToyConfig, samples: Tensor) -> Tensor:
    """Minus the gradient (N, 2) of the generator's loss at each of its samples (N, 2)."""
    samples = samples.detach().requires_grad_()
    # The loss is a mean; the sum makes each gradient independent of their number.
    loss = len(samples) * generator_loss(config.loss, model.discriminate(samples))
    return -torch.autograd.grad(loss, samples)[0]


def _latents(size: int) -> Tensor:
    return torch.randn(SAMPLES, size, generator=torch.Generator().manual_seed(1))


def _latent_grid(size: int) -> Tensor:
    """Latents (M·M, Z) at quantiles of the normal distribution, in the first two dimensions."""
    lines = torch.special.ndtri((torch.arange(LINES) + 0.5) / LINES)
    grid = torch.zeros(LINES, LINES, size)
    grid[..., 0], grid[..., 1] = lines[None, :], lines[:, None]
    return grid.view(-1, size)


def _cells() -> Tensor:
    """The centres (G·G, 2) of the cells of the map, row by row from below."""
    lines = EDGE * ((2 * torch.arange(CELLS) + 1) / CELLS - 1)
    return torch.cartesian_prod(lines, lines).flip(1)
