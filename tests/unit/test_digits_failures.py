"""The failure lab: what counts as a failure, and that one set-up keeps its promise."""

from dataclasses import replace

import pytest

from core.digits.failures import FAILURES, OUTCOMES, Facts, facts_of, outcome_of
from core.digits.model import build
from core.digits.points import Coverage, parse
from core.digits.train import GanTask


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (Facts(Coverage(8, 8, 0.9), 0.9, 0.1, 0.001), "covers"),
        (Facts(Coverage(0, 8, 0.0), 1.0, 0.0, 0.001), "stuck"),
        (Facts(Coverage(2, 8, 0.3), 0.95, 0.05, 20.0), "overruled"),
        (Facts(Coverage(1, 8, 0.5), 0.5, 0.5, 0.1), "collapses"),
        (Facts(Coverage(2, 8, 0.5), 0.7, 0.2, 0.1), None),
        (Facts(Coverage(5, 8, 0.5), 0.5, 0.5, 0.1), None),
    ],
)
def test_facts_amount_to_an_outcome(facts, outcome):
    assert outcome_of(facts) == outcome


def test_every_failure_has_an_outcome_and_a_remedy_for_a_running_training():
    assert {failure.outcome for failure in FAILURES.values()} == set(OUTCOMES[1:])
    for name, failure in FAILURES.items():
        assert failure.name == name
        cured = replace(failure.config, **failure.remedy)  # within bounds
        # What a running training cannot change.
        for setting in ("latent_size", "batch_size", "width", "shape", "drawn", "steps"):
            assert getattr(cured, setting) == getattr(failure.config, setting)
        if failure.config.shape == "drawn":
            assert len(parse(failure.config.drawn)) == 4


def test_the_vanishing_gradient_fails_and_its_remedy_works():
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
    assert failure.cured(after(failure.remedy_steps, replace(config, **failure.remedy)))
