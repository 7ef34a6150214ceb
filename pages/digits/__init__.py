"""The Digits tab: generative adversarial networks on MNIST and in the plane.

The visitor learns that a generator never sees a real digit, only the discriminator's gradient; that
its latent space has interpretable directions; how the training can fail; and how to detect
memorisation.
"""

import gradio as gr

from pages.app.lab import Lab
from pages.app.tab import Tab, sections
from pages.digits import (
    api,
    discriminator_scores,
    failures,
    interpolation,
    inversion,
    lesson,
    memorisation,
    plane,
    quiz,
    steer,
    trainer,
)
from pages.digits.current_digit import directions_of
from pages.digits.shared import CLASSIFIER, NETWORKS, Shared, network_of
from pages.digits.shared import TAB as NAME


def build(lab: Lab) -> None:
    """Lay out the tab: the choice of the network, and the sections."""
    network = NETWORKS.build(lab, needs=[CLASSIFIER])
    if network is None:
        return
    shared = Shared(
        network=network,
        version=gr.State(0),
        latent=gr.State([]),
        digit=lab.translate(
            gr.Radio(
                [(str(digit), digit) for digit in range(10)],
                value=3,
                interactive=True,
                render=False,
            ),
            label="digits.digit",
        ),
        pins=gr.State({}),
        ready=gr.State(False),
        replacements=gr.State(0),
    )

    with sections(lab, "digits.section") as section:
        with section("steer") as place:
            steer.build(lab, shared, place)
        with section("walk") as place:
            interpolation.build(lab, shared, place)
        with section("ask") as around, sections(lab, "digits.tool", "ask") as part:
            tools = {"opinion": discriminator_scores, "quiz": quiz, "memory": memorisation}
            for name, tool in tools.items():
                with part(name) as place:
                    tool.build(lab, shared, place, around)
        with section("find"):
            inversion.build(lab, shared)
        with section("train") as place:
            trainer.build(lab, shared, place)
        with section("plane") as place:
            plane.build(lab, place)
        with section("failures") as place:
            failures.build(lab, place)
        with section("lesson") as place:
            lesson.build(lab, shared, place)
    api.build(lab)


def warm(lab: Lab) -> None:
    """Compute what the tab shows first."""
    if name := NETWORKS.first_available(lab):
        steer.prepare(lab, name)


def preload(lab: Lab) -> None:
    """Find the directions of the class that is shown first, which takes a second or two."""
    if name := NETWORKS.first_available(lab):
        directions_of(network_of(lab, name, ""), 3)


TAB = Tab(NAME, build, warm, preload)
