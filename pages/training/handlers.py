"""What a visitor does with a training: start, stop, pause, look back, discard a network, bring one.

Every handler takes the plan of its tab before the lab.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import anyio.to_thread
import gradio as gr

from core.errors import Problem
from core.execution.job import Job
from core.recipes import RECIPES, find
from core.training import archive
from pages.app.lab import Lab
from pages.app.networks import MINE
from pages.text import text
from pages.training.compare import remember
from pages.training.export import chosen
from pages.training.plan import Plan
from pages.training.report import bar, blank, first, mine, networks, results, standing
from pages.training.sharing import at_present, idle, job_of, shown_by

TICK = 0.25  # seconds between two looks at a job
OWN = 3  # buttons for a visitor's own training: discard, load, show to class
REDRAW = 0.7  # seconds between two drawings of a preview, which cost the browser more than text
SILENCE = 8  # ticks without news, after which an update finds out whether the page is still there


def returning(plan: Plan, lab: Lab, watched: str, recipe: str, visitor: str, language: str) -> bool:
    """Whether there is anything to show to whoever opens the tab.

    A training of theirs, a network, somebody's training or another recipe that a link names.
    """
    there = lab.runner.find(plan.owner(visitor)) or plan.tab in lab.seen(visitor).networks
    return bool(there or watched or recipe != plan.trained_first)


def start(plan: Plan, lab: Lab, recipe: str, seconds: float, *rest: Any) -> None:
    """Train: from new random weights, with the settings on the page."""
    lab.identify(rest[-2])
    *values, visitor, _ = rest
    config = chosen(plan, recipe, values)
    for other in plan.gives_way:
        lab.runner.forget(f"{other} {visitor}")
    last = lab.runner.find(plan.owner(visitor))
    lab.runner.submit(find(recipe), config, plan.owner(visitor), str(lab.device), seconds)
    remember(plan, lab, last, visitor)
    lab.seen(visitor).looking_at.pop(plan.tab, None)


def stop(plan: Plan, lab: Lab, visitor: str, language: str) -> None:
    """Stop: within a second, whatever the training is doing; what is trained stays."""
    if job := lab.runner.find(plan.owner(visitor)):
        job.stop()


def pause(plan: Plan, lab: Lab, visitor: str, language: str) -> None:
    """Hold a running training, or let it go on."""
    if job := lab.runner.find(plan.owner(visitor)):
        job.pause(not job.paused)


def steer(plan: Plan, name: str, lab: Lab, value: Any, visitor: str, language: str) -> None:
    """Change one of the plan's live settings, of a training that waits or runs too.

    Raises `Problem` ("setting.*").
    """
    chosen = next(recipe for recipe, names in plan.settings.items() if name in names)
    find(chosen).Config.from_dict({name: value})  # whether it can be, even if nothing runs
    job = lab.runner.find(plan.owner(visitor))
    if job is None or job.ended or name not in plan.settings[job.recipe.name]:
        return
    if value != getattr(job.config, name):
        job.send({name: value})


def discard(plan: Plan, lab: Lab, visitor: str, language: str) -> Sequence[Any]:
    """Forget the visitor's training and network, and go back to the shipped ones.

    The version stays: the chosen network changes, and announced twice, the first time might come
    with the name of the one that is gone.
    """
    put_away(plan, lab, visitor)
    lab.drop(visitor, plan.tab)
    *shown, chooser = blank(plan, lab, visitor, language)
    chooser["value"] = first(plan, chooser["choices"])
    return [*shown, chooser, gr.skip()]


def put_away(plan: Plan, lab: Lab, visitor: str) -> None:
    """End the visitor's training, if any; only its curves stay, to be compared."""
    remember(plan, lab, lab.runner.find(plan.owner(visitor)), visitor)
    lab.runner.forget(plan.owner(visitor))
    lab.seen(visitor).looking_at.pop(plan.tab, None)


async def watch(
    plan: Plan, lab: Lab, watched: str, version: int, visitor: str, language: str
) -> AsyncIterator[Sequence[Any]]:
    """Follow the visitor's training until it ends, then make its network theirs.

    Leaving the page ends this generator, and with it the job's being watched. What a link shows is
    followed as long as it is shown, from one training to the next; the last output names it.
    """
    news, silent, drawn, view, followed = None, 0, 0.0, None, ""
    while True:
        owner = shown_by(plan, lab, watched)
        job = job_of(plan, lab, watched, visitor)
        if not owner and (followed or job is None or job.ended):
            break
        followed = owner
        if job and not owner:
            job.touch()
        language = lab.seen(visitor).language or language
        latest: Any = (job.folder, standing(job), len(job.metrics), job.place) if job else ()
        latest = (*latest, language)
        if latest != news or silent >= SILENCE * (10 if not job or job.ended else 1):
            news, silent = latest, 0
            newest = (job.folder, job.previews[-1][0] if job.previews else None) if job else ()
            draw = (newest, language) != view and time.monotonic() - drawn >= REDRAW
            if draw:
                drawn, view = time.monotonic(), (newest, language)
            shown = await look(plan, lab, job, watched, visitor, language, draw=draw)
            yield [*shown, version, job.folder.name if job and owner else ""]
        silent += 1
        await asyncio.sleep(TICK)
    if followed or job is None:
        yield [*idle(plan, lab, watched, visitor, language), version, ""]
        return
    adopted = await anyio.to_thread.run_sync(partial(adopt, plan, lab, job, visitor))
    if adopted:  # whoever looked back meanwhile now sees what came of it
        lab.seen(visitor).looking_at.pop(plan.tab, None)
    shown = await look(plan, lab, job, "", visitor, language, adopted=adopted)
    yield [*shown, version + adopted, ""]


