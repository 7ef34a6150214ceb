"""What an agent would do everywhere, and how far from its world what it learnt still holds."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from core.cartpole.play import Policy
from core.cartpole.world import ANGLE, EARTH, FASTEST, SCALES, STEPS, TRACK, World, environments
from core.checks import check_count, check_numbers, check_seed
from core.config import nearest
from core.errors import Problem

REACH = 3.0  # rad/s, up and down the map
SIZE = 61
LARGEST = 201
EPISODES = 20
MOST = 2_000  # carts at once


@dataclass(frozen=True, eq=False)
class PolicyMap:
    """Pole angle × angular velocity, at one place and velocity of the cart.

    angles (S,) rad, from left to right; spins (S,) rad/s, from below; q (S, S, 2): row by spin,
    column by angle. difference (S, S): Q(right) − Q(left); actions (S, S): the greater one's;
    values (S, S): the greater one.
    """

    x: float
    velocity: float
    angles: np.ndarray
    spins: np.ndarray
    q: np.ndarray

    @property
    def difference(self) -> np.ndarray:
        return self.q[..., 1] - self.q[..., 0]

    @property
    def actions(self) -> np.ndarray:
        return self.q.argmax(axis=-1)

    @property
    def values(self) -> np.ndarray:
        return self.q.max(axis=-1)


@dataclass(frozen=True, eq=False)
class Robustness:
    """How long one agent lasts in worlds that differ in one quantity.

    values (V,) of the quantity, of the world so named; returns (V, E): of each episode.
    """

    quantity: str
    values: np.ndarray
    returns: np.ndarray

    @property
    def means(self) -> np.ndarray:
        return self.returns.mean(axis=1)

    @property
    def held(self) -> np.ndarray:
        """The share of episodes that lasted to the end (V,)."""
        return (self.returns >= STEPS).mean(axis=1)


def policy_map(
    policy: Policy, x: float = 0.0, velocity: float = 0.0, size: int = SIZE
) -> PolicyMap:
    """What an agent thinks over ±12° × ±3 rad/s, with the cart at x m and velocity m/s.

    Raises `Problem` ("setting.*", "value.*").
    """
    size = check_count("size", size, 2, LARGEST)
    x = _within("x", x, TRACK)
    velocity = _within("velocity", velocity, FASTEST)
    angles, spins = (np.linspace(-end, end, size, dtype=np.float32) for end in (ANGLE, REACH))
    states = np.empty((size, size, 4), np.float32)
    states[..., 0], states[..., 1] = x, velocity
    states[..., 2], states[..., 3] = angles, spins[:, None]
    return PolicyMap(x, velocity, angles, spins, policy(states))


def return_against(
    policy: Policy,
    quantity: str,
    values: Sequence[float],
    episodes: int = EPISODES,
    world: World = EARTH,
    seed: int = 0,
) -> Robustness:
    """Greedy returns with one quantity of the world at each value, from the same starts each.

    All carts move at once, in Gymnasium's vector environment. Raises `Problem` ("setting.*",
    "value.finite") for a quantity that a world does not have or a value that it cannot take.
    """
    names = [item.name for item in fields(World)]
    if quantity not in names:
        raise Problem("setting.choice", name="quantity", choices=", ".join(names),
                      value=str(quantity)[:80], nearest=nearest(quantity, names))  # fmt: skip
    given = check_numbers(values, quantity).reshape(-1).tolist()
    count = check_count("values", len(given), 1, MOST // 2)
    episodes = check_count("episodes", episodes, 1, MOST // count)
    worlds = [replace(world, **{quantity: value}) for value in given for _ in range(episodes)]
    starts, _ = environments(worlds[:episodes]).reset(seed=check_seed(seed))
    returns = returns_of(policy, worlds, np.tile(starts, (count, 1)), seed)
    return Robustness(quantity, np.array(given), returns.reshape(count, episodes))


def returns_of(
    policy: Policy, worlds: Sequence[World], starts: np.ndarray, seed: int = 0
) -> np.ndarray:
    """The return (N,) of one greedy episode in each world, from its start (N, 4), all at once.

    seed: of the sensors' noise.
    """
    count = len(worlds)
    made = environments(worlds)
    made.reset(seed=seed)
    made.state, seen = starts.T.astype(np.float64), starts
    delays, carts = np.array([world.delay for world in worlds]), np.arange(count)
    spread = np.array([world.noise for world in worlds])[:, None] * SCALES
    generator = np.random.default_rng(seed)
    chosen = np.empty((STEPS, count), int)
    returns, alive = np.zeros(count, int), np.ones(count, bool)
    for step in range(STEPS):
        errors = generator.normal(size=(count, 4)) * spread if spread.any() else 0.0
        chosen[step] = policy((seen + errors).astype(np.float32)).argmax(axis=1)
        late = step - delays
        seen, _, terminated, _, _ = made.step(np.where(late < 0, step % 2, chosen[late, carts]))
        returns += alive
        alive &= ~terminated
        if not alive.any():
            break
    return returns


def _within(name: str, value: Any, limit: float) -> float:
    number = check_numbers(value, name)
    if number.size != 1 or abs(number.item()) > limit:
        raise Problem("setting.range", name=name, low=-limit, high=limit, value=str(value)[:80])
    return float(number.item())
