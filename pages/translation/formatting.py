"""How numbers, pieces and words of visitors are written."""

import re

from pages.text import text


def signed(value: float) -> str:
    """A number with two decimals and a minus sign instead of a hyphen."""
    return f"{value:.2f}".replace("-", "−")


def readable_piece(piece: str, language: str) -> str:
    """A piece as it is read: without the mark of a space, START and END in words."""
    marks = {"<s>": "start", "</s>": "end"}
    if piece in marks:
        return f"⟨{text(f'translation.attention.{marks[piece]}', language)}⟩"
    return piece.replace("▁", "") or "␣"


def escape_markdown(words: str) -> str:
    """Words of a visitor inside Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>#|$~])", r"\\\1", words)
