"""The settings of the four agents."""

from dataclasses import dataclass

from core.config import Config, setting
from core.errors import Problem

SWITCH = ("on", "off")


@dataclass(frozen=True)
class QConfig(Config):
    """What all agents share, with the defaults of the plain one (`cartpole`).

    steps: of the environment. width, layers: units of each hidden layer, and how many there are.
    double, dueling: van Hasselt et al. 2016; Wang et al. 2016. n_step: rewards counted before the
    network's own opinion is. learning_rate: of Adam; decay: share of the run, at its end, in which
    it falls to zero. gamma: what a reward one step later is worth. replay_size: transitions kept;
    warm_up: steps before the first update. update_every: steps between two rounds of `updates`
    updates. epsilon_start, epsilon_end: chance of a random action, falling evenly from the one to
    the other over epsilon_steps steps.

    target: whose opinion of the next state counts: that of a copy, made every copy_every updates;
    that of a running mean; or, off, that of the network that is learning. average: whether the
    running mean is also the agent that is played and kept. averaging: the share of its way to the
    learning network that a running mean goes after each update.

    optimism: what an untrained network expects of every action, as a share of the greatest return
    there can be (Sutton and Barto 2018, section 2.6). ceiling: whether targets are held below that.
    mirrored: whether every other transition is learnt from as a mirror would show it.

    replay, terminals: off, only the last steps are learnt from; ignored, an episode's end is taken
    for a step like any other. Raises `Problem` ("replay.small") for a memory smaller than a batch.
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
    """The learning network chooses, the target network judges (`cartpole-double`)."""

    double: str = setting("on", choices=SWITCH)


@dataclass(frozen=True)
class DuelingConfig(QConfig):
    """The value of a state and the advantages of its actions, apart (`cartpole-dueling`)."""

    dueling: str = setting("on", choices=SWITCH)


@dataclass(frozen=True)
class BestConfig(QConfig):
    """The most reliable agent, and the one that learns from the fewest steps (`cartpole-best`)."""

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
