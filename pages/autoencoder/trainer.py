"""Train an autoencoder: which settings, and how the cloud moves while it learns."""

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr
import numpy as np

from core import mnist
from core.autoencoder.config import AutoencoderConfig, VariationalConfig
from core.autoencoder.latent_space import make_view
from core.autoencoder.observe import COLLAPSED
from core.training.config import Config
from pages import training
from pages.app.lab import Lab
from pages.autoencoder.shared import FIRST, NAME, Shared, packed
from pages.text import text
from pages.widgets.cloud import cloud
from pages.widgets.digits import digits, tile

SHARED = ("learning_rate", "batch_size", "epochs", "seed")
SIZE = 44  # pixels a side of a reconstruction


def show_preview(
    preview: Mapping[str, np.ndarray] | None, config: Config | None, language: str
) -> Sequence[Any]:
    """The validation digits' codes as a cloud, and twenty reconstructions."""
    if preview is None or not isinstance(config, AutoencoderConfig):
        return gr.update(cloud={}), {"tiles": []}
    codes = np.asarray(preview["codes"], np.float32)
    points = make_view(codes).to_view(codes)
    labels = mnist.at_hand().validation_labels[: len(codes)]
    kind = "code" if config.code_size <= 3 else "component"
    moved = packed(points) | {
        "digit": labels.tolist(),
        "axes": [text(f"autoencoder.axis.{kind}", language, number=n) for n in (1, 2, 3)],
    }
    tiles = [tile(pixels / 255) for pixels in preview["reconstructions"]]
    return gr.update(cloud=moved), {"size": SIZE, "columns": 10, "gap": 2, "tiles": tiles}


def remark(metrics: Mapping[str, float], config: Config, language: str) -> str:
    """Say so when the posterior has collapsed onto the prior."""
    kl = metrics.get("kl")
    if not isinstance(config, VariationalConfig) or kl is None:
        return ""
    if kl / config.code_size >= COLLAPSED:
        return text("autoencoder.train.kl", language, kl=f"{kl:.2f}")
    return text("autoencoder.train.collapse", language, kl=f"{kl:.3f}", beta=f"{config.beta:g}")


PLAN = training.Plan(
    tab=NAME,
    settings={
        "autoencoder": ("code_size", *SHARED),
        "autoencoder-deep": ("code_size", *SHARED),
        "autoencoder-vae": ("code_size", "beta", *SHARED),
        "autoencoder-denoising": ("code_size", "noise", "masking", *SHARED),
        "autoencoder-sparse": ("sparsity_target", "sparsity_weight", *SHARED),
    },
    offered={"code_size": (2, 3, 8, 16)},
    curves={"loss": {"train_loss": 0, "validation_loss": 1}},
    show=show_preview,
    remark=remark,
    first=FIRST,
)


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """The shared panel, with a cloud and a strip of reconstructions in its centre."""

    def views() -> Sequence[Any]:
        moving = lab.translate(cloud(height=380), words="autoencoder.words.moving")
        strip = lab.translate(digits(clickable=False), words="autoencoder.words.reconstructions")
        return moving, strip

    lab.translate(gr.Markdown(elem_classes="hint"), value="autoencoder.hint.train")
    training.build(lab, place, PLAN, shared.network, shared.version, views)
