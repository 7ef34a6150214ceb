"""What the discriminator says: of generated digits, of real ones, and of one that is drawn."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from core.digits.lineup import Lineup, Side, share_above
from core.digits.sample import Opinions, discriminate
from core.drawing import centre
from pages.app.lab import Lab
from pages.app.networks import Network
from pages.digits.lineup import (
    digit_at_hand,
    histograms,
    joined,
    lineup_of,
    meaning,
    shown,
    source,
)
from pages.digits.live import look
from pages.digits.stage import Stage, judge_of, network_of
from pages.text import text
from pages.widgets.chart import chart
from pages.widgets.digits import decode_drawing, digits, tile
from pages.widgets.pad import pad

ROW, COLUMNS = 12, 6  # pictures of each kind, from the most convincing to the least
SIZE, LARGE = 88, 120  # pixels a side
# The share of pairs in which the discriminator finds the real one, from which on it is said to …
WORDS = ((0.9, "sees"), (0.65, "leads"), (0.55, "doubts"), (0.45, "even"), (0.0, "misled"))


def look_again(lab: Lab, opened: bool, *inputs: Any) -> Sequence[Any]:
    """Show what changed meanwhile, if the tool was ever opened."""
    return ask(lab, *inputs) if opened else [gr.skip()] * 8


def ask(
    lab: Lab,
    name: str,
    latent: list[float],
    digit: int,
    drawing: str,
    visitor: str,
    language: str,
) -> Sequence[Any]:
    """The discriminator's opinion on everything that can be shown to it."""
    network = network_of(lab, name, visitor)
    lineup = lineup_of(lab, network)
    bars, *told = question(lab, network, latent, digit, drawing, language)
    return [
        bars,
        verdict(lab, network, language),
        *told,
        row(network, lineup.real, language),
        row(network, lineup.fake, language),
    ]


def ask_of_hand(
    lab: Lab,
    name: str,
    latent: list[float],
    digit: int,
    drawing: str,
    visitor: str,
    language: str,
) -> Sequence[Any]:
    """What is said of the digit at hand alone, after another was taken."""
    network = network_of(lab, name, visitor)
    return question(lab, network, latent, digit, drawing, language)[:3]


def ask_of_drawing(
    lab: Lab,
    drawing: str | None,
    name: str,
    latent: list[float],
    digit: int,
    visitor: str,
    language: str,
) -> Sequence[Any]:
    """What is said of the drawing alone, while it grows; nothing, when the sheet is empty again."""
    drawing, network = drawing or "", network_of(lab, name, visitor)
    bars, _, _, image, said = question(lab, network, latent, digit, drawing, language)
    return bars, image, said, drawing


def question(
    lab: Lab, network: Network, latent: list[float], digit: int, drawing: str, language: str
) -> Sequence[Any]:
    """The two distributions, with the digit at hand and the drawing; what is said of each."""
    asked: dict[str, tuple[np.ndarray, int | None]] = {}
    if latent:
        asked["hand"] = digit_at_hand(network, latent, digit), digit
    if drawing:
        asked["drawing"] = centre(decode_drawing(drawing)), None
    marks: dict[str, float] = {}
    told: dict[str, list[Any]] = {key: [{"tiles": []}, ""] for key in ("hand", "drawing")}
    for key, (image, label) in asked.items():
        found = discriminate(network.model, judge_of(lab).model, image[None], label)
        marks[text(f"digits_ask.opinion.{key}", language)] = float(shown(network, found.scores)[0])
        told[key] = [
            {"size": LARGE, "tiles": [tile(image)]},
            sentence(lab, network, found, language),
        ]
    lineup = lineup_of(lab, network)
    real, fake = (shown(network, side.opinions.scores) for side in (lineup.real, lineup.fake))
    axis = text(f"digits_ask.opinion.axis.{meaning(network)}", language)
    bars = histograms(real, fake, marks, axis, language)
    return [bars, *told["hand"], *told["drawing"]]


def ranked(side: Side) -> np.ndarray:
    """Which of a side's digits are shown: from the most convincing to the least, evenly."""
    order = np.argsort(-side.opinions.scores, kind="stable")
    return order[np.linspace(0, len(order) - 1, ROW).round().astype(int)]


def row(network: Network, side: Side, language: str) -> dict[str, Any]:
    """Those digits, with the discriminator's number above and the judge's reading below each."""
    scores = shown(network, side.opinions.scores)
    tiles = []
    for index in ranked(side):
        name, sure = (part[index] for part in (side.opinions.names, side.opinions.confidences))
        caption = f"{name}\u00a0·\u00a0{sure:.0%}"  # unbroken on a phone
        title = number(scores[index])
        said = text(
            "digits_ask.opinion.spoken", language, score=title, name=name, sure=f"{sure:.0%}"
        )
        tiles.append(
            tile(side.images[index], title=title, caption=caption, digit=int(name), label=said)
        )
    return {"size": SIZE, "columns": COLUMNS, "tiles": tiles}


