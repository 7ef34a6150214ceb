"""The failure lab: what counts as a failure, and that one set-up keeps its promise."""

from dataclasses import replace

import pytest

from core.digits.failures import FAILURES, OUTCOMES, Facts, facts_of, outcome_of
from core.digits.model import build
from core.digits.points import Found, parse
from core.digits.train import GanTask


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (Facts(Found(8, 8, 0.9), 0.9, 0.1, 0.001), "covers"),
        (Facts(Found(0, 8, 0.0), 1.0, 0.0, 0.001), "stuck"),
        (Facts(Found(2, 8, 0.3), 0.95, 0.05, 20.0), "overruled"),
        (Facts(Found(1, 8, 0.5), 0.5, 0.5, 0.1), "collapses"),
        (Facts(Found(2, 8, 0.5), 0.7, 0.2, 0.1), None),
        (Facts(Found(5, 8, 0.5), 0.5, 0.5, 0.1), None),
    ],
)
def test_facts_amount_to_an_outcome(facts, outcome):
    assert outcome_of(facts) == outcome


def test_every_set_up_promises_something_and_can_be_mended_in_play():
    assert {failure.outcome for failure in FAILURES.values()} == set(OUTCOMES[1:])
    for name, failure in FAILURES.items():
        assert failure.name == name
        mended = replace(failure.config, **failure.mend)  # within bounds
        # What a running game cannot change.
        for setting in ("latent_size", "batch_size", "width", "shape", "drawn", "steps"):
            assert getattr(mended, setting) == getattr(failure.config, setting)
        if failure.config.shape == "drawn":
            assert len(parse(failure.config.drawn)) == 4


def test_the_vanishing_slope_fails_as_promised_and_its_mend_works():
    failure = FAILURES["vanishing"]
    config = replace(failure.config, seed=1)
    task = GanTask(build(config), None, config)

    def after(steps, config):
        task.config = config
        for _ in range(steps):
            task.optimise()
        _, preview = task.preview()
        return facts_of(config, preview, task.metrics(0.0))

    assert failure.has_failed(after(failure.steps, config))
    assert failure.mended(after(failure.mend_steps, replace(config, **failure.mend)))
