"""A DQN agent: environment, replay buffer, online and target network, optimiser."""

import copy
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parameters_to_vector

from core.cartpole.config import QConfig
from core.cartpole.environment import MAX_STEPS, make_environment
from core.cartpole.model import QNetwork
from core.cartpole.observe import WINDOW, discounted_returns
from core.cartpole.policy import Policy
from core.cartpole.policy_map import policy_map
from core.cartpole.replay_buffer import Batch, ReplayBuffer
from core.cartpole.rollout import play_episode
from core.nn.ema import update_ema
from core.nn.schedules import constant_then_linear

PREVIEW_TRANSITIONS = 16
PREVIEW_MAP_SIZE = 25  # points of a side
TRAINING_SEEDS = 2**20, 2**31  # range of episode seeds; disjoint from the evaluation seeds


def epsilon(step: int, config: QConfig) -> float:
    """The probability of a random action at a step: linear decay, then constant."""
    share = min(1.0, step / config.epsilon_steps)
    return config.epsilon_start + share * (config.epsilon_end - config.epsilon_start)


def td_target(batch: Batch, next_q: Tensor, target_q: Tensor, config: QConfig) -> Tensor:
    """The regression targets (B,) of Q(s, a): r + γⁿ Q⁻(s′, a′), or r where s′ is terminal.

    A truncated episode still bootstraps from s′ (Pardo et al. 2018). next_q, target_q (B, 2):
    Q(s′, ·) of the online and of the target network. a′ is the argmax of the target network
    (Mnih et al. 2015, algorithm 1), or of the online network with Double DQN (van Hasselt et al.
    2016, equation 4). With a ceiling, targets are at most 1/(1 − γ), the greatest return.
    """
    next_action = (next_q if config.double == "on" else target_q).argmax(-1, keepdim=True)
    next_value = target_q.gather(-1, next_action)[..., 0]
    if config.terminals == "marked":
        next_value = next_value * (1 - batch.terminated)
    target = batch.rewards + batch.discounts * next_value
    return target.clamp(max=1 / (1 - config.gamma)) if config.ceiling == "on" else target


def huber_loss(q: Tensor, targets: Tensor, return_scale: float) -> Tensor:
    """The mean Huber loss (δ = 1) of TD errors divided by the greatest return `return_scale`.

    Without the division nearly all errors exceed δ. The loss is then the absolute error, whose
    minimum is the median return: it ignores a failure in less than half of the cases.
    """
    return functional.smooth_l1_loss(q / return_scale, targets / return_scale)


class FlatParameters:
    """All parameters of a network, and their gradients, as views of one vector each (P,).

    Adam, the EMA and a copy then cost one call instead of one for each parameter.
    """

    def __init__(self, model: QNetwork):
        parameters = list(model.parameters())
        self.weights = nn.Parameter(parameters_to_vector(parameters).detach())
        self.gradient = self.weights.grad = torch.zeros_like(self.weights)
        sizes = [weights.numel() for weights in parameters]
        views = self.weights.split(sizes), self.gradient.split(sizes)
        for parameter, weights, gradient in zip(parameters, *views, strict=True):
            parameter.data = weights.detach().view_as(parameter)
            parameter.grad = gradient.view_as(parameter)


