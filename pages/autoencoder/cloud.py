"""The latent cloud, a picked digit, and the sliders that decode any point of it."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from core import mnist
from core.autoencoder.explore import decode, reconstruct
from core.autoencoder.latent_space import LatentSpace
from core.autoencoder.observe import observe
from pages.app.lab import Lab
from pages.app.networks import Network
from pages.app.request import Request
from pages.autoencoder.shared import (
    SHOWN,
    Shared,
    coordinates,
    images,
    label,
    number,
    packed,
    pca_error,
    requested,
)
from pages.text import text
from pages.widgets import pack
from pages.widgets.digits import digits, tile

BIG, SMALL = 168, 96  # pixels a side, of the decoded digit and of those below it


def show_linked(
    request: Request, *, brought: list[float], name: str, picks: list[int]
) -> dict[str, Any]:
    """The first network, at the point that a link brought."""
    return show_network(request, name=name, picks=picks, brought=brought)


def show_network(
    request: Request, *, name: str, picks: list[int], brought: Sequence[float] = ()
) -> dict[str, Any]:
    """The cloud and the facts of a network; the picked digits move to their codes."""
    network, space = requested(request, name)
    picks = picks or [0, 1]
    point = space.points[picks[-1]]
    if len(brought) == len(point):
        low, high = space.ranges.T
        point = np.clip(brought, 2 * low - high, 2 * high - low)
    return {
        **translated(request, network, space, point, picks),
        "cloud": gr.update(
            cloud=cloud_of(network, space, request.language),
            marker=coordinates(point),
            picked=pick_marks(space, picks),
        ),
        "sliders": [slider(space, axis, float(point[axis])) for axis in range(3)],
        "picks": picks,
    }


def switch_language(
    request: Request, *, name: str, picks: list[int], point: list[float]
) -> dict[str, Any]:
    """The same contents in another language."""
    network, space = requested(request, name)
    shown = translated(request, network, space, np.array(point), picks or [0])
    return {**shown, "cloud": gr.update(cloud=cloud_of(network, space, request.language))}


def translated(
    request: Request, network: Network, space: LatentSpace, point: np.ndarray, picks: list[int]
) -> dict[str, Any]:
    """The outputs that contain words, apart from the cloud."""
    return {
        "facts": facts(network, space, request.language),
        "decoded": decoded(network, space, point, request.language),
        "anatomy": anatomy(network, picks[-1], request.language),
    }


def observations(request: Request, *, name: str) -> str:
    """What to observe in a network, as a list of sentences."""
    network, space = requested(request, name)
    found = network.keep(
        f"observations {mnist.at_hand().source}", lambda: observe(space, pca_error(network))
    )
    return "\n".join(
        f"- {request.text(f'autoencoder.{item.key}', **item.values)}" for item in found
    )


def move(request: Request, *, name: str, point: list[float]) -> dict[str, Any]:
    """Decode the point of the sliders, and move the marker there."""
    network, space = requested(request, name)
    place = np.array(point, dtype=float)
    view = decoded(network, space, place, request.language)
    return {"cloud": gr.update(marker=coordinates(place)), "decoded": view}


def pick(request: Request, *, index: Any, name: str, picks: list[int]) -> dict[str, Any]:
    """Show a digit that was picked; the sliders and the marker move to its code."""
    network, space = requested(request, name)
    index = space.check_index(index)
    point = space.points[index]
    picks = [*picks, index][-2:]
    return {
        "cloud": gr.update(marker=coordinates(point), picked=pick_marks(space, picks)),
        "sliders": [gr.update(value=round(float(value), 3)) for value in point],
        "decoded": decoded(network, space, point, request.language),
        "anatomy": anatomy(network, index, request.language),
        "picks": picks,
    }


def pick_random(request: Request, *, name: str, picks: list[int]) -> dict[str, Any]:
    """Pick a digit of the cloud at random."""
    index = int(np.random.default_rng().integers(SHOWN))
    return pick(request, index=index, name=name, picks=picks)


def last_pick(request: Request, *, picks: list[int]) -> int:
    """The number of the digit picked last."""
    return picks[-1]


def cloud_of(network: Network, space: LatentSpace, language: str) -> dict[str, Any]:
    """The first digits of a latent space as the cloud widget takes them."""
    kind = "code" if len(space.view.mean) <= 3 else "component"
    return packed(space.points[:SHOWN]) | {
        "digit": space.labels[:SHOWN].tolist(),
        "error": pack(space.errors[:SHOWN]),
        "axes": [text(f"autoencoder.axis.{kind}", language, number=n) for n in (1, 2, 3)],
    }


def pick_marks(space: LatentSpace, picks: list[int]) -> list[dict[str, Any]]:
    """The picked digits as the cloud marks them: A, then B."""
    return [
        coordinates(space.points[index]) | {"name": name}
        for name, index in zip("AB", picks, strict=False)
    ]


def facts(network: Network, space: LatentSpace, language: str) -> str:
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
        value = number(float(space.errors.mean()))
        parts.append(text("autoencoder.facts.error", language, value=value))
    parts.append(text(f"autoencoder.facts.data.{mnist.at_hand().source}", language))
    return " · ".join(parts)


def slider(space: LatentSpace, axis: int, value: float) -> Any:
    """A latent slider over the range of the data along one axis of the cloud."""
    low, high = (round(float(bound), 3) for bound in space.ranges[axis])
    used = axis < len(space.view.mean)
    step = max(round((high - low) / 200, 4), 1e-4)
    # A picked digit may lie beyond what holds nearly all of them.
    low, high = min(low, round(value, 3)), max(high, round(value, 3))
    return gr.update(minimum=low, maximum=high, value=round(value, 3), step=step, visible=used)


def decoded(network: Network, space: LatentSpace, point: np.ndarray, language: str) -> Any:
    """The one tile that shows what lies at a point of the cloud."""
    pixels = decode(network.model, space.view.from_view(point[None]))[0]
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


def build(lab: Lab, shared: Shared, facts_line: gr.Markdown, notes: gr.Markdown) -> None:
    """The tool beside the cloud: sliders, the decoded point, and the picked digit."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="autoencoder.hint.point")
    view = lab.translate(digits(clickable=False), words="autoencoder.words.digits")
    for slider_ in shared.sliders:
        slider_.render()
    parts = lab.translate(digits(clickable=False), words="autoencoder.words.digits")
    with gr.Row(equal_height=True):
        number_box = lab.translate(
            gr.Number(0, precision=0, min_width=120), label="autoencoder.number"
        )
        button = lab.translate(gr.Button(min_width=120), value="autoencoder.random")

    chosen = {"name": shared.network, "picks": shared.picks}
    point = {"name": shared.network, "point": shared.sliders}
    picked = {
        "cloud": shared.cloud, "sliders": shared.sliders, "decoded": view, "anatomy": parts,
        "picks": shared.picks,
    }  # fmt: skip
    everything = {**picked, "facts": facts_line}
    brought = lab.links.hold("point", shared.sliders, 3)
    on = lab.events.on
    opened = on(lab.events.tab_opened, show_linked, {"brought": brought, **chosen}, everything)
    another = on([shared.network.change, shared.version.change], show_network, chosen, everything)
    words = {name: everything[name] for name in ("cloud", "facts", "decoded", "anatomy")}
    switched = on(lab.events.language_switched, switch_language, {**chosen, **point}, words)
    for event in (opened, another, switched):  # the picture first
        on(event.success, observations, {"name": shared.network}, notes, trigger_mode="always_last")
    moved = {"cloud": shared.cloud, "decoded": view}
    lab.events.slide(shared.sliders, move, point, moved)
    on(shared.cloud.point_click, pick, chosen, picked, data=["index"])
    on(button.click, pick_random, chosen, picked)
    on(number_box.submit, pick, {"index": number_box, **chosen}, picked)
    on(shared.picks.change, last_pick, {"picks": shared.picks}, number_box)
