"""The masks of a sentence as tables: which positions may be attended to, and by whom."""

import html
from collections.abc import Sequence

import numpy as np

from core.translation.decode import Translation
from pages.text import text
from pages.translation.formatting import readable_piece

SHOWN = 36  # tokens of a sentence that are drawn
SEEN = 0.02  # weight from which on a head counts as attending to a token


def masks_html(translation: Translation, language: str) -> str:
    """The padding beside a shorter sentence, the causal mask, and what the heads attend to."""
    source, written, read = (
        [readable_piece(one, language) for one in pieces[:SHOWN]]
        for pieces in (
            translation.source_pieces,
            translation.target_pieces,
            ["<s>", *translation.target_pieces[:-1]],
        )
    )
    padding = np.ones((2, len(source)), bool)
    padding[1, max(1, len(source) // 2) :] = False
    rows = [text(f"translation.masks.{name}", language) for name in ("this", "shorter")]
    causal = np.tri(len(read), dtype=bool)
    heads = translation.cross.shape[0] * translation.cross.shape[1]
    decoder, cross = (
        (weights[..., :SHOWN, :SHOWN] >= SEEN).sum((0, 1)) / heads
        for weights in (translation.decoder, translation.cross)
    )
    parts = [
        figure("padding", table(padding, rows, source), language),
        figure("causal", table(causal, written, read), language),
        figure("decoder", table(decoder, written, read), language, heads=heads),
        figure("cross", table(cross, written, source), language, heads=heads),
    ]
    truncated = max(len(translation.source), len(translation.target)) > SHOWN
    note = f"<p>{text('translation.masks.cut', language, count=SHOWN)}</p>" if truncated else ""
    return f'<div class="masks">{"".join(parts)}</div>{note}'


def figure(name: str, content: str, language: str, **values: object) -> str:
    """A table under its title and an explanation."""
    title = text(f"translation.masks.{name}", language)
    explanation = text(f"translation.masks.{name}_said", language, **values)
    return f"<figure><figcaption><b>{title}</b> {explanation}</figcaption>{content}</figure>"


def table(values: np.ndarray, rows: Sequence[str], columns: Sequence[str]) -> str:
    """Values (N, M) from 0 to 1 as shades; 0, which is masked or not attended to, is hatched."""
    head = "".join(f"<th scope=col><span>{html.escape(one)}</span></th>" for one in columns)
    lines = [f"<tr><td></td>{head}</tr>"]
    for name, row in zip(rows, values, strict=True):
        cells = "".join(
            f'<td style="--share:{float(value):.2f}"></td>' if value else '<td class="shut"></td>'
            for value in row
        )
        lines.append(f"<tr><th scope=row>{html.escape(name)}</th>{cells}</tr>")
    return f'<div class="sheet" tabindex="0"><table>{"".join(lines)}</table></div>'
