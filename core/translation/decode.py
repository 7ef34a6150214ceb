"""Translation, one token at a time: greedy decoding, sampling or beam search."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.errors import Problem
from core.nn.attention import AttentionRecord
from core.translation.beam import beam_search, longest_target, next_log_probabilities
from core.translation.model import (
    END,
    LONGEST,
    NO_ABLATION,
    START,
    Ablation,
    AttentionRecords,
    Transformer,
)
from core.translation.vocabulary import Vocabulary

BATCH_SIZE = 100  # sentences decoded at once

# From log-probabilities (V,) to the next token.
Choice = Callable[[Tensor], int]


@dataclass(frozen=True)
class Translation:
    """A translated sentence and the attention of the network.

    source, target: tokens, each with END last if it was reached; the pieces are their text. score:
    log-probability of the target in nats. encoder (L, H, S, S), decoder (L, H, T, T), cross
    (L, H, T, S) float32: exact attention of every layer and head. Row t of decoder and cross is the
    position that predicts target token t; its input is START or the token before.
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
    """A sentence as source tokens, END last.

    Raises `Problem` ("sentence.empty", "sentence.long").
    """
    tokens = vocabulary.encode(text)
    if not tokens:
        raise Problem("sentence.empty")
    if len(tokens) > LONGEST - 2:
        raise Problem("sentence.long", tokens=len(tokens), limit=LONGEST - 2)
    return [*tokens, END]


def greedy(log_probabilities: Tensor) -> int:
    """The most probable token."""
    return int(log_probabilities.argmax())


def sampler(temperature: float, top_k: int, generator: torch.Generator) -> Choice:
    """Sample from the top_k most probable tokens; a temperature above 1 flattens.

    Raises `Problem` ("setting.range") for a temperature or a top_k out of range.
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
    ablation: Ablation = NO_ABLATION,
    limit: int | None = None,
) -> Iterator[tuple[int, float]]:
    """Translate source tokens one token at a time: yields each token and its log-probability.

    prefix: tokens that the translation starts with; they are not yielded. Ends after END or
    with `limit` tokens, else `longest_target`.
    """
    device = next(model.parameters()).device
    tokens = torch.tensor([list(source)], device=device)
    encoder_output = model.encode(tokens, ablation)
    cache = model.new_cache()
    new = [START, *prefix]
    for _ in range((limit or longest_target(len(source))) - len(prefix)):
        new_tokens = torch.tensor([new], device=device)
        output = model.decode(new_tokens, encoder_output, tokens, cache, ablation)
        log_probabilities = next_log_probabilities(model, output[0, -1])
        token = choose(log_probabilities)
        yield token, float(log_probabilities[token])
        if token == END:
            return
        new = [token]


@torch.no_grad()
def inspect(
    model: Transformer,
    vocabulary: Vocabulary,
    source: Sequence[int],
    target: Sequence[int],
    ablation: Ablation = NO_ABLATION,
) -> Translation:
    """The attention while the network translates `source` into `target`, in one pass."""
    device = next(model.parameters()).device
    tokens = torch.tensor([list(source)], device=device)
    shifted = torch.tensor([[START, *target][: len(target)]], device=device)
    records = AttentionRecords()
    encoder_output = model.encode(tokens, ablation, records)
    output = model.decode(shifted, encoder_output, tokens, ablation=ablation, records=records)
    log_probabilities = next_log_probabilities(model, output[0])
    labels = torch.tensor(list(target), device=device)
    return Translation(
        text=vocabulary.decode(target),
        source=list(source),
        target=list(target),
        source_pieces=vocabulary.pieces(source),
        target_pieces=vocabulary.pieces(target),
        score=float(log_probabilities.gather(1, labels[:, None]).sum()),
        encoder=_attention_maps(records.encoder),
        decoder=_attention_maps(records.decoder),
        cross=_attention_maps(records.cross),
    )


def _attention_maps(records: Sequence[AttentionRecord]) -> np.ndarray:
    if not records:
        return np.zeros((0, 1, 1, 1))
    return torch.cat([record.weights for record in records]).float().cpu().numpy()


def translate(
    model: Transformer,
    vocabulary: Vocabulary,
    text: str,
    beams: int = 1,
    alpha: float = 1.0,
    ablation: Ablation = NO_ABLATION,
    limit: int | None = None,
) -> Translation:
    """Translate a sentence, greedily or with a beam, and collect its attention.

    limit: maximum tokens, else `longest_target`. Raises `Problem` ("sentence.*", "setting.range").
    """
    source = read(vocabulary, text)
    if beams == 1:
        target = [token for token, _ in steps(model, source, ablation=ablation, limit=limit)]
    else:
        target = beam_search(model, [source], beams, alpha, ablation, limit=limit)[0][0].tokens
    return inspect(model, vocabulary, source, target, ablation)


def translate_batch(
    model: Transformer,
    vocabulary: Vocabulary,
    texts: Sequence[str],
    beams: int = 1,
    alpha: float = 1.0,
    limit: int | None = None,
) -> list[str]:
    """Translate sentences, batched by length; the results keep the order of `texts`.

    limit: maximum tokens, else `longest_target` of each. Raises `Problem` ("sentence.*").
    """
    sources = [read(vocabulary, text) for text in texts]
    order = sorted(range(len(sources)), key=lambda number: -len(sources[number]))
    translations = [""] * len(sources)
    for start in range(0, len(order), BATCH_SIZE):
        numbers = order[start : start + BATCH_SIZE]
        batch = [sources[number] for number in numbers]
        found = beam_search(model, batch, beams, alpha, limit=limit)
        for number, hypotheses in zip(numbers, found, strict=True):
            translations[number] = vocabulary.decode(hypotheses[0].tokens)
    return translations
