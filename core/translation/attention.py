"""Attention: section 3.2 of Vaswani et al. 2017, and what it remembers and may look at.

Dimensions: B sentences, N queries, M keys, D width, H heads, K = D / H.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PADDING = 0  # the id that stands for nothing


@dataclass
class Memory:
    """What a decoder layer keeps between steps: keys and values, each (B, H, tokens, K)."""

    keys: Tensor | None = None
    values: Tensor | None = None


class MultiHeadAttention(nn.Module):
    """Section 3.2.2: H attentions side by side, each over its own K dimensions."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.output = nn.Linear(width, width)

    def split(self, x: Tensor) -> Tensor:
        """(B, N, D) as (B, H, N, K)."""
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)

    def remember(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of x (B, N, D), each (B, H, N, K)."""
        return self.split(self.key(x)), self.split(self.value(x))

    def forward(
        self,
        x: Tensor,
        keys: Tensor,
        values: Tensor,
        mask: Tensor | None,
        cut: Sequence[int] = (),
        record: list[Tensor] | None = None,
    ) -> Tensor:
        """Attend from x (B, N, D) to keys and values (B, H, M, K); returns (B, N, D).

        mask: True where attention is allowed, broadcast to (B, H, N, M). cut: heads to silence.
        record: a list that gets the exact weights (B, H, N, M).
        """
        queries = self.split(self.query(x))  # (B, H, N, K)
        if record is None:
            heads = F.scaled_dot_product_attention(queries, keys, values, mask)
        else:
            weights = attention_weights(queries, keys, mask)
            record.append(weights)
            heads = weights @ values
        if cut:
            kept = torch.ones(self.heads, 1, 1, device=x.device)
            kept[list(cut)] = 0
            heads = heads * kept
        return self.output(heads.transpose(1, 2).flatten(2))


def attention_weights(queries: Tensor, keys: Tensor, mask: Tensor | None) -> Tensor:
    """Equation 1: softmax(QKᵀ / √K) of (…, N, K) and (…, M, K), as (…, N, M)."""
    scores = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1)


def source_mask(source: Tensor) -> Tensor | None:
    """The padding mask (B, 1, 1, S): True where there is a token; None where nothing is padded."""
    there = source != PADDING
    return None if bool(there.all()) else there[:, None, None, :]


def extend(memory: Memory, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    """All keys and values so far, these new ones included."""
    if memory.keys is not None and memory.values is not None:
        keys = torch.cat([memory.keys, keys], 2)
        values = torch.cat([memory.values, values], 2)
    memory.keys, memory.values = keys, values
    return keys, values
