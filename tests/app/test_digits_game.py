"""The trainings of the Digits tab: plain values in and out, no server."""

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch

from core import mnist
from core.digits.config import MlpConfig, ToyConfig
from core.digits.failures import FAILURES
from core.errors import Problem
from core.execution.job import Job
from core.execution.runner import Runner
from pages.app.lab import Lab
from pages.app.networks import MINE
from pages.app.request import Request
from pages.digits import failures, live, plane, trainer
from pages.training import handlers, setting
from tests.waiting import until

VISITOR, STRANGER = "v" * 32, "s" * 32


@pytest.fixture(scope="module")
def lab():
    with Runner(slots=2) as runner:
        runner.warm()
        yield Lab(torch.device("cpu"), runner)


@pytest.fixture(scope="module")
def plan(lab):
    return trainer.make_plan(lab)


def numbers_of(packed: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed), "<f4")


def begin(lab, plan, visitor, **given):
    values = {"loss": "non-saturating", "labels": "off", "discriminator_steps": 1, "seed": 1}
    values |= {"batch_size": 64, "epochs": 50, "only": "both"}
    values |= {"generator_rate": 3e-4, "discriminator_rate": 3e-4} | given
    request = Request(lab, visitor, "en")
    handlers.start(plan, request, recipe="digits-mlp", seconds=60, settings=values)
    return lab.runner.find(plan.owner(visitor))


def test_the_judge_names_what_a_wall_shows(lab, plan):
    digits = mnist.at_hand()
    sevens = digits.train_images[digits.train_labels == 7][:100].numpy()
    wall, bars, said = plan.show({"wall": sevens}, MlpConfig(), "en")
    assert len(wall["tiles"]) == 100
    assert np.argmax(bars["traces"][0]["y"]) == 7 and sum(bars["traces"][0]["y"]) == 100
    assert "**1 of 10 digits**" in said and "mode collapse" in said
    mixed = digits.train_images[:100].numpy()
    assert "All ten" in plan.show({"wall": mixed}, MlpConfig(), "en")[2]
    assert "十个" in plan.show({"wall": mixed}, MlpConfig(), "zh")[2]
    assert plan.show(None, None, "en")[0]["tiles"] == []


def test_a_running_game_is_steered_by_its_live_settings(lab, plan):
    job = begin(lab, plan, VISITOR)
    until(lambda: job.metrics)
    request, stranger = (Request(lab, each, "en") for each in (VISITOR, STRANGER))
    handlers.steer(plan, "only", request, value="discriminator")
    handlers.steer(plan, "generator_rate", request, value=1e-3)
    assert (job.config.only, job.config.generator_rate) == ("discriminator", 1e-3)
    with pytest.raises(Problem):
        handlers.steer(plan, "generator_rate", request, value=-1)
    handlers.steer(plan, "only", stranger, value="generator")  # has no game to steer
    until(lambda: job.metrics[-1][2]["learning_rate"] == 1e-3)
    handlers.stop(plan, request)
    assert "at step" in job.load()[1].commands[1]

    async def follow():
        return [shown async for shown in handlers.watch(plan, request, watched="", version=0)][-1]

    assert (
        asyncio.run(follow())["version"] == 1
        and lab.network(MINE, plan.tab, VISITOR).card.recipe == "digits-mlp"
    )
    with pytest.raises(Problem):
        lab.network(MINE, plan.tab, STRANGER)


def test_a_diverged_training_says_so_and_keeps_the_last_good_network(lab, plan):
    job = begin(lab, plan, STRANGER)
    until(lambda: job.file.exists())
    job.stop()
    job.end("failed", "failed", Problem("training.diverged", step=7))

    request = Request(lab, STRANGER, "en")

    async def follow():
        return [shown async for shown in handlers.watch(plan, request, watched="", version=0)][-1]

    shown = asyncio.run(follow())
    assert "infinite at step 7" in shown["status"] and "failed" in shown["status"]
    assert shown["version"] == 1 and lab.network(MINE, plan.tab, STRANGER)


def test_every_setting_of_the_games_has_a_control_with_words(lab):
    for name, item in ToyConfig.__dataclass_fields__.items():
        if name != "drawn":
            assert setting(lab, item).label


# In the plane


