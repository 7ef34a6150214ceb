"""How fast the tutorial's game is played from memory, against the tutorial's own loop.

python -m tests.benchmarks.digits_speed [--seconds 40]

Both play the same game with the same networks, losses, optimisers and batch of 128. The tutorial
takes a `DataLoader` over PIL items with `ToTensor`, judges real and fake apart and steps the
optimisers as they come; the lab's own keeps its events and previews. The figure that must hold is
the ratio; the speeds themselves are the machine's.
"""

import argparse
import sys
import time
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader

from core import mnist
from core.digits.config import MlpConfig
from core.digits.model import build
from core.digits.train import GanTask
from core.mnist import Mnist
from core.training.loop import run
from tests.benchmarks.autoencoder_speed import Pictures

ROUNDS = 4
WANTED = 5.0


def from_memory(data: Mnist, config: MlpConfig, seconds: float) -> float:
    """Images per second of the lab's own training, its events and previews included."""
    start = time.perf_counter()
    for event in run(GanTask(build(config), data, config)):
        elapsed = time.perf_counter() - start
        if elapsed > seconds:
            return event.step * config.batch_size / elapsed
    raise AssertionError("the run ended before its time")


def from_loader(data: Mnist, config: MlpConfig, seconds: float) -> float:
    """Images per second of the tutorial's loop."""
    torch.set_flush_denormal(False)  # as torch starts; the lab's training switches it on
    torch.manual_seed(config.seed)
    gan = build(config)
    generator, discriminator = gan.generator, gan.discriminator
    make = torch.optim.Adam(generator.parameters(), config.generator_rate)
    judge = torch.optim.Adam(discriminator.parameters(), config.discriminator_rate)
    loader = DataLoader(Pictures(data.fit, data.train_labels), config.batch_size, shuffle=True)
    start = time.perf_counter()
    count = 0
    while True:
        for pictures, _ in loader:
            real = gan.from_pixels(pictures.flatten(1))
            yes, no = torch.ones(len(real)), torch.zeros(len(real))
            fake = generator(torch.randn(len(real), config.latent_size))
            loss = F.binary_cross_entropy_with_logits(discriminator(real), yes)
            loss = loss + F.binary_cross_entropy_with_logits(discriminator(fake.detach()), no)
            judge.zero_grad()
            loss.backward()
            judge.step()
            loss = F.binary_cross_entropy_with_logits(discriminator(fake), yes)
            make.zero_grad()
            loss.backward()
            make.step()
            count += len(real)
            elapsed = time.perf_counter() - start
            if elapsed > seconds:
                return count / elapsed


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=40.0, help="for each of the two, in all")
    seconds = parser.parse_args().seconds / ROUNDS
    data, config = mnist.load(), replace(MlpConfig(), epochs=1_000)
    speeds = {from_memory: [], from_loader: []}
    for way in speeds:
        way(data, config, 0.2)
    # In turns, so that whatever else the machine does burdens both alike.
    for _ in range(ROUNDS):
        for way, found in speeds.items():
            found.append(way(data, config, seconds))
    memory, loader = (sorted(found)[ROUNDS // 2] for found in speeds.values())
    ratio = memory / loader
    print(f"in memory {memory:,.0f} images/s, DataLoader {loader:,.0f} images/s: {ratio:.1f} times")
    return 0 if ratio >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
