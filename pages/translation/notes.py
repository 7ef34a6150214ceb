"""What to look for in the attention at hand, in words."""

from typing import Any

from core.translation.decode import Translation
from core.translation.observe import observe
from pages.text import text


def sentences(seen: Translation, language: str) -> str:
    """The most telling heads of a translation, as a list in Markdown."""
    told = []
    for each in observe(seen):
        values = {
            name: written(each.key, value) if name == "value" else value
            for name, value in each.values.items()
        }
        told.append(f"- {text(f'translation.{each.key}', language, **values)}")
    return "\n".join(told) or text("translation.observe.nothing", language)


def written(key: str, value: Any) -> str:
    """A correlation as a number, a share of the attention as a percentage."""
    return f"{value:.2f}" if key.endswith("diagonal") else f"{value:.0%}"
