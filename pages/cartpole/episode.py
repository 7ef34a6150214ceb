"""One greedy episode: observations on it, and a recording as a file."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from anyio import to_thread

from core.cartpole.observe import observe_episode
from core.cartpole.recording import record_trajectory
from core.cartpole.rollout import Trajectory, play_episode
from core.errors import Problem
from pages.app.lab import Lab
from pages.app.request import Request
from pages.cartpole.shared import Shared, network_of, observation_text, policy_of
from pages.gradio_compat.file_cache import cache_of, save_file
from pages.text import explain

FORMATS = {"webp": "WebP", "gif": "GIF", "mp4": "MP4"}


def describe_episode(request: Request, *, network: str, seed: int) -> str:
    """Observations on the episode of a seed, as a Markdown list."""
    run = play_episode(policy_of(request, network), seed=seed)
    seen = observe_episode(run, network_of(request, network).model.config.gamma)
    return "\n".join(f"- {observation_text(each, request.language)}" for each in seen)


async def record_episode(
    request: Request, *, network: str, seed: int, kind: str, cache: str
) -> AsyncIterator[dict[str, Any]]:
    """Record the episode of a seed into a cache folder: status, image or video, file."""
    try:
        run = play_episode(policy_of(request, network), seed=seed)
        seconds = f"{len(run) / 50:.1f}"
        yield {"status": request.text("cartpole.record.painting", seconds=seconds)}
        path = await to_thread.run_sync(save, run, kind, f"{network}-{seed}", cache)
    except Problem as problem:
        yield {"status": explain(problem, request.language)}
        return
    size = f"{path.stat().st_size / 1000:,.0f}"
    values = {"kind": FORMATS[kind], "steps": len(run), "size": size}
    moving = kind == "mp4"
    yield {
        "status": request.text("cartpole.record.done", **values),
        "image": gr.update(value=None if moving else str(path), visible=not moving),
        "video": gr.update(value=str(path) if moving else None, visible=moving),
        "file": gr.update(value=str(path), interactive=True),
    }


def save(run: Trajectory, kind: str, name: str, cache: str) -> Path:
    """Record a trajectory into a cache folder; Gradio deletes old files from it."""
    return save_file(record_trajectory(run, kind), f"{name}.{kind}", cache)


def build_observations(lab: Lab, shared: Shared) -> gr.Number:
    """Observations on the episode of a seed; returns the seed input."""
    lab.translate(gr.Markdown(elem_classes="subtitle"), value="cartpole.episode.title")
    seed = lab.translate(gr.Number(7, interactive=True), label="cartpole.episode.seed")
    notes = gr.Markdown(elem_classes="seen")

    events = [lab.events.tab_opened, *shared.changes(lab), seed.submit, seed.blur]
    lab.events.on(events, describe_episode, {"network": shared.network, "seed": seed}, notes)
    return seed


def build_recording(lab: Lab, shared: Shared, seed: gr.Number) -> None:
    """Record that episode: file format, button, animation, and download."""
    lab.translate(gr.Markdown(elem_classes="subtitle"), value="cartpole.record.title")
    kind = lab.translate(
        gr.Radio(
            [(name, kind) for kind, name in FORMATS.items()],
            value=next(iter(FORMATS)), interactive=True, container=False,
        ),
        label="cartpole.record.kind",
    )  # fmt: skip
    with gr.Row():
        button = lab.translate(gr.Button(min_width=110), value="cartpole.record.record")
        file = lab.translate(
            gr.DownloadButton(min_width=110, interactive=False), label="cartpole.record.keep"
        )
    status = lab.translate(gr.Markdown(elem_classes="verdict"), value="cartpole.record.hint")
    hidden: dict[str, Any] = {"interactive": False, "show_label": False, "container": False,
                              "buttons": [], "visible": False}  # fmt: skip
    with gr.Column(elem_classes="screen"):
        image = lab.translate(gr.Image(**hidden), alt_text="cartpole.record.alt")
        video = gr.Video(**hidden, autoplay=True, loop=True)

    lab.events.on(
        button.click,
        partial(record_episode, cache=cache_of(image)),
        {"network": shared.network, "seed": seed, "kind": kind},
        {"status": status, "image": image, "video": video, "file": file},
        concurrency_limit=2,
    )
