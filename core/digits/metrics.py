"""Figures of a game: what its samples look like to the judge, beside real digits.

Heusel et al. 2017, "GANs trained by a two time-scale update rule" (Fréchet distance, here in the
judge's features); Naeem et al. 2020, "Reliable fidelity and diversity metrics for generative
models" (density and coverage, and precision and recall after Kynkäänniemi et al. 2019); Ravuri and
Vinyals 2019, "Classification accuracy score for conditional generative models".
"""

import torch
from torch import Tensor

from core.digits import points
from core.digits.config import GanConfig, JudgeConfig, ToyConfig
from core.digits.judge import (
    ClassifierTask,
    Judge,
    build_judge,
    evaluate_judge,
    held_out,
    load_judge,
)
from core.digits.model import Gan
from core.metrics import Metrics
from core.mnist import Mnist, pixels
from core.training.loop import run

NEIGHBOURS = 5
BATCH = 500  # images made and judged at once: their maps fit the processor's cache
POINTS = 10_000  # in the plane


@torch.no_grad()
def evaluate(model: Gan, data: Mnist, config: GanConfig, quick: bool = False) -> Metrics:
    """Measure a generator on as many samples as there are test digits; always the same figures.

    The samples are labelled like the test digits where labels are told. "label_agreement": share
    that the shipped judge reads as asked. "frechet_ratio": Fréchet distance of the samples from
    the test digits in the judge's features, divided by that of the training images which the judge
    has not seen. "precision", "recall", "density", "coverage": see `fidelity_and_diversity`.
    "classifier_accuracy": test accuracy of a fresh judge that has learnt from generated digits
    alone, as many as there are training images and labelled like them. The notes name the judge's
    SHA-256. In the plane, of 10,000 points: "good", the share near what is real, and "modes", the
    share of its modes that were found (see `points.find`).

    quick: leave out the fresh judge and the four, which makes seconds of some minutes. Raises
    `Problem` where the data have no test digits or the judge is missing.
    """
    model.eval()
    if isinstance(config, ToyConfig):
        return _in_the_plane(model, config)
    data.require_test()
    judge, digest = load_judge()
    judge.to(next(model.parameters()).device)
    count = len(data.test_images)
    samples = draw(model, data.test_labels, seed=0)
    fake, real = features(judge, samples), features(judge, data.test_images)
    metrics = Metrics(notes={"judge": digest})
    if model.conditional:
        found = judge.head(fake).argmax(1).cpu()
        agreement = float((found == data.test_labels).double().mean())
        metrics.add("label_agreement", agreement, count)
    unseen = features(judge, data.train_images[-held_out(data) :])
    metrics.add("frechet_ratio", frechet(fake, real) / frechet(unseen, real), count)
    if quick:
        return metrics
    for name, value in fidelity_and_diversity(real, fake).items():
        metrics.add(name, value, count)
    if model.conditional:
        fresh = learn_from_samples(model, data)
        accuracy = evaluate_judge(fresh, data, fresh.config).values["accuracy"]
        metrics.add("classifier_accuracy", accuracy, count)
    return metrics


def _in_the_plane(model: Gan, config: ToyConfig) -> Metrics:
    device = next(model.parameters()).device
    generator = torch.Generator().manual_seed(0)
    latents = torch.randn(POINTS, model.latent_size, generator=generator).to(device)
    found = points.find(model.sample(latents).cpu().numpy(), config)
    metrics = Metrics()
    metrics.add("good", found.good, POINTS)
    metrics.add("modes", found.modes / found.total, POINTS)
    return metrics


@torch.no_grad()
def draw(model: Gan, labels: Tensor, seed: int) -> Tensor:
    """Images (N, 784) uint8 on the CPU, one for each label (N,), of latents with that seed.

    A network that is told no labels makes as many.
    """
    device = next(model.parameters()).device
    generator = torch.Generator().manual_seed(seed)
    parts = []
    for part in labels.split(BATCH):
        latents = torch.randn(len(part), model.latent_size, generator=generator).to(device)
        images = model.sample(latents, part.to(device) if model.conditional else None)
        parts.append((images * 255).round().to(torch.uint8).cpu())
    return torch.cat(parts)


@torch.no_grad()
def features(judge: Judge, images: Tensor) -> Tensor:
    """The judge's features (N, F) of images (N, 784) uint8."""
    device = next(judge.parameters()).device
    return torch.cat([judge.features(pixels(part.to(device))) for part in images.split(BATCH)])


@torch.enable_grad()
def learn_from_samples(model: Gan, data: Mnist) -> Judge:
    """A judge of seed 0 that has seen generated digits alone (Ravuri and Vinyals 2019)."""
    config = JudgeConfig()
    judge = build_judge(config).to(next(model.parameters()).device)
    samples = draw(model, data.train_labels, seed=1)
    known, unknown = data.train_labels, data.validation_labels
    for _ in run(ClassifierTask(judge, (samples, known), (data.validation, unknown), config)):
        pass
    return judge


def frechet(one: Tensor, other: Tensor) -> float:
    """The Fréchet distance between the Gaussians that fit two sets of features (N, F).

    |m − m'|² + tr(C + C' − 2 (C C')^½): Heusel et al. 2017, equation 6.
    """
    (mean, spread), (other_mean, other_spread) = (
        (features.mean(0), features.T.cov()) for features in (one.double(), other.double())
    )
    values, vectors = torch.linalg.eigh(spread)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    # C C' and C^½ C' C^½ have the same eigenvalues, and the latter is symmetric.
    common = torch.linalg.eigvalsh(root @ other_spread @ root).clamp(min=0).sqrt().sum()
    distance = (mean - other_mean).square().sum() + spread.trace() + other_spread.trace()
    return float(distance - 2 * common)


def fidelity_and_diversity(real: Tensor, fake: Tensor) -> dict[str, float]:
    """Precision, recall, density and coverage of features fake (M, F) against real (N, F), k = 5.

    A ball around each example reaches to its fifth nearest neighbour of the same set. "precision":
    share of fake ones in any real ball; "recall": of real ones in any fake ball; "density": how
    many real balls a fake one lies in, divided by 5; "coverage": share of real balls that hold a
    fake one (Naeem et al. 2020, equations 3 to 6).
    """
    reach, fake_reach = _reach(real), _reach(fake)
    density = torch.zeros(len(fake))
    recalled, covered = [], []
    for part, radius in zip(real.split(BATCH), reach.split(BATCH), strict=True):
        distances = torch.cdist(part, fake)  # (B, M)
        inside = distances < radius[:, None]
        density += inside.sum(0).cpu() / NEIGHBOURS
        covered.append(inside.any(1))
        recalled.append((distances < fake_reach).any(1))
    return {
        "precision": float((density > 0).double().mean()),
        "recall": float(torch.cat(recalled).double().mean()),
        "density": float(density.double().mean()),
        "coverage": float(torch.cat(covered).double().mean()),
    }


def _reach(features: Tensor) -> Tensor:
    """The distance (N,) from each of features (N, F) to its fifth nearest neighbour."""
    # The nearest of all is the example itself.
    parts = [torch.cdist(part, features) for part in features.split(BATCH)]
    return torch.cat([part.kthvalue(NEIGHBOURS + 1, dim=1).values for part in parts])
