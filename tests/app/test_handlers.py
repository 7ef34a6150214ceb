"""The Autoencoder tab's handlers: plain values in and out, no server."""

import asyncio
import base64

import numpy as np
import pytest
import torch

from core.errors import Problem
from core.execution.runner import Runner
from pages import training
from pages.app.lab import Lab
from pages.app.networks import MINE
from pages.app.request import Request
from pages.autoencoder import cloud, compare, draw, lesson, path, plane, posterior, trainer
from pages.autoencoder.stage import SHIPPED, both_of, images
from pages.training import export, handlers, sharing

VISITOR, STRANGER = "v" * 32, "s" * 32
PLAIN, VAE = "autoencoder", "autoencoder-vae"


@pytest.fixture(scope="module")
def lab():
    with Runner() as runner:
        runner.warm()
        yield Lab(torch.device("cpu"), runner)


def drawing_of(image: np.ndarray) -> str:
    """A digit as the pad would send it: four times as large, in bytes."""
    large = np.kron(image.reshape(28, 28), np.ones((4, 4)))
    return base64.b64encode((large * 255).astype(np.uint8).tobytes()).decode()


def pixels_of(tile: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(tile["pixels"]), np.uint8)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_network_can_be_shown(lab, name):
    shown = cloud.show_network(lab, name, [], VISITOR, "en")
    points = shown[0]["cloud"]
    assert len(base64.b64decode(points["x"])) // 4 == len(points["digit"]) == cloud.SHOWN
    assert set(points["digit"]) == set(range(10))
    assert "%" in cloud.tell(lab, name, VISITOR, "en")  # what to look for names figures


def test_two_networks_are_described_differently(lab):
    told = [cloud.tell(lab, name, VISITOR, "en") for name in (PLAIN, VAE)]
    assert told[0] != told[1]


def test_chinese_is_spoken_throughout(lab):
    facts = cloud.show_network(lab, PLAIN, [], VISITOR, "zh")[1]
    for sentence in (facts, *cloud.tell(lab, PLAIN, VISITOR, "zh").splitlines()):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence)


def test_the_sliders_decode_what_the_network_decodes(lab):
    network, _ = both_of(lab, PLAIN, VISITOR)
    mark, shown = cloud.move(lab, PLAIN, 1.0, -2.0, 0.5, VISITOR, "en")
    assert mark["marker"] == {"x": 1.0, "y": -2.0, "z": 0.5}
    with torch.no_grad():
        expected = network.model.decode(torch.tensor([[1.0, -2.0, 0.5]]))[0].numpy()
    assert np.abs(pixels_of(shown["tiles"][0]) / 255 - expected).max() < 0.01


def test_a_picked_digit_moves_sliders_and_marker_to_its_code(lab):
    _, atlas = both_of(lab, PLAIN, VISITOR)
    update, x, y, z, _, parts, picks = cloud.pick(lab, 17, PLAIN, [3], VISITOR, "en")
    assert picks == [3, 17]
    assert np.allclose([x["value"], y["value"], z["value"]], atlas.points[17], atol=1e-3)
    assert [mark["name"] for mark in update["picked"]] == ["A", "B"]
    assert len(parts["tiles"]) == 3


@pytest.mark.parametrize("index", [-1, 10**9, "seven", None, 1.5, float("nan")])
def test_a_digit_that_is_not_there_is_refused(lab, index):
    with pytest.raises(Problem):
        cloud.pick(lab, index, PLAIN, [], VISITOR, "en")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e30, None, "x"])
def test_a_slider_value_that_is_no_place_is_refused(lab, value):
    with pytest.raises((Problem, ValueError)):
        cloud.move(lab, PLAIN, value, 0, 0, VISITOR, "en")


def test_a_drawn_digit_lands_on_itself(lab):
    _, atlas = both_of(lab, PLAIN, VISITOR)
    image = images(0)[0]
    mark, seen, nearest, verdict, _ = draw.land_drawing(
        lab, drawing_of(image), PLAIN, VISITOR, "en"
    )
    landed = np.array([mark["landed"][axis] for axis in "xyz"])
    spread = atlas.points.std(axis=0).max()
    assert np.linalg.norm(landed - atlas.points[0]) < 1.5 * spread
    assert len(seen["tiles"]) == 2 and len(nearest["tiles"]) == 5 and "%" in verdict


