"""One update by hand: the target, the error, the Huber loss, and the gradient step."""

import copy

import pytest
import torch

from core.cartpole.config import QConfig
from core.cartpole.model import QNetwork, build
from core.cartpole.td_update import td_update
from core.errors import Problem

Networks = tuple[QNetwork, QNetwork]  # the online and the target network
HERE, THERE = [0.1, 0.2, 0.02, -0.3], [0.104, 0.4, 0.014, -0.6]


@pytest.fixture
def networks() -> Networks:
    return build(QConfig(seed=1)), build(QConfig(seed=2))


@pytest.fixture
def q(networks: Networks):
    """Q of the online network here, of it there, and of the target network there."""
    online, target = networks
    with torch.no_grad():
        here, there = (torch.tensor([state]) for state in (HERE, THERE))
        return online(here)[0].tolist(), online(there)[0].tolist(), target(there)[0].tolist()


def test_the_target_is_the_reward_and_the_discounted_best(networks: Networks, q):
    found = td_update(*networks, HERE, 1, 1.0, THERE, False, discount=0.9)
    here, there, target = q
    assert found.q.tolist() == pytest.approx(here)
    assert found.next_q.tolist() == pytest.approx(there)
    assert found.target_q.tolist() == pytest.approx(target)
    assert found.next_value == pytest.approx(max(target))
    assert found.td_target == pytest.approx(1 + 0.9 * max(target))
    assert found.td_error == pytest.approx(found.td_target - here[1])


def test_double_lets_the_online_network_choose(networks: Networks, q):
    found = td_update(*networks, HERE, 0, 1.0, THERE, False, double=True)
    _, there, target = q
    assert found.next_action == there.index(max(there))
    assert found.next_value == pytest.approx(target[found.next_action])


def test_nothing_comes_after_the_end(networks: Networks):
    found = td_update(*networks, HERE, 0, 1.0, [0, 0, 0.22, 0], True)
    assert found.next_value == 0 and found.td_target == 1.0


def test_several_steps_are_discounted_together(networks: Networks, q):
    found = td_update(*networks, HERE, 0, 2.97, THERE, False, discount=0.97)
    assert found.td_target == pytest.approx(2.97 + 0.97 * max(q[2]))


@pytest.mark.parametrize("reward", [0.3, 50.0, 500.0, -500.0])
def test_the_loss_is_quadratic_near_and_linear_far(networks: Networks, reward):
    found = td_update(*networks, HERE, 0, reward, THERE, True)
    share = found.td_error / 100  # of the greatest return that γ = 0.99 allows
    size = abs(share)
    assert found.loss == pytest.approx(size**2 / 2 if size < 1 else size - 0.5, rel=1e-5)
    assert found.loss_slope == pytest.approx(-max(-1, min(1, share)))


def test_the_step_goes_down_the_gradient(networks: Networks):
    online, target = networks
    before = copy.deepcopy(online.state_dict())
    found = td_update(online, target, HERE, 1, 1.0, THERE, False, learning_rate=1e-4)
    moved = float(found.q_after[1] - found.q[1])
    # To first order the share changes by rate · |∇L|² / |slope|, towards the target.
    expected = 100 * 1e-4 * found.gradient_norm**2 / -found.loss_slope
    assert moved == pytest.approx(expected, rel=0.05)
    for name, weights in online.state_dict().items():
        assert torch.equal(weights, before[name]), "the network itself stays"


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": [0, 0]}, {"next_state": None}, {"action": 2}, {"action": None},
        {"reward": float("inf")}, {"discount": 1.5}, {"reward": "x"},
        {"learning_rate": -1},
    ],
)  # fmt: skip
def test_a_transition_that_is_none_is_refused(networks: Networks, wrong):
    given = {"state": HERE, "action": 0, "reward": 1.0, "next_state": THERE, "terminated": False}
    with pytest.raises(Problem):
        td_update(*networks, **(given | wrong))
