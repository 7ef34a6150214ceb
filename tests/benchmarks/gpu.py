"""Run the contract tests on CUDA and compare each recipe's training speed on GPU and CPU.

python -m tests.benchmarks.gpu [--seconds 10] [NAME …]
"""

import argparse
import subprocess
import sys
import time
from dataclasses import fields

import torch

from core.recipes import RECIPES
from core.training.recipe import Recipe


def steps_per_second(recipe: Recipe, device: str, seconds: float) -> float:
    """Optimiser steps a second at the settings of a training in the page, previews included."""
    config = recipe.Config(**{item.name: item.metadata["live"] for item in fields(recipe.Config)})
    model = recipe.build(config).to(device)
    training = recipe.train(model, recipe.data(), config)
    first = next(training).step  # which prepares what all others use
    start, step = time.perf_counter(), first
    while time.perf_counter() - start < seconds and (event := next(training, None)):
        step = event.step
    return (step - first) / (time.perf_counter() - start)


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("names", nargs="*", default=list(RECIPES), metavar="NAME")
    parser.add_argument("--seconds", type=float, default=10.0, help="for each recipe and device")
    flags = parser.parse_args()
    if not torch.cuda.is_available():
        print("This machine has no CUDA device.", file=sys.stderr)
        return 2
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}", flush=True)
    tests = [sys.executable, "-m", "pytest", "-n", "0", "tests/contract/test_recipes.py"]
    code = subprocess.run([*tests, "-k", "cuda"], check=False).returncode
    print(f"{'recipe':24} {'CPU, steps/s':>14} {'GPU, steps/s':>14} {'ratio':>8}")
    for name in flags.names:
        cpu, gpu = (
            steps_per_second(RECIPES[name], device, flags.seconds) for device in ("cpu", "cuda")
        )
        print(f"{name:24} {cpu:14.1f} {gpu:14.1f} {gpu / cpu:8.2f}", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
