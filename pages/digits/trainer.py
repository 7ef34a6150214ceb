"""Train a game: which settings, and how the wall of fixed noise turns into digits."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import gradio as gr
import numpy as np
import torch

from core.digits.observe import observe_classes, observe_training
from core.mnist.classifier import classify
from core.training.config import Config
from pages import training
from pages.app.lab import Lab
from pages.digits import live
from pages.digits.stage import FIRST, TAB, Stage, judge_of
from pages.text import text
from pages.widgets.chart import chart
from pages.widgets.digits import digits, tile

SHARED = (
    "loss", "labels", "discriminator_steps", "batch_size", "epochs", "seed",
    "generator_rate", "discriminator_rate", "only",
)  # fmt: skip
SIZE = 46  # pixels a side of a picture in the wall, at most


def show_preview(
    lab: Lab, preview: Mapping[str, np.ndarray] | None, config: Config | None, language: str
) -> Sequence[Any]:
    """The wall of fixed noise, which digits the judge reads in it, and a sentence on that."""
    if preview is None:
        return {"tiles": []}, {"traces": [], "layout": {}}, ""
    wall = preview["wall"]
    counts = classes(lab, wall)
    tiles = [tile(pixels / 255) for pixels in wall]
    return (
        {"size": SIZE, "columns": 10, "gap": 2, "tiles": tiles},
        histogram(counts, language),
        verdict(counts, language),
    )


@torch.no_grad()
def classes(lab: Lab, wall: np.ndarray) -> np.ndarray:
    """How many of these images (N, 784) uint8 the judge reads as each digit (10,)."""
    judge = judge_of(lab).model
    device = next(judge.parameters()).device
    found = classify(judge, torch.from_numpy(wall).to(device)).argmax(1)
    return torch.bincount(found, minlength=10).cpu().numpy()


def histogram(counts: np.ndarray, language: str) -> dict[str, Any]:
    """Bars in the colours of the ten digits, as the chart takes them."""
    bars = {
        "type": "bar",
        "x": [str(digit) for digit in range(10)],
        "y": counts.tolist(),
        "marker": {"color": [f"digit:{digit}" for digit in range(10)]},
    }
    x, y = (text(f"digits_game.train.{axis}", language) for axis in ("digit_axis", "count_axis"))
    axes = {
        "xaxis": {"title": {"text": x}, "type": "category"},
        "yaxis": {"title": {"text": y}, "rangemode": "tozero"},
    }
    return {"traces": [bars], "layout": axes}


def verdict(counts: np.ndarray, language: str) -> str:
    """Which digits the generator draws, in words."""
    seen = observe_classes(np.repeat(np.arange(len(counts)), counts))
    return text(f"digits_game.train.{seen.key.split('.')[-1]}", language, **seen.values)


def remark(metrics: Mapping[str, float], config: Config, language: str) -> str:
    """Who learns, where it is not both; else who is ahead."""
    only = getattr(config, "only", "both")
    if only != "both":
        return text(f"digits_game.train.only_{only}", language)
    seen = observe_training([metrics], getattr(config, "loss", ""))
    return " ".join(text(f"digits_game.{said.key}", language, **said.values) for said in seen)


def make_plan(lab: Lab) -> training.Plan:
    """What this tab trains."""
    return training.Plan(
        tab=TAB,
        settings={"digits": SHARED, "digits-mlp": SHARED},
        offered={},
        curves={
            "loss": {"generator_loss": 1, "discriminator_loss": 3},
            "score": {"real_score": 0, "fake_score": 1},
        },
        show=partial(show_preview, lab),
        remark=remark,
        first=FIRST,
        live=("generator_rate", "discriminator_rate", "only"),
        gives_way=[live.place(section) for section in live.SECTIONS],
    )


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The shared panel, with the wall and the digits read in it in its centre."""

    def views() -> Sequence[Any]:
        with gr.Row():
            with gr.Column(scale=3, min_width=300):
                wall = lab.say(digits(clickable=False), words="digits_game.words.wall")
            with gr.Column(scale=2, min_width=260):
                bars = lab.say(chart(height=300), words="digits_game.words.classes")
                said = gr.Markdown(elem_classes="verdict")
        return wall, bars, said

    lab.say(gr.Markdown(elem_classes="hint"), value="digits_game.train.hint")
    training.build(lab, place, make_plan(lab), stage.network, stage.version, views)
