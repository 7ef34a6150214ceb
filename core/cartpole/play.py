"""What an agent does in a world: one choice, some steps from any state on, or an episode.

A network of this size is asked one state at a time, fifty times a second for each visitor: called
through torch, most of that time would be torch's own. A `Policy` therefore holds its weights as
numpy arrays. Its answers differ from the network's by rounding alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from torch import nn

from core.cartpole.model import QNetwork
from core.cartpole.world import (
    EARTH,
    FASTEST,
    SCALES,
    STEPS,
    World,
    check_alive,
    check_state,
    environment,
    start,
)
from core.checks import check_count, check_numbers, check_seed
from core.errors import Problem

LEFT, RIGHT = 0, 1
CHUNK = 100  # steps that a browser may ask for at once
LONGEST = 1_000_000  # steps, of an episode without the usual end


@dataclass(frozen=True, eq=False)
class Policy:
    """A network's weights as they were: layers of (weight (out, in), bias (out,)) float32, with a
    ReLU in between; the last gives Q. dueling: whether the network tells V(s) apart.
    """

    layers: tuple[tuple[np.ndarray, np.ndarray], ...]
    dueling: bool = False

    @classmethod
    @torch.no_grad()
    def of(cls, model: QNetwork) -> Self:
        """The policy of a network as it is now; what it learns later does not reach it."""
        linear = [each for each in model.modules() if isinstance(each, nn.Linear)]
        layers = [
            (each.weight.float().cpu().numpy().copy(), each.bias.float().cpu().numpy().copy())
            for each in linear
        ]
        weight, bias = layers[0]
        layers[0] = weight * model.scale.cpu().numpy(), bias
        weight, bias = (each * model.unit for each in layers[-1])
        if model.dueling:
            # Of A(left), A(right) and V: Q = V + A − mean A (Wang et al. 2016, equation 9).
            join = np.array([[0.5, -0.5, 1], [-0.5, 0.5, 1]], np.float32)
            weight, bias = join @ weight, join @ bias
        layers[-1] = weight, bias
        return cls(tuple(layers), model.dueling)

    def __call__(self, states: np.ndarray) -> np.ndarray:
        """Q (..., 2) of states (..., 4) float32."""
        hidden = states
        for weight, bias in self.layers[:-1]:
            hidden = np.maximum(hidden @ weight.T + bias, 0)
        weight, bias = self.layers[-1]
        return hidden @ weight.T + bias


@dataclass(frozen=True, eq=False)
class Act:
    """What an agent thinks of one state.

    q (2,): the discounted return it expects of pushing left and right. action: the greater one.
    value: the greater Q. state_value, advantages (2,): V(s) and A(s, a) apart, of a dueling
    network; None of others.
    """

    q: np.ndarray
    action: int
    value: float
    state_value: float | None
    advantages: np.ndarray | None


@dataclass(frozen=True, eq=False)
class Run:
    """n steps: an episode or a part of one.

    states (n + 1, 4) float64, the first and the last included. seen (n, 4) float32: what the agent
    saw of them. q (n, 2): what it thought. actions (n,): what it chose; forces (n,): the action
    whose force acted, another only where there is a delay. state_values (n,): V(s), of a dueling
    network only, whose A(s, a) is Q(s, a) − V(s). terminated: the cart left the track or
    the pole fell, in the last state; truncated: the last step that an episode may have was made.
    """

    states: np.ndarray
    seen: np.ndarray
    q: np.ndarray
    actions: np.ndarray
    forces: np.ndarray
    state_values: np.ndarray | None
    terminated: bool
    truncated: bool

    def __len__(self) -> int:
        return len(self.actions)

    @property
    def rewards(self) -> np.ndarray:
        """One for each step, the last included (n,)."""
        return np.ones(len(self), np.float32)


@torch.inference_mode()
def act(model: QNetwork, state: Any) -> Act:
    """What the agent thinks of a state (4,). Raises `Problem` ("state.size", "value.*")."""
    device = next(model.parameters()).device
    states = torch.from_numpy(check_state(state).astype(np.float32))[None].to(device)
    q = model(states)[0].float().cpu().numpy()
    state_value, advantages = None, None
    if model.dueling:
        v, a = model.streams(states)
        state_value, advantages = float(v.item()), a[0].float().cpu().numpy()
    return Act(q, int(q.argmax()), float(q.max()), state_value, advantages)


def play_episode(policy: Policy, world: World = EARTH, seed: int = 0, steps: int = STEPS) -> Run:
    """The greedy episode that begins as Gymnasium's of that seed does, at most so many steps long.

    Raises `Problem` ("setting.*").
    """
    steps = check_count("steps", steps, 1, STEPS)
    return go_on(policy, world, start(check_seed(seed)), steps, seed=seed, limit=steps)


def go_on(
    policy: Policy,
    world: World,
    state: Any,
    steps: int,
    elapsed: int = 0,
    waiting: Sequence[int] = (),
    seed: int = 0,
    limit: int = STEPS,
) -> Run:
    """The next steps of an episode from a state (4,) on, fewer where it ends.

    elapsed: steps made before; limit: of all, after which the episode is cut off. waiting: the
    last actions chosen before, as many as the world's delay at most, whose forces are still to
    come. seed: of the noise; an episode is the same whether it is asked for in parts or whole.
    Raises `Problem` ("state.*", "value.*", "setting.*").
    """
    state = check_alive(state)
    limit = check_count("limit", limit, 1, LONGEST)
    elapsed = check_count("elapsed", elapsed, 0, limit - 1)
    steps = min(check_count("steps", steps, 1, STEPS), limit - elapsed)
    queue = _queue(world, waiting, elapsed)
    errors = _errors(world, check_seed(seed), elapsed, steps)
    states, seen = np.empty((steps + 1, 4)), np.empty((steps, 4), np.float32)
    thought: list[np.ndarray] = []
    made = environment(world)
    states[0] = made.state = state
    terminated = False
    while len(thought) < steps and not terminated:
        at = len(thought)
        seen[at] = states[at] if errors is None else states[at] + errors[at]
        thought.append(policy(seen[at]))
        queue.append(int(thought[at].argmax()))
        _, _, terminated, _, _ = made.step(queue[at])
        states[at + 1] = made.state
    count, q = len(thought), np.stack(thought)
    return Run(
        states=states[: count + 1],
        seen=seen[:count],
        q=q,
        actions=np.array(queue[world.delay :][:count]),
        forces=np.array(queue[:count]),
        # A's mean is zero, so V is what both Q have in common.
        state_values=q.mean(axis=1) if policy.dueling else None,
        terminated=terminated,
        truncated=not terminated and elapsed + count >= limit,
    )


def answer(policy: Policy, asked: Mapping[str, Any]) -> Run:
    """The next steps as a browser asks for them: plain values, all of which may be anything.

    asked: world, a mapping; state, or None for the start of an episode of that seed; seed; steps,
    at most 100; elapsed, waiting; limit, 0 for an episode without an end. Raises `Problem`.
    """
    seed = check_seed(asked.get("seed", 0))
    state = asked.get("state")
    return go_on(
        policy,
        World.from_dict(asked.get("world", {})),
        start(seed) if state is None else state,
        check_count("steps", asked.get("steps", CHUNK), 1, CHUNK),
        asked.get("elapsed", 0),
        asked.get("waiting", ()),
        seed,
        asked.get("limit", STEPS) or LONGEST,
    )


def push(state: Any, cart: float = 0.0, pole: float = 0.0) -> np.ndarray:
    """A state (4,) after a shove: ẋ more by `cart` m/s and θ̇ by `pole` rad/s, within ±20.

    Raises `Problem` ("state.*", "value.*").
    """
    state = check_alive(state)
    shove = check_numbers([cart, pole], "A shove").astype(np.float64)
    state[[1, 3]] = np.clip(state[[1, 3]] + shove, -FASTEST, FASTEST)
    return state


def _queue(world: World, waiting: Sequence[int], elapsed: int) -> list[int]:
    """The actions whose forces come next: before the first was chosen, left and right in turn."""
    chosen = check_numbers(waiting, "waiting").reshape(-1)
    if not np.isin(chosen, (LEFT, RIGHT)).all():
        raise Problem("setting.choice", name="action", choices="0, 1", value=str(waiting)[:80],
                      nearest=0)  # fmt: skip
    chosen = [int(action) for action in chosen][-world.delay :] if world.delay else []
    missing = world.delay - len(chosen)
    return [(elapsed + at) % 2 for at in range(missing)] + chosen


def _errors(world: World, seed: int, elapsed: int, steps: int) -> np.ndarray | None:
    """What the sensors are off by (steps, 4), or None; it comes round again every 500 steps."""
    if not world.noise:
        return None
    table = np.random.default_rng(seed).normal(scale=world.noise * SCALES, size=(STEPS, 4))
    return table[np.arange(elapsed, elapsed + steps) % STEPS]
