"""The latent cloud, a picked digit, and the sliders that decode any place in it."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from core import mnist
from core.autoencoder.atlas import Atlas
from core.autoencoder.explore import decode, reconstruct
from core.autoencoder.observe import observe
from pages.app.lab import Lab
from pages.app.networks import Network
from pages.autoencoder.stage import (
    SHOWN,
    Stage,
    both_of,
    coordinates,
    images,
    label,
    number,
    packed,
    pca_error,
)
from pages.text import text
from pages.widgets import pack
from pages.widgets.digits import digits, tile

BIG, SMALL = 168, 96  # pixels a side, of the decoded digit and of those below it


def show_linked(lab: Lab, brought: list[float], *chosen: Any) -> tuple[Any, ...]:
    """The first network, at the point that a link brought."""
    return show_network(lab, *chosen, brought=brought)


def show_network(
    lab: Lab,
    name: str,
    picks: list[int],
    visitor: str,
    language: str,
    brought: Sequence[float] = (),
) -> tuple[Any, ...]:
    """Another network: its cloud and facts; the picked digits move to their codes."""
    network, atlas = both_of(lab, name, visitor)
    picks = picks or [0, 1]
    point = atlas.points[picks[-1]]
    if len(brought) == len(point):
        low, high = atlas.ranges.T
        point = np.clip(brought, 2 * low - high, 2 * high - low)
    return (
        gr.update(
            cloud=cloud_of(network, atlas, language),
            marker=coordinates(point),
            picked=pick_marks(atlas, picks),
        ),
        facts(network, atlas, language),
        *(slider(atlas, axis, float(point[axis])) for axis in range(3)),
        decoded(network, atlas, point, language),
        anatomy(network, picks[-1], language),
        picks,
    )


def retell(
    lab: Lab, name: str, picks: list[int], x: float, y: float, z: float, visitor: str, language: str
) -> tuple[Any, ...]:
    """Another language: the same things, said anew."""
    network, atlas = both_of(lab, name, visitor)
    return (
        gr.update(cloud=cloud_of(network, atlas, language)),
        facts(network, atlas, language),
        decoded(network, atlas, np.array([x, y, z]), language),
        anatomy(network, (picks or [0])[-1], language),
    )


def tell(lab: Lab, name: str, visitor: str, language: str) -> str:
    """What to look for in a network: its observations as sentences."""
    network, atlas = both_of(lab, name, visitor)
    found = network.keep(
        f"observations {mnist.at_hand().source}", lambda: observe(atlas, pca_error(network))
    )
    lines = [text(f"autoencoder.{item.key}", language, **item.values) for item in found]
    return "\n".join(f"- {line}" for line in lines)


def move(
    lab: Lab, name: str, x: float, y: float, z: float, visitor: str, language: str
) -> tuple[Any, ...]:
    """Decode where the sliders stand, and move the marker there."""
    network, atlas = both_of(lab, name, visitor)
    point = np.array([x, y, z], dtype=float)
    return gr.update(marker=coordinates(point)), decoded(network, atlas, point, language)


def pick(
    lab: Lab, index: Any, name: str, picks: list[int], visitor: str, language: str
) -> tuple[Any, ...]:
    """A digit was clicked: show its anatomy; the sliders and the marker go to its code."""
    network, atlas = both_of(lab, name, visitor)
    index = atlas.check_index(index)
    point = atlas.points[index]
    picks = [*picks, index][-2:]
    return (
        gr.update(marker=coordinates(point), picked=pick_marks(atlas, picks)),
        *(gr.update(value=round(float(value), 3)) for value in point),
        decoded(network, atlas, point, language),
        anatomy(network, index, language),
        picks,
    )


def tell_number(lab: Lab, picks: list[int], visitor: str, language: str) -> int:
    """The number of the digit picked last."""
    return picks[-1]


def pick_random(
    lab: Lab, name: str, picks: list[int], visitor: str, language: str
) -> tuple[Any, ...]:
    """Pick any digit of the cloud."""
    index = int(np.random.default_rng().integers(SHOWN))
    return pick(lab, index, name, picks, visitor, language)


def cloud_of(network: Network, atlas: Atlas, language: str) -> dict[str, Any]:
    """The first digits of an atlas as the cloud widget takes them."""
    kind = "code" if len(atlas.view.mean) <= 3 else "component"
    return packed(atlas.points[:SHOWN]) | {
        "digit": atlas.labels[:SHOWN].tolist(),
        "error": pack(atlas.errors[:SHOWN]),
        "axes": [text(f"autoencoder.axis.{kind}", language, number=n) for n in (1, 2, 3)],
    }


def pick_marks(atlas: Atlas, picks: list[int]) -> list[dict[str, Any]]:
    """The picked digits as the cloud marks them: A, then B."""
    return [
        coordinates(atlas.points[index]) | {"name": name}
        for name, index in zip("AB", picks, strict=False)
    ]


def facts(network: Network, atlas: Atlas, language: str) -> str:
    """One line on what this network is and how good it is."""
    card = network.card
    parts = [
        text("autoencoder.facts.code", language, size=card.config["code_size"]),
        text("autoencoder.facts.parameters", language, count=f"{card.parameters:,}"),
    ]
    for name in ("test_mse", "neighbour_accuracy", "log_likelihood"):
        if name in card.metrics:
            value = card.metrics[name]
            shown = f"{value:.1%}" if name == "neighbour_accuracy" else number(value)
            parts.append(text(f"autoencoder.facts.{name}", language, value=shown))
    if "test_mse" not in card.metrics:
        value = number(float(atlas.errors.mean()))
        parts.append(text("autoencoder.facts.error", language, value=value))
    parts.append(text(f"autoencoder.facts.data.{mnist.at_hand().source}", language))
    return " · ".join(parts)


def slider(atlas: Atlas, axis: int, value: float) -> Any:
    """A latent slider over the range of the data along one axis of the cloud."""
    low, high = (round(float(bound), 3) for bound in atlas.ranges[axis])
    used = axis < len(atlas.view.mean)
    step = max(round((high - low) / 200, 4), 1e-4)
    # A picked digit may lie beyond what holds nearly all of them.
    low, high = min(low, round(value, 3)), max(high, round(value, 3))
    return gr.update(minimum=low, maximum=high, value=round(value, 3), step=step, visible=used)


def decoded(network: Network, atlas: Atlas, point: np.ndarray, language: str) -> Any:
    """The one tile that shows what lies at a point of the cloud."""
    pixels = decode(network.model, atlas.view.from_view(point[None]))[0]
    return {"size": BIG, "tiles": [tile(pixels, title=text("autoencoder.decoded", language))]}


def anatomy(network: Network, index: int, language: str) -> Any:
    """A digit, what the network makes of it, and what it lost."""
    original = images(index)
    result = reconstruct(network.model, original)
    error = text("autoencoder.error", language, error=number(float(result.errors[0])))
    difference = (result.pixels[0] - original[0]) / 2 + 0.5
    tiles = [
        tile(
            original[0],
            title=text("autoencoder.original", language),
            caption=f"#{index}",
            digit=label(index),
        ),
        tile(
            result.pixels[0],
            title=text("autoencoder.reconstruction", language),
            caption=error,
        ),
        tile(
            difference,
            title=text("autoencoder.difference", language),
            caption=text("autoencoder.difference_key", language),
            scale="signed",
        ),
    ]
    return {"size": SMALL, "tiles": tiles}


def build(lab: Lab, stage: Stage, facts_line: gr.Markdown, notes: gr.Markdown) -> None:
    """The tool beside the cloud that decodes any place and dissects the picked digit."""
    lab.say(gr.Markdown(elem_classes="hint"), value="autoencoder.hint.point")
    view = lab.say(digits(clickable=False), words="autoencoder.words.digits")
    for slider_ in stage.sliders:
        slider_.render()
    parts = lab.say(digits(clickable=False), words="autoencoder.words.digits")
    with gr.Row(equal_height=True):
        number_box = lab.say(gr.Number(0, precision=0, min_width=120), label="autoencoder.number")
        button = lab.say(gr.Button(min_width=120), value="autoencoder.random")

    chosen = [stage.network, stage.picks]
    everything = [stage.cloud, facts_line, *stage.sliders, view, parts, stage.picks]
    brought = lab.links.hold("point", stage.sliders, 3)
    opened = lab.on(lab.opened, show_linked, [brought, *chosen], everything)
    another = [stage.network.change, stage.version.change]
    shown = lab.on(another, show_network, chosen, everything)
    told = [stage.cloud, facts_line, view, parts]
    again = lab.on(lab.spoken.change, retell, [*chosen, *stage.sliders], told)
    for event in (opened, shown, again):  # the picture first
        lab.on(event.success, tell, [stage.network], [notes], trigger_mode="always_last")
    lab.slide(stage.sliders, move, [stage.network, *stage.sliders], [stage.cloud, view])
    picked = [stage.cloud, *stage.sliders, view, parts, stage.picks]
    lab.on(stage.cloud.point_click, pick, chosen, picked, data=["index"])
    lab.on(button.click, pick_random, chosen, picked)
    lab.on(number_box.submit, pick, [number_box, *chosen], picked)
    lab.on(stage.picks.change, tell_number, [stage.picks], [number_box])
