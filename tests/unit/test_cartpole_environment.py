"""Worlds that can be, worlds that cannot, and Gymnasium in each of them."""

import gymnasium
import numpy as np
import pytest

from core.cartpole.environment import (
    EARTH,
    World,
    check_running_state,
    check_state,
    initial_state,
    is_terminal,
    make_environment,
    make_vector_environment,
)
from core.errors import Problem

ODD = World(gravity=3.7, cart_mass=2.0, pole_mass=0.4, half_length=0.8, force=14.0)


def test_the_usual_world_is_gymnasiums():
    truth = gymnasium.make("CartPole-v1")
    ours = make_environment()
    for seed in range(3):
        expected, _ = truth.reset(seed=seed)
        ours.state = initial_state(seed)
        np.testing.assert_array_equal(expected, ours.state.astype(np.float32))
        for action in (1, 0, 0, 1, 1, 1):
            expected, _, over, _, _ = truth.step(action)
            got, _, ended, _, _ = ours.step(action)
            np.testing.assert_array_equal(expected, got)
            assert over == ended
    truth.close()


def test_one_step_in_another_world_by_hand():
    x, speed, angle, spin = 0.3, -0.5, 0.1, 0.7
    ours = make_environment(ODD)
    ours.state = np.array([x, speed, angle, spin])
    got = ours.step(0)[0]
    # Florian 2007, "Correct equations for the dynamics of the cart-pole system", (23) and (24).
    total, moment = 2.4, 0.4 * 0.8
    pull = (-14.0 + moment * spin**2 * np.sin(angle)) / total
    turn = (3.7 * np.sin(angle) - np.cos(angle) * pull) / (
        0.8 * (4 / 3 - 0.4 * np.cos(angle) ** 2 / total)
    )
    push = pull - moment * turn * np.cos(angle) / total
    expected = [x + 0.02 * speed, speed + 0.02 * push, angle + 0.02 * spin, spin + 0.02 * turn]
    assert got == pytest.approx(expected, abs=1e-6)


def test_many_worlds_at_once_are_each_as_alone():
    worlds = [EARTH, ODD, World(gravity=0.0)]
    many = make_vector_environment(worlds)
    seen, _ = many.reset(seed=1)
    many.state = seen.T.astype(np.float64)
    after = many.step(np.array([1, 0, 1]))[0]
    for world, state, action, expected in zip(worlds, seen, (1, 0, 1), after, strict=True):
        alone = make_environment(world)
        alone.state = state.astype(np.float64)
        assert alone.step(action)[0] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    "values",
    [
        {"half_length": 0.0}, {"pole_mass": 0}, {"gravity": -1.0}, {"force": float("nan")},
        {"noise": 2}, {"delay": 1.5}, {"delay": -1}, {"cart_mass": "heavy"}, {"wind": 3.0},
        {3: 4.0}, [1, 2], None,
    ],
)  # fmt: skip
def test_an_impossible_world_gets_a_sentence(values):
    with pytest.raises(Problem):
        World.from_dict(values)


def test_a_world_is_remade_from_its_plain_values():
    assert World.from_dict(ODD.to_dict()) == ODD
    assert World.from_dict({"delay": 3.0}).delay == 3


@pytest.mark.parametrize(
    ("state", "key"),
    [
        ([0, 0, 0], "state.size"), ([[0, 0, 0, 0]], "state.size"), (None, "value.finite"),
        ([0, 0, float("nan"), 0], "value.finite"), (["a", 0, 0, 0], "value.finite"),
        ([0, 21, 0, 0], "value.large"), ([0, 0, 0, -1e9], "value.large"),
        ([2.5, 0, 0, 0], "state.over"), ([0, 0, -0.3, 0], "state.over"),
    ],
)  # fmt: skip
def test_a_state_that_cannot_go_on_is_refused(state, key):
    with pytest.raises(Problem) as caught:
        check_running_state(state)
    assert caught.value.key == key


def test_a_state_that_is_over_is_a_state_all_the_same():
    assert is_terminal(check_state([3, 0, 0, 0])) and not is_terminal(
        check_state([2.39, 0, 0.2, 0])
    )
