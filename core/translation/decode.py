"""Translates: one token after the other, greedily, at random or with a beam."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.errors import Problem
from core.translation.model import END, LONGEST, NOTHING, PADDING, START, Cut, Transformer
from core.translation.vocabulary import Vocabulary

TOGETHER = 100  # sentences that are translated at once
MOST_BEAMS = 12
FORBIDDEN = (PADDING, START)  # never part of a translation

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


@dataclass(frozen=True)
class Hypothesis:
    """A translation in a beam: tokens, log-probability in nats, score after length penalty."""

    tokens: list[int]
    log_probability: float
    score: float


@dataclass(frozen=True)
class Branch:
    """One candidate that a beam search looked at.

    number: its own; parent: number of the branch it goes on from, -1 for the start. kept: it stayed
    in the beam; ended: it is a whole translation.
    """

    number: int
    parent: int
    step: int
    token: int
    log_probability: float
    kept: bool
    ended: bool


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


def longest_target(source: int) -> int:
    """Tokens at most in a translation of `source` tokens: French is seldom twice as long."""
    return min(LONGEST - 2, 2 * source + 10)


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
) -> Iterator[tuple[int, float]]:
    """Translate source tokens one token at a time: yields each token and its log-probability.

    prefix: tokens that the translation starts with; they are not yielded. Ends after the end mark
    or `longest_target`.
    """
    device = next(model.parameters()).device
    tokens = torch.tensor([list(source)], device=device)
    states = model.encode(tokens, cut)
    cache = model.new_cache()
    fresh = [START, *prefix]
    for _ in range(longest_target(len(source)) - len(prefix)):
        seen = model.decode(torch.tensor([fresh], device=device), states, tokens, cache, cut)
        log_probabilities = next_log_probabilities(model, seen[0, -1])
        token = choose(log_probabilities)
        yield token, float(log_probabilities[token])
        if token == END:
            return
        fresh = [token]


def next_log_probabilities(model: Transformer, states: Tensor) -> Tensor:
    """Log-probabilities (…, V) of what follows decoder states (…, D); no padding, no start."""
    logits = model.logits(states)
    logits[..., list(FORBIDDEN)] = -math.inf
    return logits.log_softmax(-1)


def length_penalty(length: int, alpha: float) -> float:
    """What a log-probability is divided by: ((5 + length) / 6)^alpha (Wu et al. 2016, eq. 14)."""
    return ((5 + length) / 6) ** alpha


@torch.no_grad()
def beam_search(
    model: Transformer,
    sources: Sequence[Sequence[int]],
    beams: int = 5,
    alpha: float = 1.0,
    cut: Cut = NOTHING,
    branches: list[Branch] | None = None,
) -> list[list[Hypothesis]]:
    """The best translations of each source, best first, `beams` of them at most.

    In each step every beam goes on with every token; the best `beams` of all stay. Those that end
    are set aside, until there are `beams` of them. branches: gets every candidate that was close,
    for a single source. Raises `Problem` ("setting.range") for a beam of no sensible width.
    """
    if not 1 <= beams <= MOST_BEAMS:
        raise Problem("setting.range", name="beams", low=1, high=MOST_BEAMS, value=beams)
    device = next(model.parameters()).device
    longest = max(map(len, sources))
    padded = torch.tensor(
        [[*row, *[PADDING] * (longest - len(row))] for row in sources], device=device
    )
    states = model.encode(padded, cut).repeat_interleave(beams, 0)
    source = padded.repeat_interleave(beams, 0)
    cache = model.new_cache()
    tables = [Beam(beams, alpha, longest_target(len(row)), branches) for row in sources]
    live = list(range(len(sources)))
    tokens = torch.full((len(source), 1), START, device=device)
    while live:
        seen = model.decode(tokens, states, source, cache, cut)
        scores = next_log_probabilities(model, seen[:, -1]).unflatten(0, (len(live), beams))
        rows, words, still = [], [], []
        best = _candidates(scores, [tables[number].scores for number in live], 2 * beams)
        for place, number in enumerate(live):
            table = tables[number]
            parents = table.advance(*(part[place] for part in best))
            if table.done:
                continue
            still.append(number)
            rows += [place * beams + parent for parent in parents]
            words += table.last
        picked = torch.tensor(rows, dtype=torch.long, device=device)
        cache.pick(picked, sources=len(still) < len(live))
        if len(still) < len(live):
            states, source = states[picked], source[picked]
        live = still
        tokens = torch.tensor(words, dtype=torch.long, device=device)[:, None]
    return [table.best() for table in tables]


def _candidates(
    scores: Tensor, before: Sequence[Sequence[float]], count: int
) -> tuple[list[list[float]], list[list[int]], list[list[int]]]:
    """The best `count` ways to go on, for log-probabilities (B, W, V): totals, beams, tokens."""
    totals = scores + torch.tensor(before, device=scores.device)[:, :, None]
    width = scores.shape[-1]
    top = totals.flatten(1).topk(min(count, totals[0].numel()))
    beams, tokens = top.indices // width, top.indices % width
    return top.values.tolist(), beams.tolist(), tokens.tolist()


class Beam:
    """The beam of one sentence: the hypotheses that go on, and those that ended."""

    def __init__(self, beams: int, alpha: float, limit: int, branches: list[Branch] | None = None):
        self.beams, self.alpha, self.limit, self.branches = beams, alpha, limit, branches
        # At first all beams are the same sentence, so only one of them counts.
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
        """Take the best candidates, best first; returns the beam that each new one continues."""
        step = len(self.rows[0])
        kept: list[tuple[float, int, int, int]] = []
        for score, parent, token in zip(scores, parents, tokens, strict=True):
            if score == -math.inf:
                continue
            row, fits, ends = self.rows[parent], len(kept) < self.beams, token == END
            # What ends below the beam's edge was never in the beam.
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
        """The hypotheses that ended, best first."""
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
) -> Translation:
    """Translate a sentence, greedily or with a beam, with every attention that led to it.

    Raises `Problem` ("sentence.*", "setting.range").
    """
    source = read(vocabulary, text)
    if beams == 1:
        target = [token for token, _ in steps(model, source, cut=cut)]
    else:
        target = beam_search(model, [source], beams, alpha, cut)[0][0].tokens
    return inspect(model, vocabulary, source, target, cut)


def translate_batch(
    model: Transformer,
    vocabulary: Vocabulary,
    texts: Sequence[str],
    beams: int = 1,
    alpha: float = 1.0,
) -> list[str]:
    """Translate many sentences, the long ones together; in the order in which they came."""
    sources = [read(vocabulary, text) for text in texts]
    order = sorted(range(len(sources)), key=lambda number: -len(sources[number]))
    translated = [""] * len(sources)
    for start in range(0, len(order), TOGETHER):
        numbers = order[start : start + TOGETHER]
        found = beam_search(model, [sources[number] for number in numbers], beams, alpha)
        for number, hypotheses in zip(numbers, found, strict=True):
            translated[number] = vocabulary.decode(hypotheses[0].tokens)
    return translated
