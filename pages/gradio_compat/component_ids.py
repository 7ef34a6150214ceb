"""The type that all components share, and the number by which the page names a component.

Uses: the class `gradio.blocks.Block` and its attribute `_id`.
Why: `gr.Tab` and other layouts are no `gr.Component`; the words of a page are sent to the browser
by the number of their component.
Written for: Gradio 6.31.0.
No longer needed: when Gradio exports this type and the number.
If Gradio changes: importing this module, or building the page, raises an error at once.
"""

from gradio.blocks import Block

__all__ = ["Block", "component_id"]


def component_id(component: Block) -> int:
    """The number of a component in the page's configuration."""
    return component._id
