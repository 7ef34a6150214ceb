"""Checkpoints and archives: writing, reading, and refusal of damaged or forged ones."""

import io
import json
import os
import random
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save
from torch import nn

from core.errors import Problem
from core.training import archive, checkpoint
from core.training.checkpoint import Card
from core.training.progress import Progress
from tests.fakes import FAKE, FakeConfig, FakeData

RECIPES = {"fake": FAKE}


def written(folder: Path, **more: Any) -> tuple[nn.Module, Card]:
    config = FakeConfig(seed=7)
    model = FAKE.build(config)
    card = FAKE.card(config, FakeData(), Progress(3, 5), **more)
    return model, checkpoint.write(folder, "fake", model, card)


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300
    return caught.value.key


def test_writing_and_reading(tmp_path: Path):
    model, card = written(tmp_path, metrics={"answer": 0.1 + 0.2}, samples={"answer": 3})
    again, read = FAKE.load(tmp_path)
    assert read == card
    assert (card.parameters, card.seed, card.steps, card.data) == (6, 7, 3, "fake")
    assert not again.training
    for name, tensor in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor)


def test_replacing_a_file_is_atomic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "file"
    checkpoint.replace_file(path, b"old")
    assert path.stat().st_mode & 0o777 == 0o644

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        checkpoint.replace_file(path, b"new")
    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208
    assert path.read_bytes() == b"old"


def test_weights_that_are_not_finite_are_not_written(tmp_path: Path):
    written(tmp_path)
    before = (tmp_path / "fake.safetensors").read_bytes()
    model = FAKE.build(FakeConfig())
    assert isinstance(model, nn.Linear)
    nn.init.constant_(model.weight, float("inf"))
    card = FAKE.card(FakeConfig(), FakeData(), Progress(4, 5))
    key = refusal(lambda: checkpoint.write(tmp_path, "fake", model, card))
    assert key == "training.diverged"
    assert (tmp_path / "fake.safetensors").read_bytes() == before


def test_missing_files(tmp_path: Path):
    assert refusal(lambda: FAKE.load(tmp_path)) == "checkpoint.missing"
    written(tmp_path)
    (tmp_path / "fake.safetensors").unlink()
    assert refusal(lambda: FAKE.load(tmp_path)) == "checkpoint.missing"


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b"", lambda b: b[:-1] + b"?"])
def test_changed_weights_are_refused(tmp_path: Path, change: Callable[[bytes], bytes]):
    written(tmp_path)
    path = tmp_path / "fake.safetensors"
    path.write_bytes(change(path.read_bytes()))
    assert refusal(lambda: FAKE.load(tmp_path)) == "checkpoint.hash"


@pytest.mark.parametrize(
    ("entry", "value", "key"),
    [
        ("format", 2, "checkpoint.format"),
        ("format", None, "checkpoint.format"),
        ("recipe", "bread", "checkpoint.recipe"),
        ("recipe", 3, "checkpoint.card"),
        ("steps", -1, "checkpoint.card"),
        ("steps", True, "checkpoint.card"),
        ("seed", 2**70, "checkpoint.card"),
        ("data", "x" * 2_000, "checkpoint.card"),
        ("commands", ["a", 1], "checkpoint.card"),
        ("metrics", {"answer": "much"}, "checkpoint.card"),
        ("metrics", {"answer": float("nan")}, "checkpoint.card"),
        ("metrics", {"answer": 10**400}, "checkpoint.card"),
        ("samples", {"answer": 0.5}, "checkpoint.card"),
        ("config", [], "checkpoint.card"),
        ("config", {"steps": 10**9}, "setting.range"),
        ("config", {"width": 10**9}, "setting.unknown"),
        ("config", {"mood": ["calm"]}, "setting.type"),
        ("sha256", "0" * 64, "checkpoint.hash"),
    ],
)
def test_cards_with_wrong_entries_are_refused(tmp_path: Path, entry: str, value: object, key: str):
    written(tmp_path)
    path = tmp_path / "fake.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {entry: value}))
    assert refusal(lambda: FAKE.load(tmp_path)) == key


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"3", b"\xff\xfe", b"[" * 100_000, b'{"format": 1}', b"9" * 5_000]
)
def test_files_that_are_not_cards_are_refused(text: bytes):
    key = refusal(lambda: checkpoint.parse_card(text, "fake"))
    assert key in ("checkpoint.card", "checkpoint.format")


def header(values: object, body: bytes = b"") -> bytes:
    text = json.dumps(values).encode()
    return struct.pack("<Q", len(text)) + text + body


def tensor(kind: str = "F32", shape: object = (1,), offsets: object = (0, 4)) -> dict:
    return {"weight": {"dtype": kind, "shape": shape, "data_offsets": offsets}}


