"""A small convolutional classifier of digits, whose features compare sets of digits.

It judges generated digits and takes no part in their training. LeCun et al. 1998, "Gradient-based
learning applied to document recognition", with batch normalisation (Ioffe and Szegedy 2015).
Dimensions: B images, W the classifier's width.

Differs from the paper in: 1. four convolutions and two linear layers; 2. its training, see
`core.mnist.train`.
"""

from pathlib import Path

import torch
from torch import Tensor, nn

from core.mnist import SIDE, Mnist, pixels
from core.mnist.config import ClassifierConfig
from core.nn.reproducible import seeded
from core.training import checkpoint
from core.training.metrics import Metrics

NAME = "digits-judge"
FEATURES = 128
BATCH = 500  # images classified at once: their feature maps fit the processor's cache


class Classifier(nn.Module):
    """784 pixels in [0, 1], 128 features, ten logits."""

    def __init__(self, config: ClassifierConfig):
        super().__init__()
        self.config = config
        width = config.width
        self.body = nn.Sequential(
            *_convolution(1, width, 4, stride=2, padding=1),  # (B, W, 14, 14)
            *_convolution(width, 2 * width, 3, padding=1),
            nn.MaxPool2d(2),
            *_convolution(2 * width, 4 * width, 3, padding=1),  # (B, 4W, 7, 7)
            *_convolution(4 * width, 4 * width, 3),
            nn.MaxPool2d(2),  # (B, 4W, 2, 2)
            nn.Flatten(),
            nn.Linear(16 * width, FEATURES),
            nn.ReLU(),
        )
        self.head = nn.Linear(FEATURES, 10)

    def features(self, images: Tensor) -> Tensor:
        """The input (B, 128) of the last layer for images (B, 784) in [0, 1]."""
        square = images.view(-1, 1, SIDE, SIDE).to(memory_format=torch.channels_last)
        return self.body(square - 0.5)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, 10) of images (B, 784) in [0, 1]."""
        return self.head(self.features(images))


def _convolution(before: int, after: int, side: int, **how: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(before, after, side, bias=False, **how)  # type: ignore[arg-type]
    return convolution, nn.BatchNorm2d(after), nn.ReLU()


def build(config: ClassifierConfig) -> Classifier:
    """An untrained classifier, the same for the same seed; global random state stays."""
    with seeded(config.seed):
        return Classifier(config)


def load(folder: Path = checkpoint.FOLDER) -> tuple[Classifier, str]:
    """The shipped classifier in evaluation mode, and the SHA-256 of its weights.

    Raises `Problem` ("checkpoint.*") where it is missing or damaged.
    """
    card = checkpoint.read_card(folder, NAME)
    classifier = build(ClassifierConfig.from_dict(card.config))
    weights = checkpoint.parse_weights(checkpoint.read_weights(folder, NAME), NAME, card)
    checkpoint.fill(classifier, weights, NAME)
    return classifier.eval(), card.sha256


def classify(model: Classifier, images: Tensor) -> Tensor:
    """Logits (N, 10) of any number of images (N, 784) uint8, on the device of both."""
    return torch.cat([model(pixels(part)) for part in images.split(BATCH)])


@torch.no_grad()
def extract_features(model: Classifier, images: Tensor) -> Tensor:
    """Features (N, 128), on the classifier's device, of images (N, 784) uint8 on any."""
    device = next(model.parameters()).device
    return torch.cat([model.features(pixels(part.to(device))) for part in images.split(BATCH)])


@torch.no_grad()
def evaluate(
    model: Classifier, data: Mnist, config: ClassifierConfig, quick: bool = False
) -> Metrics:
    """Measure "accuracy": the share of the test digits that are named rightly.

    Raises `Problem` where the data have no test digits.
    """
    data.require_test()
    model.eval()
    device = next(model.parameters()).device
    found = classify(model, data.test_images.to(device)).argmax(1).cpu()
    metrics = Metrics()
    metrics.add("accuracy", float((found == data.test_labels).double().mean()), len(found))
    return metrics
