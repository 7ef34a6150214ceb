"""Whose training the panel shows: the visitor's own, or one that a link lets everyone watch."""

import secrets
from typing import Any
from urllib.parse import urlencode

import gradio as gr

from core.errors import Problem
from core.execution.job import Job
from pages.app.request import Request
from pages.text import explain
from pages.training.plan import Plan
from pages.training.report import bar, with_training, without_training


def toggle_link(plan: Plan, request: Request) -> dict[str, Any]:
    """Share this visitor's trainings in the tab with everyone who has the link, or end that."""
    lab, owner = request.lab, plan.owner(request.visitor)
    lab.visitors.require(request.visitor)
    if codes := [code for code, shared in lab.shared_trainings.items() if shared == owner]:
        for code in codes:
            del lab.shared_trainings[code]
        gr.Info(request.text("classroom.hidden"))
        return gr.update(value="", visible=False)
    if lab.runner.find(owner) is None:
        raise Problem("training.none")
    lab.shared_trainings[secrets.token_urlsafe(8)] = owner
    return link_update(plan, request)


def link_update(plan: Plan, request: Request) -> dict[str, Any]:
    """The link with which this visitor's trainings are watched, if they are shared."""
    owner, shared = plan.owner(request.visitor), request.lab.shared_trainings.items()
    code = next((code for code, each in shared if each == owner), None)
    if code is None:
        return gr.update(value="", visible=False)
    query = urlencode({"tab": plan.tab, "at": "train", "watch": code, "lang": request.language})
    return gr.update(value=f"?{query}", visible=True)


def shared_owner(plan: Plan, request: Request, watched: str) -> str:
    """The owner of the training that a link's code shares; "" where it shares none (any more)."""
    owner = request.lab.shared_trainings.get(watched, "")
    return owner if owner.startswith(plan.owner("")) else ""


def job_of(plan: Plan, request: Request, watched: str = "") -> Job | None:
    """The training that a link lets the visitor watch, or else their own."""
    owner = shared_owner(plan, request, watched) or plan.owner(request.visitor)
    return request.lab.runner.find(owner)


def panel_updates(
    plan: Plan, request: Request, job: Job | None, watched: str, adopted: bool = False,
    draw: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """The outputs of the panel with a training or without; see `with_training`."""
    shared = shared_owner(plan, request, watched)
    if job is not None:
        return with_training(plan, request, job, watched if shared else "", adopted, draw)
    updates = without_training(plan, request)
    if shared:
        sentence = " ".join(request.text(f"training.{key}") for key in ("watched", "none_yet"))
        updates |= {"status": bar(sentence), "train": gr.update(interactive=False)}
    elif watched:
        sentence = explain(Problem("training.unshown"), request.language)
        updates["status"] = bar(sentence, failed=True)
    return updates
