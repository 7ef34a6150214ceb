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
    """Measure a generator on as many samples as there are test digits, from fixed latents.

    A conditional generator gets the labels of the test digits. "label_agreement": share of the
    samples that the shipped classifier assigns to the requested class. "frechet_ratio": Fréchet
    distance of the samples from the test digits in the classifier's features, divided by that of
    the training images that it was not trained on. "precision", "recall", "density", "coverage":
    see `core.mnist.prdc`. "classifier_accuracy": test accuracy of a new classifier trained on
    generated digits only, with the labels of the training images. notes: "judge", the SHA-256 of
    the shipped classifier. In the plane, of 10,000 points: "good", the share near the real points,
    and "modes", the share of the modes that are covered (see `points.measure_coverage`).

    quick: leave out the new classifier and the four, which take minutes. Raises `Problem` where the
    data have no test digits or the shipped classifier is missing.
    """
    model.eval()
    if isinstance(config, ToyConfig):
        return _in_the_plane(model, config)
    data.require_test()
    shipped, digest = classifier.load()
    shipped.to(next(model.parameters()).device)
    count = len(data.test_images)
    samples = draw(model, data.test_labels, seed=0)
    fake, real = extract_features(shipped, samples), extract_features(shipped, data.test_images)
    metrics = Metrics(notes={"judge": digest})
    if model.conditional:
        found = shipped.head(fake).argmax(1).cpu()
        agreement = float((found == data.test_labels).double().mean())
        metrics.add("label_agreement", agreement, count)
    unseen = extract_features(shipped, data.train_images[-held_out(data) :])
    metrics.add(
        "frechet_ratio", frechet_distance(fake, real) / frechet_distance(unseen, real), count
    )
    if quick:
        return metrics
    for name, value in precision_recall_density_coverage(real, fake).items():
        metrics.add(name, value, count)
    if model.conditional:
        trained = train_on_samples(model, data)
        accuracy = classifier.evaluate(trained, data, trained.config).values["accuracy"]
        metrics.add("classifier_accuracy", accuracy, count)
    return metrics


def _in_the_plane(model: Gan, config: ToyConfig) -> Metrics:
    device = next(model.parameters()).device
    generator = torch.Generator().manual_seed(0)
    latents = torch.randn(POINTS, model.latent_size, generator=generator).to(device)
    found = points.measure_coverage(model.sample(latents).cpu().numpy(), config)
    metrics = Metrics()
    metrics.add("good", found.good, POINTS)
    metrics.add("modes", found.modes / found.total, POINTS)
    return metrics


@torch.no_grad()
def draw(model: Gan, labels: Tensor, seed: int) -> Tensor:
    """Images (N, 784) uint8 on the CPU, one for each label (N,), of latents drawn with a seed.

    An unconditional network makes as many.
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
def train_on_samples(model: Gan, data: Mnist) -> Classifier:
    """A classifier of seed 0, trained on generated digits only (Ravuri and Vinyals 2019)."""
    config = ClassifierConfig()
    trained = classifier.build(config).to(next(model.parameters()).device)
    samples = draw(model, data.train_labels, seed=1)
    fit, validation = (samples, data.train_labels), (data.validation, data.validation_labels)
    for _ in run(ClassifierTask(trained, fit, validation, config)):
        pass
    return trained
