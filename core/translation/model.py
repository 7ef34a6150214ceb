"""The encoder-decoder Transformer of Vaswani et al. 2017, "Attention Is All You Need".

Differs from the paper in: 1. layer normalisation precedes each sub-layer, with one more at the end
of each stack (Xiong et al. 2020), unless the settings say "after". 2. One matrix serves as source
embedding, target embedding and output layer (as in the paper's section 3.4) over one byte-level
vocabulary without an unknown token. 3. No dropout on attention weights.

Dimensions: B sentences, S source tokens, T target tokens, D width, H heads, K = D / H, L layers,
V vocabulary.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.nn.attention import (
    AttentionRecord,
    KVCache,
    MultiHeadAttention,
    causal_mask,
    key_padding_mask,
)
from core.nn.positional import positional_encoding
from core.nn.reproducible import seeded
from core.translation.config import TranslationConfig

PADDING, START, END = 0, 1, 2  # token ids; START and END enclose every target
SPECIALS_AND_BYTES = 259
LONGEST = 256  # tokens of a sentence, START and END included


def pad(rows: Sequence[Sequence[int]]) -> Tensor:
    """Rows of tokens as one tensor (B, N), padded at the end."""
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[PADDING] * (longest - len(row))] for row in rows])


@dataclass(frozen=True)
class Ablation:
    """Parts of a trained network to leave out of a pass.

    heads: (part, layer, head) whose output is set to zero; layers: (stack, layer) that are
    skipped. part: "encoder", "decoder" (both self-attention) or "cross"; stack: "encoder" or
    "decoder". positions: no positional encoding; causal: no causal mask.
    """

    heads: frozenset[tuple[str, int, int]] = frozenset()
    layers: frozenset[tuple[str, int]] = frozenset()
    positions: bool = False
    causal: bool = False

    def heads_of(self, part: str, layer: int) -> list[int]:
        """The ablated heads of one attention layer."""
        return [head for *at, head in self.heads if at == [part, layer]]


NO_ABLATION = Ablation()


@dataclass
class AttentionRecords:
    """The records of every attention layer of a pass, in the order of the layers."""

    encoder: list[AttentionRecord] = field(default_factory=list)
    decoder: list[AttentionRecord] = field(default_factory=list)
    cross: list[AttentionRecord] = field(default_factory=list)


@dataclass(frozen=True)
class AttentionContext:
    """What one attention layer needs in a pass besides its input.

    mask: see `MultiHeadAttention`; ablated: heads; cache: of earlier positions; records: a list
    that gets this pass's record.
    """

    mask: Tensor | None
    ablated: Sequence[int]
    cache: KVCache
    records: list[AttentionRecord] | None


class DecoderCache:
    """Keys and values of each decoder layer. length: tokens decoded so far."""

    def __init__(self, layers: int):
        self.length = 0
        self.decoder = [KVCache() for _ in range(layers)]
        self.cross = [KVCache() for _ in range(layers)]

    def select(self, rows: Tensor, sources: bool = True) -> None:
        """Keep these rows (N,) of the batch, in this order.

        sources: whether the source of a row may change; if not, cross-attention stays as it is.
        """
        for cache in self.decoder + (self.cross if sources else []):
            cache.select(rows)


class FeedForward(nn.Sequential):
    """Equation 2: the same two-layer network at every position."""

    def __init__(self, width: int, hidden: int):
        super().__init__(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, width))


class Layer(nn.Module):
    """The self-attention of either stack, and the residual connections around all sub-layers."""

    norms: nn.ModuleList

    def __init__(self, config: TranslationConfig):
        super().__init__()
        self.norm_first = config.normalisation == "before"
        self.dropout = nn.Dropout(config.dropout)
        self.attention = MultiHeadAttention(config.width, config.heads)

    def self_attention(self, x: Tensor, context: AttentionContext) -> Tensor:
        """x (B, N, D) attends to itself and to the positions in the cache; returns (B, N, D)."""
        keys, values = context.cache.append(*self.attention.project_kv(x))  # (B, H, past + N, K)
        return self.attention(x, keys, values, context.mask, context.ablated, context.records)

    def residual(self, number: int, x: Tensor, sublayer: Callable[[Tensor], Tensor]) -> Tensor:
        """x (B, N, D) plus what sub-layer `number` makes of it, normalised before or after."""
        norm = self.norms[number]
        if self.norm_first:
            return x + self.dropout(sublayer(norm(x)))
        return norm(x + self.dropout(sublayer(x)))


class EncoderLayer(Layer):
    """Self-attention, then feed-forward."""

    def __init__(self, config: TranslationConfig):
        super().__init__(config)
        self.feed_forward = FeedForward(config.width, config.feed_forward)
        self.norms = nn.ModuleList(nn.LayerNorm(config.width) for _ in range(2))

    def forward(self, x: Tensor, context: AttentionContext) -> Tensor:
        """x (B, S, D) to (B, S, D)."""
        x = self.residual(0, x, lambda x: self.self_attention(x, context))
        return self.residual(1, x, self.feed_forward)


class DecoderLayer(Layer):
    """Self-attention, cross-attention to the encoder's output, then feed-forward."""

    def __init__(self, config: TranslationConfig):
        super().__init__(config)
        self.cross = MultiHeadAttention(config.width, config.heads)
        self.feed_forward = FeedForward(config.width, config.feed_forward)
        self.norms = nn.ModuleList(nn.LayerNorm(config.width) for _ in range(3))

    def cross_attention(
        self, x: Tensor, encoder_output: Tensor, context: AttentionContext
    ) -> Tensor:
        """x (B, T, D) attends to encoder_output (B, S, D); returns (B, T, D)."""
        keys, values = context.cache.keys, context.cache.values  # (B, H, S, K)
        if keys is None or values is None:  # the source stays the same between steps
            keys, values = context.cache.append(*self.cross.project_kv(encoder_output))
        return self.cross(x, keys, values, context.mask, context.ablated, context.records)

    def forward(
        self,
        x: Tensor,
        encoder_output: Tensor,
        context: AttentionContext,
        cross_context: AttentionContext,
    ) -> Tensor:
        """x (B, T, D) and encoder_output (B, S, D) to (B, T, D)."""
        x = self.residual(0, x, lambda x: self.self_attention(x, context))
        x = self.residual(1, x, lambda x: self.cross_attention(x, encoder_output, cross_context))
        return self.residual(2, x, self.feed_forward)


