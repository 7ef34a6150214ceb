"""Draw a digit and see its code in the cloud."""

from typing import Any

import gradio as gr

from core.autoencoder.explore import centre, locate
from pages.app.lab import Lab
from pages.app.request import Request
from pages.autoencoder.shared import Shared, coordinates, images, label, number, requested
from pages.widgets.digits import decode_drawing, digits, tile
from pages.widgets.pad import pad

NEIGHBOUR, RESULT = 64, 96  # pixels a side


def encode_drawing(request: Request, *, drawing: str, name: str) -> dict[str, Any]:
    """Centre a drawing as MNIST is, encode it, and compare its error with that of real digits."""
    if not drawing:
        empty = {"tiles": []}
        return {
            "cloud": gr.update(landed={}), "result": empty, "nearest": empty, "verdict": "",
            "drawing": "",
        }  # fmt: skip
    network, space = requested(request, name)
    image = centre(decode_drawing(drawing))
    location = locate(network.model, space, image)
    result = {
        "size": RESULT,
        "tiles": [
            tile(image, title=request.text("autoencoder.centred")),
            tile(
                location.pixels,
                title=request.text("autoencoder.reconstruction"),
                caption=request.text("autoencoder.error", error=number(location.error)),
            ),
        ],
    }
    nearest = {
        "size": NEIGHBOUR,
        "tiles": [
            tile(image, caption=number(float(distance)), digit=label(index))
            for image, distance, index in zip(
                images(location.neighbours), location.distances, location.neighbours, strict=True
            )
        ],
    }
    share = f"{location.error_percentile:.0%}"
    return {
        "cloud": gr.update(landed=coordinates(location.point)),
        "result": result,
        "nearest": nearest,
        "verdict": request.text("autoencoder.strangeness", share=share),
        "drawing": drawing,
    }


def build(lab: Lab, shared: Shared) -> None:
    """The pad, and below it what the network makes of the drawing."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="autoencoder.hint.draw")
    drawing = gr.State("")
    sheet = lab.translate(pad(), words="autoencoder.words.pad")
    result = lab.translate(digits(clickable=False), words="autoencoder.words.drawn")
    verdict = gr.Markdown(elem_classes="verdict")
    lab.translate(gr.Markdown(elem_classes="subtitle"), value="autoencoder.nearest")
    nearest = lab.translate(digits(clickable=False), words="autoencoder.words.drawn")

    outputs = {
        "cloud": shared.cloud, "result": result, "nearest": nearest, "verdict": verdict,
        "drawing": drawing,
    }  # fmt: skip
    drawn = {"drawing": sheet, "name": shared.network}
    lab.events.on(sheet.drawn, encode_drawing, drawn, outputs, trigger_mode="always_last")
    shared.refresh(lab, encode_drawing, {"drawing": drawing, "name": shared.network}, outputs)
