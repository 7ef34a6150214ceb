"""Training in the CartPole tab: plain values in and out, no server."""

import asyncio
import base64
from dataclasses import fields
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch

from core.cartpole.config import BestConfig, QConfig
from core.cartpole.model import build
from core.cartpole.policy import Policy
from core.cartpole.rollout import play_episode
from core.cartpole.train import DQNTask, Gym
from core.errors import Problem
from core.execution.runner import Runner
from core.training.loop import run
from pages.app.lab import Lab
from pages.app.networks import MINE
from pages.app.request import Request
from pages.cartpole import experiment_report, trainer, variants
from pages.cartpole.experiment import FACTORS, OWNER, Experiment, owner
from pages.cartpole.shared import SHIPPED
from pages.training import handlers, setting
from tests.waiting import until

VISITOR, STRANGER = "v" * 32, "s" * 32


@pytest.fixture(scope="module")
def lab():
    with Runner(slots=2) as runner:
        runner.warm()
        yield Lab(torch.device("cpu"), runner)


def numbers_of(packed: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed), "<f4")


def last_of(stream):
    async def follow():
        return [shown async for shown in stream][-1]

    return asyncio.run(follow())


def request(lab: Lab, visitor: str = VISITOR, language: str = "en") -> Request:
    return Request(lab, visitor, language)


def done(experiment: Experiment, curves: dict) -> Experiment:
    """An experiment whose runs have returned so: by variant, one list of returns for each seed."""
    for trial in experiment.trials:
        returns = np.array(curves[trial.variant][trial.config.seed], float)
        trial.returns, trial.ends = returns, np.cumsum(returns)
        trial.reached, trial.over, trial.seconds = experiment.steps, True, 10.0
    experiment.at = len(experiment.trials) - 1
    return experiment


def begin(asked: Request, **settings: Any) -> None:
    """Start an experiment, by default one run of plain DQN."""
    one = {"factor": "recipe", "chosen": ["cartpole"], "seeds": 1, "steps": 5_000}
    variants.start(asked, **one | settings)


def test_a_preview_is_played_mapped_told_and_drawn():
    config = BestConfig(steps=900, warm_up=300)
    model = build(config)
    *_, last = run(DQNTask(model, Gym(), config))
    assert last.preview is not None
    film, heat, story, chart = trainer.show_preview(last.preview, config, "en")
    played = play_episode(Policy.of(model))
    assert film["film"]["actions"] == "".join(map(str, played.actions))
    assert heat["map"]["signed"] and numbers_of(heat["map"]["values"]).size == 25**2
    assert f"after {len(last.preview['returns'])} episodes" in story
    assert chart["layout"]["xaxis"]["range"] == [0, 900]
    dots, mean = chart["traces"]
    assert (numbers_of(dots["y"]["bdata"]) == last.preview["returns"]).all()
    assert numbers_of(mean["y"]["bdata"])[-1] == pytest.approx(last.preview["returns"][-20:].mean())
    assert "此刻的智能体" in trainer.show_preview(last.preview, config, "zh")[2]


def test_before_anything_is_trained_the_views_are_empty():
    film, heat, story, chart = trainer.show_preview(None, None, "en")
    assert (film["film"], heat["map"], story, chart["traces"]) == ({}, {}, "", [])


def test_many_episodes_are_thinned_and_none_before_the_first_is_no_chart():
    many = np.full(5_000, 9.0)
    shown = trainer.episodes(many, np.cumsum(many), 50_000, "en")
    assert numbers_of(shown["traces"][0]["x"]["bdata"]).size <= trainer.DOTS
    assert trainer.episodes(many[:0], many[:0], 50_000, "en")["traces"] == []


def test_what_is_promised_is_held_against_what_was_obtained():
    metrics = {"episodes": 70.0, "return": 210.4, "epsilon": 0.05, "max_q": 130.0, "obtained": 80.0}
    assert "promises too much: 130, where 80" in trainer.remark(metrics, QConfig(), "en")
    assert "too much" not in trainer.remark(metrics | {"max_q": 85.0}, QConfig(), "en")
    assert "still explores" in trainer.remark(metrics | {"epsilon": 0.5}, QConfig(), "en")
    assert "promises" not in trainer.remark(metrics | {"obtained": 0.0}, QConfig(), "en")
    assert "许诺得太多" in trainer.remark(metrics, QConfig(), "zh")


def test_every_setting_of_the_agents_has_a_control_with_words(lab):
    for item in fields(QConfig):
        assert setting(lab, item).label


def test_a_visitor_trains_steers_and_keeps_an_agent(lab):
    plan = trainer.PLAN
    config = BestConfig(epsilon_end=0.2)
    visitor = request(lab)
    handlers.start(plan, visitor, recipe="cartpole-best", seconds=60, settings=config.to_dict())
    job = lab.runner.find(plan.owner(VISITOR))
    assert job and job.config == config
    with pytest.raises(Problem, match="has not ended"):
        begin(request(lab))
    until(lambda: job.previews)
    handlers.steer(plan, "epsilon_end", visitor, value=0.5)
    assert job.config.epsilon_end == 0.5
    handlers.stop(plan, visitor)
    shown = last_of(handlers.watch(plan, visitor, watched="", version=0))
    assert shown["version"] == 1
    assert lab.networks.get(MINE, plan.tab, VISITOR).card.recipe == "cartpole-best"
    assert handlers.look_back(plan, visitor, watched="", position=0)["views"][2]


