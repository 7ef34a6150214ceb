"""Every verb of the tab as a named endpoint, for gradio_client and for programs.

A picture is a list of 784 numbers in [0, 1], row by row; a latent a list of as many numbers as the
network takes; a digit, 0 to 9, is the class that the generator is asked for.
"""

from typing import Any

from core import mnist
from core.checks import check_numbers
from core.digits import invert as inversion
from core.digits import sample
from core.mnist.neighbours import nearest
from pages.app.api import Numbers, numbers, register
from pages.app.lab import Lab
from pages.digits.hand import directions_of
from pages.digits.memory import known
from pages.digits.stage import FIRST, judge_of, network_of


class Verbs:
    """The endpoints, each a method with its name; the docstrings are what callers read."""

    def __init__(self, lab: Lab):
        self.lab = lab

    def _gan(self, network: str) -> Any:
        return network_of(self.lab, network, "").model

    def generate(
        self,
        digit: int = 0,
        count: int = 1,
        seed: int = 0,
        truncation: float = sample.WIDEST,
        network: str = FIRST,
    ) -> dict[str, Any]:
        """Pictures of a digit from latents that a seed draws, cut off at the truncation."""
        gan = self._gan(network)
        latents = sample.draw_latents(count, gan.latent_size, seed, truncation)
        return {
            "latents": [numbers(latent) for latent in latents],
            "pixels": [numbers(image) for image in sample.sample(gan, latents, digit)],
        }

    def generate_from(self, latent: Numbers, digit: int = 0, network: str = FIRST) -> Numbers:
        """The picture of a latent."""
        return numbers(sample.sample(self._gan(network), [latent], digit)[0])

    def discriminate(
        self, pixels: Numbers, digit: int | None = None, network: str = FIRST
    ) -> dict[str, Any]:
        """What the discriminator says of a picture: its score, and how sure it is that it is real.

        digit: what it is told the picture shows; without one, what the judge reads.
        """
        judge = judge_of(self.lab).model
        said = sample.discriminate(self._gan(network), judge, [pixels], digit)
        return {
            "score": float(said.scores[0]),
            "opinion": float(said.opinions[0]),
            "digit": int(said.labels[0]),
        }

    def classify(self, pixels: Numbers) -> dict[str, Any]:
        """Which digit the judge reads, and the probability of each of the ten."""
        judge = judge_of(self.lab).model
        said = sample.discriminate(self._gan(FIRST), judge, [pixels])
        return {"digit": int(said.names[0]), "probabilities": numbers(said.probabilities[0])}

    def interpolate_digits(
        self,
        start: Numbers,
        end: Numbers,
        start_digit: int = 0,
        end_digit: int = 0,
        frames: int = 12,
        kind: str = "spherical",
        network: str = FIRST,
    ) -> list[Numbers]:
        """The pictures on the way between two latents; kind: spherical or linear."""
        digits = (start_digit, end_digit)
        path = sample.interpolate(self._gan(network), start, end, digits, frames, kind)
        return [numbers(image) for image in path.images]

    def arithmetic(
        self, a: Numbers, b: Numbers, c: Numbers, digits: list[int], network: str = FIRST
    ) -> dict[str, Any]:
        """The picture of A − B + C, and what the sum was multiplied with to be no longer than they.

        digits: the class of each of the three.
        """
        found = sample.arithmetic(self._gan(network), a, b, c, digits)
        return {"pixels": numbers(found.image), "latent": numbers(found.latent),
                "scale": found.scale}  # fmt: skip

    def nearest_training(self, pixels: Numbers, count: int = 5) -> list[dict[str, Any]]:
        """The training digits nearest to a picture: index, label, distance and pixels of each."""
        data = mnist.at_hand()
        found = nearest(known(self.lab), [pixels], count)
        return [
            {
                "index": int(index),
                "label": int(data.train_labels[index]),
                "distance": float(distance),
                "pixels": numbers(mnist.pixels(data.train_images[index]).numpy()),
            }
            for index, distance in zip(found.indices[0], found.distances[0], strict=True)
        ]

    def invert(
        self,
        pixels: Numbers,
        digit: int | None = None,
        seed: int = 0,
        steps: int = inversion.STEPS,
        network: str = FIRST,
    ) -> dict[str, Any]:
        """The latent that reproduces a picture best, its picture and its error a pixel.

        digit: the class to search in; without one, all ten.
        """
        *_, step = inversion.invert(
            self._gan(network), check_numbers(pixels, "An image"), digit, seed, steps
        )
        return {
            "latent": numbers(step.latent),
            "digit": step.label,
            "pixels": numbers(step.image),
            "error": step.error,
        }

    def digit_directions(self, digit: int = 0, network: str = FIRST) -> list[dict[str, Any]]:
        """The directions of a class's latents, each with what it was measured to change, if any."""
        sample.check_labels(digit, 1)
        found = directions_of(network_of(self.lab, network, ""), digit)
        return [
            {"vector": numbers(vector), "attribute": attribute, "correlation": correlation}
            for vector, attribute, correlation in zip(
                found.vectors, found.attributes, found.correlations, strict=True
            )
        ]


def build(lab: Lab) -> None:
    """Register the endpoints."""
    register(lab, Verbs(lab))
