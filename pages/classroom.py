"""The page of whoever leads the class: what trains and waits, Stop for each, open or closed.

It is part of the one page, and comes into sight for those whose address has the key of the server.
"""

import hashlib
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

import gradio as gr

from core.errors import Problem
from core.job import Job
from pages.app.lab import Lab
from pages.app.visitors import alias
from pages.text import strings, text
from pages.training.report import duration, queued
from pages.widgets.roster import roster

PAUSE = 2.0  # seconds between two looks


@dataclass
class Desk:
    """What only a teacher sees, and how the page knows one: `teaching` lives on the server."""

    lab: Lab
    key: str
    teaching: gr.State
    sight: gr.Column
    clock: gr.Timer
    opened: gr.Checkbox

    @property
    def outputs(self) -> list[Any]:
        return [self.teaching, self.sight, self.clock, self.opened]

    def admit(self, given: str | None) -> list[Any]:
        """An update for each of `outputs`. Raises `Problem` ("class.key") for a wrong key."""
        if given is None:
            return [gr.skip()] * 4
        if not self.key or not compare_digest(given.encode(), self.key.encode()):
            raise Problem("class.key")
        seen = [gr.update(visible=True), gr.update(active=True)]
        return [True, *seen, gr.update(value=self.lab.runner.open)]


def build(lab: Lab, key: str) -> Desk:
    """The list of trainings over the switch for all."""
    teaching = gr.State(False)
    clock = gr.Timer(PAUSE, active=False)
    with gr.Column(visible=False, elem_classes="desk") as sight:
        lab.say(gr.Markdown(elem_classes="subtitle"), value="classroom.title")
        trainings = lab.say(roster(), words="classroom.words")
        opened = lab.say(
            gr.Checkbox(True, interactive=True), label="classroom.open", info="classroom.open_info"
        )
    lab.on(clock.tick, look, [teaching], [trainings], trigger_mode="once")
    lab.on(trainings.ended, end, [teaching], [trainings], data=["name"])  # type: ignore[attr-defined]
    lab.on(opened.input, set_open, [teaching, opened], [])
    return Desk(lab, key, teaching, sight, clock, opened)


def look(lab: Lab, teaching: bool, visitor: str, language: str) -> dict[str, Any]:
    """What runs and what waits, as it is now."""
    only_teachers(teaching)
    jobs = lab.runner.unfinished()
    return {"rows": [row(job, language) for job in jobs]}


def end(lab: Lab, name: str, teaching: bool, visitor: str, language: str) -> dict[str, Any]:
    """Stop one of them; what it has learnt stays its visitor's."""
    only_teachers(teaching)
    for job in lab.runner.unfinished():
        if name_of(job) == name:
            job.dismissed = True
            job.stop()
    return look(lab, teaching, visitor, language)


def set_open(lab: Lab, teaching: bool, opened: bool, visitor: str, language: str) -> None:
    """Let trainings begin, or not; those that run go on, those that wait keep their places."""
    only_teachers(teaching)
    lab.runner.open = bool(opened)
    lab.runner.ring()  # for those that wait


def only_teachers(teaching: bool) -> None:
    """Raise `Problem` ("class.key") for anybody else."""
    if teaching is not True:
        raise Problem("class.key")


def name_of(job: Job) -> str:
    """A training's name in the list, which says nothing that would let one act for its visitor."""
    return hashlib.sha256(str(job.folder).encode()).hexdigest()[:16]


def row(job: Job, language: str) -> dict[str, Any]:
    """A training: whose it is, of what, and how far it is."""
    whose, _, token = job.owner.partition(" ")
    tab = whose.split("-")[0]
    network = strings(language).get(f"{tab}.network.{job.recipe.name}", job.recipe.name)
    visitor = text("classroom.visitor", language, name=alias(token))
    title = f"{visitor} · {text(f'{tab}.name', language)} · {network}"
    if not job.total:  # it has not told how long it is
        waits = job.status == "waiting"
        note = queued(job, language) if waits else text("training.status_starting", language)
        return {"name": name_of(job), "title": title, "note": note, "share": 0.0}
    note = text(
        "classroom.running", language, step=f"{job.step:,}", total=f"{job.total:,}",
        remaining=duration(job.remaining, language),
    )  # fmt: skip
    share = job.step / job.total
    return {"name": name_of(job), "title": title, "note": note, "share": share}
