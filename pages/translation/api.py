"""The named endpoints of the tab, for gradio_client and for programs.

Tokens are numbers of a network's own vocabulary; pieces are the same as text, "▁" for a space.
"""

from typing import Any

from core.checks import check_count
from core.errors import Problem
from core.translation import explore
from core.translation.beam import beam_search
from core.translation.decode import inspect, read, translate
from core.translation.metrics import score_sentence
from core.translation.model import Transformer
from pages.app.api import numbers, register
from pages.app.lab import Lab
from pages.translation.networks import available, first_of, network_of, vocabulary_of

LONGEST_TEXT = 4_000  # characters of a draft or a reference that are compared


class Verbs:
    """The endpoints, one for each method; callers read the docstrings."""

    def __init__(self, lab: Lab):
        self.lab = lab

    def _network(self, network: str) -> tuple[Any, Any]:
        name = network or first_of(available(self.lab))
        found = network_of(self.lab, name, "")
        return found.model, vocabulary_of(found)

    def translate(
        self, sentence: str, beams: int = 1, alpha: float = 1.0, network: str = ""
    ) -> dict[str, Any]:
        """The French of an English sentence, its tokens and pieces, and their log-probability.

        beams: 1 decodes greedily, more search with a beam; alpha: its length penalty. network:
        empty for the one that the page opens with.
        """
        model, vocabulary = self._network(network)
        beams = check_count("beams", beams, 1, 12)
        found = translate(model, vocabulary, str(sentence), beams, alpha)
        return {
            "french": found.text,
            "tokens": found.target,
            "pieces": found.target_pieces,
            "log_probability": found.score,
        }

    def attention(
        self, sentence: str, layer: int, head: int, part: str = "cross", network: str = ""
    ) -> dict[str, Any]:
        """Where a head looks while the sentence is translated greedily: weights, row by row.

        part: cross, encoder or decoder; layer and head count from 1.
        """
        model, vocabulary = self._network(network)
        layer, head = head_index(model, part, layer, head)
        found = translate(model, vocabulary, str(sentence))
        weights = {"cross": found.cross, "encoder": found.encoder, "decoder": found.decoder}[part]
        return {
            "english": found.source_pieces,
            "french": found.target_pieces,
            "weights": numbers(weights[layer, head]),
        }

    def look_inside(
        self, sentence: str, layer: int, head: int, part: str = "cross", network: str = ""
    ) -> dict[str, Any]:
        """A head in numbers, with the greedy translation: queries, keys, values and what follows.

        part: cross, encoder or decoder; layer and head count from 1. scores: QKᵀ/√K before the
        mask; allowed: the mask, 1 where a position may look; result: the weights times the values.
        """
        model, vocabulary = self._network(network)
        layer, head = head_index(model, part, layer, head)
        made = translate(model, vocabulary, str(sentence))
        found = explore.look_inside(model, vocabulary, made.source, made.target, part, layer, head)
        matrices = ("queries", "keys", "values", "scores", "allowed", "weights", "result")
        return {
            "rows": found.rows,
            "columns": found.columns,
            **{name: numbers(getattr(found, name)) for name in matrices},
        }

    def next_tokens(
        self, sentence: str, tokens: list[int] | None = None, count: int = 10, network: str = ""
    ) -> list[dict[str, Any]]:
        """What may come after the tokens of a translation so far, the likeliest first."""
        model, vocabulary = self._network(network)
        source = read(vocabulary, str(sentence))
        found = explore.next_tokens(
            model, vocabulary, source, listed("tokens", tokens or []), count
        )
        rows = zip(found.tokens, found.pieces, found.probabilities.tolist(), strict=True)
        return [
            {"token": token, "piece": piece, "probability": share} for token, piece, share in rows
        ]

    def beam(
        self, sentence: str, beams: int = 5, alpha: float = 1.0, network: str = ""
    ) -> list[dict[str, Any]]:
        """The hypotheses of a beam search, best first, with log-probability and score."""
        model, vocabulary = self._network(network)
        beams = check_count("beams", beams, 1, 12)
        found = beam_search(model, [read(vocabulary, str(sentence))], beams, alpha)[0]
        return [
            {
                "french": vocabulary.decode(one.tokens),
                "log_probability": one.log_probability,
                "score": one.score,
            }
            for one in found
        ]

    def log_probability(self, sentence: str, french: str, network: str = "") -> float:
        """The log-probability of a French sentence as the translation, in nats."""
        model, vocabulary = self._network(network)
        source, target = read(vocabulary, str(sentence)), read(vocabulary, str(french))
        return inspect(model, vocabulary, source, target).score

    def map_words(self, words: list[str], network: str = "") -> dict[str, Any]:
        """Words in the plane of their greatest variance, with the share that each axis shows."""
        model, vocabulary = self._network(network)
        found = explore.map_words(model, vocabulary, [str(word) for word in listed("words", words)])
        return {
            "words": found.words,
            "points": numbers(found.points),
            "shares": numbers(found.shares),
        }

    def score(self, draft: str, reference: str) -> dict[str, float]:
        """BLEU and chrF (0 to 100) of one sentence against one reference."""
        return score_sentence(str(draft)[:LONGEST_TEXT], str(reference)[:LONGEST_TEXT])


def head_index(model: Transformer, part: str, layer: Any, head: Any) -> tuple[int, int]:
    """A layer and a head from 0, of those from 1. Raises `Problem` ("setting.*")."""
    layer = check_count("layer", layer, 1, model.config.layers) - 1
    head = check_count("head", head, 1, model.config.heads) - 1
    explore.check_head(model, part, layer, head)
    return layer, head


def listed(name: str, values: Any) -> list[Any]:
    """A list. Raises `Problem` ("setting.type") for a text, which would be read by letters."""
    if not isinstance(values, list | tuple):
        raise Problem("setting.type", name=name, kind="a list", value=repr(values)[:80])
    return list(values)


def build(lab: Lab) -> None:
    """Register the endpoints."""
    register(lab, Verbs(lab))
