"""Greedy returns of a policy where a parameter of the environment differs from training."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from core.cartpole.environment import EARTH, MAX_STEPS, STATE_SCALES, World, make_vector_environment
from core.cartpole.policy import Policy
from core.checks import check_count, check_numbers, check_seed
from core.errors import Problem
from core.training.config import nearest

EPISODES = 20
MOST = 2_000  # carts simulated at once


@dataclass(frozen=True, eq=False)
class Robustness:
    """Returns (V, E) of E episodes at each of the values (V,) of one parameter of `World`."""

    quantity: str
    values: np.ndarray
    returns: np.ndarray

    @property
    def means(self) -> np.ndarray:
        return self.returns.mean(axis=1)

    @property
    def held(self) -> np.ndarray:
        """The share of episodes (V,) that reached the time limit."""
        return (self.returns >= MAX_STEPS).mean(axis=1)


def return_against(
    policy: Policy,
    quantity: str,
    values: Sequence[float],
    episodes: int = EPISODES,
    world: World = EARTH,
    seed: int = 0,
) -> Robustness:
    """Greedy returns with one parameter of the world at each value, from the same initial states.

    All episodes run at once in Gymnasium's vector environment. Raises `Problem` ("setting.*",
    "value.finite") for an unknown parameter or a value out of range.
    """
    names = [item.name for item in fields(World)]
    if quantity not in names:
        raise Problem("setting.choice", name="quantity", choices=", ".join(names),
                      value=str(quantity)[:80], nearest=nearest(quantity, names))  # fmt: skip
    given = check_numbers(values, quantity).reshape(-1).tolist()
    count = check_count("values", len(given), 1, MOST // 2)
    episodes = check_count("episodes", episodes, 1, MOST // count)
    worlds = [replace(world, **{quantity: value}) for value in given for _ in range(episodes)]
    starts, _ = make_vector_environment(worlds[:episodes]).reset(seed=check_seed(seed))
    returns = episode_returns(policy, worlds, np.tile(starts, (count, 1)), seed)
    return Robustness(quantity, np.array(given), returns.reshape(count, episodes))


def episode_returns(
    policy: Policy, worlds: Sequence[World], starts: np.ndarray, seed: int = 0
) -> np.ndarray:
    """The return (N,) of one greedy episode in each world, from the initial states (N, 4).

    seed: of the sensor noise.
    """
    count = len(worlds)
    env = make_vector_environment(worlds)
    env.reset(seed=seed)
    env.state, states = starts.T.astype(np.float64), starts
    delays, carts = np.array([world.delay for world in worlds]), np.arange(count)
    noise_scale = np.array([world.noise for world in worlds])[:, None] * STATE_SCALES
    generator = np.random.default_rng(seed)
    actions = np.empty((MAX_STEPS, count), int)
    returns, running = np.zeros(count, int), np.ones(count, bool)
    for step in range(MAX_STEPS):
        noise = generator.normal(size=(count, 4)) * noise_scale if noise_scale.any() else 0.0
        actions[step] = policy((states + noise).astype(np.float32)).argmax(axis=1)
        chosen_at = step - delays
        delayed = np.where(chosen_at < 0, step % 2, actions[chosen_at, carts])
        states, _, terminated, _, _ = env.step(delayed)
        returns += running
        running &= ~terminated
        if not running.any():
            break
    return returns
