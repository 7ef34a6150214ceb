"""Inversion finds the latent of a generated image, and reports its error."""

import numpy as np
import pytest
import torch

from core.digits.config import DigitsConfig, MlpConfig
from core.digits.invert import STARTS, invert
from core.digits.model import build
from core.digits.sample import draw_latents, sample
from core.errors import Problem

PLAIN = build(MlpConfig(latent_size=4)).eval()
CONDITIONAL = build(DigitsConfig(width=8, latent_size=4)).eval()


def test_a_generated_image_is_reproduced():
    latent = draw_latents(1, 4, 9)
    target = sample(PLAIN, latent)[0]
    steps = list(invert(PLAIN, target, steps=60))
    assert [step.step for step in steps] == list(range(1, 61)) and steps[0].total == 60
    assert steps[-1].error < 0.4 * steps[0].error
    last = steps[-1]
    np.testing.assert_allclose(last.image, sample(PLAIN, last.latent[None])[0], atol=1e-5)
    assert last.error == pytest.approx(np.sqrt(np.square(last.image - target).mean()), rel=1e-3)
    assert last.label is None and steps[0].searches == STARTS > last.searches


def test_the_same_seed_gives_the_same_result_and_changes_no_state():
    before = {name: tensor.clone() for name, tensor in CONDITIONAL.state_dict().items()}
    target = sample(CONDITIONAL, draw_latents(1, 4, 3), 6)[0]
    one, other = (list(invert(CONDITIONAL, target, seed=5, steps=10))[-1] for _ in range(2))
    np.testing.assert_array_equal(one.latent, other.latent)
    assert one.label in range(10)
    assert all(torch.equal(before[name], t) for name, t in CONDITIONAL.state_dict().items())
    assert all(parameter.grad is None for parameter in CONDITIONAL.parameters())


def test_a_class_can_be_given():
    target = sample(CONDITIONAL, draw_latents(1, 4, 3), 6)[0]
    assert {step.label for step in invert(CONDITIONAL, target, 4, steps=5)} == {4}


@pytest.mark.parametrize(
    ("key", "target", "label", "steps"),
    [
        ("image.size", np.zeros(10), None, 5),
        ("image.range", np.full(784, 2.0), None, 5),
        ("value.finite", np.full(784, np.nan), None, 5),
        ("label.range", np.zeros(784), 10, 5),
        ("setting.range", np.zeros(784), None, 0),
        ("setting.range", np.zeros(784), None, 10**6),
    ],
)
def test_bad_input_is_refused_before_the_first_step(key, target, label, steps):
    with pytest.raises(Problem) as caught:
        invert(CONDITIONAL, target, label, steps=steps)
    assert caught.value.key == key
