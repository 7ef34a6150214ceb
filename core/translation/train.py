"""Trains a Transformer to translate: teacher forcing with label smoothing (section 5)."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.errors import Problem
from core.progress import Progress, Training
from core.translation.config import TranslationConfig
from core.translation.corpus import Corpus, Pair
from core.translation.decode import translate, translate_batch
from core.translation.metrics import score
from core.translation.model import END, LONGEST, PADDING, START, Transformer
from core.translation.vocabulary import Vocabulary, learn

SECONDS = 0.3  # between two events
LOOK_SHARE = 0.1  # of the time at most goes into validation and previews
SHOWN = 5  # validation sentences that are translated again and again
HELD = 200  # validation pairs that the live figures are measured on
TOGETHER = 100  # pairs of them at once
TURN = 20  # of them translated anew at each look, so that none takes long


def train(
    model: Transformer,
    data: Corpus,
    config: TranslationConfig,
    state: dict[str, Any] | None = None,
) -> Training:
    """Train on `data.train`, in place, with Adam; yield a `Progress` some three times a second.

    A network that has no vocabulary yet learns one from the training pairs first.

    state: filled before every event with what continuing needs; a filled one is continued from,
    exactly as if there had been no break. Sending settings, e.g. {"learning_rate": 1e-4}, changes
    them from the next step on; the length of the run and the batches stay.

    metrics: "train_loss" (nats a target token, smoothed, mean since the last event),
    "validation_loss" (nats a token, not smoothed), "bleu", "chrf" and "exact_match" (0 to 1) of
    the newest greedy translations of validation sentences, a few of which are made anew each time,
    "learning_rate", "tokens_per_second" (of both languages). preview, in some of
    the events, of five validation sentences: "source" and "target" (5, N) str, their pieces, ""
    after the end; "attention" (5, L, H, T, S) float16, the cross-attention.

    Raises `Problem` ("training.diverged") when the loss is no longer finite, with the model as it
    was at the last event, and ("corpus.empty") where no pair is short enough to learn from.
    """
    torch.set_flush_denormal(True)
    state = {} if state is None else state
    device = next(model.parameters()).device
    learnt = data.train[: data.captions] * (config.caption_copies - 1) + data.train
    if not model.merges.any():
        texts = (text for pair in learnt for text in pair)
        merges = learn(texts, config.vocabulary_size)
        model.merges.copy_(torch.from_numpy(merges))
    vocabulary = Vocabulary(model.merges.cpu().numpy())
    pairs = encode(vocabulary, learnt)
    lengths = np.array([(len(target), len(source)) for source, target in pairs])
    cuts = batch_cuts(lengths, config.batch_tokens)
    per_epoch = len(cuts) - 1
    total = per_epoch * config.epochs
    optimiser = torch.optim.Adam(
        model.parameters(), betas=(0.9, 0.98), eps=1e-9, fused=device.type != "mps"
    )
    generator = torch.Generator().manual_seed(config.seed)
    step, turn, order = 0, torch.empty(0), torch.empty(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        noise = torch.get_rng_state()  # of dropout
    if state:
        step, turn, order, noise = state["step"], state["turn"], state["order"], state["noise"]
        optimiser.load_state_dict(state["optimiser"])
        generator.set_state(state["generator"])
    look = Look(model, vocabulary, data.validation)
    loss_sum, count, tokens = torch.zeros((), device=device), 0, 0
    good = _snapshot(model)
    last_event = -math.inf
    began = time.monotonic()
    while step < total:
        if step % per_epoch == 0:
            order = shuffled(lengths, generator)
            turn = torch.randperm(per_epoch, generator=generator)
        at = int(turn[step % per_epoch])
        batch = [pairs[i] for i in order[cuts[at] : cuts[at + 1]].tolist()]
        source = pad([source for source, _ in batch]).to(device)
        target = pad([target for _, target in batch]).to(device)
        rate = config.learning_rate * schedule(step, total, config.warm_up)
        for group in optimiser.param_groups:
            group["lr"] = rate
        model.train()
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            # Dropout draws from torch's own generator, which is nobody's alone.
            torch.set_rng_state(noise)
            loss = objective(model, source, target, config.label_smoothing)
            noise = torch.get_rng_state()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        loss_sum, count = loss_sum + loss.detach(), count + 1
        tokens += int((source != PADDING).sum() + (target != PADDING).sum())
        if time.monotonic() - last_event < SECONDS and step < total:
            continue
        train_loss = float(loss_sum) / count
        if not math.isfinite(train_loss) or not _finite(model):
            model.load_state_dict(good)
            raise Problem("training.diverged", step=step)
        good = _snapshot(model)
        speed = tokens / (time.monotonic() - began)
        preview = look(step == total)
        state |= {
            "step": step,
            "turn": turn,
            "order": order,
            "noise": noise,
            "optimiser": optimiser.state_dict(),
            "generator": generator.get_state(),
        }
        metrics = {"train_loss": train_loss, **look.metrics, "learning_rate": rate}
        command = yield Progress(step, total, metrics | {"tokens_per_second": speed}, preview)
        if command:
            config = replace(config, **command)
        loss_sum, count, tokens = torch.zeros((), device=device), 0, 0
        last_event = began = time.monotonic()


def objective(model: Transformer, source: Tensor, target: Tensor, smoothing: float) -> Tensor:
    """Cross-entropy in nats a target token, labels smoothed (Szegedy et al. 2016), padding apart.

    source (B, S), target (B, T + 1): tokens between their marks, padded.
    """
    states = model.decode(target[:, :-1], model.encode(source), source)
    wanted = target[:, 1:]
    there = wanted != PADDING
    # The output layer costs as much as the rest: it sees no padding.
    return F.cross_entropy(model.logits(states[there]), wanted[there], label_smoothing=smoothing)


def schedule(step: int, total: int, warm_up: int) -> float:
    """The share of the peak learning rate at a step: a linear rise, then a linear fall to zero.

    A fall to zero does what the paper's averaging of the last checkpoints does (section 6.1).
    """
    warm_up = min(warm_up, total // 4)  # a short training still has to get somewhere
    if step < warm_up:
        return (step + 1) / warm_up
    return (total - step) / max(1, total - warm_up)


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


def pad(rows: Sequence[Sequence[int]]) -> Tensor:
    """Rows of tokens as one tensor (B, N), zeros after their ends."""
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[PADDING] * (longest - len(row))] for row in rows])


@dataclass
class Look:
    """Looks at a network in training without disturbing it: validation figures and previews."""

    model: Transformer
    vocabulary: Vocabulary
    held: Sequence[Pair]
    metrics: dict[str, float] = field(default_factory=dict)
    _next: float = -math.inf

    def __post_init__(self):
        self.held = self.held[:: max(1, len(self.held) // HELD)][:HELD]
        self.encoded = encode(self.vocabulary, self.held)
        # A network that knows nothing yet finds no end by itself.
        self.limit = max(len(target) for _, target in self.encoded)
        self.drafts: dict[int, str] = {}
        self.oldest = 0  # draft

    @torch.no_grad()
    def __call__(self, due: bool) -> dict[str, np.ndarray] | None:
        """Bring `metrics` up to date and return a preview, if due or not too costly yet."""
        start = time.monotonic()
        if start < self._next and not due:
            return None
        self.model.eval()
        self.metrics = {"validation_loss": self._loss()}
        self._draft(len(self.held) if due else TURN)
        references = [[self.held[number][1]] for number in self.drafts]
        self.metrics |= score(list(self.drafts.values()), references)
        preview = self._preview([source for source, _ in self.held[:SHOWN]])
        end = time.monotonic()
        self._next = end + (end - start) / LOOK_SHARE
        return preview

    def _draft(self, count: int) -> None:
        """Translate so many of the held sentences anew, those drafted longest ago."""
        count = min(count, len(self.held))
        numbers = [(self.oldest + step) % len(self.held) for step in range(count)]
        sources = [self.held[number][0] for number in numbers]
        drafts = translate_batch(self.model, self.vocabulary, sources, limit=self.limit)
        self.drafts |= dict(zip(numbers, drafts, strict=True))
        self.oldest = (self.oldest + count) % len(self.held)

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

    def _preview(self, sources: Sequence[str]) -> dict[str, np.ndarray]:
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


def _snapshot(model: Transformer) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def _finite(model: Transformer) -> bool:
    return all(bool(torch.isfinite(tensor).all()) for tensor in model.parameters())
