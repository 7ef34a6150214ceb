"""Points in the plane, and the preview of a GAN that is trained on them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.digits import points, toy
from core.digits.config import LOSSES, SHAPES, ToyConfig
from core.digits.losses import generator_loss
from core.digits.model import build
from core.errors import Problem

DRAWN = "0.5,0.5 -0.25,0.75 0,0"


def config_of(shape) -> ToyConfig:
    return ToyConfig(shape=shape, drawn=DRAWN if shape == "drawn" else "")


@pytest.mark.parametrize("shape", SHAPES)
def test_real_points_are_good_and_find_every_mode(shape):
    config = config_of(shape)
    real = points.draw(config, 4_000, torch.Generator().manual_seed(0))
    assert real.shape == (4_000, 2) and real.dtype == torch.float32
    assert real.abs().max() < 1.25
    found = points.measure_coverage(real.numpy(), config)
    # A plane's normal lies within 3 σ with probability 1 − exp(−4.5).
    assert found.modes == found.total and found.good >= 0.98
    again = points.draw(config, 4_000, torch.Generator().manual_seed(0))
    assert torch.equal(real, again)


def test_modes_count_from_a_tenth_of_their_share():
    config = ToyConfig()
    anchors = points.shape_of("ring").anchors.numpy()
    some = np.concatenate([np.repeat(anchors[:3], 100, 0), anchors[3:4], np.zeros((99, 2))])
    found = points.measure_coverage(some, config)
    assert (found.modes, found.total) == (3, 8)
    assert found.good == pytest.approx(301 / 400)
    assert points.measure_coverage(np.zeros((0, 2)), config) == points.Coverage(0, 8, 0.0)
    assert points.shape_of("grid").count == 25 and points.shape_of("spiral").count == 20


def test_drawings_are_read():
    expected = [[0.5, 0.5], [-0.25, 0.75], [0, 0]]
    np.testing.assert_array_equal(points.parse(DRAWN), expected)


@pytest.mark.parametrize(
    ("key", "drawn"),
    [
        ("points.empty", " "),
        ("points.many", "0,0 " * 501),
        ("points.unreadable", "1,2,3"),
        ("points.unreadable", "0,0 1"),
        ("points.unreadable", "a,b"),
        ("points.far", "2,0"),
        ("points.far", "nan,0"),
    ],
)
def test_what_is_no_drawing_is_refused(key, drawn):
    with pytest.raises(Problem) as caught:
        points.parse(drawn)
    assert caught.value.key == key


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("latent_size", [2, 5])
def test_the_preview_is_finite(loss, latent_size):
    config = ToyConfig(loss=loss, latent_size=latent_size)
    arrays = toy.preview(build(config), config)
    shapes = {name: array.shape for name, array in arrays.items()}
    assert shapes == {
        "points": (400, 2), "real": (400, 2), "heat": (40, 40), "sheet": (21, 21, 2),
        "arrows": (60, 2),
    }  # fmt: skip
    assert all(a.dtype == np.float32 and np.isfinite(a).all() for a in arrays.values())
    assert 0 <= arrays["heat"].min() <= arrays["heat"].max() <= 1


def test_heat_is_at_its_cells_and_arrows_decrease_the_loss():
    config = ToyConfig()
    model = build(config)
    arrays = toy.preview(model, config)
    middles = toy.EDGE * ((2 * np.arange(40) + 1) / 40 - 1)
    place = torch.tensor([[middles[31], middles[4]]], dtype=torch.float32)
    with torch.no_grad():
        expected = model.discriminate(place).sigmoid()
    assert arrays["heat"][4, 31] == pytest.approx(expected.item(), abs=1e-5)
    start = torch.from_numpy(arrays["points"][:60])
    step = start + 1e-3 * torch.from_numpy(arrays["arrows"])
    with torch.no_grad():
        before, after = (
            generator_loss("non-saturating", model.discriminate(x)) for x in (start, step)
        )
    lengths = np.square(arrays["arrows"]).sum(1).mean()
    assert (before - after).item() == pytest.approx(1e-3 * lengths, rel=0.2, abs=1e-6)


def test_a_preview_changes_no_state():
    config = ToyConfig()
    model = build(config)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    state = torch.get_rng_state()
    one, other = toy.preview(model, config), toy.preview(model, replace(config, seed=7))
    assert all((one[name] == other[name]).all() for name in one)
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(before[name], t) for name, t in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
