"""The memory that a deep Q-network learns from."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """B transitions.

    states, next_states (B, 4); actions (B,) int64; rewards (B,), the discounted sum of those
    between the two states; discounts (B,): γ to the power of how many these were; terminated (B,):
    the next state is a fallen pole or off the track; truncated (B,): the episode was only cut off.
    """

    states: Tensor
    actions: Tensor
    rewards: Tensor
    next_states: Tensor
    discounts: Tensor
    terminated: Tensor
    truncated: Tensor

    def mirrored(self, where: Tensor) -> Self:
        """The same transitions, those with a 1 in `where` (B,) seen in a mirror: just as true.

        Van der Pol et al. 2020, "MDP homomorphic networks", section 5.
        """
        side = 1 - 2 * where[..., None]
        return replace(
            self,
            states=side * self.states,
            actions=(self.actions - where).abs(),
            next_states=side * self.next_states,
        )


class Replay:
    """The last `size` transitions, the oldest overwritten (Lin 1992; Mnih et al. 2015).

    With n_step > 1 a transition spans up to n steps: (s, a, r + γr′ + …, the state n steps later),
    fewer where the episode ends (Sutton 1988; Hessel et al. 2018, "Rainbow").
    """

    def __init__(self, size: int, n_step: int = 1, gamma: float = 0.99):
        self.size, self.n_step, self.gamma = size, n_step, gamma
        self.count = 0  # transitions stored so far, those overwritten included
        # state 0–3, action 4, reward 5, next state 6–9, discount 10, terminated 11, truncated 12
        self.rows = np.zeros((size, 13), np.float32)
        self._recent: deque[tuple[np.ndarray, int, float]] = deque()

    def __len__(self) -> int:
        return min(self.count, self.size)

    def add(
        self,
        state: np.ndarray,
        action: int,
        reward: float,
        next_state: np.ndarray,
        terminated: bool,
        truncated: bool,
    ) -> None:
        """Remember one step of the environment."""
        self._recent.append((state, action, reward))
        over = terminated or truncated
        while self._recent and (over or len(self._recent) == self.n_step):
            total = 0.0
            for _, _, later in reversed(self._recent):
                total = later + self.gamma * total
            discount = self.gamma ** len(self._recent)
            first, chosen, _ = self._recent.popleft()
            row = self.rows[self.count % self.size]
            row[:4], row[4:6], row[6:10] = first, (chosen, total), next_state
            row[10:] = discount, terminated, truncated
            self.count += 1

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> np.ndarray:
        """Places of transitions drawn with equal chances, with replacement."""
        return torch.randint(len(self), shape, generator=generator).numpy()

    def latest(self, count: int) -> np.ndarray:
        """Places of the last transitions, the oldest of them first."""
        count = min(count, len(self))
        return np.arange(self.count - count, self.count) % self.size

    def take(self, places: np.ndarray, device: torch.device | str = "cpu") -> Batch:
        """The transitions at places (..., B); their axes stand first in all parts of the batch."""
        rows = torch.from_numpy(self.rows[places]).to(device)
        state, action, reward, later, discount, terminated, truncated = rows.split(
            (4, 1, 1, 4, 1, 1, 1), dim=-1
        )
        return Batch(
            states=state,
            actions=action[..., 0].long(),
            rewards=reward[..., 0],
            next_states=later,
            discounts=discount[..., 0],
            terminated=terminated[..., 0],
            truncated=truncated[..., 0],
        )

    def state(self) -> dict[str, Any]:
        """What going on from here needs."""
        recent = list(self._recent)
        return {
            "rows": torch.from_numpy(self.rows[: len(self)].copy()),
            "count": self.count,
            "recent": torch.tensor(np.array([[*s, a, r] for s, a, r in recent]).reshape(-1, 6)),
        }

    def restore(self, state: Mapping[str, Any]) -> Self:
        self.count = state["count"]
        self.rows[: len(self)] = state["rows"].numpy()
        self._recent = deque(
            (row[:4].astype(np.float32), int(row[4]), float(row[5]))
            for row in state["recent"].numpy()
        )
        return self
