"""The game: the discriminator learns to tell real from fake, the generator to pass for real.

One loop for images and for points in the plane (Goodfellow et al. 2014, algorithm 1).
"""

import math
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.digits import points, toy
from core.digits.config import DigitsConfig, GanConfig, ImageConfig, ToyConfig
from core.digits.losses import (
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    probability,
    r1,
)
from core.digits.model import ConvDiscriminator, Gan
from core.errors import Problem
from core.mnist import pixels
from core.progress import Progress, Training

SECONDS = 0.3  # between two events
TOY_SECONDS = 0.06  # between two events of a game in the plane, which is drawn as it moves
TOP_PACE = 1_000  # steps a second, from which on no step waits for the clock
LOOK_SHARE = 0.1  # of the time at most goes into previews of images
R1_EVERY = 8  # steps between two of its penalties, each as strong as eight (Karras et al. 2020)
SECOND_BETA = 0.999  # of Adam


@dataclass(frozen=True)
class Plane:
    """The data of a game in the plane: points drawn as it goes, from `config.shape`."""

    source: str = "plane"


def train(
    model: Gan, data: Any, config: GanConfig, state: dict[str, Any] | None = None
) -> Training:
    """Play the game on `data.fit`, or on `config.shape` in the plane; yield a `Progress` often.

    A step is `discriminator_steps` steps of the discriminator, then one of the generator. Events
    come some three times a second, a dozen times in the plane. state: filled before every event
    with what continuing needs; a filled one is continued from, exactly as if there had been no
    break. Sending settings, e.g. {"generator_rate": 1e-4} or {"only": "generator"}, changes them
    from the next step on; the networks, the length of the run and the batch size stay.

    metrics, means since the last event: "generator_loss" and "discriminator_loss" (without its
    penalty); "real_score" and "fake_score", the discriminator's probability that a real or fake
    example is real, or its value where the loss knows no probability; "learning_rate", the
    generator's. preview: "wall" (100, 784) uint8, the images of `model.wall()`, in some events;
    in the plane what `toy.preview` draws, in all.

    Raises `Problem` ("training.diverged") when a number is no longer finite, with the model as it
    was at the last event.
    """
    # Pixels that are black in every digit drive gradients below 1e-38, into numbers that a
    # processor multiplies several times more slowly than zero.
    torch.set_flush_denormal(True)
    state = {} if state is None else state
    game = Game(model, data, config, state)
    look = Look(model)
    between = TOY_SECONDS if isinstance(config, ToyConfig) else SECONDS
    good = _snapshot(model)
    last_event = -math.inf
    model.train()
    while game.step < game.total:
        start = time.monotonic()
        game.play(config)
        if isinstance(config, ToyConfig) and config.pace < TOP_PACE:
            time.sleep(max(0.0, start + 1 / config.pace - time.monotonic()))
        if time.monotonic() - last_event < between and game.step < game.total:
            continue
        metrics = game.metrics(config)
        if not all(map(math.isfinite, metrics.values())) or not _finite(model):
            model.load_state_dict(good)
            raise Problem("training.diverged", step=game.step)
        for name, tensor in model.state_dict().items():
            good[name].copy_(tensor)
        preview = look(config, game.step == game.total)
        state |= game.state()
        command = yield Progress(game.step, game.total, metrics, preview)
        if command:
            config = replace(config, **command)
        model.train()
        last_event = time.monotonic()


