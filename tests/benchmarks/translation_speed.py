"""How quick the Transformer is: python -m tests.benchmarks.translation_speed

Prints the median time of a sentence, greedily and with a beam of five, with all attention; what the
key–value cache gains; and the tokens a second of a training against the usual tutorial's layers
(attention by hand, 128 pairs a batch, padded to the longest, logits for the padding too).
The times of one run compare with each other, not with another machine's.
"""

import math
import time
from collections.abc import Callable, Iterator
from statistics import median

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.nn.attention import MultiHeadAttention, key_padding_mask
from core.translation import corpus
from core.translation.beam import beam_search, next_log_probabilities
from core.translation.config import CaptionsConfig, EverydayConfig
from core.translation.decode import inspect, steps
from core.translation.model import (
    END,
    PADDING,
    START,
    DecoderLayer,
    EncoderLayer,
    Transformer,
    build,
)
from core.translation.train import batch_cuts, encode, objective, pad, shuffled
from core.translation.vocabulary import Vocabulary, learn

WORDS, TOKENS = 12, 16
REPEATS = 15
PAIRS = 3_000


def main() -> None:
    torch.manual_seed(0)
    model = build(EverydayConfig()).eval()
    vocabulary = Vocabulary(model.merges.numpy() - 1)
    source = [*torch.randint(3, 8_000, (14,)).tolist(), END]
    with torch.no_grad():
        model.bias[END] = -1e4  # so that every translation has its whole length
        print(f"{WORDS} words, {TOKENS} tokens out, {parameters(model):.1f} M parameters:")
        greedy = clock(lambda: whole(model, vocabulary, source, 1))
        print(f"  greedy, with all attention  {greedy * 1e3:7.1f} ms")
        beam = clock(lambda: whole(model, vocabulary, source, 5))
        print(f"  beam of five, the same      {beam * 1e3:7.1f} ms")
        for batch in (1, 32):
            sources = torch.tensor([source] * batch)
            with_cache = clock(lambda sources=sources: forty(model, sources, cached=True), 5)
            without = clock(lambda sources=sources: forty(model, sources, cached=False), 5)
            gain = without / with_cache
            print(f"  cache, 40 tokens, batch {batch:<4}{gain:7.2f} × as fast as without")
    train_speed()


def whole(model: Transformer, vocabulary: Vocabulary, source: list[int], beams: int) -> None:
    """What `translate` does once a sentence is read."""
    if beams == 1:
        target = [token for token, _ in steps(model, source, limit=TOKENS)]
    else:
        target = beam_search(model, [source], beams, limit=TOKENS)[0][0].tokens
    inspect(model, vocabulary, source, target)


def forty(model: Transformer, sources: Tensor, cached: bool) -> None:
    """Forty tokens greedily; without the cache everything is computed anew for each of them."""
    states = model.encode(sources)
    cache = model.new_cache() if cached else None
    tokens = torch.full((len(sources), 1), START)
    for _ in range(40):
        seen = model.decode(tokens[:, -1:] if cached else tokens, states, sources, cache)
        following = next_log_probabilities(model, seen[:, -1]).argmax(-1, keepdim=True)
        tokens = torch.cat([tokens, following], 1)


def train_speed() -> None:
    """Tokens a second, padding not counted, in turns so that both meet the same noise."""
    config = CaptionsConfig()
    pairs = corpus.multi30k().train[:PAIRS]
    vocabulary = Vocabulary(learn((t for pair in pairs for t in pair), config.vocabulary_size))
    encoded = encode(vocabulary, pairs)
    ours = build(config).train()
    theirs = Tutorial(config).train()
    ratios = []
    for ours_batch, theirs_batch in zip(
        our_batches(encoded, config), their_batches(encoded), strict=False
    ):
        speeds = []
        for model, batch, loss in (
            (ours, ours_batch, lambda s, t: objective(ours, s, t, 0.1)),
            (theirs, theirs_batch, theirs.loss),
        ):
            optimiser = torch.optim.Adam(model.parameters(), lr=1e-4, fused=model is ours)
            start = time.perf_counter()
            loss(*batch).backward()
            optimiser.step()
            count = sum(int((side != PADDING).sum()) for side in batch)
            speeds.append(count / (time.perf_counter() - start))
            model.zero_grad()
        ratios.append((*speeds, speeds[0] / speeds[1]))
    ours_speed, theirs_speed, ratio = (median(column) for column in zip(*ratios[1:], strict=True))
    print(f"training, {parameters(ours):.1f} M and {parameters(theirs):.1f} M parameters:")
    print(f"  {ours_speed:,.0f} tokens a second; the tutorial's layers {theirs_speed:,.0f}")
    print(f"  {ratio:.2f} × as fast")


