"""The settings of the four agents."""

from dataclasses import dataclass

from core.config import Config, setting
from core.errors import Problem

SWITCH = ("on", "off")


@dataclass(frozen=True)
class DqnConfig(Config):
    """What all agents share, with the defaults of the plain one (`cartpole`).

    steps: of the environment. width, layers: units of each hidden layer, and how many there are.
    double, dueling: van Hasselt et al. 2016; Wang et al. 2016. n_step: rewards counted before the
    network's own opinion is. learning_rate: of Adam; decay: share of the run, at its end, in which
    it falls to zero. gamma: what a reward one step later is worth. replay_size: transitions kept;
    warm_up: steps before the first update. train_every: steps between two rounds of `updates`
    updates. target_every: updates after which the target network moves, and tau: the share of its
    way to the learning one that it then goes; 1 copies it. epsilon_start, epsilon_end: chance of a
    random action, falling evenly from the one to the other over epsilon_steps steps. mirror:
    whether half of what is learnt from is seen in a mirror, left for right.

    target_network, replay, mark_terminal: what an agent cannot do without. Off, a target comes from
    the network that is learning; only the steps since the last update are learnt from; and an
    episode's end is taken for a step like any other. Raises `Problem` ("replay.small") for a
    memory that is smaller than a batch.
    """

    steps: int = setting(50_000, 1, 1_000_000)
    width: int = setting(128, 4, 512)
    layers: int = setting(2, 1, 4)
    double: str = setting("off", choices=SWITCH)
    dueling: str = setting("off", choices=SWITCH)
    n_step: int = setting(1, 1, 10)
    learning_rate: float = setting(1e-3, 1e-6, 1.0, log=True)
    decay: float = setting(0.5, 0.0, 1.0)
    gamma: float = setting(0.99, 0.0, 0.999)
    batch_size: int = setting(64, 1, 1_024)
    replay_size: int = setting(10_000, 1, 1_000_000)
    warm_up: int = setting(1_000, 1, 100_000)
    train_every: int = setting(4, 1, 10_000)
    updates: int = setting(1, 1, 10_000)
    target_every: int = setting(250, 1, 100_000)
    tau: float = setting(1.0, 1e-4, 1.0, log=True)
    epsilon_start: float = setting(1.0, 0.0, 1.0)
    epsilon_end: float = setting(0.05, 0.0, 1.0)
    epsilon_steps: int = setting(10_000, 1, 1_000_000)
    mirror: str = setting("off", choices=SWITCH)
    target_network: str = setting("on", choices=SWITCH)
    replay: str = setting("on", choices=SWITCH)
    mark_terminal: str = setting("on", choices=SWITCH)

    def __post_init__(self):
        super().__post_init__()
        if self.replay_size < self.batch_size:
            raise Problem("replay.small", size=self.replay_size, batch=self.batch_size)


@dataclass(frozen=True)
class DoubleConfig(DqnConfig):
    """The learning network chooses, the target network judges (`cartpole-double`)."""

    double: str = setting("on", choices=SWITCH)


@dataclass(frozen=True)
class DuelingConfig(DqnConfig):
    """The value of a state and the advantages of its actions, apart (`cartpole-dueling`)."""

    dueling: str = setting("on", choices=SWITCH)


@dataclass(frozen=True)
class BestConfig(DqnConfig):
    """The most reliable agent, and the one that learns from the fewest steps (`cartpole-best`)."""

    width: int = setting(256, 4, 512)
    n_step: int = setting(3, 1, 10)
    replay_size: int = setting(50_000, 1, 1_000_000)
    learning_rate: float = setting(1e-3, 1e-6, 1.0, log=True)
    decay: float = setting(1.0, 0.0, 1.0)
    train_every: int = setting(256, 1, 10_000)
    updates: int = setting(128, 1, 10_000)
    target_every: int = setting(1, 1, 100_000)
    tau: float = setting(0.02, 1e-4, 1.0, log=True)
    mirror: str = setting("on", choices=SWITCH)
