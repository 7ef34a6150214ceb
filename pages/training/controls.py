"""The controls of a training's settings, with the bounds, values and choices of its `Config`."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from pages.app.lab import Lab


def setting(lab: Lab, item: Any, offered: Sequence[Any] | None = None, visible: bool = True) -> Any:
    """The control of one setting, with its words."""
    words: dict[str, Any] = {"label": f"training.setting.{item.name}"}
    if choices := item.metadata["choices"]:
        words["choices"] = {value: f"training.choice.{item.name}.{value}" for value in choices}
    return lab.translate(control(item, offered, visible), **words)


def control(item: Any, offered: Sequence[Any] | None, visible: bool) -> Any:
    """The control of one setting, without words. offered: values to choose from."""
    low, high, value = (item.metadata[name] for name in ("low", "high", "live"))
    shared = {"value": value, "visible": visible, "interactive": True}
    if choices := item.metadata["choices"]:
        kind = gr.Radio if len(choices) <= 3 else gr.Dropdown
        return kind(list(choices), **shared)
    if offered:
        return gr.Radio([(str(choice), choice) for choice in offered], **shared)
    whole = isinstance(value, int)
    # A slider cannot be set by hand over more than a few hundred values or several magnitudes.
    if item.metadata["log"] or (whole and high - low > 200):
        # The Config checks the bounds; Gradio would complain in English only.
        return gr.Number(**shared)
    return gr.Slider(low, high, step=1 if whole else (high - low) / 100, **shared)


def settled(component: Any) -> Sequence[Any]:
    """The events after which a control's value is final: not each letter of a typed number."""
    if isinstance(component, gr.Number):
        return component.submit, component.blur
    return (component.input,)
