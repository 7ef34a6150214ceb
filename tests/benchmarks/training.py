"""How soon a visitor's training answers, and how soon it stops: python -m tests.benchmarks.training

Prints, for five trainings of each recipe, the seconds from submitting to the first event and from
Stop to the end of the process.
"""

import statistics
import time

from core.execution.runner import Runner
from core.recipes import RECIPES

ROUNDS = 5
WARMING = 8.0  # seconds that the server of the trainings takes to load torch


def main() -> None:
    """Measure one recipe after another on a warm runner."""
    with Runner(slots=1) as runner:
        runner.warm()
        time.sleep(WARMING)
        for name, recipe in RECIPES.items():
            first, stopped = [], []
            for _ in range(ROUNDS):
                start = time.perf_counter()
                job = runner.submit(recipe, recipe.Config(), "benchmark")
                while not job.metrics and not job.ended:
                    time.sleep(0.005)
                first.append(time.perf_counter() - start)
                start = time.perf_counter()
                job.stop()
                stopped.append(time.perf_counter() - start)
            print(
                f"{name:24} first event: median {statistics.median(first):.2f} s, "
                f"worst {max(first):.2f} s; stop: median {statistics.median(stopped):.2f} s, "
                f"worst {max(stopped):.2f} s"
            )


if __name__ == "__main__":
    main()
