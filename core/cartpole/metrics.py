"""Evaluation of an agent on episodes that training never uses."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.cartpole.config import QConfig
from core.cartpole.environment import EARTH, MAX_STEPS, initial_state
from core.cartpole.model import QNetwork
from core.cartpole.policy import Policy
from core.cartpole.robustness import episode_returns
from core.training.metrics import Metrics

EVALUATION_SEEDS = range(100_000, 101_000)  # of the evaluation episodes


def evaluate(model: QNetwork, data: Any, config: QConfig, quick: bool = False) -> Metrics:
    """The metrics of a card: "greedy_return" (at most 500) and "held", the share that reach 500.

    Means over 1,000 greedy episodes of CartPole-v1, seeds from 100,000; takes seconds, so `quick`
    changes nothing.
    """
    returns = greedy_returns(Policy.of(model), EVALUATION_SEEDS)
    found = Metrics()
    found.add("greedy_return", returns.mean(), len(returns))
    found.add("held", (returns == MAX_STEPS).mean(), len(returns))
    return found


def greedy_returns(policy: Policy, seeds: Sequence[int]) -> np.ndarray:
    """The return (N,) of the greedy episode of each seed."""
    starts = np.stack([initial_state(seed) for seed in seeds])
    return episode_returns(policy, [EARTH] * len(seeds), starts)
