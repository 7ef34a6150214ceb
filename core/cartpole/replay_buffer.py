"""The replay buffer that a deep Q-network is trained from."""

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

    states, next_states (B, 4); actions (B,) int64; rewards (B,): discounted sum of the rewards
    between the two states; discounts (B,): γ to the power of the number of these rewards;
    terminated (B,): 1 where the next state is terminal; truncated (B,): 1 where the time limit cut
    the episode off.
    """

    states: Tensor
    actions: Tensor
    rewards: Tensor
    next_states: Tensor
    discounts: Tensor
    terminated: Tensor
    truncated: Tensor

    def mirrored(self, mask: Tensor) -> Self:
        """The same transitions, with left and right swapped where `mask` (B,) is 1.

        The dynamics have this symmetry (van der Pol et al. 2020, "MDP homomorphic networks",
        section 5).
        """
        sign = 1 - 2 * mask[..., None]
        return replace(
            self,
            states=sign * self.states,
            actions=(self.actions - mask).abs(),
            next_states=sign * self.next_states,
        )


class ReplayBuffer:
    """A ring buffer of the last `size` transitions (Lin 1992; Mnih et al. 2015).

    With n_step > 1 a transition spans up to n steps, fewer at the end of an episode: (s, a,
    r + γr′ + …, the state n steps later) (Sutton 1988; Hessel et al. 2018, "Rainbow").
    """

    def __init__(self, size: int, n_step: int = 1, gamma: float = 0.99):
        self.size, self.n_step, self.gamma = size, n_step, gamma
        self.count = 0  # transitions stored so far, including overwritten ones
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
        """Add one step of the environment; states (4,)."""
        self._recent.append((state, action, reward))
        ended = terminated or truncated
        while self._recent and (ended or len(self._recent) == self.n_step):
            total = 0.0
            for _, _, later_reward in reversed(self._recent):
                total = later_reward + self.gamma * total
            discount = self.gamma ** len(self._recent)
            first_state, first_action, _ = self._recent.popleft()
            row = self.rows[self.count % self.size]
            row[:4], row[4:6], row[6:10] = first_state, (first_action, total), next_state
            row[10:] = discount, terminated, truncated
            self.count += 1

    def sample(self, shape: tuple[int, ...], generator: torch.Generator) -> np.ndarray:
        """Indices of transitions, drawn uniformly with replacement."""
        return torch.randint(len(self), shape, generator=generator).numpy()

    def latest(self, count: int) -> np.ndarray:
        """Indices of the last `count` transitions, oldest first."""
        count = min(count, len(self))
        return np.arange(self.count - count, self.count) % self.size

    def batch(self, indices: np.ndarray, device: torch.device | str = "cpu") -> Batch:
        """The transitions at indices (..., B); each part of the batch begins with these axes."""
        rows = torch.from_numpy(self.rows[indices]).to(device)
        state, action, reward, next_state, discount, terminated, truncated = rows.split(
            (4, 1, 1, 4, 1, 1, 1), dim=-1
        )
        return Batch(
            states=state,
            actions=action[..., 0].long(),
            rewards=reward[..., 0],
            next_states=next_state,
            discounts=discount[..., 0],
            terminated=terminated[..., 0],
            truncated=truncated[..., 0],
        )

    def state(self) -> dict[str, Any]:
        """What `restore` needs to continue."""
        recent = list(self._recent)
        return {
            "rows": torch.from_numpy(self.rows[: len(self)].copy()),
            "count": self.count,
            "recent": torch.tensor(np.array([[*s, a, r] for s, a, r in recent]).reshape(-1, 6)),
        }

    def restore(self, state: Mapping[str, Any]) -> Self:
        """Continue from what `state` returned, in a buffer of the same size."""
        self.count = state["count"]
        self.rows[: len(self)] = state["rows"].numpy()
        self._recent = deque(
            (row[:4].astype(np.float32), int(row[4]), float(row[5]))
            for row in state["recent"].numpy()
        )
        return self
