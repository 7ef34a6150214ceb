"""The world that a cart lives in: Gymnasium's CartPole-v1, with constants that can be changed.

A state is (x m, ẋ m/s, θ rad, θ̇ rad/s), θ from the upright and positive to the right; an action
is 0, the force to the left, or 1, to the right: there is no third. Fifty steps make a second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np
from gymnasium.envs.classic_control.cartpole import CartPoleEnv, CartPoleVectorEnv

from core.checks import check_numbers
from core.config import check, nearest, setting
from core.errors import Problem

STEP = 0.02  # seconds
STEPS = 500  # after which an episode is cut off
TRACK = 2.4  # m: beyond it the episode ends
ANGLE = 12 * 2 * np.pi / 360  # rad: likewise
FASTEST = 20.0  # m/s and rad/s: more than any push or world leads to within the limits
# What a state is measured by where its four quantities must compare: m, m/s, rad, rad/s.
SCALES = np.array([TRACK, 3.0, ANGLE, 3.0])


@dataclass(frozen=True)
class World:
    """The constants of a world; the defaults are CartPole-v1's own.

    gravity m/s²; masses kg; half_length m, from the pole's joint to its middle; force N.
    noise: what the agent sees of a state is off by a normal error, of this share of `SCALES` as
    standard deviation; the state itself goes on undisturbed. delay: steps between choosing an
    action and its force; what was chosen before the first step pushes left and right in turn.
    Raises `Problem` ("setting.*") for a world that cannot be.
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
        """A world of plain values, what is left out as usual. Raises `Problem` ("setting.*")."""
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


def environment(world: World = EARTH, render: bool = False) -> CartPoleEnv:
    """Gymnasium's environment with the constants of a world, without its limit of 500 steps.

    Delay and noise stand between agent and environment and are no part of it. render: whether it
    can paint itself (`rgb_array`).
    """
    made = CartPoleEnv(render_mode="rgb_array" if render else None)
    _give(made, [world])
    return made


def environments(worlds: Sequence[World], limit: int = STEPS) -> CartPoleVectorEnv:
    """Gymnasium's vector environment, one cart for each world, cut off after so many steps."""
    made = CartPoleVectorEnv(len(worlds), max_episode_steps=limit)
    _give(made, worlds)
    return made


def _give(made: Any, worlds: Sequence[World]) -> None:
    """Overwrite an environment's constants: with arrays, unless there is one world only."""
    columns = np.array([[w.gravity, w.cart_mass, w.pole_mass, w.half_length, w.force]
                        for w in worlds])  # fmt: skip
    values = columns.T if len(worlds) > 1 else columns[0].tolist()
    made.gravity, made.masscart, made.masspole, made.length, made.force_mag = values
    made.total_mass = made.masspole + made.masscart
    made.polemass_length = made.masspole * made.length


def start(seed: int) -> np.ndarray:
    """The state (4,) float64 in which Gymnasium begins the episode of that seed."""
    made = CartPoleEnv()
    made.reset(seed=seed)
    assert made.state is not None
    return made.state


def check_state(state: Any) -> np.ndarray:
    """A state as (4,) float64, or a `Problem` ("state.size", "value.*")."""
    state = check_numbers(state, "A state").astype(np.float64)
    if state.shape != (4,):
        raise Problem("state.size", got=state.size)
    if np.abs(state).max() > FASTEST:
        raise Problem("value.large", name="A state", limit=f"{FASTEST:g}")
    return state


def check_alive(state: Any) -> np.ndarray:
    """A state from which an episode can go on, or a `Problem` ("state.over" too)."""
    state = check_state(state)
    if is_over(state):
        raise Problem("state.over")
    return state


def is_over(state: np.ndarray) -> bool:
    """Whether the cart has left the track or the pole has fallen."""
    return bool(abs(state[0]) > TRACK or abs(state[2]) > ANGLE)
