"""The named endpoints of the tab, for gradio_client and for programs.

An image is a list of 784 numbers in [0, 1], row by row; a latent a list of as many numbers as the
network takes; a digit, 0 to 9, is the requested class.
"""

from typing import Any

from core import mnist
from core.checks import check_numbers
from core.digits import invert as inversion
from core.digits import sample
from core.mnist.neighbours import nearest
from pages.app.api import Numbers, numbers, register
from pages.app.lab import Lab
from pages.digits.current_digit import directions_of
from pages.digits.memorisation import training_digits
from pages.digits.shared import FIRST, classifier_of, network_of


class Verbs:
    """The endpoints; their docstrings are the documentation that callers see."""

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
        """Images of a digit from latents of a seed, truncated."""
        gan = self._gan(network)
        latents = sample.draw_latents(count, gan.latent_size, seed, truncation)
        return {
            "latents": [numbers(latent) for latent in latents],
            "pixels": [numbers(image) for image in sample.sample(gan, latents, digit)],
        }

    def generate_from(self, latent: Numbers, digit: int = 0, network: str = FIRST) -> Numbers:
        """The image of a latent."""
        return numbers(sample.sample(self._gan(network), [latent], digit)[0])

    def discriminate(
        self, pixels: Numbers, digit: int | None = None, network: str = FIRST
    ) -> dict[str, Any]:
        """The discriminator's score of an image, and "opinion": the probability that it is real.

        With the loss of WGAN-GP, the latter is only a squashed score. digit: the class that the
        discriminator is conditioned on; without one, the class that the classifier finds.
        """
        classifier = classifier_of(self.lab).model
        found = sample.discriminate(self._gan(network), classifier, [pixels], digit)
        return {
            "score": float(found.scores[0]),
            "opinion": float(found.probability_real[0]),
            "digit": int(found.labels[0]),
        }

    def classify(self, pixels: Numbers) -> dict[str, Any]:
        """The class that the classifier finds, and the probability of each of the ten."""
        classifier = classifier_of(self.lab).model
        found = sample.discriminate(self._gan(FIRST), classifier, [pixels])
        return {"digit": int(found.classes[0]), "probabilities": numbers(found.probabilities[0])}

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
        """The images on the path between two latents; kind: spherical or linear."""
        digits = (start_digit, end_digit)
        path = sample.interpolate(self._gan(network), start, end, digits, frames, kind)
        return [numbers(image) for image in path.images]

    def arithmetic(
        self, a: Numbers, b: Numbers, c: Numbers, digits: list[int], network: str = FIRST
    ) -> dict[str, Any]:
        """The image of A − B + C, and the factor that limits the norm of the sum to theirs.

        digits: the class of each of the three.
        """
        found = sample.arithmetic(self._gan(network), a, b, c, digits)
        return {"pixels": numbers(found.image), "latent": numbers(found.latent),
                "scale": found.scale}  # fmt: skip

    def nearest_training(self, pixels: Numbers, count: int = 5) -> list[dict[str, Any]]:
        """The training digits nearest to an image: index, label, distance and pixels of each."""
        data = mnist.at_hand()
        found = nearest(training_digits(self.lab), [pixels], count)
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
        """The latent that reproduces an image best, its image and its error per pixel.

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
        """The directions of a class, each with the attribute that it changes, if any."""
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
