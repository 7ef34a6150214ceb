"""Draw a digit and see where it lands in the cloud."""

from typing import Any

import gradio as gr

from core.autoencoder.explore import centre, land
from pages.app.lab import Lab
from pages.autoencoder.stage import Stage, both_of, coordinates, images, label, number
from pages.text import text
from pages.widgets.digits import decode_drawing, digits, tile
from pages.widgets.pad import pad

NEIGHBOUR, RESULT = 64, 96  # pixels a side


def land_drawing(lab: Lab, drawing: str, name: str, visitor: str, language: str) -> tuple[Any, ...]:
    """A drawing was made: centre it as MNIST is, encode it, and tell how strange it is."""
    if not drawing:
        return gr.update(landed={}), {"tiles": []}, {"tiles": []}, "", ""
    network, atlas = both_of(lab, name, visitor)
    image = centre(decode_drawing(drawing))
    landing = land(network.model, atlas, image)
    seen = {
        "size": RESULT,
        "tiles": [
            tile(image, title=text("autoencoder.centred", language)),
            tile(
                landing.pixels,
                title=text("autoencoder.reconstruction", language),
                caption=text("autoencoder.error", language, error=number(landing.error)),
            ),
        ],
    }
    nearest = {
        "size": NEIGHBOUR,
        "tiles": [
            tile(image, caption=number(float(distance)), digit=label(index))
            for image, distance, index in zip(
                images(landing.neighbours), landing.distances, landing.neighbours, strict=True
            )
        ],
    }
    verdict = text("autoencoder.strangeness", language, share=f"{landing.strangeness:.0%}")
    return gr.update(landed=coordinates(landing.point)), seen, nearest, verdict, drawing


def build(lab: Lab, stage: Stage) -> None:
    """The pad, and below it what the network makes of the drawing."""
    lab.say(gr.Markdown(elem_classes="hint"), value="autoencoder.hint.draw")
    drawing = gr.State("")
    sheet = lab.say(pad(), words="autoencoder.words.pad")
    seen = lab.say(digits(clickable=False), words="autoencoder.words.drawn")
    verdict = gr.Markdown(elem_classes="verdict")
    lab.say(gr.Markdown(elem_classes="subtitle"), value="autoencoder.nearest")
    nearest = lab.say(digits(clickable=False), words="autoencoder.words.drawn")

    shown = [stage.cloud, seen, nearest, verdict, drawing]
    lab.on(sheet.drawn, land_drawing, [sheet, stage.network], shown, trigger_mode="always_last")
    stage.refresh(lab, land_drawing, [drawing, stage.network], shown)
