"""The folder from which Gradio serves files, and writing into it.

Uses: `gradio.utils.get_upload_folder`, `gradio.processing_utils.save_bytes_to_cache` and the
attribute `GRADIO_CACHE` of a component.
Why: Gradio copies a file that lies elsewhere into this folder, and `Blocks(delete_cache=...)`
deletes only what lies in it.
Written for: Gradio 6.31.0.
No longer needed: when Gradio documents a function that stores bytes as a served file.
If Gradio changes: importing this module, or the first recording, raises an error.
"""

from pathlib import Path

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder


def served_folder() -> Path:
    """The folder, which is created where it is missing."""
    folder = Path(get_upload_folder())
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def cache_of(component: gr.Component) -> str:
    """The folder for the files that a component shows."""
    return component.GRADIO_CACHE


def save_file(data: bytes, name: str, cache: str) -> Path:
    """Write a file into such a folder, under a path that depends on its content."""
    return Path(save_bytes_to_cache(data, name, cache))
