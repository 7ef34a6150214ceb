"""The whole mind of a game in the plane, as arrays to draw.

After Kahng et al. 2019, "GAN Lab: understanding complex deep generative models using interactive
visual experimentation". Dimensions: N samples, G cells a side of the discriminator's picture, M
lines a side of the generator's sheet.
"""

import numpy as np
import torch
from torch import Tensor

from core.digits import points
from core.digits.config import ToyConfig
from core.digits.losses import generator_loss, opinion
from core.digits.model import Gan

SAMPLES = 400
ARROWS = 60  # of the samples that get an arrow
CELLS = 40  # a side, of the discriminator's picture
LINES = 21  # each way, of the generator's sheet
EDGE = 1.25  # the picture reaches from -EDGE to EDGE


def preview(model: Gan, config: ToyConfig) -> dict[str, np.ndarray]:
    """What both players think now, all float32; draws no random number of the training's.

    "points" (N, 2): generated from always the same latents, and "real" (N, 2), always the same.
    "heat" (G, G): how sure the discriminator is, 0 to 1, that a point is real; row 0 is lowest, and
    cell c of G lies at `EDGE * ((2c + 1) / G - 1)`. "sheet" (M, M, 2): where the generator takes a
    square net of latents, drawn so that each mesh holds the same share of all latents; further
    latent dimensions are 0. "arrows" (K, 2), for the first K of points: minus the slope of the
    generator's loss there, the way in which a point would have to move to please.
    """
    device = next(model.parameters()).device
    latents = _latents(model.latent_size).to(device)
    random = torch.Generator(device).manual_seed(0)
    real = points.draw(config, SAMPLES, random)
    with torch.no_grad():
        made = model.sample(torch.cat([latents, _net(model.latent_size).to(device)]))
        generated, sheet = made[:SAMPLES], made[SAMPLES:].view(LINES, LINES, 2)
        everywhere = torch.cat([_cells().to(device), real, generated])
        scores = model.discriminate(everywhere)
        sides = scores[CELLS**2 :].chunk(2)
        middle = float((sides[0].mean() + sides[1].mean()) / 2)
        heat = opinion(config.loss, scores[: CELLS**2], middle).view(CELLS, CELLS)
    arrows = slopes(model, config, generated[:ARROWS])
    arrays = {"points": generated, "real": real, "heat": heat, "sheet": sheet, "arrows": arrows}
    return {name: array.float().cpu().numpy() for name, array in arrays.items()}


@torch.enable_grad()
def slopes(model: Gan, config: ToyConfig, where: Tensor) -> Tensor:
    """Minus the slope (N, 2) of the generator's loss at each of its points (N, 2)."""
    where = where.detach().requires_grad_()
    # The loss is a mean, and each arrow should not depend on how many there are.
    loss = len(where) * generator_loss(config.loss, model.discriminate(where))
    return -torch.autograd.grad(loss, where)[0]


def _latents(size: int) -> Tensor:
    return torch.randn(SAMPLES, size, generator=torch.Generator().manual_seed(1))


def _net(size: int) -> Tensor:
    """Latents (M·M, Z) at the normal distribution's quantiles along the first two dimensions."""
    lines = torch.special.ndtri((torch.arange(LINES) + 0.5) / LINES)
    net = torch.zeros(LINES, LINES, size)
    net[..., 0], net[..., 1] = lines[None, :], lines[:, None]
    return net.view(-1, size)


def _cells() -> Tensor:
    """The middles (G·G, 2) of the picture's cells, row by row from below."""
    lines = EDGE * ((2 * torch.arange(CELLS) + 1) / CELLS - 1)
    return torch.cartesian_prod(lines, lines).flip(1)
