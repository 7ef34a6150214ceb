"""Generators and discriminators of images and of points in the plane.

Goodfellow et al. 2014, "Generative adversarial nets"; Miyato and Koyama 2018, "cGANs with
projection discriminator"; Odena et al. 2017, "Conditional image synthesis with auxiliary classifier
GANs"; de Vries et al. 2017, "Modulating early visual processing by language" (conditional batch
normalisation); Karras et al. 2018, "Progressive growing of GANs" (average of the generator).

The convolutional networks have small feature maps (14 × 14 and 7 × 7), because one core must train
them. R1 regularises the discriminator: spectral normalisation (Miyato et al. 2018) with the hinge
loss had twice the Fréchet distance from validation digits after one epoch (40 to 21). Label
projection and an auxiliary classifier are used together: without the classifier 8 % of the samples
were classified as another digit than requested after that epoch, with it 3 %.

Dimensions: B examples in a batch, Z numbers in a latent, W channels or units; 784 pixels, or 2
coordinates.

Differs from the papers in: 1. all networks are smaller; 2. the label is also an input of the first
layer; 3. projection and auxiliary classifier are combined, the latter with a small weight; 4. the
decay of the average grows during the training, so that early samples are recognisable.
"""

import copy
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.digits.config import DigitsConfig, GanConfig, ImageConfig, ToyConfig
from core.mnist import PIXELS
from core.nn.reproducible import seeded

CLASSES = 10
GRID = 7  # side of the generator's first and of the discriminator's last feature maps
HIDDEN = 256  # units of the perceptron that generates digits
SLOPE = 0.1  # of LeakyReLU below zero
PREVIEW = 10  # rows and columns of the grid of samples from fixed latents


def build(config: GanConfig) -> "Gan":
    """The untrained networks of a configuration, the same for the same seed.

    Leaves the global random state unchanged.
    """
    with seeded(config.seed):
        return Gan(config)