def play(lab, visitor, shape="ring", drawn="", pace=1_000, **given) -> Job:
    config = ToyConfig(shape=shape)
    values = [(given | {"shape": shape}).get(n, getattr(config, n)) for n in plane.SETTINGS]
    plane.start(lab, drawn, pace, "both", *values, visitor, "en")
    job = live.job_of(lab, plane.SECTION, visitor)
    assert job
    return job


async def first_of(updates: AsyncIterator[Sequence[Any]]) -> Sequence[Any]:
    return await anext(updates)


def test_real_points_are_shown_before_any_game(lab):
    update = plane.show_shape(lab, "ring", "", VISITOR, "en")
    places = numbers_of(update["real"]).reshape(-1, 2)
    assert len(places) == plane.SHOWN and not update["drawing"]["on"]
    assert np.allclose(np.linalg.norm(places, axis=1), 0.8, atol=0.25)
    assert plane.show_shape(lab, "drawn", "", VISITOR, "en")["drawing"]["on"]


@pytest.mark.parametrize("drawn", ["1,2,3", "x", "0.1", "9,9", "0,0 " * 501, "nan,0"])
def test_what_is_no_drawing_is_refused(lab, drawn):
    with pytest.raises(Problem):
        plane.keep_drawing(lab, drawn, "drawn", VISITOR, "en")


def test_a_game_without_points_does_not_begin(lab):
    with pytest.raises(Problem):
        play(lab, VISITOR, "drawn", "")


def test_a_game_in_the_plane_is_drawn_held_stepped_and_looked_back_at(lab):
    job = play(lab, VISITOR)

    async def follow() -> list:
        shown = [await live.feed(lab, plane.SECTION, plane.picture, VISITOR, None)]
        for _ in range(2):
            since = shown[-1]["step"]
            shown.append(await live.feed(lab, plane.SECTION, plane.picture, VISITOR, since))
        return shown

    until(lambda: job.previews)
    one, two, three = asyncio.run(follow())
    assert one["step"] < two["step"] < three["step"]
    assert len(numbers_of(one["fake"])) == 800 and len(numbers_of(one["heat"])) == 1_600
    assert len(numbers_of(one["mesh"])) == 882 and len(numbers_of(one["arrows"])) == 240
    job.stop()

    async def watch() -> list:
        return [shown async for shown in plane.watch(lab, VISITOR, "en")]

    shown = asyncio.run(watch())[-1]
    assert shown[0]["follow"]["who"] == VISITOR and "Over, after" in shown[1]
    ask = partial(live.feed, lab, plane.SECTION, plane.picture)
    assert asyncio.run(ask(VISITOR, job.previews[-1][0])) == {"over": True}
    assert asyncio.run(ask({"any": "thing"}, [])) == {"over": True}
    stranger = asyncio.run(first_of(plane.watch(lab, "n" * 32, "en")))
    assert stranger == [gr.skip()] * 7  # and not nothing, which would empty every button
    first, last = job.previews[0][0], job.previews[-1][0]
    assert plane.look_back(lab, 0, VISITOR, "en")["picture"]["step"] == first
    assert plane.look_back(lab, 1e9, VISITOR, "en")["picture"]["step"] == last

    job = play(lab, VISITOR, pace=10)
    until(lambda: job.previews)
    live.hold(plane.SECTION, lab, 10, VISITOR, "en")
    asyncio.run(asyncio.sleep(0.5))
    held = job.step
    live.step_once(plane.SECTION, lab, VISITOR, "en")
    until(lambda: job.step > held)
    assert job.step == held + 1
    live.hold(plane.SECTION, lab, 1_000, VISITOR, "en")
    until(lambda: job.step > held + 20)
    plane.choose_shape(lab, "drawn", "0,0 0.5,0.5", VISITOR, "en")
    assert isinstance(job.config, ToyConfig) and job.config.shape == "drawn"
    plane.choose_shape(lab, "drawn", "", VISITOR, "en")  # nothing drawn: the game goes on as it is
    assert isinstance(job.config, ToyConfig) and job.config.drawn == "0,0 0.5,0.5"
    live.stop(plane.SECTION, lab, VISITOR, "en")
    assert job.ended
    assert plane.recall(lab, VISITOR, "en")[1] == "drawn"


