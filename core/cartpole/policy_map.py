"""Q-values over a plane of states: pole angle × angular velocity."""

from dataclasses import dataclass

import numpy as np

from core.cartpole.environment import ANGLE_LIMIT, SPEED_LIMIT, TRACK_LIMIT
from core.cartpole.policy import Policy
from core.checks import check_count, check_number

REACH = 3.0  # rad/s, the greatest angular velocity of a map
SIZE = 61  # points of a side
LARGEST = 201


@dataclass(frozen=True, eq=False)
class PolicyMap:
    """Q over pole angle × angular velocity, at one position and velocity of the cart.

    angles (S,) rad, ascending; spins (S,) rad/s, ascending; q (S, S, 2): a row for each angular
    velocity, a column for each angle. difference (S, S): Q(right) − Q(left); actions (S, S): the
    argmax; values (S, S): the maximum.
    """

    x: float
    velocity: float
    angles: np.ndarray
    spins: np.ndarray
    q: np.ndarray

    @property
    def difference(self) -> np.ndarray:
        return self.q[..., 1] - self.q[..., 0]

    @property
    def actions(self) -> np.ndarray:
        return self.q.argmax(axis=-1)

    @property
    def values(self) -> np.ndarray:
        return self.q.max(axis=-1)


def policy_map(
    policy: Policy, x: float = 0.0, velocity: float = 0.0, size: int = SIZE
) -> PolicyMap:
    """Q over ±12° × ±3 rad/s, with the cart at x m and velocity m/s.

    Raises `Problem` ("setting.*", "value.*").
    """
    size = check_count("size", size, 2, LARGEST)
    x = check_number("x", x, -TRACK_LIMIT, TRACK_LIMIT)
    velocity = check_number("velocity", velocity, -SPEED_LIMIT, SPEED_LIMIT)
    angles, spins = (
        np.linspace(-limit, limit, size, dtype=np.float32) for limit in (ANGLE_LIMIT, REACH)
    )
    states = np.empty((size, size, 4), np.float32)
    states[..., 0], states[..., 1] = x, velocity
    states[..., 2], states[..., 3] = angles, spins[:, None]
    return PolicyMap(x, velocity, angles, spins, policy(states))
