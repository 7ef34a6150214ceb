"""Beam search: the best few partial translations are extended in parallel.

Wu et al. 2016, "Google's neural machine translation system", section 7, for the length penalty.
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
    PADDING,
    START,
    Ablation,
    Transformer,
)

MOST_BEAMS = 12
MOST_ALPHA = 5
FORBIDDEN = 2  # ids below it, PADDING and START, are never part of a translation


@dataclass(frozen=True)
class Hypothesis:
    """A translation in a beam: tokens, log-probability in nats, score after length penalty."""

    tokens: list[int]
    log_probability: float
    score: float


@dataclass(frozen=True)
class Branch:
    """One candidate of a beam search.

    number: its own; parent: number of the branch that it extends, -1 for the start. kept: it stays
    in the beam; ended: it is a complete translation.
    """

    number: int
    parent: int
    step: int
    token: int
    log_probability: float
    kept: bool
    ended: bool


def longest_target(source: int) -> int:
    """The maximum length of a translation of `source` tokens: French is seldom twice as long."""
    return min(LONGEST - 2, 2 * source + 10)


def next_log_probabilities(model: Transformer, decoder_output: Tensor) -> Tensor:
    """Log-probabilities (…, V) of the next token, PADDING and START excluded.

    decoder_output: (…, D).
    """
    logits = model.logits(decoder_output)
    logits[..., :FORBIDDEN] = -math.inf
    return logits.log_softmax(-1)


def length_penalty(length: int, alpha: float) -> float:
    """The divisor of a log-probability: ((5 + length) / 6)^alpha (Wu et al. 2016, eq. 14)."""
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
    """The best translations of each source, best first, at most `beams` of them.

    Each step extends every beam with every token and keeps the best `beams` candidates. Finished
    hypotheses are set aside. A search ends with `beams` finished ones or at `limit` tokens, else
    `longest_target`. branches: a list that gets the best candidates of each step, for a single
    source. Raises `Problem` ("setting.*") for `beams` or `alpha` out of range.
    """
    if not 1 <= beams <= MOST_BEAMS:
        raise Problem("setting.range", name="beams", low=1, high=MOST_BEAMS, value=beams)
    if isinstance(alpha, bool) or not isinstance(alpha, int | float):
        raise Problem("setting.type", name="alpha", kind="a number", value=repr(alpha)[:80])
    if not 0 <= alpha <= MOST_ALPHA:
        raise Problem("setting.range", name="alpha", low=0, high=MOST_ALPHA, value=alpha)
    device = next(model.parameters()).device
    longest = max(map(len, sources))
    padded = torch.tensor(
        [[*row, *[PADDING] * (longest - len(row))] for row in sources], device=device
    )
    encoder_output = model.encode(padded, ablation).repeat_interleave(beams, 0)
    source = padded.repeat_interleave(beams, 0)
    cache = model.new_cache()
    tables = [Beam(beams, alpha, limit or longest_target(len(row)), branches) for row in sources]
    live = list(range(len(sources)))
    tokens = torch.full((len(source), 1), START, device=device)
    while live:
        output = model.decode(tokens, encoder_output, source, cache, ablation)
        scores = next_log_probabilities(model, output[:, -1]).unflatten(0, (len(live), beams))
        rows, newest, still = [], [], []
        totals, parents, following = _candidates(
            scores, [tables[number].scores for number in live], 2 * beams
        )
        for place, number in enumerate(live):
            table = tables[number]
            continued = table.advance(totals[place], parents[place], following[place])
            if table.done:
                continue
            still.append(number)
            rows += [place * beams + parent for parent in continued]
            newest += table.last
        if rows != list(range(len(source))):
            selected = torch.tensor(rows, dtype=torch.long, device=device)
            finished = len(still) < len(live)
            cache.select(selected, sources=finished)
            if finished:
                encoder_output, source = encoder_output[selected], source[selected]
        live = still
        tokens = torch.tensor(newest, dtype=torch.long, device=device)[:, None]
    return [table.best() for table in tables]


def _candidates(
    scores: Tensor, before: Sequence[Sequence[float]], count: int
) -> tuple[list[list[float]], list[list[int]], list[list[int]]]:
    """The best `count` extensions for log-probabilities (B, W, V): totals, beams, tokens."""
    totals = scores + torch.tensor(before, device=scores.device)[:, :, None]
    width = scores.shape[-1]
    top = totals.flatten(1).topk(min(count, totals[0].numel()))
    beams, tokens = top.indices // width, top.indices % width
    return top.values.tolist(), beams.tolist(), tokens.tolist()


class Beam:
    """The beam of one sentence: its unfinished and its finished hypotheses."""

    def __init__(self, beams: int, alpha: float, limit: int, branches: list[Branch] | None = None):
        self.beams, self.alpha, self.limit, self.branches = beams, alpha, limit, branches
        # All beams start as the same empty sentence, so only one counts.
        self.scores = [0.0] + [-math.inf] * (beams - 1)
        self.rows: list[list[int]] = [[] for _ in range(beams)]
        self.numbers = [-1] * beams
        self.ended: list[Hypothesis] = []
        self.done = False

    @property
    def last(self) -> list[int]:
        """The newest token of every beam."""
        return [row[-1] for row in self.rows]

    def advance(
        self, scores: Sequence[float], parents: Sequence[int], tokens: Sequence[int]
    ) -> list[int]:
        """Take the candidates, best first; returns the beam that each kept one extends."""
        step = len(self.rows[0])
        kept: list[tuple[float, int, int, int]] = []
        for score, parent, token in zip(scores, parents, tokens, strict=True):
            if score == -math.inf:
                continue
            row, fits, ends = self.rows[parent], len(kept) < self.beams, token == END
            # A candidate that ends below the beam's cutoff was never in the beam.
            if ends and fits:
                self._end([*row, token], score)
            number = self._note(step, parent, token, score, fits, ends and fits)
            if not ends and fits:
                kept.append((score, parent, token, number))
        if not kept or len(self.ended) >= self.beams or step + 1 >= self.limit:
            if len(self.ended) < self.beams:
                for score, parent, token, _ in kept:
                    self._end([*self.rows[parent], token], score)
            self.done = True
            return []
        kept += [(-math.inf, *kept[0][1:])] * (self.beams - len(kept))  # too small a vocabulary
        self.rows = [[*self.rows[parent], token] for _, parent, token, _ in kept]
        self.scores = [score for score, *_ in kept]
        self.numbers = [number for *_, number in kept]
        return [parent for _, parent, *_ in kept]

    def best(self) -> list[Hypothesis]:
        """The finished hypotheses, best first."""
        return sorted(self.ended, key=lambda one: -one.score)[: self.beams]

    def _end(self, tokens: list[int], score: float) -> None:
        penalised = score / length_penalty(len(tokens), self.alpha)
        self.ended.append(Hypothesis(tokens, score, penalised))

    def _note(
        self, step: int, parent: int, token: int, score: float, kept: bool, ended: bool
    ) -> int:
        if self.branches is None:
            return -1
        number = len(self.branches)
        self.branches.append(Branch(number, self.numbers[parent], step, token, score, kept, ended))
        return number
