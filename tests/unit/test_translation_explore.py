"""Views of a Transformer: next tokens, a head, positions, embeddings, attention patterns."""

import dataclasses
import threading

import numpy as np
import pytest

from core.errors import Problem
from core.translation.beam import longest_target
from core.translation.config import PhrasesConfig
from core.translation.decode import Translation, inspect, steps
from core.translation.explore import (
    MOST_NEXT,
    MOST_WORDS,
    look_inside,
    map_words,
    next_tokens,
    position_similarity,
)
from core.translation.model import END, Ablation, build
from core.translation.observe import evenness, observe
from core.translation.vocabulary import Vocabulary

CONFIG = PhrasesConfig(layers=2, width=16, feed_forward=16, heads=2, vocabulary_size=300)
SOURCE = [70, 80, 90, 100, END]
TARGET = [75, 85, 95, END]


def built(**settings):
    return build(dataclasses.replace(CONFIG, **settings)).eval()


@pytest.fixture(scope="module")
def model():
    return built()


@pytest.fixture(scope="module")
def vocabulary(model):
    return Vocabulary(model.merges.numpy() - 1)  # rows of -1: bytes alone


def test_concurrent_translations_do_not_change_a_view(model, vocabulary):
    expected = look_inside(model, vocabulary, SOURCE, TARGET, "decoder", 1, 0)
    over = threading.Event()

    def translate():
        while not over.is_set():
            list(steps(model, SOURCE, limit=5))

    threads = [threading.Thread(target=translate) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(40):
            found = look_inside(model, vocabulary, SOURCE, TARGET, "decoder", 1, 0)
            assert found.queries == pytest.approx(expected.queries, abs=1e-6)
            assert found.weights == pytest.approx(expected.weights, abs=1e-6)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert not any(module._forward_pre_hooks for module in model.modules())


def test_next_tokens_agree_with_greedy_decoding(model, vocabulary):
    path = list(steps(model, SOURCE, limit=5))
    for at, (token, log_probability) in enumerate(path):
        prefix = [token for token, _ in path[:at]]
        found = next_tokens(model, vocabulary, SOURCE, prefix)
        assert found.tokens[0] == token
        assert np.log(found.probabilities[0]) == pytest.approx(log_probability, abs=1e-4)
        score = inspect(model, vocabulary, SOURCE, prefix).score if prefix else 0
        assert found.score == pytest.approx(score, abs=1e-4)
    whole = next_tokens(model, vocabulary, SOURCE)
    assert list(whole.probabilities) == sorted(whole.probabilities, reverse=True)
    assert whole.pieces == vocabulary.pieces(whole.tokens) and min(whole.tokens) >= END
    known = next_tokens(model, vocabulary, SOURCE, count=MOST_NEXT).probabilities
    least = -float((known * np.log(known)).sum())
    assert least <= whole.entropy <= np.log(len(vocabulary))
    cut = next_tokens(model, vocabulary, SOURCE, ablation=Ablation(positions=True))
    assert not np.allclose(cut.probabilities, whole.probabilities)


@pytest.mark.parametrize("prefix", [[70, END], [70] * longest_target(len(SOURCE)), [70] * 999])
def test_no_token_follows_the_end(model, vocabulary, prefix):
    found = next_tokens(model, vocabulary, SOURCE, prefix)
    assert (found.score > -np.inf) == (len(prefix) < 999)
    assert found.tokens == [] and found.pieces == [] and len(found.probabilities) == 0


@pytest.mark.parametrize(
    ("prefix", "count"), [([0], 5), ([300], 5), ([True], 5), (["x"], 5), ([], 0), ([], 51)]
)
def test_unknown_tokens_and_counts_out_of_range_are_refused(model, vocabulary, prefix, count):
    with pytest.raises(Problem):
        next_tokens(model, vocabulary, SOURCE, prefix, count)


@pytest.mark.parametrize("normalisation", ["before", "after"])
def test_weights_of_a_head_equal_the_recorded_ones(vocabulary, normalisation):
    model = built(normalisation=normalisation)
    seen = inspect(model, vocabulary, SOURCE, TARGET)
    recorded = {"encoder": seen.encoder, "decoder": seen.decoder, "cross": seen.cross}
    for part, weights in recorded.items():
        for layer, head in np.ndindex(2, 2):
            found = look_inside(model, vocabulary, SOURCE, TARGET, part, layer, head)
            assert found.weights == pytest.approx(weights[layer, head], abs=1e-5)
            assert found.weights.shape == (len(found.rows), len(found.columns))


def test_matrices_of_a_head_satisfy_the_equation(model, vocabulary):
    found = look_inside(model, vocabulary, SOURCE, TARGET, "decoder", 1, 0)
    assert found.queries.shape == (4, 8) and found.rows == found.columns
    assert found.scores == pytest.approx(found.queries @ found.keys.T / np.sqrt(8), abs=1e-5)
    assert found.allowed.tolist() == np.tri(4, dtype=bool).tolist()
    powers = np.where(found.allowed, np.exp(found.scores), 0)
    assert found.weights == pytest.approx(powers / powers.sum(1, keepdims=True), abs=1e-5)
    assert found.result == pytest.approx(found.weights @ found.values, abs=1e-5)
    across = look_inside(model, vocabulary, SOURCE, TARGET, "cross", 0, 1)
    assert across.columns == vocabulary.pieces(SOURCE) and across.allowed.all()


@pytest.mark.parametrize(
    ("part", "layer", "head"),
    [("sideways", 0, 0), ("cross", 2, 0), ("cross", 0, -1), ("encoder", 0, 2), ("cross", True, 0)],
)
def test_a_missing_head_is_refused(model, vocabulary, part, layer, head):
    with pytest.raises(Problem):
        look_inside(model, vocabulary, SOURCE, TARGET, part, layer, head)


def test_similarity_of_positions_depends_on_their_distance():
    waves, similar = position_similarity(32, 16)
    assert waves.shape == (32, 16) and waves[0, ::2].tolist() == [0.0] * 8
    assert np.diag(similar) == pytest.approx(np.ones(32), abs=1e-5)
    assert similar == pytest.approx(similar.T, abs=1e-6)
    assert (np.diag(similar, 1) > np.diag(similar, 4)[0]).all()
    assert np.ptp(np.diag(similar, 3)) < 1e-5


def test_words_are_projected_on_principal_components(model, vocabulary):
    words = ["a", "bb", "ccc", "dddd", "a"]
    found = map_words(model, vocabulary, words)
    assert found.split == [word for word in found.words if len(vocabulary.encode(word)) > 1]
    assert found.words == ["a", "bb", "ccc", "dddd"]
    table = model.embedding.weight.detach().numpy()
    vectors = np.stack([table[vocabulary.encode(word)].mean(0) for word in found.words])
    variances = np.linalg.eigvalsh(np.cov(vectors.T))[::-1]
    assert found.shares == pytest.approx(variances[:2] / variances.sum(), abs=1e-4)
    assert found.points.var(0, ddof=1) == pytest.approx(variances[:2], rel=1e-3)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert found.similarity == pytest.approx(unit @ unit.T, abs=1e-5)


@pytest.mark.parametrize("words", [[], ["a", "a", " "], [f"w{i}" for i in range(MOST_WORDS + 1)]])
def test_too_few_or_too_many_words_are_refused(model, vocabulary, words):
    with pytest.raises(Problem):
        map_words(model, vocabulary, words)


def attending(size=5, **parts):
    """A translation of `size` tokens: head 1 attends evenly, head 2 as given by part."""
    flat = np.full((1, 2, size, size), 1 / size)
    causal = np.tri(size) / np.arange(1, size + 1)[:, None]
    built = {"encoder": flat.copy(), "decoder": np.stack([[causal, causal]]), "cross": flat.copy()}
    for part, weights in parts.items():
        built[part][0, 1] = weights
    return Translation("", [], [], [], [], 0.0, **built)


def facts(seen):
    return {each.key.removeprefix("observe."): each.values for each in observe(seen)}


def test_patterns_are_found():
    eye = np.eye(5)
    found = facts(attending(cross=eye, encoder=np.eye(5, k=-1) + eye[[0]] * eye[:, [0]]))
    assert found["cross_diagonal"] == {"layer": 1, "head": 2, "value": pytest.approx(1)}
    assert found["encoder_previous"]["head"] == 2 and found["encoder_previous"]["value"] == 1
    assert found["encoder_everywhere"]["head"] == 1
    end = np.zeros((5, 5))
    end[:, -1] = 1
    assert facts(attending(cross=end))["cross_end"] == {"layer": 1, "head": 2, "value": 1}
    start = np.zeros((5, 5))
    start[:, 0] = 1
    assert facts(attending(decoder=start))["decoder_start"]["head"] == 2
    assert facts(attending(encoder=np.eye(5)))["encoder_self"]["value"] == 1


def test_even_attention_has_no_other_pattern():
    assert set(facts(attending())) == {"encoder_everywhere"}
    assert facts(attending(size=2)) == {}  # every pattern fits so short a sentence


def test_evenness():
    assert evenness(np.eye(4)) == pytest.approx(0, abs=1e-6)
    assert evenness(np.full((4, 4), 0.25)) == pytest.approx(1)
