"""What to look for in an episode and in a training, computed from them; the page has the words."""

from collections.abc import Iterator, Sequence

import numpy as np

from core.cartpole.play import RIGHT, Run
from core.cartpole.policy import PolicyMap
from core.cartpole.world import ANGLE, STEPS, TRACK
from core.observation import Observation

LEARNT = 475.0  # mean return from which CartPole-v1 counts as solved, by Gymnasium
WINDOW = 20  # episodes
SKEWED = 0.1  # of the actions, more to one side than to the other
DRIFT = 0.5  # m: a cart that far off, over half an episode on average, sticks to its place
STRAIGHT = 0.9  # of a map: what a straight line must get right to describe it
RATIO = 1.2  # of what is expected to what was obtained, from which on one may call it too much


def observe_episode(run: Run, gamma: float = 0.99) -> list[Observation]:
    """What is worth saying of one episode, played from its start to its end.

    gamma: the agent's own discount, with which its Q-values are held against what came.
    """
    return [*_end(run), *_actions(run), *_place(run), *_promise(run, gamma)]


def observe_training(
    returns: Sequence[float],
    expected: Sequence[float] = (),
    obtained: Sequence[float] = (),
) -> list[Observation]:
    """What is worth saying of a training.

    returns: of its episodes, oldest first. expected: mean max-Q at some moments; obtained: the
    discounted returns really obtained then.
    """
    return [*_course(np.asarray(returns, float)), *_overestimation(expected, obtained)]


def observe_map(found: PolicyMap) -> Observation:
    """Which way the agent pushes where: the straight line that parts left from right best.

    By logistic regression. Only where that line is right about `STRAIGHT` of the map, and it leans
    as a balancing agent's does, is it worth its words.
    """
    from sklearn.linear_model import LogisticRegression

    right = (found.actions == RIGHT).ravel()
    values: dict[str, float] = {"share": float(right.mean())}
    if right.all() or not right.any():
        return Observation("observe.map.share", values)
    angles, spins = (np.degrees(each) for each in (found.angles, found.spins))
    places = np.stack(np.meshgrid(angles, spins), axis=-1).reshape(-1, 2)
    spread = places.std(axis=0)
    line = LogisticRegression(C=1e3).fit(places / spread, right)
    (tilt, spin), offset = line.coef_[0] / spread, line.intercept_[0]
    matched = float(line.score(places / spread, right))
    if min(tilt, spin) <= 0 or matched < STRAIGHT:
        return Observation("observe.map.share", values)
    values |= {
        "lead": float(1000 * spin / tilt),
        "limit": float(-offset / tilt),
        "matched": matched,
    }
    return Observation("observe.map.line", values)


def obtained_returns(steps: int, terminated: bool, gamma: float) -> np.ndarray:
    """The discounted return that followed each state (n,) of an episode of n steps, γ < 1.

    With every reward 1 that is (1 − γᵏ) / (1 − γ), k steps before the end. An episode that was only
    cut off is taken to have gone on for ever.
    """
    missing = gamma ** np.arange(steps, 0, -1) if terminated else np.zeros(steps)
    return (1 - missing) / (1 - gamma)


def _end(run: Run) -> Iterator[Observation]:
    """How the episode ended, and how near the pole came to falling."""
    x, _, angle, _ = run.states[-1]
    steps = len(run)
    values = {"steps": steps, "seconds": steps / 50}
    if not run.terminated:
        tilt = float(np.degrees(np.abs(run.states[:, 2]).max()))
        share = float(np.abs(run.states[:, 2]).max() / ANGLE)
        yield Observation("observe.held", values | {"tilt": tilt, "share": share})
    elif abs(x) > TRACK:
        yield Observation(f"observe.off.{'right' if x > 0 else 'left'}", values)
    else:
        yield Observation(f"observe.fell.{'right' if angle > 0 else 'left'}", values)


def _actions(run: Run) -> Iterator[Observation]:
    """How often the agent changes its mind, and whether it prefers a side."""
    if len(run) < 10:
        return
    switches = float((np.diff(run.actions) != 0).mean())
    lasts = 1 / max(switches, 1 / len(run))
    yield Observation("observe.switching", {"share": switches, "lasts": lasts})
    right = float((run.actions == RIGHT).mean())
    if abs(right - 0.5) > SKEWED:
        side = "right" if right > 0.5 else "left"
        yield Observation(f"observe.side.{side}", {"share": max(right, 1 - right)})


def _place(run: Run) -> Iterator[Observation]:
    """Where the cart settles: no reward speaks of the middle of the track."""
    if len(run) < 100:
        return
    later = run.states[len(run.states) // 2 :, 0]
    mean, spread = float(later.mean()), float(later.std())
    if abs(mean) > DRIFT:
        side = "right" if mean > 0 else "left"
        yield Observation(f"observe.drift.{side}", {"distance": abs(mean), "spread": spread})
    else:
        yield Observation("observe.centred", {"distance": abs(mean), "spread": spread})


def _promise(run: Run, gamma: float) -> Iterator[Observation]:
    """Whether what the agent expected is what came."""
    if not 0 < gamma < 1 or not len(run):
        return
    expected = float(run.q.max(axis=1).mean())
    came = float(obtained_returns(len(run), run.terminated, gamma).mean())
    values = {"expected": expected, "obtained": came, "ratio": expected / came}
    yield Observation(f"observe.promise.{_judged(expected, came)}", values)
    if not run.terminated:
        earned = (1 - gamma ** len(run)) / (1 - gamma)
        yield Observation("observe.open", {"steps": len(run), "earned": earned})


def _course(returns: np.ndarray) -> Iterator[Observation]:
    """When it first lasted, whether it got worse again, and where it stands."""
    if len(returns) < WINDOW:
        return
    means = np.convolve(returns, np.full(WINDOW, 1 / WINDOW), "valid")
    best, last = int(means.argmax()), float(means[-1])
    values = {"episodes": len(returns), "best": float(means[best]), "last": last}
    solved = np.flatnonzero(means >= LEARNT)
    if solved.size:
        yield Observation("observe.solved", {"episode": int(solved[0]) + WINDOW, "window": WINDOW})
    elif means[best] < 50:
        yield Observation("observe.unlearnt", values)
    if last < 0.7 * means[best] and means[best] >= 50:
        yield Observation("observe.forgot", values | {"episode": best + WINDOW})
    first = np.flatnonzero(returns >= STEPS)
    if first.size:
        yield Observation("observe.first", {"episode": int(first[0]) + 1})


def _overestimation(expected: Sequence[float], obtained: Sequence[float]) -> Iterator[Observation]:
    """Whether the network promises more than it keeps, as the maximum in its target makes it do."""
    q, came = np.asarray(expected, float), np.asarray(obtained, float)
    if len(q) < 3 or len(q) != len(came):
        return
    recent = slice(-max(3, len(q) // 5), None)
    late, real = float(q[recent].mean()), float(came[recent].mean())
    if real > 0:
        values = {"expected": late, "obtained": real, "ratio": late / real}
        yield Observation(f"observe.estimate.{_judged(late, real)}", values)


def _judged(expected: float, obtained: float) -> str:
    if expected > RATIO * obtained:
        return "over"
    return "under" if expected < obtained / RATIO else "right"
