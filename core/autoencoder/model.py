"""The networks: a plain autoencoder, a deep one, a variational one and a sparse one.

Hinton and Salakhutdinov 2006, "Reducing the dimensionality of data with neural networks"; Kingma
and Welling 2014, "Auto-encoding variational Bayes"; Vincent et al. 2008, "Extracting and composing
robust features with denoising autoencoders"; Lee, Ekanadham and Ng 2008, "Sparse deep belief net
model for visual area V2", and Ng's lecture notes "Sparse autoencoder" (2011).

Dimensions: B images in a batch, C numbers in a code, W width of a layer; 784 pixels in [0, 1].

Differs from the paper in: 1. layers are 784-128-64-12-C with ReLU, or residual with layer
normalisation and SiLU, trained from scratch with AdamW; Hinton's are 784-1000-500-250-30, logistic
and pretrained as restricted Boltzmann machines, Kingma's have one hidden layer; 2. the loss is the
squared error, except for the variational network; 3. the deep network's code is refined after the
encoder (see `DeepAutoencoder`); 4. the variational network sees its images binarised afresh for
every batch; 5. noise is Gaussian and masking together, of a strength drawn anew for every image
(Vincent: one kind, fixed); 6. the sparse network's KL term is averaged over units and measured
within a batch (Ng: summed, over all the data), and its units start near their target.
"""

import math
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
from core.mnist import PIXELS
from core.nn.reproducible import seeded

HIDDEN = (128, 64, 12)  # of the plain network, between the pixels and the code
DELTA = 1e-2  # by which a code is moved to measure the decoder's slope
PART = 500  # images refined at once: their slopes fit the processor's cache


def build(config: AutoencoderConfig) -> "Autoencoder":
    """The untrained network of a recipe's settings, the same for the same seed.

    Leaves the global random state as it found it.
    """
    with seeded(config.seed):
        match config:
            case VariationalConfig():
                return VariationalAutoencoder(config)
            case DeepConfig():
                return DeepAutoencoder(config)
            case DenoisingConfig():
                return ResidualAutoencoder(config)
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
        self.encoder, self.decoder = self.layers()

    def layers(self) -> tuple[nn.Module, nn.Module]:
        """The encoder and the decoder of `config`, untrained."""
        sizes = (PIXELS, *HIDDEN, self.config.code_size)
        return perceptron(sizes), perceptron(sizes[::-1])

    def propose(self, images: Tensor) -> Tensor:
        """The codes (B, C) that the encoder alone gives images (B, 784) in [0, 1]."""
        return self.encoder(images)

    def encode(self, images: Tensor) -> Tensor:
        """Codes (B, C) of images (B, 784) in [0, 1]."""
        return self.propose(images)

    def decode(self, codes: Tensor) -> Tensor:
        """Images (B, 784) in [0, 1] of codes (B, C)."""
        return torch.sigmoid(self.decoder(codes))

    def forward(self, images: Tensor) -> Tensor:
        """Reconstructions (B, 784) of images (B, 784)."""
        return self.decode(self.encode(images))


class ResidualAutoencoder(Autoencoder):
    """A wide residual encoder and a wide residual decoder."""

    config: DeepConfig | DenoisingConfig

    def layers(self) -> tuple[nn.Module, nn.Module]:
        code_size, width = self.config.code_size, self.config.width
        encoder = residual_perceptron(PIXELS, width, code_size)
        return encoder, residual_perceptron(code_size, width, PIXELS)


class DeepAutoencoder(ResidualAutoencoder):
    """Residual, and its `encode` bends the encoder's code towards what decodes best.

    An encoder meets a new digit with a code that is near the best one but not on it. A few damped
    Gauss-Newton steps (Levenberg 1944, Marquardt 1963) on the code, the decoder held fixed, close
    most of that gap. Training takes no part in it.
    """

    def encode(self, images: Tensor) -> Tensor:
        parts = images.split(PART)
        return torch.cat([self._refine(self.propose(part), part) for part in parts])

    def _refine(self, codes: Tensor, images: Tensor) -> Tensor:
        size = codes.shape[1]
        identity = torch.eye(size, device=codes.device)
        damping = codes.new_full((len(codes), 1, 1), 1e-2)
        decoded = self.decode(codes)
        error = (images - decoded).square().sum(1)
        assert isinstance(self.config, DeepConfig)
        for _ in range(self.config.refinements):
            moved = self.decode((codes[:, None] + DELTA * identity).flatten(0, 1))
            slope = (moved.unflatten(0, (-1, size)) - decoded[:, None]) / DELTA  # (B, C, 784)
            curvature = slope @ slope.mT  # (B, C, C)
            scale = curvature.diagonal(dim1=1, dim2=2).mean(1)[:, None, None]
            # The constant keeps the system solvable where the decoder is flat.
            system = curvature + (damping * scale + 1e-6) * identity
            step = torch.linalg.solve(system, slope @ (images - decoded)[:, :, None])
            there = codes + step[:, :, 0]
            decoded_there = self.decode(there)
            error_there = (images - decoded_there).square().sum(1)
            better = (error_there < error)[:, None]
            codes = torch.where(better, there, codes)
            decoded = torch.where(better, decoded_there, decoded)
            error = torch.minimum(error, error_there)
            damping = torch.where(better[:, :, None], damping / 4, damping * 10)
        return codes


class VariationalAutoencoder(Autoencoder):
    """A Gaussian posterior with diagonal covariance over the code (Kingma and Welling 2014).

    The prior is the standard normal distribution.
    """

    config: VariationalConfig

    def layers(self) -> tuple[nn.Module, nn.Module]:
        code_size, width = self.config.code_size, self.config.width
        encoder = residual_perceptron(PIXELS, width, 2 * code_size)
        return encoder, residual_perceptron(code_size, width, PIXELS)

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Means (B, C) and log variances (B, C) of q(code | image) for images (B, 784)."""
        mean, log_variance = self.encoder(images).chunk(2, dim=1)
        # Within e^±10 the KL term stays finite, however wild the first steps.
        return mean, log_variance.clamp(-10, 10)

    def propose(self, images: Tensor) -> Tensor:
        return self.posterior(images)[0]


class SparseAutoencoder(Autoencoder):
    """One hidden layer of C logistic units (Ng 2011); the loss keeps most of them near zero."""

    config: SparseConfig

    def layers(self) -> tuple[nn.Module, nn.Module]:
        code_size, target = self.config.code_size, self.config.sparsity_target
        inner = nn.Linear(PIXELS, code_size)
        # Units start as active as they are to become, rather than all half on.
        nn.init.constant_(inner.bias, math.log(target / (1 - target)))
        return nn.Sequential(inner, nn.Sigmoid()), nn.Linear(code_size, PIXELS)


def perceptron(sizes: tuple[int, ...]) -> nn.Sequential:
    """Linear layers of those sizes with ReLU between them."""
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def residual_perceptron(inputs: int, width: int, outputs: int) -> nn.Sequential:
    """From (B, inputs) to (B, outputs) by two residual layers of the given width."""
    return nn.Sequential(
        nn.Linear(inputs, width),
        nn.SiLU(),
        Residual(width),
        Residual(width),
        nn.LayerNorm(width),
        nn.SiLU(),
        nn.Linear(width, outputs),
    )


class Residual(nn.Module):
    """x + f(x), where f normalises, bends and mixes (B, W)."""

    def __init__(self, width: int):
        super().__init__()
        self.layers = nn.Sequential(nn.LayerNorm(width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)
