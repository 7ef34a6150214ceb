"""Trains an autoencoder: plain, deep, variational, denoising or sparse; the objectives differ."""

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
from core.mnist import Mnist, pixels
from core.nn.schedules import linear_warmup_cosine
from core.training.loop import Preview
from core.training.supervised import SupervisedTask

PREVIEW_CODES = 2_000  # validation digits whose codes a preview holds
WARM_UP = 0.05  # share of the steps in which the learning rate rises


class AutoencoderTask(SupervisedTask[Autoencoder]):
    """An autoencoder that learns from `data.fit`.

    metrics: "train_loss" and "validation_loss", of the same objective, "learning_rate", and the
    parts of the validation objective. preview: "codes" (2000, C) float32 of the first validation
    digits, "reconstructions" (20, 784) uint8 of two validation digits of each class.
    """

    def __init__(self, model: Autoencoder, data: Mnist, config: AutoencoderConfig):
        super().__init__(model, config, len(data.fit), linear_warmup_cosine, WARM_UP)
        self.images = data.fit.to(self.device)
        # Labels only choose which digits are drawn; no figure depends on them.
        labels = data.validation_labels
        chosen = torch.cat([(labels == label).nonzero()[:2, 0] for label in range(10)])
        self.validation = pixels(data.validation[:PREVIEW_CODES].to(self.device))
        self.drawn = pixels(data.validation[chosen].to(self.device))

    def loss(self, chosen: Tensor) -> Tensor:
        return objective(self.model, pixels(self.images[chosen]), self.config, self.generator)[0]

    @torch.no_grad()
    def preview(self) -> tuple[dict[str, float], Preview]:
        # The same noise at every preview, so that the curve moves with the network alone.
        generator = torch.Generator(self.device).manual_seed(0)
        loss, parts = objective(self.model, self.validation, self.config, generator)
        codes = self.model.propose(self.validation)
        drawn = (self.model(self.drawn) * 255).round().to(torch.uint8)
        figures = {name: float(part) for name, part in parts.items()}
        arrays = {"codes": codes.cpu().numpy(), "reconstructions": drawn.cpu().numpy()}
        return {"validation_loss": float(loss), **figures}, arrays


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
