"""A hundred samples from fixed latents, the same for every network; a class a row."""

from typing import Any

import numpy as np
import torch

from core.digits.sample import sample
from pages.app.networks import Network
from pages.app.request import Request
from pages.widgets.digits import tile

SIZE, COLUMNS = 44, 10  # pixels a side


@torch.inference_mode()
def latents_of(network: Network) -> tuple[np.ndarray, list[int]]:
    """The latents (100, Z) of the grid, and the class of each."""
    latents, labels = network.model.preview_latents()
    classes = [0] * len(latents) if labels is None else labels.tolist()
    return latents.cpu().numpy(), classes


def grid(request: Request, network: Network) -> dict[str, Any]:
    """The samples as tiles; the images are computed once for each network."""
    latents, labels = latents_of(network)
    images = network.keep("wall", lambda: sample(network.model, latents, labels))
    tiles = [
        tile(image, label=request.text("digits.steer.of_wall", number=number))
        for number, image in enumerate(images, 1)
    ]
    return {"size": SIZE, "columns": COLUMNS, "gap": 2, "tiles": tiles}
