"""The Digits tab's endpoints, as programs call them."""

import pytest

from core.errors import Problem
from pages.digits.api import Verbs


@pytest.fixture
def verbs(lab):
    return Verbs(lab)


def test_every_verb_answers(verbs):
    made = verbs.generate(3, 2, 1)
    first, second = made["latents"]
    assert len(made["pixels"]) == 2 and len(first) == 64
    assert verbs.generate_from(first, 3) == pytest.approx(made["pixels"][0], abs=1e-4)
    said = verbs.discriminate(made["pixels"][0], 3)
    assert said["digit"] == 3 and 0 <= said["opinion"] <= 1
    assert sum(verbs.classify(made["pixels"][0])["probabilities"]) == pytest.approx(1, abs=1e-4)
    path = verbs.interpolate_digits(first, second, 3, 3, 5)
    assert path[0] == pytest.approx(made["pixels"][0], abs=1e-4) and len(path) == 5
    assert len(verbs.arithmetic(first, second, first, [1, 2, 3])["pixels"]) == 784
    near = verbs.nearest_training(made["pixels"][0], 3)
    assert [n["distance"] for n in near] == sorted(n["distance"] for n in near)
    assert len(verbs.invert(made["pixels"][0], 3, steps=5)["latent"]) == 64
    assert len(verbs.digit_directions(1)) == 8


@pytest.mark.parametrize(
    ("name", "args", "said"),
    [
        ("generate", (10,), "10"),
        ("generate", (3, 10**9), "count"),
        ("generate", (3, 1, -1), "seed"),
        ("generate", (3, 1, 0, 1e9), "truncation"),
        ("generate", (3, 1, 0, 4.0, "../../etc/passwd"), "no recipe"),
        ("generate_from", ([0.0] * 63,), "64"),
        ("generate_from", ([float("nan")] * 64,), "finite"),
        ("generate_from", ([1e30] * 64,), "100"),
        ("generate_from", ("x",), "finite"),
        ("discriminate", ([2.0] * 784,), "between 0 and 1"),
        ("interpolate_digits", ([0.0] * 64, [0.0] * 64, 1, 2, 5, "sideways"), "spherical"),
        ("nearest_training", ([0.0] * 784, 0), "count"),
        ("invert", ([0.0] * 783,), "784"),
        ("digit_directions", (11,), "11"),
    ],
)
def test_bad_input_gets_one_clear_sentence(verbs, name, args, said):
    with pytest.raises(Problem) as told:
        getattr(verbs, name)(*args)
    assert said in str(told.value)
