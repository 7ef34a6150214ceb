"""Whether each configuration of the failure lab fails, and is cured by its remedy:

python -m tests.benchmarks.failures [NAME …] [--seeds 10]

Trains every configuration with each seed, applies the remedy to the same training, and goes on.
Prints a table, and exits with 1 where fewer than nine in ten do as expected or a failure takes more
than a minute.
"""

import argparse
import sys
import time
from dataclasses import replace

import torch

from core.digits.config import ToyConfig
from core.digits.failures import FAILURES, Facts, Failure, facts_of
from core.digits.model import build
from core.digits.train import GanTask

SHARE = 0.9
SECONDS = 60.0


def run(failure: Failure, seed: int) -> tuple[bool, float, bool, float]:
    """Whether it failed, after how many seconds, whether it was cured, and after how many."""
    config = replace(failure.config, seed=seed)
    model = build(config)
    task = GanTask(model, None, config)
    start = time.perf_counter()
    failed = failure.has_failed(_facts(task, config, failure.steps))
    middle = time.perf_counter()
    config = replace(config, **failure.remedy)
    cured = failure.cured(_facts(task, config, failure.remedy_steps))
    return failed, middle - start, cured, time.perf_counter() - middle


def _facts(task: GanTask, config: ToyConfig, steps: int) -> Facts:
    """The facts after so many more steps, of which the last twenty make the means."""
    task.config = config
    for step in range(steps):
        if step == steps - 20:
            task.metrics(0.0)
        task.optimise()
    _, preview = task.preview()
    return facts_of(config, preview, task.metrics(0.0))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", default=list(FAILURES))
    parser.add_argument("--seeds", type=int, default=10)
    flags = parser.parse_args()
    seeds = flags.seeds
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    kept = True
    print(f"{'failure':12} {'failed':>8} {'seconds':>8} {'cured':>8} {'seconds':>8}")
    for failure in (FAILURES[name] for name in flags.names):
        failed, before, cured, after = zip(*(run(failure, s) for s in range(seeds)), strict=True)
        row = f"{sum(failed)}/{seeds}", max(before), f"{sum(cured)}/{seeds}", max(after)
        print(f"{failure.name:12} {row[0]:>8} {row[1]:8.1f} {row[2]:>8} {row[3]:8.1f}", flush=True)
        kept &= min(sum(failed), sum(cured)) >= SHARE * seeds and max(before) <= SECONDS
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
