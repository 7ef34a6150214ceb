"""Figures of an autoencoder on MNIST's test digits."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.autoencoder.config import AutoencoderConfig
from core.autoencoder.model import Autoencoder, SparseAutoencoder, VariationalAutoencoder
from core.autoencoder.train import corrupt, gaussian_kl
from core.mnist import Mnist, pixels
from core.training.metrics import Metrics

BATCH = 1_000
NEIGHBOURS = 5
NOISE = 0.5  # standard deviation on the input of `denoised_mse`
SAMPLES = 500  # of each posterior, for `log_likelihood`
SAMPLE_BATCH = 8_192  # codes decoded at once
QUICK = 500  # digits whose likelihood is taken in a hurry


@torch.no_grad()
def evaluate(
    model: Autoencoder, data: Mnist, config: AutoencoderConfig, quick: bool = False
) -> Metrics:
    """Measure a network on the test digits; the same figures every time.

    "test_mse": squared error per pixel. "denoised_mse": the same against the clean image, with
    Gaussian noise of standard deviation 0.5 on the input, clipped to [0, 1]. "neighbour_accuracy":
    of naming a digit by its 5 nearest training codes. Variational networks add "log_likelihood",
    "elbo" and "kl", in nats per image; sparse ones "mean_activation" and "active_units".
    quick: leave out the neighbours, and take the likelihoods of the first 500 digits alone, which
    makes seconds of a minute or two. Raises `Problem` where the data have no test digits.
    """
    data.require_test()
    model.eval()
    device = next(model.parameters()).device
    images = pixels(data.test_images.to(device))
    count = len(images)
    generator = torch.Generator(device).manual_seed(0)
    noisy = corrupt(images, NOISE, 0.0, generator)
    codes = encode(model, images)
    metrics = Metrics()
    metrics.add("test_mse", _error(model, codes, images), count)
    metrics.add("denoised_mse", _error(model, encode(model, noisy), images), count)
    if not quick:
        parts = data.train_images.split(BATCH)
        known = torch.cat([encode(model, pixels(part.to(device))) for part in parts])
        accuracy = neighbour_accuracy(known, data.train_labels, codes, data.test_labels)
        metrics.add("neighbour_accuracy", accuracy, count)
    if isinstance(model, VariationalAutoencoder):
        chosen = images[:QUICK] if quick else images
        for name, value in likelihood(model, chosen).items():
            metrics.add(name, value, len(chosen))
    if isinstance(model, SparseAutoencoder):
        metrics.add("mean_activation", float(codes.mean()), count)
        metrics.add("active_units", int((codes > 0.5).any(0).sum()), count)
    return metrics


def encode(model: Autoencoder, images: Tensor) -> Tensor:
    """Codes (N, C) of any number of images (N, 784), a batch at a time."""
    return torch.cat([model.encode(part) for part in images.split(BATCH)])


def _error(model: Autoencoder, codes: Tensor, images: Tensor) -> float:
    """Squared error per pixel of the decoded codes (N, C) against images (N, 784)."""
    parts = zip(codes.split(BATCH), images.split(BATCH), strict=True)
    total = sum(float(F.mse_loss(model.decode(c), x, reduction="sum").double()) for c, x in parts)
    return total / images.numel()


def neighbour_accuracy(known: Tensor, known_labels: Tensor, codes: Tensor, labels: Tensor) -> float:
    """Share of codes (N, C) whose label is the commonest among their 5 nearest known codes.

    Of several equally common labels the one with the nearest code wins.
    """
    from sklearn.neighbors import NearestNeighbors  # a second to import, and only figures need it

    index = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(known.cpu().numpy())
    found = index.kneighbors(codes.cpu().numpy(), return_distance=False)  # (N, 5), nearest first
    votes = known_labels.numpy()[found]
    counts = (votes[:, :, None] == votes[:, None, :]).sum(2)  # (N, 5): how often each is named
    # argmax takes the first of equals, which is the nearest.
    chosen = votes[np.arange(len(votes)), counts.argmax(1)]
    return float((chosen == labels.numpy()).mean())


def likelihood(model: VariationalAutoencoder, images: Tensor) -> dict[str, float]:
    """Log-likelihood, ELBO and KL term in nats per image (N, 784), binarised with seed 0.

    The log-likelihood is estimated by importance sampling with 500 samples of each posterior
    (Kingma and Welling 2014 use another estimator; Burda et al. 2016, equation 8, is this one).
    """
    generator = torch.Generator(images.device).manual_seed(0)
    binary = torch.bernoulli(images, generator=generator)
    log_likelihood = elbo = kl = 0.0
    for part in binary.split(max(1, SAMPLE_BATCH // SAMPLES)):
        mean, log_variance = model.posterior(part)
        shape = (SAMPLES, *mean.shape)
        noise = torch.randn(shape, generator=generator, device=images.device)  # (S, B, C)
        codes = mean + noise * (log_variance / 2).exp()
        logits = model.decoder(codes.flatten(0, 1)).unflatten(0, shape[:2])  # (S, B, 784)
        # log p(x|z) of a Bernoulli variable: x · logit − log(1 + e^logit).
        log_image = (part * logits).sum(2) - F.softplus(logits).sum(2)
        # The constants of prior and posterior cancel.
        log_prior = -0.5 * (codes**2).sum(2)
        log_posterior = -0.5 * (noise**2 + log_variance).sum(2)
        weights = log_image + log_prior - log_posterior  # (S, B)
        log_likelihood += float((weights.logsumexp(0) - math.log(SAMPLES)).sum())
        divergence = gaussian_kl(mean, log_variance).sum(1)
        elbo += float((log_image.mean(0) - divergence).sum())
        kl += float(divergence.sum())
    count = len(images)
    return {"log_likelihood": log_likelihood / count, "elbo": elbo / count, "kl": kl / count}
