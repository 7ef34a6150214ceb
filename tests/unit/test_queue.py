"""Trainings that wait for one another: whose turn it is, for how long, and who may begin at all."""

import pytest

from core.errors import Problem
from core.execution import runner as runner_module
from core.execution.runner import Runner
from tests.trainings import ENDLESS, process, submit
from tests.waiting import until


def test_the_budget_only_truncates():
    with Runner(slots=1, budget=0.5) as runner:
        job = submit(runner)
        assert job.wait(120)
        assert (job.status, job.ending) == ("finished", "budget")
        _, card = job.load()
        assert card.steps == job.step < card.total == ENDLESS
        assert "answer" in card.metrics


def test_the_budget_ends_what_does_not_listen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runner_module, "FINISH", 0.1)
    with Runner(slots=1, budget=0.5) as runner:
        job = submit(runner, "deaf")
        assert job.wait(120)
        assert (job.status, job.ending) == ("finished", "budget")


def test_measuring_has_its_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runner_module, "MEASURE", 0.1)
    with Runner(slots=1) as runner:
        job = submit(runner, "pondering", steps=2)
        assert job.wait(120)
        assert (job.status, job.ending) == ("finished", "complete")
        assert job.load()[1].metrics == {}


def test_the_queue(runner: Runner):
    running = [submit(runner, "asleep", owner=name) for name in ("ann", "bea")]
    until(lambda: all(job.metrics for job in running))
    waiting = [submit(runner, steps=2, owner=name) for name in ("cat", "dan")]
    assert [job.status for job in (*running, *waiting)] == ["running"] * 2 + ["waiting"] * 2
    assert [job.place for job in (*running, *waiting)] == [0, 0, 1, 2]
    first, second = (job.expected_wait for job in waiting)
    assert first and second
    assert 0 < first <= second <= runner_module.CROWD
    assert all(job.remaining is None for job in waiting)
    running[0].stop()
    assert waiting[0].wait(120)
    assert waiting[1].wait(120)
    assert running[1].status == "running"


def test_those_that_wait_keep_their_places_while_none_may_begin(runner: Runner):
    running = [submit(runner, "asleep", owner=name) for name in ("ann", "bea")]
    job = submit(runner, steps=2, owner="cat")
    runner.open = False
    with pytest.raises(Problem, match="closed"):
        submit(runner, steps=2, owner="dan")
    assert job.expected_wait is None
    for one in running:
        one.stop()
        assert one.wait(120)
    assert not job.wait(0.5) and (job.status, job.place) == ("waiting", 1)
    runner.open = True
    runner.ring()
    assert job.wait(120) and job.status == "finished"


def test_others_waiting_shorten_the_budget(monkeypatch: pytest.MonkeyPatch):
    with Runner(slots=1) as runner:
        job = submit(runner)
        until(lambda: job.metrics)
        monkeypatch.setattr(runner_module, "CROWD", 0.1)
        assert not job.ended
        other = submit(runner, steps=2, owner="bea")
        assert job.wait(120)
        assert job.ending == "budget"
        assert other.wait(120)
        assert other.ending == "complete"


def test_a_waiting_training_can_be_stopped(runner: Runner):
    for name in ("ann", "bea"):
        submit(runner, "asleep", owner=name)
    job = submit(runner, owner="cat")
    job.stop()
    assert (job.status, job.elapsed) == ("stopped", 0.0)
    with pytest.raises(Problem) as caught:
        job.load()
    assert caught.value.key == "training.none"


def test_one_training_for_each_owner(runner: Runner):
    job = submit(runner)
    with pytest.raises(Problem) as caught:
        submit(runner)
    assert caught.value.key == "training.running"
    process(job)
    job.stop()
    folder = job.folder
    again = submit(runner)
    assert runner.find("ann") is again
    assert runner.find("nobody") is None
    until(lambda: not folder.exists())


def test_a_full_queue():
    with Runner(slots=1, waiting=1) as runner:
        process(submit(runner, "asleep", owner="ann"))
        submit(runner, owner="bea")
        with pytest.raises(Problem) as caught:
            submit(runner, owner="cat")
        assert caught.value.key == "training.full"
