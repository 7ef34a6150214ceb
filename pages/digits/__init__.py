"""The Digits tab: a game between a forger and a detective, and what it leaves behind.

The visitor learns that a generator never sees a digit, only the discriminator's opinion; that its
latent space has directions with a meaning; that both sides can win too early; and how to tell
invention from memory.
"""

import gradio as gr

from pages.app.lab import Lab
from pages.app.tab import Tab, sections
from pages.digits import (
    api,
    failures,
    find,
    lesson,
    memory,
    opinion,
    plane,
    quiz,
    steer,
    trainer,
    walk,
)
from pages.digits.hand import directions_of
from pages.digits.stage import JUDGE, SHELF, Stage, available, first_of, network_of
from pages.digits.stage import TAB as NAME


def build(lab: Lab) -> None:
    """Lay out the tab: the network's choice above, then one section for each way to look at it."""
    network = SHELF.build(lab, needs=[JUDGE])
    if network is None:
        return
    stage = Stage(
        network=network,
        version=gr.State(0),
        latent=gr.State([]),
        digit=lab.say(
            gr.Radio(
                [(str(digit), digit) for digit in range(10)],
                value=3,
                interactive=True,
                render=False,
            ),
            label="digits.digit",
        ),
        pins=gr.State({}),
    )

    with sections(lab, "digits.section") as section:
        with section("steer") as place:
            steer.build(lab, stage, place)
        with section("walk") as place:
            walk.build(lab, stage, place)
        with section("ask") as around, sections(lab, "digits.tool", "ask") as part:
            for name, tool in {"opinion": opinion, "quiz": quiz, "memory": memory}.items():
                with part(name) as place:
                    tool.build(lab, stage, place, around)
        with section("find"):
            find.build(lab, stage)
        with section("train") as place:
            trainer.build(lab, stage, place)
        with section("plane") as place:
            plane.build(lab, stage, place)
        with section("failures") as place:
            failures.build(lab, stage, place)
        with section("lesson") as place:
            lesson.build(lab, stage, place)
    api.build(lab)


def warm(lab: Lab) -> None:
    """Compute what the tab shows first."""
    if whole := available(lab):
        steer.prepare(lab, first_of(whole))


def preload(lab: Lab) -> None:
    """Find the directions of the digit that is shown first, which takes a second or two."""
    if whole := available(lab):
        directions_of(network_of(lab, first_of(whole), ""), 3)


TAB = Tab(NAME, build, warm, preload)
