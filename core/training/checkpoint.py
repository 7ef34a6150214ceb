"""Trained weights and the card that tells what they are: NAME.safetensors and NAME.json.

The card is enough to rebuild the network, and its hash ties it to one weights file. Nothing here
unpickles, so that a file from a stranger can do no more than be refused.
"""

import dataclasses
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load, save
from torch import Tensor, nn

from core.errors import Problem

FORMAT = 1
FOLDER = Path(__file__).parents[2] / "checkpoints"


@dataclass(frozen=True)
class Card:
    """What is known of a set of weights.

    metrics: figures of exactly these weights, by name; samples: how many examples each was
    measured on; notes: what else must be known to compare one. steps: optimiser steps made, of
    total. commands: what was typed to make it.
    data: which data it learnt from. sha256: of the weights file.
    """

    recipe: str
    config: dict[str, Any]
    seed: int
    steps: int
    total: int
    data: str
    commands: list[str] = field(default_factory=list)
    metrics: dict[str, float] = field(default_factory=dict)
    samples: dict[str, int] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    parameters: int = 0
    seconds: float = 0.0
    device: str = "cpu"
    torch: str = torch.__version__
    sha256: str = ""
    format: int = FORMAT


def write(folder: Path, name: str, model: nn.Module, card: Card) -> Card:
    """Write weights, then card, each whole or not at all; return the card with its hash.

    Raises `Problem` ("training.diverged") for weights that are not finite, and writes nothing.
    """
    weights, card = serialise(model, card)
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / f"{name}.safetensors", weights)
    replace_file(folder / f"{name}.json", card_text(card))
    return card


def serialise(model: nn.Module, card: Card) -> tuple[bytes, Card]:
    """The weights of a model as a file's bytes, and the card completed with what they say."""
    tensors = {key: t.detach().cpu().contiguous() for key, t in model.state_dict().items()}
    if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
        raise Problem("training.diverged", step=card.steps)
    weights = save(tensors)
    count = sum(parameter.numel() for parameter in model.parameters())
    digest = hashlib.sha256(weights).hexdigest()
    return weights, dataclasses.replace(card, sha256=digest, parameters=count)


def card_text(card: Card) -> bytes:
    """The bytes of a card's file."""
    return (json.dumps(dataclasses.asdict(card), indent=2, ensure_ascii=False) + "\n").encode()


def read_card(folder: Path, name: str) -> Card:
    """The card of a checkpoint. Raises `Problem` where it is missing or cannot be trusted."""
    try:
        text = (folder / f"{name}.json").read_bytes()
    except FileNotFoundError:
        raise Problem("checkpoint.missing", name=name) from None
    return parse_card(text, name)


def parse_card(text: bytes, name: str) -> Card:
    """A card from the bytes of its file. Raises `Problem` for anything that is not a card."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise Problem("checkpoint.card", name=name, reason="it is not JSON") from None
    if not isinstance(values, dict):
        raise Problem("checkpoint.card", name=name, reason="it is not a JSON object")
    found = values.get("format")
    if found != FORMAT:
        raise Problem("checkpoint.format", name=name, found=str(found)[:20], known=FORMAT)
    values.setdefault("notes", {})  # older cards have none
    for key, fits in FIELDS.items():
        if key not in values or not fits(values[key]):
            raise Problem("checkpoint.card", name=name, reason=f"{key} is missing or wrong")
    return Card(**{key: values[key] for key in FIELDS}, format=FORMAT)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and abs(value) <= sys.float_info.max  # not NaN either


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 1_000


def _figures(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(fits, value.values()))


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_text, value))


# What each entry of a card must be; a card may come from a stranger.
FIELDS: dict[str, Callable[[Any], bool]] = {
    "recipe": _text, "config": lambda value: isinstance(value, dict), "seed": _count,
    "steps": _count, "total": _count, "data": _text, "commands": _texts,
    "metrics": _figures(_number), "samples": _figures(_count), "notes": _figures(_text),
    "parameters": _count, "seconds": _number, "device": _text, "torch": _text, "sha256": _text,
}  # fmt: skip


def read_weights(folder: Path, name: str) -> bytes:
    """The bytes of a checkpoint's weights. Raises `Problem` where they are missing."""
    try:
        return (folder / f"{name}.safetensors").read_bytes()
    except FileNotFoundError:
        raise Problem("checkpoint.missing", name=name) from None


def parse_weights(weights: bytes, name: str, card: Card) -> dict[str, Tensor]:
    """Tensors from the bytes of a weights file. Raises `Problem` where they are not the card's."""
    if hashlib.sha256(weights).hexdigest() != card.sha256:
        raise Problem("checkpoint.hash", name=name)
    try:
        return load(weights)
    # Whoever wrote the file wrote the hash too. Its header may name a kind of number that torch
    # lacks (KeyError), or a shape that it refuses.
    except (SafetensorError, KeyError, ValueError, RuntimeError, AssertionError) as error:
        reason = str(error)[:120]
        raise Problem("checkpoint.weights", name=name, reason=reason) from None


def fill(model: nn.Module, tensors: dict[str, Tensor], name: str) -> None:
    """Put tensors into a model: the same names, shapes and kinds, all finite, nothing left over."""
    wanted = model.state_dict()
    for key in sorted(wanted.keys() | tensors.keys()):
        if key not in tensors or key not in wanted:
            side = "lacks" if key not in tensors else "adds"
            raise Problem("checkpoint.weights", name=name, reason=f"it {side} {key[:60]}")
        found, expected = tensors[key], wanted[key]
        if found.shape != expected.shape or found.dtype != expected.dtype:
            reason = f"{key} is {tuple(found.shape)}, not {tuple(expected.shape)}"
            raise Problem("checkpoint.weights", name=name, reason=reason)
        if not torch.isfinite(found).all():
            raise Problem("checkpoint.weights", name=name, reason=f"{key} is not finite")
    model.load_state_dict(tensors, strict=True)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that whoever reads it sees the old one or the new one, never a part."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Keep what --resume needs: nested dicts and lists of tensors and numbers, in safetensors."""
    tensors: dict[str, Tensor] = {}

    def outline(value: Any, key: str) -> Any:
        if isinstance(value, Tensor):
            tensors[key] = value.detach().cpu().contiguous().clone()
            return {"tensor": key}
        if isinstance(value, dict):
            return {"items": [[k, outline(v, f"{key}.{k}")] for k, v in value.items()]}
        if isinstance(value, list | tuple):
            return {"list": [outline(v, f"{key}.{i}") for i, v in enumerate(value)]}
        return {"value": value}

    metadata = {"outline": json.dumps(outline(state, "state"))}
    replace_file(path, save(tensors, metadata))


def read_state(path: Path) -> dict[str, Any]:
    """What `write_state` wrote."""

    def rebuild(part: dict, file: Any) -> Any:
        if "tensor" in part:
            return file.get_tensor(part["tensor"])
        if "items" in part:
            return {key: rebuild(value, file) for key, value in part["items"]}
        if "list" in part:
            return [rebuild(value, file) for value in part["list"]]
        return part["value"]

    with safe_open(path, framework="pt") as file:
        return rebuild(json.loads(file.metadata()["outline"]), file)
