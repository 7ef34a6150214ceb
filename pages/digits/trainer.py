"""Train a GAN on digits: the settings, and the samples from fixed latents as it learns."""

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
from pages.digits import toy_training
from pages.digits.shared import FIRST, TAB, Shared, classifier_of
from pages.text import text
from pages.widgets.chart import chart
from pages.widgets.digits import digits, tile

SHARED = (
    "loss", "labels", "discriminator_steps", "batch_size", "epochs", "seed",
    "generator_rate", "discriminator_rate", "only",
)  # fmt: skip
SIZE = 46  # pixels a side of a sample, at most


def show_preview(
    lab: Lab, preview: Mapping[str, np.ndarray] | None, config: Config | None, language: str
) -> Sequence[Any]:
    """The samples, the distribution of their classes, and a sentence on it."""
    if preview is None:
        return {"tiles": []}, {"traces": [], "layout": {}}, ""
    samples = preview["wall"]
    counts = class_counts(lab, samples)
    tiles = [tile(pixels / 255) for pixels in samples]
    return (
        {"size": SIZE, "columns": 10, "gap": 2, "tiles": tiles},
        histogram(counts, language),
        verdict(counts, language),
    )


@torch.no_grad()
def class_counts(lab: Lab, samples: np.ndarray) -> np.ndarray:
    """How many of these images (N, 784) uint8 the classifier assigns to each class (10,)."""
    classifier = classifier_of(lab).model
    device = next(classifier.parameters()).device
    found = classify(classifier, torch.from_numpy(samples).to(device)).argmax(1)
    return torch.bincount(found, minlength=10).cpu().numpy()


def histogram(counts: np.ndarray, language: str) -> dict[str, Any]:
    """Bars in the colours of the ten digits, for a chart."""
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
    """Which digits the generator produces, in words."""
    observed = observe_classes(np.repeat(np.arange(len(counts)), counts))
    return text(f"digits_game.train.{observed.key.split('.')[-1]}", language, **observed.values)


def remark(metrics: Mapping[str, float], config: Config, language: str) -> str:
    """Which network is trained, where it is not both; else how well D separates both."""
    only = getattr(config, "only", "both")
    if only != "both":
        return text(f"digits_game.train.only_{only}", language)
    observed = observe_training([metrics], getattr(config, "loss", ""))
    return " ".join(text(f"digits_game.{each.key}", language, **each.values) for each in observed)


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
        gives_way=[toy_training.place(section) for section in toy_training.SECTIONS],
    )


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """The training panel, with the samples and the distribution of their classes."""

    def views() -> Sequence[Any]:
        with gr.Row():
            with gr.Column(scale=3, min_width=300):
                samples = lab.translate(digits(clickable=False), words="digits_game.words.wall")
            with gr.Column(scale=2, min_width=260):
                bars = lab.translate(chart(height=300), words="digits_game.words.classes")
                sentence = gr.Markdown(elem_classes="verdict")
        return samples, bars, sentence

    lab.translate(gr.Markdown(elem_classes="hint"), value="digits_game.train.hint")
    training.build(lab, place, make_plan(lab), shared.network, shared.version, views)
