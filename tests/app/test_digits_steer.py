"""Steering, walking and searching as the page calls them, no server."""

import asyncio
import base64

import numpy as np
import pytest

from core.digits.directions import coordinates
from core.digits.sample import sample
from core.errors import Problem
from pages.digits import find, hand, pins, steer, walk, wall
from pages.digits.stage import network_of
from pages.widgets.digits import encode_pixels

NAME = "digits"


@pytest.fixture
def at(lab):
    """The network, and a latent of it."""
    network = network_of(lab, NAME, "")
    return network, hand.draw(network, 5, 4.0)


def test_a_network_comes_with_a_digit_three_pins_and_its_wall(lab):
    latent, pins, digit, dimension, view, said = steer.show_network(lab, NAME, 4, 4.0, 3, "", "en")
    assert len(latent) == 64 and set(pins) == {"A", "B", "C"}
    assert digit["visible"] and dimension["maximum"] == 64
    assert len(view["tiles"]) == 1 and "judge" in said
    walls, shelf = steer.show_around(lab, NAME, pins, "", "en")
    assert len(walls["tiles"]) == 100 and len(shelf["tiles"]) == 3
    again, _, *sliders, number = steer.show(lab, NAME, latent, 3, 1, "", "en")
    assert again == view
    assert len(sliders) == hand.SLIDERS and number == round(latent[0], 2)


def test_sliders_put_the_digit_where_they_stand_and_nowhere_else(lab, at):
    network, latent = at
    found = hand.directions_of(network, 3)
    places = [1.0, -0.5, 0.0, 2.0, 0.25, -2.0]
    new, view, _, _ = steer.slide(lab, NAME, latent, 3, 1, *places, "", "en")
    assert coordinates(found, new)[:6] == pytest.approx(places, abs=1e-4)
    assert coordinates(found, new)[6:] == pytest.approx(coordinates(found, latent)[6:], abs=1e-4)
    again = steer.slide(lab, NAME, new, 3, 1, *places, "", "en")[0]
    assert again == pytest.approx(new, abs=1e-4)
    assert view["tiles"][0]["pixels"] == encode_pixels(sample(network.model, [new], 3)[0])


def test_a_single_number_is_set_alone(lab, at):
    _, latent = at
    new, *_ = steer.set_number(lab, NAME, latent, 3, 7, 1.5, "", "en")
    assert new[6] == 1.5 and new[:6] == latent[:6] and new[7:] == latent[7:]


@pytest.mark.parametrize("dimension", [0, 65, -1])
def test_a_number_that_is_not_there_is_refused(lab, at, dimension):
    with pytest.raises(Problem, match="dimension"):
        steer.set_number(lab, NAME, at[1], 3, dimension, 1.0, "", "en")


@pytest.mark.parametrize("to", [float("nan"), 1e9])
def test_absurd_numbers_are_refused(lab, at, to):
    with pytest.raises(Problem):
        steer.set_number(lab, NAME, at[1], 3, 1, to, "", "en")
    with pytest.raises(Problem):
        steer.slide(lab, NAME, at[1], 3, 1, *[to] * 6, "", "en")


def test_a_seed_keeps_its_digit_and_truncation_shrinks_it(lab):
    wide, *_ = steer.redraw(lab, NAME, 9, 4.0, 3, 1, "", "en")
    same, *_ = steer.redraw(lab, NAME, 9, 4.0, 5, 1, "", "en")
    narrow, *_ = steer.redraw(lab, NAME, 9, 0.5, 3, 1, "", "en")
    assert wide == same and max(map(abs, narrow)) <= 0.5
    assert np.array_equal(np.sign(wide), np.sign(narrow))
    seed, other, *_ = steer.randomise(lab, NAME, 9, 4.0, 3, 1, "", "en")
    assert other == steer.redraw(lab, NAME, seed, 4.0, 3, 1, "", "en")[0]


def test_the_wall_and_the_pins_can_be_taken_back(lab, at):
    network, latent = at
    new, digit, *_ = steer.pick(lab, 37, NAME, 1, "", "en")
    assert digit == 3 and new == wall.noise(network)[0][37].tolist()
    with pytest.raises(Problem, match="no digit number"):
        steer.pick(lab, 100, NAME, 1, "", "en")
    kept, shelf = pins.pin(lab, "B", NAME, latent, 8, {}, "", "en")
    assert kept == {"B": {"latent": latent, "digit": 8}} and len(shelf["tiles"]) == 1


def test_a_walk_starts_and_ends_at_its_pins(lab):
    kept = walk.shuffle(lab, NAME, "", "en")
    film, story, equation, _ = walk.show(lab, NAME, kept, "linear", "", "en")
    assert len(film["frames"]) == walk.FRAMES and "halfway" in story
    first, second, third, total = (tile["pixels"] for tile in equation["tiles"])
    assert film["frames"][0] == first and film["frames"][-1] == second
    turned = walk.swap(lab, kept, "", "en")
    assert walk.show(lab, NAME, turned, "linear", "", "en")[0]["frames"][0] == second
    assert len({first, second, third, total}) == 4


def test_the_search_comes_nearer_and_can_be_taken(lab, at):
    drawing = np.zeros((112, 112), np.uint8)
    drawing[20:90, 50:60] = 255
    sent = base64.b64encode(drawing.tobytes()).decode()

    async def watch():
        return [shown async for shown in find.search(lab, sent, NAME, "", "en")]

    shown = asyncio.run(watch())
    errors = shown[-1][2]["traces"][0]["y"]
    assert len(shown[0][0]["tiles"]) == 3 and errors[-1] < errors[0]
    found = shown[-1][3]
    assert find.take(lab, found, "", "en") == [found["latent"], found["digit"]]


def test_nothing_is_searched_for_an_empty_sheet(lab):
    async def watch():
        return [shown async for shown in find.search(lab, "", NAME, "", "en")]

    with pytest.raises(Problem, match="empty"):
        asyncio.run(watch())
    with pytest.raises(Problem):
        find.take(lab, {}, "", "en")
