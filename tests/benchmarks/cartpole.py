"""How reliably, and from how many steps, each agent learns:

python -m tests.benchmarks.cartpole [NAME …] [--seeds 0-19] [--jobs 1]

Trains every named recipe for exactly 50,000 steps with seeds 0 to 19, or 0 to 9. After every 1,000
steps, at the end of a round of updates, the agent plays 100 episodes greedily (environment seeds
from 50,000, apart from those of the training and of the cards). Prints, for each run, the step at
which all of them first lasted to the end, the mean return of the final weights, and the speed; then
the medians.
Exits with 1 where `cartpole-best` misses what it must reach: 500.0 at the end with every seed, and
a median first of at most 15,000 steps.
"""

import argparse
import multiprocessing
import statistics
import sys
import time
from dataclasses import dataclass
from functools import partial

import torch

from core.cartpole.agent import DQNAgent
from core.cartpole.config import QConfig
from core.cartpole.environment import MAX_STEPS
from core.cartpole.metrics import greedy_returns
from core.cartpole.model import QNetwork
from core.cartpole.policy import Policy
from core.recipes import find

BEST = "cartpole-best"
NAMES = (BEST, "cartpole", "cartpole-double", "cartpole-dueling")
EPISODES = range(50_000, 50_100)
EVERY = 1_000
WANTED = 15_000


@dataclass(frozen=True)
class Result:
    """first: the step at which every episode first lasted, None if never. final: mean return of the
    final weights. speed: steps a second, the measuring apart.
    """

    seed: int
    first: int | None
    final: float
    speed: float


def run(name: str, steps: int, seed: int) -> Result:
    """Train a recipe with a seed, its events and previews apart."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    recipe = find(name)
    config = recipe.Config.from_dict({"seed": seed, "steps": steps})
    model = recipe.build(config)
    assert isinstance(config, QConfig) and isinstance(model, QNetwork)
    agent = DQNAgent(model, config)
    first, final, due, spent = None, 0.0, EVERY, 0.0
    while agent.step < steps:
        start = time.perf_counter()
        agent.advance(config)
        spent += time.perf_counter() - start
        if agent.step < min(due, steps):
            continue
        final = float(greedy_returns(Policy.of(model), EPISODES).mean())
        due += EVERY
        if final == MAX_STEPS and first is None:
            first = agent.step
    return Result(seed, first, final, steps / spent)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", default=list(NAMES))
    parser.add_argument("--seeds", default="", help="e.g. 0-19")
    parser.add_argument("--steps", type=int, default=50_000)
    parser.add_argument("--jobs", type=int, default=1)
    flags = parser.parse_args()
    kept = True
    for name in flags.names:
        low, high = (flags.seeds or ("0-19" if name == BEST else "0-9")).split("-")
        seeds = range(int(low), int(high) + 1)
        print(f"{name}\n{'seed':>5} {'first 500':>10} {'final':>7} {'steps/s':>8}")
        results = []
        with multiprocessing.get_context("spawn").Pool(flags.jobs) as pool:
            for found in pool.imap(partial(run, name, flags.steps), seeds):
                first = "never" if found.first is None else f"{found.first:,}"
                row = f"{found.seed:5} {first:>10} {found.final:7.1f} {found.speed:8.0f}"
                print(row, flush=True)
                results.append(found)
        median = statistics.median(flags.steps + 1 if r.first is None else r.first for r in results)
        whole = sum(result.final == MAX_STEPS for result in results)
        early = f"{median:,.0f}" if median <= flags.steps else "never"
        print(f"{whole} of {len(results)} end at {MAX_STEPS}; median first: {early}\n", flush=True)
        kept &= name != BEST or (whole == len(results) and median <= WANTED)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