@pytest.mark.parametrize("drawing", ["", None])
def test_a_cleared_pad_clears_its_results(lab, drawing):
    mark, seen, nearest, verdict, kept = draw.land_drawing(lab, drawing, PLAIN, VISITOR, "en")
    assert mark["landed"] == {} and not seen["tiles"] and not nearest["tiles"]
    assert verdict == kept == ""


@pytest.mark.parametrize("drawing", ["!!", "AAAA", 7, "A" * 10**6])
def test_what_is_no_drawing_is_refused(lab, drawing):
    with pytest.raises(Problem):
        draw.land_drawing(lab, drawing, PLAIN, VISITOR, "en")


@pytest.mark.parametrize("way", path.WAYS)
def test_a_path_runs_from_a_to_b(lab, way):
    _, atlas = both_of(lab, PLAIN, VISITOR)
    update, film, _ = path.draw_path(lab, PLAIN, [0, 1], way, True, VISITOR, "en")
    trail = np.array([update["trail"][axis] for axis in "xyz"]).T
    assert np.allclose(trail[[0, -1]], atlas.points[[0, 1]], atol=1e-3)
    assert len(film["frames"]) == path.FRAMES == len(trail)


def test_only_a_variational_network_has_a_posterior(lab):
    update, _, views = posterior.show_posterior(lab, PLAIN, [0], VISITOR, "en")
    assert update["ellipsoid"] == {} and views["visible"] is False
    update, _, views = posterior.show_posterior(lab, VAE, [0], VISITOR, "en")
    assert np.shape(update["ellipsoid"]["axes"]) == (3, 3) and views["visible"] is True
    near, new, bars = posterior.draw_samples(lab, VAE, [0], VISITOR, "en")
    assert len(near["tiles"]) == len(new["tiles"]) == posterior.DRAWS
    assert min(bars["traces"][0]["y"]) >= 0


def test_a_clicked_picture_of_the_slice_is_the_one_decoded(lab):
    grid, _ = plane.cut(lab, PLAIN, "13", 25, VISITOR, "en")
    index = 4 * plane.RESOLUTION + 7
    *_, view = plane.go_to(lab, index, PLAIN, "13", 25, VISITOR, "en")
    difference = pixels_of(grid["tiles"][index]).astype(int) - pixels_of(view["tiles"][0])
    assert np.abs(difference).max() <= 1


def test_noise_is_removed_best_by_the_network_trained_to(lab):
    shown = compare.compare_networks(lab, [0], 0.5, 0, 0, VISITOR, "en")
    captions = {tile["title"]: tile["caption"] for tile in shown["tiles"]}
    assert "★" in captions["Denoising"]


def test_the_source_shown_is_the_class_that_runs(lab):
    assert "VariationalAutoencoder</span>" in lesson.show_source(lab, VAE, VISITOR, "en")


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
    _, atlas = both_of(lab, MINE, VISITOR)
    assert atlas.codes.shape[1] == 2
    with pytest.raises(Problem) as told:
        both_of(lab, MINE, STRANGER)
    assert told.value.key == "training.none"
    file = lab.runner.find(trainer.PLAN.owner(VISITOR)).file
    handlers.load_network(trainer.PLAN, Request(lab, STRANGER, "en"), path=str(file), version=0)
    theirs = both_of(lab, MINE, STRANGER)[0].model.state_dict()
    for name, tensor in both_of(lab, MINE, VISITOR)[0].model.state_dict().items():
        assert torch.equal(theirs[name], tensor)
    handlers.discard(trainer.PLAN, Request(lab, VISITOR, "en"))
    with pytest.raises(Problem):
        both_of(lab, MINE, VISITOR)
    assert both_of(lab, MINE, STRANGER)[0].size > 0, "somebody else's stays"


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
    assert both_of(lab, MINE, VISITOR)[1].codes.shape[1] == 2
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
    assert both_of(lab, MINE, VISITOR)[0].size > 0
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
