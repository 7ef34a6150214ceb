"""An agent that plays in Gymnasium's environment, remembers, and learns from its memory."""

import copy
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parameters_to_vector

from core.cartpole.config import QConfig
from core.cartpole.model import QNetwork
from core.cartpole.observe import obtained_returns
from core.cartpole.play import Policy, play_episode
from core.cartpole.policy import policy_map
from core.cartpole.replay import Batch, Replay
from core.cartpole.world import STEPS, environment

RECENT = 20  # episodes, of the moving mean
SHOWN = 16  # transitions of a batch in a preview
CELLS = 25  # a side, of the map in a preview
SEEDS = 2**20, 2**31  # of the training's episodes, apart from those that agents are measured on


def epsilon(step: int, config: QConfig) -> float:
    """The share of random actions at a step: a straight line, then level."""
    share = min(1.0, step / config.epsilon_steps)
    return config.epsilon_start + share * (config.epsilon_end - config.epsilon_start)


def schedule(step: int, total: int, decay: float) -> float:
    """The share of the learning rate at a step: 1, and falling to zero over the last `decay`."""
    return min(1.0, (total - step) / max(1.0, decay * total))


def td_target(batch: Batch, next_q: Tensor, target_q: Tensor, config: QConfig) -> Tensor:
    """What Q(s, a) is drawn towards (B,).

    r + γⁿ Q⁻(s′, a′), and r alone where s′ is terminal; after a truncated step the episode would
    have gone on, so that what follows counts. next_q, target_q (B, 2): Q(s′, ·) of the learning and
    of the target network; a′ is the target network's best action, or the learning one's (Double;
    van Hasselt et al. 2016, equation 4). With a ceiling, at most 1/(1 − γ): no policy earns more.
    """
    chosen = (next_q if config.double == "on" else target_q).argmax(-1, keepdim=True)
    future = target_q.gather(-1, chosen)[..., 0]
    if config.terminals == "marked":
        future = future * (1 - batch.terminated)
    target = batch.rewards + batch.discounts * future
    return target.clamp(max=1 / (1 - config.gamma)) if config.ceiling == "on" else target


def huber(q: Tensor, targets: Tensor, unit: float) -> Tensor:
    """The mean of Huber's loss of errors in units of the greatest return: a square up to one.

    With δ = 1 in Q's own units it would be the errors' size nearly everywhere, and Q the median of
    the returns: blind to a fall that happens less than every other time.
    """
    return functional.smooth_l1_loss(q / unit, targets / unit)


class Flat:
    """A network's weights, and their slopes, as one row of numbers each.

    What follows an update costs the same few microseconds for one tensor as for each of six.
    """

    def __init__(self, model: QNetwork):
        parameters = list(model.parameters())
        self.weights = nn.Parameter(parameters_to_vector(parameters).detach())
        self.slopes = self.weights.grad = torch.zeros_like(self.weights)
        sizes = [weights.numel() for weights in parameters]
        rows = zip(parameters, self.weights.split(sizes), self.slopes.split(sizes), strict=True)
        for weights, row, slopes in rows:
            weights.data = row.detach().view_as(weights)
            weights.grad = slopes.view_as(weights)


