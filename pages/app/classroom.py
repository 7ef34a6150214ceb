"""The teacher's page: all running and waiting trainings, Stop for each, training open or closed.

It is part of the one page, and visible to those whose address has the teacher key of the server.
"""

import hashlib
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

import gradio as gr

from core.errors import Problem
from core.execution.job import Job
from pages.app.lab import Lab
from pages.app.visitors import alias
from pages.text import strings, text
from pages.training.report import duration, queued
from pages.widgets.roster import roster

REFRESH_SECONDS = 2.0


@dataclass
class ClassPage:
    """Components of the teacher's page. `is_teacher` is kept on the server."""

    lab: Lab
    key: str
    is_teacher: gr.State
    column: gr.Column
    timer: gr.Timer
    training_open: gr.Checkbox

    @property
    def outputs(self) -> list[Any]:
        return [self.is_teacher, self.column, self.timer, self.training_open]

    def admit(self, given: str | None) -> list[Any]:
        """An update for each of `outputs`; none without a key.

        Raises `Problem` ("class.key") for a wrong key.
        """
        if given is None:
            return [gr.skip()] * 4
        if not self.key or not compare_digest(given.encode(), self.key.encode()):
            raise Problem("class.key")
        shown = [gr.update(visible=True), gr.update(active=True)]
        return [True, *shown, gr.update(value=self.lab.runner.open)]


def build(lab: Lab, key: str) -> ClassPage:
    """The list of trainings above the switch that opens or closes training for all."""
    is_teacher = gr.State(False)
    timer = gr.Timer(REFRESH_SECONDS, active=False)
    with gr.Column(visible=False, elem_classes="class-page") as column:
        lab.say(gr.Markdown(elem_classes="subtitle"), value="classroom.title")
        trainings = lab.say(roster(), words="classroom.words")
        training_open = lab.say(
            gr.Checkbox(True, interactive=True), label="classroom.open", info="classroom.open_info"
        )
    lab.on(timer.tick, list_trainings, [is_teacher], [trainings], trigger_mode="once")
    lab.on(trainings.ended, stop, [is_teacher], [trainings], data=["name"])  # type: ignore[attr-defined]
    lab.on(training_open.input, set_open, [is_teacher, training_open], [])
    return ClassPage(lab, key, is_teacher, column, timer, training_open)


def list_trainings(lab: Lab, is_teacher: bool, visitor: str, language: str) -> dict[str, Any]:
    """All running and waiting trainings, as rows of the list."""
    require_teacher(is_teacher)
    jobs = lab.runner.unfinished()
    return {"rows": [row(job, language) for job in jobs]}


def stop(lab: Lab, name: str, is_teacher: bool, visitor: str, language: str) -> dict[str, Any]:
    """Stop a training; its visitor keeps the weights reached so far."""
    require_teacher(is_teacher)
    for job in lab.runner.unfinished():
        if public_name(job) == name:
            job.dismissed = True
            job.stop()
    return list_trainings(lab, is_teacher, visitor, language)


def set_open(lab: Lab, is_teacher: bool, training_open: bool, visitor: str, language: str) -> None:
    """Allow trainings to start, or not. Running ones go on, waiting ones keep their places."""
    require_teacher(is_teacher)
    lab.runner.open = bool(training_open)
    lab.runner.ring()  # wakes those that wait


def require_teacher(is_teacher: bool) -> None:
    """Raise `Problem` ("class.key") for anybody else."""
    if is_teacher is not True:
        raise Problem("class.key")


def public_name(job: Job) -> str:
    """The name of a training in the list: a hash that does not reveal the visitor's token."""
    return hashlib.sha256(str(job.folder).encode()).hexdigest()[:16]


def row(job: Job, language: str) -> dict[str, Any]:
    """One row of the list: visitor, tab, network, progress."""
    panel, _, token = job.owner.partition(" ")
    tab = panel.split("-")[0]
    network = strings(language).get(f"{tab}.network.{job.recipe.name}", job.recipe.name)
    visitor = text("classroom.visitor", language, name=alias(token))
    title = f"{visitor} · {text(f'{tab}.name', language)} · {network}"
    if not job.total:  # it has not started yet
        waits = job.status == "waiting"
        note = queued(job, language) if waits else text("training.status_starting", language)
        return {"name": public_name(job), "title": title, "note": note, "share": 0.0}
    note = text(
        "classroom.running", language, step=f"{job.step:,}", total=f"{job.total:,}",
        remaining=duration(job.remaining, language),
    )  # fmt: skip
    share = job.step / job.total
    return {"name": public_name(job), "title": title, "note": note, "share": share}
