"""The losses of a GAN against values computed by hand."""

import math

import pytest
import torch
from torch import nn

from core.digits.losses import (
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    r1,
    reported_scores,
)

LOG_3 = math.log(3.0)  # the score at which a logistic discriminator says 3/4
REAL, FAKE = torch.tensor([LOG_3, 0.0]), torch.tensor([-LOG_3, LOG_3])  # 3/4, 1/2; 1/4, 3/4


@pytest.mark.parametrize(
    "name, discriminator, generator",
    [
        # −(log 3/4 + log 1/2)/2 − (log 3/4 + log 1/4)/2; −(log 1/4 + log 3/4)/2
        ("non-saturating", -math.log(9 / 128) / 2, -math.log(3 / 16) / 2),
        # the same for D; (log 3/4 + log 1/4)/2
        ("saturating", -math.log(9 / 128) / 2, math.log(3 / 16) / 2),
        # ((l − 1)² + 1)/4 + (l² + l²)/4; ((−l − 1)² + (l − 1)²)/4
        ("least-squares", ((LOG_3 - 1) ** 2 + 1) / 4 + LOG_3**2 / 2, (LOG_3**2 + 1) / 2),
        # (0 + 1)/2 + (0 + 1 + l)/2; (l − l)/2
        ("hinge", 0.5 + (1 + LOG_3) / 2, 0.0),
        ("wgan-gp", -LOG_3 / 2, 0.0),
    ],
)
def test_losses_by_hand(name: str, discriminator: float, generator: float):
    assert float(discriminator_loss(name, REAL, FAKE)) == pytest.approx(discriminator, abs=1e-6)
    assert float(generator_loss(name, FAKE)) == pytest.approx(generator, abs=1e-6)


def test_the_loss_of_the_optimal_discriminator_is_log_4():
    """Goodfellow et al. 2014, theorem 1: at the optimum D is 1/2 and its loss is log 4."""
    undecided = torch.zeros(5)
    assert float(discriminator_loss("saturating", undecided, undecided)) == pytest.approx(
        math.log(4)
    )


@pytest.mark.parametrize("name, strong", [("saturating", False), ("non-saturating", True)])
def test_a_certain_discriminator_leaves_the_saturating_loss_no_gradient(name: str, strong: bool):
    scores = torch.full((4,), -20.0, requires_grad=True)
    generator_loss(name, scores).backward()
    assert scores.grad is not None
    slope = float(scores.grad.abs().sum())
    assert slope == pytest.approx(1.0, abs=1e-6) if strong else slope < 1e-6


@pytest.mark.parametrize("name", ["non-saturating", "saturating"])
def test_scores_of_a_logistic_loss_become_probabilities(name: str):
    torch.testing.assert_close(reported_scores(name, REAL), torch.tensor([0.75, 0.5]))


@pytest.mark.parametrize("name", ["least-squares", "hinge", "wgan-gp"])
def test_other_scores_are_unchanged(name: str):
    assert torch.equal(reported_scores(name, REAL), REAL)


def test_the_gradient_norm_of_a_linear_critic_is_that_of_its_weight():
    critic = nn.Linear(3, 1)
    with torch.no_grad():
        critic.weight.copy_(torch.tensor([[2.0, -3.0, 6.0]]))  # of norm 7
    generator = torch.Generator().manual_seed(0)
    real, fake = torch.randn(2, 8, 3, generator=generator)
    penalty = gradient_penalty(lambda x: critic(x)[:, 0], real, fake, generator)
    assert penalty.item() == pytest.approx((7 - 1) ** 2, rel=1e-6)
    assert r1(lambda x: critic(x)[:, 0], real).item() == pytest.approx(7**2 / 2, rel=1e-6)
    penalty.backward()
    # d(7 − 1)²/dw = 2 · 6 · w / 7
    torch.testing.assert_close(critic.weight.grad, 12 / 7 * critic.weight.detach())


def test_the_penalty_is_measured_between_real_and_fake():
    seen: list[torch.Tensor] = []

    def critic(x: torch.Tensor) -> torch.Tensor:
        seen.append(x.detach())
        return x.square().sum(1)

    real, fake = torch.zeros(50, 2), torch.ones(50, 2)
    gradient_penalty(critic, real, fake, torch.Generator().manual_seed(0))
    between = seen[0]
    assert torch.equal(between[:, 0], between[:, 1]), "one share for all of an example"
    assert 0 <= between.min() < 0.1 and 0.9 < between.max() <= 1
