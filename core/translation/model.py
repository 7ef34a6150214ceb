"""The encoder–decoder Transformer of Vaswani et al. 2017, "Attention Is All You Need".

Differs from the paper in: 1. normalisation stands before each sub-layer, and once more at the end
of each stack (Xiong et al. 2020), unless the settings say "after". 2. One matrix serves as source
embedding, target embedding and output layer (as in the paper's section 3.4) over one byte-level
vocabulary that needs no unknown word. 3. No dropout on attention weights.

Dimensions: B sentences, S source tokens, T target tokens, D width, H heads, K = D / H, L layers,
V vocabulary.
"""

import math
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.translation.attention import Memory, MultiHeadAttention, extend, source_mask
from core.translation.config import TranslationConfig

START, END = 1, 2  # the ids before and after every sentence
SPECIALS_AND_BYTES = 259
LONGEST = 256  # tokens of a sentence, the two marks included


@dataclass(frozen=True)
class Cut:
    """What to leave out of a trained network, to see what it was for.

    heads: (part, layer, head) whose output is replaced by zero; layers: (stack, layer) that are
    skipped. part: "encoder", "decoder" (both self-attention) or "cross"; stack: "encoder" or
    "decoder". positions: no positional encoding; causal: the decoder sees what comes later.
    """

    heads: frozenset[tuple[str, int, int]] = frozenset()
    layers: frozenset[tuple[str, int]] = frozenset()
    positions: bool = False
    causal: bool = False


NOTHING = Cut()


@dataclass
class Cache:
    """A sentence half decoded: the memories of every decoder layer, and the tokens so far."""

    length: int = 0
    own: list[Memory] = field(default_factory=list)
    cross: list[Memory] = field(default_factory=list)

    def pick(self, rows: Tensor, sources: bool = True) -> None:
        """Keep these rows (N,) of the batch, in this order; sources: of the source's too."""
        for memory in self.own + (self.cross if sources else []):
            if memory.keys is not None and memory.values is not None:
                memory.keys, memory.values = memory.keys[rows], memory.values[rows]


class FeedForward(nn.Sequential):
    """Equation 2: the same two-layer network at every position."""

    def __init__(self, width: int, hidden: int):
        super().__init__(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, width))


class Layer(nn.Module):
    """A layer of either stack: self-attention, the decoder's cross-attention, feed-forward."""

    def __init__(self, config: TranslationConfig, decoder: bool):
        super().__init__()
        self.before = config.normalisation == "before"
        width = config.width
        self.attention = MultiHeadAttention(width, config.heads)
        self.cross = MultiHeadAttention(width, config.heads) if decoder else None
        self.feed_forward = FeedForward(width, config.feed_forward)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3 if decoder else 2))
        self.dropout = nn.Dropout(config.dropout)

    def enter(self, number: int, x: Tensor) -> Tensor:
        """What sub-layer `number` reads of the residual stream x (B, N, D)."""
        return self.norms[number](x) if self.before else x

    def leave(self, number: int, x: Tensor, change: Tensor) -> Tensor:
        """The residual stream after sub-layer `number`."""
        x = x + self.dropout(change)
        return x if self.before else self.norms[number](x)


