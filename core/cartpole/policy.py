"""A Q-network as a greedy policy in NumPy.

A page asks one small network for one state at a time, fifty times a second for each visitor. With
torch, most of that time is the overhead of a call. `Policy` holds a copy of the weights as NumPy
arrays; its Q-values differ from the network's by rounding only.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from torch import nn

from core.cartpole.environment import check_state
from core.cartpole.model import QNetwork


@dataclass(frozen=True, eq=False)
class Policy:
    """layers: (weight (out, in), bias (out,)) float32 each, with a ReLU in between; the last layer
    gives Q. dueling: the network computes V(s) separately.
    """

    layers: tuple[tuple[np.ndarray, np.ndarray], ...]
    dueling: bool = False

    @classmethod
    @torch.no_grad()
    def of(cls, model: QNetwork) -> Self:
        """A copy of the network's weights; later training does not change it."""
        layers = [
            (layer.weight.float().cpu().numpy().copy(), layer.bias.float().cpu().numpy().copy())
            for layer in model.layers
            if isinstance(layer, nn.Linear)
        ]
        weight, bias = layers[0]
        layers[0] = weight * model.scale.cpu().numpy(), bias
        weight, bias = (values * model.return_scale for values in layers[-1])
        if model.dueling:
            # Outputs: A(left), A(right), V; Q = V + A − mean A (Wang et al. 2016, equation 9).
            to_q = np.array([[0.5, -0.5, 1], [-0.5, 0.5, 1]], np.float32)
            weight, bias = to_q @ weight, to_q @ bias
        layers[-1] = weight, bias
        return cls(tuple(layers), model.dueling)

    def __call__(self, states: np.ndarray) -> np.ndarray:
        """Q (..., 2) of states (..., 4) float32."""
        hidden = states
        for weight, bias in self.layers[:-1]:
            hidden = np.maximum(hidden @ weight.T + bias, 0)
        weight, bias = self.layers[-1]
        return hidden @ weight.T + bias


@dataclass(frozen=True, eq=False)
class ActionValues:
    """The action values of one state.

    q (2,): Q(s, left), Q(s, right). action: the argmax; value: the maximum. state_value,
    advantages (2,): V(s) and A(s, ·) of a dueling network, else None.
    """

    q: np.ndarray
    action: int
    value: float
    state_value: float | None
    advantages: np.ndarray | None


@torch.inference_mode()
def act(model: QNetwork, state: Any) -> ActionValues:
    """Action values of a state (4,). Raises `Problem` ("state.size", "value.*")."""
    device = next(model.parameters()).device
    states = torch.from_numpy(check_state(state).astype(np.float32))[None].to(device)
    q = model(states)[0].float().cpu().numpy()
    state_value, advantages = None, None
    if model.dueling:
        v, a = model.streams(states)
        state_value, advantages = float(v.item()), a[0].float().cpu().numpy()
    return ActionValues(q, int(q.argmax()), float(q.max()), state_value, advantages)
