"""Trains a Transformer to translate: teacher forcing with label smoothing (section 5)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.errors import Problem
from core.nn.schedules import linear_warmup_linear
from core.training.loop import Means, Preview, Task
from core.translation.config import TranslationConfig
from core.translation.corpus import Corpus, Pair
from core.translation.decode import translate, translate_batch
from core.translation.metrics import score
from core.translation.model import END, LONGEST, PADDING, START, Transformer, pad
from core.translation.vocabulary import Vocabulary, learn

SHOWN = 5  # validation sentences that previews show
VALIDATION_PAIRS = 200  # that the live figures are measured on
TOGETHER = 100  # pairs of them at once
TRANSLATED = 20  # of them translated anew for each preview, so that none takes long


class TranslationTask(Task[Transformer]):
    """A Transformer that learns from `data.train` with Adam, in batches of similar length.

    One without a vocabulary learns it from the training pairs first. The batches stay when settings
    are sent.

    metrics: "train_loss" (nats a target token, smoothed), "validation_loss" (nats a token, not
    smoothed), "bleu", "chrf" and "exact_match" (0 to 1) of the newest greedy translations of
    validation sentences, a few of which are made anew each time, "learning_rate",
    "tokens_per_second" (of both languages). preview, of five validation sentences: "source" and
    "target" (5, N) str, their tokens, "" after the end; "attention" (5, L, H, T, S) float16, the
    cross-attention. Raises `Problem` ("corpus.empty") where no pair is short enough.
    """

    uses_global_random_state = True  # by dropout

    def __init__(self, model: Transformer, data: Corpus, config: TranslationConfig):
        self.model, self.config = model, config
        learnt = data.train[: data.captions] * (config.caption_copies - 1) + data.train
        if not model.merges.any():
            texts = (text for pair in learnt for text in pair)
            model.merges.copy_(torch.from_numpy(learn(texts, config.vocabulary_size)))
        vocabulary = Vocabulary(model.merges.cpu().numpy())
        self.generator = torch.Generator().manual_seed(config.seed)
        self.batches = LengthBatches(
            encode(vocabulary, learnt), config.batch_tokens, self.generator
        )
        self.total = self.batches.per_epoch * config.epochs
        self.optimiser = torch.optim.Adam(
            model.parameters(), betas=(0.9, 0.98), eps=1e-9, fused=self.device.type != "mps"
        )
        self.stateful = {
            "generator": self.generator,
            "batches": self.batches,
            "optimiser": self.optimiser,
        }
        self.validation = Validation(model, vocabulary, data.validation)
        self.means = Means("train_loss")
        self.rate, self.tokens = 0.0, 0

    def optimise(self) -> None:
        source, target = (side.to(self.device) for side in self.batches.next())
        # A short training still has to reach its peak.
        warm_up = min(self.config.warm_up, self.total // 4)
        self.rate = self.config.learning_rate * linear_warmup_linear(self.step, self.total, warm_up)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate
        loss = objective(self.model, source, target, self.config.label_smoothing)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.step += 1
        self.means.add(loss)
        self.tokens += int((source != PADDING).sum() + (target != PADDING).sum())

    def metrics(self, seconds: float) -> dict[str, float]:
        speed, self.tokens = self.tokens / max(seconds, 1e-9), 0
        return {**self.means.take(), "learning_rate": self.rate, "tokens_per_second": speed}

    def preview(self) -> tuple[dict[str, float], Preview]:
        return self.validation.preview(complete=self.step == self.total)


class LengthBatches:
    """Batches of encoded pairs of similar length, in an order that is drawn anew in each epoch.

    batch_tokens: padded source and target tokens of a batch.
    """

    def __init__(
        self,
        pairs: Sequence[tuple[list[int], list[int]]],
        batch_tokens: int,
        generator: torch.Generator,
    ):
        self.pairs, self.generator = pairs, generator
        self.lengths = np.array([(len(target), len(source)) for source, target in pairs])
        self.cuts = batch_cuts(self.lengths, batch_tokens)
        self.per_epoch = len(self.cuts) - 1
        self.drawn = 0  # batches
        self.turn, self.order = torch.empty(0), torch.empty(0)

    def next(self) -> tuple[Tensor, Tensor]:
        """Source (B, S) and target (B, T) tokens of the next batch, padded."""
        if self.drawn % self.per_epoch == 0:
            self.order = shuffled(self.lengths, self.generator)
            self.turn = torch.randperm(self.per_epoch, generator=self.generator)
        at = int(self.turn[self.drawn % self.per_epoch])
        self.drawn += 1
        batch = [self.pairs[i] for i in self.order[self.cuts[at] : self.cuts[at + 1]].tolist()]
        return pad([source for source, _ in batch]), pad([target for _, target in batch])

    def state_dict(self) -> dict[str, Any]:
        """What resuming needs, apart from the generator."""
        return {"drawn": self.drawn, "turn": self.turn, "order": self.order}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a state."""
        self.drawn, self.turn, self.order = (state[key] for key in ("drawn", "turn", "order"))


