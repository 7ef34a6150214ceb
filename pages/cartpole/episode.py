"""One greedy episode: observations on it, and a recording as a file."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from anyio import to_thread

from core.cartpole.observe import observe_episode
from core.cartpole.recording import record_trajectory
from core.cartpole.rollout import Trajectory, play_episode
from core.errors import Problem
from pages.app.lab import Lab
from pages.cartpole.stage import Stage, network_of, policy_of
from pages.gradio_compat.file_cache import cache_of, save_file
from pages.text import explain, text

FORMATS = {"webp": "WebP", "gif": "GIF", "mp4": "MP4"}


def look(lab: Lab, name: str, seed: int, visitor: str, language: str) -> str:
    """Observations on the episode of a seed."""
    network = network_of(lab, name, visitor)
    run = play_episode(policy_of(lab, name, visitor), seed=seed)
    seen = observe_episode(run, network.model.config.gamma)
    return "\n".join(
        f"- {text(f'cartpole_view.{each.key}', language, **each.values)}" for each in seen
    )


async def film(
    lab: Lab, name: str, seed: int, kind: str, cache: str, visitor: str, language: str
) -> AsyncIterator[Sequence[Any]]:
    """Record the episode of a seed: status, image, video, file."""
    try:
        run = play_episode(policy_of(lab, name, visitor), seed=seed)
        painting = text("cartpole.record.painting", language, seconds=f"{len(run) / 50:.1f}")
        yield [painting, *[gr.skip()] * 3]
        path = await to_thread.run_sync(save, run, kind, f"{name}-{seed}", cache)
    except Problem as problem:
        yield [explain(problem, language), *[gr.skip()] * 3]
        return
    said = text(
        "cartpole.record.done", language,
        kind=FORMATS[kind], steps=len(run),
        size=f"{path.stat().st_size / 1000:,.0f}",
    )  # fmt: skip
    moving = kind == "mp4"
    yield [
        said,
        gr.update(value=None if moving else str(path), visible=not moving),
        gr.update(value=str(path) if moving else None, visible=moving),
        gr.update(value=str(path), interactive=True),
    ]


def save(run: Trajectory, kind: str, name: str, cache: str) -> Path:
    """Record a trajectory into a cache folder; Gradio deletes old files from it."""
    return save_file(record_trajectory(run, kind), f"{name}.{kind}", cache)


def build_seen(lab: Lab, stage: Stage) -> gr.Number:
    """Observations on the episode of a seed; returns the seed input."""
    lab.say(gr.Markdown(elem_classes="subtitle"), value="cartpole.episode.title")
    seed = lab.say(gr.Number(7, interactive=True), label="cartpole.episode.seed")
    notes = gr.Markdown(elem_classes="seen")

    inputs, outputs = [stage.network, seed], [notes]
    events = [lab.opened, *stage.changes(lab), seed.submit, seed.blur]
    lab.on(events, look, inputs, outputs)
    return seed


def build_record(lab: Lab, stage: Stage, seed: gr.Number) -> None:
    """Record that episode: file format, button, animation, and download."""
    lab.say(gr.Markdown(elem_classes="subtitle"), value="cartpole.record.title")
    kind = lab.say(
        gr.Radio(
            [(name, kind) for kind, name in FORMATS.items()],
            value=next(iter(FORMATS)), interactive=True, container=False,
        ),
        label="cartpole.record.kind",
    )  # fmt: skip
    with gr.Row():
        button = lab.say(gr.Button(min_width=110), value="cartpole.record.record")
        keep = lab.say(
            gr.DownloadButton(min_width=110, interactive=False), label="cartpole.record.keep"
        )
    status = gr.Markdown(elem_classes="verdict")
    lab.tell(status, lambda language: text("cartpole.record.hint", language))
    with gr.Column(elem_classes="screen"):
        picture = lab.say(
            gr.Image(
                interactive=False, show_label=False, container=False, buttons=[], visible=False
            ),
            alt_text="cartpole.record.alt",
        )
        video = gr.Video(
            interactive=False, show_label=False, container=False, buttons=[], visible=False,
            autoplay=True, loop=True,
        )  # fmt: skip

    async def shoot(lab: Lab, *inputs: Any) -> AsyncIterator[Sequence[Any]]:
        """Record into the cache of the component that shows it."""
        name, number, chosen, visitor, language = inputs
        async for update in film(lab, name, number, chosen, cache_of(picture), visitor, language):
            yield update

    lab.on(
        button.click, shoot, [stage.network, seed, kind], [status, picture, video, keep],
        concurrency_limit=2,
    )  # fmt: skip
