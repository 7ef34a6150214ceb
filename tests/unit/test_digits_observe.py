"""Observations on a GAN are computed from it, and differ between GANs."""

import numpy as np
import pytest

from core.digits.observe import observe_classes, observe_training


def history(real, fake, count=20):
    early = {"real_score": 0.5, "fake_score": 0.5}
    return [early] * count + [{"real_score": real, "fake_score": fake}] * count


def test_classes_are_counted():
    fair = observe_classes(np.arange(1_000) % 10)
    assert fair.key == "observe.classes.all" and fair.values["missing"] == ""
    assert fair.values["entropy"] == pytest.approx(np.log2(10))
    few = observe_classes(np.repeat([1, 7, 9, 1], 25))
    assert few.key == "observe.classes.collapse" and few.values["drawn"] == 3
    assert few.values["missing"] == "0, 2, 3, 4, 5, 6, 8"
    assert (few.values["most"], few.values["share"], few.values["entropy"]) == (1, 0.5, 1.5)
    assert observe_classes(np.arange(900) % 9).key == "observe.classes.some"


def test_the_end_of_a_training_tells_who_was_ahead():
    def said(*scores, loss="non-saturating"):
        return {item.key: item.values for item in observe_training(history(*scores), loss)}

    assert said(0.55, 0.45).keys() == {"observe.balance.even"}
    assert said(0.7, 0.3)["observe.balance.ahead"] == {"real": 0.7, "fake": pytest.approx(0.3)}
    assert said(0.95, 0.05).keys() == {"observe.balance.certain"}
    stuck = said(0.99, 0.01, loss="saturating")
    assert stuck["observe.vanishing"]["slope"] == pytest.approx(0.01)
    assert said(3.0, -2.0, loss="wgan-gp") == {}
    assert list(observe_training([], "saturating")) == []
