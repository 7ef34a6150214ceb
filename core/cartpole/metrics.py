"""How good an agent is, on episodes that it never trained on."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.cartpole.config import QConfig
from core.cartpole.model import QNetwork
from core.cartpole.play import Policy
from core.cartpole.policy import returns_of
from core.cartpole.world import EARTH, STEPS, start
from core.metrics import Metrics

UNSEEN = range(100_000, 101_000)  # seeds of the episodes that agents are measured on


def evaluate(model: QNetwork, data: Any, config: QConfig, quick: bool = False) -> Metrics:
    """The figures of a card: "greedy_return" of 500 and "held", the share of episodes held so long.

    Measured on 1,000 episodes of CartPole-v1 that begin as Gymnasium's do with the seeds from
    100,000 on; that takes seconds, quick or not.
    """
    returns = greedy_returns(Policy.of(model), UNSEEN)
    found = Metrics()
    found.add("greedy_return", returns.mean(), len(returns))
    found.add("held", (returns == STEPS).mean(), len(returns))
    return found


def greedy_returns(policy: Policy, seeds: Sequence[int]) -> np.ndarray:
    """The return (N,) of the greedy episode of each seed."""
    starts = np.stack([start(seed) for seed in seeds])
    return returns_of(policy, [EARTH] * len(seeds), starts)
