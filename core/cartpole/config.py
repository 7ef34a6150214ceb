"""The settings of the four agents."""

from dataclasses import dataclass

from core.errors import Problem
from core.training.config import Config, setting

SWITCH = ("on", "off")


@dataclass(frozen=True)
class QConfig(Config):
    """The settings of all agents, with the defaults of plain DQN (`cartpole`).

    steps: environment steps. width, layers: units of a hidden layer; number of hidden layers.
    double, dueling: van Hasselt et al. 2016; Wang et al. 2016. n_step: rewards summed before the
    bootstrap. learning_rate: of Adam; decay: last share of the training, in which the learning rate
    falls to zero. gamma: discount factor. replay_size: transitions in the replay buffer; warm_up:
    steps before the first update. update_every: steps between two rounds of `updates` gradient
    steps. epsilon_start, epsilon_end: probability of a random action, linear over epsilon_steps.

    target: the target network: a copy, made every copy_every updates; an exponential moving average
    (EMA); or off, the online network itself. average: whether the network that is evaluated and
    saved is the EMA. averaging: the weight τ of the online network in an EMA update.

    optimism: the initial Q-values as a share of the greatest return 1/(1 − γ) (optimistic initial
    values, Sutton and Barto 2018, section 2.6). ceiling: clip targets at that return. mirrored:
    swap left and right in a random half of each batch.

    replay: off, train on the latest transitions only. terminals: ignored, bootstrap from terminal
    states too. Raises `Problem` ("replay.small") for a buffer smaller than a batch.
    """

    steps: int = setting(50_000, 1, 1_000_000)
    width: int = setting(128, 4, 512)
    layers: int = setting(2, 1, 4)
    double: str = setting("off", choices=SWITCH)
    dueling: str = setting("off", choices=SWITCH)
    n_step: int = setting(1, 1, 10)
    learning_rate: float = setting(5e-4, 1e-6, 1.0, log=True)
    decay: float = setting(1.0, 0.0, 1.0)
    gamma: float = setting(0.99, 0.0, 0.999)
    batch_size: int = setting(128, 1, 1_024)
    replay_size: int = setting(10_000, 1, 1_000_000)
    warm_up: int = setting(1_000, 1, 100_000)
    update_every: int = setting(2, 1, 10_000)
    updates: int = setting(1, 1, 10_000)
    target: str = setting("copied", choices=("copied", "averaged", "off"))
    copy_every: int = setting(50, 1, 100_000)
    average: str = setting("off", choices=SWITCH)
    averaging: float = setting(0.02, 1e-4, 1.0, log=True)
    epsilon_start: float = setting(1.0, 0.0, 1.0)
    epsilon_end: float = setting(0.05, 0.0, 1.0)
    epsilon_steps: int = setting(10_000, 1, 1_000_000)
    optimism: float = setting(0.0, 0.0, 1.0)
    ceiling: str = setting("off", choices=SWITCH)
    mirrored: str = setting("off", choices=SWITCH)
    replay: str = setting("on", choices=SWITCH)
    terminals: str = setting("marked", choices=("marked", "ignored"))

    def __post_init__(self):
        super().__post_init__()
        if self.replay_size < self.batch_size:
            raise Problem("replay.small", size=self.replay_size, batch=self.batch_size)


@dataclass(frozen=True)
class DoubleConfig(QConfig):
    """Double DQN: the online network chooses a′, the target network evaluates it."""

    double: str = setting("on", choices=SWITCH)


@dataclass(frozen=True)
class DuelingConfig(QConfig):
    """Dueling network: separate state value and advantages (`cartpole-dueling`)."""

    dueling: str = setting("on", choices=SWITCH)


@dataclass(frozen=True)
class BestConfig(QConfig):
    """The combination that solves CartPole most reliably and in the fewest steps."""

    double: str = setting("on", choices=SWITCH)
    n_step: int = setting(3, 1, 10)
    learning_rate: float = setting(2.3e-3, 1e-6, 1.0, log=True)
    batch_size: int = setting(64, 1, 1_024)
    replay_size: int = setting(50_000, 1, 1_000_000)
    update_every: int = setting(256, 1, 10_000)
    updates: int = setting(128, 1, 10_000)
    target: str = setting("averaged", choices=("copied", "averaged", "off"))
    average: str = setting("on", choices=SWITCH)
    optimism: float = setting(1.0, 0.0, 1.0)
    ceiling: str = setting("on", choices=SWITCH)
    mirrored: str = setting("on", choices=SWITCH)
