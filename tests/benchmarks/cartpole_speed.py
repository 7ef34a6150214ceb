"""How many steps a second an agent learns from, against Stable-Baselines3's DQN:

python -m tests.benchmarks.cartpole_speed [--steps 5000]      (needs pip install stable-baselines3)

The same work in turn, on one thread: a network of 256-256, a batch of 64, 128 updates after every
256 steps, a target network that is a running mean. The figure that must hold is the ratio; the
speeds themselves are the machine's.
"""

import argparse
import sys
import time

import gymnasium
import torch

from core.cartpole.agent import DQNAgent
from core.cartpole.config import BestConfig
from core.cartpole.model import build

ROUNDS = 3
WANTED = 2.0


def ours(steps: int) -> float:
    """Steps a second of the lab's agent."""
    torch.set_flush_denormal(True)  # as the lab's training does
    config = BestConfig(steps=steps, width=256, double="off", n_step=1, mirrored="off")
    agent = DQNAgent(build(config), config)
    start = time.perf_counter()
    while agent.step < steps:
        agent.advance(config)
    return steps / (time.perf_counter() - start)


def theirs(steps: int) -> float:
    """Steps a second of Stable-Baselines3."""
    from stable_baselines3 import DQN  # pyright: ignore[reportMissingImports]

    torch.set_flush_denormal(False)  # as torch starts
    agent = DQN(
        "MlpPolicy", gymnasium.make("CartPole-v1"), batch_size=64, train_freq=256,
        gradient_steps=128, buffer_size=50_000, learning_starts=1_000, learning_rate=2.3e-3,
        tau=0.02, policy_kwargs={"net_arch": [256, 256]}, device="cpu",
    )  # fmt: skip
    start = time.perf_counter()
    agent.learn(steps)
    return steps / (time.perf_counter() - start)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=5_000)
    steps = parser.parse_args().steps
    torch.set_num_threads(1)
    ratios = []
    for _ in range(ROUNDS):
        here, there = ours(steps), theirs(steps)
        ratios.append(here / there)
        print(f"ours {here:,.0f} · Stable-Baselines3 {there:,.0f} · ratio {ratios[-1]:.2f}")
    return 0 if sorted(ratios)[ROUNDS // 2] >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
