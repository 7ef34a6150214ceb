"""Trains a GAN: the discriminator learns to tell real from fake, the generator to pass for real.

Goodfellow et al. 2014, algorithm 1, for images and for points in the plane. Differs from the paper
in: 1. discriminator and generator share one batch of generated examples; 2. the auxiliary
classification loss (Odena et al. 2017) trains the discriminator on real images only; 3. Adam, other
losses, penalties and an average of the generator's weights, as the settings say.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from core.digits import points, toy
from core.digits.config import DigitsConfig, GanConfig, ImageConfig, ToyConfig
from core.digits.losses import (
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    r1,
    reported_scores,
)
from core.digits.model import ConvDiscriminator, Gan
from core.mnist import pixels
from core.nn.ema import update_ema
from core.nn.schedules import constant_then_linear
from core.training.batches import ShuffledBatches
from core.training.loop import Means, Pace, Preview, Task

TOY_PACE = Pace(seconds=0.06, preview_share=math.inf)  # the plane is drawn as it moves
UNLIMITED = 1_000  # steps a second, from which on no step waits for the clock
R1_EVERY = 8  # steps between two of its penalties, each as strong as eight (Karras et al. 2020)
SECOND_BETA = 0.999  # of Adam


@dataclass(frozen=True)
class Plane:
    """The data of a GAN in the plane: points drawn as it goes, from `config.shape`."""

    source: str = "plane"


class GanTask(Task[Gan]):
    """A GAN that learns from `data.fit`, or from points on `config.shape` in the plane.

    A step is `discriminator_steps` steps of the discriminator, then one of the generator. The batch
    size stays when settings are sent.

    metrics: "generator_loss" and "discriminator_loss" (without its penalty); "real_score" and
    "fake_score", the discriminator's probability that a real or fake example is real, or its value
    where the loss knows no probability; "learning_rate", the generator's. preview: "wall"
    (100, 784) uint8, the images of `model.preview_latents()`; in the plane that of `toy.preview`.
    """

    config: GanConfig

    def __init__(self, model: Gan, data: Any, config: GanConfig):
        self.model, self.config = model, config
        if isinstance(config, ToyConfig):
            self.pace = TOY_PACE
        self.generator = torch.Generator(self.device).manual_seed(config.seed)
        self.images, self.labels = torch.empty(0), torch.empty(0)
        self.batch_size, self.total = config.batch_size, 0
        fused = self.device.type != "mps"
        self.optimisers = {
            "generator": torch.optim.Adam(model.generator.parameters(), fused=fused),
            "discriminator": torch.optim.Adam(model.discriminator.parameters(), fused=fused),
        }
        self.stateful = {**self.optimisers, "random": self.generator}
        if isinstance(config, ImageConfig):
            self.images = data.fit.to(self.device)
            self.labels = data.train_labels[: len(self.images)].to(self.device)
            self.batches = ShuffledBatches(len(self.images), config.batch_size, self.generator)
            self.batch_size = self.batches.batch_size
            self.total = self.batches.per_epoch * config.epochs
            self.stateful |= {"batches": self.batches}
        elif isinstance(config, ToyConfig):
            self.total = config.steps
        self.means = Means("generator_loss", "discriminator_loss", "real_score", "fake_score")
        self.rate = 0.0

    @property
    def steps_per_second(self) -> float:
        if isinstance(self.config, ToyConfig) and self.config.pace < UNLIMITED:
            return self.config.pace
        return math.inf

    def optimise(self) -> None:
        """Some steps of the discriminator, then one of the generator."""
        config = self.config
        self.rate = config.generator_rate * constant_then_linear(
            self.step, self.total, config.decay
        )
        ratio = config.discriminator_rate / config.generator_rate
        for name, rate in (("generator", self.rate), ("discriminator", self.rate * ratio)):
            for group in self.optimisers[name].param_groups:
                group["lr"], group["betas"] = rate, (config.momentum, SECOND_BETA)
        trains = {"generator", "discriminator"} if config.only == "both" else {config.only}
        if "discriminator" in trains:
            for _ in range(config.discriminator_steps - 1):
                self._train_on_batch({"discriminator"})
        self.means.add(*self._train_on_batch(trains))
        self.step += 1

    def _train_on_batch(self, trains: set[str]) -> tuple[Tensor, ...]:
        """A step of each network that trains, on one batch; the four scalars of `metrics`."""
        real, labels = self._real_batch()
        shape = len(real), self.model.latent_size
        latents = torch.randn(shape, generator=self.generator, device=self.device)
        with torch.set_grad_enabled("generator" in trains):
            fake = self.model.generator(latents, labels)
        with torch.set_grad_enabled("discriminator" in trains):
            loss, scores = self.discriminator_step(real, fake.detach(), labels)
        made = generator_loss(self.config.loss, scores[1])
        if "generator" in trains:
            made = self.generator_step(fake, labels)
        real_score, fake_score = (reported_scores(self.config.loss, each).mean() for each in scores)
        return made, loss, real_score, fake_score

    def _real_batch(self) -> tuple[Tensor, Tensor | None]:
        """A batch as the discriminator takes it, and its labels if it is conditional."""
        if isinstance(self.config, ToyConfig):
            return points.draw(self.config, self.batch_size, self.generator), None
        chosen = self.batches.next()
        images = self.model.from_pixels(pixels(self.images[chosen]))
        return images, self.labels[chosen] if self.model.conditional else None

    def discriminator_step(
        self, real: Tensor, fake: Tensor, labels: Tensor | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """The discriminator's loss and its scores (B,) of both batches; a step if it trains."""
        discriminator, config = self.model.discriminator, self.config

        def critic(examples: Tensor) -> Tensor:
            return discriminator(examples, labels)

        both = None if labels is None else labels.repeat(2)
        scores, classes = self._discriminate(torch.cat([real, fake]), both)
        real_scores, fake_scores = scores.chunk(2)
        loss = whole = discriminator_loss(config.loss, real_scores, fake_scores)
        if loss.requires_grad:
            if classes is not None and labels is not None:
                auxiliary = F.cross_entropy(classes[: len(real)], labels)
                whole = whole + _auxiliary_weight(config) * auxiliary
            if config.loss == "wgan-gp":
                penalty = gradient_penalty(critic, real, fake, self.generator)
                whole = whole + config.gradient_penalty * penalty
            if config.r1 and self.step % R1_EVERY == 0:
                whole = whole + R1_EVERY * config.r1 * r1(critic, real)
            self._descend("discriminator", whole)
        return loss, (real_scores, fake_scores)

    def generator_step(self, fake: Tensor, labels: Tensor | None) -> Tensor:
        """The generator's loss, a scalar, and a step of it."""
        config = self.config
        self.model.discriminator.requires_grad_(False)
        scores, classes = self._discriminate(fake, labels)
        loss = whole = generator_loss(config.loss, scores)
        if classes is not None and labels is not None:
            whole = whole + _auxiliary_weight(config) * F.cross_entropy(classes, labels)
        self._descend("generator", whole)
        self.model.discriminator.requires_grad_(True)
        if isinstance(config, DigitsConfig):
            # A mean over few steps at first, else the first minute would show noise.
            decay = min(config.average, (1 + self.step) / (10 + self.step))
            if self.model.average is not None:
                update_ema(self.model.average, self.model.generator, decay)
        return loss

    def _discriminate(
        self, examples: Tensor, labels: Tensor | None
    ) -> tuple[Tensor, Tensor | None]:
        """Scores (B,), and the logits (B, 10) of the auxiliary classifier where there is one."""
        discriminator = self.model.discriminator
        if isinstance(discriminator, ConvDiscriminator) and discriminator.naming is not None:
            features = discriminator.features(examples)
            return discriminator.head(features, labels), discriminator.naming(features)
        return discriminator(examples, labels), None

    def _descend(self, name: str, loss: Tensor) -> None:
        self.optimisers[name].zero_grad()
        loss.backward()
        self.optimisers[name].step()

    def metrics(self, seconds: float) -> dict[str, float]:
        return {**self.means.take(), "learning_rate": self.rate}

    @torch.no_grad()
    def preview(self) -> tuple[dict[str, float], Preview]:
        if isinstance(self.config, ToyConfig):
            return {}, toy.preview(self.model, self.config)
        images = self.model.sample(*self.model.preview_latents())
        return {}, {"wall": (images * 255).round().to(torch.uint8).cpu().numpy()}


def _auxiliary_weight(config: GanConfig) -> float:
    return config.naming if isinstance(config, DigitsConfig) else 0.0
