"""A setting is checked where it is made, and a refusal says what would be right."""

import math
from dataclasses import FrozenInstanceError, dataclass

import pytest

from core.errors import Problem
from core.training.config import Config, nearest, setting


@dataclass(frozen=True)
class Cake(Config):
    eggs: int = setting(3, 1, 12)
    sugar: float = setting(0.5, 0.0, 1.0)
    glaze: str = setting("lemon", choices=("lemon", "chocolate"))
    layers: int = setting(2, choices=(2, 4, 8))


def refusal(**values: object) -> Problem:
    with pytest.raises(Problem) as caught:
        Cake(**values)  # type: ignore[arg-type]
    return caught.value


def test_defaults_and_bounds():
    assert Cake() == Cake(seed=0, eggs=3, sugar=0.5, glaze="lemon", layers=2)
    assert Cake(eggs=1, sugar=1.0) == Cake(eggs=1, sugar=1)
    with pytest.raises(FrozenInstanceError):
        Cake().eggs = 4  # type: ignore[misc]


def test_numbers_become_what_the_field_holds():
    cake = Cake(eggs=4.0, sugar=1)  # type: ignore[arg-type]
    assert (cake.eggs, type(cake.eggs)) == (4, int)
    assert (cake.sugar, type(cake.sugar)) == (1.0, float)


def test_a_field_left_empty():
    assert refusal(eggs=None).key == "setting.empty"


@pytest.mark.parametrize("value", [True, "3", 2.5, math.nan, math.inf, 10**400, [3]])
def test_what_is_no_whole_number(value: object):
    problem = refusal(eggs=value)
    assert problem.key == "setting.type"
    assert len(str(problem)) < 200


@pytest.mark.parametrize("value", [-0.1, 1.1, 1e300])
def test_out_of_range(value: float):
    problem = refusal(sugar=value)
    assert problem.key == "setting.range"
    assert str(problem) == f"sugar must lie between 0.0 and 1.0, not {value}."


def test_the_nearest_choice():
    assert refusal(glaze="choclate").values["nearest"] == "chocolate"
    assert refusal(layers=5).values["nearest"] == 4
    assert refusal(glaze=7).key == "setting.type"
    assert nearest("x" * 10_000, ["lemon", "chocolate"]) in ("lemon", "chocolate")


def test_dictionaries():
    cake = Cake(seed=4, eggs=2, sugar=0.1 + 0.2)
    assert Cake.from_dict(cake.to_dict()) == cake
    assert cake.changed() == {"seed": 4, "eggs": 2, "sugar": 0.1 + 0.2}
    with pytest.raises(Problem) as caught:
        Cake.from_dict({"suger": 1})
    assert str(caught.value) == "There is no setting called suger. Nearest: sugar."


def test_what_was_typed():
    cake = Cake.from_text({"eggs": "4", "sugar": "1e-2", "glaze": "chocolate", "layers": "8"})
    assert cake == Cake(eggs=4, sugar=0.01, glaze="chocolate", layers=8)
    for wrong in ({"eggs": "four"}, {"eggs": "2.5"}, {"sugar": ""}, {"sugar": "nan"}):
        with pytest.raises(Problem) as caught:
            Cake.from_text(wrong)
        assert caught.value.key == "setting.type"
