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
    fields = [values[name] for name in trainer.PLAN.fields()]
    handlers.start(trainer.PLAN, lab, recipe, seconds, *fields, visitor, "en")


def follow(lab, visitor) -> list:
    async def collect():
        return [shown async for shown in handlers.watch(trainer.PLAN, lab, "", 0, visitor, "en")]

    return asyncio.run(collect())


def test_a_trained_network_is_its_visitors_alone(lab):
    start(lab, PLAIN, 20, VISITOR)
    *_, last = follow(lab, VISITOR)
    assert last[-2] == 1  # the tab is told that there is a new network
    _, atlas = requested(Request(lab, VISITOR, "en"), MINE)
    assert atlas.codes.shape[1] == 2
    with pytest.raises(Problem) as told:
        requested(Request(lab, STRANGER, "en"), MINE)
    assert told.value.key == "training.none"
    file = lab.runner.find(trainer.PLAN.owner(VISITOR)).file
    handlers.bring(trainer.PLAN, lab, str(file), 0, STRANGER, "en")
    theirs = requested(Request(lab, STRANGER, "en"), MINE)[0].model.state_dict()
    for name, tensor in requested(Request(lab, VISITOR, "en"), MINE)[0].model.state_dict().items():
        assert torch.equal(theirs[name], tensor)
    handlers.discard(trainer.PLAN, lab, VISITOR, "en")
    with pytest.raises(Problem):
        requested(Request(lab, VISITOR, "en"), MINE)
    assert requested(Request(lab, STRANGER, "en"), MINE)[0].size > 0, "somebody else's stays"


def test_a_loaded_network_is_shown_without_the_training_before_it(lab, tmp_path):
    start(lab, PLAIN, 20, VISITOR)
    follow(lab, VISITOR)
    job = lab.runner.find(trainer.PLAN.owner(VISITOR))
    file = tmp_path / "network.zip"
    file.write_bytes(job.file.read_bytes())
    start(lab, PLAIN, 60, VISITOR, epochs=500, code_size=3)
    with pytest.raises(Problem, match="has not ended"):
        handlers.bring(trainer.PLAN, lab, str(file), 0, VISITOR, "en")
    handlers.stop(trainer.PLAN, lab, VISITOR, "en")
    assert lab.runner.find(trainer.PLAN.owner(VISITOR)).wait(60)
    shown = handlers.bring(trainer.PLAN, lab, str(file), 0, VISITOR, "en")
    assert "Loaded" in shown[0] and shown[4] == {"traces": [], "layout": {}}
    assert lab.runner.find(trainer.PLAN.owner(VISITOR)) is None
    assert requested(Request(lab, VISITOR, "en"), MINE)[1].codes.shape[1] == 2
    handlers.discard(trainer.PLAN, lab, VISITOR, "en")


def test_a_watcher_sees_the_settings_of_the_training_that_is_shown(lab):
    plan = trainer.PLAN
    start(lab, PLAIN, 90, VISITOR, epochs=77)
    sharing.show_to_class(plan, Request(lab, VISITOR, "en"))
    [code] = lab.shared_trainings
    given = handlers.recall(plan, lab, code, PLAIN, STRANGER, "en")[4:]
    recipe, seconds, epochs = *given[:2], given[2 + plan.fields().index("epochs")]
    assert (recipe["value"], seconds["value"], epochs["value"]) == (PLAIN, 90, 77)
    assert not any(each["interactive"] for each in (recipe, seconds, epochs))
    page = [None] * len(plan.fields())  # whatever stands there
    asked = Request(lab, STRANGER, "en")
    program = export.export_script(plan, asked, watched=code, recipe=PLAIN, settings=page)
    assert "epochs=77" in program
    sharing.show_to_class(plan, Request(lab, VISITOR, "en"))  # no more
    gone = handlers.retell(plan, lab, code, STRANGER, "en")
    assert "not shown any more" in gone[0] and gone[1]["interactive"]
    assert handlers.recall(plan, lab, code, PLAIN, STRANGER, "en")[0]["interactive"]
    handlers.discard(plan, lab, VISITOR, "en")


def test_a_stopped_training_keeps_its_network(lab):
    start(lab, PLAIN, 60, VISITOR, epochs=500)
    job = lab.runner.find(trainer.PLAN.owner(VISITOR))
    while not job.previews:
        assert not job.wait(0.05)
    handlers.stop(trainer.PLAN, lab, VISITOR, "en")
    assert job.ended and job.ending == "stopped"
    follow(lab, VISITOR)
    assert requested(Request(lab, VISITOR, "en"), MINE)[0].size > 0
    earlier = handlers.look_back(trainer.PLAN, lab, "", 0, VISITOR, "en")
    assert len(earlier) == trainer.PLAN.views and earlier[1]["tiles"]
    handlers.discard(trainer.PLAN, lab, VISITOR, "en")


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
        handlers.bring(trainer.PLAN, lab, str(bad), 0, VISITOR, "en")


def test_the_panel_takes_its_bounds_from_the_config():
    sliders = training.control(trainer.VariationalConfig.__dataclass_fields__["beta"], None, True)
    assert (sliders.minimum, sliders.maximum) == (0, 100)