@pytest.mark.parametrize(
    "weights",
    [
        b"",
        b"\x80\x04cos\nsystem\n",
        struct.pack("<Q", 2**63) + b"{}",
        header([]),
        header(tensor(), b"\0" * 3),
        header(tensor(shape=(2**62, 2**62)), b"\0" * 4),
        header(tensor(shape=(-1,)), b"\0" * 4),
        header(tensor(offsets=(4, 0)), b"\0" * 4),
        header(tensor("F4", (8,)), b"\0" * 4),
        header(tensor("F8_E8M0", (4,)), b"\0" * 4),
        header(tensor("PICKLE"), b"\0" * 4),
        header(tensor(shape=(0, 2**40), offsets=(0, 0))),
        save({"weight": torch.zeros(2, 2)}),
        save({"weight": torch.zeros(2, 3), "bias": torch.zeros(2)}),
        save({"weight": torch.zeros(2, 2).half(), "bias": torch.zeros(2)}),
        save({"weight": torch.zeros(2, 2), "bias": torch.zeros(2), "more": torch.zeros(1)}),
        save({"weight": torch.full((2, 2), float("nan")), "bias": torch.zeros(2)}),
    ],
)
def test_weights_that_do_not_fit_are_refused(tmp_path: Path, weights: bytes):
    _, card = written(tmp_path)
    forged = replace(card, sha256=checkpoint.hashlib.sha256(weights).hexdigest())
    assert refusal(lambda: FAKE.rebuild(forged, weights)) == "checkpoint.weights"


def test_writing_and_reading_the_state_of_a_training(tmp_path: Path):
    state = {
        "step": 3,
        "optimiser": {"state": {0: {"step": torch.tensor(3.0)}}, "betas": [0.9, 0.999]},
        "order": torch.arange(5),
        "empty": {},
        "nothing": None,
        "generator": torch.Generator().manual_seed(1).get_state(),
    }
    path = tmp_path / "fake.state.safetensors"
    checkpoint.write_state(path, state)
    read = checkpoint.read_state(path)
    assert read.keys() == state.keys()
    assert read["optimiser"]["state"][0]["step"] == 3.0
    assert read["optimiser"]["betas"] == [0.9, 0.999]
    assert torch.equal(read["generator"], state["generator"])
    assert [path.name for path in tmp_path.iterdir()] == [path.name]


# Archives, which visitors upload


def zipped(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name.replace("__", "/").replace("_", "."), part)
    return content.getvalue()


@pytest.fixture
def parts(tmp_path: Path) -> dict[str, bytes]:
    written(tmp_path)
    return {
        "fake_safetensors": (tmp_path / "fake.safetensors").read_bytes(),
        "fake_json": (tmp_path / "fake.json").read_bytes(),
    }


def test_packing_and_unpacking(tmp_path: Path):
    model, card = written(tmp_path)
    content = archive.pack_folder("fake", tmp_path)
    path = tmp_path / "fake.zip"
    path.write_bytes(content)
    for source in (content, path):
        again, read = archive.unpack(source, RECIPES)
        assert read == card
        assert torch.equal(again.state_dict()["weight"], model.state_dict()["weight"])


def test_archives_with_other_names(parts: dict[str, bytes]):
    assert archive.unpack(zipped(**parts), RECIPES)[1].steps == 3
    renamed = {f"ours__{name}": part for name, part in parts.items()}
    assert archive.unpack(zipped(**renamed), RECIPES)[1].steps == 3
    assert refusal(lambda: archive.unpack(zipped(**parts), {})) == "checkpoint.recipe"


def test_files_that_are_not_archives_are_refused(parts: dict[str, bytes], tmp_path: Path):
    good = zipped(**parts)
    for content in (b"", b"PK", b"x" * 1_000, good[:-30], good[: len(good) // 2]):
        assert refusal(lambda content=content: archive.unpack(content, RECIPES)) == "upload.kind"
    for some in ({}, {"fake_json": parts["fake_json"]}, parts | {"more_py": b"1"}):
        assert (
            refusal(lambda some=some: archive.unpack(zipped(**some), RECIPES)) == "upload.content"
        )
    two = {"a_json": parts["fake_json"], "b_json": parts["fake_json"]}
    assert refusal(lambda: archive.unpack(zipped(**two), RECIPES)) == "upload.content"


def test_large_archives_are_refused(parts: dict[str, bytes]):
    bomb = zipped(fake_safetensors=bytes(3_000_000), fake_json=parts["fake_json"])
    assert len(bomb) < 10_000
    assert refusal(lambda: archive.unpack(bomb, RECIPES, limit=1)) == "upload.large"
    card = zipped(fake_safetensors=parts["fake_safetensors"], fake_json=b" " * 3_000_000)
    assert refusal(lambda: archive.unpack(card, RECIPES)) == "upload.large"
    assert refusal(lambda: archive.unpack(bytes(2_000_000), RECIPES, limit=1)) == "upload.large"


def test_an_archive_with_a_false_size_is_refused(parts: dict[str, bytes]):
    size = 3_000_000
    bomb = zipped(fake_safetensors=bytes(size), fake_json=parts["fake_json"])
    lie = bomb.replace(struct.pack("<I", size), struct.pack("<I", 100))
    assert refusal(lambda: archive.unpack(lie, RECIPES, limit=1)) in ("upload.kind", "upload.large")


def test_damaged_archives_raise_only_problems(parts: dict[str, bytes]):
    good = zipped(**parts)
    rng = random.Random(0)
    for _ in range(500):
        content = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        try:
            archive.unpack(bytes(content), RECIPES)
        except Problem as problem:
            assert "\n" not in str(problem)
