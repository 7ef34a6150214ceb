"""Drawings put in MNIST's frame, and the measures of a digit."""

import numpy as np
import pytest
from PIL import Image

from core import mnist
from core.drawing import centre, measure


def stroke(height=100, width=80):
    """A slanted, uneven stroke in the middle of a large sheet."""
    sheet = np.zeros((300, 300), np.float32)
    for row in range(height):
        start = 110 + int(width * (1 - row / height))
        sheet[100 + row, start : start + 12 + row // 8] = 1
    return sheet


def test_where_and_how_large_a_drawing_is_does_not_matter():
    sheet = stroke()
    centred = centre(sheet)
    assert centred.shape == (784,) and centred.dtype == np.float32 and centred.max() <= 1
    np.testing.assert_array_equal(centre(np.roll(sheet, (-70, 60), (0, 1))), centred)
    larger = np.asarray(Image.fromarray(sheet).resize((600, 600), Image.Resampling.NEAREST))
    assert np.abs(centre(larger) - centred).mean() < 0.01
    np.testing.assert_array_equal(centre(np.pad(sheet, ((0, 99), (0, 0)))), centred)


def test_a_centred_drawing_fills_twenty_pixels_and_keeps_its_ratio():
    square = centre(stroke()).reshape(28, 28)
    rows, columns = np.flatnonzero(square.sum(1) > 0.1), np.flatnonzero(square.sum(0) > 0.1)
    assert np.ptp(rows) + 1 == 20
    assert np.ptp(columns) + 1 == pytest.approx(20 * 93 / 100, abs=1)
    mass = np.average(np.arange(28) + 0.5, weights=square.sum(1))
    assert mass == pytest.approx(14.5, abs=0.6)  # as MNIST's: the middle of pixel 14
    line = np.zeros((300, 40))
    line[:, 7] = 1
    column = centre(line).reshape(28, 28)
    np.testing.assert_array_equal(np.argwhere(column > 0.5), [[y, 14] for y in range(4, 24)])


def test_an_mnist_digit_comes_back_from_a_large_sheet():
    errors = []
    for image in mnist.pixels(mnist.load(download=False).train_images[:5_000:100]).numpy():
        digit = Image.fromarray(image.reshape(28, 28))
        sheet = np.asarray(digit.resize((112, 112), Image.Resampling.NEAREST))
        errors.append(np.square(centre(sheet) - image).mean())
    assert np.median(errors) < 0.001 and np.mean(errors) < 0.003


def test_measures_of_a_stroke():
    upright, leaning = np.zeros((28, 28)), np.zeros((28, 28))
    for row in range(4, 24):
        upright[row, 13:15] = 1
        leaning[row, 20 - row // 2 : 22 - row // 2] = 1
    shape = measure(np.stack([upright, leaning]).reshape(2, 784))
    np.testing.assert_allclose(shape.slant, [0, 0.5], atol=0.02)
    np.testing.assert_allclose(shape.ink, 40 / 784, rtol=1e-4)
    assert shape.width[0] == pytest.approx(0.5, abs=1e-3) and shape.width[1] > 2
    assert np.isfinite(measure(np.zeros((1, 784))).slant).all()
