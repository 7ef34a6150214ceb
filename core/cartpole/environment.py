"""Gymnasium's CartPole-v1 with parameters that can be changed.

A state is (x m, ẋ m/s, θ rad, θ̇ rad/s); θ = 0 is upright, θ > 0 leans to the right. An action is 0,
force to the left, or 1, force to the right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np
from gymnasium.envs.classic_control.cartpole import CartPoleEnv, CartPoleVectorEnv

from core.checks import check_numbers
from core.errors import Problem
from core.training.config import check, nearest, setting

TIME_STEP = 0.02  # seconds
MAX_STEPS = 500  # of an episode, then it is truncated
TRACK_LIMIT = 2.4  # m; the episode terminates where |x| is greater
ANGLE_LIMIT = 12 * 2 * np.pi / 360  # rad; the episode terminates where |θ| is greater
SPEED_LIMIT = 20.0  # m/s and rad/s, of a valid input; not reached within the other limits
STATE_SCALES = np.array([TRACK_LIMIT, 3.0, ANGLE_LIMIT, 3.0])  # m, m/s, rad, rad/s


@dataclass(frozen=True)
class World:
    """The parameters of an environment; the defaults are those of CartPole-v1.

    gravity m/s²; masses kg; half_length m, from the pole's joint to its centre; force N. noise:
    standard deviation of the normal error of an observation, in units of `STATE_SCALES`; the state
    itself has no error. delay: steps from the choice of an action to its force; the actions before
    the first step alternate between left and right. Raises `Problem` ("setting.*") for a value out
    of range.
    """

    gravity: float = setting(9.8, 0.0, 30.0)
    cart_mass: float = setting(1.0, 0.1, 10.0, log=True)
    pole_mass: float = setting(0.1, 0.01, 5.0, log=True)
    half_length: float = setting(0.5, 0.05, 3.0, log=True)
    force: float = setting(10.0, 0.5, 50.0, log=True)
    noise: float = setting(0.0, 0.0, 0.5)
    delay: int = setting(0, 0, 10)

    def __post_init__(self):
        for item in fields(self):
            object.__setattr__(self, item.name, check(item, getattr(self, item.name)))

    @classmethod
    def from_dict(cls, values: Any) -> Self:
        """From plain values; missing ones take the default. Raises `Problem` ("setting.*")."""
        if not isinstance(values, Mapping):
            raise Problem("setting.type", name="world", kind="a mapping", value=repr(values)[:80])
        names = [item.name for item in fields(cls)]
        for name in values:
            if name not in names:
                near = nearest(name, names)
                raise Problem("setting.unknown", name=str(name)[:80], nearest=near)
        return cls(**values)

    def to_dict(self) -> dict[str, float]:
        return asdict(self)


EARTH = World()


def make_environment(world: World = EARTH, render: bool = False) -> CartPoleEnv:
    """Gymnasium's environment with these parameters, without a time limit.

    Delay and noise are not part of it, the caller applies them. render: support `rgb_array`.
    """
    env = CartPoleEnv(render_mode="rgb_array" if render else None)
    _set_parameters(env, [world])
    return env


def make_vector_environment(worlds: Sequence[World], limit: int = MAX_STEPS) -> CartPoleVectorEnv:
    """Gymnasium's vector environment, one cart for each world, truncated after `limit` steps."""
    env = CartPoleVectorEnv(len(worlds), max_episode_steps=limit)
    _set_parameters(env, worlds)
    return env


def _set_parameters(env: Any, worlds: Sequence[World]) -> None:
    """Set the parameters of an environment: arrays (N,) for N worlds, numbers for one."""
    columns = np.array([[w.gravity, w.cart_mass, w.pole_mass, w.half_length, w.force]
                        for w in worlds])  # fmt: skip
    values = columns.T if len(worlds) > 1 else columns[0].tolist()
    env.gravity, env.masscart, env.masspole, env.length, env.force_mag = values
    env.total_mass = env.masspole + env.masscart
    env.polemass_length = env.masspole * env.length


def initial_state(seed: int) -> np.ndarray:
    """The initial state (4,) float64 of Gymnasium's episode with this seed."""
    env = CartPoleEnv()
    env.reset(seed=seed)
    assert env.state is not None
    return env.state


def check_state(state: Any) -> np.ndarray:
    """A state as (4,) float64. Raises `Problem` ("state.size", "value.*")."""
    state = check_numbers(state, "A state").astype(np.float64)
    if state.shape != (4,):
        raise Problem("state.size", got=state.size)
    if np.abs(state).max() > SPEED_LIMIT:
        raise Problem("value.large", name="A state", limit=f"{SPEED_LIMIT:g}")
    return state


def check_running_state(state: Any) -> np.ndarray:
    """A state that is not terminal. Raises `Problem` ("state.size", "state.over", "value.*")."""
    state = check_state(state)
    if is_terminal(state):
        raise Problem("state.over")
    return state


def is_terminal(state: np.ndarray) -> bool:
    """Whether the cart is off the track or the pole beyond 12°."""
    return bool(abs(state[0]) > TRACK_LIMIT or abs(state[2]) > ANGLE_LIMIT)
