"""Every verb of the tab as a named endpoint, for gradio_client and for programs.

A picture is a list of 784 numbers in [0, 1], row by row; a code a list of as many numbers as the
network's code has; a digit is named by its index among those that the tab shows.
"""

from typing import Any

from core.autoencoder import explore
from core.autoencoder.observe import observe as observe_space
from core.checks import check_count, check_numbers
from pages.app.api import Numbers, numbers, register
from pages.app.lab import Lab
from pages.app.request import Request
from pages.autoencoder.shared import (
    FIRST,
    available,
    images,
    network_of,
    pca_error,
    requested,
    space_of,
)
from pages.text import DEFAULT, text


class Verbs:
    """The endpoints, each a method with its name; the docstrings are what callers read."""

    def __init__(self, lab: Lab):
        self.lab = lab
        self.request = Request(lab, "", DEFAULT)

    def _model(self, network: str) -> Any:
        return network_of(self.lab, network, "").model

    def encode(self, pixels: Numbers, network: str = FIRST) -> Numbers:
        """The code of a picture; a variational network answers with its posterior's mean."""
        return numbers(
            explore.encode(self._model(network), check_numbers([pixels], "An image")).codes[0]
        )

    def decode(self, code: Numbers, network: str = FIRST) -> Numbers:
        """The picture that a code decodes to."""
        return numbers(explore.decode(self._model(network), check_numbers([code], "A code"))[0])

    def reconstruct(self, pixels: Numbers, network: str = FIRST) -> dict[str, Any]:
        """A picture through the network and back: its code, pixels and mean squared error."""
        result = explore.reconstruct(self._model(network), check_numbers([pixels], "An image"))
        return {
            "code": numbers(result.codes[0]),
            "pixels": numbers(result.pixels[0]),
            "error": float(result.errors[0]),
        }

    def land(self, pixels: Numbers, network: str = FIRST) -> dict[str, Any]:
        """Where a picture lands: code, error, share of digits with a smaller one, neighbours."""
        found, space = requested(self.request, network)
        location = explore.locate(found.model, space, check_numbers(pixels, "An image"))
        return {
            "code": numbers(location.code),
            "error": location.error,
            "strangeness": location.error_percentile,
            "neighbours": location.neighbours.tolist(),
            "distances": numbers(location.distances),
        }

    def centre(self, drawing: list[Numbers]) -> Numbers:
        """A drawing of any size (rows of ink from 0 to 1) as MNIST would hold it."""
        return numbers(explore.centre(check_numbers(drawing, "A drawing")))

    def digit(self, index: int) -> dict[str, Any]:
        """One of the digits that the tab shows: its pixels and its label."""
        _, space = requested(self.request, available(self.lab)[0])
        index = space.check_index(index)
        return {"pixels": numbers(images(index)[0]), "label": int(space.labels[index])}

    def interpolate(
        self, start: Numbers, end: Numbers, frames: int = 12, network: str = FIRST
    ) -> list[Numbers]:
        """The pictures along the straight line between two codes."""
        first, last = (check_numbers(code, "A code") for code in (start, end))
        path = explore.interpolate(self._model(network), first, last, frames)
        return [numbers(pixels) for pixels in path.pixels]

    def walk(self, start: int, end: int, frames: int = 12, network: str = FIRST) -> dict[str, Any]:
        """The way between two digits through the data: its pictures, stops and length."""
        found, space = requested(self.request, network)
        path = explore.walk(found.model, space, start, end, frames)
        return {
            "pixels": [numbers(pixels) for pixels in path.pixels],
            "stops": path.stops.tolist(),
            "length": path.length,
        }

    def slice_plane(
        self,
        first: int = 1,
        second: int = 2,
        fixed: float = 0.0,
        size: int = 10,
        network: str = FIRST,
    ) -> dict[str, Any]:
        """A plane through the cloud, spanned by two of its axes (1 to 3), decoded row by row."""
        found, space = requested(self.request, network)
        axes = check_count("axis", first, 1, 3) - 1, check_count("axis", second, 1, 3) - 1
        grid = explore.slice_plane(found.model, space, axes, fixed, size)
        return {
            "pixels": [numbers(pixels) for pixels in grid.pixels],
            "first": numbers(grid.first),
            "second": numbers(grid.second),
        }

    def compare(
        self, pixels: Numbers, noise: float = 0.0, masking: float = 0.0, seed: int = 0
    ) -> dict[str, float]:
        """The error of each shipped network on a corrupted picture, against the clean one."""
        models = {name: self._model(name) for name in available(self.lab)}
        return dict(
            explore.compare(models, check_numbers(pixels, "An image"), noise, masking, seed).errors
        )

    def posterior(self, pixels: Numbers, network: str = "autoencoder-vae") -> dict[str, Numbers]:
        """The posterior of a picture: mean, standard deviation and KL term by dimension."""
        found, space = requested(self.request, network)
        result = explore.posterior(found.model, space, check_numbers(pixels, "An image"))
        return {
            "mean": numbers(result.mean),
            "deviation": numbers(result.deviations),
            "kl": numbers(result.kl),
        }

    def sample_prior(
        self, count: int = 4, seed: int = 0, network: str = "autoencoder-vae"
    ) -> list[Numbers]:
        """Pictures decoded from draws of the prior."""
        draws = explore.sample_prior(self._model(network), count, seed)
        return [numbers(pixels) for pixels in draws.pixels]

    def observe(self, network: str = FIRST, language: str = DEFAULT) -> list[str]:
        """What to look for in a network, in sentences; language: en or zh."""
        found = network_of(self.lab, network, "")
        items = observe_space(space_of(found), pca_error(found))
        return [text(f"autoencoder.{item.key}", language, **item.values) for item in items]


def build(lab: Lab) -> None:
    """Register the endpoints."""
    register(lab, Verbs(lab))
