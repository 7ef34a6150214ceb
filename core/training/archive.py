"""A trained network as one .zip file, to hand from lab to lab: its weights and its card.

What is uploaded comes from a stranger. It is measured before it is unpacked, and it can name no
code, only the settings of a recipe that this lab has.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import torch
from torch import nn

from core.errors import Problem
from core.training import checkpoint
from core.training.checkpoint import Card
from core.training.recipe import Recipe

LIMIT = 64  # MB, of the file and of what is in it
CARD_BYTES = 1 << 18  # no card comes near it


def pack(name: str, weights: bytes, card: Card) -> bytes:
    """The bytes of a .zip file with NAME.safetensors and NAME.json in it."""
    content = io.BytesIO()
    # Stored, not deflated: weights hardly shrink, and a training packs them every other second.
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as file:
        file.writestr(f"{name}.safetensors", weights)
        file.writestr(f"{name}.json", checkpoint.card_text(card))
    return content.getvalue()


def pack_folder(name: str, folder: Path = checkpoint.FOLDER) -> bytes:
    """The checkpoint NAME of a folder as a .zip file's bytes. Raises `Problem` if it is missing."""
    card = checkpoint.read_card(folder, name)
    return pack(name, checkpoint.read_weights(folder, name), card)


def unpack(
    content: bytes | Path,
    recipes: Mapping[str, Recipe],
    device: str | torch.device = "cpu",
    limit: float = LIMIT,
) -> tuple[nn.Module, Card]:
    """The network in a .zip file and its card, where it is one of `recipes`; limit: in MB.

    Raises `Problem` ("upload.*", "checkpoint.*", "setting.*") for anything else.
    """
    size = content.stat().st_size if isinstance(content, Path) else len(content)
    if size > limit * 1e6:
        raise Problem("upload.large", limit=limit)
    source = content if isinstance(content, Path) else io.BytesIO(content)
    try:
        with zipfile.ZipFile(source) as file:
            parts = {PurePosixPath(info.filename).suffix: info for info in file.infolist()}
            if len(file.infolist()) != 2 or parts.keys() != {".safetensors", ".json"}:
                raise Problem("upload.content")
            text = _read(file, parts[".json"], CARD_BYTES, limit)
            weights = _read(file, parts[".safetensors"], int(limit * 1e6), limit)
    except Problem:
        raise
    except Exception:  # zipfile meets damage with a dozen kinds of error
        raise Problem("upload.kind") from None
    name = PurePosixPath(parts[".json"].filename).stem[:60]
    card = checkpoint.parse_card(text, name)
    if card.recipe not in recipes:
        expected = ", ".join(recipes)
        raise Problem("checkpoint.recipe", found=card.recipe[:60], expected=expected)
    return recipes[card.recipe].rebuild(card, weights, device), card


def _read(file: zipfile.ZipFile, info: zipfile.ZipInfo, most: int, limit: float) -> bytes:
    """One part of at most so many bytes, whatever size its header claims."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Problem("upload.kind")  # the others may ask for any amount of memory
    with file.open(info) as part:
        content = part.read(most + 1)
    if info.file_size > most or len(content) > most:
        raise Problem("upload.large", limit=limit)
    return content
