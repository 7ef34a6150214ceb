"""The Autoencoder tab's handlers: plain values in and out, no server."""

import base64
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.errors import Problem
from core.execution.runner import Runner
from pages.app.lab import Lab
from pages.app.request import Request
from pages.autoencoder import cloud, compare, drawing, latent_slice, lesson, path, posterior
from pages.autoencoder.shared import SHIPPED, images, requested

VISITOR = "v" * 32
PLAIN, VAE = "autoencoder", "autoencoder-vae"


@pytest.fixture(scope="module")
def request_():
    with Runner() as runner:
        yield Request(Lab(torch.device("cpu"), runner), VISITOR, "en")


def drawing_of(image: np.ndarray) -> str:
    """A digit as the pad sends it: four times as large, in bytes."""
    large = np.kron(image.reshape(28, 28), np.ones((4, 4)))
    return base64.b64encode((large * 255).astype(np.uint8).tobytes()).decode()


def pixels_of(tile: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(tile["pixels"]), np.uint8)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_network_can_be_shown(request_, name):
    shown = cloud.show_network(request_, name=name, picks=[])
    points = shown["cloud"]["cloud"]
    assert len(base64.b64decode(points["x"])) // 4 == len(points["digit"]) == cloud.SHOWN
    assert set(points["digit"]) == set(range(10))
    assert "%" in cloud.observations(request_, name=name)


def test_two_networks_are_described_differently(request_):
    sentences = [cloud.observations(request_, name=name) for name in (PLAIN, VAE)]
    assert sentences[0] != sentences[1]


def test_chinese_is_spoken_throughout(request_):
    chinese = replace(request_, language="zh")
    facts = cloud.show_network(chinese, name=PLAIN, picks=[])["facts"]
    for sentence in (facts, *cloud.observations(chinese, name=PLAIN).splitlines()):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence)


def test_the_sliders_decode_what_the_network_decodes(request_):
    network, _ = requested(request_, PLAIN)
    shown = cloud.move(request_, name=PLAIN, point=[1.0, -2.0, 0.5])
    assert shown["cloud"]["marker"] == {"x": 1.0, "y": -2.0, "z": 0.5}
    with torch.no_grad():
        expected = network.model.decode(torch.tensor([[1.0, -2.0, 0.5]]))[0].numpy()
    assert np.abs(pixels_of(shown["decoded"]["tiles"][0]) / 255 - expected).max() < 0.01


def test_a_picked_digit_moves_sliders_and_marker_to_its_code(request_):
    _, space = requested(request_, PLAIN)
    shown = cloud.pick(request_, index=17, name=PLAIN, picks=[3])
    assert shown["picks"] == [3, 17]
    point = [slider["value"] for slider in shown["sliders"]]
    assert np.allclose(point, space.points[17], atol=1e-3)
    assert [mark["name"] for mark in shown["cloud"]["picked"]] == ["A", "B"]
    assert len(shown["anatomy"]["tiles"]) == 3


@pytest.mark.parametrize("index", [-1, 10**9, "seven", None, 1.5, float("nan")])
def test_a_digit_that_is_not_there_is_refused(request_, index):
    with pytest.raises(Problem):
        cloud.pick(request_, index=index, name=PLAIN, picks=[])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e30, None, "x"])
def test_a_slider_value_that_is_no_place_is_refused(request_, value):
    with pytest.raises((Problem, ValueError)):
        cloud.move(request_, name=PLAIN, point=[value, 0, 0])


def test_a_drawn_digit_lands_on_itself(request_):
    _, space = requested(request_, PLAIN)
    image = images(0)[0]
    shown = drawing.encode_drawing(request_, drawing=drawing_of(image), name=PLAIN)
    landed = np.array([shown["cloud"]["landed"][axis] for axis in "xyz"])
    spread = space.points.std(axis=0).max()
    assert np.linalg.norm(landed - space.points[0]) < 1.5 * spread
    assert len(shown["result"]["tiles"]) == 2 and len(shown["nearest"]["tiles"]) == 5
    assert "%" in shown["verdict"]


@pytest.mark.parametrize("empty", ["", None])
def test_a_cleared_pad_clears_its_results(request_, empty):
    shown = drawing.encode_drawing(request_, drawing=empty, name=PLAIN)
    assert shown["cloud"]["landed"] == {}
    assert not shown["result"]["tiles"] and not shown["nearest"]["tiles"]
    assert shown["verdict"] == shown["drawing"] == ""


@pytest.mark.parametrize("wrong", ["!!", "AAAA", 7, "A" * 10**6])
def test_what_is_no_drawing_is_refused(request_, wrong):
    with pytest.raises(Problem):
        drawing.encode_drawing(request_, drawing=wrong, name=PLAIN)


@pytest.mark.parametrize("way", path.WAYS)
def test_a_path_runs_from_a_to_b(request_, way):
    _, space = requested(request_, PLAIN)
    shown = path.show_path(request_, name=PLAIN, picks=[0, 1], way=way)
    trail = np.array([shown["cloud"]["trail"][axis] for axis in "xyz"]).T
    assert np.allclose(trail[[0, -1]], space.points[[0, 1]], atol=1e-3)
    assert len(shown["film"]["frames"]) == path.FRAMES == len(trail)


def test_only_a_variational_network_has_a_posterior(request_):
    shown = posterior.show_posterior(request_, name=PLAIN, picks=[0])
    assert shown["cloud"]["ellipsoid"] == {} and shown["views"]["visible"] is False
    shown = posterior.show_posterior(request_, name=VAE, picks=[0])
    assert np.shape(shown["cloud"]["ellipsoid"]["axes"]) == (3, 3)
    assert shown["views"]["visible"] is True
    drawn = posterior.draw_samples(request_, name=VAE, picks=[0])
    assert len(drawn["near"]["tiles"]) == len(drawn["new"]["tiles"]) == posterior.DRAWS
    assert min(drawn["bars"]["traces"][0]["y"]) >= 0


def test_a_clicked_picture_of_the_slice_is_the_one_decoded(request_):
    place = {"name": PLAIN, "plane": "13", "share": 25}
    grid = latent_slice.show_slice(request_, **place)["grid"]
    index = 4 * latent_slice.RESOLUTION + 7
    view = latent_slice.select(request_, index=index, **place)["decoded"]
    difference = pixels_of(grid["tiles"][index]).astype(int) - pixels_of(view["tiles"][0])
    assert np.abs(difference).max() <= 1


def test_noise_is_removed_best_by_the_network_trained_to(request_):
    shown = compare.compare_networks(request_, picks=[0], noise=0.5, masking=0, seed=0)
    captions = {tile["title"]: tile["caption"] for tile in shown["tiles"]}
    assert "★" in captions["Denoising"]


def test_the_source_shown_is_the_class_that_runs(request_):
    assert "VariationalAutoencoder</span>" in lesson.show_source(request_, name=VAE)
