"""Looks inside a trained Transformer: what comes next, one head in numbers, positions, words."""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.checks import check_count
from core.errors import Problem
from core.translation.attention import MultiHeadAttention, attention_weights, source_mask
from core.translation.beam import longest_target, next_log_probabilities
from core.translation.model import (
    END,
    NOTHING,
    START,
    Cut,
    Layer,
    Transformer,
    positional_encoding,
)
from core.translation.vocabulary import Vocabulary

PARTS = ("encoder", "decoder", "cross")
MOST_NEXT = 50
MOST_WORDS = 60


@dataclass(frozen=True)
class Next:
    """The likeliest tokens to go on with, best first: ids, pieces and probabilities (N,).

    entropy: in nats, of the probabilities of all tokens. score: log-probability of what stands
    before them, in nats.
    """

    tokens: list[int]
    pieces: list[str]
    probabilities: np.ndarray
    entropy: float
    score: float


@dataclass(frozen=True)
class Head:
    """One attention head in numbers, for N positions that look at M.

    queries (N, K), keys and values (M, K); scores (N, M), QKᵀ/√K; allowed (N, M), the mask;
    weights (N, M), their softmax where allowed; result (N, K), the weights times the values.
    rows, columns: the pieces that look and that are looked at.
    """

    rows: list[str]
    columns: list[str]
    queries: np.ndarray
    keys: np.ndarray
    values: np.ndarray
    scores: np.ndarray
    allowed: np.ndarray
    weights: np.ndarray
    result: np.ndarray


@dataclass(frozen=True)
class Map:
    """Words in the plane: points (N, 2), the share of the variance each axis shows (2,), and the
    cosine similarity of every pair (N, N). split: those of several pieces."""

    words: list[str]
    split: list[str]
    points: np.ndarray
    shares: np.ndarray
    similarity: np.ndarray


@torch.no_grad()
def next_tokens(
    model: Transformer,
    vocabulary: Vocabulary,
    source: Sequence[int],
    prefix: Sequence[int] = (),
    count: int = 10,
    cut: Cut = NOTHING,
) -> Next:
    """What the translation of `source` may go on with after the tokens of `prefix`.

    Nothing follows the end mark, nor a prefix as long as a translation may be: then there are no
    tokens; a longer one is impossible, its score −∞. Raises `Problem` ("setting.*",
    "token.unknown").
    """
    count = check_count("count", count, 1, MOST_NEXT)
    check_tokens(vocabulary, prefix)
    longest = longest_target(len(source))
    if len(prefix) > longest:
        return Next([], [], np.zeros(0), 0.0, -math.inf)
    device = next(model.parameters()).device
    tokens = torch.tensor([list(source)], device=device)
    target = torch.tensor([[START, *prefix]], device=device)
    states = model.decode(target, model.encode(tokens, cut), tokens, cut=cut)
    every = next_log_probabilities(model, states[0])  # (T + 1, V)
    score = float(every[:-1].gather(1, target[0, 1:, None]).sum())
    if END in prefix or len(prefix) == longest:
        return Next([], [], np.zeros(0), 0.0, score)
    last = every[-1]
    entropy = -float(torch.xlogy(last.exp(), last.exp()).sum())
    best = last.topk(count)
    found = best.indices.tolist()
    shares = best.values.exp().cpu().numpy()
    return Next(found, vocabulary.pieces(found), shares, entropy, score)


def check_tokens(vocabulary: Vocabulary, tokens: Sequence[int]) -> None:
    """Raise `Problem` ("token.unknown") for an id that can be no part of a translation."""
    for token in tokens:
        if isinstance(token, bool) or not isinstance(token, int):
            raise Problem("token.unknown", token=str(token)[:20], last=len(vocabulary) - 1)
        if not END <= token < len(vocabulary):
            raise Problem("token.unknown", token=token, last=len(vocabulary) - 1)


