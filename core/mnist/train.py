"""Trains the digit classifier.

Differs from LeCun et al. 1998 in: 1. AdamW; 2. every training image goes through a small random
affine map, drawn anew each time; 3. it learns from the first 50,000 training images only: the last
10,000 are what generated digits are compared with.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.mnist.classifier import Classifier, classify
from core.mnist.config import ClassifierConfig
from core.mnist.data import SIDE, Mnist, pixels
from core.nn.schedules import triangular
from core.training.loop import Preview
from core.training.supervised import SupervisedTask

HELD_OUT = 6  # the last sixth of the training images, 10,000 of 60,000, is not learnt from
VALIDATION = 1_000  # held-out images that previews are measured on
WARM_UP = 0.2  # share of the steps in which the learning rate rises


def classifier_task(model: Classifier, data: Mnist, config: ClassifierConfig) -> "ClassifierTask":
    """The training of the shipped classifier, on the first five sixths of the training images."""
    known = len(data.train_images) - held_out(data)
    learnt = data.train_images[:known], data.train_labels[:known]
    unknown = data.train_images[known:][:VALIDATION], data.train_labels[known:][:VALIDATION]
    return ClassifierTask(model, learnt, unknown, config)


def held_out(data: Mnist) -> int:
    """How many of the last training images are not learnt from: 10,000 of 60,000."""
    return len(data.train_images) // HELD_OUT


class ClassifierTask(SupervisedTask[Classifier]):
    """A classifier that learns from images (N, 784) uint8 and labels (N,).

    metrics: "train_loss" (cross-entropy in nats), "validation_loss", "validation_accuracy",
    "learning_rate". preview: "confusion" (10, 10) float32, how many of each digit (row) were taken
    for each (column).
    """

    def __init__(
        self,
        model: Classifier,
        train: tuple[Tensor, Tensor],
        validation: tuple[Tensor, Tensor],
        config: ClassifierConfig,
    ):
        super().__init__(model, config, len(train[0]), triangular, WARM_UP)
        self.images, self.labels = (part.to(self.device) for part in train)
        self.validation = tuple(part.to(self.device) for part in validation)

    def loss(self, chosen: Tensor) -> Tensor:
        images = augment(pixels(self.images[chosen]), self.generator)
        return F.cross_entropy(self.model(images), self.labels[chosen])

    @torch.no_grad()
    def preview(self) -> tuple[dict[str, float], Preview]:
        images, labels = self.validation
        logits = classify(self.model, images)
        found = logits.argmax(1)
        figures = {
            "validation_loss": float(F.cross_entropy(logits, labels)),
            "validation_accuracy": float((found == labels).float().mean()),
        }
        confusion = torch.bincount(labels * 10 + found, minlength=100).view(10, 10)
        return figures, {"confusion": confusion.cpu().numpy().astype(np.float32)}


def augment(images: Tensor, generator: torch.Generator) -> Tensor:
    """Images (B, 784) after a small random affine map of each: rotation, scale, shear, shift."""
    device = images.device
    # Up to 12 % of the half side, which is also some 7 degrees, in each of six numbers.
    by = torch.rand(len(images), 2, 3, generator=generator, device=device) * 0.24 - 0.12
    maps = torch.eye(2, 3, device=device) + by
    square = images.view(-1, 1, SIDE, SIDE)
    grid = F.affine_grid(maps, list(square.shape), align_corners=False)
    return F.grid_sample(square, grid, align_corners=False).flatten(1)
