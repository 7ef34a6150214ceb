"""The memory, the target and the training of a deep Q-network."""

from typing import Any

import numpy as np
import pytest
import torch

from core.cartpole.agent import epsilon, huber_loss, td_target
from core.cartpole.config import BestConfig, DoubleConfig, DuelingConfig, QConfig
from core.cartpole.environment import STATE_SCALES, make_environment
from core.cartpole.metrics import greedy_returns
from core.cartpole.model import build
from core.cartpole.policy import Policy
from core.cartpole.replay_buffer import Batch, ReplayBuffer
from core.cartpole.train import DQNTask, Gym
from core.errors import Problem
from core.training.loop import run

SMALL: dict[str, Any] = {"steps": 120, "width": 8, "warm_up": 20, "update_every": 4, "updates": 2}


def batch(terminated: float = 0, truncated: float = 0, discount: float = 0.9) -> Batch:
    one = torch.ones(1)
    return Batch(
        states=torch.zeros(1, 4),
        actions=torch.zeros(1, dtype=torch.int64),
        rewards=one,
        next_states=torch.zeros(1, 4),
        discounts=discount * one,
        terminated=terminated * one,
        truncated=truncated * one,
    )


# The learning network prefers the second action, the target network the first.
NEXT_Q, TARGET_Q = torch.tensor([[1.0, 2.0]]), torch.tensor([[30.0, 20.0]])


@pytest.mark.parametrize(
    ("config", "given", "expected"),
    [
        (QConfig(), batch(), 1 + 0.9 * 30),
        (DoubleConfig(), batch(), 1 + 0.9 * 20),
        (QConfig(), batch(terminated=1), 1.0),
        (DoubleConfig(), batch(terminated=1), 1.0),
        (QConfig(), batch(truncated=1), 1 + 0.9 * 30),
        (QConfig(), batch(discount=0.9**3), 1 + 0.729 * 30),
        (QConfig(terminals="ignored"), batch(terminated=1), 1 + 0.9 * 30),
        (QConfig(ceiling="on", gamma=0.9), batch(), 10.0),
        (QConfig(ceiling="on", gamma=0.99), batch(), 1 + 0.9 * 30),
    ],
)
def test_the_target_by_hand(config: QConfig, given: Batch, expected: float):
    assert td_target(given, NEXT_Q, TARGET_Q, config).item() == pytest.approx(expected)


def at(number: float) -> np.ndarray:
    return np.full(4, number, np.float32)


def test_the_oldest_transitions_are_overwritten():
    memory = ReplayBuffer(3)
    for step in range(5):
        memory.add(at(step), step % 2, 1.0, at(step + 1), False, False)
    assert len(memory) == 3 and memory.count == 5
    kept = memory.batch(memory.latest(3))
    assert kept.states[:, 0].tolist() == [2, 3, 4]
    assert kept.next_states[:, 0].tolist() == [3, 4, 5]
    assert kept.actions.tolist() == [0, 1, 0]


def test_several_steps_are_added_up_and_cut_at_the_end():
    memory = ReplayBuffer(10, n_step=3, gamma=0.5)
    for step in range(4):
        memory.add(at(step), 0, 1.0, at(step + 1), step == 3, False)
    found = memory.batch(memory.latest(10))
    assert found.rewards.tolist() == [1.75, 1.75, 1.5, 1.0]
    assert found.discounts.tolist() == [0.125, 0.125, 0.25, 0.5]
    assert found.next_states[:, 0].tolist() == [3, 4, 4, 4]
    assert found.terminated.tolist() == [0, 1, 1, 1]


def test_a_memory_is_kept_whole():
    memory = ReplayBuffer(5, n_step=3)
    for step in range(4):
        memory.add(at(step), 1, 1.0, at(step + 1), False, False)
    again = ReplayBuffer(5, n_step=3).restore(memory.state())
    for each in (memory, again):
        each.add(at(4), 0, 1.0, at(5), False, True)
    assert np.array_equal(memory.rows, again.rows) and memory.count == again.count