@torch.no_grad()
def look_inside(
    model: Transformer,
    vocabulary: Vocabulary,
    source: Sequence[int],
    target: Sequence[int],
    part: str,
    layer: int,
    head: int,
) -> Head:
    """Section 3.2.1 with the numbers of one head while it translates `source` into `target`.

    part: "encoder", "decoder" or "cross"; layer and head from 0. Raises `Problem`
    ("setting.choice", "setting.range") for a head that is not there.
    """
    check_head(model, part, layer, head)
    # A copy that shares all tensors: what is noted below is nobody else's pass.
    shared = {id(each): each for each in (*model.parameters(), *model.buffers())}
    model = copy.deepcopy(model, shared)
    device = next(model.parameters()).device
    tokens = torch.tensor([list(source)], device=device)
    shifted = torch.tensor([[START, *target][: max(1, len(target))]], device=device)
    stack = model.encoder if part == "encoder" else model.decoder
    block = stack[layer]
    assert (isinstance(block, Layer) and block.cross is not None) or part == "encoder"
    attention = block.cross if part == "cross" else block.attention
    assert isinstance(attention, MultiHeadAttention)

    # What enters the head is noted as it passes by.
    seen: list[Tensor] = []
    noted = attention.query.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    states = model.encode(tokens)
    if part != "encoder":
        model.decode(shifted, states, tokens)
    noted.remove()
    (x,) = seen
    keys, values = attention.remember(states if part == "cross" else x)
    queries = attention.split(attention.query(x))
    mask = None
    if part == "decoder":
        mask = model.target_mask(0, shifted.shape[1], device, NOTHING)
    elif source_mask(tokens) is not None:
        mask = source_mask(tokens)
    q, k, v = (side[0, head] for side in (queries, keys, values))
    allowed = torch.ones(len(q), len(k), dtype=torch.bool, device=device)
    allowed = allowed if mask is None else allowed & mask
    weights = attention_weights(q, k, allowed)
    looking = source if part == "encoder" else [START, *target][: len(q)]
    looked = looking if part == "decoder" else source
    return Head(
        rows=vocabulary.pieces(looking),
        columns=vocabulary.pieces(looked),
        queries=q.cpu().numpy(),
        keys=k.cpu().numpy(),
        values=v.cpu().numpy(),
        scores=(q @ k.T / q.shape[1] ** 0.5).cpu().numpy(),
        allowed=allowed.cpu().numpy(),
        weights=weights.cpu().numpy(),
        result=(weights @ v).cpu().numpy(),
    )


def check_head(model: Transformer, part: str, layer: int, head: int) -> None:
    """Raise `Problem` for a head that this network does not have."""
    if part not in PARTS:
        raise Problem(
            "setting.choice",
            name="part", choices=", ".join(PARTS), value=str(part)[:20], nearest=PARTS[0],
        )  # fmt: skip
    for name, value, count in (
        ("layer", layer, model.config.layers),
        ("head", head, model.config.heads),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
            raise Problem("setting.range", name=name, low=0, high=count - 1, value=str(value)[:20])


def position_similarity(length: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The encodings (length, width) of positions, and the cosine similarity of every two."""
    waves = positional_encoding(length, width)
    return waves.numpy(), _cosines(waves).numpy()


@torch.no_grad()
def map_words(model: Transformer, vocabulary: Vocabulary, words: Sequence[str]) -> Map:
    """Words where the network's embedding puts them, in the plane of their most variance.

    A word of several pieces stands at their mean. Raises `Problem` ("words.few", "words.many").
    """
    spelt = {word: tokens for word in words if (tokens := vocabulary.encode(word))}
    if len(spelt) < 3:
        raise Problem("words.few", count=len(spelt), needed=3)
    if len(spelt) > MOST_WORDS:
        raise Problem("words.many", count=len(spelt), limit=MOST_WORDS)
    table = model.embedding.weight.detach().cpu().float()
    vectors = torch.stack([table[tokens].mean(0) for tokens in spelt.values()])
    centred = vectors - vectors.mean(0)
    _, sizes, axes = torch.linalg.svd(centred, full_matrices=False)
    shares = sizes**2 / (sizes**2).sum().clamp_min(1e-12)
    return Map(
        words=list(spelt),
        split=[word for word, tokens in spelt.items() if len(tokens) > 1],
        points=(centred @ axes[:2].T).numpy(),
        shares=shares[:2].numpy(),
        similarity=_cosines(vectors).numpy(),
    )


def _cosines(vectors: Tensor) -> Tensor:
    unit = vectors / vectors.norm(dim=1, keepdim=True).clamp_min(1e-12)
    return unit @ unit.T
