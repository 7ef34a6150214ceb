"""The networks: a plain autoencoder, a deep one, a variational one and a sparse one.

Hinton and Salakhutdinov 2006, "Reducing the dimensionality of data with neural networks"; Kingma
and Welling 2014, "Auto-encoding variational Bayes"; Vincent et al. 2008, "Extracting and composing
robust features with denoising autoencoders"; Lee, Ekanadham and Ng 2008, "Sparse deep belief net
model for visual area V2", and Ng's lecture notes "Sparse autoencoder" (2011).

Dimensions: B images in a batch, C numbers in a code, W width of a layer; 784 pixels in [0, 1].

Differs from the papers in: 1. ReLU or SiLU units trained from scratch with Adam, not logistic ones
pretrained as restricted Boltzmann machines (Hinton); 2. the deep encoder is convolutional and the
deep decoder residual, where Kingma and Welling have one hidden layer each; 3. the variational
network is trained on freshly binarised images, one posterior sample each; 4. noise is Gaussian as
well as masking, and of a strength drawn anew for every image (Vincent: masking, fixed); 5. the
sparse network has no weight decay, and its KL term is the mean over the units and measured within
a batch (Ng: their sum, over all the data).
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from core.autoencoder.config import (
    AutoencoderConfig,
    DeepConfig,
    DenoisingConfig,
    SparseConfig,
    VariationalConfig,
)
from core.mnist import PIXELS, SIDE

HIDDEN = (128, 64, 12)  # of the plain network, between the pixels and the code


def build(config: AutoencoderConfig) -> "Autoencoder":
    """The untrained network of a recipe's settings, the same for the same seed.

    Leaves the global random state as it found it.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        match config:
            case VariationalConfig():
                return VariationalAutoencoder(config)
            case DeepConfig() | DenoisingConfig():
                return DeepAutoencoder(config)
            case SparseConfig():
                return SparseAutoencoder(config)
            case _:
                return Autoencoder(config)


class Autoencoder(nn.Module):
    """784-128-64-12-C with ReLU, and its mirror (Hinton and Salakhutdinov 2006, smaller).

    `encoder` ends in the code; `decoder` ends in logits, whose logistic function is the image.
    """

    def __init__(self, config: AutoencoderConfig):
        super().__init__()
        self.config = config
        self.encoder, self.decoder = self.layers(config)

    def layers(self, config: AutoencoderConfig) -> tuple[nn.Module, nn.Module]:
        """The encoder and the decoder, untrained."""
        sizes = (PIXELS, *HIDDEN, config.code_size)
        return perceptron(sizes), perceptron(sizes[::-1])

    def encode(self, images: Tensor) -> Tensor:
        """Codes (B, C) of images (B, 784) in [0, 1]."""
        return self.encoder(images)

    def decode(self, codes: Tensor) -> Tensor:
        """Images (B, 784) in [0, 1] of codes (B, C)."""
        return torch.sigmoid(self.decoder(codes))

    def forward(self, images: Tensor) -> Tensor:
        """Reconstructions (B, 784) of images (B, 784)."""
        return self.decode(self.encode(images))


class DeepAutoencoder(Autoencoder):
    """A convolutional encoder and a wide residual decoder."""

    def layers(self, config) -> tuple[nn.Module, nn.Module]:
        return convolutions(config.code_size), residual_decoder(config.code_size, config.width)


class VariationalAutoencoder(Autoencoder):
    """A Gaussian posterior with diagonal covariance over the code (Kingma and Welling 2014).

    The prior is the standard normal distribution.
    """

    def layers(self, config) -> tuple[nn.Module, nn.Module]:
        return convolutions(2 * config.code_size), residual_decoder(config.code_size, config.width)

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Means (B, C) and log variances (B, C) of q(code | image) for images (B, 784)."""
        mean, log_variance = self.encoder(images).chunk(2, dim=1)
        # Within e^±10 the KL term stays finite, however wild the first steps.
        return mean, log_variance.clamp(-10, 10)

    def encode(self, images: Tensor) -> Tensor:
        return self.posterior(images)[0]


class SparseAutoencoder(Autoencoder):
    """One hidden layer of C logistic units (Ng 2011); the loss keeps most of them near zero."""

    def layers(self, config: AutoencoderConfig) -> tuple[nn.Module, nn.Module]:
        encoder = nn.Sequential(nn.Linear(PIXELS, config.code_size), nn.Sigmoid())
        return encoder, nn.Linear(config.code_size, PIXELS)


def perceptron(sizes: tuple[int, ...]) -> nn.Sequential:
    """Linear layers of those sizes with ReLU between them."""
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def convolutions(outputs: int) -> nn.Sequential:
    """Images (B, 784) to (B, outputs): strides take 28 × 28 to 14 × 14 to 7 × 7 pixels."""
    return nn.Sequential(
        nn.Unflatten(1, (1, SIDE, SIDE)),  # (B, 1, 28, 28)
        nn.Conv2d(1, 32, 4, stride=2, padding=1),  # (B, 32, 14, 14)
        nn.SiLU(),
        nn.Conv2d(32, 64, 4, stride=2, padding=1),  # (B, 64, 7, 7)
        nn.SiLU(),
        nn.Flatten(),  # (B, 3136)
        nn.Linear(64 * 7 * 7, 256),
        nn.LayerNorm(256),
        nn.SiLU(),
        Residual(256),
        nn.Linear(256, outputs),
    )


def residual_decoder(code_size: int, width: int) -> nn.Sequential:
    """Codes (B, C) to logits (B, 784)."""
    return nn.Sequential(
        nn.Linear(code_size, width),
        nn.SiLU(),
        Residual(width),
        Residual(width),
        nn.LayerNorm(width),
        nn.SiLU(),
        nn.Linear(width, PIXELS),
    )


class Residual(nn.Module):
    """x + f(x), where f normalises, bends and mixes (B, W)."""

    def __init__(self, width: int):
        super().__init__()
        self.layers = nn.Sequential(nn.LayerNorm(width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)
