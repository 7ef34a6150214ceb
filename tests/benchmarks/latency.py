"""How long a slider's move takes on the server: python -m tests.benchmarks.latency

Prints the median and the 95th percentile of 300 moves, for each shipped autoencoder.
"""

import statistics
import time

import numpy as np
import torch

from core.execution.runner import Runner
from pages.app.lab import Lab
from pages.app.request import Request
from pages.autoencoder.cloud import move
from pages.autoencoder.shared import SHIPPED, requested

MOVES = 300


def main() -> None:
    """Measure the handler of a latent slider as the page calls it."""
    lab = Lab(torch.device("cpu"), Runner())
    random = np.random.default_rng(0)
    request = Request(lab, "", "en")
    for name in SHIPPED:
        _, space = requested(request, name)
        points = random.uniform(space.ranges[:, 0], space.ranges[:, 1], (MOVES, 3))
        times = []
        for point in points.tolist():
            start = time.perf_counter()
            move(request, name=name, point=point)
            times.append(1000 * (time.perf_counter() - start))
        median, late = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        print(f"{name:24} median {median:5.2f} ms   p95 {late:5.2f} ms")
    lab.runner.close()


if __name__ == "__main__":
    main()
