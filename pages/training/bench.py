"""What a failure lab breaks, and what it shows of the broken training beside the healthy one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import gradio as gr

from core.errors import Problem
from core.execution.job import Job
from core.training.config import Config
from pages.app.lab import Lab
from pages.text import explain, strings, text
from pages.training.report import bar, duration, queued
from pages.widgets import pack

BROKEN, WELL, LIMIT = 1, 0, 4  # colours
OUTPUTS = 7

Events = Sequence[Mapping[str, float]]


class Failure(Protocol):
    """A set-up that fails as promised."""

    @property
    def config(self) -> Config: ...


@dataclass(frozen=True)
class Bench:
    """What a tab breaks, and how it tells.

    prefix: of the strings that are the tab's own. figures: the two that are drawn over the steps,
    and what bounds each, of a setting, if anything does. judge: of the figures of a training's
    events, oldest first, which of `outcomes` they amount to, and what fills the sentence of facts.
    sealed: outcomes that nothing later can undo. alongside: the tab's other trainings, one of which
    must not run at the same time.
    """

    tab: str
    prefix: str
    recipe: str
    failures: Mapping[str, Failure]
    healthy: Config
    outcomes: Sequence[str]
    figures: Mapping[str, Callable[[Any], float] | None]
    judge: Callable[[Any, Events], tuple[str, Mapping[str, str]]]
    sealed: Sequence[str] = ()
    alongside: Sequence[str] = ()

    def owner(self, which: str, visitor: str) -> str:
        """Whose training it is: a visitor has a broken one and a healthy one."""
        return f"{self.tab}-{which} {visitor}"

    def find(self, name: Any) -> Failure:
        """A failure by its name. Raises `Problem` for one that there is not."""
        if name not in self.failures:
            names = list(self.failures)
            given = {"choices": ", ".join(names), "value": str(name)[:80], "nearest": names[0]}
            raise Problem("setting.choice", name="failure", **given)
        return self.failures[name]

    def story(self, name: str, language: str) -> str:
        """What is set up, with the settings that do it."""
        made, well = self.find(name).config.to_dict(), self.healthy.to_dict()
        known = strings(language)
        lines = [text(f"{self.prefix}.{name}.story", language), ""]
        for key, value in made.items():
            if value != well[key]:
                said, usual = (
                    known.get(f"training.choice.{key}.{each}", str(each))
                    for each in (value, well[key])
                )
                label = text(f"training.setting.{key}", language)
                lines.append(text("failures.item", language, name=label, value=said, usual=usual))
        return "\n".join(lines)

    def jobs(self, lab: Lab, visitor: str) -> Sequence[Job | None]:
        """The visitor's broken training and the healthy one."""
        return [lab.runner.find(self.owner(which, visitor)) for which in ("broken", "healthy")]

    def shown(
        self, lab: Lab, name: str, prediction: str | None, visitor: str, language: str
    ) -> Sequence[Any]:
        """All that changes while they train; what helps is told once the end has been seen."""
        broken, well = self.jobs(lab, visitor)
        over = broken is not None and broken.ended
        going = any(job is not None and not job.ended for job in (broken, well))
        return [
            status(broken, well, language),
            *(self.curves(broken, well, name, figure, language) for figure in self.figures),
            self.verdict(broken, prediction, language),
            text(f"{self.prefix}.{name}.why", language) if over else "",
            gr.update(interactive=not going and prediction is not None),
            gr.update(interactive=going),
        ]

    def curves(
        self, broken: Job | None, well: Job | None, name: str, figure: str, language: str
    ) -> dict[str, Any]:
        """One figure of both trainings over their steps, and the bound there may be to it."""
        traces: list[dict[str, Any]] = []
        last = 0
        for key, job, colour in (("healthy", well, WELL), ("broken", broken, BROKEN)):
            events = (
                [(s, each[figure]) for s, _, each in job.metrics if figure in each] if job else []
            )
            if job is not None and events:
                steps, values = zip(*events, strict=True)
                last = max(last, job.total)
                traces.append(trace(text(f"failures.{key}", language), steps, values, colour))
        bound = self.figures[figure]
        if bound and traces:
            limit = bound(self.find(name).config)
            said = text(f"{self.prefix}.limit", language, limit=f"{limit:g}")
            traces.append(trace(said, [0, last], [limit, limit], LIMIT, "dot"))
        x, y = (
            text(f"{self.prefix}.steps", language),
            text(f"{self.prefix}.axis.{figure}", language),
        )
        axes = {
            "xaxis": {"title": {"text": x}, "range": [0, last]},
            "yaxis": {"title": {"text": y}, "rangemode": "tozero"},
        }
        return {"traces": traces, "layout": axes if traces else {}}

    def verdict(self, job: Job | None, prediction: str | None, language: str) -> str:
        """What has come of the broken training, with its figures, and whether it was predicted."""
        if job is None:
            return ""
        cut = text(f"failures.{'late' if job.ending == 'budget' else 'early'}", language)
        if not job.metrics:  # nothing was learnt yet
            return cut if job.ended else ""
        outcome, facts = self.judge(job.config, [figures for _, _, figures in job.metrics])
        said = text(f"{self.prefix}.facts", language, step=f"{job.step:,}", **facts)
        if not job.ended:
            return said
        if job.ending != "complete" and outcome not in self.sealed:
            return f"{said}\n\n{cut}"
        right = "right" if outcome == prediction else "wrong"
        seen = text(f"{self.prefix}.seen.{outcome}", language)
        return f"{seen} {text(f'failures.{right}', language)}\n\n{said}"


def status(broken: Job | None, well: Job | None, language: str) -> str:
    """Which of the two runs, how far it is, and how long it takes; over a bar."""
    if broken is None:
        return bar(text("failures.predict_first", language))
    at = broken if not broken.ended or well is None else well
    if at.error:
        return bar(explain(at.error, language), 0.0, failed=True)
    if at.status == "waiting":
        return bar(queued(at, language))
    if at.ended:
        return bar(text("failures.over", language), 1.0)
    which = text(f"failures.{'broken' if at is broken else 'healthy'}", language)
    said = text(
        "failures.running", language, which=which, step=f"{at.step:,}",
        total=f"{at.total:,}", remaining=duration(at.remaining, language),
    )  # fmt: skip
    return bar(said, at.step / at.total if at.total else 0.0)


def trace(
    name: str, steps: Sequence[float], values: Sequence[float], colour: int, dash: str = "solid"
) -> dict[str, Any]:
    """A line as the chart takes it."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": {"dtype": "f4", "bdata": pack(steps)},
        "y": {"dtype": "f4", "bdata": pack(values)},
        "line": {"color": f"series:{colour}", "dash": dash},
    }
