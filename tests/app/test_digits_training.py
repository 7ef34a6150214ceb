"""The trainings of the Digits tab, without a server."""

import asyncio
import base64
from typing import Any

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
from pages.digits import failures, plane, toy_training, trainer
from pages.training import handlers, setting
from tests.waiting import until

VISITOR, STRANGER = "v" * 32, "s" * 32
ONLY_PLANE = {"section": plane.SECTION}


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


def test_the_classifier_counts_the_classes_of_the_samples(lab, plan):
    digits = mnist.at_hand()
    sevens = digits.train_images[digits.train_labels == 7][:100].numpy()
    samples, bars, said = plan.show({"wall": sevens}, MlpConfig(), "en")
    assert len(samples["tiles"]) == 100
    assert np.argmax(bars["traces"][0]["y"]) == 7 and sum(bars["traces"][0]["y"]) == 100
    assert "**1 of 10 digits**" in said and "mode collapse" in said
    mixed = digits.train_images[:100].numpy()
    assert "All ten" in plan.show({"wall": mixed}, MlpConfig(), "en")[2]
    assert "十个" in plan.show({"wall": mixed}, MlpConfig(), "zh")[2]
    assert plan.show(None, None, "en")[0]["tiles"] == []


def test_the_live_settings_change_a_running_training(lab, plan):
    job = begin(lab, plan, VISITOR)
    until(lambda: job.metrics)
    request, stranger = (Request(lab, each, "en") for each in (VISITOR, STRANGER))
    handlers.steer(plan, "only", request, value="discriminator")
    handlers.steer(plan, "generator_rate", request, value=1e-3)
    assert (job.config.only, job.config.generator_rate) == ("discriminator", 1e-3)
    with pytest.raises(Problem):
        handlers.steer(plan, "generator_rate", request, value=-1)
    handlers.steer(plan, "only", stranger, value="generator")  # has no training
    until(lambda: job.metrics[-1][2]["learning_rate"] == 1e-3)
    handlers.stop(plan, request)
    assert "at step" in job.load()[1].commands[1]

    async def follow():
        return [shown async for shown in handlers.watch(plan, request, watched="", version=0)][-1]

    assert asyncio.run(follow())["version"] == 1
    assert lab.networks.get(MINE, plan.tab, VISITOR).card.recipe == "digits-mlp"
    with pytest.raises(Problem):
        lab.networks.get(MINE, plan.tab, STRANGER)


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
    assert shown["version"] == 1 and lab.networks.get(MINE, plan.tab, STRANGER)


def test_every_setting_in_the_plane_has_a_control_with_words(lab):
    for name, item in ToyConfig.__dataclass_fields__.items():
        if name != "drawn":
            assert setting(lab, item).label


# In the plane


def asked_by(lab, visitor=VISITOR, language="en") -> Request:
    return Request(lab, visitor, language)


def start(lab, visitor: Any = VISITOR, shape="ring", drawn="", pace=1_000) -> Job:
    settings = {name: getattr(ToyConfig(), name) for name in plane.SETTINGS} | {"shape": shape}
    given = {"drawn": drawn, "pace": pace, "only": "both", "settings": settings}
    plane.start(asked_by(lab, visitor), **given)
    job = toy_training.job_of(lab, plane.SECTION, visitor)
    assert job
    return job


def next_preview(lab, visitor, since):
    following = toy_training.next_preview(lab, plane.SECTION, plane.convert, visitor, since)
    return asyncio.run(following)


def follow(request) -> list:
    async def all_outputs() -> list:
        following = toy_training.follow(request, **ONLY_PLANE, outputs=plane.outputs)
        return [shown async for shown in following]

    return asyncio.run(all_outputs())


def test_real_points_are_shown_before_any_training(lab):
    update = plane.show_shape(asked_by(lab), shape="ring")
    places = numbers_of(update["real"]).reshape(-1, 2)
    assert len(places) == plane.SHOWN and not update["drawing"]["on"]
    assert np.allclose(np.linalg.norm(places, axis=1), 0.8, atol=0.25)
    assert plane.show_shape(asked_by(lab), shape="drawn")["drawing"]["on"]


