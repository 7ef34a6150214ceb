"""What the sections of this tab share: the network, and the sentence that it translates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import gradio as gr

from core.errors import Problem
from core.translation.decode import Translation, inspect, read
from core.translation.explore import check_tokens
from core.translation.model import Transformer
from core.translation.vocabulary import Vocabulary
from pages.app.lab import Lab
from pages.app.network_choice import ChosenNetwork, NetworkChoice
from pages.app.networks import Network
from pages.app.positional import once_seen

TAB = "translation"
SHIPPED = ("translation", "translation-multi30k", "translation-toy")
FIRST = "translation"

SHELF = NetworkChoice(TAB, SHIPPED, FIRST)
available, first_of = SHELF.available, SHELF.first_of
network_of, network_name = SHELF.network_of, SHELF.name_of


@dataclass
class Stage(ChosenNetwork):
    """The components that more than one section reads or changes."""

    # The sentence that stands translated above all sections, as `current` makes it; {} before.
    current: gr.State

    # Of each section: whether it was ever looked at, and the sentence at hand from then on.
    followers: list[tuple[gr.State, gr.State]] = field(default_factory=list)

    def follow(
        self,
        lab: Lab,
        seen: gr.State,
        handler: Callable[..., Any],
        inputs: Sequence[Any],
        outputs: Sequence[Any],
    ) -> None:
        """Run a handler whenever another sentence stands translated, or another language is read.

        Another network needs no event of its own: it translates the sentence anew. The first look
        and the first sentence may both announce one sentence: it is shown once, or the second
        answer would undo what a quick visitor has done since the first.
        """
        told, shown = gr.State({}), gr.State(None)
        self.followers.append((seen, told))
        unchanged = [gr.skip()] * (len(outputs) + 1)

        @wraps(handler)
        def once(lab: Lab, at_hand: Any, shown: Any, *rest: Any) -> Sequence[Any]:
            now = [at_hand, rest[-1]]
            if now == shown:
                return unchanged
            made = handler(lab, *rest)
            return [*(made if len(outputs) > 1 else [made]), now]

        events, inputs = [told.change, lab.spoken.change], [self.current, shown, *inputs]
        once_seen(lab, seen, events, once, inputs, [*outputs, shown])

    def wire(self, lab: Lab) -> None:
        """Tell the sections, once all are there: in one event, not in one for each of them."""
        seen, told = zip(*self.followers, strict=True)
        lab.on(self.current.change, tell, [self.current, *seen], told)


def tell(lab: Lab, at_hand: Any, *rest: Any) -> Any:
    """Hand the sentence at hand to the sections that were ever looked at."""
    *seen, _, _ = rest
    told = [at_hand if each else gr.skip() for each in seen]
    return told if len(told) > 1 else told[0]


def vocabulary_of(network: Network) -> Vocabulary:
    """The subwords of a network."""
    return network.keep("vocabulary", lambda: Vocabulary(network.model.merges.cpu().numpy()))


def current(name: str, version: int, text: str, target: list[int], score: float) -> dict[str, Any]:
    """What `Stage.current` holds: a sentence, its translation, and how likely that is, in nats."""
    return {"name": name, "version": version, "text": text, "target": target, "score": score}


@dataclass(frozen=True)
class Subject:
    """The sentence at hand as core takes it: source and target tokens, and what knows them.

    score: the target's log-probability in nats.
    """

    network: Network
    model: Transformer
    vocabulary: Vocabulary
    text: str
    source: list[int]
    target: list[int]
    score: float

    def inspect(self) -> Translation:
        """Every attention of the translation at hand."""
        return inspect(self.model, self.vocabulary, self.source, self.target)


def subject_of(lab: Lab, at_hand: Any, visitor: str) -> Subject:
    """The sentence at hand. Raises `Problem` ("sentence.none") before there is one."""
    if not isinstance(at_hand, Mapping) or not at_hand.get("target"):
        raise Problem("sentence.none")
    network = network_of(lab, at_hand["name"], visitor)
    vocabulary, text, target = vocabulary_of(network), str(at_hand["text"]), at_hand["target"]
    check_tokens(vocabulary, target)
    source, score = read(vocabulary, text), float(at_hand["score"])
    return Subject(network, network.model, vocabulary, text, source, list(target), score)
