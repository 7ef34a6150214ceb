"""Whose training the panel shows: the visitor's own, or one that a link lets everyone watch."""

import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import gradio as gr

from core.errors import Problem
from core.execution.job import Job
from pages.app.lab import Lab
from pages.app.request import Request
from pages.text import explain, text
from pages.training.plan import Plan
from pages.training.report import bar, blank, frame


def show_to_class(plan: Plan, request: Request) -> dict[str, Any]:
    """A link with which everyone can watch this visitor's trainings in the tab; or no longer."""
    lab, owner = request.lab, plan.owner(request.visitor)
    lab.visitors.require(request.visitor)
    if codes := [code for code, shown in lab.shared_trainings.items() if shown == owner]:
        for code in codes:
            del lab.shared_trainings[code]
        gr.Info(request.text("classroom.hidden"))
        return gr.update(value="", visible=False)
    if lab.runner.find(owner) is None:
        raise Problem("training.none")
    lab.shared_trainings[secrets.token_urlsafe(8)] = owner
    return shown_link(plan, request)


def shown_link(plan: Plan, request: Request) -> dict[str, Any]:
    """The link with which this visitor's trainings are watched, if they are shared."""
    owner, shared = plan.owner(request.visitor), request.lab.shared_trainings
    code = next((code for code, shown in shared.items() if shown == owner), None)
    if code is None:
        return gr.update(value="", visible=False)
    query = urlencode({"tab": plan.tab, "at": "train", "watch": code, "lang": request.language})
    return gr.update(value=f"?{query}", visible=True)


def shown_by(plan: Plan, lab: Lab, watched: str) -> str:
    """Whose training a link lets everyone watch; "" where it shows none, or none any more."""
    owner = lab.shared_trainings.get(watched, "")
    return owner if owner.startswith(plan.owner("")) else ""


def job_of(plan: Plan, lab: Lab, watched: str, visitor: str) -> Job | None:
    """The training that a link lets the visitor watch, or else their own."""
    return lab.runner.find(shown_by(plan, lab, watched) or plan.owner(visitor))


def idle(plan: Plan, lab: Lab, watched: str, visitor: str, language: str) -> Sequence[Any]:
    """The panel where there is no training; a link may show nothing, for now or any more."""
    status, train, *rest = blank(plan, lab, visitor, language)
    if shown_by(plan, lab, watched):
        status = bar(" ".join(text(f"training.{key}", language) for key in ("watched", "none_yet")))
        train = gr.update(interactive=False)
    elif watched:
        status = bar(explain(Problem("training.unshown"), language), failed=True)
    return [status, train, *rest]


def at_present(
    plan: Plan, lab: Lab, job: Job | None, watched: str, visitor: str, language: str, **more: Any
) -> Sequence[Any]:
    """The panel as it stands, with a training or without."""
    if job is None:
        return idle(plan, lab, watched, visitor, language)
    code = watched if shown_by(plan, lab, watched) else ""
    return frame(plan, lab, job, visitor, language, watched=code, **more)
