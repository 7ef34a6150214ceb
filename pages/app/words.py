"""The words of the components of a page, by key, so that a visitor can switch the language.

`gr.I18n` follows the browser and cannot be switched in the page, and does not reach our widgets.
"""

from typing import Any, TypeVar

import gradio as gr

from pages.gradio_compat.component_ids import Block, component_id
from pages.text import DEFAULT, section, text

Component = TypeVar("Component", bound=Block)
# A choice's key by its value: {"plain": "autoencoder.variant.plain"}
Choices = dict[Any, str]


class Words:
    """The components of a page and the keys of their words."""

    def __init__(self):
        self._keys: dict[Block, dict[str, Any]] = {}

    def translate(self, component: Component, **keys: Any) -> Component:
        """Give a component its words, by key: translate(gr.Button(), value="training.train").

        A key may also be a function that makes the words of a language. `choices` takes keys by
        value; `words`, a widget's, takes the prefix of a section. Give a
        Radio or Dropdown its choices as well when it is made: from a first update on, gradio holds
        what is chosen against what the constructor was given.
        """
        self._keys.setdefault(component, {}).update(keys)
        for name, value in self._in_language(keys, DEFAULT).items():
            if name == "words":
                component.props |= {name: value, "section": keys[name]}  # type: ignore[attr-defined]
            else:
                setattr(component, name, value)
        return component

    @property
    def components(self) -> list[Block]:
        return list(self._keys)

    def recorded(self, component: Block) -> set[str]:
        """The names of a component's properties that have words."""
        return set(self._keys.get(component, ()))

    def relabel(self, language: str) -> list[Any]:
        """An update for each of `components`, in their order."""
        return [gr.update(**self._in_language(keys, language)) for keys in self._keys.values()]

    def by_component(self, language: str) -> dict[int, dict[str, Any]]:
        """The words of each component, by its id, as its properties."""
        return {
            component_id(item): self._in_language(keys, language)
            for item, keys in self._keys.items()
        }

    @staticmethod
    def _in_language(keys: dict[str, Any], language: str) -> dict[str, Any]:
        words: dict[str, Any] = {}
        for name, key in keys.items():
            if name == "words":
                words[name] = section(key, language)
            elif name == "choices":
                words[name] = [(text(word, language), value) for value, word in key.items()]
            else:
                words[name] = key(language) if callable(key) else text(key, language)
        return words
