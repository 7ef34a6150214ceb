"""The judge: a small classifier that names digits and whose features compare sets of them.

LeCun et al. 1998, "Gradient-based learning applied to document recognition", with batch
normalisation (Ioffe and Szegedy 2015). Dimensions: B images, W the judge's width, F features.

Differs from the paper in: 1. four convolutions and two linear layers, trained with AdamW; 2. every
training image is turned, scaled, sheared and moved a little, anew each time; 3. it learns from
the first 50,000 training images alone, because the last 10,000 are what generated ones are
compared with.
"""

import math
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core import checkpoint
from core.digits.config import JudgeConfig
from core.errors import Problem
from core.metrics import Metrics
from core.mnist import SIDE, Mnist, pixels
from core.progress import Progress, Training

NAME = "digits-judge"
FEATURES = 128
HELD_OUT = 6  # the last sixth of the training images, 10,000 of 60,000, is not learnt from
SECONDS = 0.3  # between two events
LOOK = 1_000  # held-out images looked at while training
LOOK_SECONDS = 5.0  # between two looks
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
    model: Judge, data: Mnist, config: JudgeConfig, state: dict[str, Any] | None = None
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
    return learn(
        model,
        (data.train_images[:known], data.train_labels[:known]),
        (data.train_images[known:][:LOOK], data.train_labels[known:][:LOOK]),
        config,
        {} if state is None else state,
    )


def held_out(data: Mnist) -> int:
    """How many of the last training images no judge learns from: 10,000 of 60,000."""
    return len(data.train_images) // HELD_OUT


def learn(
    model: Judge,
    known: tuple[Tensor, Tensor],
    unknown: tuple[Tensor, Tensor],
    config: JudgeConfig,
    state: dict[str, Any],
) -> Training:
    """Train on known images (N, 784) uint8 and labels (N,), looking at unknown ones meanwhile."""
    torch.set_flush_denormal(True)  # as in the games
    device = next(model.parameters()).device
    images, labels = (part.to(device) for part in known)
    batch_size = min(config.batch_size, len(images))
    per_epoch = len(images) // batch_size
    total = per_epoch * config.epochs
    optimiser = torch.optim.AdamW(model.parameters(), fused=device.type != "mps")
    generator = torch.Generator(device).manual_seed(config.seed)
    order = torch.empty(0, dtype=torch.int64)
    step = 0
    if state:
        step, order = state["step"], state["order"].to(device)
        optimiser.load_state_dict(state["optimiser"])
        generator.set_state(state["generator"])
    loss_sum, loss_count = torch.zeros((), device=device), 0
    good = _snapshot(model)
    figures: dict[str, float] = {}
    last_event = last_look = -math.inf
    model.train()
    while step < total:
        position = step % per_epoch
        if position == 0:
            order = torch.randperm(len(images), generator=generator, device=device)
        rate = config.learning_rate * schedule(step, total)
        for group in optimiser.param_groups:
            group["lr"], group["weight_decay"] = rate, config.weight_decay
        chosen = order[position * batch_size : (position + 1) * batch_size]
        loss = F.cross_entropy(model(jiggle(pixels(images[chosen]), generator)), labels[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        loss_sum, loss_count = loss_sum + loss.detach(), loss_count + 1
        if time.monotonic() - last_event < SECONDS and step < total:
            continue
        train_loss = float(loss_sum) / loss_count
        if not math.isfinite(train_loss) or not _finite(model):
            model.load_state_dict(good)
            raise Problem("training.diverged", step=step)
        good = _snapshot(model)
        preview = None
        if time.monotonic() - last_look >= LOOK_SECONDS or step == total:
            figures, preview = _look(model, *(part.to(device) for part in unknown))
            last_look = time.monotonic()
        state |= {
            "step": step,
            "order": order,
            "optimiser": optimiser.state_dict(),
            "generator": generator.get_state(),
        }
        metrics = {"train_loss": train_loss, **figures, "learning_rate": rate}
        command = yield Progress(step, total, metrics, preview)
        if command:
            config = replace(config, **command)
        loss_sum, loss_count = torch.zeros((), device=device), 0
        model.train()
        last_event = time.monotonic()


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


@torch.no_grad()
def _look(
    model: Judge, images: Tensor, labels: Tensor
) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    model.eval()
    logits = judge_all(model, images)
    found = logits.argmax(1)
    figures = {
        "validation_loss": float(F.cross_entropy(logits, labels)),
        "validation_accuracy": float((found == labels).float().mean()),
    }
    confusion = torch.bincount(labels * 10 + found, minlength=100).view(10, 10)
    return figures, {"confusion": confusion.cpu().numpy().astype(np.float32)}


def judge_all(model: Judge, images: Tensor) -> Tensor:
    """Logits (N, 10) of any number of images (N, 784) uint8."""
    return torch.cat([model(pixels(part)) for part in images.split(BATCH)])


def _snapshot(model: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def _finite(model: nn.Module) -> bool:
    return all(bool(torch.isfinite(tensor).all()) for tensor in model.state_dict().values())


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
