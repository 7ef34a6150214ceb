"""Beam search, with the length penalty of Wu et al. 2016, "Google's neural machine translation
system", section 7.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.errors import Problem
from core.translation.model import (
    END,
    LONGEST,
    NO_ABLATION,
    START,
    Ablation,
    Transformer,
    pad,
)

MOST_BEAMS = 12
MOST_ALPHA = 5


@dataclass(frozen=True)
class Hypothesis:
    """A translation in a beam: tokens, log-probability in nats, score after length penalty."""

    tokens: list[int]
    log_probability: float
    score: float


@dataclass(frozen=True)
class Branch:
    """One candidate of a beam search.

    parent: number of the branch that it extends, -1 for the start; kept: it stays in the beam;
    ended: it is a complete translation.
    """

    number: int
    parent: int
    step: int
    token: int
    log_probability: float
    kept: bool
    ended: bool


def longest_target(source: int) -> int:
    """The maximum length of a translation of `source` tokens."""
    return min(LONGEST - 2, 2 * source + 10)


def next_log_probabilities(model: Transformer, decoder_output: Tensor) -> Tensor:
    """Log-probabilities (…, V) of the next token, PADDING and START excluded.

    decoder_output: (…, D).
    """
    logits = model.logits(decoder_output)
    logits[..., :END] = -math.inf  # PADDING and START
    return logits.log_softmax(-1)


def length_penalty(length: int, alpha: float) -> float:
    """The divisor of a log-probability, ((5 + length) / 6)^alpha (equation 14)."""
    return ((5 + length) / 6) ** alpha


@torch.no_grad()
def beam_search(
    model: Transformer,
    sources: Sequence[Sequence[int]],
    beams: int = 5,
    alpha: float = 1.0,
    ablation: Ablation = NO_ABLATION,
    branches: list[Branch] | None = None,
    limit: int | None = None,
) -> list[list[Hypothesis]]:
    """At most `beams` translations of each source, best first.

    Each step extends every beam with every token and keeps the best `beams` candidates. A search
    ends with `beams` finished hypotheses or at `limit` tokens (default `longest_target`).
    branches: gets the best candidates of each step, for a single source. Raises `Problem`
    ("setting.*") for `beams` or `alpha` out of range.
    """
    if not 1 <= beams <= MOST_BEAMS:
        raise Problem("setting.range", name="beams", low=1, high=MOST_BEAMS, value=beams)
    if isinstance(alpha, bool) or not isinstance(alpha, int | float):
        raise Problem("setting.type", name="alpha", kind="a number", value=repr(alpha)[:80])
    if not 0 <= alpha <= MOST_ALPHA:
        raise Problem("setting.range", name="alpha", low=0, high=MOST_ALPHA, value=alpha)
    device = next(model.parameters()).device
    source = pad(sources).to(device)
    encoder_output = model.encode(source, ablation).repeat_interleave(beams, 0)
    source = source.repeat_interleave(beams, 0)
    cache = model.new_cache()
    found = [Beam(beams, alpha, limit or longest_target(len(row)), branches) for row in sources]
    active = found
    tokens = torch.full((len(source), 1), START, device=device)
    while active:
        output = model.decode(tokens, encoder_output, source, cache, ablation)
        scores = next_log_probabilities(model, output[:, -1]).unflatten(0, (len(active), beams))
        scores += torch.tensor([beam.scores for beam in active], device=device)[:, :, None]
        best = scores.flatten(1).topk(min(2 * beams, scores[0].numel()))
        candidates = best.values, best.indices // scores.shape[-1], best.indices % scores.shape[-1]
        rows = []
        for index, (beam, *extensions) in enumerate(
            zip(active, *(part.tolist() for part in candidates), strict=True)
        ):
            rows += [index * beams + parent for parent in beam.advance(*extensions)]
        finished = any(beam.done for beam in active)
        active = [beam for beam in active if not beam.done]
        if rows != list(range(len(source))):
            selected = torch.tensor(rows, dtype=torch.long, device=device)
            cache.select(selected, sources=finished)
            if finished:
                encoder_output, source = encoder_output[selected], source[selected]
        newest = [row[-1] for beam in active for row in beam.rows]
        tokens = torch.tensor(newest, dtype=torch.long, device=device)[:, None]
    return [beam.best() for beam in found]


class Beam:
    """The beam of one sentence: its unfinished and its finished hypotheses."""

    def __init__(self, beams: int, alpha: float, limit: int, branches: list[Branch] | None = None):
        self.beams, self.alpha, self.limit, self.branches = beams, alpha, limit, branches
        # All rows start as the same empty sentence, so only one counts.
        self.scores = [0.0] + [-math.inf] * (beams - 1)
        self.rows: list[list[int]] = [[] for _ in range(beams)]
        self.numbers = [-1] * beams
        self.ended: list[Hypothesis] = []
        self.done = False

    def advance(
        self, scores: Sequence[float], parents: Sequence[int], tokens: Sequence[int]
    ) -> list[int]:
        """Take the candidates, best first; returns the row that each new row extends.

        scores: log-probabilities; parents: rows that the candidates extend.
        """
        step = len(self.rows[0])
        kept: list[tuple[float, int, int, int]] = []
        for score, parent, token in zip(scores, parents, tokens, strict=True):
            if score == -math.inf:
                continue
            fits = len(kept) < self.beams  # whether the candidate is in the beam
            ended = fits and token == END
            if ended:
                self._end(parent, token, score)
            number = -1
            if self.branches is not None:
                number, above = len(self.branches), self.numbers[parent]
                self.branches.append(Branch(number, above, step, token, score, fits, ended))
            if fits and not ended:
                kept.append((score, parent, token, number))
        if not kept or len(self.ended) >= self.beams or step + 1 >= self.limit:
            if len(self.ended) < self.beams:
                for score, parent, token, _ in kept:
                    self._end(parent, token, score)
            self.done = True
            return []
        # Fewer candidates than rows, with a small vocabulary: fill up with impossible ones.
        kept += [(-math.inf, *kept[0][1:])] * (self.beams - len(kept))
        self.rows = [[*self.rows[parent], token] for _, parent, token, _ in kept]
        self.scores = [score for score, *_ in kept]
        self.numbers = [number for *_, number in kept]
        return [parent for _, parent, *_ in kept]

    def best(self) -> list[Hypothesis]:
        """The finished hypotheses, best first."""
        return sorted(self.ended, key=lambda one: -one.score)[: self.beams]

    def _end(self, parent: int, token: int, score: float) -> None:
        tokens = [*self.rows[parent], token]
        penalised = score / length_penalty(len(tokens), self.alpha)
        self.ended.append(Hypothesis(tokens, score, penalised))