def test_a_slope_becomes_an_arrow_and_none_is_longer_than_it_may_be():
    arrays = {"points": np.zeros((4, 2)), "real": np.zeros((4, 2))}
    arrays |= {"heat": np.zeros((2, 2)), "sheet": np.zeros((2, 2, 2))}
    slopes = np.array([[1.0, 0.0], [0.0, 1e-6], [300.0, 400.0], [0.0, 0.0]])
    arrows = numbers_of(plane.picture(7, arrays | {"arrows": slopes})["arrows"]).reshape(4, 4)
    lengths = np.linalg.norm(arrows[:, 2:], axis=1)
    expected = [plane.ARROW, plane.ARROW * 1e-6, plane.LONGEST, 0.0]
    assert np.allclose(lengths, expected, atol=1e-7)


def test_nobody_plays_or_trains(lab, plan):
    """A click before the browser has named its visitor must not join all others like it."""
    for caller in ("", None, "short"):
        with pytest.raises(Problem, match="still loading"):
            play(lab, caller)
        with pytest.raises(Problem, match="still loading"):
            begin(lab, plan, caller)


# The failure lab


def test_nothing_runs_before_a_prediction(lab):
    first, *_ = FAILURES
    shown = failures.choose(lab, first, VISITOR, "en")
    assert "Learning rate of the generator: **0.01**" in shown[0]
    assert len(shown[1]["choices"]) == 3 and "value" not in shown[1], "a prediction may come first"
    assert not any("R1" in told for told in shown if isinstance(told, str)), "gives it away"
    with pytest.raises(Problem):
        failures.run(lab, first, None, VISITOR, "en")
    assert live.job_of(lab, failures.SECTION, VISITOR) is None
    assert not failures.predict(lab, None, VISITOR, "en")["interactive"]
    assert failures.predict(lab, "covers", VISITOR, "en")["interactive"]
    with pytest.raises(Problem):
        failures.choose(lab, "another", VISITOR, "en")


@pytest.mark.parametrize("name", FAILURES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_of_three_predictions_is_right(name, language):
    offered = failures.options(FAILURES[name], language)
    assert len(dict(offered)) == 3 and FAILURES[name].outcome in dict(offered).values()
    for told in (failures.story, failures.cure):
        assert "\n- " in told(FAILURES[name], language)


def test_a_failure_is_seen_named_and_mended(lab, monkeypatch):
    monkeypatch.setattr(failures, "PACE", 200)
    name, failure = "vanishing", FAILURES["vanishing"]
    failures.run(lab, name, "stuck", VISITOR, "en")
    job = live.job_of(lab, failures.SECTION, VISITOR)
    assert job
    until(lambda: job.step >= failure.steps)
    job.pause(True)
    said, remedy, again, halt, cure = failures.told(failure, "stuck", VISITOR, job, "en")[3:]
    assert "−log D(G(z))" in remedy and halt["interactive"]
    assert "Vanishing gradients" in said and "You predicted it" in said and "0 of 4" in said
    assert cure["interactive"] and not again["interactive"]
    assert "something else" in failures.verdict(job, failure, "covers", "en")
    assert "你预测的是另一种结果" in failures.verdict(job, failure, "covers", "zh")
    values = failures.mend(lab, name, VISITOR, "en")
    assert isinstance(job.config, ToyConfig)
    assert values[0] == "non-saturating" == job.config.loss
    assert "settings are changed" in failures.verdict(job, failure, "stuck", "en")
    job.pause(False)
    until(lambda: "Mended" in failures.verdict(job, failure, "stuck", "en"))
    failures.change("r1", lab, 0.2, VISITOR, "en")
    assert isinstance(job.config, ToyConfig) and job.config.r1 == 0.2

    async def choose_another() -> list:
        following = failures.watch(lab, name, "stuck", VISITOR, "en")
        first = await anext(following)
        failures.choose(lab, "collapse", VISITOR, "en")  # which ends this game
        return [first, *[shown async for shown in following]]

    *_, last = asyncio.run(choose_another())
    assert last == [gr.skip()] * 8  # the old game says no more about itself
    assert job.wait(20)


def test_a_new_game_of_the_same_visitor_ends_the_last(lab):
    first, other = play(lab, VISITOR), play(lab, STRANGER)
    failures.run(lab, "strong", "covers", VISITOR, "en")
    assert first.wait(20) and not other.ended
    live.stop(plane.SECTION, lab, STRANGER, "en")
    job = begin(lab, trainer.make_plan(lab), VISITOR)
    assert live.job_of(lab, failures.SECTION, VISITOR) is None
    job.stop()
