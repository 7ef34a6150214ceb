"""The training of a GAN in the plane, which is drawn while it runs.

Each visitor has one in each of `SECTIONS`, beside the one of the training panel.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from typing import Any

import gradio as gr
import numpy as np

from core.digits.config import ToyConfig
from core.execution.job import Job
from core.recipes import find
from pages.app.lab import Lab
from pages.app.request import Request
from pages.digits.shared import TAB
from pages.text import explain
from pages.training.report import bar, duration, queued, standing

TICK = 0.02  # seconds between two looks at a job: shorter than the interval of its previews
WAIT = 1.0  # seconds until a request for a preview is answered without one
UPDATE = 0.6  # seconds between two updates of the status
SILENCE = 4  # updates left out, after which one is sent to find out whether the page is still there
SECONDS = 300.0  # that a training may last
STEPPING = 10  # steps a second, so slow that each is drawn
SECTIONS = ("plane", "failures")

Preview = Mapping[str, np.ndarray]


def place(section: str) -> str:
    """The name of a section's trainings, and the key of the position in their history."""
    return f"{TAB}-{section}"


def job_of(lab: Lab, section: str, visitor: str) -> Job | None:
    """The visitor's present or last training in a section."""
    return lab.runner.find(f"{place(section)} {visitor}")


def start(request: Request, section: str, config: ToyConfig) -> None:
    """Start a training. It ends the visitor's trainings in all sections."""
    lab, visitor = request.lab, request.visitor
    lab.visitors.require(visitor)
    for each in SECTIONS:
        discard(request, each)
    owner, device = f"{place(section)} {visitor}", str(lab.device)
    lab.runner.submit(find("digits-toy"), config, owner, device, SECONDS, evaluate=False)
    request.record.looking_at.pop(place(section), None)


def discard(request: Request, section: str) -> None:
    """End the visitor's training in a section, and free what it left."""
    request.lab.runner.forget(f"{place(section)} {request.visitor}")


def active_job(request: Request, section: str) -> Job | None:
    """The visitor's training in a section that waits or runs."""
    job = job_of(request.lab, section, request.visitor)
    return None if job is None or job.ended else job


def change_settings(request: Request, section: str, changes: Mapping[str, Any]) -> None:
    """Change settings of the training that waits or runs, if any."""
    job = active_job(request, section)
    if job and changes.items() - job.config.to_dict().items():
        job.send(changes)


def change_setting(request: Request, *, section: str, name: str, value: Any) -> None:
    """Change one setting of the training that waits or runs, if any."""
    change_settings(request, section, {name: value})


def stop(request: Request, *, section: str) -> None:
    """End the training."""
    if job := active_job(request, section):
        job.stop()


def pause(request: Request, *, section: str, pace: int) -> None:
    """Pause the training, or resume it at a pace."""
    if job := active_job(request, section):
        if job.paused:
            job.send({"pace": pace})
        job.pause(not job.paused)


def step_once(request: Request, *, section: str) -> None:
    """Make one step, and pause."""
    if job := active_job(request, section):
        job.send({"pace": STEPPING})
        if job.paused:
            job.advance()
        else:
            job.pause(True)


async def follow(
    request: Request, *, section: str, outputs: Callable[[Request, Job], dict[str, Any]]
) -> AsyncIterator[dict[str, Any]]:
    """The outputs of a training until its end. The request has the visitor's present language.

    Leaving the page ends this, and with it the job's being watched.
    """

    def present() -> dict[str, Any]:
        assert job is not None
        language = request.record.language or request.language
        return outputs(replace(request, language=language), job)

    job = job_of(request.lab, section, request.visitor)
    sent, silent = None, 0
    while job is not None and not job.ended:
        job.touch()
        state = (standing(job), job.step, job.place, request.record.language)
        silent += 1
        if state != sent or silent > SILENCE:
            sent, silent = state, 0
            yield present()
        await asyncio.sleep(UPDATE)
        if job_of(request.lab, section, request.visitor) is not job:  # another one, or discarded
            job = None
    yield present() if job else {}  # a stream that yields nothing would empty the outputs


async def next_preview(
    lab: Lab,
    section: str,
    convert: Callable[[int, Preview], dict[str, Any]],
    visitor: Any,
    since: Any,
) -> dict[str, Any]:
    """The next preview of a visitor's training, as soon as there is one; see `widgets.plane`."""
    until = time.monotonic() + WAIT
    while True:
        job = job_of(lab, section, str(visitor))
        if job is None:
            return {"over": True}
        looking_back = place(section) in lab.visitors.get(visitor).looking_at
        if job.previews and not looking_back and job.previews[-1][0] != since:
            return convert(*job.previews[-1])
        if job.ended:
            return {"over": True}
        if time.monotonic() > until:
            return {}
        await asyncio.sleep(TICK)


def followed(request: Request, job: Job) -> dict[str, Any]:
    """An update that makes the plane follow a training."""
    return gr.update(follow={"who": request.visitor, "game": job.folder.name})


def status(request: Request, job: Job, remark: str = "") -> str:
    """The state of a training as a sentence, over a bar while its end is known."""
    share = job.step / job.total if job.total else 0.0
    if job.error:
        return bar(explain(job.error, request.language), share, failed=True)
    if job.status == "waiting":
        return bar(queued(job, request.language))
    kind = "over" if job.ended else standing(job)
    elapsed = duration(job.elapsed, request.language)
    sentence = request.text(f"digits_game.live.{kind}", step=f"{job.step:,}", elapsed=elapsed)
    return bar(" · ".join(filter(None, (sentence, remark))), share)


def history(request: Request, section: str, job: Job) -> dict[str, Any]:
    """The slider over the previews that are kept of a training."""
    last = len(job.previews) - 1
    slider = gr.update(visible=last > 0, maximum=max(last, 1))
    if place(section) not in request.record.looking_at:
        slider["value"] = last
    return slider


def look_back(request: Request, section: str, position: float) -> tuple[int, Preview] | None:
    """The step and preview at a position of the history; at its end, the training is followed."""
    job = job_of(request.lab, section, request.visitor)
    if job is None or not job.previews:
        return None
    last = len(job.previews) - 1
    position = min(max(int(position), 0), last)
    looking_at = request.record.looking_at
    if position == last:
        looking_at.pop(place(section), None)
    else:
        looking_at[place(section)] = position
    return job.previews[position]
