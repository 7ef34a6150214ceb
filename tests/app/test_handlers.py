"""The training panel's handlers, with the Autoencoder tab: plain values, no server."""

import asyncio

import pytest
import torch

from core.errors import Problem
from core.execution.runner import Runner
from pages import training
from pages.app.lab import Lab
from pages.app.networks import MINE
from pages.app.request import Request
from pages.autoencoder import trainer
from pages.autoencoder.shared import requested
from pages.training import export, handlers, sharing

VISITOR, STRANGER = "v" * 32, "s" * 32
PLAIN = "autoencoder"


@pytest.fixture(scope="module")
def lab():
    with Runner() as runner:
        runner.warm()
        yield Lab(torch.device("cpu"), runner)


def start(lab, recipe, seconds, visitor, **given):
    values = {"code_size": 2, "learning_rate": 0.003, "batch_size": 256, "epochs": 1, "seed": 3}
    values |= {"beta": 1, "noise": 0.3, "masking": 0, "sparsity_target": 0.1} | given
    values |= {"sparsity_weight": 0.1}
    request = Request(lab, visitor, "en")
    handlers.start(trainer.PLAN, request, recipe=recipe, seconds=seconds, settings=values)


def follow(lab, visitor) -> list:
    request = Request(lab, visitor, "en")

    async def collect():
        updates = handlers.watch(trainer.PLAN, request, watched="", version=0)
        return [update async for update in updates]

    return asyncio.run(collect())


def test_a_trained_network_is_its_visitors_alone(lab):
    start(lab, PLAIN, 20, VISITOR)
    *_, last = follow(lab, VISITOR)
    assert last["version"] == 1  # the tab is told that there is a new network
    _, space = requested(Request(lab, VISITOR, "en"), MINE)
    assert space.codes.shape[1] == 2
    with pytest.raises(Problem) as told:
        requested(Request(lab, STRANGER, "en"), MINE)
    assert told.value.key == "training.none"
    file = lab.runner.find(trainer.PLAN.owner(VISITOR)).file
    handlers.load_network(trainer.PLAN, Request(lab, STRANGER, "en"), path=str(file), version=0)
    theirs = requested(Request(lab, STRANGER, "en"), MINE)[0].model.state_dict()
    for name, tensor in requested(Request(lab, VISITOR, "en"), MINE)[0].model.state_dict().items():
        assert torch.equal(theirs[name], tensor)
    handlers.discard(trainer.PLAN, Request(lab, VISITOR, "en"))
    with pytest.raises(Problem):
        requested(Request(lab, VISITOR, "en"), MINE)
    assert requested(Request(lab, STRANGER, "en"), MINE)[0].size > 0, "somebody else's stays"


def test_a_loaded_network_is_shown_without_the_training_before_it(lab, tmp_path):
    start(lab, PLAIN, 20, VISITOR)
    follow(lab, VISITOR)
    job = lab.runner.find(trainer.PLAN.owner(VISITOR))
    request, file = Request(lab, VISITOR, "en"), tmp_path / "network.zip"
    file.write_bytes(job.file.read_bytes())
    start(lab, PLAIN, 60, VISITOR, epochs=500, code_size=3)
    with pytest.raises(Problem, match="has not ended"):
        handlers.load_network(trainer.PLAN, request, path=str(file), version=0)
    handlers.stop(trainer.PLAN, Request(lab, VISITOR, "en"))
    assert lab.runner.find(trainer.PLAN.owner(VISITOR)).wait(60)
    shown = handlers.load_network(trainer.PLAN, request, path=str(file), version=0)
    assert "Loaded" in shown["status"] and shown["curves"] == [{"traces": [], "layout": {}}]
    assert lab.runner.find(trainer.PLAN.owner(VISITOR)) is None
    assert requested(Request(lab, VISITOR, "en"), MINE)[1].codes.shape[1] == 2
    handlers.discard(trainer.PLAN, Request(lab, VISITOR, "en"))


def test_a_watcher_sees_the_settings_of_the_training_that_is_shown(lab):
    plan = trainer.PLAN
    start(lab, PLAIN, 90, VISITOR, epochs=77)
    request, stranger = (Request(lab, each, "en") for each in (VISITOR, STRANGER))
    sharing.toggle_link(plan, request)
    [code] = lab.shared_trainings
    given = handlers.restore(plan, stranger, watched=code, recipe=PLAIN)
    recipe, seconds, epochs = given["recipe"], given["seconds"], given["settings"]["epochs"]
    assert (recipe["value"], seconds["value"], epochs["value"]) == (PLAIN, 90, 77)
    assert not any(each["interactive"] for each in (recipe, seconds, epochs))
    program = export.export_script(plan, stranger, watched=code, recipe=PLAIN, settings={})
    assert "epochs=77" in program
    sharing.toggle_link(plan, request)  # off again
    gone = handlers.refresh(plan, stranger, watched=code)
    assert "not shown any more" in gone["status"] and gone["train"]["interactive"]
    restored = handlers.restore(plan, stranger, watched=code, recipe=PLAIN)
    assert all(each["interactive"] for each in restored["own"])
    handlers.discard(plan, request)


def test_a_stopped_training_keeps_its_network(lab):
    start(lab, PLAIN, 60, VISITOR, epochs=500)
    job = lab.runner.find(trainer.PLAN.owner(VISITOR))
    while not job.previews:
        assert not job.wait(0.05)
    handlers.stop(trainer.PLAN, Request(lab, VISITOR, "en"))
    assert job.ended and job.ending == "stopped"
    follow(lab, VISITOR)
    assert requested(Request(lab, VISITOR, "en"), MINE)[0].size > 0
    request = Request(lab, VISITOR, "en")
    _, reconstructions = handlers.look_back(trainer.PLAN, request, watched="", position=0)["views"]
    assert reconstructions["tiles"]
    handlers.discard(trainer.PLAN, Request(lab, VISITOR, "en"))


@pytest.mark.parametrize(
    "wrong", [{"learning_rate": -1}, {"batch_size": 10**9}, {"epochs": 1.5}, {"seed": "x"}]
)
def test_a_wrong_setting_is_named_and_starts_nothing(lab, wrong):
    with pytest.raises(Problem) as told:
        start(lab, PLAIN, 20, STRANGER, **wrong)
    assert next(iter(wrong)) in str(told.value)
    assert lab.runner.find(trainer.PLAN.owner(STRANGER)) is None


def test_a_collapsed_posterior_is_said_in_words(lab):
    config = trainer.VariationalConfig(beta=50)
    assert "collapsed" in trainer.remark({"kl": 0.01}, config, "en")
    assert "坍塌" in trainer.remark({"kl": 0.01}, config, "zh")
    assert "collapsed" not in trainer.remark({"kl": 9.0}, config, "en")


def test_an_uploaded_file_of_nonsense_is_refused(lab, tmp_path):
    bad = tmp_path / "network.zip"
    bad.write_bytes(b"not a zip")
    with pytest.raises(Problem):
        handlers.load_network(trainer.PLAN, Request(lab, VISITOR, "en"), path=str(bad), version=0)


def test_the_panel_takes_its_bounds_from_the_config():
    sliders = training.control(trainer.VariationalConfig.__dataclass_fields__["beta"], None, True)
    assert (sliders.minimum, sliders.maximum) == (0, 100)
