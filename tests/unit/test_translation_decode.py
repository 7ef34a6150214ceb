"""Decoding: beam search against brute force, length penalty, sampling."""

import itertools
import math

import pytest
import torch

from core.errors import Problem
from core.translation import decode
from core.translation.beam import Beam, Hypothesis, beam_search, length_penalty
from core.translation.config import PhrasesConfig
from core.translation.decode import inspect, sampler, steps
from core.translation.model import END, Ablation, build
from core.translation.vocabulary import Vocabulary

CONFIG = PhrasesConfig(layers=1, width=16, feed_forward=16, heads=2, vocabulary_size=300)
SOURCE = [5, 6, 7, END]
A, B = 3, 4  # two words
# Probability of the next token by the last word; None is the start.
TABLE = {
    None: {END: 0.1, A: 0.5, B: 0.4},
    A: {END: 0.3, A: 0.3, B: 0.4},
    B: {END: 0.8, A: 0.1, B: 0.1},
}


def search(beams: int, alpha: float, limit: int) -> list[Hypothesis]:
    """Run a beam over the table as `beam_search` runs it over a network."""
    beam = Beam(beams, alpha, limit)
    while not beam.done:
        candidates = [
            (score + math.log(chance), number, token)
            for number, (score, row) in enumerate(zip(beam.scores, beam.rows, strict=True))
            if score > -math.inf
            for token, chance in TABLE[row[-1] if row else None].items()
        ]
        best = sorted(candidates, reverse=True)[: 2 * beams]
        beam.advance(*map(list, zip(*best, strict=True)))
    return beam.best()


def brute_force(alpha: float, limit: int) -> list[tuple[float, list[int]]]:
    """All sentences up to a length with their scores, best first."""
    found = []
    for length in range(1, limit + 1):
        for words in itertools.product((A, B), repeat=length):
            candidates = [list(words)] if length == limit else []
            candidates += [[*words[:-1], END]] if length <= limit else []
            for row in candidates:
                score = sum(
                    math.log(TABLE[before][token])
                    for before, token in zip([None, *row], row, strict=False)
                )
                found.append((score / length_penalty(len(row), alpha), row))
    unique = {tuple(row): score for score, row in found}
    return sorted(((score, list(row)) for row, score in unique.items()), reverse=True)


@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0, 4.0])
def test_a_wide_beam_equals_brute_force(alpha):
    everything = brute_force(alpha, limit=4)
    found = search(beams=40, alpha=alpha, limit=4)
    assert [h.tokens for h in found[:5]] == [row for _, row in everything[:5]]
    assert [h.score for h in found[:5]] == pytest.approx([score for score, _ in everything[:5]])


def test_a_beam_of_one_is_greedy():
    (only,) = search(beams=1, alpha=0.0, limit=6)
    assert only.tokens == [A, B, END]  # 0.5 · 0.4 · 0.8
    best = search(beams=2, alpha=0.0, limit=6)[0]
    assert best.tokens == [B, END]  # 0.4 · 0.8
    assert best.log_probability == pytest.approx(math.log(0.32))


def test_length_penalty():
    assert length_penalty(1, 0.6) == pytest.approx(1.0)
    assert length_penalty(7, 1.0) == pytest.approx(2.0)
    short = brute_force(0.0, 4)[0][1]
    long = brute_force(4.0, 4)[0][1]
    assert len(long) > len(short)


@pytest.fixture(scope="module")
def model():
    return build(CONFIG).eval()


def test_a_beam_of_one_equals_step_by_step_decoding(model):
    step_by_step = [token for token, _ in steps(model, SOURCE)]
    (found,) = beam_search(model, [SOURCE], beams=1)
    assert found[0].tokens == step_by_step


def test_a_batch_gives_the_same_translations_as_single_sentences(model):
    sources = [SOURCE, [9, END], [30, 31, 32, 33, 34, END]]
    together = beam_search(model, sources, beams=3)
    for source, found in zip(sources, together, strict=True):
        (alone,) = beam_search(model, [source], beams=3)
        assert [h.tokens for h in found] == [h.tokens for h in alone]
        assert [h.score for h in found] == pytest.approx([h.score for h in alone], abs=1e-4)


def test_without_penalty_a_beam_scores_at_least_as_high_as_greedy_search(model):
    (greedy,), (wide,) = (beam_search(model, [SOURCE], beams, alpha=0.0) for beams in (1, 8))
    assert wide[0].score >= greedy[0].score - 1e-5


def test_branches_contain_every_hypothesis(model):
    branches = []
    (found,) = beam_search(model, [SOURCE], beams=3, branches=branches)
    by_number = {branch.number: branch for branch in branches}

    def sentence(branch):
        before = sentence(by_number[branch.parent]) if branch.parent >= 0 else []
        return [*before, branch.token]

    ended = [sentence(branch) for branch in branches if branch.ended]
    assert all(h.tokens in ended for h in found if h.tokens[-1] == END)
    assert any(not branch.kept for branch in branches)


def test_decoding_continues_a_prefix(model):
    whole = [token for token, _ in steps(model, SOURCE)]
    rest = [token for token, _ in steps(model, SOURCE, prefix=whole[:2])]
    assert whole[:2] + rest == whole


def test_score_is_the_sum_of_the_steps(model, vocabulary):
    tokens, scores = zip(*steps(model, SOURCE), strict=True)
    seen = inspect(model, vocabulary, SOURCE, list(tokens))
    assert seen.score == pytest.approx(sum(scores), abs=1e-3)
    assert seen.cross.shape == (1, 2, len(tokens), len(SOURCE))
    assert seen.encoder.shape == (1, 2, 4, 4) and seen.decoder.shape == (1, 2, *[len(tokens)] * 2)


@pytest.fixture(scope="module")
def vocabulary(model):
    return Vocabulary(model.merges.numpy() - 1)  # rows of -1: bytes alone


def test_samples_depend_on_seed_and_settings(model):
    def sample(seed, temperature=1.0, top_k=300):
        choose = sampler(temperature, top_k, torch.Generator().manual_seed(seed))
        return [token for token, _ in steps(model, SOURCE, choose)]

    assert sample(1) == sample(1) != sample(2)
    assert sample(3, top_k=1) == [token for token, _ in steps(model, SOURCE)]
    assert all(token >= 2 for token in sample(4, temperature=5.0))  # no padding, no start


@pytest.mark.parametrize(("temperature", "top_k"), [(0.0, 5), (math.nan, 5), (1.0, 0)])
def test_sampling_settings_out_of_range_are_refused(temperature, top_k):
    with pytest.raises(Problem):
        sampler(temperature, top_k, torch.Generator())


def test_an_ablation_changes_the_translation(model):
    def probabilities(ablation):
        return list(steps(model, SOURCE, ablation=ablation))

    assert probabilities(Ablation(layers=frozenset({("decoder", 0)}))) != probabilities(Ablation())


def test_empty_and_long_sentences_are_refused(vocabulary):
    with pytest.raises(Problem, match="empty"):
        decode.read(vocabulary, " \n")
    with pytest.raises(Problem, match="254"):
        decode.read(vocabulary, "a" * 10_000)
