"""The Transformer: attention, masks, padding, the cache, ablations."""

import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from core.errors import Problem
from core.nn.attention import attention_weights
from core.nn.positional import positional_encoding
from core.translation.config import PhrasesConfig
from core.translation.model import PADDING, Ablation, AttentionRecords, build

CONFIG = PhrasesConfig(layers=2, width=16, feed_forward=32, heads=4, vocabulary_size=300)
SOURCE = torch.tensor([[5, 6, 7, 8, 2], [9, 10, 2, PADDING, PADDING]])
TARGET = torch.tensor([[1, 11, 12, 13], [1, 14, 15, 16]])


@pytest.fixture(scope="module")
def model():
    return build(CONFIG).eval()


def test_attention_weights_match_a_hand_calculation():
    queries, keys = torch.tensor([[1.0, 0.0]]), torch.tensor([[2.0, 0.0], [0.0, 5.0]])
    # Scores 2/√2 and 0: the weights are a logistic function of √2.
    expected = 1 / (1 + math.exp(-math.sqrt(2)))
    assert torch.allclose(
        attention_weights(queries, keys, None), torch.tensor([[expected, 1 - expected]])
    )
    hidden = attention_weights(queries, keys, torch.tensor([[False, True]]))
    assert hidden.tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize("mask", [None, torch.ones(5, 5, dtype=torch.bool).tril()])
def test_attention_equals_that_of_torch(mask):
    queries, keys, values = torch.randn(3, 2, 4, 5, 8, generator=torch.Generator().manual_seed(0))
    ours = attention_weights(queries, keys, mask) @ values
    assert torch.allclose(
        ours, F.scaled_dot_product_attention(queries, keys, values, mask), atol=1e-6
    )


@torch.no_grad()
def test_recording_attention_does_not_change_the_output(model):
    records = AttentionRecords()
    encoder_output = model.encode(SOURCE, records=records)
    recorded = model.decode(TARGET, encoder_output, SOURCE, records=records)
    assert torch.allclose(recorded, model.decode(TARGET, model.encode(SOURCE), SOURCE), atol=1e-5)
    encoder, decoder, cross = (
        [record.weights for record in part]
        for part in (records.encoder, records.decoder, records.cross)
    )
    shapes = tuple({tuple(w.shape) for w in part} for part in (encoder, decoder, cross))
    assert shapes == ({(2, 4, 5, 5)}, {(2, 4, 4, 4)}, {(2, 4, 4, 5)})
    for weights in (*encoder, *decoder, *cross):
        assert torch.allclose(weights.sum(-1), torch.ones(()), atol=1e-5)
    assert not decoder[0].triu(1).any()  # no weight on later tokens
    assert not cross[0][1, :, :, 3:].any()  # nor on padding


@torch.no_grad()
@pytest.mark.parametrize("normalisation", ["before", "after"])
def test_logits_do_not_depend_on_later_tokens(normalisation):
    model = build(replace(CONFIG, normalisation=normalisation)).eval()
    changed = TARGET.clone()
    changed[:, 2] = 99
    before, after = model(SOURCE, TARGET), model(SOURCE, changed)
    assert torch.equal(before[:, :2], after[:, :2])
    assert not torch.allclose(before[:, 2:], after[:, 2:])


@torch.no_grad()
def test_without_causal_mask_logits_depend_on_later_tokens(model):
    changed = TARGET.clone()
    changed[:, 3] = 99
    encoder_output = model.encode(SOURCE)
    ablation = Ablation(causal=True)
    before = model.decode(TARGET, encoder_output, SOURCE, ablation=ablation)
    after = model.decode(changed, encoder_output, SOURCE, ablation=ablation)
    assert not torch.allclose(before[:, 0], after[:, 0])


@torch.no_grad()
def test_padding_does_not_change_the_logits(model):
    alone = model(SOURCE[1:, :3], TARGET[1:])
    assert torch.allclose(model(SOURCE, TARGET)[1:], alone, atol=1e-5)


@torch.no_grad()
def test_decoding_with_a_cache_equals_decoding_without(model):
    encoder_output = model.encode(SOURCE)
    whole = model.decode(TARGET, encoder_output, SOURCE)
    cache = model.new_cache()
    parts = [
        model.decode(part, encoder_output, SOURCE, cache) for part in TARGET.split([1, 2, 1], dim=1)
    ]
    assert torch.allclose(torch.cat(parts, 1), whole, atol=1e-5)
    assert cache.length == 4


@torch.no_grad()
def test_ablated_parts_have_no_effect(model):
    """Changing the weights of an ablated head or layer changes no output."""
    ablation = Ablation(heads=frozenset({("cross", 0, 1)}), layers=frozenset({("encoder", 1)}))
    other = build(CONFIG).eval()
    # Head 1 of 4, with four dimensions each.
    other.get_parameter("decoder.0.cross.value.weight")[4:8] += 1
    other.get_parameter("encoder.1.feed_forward.0.weight").zero_()

    def outputs(network, ablation):
        return network.decode(TARGET, network.encode(SOURCE, ablation), SOURCE, ablation=ablation)

    assert torch.allclose(outputs(model, ablation), outputs(other, ablation), atol=1e-6)
    assert not torch.allclose(outputs(model, Ablation()), outputs(other, Ablation()), atol=1e-3)
    assert not torch.allclose(outputs(model, ablation), outputs(model, Ablation()), atol=1e-3)


@torch.no_grad()
def test_without_positions_the_encoder_is_equivariant_to_permutation(model):
    turned = SOURCE[:1].flip(1)
    encoder_output, other = (
        model.encode(tokens, Ablation(positions=True)) for tokens in (SOURCE[:1], turned)
    )
    assert torch.allclose(encoder_output, other.flip(1), atol=1e-5)
    assert not torch.allclose(model.encode(SOURCE[:1]), model.encode(turned).flip(1), atol=1e-2)


def test_positional_encoding_matches_the_paper():
    encoding = positional_encoding(50, 16)
    assert encoding.shape == (50, 16)
    assert encoding[7, 4].item() == pytest.approx(math.sin(7 / 10_000 ** (4 / 16)), abs=1e-5)
    assert encoding[7, 5].item() == pytest.approx(math.cos(7 / 10_000 ** (4 / 16)), abs=1e-5)


def test_a_width_that_the_heads_do_not_divide_is_refused():
    with pytest.raises(Problem, match="3 heads"):
        PhrasesConfig(width=16, heads=3)
