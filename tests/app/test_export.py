"""What a visitor takes along does again what was seen; two trainings stand side by side."""

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
import torch

from core.cartpole.config import QConfig
from core.errors import Problem
from core.execution.runner import Runner
from core.recipes import RECIPES, find
from core.training import archive
from core.training.checkpoint import read_weights
from core.training.script import script
from pages.app.lab import Lab
from pages.app.request import Request
from pages.cartpole.trainer import PLAN
from pages.training import compare, export, handlers
from pages.training.report import measured
from pages.translation import trainer
from tests.serving import ROOT

VISITOR, STRANGER = "v" * 32, "s" * 32


@pytest.fixture(scope="module")
def lab():
    with Runner() as runner:
        runner.warm()
        yield Lab(torch.device("cpu"), runner)


def request(lab: Lab, visitor: str = VISITOR) -> Request:
    return Request(lab, visitor, "en")


def train(lab: Lab, **settings: Any) -> None:
    """A short training of the visitor's, to its end, as the page would begin it."""
    values = QConfig(steps=1_000, **settings).to_dict()
    handlers.start(PLAN, request(lab), recipe="cartpole", seconds=60, settings=values)
    job = lab.runner.find(PLAN.owner(VISITOR))
    assert job and job.wait(60)


@pytest.fixture(scope="module")
def trained(lab):
    train(lab, seed=3)
    train(lab, seed=3, gamma=0.9)
    return lab


def run(program: str, folder) -> None:
    """Run a program in a folder of its own, with nothing but the lab's package beside it."""
    (folder / "mine.py").write_text(program)
    done = subprocess.run(
        [sys.executable, "mine.py"], cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_script_makes_the_same_network(trained, tmp_path):
    name, program = json.loads(
        export.export_script(PLAN, request(trained), watched="", recipe="cartpole", settings={})
    )
    assert name == "cartpole.py"
    run(program, tmp_path)
    job = trained.runner.find(PLAN.owner(VISITOR))
    made, _ = archive.unpack(job.file.read_bytes(), RECIPES)
    again = find("cartpole").load(tmp_path / "experiment")[0]
    assert read_weights(tmp_path / "experiment", "cartpole")
    for mine, theirs in zip(made.parameters(), again.parameters(), strict=True):
        assert torch.equal(mine, theirs)


def test_before_any_training_the_script_has_the_settings_of_the_page(lab):
    values = QConfig(gamma=0.9, seed=12).to_dict()
    _, program = json.loads(
        export.export_script(
            PLAN, request(lab, STRANGER), watched="", recipe="cartpole", settings=values
        )
    )
    assert "gamma=0.9," in program and "seed=12," in program
    compile(program, "mine.py", "exec")


def test_one_s_own_sentences_go_along(lab, tmp_path):
    pairs = "\n".join(f"I see {n} cats.\tJe vois {n} chats." for n in range(30))
    trainer.train_own(Request(lab, VISITOR, "en"), pairs=pairs, seconds=30)
    job = lab.runner.find(trainer.make_plan().owner(VISITOR))
    job.stop()
    program = script(job.recipe, replace(job.config, epochs=1), "cpu", None, True)
    assert "as they were at its end" in program
    run(program, tmp_path)
    assert (tmp_path / "experiment" / "translation-toy.safetensors").exists()


def test_the_curves_are_a_table_of_every_event(trained):
    name, content = json.loads(export.export_curves(PLAN, request(trained), watched=""))
    rows = list(csv.DictReader(io.StringIO(content)))
    job = trained.runner.find(PLAN.owner(VISITOR))
    assert name == "cartpole.csv" and len(rows) == len(job.metrics)
    assert int(rows[-1]["step"]) == 1_000 and float(rows[-1]["learning_rate"]) > 0
    with pytest.raises(Problem, match="no trained network"):
        export.export_curves(PLAN, request(trained, STRANGER), watched="")


def test_what_is_measured_now_and_then_is_told_where_it_was():
    found = [(1, 0.5, 0.0), (2, 0.5, 0.0), (3, 0.4, 0.0), (4, 0.3, 0.2), (5, 0.3, 0.2)]
    events = [(step, 0.1 * step, {"validation_loss": loss, "exact_match": exact, "train_loss": 1.0})
              for step, loss, exact in found]  # fmt: skip
    assert measured(events, "validation_loss") == [(1, 0.5), (3, 0.4), (4, 0.3)]
    assert measured(events, "exact_match") == [(1, 0.0), (3, 0.0), (4, 0.2)]
    assert [step for step, _ in measured(events, "train_loss")] == [1, 2, 3, 4, 5]


def test_two_trainings_over_each_other(trained):
    shown = compare.offer(PLAN, request(trained), chosen=[None, None])
    (a, b), said, plots = shown["chosen"], shown["differences"], shown["plots"]
    assert [number for _, number in a["choices"]] == [1, 2] and (a["value"], b["value"]) == (1, 2)
    assert said.splitlines()[2:] == ["| Discount γ | 0.99 | 0.9 |"]
    names = [trace["name"] for trace in plots[0]["traces"]]
    assert any(name.startswith("A · ") for name in names)
    assert {trace["line"]["dash"] for trace in plots[0]["traces"]} == {"solid", "dash"}
    assert any("last 20 returns" in name for name in names), "what the agent earns comes first"
    same = compare.compare(PLAN, request(trained), chosen=[2, 2])
    assert "same settings" in same["differences"]


def test_a_visitor_compares_only_their_own(trained):
    shown = compare.offer(PLAN, Request(trained, STRANGER, "zh"), chosen=[1, 2])
    (a, _), said, plots = shown["chosen"], shown["differences"], shown["plots"]
    assert a["choices"] == [] and "再训练一次" in said and not plots[0]["traces"]
