"""What a visitor does with a training: start, stop, pause, look back, discard, load a network.

Every handler takes the plan of its tab before the request. watched: the code of a link to somebody
else's training, or "".
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio.to_thread
import gradio as gr

from core.errors import Problem
from core.execution.job import Job
from core.recipes import RECIPES, find
from core.training import archive
from core.training.config import Config
from core.training.recipe import Recipe
from pages.app.networks import MINE
from pages.app.request import Request
from pages.training.compare import remember
from pages.training.export import config_of
from pages.training.plan import Plan
from pages.training.report import bar, network_update, results, standing, without_training
from pages.training.sharing import job_of, panel_updates, shared_owner

TICK = 0.25  # seconds between two looks at a job
REDRAW = 0.7  # seconds between two drawings of a preview, which cost the browser more than text
SILENCE = 8  # ticks without news, after which an update finds out whether the page is still there


def has_content(plan: Plan, request: Request, *, watched: str, recipe: str) -> bool:
    """Whether the panel shows anything at the first visit.

    A training of the visitor, their network, a link to somebody's training, or another recipe that
    a link names.
    """
    own = job_of(plan, request) or plan.tab in request.record.networks
    return bool(own or watched or recipe != plan.trained_first)


def start(
    plan: Plan, request: Request, *, recipe: str, seconds: float, settings: Mapping[str, Any]
) -> None:
    """Train from new random weights, with the settings on the page."""
    submit(plan, request, find(recipe), config_of(plan, recipe, settings), seconds)


def submit(
    plan: Plan, request: Request, recipe: Recipe, config: Config, seconds: float,
    evaluate: bool = True,
) -> None:  # fmt: skip
    """Begin a training of the visitor in this tab, or put it into the queue.

    evaluate: see `Runner.submit`. Raises `Problem` ("training.*").
    """
    lab, owner = request.lab, plan.owner(request.visitor)
    lab.visitors.require(request.visitor)
    for other in plan.gives_way:
        lab.runner.forget(f"{other} {request.visitor}")
    last = lab.runner.find(owner)
    lab.runner.submit(recipe, config, owner, str(lab.device), seconds, evaluate=evaluate)
    remember(plan, lab, last, request.visitor)
    request.record.looking_at.pop(plan.tab, None)


def stop(plan: Plan, request: Request) -> None:
    """Stop within a second, in any state of the training; the weights stay."""
    if job := job_of(plan, request):
        job.stop()


def pause(plan: Plan, request: Request) -> None:
    """Pause a running training, or resume it."""
    if job := job_of(plan, request):
        job.pause(not job.paused)


def steer(plan: Plan, name: str, request: Request, *, value: Any) -> None:
    """Change one of the plan's live settings, also of a training that waits or runs.

    Raises `Problem` ("setting.*").
    """
    recipe = next(recipe for recipe, names in plan.settings.items() if name in names)
    find(recipe).Config.from_dict({name: value})  # checks it, even if nothing runs
    job = job_of(plan, request)
    if job is None or job.ended or name not in plan.settings[job.recipe.name]:
        return
    if value != getattr(job.config, name):
        job.send({name: value})


def discard(plan: Plan, request: Request) -> dict[str, Any]:
    """Forget the visitor's training and network, and go back to the shipped ones.

    The version stays: a change of both the network and the version would be announced twice, the
    first time perhaps with the name of the network that is gone.
    """
    forget_training(plan, request)
    request.lab.networks.drop(request.visitor, plan.tab)
    updates = without_training(plan, request)
    network = updates["network"]
    network["value"] = plan.networks.first_of([name for _, name in network["choices"]])
    return updates


def forget_training(plan: Plan, request: Request) -> None:
    """End the visitor's training, if any; only its curves stay, for comparison."""
    remember(plan, request.lab, job_of(plan, request), request.visitor)
    request.lab.runner.forget(plan.owner(request.visitor))
    request.record.looking_at.pop(plan.tab, None)


async def watch(
    plan: Plan, request: Request, *, watched: str, version: int
) -> AsyncIterator[dict[str, Any]]:
    """Follow the visitor's training until it ends, then make its network theirs.

    Leaving the page ends this generator, after which nobody touches the job. What a link shares is
    followed as long as it is shared, from one training to the next; the output "followed" names it.
    """
    sent, silent, drawn, drawn_at, followed = None, 0, None, 0.0, ""
    while True:
        owner = shared_owner(plan, request, watched)
        job = job_of(plan, request, watched)
        if not owner and (followed or job is None or job.ended):
            break
        followed = owner
        if job and not owner:
            job.touch()
        request = replace(request, language=request.record.language or request.language)
        state = job and (job.folder, standing(job), len(job.metrics), job.place)
        news = (state, request.language)
        if news != sent or silent >= SILENCE * (10 if not job or job.ended else 1):
            sent, silent = news, 0
            preview = job and (job.folder, job.previews[-1][0] if job.previews else None)
            view = (preview, request.language)
            draw = view != drawn and time.monotonic() - drawn_at >= REDRAW
            if draw:
                drawn, drawn_at = view, time.monotonic()
            updates = await panel_updates_in_thread(plan, request, job, watched, draw=draw)
            yield updates | {"followed": job.folder.name if job and owner else ""}
        silent += 1
        await asyncio.sleep(TICK)
    if followed or job is None:
        yield panel_updates(plan, request, None, watched) | {"followed": ""}
        return
    adopted = await anyio.to_thread.run_sync(adopt, plan, request, job)
    if adopted:  # the view returns from the history to the end of the training
        request.record.looking_at.pop(plan.tab, None)
    updates = await panel_updates_in_thread(plan, request, job, "", adopted=adopted)
    yield updates | {"version": version + adopted, "followed": ""}


