"""Records which words stand on which component, to say them in another language later.

`gr.I18n` follows the browser and cannot be switched in the page, and does not reach our widgets.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr
from gradio.blocks import Block

from pages.text import DEFAULT, section, text

Component = TypeVar("Component", bound=Block)
# A choice's key by its value: {"plain": "autoencoder.variant.plain"}
Choices = dict[Any, str]


class Words:
    """The components of a page and the keys of their words."""

    def __init__(self):
        self._keys: dict[Block, dict[str, Any]] = {}

    def say(self, component: Component, **keys: Any) -> Component:
        """Give a component its words, by key: say(gr.Button(), value="training.train").

        `choices` takes keys by value; `words`, a widget's, takes the prefix of a section. Give a
        Radio or Dropdown its choices as well when it is made: from a first update on, gradio holds
        what is chosen against what the constructor was given.
        """
        self._keys.setdefault(component, {}).update(keys)
        for name, value in self._speak(keys, DEFAULT).items():
            if name == "words":
                component.props |= {name: value, "section": keys[name]}  # type: ignore[attr-defined]
            else:
                setattr(component, name, value)
        return component

    def tell(self, component: Component, words: Callable[[str], str]) -> Component:
        """Give a component a value that is made up anew in each language."""
        return self.say(component, value=words)

    @property
    def components(self) -> list[Block]:
        return list(self._keys)

    def recorded(self, component: Block) -> set[str]:
        """Which of a component's properties have words here."""
        return set(self._keys.get(component, ()))

    def relabel(self, language: str) -> list[Any]:
        """An update for each of `components`, in their order."""
        return [gr.update(**self._speak(keys, language)) for keys in self._keys.values()]

    def spoken(self, language: str) -> dict[int, dict[str, Any]]:
        """All words by the id of their component, as its properties."""
        return {item._id: self._speak(keys, language) for item, keys in self._keys.items()}

    @staticmethod
    def _speak(keys: dict[str, Any], language: str) -> dict[str, Any]:
        spoken: dict[str, Any] = {}
        for name, key in keys.items():
            if name == "words":
                spoken[name] = section(key, language)
            elif name == "choices":
                spoken[name] = [(text(word, language), value) for value, word in key.items()]
            else:
                spoken[name] = key(language) if callable(key) else text(key, language)
        return spoken
