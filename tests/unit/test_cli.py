"""The command line: list, train, evaluate, and one line for each mistake."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from core import __main__ as cli
from core.recipes import RECIPES
from core.training import checkpoint
from core.training import session as run
from tests.fakes import FAKE

ROOT = Path(__file__).parents[2]


class Terminal:
    """Runs commands, with checkpoints in a separate folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]):
        self.folder, self.capsys = folder, capsys

    def __call__(self, *words: str) -> SimpleNamespace:
        out = [] if "--out" in words else ["--out", str(self.folder)]
        code = cli.main([*words, *out])
        text, errors = self.capsys.readouterr()
        return SimpleNamespace(code=code, text=text, errors=errors)

    def refuses(self, words: Sequence[str]) -> str:
        """The one line that answers wrong arguments."""
        done = self(*words)
        assert done.code == 2
        assert done.text == ""
        line, end = done.errors[:-1], done.errors[-1:]
        assert end == "\n"
        assert "\n" not in line
        return line


@pytest.fixture
def terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    monkeypatch.setitem(RECIPES, "fake", FAKE)
    return Terminal(tmp_path / "out", capsys)


def test_train_evaluate_and_list(terminal: Terminal):
    assert "not trained" in terminal("list").text
    done = terminal("train", "fake", "--seed", "3", "--steps", "4", "--device", "cpu")
    assert done.code == 0
    assert "answer" in done.text
    assert sorted(path.name for path in terminal.folder.iterdir()) == [
        "fake.json",
        "fake.safetensors",
    ]
    model, card = FAKE.load(terminal.folder)
    assert card.commands == ["python -m core train fake --seed 3 --steps 4"]
    assert (card.seed, card.steps, card.data, card.device) == (3, 4, "fake", "cpu")
    assert isinstance(model, nn.Linear)
    assert card.metrics == {"answer": model.weight.sum().item()}
    assert f"answer {card.metrics['answer']:.6g}" in terminal("list").text
    done = terminal("evaluate", "fake")
    assert done.text.count(f"{card.metrics['answer']:.6g}") == 2
    done = terminal("evaluate", "fake", "--json")
    figures = {"metrics": card.metrics, "samples": {"answer": 42}, "notes": {}}
    assert json.loads(done.text) == figures
    unmeasured = replace(card, metrics={}, samples={})
    checkpoint.write(terminal.folder, "fake", model, unmeasured)
    terminal("evaluate", "fake", "--write")
    assert checkpoint.read_card(terminal.folder, "fake") == card


def test_ctrl_c_keeps_the_weights_and_resume_continues(terminal: Terminal):
    handler = signal.getsignal(signal.SIGINT)
    whole, _ = _trained(terminal, "train", "fake", "--steps", "6")
    done = terminal("train", "fake", "--steps", "6", "--mood", "interrupted")
    assert done.code == cli.INTERRUPTED
    assert signal.getsignal(signal.SIGINT) is handler
    _, card = FAKE.load(terminal.folder)
    assert (card.steps, card.metrics) == (3, {})
    assert "3 of 6 steps, not measured" in terminal("list").text
    resumed, card = _trained(terminal, "train", "fake", "--resume")
    assert torch.equal(resumed, whole)
    assert card.steps == 6
    assert card.commands == [
        "python -m core train fake --steps 6 --mood interrupted",
        "python -m core train fake --resume",
    ]
    assert "answer" in card.metrics
    assert not (terminal.folder / "fake.state.safetensors").exists()
    assert "no unfinished training" in terminal.refuses(["train", "fake", "--resume"])


def _trained(terminal: Terminal, *words: str):
    assert terminal(*words).code == 0
    model, card = FAKE.load(terminal.folder)
    return model.state_dict()["weight"], card


def test_training_from_given_weights(terminal: Terminal, tmp_path: Path):
    _trained(terminal, "train", "fake", "--steps", "2")
    start = str(terminal.folder / "fake")
    other = tmp_path / "other"
    assert terminal("train", "fake", "--steps", "1", "--from", start, "--out", str(other)).code == 0
    model, card = FAKE.load(other)
    scratch, _ = _trained(terminal, "train", "fake", "--steps", "1")
    assert not torch.equal(model.state_dict()["weight"], scratch)
    assert card.commands[0] == "python -m core train fake --steps 2" and card.steps == 1
    assert card.commands[1].startswith("python -m core train fake --steps 1 --from ")
    assert "no checkpoint gone" in terminal.refuses(["train", "fake", "--from", "runs/gone"])
    assert "--from" in terminal.refuses(["train", "fake", "--resume", "--from", start])


def test_a_training_that_its_budget_ended_can_be_resumed(terminal: Terminal):
    weights, card = _trained(terminal, "train", "fake", "--steps", "1000000", "--budget", "0.05")
    assert card.steps < card.total
    assert "answer" in card.metrics
    again, more = _trained(terminal, "train", "fake", "--resume", "--budget=0.05")
    assert more.steps > card.steps
    assert more.seconds >= card.seconds
    assert not torch.equal(weights, again)
    assert more.commands[1] == "python -m core train fake --resume --budget 0.05"