def objective(model: Transformer, source: Tensor, target: Tensor, smoothing: float) -> Tensor:
    """Cross-entropy in nats a target token, labels smoothed (Szegedy et al. 2016), padding apart.

    source (B, S), target (B, T + 1): tokens between their marks, padded.
    """
    states = model.decode(target[:, :-1], model.encode(source), source)
    wanted = target[:, 1:]
    there = wanted != PADDING
    # The output layer costs as much as the rest: it sees no padding.
    return F.cross_entropy(model.logits(states[there]), wanted[there], label_smoothing=smoothing)


def encode(vocabulary: Vocabulary, pairs: Sequence[Pair]) -> list[tuple[list[int], list[int]]]:
    """Pairs as tokens, source with its end mark, target between both; too long ones left out.

    Raises `Problem` ("corpus.empty") where none is left.
    """
    sources = vocabulary.encode_batch([source for source, _ in pairs])
    targets = vocabulary.encode_batch([target for _, target in pairs])
    encoded = [
        ([*source, END], [START, *target, END])
        for source, target in zip(sources, targets, strict=True)
        if max(len(source), len(target)) <= LONGEST - 2
    ]
    if not encoded:
        raise Problem("corpus.empty")
    return encoded


def shuffled(lengths: np.ndarray, generator: torch.Generator) -> Tensor:
    """An order of pairs by length (N, 2), pairs of the same lengths at random."""
    chance = torch.rand(len(lengths), generator=generator).numpy()
    return torch.from_numpy(np.lexsort([chance, lengths[:, 1], lengths[:, 0]]))


def batch_cuts(lengths: np.ndarray, batch_tokens: int) -> list[int]:
    """Where to cut pairs ordered by length (N, 2) so that a batch, padded, holds so many tokens."""
    by_length = lengths[np.lexsort([lengths[:, 1], lengths[:, 0]])]
    cuts, longest = [0], np.zeros(2, int)
    for number, pair in enumerate(by_length):
        longest = np.maximum(longest, pair)
        if longest.sum() * (number + 1 - cuts[-1]) > batch_tokens and number > cuts[-1]:
            cuts.append(number)
            longest = pair
    return [*cuts, len(by_length)]


class Validation:
    """Measures and shows a network in training on validation pairs."""

    def __init__(self, model: Transformer, vocabulary: Vocabulary, pairs: Sequence[Pair]):
        self.model, self.vocabulary = model, vocabulary
        self.pairs = pairs[:: max(1, len(pairs) // VALIDATION_PAIRS)][:VALIDATION_PAIRS]
        self.encoded = encode(vocabulary, self.pairs)
        # A network that knows nothing yet finds no end by itself.
        self.limit = max(len(target) for _, target in self.encoded)
        self.translations: dict[int, str] = {}  # by the number of the pair
        self.oldest = 0  # of them

    @torch.no_grad()
    def preview(self, complete: bool) -> tuple[dict[str, float], Preview]:
        """Figures, and arrays of a few sentences; complete: translate all pairs anew."""
        figures = {"validation_loss": self._loss()}
        self._translate(len(self.pairs) if complete else TRANSLATED)
        references = [[self.pairs[number][1]] for number in self.translations]
        figures |= score(list(self.translations.values()), references)
        return figures, self._arrays([source for source, _ in self.pairs[:SHOWN]])

    def _translate(self, count: int) -> None:
        """Translate so many of the pairs anew, those translated longest ago."""
        count = min(count, len(self.pairs))
        numbers = [(self.oldest + step) % len(self.pairs) for step in range(count)]
        sources = [self.pairs[number][0] for number in numbers]
        found = translate_batch(self.model, self.vocabulary, sources, limit=self.limit)
        self.translations |= dict(zip(numbers, found, strict=True))
        self.oldest = (self.oldest + count) % len(self.pairs)

    def _loss(self) -> float:
        device = next(self.model.parameters()).device
        total, tokens = 0.0, 0
        for start in range(0, len(self.encoded), TOGETHER):
            batch = self.encoded[start : start + TOGETHER]
            count = sum(len(target) - 1 for _, target in batch)
            source, target = (pad(side).to(device) for side in zip(*batch, strict=True))
            total += float(objective(self.model, source, target, 0.0)) * count
            tokens += count
        return total / tokens

    def _arrays(self, sources: Sequence[str]) -> dict[str, np.ndarray]:
        """Translations of a few sentences: pieces, and the cross-attention between them."""
        seen = [
            translate(self.model, self.vocabulary, source, limit=self.limit) for source in sources
        ]
        width = max(len(one.source_pieces) for one in seen)
        height = max(len(one.target_pieces) for one in seen)
        layers, heads = seen[0].cross.shape[:2]
        attention = np.zeros((len(seen), layers, heads, height, width), np.float16)
        for row, one in enumerate(seen):
            attention[row, :, :, : one.cross.shape[2], : one.cross.shape[3]] = one.cross
        return {
            "source": np.array([_filled(one.source_pieces, width) for one in seen]),
            "target": np.array([_filled(one.target_pieces, height) for one in seen]),
            "attention": attention,
        }


def _filled(pieces: Sequence[str], count: int) -> list[str]:
    return [*pieces, *[""] * (count - len(pieces))]
