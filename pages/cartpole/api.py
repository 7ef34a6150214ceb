"""Named endpoints of the tab, for gradio_client and other programs.

A state is (x m, ẋ m/s, θ rad, θ̇ rad/s); an action 0, push left, or 1, push right; a world a mapping
of the parameters that differ from CartPole-v1: gravity, cart_mass, pole_mass, half_length, force,
noise, delay.
"""

from typing import Any

from core.cartpole import policy, policy_map, robustness, rollout
from core.cartpole.environment import MAX_STEPS, World
from core.cartpole.rollout import LEFT, RIGHT, Trajectory, continue_episode, push_state
from core.cartpole.td_update import td_update
from pages.app.api import Numbers, numbers, register
from pages.app.lab import Lab
from pages.app.request import Request
from pages.cartpole.shared import FIRST, network_of, policy_of
from pages.text import DEFAULT


class Verbs:
    """The endpoints, each a method with its name; the docstrings are what callers read."""

    def __init__(self, lab: Lab):
        self._request = Request(lab, "", DEFAULT)

    def act(self, state: Numbers, network: str = FIRST) -> dict[str, Any]:
        """What the agent thinks of a state: both Q-values, and the action of the greater one.

        state_value, advantages: V(s) and A(s, a) apart, of a dueling network; else null.
        """
        said = policy.act(network_of(self._request, network).model, state)
        apart = said.advantages
        return {
            "q": numbers(said.q),
            "action": said.action,
            "state_value": said.state_value,
            "advantages": None if apart is None else numbers(apart),
        }

    def play_episode(
        self,
        seed: int = 0,
        world: dict[str, float] | None = None,
        steps: int = MAX_STEPS,
        network: str = FIRST,
    ) -> dict[str, Any]:
        """The greedy episode that begins as Gymnasium's of that seed does."""
        agent = policy_of(self._request, network)
        return trajectory_json(
            rollout.play_episode(agent, World.from_dict(world or {}), seed, steps)
        )

    def play_on(
        self,
        state: Numbers,
        steps: int = 50,
        cart_push: float = 0.0,
        pole_push: float = 0.0,
        world: dict[str, float] | None = None,
        network: str = FIRST,
    ) -> dict[str, Any]:
        """The next steps from a state on, after a shove of the cart (m/s) and the pole (rad/s)."""
        pushed = push_state(state, cart_push, pole_push)
        agent = policy_of(self._request, network)
        return trajectory_json(continue_episode(agent, World.from_dict(world or {}), pushed, steps))

    def policy_map(
        self, x: float = 0.0, velocity: float = 0.0, size: int = 25, network: str = FIRST
    ) -> dict[str, Any]:
        """Q over pole angle × angular velocity, with the cart at x m and velocity m/s.

        left, right: Q of each action, row by row of angular velocity, column by column of angle.
        """
        found = policy_map.policy_map(policy_of(self._request, network), x, velocity, size)
        return {
            "angles": numbers(found.angles),
            "spins": numbers(found.spins),
            "left": numbers(found.q[..., LEFT]),
            "right": numbers(found.q[..., RIGHT]),
        }

    def return_against(
        self,
        quantity: str,
        values: Numbers,
        episodes: int = robustness.EPISODES,
        world: dict[str, float] | None = None,
        network: str = FIRST,
    ) -> dict[str, Any]:
        """Mean return, and share of episodes held to the end, with one quantity at each value."""
        agent = policy_of(self._request, network)
        usual = World.from_dict(world or {})
        found = robustness.return_against(agent, quantity, values, episodes, usual)
        return {"means": numbers(found.means), "held": numbers(found.held)}

    def work_out_update(
        self,
        state: Numbers,
        action: int,
        reward: float,
        next_state: Numbers,
        terminated: bool = False,
        discount: float = 0.99,
        double: bool = False,
        learning_rate: float = 1e-3,
        network: str = FIRST,
        target_network: str = FIRST,
    ) -> dict[str, Any]:
        """One update of deep Q-learning in numbers; neither network is changed by it."""
        online, target = (
            network_of(self._request, name).model for name in (network, target_network)
        )
        found = td_update(online, target, state, action, reward, next_state, terminated,
                         discount, double, learning_rate)  # fmt: skip
        return {
            "q": numbers(found.q),
            "next_q": numbers(found.next_q),
            "target_q": numbers(found.target_q),
            "chosen": found.next_action,
            "target": found.td_target,
            "error": found.td_error,
            "loss": found.loss,
            "q_after": numbers(found.q_after),
        }


def trajectory_json(run: Trajectory) -> dict[str, Any]:
    """A trajectory as JSON values."""
    return {
        "states": numbers(run.states),
        "actions": run.actions.tolist(),
        "q": numbers(run.q),
        "return": len(run),
        "terminated": run.terminated,
        "truncated": run.truncated,
    }


def build(lab: Lab) -> None:
    """Register the endpoints."""
    register(lab, Verbs(lab))
