"""Trains an autoencoder, plain, variational, denoising or sparse: one loop, four objectives."""

import math
import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.autoencoder.config import (
    AutoencoderConfig,
    DenoisingConfig,
    SparseConfig,
    VariationalConfig,
)
from core.autoencoder.model import Autoencoder, SparseAutoencoder, VariationalAutoencoder
from core.errors import Problem
from core.mnist import Mnist, pixels
from core.progress import Progress, Training

SECONDS = 0.3  # between two events
LOOK_SHARE = 0.1  # of the time at most goes into validation and previews
CLOUD = 2_000  # validation digits whose codes a preview holds
WARM_UP = 0.05  # share of the steps in which the learning rate rises


def train(
    model: Autoencoder,
    data: Mnist,
    config: AutoencoderConfig,
    state: dict[str, Any] | None = None,
) -> Training:
    """Train on `data.fit`, in place, with AdamW; yield a `Progress` some three times a second.

    state: filled before every event with what continuing needs; a filled one is continued from,
    exactly as if there had been no break. Sending settings, e.g. {"learning_rate": 1e-4}, changes
    them from the next step on; the length of the run and the batch size stay.

    metrics: "train_loss" (mean since the last event) and "validation_loss", of the same objective,
    its "learning_rate", and the parts of the validation objective. preview, in some of the events:
    "codes" (2000, C) float32 of the first validation digits, "reconstructions" (20, 784) uint8 of
    two validation digits of each class.

    Raises `Problem` ("training.diverged") when the loss is no longer finite, with the model as it
    was at the last event.
    """
    # Pixels that are black in every digit drive gradients below 1e-38, into numbers that a
    # processor multiplies several times more slowly than zero.
    torch.set_flush_denormal(True)
    state = {} if state is None else state
    device = next(model.parameters()).device
    images = data.fit.to(device)
    per_epoch = max(1, len(images) // config.batch_size)
    batch_size = min(config.batch_size, len(images))
    total = per_epoch * config.epochs
    optimiser = torch.optim.AdamW(
        model.parameters(), weight_decay=config.weight_decay, fused=device.type != "mps"
    )
    generator = torch.Generator(device).manual_seed(config.seed)
    order = torch.empty(0, dtype=torch.int64)
    step = 0
    if state:
        step, order = state["step"], state["order"].to(device)
        optimiser.load_state_dict(state["optimiser"])
        generator.set_state(state["generator"])
    look = Look(model, data)
    loss_sum, loss_count = torch.zeros((), device=device), 0
    good = _snapshot(model)
    last_event = -math.inf
    model.train()
    while step < total:
        position = step % per_epoch
        if position == 0:
            order = torch.randperm(len(images), generator=generator, device=device)
        rate = config.learning_rate * schedule(step, total)
        for group in optimiser.param_groups:
            group["lr"] = rate
            group["weight_decay"] = config.weight_decay
        batch = pixels(images[order[position * batch_size : (position + 1) * batch_size]])
        loss, _ = objective(model, batch, config, generator)
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
        preview = look(config, step == total)
        state |= {
            "step": step,
            "order": order,
            "optimiser": optimiser.state_dict(),
            "generator": generator.get_state(),
        }
        metrics = {"train_loss": train_loss, **look.metrics, "learning_rate": rate}
        command = yield Progress(step, total, metrics, preview)
        if command:
            config = replace(config, **command)
        loss_sum, loss_count = torch.zeros((), device=device), 0
        model.train()
        last_event = time.monotonic()


def schedule(step: int, total: int) -> float:
    """The share of the peak learning rate at a step: a linear rise, then half a cosine to zero."""
    warm_up = max(1, round(WARM_UP * total))
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, total - warm_up)))


