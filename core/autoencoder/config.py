"""The settings of the five autoencoders."""

from dataclasses import dataclass

from core.training.config import Config, setting


@dataclass(frozen=True)
class AutoencoderConfig(Config):
    """What all five share.

    code_size: numbers in the code. epochs: passes over the training images. learning_rate: its
    peak; it rises, then falls to zero over the run.
    """

    code_size: int = setting(3, 2, 64)
    epochs: int = setting(20, 1, 1_000)
    batch_size: int = setting(256, 16, 4_096)
    learning_rate: float = setting(2e-3, 1e-5, 1e-1, log=True)
    weight_decay: float = setting(0.0, 0.0, 1.0)


@dataclass(frozen=True)
class PlainConfig(AutoencoderConfig):
    """784-128-64-12-code and its mirror (`autoencoder`)."""

    epochs: int = setting(100, 1, 1_000, live=20)
    learning_rate: float = setting(3e-3, 1e-5, 1e-1, log=True)


@dataclass(frozen=True)
class DeepConfig(AutoencoderConfig):
    """The best 3-D bottleneck that two cores train (`autoencoder-deep`).

    refinements: Gauss-Newton steps that bend the encoder's code towards what decodes best.
    """

    epochs: int = setting(80, 1, 1_000, live=4)
    weight_decay: float = setting(0.05, 0.0, 1.0)
    width: int = setting(512, 32, 2_048)
    refinements: int = setting(3, 0, 20)


@dataclass(frozen=True)
class VariationalConfig(AutoencoderConfig):
    """A Gaussian code (`autoencoder-vae`). beta: weight of the KL term; 1 is the ELBO."""

    epochs: int = setting(50, 1, 1_000, live=4)
    width: int = setting(512, 32, 2_048)
    beta: float = setting(1.0, 0.0, 100.0)


@dataclass(frozen=True)
class DenoisingConfig(AutoencoderConfig):
    """Learns to clean (`autoencoder-denoising`).

    noise: standard deviation of the Gaussian noise; masking: share of pixels set to zero.
    """

    epochs: int = setting(30, 1, 1_000, live=4)
    width: int = setting(512, 32, 2_048)
    noise: float = setting(0.5, 0.0, 1.0)
    masking: float = setting(0.2, 0.0, 0.9)


@dataclass(frozen=True)
class SparseConfig(AutoencoderConfig):
    """Many units, few active (`autoencoder-sparse`).

    sparsity_target: the mean activation wanted of each unit; sparsity_weight: how much the KL
    divergence from it counts in the loss.
    """

    code_size: int = setting(64, 2, 256)
    epochs: int = setting(50, 1, 1_000, live=20)
    learning_rate: float = setting(0.05, 1e-5, 1e-1, log=True)
    weight_decay: float = setting(0.02, 0.0, 1.0)
    sparsity_target: float = setting(0.045, 0.01, 0.5)
    sparsity_weight: float = setting(0.1, 0.0, 10.0)