def our_batches(encoded: list, config: CaptionsConfig) -> Iterator[tuple[Tensor, Tensor]]:
    lengths = torch.tensor([(len(target), len(source)) for source, target in encoded]).numpy()
    cuts = batch_cuts(lengths, config.batch_tokens)
    generator = torch.Generator().manual_seed(0)
    order = shuffled(lengths, generator)
    for at in torch.randperm(len(cuts) - 1, generator=generator).tolist():
        batch = [encoded[i] for i in order[cuts[at] : cuts[at + 1]].tolist()]
        yield pad([source for source, _ in batch]), pad([target for _, target in batch])


def their_batches(encoded: list) -> Iterator[tuple[Tensor, Tensor]]:
    order = torch.randperm(len(encoded), generator=torch.Generator().manual_seed(0))
    for chosen in order.split(128):
        batch = [encoded[i] for i in chosen.tolist()]
        yield pad([source for source, _ in batch]), pad([target for _, target in batch])


class Tutorial(nn.Module):
    """The same architecture as tutorials write it: every score in memory, padding computed too."""

    def __init__(self, config: CaptionsConfig):
        super().__init__()
        self.inner = build(config)
        self.config = config
        self.output = nn.Linear(config.width, config.vocabulary_size)
        self.output.weight = self.inner.embedding.weight
        self.dropout = nn.Dropout(config.dropout)

    def attend(
        self, module: MultiHeadAttention, x: Tensor, memory: Tensor, mask: Tensor | None
    ) -> Tensor:
        queries, keys, values = (
            module.split_heads(part(side))
            for part, side in ((module.query, x), (module.key, memory), (module.value, memory))
        )
        scores = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        weights = self.dropout(scores.softmax(-1))
        return module.output((weights @ values).transpose(1, 2).flatten(2))

    def loss(self, source: Tensor, target: Tensor) -> Tensor:
        inner, mask = self.inner, key_padding_mask(source)
        x = inner.embed(source)
        for layer in inner.encoder:
            assert isinstance(layer, EncoderLayer)
            seen = layer.norms[0](x)
            x = x + self.dropout(self.attend(layer.attention, seen, seen, mask))
            x = x + self.dropout(layer.feed_forward(layer.norms[1](x)))
        states, shifted = inner.encoder_norm(x), target[:, :-1]
        causal = torch.ones(shifted.shape[1], shifted.shape[1]).tril()
        causal = causal * (shifted != PADDING)[:, None, None, :]
        x = inner.embed(shifted)
        for layer in inner.decoder:
            assert isinstance(layer, DecoderLayer)
            seen = layer.norms[0](x)
            x = x + self.dropout(self.attend(layer.attention, seen, seen, causal))
            x = x + self.dropout(self.attend(layer.cross, layer.norms[1](x), states, mask))
            x = x + self.dropout(layer.feed_forward(layer.norms[2](x)))
        logits = self.output(inner.decoder_norm(x))
        return F.cross_entropy(
            logits.flatten(0, 1), target[:, 1:].flatten(), ignore_index=PADDING, label_smoothing=0.1
        )


def parameters(model: nn.Module) -> float:
    return sum(parameter.numel() for parameter in model.parameters()) / 1e6


def clock(run: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median of some runs, after one to warm up, in seconds."""
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return median(times[1:])


if __name__ == "__main__":
    main()
