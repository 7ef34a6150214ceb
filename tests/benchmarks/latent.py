"""How long a latent slider's move takes on the server: python -m tests.benchmarks.latent [NAME]

From a slider's value to the new image in [0, 1]: the latent moved along one of the network's
directions, checked, and drawn. Prints the median and the 95th percentile of 300 moves for each
shipped generator, how long finding the directions took, and how many of them earned a name.
"""

import sys
import time
from statistics import median, quantiles

import numpy as np
import torch

from core.digits.directions import REACH, find_directions, move
from core.digits.model import Gan
from core.digits.sample import draw_latents, sample
from core.errors import Problem
from core.recipes import find

MOVES = 300
WANTED = 15.0  # ms


def slide(gan: Gan, label: int | None) -> tuple[list[float], float, list[str]]:
    """Milliseconds of each move, seconds of finding the directions, and the names they earned."""
    start = time.perf_counter()
    directions = find_directions(gan, label)
    seconds = time.perf_counter() - start
    random = np.random.default_rng(0)
    latent = draw_latents(1, gan.latent_size, 0)[0]
    times = []
    for _ in range(MOVES):
        which = int(random.integers(len(directions.vectors)))
        to = float(random.uniform(-REACH, REACH))
        start = time.perf_counter()
        latent = move(directions, latent, which, to)
        sample(gan, latent[None], label)
        times.append(1000 * (time.perf_counter() - start))
    return times, seconds, [name for name in directions.attributes if name]


def main() -> int:
    torch.set_num_threads(1)
    kept = True
    for name in sys.argv[1:] or ("digits", "digits-mlp"):
        try:
            gan, _ = find(name).load()
        except Problem as problem:
            print(problem)
            kept = False
            continue
        assert isinstance(gan, Gan)
        for label in range(10) if gan.conditional else (None,):
            times, seconds, names = slide(gan, label)
            kept &= median(times) <= WANTED
            print(
                f"{name:10} {label if label is not None else 'all'!s:3} median "
                f"{median(times):5.2f} ms   p95 {quantiles(times, n=20)[-1]:5.2f} ms   "
                f"directions {seconds:4.1f} s, named: {', '.join(names) or 'none'}"
            )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
