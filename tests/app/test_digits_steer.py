"""The handlers of steering, interpolation and inversion, without a server."""

import asyncio
import base64

import numpy as np
import pytest

from core.digits.directions import coordinates
from core.digits.sample import sample
from core.errors import Problem
from pages.app.request import Request
from pages.digits import current_digit, interpolation, inversion, pins, sample_grid, steer
from pages.digits.shared import network_of
from pages.widgets.digits import encode_pixels

NAME = "digits"


@pytest.fixture
def request_(lab) -> Request:
    return Request(lab, "", "en")


@pytest.fixture
def network(lab):
    return network_of(lab, NAME, "")


@pytest.fixture
def latent(network) -> list[float]:
    return current_digit.draw_latent(network, 5, 4.0)


def at(latent, dimension=1):
    return {"network": NAME, "latent": latent, "digit": 3, "dimension": dimension}


def test_a_network_comes_with_a_digit_three_pins_and_samples(request_):
    given = {"network": NAME, "seed": 4, "truncation": 4.0, "digit": 3}
    shown = steer.show_network(request_, **given)
    latent = shown["latent"]
    assert len(latent) == 64 and set(shown["pins"]) == {"A", "B", "C"} and shown["ready"]
    assert shown["digit"]["visible"] and shown["dimension"]["maximum"] == 64
    assert len(shown["image"]["tiles"]) == 1 and "judge" in shown["assessment"]
    around = steer.show_grid_and_pins(request_, network=NAME, pins=shown["pins"])
    assert len(around["samples"]["tiles"]) == 100 and len(around["pinned"]["tiles"]) == 3
    again = steer.show_digit(request_, **at(latent))
    assert again["image"] == shown["image"]
    assert len(again["sliders"]) == current_digit.SLIDERS
    assert again["number"] == round(latent[0], 2)
    linked = {"latent": [9.0] * 64, "pins": pins.flat({**shown["pins"], "B": {**at(latent)}})}
    brought = steer.show_network(request_, **given, linked=linked)
    assert brought["latent"] == [current_digit.LIMIT] * 64
    assert brought["pins"]["B"]["digit"] == 3
    other = steer.show_network(request_, **given, linked={"latent": [1.0] * 63, "pins": []})
    assert other["latent"] == latent and other["pins"] == shown["pins"]


def test_nothing_is_shown_before_the_first_digit(request_):
    assert steer.show_digit(request_, **at([])) == {}
    assert interpolation.show_path(request_, network=NAME, pins={}, kind="linear") == {}


def test_sliders_set_the_coordinates_of_the_digit_and_no_others(request_, network, latent):
    found = current_digit.directions_of(network, 3)
    values = [1.0, -0.5, 0.0, 2.0, 0.25, -2.0]
    moved = steer.move_along_directions(request_, **at(latent), sliders=values)
    new = moved["latent"]
    assert coordinates(found, new)[:6] == pytest.approx(values, abs=1e-4)
    assert coordinates(found, new)[6:] == pytest.approx(coordinates(found, latent)[6:], abs=1e-4)
    again = steer.move_along_directions(request_, **at(new), sliders=values)
    assert again["latent"] == pytest.approx(new, abs=1e-4)
    pixels = encode_pixels(sample(network.model, [new], 3)[0])
    assert moved["image"]["tiles"][0]["pixels"] == pixels


def test_a_single_number_is_set_alone(request_, latent):
    new = steer.set_number(request_, **at(latent, 7), number=1.5)["latent"]
    assert new[6] == 1.5 and new[:6] == latent[:6] and new[7:] == latent[7:]


@pytest.mark.parametrize("dimension", [0, 65, -1])
def test_a_number_that_does_not_exist_is_refused(request_, latent, dimension):
    with pytest.raises(Problem, match="dimension"):
        steer.set_number(request_, **at(latent, dimension), number=1.0)


@pytest.mark.parametrize("number", [float("nan"), 1e9])
def test_numbers_out_of_range_are_refused(request_, latent, number):
    with pytest.raises(Problem):
        steer.set_number(request_, **at(latent), number=number)
    with pytest.raises(Problem):
        steer.move_along_directions(request_, **at(latent), sliders=[number] * 6)


def test_a_seed_keeps_its_digit_and_truncation_limits_it(request_):
    def draw(seed=9, truncation=4.0, digit=3):
        given = {"seed": seed, "truncation": truncation, "digit": digit, "dimension": 1}
        return steer.draw(request_, network=NAME, **given)["latent"]

    wide, narrow = draw(), draw(truncation=0.5)
    assert wide == draw(digit=5) and max(map(abs, narrow)) <= 0.5
    assert np.array_equal(np.sign(wide), np.sign(narrow))
    given = {"truncation": 4.0, "digit": 3, "dimension": 1}
    drawn = steer.draw_at_random(request_, network=NAME, **given)
    assert drawn["latent"] == draw(drawn["seed"])


def test_a_sample_and_a_pin_become_the_current_digit(request_, network, latent):
    taken = steer.take_sample(request_, index=37, network=NAME, dimension=1)
    assert taken["digit"] == 3
    assert taken["latent"] == sample_grid.latents_of(network)[0][37].tolist()
    with pytest.raises(Problem, match="no digit number"):
        steer.take_sample(request_, index=100, network=NAME, dimension=1)
    given = {"letter": "B", "network": NAME, "latent": latent, "digit": 8, "pins": {}}
    pinned = pins.pin(request_, **given)
    assert pinned["pins"] == {"B": {"latent": latent, "digit": 8}}
    assert len(pinned["pinned"]["tiles"]) == 1
    asked = {"network": NAME, "pins": pinned["pins"], "dimension": 1}
    taken = steer.take_pin(request_, index=0, **asked)
    assert (taken["latent"], taken["digit"]) == (latent, 8)
    with pytest.raises(Problem, match="no digit number"):
        steer.take_pin(request_, index=1, **asked)


def test_a_path_starts_and_ends_at_its_pins(request_):
    kept = interpolation.shuffle(request_, network=NAME)
    shown = interpolation.show_path(request_, network=NAME, pins=kept, kind="linear")
    frames = shown["film"]["frames"]
    assert len(frames) == interpolation.FRAMES and "halfway" in shown["description"]
    first, second, third, total = (tile["pixels"] for tile in shown["equation"]["tiles"])
    assert frames[0] == first and frames[-1] == second
    swapped = interpolation.swap(request_, pins=kept)
    shown = interpolation.show_path(request_, network=NAME, pins=swapped, kind="linear")
    assert shown["film"]["frames"][0] == second
    assert len({first, second, third, total}) == 4


def test_the_search_reduces_the_error_and_its_result_can_be_taken(request_):
    drawing = np.zeros((112, 112), np.uint8)
    drawing[20:90, 50:60] = 255
    sent = base64.b64encode(drawing.tobytes()).decode()

    async def search():
        found = inversion.search(request_, drawing=sent, network=NAME)
        return [shown async for shown in found]

    shown = asyncio.run(search())
    errors = shown[-1]["errors"]["traces"][0]["y"]
    assert len(shown[0]["images"]["tiles"]) == 3 and errors[-1] < errors[0]
    found = shown[-1]["found"]
    taken = inversion.take(request_, found=found, replacements=4)
    assert taken == {**found, "replacements": 5}


def test_nothing_is_searched_for_an_empty_sheet(request_):
    async def search():
        found = inversion.search(request_, drawing="", network=NAME)
        return [shown async for shown in found]

    with pytest.raises(Problem, match="empty"):
        asyncio.run(search())
    with pytest.raises(Problem):
        inversion.take(request_, found={}, replacements=0)