class Transformer(nn.Module):
    """Equation 1 and figure 1 of the paper, with a vocabulary of its own.

    merges (V - 259, 2) int32: the byte pairs of its vocabulary (core/translation/vocabulary.py),
    kept with the weights because neither is of use without the other; all zero until learnt.
    """

    merges: Tensor
    wave: Tensor

    def __init__(self, config: TranslationConfig):
        super().__init__()
        self.config = config
        count = config.vocabulary_size - SPECIALS_AND_BYTES
        self.register_buffer("merges", torch.zeros(count, 2, dtype=torch.int32))
        self.register_buffer("wave", positional_encoding(LONGEST, config.width), persistent=False)
        self.embedding = nn.Embedding(config.vocabulary_size, config.width)
        self.encoder = nn.ModuleList(Layer(config, decoder=False) for _ in range(config.layers))
        self.decoder = nn.ModuleList(Layer(config, decoder=True) for _ in range(config.layers))
        last = nn.LayerNorm if config.normalisation == "before" else nn.Identity
        self.encoder_norm, self.decoder_norm = last(config.width), last(config.width)
        self.bias = nn.Parameter(torch.zeros(config.vocabulary_size))
        self.dropout = nn.Dropout(config.dropout)
        nn.init.normal_(self.embedding.weight, std=config.width**-0.5)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def embed(self, tokens: Tensor, start: int = 0, cut: Cut = NOTHING) -> Tensor:
        """Tokens (B, N), of which the first stands at position `start`, as vectors (B, N, D)."""
        x = self.embedding(tokens) * math.sqrt(self.config.width)
        if self.config.positions != "none" and not cut.positions:
            x = x + self.wave[start : start + tokens.shape[1]]
        return self.dropout(x)

    def encode(
        self,
        source: Tensor,
        cut: Cut = NOTHING,
        record: list[Tensor] | None = None,
    ) -> Tensor:
        """The states (B, S, D) of source tokens (B, S), padded with zeros.

        record: a list that gets each layer's self-attention (B, H, S, S).
        """
        mask = source_mask(source)
        x = self.embed(source, cut=cut)
        for number, layer in enumerate(self.encoder):
            assert isinstance(layer, Layer)
            if ("encoder", number) in cut.layers:
                continue
            seen = layer.enter(0, x)
            keys, values = layer.attention.remember(seen)
            gone = [head for part, at, head in cut.heads if (part, at) == ("encoder", number)]
            x = layer.leave(0, x, layer.attention(seen, keys, values, mask, gone, record))
            x = layer.leave(1, x, layer.feed_forward(layer.enter(1, x)))
        return self.encoder_norm(x)

    def decode(
        self,
        target: Tensor,
        states: Tensor,
        source: Tensor,
        cache: Cache | None = None,
        cut: Cut = NOTHING,
        record: tuple[list[Tensor], list[Tensor]] | None = None,
    ) -> Tensor:
        """The decoder's states (B, T, D) of target tokens (B, T), given the encoder's (B, S, D).

        cache: holds what came before `target`, and is brought up to date; without one, `target`
        starts at the first position. record: lists that get each layer's self-attention
        (B, H, T, T) and cross-attention (B, H, T, S).
        """
        past = cache.length if cache else 0
        own, cross = record or (None, None)
        mask = self.target_mask(past, target.shape[1], target.device, cut)
        reachable = source_mask(source)
        x = self.embed(target, past, cut)
        for number, layer in enumerate(self.decoder):
            assert isinstance(layer, Layer) and layer.cross is not None
            if ("decoder", number) in cut.layers:
                continue
            seen = layer.enter(0, x)
            keys, values = layer.attention.remember(seen)
            if cache:
                keys, values = extend(cache.own[number], keys, values)
            gone = [head for part, at, head in cut.heads if (part, at) == ("decoder", number)]
            x = layer.leave(0, x, layer.attention(seen, keys, values, mask, gone, own))

            seen = layer.enter(1, x)
            keys, values = self._read_source(number, layer.cross, states, cache)
            gone = [head for part, at, head in cut.heads if (part, at) == ("cross", number)]
            x = layer.leave(1, x, layer.cross(seen, keys, values, reachable, gone, cross))

            x = layer.leave(2, x, layer.feed_forward(layer.enter(2, x)))
        if cache:
            cache.length += target.shape[1]
        return self.decoder_norm(x)

    @staticmethod
    def _read_source(
        number: int, attention: MultiHeadAttention, states: Tensor, cache: Cache | None
    ) -> tuple[Tensor, Tensor]:
        # The source does not change while a sentence is decoded.
        if cache and (memory := cache.cross[number]).keys is not None:
            assert memory.values is not None
            return memory.keys, memory.values
        keys, values = attention.remember(states)
        if cache:
            cache.cross[number] = Memory(keys, values)
        return keys, values

    def new_cache(self) -> Cache:
        """A cache for sentences of which nothing is decoded yet."""
        layers = self.config.layers
        return Cache(0, [Memory() for _ in range(layers)], [Memory() for _ in range(layers)])

    def target_mask(self, past: int, count: int, device: torch.device, cut: Cut) -> Tensor | None:
        """The causal mask (T, past + T): True where a position may look, itself and before."""
        if count == 1 or cut.causal or self.config.causal_mask == "off":
            return None
        ones = torch.ones(count, past + count, dtype=torch.bool, device=device)
        return ones.tril(diagonal=past)

    def logits(self, states: Tensor) -> Tensor:
        """Decoder states (…, D) as unnormalised log-probabilities (…, V) of the next token."""
        return F.linear(states, self.embedding.weight, self.bias)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Logits (B, T, V) of what follows each target token (B, T), given the source (B, S)."""
        return self.logits(self.decode(target, self.encode(source), source))


def positional_encoding(length: int, width: int) -> Tensor:
    """Section 3.5: sines and cosines (length, width), from 2π to 10,000 · 2π tokens a wave."""
    position = torch.arange(length)[:, None]
    frequency = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000) / width))
    wave = torch.empty(length, width)
    wave[:, 0::2] = torch.sin(position * frequency)
    wave[:, 1::2] = torch.cos(position * frequency)
    return wave


def build(config: TranslationConfig) -> Transformer:
    """An untrained Transformer, the same for the same seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return Transformer(config)