class Game:
    """The two players, their optimisers and what they play on, one step at a time."""

    def __init__(self, model: Gan, data: Any, config: GanConfig, state: dict[str, Any]):
        self.model = model
        self.device = next(model.parameters()).device
        self.images, self.labels = torch.empty(0), torch.empty(0)
        self.batch_size, self.per_epoch = config.batch_size, 0
        self.total = 0
        if isinstance(config, ImageConfig):
            self.images = data.fit.to(self.device)
            self.labels = data.train_labels[: len(self.images)].to(self.device)
            self.batch_size = min(config.batch_size, len(self.images))
            self.per_epoch = len(self.images) // self.batch_size
            self.total = self.per_epoch * config.epochs
        elif isinstance(config, ToyConfig):
            self.total = config.steps
        fused = self.device.type != "mps"
        self.players = {
            "generator": torch.optim.Adam(model.generator.parameters(), fused=fused),
            "discriminator": torch.optim.Adam(model.discriminator.parameters(), fused=fused),
        }
        self.random = torch.Generator(self.device).manual_seed(config.seed)
        self.order = torch.empty(0, dtype=torch.int64, device=self.device)
        self.step = self.drawn = 0  # steps made; batches of real images drawn
        if state:
            self.step, self.drawn = state["step"], state["drawn"]
            self.order = state["order"].to(self.device)
            self.random.set_state(state["random"])
            for name, optimiser in self.players.items():
                optimiser.load_state_dict(state[name])
        self._forget()

    def state(self) -> dict[str, Any]:
        """What continuing from here needs, the weights apart."""
        return {
            "step": self.step,
            "drawn": self.drawn,
            "order": self.order,
            "random": self.random.get_state(),
            **{name: optimiser.state_dict() for name, optimiser in self.players.items()},
        }

    def play(self, config: GanConfig) -> None:
        """Some steps of the discriminator, then one of the generator."""
        self.rate = config.generator_rate * schedule(self.step, self.total, config.decay)
        ratio = config.discriminator_rate / config.generator_rate
        for name, rate in (("generator", self.rate), ("discriminator", self.rate * ratio)):
            for group in self.players[name].param_groups:
                group["lr"], group["betas"] = rate, (config.momentum, SECOND_BETA)
        judges, makes = config.only != "generator", config.only != "discriminator"
        for _ in range(config.discriminator_steps - 1 if judges else 0):
            self._round(config, judges, makes=False)
        self._sums += self._round(config, judges, makes)
        self._count += 1
        self.step += 1

    def _round(self, config: GanConfig, judges: bool, makes: bool) -> Tensor:
        """A step of each player that may, on one batch; the four figures (4,) of `metrics`."""
        real, labels = self._real(config)
        shape = len(real), self.model.latent_size
        latents = torch.randn(shape, generator=self.random, device=self.device)
        with torch.set_grad_enabled(makes):
            fake = self.model.generator(latents, labels)
        with torch.set_grad_enabled(judges):
            loss, scores = self._judge(real, fake.detach(), labels, config)
        made = generator_loss(config.loss, scores[1])
        if makes:
            made = self._make(fake, labels, config)
        believed = (probability(config.loss, score).mean() for score in scores)
        return torch.stack([made, loss, *believed]).detach()

    def _real(self, config: GanConfig) -> tuple[Tensor, Tensor | None]:
        """A batch as the discriminator takes it, and its labels where they are told."""
        if isinstance(config, ToyConfig):
            return points.draw(config, self.batch_size, self.random), None
        position = self.drawn % self.per_epoch
        if position == 0:
            count = len(self.images)
            self.order = torch.randperm(count, generator=self.random, device=self.device)
        self.drawn += 1
        chosen = self.order[position * self.batch_size : (position + 1) * self.batch_size]
        images = self.model.from_pixels(pixels(self.images[chosen]))
        return images, self.labels[chosen] if self.model.conditional else None

    def _judge(
        self, real: Tensor, fake: Tensor, labels: Tensor | None, config: GanConfig
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """The discriminator's loss and its scores of both; a step of it, where it may step."""
        discriminator = self.model.discriminator

        def critic(examples: Tensor) -> Tensor:
            return discriminator(examples, labels)

        both = None if labels is None else labels.repeat(2)
        scores, names = self._look_at(torch.cat([real, fake]), both)
        real_scores, fake_scores = scores.chunk(2)
        loss = whole = discriminator_loss(config.loss, real_scores, fake_scores)
        if loss.requires_grad:
            if names is not None and labels is not None:
                whole = whole + _naming(config) * F.cross_entropy(names[: len(real)], labels)
            if config.loss == "wgan-gp":
                penalty = gradient_penalty(critic, real, fake, self.random)
                whole = whole + config.gradient_penalty * penalty
            if config.r1 and self.step % R1_EVERY == 0:
                whole = whole + R1_EVERY * config.r1 * r1(critic, real)
            self._step("discriminator", whole)
        return loss, (real_scores, fake_scores)

    def _make(self, fake: Tensor, labels: Tensor | None, config: GanConfig) -> Tensor:
        """The generator's loss, and a step of it."""
        self.model.discriminator.requires_grad_(False)
        scores, names = self._look_at(fake, labels)
        loss = whole = generator_loss(config.loss, scores)
        if names is not None and labels is not None:
            whole = whole + _naming(config) * F.cross_entropy(names, labels)
        self._step("generator", whole)
        self.model.discriminator.requires_grad_(True)
        if isinstance(config, DigitsConfig):
            # A mean over few steps at first, else the first minute would show noise.
            self.model.follow(min(config.average, (1 + self.step) / (10 + self.step)))
        return loss

    def _look_at(self, examples: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """The discriminator's scores (B,), and the logits (B, 10) of its names where it has any."""
        discriminator = self.model.discriminator
        if isinstance(discriminator, ConvDiscriminator) and discriminator.naming is not None:
            features = discriminator.features(examples)
            return discriminator.head(features, labels), discriminator.naming(features)
        return discriminator(examples, labels), None

    def _step(self, name: str, loss: Tensor) -> None:
        self.players[name].zero_grad()
        loss.backward()
        self.players[name].step()

    def metrics(self, config: GanConfig) -> dict[str, float]:
        """Means since this was last asked for."""
        names = "generator_loss", "discriminator_loss", "real_score", "fake_score"
        means = (self._sums / self._count).tolist()
        self._forget()
        return {**dict(zip(names, means, strict=True)), "learning_rate": self.rate}

    def _forget(self) -> None:
        self._sums, self._count = torch.zeros(4, device=self.device), 0


def schedule(step: int, total: int, decay: float) -> float:
    """The share of both rates at a step: 1, and falling to zero over the last share `decay`."""
    return min(1.0, (total - step) / max(1.0, decay * total))


def _naming(config: GanConfig) -> float:
    return config.naming if isinstance(config, DigitsConfig) else 0.0


class Look:
    """Draws a game in progress without disturbing it."""

    def __init__(self, model: Gan):
        self.model = model
        self._next = -math.inf

    @torch.no_grad()
    def __call__(self, config: GanConfig, due: bool) -> dict[str, np.ndarray] | None:
        """A preview, if due or not too costly yet."""
        self.model.eval()
        if isinstance(config, ToyConfig):
            return toy.preview(self.model, config)
        start = time.monotonic()
        if start < self._next and not due:
            return None
        images = self.model.sample(*self.model.wall())
        end = time.monotonic()
        self._next = end + (end - start) / LOOK_SHARE
        return {"wall": (images * 255).round().to(torch.uint8).cpu().numpy()}


def _snapshot(model: Gan) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def _finite(model: Gan) -> bool:
    # A sum is infinite or no number where any of its parts is, and is quickly had.
    return all(math.isfinite(float(tensor.sum())) for tensor in model.state_dict().values())
