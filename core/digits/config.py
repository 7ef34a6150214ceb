"""The settings of the three GANs: convolutional, multilayer perceptrons, in the plane."""

from dataclasses import dataclass

from core.training.config import Config, setting

LOSSES = ("non-saturating", "saturating", "least-squares", "hinge", "wgan-gp")
SHAPES = ("ring", "grid", "spiral", "moons", "drawn")


@dataclass(frozen=True)
class GanConfig(Config):
    """The settings that all GANs share.

    latent_size: numbers in a latent. generator_rate, discriminator_rate: learning rates of Adam;
    momentum: its first beta. decay: share of the run, at its end, in which both rates fall to zero.
    discriminator_steps: of D per step of G. gradient_penalty: its weight in WGAN-GP, the only
    loss that has one. r1: weight of the gradient penalty at real examples, with any loss. only: the
    network that is trained, or both.
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
    """A GAN of images. labels: whether both networks are conditioned on the class."""

    epochs: int = setting(50, 1, 1_000)
    labels: str = setting("off", choices=("on", "off"))


@dataclass(frozen=True)
class DigitsConfig(ImageConfig):
    """The best class-conditional GAN that one core trains in about an hour (`digits`).

    width: channels of the 7 × 7 feature maps. naming: weight of the auxiliary classification loss,
    on real digits for the discriminator, on generated ones for the generator. average: decay per
    step of the exponential moving average of the generator's weights, from which samples come.
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
    """The usual first GAN of a tutorial (`digits-mlp`): two perceptrons, BCE, Adam 3e-4."""

    latent_size: int = setting(100, 2, 128)
    epochs: int = setting(50, 1, 1_000, live=5)


@dataclass(frozen=True)
class ToyConfig(GanConfig):
    """A GAN in the plane (`digits-toy`).

    steps: of the generator. shape: of the real points; "drawn": the visitor's own points `drawn`,
    as "x,y x,y …" with numbers in [-1, 1]. width: units of each hidden layer. pace: the largest
    number of steps per second; 1,000: unlimited.
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
