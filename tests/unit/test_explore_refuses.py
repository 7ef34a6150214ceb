"""What the verbs of the autoencoder do not understand, they refuse in words."""

from typing import Any, cast

import numpy as np
import pytest
import torch

from core.autoencoder import explore, latent_space
from core.autoencoder.config import PlainConfig, VariationalConfig
from core.autoencoder.model import build
from core.errors import Problem


def digits(count):
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (count, 784), dtype=np.uint8)
    return images, generator.integers(0, 10, count)


IMAGE = np.zeros(784)
MODEL = build(PlainConfig())
SPACE = latent_space.build(MODEL, *digits(20))
# As a request that nobody typed may call it.
unchecked = cast(Any, explore)
REFUSED = [
    ("image.size", lambda: explore.encode(MODEL, np.zeros((2, 783)))),
    ("image.size", lambda: explore.locate(MODEL, SPACE, np.zeros(10))),
    ("image.range", lambda: explore.encode(MODEL, np.full((1, 784), 1.5))),
    ("image.range", lambda: explore.reconstruct(MODEL, np.full((1, 784), -0.1))),
    ("value.finite", lambda: explore.encode(MODEL, np.full((1, 784), np.nan))),
    ("value.finite", lambda: unchecked.locate(MODEL, SPACE, [None] * 784)),
    ("value.finite", lambda: unchecked.decode(MODEL, [[1.0, 2.0], [1.0]])),
    ("value.finite", lambda: unchecked.decode(MODEL, [[1.0, np.inf, 0.0]])),
    ("value.large", lambda: unchecked.decode(MODEL, [[1.0, -1e5, 0.0]])),
    ("value.large", lambda: cast(Any, SPACE.view).from_view([[1e300, 0.0, 0.0]])),
    ("code.size", lambda: explore.decode(MODEL, np.zeros((1, 4)))),
    ("code.size", lambda: explore.decode(MODEL, np.zeros(3))),
    ("code.size", lambda: SPACE.view.from_view(np.zeros((5, 2)))),
    ("code.size", lambda: explore.interpolate(MODEL, np.zeros(2), np.zeros(2), 5)),
    ("setting.range", lambda: explore.interpolate(MODEL, np.zeros(3), np.zeros(3), 1)),
    ("setting.type", lambda: unchecked.interpolate(MODEL, np.zeros(3), np.zeros(3), 2.5)),
    ("setting.range", lambda: explore.walk(MODEL, SPACE, 0, 1, 100_000)),
    ("index.range", lambda: explore.walk(MODEL, SPACE, 0, 20, 5)),
    ("index.range", lambda: explore.walk(MODEL, SPACE, -1, 2, 5)),
    ("index.range", lambda: unchecked.walk(MODEL, SPACE, "a", 2, 5)),
    ("setting.range", lambda: explore.slice_plane(MODEL, SPACE, resolution=21)),
    ("setting.range", lambda: explore.slice_plane(MODEL, SPACE, axes=(0, 3))),
    ("setting.choice", lambda: explore.slice_plane(MODEL, SPACE, axes=(1, 1))),
    ("value.finite", lambda: explore.slice_plane(MODEL, SPACE, fixed=np.nan)),
    ("setting.range", lambda: explore.corrupt(IMAGE[None], -0.1, 0.0, 0)),
    ("setting.type", lambda: unchecked.corrupt(IMAGE[None], 0.1, 0.0, "seed")),
    ("setting.range", lambda: explore.compare({"a": MODEL}, IMAGE, 0.1, 2.0, 0)),
    ("network.variational", lambda: explore.posterior(MODEL, SPACE, IMAGE)),
    ("network.variational", lambda: explore.resample(MODEL, IMAGE, 3, 0)),
    ("network.variational", lambda: explore.sample_prior(MODEL, 3, 0)),
    ("setting.range", lambda: explore.sample_prior(build(VariationalConfig(width=32)), 0, 0)),
    ("image.empty", lambda: explore.centre(np.zeros((280, 280)))),
    ("image.empty", lambda: explore.centre(np.full((280, 280), 0.05))),
    ("image.empty", lambda: explore.centre(np.pad(np.ones((3, 3)), 140))),
    ("image.range", lambda: explore.centre(np.full((280, 280), 255))),
    ("value.finite", lambda: explore.centre(np.full((280, 280), np.nan))),
    ("drawing.size", lambda: explore.centre(np.zeros(784))),
    ("drawing.size", lambda: explore.centre(np.zeros((1, 5_000)))),
]


@pytest.mark.parametrize(("key", "call"), REFUSED)
def test_bad_input_is_refused_in_words(key, call):
    with pytest.raises(Problem) as caught:
        call()
    assert caught.value.key == key


def test_a_flat_code_has_no_third_axis():
    model = build(PlainConfig(code_size=2))
    space = latent_space.build(model, *digits(20))
    with pytest.raises(Problem) as caught:
        explore.slice_plane(model, space, axes=(0, 2))
    assert caught.value.key == "network.code"


def test_a_network_gone_to_infinity_is_refused():
    model = build(PlainConfig())
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(torch.nan)
    with pytest.raises(Problem) as caught:
        latent_space.build(model, *digits(20))
    assert caught.value.key == "value.finite"
