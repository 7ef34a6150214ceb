"""Deep Q-learning with a replay buffer and a target network.

Mnih et al. 2015, algorithm 1; Double: van Hasselt et al. 2016; dueling: Wang et al. 2016; several
steps: Hessel et al. 2018. Differs from the papers in: 1. Adam instead of RMSProp, and a learning
rate that falls to zero; 2. the target network may be an EMA (Lillicrap et al. 2016); 3. the targets
of all batches of a round are computed before its first update; 4. the Huber loss takes errors
divided by the greatest return, see `agent.huber_loss`.
"""

from dataclasses import dataclass

from core.cartpole.agent import DQNAgent
from core.cartpole.config import QConfig
from core.cartpole.model import QNetwork
from core.training.loop import Preview, Task


@dataclass(frozen=True)
class Gym:
    """The data of an agent: none, it makes its own in Gymnasium's environment."""

    source: str = "CartPole-v1"


class DQNTask(Task[QNetwork]):
    """An agent that plays and learns from its replay buffer; a step is one of the environment.

    The buffer and the kind of target stay when settings are sent.

    metrics: "return", mean of the last 20 episodes; "episodes", finished so far; "epsilon"; "loss"
    and "max_q", means over the batches since the last event; "obtained", mean discounted return
    after the states of the last 20 episodes, to compare with "max_q"; "learning_rate".

    preview: "returns" and "ends" (E,), of all finished episodes, and the steps at which they ended;
    "run" (T + 1, 4), an episode of the agent as it is now; "map" (25, 25) float32,
    Q(right) − Q(left) over the angles and angular velocities of `policy_map`; and 16 transitions of
    a batch: "states", "next_states" (16, 4), "actions", "rewards", "discounts", "terminated",
    "truncated", "targets", "errors" (16,).
    """

    def __init__(self, model: QNetwork, data: Gym, config: QConfig):
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
