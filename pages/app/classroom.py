"""The teacher's page: all running and waiting trainings, Stop for each, training open or closed.

It is part of the one page, and visible to those whose address has the teacher key of the server.
"""

import hashlib
from hmac import compare_digest
from typing import Any

import gradio as gr

from core.errors import Problem
from core.execution.job import Job
from pages.app.lab import Lab
from pages.app.request import Request
from pages.app.visitors import alias
from pages.text import strings, text
from pages.training.report import duration, queued
from pages.widgets.roster import roster

REFRESH_SECONDS = 2.0


class ClassPage:
    """The list of trainings above the switch that opens or closes training for all.

    key: of the teacher, "" without one. is_teacher: kept on the server for each page.
    """

    def __init__(self, lab: Lab, key: str):
        self.lab, self.key = lab, key
        self.is_teacher = gr.State(False)
        self.timer = gr.Timer(REFRESH_SECONDS, active=False)
        with gr.Column(visible=False, elem_classes="class-page") as self.column:
            lab.translate(gr.Markdown(elem_classes="subtitle"), value="classroom.title")
            trainings: Any = lab.translate(roster(), words="classroom.words")
            self.training_open = lab.translate(
                gr.Checkbox(True, interactive=True),
                label="classroom.open",
                info="classroom.open_info",
            )
        on, inputs = lab.events.on, {"is_teacher": self.is_teacher}
        on(self.timer.tick, list_trainings, inputs, trainings, trigger_mode="once")
        on(trainings.ended, stop, inputs, trainings, data=["name"])
        on(self.training_open.input, set_open, {**inputs, "training_open": self.training_open})

    @property
    def outputs(self) -> list[Any]:
        """The components that `admit` updates."""
        return [self.is_teacher, self.column, self.timer, self.training_open]

    def admit(self, given: str | None) -> dict[Any, Any]:
        """The updates that show the page to a teacher, by component; none without a key.

        Raises `Problem` ("class.key") for a wrong key.
        """
        if given is None:
            return {}
        if not self.key or not compare_digest(given.encode(), self.key.encode()):
            raise Problem("class.key")
        return {
            self.is_teacher: True,
            self.column: gr.update(visible=True),
            self.timer: gr.update(active=True),
            self.training_open: gr.update(value=self.lab.runner.open),
        }


def list_trainings(request: Request, *, is_teacher: bool) -> dict[str, Any]:
    """All running and waiting trainings, as rows of the list."""
    require_teacher(is_teacher)
    jobs = request.lab.runner.unfinished()
    return {"rows": [row(job, request.language) for job in jobs]}


def stop(request: Request, *, name: str, is_teacher: bool) -> dict[str, Any]:
    """Stop a training; its visitor keeps the weights reached so far."""
    require_teacher(is_teacher)
    for job in request.lab.runner.unfinished():
        if public_name(job) == name:
            job.dismissed = True
            job.stop()
    return list_trainings(request, is_teacher=is_teacher)


def set_open(request: Request, *, is_teacher: bool, training_open: bool) -> None:
    """Allow trainings to start, or not. Running ones go on, waiting ones keep their places."""
    require_teacher(is_teacher)
    runner = request.lab.runner
    runner.open = bool(training_open)
    runner.ring()  # wakes those that wait


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
    share = 0.0
    if job.total:
        share = job.step / job.total
        note = text(
            "classroom.running", language, step=f"{job.step:,}", total=f"{job.total:,}",
            remaining=duration(job.remaining, language),
        )  # fmt: skip
    elif job.status == "waiting":
        note = queued(job, language)
    else:
        note = text("training.status_starting", language)
    return {"name": public_name(job), "title": title, "note": note, "share": share}
