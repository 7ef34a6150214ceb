"""Deep Q-learning with a replay buffer and a target network.

Mnih et al. 2015, algorithm 1; Double: van Hasselt et al. 2016; dueling: Wang et al. 2016; several
steps: Hessel et al. 2018. Differs from the papers in: 1. Adam instead of RMSProp, and a learning
rate that falls to zero; 2. the target network may be an EMA (Lillicrap et al. 2016); 3. the targets
of all batches of a round are computed before its first update; 4. the Huber loss takes errors
divided by the greatest return, see `agent.huber_loss`.
"""

from dataclasses import dataclass
from typing import Any

from core.cartpole.agent import DQNAgent
from core.cartpole.config import QConfig
from core.cartpole.model import QNetwork
from core.training.loop import Pace, Preview, Task, run
from core.training.progress import Training


@dataclass(frozen=True)
class Gym:
    """The data of an agent: none, it makes its own in Gymnasium's environment."""

    source: str = "CartPole-v1"


def train(
    model: QNetwork,
    data: Any,
    config: QConfig,
    state: dict[str, Any] | None = None,
    pace: Pace | None = None,
) -> Training:
    """Let an agent play `config.steps` steps and learn; yield `Progress` events.

    A step is one of the environment. state: as for the other recipes; a filled one is continued
    from exactly. Sending settings changes them from the next step on; the network, the length of
    the run, the memory and the kind of target stay.

    metrics: "return", mean of the last 20 episodes; "episodes", finished so far; "epsilon"; "loss"
    and "max_q", means over the batches since the last event; "obtained", mean discounted return
    that followed the states of the last 20 episodes, to hold "max_q" against; "learning_rate".

    preview, in some of the events: "returns" and "ends" (E,), of all finished episodes, and the
    steps at which they ended; "run" (T + 1, 4), an episode of the agent as it is now; "map"
    (25, 25) float32, Q(right) − Q(left) over the angles and spins of `policy_map`; and 16
    transitions of a batch: "states", "next_states" (16, 4), "actions", "rewards", "discounts",
    "terminated", "truncated", "targets", "errors" (16,).
    """
    return run(DQNTask(model, config), state, pace)


class DQNTask(Task[QNetwork]):
    """An agent that plays and learns from its replay memory."""

    def __init__(self, model: QNetwork, config: QConfig):
        self.model, self.config = model, config
        self.agent = DQNAgent(model, config)
        self.total = config.steps
        self.stateful = {"agent": self.agent}

    @property
    def ready(self) -> bool:
        return self.agent.update_count > 0

    def optimise(self) -> None:
        self.agent.advance(self.config)
        self.step = self.agent.step

    def metrics(self, seconds: float) -> dict[str, float]:
        return self.agent.metrics(self.config)

    def preview(self) -> tuple[dict[str, float], Preview]:
        return {}, self.agent.preview(self.config)
