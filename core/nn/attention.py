"""Multi-head attention (Vaswani et al. 2017, section 3.2), its masks and its key-value cache.

Dimensions: B sequences, N queries, M keys, D width, H heads, K = D / H.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class AttentionRecord:
    """What one attention layer computed in a pass.

    queries (B, H, N, K); keys, values (B, H, M, K); mask, as given to the layer; weights
    (B, H, N, M), the softmax.
    """

    queries: Tensor
    keys: Tensor
    values: Tensor
    mask: Tensor | None
    weights: Tensor


@dataclass
class KVCache:
    """The keys and values of one attention layer so far, each (B, H, M, K); None before any."""

    keys: Tensor | None = None
    values: Tensor | None = None

    def append(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Add the keys and values of new positions; returns all."""
        if self.keys is not None and self.values is not None:
            keys = torch.cat([self.keys, keys], 2)
            values = torch.cat([self.values, values], 2)
        self.keys, self.values = keys, values
        return keys, values

    def select(self, rows: Tensor) -> None:
        """Keep these rows (N,) of the batch, in this order."""
        if self.keys is not None and self.values is not None:
            self.keys, self.values = self.keys[rows], self.values[rows]


class MultiHeadAttention(nn.Module):
    """Section 3.2.2: H attention heads in parallel, each over K dimensions of its own."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.output = nn.Linear(width, width)

    def split_heads(self, x: Tensor) -> Tensor:
        """(B, N, D) to (B, H, N, K)."""
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)

    def project_kv(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of x (B, M, D), each (B, H, M, K)."""
        return self.split_heads(self.key(x)), self.split_heads(self.value(x))

    def forward(
        self,
        x: Tensor,
        keys: Tensor,
        values: Tensor,
        mask: Tensor | None = None,
        ablated: Sequence[int] = (),
        records: list[AttentionRecord] | None = None,
    ) -> Tensor:
        """Attend from x (B, N, D) to keys and values (B, H, M, K); returns (B, N, D).

        mask: True where attention is allowed, broadcast to (B, H, N, M); None allows all.
        ablated: heads whose output is set to zero. records: a list that gets this pass's record.
        """
        queries = self.split_heads(self.query(x))  # (B, H, N, K)
        if records is None:
            heads = F.scaled_dot_product_attention(queries, keys, values, mask)  # (B, H, N, K)
        else:
            weights = attention_weights(queries, keys, mask)  # (B, H, N, M)
            records.append(AttentionRecord(queries, keys, values, mask, weights))
            heads = weights @ values  # (B, H, N, K)
        if ablated:
            kept = torch.ones(self.heads, 1, 1, device=x.device)
            kept[list(ablated)] = 0
            heads = heads * kept
        return self.output(heads.transpose(1, 2).flatten(2))  # (B, N, D)


def attention_weights(queries: Tensor, keys: Tensor, mask: Tensor | None) -> Tensor:
    """Equation 1: softmax(QKᵀ / √K) of (…, N, K) and (…, M, K), as (…, N, M)."""
    scores = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1)


def key_padding_mask(tokens: Tensor, padding: int = 0) -> Tensor | None:
    """The mask (B, 1, 1, M) of tokens (B, M): True at tokens; None where nothing is padded."""
    is_token = tokens != padding
    return None if bool(is_token.all()) else is_token[:, None, None, :]


def causal_mask(count: int, past: int = 0, device: torch.device | None = None) -> Tensor:
    """The mask (count, past + count) of new positions: True at each position and before it."""
    ones = torch.ones(count, past + count, dtype=torch.bool, device=device)
    return ones.tril(diagonal=past)
