"""Steps from any state on: in parts or whole, with delay, noise and shoves."""

import gymnasium
import numpy as np
import pytest

from core.cartpole.config import DuelingConfig, QConfig
from core.cartpole.environment import ANGLE_LIMIT, EARTH, World, initial_state
from core.cartpole.model import build
from core.cartpole.policy import Policy, act
from core.cartpole.rollout import answer_request, continue_episode, play_episode, push_state
from core.errors import Problem
from tests.carts import balancer

ALWAYS_RIGHT = balancer((0, 0, 0, 0), 1.0)


def same(one, other) -> None:
    for name in ("states", "observations", "q", "actions", "forces"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)


def joined(policy, world, seed, parts, limit=500):
    """An episode asked for in parts, each from where the last one ended."""
    state, waiting, runs, elapsed = initial_state(seed), [], [], 0
    while not runs or not (runs[-1].terminated or runs[-1].truncated):
        steps = parts[len(runs) % len(parts)]
        run = continue_episode(policy, world, state, steps, elapsed, waiting, seed, limit)
        runs.append(run)
        state, elapsed = run.states[-1], elapsed + len(run)
        waiting = [*waiting, *run.actions]
    return runs


@pytest.mark.parametrize("policy", [balancer(), ALWAYS_RIGHT], ids=["balances", "falls"])
def test_an_episode_is_gymnasiums(policy):
    truth = gymnasium.make("CartPole-v1")
    run = play_episode(policy, seed=4)
    seen, _ = truth.reset(seed=4)
    terminated = truncated = False
    for step in range(len(run)):
        assert not (terminated or truncated)
        np.testing.assert_array_equal(run.observations[step], seen)
        seen, _, terminated, truncated, _ = truth.step(int(run.actions[step]))
    np.testing.assert_array_equal(run.states[-1].astype(np.float32), seen)
    assert (run.terminated, run.truncated) == (terminated, truncated)
    truth.close()


@pytest.mark.parametrize(
    "world", [EARTH, World(delay=3), World(noise=0.05), World(delay=1, noise=0.05, gravity=20.0)]
)
@pytest.mark.parametrize("parts", [[1], [7, 50]], ids=["single steps", "chunks"])
def test_an_episode_in_parts_is_the_episode(world, parts):
    policy = balancer()
    whole = continue_episode(policy, world, initial_state(2), 120, seed=2, limit=120)
    runs = joined(policy, world, 2, parts, limit=120)
    assert sum(len(run) for run in runs) == len(whole)
    for name in ("observations", "q", "actions", "forces"):
        together = np.concatenate([getattr(run, name) for run in runs])
        np.testing.assert_array_equal(together, getattr(whole, name), name)
    np.testing.assert_array_equal(runs[-1].states[-1], whole.states[-1])
    assert runs[-1].truncated == whole.truncated and runs[-1].terminated == whole.terminated


def test_a_force_comes_as_late_as_the_world_says():
    run = play_episode(balancer(), World(delay=3), seed=1)
    np.testing.assert_array_equal(run.forces[:3], [0, 1, 0])
    np.testing.assert_array_equal(run.forces[3:], run.actions[:-3])


def test_noise_blinds_the_agent_and_leaves_the_cart_alone():
    calm, noisy = (
        continue_episode(ALWAYS_RIGHT, w, initial_state(0), 5) for w in (EARTH, World(noise=0.1))
    )
    np.testing.assert_array_equal(calm.states, noisy.states)
    assert np.abs(calm.observations - noisy.observations).max() > 0.001
    assert np.abs(noisy.observations[:, 2] - noisy.states[:-1, 2]).max() < 0.1 * 5 * ANGLE_LIMIT


def test_an_episode_ends_where_the_rules_say():
    falls = play_episode(ALWAYS_RIGHT)
    assert falls.terminated and not falls.truncated and len(falls) < 15
    assert abs(falls.states[-2, 2]) <= ANGLE_LIMIT < abs(falls.states[-1, 2])
    holds = play_episode(balancer())
    assert holds.truncated and not holds.terminated and len(holds) == 500
    endless = continue_episode(balancer(), EARTH, initial_state(0), 100, elapsed=450, limit=1_000)
    assert len(endless) == 100 and not endless.truncated


def test_an_agent_recovers_from_a_shove_and_not_from_a_blow():
    state = initial_state(0)
    shoved = push_state(state, cart=0.4, pole=-0.5)
    assert shoved - state == pytest.approx([0, 0.4, 0, -0.5])
    assert continue_episode(balancer(), EARTH, shoved, 300).terminated is False
    assert continue_episode(balancer(), EARTH, push_state(state, pole=5.0), 300).terminated is True
    assert push_state(state, cart=100.0)[1] == 20.0


@pytest.mark.parametrize("config", [QConfig(), DuelingConfig()], ids=["plain", "dueling"])
def test_a_policy_answers_as_its_network_does(config):
    model = build(config)
    policy = Policy.of(model)
    states = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    for state in states:
        known = act(model, state)
        assert policy(state) == pytest.approx(known.q, abs=1e-5 * model.return_scale)
        assert known.action == known.q.argmax() and known.value == known.q.max()
    np.testing.assert_allclose(policy(states)[3], policy(states[3]), atol=1e-6 * model.return_scale)
    assert policy.dueling == isinstance(config, DuelingConfig)


def test_a_policy_does_not_learn_on():
    model = build(QConfig())
    policy = Policy.of(model)
    before = policy(np.ones(4, np.float32))
    for weights in model.parameters():
        weights.data += 1.0
    np.testing.assert_array_equal(policy(np.ones(4, np.float32)), before)


def test_a_dueling_network_tells_its_value_apart():
    model = build(DuelingConfig())
    small = 1e-6 * model.return_scale
    known = act(model, [0.1, 0, 0.05, 0])
    assert known.state_value is not None and known.advantages is not None
    assert known.advantages.sum() == pytest.approx(0, abs=small)
    assert known.q == pytest.approx(known.state_value + known.advantages, abs=small)
    run = play_episode(Policy.of(model))
    assert run.state_values is not None
    assert run.state_values == pytest.approx(run.q.mean(axis=1), abs=small)
    assert act(build(QConfig()), [0, 0, 0, 0]).state_value is None


def test_a_browser_gets_what_it_asked_for():
    policy = balancer()
    first = answer_request(policy, {"seed": 3, "state": None, "steps": 40})
    same(first, continue_episode(policy, EARTH, initial_state(3), 40, seed=3))
    asked = {"state": first.states[-1].tolist(), "elapsed": 40, "steps": 60.0, "limit": 0,
             "world": {"delay": 2}, "waiting": first.actions[-2:].tolist()}  # fmt: skip
    then = answer_request(policy, asked)
    np.testing.assert_array_equal(then.forces[:2], first.actions[-2:])
    assert len(then) == 60


@pytest.mark.parametrize(
    "asked",
    [
        {"steps": 101}, {"steps": 0}, {"steps": "many"}, {"seed": -1}, {"seed": None},
        {"state": [0, 0, 0]}, {"state": [0, 0, 1, 0]}, {"state": [float("nan"), 0, 0, 0]},
        {"world": {"half_length": 0}}, {"world": 3}, {"waiting": [2]}, {"waiting": "ab"},
        {"waiting": None}, {"elapsed": 500}, {"elapsed": -1}, {"elapsed": None},
        {"limit": 2_000_000}, {"limit": [1]},
    ],
)  # fmt: skip
def test_what_nobody_can_ask_for_is_refused(asked):
    with pytest.raises(Problem):
        answer_request(balancer(), asked)
