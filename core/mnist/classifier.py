"""The judge: a small classifier that names digits and whose features compare sets of them.

LeCun et al. 1998, "Gradient-based learning applied to document recognition", with batch
normalisation (Ioffe and Szegedy 2015). Dimensions: B images, W the judge's width, F features.

Differs from the paper in: 1. four convolutions and two linear layers, trained with AdamW; 2. every
training image is turned, scaled, sheared and moved a little, anew each time; 3. it learns from
the first 50,000 training images alone, because the last 10,000 are what generated ones are
compared with.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core import checkpoint
from core.digits.config import JudgeConfig
from core.metrics import Metrics
from core.mnist import SIDE, Mnist, pixels
from core.training.loop import Pace, Preview, run
from core.training.progress import Training
from core.training.supervised import SupervisedTask

NAME = "digits-judge"
FEATURES = 128
HELD_OUT = 6  # the last sixth of the training images, 10,000 of 60,000, is not learnt from
VALIDATION = 1_000  # held-out images that previews are measured on
WARM_UP = 0.2  # share of the steps in which the learning rate rises
BATCH = 500  # images judged at once: their maps fit the processor's cache


class Judge(nn.Module):
    """784 pixels in [0, 1], 128 features, ten logits."""

    def __init__(self, config: JudgeConfig):
        super().__init__()
        self.config = config
        width = config.width
        self.body = nn.Sequential(
            *_stage(1, width, 4, stride=2, padding=1),  # (B, W, 14, 14)
            *_stage(width, 2 * width, 3, padding=1),
            nn.MaxPool2d(2),
            *_stage(2 * width, 4 * width, 3, padding=1),  # (B, 4W, 7, 7)
            *_stage(4 * width, 4 * width, 3),
            nn.MaxPool2d(2),  # (B, 4W, 2, 2)
            nn.Flatten(),
            nn.Linear(16 * width, FEATURES),
            nn.ReLU(),
        )
        self.head = nn.Linear(FEATURES, 10)

    def features(self, images: Tensor) -> Tensor:
        """What the last layer sees (B, 128) of images (B, 784) in [0, 1]."""
        square = images.view(-1, 1, SIDE, SIDE).to(memory_format=torch.channels_last)
        return self.body(square - 0.5)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, 10) of images (B, 784) in [0, 1]."""
        return self.head(self.features(images))


def _stage(before: int, after: int, side: int, **how: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(before, after, side, bias=False, **how)  # type: ignore[arg-type]
    return convolution, nn.BatchNorm2d(after), nn.ReLU()


def build_judge(config: JudgeConfig) -> Judge:
    """An untrained judge, the same for the same seed; leaves the global random state alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return Judge(config)


def load_judge(folder: Path = checkpoint.FOLDER) -> tuple[Judge, str]:
    """The judge of a folder, ready for use, and the SHA-256 of its weights.

    Raises `Problem` ("checkpoint.*") where it is missing or damaged.
    """
    card = checkpoint.read_card(folder, NAME)
    judge = build_judge(JudgeConfig.from_dict(card.config))
    weights = checkpoint.parse_weights(checkpoint.read_weights(folder, NAME), NAME, card)
    checkpoint.fill(judge, weights, NAME)
    return judge.eval(), card.sha256


def train_judge(
    model: Judge,
    data: Mnist,
    config: JudgeConfig,
    state: dict[str, Any] | None = None,
    pace: Pace | None = None,
) -> Training:
    """Train on the first five sixths of the training images, in place; yield `Progress`.

    state: as for `core.digits.train.train`, and so is what may be sent. metrics: "train_loss"
    (cross-entropy in nats, mean since the last event), "validation_loss" and
    "validation_accuracy" on the first 1,000 images held out, "learning_rate". preview, in some of
    the events: "confusion" (10, 10) float32, how many of each digit (row) were taken for each
    (column).

    Raises `Problem` ("training.diverged") as the games do.
    """
    known = len(data.train_images) - held_out(data)
    learnt = data.train_images[:known], data.train_labels[:known]
    unknown = data.train_images[known:][:VALIDATION], data.train_labels[known:][:VALIDATION]
    return run(ClassifierTask(model, learnt, unknown, config), state, pace)


def held_out(data: Mnist) -> int:
    """How many of the last training images no judge learns from: 10,000 of 60,000."""
    return len(data.train_images) // HELD_OUT


class ClassifierTask(SupervisedTask[Judge]):
    """A classifier and the images that it learns from.

    train, validation: images (N, 784) uint8 and labels (N,).
    """

    def __init__(
        self,
        model: Judge,
        train: tuple[Tensor, Tensor],
        validation: tuple[Tensor, Tensor],
        config: JudgeConfig,
    ):
        super().__init__(model, config, len(train[0]), schedule)
        self.images, self.labels = (part.to(self.device) for part in train)
        self.validation = tuple(part.to(self.device) for part in validation)

    def loss(self, chosen: Tensor) -> Tensor:
        images = jiggle(pixels(self.images[chosen]), self.generator)
        return F.cross_entropy(self.model(images), self.labels[chosen])

    @torch.no_grad()
    def preview(self) -> tuple[dict[str, float], Preview]:
        images, labels = self.validation
        logits = judge_all(self.model, images)
        found = logits.argmax(1)
        figures = {
            "validation_loss": float(F.cross_entropy(logits, labels)),
            "validation_accuracy": float((found == labels).float().mean()),
        }
        confusion = torch.bincount(labels * 10 + found, minlength=100).view(10, 10)
        return figures, {"confusion": confusion.cpu().numpy().astype(np.float32)}


def schedule(step: int, total: int) -> float:
    """The share of the peak learning rate at a step: a linear rise, then a linear fall to zero."""
    peak = max(1, round(WARM_UP * total))
    return min((step + 1) / peak, (total - step) / (total - peak + 1))


def jiggle(images: Tensor, generator: torch.Generator) -> Tensor:
    """Images (B, 784), each turned, scaled, sheared and moved a little at random."""
    device = images.device
    # Up to 12 % of the half side, which is also some 7 degrees, in each of six numbers.
    by = torch.rand(len(images), 2, 3, generator=generator, device=device) * 0.24 - 0.12
    maps = torch.eye(2, 3, device=device) + by
    square = images.view(-1, 1, SIDE, SIDE)
    grid = F.affine_grid(maps, list(square.shape), align_corners=False)
    return F.grid_sample(square, grid, align_corners=False).flatten(1)


def judge_all(model: Judge, images: Tensor) -> Tensor:
    """Logits (N, 10) of any number of images (N, 784) uint8."""
    return torch.cat([model(pixels(part)) for part in images.split(BATCH)])


@torch.no_grad()
def evaluate_judge(model: Judge, data: Mnist, config: JudgeConfig, quick: bool = False) -> Metrics:
    """Measure "accuracy": the share of the test digits that are named rightly.

    Raises `Problem` where the data have no test digits.
    """
    data.require_test()
    model.eval()
    device = next(model.parameters()).device
    found = judge_all(model, data.test_images.to(device)).argmax(1).cpu()
    metrics = Metrics()
    metrics.add("accuracy", float((found == data.test_labels).double().mean()), len(found))
    return metrics
