"""The translated sentence, which the sections of this tab examine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from core.errors import Problem
from core.translation.decode import Translation, inspect, read
from core.translation.explore import check_tokens
from core.translation.model import NO_ABLATION, Ablation, Transformer
from core.translation.vocabulary import Vocabulary
from pages.app.lab import Lab
from pages.app.network_choice import ChosenNetwork
from pages.app.networks import Network
from pages.app.request import Request
from pages.translation.networks import network_of, vocabulary_of


@dataclass
class SharedInputs(ChosenNetwork):
    """The components that several sections read.

    translated: {} or {network, version, sentence, target, score}: the last translation, by which
    network and which version of it; target: its tokens; score: their log-probability in nats.
    """

    translated: gr.State

    def sentence_changes(self, lab: Lab) -> list[Callable[..., Any]]:
        """The events of another translated sentence or another language.

        A change of the network needs no event of its own: it translates the sentence again.
        """
        return [self.translated.change, lab.events.language_switched]


@dataclass(frozen=True)
class TranslatedSentence:
    """A translated sentence as core takes it: source and target tokens, END last.

    score: the target's log-probability in nats.
    """

    network: Network
    vocabulary: Vocabulary
    source: list[int]
    target: list[int]
    score: float

    @property
    def model(self) -> Transformer:
        return self.network.model

    def inspect(self, ablation: Ablation = NO_ABLATION) -> Translation:
        """The attention and the log-probability of this translation."""
        return inspect(self.model, self.vocabulary, self.source, self.target, ablation)


def read_state(request: Request, translated: Any) -> TranslatedSentence:
    """The sentence of a state. Raises `Problem` ("sentence.none") before there is one."""
    if not isinstance(translated, Mapping) or not translated.get("target"):
        raise Problem("sentence.none")
    network = network_of(request.lab, translated["network"], request.visitor)
    vocabulary, target = vocabulary_of(network), translated["target"]
    check_tokens(vocabulary, target)
    source = read(vocabulary, str(translated["sentence"]))
    return TranslatedSentence(network, vocabulary, source, target, float(translated["score"]))