def objective(
    model: Autoencoder, images: Tensor, config: AutoencoderConfig, generator: torch.Generator
) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of images (B, 784) and the parts it is the sum of, each a scalar.

    Squared error per pixel for the plain and deep networks; with the noise of
    `config` on the input for the denoising ones; plus the sparsity term for the sparse ones; for
    the variational ones minus the ELBO in nats per image, its KL term weighted by beta.
    """
    if isinstance(model, VariationalAutoencoder):
        assert isinstance(config, VariationalConfig)
        return _negative_elbo(model, images, config.beta, generator)
    if isinstance(model, SparseAutoencoder):
        assert isinstance(config, SparseConfig)
        codes = model.encode(images)
        error = F.mse_loss(model.decode(codes), images)
        penalty = sparsity(codes, config.sparsity_target).mean()
        parts = {"mse": error, "mean_activation": codes.mean()}
        return error + config.sparsity_weight * penalty, parts
    seen = images
    if isinstance(config, DenoisingConfig):
        strength = torch.rand(len(images), 1, generator=generator, device=images.device)
        seen = corrupt(images, config.noise * strength, config.masking * strength, generator)
    return F.mse_loss(model.decode(model.propose(seen)), images), {}


def _negative_elbo(
    model: VariationalAutoencoder, images: Tensor, beta: float, generator: torch.Generator
) -> tuple[Tensor, dict[str, Tensor]]:
    """Kingma and Welling 2014, equation 10, with one sample of each posterior."""
    binary = torch.bernoulli(images, generator=generator)
    mean, log_variance = model.posterior(binary)
    noise = torch.randn(mean.shape, generator=generator, device=mean.device)
    logits = model.decoder(mean + noise * (log_variance / 2).exp())
    error = F.binary_cross_entropy_with_logits(logits, binary, reduction="sum") / len(images)
    kl = gaussian_kl(mean, log_variance).sum(1).mean()
    return error + beta * kl, {"reconstruction": error, "kl": kl}


def gaussian_kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, variance) ‖ N(0, 1)) in nats, elementwise (Kingma and Welling, appendix B)."""
    return 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance)


def sparsity(codes: Tensor, target: float) -> Tensor:
    """KL(target ‖ mean activation) in nats of each unit (C,) of codes (B, C) in (0, 1) (Ng)."""
    mean = codes.mean(0).clamp(1e-6, 1 - 1e-6)
    on, off = target / mean, (1 - target) / (1 - mean)
    return target * on.log() + (1 - target) * off.log()


def corrupt(
    images: Tensor, noise: Tensor | float, masking: Tensor | float, generator: torch.Generator
) -> Tensor:
    """Images (B, 784) with Gaussian noise added and pixels set to zero, clipped to [0, 1].

    noise: standard deviation; masking: share of the pixels set to zero; numbers or (B, 1).
    """
    device = images.device
    noisy = images + noise * torch.randn(images.shape, generator=generator, device=device)
    kept = torch.rand(images.shape, generator=generator, device=device) >= masking
    return (noisy * kept).clamp(0, 1)


@dataclass
class Look:
    """Looks at a network in training without disturbing it: validation figures and previews."""

    model: Autoencoder
    data: Mnist
    metrics: dict[str, float] = field(default_factory=dict)
    _next: float = -math.inf

    def __post_init__(self):
        device = next(self.model.parameters()).device
        labels = self.data.validation_labels
        # Labels only choose which digits are drawn; no figure depends on them.
        chosen = torch.cat([(labels == label).nonzero()[:2, 0] for label in range(10)])
        self.images = pixels(self.data.validation[:CLOUD].to(device))
        self.drawn = pixels(self.data.validation[chosen].to(device))

    @torch.no_grad()
    def __call__(self, config: AutoencoderConfig, due: bool) -> dict[str, np.ndarray] | None:
        """Bring `metrics` up to date and return a preview, if due or not too costly yet."""
        start = time.monotonic()
        if start < self._next and not due:
            return None
        self.model.eval()
        # The same noise at every look, so that the curve moves with the network alone.
        generator = torch.Generator(self.images.device).manual_seed(0)
        loss, parts = objective(self.model, self.images, config, generator)
        self.metrics = {"validation_loss": float(loss)}
        self.metrics |= {name: float(part) for name, part in parts.items()}
        codes = self.model.propose(self.images)
        drawn = (self.model(self.drawn) * 255).round().to(torch.uint8)
        end = time.monotonic()
        self._next = end + (end - start) / LOOK_SHARE
        return {"codes": codes.cpu().numpy(), "reconstructions": drawn.cpu().numpy()}


def _snapshot(model: Autoencoder) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def _finite(model: Autoencoder) -> bool:
    return all(bool(torch.isfinite(tensor).all()) for tensor in model.state_dict().values())
