"""What a failure lab breaks, and what it shows of the broken training beside the healthy one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import gradio as gr

from core.errors import Problem
from core.execution.job import Job
from core.training.config import Config
from pages.app.lab import Lab
from pages.app.request import Request
from pages.text import explain, strings, text
from pages.training.report import EMPTY_CHART, bar, duration, line, queued

HEALTHY, BROKEN, LIMIT = 0, 1, 4  # colours

Events = Sequence[Mapping[str, float]]  # the metrics of each event, oldest first


class Failure(Protocol):
    """A configuration whose training fails."""

    @property
    def config(self) -> Config: ...


@dataclass(frozen=True)
class FailureLab:
    """The failures of one tab.

    prefix: of the keys of the tab's own strings. figures: the two metrics that are drawn over the
    steps, each with its bound as a function of the settings, if there is one. judge: the outcome of
    a training by its settings and events, and the values of the sentence `facts`. sealed: outcomes
    that later steps cannot undo. alongside: other trainings of the tab, which must not run at the
    same time.
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
        """Whose training it is: a visitor has a "broken" and a "healthy" one."""
        return f"{self.tab}-{which} {visitor}"

    def find(self, name: Any) -> Failure:
        """A failure by its name. Raises `Problem` ("setting.choice") for an unknown one."""
        if name not in self.failures:
            raise unknown_choice("failure", name, list(self.failures))
        return self.failures[name]

    def story(self, name: str, language: str) -> str:
        """What is broken, with the settings that differ from the healthy ones, in Markdown."""
        broken, healthy = self.find(name).config.to_dict(), self.healthy.to_dict()
        known = strings(language)
        lines = [text(f"{self.prefix}.{name}.story", language), ""]
        for key, value in broken.items():
            if value != healthy[key]:
                changed, usual = (
                    known.get(f"training.choice.{key}.{each}", str(each))
                    for each in (value, healthy[key])
                )
                label = text(f"training.setting.{key}", language)
                lines.append(
                    text("failures.item", language, name=label, value=changed, usual=usual)
                )
        return "\n".join(lines)

    def jobs(self, lab: Lab, visitor: str) -> tuple[Job | None, Job | None]:
        """The visitor's broken training and the healthy one."""
        find = lab.runner.find
        return find(self.owner("broken", visitor)), find(self.owner("healthy", visitor))

    def updates(self, request: Request, name: str, prediction: str | None) -> dict[str, Any]:
        """The outputs that change during the trainings; the reason comes after the end."""
        broken, healthy = self.jobs(request.lab, request.visitor)
        over = broken is not None and broken.ended
        running = any(job is not None and not job.ended for job in (broken, healthy))
        language = request.language
        return {
            "status": status(broken, healthy, language),
            "curves": [
                self.curves(broken, healthy, name, figure, language) for figure in self.figures
            ],
            "verdict": self.verdict(broken, prediction, language),
            "reason": request.text(f"{self.prefix}.{name}.why") if over else "",
            "run": gr.update(interactive=not running and prediction is not None),
            "stop": gr.update(interactive=running),
        }

    def curves(
        self, broken: Job | None, healthy: Job | None, name: str, figure: str, language: str
    ) -> dict[str, Any]:
        """One metric of both trainings over their steps, and its bound, if there is one."""
        traces: list[dict[str, Any]] = []
        last = 0
        for key, job, colour in (("healthy", healthy, HEALTHY), ("broken", broken, BROKEN)):
            metrics = job.metrics if job else []
            points = [(step, each[figure]) for step, _, each in metrics if figure in each]
            if job and points:
                last = max(last, job.total)
                label = text(f"failures.{key}", language)
                traces.append(line(label, *zip(*points, strict=True), colour=colour))
        if not traces:
            return EMPTY_CHART
        if bound := self.figures[figure]:
            limit = bound(self.find(name).config)
            label = text(f"{self.prefix}.limit", language, limit=f"{limit:g}")
            traces.append(line(label, [0, last], [limit, limit], LIMIT, "dot"))
        x = text(f"{self.prefix}.steps", language)
        y = text(f"{self.prefix}.axis.{figure}", language)
        layout = {
            "xaxis": {"title": {"text": x}, "range": [0, last]},
            "yaxis": {"title": {"text": y}, "rangemode": "tozero"},
        }
        return {"traces": traces, "layout": layout}

    def verdict(self, job: Job | None, prediction: str | None, language: str) -> str:
        """The outcome of the broken training, with its facts, and whether it was predicted."""
        if job is None:
            return ""
        unfinished = text(f"failures.{'late' if job.ending == 'budget' else 'early'}", language)
        if not job.metrics:  # before the first event
            return unfinished if job.ended else ""
        outcome, values = self.judge(job.config, [metrics for _, _, metrics in job.metrics])
        facts = text(f"{self.prefix}.facts", language, step=f"{job.step:,}", **values)
        if not job.ended:
            return facts
        if job.ending != "complete" and outcome not in self.sealed:
            return f"{facts}\n\n{unfinished}"
        seen = text(f"{self.prefix}.seen.{outcome}", language)
        right = text(f"failures.{'right' if outcome == prediction else 'wrong'}", language)
        return f"{seen} {right}\n\n{facts}"


def unknown_choice(setting: str, value: Any, choices: Sequence[str]) -> Problem:
    """The problem of a value that is none of these choices."""
    names = ", ".join(choices)
    return Problem(
        "setting.choice", name=setting, choices=names, value=str(value)[:80], nearest=choices[0]
    )


def status(broken: Job | None, healthy: Job | None, language: str) -> str:
    """Which of the two trainings runs, its step and the time left, over a bar."""
    if broken is None:
        return bar(text("failures.predict_first", language))
    job = broken if not broken.ended or healthy is None else healthy
    if job.error:
        return bar(explain(job.error, language), 0.0, failed=True)
    if job.status == "waiting":
        return bar(queued(job, language))
    if job.ended:
        return bar(text("failures.over", language), 1.0)
    which = text(f"failures.{'broken' if job is broken else 'healthy'}", language)
    sentence = text(
        "failures.running", language, which=which, step=f"{job.step:,}",
        total=f"{job.total:,}", remaining=duration(job.remaining, language),
    )  # fmt: skip
    return bar(sentence, job.step / job.total if job.total else 0.0)