def test_what_a_mirror_shows():
    memory = ReplayBuffer(4)
    for step in range(4):
        memory.add(at(step + 1), step % 2, 1.0, at(step + 2), step == 3, False)
    given = memory.batch(memory.latest(4))
    found = given.mirrored(torch.tensor([0, 0, 1, 1]))
    assert found.states[:, 2].tolist() == [1, 2, -3, -4]
    assert found.next_states[:, 2].tolist() == [2, 3, -4, -5]
    assert found.actions.tolist() == [0, 1, 1, 0]
    assert torch.equal(found.terminated, given.terminated)


def test_the_world_looks_the_same_in_a_mirror():
    """What the mirrored transitions rely on: Gymnasium's own physics knows no side."""
    generator = np.random.default_rng(0)
    world = make_environment()
    for state in generator.uniform(-1, 1, (50, 4)) * STATE_SCALES:
        ends = []
        for side, action in ((1, 0), (-1, 1)):
            world.reset(seed=0)
            world.state = side * state
            _, reward, terminated, _, _ = world.step(action)
            ends.append((side * np.array(world.state), reward, terminated))
        (one, *rest), (other, *same) = ends
        assert np.allclose(one, other, atol=1e-12) and rest == same


def test_an_optimist_expects_the_most_there_can_be():
    states = torch.randn(100, 4, generator=torch.Generator().manual_seed(0))
    for Config in (QConfig, DuelingConfig):
        q = build(Config(optimism=1.0, gamma=0.9))(0.1 * states).detach()
        assert abs(q.mean().item() - 10) < 2


def test_huber_squares_errors_below_the_greatest_return():
    q, target = torch.tensor([50.0]), torch.tensor([80.0])
    assert huber_loss(q, target, 100.0).item() == pytest.approx(0.3**2 / 2)
    assert huber_loss(q, target + 200, 100.0).item() == pytest.approx(2.3 - 0.5)


def test_exploration_falls_linearly():
    config = QConfig(epsilon_start=1.0, epsilon_end=0.1, epsilon_steps=100)
    assert [epsilon(step, config) for step in (0, 50, 100, 900)] == pytest.approx(
        [1, 0.55, 0.1, 0.1]
    )


def test_values_and_advantages_can_be_told_apart():
    model = build(BestConfig(dueling="on", width=8))
    states = torch.randn(16, 4, generator=torch.Generator().manual_seed(0))
    values, advantages = model.streams(states)
    assert torch.allclose(advantages.mean(1), torch.zeros(16), atol=1e-6)
    assert torch.allclose(values + advantages, model(states))


@pytest.mark.parametrize("Config", [QConfig, DoubleConfig, BestConfig])
def test_a_training_goes_on_as_if_there_had_been_no_break(Config: type[QConfig]):
    config = Config(**SMALL)
    whole = build(config)
    events = list(run(DQNTask(whole, Gym(), config)))
    assert events[-1].step == events[-1].total == 120
    model, state = build(config), {}
    for _ in run(DQNTask(model, Gym(), config), state):
        break
    assert state["step"] < 120
    *_, last = run(DQNTask(model, Gym(), config), state)
    assert last.preview is not None and len(last.preview["returns"]) == last.metrics["episodes"]
    for name, tensor in whole.state_dict().items():
        assert torch.equal(tensor, model.state_dict()[name]), name


def test_a_memory_smaller_than_a_batch_is_refused():
    with pytest.raises(Problem):
        QConfig(replay_size=100, batch_size=128)


def test_an_agent_learns_to_balance():
    """After a few thousand steps it lasts longer than the some 20 steps of random pushes."""
    config = BestConfig(steps=6_000, width=64, epsilon_steps=2_000, seed=1)
    model = build(config)
    for _ in run(DQNTask(model, Gym(), config)):
        pass
    assert greedy_returns(Policy.of(model), range(20)).mean() > 60