class Gan(nn.Module):
    """A generator and a discriminator, and for `DigitsConfig` the average of the generator.

    `sample` and `discriminate` take and return pixels in [0, 1]; the networks use [-1, 1]. Points
    are not scaled. `average`: exponential moving average of the generator's weights, or None.
    """

    def __init__(self, config: GanConfig):
        super().__init__()
        self.config = config
        self.latent_size = config.latent_size
        self.conditional = isinstance(config, ImageConfig) and config.labels == "on"
        self.average: nn.Module | None = None
        match config:
            case DigitsConfig():
                self.generator: nn.Module = ConvGenerator(config, self.conditional)
                self.discriminator: nn.Module = ConvDiscriminator(config, self.conditional)
                self.average = copy.deepcopy(self.generator).requires_grad_(False)
            case ToyConfig(width=width):
                sizes = (config.latent_size, width, width, 2)
                self.generator = PerceptronGenerator(sizes, nn.Identity(), False)
                self.discriminator = PerceptronDiscriminator((2, width, width), False)
            case _:
                sizes = (config.latent_size, HIDDEN, PIXELS)
                self.generator = PerceptronGenerator(sizes, nn.Tanh(), self.conditional)
                self.discriminator = PerceptronDiscriminator((PIXELS, 128), self.conditional)

    def train(self, mode: bool = True) -> "Gan":
        super().train(mode)
        if self.average is not None:
            self.average.eval()  # it is never trained directly
        return self

    @property
    def sampler(self) -> nn.Module:
        """The network that samples come from: the average, or the generator without one."""
        return self.generator if self.average is None else self.average

    def sample(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images (B, 784) in [0, 1], or points (B, 2), of latents (B, Z).

        labels: (B,) int64, or weights of the classes (B, 10).
        """
        return self.to_pixels(self.sampler(latents, labels))

    def discriminate(self, examples: Tensor, labels: Tensor | None = None) -> Tensor:
        """Logits or critic's values (B,) of images (B, 784) in [0, 1] or points (B, 2)."""
        return self.discriminator(self.from_pixels(examples), labels)

    def to_pixels(self, outputs: Tensor) -> Tensor:
        """The generator's outputs as `sample` returns them."""
        return (outputs + 1) / 2 if isinstance(self.config, ImageConfig) else outputs

    def from_pixels(self, examples: Tensor) -> Tensor:
        """Images in [0, 1], or points, as the discriminator takes them."""
        return examples * 2 - 1 if isinstance(self.config, ImageConfig) else examples

    def preview_latents(self) -> tuple[Tensor, Tensor | None]:
        """The fixed latents (100, Z) of a training's preview, and labels (100,), ten of each."""
        generator = torch.Generator().manual_seed(0)
        device = next(self.parameters()).device
        latents = torch.randn(PREVIEW * PREVIEW, self.latent_size, generator=generator).to(device)
        labels = torch.arange(CLASSES, device=device).repeat_interleave(PREVIEW)
        return latents, labels if self.conditional else None


class Label(nn.Embedding):
    """An embedding of labels (B,) int64, or the mean embedding of class weights (B, 10)."""

    def __init__(self, width: int):
        super().__init__(CLASSES, width)

    def forward(self, labels: Tensor) -> Tensor:  # type: ignore[override]
        return labels @ self.weight if labels.is_floating_point() else super().forward(labels)


class Entry(nn.Linear):
    """The generator's first layer: latents (B, Z), and labels (B,) if conditional, to (B, W).

    `weight` (W, Z) multiplies the latent alone; the embedding of the label is added.
    """

    def __init__(self, latent_size: int, width: int, conditional: bool):
        super().__init__(latent_size, width)
        self.label = Label(width) if conditional else None
        if self.label is not None:
            # The scale of a linear layer of the concatenated latent and label.
            nn.init.uniform_(self.label.weight, -(latent_size**-0.5), latent_size**-0.5)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:  # type: ignore[override]
        out = super().forward(latents)
        return out if self.label is None else out + self.label(labels)


class PerceptronGenerator(nn.Module):
    """Linear layers of these sizes with LeakyReLU between them, then `last`."""

    def __init__(self, sizes: tuple[int, ...], last: nn.Module, conditional: bool):
        super().__init__()
        self.entry = Entry(sizes[0], sizes[1], conditional)
        layers: list[nn.Module] = []
        for before, after in pairwise(sizes[1:]):
            layers += [nn.LeakyReLU(SLOPE), nn.Linear(before, after)]
        self.layers = nn.Sequential(*layers, last)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        return self.layers(self.entry(latents, labels))


class PerceptronDiscriminator(nn.Module):
    """Linear layers of these sizes, each with LeakyReLU, then one score."""

    def __init__(self, sizes: tuple[int, ...], conditional: bool):
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in pairwise(sizes):
            layers += [nn.Linear(before, after), nn.LeakyReLU(SLOPE)]
        self.layers = nn.Sequential(*layers)
        self.head = Projection(sizes[-1], conditional)

    def forward(self, examples: Tensor, labels: Tensor | None = None) -> Tensor:
        return self.head(self.layers(examples), labels)


class Projection(nn.Module):
    """Scores (B,) of features (B, W): linear, plus ⟨label embedding, features⟩ if conditional.

    Miyato and Koyama 2018, equation 3.
    """

    def __init__(self, width: int, conditional: bool):
        super().__init__()
        self.linear = nn.Linear(width, 1)
        self.label = Label(width) if conditional else None
        if self.label is not None:
            nn.init.uniform_(self.label.weight, -(width**-0.5), width**-0.5)

    def forward(self, features: Tensor, labels: Tensor | None = None) -> Tensor:
        out = self.linear(features)[:, 0]
        return out if self.label is None else out + (self.label(labels) * features).sum(1)


class ConditionalNorm(nn.Module):
    """Batch normalisation of (B, W, height, width) with a gain and a shift for each label."""

    def __init__(self, width: int, conditional: bool):
        super().__init__()
        self.norm = nn.BatchNorm2d(width, affine=not conditional)
        self.scale = Label(2 * width) if conditional else None
        if self.scale is not None:
            nn.init.zeros_(self.scale.weight)

    def forward(self, x: Tensor, labels: Tensor | None) -> Tensor:
        x = self.norm(x)
        if self.scale is None:
            return x
        gain, shift = self.scale(labels)[:, :, None, None].chunk(2, dim=1)
        return torch.addcmul(shift, x, 1 + gain)


class ConvGenerator(nn.Module):
    """2W, 7 × 7 × W, 14 × 14 × W/2, 28 × 28: images (B, 784) in [-1, 1]."""

    def __init__(self, config: DigitsConfig, conditional: bool):
        super().__init__()
        width, half = config.width, config.width // 2
        self.width = width
        self.entry = Entry(config.latent_size, 2 * width, conditional)
        self.spread = nn.Linear(2 * width, width * GRID * GRID)
        self.wider = nn.ConvTranspose2d(width, half, 4, stride=2, padding=1, bias=False)
        self.refine = nn.Conv2d(half, half, 3, padding=1, bias=False)
        self.norms = nn.ModuleList(
            ConditionalNorm(size, conditional) for size in (width, half, half)
        )
        # Four channels become 2 × 2 pixels (sub-pixel convolution, Shi et al. 2016).
        self.last = nn.Conv2d(half, 4, 3, padding=1)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        x = self.spread(F.leaky_relu(self.entry(latents, labels), SLOPE))
        # Channels-last memory format, which is faster.
        x = x.unflatten(1, (GRID, GRID, self.width)).permute(0, 3, 1, 2)
        x = F.relu(self.norms[0](x, labels))  # (B, W, 7, 7)
        x = F.relu(self.norms[1](self.wider(x), labels))  # (B, W/2, 14, 14)
        x = x + F.relu(self.norms[2](self.refine(x), labels))
        return torch.tanh(F.pixel_shuffle(self.last(x), 2)).flatten(1)


class ConvDiscriminator(nn.Module):
    """14 × 14 × W/2, 7 × 7 × W, 4 × 4 × 2W, one score."""

    def __init__(self, config: DigitsConfig, conditional: bool):
        super().__init__()
        width, half = config.width, config.width // 2
        self.layers = nn.Sequential(
            nn.Conv2d(1, half, 4, stride=2, padding=1),
            nn.LeakyReLU(SLOPE),
            nn.Conv2d(half, width, 4, stride=2, padding=1),
            nn.LeakyReLU(SLOPE),
            nn.Conv2d(width, 2 * width, 3, stride=2, padding=1),
            nn.LeakyReLU(SLOPE),
            nn.Flatten(),
        )
        size = 2 * width * 4 * 4
        self.naming = nn.Linear(size, CLASSES) if conditional else None
        self.head = Projection(size, conditional)

    def features(self, images: Tensor) -> Tensor:
        """The features (B, 32W) of images (B, 784) in [-1, 1]."""
        square = images.view(-1, 1, 4 * GRID, 4 * GRID)
        return self.layers(square.to(memory_format=torch.channels_last))

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        return self.head(self.features(images), labels)