def test_resume_from_a_state_older_than_the_weights(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
):
    whole, _ = _trained(terminal, "train", "fake", "--steps", "6")
    monkeypatch.setattr(run, "SAVE_SECONDS", 0)
    states = []
    write = checkpoint.write_state
    monkeypatch.setattr(
        checkpoint, "write_state", lambda path, state: states.append(write(path, state)) or None
    )
    terminal("train", "fake", "--steps", "6", "--mood", "interrupted")
    assert len(states) == 3
    path = terminal.folder / "fake.state.safetensors"
    state = path.read_bytes()
    assert terminal("train", "fake", "--resume", "--budget", "0.000001").code == 0
    path.write_bytes(state)
    assert torch.equal(_trained(terminal, "train", "fake", "--resume")[0], whole)


def test_a_diverged_training_keeps_the_last_finite_weights(terminal: Terminal):
    line = terminal("train", "fake", "--mood", "hurt")
    assert line.code == 2
    assert line.errors.endswith("the last good network is kept.\n")
    assert FAKE.load(terminal.folder)[1].steps == 2


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["trian"], "There is no command called trian. Nearest: train."),
        (["train"], "train needs a NAME first, one of autoencoder"),
        (["train", "--steps", "3"], "train needs a NAME first"),
        (["train", "fkae"], "There is no recipe called fkae. Nearest: fake."),
        (["evaluate", "autoencodr"], "Nearest: autoencoder."),
        (["train", "fake", "--step", "3"], "There is no flag called --step. Nearest: --steps."),
        (["train", "fake", "--step=3"], "There is no flag called --step. Nearest: --steps."),
        (["train", "fake", "3"], "nothing is known to do with 3."),
        (["train", "fake", "--steps", "0"], "steps must lie between 1 and 1000000, not 0."),
        (["train", "fake", "--steps", "many"], "steps must be a whole number, not 'many'."),
        (["train", "fake", "--steps"], "argument --steps: expected one argument."),
        (["train", "fake", "--mood", "clam"], "Nearest: calm."),
        (["train", "fake", "--budget", "0"], "--budget must be"),
        (["train", "fake", "--budget", "nan"], "--budget must be"),
        (["train", "fake", "--budget", "x"], "invalid float value: 'x'."),
        (["train", "fake", "--device", "gpu"], "Choose auto, cpu, cuda or mps."),
        (["train", "fake", "--resume"], "There is no unfinished training of fake"),
        (["evaluate", "fake"], "python -m core train fake"),
        (["list", "--json"], "There is no flag called --json."),
    ],
)
def test_wrong_arguments(terminal: Terminal, words: list[str], answer: str):
    assert answer in terminal.refuses(words)


def test_ctrl_c_during_evaluation_prints_no_traceback(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
):
    def interrupt(*_: object, quick: bool) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(RECIPES, "fake", replace(FAKE, evaluate=interrupt))
    done = terminal("train", "fake")
    assert done.code == cli.INTERRUPTED
    assert done.errors.endswith("Interrupted.\n")
    assert FAKE.load(terminal.folder)[1].steps == 5


def test_resume_refuses_other_settings(terminal: Terminal):
    terminal("train", "fake", "--steps", "6", "--mood", "interrupted")
    line = terminal.refuses(["train", "fake", "--resume", "--steps", "9"])
    assert line.startswith("--steps stays as it is")


def test_folder_without_write_access(terminal: Terminal, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    line = terminal.refuses(["train", "fake", "--out", str(tmp_path / "file" / "out")])
    assert "Choose another with --out." in line


def test_damaged_checkpoints(terminal: Terminal):
    terminal("train", "fake")
    (terminal.folder / "fake.json").write_text("{}")
    assert "was written in format None" in terminal("list").text
    assert "was written in format None" in terminal.refuses(["evaluate", "fake"])
    (terminal.folder / "fake.state.safetensors").write_bytes(b"?")
    assert "was written in format None" in terminal.refuses(["train", "fake", "--resume"])


def test_help(terminal: Terminal):
    assert "python -m core train NAME" in terminal("--help").text
    assert cli.main([]) == 2
    terminal.capsys.readouterr()
    with pytest.raises(SystemExit) as caught:
        cli.main(["train", "autoencoder", "--help"])
    assert caught.value.code == 0
    assert "--learning-rate" in terminal.capsys.readouterr().out


def test_json_is_the_only_output(terminal: Terminal):
    terminal("train", "fake")
    program = (
        "import sys; from core.recipes import RECIPES; from core.__main__ import main; "
        "from tests.fakes import FAKE; RECIPES['fake'] = FAKE; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "evaluate", "fake", "--json", "--out", terminal.folder],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["samples"] == {"answer": 42}
    assert done.stderr == ""
