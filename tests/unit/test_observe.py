"""What is said of a network: computed from it, and different for different networks."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from core.autoencoder.latent_space import LatentSpace, make_view
from core.autoencoder.observe import Observation, observe

COUNT = 600
LABELS = np.arange(COUNT) % 10


def map_of(codes, deviations=None, bounded=False, images=None, errors=None) -> LatentSpace:
    """An space of codes that no network made."""
    codes = np.asarray(codes, np.float32)
    view = make_view(codes, bounded)
    points = view.to_view(codes)
    low, high = points.min(axis=0) - 0.1, points.max(axis=0) + 0.1
    return LatentSpace(
        images=np.zeros((COUNT, 784), np.uint8) if images is None else images,
        labels=LABELS,
        codes=codes,
        deviations=deviations,
        errors=np.full(COUNT, 0.04, np.float32) if errors is None else errors,
        view=view,
        points=points,
        ranges=np.stack([low, high], axis=1),
    )


def cluster(twins=(), size=3, scale=0.05):
    """A tight cluster for each class; a twin is moved onto the class before it."""
    generator = np.random.default_rng(0)
    centres = generator.uniform(-5, 5, (10, size))
    for twin in twins:
        centres[twin] = centres[twin - 1]
    return centres[LABELS] + scale * generator.normal(size=(COUNT, size))


def said(space, **options) -> dict[str, Mapping[str, Any]]:
    return {item.key: item.values for item in observe(space, **options)}


def test_the_classes_that_overlap_are_named():
    values = said(map_of(cluster(twins=[7])))
    overlap = values["observe.overlap"]
    assert (overlap["first"], overlap["second"]) == (6, 7)
    assert 0.3 < overlap["share"] < 0.7
    assert values["observe.accuracy"]["accuracy"] == pytest.approx(1 - overlap["share"] / 5)
    assert values["observe.separated"]["share"] == 1
    assert "observe.overlap" not in said(map_of(cluster()))


def test_the_hardest_class_and_the_oddest_digit():
    errors = np.full(COUNT, 0.04)
    errors[LABELS == 8], errors[LABELS == 1] = 0.06, 0.02
    errors[118] = 0.09  # an 8
    values = said(map_of(cluster(), errors=errors), baseline=0.08)
    hardest = values["observe.hardest"]
    assert (hardest["hardest"], hardest["easiest"]) == (8, 1)
    assert hardest["ratio"] == pytest.approx(hardest["error"] / 0.02)
    oddest = values["observe.oddest"]
    assert (oddest["index"], oddest["label"]) == (118, 8)
    assert oddest["ratio"] == pytest.approx(0.09 / errors.mean())
    assert oddest["percentile"] == pytest.approx(1 - 1 / COUNT)
    assert values["observe.baseline.better"]["ratio"] == pytest.approx(0.08 / errors.mean())
    worse = said(map_of(cluster()), baseline=0.02)["observe.baseline.worse"]
    assert worse["ratio"] == pytest.approx(2)


def test_dimensions_that_carry_nothing_are_found():
    codes = cluster()
    codes[:, 1] *= 0.01
    values = said(map_of(codes))
    assert values["observe.flat"]["dimensions"] == "2"
    assert values["observe.flat"]["share"] < 0.01
    shares = codes.var(axis=0) / codes.var(axis=0).sum()
    widest = values["observe.widest"]
    assert widest["dimension"] == shares.argmax() + 1
    assert widest["share"] == pytest.approx(shares.max(), rel=1e-4)
    same = said(map_of(np.full((COUNT, 3), 0.5)))
    assert "observe.same" in same and "observe.widest" not in same


def test_a_posterior_that_collapses_in_part_or_whole():
    codes, deviations = cluster(), np.full((COUNT, 3), 0.1, np.float32)
    codes[:, 2], deviations[:, 2] = 0.0, 0.99
    values = said(map_of(codes, deviations))
    kl = (0.99**2 - 1 - np.log(0.99**2)) / 2
    assert values["observe.collapse.some"]["dimensions"] == "3"
    assert values["observe.collapse.some"]["kl"] == pytest.approx(kl, abs=1e-6)
    collapsed = said(map_of(codes * 0.01, np.full((COUNT, 3), 0.99, np.float32)))
    assert collapsed["observe.collapse.all"]["kl"] < 0.05
    assert "observe.widest" not in collapsed
    alive = said(map_of(cluster(), np.full((COUNT, 3), 0.1, np.float32)))
    assert not [key for key in alive if "collapse" in key or "flat" in key]


def test_sparse_units_that_never_take_part_are_counted():
    generator = np.random.default_rng(0)
    codes = (generator.random((COUNT, 20)) < 0.1) * 0.9
    codes[:, :4] = 0.02
    values = said(map_of(codes, bounded=True))
    assert values["observe.dead"] == {"dead": 4, "size": 20}
    assert values["observe.sparse"]["mean"] == pytest.approx(codes.mean(), abs=1e-6)
    assert values["observe.sparse"]["active"] == pytest.approx((codes > 0.5).sum(1).mean())
    assert 0 < values["observe.view"]["share"] < 1
    assert "observe.flat" not in values


def test_an_axis_that_follows_the_ink_is_named_with_its_sign():
    generator = np.random.default_rng(0)
    images = np.zeros((COUNT, 28, 28), np.uint8)
    images[:, 4:24, 10:18] = generator.integers(50, 250, (COUNT, 1, 1))
    codes = generator.normal(size=(COUNT, 3))
    codes[:, 1] = -images.mean(axis=(1, 2)) / 10
    values = said(map_of(codes, images=images.reshape(COUNT, 784)))
    assert values["observe.axis.ink"]["axis"] == 2
    assert values["observe.axis.ink"]["r"] == pytest.approx(-1, abs=1e-3)
    assert "observe.axis.slant" not in values and "observe.axis.width" not in values


def test_empty_space_is_counted_in_boxes():
    grid = np.stack(np.meshgrid(*[np.arange(10)] * 2), axis=-1).reshape(-1, 2)
    full = map_of(grid[np.arange(COUNT) % 100] + 0.5)
    full = dataclasses.replace(full, ranges=np.array([[0, 10], [0, 10], [-1, 1]]))
    assert said(full)["observe.space"] == {"share": 0.0, "cells": 100, "digits": COUNT}
    half = dataclasses.replace(full, ranges=np.array([[0, 20], [0, 10], [-1, 1]]))
    assert said(half)["observe.space"]["share"] == pytest.approx(0.5)


def test_the_course_of_the_training():
    steep = [{"train_loss": 1.0, "validation_loss": 1.0 / (i + 1)} for i in range(20)]
    assert said(map_of(cluster()), history=steep)["observe.falling"]["share"] == pytest.approx(0.15)
    flat = [{"train_loss": 0.5, "validation_loss": 1.0} for _ in range(20)]
    values = said(map_of(cluster()), history=flat)
    assert values["observe.settled"] == {"share": 0.0, "loss": 1.0}
    assert values["observe.gap"]["share"] == pytest.approx(1)
    assert not {"observe.falling", "observe.settled"} & set(said(map_of(cluster())))


def test_two_networks_are_told_apart():
    generator = np.random.default_rng(0)
    one = map_of(cluster(twins=[4]), errors=generator.uniform(0.01, 0.03, COUNT))
    other = map_of(cluster([9], size=2, scale=1.0), errors=generator.uniform(0.02, 0.08, COUNT))
    first, second = observe(one), observe(other)
    assert {str(item) for item in first}.isdisjoint({str(item) for item in second})
    for item in [*first, *second]:
        assert isinstance(item, Observation) and item.key.startswith("observe.")
        assert any(isinstance(value, int | float) for value in item.values.values())
        assert all(type(value) in (int, float, str) for value in item.values.values())
