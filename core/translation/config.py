"""The settings of the three translation networks."""

from dataclasses import dataclass

from core.errors import Problem
from core.training.config import Config, setting


@dataclass(frozen=True)
class TranslationConfig(Config):
    """Settings of all three networks.

    layers: of the encoder, and as many of the decoder; width: d_model; feed_forward: d_ff;
    positions, causal_mask: for ablation; normalisation: before each sub-layer or, as in the paper,
    after it; vocabulary_size: subwords, shared by both languages; batch_tokens: source and target
    tokens per step; learning_rate: its peak, reached after warm_up steps. Raises `Problem`
    ("network.heads") unless the width is even and a multiple of the heads.
    """

    layers: int = setting(2, 1, 8)
    width: int = setting(128, 16, 512)
    feed_forward: int = setting(256, 16, 2_048)
    heads: int = setting(4, 1, 16)
    dropout: float = setting(0.1, 0.0, 0.9)
    positions: str = setting("sinusoidal", choices=("sinusoidal", "none"))
    causal_mask: str = setting("on", choices=("on", "off"))
    normalisation: str = setting("before", choices=("before", "after"))
    vocabulary_size: int = setting(1_000, 259, 16_000)
    label_smoothing: float = setting(0.1, 0.0, 0.5)
    epochs: int = setting(10, 1, 1_000)
    batch_tokens: int = setting(2_048, 256, 32_768)
    learning_rate: float = setting(2e-3, 1e-5, 1e-1, log=True)
    warm_up: int = setting(400, 0, 10_000)
    caption_copies = 1

    def __post_init__(self):
        super().__post_init__()
        if self.width % self.heads or self.width % 2:
            raise Problem("network.heads", width=self.width, heads=self.heads)


@dataclass(frozen=True)
class EverydayConfig(TranslationConfig):
    """Captions and everyday sentences (`translation`).

    caption_copies: of each caption in an epoch; there are six times as many everyday sentences.
    """

    layers: int = setting(3, 1, 8)
    width: int = setting(256, 16, 512)
    feed_forward: int = setting(512, 16, 2_048)
    dropout: float = setting(0.2, 0.0, 0.9)
    vocabulary_size: int = setting(8_000, 259, 16_000)
    epochs: int = setting(3, 1, 1_000, live=1)
    batch_tokens: int = setting(4_096, 256, 32_768)
    warm_up: int = setting(2_000, 0, 10_000)
    caption_copies: int = setting(2, 1, 20)


@dataclass(frozen=True)
class CaptionsConfig(TranslationConfig):
    """The captions of Multi30k alone (`translation-multi30k`)."""

    layers: int = setting(4, 1, 8)
    dropout: float = setting(0.3, 0.0, 0.9)
    vocabulary_size: int = setting(4_000, 259, 16_000)
    epochs: int = setting(40, 1, 1_000, live=1)
    batch_tokens: int = setting(3_072, 256, 32_768)
    learning_rate: float = setting(4e-3, 1e-5, 1e-1, log=True)
    warm_up: int = setting(1_000, 0, 10_000)


@dataclass(frozen=True)
class PhrasesConfig(TranslationConfig):
    """Generated phrases, learnt in about a minute (`translation-toy`)."""

    dropout: float = setting(0.0, 0.0, 0.9)
    vocabulary_size: int = setting(1_200, 259, 16_000)
    epochs: int = setting(4, 1, 1_000)
    batch_tokens: int = setting(1_536, 256, 32_768)
    learning_rate: float = setting(4e-3, 1e-5, 1e-1, log=True)
    warm_up: int = setting(200, 0, 10_000)
