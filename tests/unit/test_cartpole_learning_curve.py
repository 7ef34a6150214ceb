"""Returns as a curve over the environment's steps."""

import numpy as np
import pytest

from core.cartpole.learning_curve import first_solved_step, moving_mean, moving_mean_at


def test_the_moving_mean_is_of_the_last_episodes_or_of_fewer_at_first():
    returns = np.random.default_rng(0).integers(8, 501, 60)
    expected = [returns[max(0, at - 19) : at + 1].mean() for at in range(60)]
    assert moving_mean(returns) == pytest.approx(expected)
    assert moving_mean([]).size == 0


def test_between_two_ends_of_episodes_the_mean_stands_still():
    found = moving_mean_at([10, 30], [10, 40], [0, 9, 10, 39, 40, 1_000])
    assert np.isnan(found[:2]).all()
    assert found[2:].tolist() == [10, 10, 20, 20]
    assert np.isnan(moving_mean_at([], [], [0, 5])).all()


def test_learnt_is_a_whole_window_of_long_episodes():
    ends = np.cumsum([500] * 30)
    assert first_solved_step([500] * 19, ends) is None
    assert first_solved_step([500] * 30, ends) == 10_000
    assert first_solved_step([0] + [500] * 29, ends) == 10_000  # 19 of 20 make a mean of 475
    assert first_solved_step([474.0] * 30, ends) is None