class Learner:
    """The agent, its environment, its memory, its optimiser and its target network."""

    def __init__(self, model: QNetwork, config: QConfig):
        self.device = next(model.parameters()).device
        self.model = model
        # The agent that is played and kept may be the running mean of the one that learns.
        self.online = copy.deepcopy(model) if config.average == "on" else model
        kind = config.target
        self.target = self.online if kind == "off" else copy.deepcopy(model)
        if kind == "averaged" and config.average == "on":
            self.target = model
        self.flat = {id(each): Flat(each) for each in {self.model, self.online, self.target}}
        learning = self.flat[id(self.online)]
        fused = self.device.type != "mps"
        self.optimiser = torch.optim.Adam([learning.weights], fused=fused)
        self.slopes = learning.slopes
        followers = {self.target} if config.target == "averaged" else set()
        followers |= {self.model} if config.average == "on" else set()
        self.followers = [self.flat[id(each)].weights for each in followers]
        self.random = torch.Generator().manual_seed(config.seed)
        self.replay = Replay(config.replay_size, config.n_step, config.gamma)
        self.environment = environment()
        self.seen = np.zeros(4, np.float32)
        self.step = self.learnt = 0  # steps of the environment; batches learnt from
        self.elapsed = -1  # steps of the episode; -1 before the first
        self.total = config.steps
        self.returns: list[int] = []
        self.ends: list[int] = []
        self.fell: list[bool] = []  # whether each episode ended so, rather than being cut off
        self._forget()

    def state_dict(self) -> dict[str, Any]:
        """What continuing from here needs, the model's weights apart."""
        return {
            "step": self.step,
            "learnt": self.learnt,
            "elapsed": self.elapsed,
            "where": torch.tensor(np.asarray(self.environment.state, np.float64)),
            "returns": torch.tensor(self.returns, dtype=torch.int64),
            "ends": torch.tensor(self.ends, dtype=torch.int64),
            "fell": torch.tensor(self.fell, dtype=torch.bool),
            "replay": self.replay.state(),
            "online": dict(self.online.state_dict()),
            "target": dict(self.target.state_dict()),
            "optimiser": self.optimiser.state_dict(),
            "random": self.random.get_state(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a `state_dict`."""
        self.step, self.learnt, self.elapsed = (state[k] for k in ("step", "learnt", "elapsed"))
        self._begin(0)
        self.environment.state = where = state["where"].numpy()
        self.seen = where.astype(np.float32)
        names = "returns", "ends", "fell"
        self.returns, self.ends, self.fell = (state[name].tolist() for name in names)
        self.replay.restore(state["replay"])
        self.online.load_state_dict(state["online"])
        self.target.load_state_dict(state["target"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.random.set_state(state["random"])

    def go(self, config: QConfig) -> None:
        """Play some steps, then learn from some batches."""
        steps = min(config.update_every, self.total - self.step)
        self._play(steps, config)
        self.rate = config.learning_rate * schedule(self.step - 1, self.total, config.decay)
        if self.step >= min(config.warm_up, self.total) and len(self.replay):
            self._learn(config)

    def _play(self, steps: int, config: QConfig) -> None:
        """Let the learning network play, now and then at random."""
        policy = Policy.of(self.online)
        chances = torch.rand(steps, 2, generator=self.random).tolist()
        for chance, side in chances:
            if self.elapsed < 0:
                self._begin(int(torch.randint(*SEEDS, (), generator=self.random)))
                self.elapsed = 0
            if chance < epsilon(self.step, config):
                action = int(side < 0.5)
            else:
                action = int(policy(self.seen).argmax())
            before = self.seen
            self.seen, reward, terminated, _, _ = self.environment.step(action)
            self.step += 1
            self.elapsed += 1
            truncated = not terminated and self.elapsed == STEPS
            self.replay.add(before, action, float(reward), self.seen, terminated, truncated)
            if terminated or truncated:
                self.returns.append(self.elapsed)
                self.ends.append(self.step)
                self.fell.append(terminated)
                self.elapsed = -1

    def _begin(self, seed: int) -> None:
        self.seen, _ = self.environment.reset(seed=seed)

    def _learn(self, config: QConfig) -> None:
        """Some updates, each from a batch."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate
        shape = config.updates, config.batch_size
        if config.replay == "on":
            places = self.replay.draw(shape, self.random)
        else:
            places = np.tile(self.replay.latest(config.batch_size), (config.updates, 1))
        batch = self.replay.take(places, self.device)
        if config.mirrored == "on":
            sides = torch.randint(2, batch.actions.shape, generator=self.random)
            batch = batch.mirrored(sides.to(self.device))
        # All targets before the first update: one pass over some thousand states is quicker than a
        # hundred over few, and the target network hardly moves meanwhile.
        targets = self.targets(batch, config)
        for at in range(config.updates):
            q = self.online(batch.states[at])
            chosen = q.gather(1, batch.actions[at][:, None])[:, 0]
            loss = huber(chosen, targets[at], self.online.unit)
            self.slopes.zero_()
            loss.backward()
            self.optimiser.step()
            self.learnt += 1
            self._follow(config)
            self._sums += torch.stack([loss.detach(), q.detach().amax(1).mean()])
        self._count += config.updates

    @torch.no_grad()
    def targets(self, batch: Batch, config: QConfig) -> Tensor:
        """What each transition's Q(s, a) is drawn towards, by the networks as they are now."""
        target_q = self.target(batch.next_states)
        next_q = self.online(batch.next_states) if config.double == "on" else target_q
        return td_target(batch, next_q, target_q, config)

    @torch.no_grad()
    def _follow(self, config: QConfig) -> None:
        """Let the target network, and the running mean, come after the learning one."""
        if config.target == "copied" and self.learnt % config.copy_every == 0:
            self.target.load_state_dict(self.online.state_dict())
        for follower in self.followers:
            follower.lerp_(self.flat[id(self.online)].weights, config.averaging)

    def metrics(self, config: QConfig) -> dict[str, float]:
        """Means since this was last asked for, and of the last episodes."""
        loss, max_q = (self._sums / max(1, self._count)).tolist()
        self._forget()
        recent = self.returns[-RECENT:]
        return {
            "return": float(np.mean(recent)) if recent else 0.0,
            "episodes": float(len(self.returns)),
            "epsilon": epsilon(self.step, config),
            "loss": loss,
            "max_q": max_q,
            "obtained": self._obtained(config),
            "learning_rate": self.rate,
        }

    def _obtained(self, config: QConfig) -> float:
        """The mean discounted return that followed the states of the last episodes; 0 of none."""
        recent = zip(self.returns[-RECENT:], self.fell[-RECENT:], strict=True)
        found = [obtained_returns(steps, fell, config.gamma) for steps, fell in recent]
        return float(np.concatenate(found).mean()) if found else 0.0

    def preview(self, config: QConfig) -> dict[str, np.ndarray]:
        """What the page draws; moves no random number of the training's."""
        policy = Policy.of(self.model)
        places = self.replay.latest(SHOWN)
        batch = self.replay.take(places, self.device)
        targets = self.targets(batch, config)
        with torch.no_grad():
            thought = self.online(batch.states).gather(1, batch.actions[:, None])[:, 0]
        parts = {name: getattr(batch, name) for name in Batch.__dataclass_fields__}
        parts |= {"targets": targets, "errors": targets - thought}
        return {
            "returns": np.array(self.returns, np.float32),
            "ends": np.array(self.ends, np.float32),
            "run": play_episode(policy).states.astype(np.float32),
            "map": policy_map(policy, size=CELLS).difference,
            **{name: part.float().cpu().numpy().copy() for name, part in parts.items()},
        }

    def _forget(self) -> None:
        self._sums, self._count = torch.zeros(2, device=self.device), 0
