"""Translates: one token after the other, greedily or at random, or with a beam."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.errors import Problem
from core.translation.beam import beam_search, longest_target, next_log_probabilities
from core.translation.model import END, LONGEST, NOTHING, START, Cut, Transformer
from core.translation.vocabulary import Vocabulary

TOGETHER = 100  # sentences that are translated at once

# From log-probabilities (V,) to the token that goes on.
Choice = Callable[[Tensor], int]


@dataclass(frozen=True)
class Translation:
    """A sentence translated, and everything that its network looked at.

    source, target: tokens, each ending with the end mark if it was reached; the pieces are the same
    as text. score: log-probability of the target in nats. encoder (L, H, S, S), decoder
    (L, H, T, T), cross (L, H, T, S) float32: exact attention of every layer and head; row t of the
    decoder's belongs to the position that predicts target token t, whose input is the start mark
    or the token before.
    """

    text: str
    source: list[int]
    target: list[int]
    source_pieces: list[str]
    target_pieces: list[str]
    score: float
    encoder: np.ndarray
    decoder: np.ndarray
    cross: np.ndarray


def read(vocabulary: Vocabulary, text: str) -> list[int]:
    """A sentence as source tokens, the end mark last.

    Raises `Problem` ("sentence.empty", "sentence.long").
    """
    tokens = vocabulary.encode(text)
    if not tokens:
        raise Problem("sentence.empty")
    if len(tokens) > LONGEST - 2:
        raise Problem("sentence.long", tokens=len(tokens), limit=LONGEST - 2)
    return [*tokens, END]


def greedy(log_probabilities: Tensor) -> int:
    """The likeliest token."""
    return int(log_probabilities.argmax())


def sampler(temperature: float, top_k: int, generator: torch.Generator) -> Choice:
    """A choice at random among the top_k likeliest, sharper below temperature 1, flatter above.

    Raises `Problem` ("setting.range") for a temperature or a top_k that makes no sense.
    """
    if not 0.05 <= temperature <= 5:
        raise Problem("setting.range", name="temperature", low=0.05, high=5, value=temperature)
    if top_k < 1:
        raise Problem("setting.range", name="top_k", low=1, high="V", value=top_k)

    def choose(log_probabilities: Tensor) -> int:
        best = log_probabilities.topk(min(top_k, len(log_probabilities)))
        chances = (best.values / temperature).softmax(0)
        return int(best.indices[torch.multinomial(chances, 1, generator=generator)])

    return choose


@torch.no_grad()
def steps(
    model: Transformer,
    source: Sequence[int],
    choose: Choice = greedy,
    prefix: Sequence[int] = (),
    cut: Cut = NOTHING,
    limit: int | None = None,
) -> Iterator[tuple[int, float]]:
    """Translate source tokens one token at a time: yields each token and its log-probability.

    prefix: tokens that the translation starts with; they are not yielded. Ends after the end mark
    or with `limit` tokens, else `longest_target`.
    """
    device = next(model.parameters()).device
    tokens = torch.tensor([list(source)], device=device)
    states = model.encode(tokens, cut)
    cache = model.new_cache()
    fresh = [START, *prefix]
    for _ in range((limit or longest_target(len(source))) - len(prefix)):
        seen = model.decode(torch.tensor([fresh], device=device), states, tokens, cache, cut)
        log_probabilities = next_log_probabilities(model, seen[0, -1])
        token = choose(log_probabilities)
        yield token, float(log_probabilities[token])
        if token == END:
            return
        fresh = [token]


@torch.no_grad()
def inspect(
    model: Transformer,
    vocabulary: Vocabulary,
    source: Sequence[int],
    target: Sequence[int],
    cut: Cut = NOTHING,
) -> Translation:
    """What the network looks at while it translates `source` into `target`, in one pass."""
    device = next(model.parameters()).device
    tokens = torch.tensor([list(source)], device=device)
    shifted = torch.tensor([[START, *target][: len(target)]], device=device)
    encoder: list[Tensor] = []
    decoder: tuple[list[Tensor], list[Tensor]] = ([], [])
    states = model.encode(tokens, cut, encoder)
    seen = model.decode(shifted, states, tokens, cut=cut, record=decoder)
    chances = next_log_probabilities(model, seen[0])
    wanted = torch.tensor(list(target), device=device)
    return Translation(
        text=vocabulary.decode(target),
        source=list(source),
        target=list(target),
        source_pieces=vocabulary.pieces(source),
        target_pieces=vocabulary.pieces(target),
        score=float(chances.gather(1, wanted[:, None]).sum()),
        encoder=_stacked(encoder),
        decoder=_stacked(decoder[0]),
        cross=_stacked(decoder[1]),
    )


def _stacked(layers: Sequence[Tensor]) -> np.ndarray:
    return torch.cat(list(layers)).float().cpu().numpy() if layers else np.zeros((0, 1, 1, 1))


def translate(
    model: Transformer,
    vocabulary: Vocabulary,
    text: str,
    beams: int = 1,
    alpha: float = 1.0,
    cut: Cut = NOTHING,
    limit: int | None = None,
) -> Translation:
    """Translate a sentence, greedily or with a beam, with every attention that led to it.

    limit: tokens at most, else `longest_target`. Raises `Problem` ("sentence.*", "setting.range").
    """
    source = read(vocabulary, text)
    if beams == 1:
        target = [token for token, _ in steps(model, source, cut=cut, limit=limit)]
    else:
        target = beam_search(model, [source], beams, alpha, cut, limit=limit)[0][0].tokens
    return inspect(model, vocabulary, source, target, cut)


def translate_batch(
    model: Transformer,
    vocabulary: Vocabulary,
    texts: Sequence[str],
    beams: int = 1,
    alpha: float = 1.0,
    limit: int | None = None,
) -> list[str]:
    """Translate many sentences, the long ones together; in the order in which they came.

    limit: tokens at most, else `longest_target` of each. Raises `Problem` ("sentence.*").
    """
    sources = [read(vocabulary, text) for text in texts]
    order = sorted(range(len(sources)), key=lambda number: -len(sources[number]))
    translated = [""] * len(sources)
    for start in range(0, len(order), TOGETHER):
        numbers = order[start : start + TOGETHER]
        together = [sources[number] for number in numbers]
        found = beam_search(model, together, beams, alpha, limit=limit)
        for number, hypotheses in zip(numbers, found, strict=True):
            translated[number] = vocabulary.decode(hypotheses[0].tokens)
    return translated
