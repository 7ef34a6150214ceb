"""How fast the plain autoencoder trains from memory, against torchvision's usual way.

python -m tests.benchmarks.autoencoder_speed [--seconds 40] [--batch-size 256]

Both train the same network with AdamW at the same batch size. The usual way converts and collates
every image by itself, a `DataLoader` over PIL items with `ToTensor`, and takes the optimiser as it
comes; the lab's own keeps its events, validation and previews. The figure that must hold is the
ratio; the speeds themselves are the machine's.
"""

import argparse
import sys
import time
from dataclasses import replace

import torch
import torch.nn.functional as F
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import ToTensor

from core import mnist
from core.autoencoder.config import PlainConfig
from core.autoencoder.model import build
from core.autoencoder.train import AutoencoderTask
from core.mnist import SIDE, Mnist
from core.training.loop import run

ROUNDS = 4
WANTED = 5.0


class Pictures(Dataset):
    """What `torchvision.datasets.MNIST` with `ToTensor` gives: a converted picture and a label."""

    def __init__(self, images: torch.Tensor, labels: torch.Tensor):
        self.images = images.reshape(-1, SIDE, SIDE).numpy()
        self.labels = labels
        self.transform = ToTensor()

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.transform(Image.fromarray(self.images[index])), int(self.labels[index])


def from_memory(data: Mnist, config: PlainConfig, seconds: float) -> float:
    """Images per second of the lab's own training, its events and previews included."""
    start = time.perf_counter()
    for event in run(AutoencoderTask(build(config), data, config)):
        elapsed = time.perf_counter() - start
        if elapsed > seconds:
            return event.step * config.batch_size / elapsed
    raise AssertionError("the run ended before its time")


def from_loader(data: Mnist, config: PlainConfig, seconds: float) -> float:
    """Images per second of the usual loop."""
    torch.set_flush_denormal(False)  # as torch starts; the lab's training switches it on
    model = build(config)
    optimiser = torch.optim.AdamW(model.parameters(), config.learning_rate)
    generator = torch.Generator().manual_seed(config.seed)
    loader = DataLoader(
        Pictures(data.fit, data.train_labels),
        config.batch_size,
        shuffle=True,
        drop_last=True,
        generator=generator,
    )
    start = time.perf_counter()
    count = 0
    while True:
        for pictures, _ in loader:
            images = pictures.flatten(1)
            loss = F.mse_loss(model(images), images)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            count += len(images)
            elapsed = time.perf_counter() - start
            if elapsed > seconds:
                return count / elapsed


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=40.0, help="for each of the two, in all")
    parser.add_argument("--batch-size", type=int, default=PlainConfig().batch_size)
    flags = parser.parse_args()
    seconds = flags.seconds / ROUNDS
    data, config = mnist.load(), replace(PlainConfig(), epochs=1_000, batch_size=flags.batch_size)
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
