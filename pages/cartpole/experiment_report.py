"""The report of an experiment: status, mean curves with bands, a verdict and a table."""

import math
from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from pages.cartpole.experiment import FACTORS, Experiment, Result
from pages.cartpole.shared import check_choice, network_name
from pages.cartpole.trainer import axes, points
from pages.text import explain, text
from pages.training.report import bar, duration, queued

SYMBOLS = {"n_step": "n", "gamma": "γ", "learning_rate": "α", "width": "W"}
Known = dict[Any, Result]  # by variant, where a run has finished


def options(factor: str, language: str) -> list[tuple[str, Any]]:
    return [(name_of(factor, variant, language), variant) for variant in variants_of(factor)]


def variants_of(factor: str) -> Sequence[Any]:
    """The variants of a factor. Raises `Problem` ("setting.choice")."""
    return FACTORS[check_choice("factor", factor, list(FACTORS))]


def name_of(factor: str, variant: Any, language: str) -> str:
    """The display name of a variant."""
    if factor == "recipe":
        return network_name(variant, language)
    if factor in SYMBOLS:
        return f"{SYMBOLS[factor]} = {variant:g}"
    return text(f"training.choice.{factor}.{variant}", language)


def report_of(experiment: Experiment | None, language: str) -> dict[str, Any]:
    """All outputs that change: status, chart, verdict, table, and the two buttons."""
    going = experiment is not None and experiment.going
    buttons = {"begin": gr.update(interactive=not going), "stop": gr.update(interactive=going)}
    if experiment is None:
        none = bar(text("cartpole_train.variants.none", language))
        empty = {"traces": [], "layout": {}}
        return {"status": none, "chart": empty, "verdict": "", "table": "", **buttons}
    results = {variant: experiment.result(variant) for variant in experiment.variants}
    known = {variant: result for variant, result in results.items() if result is not None}
    return {
        "status": status(experiment, language),
        "chart": returns_chart(experiment, known, language),
        "verdict": verdict(experiment, known, language),
        "table": table(experiment, known, language),
        **buttons,
    }


def status(experiment: Experiment, language: str) -> str:
    """The state of an experiment as a sentence with a progress bar."""
    count, job = len(experiment.trials), experiment.job
    problems = [explain(each.error, language) for each in experiment.trials if each.error]
    if not experiment.going or job is None:
        kind = "stopped" if experiment.stopped else "finished"
        elapsed = duration(sum(trial.seconds for trial in experiment.trials), language)
        values = {"done": experiment.done, "count": count, "elapsed": elapsed}
        sentence = text(f"cartpole_train.variants.{kind}", language, **values)
        return bar(" ".join([sentence, *problems[:1]]), experiment.done / count)
    # Without other visitors, the next run starts at once.
    if job.status == "waiting" and (job.expected_wait is None or job.expected_wait > 1):
        return bar(queued(job, language))
    trial = experiment.trials[experiment.at]
    sentence = text(
        "cartpole_train.variants.running",
        language,
        number=experiment.at + 1,
        count=count,
        name=name_of(experiment.factor, trial.variant, language),
        seed=trial.config.seed,
        step=f"{job.step:,}",
        total=f"{experiment.steps:,}",
        remaining=duration(experiment.remaining, language),
    )
    share = (experiment.at + job.step / experiment.steps) / count
    return bar(" ".join([sentence, *problems[:1]]), share)


def returns_chart(experiment: Experiment, known: Known, language: str) -> dict[str, Any]:
    """Mean and range over seeds, a colour for each variant; the current run is a thin line."""
    traces: list[dict[str, Any]] = []
    for variant, result in known.items():
        colour = f"series:{variants_of(experiment.factor).index(variant)}"
        there = ~np.isnan(result.mean)
        steps = experiment.grid[there]
        if result.runs > 1:
            edge = {"line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
            traces.append(line(steps, result.high[there]) | edge)
            fill = {"fill": "tonexty", "fillcolor": f"{colour}@0.16"}
            traces.append(line(steps, result.low[there]) | edge | fill)
        name = name_of(experiment.factor, variant, language)
        style = {"name": name, "line": {"color": colour, "width": 3}}
        traces.append(line(steps, result.mean[there]) | style)
    trial = experiment.unfinished()
    if trial is not None:
        curve = trial.curve(experiment.grid)
        there = ~np.isnan(curve)
        colour = f"series:{variants_of(experiment.factor).index(trial.variant)}"
        name = name_of(experiment.factor, trial.variant, language)
        style = {"name": name, "line": {"color": colour, "width": 1.2, "dash": "dot"}}
        shown = {"showlegend": trial.variant not in known}
        traces.append(line(experiment.grid[there], curve[there]) | style | shown)
    legend = {"legend": {"traceorder": "normal"}}
    return {"traces": traces, "layout": axes(experiment.steps, language) | legend}


def line(x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """A line trace through these points."""
    return {"type": "scatter", "mode": "lines", **points(x, y)}


def verdict(experiment: Experiment, known: Known, language: str) -> str:
    """Which variant learns in the fewest steps, and whether the runs suffice to say so."""
    if not known:
        return "" if experiment.stopped else text("cartpole_train.variants.later", language)

    def name(variant: Any) -> str:
        return name_of(experiment.factor, variant, language)

    ranked = sorted(known, key=lambda variant: known[variant].median)
    best = known[ranked[0]]
    if math.isinf(best.median):
        top = max(known, key=lambda variant: np.mean(known[variant].finals))
        final = f"{np.mean(known[top].finals):.0f}"
        values = {"steps": f"{experiment.steps:,}", "best": name(top), "final": final}
        return text("cartpole_train.variants.unlearnt", language, **values)
    values = {"best": name(ranked[0]), "steps": f"{best.median:,.0f}"}
    if len(ranked) == 1:
        values |= {"learnt": len(best.learnt), "runs": best.runs}
        return text("cartpole_train.variants.alone", language, **values)
    second = known[ranked[1]]
    if math.isinf(second.median):
        found = text("cartpole_train.variants.only", language, **values)
    else:
        values |= {"second": name(ranked[1]), "later": f"{second.median:,.0f}"}
        found = text("cartpole_train.variants.ahead", language, **values)
    runs = min(best.runs, second.runs)
    apart = len(best.learnt) == best.runs and best.learnt[-1] < (second.learnt or [math.inf])[0]
    sure = "single" if runs == 1 else "apart" if apart else "overlap"
    return f"{found} {text(f'cartpole_train.variants.{sure}', language)}"


def table(experiment: Experiment, known: Known, language: str) -> str:
    """Each variant's runs, steps until learnt and last returns, in Markdown."""
    if not known:
        return ""
    columns = ("variant", "runs", "learnt", "final")
    head = [text(f"cartpole_train.variants.column.{column}", language) for column in columns]
    rows = [head, ["---", "---:", "---:", "---:"]]
    for variant, result in known.items():
        learnt = "–"
        if result.learnt:
            share = {"learnt": len(result.learnt), "runs": result.runs}
            steps = spread(result.learnt, float(np.median(result.learnt)))
            learnt = f"{steps}; {text('cartpole_train.variants.share', language, **share)}"
        final = spread(result.finals, float(np.mean(result.finals)))
        name = name_of(experiment.factor, variant, language)
        rows.append([name, f"{result.runs} / {experiment.seeds}", learnt, final])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def spread(values: Sequence[float], middle: float) -> str:
    """A central value, with the range where there are several values."""
    if len(values) == 1:
        return f"{middle:,.0f}"
    return f"{middle:,.0f} ({min(values):,.0f}–{max(values):,.0f})"
