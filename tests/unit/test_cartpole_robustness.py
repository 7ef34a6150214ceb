"""The map of a policy, and how long it lasts in worlds that it was not made for."""

import numpy as np
import pytest

from core.cartpole.environment import ANGLE_LIMIT, World
from core.cartpole.policy_map import policy_map
from core.cartpole.robustness import return_against
from core.cartpole.rollout import play_episode
from core.errors import Problem
from tests.carts import balancer


def test_the_map_shows_what_the_policy_answers():
    policy = balancer()
    found = policy_map(policy, x=1.0, velocity=-0.5, size=21)
    assert found.q.shape == (21, 21, 2)
    assert found.angles[[0, -1]] == pytest.approx([-ANGLE_LIMIT, ANGLE_LIMIT])
    state = np.array([1.0, -0.5, found.angles[4], found.spins[17]], np.float32)
    assert found.q[17, 4] == pytest.approx(policy(state))
    assert found.difference[17, 4] == pytest.approx(np.diff(policy(state))[0])
    assert found.actions[17, 4] == policy(state).argmax()
    assert found.values[17, 4] == policy(state).max()


def test_the_pole_to_the_right_is_answered_on_the_right():
    found = policy_map(balancer())
    assert found.actions[30, -1] == 1 and found.actions[30, 0] == 0
    assert found.actions[-1, 30] == 1 and found.actions[0, 30] == 0


@pytest.mark.parametrize(
    "asked", [{"x": 2.5}, {"velocity": float("nan")}, {"size": 1}, {"x": [1, 2]}, {"size": 10**6}]
)
def test_a_map_of_nowhere_is_refused(asked):
    with pytest.raises(Problem):
        policy_map(balancer(), **asked)


def test_each_value_meets_the_same_starts():
    found = return_against(balancer((0, 0, 0, 0), 1.0), "gravity", [9.8, 9.8, 25.0], episodes=6)
    np.testing.assert_array_equal(found.returns[0], found.returns[1])
    assert found.means[2] < found.means[0] < 15
    assert found.held.tolist() == [0, 0, 0]


def test_a_good_policy_holds_where_the_world_is_kind():
    found = return_against(balancer(), "half_length", [3.0, 0.5], episodes=4)
    assert found.held.tolist() == [0, 1] and found.means[1] == 500


@pytest.mark.parametrize("world", [World(delay=4), World(gravity=20.0, delay=2)])
def test_the_chart_agrees_with_the_episode(world):
    """The same world stepped in one environment and in many."""
    policy = balancer()
    alone = [len(play_episode(policy, world, seed)) for seed in range(12)]
    many = return_against(policy, "delay", [world.delay], 12, world)
    assert many.returns.mean() == pytest.approx(np.mean(alone), rel=0.25)


def test_noise_and_delay_do_harm():
    noise = return_against(balancer(), "noise", [0.0, 0.5], episodes=5).means
    delay = return_against(balancer(), "delay", [0, 8], episodes=5).means
    assert noise[1] < noise[0] == 500 and delay[1] < delay[0] == 500


@pytest.mark.parametrize(
    ("quantity", "values", "episodes"),
    [
        ("wind", [1.0], 5), ("gravity", [], 5), ("gravity", [-1.0], 5), ("gravity", ["a"], 5),
        ("gravity", [1.0], 0), ("gravity", [1.0], 10_000), (3, [1.0], 5),
    ],
)  # fmt: skip
def test_a_chart_of_nothing_is_refused(quantity, values, episodes):
    with pytest.raises(Problem):
        return_against(balancer(), quantity, values, episodes)