def test_an_experiment_runs_its_trials_one_after_another(lab):
    experiment = lab.visitors.get(VISITOR).kept[OWNER] = Experiment(
        "target", ["copied", "off"], 1, 400
    )
    assert [trial.config.target for trial in experiment.trials] == ["copied", "off"]
    report = last_of(variants.watch(request(lab)))
    assert "All 2 runs are over" in report["status"]
    assert experiment.done == 2 and not experiment.going
    assert [trace["name"] for trace in report["chart"]["traces"]] == ["hard update", "none"]
    assert "No variant reached" in report["verdict"] and report["table"].count("1 / 1") == 2
    assert report["begin"]["interactive"] and not report["stop"]["interactive"]
    chinese = request(lab, language="zh")
    assert "全部结束" in variants.show_report(chinese)["status"]
    restored = variants.restore_settings(chinese, factor="recipe")
    assert restored["chosen"]["value"] == ["copied", "off"]
    assert (restored["factor"], restored["seeds"], restored["steps"]) == ("target", 1, 400)


def test_an_experiment_that_is_stopped_keeps_what_it_has(lab):
    begin(request(lab, STRANGER), chosen=["cartpole-best"], seeds=2, steps=50_000)
    experiment, job = (
        variants.experiment_of(request(lab, STRANGER)),
        lab.runner.find(owner(STRANGER)),
    )
    assert experiment and job
    until(lambda: job.previews)
    with pytest.raises(Problem, match="has not ended"):
        begin(request(lab, STRANGER))
    experiment.advance(lab, STRANGER)
    running = experiment_report.report_of(experiment, "en")
    assert "Run 1 of 2" in running["status"]
    assert running["chart"]["traces"][0]["line"]["dash"] == "dot"
    variants.stop(request(lab, STRANGER))
    report = last_of(variants.watch(request(lab, STRANGER)))
    assert "0 of 2" in report["status"] and report["chart"]["traces"]
    assert report["begin"]["interactive"]
    assert report["verdict"] == "", "no more runs will come"


def test_an_experiment_ends_when_another_training_takes_its_place(lab):
    experiment = lab.visitors.get(STRANGER).kept[OWNER] = Experiment(
        "recipe", ["cartpole"], 2, 50_000
    )
    experiment.advance(lab, STRANGER)
    lab.runner.forget(owner(STRANGER))
    until(lambda: not experiment.advance(lab, STRANGER))
    assert experiment.stopped and experiment.at == 0


def test_bad_requests_are_explained(lab):
    for settings, message in [
        ({"factor": "colour"}, "factor"),
        ({"chosen": []}, "at least one"),
        ({"chosen": ["autoencoder"]}, "at least one"),
        ({"seeds": 9}, "seeds"),
        ({"steps": 10**9}, "steps"),
    ]:
        with pytest.raises(Problem, match=message):
            begin(request(lab), **settings)
    with pytest.raises(Problem, match="loading"):
        begin(request(lab, ""))


@pytest.mark.parametrize("factor", FACTORS)
def test_every_variant_of_every_factor_has_a_name_and_settings(lab, factor):
    for language in ("en", "zh"):
        offered = variants.select_variants(request(lab, language=language), factor=factor)
        names = [name for name, _ in offered["choices"]]
        assert len(set(names)) == len(names) and offered["value"] == list(FACTORS[factor])
    assert len(Experiment(factor, FACTORS[factor], 2, 5_000).trials) == 2 * len(FACTORS[factor])


FAST, SLOW, NEVER = [10] * 100 + [500] * 40, [10] * 600 + [500] * 40, [10] * 500


def test_the_verdict_names_the_quickest_and_says_whether_it_is_sure():
    def verdict(*curves):
        chosen = SHIPPED[: len(curves)]
        experiment = Experiment("recipe", chosen, len(curves[0]), 30_000)
        curves_by_variant = dict(zip(chosen, curves, strict=True))
        report = experiment_report.report_of(done(experiment, curves_by_variant), "en")
        return report["chart"], report["verdict"], report["table"]

    chart, said, table = verdict([SLOW, SLOW], [FAST, FAST])
    assert "**Double DQN** learns from the fewest steps" in said and "by step 10,500" in said
    assert "Every run of the first beat" in said
    assert len(chart["traces"]) == 6  # a band of two edges and a line each
    assert "10,500 (10,500–10,500); 2 of 2" in table
    assert "overlap" in verdict([SLOW, FAST], [FAST, FAST])[1]
    assert "a single run" in verdict([SLOW], [FAST])[1]
    assert "the only one" in verdict([NEVER, NEVER], [FAST, FAST])[1]
    assert "2 of 2 runs" in verdict([FAST, FAST])[1]
    assert "No variant reached" in verdict([NEVER], [NEVER])[1]


def test_a_run_is_drawn_no_further_than_it_came():
    experiment = done(Experiment("recipe", ["cartpole"], 1, 10_000), {"cartpole": [[100] * 50]})
    experiment.trials[0].reached = 5_000
    curve = experiment.trials[0].curve(experiment.grid)
    assert np.isnan(curve[experiment.grid > 5_000]).all() and not np.isnan(curve[60])
    result = experiment.result("cartpole")
    assert result and result.finals == [100] and result.learnt == []


def test_nothing_is_shown_before_an_experiment():
    assert experiment_report.report_of(None, "en")["chart"] == {"traces": [], "layout": {}}
    assert experiment_report.report_of(None, "zh")["begin"] == gr.update(interactive=True)
