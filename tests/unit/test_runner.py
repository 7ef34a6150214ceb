"""A training in its own process: whatever it does, only its own job learns of it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from torch import nn

from core.errors import Problem
from core.execution.job import PREVIEWS, Job
from core.execution.runner import Runner
from tests.fakes import FAKE, FakeConfig
from tests.trainings import process, submit
from tests.waiting import until

ROOT = Path(__file__).parents[2]


def alive(process: float) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    return True


def stands_still(job: Job) -> bool:
    step = job.step
    time.sleep(0.2)
    return job.step == step


def test_a_training_runs_to_its_end(runner: Runner):
    job = submit(runner, steps=5)
    assert job.wait(120)
    assert (job.status, job.ending, job.error) == ("finished", "complete", None)
    assert [step for step, _, _ in job.metrics] == [1, 2, 3, 4, 5]
    assert (job.step, job.total, job.remaining, job.place) == (5, 5, 0.0, 0)
    model, card = job.load()
    assert card.steps == card.total == 5
    assert isinstance(model, nn.Linear)
    assert card.metrics == {"answer": model.weight.sum().item()}
    assert card.samples == {"answer": 42}
    assert card.commands == ["python -m core train fake"]


def test_the_process_is_the_trainings_own(runner: Runner):
    job = submit(runner, steps=1)
    assert job.wait(120)
    figures = job.metrics[0][2]
    assert figures["process"] != os.getpid()
    assert figures["niceness"] == min(19, os.nice(0) + 10)
    assert figures["threads"] == 1
    assert not figures["page"], "the page's modules cost seconds and memory"
    assert not figures["cuda"], "what forks a training must not have touched CUDA"


def test_stop_keeps_the_last_weights(runner: Runner):
    job = submit(runner)
    child = process(job)
    job.stop()
    assert (job.status, job.ending) == ("stopped", "stopped")
    assert not alive(child)
    _, card = job.load()
    assert card.steps == job.step == job.metrics[-1][0]
    assert card.metrics == {}


@pytest.mark.parametrize("mood", ["asleep", "deaf"])
def test_stop_ends_what_does_not_listen(runner: Runner, mood: str):
    job = submit(runner, mood)
    child = process(job)
    job.stop()
    assert job.status == "stopped"
    assert not alive(child)
    assert job.load()[1].steps >= 1


def test_stop_ends_the_measuring_too(runner: Runner):
    job = submit(runner, "pondering", steps=3)
    until(lambda: job.measuring)
    job.stop()
    assert (job.status, job.ending) == ("finished", "complete")
    assert job.load()[1].steps == 3


@pytest.mark.parametrize(
    ("mood", "key"),
    [
        ("clumsy", "training.error"),
        ("killed", "training.killed"),
        ("gone", "training.died"),
        ("greedy", "memory"),
        ("infinite", "training.diverged"),
        ("hurt", "training.diverged"),
    ],
)
def test_a_crash_is_one_jobs_problem(runner: Runner, mood: str, key: str):
    other = submit(runner, owner="bea")
    job = submit(runner, mood, steps=3)
    assert job.wait(120)
    assert job.status == job.ending == "failed"
    assert job.error is not None
    assert job.error.key == key
    assert 1 <= job.load()[1].steps <= 2
    steps = other.step
    until(lambda: other.step > steps)
    assert submit(runner, steps=1).wait(120)


def test_killed_from_outside(runner: Runner):
    job = submit(runner)
    os.kill(int(process(job)), signal.SIGKILL)
    assert job.wait(120)
    assert job.error is not None
    assert job.error.key == "training.killed"
    assert job.load()[1].steps >= 1


def test_a_slow_reader_loses_previews_but_no_metrics(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
):
    receive = Job.receive

    def receive_slowly(job: Job, *message: Any) -> None:
        time.sleep(0.05)
        receive(job, *message)

    monkeypatch.setattr(Job, "receive", receive_slowly)
    job = submit(runner, "quick", steps=3_000)
    assert job.wait(120)
    assert [step for step, _, _ in job.metrics] == list(range(1, 3_001))
    assert job.previews[0][0] == 1
    assert job.previews[-1][0] == 3_000


def test_previews_are_thinned(runner: Runner):
    job = submit(runner, steps=300)
    assert job.wait(120)
    steps = [step for step, _ in job.previews]
    assert len(steps) <= PREVIEWS
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (1, 300)


def test_steering(runner: Runner):
    job = submit(runner)
    until(lambda: job.metrics)
    with pytest.raises(Problem) as caught:
        job.send({"rate": 7.0})
    assert caught.value.key == "setting.range"
    with pytest.raises(Problem):
        job.send({"speed": 1.0})
    job.send({"rate": 0.25})
    until(lambda: job.metrics[-1][2]["rate"] == 0.25)
    job.stop()
    assert isinstance(job.config, FakeConfig) and job.config.rate == 0.25
    assert job.load()[1].config["rate"] == 0.5, "what the training began with"
    assert job.load()[1].commands[-1].endswith("rate = 0.25")


def test_pausing(runner: Runner):
    job = submit(runner)
    until(lambda: job.metrics)
    job.pause(True)
    until(lambda: stands_still(job) and job.load()[1].steps == job.step)
    held = job.step
    job.advance()
    until(lambda: job.step > held)
    assert stands_still(job) and job.step == held + 1
    job.pause(False)
    until(lambda: job.step > held + 1)
    job.pause(True)
    job.stop()
    assert job.status == "stopped"


def test_a_pause_costs_no_time_unless_others_wait(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.execution.runner.CROWD", 1.0)
    with Runner(slots=1, budget=1.0) as runner:
        job = submit(runner)
        until(lambda: job.metrics)
        job.pause(True)
        assert not job.wait(1.5), "its second is not over yet"
        before = job.elapsed
        job.pause(False)
        assert before < 1.0
        until(lambda: job.ended)
        assert job.ending == "budget"
        job = submit(runner)
        until(lambda: job.metrics)
        job.pause(True)
        submit(runner, owner="bea")
        assert job.wait(30)
        assert job.ending == "budget"


def test_a_training_that_nobody_watches_ends(runner: Runner):
    job, watched = submit(runner), submit(runner, owner="bea")
    child = process(job)
    process(watched)
    waiting = submit(runner, owner="cat")
    job.seen = waiting.seen = job.seen - runner.grace - 1
    watched.touch()
    assert job.wait(120)
    assert waiting.wait(120)
    assert (job.status, job.ending) == ("stopped", "abandoned")
    assert (waiting.status, waiting.ending) == ("stopped", "abandoned")
    assert not alive(child)
    assert watched.status == "running"


def test_files_outlive_the_training_for_a_while(runner: Runner):
    job = submit(runner, steps=1)
    assert job.wait(120)
    assert job.file.exists()
    job.seen -= runner.keep + 1
    runner.ring()
    until(lambda: not job.folder.exists())
    assert runner.find("ann") is None


def test_forgetting(runner: Runner):
    job = submit(runner, "asleep")
    child = process(job)
    runner.forget("ann")
    runner.forget("ann")
    assert runner.find("ann") is None
    assert job.wait(120)
    until(lambda: not job.folder.exists())
    assert not alive(child)
    assert submit(runner, steps=1).wait(120)


def test_closing_ends_everything():
    runner = Runner(slots=1)
    job, waiting = submit(runner, "deaf"), submit(runner, owner="bea")
    child = process(job)
    runner.close()
    runner.close()
    assert not alive(child)
    assert job.ended
    assert waiting.ended
    assert not runner.folder.exists()


def test_a_recipe_that_cannot_travel_fails_alone(runner: Runner):
    recipe = FAKE.__class__("fake", FakeConfig, lambda config: None, *[None] * 3, "answer")  # type: ignore[arg-type]
    job = runner.submit(recipe, FakeConfig(), "ann")
    assert job.wait(120)
    assert job.error is not None
    assert job.error.key == "training.error"
    assert submit(runner, steps=1).wait(120)


SCRIPT = """
import time
from core.execution.runner import Runner
from tests.fakes import FAKE, FakeConfig
from tests.waiting import until

if __name__ == "__main__":
    job = Runner().submit(FAKE, FakeConfig(steps=1_000_000, mood="asleep"), "ann")
    while not job.metrics:
        time.sleep(0.01)
    print(int(job.metrics[0][2]["process"]), int(job.metrics[0][2]["page"]), flush=True)
    time.sleep(1_000)
"""


def test_no_training_outlives_the_app(tmp_path: Path):
    script = tmp_path / "app.py"
    script.write_text(SCRIPT)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, script], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as app:
        assert app.stdout is not None
        child, page = app.stdout.readline().split()
        assert page == "0"
        app.kill()
    until(lambda: not alive(int(child)))