class DQNAgent:
    """The whole state of a training; `model` is the network that is evaluated and saved."""

    def __init__(self, model: QNetwork, config: QConfig):
        self.device = next(model.parameters()).device
        self.model = model
        # With `average`, the model is the EMA of the online network.
        self.online_network = copy.deepcopy(model) if config.average == "on" else model
        if config.target == "off":
            self.target_network = self.online_network
        elif config.target == "averaged" and config.average == "on":
            self.target_network = model
        else:
            self.target_network = copy.deepcopy(model)
        networks = {self.model, self.online_network, self.target_network}
        flat = {network: FlatParameters(network) for network in networks}
        online = flat[self.online_network]
        self.online_weights, self.gradient = online.weights, online.gradient
        self.target_weights = flat[self.target_network].weights
        fused = self.device.type != "mps"
        self.optimiser = torch.optim.Adam([self.online_weights], fused=fused)
        averaged = {self.target_network} if config.target == "averaged" else set()
        averaged |= {self.model} if config.average == "on" else set()
        self.ema_weights = [flat[network].weights for network in averaged]
        self.generator = torch.Generator().manual_seed(config.seed)
        self.replay_buffer = ReplayBuffer(config.replay_size, config.n_step, config.gamma)
        self.environment = make_environment()
        self.observation = np.zeros(4, np.float32)
        self.step = self.update_count = 0
        self.elapsed = -1  # steps of the current episode; -1 where a new one must begin
        self.total = config.steps
        self.returns: list[int] = []
        self.ends: list[int] = []
        self.terminated: list[bool] = []  # of each episode; False: truncated
        self._reset_means()

    def state_dict(self) -> dict[str, Any]:
        """What a continuation needs besides the model's weights."""
        return {
            "step": self.step,
            "learnt": self.update_count,
            "elapsed": self.elapsed,
            "where": torch.tensor(np.asarray(self.environment.state, np.float64)),
            "returns": torch.tensor(self.returns, dtype=torch.int64),
            "ends": torch.tensor(self.ends, dtype=torch.int64),
            "fell": torch.tensor(self.terminated, dtype=torch.bool),
            "replay": self.replay_buffer.state(),
            "online": dict(self.online_network.state_dict()),
            "target": dict(self.target_network.state_dict()),
            "optimiser": self.optimiser.state_dict(),
            "random": self.generator.get_state(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a `state_dict`."""
        self.step, self.update_count = state["step"], state["learnt"]
        self.elapsed = state["elapsed"]
        self.environment.reset(seed=0)
        self.environment.state = state["where"].numpy()
        self.observation = state["where"].numpy().astype(np.float32)
        self.returns, self.ends = state["returns"].tolist(), state["ends"].tolist()
        self.terminated = state["fell"].tolist()
        self.replay_buffer.restore(state["replay"])
        self.online_network.load_state_dict(state["online"])
        self.target_network.load_state_dict(state["target"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.generator.set_state(state["random"])

    def advance(self, config: QConfig) -> None:
        """Make `update_every` environment steps, then `updates` gradient steps after warm-up."""
        steps = min(config.update_every, self.total - self.step)
        self._collect(steps, config)
        factor = constant_then_linear(self.step - 1, self.total, config.decay)
        self.learning_rate = config.learning_rate * factor
        if self.step >= min(config.warm_up, self.total) and len(self.replay_buffer):
            self._update(config)

    def _collect(self, steps: int, config: QConfig) -> None:
        """Store transitions of the ε-greedy policy of the online network."""
        policy = Policy.of(self.online_network)
        draws = torch.rand(steps, 2, generator=self.generator).tolist()
        for explore, side in draws:
            if self.elapsed < 0:
                seed = int(torch.randint(*TRAINING_SEEDS, (), generator=self.generator))
                self.observation, _ = self.environment.reset(seed=seed)
                self.elapsed = 0
            if explore < epsilon(self.step, config):
                action = int(side < 0.5)
            else:
                action = int(policy(self.observation).argmax())
            state = self.observation
            self.observation, reward, terminated, _, _ = self.environment.step(action)
            self.step += 1
            self.elapsed += 1
            truncated = not terminated and self.elapsed == MAX_STEPS
            self.replay_buffer.add(
                state, action, float(reward), self.observation, terminated, truncated
            )
            if terminated or truncated:
                self.returns.append(self.elapsed)
                self.ends.append(self.step)
                self.terminated.append(terminated)
                self.elapsed = -1

    def _update(self, config: QConfig) -> None:
        """Make `updates` gradient steps, each on a batch of its own."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate
        shape = config.updates, config.batch_size
        if config.replay == "on":
            indices = self.replay_buffer.sample(shape, self.generator)
        else:
            indices = np.tile(self.replay_buffer.latest(config.batch_size), (config.updates, 1))
        batch = self.replay_buffer.batch(indices, self.device)
        if config.mirrored == "on":
            mask = torch.randint(2, batch.actions.shape, generator=self.generator)
            batch = batch.mirrored(mask.to(self.device))
        # One forward pass for the targets of all batches is faster than one for each, and the
        # target network changes little meanwhile.
        targets = self.td_targets(batch, config)
        for index in range(config.updates):
            q = self.online_network(batch.states[index])
            q_taken = q.gather(1, batch.actions[index][:, None])[:, 0]
            loss = huber_loss(q_taken, targets[index], self.online_network.return_scale)
            self.gradient.zero_()
            loss.backward()
            self.optimiser.step()
            self.update_count += 1
            self._update_averages(config)
            self._sums += torch.stack([loss.detach(), q.detach().amax(1).mean()])
        self._count += config.updates

    @torch.no_grad()
    def td_targets(self, batch: Batch, config: QConfig) -> Tensor:
        """The TD targets (..., B) of a batch, by the networks at this moment."""
        target_q = self.target_network(batch.next_states)
        next_q = self.online_network(batch.next_states) if config.double == "on" else target_q
        return td_target(batch, next_q, target_q, config)

    @torch.no_grad()
    def _update_averages(self, config: QConfig) -> None:
        """Update the target network by a copy or by EMA, and the EMA that is saved."""
        if config.target == "copied" and self.update_count % config.copy_every == 0:
            self.target_weights.copy_(self.online_weights)
        for average in self.ema_weights:
            update_ema(average, self.online_weights, 1 - config.averaging)

    def metrics(self, config: QConfig) -> dict[str, float]:
        """The metrics of `train`; "loss" and "max_q" are means since the last call."""
        loss, max_q = (self._sums / max(1, self._count)).tolist()
        self._reset_means()
        recent = self.returns[-WINDOW:]
        return {
            "return": float(np.mean(recent)) if recent else 0.0,
            "episodes": float(len(self.returns)),
            "epsilon": epsilon(self.step, config),
            "loss": loss,
            "max_q": max_q,
            "obtained": self._mean_discounted_return(config),
            "learning_rate": self.learning_rate,
        }

    def _mean_discounted_return(self, config: QConfig) -> float:
        """The mean discounted return from the states of the last episodes; 0 before the first."""
        recent = zip(self.returns[-WINDOW:], self.terminated[-WINDOW:], strict=True)
        found = [discounted_returns(steps, ended, config.gamma) for steps, ended in recent]
        return float(np.concatenate(found).mean()) if found else 0.0

    def preview(self, config: QConfig) -> dict[str, np.ndarray]:
        """The arrays that the page draws, see `train`. Leaves the random state alone."""
        policy = Policy.of(self.model)
        latest = self.replay_buffer.latest(PREVIEW_TRANSITIONS)
        batch = self.replay_buffer.batch(latest, self.device)
        targets = self.td_targets(batch, config)
        with torch.no_grad():
            q_taken = self.online_network(batch.states).gather(1, batch.actions[:, None])[:, 0]
        parts = {name: getattr(batch, name) for name in Batch.__dataclass_fields__}
        parts |= {"targets": targets, "errors": targets - q_taken}
        return {
            "returns": np.array(self.returns, np.float32),
            "ends": np.array(self.ends, np.float32),
            "run": play_episode(policy).states.astype(np.float32),
            "map": policy_map(policy, size=PREVIEW_MAP_SIZE).difference,
            **{name: part.float().cpu().numpy().copy() for name, part in parts.items()},
        }

    def _reset_means(self) -> None:
        self._sums, self._count = torch.zeros(2, device=self.device), 0
