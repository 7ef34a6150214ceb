"""Training a Transformer from the page, and on a visitor's own sentences, without a server."""

import numpy as np
import pytest

from core.errors import Problem
from core.recipes import find
from core.translation.config import PhrasesConfig
from core.translation.failures import FAILURES, HEALTHY, Facts, facts_of, outcome_of
from pages.app.request import Request
from pages.training import failures
from pages.translation import trainer
from pages.translation.failures import FAILURE_LAB
from tests.waiting import until

VISITOR = "a-visitor-who-trains-words"
PAIRS = "\n".join(f"the number {n} is here\tle nombre {n} est ici" for n in range(40))


def test_a_preview_is_five_sentences_and_their_attention():
    preview = {
        "source": np.array([["▁a", "▁cat", "</s>"], ["▁<b>", "</s>", ""]]),
        "target": np.array([["▁un", "▁chat", "</s>"], ["▁|x", "</s>", ""]]),
        "attention": np.full((2, 1, 2, 3, 3), 1 / 3, np.float16),
    }
    table, view = trainer.show_preview(preview, None, "en")
    assert "| 1 | a cat | un chat |" in table and "\\<b\\>" in table and "\\|x" in table
    assert [grid["shape"] for grid in view["grids"]] == [[3, 3], [2, 2]]
    assert trainer.show_preview(None, None, "en") == ("", {})


def test_every_offered_setting_is_one(lab):
    for name, settings in trainer.make_plan().settings.items():
        config = find(name).Config()
        assert all(hasattr(config, setting) for setting in settings)


def test_own_sentences_are_checked_line_by_line(lab, tmp_path):
    request = Request(lab, VISITOR, "en")
    assert "36 pairs" in trainer.count_pairs(request, pairs=PAIRS)
    for wrong, line in ((PAIRS + "\nno tab", "41"), ("a\t\n" + PAIRS, "1")):
        assert f"Line {line} " in trainer.count_pairs(request, pairs=wrong)
        with pytest.raises(Problem, match=f"Line {line} "):
            trainer.train_own(request, pairs=wrong, seconds=60)
    assert "At least 20" in trainer.count_pairs(request, pairs="a\tb")
    path = tmp_path / "own.tsv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Problem):
        trainer.read_file(request, path=str(path))
    path.write_text(PAIRS)
    assert trainer.read_file(request, path=str(path))["pairs"] == PAIRS


def test_own_sentences_are_learnt_and_nobody_elses(lab):
    request = Request(lab, VISITOR, "en")
    with pytest.raises(Problem):
        trainer.train_own(Request(lab, "", "en"), pairs=PAIRS, seconds=60)
    trainer.train_own(request, pairs=PAIRS, seconds=60)
    job = lab.runner.find(trainer.make_plan().owner(VISITOR))
    until(lambda: len(job.metrics) >= 3 or job.ended)
    assert len(job.metrics) >= 3 and job.error is None
    assert job.previews[-1][1]["source"].shape[0] == 4, "all that is held out"
    with pytest.raises(Problem, match="has not ended"):
        trainer.train_own(request, pairs=PAIRS, seconds=60)
    job.stop()
    _, card = job.load(lab.device)
    assert card.data == "own" and card.recipe == "translation-toy"


def test_what_stands_beside_the_bar():
    said = trainer.remark(
        {"bleu": 41.2, "exact_match": 0.5, "validation_loss": 1.0}, PhrasesConfig(), "en"
    )
    assert "50%" in said and "BLEU 41" in said


def test_each_failure_takes_something_out(lab):
    for name, failure in FAILURES.items():
        story = failures.choose(FAILURE_LAB, Request(lab, VISITOR, "zh"), name=name)["story"]
        assert 1 <= story.count("\n- ") <= 2 and "optimiser" not in story
        assert failure.outcome in FAILURE_LAB.outcomes and failure.config.seed == HEALTHY.seed
    with pytest.raises(Problem):
        failures.run(
            FAILURE_LAB, Request(lab, VISITOR, "en"), name="no_mask", prediction="runs_away"
        )  # another tab's


def test_what_is_broken_is_judged_at_its_end(lab):
    failures.run(FAILURE_LAB, Request(lab, VISITOR, "en"), name="no_mask", prediction="cheats")
    broken, well = FAILURE_LAB.jobs(lab, VISITOR)
    assert broken and well
    until(lambda: len(broken.metrics) >= 2)
    assert broken.config == FAILURES["no_mask"].config and well.config == HEALTHY
    failures.stop(FAILURE_LAB, Request(lab, VISITOR, "en"))
    shown = FAILURE_LAB.updates(Request(lab, VISITOR, "en"), "no_mask", "cheats")
    said = shown["verdict"]
    assert "stopped" in said and "causal" not in said and "mask" in shown["reason"]
    broken.ending = "complete"
    last = {"validation_loss": 0.2, "exact_match": 0.0, "chrf": 1.0}
    broken.metrics.append((760, 1.0, {**broken.metrics[-1][2], **last}))
    assert "You predicted it" in FAILURE_LAB.verdict(broken, "cheats", "en")
    assert "otherwise" in FAILURE_LAB.verdict(broken, "learns", "en")
    shown = FAILURE_LAB.updates(Request(lab, VISITOR, "en"), "no_mask", "cheats")
    losses, exact = shown["curves"]
    assert len(losses["traces"]) == len(exact["traces"]) == 1  # the healthy one never began


def test_outcomes_of_a_transformer():
    assert outcome_of(Facts(exact=0.9, chrf=99, loss=0.2)) == "learns"
    assert outcome_of(Facts(exact=0.5, chrf=90, loss=0.3)) == "errs"
    assert outcome_of(Facts(exact=0.0, chrf=2, loss=0.1)) == "cheats"
    assert outcome_of(Facts(exact=0.0, chrf=8, loss=3.6)) == "stuck"
    events = [{"exact_match": 0.9, "chrf": 9, "validation_loss": 1}] * 2
    assert facts_of(events) == Facts(0.9, 9, 1)
