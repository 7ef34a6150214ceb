"""Views of a trained Transformer: next tokens, one attention head, positions, embeddings."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.checks import check_count
from core.errors import Problem
from core.nn.attention import attention_weights
from core.nn.positional import positional_encoding
from core.translation.beam import longest_target, next_log_probabilities
from core.translation.model import (
    END,
    NO_ABLATION,
    START,
    Ablation,
    AttentionRecords,
    Transformer,
)
from core.translation.vocabulary import Vocabulary

PARTS = ("encoder", "decoder", "cross")
MOST_NEXT = 50
MOST_WORDS = 60


@dataclass(frozen=True)
class Next:
    """The most probable next tokens: ids, pieces and probabilities (N,), in descending order.

    entropy: of the probabilities of all tokens; score: log-probability of the tokens before, both
    in nats.
    """

    tokens: list[int]
    pieces: list[str]
    probabilities: np.ndarray
    entropy: float
    score: float


@dataclass(frozen=True)
class Head:
    """The numbers of one attention head, from N query positions to M key positions.

    queries (N, K), keys and values (M, K); scores (N, M), QKᵀ/√K; allowed (N, M), the mask;
    weights (N, M), their softmax where allowed; result (N, K), the weights times the values.
    rows, columns: the pieces at the queries and at the keys.
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
    """Embeddings of words on their first two principal components.

    points (N, 2); shares (2,) of the variance on each axis; similarity (N, N), cosines. split: the
    words of several pieces.
    """

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
    ablation: Ablation = NO_ABLATION,
) -> Next:
    """The `count` most probable tokens after `prefix` in the translation of `source`.

    No token follows END or a prefix of the maximum length; a longer prefix has the score −∞.
    Raises `Problem` ("setting.*", "token.unknown").
    """
    count = check_count("count", count, 1, MOST_NEXT)
    check_tokens(vocabulary, prefix)
    longest = longest_target(len(source))
    if len(prefix) > longest:
        return Next([], [], np.zeros(0), 0.0, -math.inf)
    device = next(model.parameters()).device
    tokens = torch.tensor([list(source)], device=device)
    target = torch.tensor([[START, *prefix]], device=device)
    encoder_output = model.encode(tokens, ablation)
    output = model.decode(target, encoder_output, tokens, ablation=ablation)
    log_probabilities = next_log_probabilities(model, output[0])  # (T + 1, V)
    score = float(log_probabilities[:-1].gather(1, target[0, 1:, None]).sum())
    if END in prefix or len(prefix) == longest:
        return Next([], [], np.zeros(0), 0.0, score)
    probabilities = log_probabilities[-1].exp()
    entropy = -float(torch.xlogy(probabilities, probabilities).sum())
    best = log_probabilities[-1].topk(count)
    found = best.indices.tolist()
    return Next(found, vocabulary.pieces(found), best.values.exp().cpu().numpy(), entropy, score)


def check_tokens(vocabulary: Vocabulary, tokens: Sequence[int]) -> None:
    """Raise `Problem` ("token.unknown") for an id that cannot be in a translation."""
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
    """The matrices of one head (section 3.2.1) while `source` is translated into `target`.

    part: "encoder", "decoder" or "cross"; layer and head from 0. Raises `Problem`
    ("setting.choice", "setting.range") for a head that does not exist.
    """
    check_head(model, part, layer, head)
    device = next(model.parameters()).device
    tokens = torch.tensor([list(source)], device=device)
    shifted = torch.tensor([[START, *target][: max(1, len(target))]], device=device)
    records = AttentionRecords()
    encoder_output = model.encode(tokens, records=records)
    if part != "encoder":
        model.decode(shifted, encoder_output, tokens, records=records)
    record = getattr(records, part)[layer]
    q, k, v = (each[0, head] for each in (record.queries, record.keys, record.values))
    allowed = torch.ones(len(q), len(k), dtype=torch.bool, device=device)
    allowed = allowed if record.mask is None else allowed & record.mask
    weights = attention_weights(q, k, allowed)
    rows = source if part == "encoder" else [START, *target][: len(q)]
    columns = rows if part == "decoder" else source
    return Head(
        rows=vocabulary.pieces(rows),
        columns=vocabulary.pieces(columns),
        queries=q.cpu().numpy(),
        keys=k.cpu().numpy(),
        values=v.cpu().numpy(),
        scores=(q @ k.T / q.shape[1] ** 0.5).cpu().numpy(),
        allowed=allowed.cpu().numpy(),
        weights=weights.cpu().numpy(),
        result=(weights @ v).cpu().numpy(),
    )


def check_head(model: Transformer, part: str, layer: int, head: int) -> None:
    """Raise `Problem` ("setting.*") for a head that the network does not have."""
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
    """The positional encodings (length, width), and their cosine similarity (length, length)."""
    encoding = positional_encoding(length, width)
    return encoding.numpy(), _cosines(encoding).numpy()


@torch.no_grad()
def map_words(model: Transformer, vocabulary: Vocabulary, words: Sequence[str]) -> Map:
    """The embeddings of words, projected on their first two principal components.

    A word of several pieces is at the mean of their embeddings. Raises `Problem` ("words.few",
    "words.many").
    """
    tokenised = {word: tokens for word in words if (tokens := vocabulary.encode(word))}
    if len(tokenised) < 3:
        raise Problem("words.few", count=len(tokenised), needed=3)
    if len(tokenised) > MOST_WORDS:
        raise Problem("words.many", count=len(tokenised), limit=MOST_WORDS)
    table = model.embedding.weight.detach().cpu().float()
    vectors = torch.stack([table[tokens].mean(0) for tokens in tokenised.values()])
    centred = vectors - vectors.mean(0)
    _, sizes, axes = torch.linalg.svd(centred, full_matrices=False)
    shares = sizes**2 / (sizes**2).sum().clamp_min(1e-12)
    return Map(
        words=list(tokenised),
        split=[word for word, tokens in tokenised.items() if len(tokens) > 1],
        points=(centred @ axes[:2].T).numpy(),
        shares=shares[:2].numpy(),
        similarity=_cosines(vectors).numpy(),
    )


def _cosines(vectors: Tensor) -> Tensor:
    unit = vectors / vectors.norm(dim=1, keepdim=True).clamp_min(1e-12)
    return unit @ unit.T
