"""Greedy rollouts of a policy: an episode, or some steps from any state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.cartpole.environment import (
    EARTH,
    MAX_STEPS,
    SPEED_LIMIT,
    STATE_SCALES,
    World,
    check_running_state,
    initial_state,
    make_environment,
)
from core.cartpole.policy import Policy
from core.checks import check_count, check_numbers, check_seed
from core.errors import Problem

LEFT, RIGHT = 0, 1
CHUNK = 100  # greatest number of steps that a browser can request at once
LONGEST = 1_000_000  # step limit of an episode without the usual time limit


@dataclass(frozen=True, eq=False)
class Trajectory:
    """n steps: an episode or a part of one.

    states (n + 1, 4) float64: from the first to the last. observations (n, 4) float32: the states
    with sensor noise, as the policy received them. q (n, 2): Q of the observations. actions (n,):
    chosen by the policy; forces (n,): the actions whose force acted, which differ only with a
    delay. state_values (n,): V(s) of a dueling network, with A(s, a) = Q(s, a) − V(s); else None.
    terminated: the last state is terminal; truncated: the time limit was reached.
    """

    states: np.ndarray
    observations: np.ndarray
    q: np.ndarray
    actions: np.ndarray
    forces: np.ndarray
    state_values: np.ndarray | None
    terminated: bool
    truncated: bool

    def __len__(self) -> int:
        return len(self.actions)


def play_episode(
    policy: Policy, world: World = EARTH, seed: int = 0, steps: int = MAX_STEPS
) -> Trajectory:
    """The greedy episode from Gymnasium's initial state of a seed, of at most `steps` steps.

    Raises `Problem` ("setting.*").
    """
    steps = check_count("steps", steps, 1, MAX_STEPS)
    state = initial_state(check_seed(seed))
    return continue_episode(policy, world, state, steps, seed=seed, limit=steps)


def continue_episode(
    policy: Policy,
    world: World,
    state: Any,
    steps: int,
    elapsed: int = 0,
    waiting: Sequence[int] = (),
    seed: int = 0,
    limit: int = MAX_STEPS,
) -> Trajectory:
    """The next steps of an episode from a state (4,), fewer where it ends.

    elapsed: steps made before; limit: of the whole episode, then it is truncated. waiting: the last
    actions chosen before, at most `world.delay`, whose forces are still to come. seed: of the
    noise. An episode computed in parts is the same as one computed at once. Raises `Problem`
    ("state.*", "value.*", "setting.*").
    """
    state = check_running_state(state)
    limit = check_count("limit", limit, 1, LONGEST)
    elapsed = check_count("elapsed", elapsed, 0, limit - 1)
    steps = min(check_count("steps", steps, 1, MAX_STEPS), limit - elapsed)
    actions = _pending_actions(world, waiting, elapsed)
    noise = _sensor_noise(world, check_seed(seed), elapsed, steps)
    states, observations = np.empty((steps + 1, 4)), np.empty((steps, 4), np.float32)
    q: list[np.ndarray] = []
    env = make_environment(world)
    states[0] = env.state = state
    terminated = False
    while len(q) < steps and not terminated:
        step = len(q)
        observations[step] = states[step] if noise is None else states[step] + noise[step]
        q.append(policy(observations[step]))
        actions.append(int(q[step].argmax()))
        _, _, terminated, _, _ = env.step(actions[step])
        states[step + 1] = env.state
    count, q_values = len(q), np.stack(q)
    return Trajectory(
        states=states[: count + 1],
        observations=observations[:count],
        q=q_values,
        actions=np.array(actions[world.delay :][:count]),
        forces=np.array(actions[:count]),
        # The mean of A is zero, so V is the mean of Q.
        state_values=q_values.mean(axis=1) if policy.dueling else None,
        terminated=terminated,
        truncated=not terminated and elapsed + count >= limit,
    )


def answer_request(policy: Policy, request: Mapping[str, Any]) -> Trajectory:
    """The steps that a browser requests, from unchecked plain values.

    request: world, a mapping; state, or None for the initial state of the seed; seed; steps, at
    most 100; elapsed; waiting; limit, 0 for no time limit. Raises `Problem`.
    """
    seed = check_seed(request.get("seed", 0))
    state = request.get("state")
    return continue_episode(
        policy,
        World.from_dict(request.get("world", {})),
        initial_state(seed) if state is None else state,
        check_count("steps", request.get("steps", CHUNK), 1, CHUNK),
        request.get("elapsed", 0),
        request.get("waiting", ()),
        seed,
        request.get("limit", MAX_STEPS) or LONGEST,
    )


def push_state(state: Any, cart: float = 0.0, pole: float = 0.0) -> np.ndarray:
    """A state (4,) after a push: ẋ + `cart` m/s and θ̇ + `pole` rad/s, clipped to ±20.

    Raises `Problem` ("state.*", "value.*").
    """
    state = check_running_state(state)
    change = check_numbers([cart, pole], "A shove").astype(np.float64)
    state[[1, 3]] = np.clip(state[[1, 3]] + change, -SPEED_LIMIT, SPEED_LIMIT)
    return state


def _pending_actions(world: World, waiting: Sequence[int], elapsed: int) -> list[int]:
    """The `world.delay` actions whose forces come next; unknown ones alternate left and right."""
    chosen = check_numbers(waiting, "waiting").reshape(-1)
    if not np.isin(chosen, (LEFT, RIGHT)).all():
        raise Problem("setting.choice", name="action", choices="0, 1", value=str(waiting)[:80],
                      nearest=0)  # fmt: skip
    chosen = [int(action) for action in chosen][-world.delay :] if world.delay else []
    missing = world.delay - len(chosen)
    return [(elapsed + step) % 2 for step in range(missing)] + chosen


def _sensor_noise(world: World, seed: int, elapsed: int, steps: int) -> np.ndarray | None:
    """Errors of the observations (steps, 4), with a period of 500 steps; None without noise."""
    if not world.noise:
        return None
    generator = np.random.default_rng(seed)
    noise = generator.normal(scale=world.noise * STATE_SCALES, size=(MAX_STEPS, 4))
    return noise[np.arange(elapsed, elapsed + steps) % MAX_STEPS]
