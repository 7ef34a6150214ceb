"""Whether the set-ups of a failure lab do as promised, at every seed."""

import argparse
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import torch

SHARE = 0.9  # of the seeds

# Of a training: which outcome it had, and its figures, each with the form it is printed in.
Trained = tuple[str, Mapping[str, tuple[float, str]]]


def hold(set_ups: Mapping[str, tuple[Any, str]], train: Callable[[Any], Trained]) -> int:
    """Train every set-up (its settings, what is promised) with each seed, and print a table.

    The command line may name some of them, and say how many seeds. Gives 1 where fewer than nine
    in ten do as promised, else 0.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", default=list(set_ups))
    parser.add_argument("--seeds", type=int, default=10)
    flags = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    kept = True
    for name in flags.names:
        config, promised = set_ups[name]
        start = time.perf_counter()
        found = [train(replace(config, seed=seed)) for seed in range(flags.seeds)]
        seconds = (time.perf_counter() - start) / flags.seeds
        right = sum(outcome == promised for outcome, _ in found)
        figures = "   ".join(
            f"{figure} {spread([each[figure] for _, each in found])}" for figure in found[0][1]
        )
        row = f"{right}/{flags.seeds}"
        print(f"{name:16} {promised:>10} {row:>6}   {seconds:5.1f} s   {figures}", flush=True)
        kept &= right >= SHARE * flags.seeds
    return 0 if kept else 1


def spread(values: list[tuple[float, str]]) -> str:
    """The least and the greatest."""
    form = values[0][1]
    numbers = [number for number, _ in values]
    return f"{min(numbers):{form}}–{max(numbers):{form}}"
