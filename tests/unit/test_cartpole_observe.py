"""Observations on episodes, trainings and maps, and the learning curve."""

import numpy as np
import pytest

from core.cartpole.observe import (
    discounted_returns,
    first_solved_step,
    moving_mean,
    moving_mean_at,
    observe_episode,
    observe_map,
    observe_training,
)
from core.cartpole.policy import Policy
from core.cartpole.policy_map import policy_map
from core.cartpole.rollout import play_episode
from pages.text import text
from tests.carts import balancer


def said(observations) -> dict:
    for found in observations:
        for language in ("en", "zh"):
            assert text(f"cartpole_view.{found.key}", language, **found.values)
    return {found.key: found.values for found in observations}


def expecting(value: float) -> Policy:
    """A balancer whose Q-values lie about a value."""
    (weight, bias), = balancer().layers  # fmt: skip
    return Policy(((weight, bias + np.float32(value)),))


def test_a_balanced_and_a_failed_episode_are_told_apart():
    steady = said(observe_episode(play_episode(balancer())))
    assert steady["observe.held"]["steps"] == 500 and "observe.centred" in steady
    assert steady["observe.switching"]["share"] > 0.3
    poor = said(observe_episode(play_episode(balancer((0, 0, 0, 0), 1.0))))
    assert "observe.fell.left" in poor and "observe.held" not in poor


def test_a_cart_away_from_the_centre_is_noticed():
    right = balancer((0.2, 0.4, 3.0, 0.6), -0.2)
    assert "observe.drift.right" in said(observe_episode(play_episode(right)))


@pytest.mark.parametrize(("value", "judged"), [(100, "right"), (200, "over"), (10, "under")])
def test_q_values_are_compared_with_obtained_returns(value, judged):
    assert f"observe.promise.{judged}" in said(observe_episode(play_episode(expecting(value))))


def test_discounted_returns_equal_those_by_hand():
    assert discounted_returns(4, True, 0.5) == pytest.approx([1.875, 1.75, 1.5, 1.0])
    assert discounted_returns(500, False, 0.9) == pytest.approx(np.full(500, 10.0))


def test_the_course_of_a_training():
    rising = [*range(10, 500, 5), *[500] * 30]
    learnt = said(observe_training(rising))
    assert learnt["observe.first"]["episode"] == 99 and "observe.solved" in learnt
    assert "observe.forgot" in said(observe_training([*rising, *[20] * 30]))
    assert "observe.unlearnt" in said(observe_training([9] * 40))
    assert observe_training([9] * 5) == []


@pytest.mark.parametrize(("expected", "judged"), [(80, "over"), (41, "right"), (10, "under")])
def test_overestimation(expected, judged):
    found = said(observe_training([], [expected] * 10, [40.0] * 10))
    assert list(found) == [f"observe.estimate.{judged}"]


def test_a_linear_boundary_is_found():
    # It pushes right where 3 θ + 0.6 θ̇ > −0.2 x: with the cart at 1 m, where θ + 0.2 s θ̇ > −3.8°.
    ((key, values),) = said([observe_map(policy_map(balancer(), 1.0))]).items()
    assert key == "observe.map.line" and values["matched"] > 0.97
    assert values["lead"] == pytest.approx(200, rel=0.1)
    assert values["limit"] == pytest.approx(-3.8, abs=0.4)


@pytest.mark.parametrize(
    ("gains", "bias", "share"), [((0, 0, 0, 0), 1, 1.0), ((0, 0, -3.0, -0.6), 0, 0.5)]
)
def test_any_other_map_is_described_by_its_share(gains, bias, share):
    found = said([observe_map(policy_map(balancer(gains, bias)))])
    assert found == {"observe.map.share": {"share": pytest.approx(share, abs=0.02)}}


def test_the_moving_mean_is_of_the_last_episodes_or_of_fewer_at_first():
    returns = np.random.default_rng(0).integers(8, 501, 60)
    expected = [returns[max(0, at - 19) : at + 1].mean() for at in range(60)]
    assert moving_mean(returns) == pytest.approx(expected)
    assert moving_mean([]).size == 0


def test_between_two_ends_of_episodes_the_mean_is_constant():
    found = moving_mean_at([10, 30], [10, 40], [0, 9, 10, 39, 40, 1_000])
    assert np.isnan(found[:2]).all()
    assert found[2:].tolist() == [10, 10, 20, 20]
    assert np.isnan(moving_mean_at([], [], [0, 5])).all()


def test_solved_takes_a_whole_window_of_long_episodes():
    ends = np.cumsum([500] * 30)
    assert first_solved_step([500] * 19, ends) is None
    assert first_solved_step([500] * 30, ends) == 10_000
    assert first_solved_step([0] + [500] * 29, ends) == 10_000  # 19 of 20 make a mean of 475
    assert first_solved_step([474.0] * 30, ends) is None
