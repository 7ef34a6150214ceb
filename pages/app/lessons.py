"""The parts of the tabs' lessons: formulas, figures of a network, and the code that runs."""

import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import gradio as gr
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from core.training.checkpoint import Card
from pages.app.lab import Lab
from pages.text import text


def formulas() -> gr.Markdown:
    """Text with formulas: $ for inline ones, $$ for displayed ones."""
    delimiters = [
        {"left": "$$", "right": "$$", "display": True},
        {"left": "$", "right": "$", "display": False},
    ]
    return gr.Markdown(elem_classes="lesson", latex_delimiters=delimiters)


def findings(lab: Lab, prefix: str) -> list[gr.Markdown]:
    """Remarks on a network beside the figures of its card, under their titles."""
    found = []
    with gr.Row():
        for name in ("notes", "card"):
            with gr.Column(min_width=300):
                title = gr.Markdown(elem_classes="subtitle")
                lab.translate(title, value=f"{prefix}.{name}_title")
                found.append(gr.Markdown(elem_classes="findings"))
    return found


def source(lab: Lab, seen: gr.State, parts: Sequence[Callable[..., object]], label: str) -> gr.HTML:
    """The code of classes, functions and methods, filled at the first visit. label: a key.

    Not Gradio's own view of code: it cannot be scrolled with the keyboard, and its contrast is low.
    """
    lab.translate(gr.Markdown(elem_classes="subtitle"), value=label)
    code = gr.HTML(elem_classes="source", apply_default_css=False)
    if parts:
        lab.events.on(seen.change, lambda request: coloured(*parts), {}, code)
    return code


def lesson_beside_sources(
    lab: Lab, seen: gr.State, lesson: str, sources: Mapping[str, Sequence[Callable[..., object]]]
) -> dict[str, gr.HTML]:
    """The text of a lesson with this key, and beside it each `source` by its key."""
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            lab.translate(formulas(), value=lesson)
        with gr.Column(scale=1, min_width=300):
            return {label: source(lab, seen, parts, label) for label, parts in sources.items()}


@cache
def coloured(*parts: Callable[..., object]) -> str:
    """Their code as HTML."""
    code = highlight(sources(parts), PythonLexer(), HtmlFormatter(nowrap=True))
    return f'<pre role="region" aria-label="Python" tabindex="0">{code}</pre>'


def sources(parts: Sequence[Callable[..., object]]) -> str:
    """The code of classes, functions and methods, one after the other."""
    return "\n\n".join(textwrap.dedent(inspect.getsource(part)).rstrip() for part in parts)


def figures(card: Card, written: Mapping[str, str], prefix: str, none: str, language: str) -> str:
    """The figures of a card, each in a sentence, as a list in Markdown.

    written: the figures in the order of the page, each with its format. prefix: of the keys of the
    sentences; none: the key of the sentence for a card without figures.
    """
    sentences = [
        text(
            f"{prefix}.{name}", language,
            value=format(card.metrics[name], form), count=f"{card.samples.get(name, 0):,}",
        )
        for name, form in written.items()
        if name in card.metrics
    ]  # fmt: skip
    return "\n".join(f"- {line}" for line in sentences) or text(none, language)
