"""Observations on an episode, a training and a policy map; `pages/text` has the sentences.

Also the curves of a training: moving means of its returns over environment steps.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from core.cartpole.environment import ANGLE_LIMIT, MAX_STEPS, TRACK_LIMIT
from core.cartpole.policy_map import PolicyMap
from core.cartpole.rollout import RIGHT, Trajectory
from core.observation import Observation

SOLVED_RETURN = 475.0  # mean return at which Gymnasium counts CartPole-v1 as solved
WINDOW = 20  # episodes of a moving mean
SIDE_MARGIN = 0.1  # distance from 1/2 at which the share of one action is worth a remark
DRIFT = 0.5  # m, mean distance from the centre in the second half of an episode
LINE_ACCURACY = 0.9  # share of a map that a linear boundary must classify correctly
OVERESTIMATION_RATIO = 1.2  # of mean max-Q to the obtained return


Series = Sequence[float] | np.ndarray


def observe_episode(run: Trajectory, gamma: float = 0.99) -> list[Observation]:
    """Observations on one whole episode.

    gamma: the discount of the agent, to compare its Q-values with the obtained returns.
    """
    return [*_ending(run), *_actions(run), *_position(run), *_expectation(run, gamma)]


def observe_training(
    returns: Sequence[float],
    expected: Sequence[float] = (),
    obtained: Sequence[float] = (),
) -> list[Observation]:
    """Observations on a training.

    returns: of its episodes, oldest first. expected: mean max-Q at some events; obtained: the mean
    discounted return at the same events.
    """
    return [*_progress(np.asarray(returns, float)), *_overestimation(expected, obtained)]


def observe_map(found: PolicyMap) -> Observation:
    """The linear boundary between left and right, by logistic regression.

    Only the share of right pushes where the boundary classifies less than `LINE_ACCURACY` of the
    map correctly or does not slope as that of a balancing agent.
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
    if min(tilt, spin) <= 0 or matched < LINE_ACCURACY:
        return Observation("observe.map.share", values)
    values |= {
        "lead": float(1000 * spin / tilt),
        "limit": float(-offset / tilt),
        "matched": matched,
    }
    return Observation("observe.map.line", values)


def discounted_returns(steps: int, terminated: bool, gamma: float) -> np.ndarray:
    """The discounted return from each state (n,) of an episode of n steps, γ < 1.

    With rewards of 1 it is (1 − γᵏ) / (1 − γ), k steps before the end. A truncated episode counts
    as endless.
    """
    missing = gamma ** np.arange(steps, 0, -1) if terminated else np.zeros(steps)
    return (1 - missing) / (1 - gamma)


def moving_mean(returns: Series) -> np.ndarray:
    """The mean of the last 20 returns after each episode (E,), of fewer at the start."""
    sums = np.concatenate([[0.0], np.cumsum(np.asarray(returns, float))])
    ends = np.arange(1, len(sums))
    starts = np.maximum(0, ends - WINDOW)
    return (sums[ends] - sums[starts]) / (ends - starts)


def moving_mean_at(returns: Series, ends: Series, steps: Series) -> np.ndarray:
    """The moving mean at each of these steps (S,); nan before the end of the first episode.

    returns, ends (E,): the return of each episode and the step at which it ended, oldest first.
    """
    last = np.searchsorted(np.asarray(ends, float), np.asarray(steps, float), side="right")
    return np.concatenate([[np.nan], moving_mean(returns)])[last]


def first_solved_step(returns: Series, ends: Series) -> int | None:
    """The step at which the mean of 20 returns first reaches 475, or None."""
    found = np.flatnonzero(moving_mean(returns)[WINDOW - 1 :] >= SOLVED_RETURN)
    return int(ends[found[0] + WINDOW - 1]) if found.size else None