async def panel_updates_in_thread(*args: Any, **options: Any) -> dict[str, Any]:
    """`panel_updates` in a thread: a plan may compute for its views while others stream."""
    return await anyio.to_thread.run_sync(partial(panel_updates, *args, **options))


def adopt(plan: Plan, request: Request, job: Job) -> bool:
    """Make a job's last weights the visitor's own; False where they are already, or are none."""
    adopted = request.record.adopted
    if not job.file.exists() or adopted.get(plan.tab) == str(job.file):
        return False
    lab = request.lab
    lab.networks.adopt(request.visitor, plan.tab, *job.load(lab.device))
    adopted[plan.tab] = str(job.file)
    return True


def refresh(plan: Plan, request: Request, *, watched: str) -> dict[str, Any]:
    """The panel as it is, in the visitor's language."""
    return panel_updates(plan, request, job_of(plan, request, watched), watched)


def look_back(plan: Plan, request: Request, *, watched: str, position: float) -> dict[str, Any]:
    """Show the preview at a position of the run's history; at its end, follow it again."""
    job = job_of(plan, request, watched)
    if job is None or not job.previews:
        return {"views": plan.show(None, None, request.language)}
    last = len(job.previews) - 1
    position = min(max(int(position), 0), last)
    looking_at = request.record.looking_at
    looking_at[plan.tab + watched] = position
    if position == last:
        del looking_at[plan.tab + watched]
    return {"views": plan.show(job.previews[position][1], job.config, request.language)}


def load_network(plan: Plan, request: Request, *, path: str, version: int) -> dict[str, Any]:
    """Load a network that was downloaded before; it becomes the visitor's own.

    The panel then shows nothing of the training before it, which made another network. Raises
    `Problem` ("training.running") while one goes on.
    """
    job = job_of(plan, request)
    if job is not None and not job.ended:
        raise Problem("training.running")
    recipes = {name: RECIPES[name] for name in plan.settings}
    model, card = archive.unpack(Path(path), recipes)
    request.lab.networks.adopt(request.visitor, plan.tab, model, card)
    forget_training(plan, request)
    names = {"name": card.recipe, "mine": MINE}
    names = {key: plan.name(name, request.language) for key, name in names.items()}
    return without_training(plan, request) | {
        "status": bar(request.text("training.status_loaded", **names)),
        "results": results(plan, request, card),
        "network": network_update(plan, request) | {"value": MINE},
        "version": version + 1,
    }


def restore(plan: Plan, request: Request, *, watched: str, recipe: str) -> dict[str, Any]:
    """After a reload: the settings of the visitor's training, and their own network in use.

    Without a training, the settings of the recipe that a link may have chosen. Whoever watches
    somebody's training sees its settings, and can discard, load and share nothing.
    """
    watching = bool(shared_owner(plan, request, watched))
    usable = gr.update(interactive=not watching)
    updates: dict[str, Any] = {"own": [usable] * 3}
    if plan.tab in request.record.networks:
        updates["network"] = network_update(plan, request) | {"value": MINE}
    job = job_of(plan, request, watched)
    if job is None:
        enabled, offered = gr.update(interactive=True), plan.settings.get(recipe, ())
        controls = {
            name: gr.update(visible=name in offered, interactive=True) for name in plan.fields()
        }
        return updates | {"recipe": enabled, "seconds": enabled, "settings": controls}
    shown = settings_updates(plan, job.recipe.name, job.config.to_dict())
    for name in plan.settings[job.recipe.name]:
        shown[name] |= usable
    return updates | {
        "recipe": usable | {"value": job.recipe.name},
        "seconds": usable | {"value": job.budget},
        "settings": shown,
    }


def show_recipe(plan: Plan, request: Request, *, recipe: str) -> dict[str, Any]:
    """Show the settings that a recipe has, at their defaults."""
    defaults = {item.name: item.metadata["live"] for item in fields(find(recipe).Config)}
    return {"settings": settings_updates(plan, recipe, defaults)}


def settings_updates(plan: Plan, recipe: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The controls of a recipe's settings at these values; the others are hidden."""
    offered = plan.settings.get(recipe, ())
    return {
        name: gr.update(visible=True, value=values[name])
        if name in offered
        else gr.update(visible=False)
        for name in plan.fields()
    }