async def look(*given: Any, **more: Any) -> Sequence[Any]:
    """`at_present` in a thread: a plan may compute for its views, and others stream meanwhile."""
    return await anyio.to_thread.run_sync(partial(at_present, *given, **more))


def retell(plan: Plan, lab: Lab, watched: str, visitor: str, language: str) -> Sequence[Any]:
    """Say in another language what stands there; a training that runs says its own."""
    job = job_of(plan, lab, watched, visitor)
    return at_present(plan, lab, job, watched, visitor, language)


def look_back(
    plan: Plan, lab: Lab, watched: str, position: float, visitor: str, language: str
) -> Sequence[Any]:
    """Show the preview at a position of the run's history; at its end, follow it again."""
    job = job_of(plan, lab, watched, visitor)
    if job is None or not job.previews:
        return plan.show(None, None, language)
    last = len(job.previews) - 1
    position = min(max(int(position), 0), last)
    looking_at = lab.seen(visitor).looking_at
    if position == last:
        looking_at.pop(plan.tab + watched, None)
    else:
        looking_at[plan.tab + watched] = position
    return plan.show(job.previews[position][1], job.config, language)


def bring(
    plan: Plan, lab: Lab, path: str, version: int, visitor: str, language: str
) -> Sequence[Any]:
    """Load a network that was downloaded before; it becomes the visitor's own.

    The panel then shows nothing of the training before it, which made another network. Raises
    `Problem` ("training.running") while one goes on.
    """
    job = lab.runner.find(plan.owner(visitor))
    if job is not None and not job.ended:
        raise Problem("training.running")
    recipes = {name: RECIPES[name] for name in plan.settings}
    model, card = archive.unpack(Path(path), recipes)
    network = lab.adopt(visitor, plan.tab, model, card)
    put_away(plan, lab, visitor)
    name = plan.name(card.recipe, language)
    sentence = text("training.status_loaded", language, name=name, mine=mine(plan, language))
    _, *shown, _, download, chooser = blank(plan, lab, visitor, language)
    table = results(plan, lab, network.card, language)
    return [bar(sentence), *shown, table, download, chooser | {"value": MINE}, version + 1]


def recall(
    plan: Plan, lab: Lab, watched: str, recipe: str, visitor: str, language: str
) -> Sequence[Any]:
    """After a reload: the settings of the visitor's training, and their own network in use.

    Where there is none, a link may have chosen another recipe, whose settings are shown. Whoever
    watches somebody's training sees its settings, and has nothing to discard, to load or to show.
    """
    watching = bool(shown_by(plan, lab, watched))
    usable = [gr.update(interactive=not watching)] * OWN
    own = plan.tab in lab.seen(visitor).networks
    network = gr.update(choices=networks(plan, lab, visitor, language), value=MINE)
    chosen = network if own else gr.skip()
    job = job_of(plan, lab, watched, visitor)
    if job is None:
        offered = plan.settings.get(recipe, ())
        controls = [gr.update(visible=name in offered, interactive=True) for name in plan.fields()]
        return [*usable, chosen, *[gr.update(interactive=True)] * 2, *controls]
    offered, values = plan.settings[job.recipe.name], job.config.to_dict()
    controls = [
        gr.update(visible=True, value=values[name], interactive=not watching)
        if name in offered
        else gr.update(visible=False)
        for name in plan.fields()
    ]
    above = [
        gr.update(value=value, interactive=not watching) for value in (job.recipe.name, job.budget)
    ]
    return [*usable, chosen, *above, *controls]


def show_settings(plan: Plan, lab: Lab, recipe: str, visitor: str, language: str) -> Sequence[Any]:
    """Show the settings that a recipe has, at its own values."""
    offered = plan.settings.get(recipe, ())
    defaults = {item.name: item.metadata["live"] for item in fields(find(recipe).Config)}
    return [
        gr.update(visible=name in offered, value=defaults.get(name))
        if name in offered
        else gr.update(visible=False)
        for name in plan.fields()
    ]


def adopt(plan: Plan, lab: Lab, job: Job, visitor: str) -> bool:
    """Make a job's last weights the visitor's own; False where they are already, or are none."""
    adopted = lab.seen(visitor).adopted
    if not job.file.exists() or adopted.get(plan.tab) == str(job.file):
        return False
    lab.adopt(visitor, plan.tab, *job.load(lab.device))
    adopted[plan.tab] = str(job.file)
    return True