def sentence(lab: Lab, network: Network, found: Opinions, language: str) -> str:
    """What both say of one digit, and how that compares."""
    lineup, score = lineup_of(lab, network), found.scores[0]
    real, fake = ((side.opinions.scores < score).mean() for side in (lineup.real, lineup.fake))
    said = text(
        f"digits_ask.opinion.one.{meaning(network)}",
        language,
        score=number(shown(network, score)),
        real=f"{real:.0%}",
        fake=f"{fake:.0%}",
    )
    judged = text(
        "digits_ask.opinion.judged",
        language,
        name=found.names[0],
        sure=f"{found.confidences[0]:.1%}",
    )
    if not network.model.conditional:
        return f"{said}\n\n{judged}"
    told = text("digits_ask.opinion.told", language, label=found.labels[0])
    return f"{joined((said, told), language)}\n\n{judged}"


def verdict(lab: Lab, network: Network, language: str) -> str:
    """Who has the upper hand, in words."""
    lineup = lineup_of(lab, network)
    real, fake = lineup.real.opinions, lineup.fake.opinions
    share = share_above(real.scores, fake.scores)
    word = next(word for least, word in WORDS if share >= least)
    parts = (
        text("digits_ask.opinion.pairs", language, share=f"{share:.0%}", source=source(language)),
        text(f"digits_ask.opinion.{word}", language),
        text(f"digits_ask.opinion.scale.{meaning(network)}", language),
        agreement(network, lineup, language),
    )
    return joined(parts, language)


def agreement(network: Network, lineup: Lineup, language: str) -> str:
    """How often the judge reads what was meant, where something was."""
    if not network.model.conditional:
        return text("digits_ask.opinion.reads", language)
    shares = {
        key: f"{(side.opinions.names == side.labels).mean():.1%}"
        for key, side in (("real", lineup.real), ("fake", lineup.fake))
    }
    return text("digits_ask.opinion.agree", language, **shares)


def number(score: Any) -> str:
    """A score as text, with a proper minus."""
    return f"{float(score):.2f}".replace("-", "−")


def take(lab: Lab, index: int, name: str, visitor: str, language: str) -> tuple[list[float], int]:
    """A generated digit was chosen: it is the one at hand from now on."""
    network = network_of(lab, name, visitor)
    lineup = lineup_of(lab, network)
    chosen = ranked(lineup.fake)[int(index) % ROW]
    return lineup.latents[chosen].tolist(), int(lineup.fake.labels[chosen])


def build(lab: Lab, stage: Stage, place: gr.Tab, around: gr.Tab) -> None:
    """The two distributions with what is questioned beside them; the pictures below."""
    lab.say(gr.Markdown(elem_classes="hint"), value="digits_ask.opinion.hint")
    opened, drawing = gr.State(False), gr.State("")
    with gr.Row():
        with gr.Column(scale=3, min_width=300):
            bars = lab.say(chart(height=340), words="digits_ask.words.opinions")
            said = gr.Markdown(elem_classes="verdict")
            lab.say(gr.Markdown(elem_classes="subtitle"), value="digits_ask.opinion.hand_title")
            with gr.Column(elem_classes="shelf"):
                hand = lab.say(digits(clickable=False), words="digits_ask.words.hand")
            hand_said = gr.Markdown(elem_classes="verdict")
        with gr.Column(scale=2, min_width=300):
            lab.say(gr.Markdown(elem_classes="subtitle"), value="digits_ask.opinion.drawing_title")
            sheet = lab.say(pad(), words="digits_ask.words.pad")
            with gr.Column(elem_classes="shelf"):
                drawn = lab.say(digits(clickable=False), words="digits_ask.words.drawn")
            drawn_said = gr.Markdown(elem_classes="verdict")
    with gr.Row():
        with gr.Column(min_width=300):
            lab.say(gr.Markdown(elem_classes="subtitle"), value="digits_ask.opinion.real_title")
            real = lab.say(digits(clickable=False), words="digits_ask.words.real")
        with gr.Column(min_width=300):
            lab.say(gr.Markdown(elem_classes="subtitle"), value="digits_ask.opinion.fake_title")
            fake = lab.say(digits(), words="digits_ask.words.fake")

    inputs = [stage.network, stage.latent, stage.digit, drawing]
    outputs = [bars, said, hand, hand_said, drawn, drawn_said, real, fake]
    again = [opened, *inputs]
    # Told first that it is open: the digit at hand may come while it is being computed.
    chosen = lab.on(place.select, look, [], [opened])
    lab.on(chosen.then, look_again, again, outputs)
    lab.on(around.select, look_again, again, outputs)
    stage.refresh(lab, look_again, again, outputs)
    lab.on(
        sheet.drawn, ask_of_drawing, [sheet, *inputs[:-1]], [bars, drawn, drawn_said, drawing],
        trigger_mode="always_last",
    )  # fmt: skip
    taken = lab.on(
        fake.tile_click, take, [stage.network], [stage.latent, stage.digit], data=["index"]
    )
    lab.on(taken.success, ask_of_hand, inputs, [bars, hand, hand_said])
