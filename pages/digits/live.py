"""A game that is drawn as it moves: how its visitor follows, holds and steers it.

For the sections with a game of their own, beside the one of the training panel.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import gradio as gr
import numpy as np

from core.execution.job import Job
from core.recipes import find
from core.training.config import Config
from pages.app.lab import Lab
from pages.digits.stage import TAB
from pages.text import explain, text
from pages.training.report import bar, duration, queued, standing

TICK = 0.02  # seconds between two looks at a job: more often than a game in the plane is drawn
PATIENCE = 1.0  # seconds that the browser waits for a picture before it asks again
TELL = 0.6  # seconds between two changes of the sentence over the picture
SILENCE = 4  # such changes left out, after which one finds out whether the page is still there
SECONDS = 300.0  # that a game may last
STEPPING = 10  # steps a second so slow that each is drawn
SECTIONS = ("plane", "failures")


def place(section: str) -> str:
    """What a section's games go by, and where in their history a visitor stands."""
    return f"{TAB}-{section}"


def owner(section: str, visitor: str) -> str:
    """Whose game it is: a visitor has one in each of these sections."""
    return f"{place(section)} {visitor}"


def job_of(lab: Lab, section: str, visitor: str) -> Job | None:
    """The game of a visitor that goes on or went on last in a section."""
    return lab.runner.find(owner(section, visitor))


def play(lab: Lab, section: str, recipe: str, config: Config, visitor: str) -> None:
    """Begin a game. The visitor's games in the other sections end: nobody looks at them."""
    lab.identify(visitor)
    for other in SECTIONS:
        lab.runner.forget(owner(other, visitor))
    device = str(lab.device)
    lab.runner.submit(
        find(recipe), config, owner(section, visitor), device, SECONDS, evaluate=False
    )
    lab.seen(visitor).looking_at.pop(place(section), None)


def steer(section: str, lab: Lab, changes: Mapping[str, Any], visitor: str) -> None:
    """Change settings of the game that waits or runs, if any does."""
    job = job_of(lab, section, visitor)
    if job is not None and not job.ended and changes.items() - job.config.to_dict().items():
        job.send(changes)


def look(lab: Lab, visitor: str, language: str) -> bool:
    """From now on somebody has opened the section."""
    return True


def stop(section: str, lab: Lab, visitor: str, language: str) -> None:
    """End the game."""
    if job := job_of(lab, section, visitor):
        job.stop()


def hold(section: str, lab: Lab, pace: int, visitor: str, language: str) -> None:
    """Hold the game, or let it go on at its pace."""
    job = job_of(lab, section, visitor)
    if job is None or job.ended:
        return
    if job.paused:
        job.send({"pace": pace})
    job.pause(not job.paused)


def step_once(section: str, lab: Lab, visitor: str, language: str) -> None:
    """Make one step, and hold the game there."""
    job = job_of(lab, section, visitor)
    if job is None or job.ended:
        return
    job.send({"pace": STEPPING})
    if job.paused:
        job.advance()
    else:
        job.pause(True)


async def follow(
    lab: Lab,
    section: str,
    tell: Callable[[Job, str], Sequence[Any]],
    outputs: int,
    visitor: str,
    language: str,
) -> AsyncIterator[Sequence[Any]]:
    """What `tell(job, language)` says of a game now and then, until its end.

    Leaving the page ends this, and with it the job's being watched.
    """
    job = job_of(lab, section, visitor)
    if job is None:  # gradio would take all words away if nothing were yielded
        yield [gr.skip()] * outputs
        return
    said, silent = None, 0
    while not job.ended:
        job.touch()
        language = lab.seen(visitor).language or language
        news = (standing(job), job.step, job.place, language)
        silent += 1
        if news != said or silent > SILENCE:
            said, silent = news, 0
            yield tell(job, language)
        await asyncio.sleep(TELL)
        if job_of(lab, section, visitor) is not job:  # something else stands there by now
            yield [gr.skip()] * outputs
            return
    yield tell(job, lab.seen(visitor).language or language)


async def feed(
    lab: Lab,
    section: str,
    draw: Callable[[int, Mapping[str, np.ndarray]], dict[str, Any]],
    visitor: Any,
    since: Any,
) -> dict[str, Any]:
    """The next picture of a visitor's game, as soon as there is one; see `widgets.plane`."""
    until = time.monotonic() + PATIENCE
    while True:
        job = job_of(lab, section, str(visitor))
        if job is None:
            return {"over": True}
        looking_back = place(section) in lab.seen(visitor).looking_at
        if job.previews and not looking_back and job.previews[-1][0] != since:
            return draw(*job.previews[-1])
        if job.ended:
            return {"over": True}
        if time.monotonic() > until:
            return {}
        await asyncio.sleep(TICK)


def followed(job: Job, visitor: str) -> dict[str, str]:
    """What the plane is told to follow."""
    return {"who": visitor, "game": job.folder.name}


def status(job: Job, remark: str, language: str) -> str:
    """Where a game stands, in words; over a bar while there is an end in sight."""
    share = job.step / job.total if job.total else 0.0
    if job.error:
        return bar(explain(job.error, language), share, failed=True)
    if job.status == "waiting":
        return bar(queued(job, language))
    kind = "over" if job.ended else standing(job)
    step, elapsed = f"{job.step:,}", duration(job.elapsed, language)
    said = text(f"digits_game.live.{kind}", language, step=step, elapsed=elapsed)
    return bar(" · ".join(filter(None, (said, remark))), share)


def history(lab: Lab, section: str, job: Job, visitor: str) -> dict[str, Any]:
    """The slider over the pictures that are kept of a game."""
    last = len(job.previews) - 1
    slider = gr.update(visible=last > 0, maximum=max(last, 1))
    if place(section) not in lab.seen(visitor).looking_at:
        slider["value"] = last
    return slider


def look_back(
    lab: Lab, section: str, position: float, visitor: str
) -> tuple[int, dict[str, Any]] | None:
    """The step and preview at a position of a game's history; at its end, follow it again."""
    job = job_of(lab, section, visitor)
    if job is None or not job.previews:
        return None
    last = len(job.previews) - 1
    position = min(max(int(position), 0), last)
    looking_at = lab.seen(visitor).looking_at
    if position == last:
        looking_at.pop(place(section), None)
    else:
        looking_at[place(section)] = position
    step, preview = job.previews[position]
    return step, dict(preview)
