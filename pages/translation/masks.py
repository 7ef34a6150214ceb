"""The masks of a sentence, drawn: which positions may be looked at, and by whom."""

import html
from collections.abc import Sequence

import numpy as np

from core.translation.decode import Translation
from pages.text import text

SHOWN = 36  # tokens of a sentence that are drawn
SEEN = 0.02  # weight from which on a head is said to see a token


def draw(seen: Translation, language: str) -> str:
    """Padding beside a shorter sentence, the causal mask, and what the heads see, as HTML."""
    source = [piece(one, language) for one in seen.source_pieces[:SHOWN]]
    fed = ["<s>", *seen.target_pieces][: len(seen.target_pieces)]
    target = [piece(one, language) for one in fed[:SHOWN]]
    written = [piece(one, language) for one in seen.target_pieces[:SHOWN]]
    shorter = max(1, len(source) // 2)
    padding = np.ones((2, len(source)), bool)
    padding[1, shorter:] = False
    rows = [text("translation.masks.this", language), text("translation.masks.shorter", language)]
    causal = np.tri(len(target), dtype=bool)
    decoder = (seen.decoder[..., :SHOWN, :SHOWN] >= SEEN).sum((0, 1))
    cross = (seen.cross[..., :SHOWN, :SHOWN] >= SEEN).sum((0, 1))
    heads = seen.cross.shape[0] * seen.cross.shape[1]
    parts = [
        figure("padding", grid(padding, rows, source), language),
        figure("causal", grid(causal, written, target), language),
        figure("decoder", grid(decoder / heads, written, target), language, heads=heads),
        figure("cross", grid(cross / heads, written, source), language, heads=heads),
    ]
    cut = max(len(seen.source), len(seen.target)) > SHOWN
    note = f"<p>{text('translation.masks.cut', language, count=SHOWN)}</p>" if cut else ""
    return f'<div class="masks">{"".join(parts)}</div>{note}'


def piece(one: str, language: str) -> str:
    """A piece as it is read."""
    marks = {"<s>": "start", "</s>": "end"}
    if one in marks:
        return f"⟨{text(f'translation.attention.{marks[one]}', language)}⟩"
    return one.replace("▁", "") or "␣"


def figure(name: str, drawn: str, language: str, **values: object) -> str:
    """A grid under its title, with a sentence on it."""
    title = text(f"translation.masks.{name}", language)
    said = text(f"translation.masks.{name}_said", language, **values)
    return f"<figure><figcaption><b>{title}</b> {said}</figcaption>{drawn}</figure>"


def grid(values: np.ndarray, rows: Sequence[str], columns: Sequence[str]) -> str:
    """Values (N, M) from 0 to 1 as a table, 0 hatched: it may not be looked at, or is not."""
    head = "".join(f"<th scope=col><span>{html.escape(one)}</span></th>" for one in columns)
    lines = [f"<tr><td></td>{head}</tr>"]
    for name, row in zip(rows, values, strict=True):
        cells = "".join(
            f'<td style="--share:{float(value):.2f}"></td>' if value else '<td class="shut"></td>'
            for value in row
        )
        lines.append(f"<tr><th scope=row>{html.escape(name)}</th>{cells}</tr>")
    return f'<div class="sheet" tabindex="0"><table>{"".join(lines)}</table></div>'
