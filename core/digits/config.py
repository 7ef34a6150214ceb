"""The settings of the three adversarial games and of the judge."""

from dataclasses import dataclass

from core.training.config import Config, setting

LOSSES = ("non-saturating", "saturating", "least-squares", "hinge", "wgan-gp")
SHAPES = ("ring", "grid", "spiral", "moons", "drawn")


@dataclass(frozen=True)
class GanConfig(Config):
    """What all games share.

    latent_size: numbers in a latent. generator_rate, discriminator_rate: learning rates of Adam;
    momentum: its first beta. decay: share of the run, at its end, in which both rates fall to zero.
    discriminator_steps: steps of D per step of G. gradient_penalty: its weight in WGAN-GP, the only
    loss that has one. r1: weight of the slope penalty at real examples, with any loss. only: the
    one network that steps at all, or both.
    """

    latent_size: int = setting(64, 2, 128)
    loss: str = setting("non-saturating", choices=LOSSES)
    generator_rate: float = setting(3e-4, 1e-6, 1.0, log=True)
    discriminator_rate: float = setting(3e-4, 1e-6, 1.0, log=True)
    momentum: float = setting(0.9, 0.0, 0.99)
    decay: float = setting(0.0, 0.0, 1.0)
    discriminator_steps: int = setting(1, 1, 20)
    gradient_penalty: float = setting(10.0, 0.0, 100.0)
    r1: float = setting(0.0, 0.0, 100.0)
    batch_size: int = setting(128, 8, 1_024)
    only: str = setting("both", choices=("both", "generator", "discriminator"))


@dataclass(frozen=True)
class ImageConfig(GanConfig):
    """A game of images. labels: whether both networks are told which digit is meant."""

    epochs: int = setting(50, 1, 1_000)
    labels: str = setting("off", choices=("on", "off"))


@dataclass(frozen=True)
class DigitsConfig(ImageConfig):
    """The best class-conditional game that one core plays in about an hour (`digits`).

    width: channels of the players' 7 × 7 stages. naming: weight of the loss of naming digits, real
    ones for the discriminator, generated ones for the generator. average: decay per step of the
    running mean of the generator's weights, which is what samples come from.
    """

    generator_rate: float = setting(1e-3, 1e-6, 1.0, log=True)
    discriminator_rate: float = setting(1e-3, 1e-6, 1.0, log=True)
    momentum: float = setting(0.5, 0.0, 0.99)
    decay: float = setting(0.7, 0.0, 1.0)
    r1: float = setting(0.1, 0.0, 100.0)
    batch_size: int = setting(64, 8, 1_024)
    epochs: int = setting(24, 1, 1_000, live=2)
    labels: str = setting("on", choices=("on", "off"))
    width: int = setting(64, 8, 256)
    naming: float = setting(0.1, 0.0, 10.0)
    average: float = setting(0.999, 0.0, 0.9999)


@dataclass(frozen=True)
class MlpConfig(ImageConfig):
    """The usual first game of a tutorial (`digits-mlp`): two perceptrons, BCE, Adam 3e-4."""

    latent_size: int = setting(100, 2, 128)
    epochs: int = setting(50, 1, 1_000, live=5)


@dataclass(frozen=True)
class ToyConfig(GanConfig):
    """A game in the plane (`digits-toy`).

    steps: of the generator. shape: what the real points lie on; "drawn": on `drawn`, the visitor's
    own points as "x,y x,y …" with numbers in [-1, 1]. width: units of each hidden layer. pace:
    steps a second at most, below 1,000; else as many as there can be.
    """

    latent_size: int = setting(2, 2, 16)
    generator_rate: float = setting(1e-3, 1e-6, 1.0, log=True)
    discriminator_rate: float = setting(1e-3, 1e-6, 1.0, log=True)
    momentum: float = setting(0.5, 0.0, 0.99)
    steps: int = setting(10_000, 1, 1_000_000)
    shape: str = setting("ring", choices=SHAPES)
    drawn: str = setting("")
    width: int = setting(64, 4, 256)
    pace: int = setting(1_000, 1, 1_000)