@pytest.mark.parametrize("drawn", ["1,2,3", "x", "0.1", "9,9", "0,0 " * 501, "nan,0"])
def test_what_is_no_drawing_is_refused(lab, drawn):
    with pytest.raises(Problem):
        plane.keep_drawing(asked_by(lab), drawn=drawn, shape="drawn")


def test_a_training_without_points_does_not_start(lab):
    with pytest.raises(Problem):
        start(lab, shape="drawn", drawn="")


def test_a_training_in_the_plane_is_followed_to_its_end(lab):
    job, request = start(lab), asked_by(lab)
    until(lambda: job.previews)
    one = next_preview(lab, VISITOR, None)
    two = next_preview(lab, VISITOR, one["step"])
    three = next_preview(lab, VISITOR, two["step"])
    assert one["step"] < two["step"] < three["step"]
    assert len(numbers_of(one["fake"])) == 800 and len(numbers_of(one["heat"])) == 1_600
    assert len(numbers_of(one["mesh"])) == 882 and len(numbers_of(one["arrows"])) == 240
    job.stop()
    shown = follow(request)[-1]
    assert shown["view"]["follow"]["who"] == VISITOR and "Over, after" in shown["report"]
    assert next_preview(lab, VISITOR, job.previews[-1][0]) == {"over": True}
    assert next_preview(lab, {"any": "thing"}, []) == {"over": True}
    assert follow(asked_by(lab, "n" * 32)) == [{}]  # without any, Gradio would empty the outputs
    first, last = job.previews[0][0], job.previews[-1][0]
    assert plane.look_back(request, position=0)["picture"]["step"] == first
    assert plane.look_back(request, position=1e9)["picture"]["step"] == last


def test_a_training_in_the_plane_is_paused_stepped_and_changed(lab):
    job, request = start(lab, pace=10), asked_by(lab)
    until(lambda: job.previews)
    toy_training.pause(request, **ONLY_PLANE, pace=10)
    asyncio.run(asyncio.sleep(0.5))
    before = job.step
    toy_training.step_once(request, **ONLY_PLANE)
    until(lambda: job.step > before)
    assert job.step == before + 1
    toy_training.pause(request, **ONLY_PLANE, pace=1_000)
    until(lambda: job.step > before + 20)
    plane.choose_shape(request, shape="drawn", drawn="0,0 0.5,0.5")
    assert isinstance(job.config, ToyConfig) and job.config.shape == "drawn"
    plane.choose_shape(request, shape="drawn", drawn="")  # nothing drawn: nothing changes
    assert isinstance(job.config, ToyConfig) and job.config.drawn == "0,0 0.5,0.5"
    toy_training.stop(request, **ONLY_PLANE)
    assert job.ended
    assert plane.restore(request)["settings"]["shape"] == "drawn"


def test_a_gradient_becomes_an_arrow_of_limited_length():
    arrays = {"points": np.zeros((4, 2)), "real": np.zeros((4, 2))}
    arrays |= {"heat": np.zeros((2, 2)), "sheet": np.zeros((2, 2, 2))}
    gradients = np.array([[1.0, 0.0], [0.0, 1e-6], [300.0, 400.0], [0.0, 0.0]])
    arrows = numbers_of(plane.convert(7, arrays | {"arrows": gradients})["arrows"]).reshape(4, 4)
    lengths = np.linalg.norm(arrows[:, 2:], axis=1)
    expected = [plane.ARROW, plane.ARROW * 1e-6, plane.LONGEST, 0.0]
    assert np.allclose(lengths, expected, atol=1e-7)


