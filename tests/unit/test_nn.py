"""Moving averages, schedules, seeds and masks of core.nn."""

import pytest
import torch
from torch import nn

from core.nn.attention import causal_mask, key_padding_mask
from core.nn.ema import update_ema
from core.nn.reproducible import seeded
from core.nn.schedules import (
    constant_then_linear,
    linear_warmup_cosine,
    linear_warmup_linear,
    triangular,
)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([linear_warmup_cosine(step, 10, 2) for step in (0, 1, 2, 6, 10)], [0.5, 1, 1, 0.5, 0]),
        ([linear_warmup_linear(step, 10, 2) for step in (0, 1, 2, 6, 10)], [0.5, 1, 1, 0.5, 0]),
        ([linear_warmup_linear(step, 10, 0) for step in (0, 5, 10)], [1, 0.5, 0]),
        ([triangular(step, 9, 2) for step in (0, 1, 5, 9)], [0.5, 1, 0.5, 0]),
        ([constant_then_linear(step, 10, 0.5) for step in (0, 5, 6, 10)], [1, 1, 0.8, 0]),
        ([constant_then_linear(step, 10, 0.0) for step in (0, 9, 10)], [1, 1, 0]),
    ],
)
def test_schedules_match_hand_calculations(shares, expected):
    assert shares == pytest.approx(expected, abs=1e-12)


def test_ema_of_tensors():
    average = torch.tensor([1.0, 2.0])
    update_ema(average, torch.tensor([5.0, 2.0]), 0.75)
    assert average.tolist() == [2.0, 2.0]


def test_ema_of_modules_includes_buffers_but_not_integers():
    average, online = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    nn.init.constant_(online.weight, 3.0)
    online.get_buffer("running_mean").fill_(4.0)
    online.get_buffer("num_batches_tracked").fill_(7)
    update_ema(average, online, 0.5)
    assert average.weight.tolist() == [2.0, 2.0]
    assert average.get_buffer("running_mean").tolist() == [2.0, 2.0]
    assert average.num_batches_tracked == 0


def test_seeded_draws_as_manual_seed_and_restores_the_state():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        expected = torch.rand(4)
    before = torch.get_rng_state()
    with pytest.raises(KeyError), seeded(3):
        assert torch.equal(torch.rand(4), expected)
        raise KeyError
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_seeded_does_not_change_the_state_of_cuda():
    before = torch.cuda.get_rng_state()
    with seeded(3):
        torch.rand(1)
    assert torch.equal(torch.cuda.get_rng_state(), before)


def test_masks():
    assert key_padding_mask(torch.tensor([[5, 6]])) is None
    mask = key_padding_mask(torch.tensor([[5, 0]]))
    assert mask is not None
    assert mask.tolist() == [[[[True, False]]]]
    assert causal_mask(2, past=1).tolist() == [[True, True, False], [True, True, True]]
