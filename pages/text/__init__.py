"""Every visible string, by key, in English and 中文: one TOML file per tab and language.

Keys are dotted paths, the file's name first: `autoencoder.draw.clear`. A string may hold
`{placeholders}`, which must be the same in both languages.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import SENTENCES, Problem

LANGUAGES = {"en": "English", "zh": "中文"}
DEFAULT = "en"
# Placeholders that hold a list, joined with commas.
LISTS = {"choices", "dimensions", "missing", "names", "parts", "spread"}


@cache
def strings(language: str) -> dict[str, str]:
    """All strings of a language by dotted key."""
    found: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / language).glob("*.toml")):
        _flatten(tomllib.loads(path.read_text(encoding="utf-8")), path.stem, found)
    if language == DEFAULT:  # core speaks English, and its sentences need no second home
        found |= {f"problem.{key}": sentence for key, sentence in SENTENCES.items()}
    return found


def _flatten(tree: dict[str, Any], prefix: str, found: dict[str, str]) -> None:
    for key, value in tree.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}.{key}", found)
        else:
            found[f"{prefix}.{key}"] = value.strip()


def text(key: str, language: str, **values: object) -> str:
    """The string of that key, filled in. Raises KeyError for a key that no file has."""
    sentence = strings(known(language))[key]
    if not values:
        return sentence
    if known(language) == "zh":
        values |= {key: listed(values[key]) for key in LISTS & values.keys()}
    return sentence.format(**values)


def listed(value: object) -> object:
    """A list as Chinese joins it."""
    return value.replace(", ", "、") if isinstance(value, str) else value


def section(prefix: str, language: str) -> dict[str, str]:
    """All strings directly under a prefix, by the last part of their key: a widget's words."""
    start = f"{prefix}."
    return {
        key.removeprefix(start): value
        for key, value in strings(known(language)).items()
        if key.startswith(start) and "." not in key.removeprefix(start)
    }


def known(language: Any) -> str:
    """The language, if the lab speaks it, else English."""
    return language if isinstance(language, str) and language in LANGUAGES else DEFAULT


def explain(problem: Problem, language: str) -> str:
    """A problem as a sentence in the visitor's language."""
    values = {name: term(value, language) for name, value in problem.values.items()}
    sentence = text(f"problem.{problem.key}", language, **values)
    return sentence[:1].upper() + sentence[1:]  # it may begin with a name


def term(value: object, language: str) -> object:
    """What core calls a thing, as the page calls it: a setting by its label, a kind by its name."""
    if not isinstance(value, str):
        return value
    found = strings(known(language))
    slug = value.lower().replace(" ", "_")
    return found.get(f"training.setting.{slug}") or found.get(f"shell.term.{slug}") or value
