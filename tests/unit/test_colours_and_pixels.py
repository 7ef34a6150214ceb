"""The widgets' plain side: pixels on their way to and from the browser, and the colours."""

import base64
from itertools import combinations

import numpy as np
import pytest

from core.errors import Problem
from pages.widgets import pack
from pages.widgets.colours import DIGITS, DIGITS_DARK, PAGE
from pages.widgets.digits import decode_drawing, encode_pixels, tile

# Linear RGB as the eye of a dichromat takes it: Machado, Oliveira and Fernandes 2009, severity 1.
SIGHT = {
    "normal": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.072175],
        [0.0193339, 0.119192, 0.9503041],
    ]
)


def linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB of linear RGB under D65."""
    share = TO_XYZ @ rgb.clip(0, 1) / TO_XYZ.sum(axis=1)
    root = np.where(share > 216 / 24389, np.cbrt(share), (841 / 108) * share + 4 / 29)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """CIEDE2000 (Sharma, Wu and Dalal 2005)."""
    mean = (np.hypot(*one[1:]) + np.hypot(*other[1:])) / 2
    stretch = 1 + 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25**7)))
    (l1, a1, b1), (l2, a2, b2) = one * (1, stretch, 1), other * (1, stretch, 1)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180
    hue = (h1 + h2 + (360 if abs(h1 - h2) > 180 else 0)) / 2
    light, chroma = (l1 + l2) / 2 - 50, (c1 + c2) / 2
    t = 1 - 0.17 * np.cos(np.radians(hue - 30)) + 0.24 * np.cos(np.radians(2 * hue))
    t += 0.32 * np.cos(np.radians(3 * hue + 6)) - 0.2 * np.cos(np.radians(4 * hue - 63))
    by_light = (l2 - l1) / (1 + 0.015 * light**2 / np.sqrt(20 + light**2))
    by_chroma = (c2 - c1) / (1 + 0.045 * chroma)
    by_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    blue = np.exp(-(((hue - 275) / 25) ** 2))
    cross = -2 * np.sqrt(chroma**7 / (chroma**7 + 25**7)) * np.sin(np.radians(60 * blue))
    return float(np.sqrt(by_light**2 + by_chroma**2 + by_hue**2 + cross * by_chroma * by_hue))


def test_the_measure_agrees_with_published_pairs():
    pairs = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ]
    for one, other, known in pairs:
        assert difference(np.array(one), np.array(other)) == pytest.approx(known, abs=1e-4)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("colours", [DIGITS, DIGITS_DARK], ids=["light", "dark"])
def test_ten_digits_stay_apart_for_every_eye(colours, sight):
    seen = [lab(np.asarray(SIGHT[sight]) @ linear(colour)) for colour in colours]
    assert min(difference(*pair) for pair in combinations(seen, 2)) >= 13


@pytest.mark.parametrize(("theme", "colours"), [("light", DIGITS), ("dark", DIGITS_DARK)])
def test_digits_stand_out_from_their_page(theme, colours):
    def luminance(colour: str) -> float:
        return float(TO_XYZ[1] @ linear(colour))

    for colour in colours:
        low, high = sorted((luminance(colour), luminance(PAGE[theme])))
        assert (high + 0.05) / (low + 0.05) >= 3


def test_pixels_become_bytes():
    pixels = np.linspace(-0.5, 1.5, 784)
    levels = np.frombuffer(base64.b64decode(encode_pixels(pixels)), np.uint8)
    assert levels[0] == 0 and levels[-1] == 255
    assert np.abs(levels / 255 - pixels.clip(0, 1)).max() <= 0.5 / 255 + 1e-9
    assert encode_pixels(pixels.reshape(28, 28)) == encode_pixels(pixels)
    assert np.frombuffer(base64.b64decode(encode_pixels(np.full(784, 0.5))), np.uint8)[0] == 128
    with pytest.raises(Problem) as problem:
        encode_pixels(np.zeros(783))
    assert problem.value.key == "image.size"


def test_a_tile_says_only_what_it_was_given():
    plain = tile(np.zeros(784))
    assert set(plain) == {"pixels", "scale"}
    assert tile(np.zeros(784), title="A", digit=0)["digit"] == 0


def test_a_drawing_comes_back_as_it_was_sent():
    sent = np.arange(112 * 112, dtype=np.uint32).astype(np.uint8)
    drawing = decode_drawing(base64.b64encode(sent.tobytes()).decode())
    assert drawing.shape == (112, 112)
    np.testing.assert_allclose(drawing.ravel(), sent / 255)


@pytest.mark.parametrize(
    "drawing", [None, 7, "", "???", "é", "AAAA", "A" * 10**6, ["A"], "A" * 16725 + "="]
)
def test_what_is_no_drawing_is_refused(drawing):
    with pytest.raises(Problem) as problem:
        decode_drawing(drawing)
    assert problem.value.key == "image.size"


def test_packed_numbers_are_float32():
    packed = np.frombuffer(base64.b64decode(pack([1, 2.5, -3])), "<f4")
    np.testing.assert_array_equal(packed, [1, 2.5, -3])
