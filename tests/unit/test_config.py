"""Settings: conversion, bounds, and the sentences for wrong values."""

import math
from dataclasses import FrozenInstanceError, dataclass

import pytest

from core.errors import Problem
from core.training.config import Config, nearest, setting


@dataclass(frozen=True)
class Example(Config):
    epochs: int = setting(3, 1, 12)
    dropout: float = setting(0.5, 0.0, 1.0)
    loss: str = setting("hinge", choices=("hinge", "logistic"))
    layers: int = setting(2, choices=(2, 4, 8))


def refusal(**values: object) -> Problem:
    with pytest.raises(Problem) as caught:
        Example(**values)  # type: ignore[arg-type]
    return caught.value


def test_defaults_and_bounds():
    assert Example() == Example(seed=0, epochs=3, dropout=0.5, loss="hinge", layers=2)
    assert Example(epochs=1, dropout=1.0) == Example(epochs=1, dropout=1)
    with pytest.raises(FrozenInstanceError):
        Example().epochs = 4  # type: ignore[misc]


def test_numbers_are_converted_to_the_type_of_the_field():
    config = Example(epochs=4.0, dropout=1)  # type: ignore[arg-type]
    assert (config.epochs, type(config.epochs)) == (4, int)
    assert (config.dropout, type(config.dropout)) == (1.0, float)


def test_none_is_refused():
    assert refusal(epochs=None).key == "setting.empty"


@pytest.mark.parametrize("value", [True, "3", 2.5, math.nan, math.inf, 10**400, [3]])
def test_values_that_are_not_whole_numbers_are_refused(value: object):
    problem = refusal(epochs=value)
    assert problem.key == "setting.type"
    assert len(str(problem)) < 200


@pytest.mark.parametrize("value", [-0.1, 1.1, 1e300])
def test_values_out_of_range_are_refused(value: float):
    problem = refusal(dropout=value)
    assert problem.key == "setting.range"
    assert str(problem) == f"dropout must lie between 0.0 and 1.0, not {value}."


def test_a_problem_names_the_nearest_choice():
    assert refusal(loss="logisitc").values["nearest"] == "logistic"
    assert refusal(layers=5).values["nearest"] == 4
    assert refusal(loss=7).key == "setting.type"
    assert nearest("x" * 10_000, ["hinge", "logistic"]) in ("hinge", "logistic")


def test_conversion_to_and_from_dictionaries():
    config = Example(seed=4, epochs=2, dropout=0.1 + 0.2)
    assert Example.from_dict(config.to_dict()) == config
    assert config.changed() == {"seed": 4, "epochs": 2, "dropout": 0.1 + 0.2}
    with pytest.raises(Problem) as caught:
        Example.from_dict({"dropuot": 1})
    assert str(caught.value) == "There is no setting called dropuot. Nearest: dropout."


def test_conversion_from_text():
    config = Example.from_text(
        {"epochs": "4", "dropout": "1e-2", "loss": "logistic", "layers": "8"}
    )
    assert config == Example(epochs=4, dropout=0.01, loss="logistic", layers=8)
    for wrong in ({"epochs": "four"}, {"epochs": "2.5"}, {"dropout": ""}, {"dropout": "nan"}):
        with pytest.raises(Problem) as caught:
            Example.from_text(wrong)
        assert caught.value.key == "setting.type"
