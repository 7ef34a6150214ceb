"""GANs and the classifier: shapes, ranges, seeds, labels and the average."""

import pytest
import torch
from torch import nn

from core.digits.config import DigitsConfig, GanConfig, MlpConfig, ToyConfig
from core.digits.model import build
from core.mnist.classifier import build as build_classifier
from core.mnist.config import ClassifierConfig
from core.mnist.train import augment
from core.nn.ema import update_ema

SMALL = DigitsConfig(width=16)
CONFIGS = (
    SMALL,
    DigitsConfig(width=16, labels="off"),
    MlpConfig(),
    MlpConfig(labels="on"),
    ToyConfig(width=8),
)
each = pytest.mark.parametrize(
    "config", CONFIGS, ids=lambda c: f"{type(c).__name__}-{c.to_dict().get('labels')}"
)


@each
def test_examples_and_scores_have_their_shapes_and_ranges(config: GanConfig):
    gan = build(config).eval()
    latents, labels = gan.preview_latents()
    assert latents.shape == (100, config.latent_size)
    assert (labels is not None) == gan.conditional
    examples = gan.sample(latents, labels)
    if isinstance(config, ToyConfig):
        assert examples.shape == (100, 2)
    else:
        assert examples.shape == (100, 784)
        assert examples.min() >= 0 and examples.max() <= 1
    assert gan.discriminate(examples, labels).shape == (100,)


@each
def test_build_is_seeded_and_leaves_the_global_state(config: GanConfig):
    before = torch.get_rng_state()
    first, second = build(config).state_dict(), build(config).state_dict()
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(first[name], second[name]) for name in first)
    other = build(type(config).from_dict(config.to_dict() | {"seed": 1})).state_dict()
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_the_perceptrons_are_those_of_the_tutorial():
    """100 → 256 → 784 with LeakyReLU 0.1 and Tanh; 784 → 128 → 1."""
    gan = build(MlpConfig())

    def layers(network: nn.Module) -> list[object]:
        found: list[object] = []
        for part in network.modules():
            if isinstance(part, nn.Linear):
                found.append((part.in_features, part.out_features))
            elif isinstance(part, nn.LeakyReLU):
                found.append(part.negative_slope)
            elif not list(part.children()):
                found.append(type(part))
        return found

    assert layers(gan.generator) == [(100, 256), 0.1, (256, 784), nn.Tanh]
    assert layers(gan.discriminator) == [(784, 128), 0.1, (128, 1)]


@pytest.mark.parametrize("config", CONFIGS[::3], ids=["convolutional", "perceptron"])
def test_a_label_changes_the_image_and_the_score(config: GanConfig):
    gan = build(config).eval()
    latents = torch.randn(1, config.latent_size, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(10)
    images = gan.sample(latents.expand(10, -1), labels)
    assert len(images.unique(dim=0)) == 10
    assert len(gan.discriminate(images[:1].expand(10, -1), labels).unique()) == 10


def test_the_average_follows_the_generator():
    gan = build(SMALL)
    before = gan.average.state_dict()["entry.weight"].clone()  # type: ignore[union-attr]
    with torch.no_grad():
        gan.generator.get_parameter("entry.weight").add_(1.0)
    assert gan.average is not None
    update_ema(gan.average, gan.generator, 0.75)
    after = gan.average.state_dict()["entry.weight"]  # type: ignore[union-attr]
    torch.testing.assert_close(after, before + 0.25)
    assert not any(p.requires_grad for p in gan.average.parameters())  # type: ignore[union-attr]


def test_samples_come_from_the_average_and_do_not_depend_on_the_batch():
    gan = build(SMALL).train()
    latents, labels = gan.preview_latents()
    assert labels is not None
    whole = gan.sample(latents, labels)
    alone = gan.sample(latents[:1], labels[:1])
    torch.testing.assert_close(whole[:1], alone)
    with torch.no_grad():
        gan.generator.get_parameter("entry.weight").zero_()
    assert torch.equal(gan.sample(latents, labels), whole)


def test_the_classifier_is_its_head_on_its_features():
    classifier = build_classifier(ClassifierConfig(width=8)).eval()
    images = torch.rand(3, 784)
    features = classifier.features(images)
    assert features.shape == (3, 128)
    torch.testing.assert_close(classifier.head(features), classifier(images))


def test_augmentation_keeps_the_range_and_moves_each_image_differently():
    blot = torch.zeros(28, 28)
    blot[10:18, 10:18] = 1
    moved = augment(blot.flatten().expand(20, -1), torch.Generator().manual_seed(0))
    assert moved.shape == (20, 784)
    assert moved.min() >= 0 and moved.max() <= 1 + 1e-6
    assert len(moved.unique(dim=0)) == 20
    assert (moved.sum(1) - 64).abs().max() < 40, "none is moved off the page"
