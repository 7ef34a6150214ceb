"""Figures of a GAN: its samples beside real digits, as the digit classifier sees both.

Classification accuracy: Ravuri and Vinyals 2019, "Classification accuracy score for conditional
generative models".
"""

import torch
from torch import Tensor

from core.digits import points
from core.digits.config import GanConfig, ToyConfig
from core.digits.model import Gan
from core.mnist import Mnist, classifier
from core.mnist.classifier import Classifier, extract_features
from core.mnist.config import ClassifierConfig
from core.mnist.frechet import frechet_distance
from core.mnist.prdc import precision_recall_density_coverage
from core.mnist.train import ClassifierTask, held_out
from core.training.loop import run
from core.training.metrics import Metrics

BATCH = 500  # images generated at once: their feature maps fit the processor's cache
POINTS = 10_000  # in the plane


@torch.no_grad()
def evaluate(model: Gan, data: Mnist, config: GanConfig, quick: bool = False) -> Metrics:
    """Measure a generator on as many samples as there are test digits; always the same figures.

    The samples are labelled like the test digits where labels are told. "label_agreement": share
    that the shipped judge reads as asked. "frechet_ratio": Fréchet distance of the samples from
    the test digits in the judge's features, divided by that of the training images which the judge
    has not seen. "precision", "recall", "density", "coverage": see `core.mnist.prdc`.
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
    judge, digest = classifier.load()
    judge.to(next(model.parameters()).device)
    count = len(data.test_images)
    samples = draw(model, data.test_labels, seed=0)
    fake, real = extract_features(judge, samples), extract_features(judge, data.test_images)
    metrics = Metrics(notes={"judge": digest})
    if model.conditional:
        found = judge.head(fake).argmax(1).cpu()
        agreement = float((found == data.test_labels).double().mean())
        metrics.add("label_agreement", agreement, count)
    unseen = extract_features(judge, data.train_images[-held_out(data) :])
    metrics.add(
        "frechet_ratio", frechet_distance(fake, real) / frechet_distance(unseen, real), count
    )
    if quick:
        return metrics
    for name, value in precision_recall_density_coverage(real, fake).items():
        metrics.add(name, value, count)
    if model.conditional:
        fresh = learn_from_samples(model, data)
        accuracy = classifier.evaluate(fresh, data, fresh.config).values["accuracy"]
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


@torch.enable_grad()
def learn_from_samples(model: Gan, data: Mnist) -> Classifier:
    """A judge of seed 0 that has seen generated digits alone (Ravuri and Vinyals 2019)."""
    config = ClassifierConfig()
    judge = classifier.build(config).to(next(model.parameters()).device)
    samples = draw(model, data.train_labels, seed=1)
    known, unknown = data.train_labels, data.validation_labels
    for _ in run(ClassifierTask(judge, (samples, known), (data.validation, unknown), config)):
        pass
    return judge