def test_a_caller_without_a_token_cannot_train(lab, plan):
    """All visitors without a token would share the training otherwise."""
    for caller in ("", None, "short"):
        with pytest.raises(Problem, match="still loading"):
            start(lab, caller)
        with pytest.raises(Problem, match="still loading"):
            begin(lab, plan, caller)


# The failure lab


def test_nothing_runs_before_a_prediction(lab):
    name, *_ = FAILURES
    request = asked_by(lab)
    shown = failures.choose(request, name=name)
    assert "Learning rate of the generator: **0.01**" in shown["setup"]
    prediction = shown["prediction"]
    assert len(prediction["choices"]) == 3 and "value" not in prediction, "it may come first"
    assert "run" not in shown, "its button is set in the browser"
    assert not any("R1" in words for words in shown.values() if isinstance(words, str))
    for invalid in (None, "another"):
        with pytest.raises(Problem):
            failures.run(request, name=name, prediction=invalid)
    assert toy_training.job_of(lab, failures.SECTION, VISITOR) is None
    assert not failures.translate(request, name=name, prediction=None)["run"]["interactive"]
    assert failures.translate(request, name=name, prediction="covers")["run"]["interactive"]
    with pytest.raises(Problem):
        failures.choose(request, name="another")


@pytest.mark.parametrize("name", FAILURES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_of_three_predictions_is_right(lab, name, language):
    request, failure = asked_by(lab, language=language), FAILURES[name]
    offered = dict(failures.options(request, failure))
    assert len(offered) == 3 and failure.outcome in offered.values()
    assert "\n- " in failures.setup(request, failure)["setup"]
    assert "\n- " in failures.with_settings(request, f"{name}.mend", failure.remedy)


def test_a_failure_is_seen_named_and_cured(lab, monkeypatch):
    monkeypatch.setattr(failures, "PACE", 200)
    name, failure, request = "vanishing", FAILURES["vanishing"], asked_by(lab)

    def verdict(prediction="stuck", language="en"):
        assert job
        return failures.verdict(asked_by(lab, language=language), job, failure, prediction)

    failures.run(request, name=name, prediction="stuck")
    job = toy_training.job_of(lab, failures.SECTION, VISITOR)
    assert job
    until(lambda: job.step >= failure.steps)
    job.pause(True)
    shown = failures.outputs(failure, "stuck", request, job)
    said = shown["verdict"]
    assert "−log D(G(z))" in shown["remedy"] and shown["stop"]["interactive"]
    assert "Vanishing gradients" in said and "You predicted it" in said and "0 of 4" in said
    assert shown["apply"]["interactive"] and not shown["run"]["interactive"]
    assert "something else" in verdict("covers")
    assert "你预测的是另一种结果" in verdict("covers", "zh")
    values = failures.apply_remedy(request, name=name)["settings"]
    assert isinstance(job.config, ToyConfig)
    assert values["loss"] == "non-saturating" == job.config.loss
    assert "settings are changed" in verdict()
    job.pause(False)
    until(lambda: "Mended" in verdict())
    toy_training.change_setting(request, section=failures.SECTION, name="r1", value=0.2)
    assert isinstance(job.config, ToyConfig) and job.config.r1 == 0.2

    async def choose_another() -> list:
        following = failures.follow(request, name=name, prediction="stuck")
        first = await anext(following)
        failures.choose(request, name="collapse")  # which ends this training
        return [first, *[shown async for shown in following]]

    *_, last = asyncio.run(choose_another())
    assert last == {}  # nothing more of the discarded training
    assert job.wait(20)


def test_a_new_training_of_the_same_visitor_ends_the_last(lab):
    first, other = start(lab), start(lab, STRANGER)
    failures.run(asked_by(lab), name="strong", prediction="covers")
    assert first.wait(20) and not other.ended
    toy_training.stop(asked_by(lab, STRANGER), **ONLY_PLANE)
    job = begin(lab, trainer.make_plan(lab), VISITOR)
    assert toy_training.job_of(lab, failures.SECTION, VISITOR) is None
    job.stop()