def _ending(run: Trajectory) -> Iterator[Observation]:
    """How the episode ended; the largest pole angle where it was truncated."""
    x, _, angle, _ = run.states[-1]
    steps = len(run)
    values = {"steps": steps, "seconds": steps / 50}
    if not run.terminated:
        tilt = float(np.degrees(np.abs(run.states[:, 2]).max()))
        share = float(np.abs(run.states[:, 2]).max() / ANGLE_LIMIT)
        yield Observation("observe.held", values | {"tilt": tilt, "share": share})
    elif abs(x) > TRACK_LIMIT:
        yield Observation(f"observe.off.{'right' if x > 0 else 'left'}", values)
    else:
        yield Observation(f"observe.fell.{'right' if angle > 0 else 'left'}", values)


def _actions(run: Trajectory) -> Iterator[Observation]:
    """How often the action changes, and whether one action prevails."""
    if len(run) < 10:
        return
    switches = float((np.diff(run.actions) != 0).mean())
    lasts = 1 / max(switches, 1 / len(run))
    yield Observation("observe.switching", {"share": switches, "lasts": lasts})
    right = float((run.actions == RIGHT).mean())
    if abs(right - 0.5) > SIDE_MARGIN:
        side = "right" if right > 0.5 else "left"
        yield Observation(f"observe.side.{side}", {"share": max(right, 1 - right)})


def _position(run: Trajectory) -> Iterator[Observation]:
    """Where the cart stays; the reward does not depend on its position."""
    if len(run) < 100:
        return
    later = run.states[len(run.states) // 2 :, 0]
    mean, spread = float(later.mean()), float(later.std())
    if abs(mean) > DRIFT:
        side = "right" if mean > 0 else "left"
        yield Observation(f"observe.drift.{side}", {"distance": abs(mean), "spread": spread})
    else:
        yield Observation("observe.centred", {"distance": abs(mean), "spread": spread})


def _expectation(run: Trajectory, gamma: float) -> Iterator[Observation]:
    """Mean max-Q against the mean obtained discounted return."""
    if not 0 < gamma < 1 or not len(run):
        return
    expected = float(run.q.max(axis=1).mean())
    came = float(discounted_returns(len(run), run.terminated, gamma).mean())
    values = {"expected": expected, "obtained": came, "ratio": expected / came}
    yield Observation(f"observe.promise.{_comparison(expected, came)}", values)
    if not run.terminated:
        earned = (1 - gamma ** len(run)) / (1 - gamma)
        yield Observation("observe.open", {"steps": len(run), "earned": earned})


def _progress(returns: np.ndarray) -> Iterator[Observation]:
    """When it was first solved, and whether the returns fell afterwards."""
    if len(returns) < WINDOW:
        return
    means = moving_mean(returns)[WINDOW - 1 :]
    best, last = int(means.argmax()), float(means[-1])
    values = {"episodes": len(returns), "best": float(means[best]), "last": last}
    solved = np.flatnonzero(means >= SOLVED_RETURN)
    if solved.size:
        yield Observation("observe.solved", {"episode": int(solved[0]) + WINDOW, "window": WINDOW})
    elif means[best] < 50:
        yield Observation("observe.unlearnt", values)
    if last < 0.7 * means[best] and means[best] >= 50:
        yield Observation("observe.forgot", values | {"episode": best + WINDOW})
    first = np.flatnonzero(returns >= MAX_STEPS)
    if first.size:
        yield Observation("observe.first", {"episode": int(first[0]) + 1})


def _overestimation(expected: Sequence[float], obtained: Sequence[float]) -> Iterator[Observation]:
    """Whether Q is overestimated, as the maximum in the target causes (van Hasselt 2010)."""
    q, came = np.asarray(expected, float), np.asarray(obtained, float)
    if len(q) < 3 or len(q) != len(came):
        return
    recent = slice(-max(3, len(q) // 5), None)
    late, real = float(q[recent].mean()), float(came[recent].mean())
    if real > 0:
        values = {"expected": late, "obtained": real, "ratio": late / real}
        yield Observation(f"observe.estimate.{_comparison(late, real)}", values)


def _comparison(expected: float, obtained: float) -> str:
    if expected > OVERESTIMATION_RATIO * obtained:
        return "over"
    return "under" if expected < obtained / OVERESTIMATION_RATIO else "right"
