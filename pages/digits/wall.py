"""A hundred digits of fixed noise, the same for every network: a class a row, where it is told."""

from typing import Any

import numpy as np
import torch

from core.digits.sample import sample
from core.errors import Problem
from pages.app.networks import Network
from pages.text import text
from pages.widgets.digits import tile

SIZE, COLUMNS = 44, 10  # pixels a side


@torch.inference_mode()
def noise(network: Network) -> tuple[np.ndarray, list[int]]:
    """The latents (100, Z) of the wall, and the class asked for each."""
    latents, labels = network.model.wall()
    told = [0] * len(latents) if labels is None else labels.tolist()
    return latents.cpu().numpy(), told


def picture(network: Network, language: str) -> dict[str, Any]:
    """The wall as tiles, drawn once for each network."""
    latents, labels = noise(network)
    images = network.keep("wall", lambda: sample(network.model, latents, labels))
    tiles = [
        tile(image, label=text("digits.steer.of_wall", language, number=number))
        for number, image in enumerate(images, 1)
    ]
    return {"size": SIZE, "columns": COLUMNS, "gap": 2, "tiles": tiles}


def taken(network: Network, index: Any) -> tuple[list[float], int]:
    """The latent of a digit of the wall, and the class asked for it."""
    latents, labels = noise(network)
    if not isinstance(index, int) or not 0 <= index < len(latents):
        raise Problem("index.range", index=str(index)[:20], last=len(latents) - 1)
    return latents[index].tolist(), labels[index]