class Transformer(nn.Module):
    """Figure 1 of the paper, with its vocabulary.

    merges (V - 259, 2) int32: define the vocabulary (core/translation/vocabulary.py) and are saved
    with the weights; all zero until learnt.
    """

    merges: Tensor
    positional: Tensor

    def __init__(self, config: TranslationConfig):
        super().__init__()
        self.config = config
        count = config.vocabulary_size - SPECIALS_AND_BYTES
        self.register_buffer("merges", torch.zeros(count, 2, dtype=torch.int32))
        encoding = positional_encoding(LONGEST, config.width)
        self.register_buffer("positional", encoding, persistent=False)
        self.embedding = nn.Embedding(config.vocabulary_size, config.width)
        self.encoder = nn.ModuleList(EncoderLayer(config) for _ in range(config.layers))
        self.decoder = nn.ModuleList(DecoderLayer(config) for _ in range(config.layers))
        last = nn.LayerNorm if config.normalisation == "before" else nn.Identity
        self.encoder_norm, self.decoder_norm = last(config.width), last(config.width)
        self.bias = nn.Parameter(torch.zeros(config.vocabulary_size))
        self.dropout = nn.Dropout(config.dropout)
        nn.init.normal_(self.embedding.weight, std=config.width**-0.5)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def embed(self, tokens: Tensor, start: int = 0, ablation: Ablation = NO_ABLATION) -> Tensor:
        """Tokens (B, N), the first at position `start`, as vectors (B, N, D)."""
        x = self.embedding(tokens) * math.sqrt(self.config.width)
        if self.config.positions != "none" and not ablation.positions:
            x = x + self.positional[start : start + tokens.shape[1]]
        return self.dropout(x)

    def encode(
        self,
        source: Tensor,
        ablation: Ablation = NO_ABLATION,
        records: AttentionRecords | None = None,
    ) -> Tensor:
        """The encoder's output (B, S, D) for source tokens (B, S), padded with zeros.

        records: gets every layer's self-attention.
        """
        caches = [KVCache() for _ in self.encoder]
        parts = {"encoder": (key_padding_mask(source, PADDING), caches)}
        x = self.embed(source, ablation=ablation)  # (B, S, D)
        for layer, contexts in self._layers("encoder", parts, ablation, records):
            x = layer(x, *contexts)
        return self.encoder_norm(x)

    def decode(
        self,
        target: Tensor,
        encoder_output: Tensor,
        source: Tensor,
        cache: DecoderCache | None = None,
        ablation: Ablation = NO_ABLATION,
        records: AttentionRecords | None = None,
    ) -> Tensor:
        """The decoder's output (B, T, D) for target tokens (B, T) and encoder_output (B, S, D).

        cache: of the tokens before `target`, and updated; without one, `target` starts at the
        first position. records: gets every layer's self-attention and cross-attention.
        """
        cache = cache or self.new_cache()
        past, count = cache.length, target.shape[1]
        parts = {
            "decoder": (self.target_mask(past, count, ablation), cache.decoder),
            "cross": (key_padding_mask(source, PADDING), cache.cross),
        }
        x = self.embed(target, past, ablation)  # (B, T, D)
        for layer, contexts in self._layers("decoder", parts, ablation, records):
            x = layer(x, encoder_output, *contexts)
        cache.length += count
        return self.decoder_norm(x)

    def _layers(
        self,
        stack: str,
        parts: Mapping[str, tuple[Tensor | None, Sequence[KVCache]]],
        ablation: Ablation,
        records: AttentionRecords | None,
    ) -> Iterator[tuple[nn.Module, list[AttentionContext]]]:
        """The layers of a stack that are not ablated, with a context for each attention part.

        parts: mask and caches by part.
        """
        for number, layer in enumerate(getattr(self, stack)):
            if (stack, number) not in ablation.layers:
                yield (
                    layer,
                    [
                        AttentionContext(
                            mask,
                            ablation.heads_of(part, number),
                            caches[number],
                            getattr(records, part, None),
                        )
                        for part, (mask, caches) in parts.items()
                    ],
                )

    def new_cache(self) -> DecoderCache:
        """An empty cache, for decoding from the first token."""
        return DecoderCache(self.config.layers)

    def target_mask(self, past: int, count: int, ablation: Ablation) -> Tensor | None:
        """The causal mask (T, past + T) of `count` = T new tokens; None where all is allowed."""
        if count == 1 or ablation.causal or self.config.causal_mask == "off":
            return None
        return causal_mask(count, past, self.positional.device)

    def logits(self, decoder_output: Tensor) -> Tensor:
        """Decoder outputs (…, D) as unnormalised log-probabilities (…, V) of the next token."""
        return F.linear(decoder_output, self.embedding.weight, self.bias)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Logits (B, T, V) of the token after each target token (B, T), given source (B, S)."""
        return self.logits(self.decode(target, self.encode(source), source))


def build(config: TranslationConfig) -> Transformer:
    """An untrained Transformer; the same seed gives the same weights."""
    with seeded(config.seed):
        return Transformer(config)
