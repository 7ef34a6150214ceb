"""Real or fake? Ten pairs, the visitor against the discriminator.

The positions of the real images stay on the server, in the visitor's own state, until the visitor
has answered. The quiz shows pairs, not single images, because every discriminator can compare two,
while the score above which a single image counts as real depends on the loss.
"""

import secrets
from functools import partial
from math import comb
from typing import Any, NamedTuple

import gradio as gr

from core import mnist
from core.checks import SEEDS
from core.digits.real_or_fake import Quiz, area_under_roc, draw_quiz
from pages.app.lab import Lab
from pages.app.request import Request
from pages.digits.real_and_fake import real_and_fake_of
from pages.digits.shared import Shared, classifier_of, network_name, requested_network
from pages.widgets.digits import digits, tile

LARGE, SMALL = 190, 64  # pixels a side
RIGHT, WRONG, NOBODY = "✓", "✗", "–"


class Game(NamedTuple):
    """A quiz against the network of that name, as it was when the quiz began.

    share: of all pairs in which its discriminator finds the real image.
    """

    network: str
    share: float
    quiz: Quiz


def start(request: Request, *, network: str) -> dict[str, Any]:
    """Begin a quiz against the discriminator of the chosen network."""
    chosen = requested_network(request, network)
    seed = secrets.randbelow(SEEDS)  # nobody can compute the same pairs in advance
    classifier = classifier_of(request.lab).model
    quiz = draw_quiz(chosen.model, classifier, mnist.at_hand(), seed)
    compared = real_and_fake_of(request.lab, chosen)
    real, fake = (group.assessment.scores for group in (compared.real, compared.fake))
    game = Game(network, area_under_roc(real, fake), quiz)
    return {"game": game, **show(request, game=game)}


def answer(request: Request, *, index: Any, game: Game | None) -> dict[str, Any]:
    """Choose an image, 0 on the left and 1 on the right, as the real one."""
    if game is not None:
        game = game._replace(quiz=game.quiz.answer(index))
    return {"game": game, **show(request, game=game)}


def show(request: Request, *, game: Game | None) -> dict[str, Any]:
    """The pair to decide on, whether it can be decided, the score, and the past rounds."""
    if game is None:
        buttons = [gr.update(interactive=False)] * 2
        return {"pair": {"tiles": []}, "buttons": buttons, "score": "", "rounds": {"tiles": []}}
    return {
        "pair": pair(request, game.quiz),
        "buttons": [gr.update(interactive=not game.quiz.over)] * 2,
        "score": score(request, game),
        "rounds": past_rounds(request, game.quiz),
    }


def pair(request: Request, quiz: Quiz) -> dict[str, Any]:
    """The two images of the next round; those of the last one, with titles, after the end."""
    position = min(len(quiz.answers), len(quiz.real) - 1)
    titles = ["", ""]
    if quiz.over:
        kinds = ("real", "fake") if quiz.real[position] == 0 else ("fake", "real")
        titles = [request.text(f"digits_ask.{kind}") for kind in kinds]
    tiles = [tile(*part) for part in zip(quiz.images[position], titles, strict=True)]
    return {"size": LARGE, "columns": 2, "gap": 16, "tiles": tiles}


def past_rounds(request: Request, quiz: Quiz) -> dict[str, Any]:
    """All pairs that were decided, the newest first, and who chose which image."""
    tiles = []
    for position in reversed(range(len(quiz.answers))):
        for kind, side in (("real", quiz.real[position]), ("fake", 1 - quiz.real[position])):
            choices = {"you": quiz.answers[position], "machine": quiz.discriminator[position]}
            who = [
                request.text(f"digits_ask.quiz.{key}") for key in choices if choices[key] == side
            ]
            title = f"{position + 1} · {request.text(f'digits_ask.{kind}')}"
            tiles.append(tile(quiz.images[position, side], title, " + ".join(who) or NOBODY))
    return {"size": SMALL, "tiles": tiles}


def score(request: Request, game: Game) -> str:
    """The result of the last round and the score; after the last one, the conclusion."""
    quiz = game.quiz
    played, (you, machine) = len(quiz.answers), quiz.score
    network = network_name(game.network, request.language)
    against = request.text("digits_ask.quiz.against", network=network)
    if not played:
        return request.text("digits_ask.quiz.first", against=against)
    real = quiz.real[played - 1]
    sentence = request.text(
        "digits_ask.quiz.score",
        round=played,
        total=len(quiz.real),
        you=you,
        machine=machine,
        against=against,
        your_mark=RIGHT if quiz.answers[-1] == real else WRONG,
        machine_mark=RIGHT if quiz.discriminator[played - 1] == real else WRONG,
    )
    return f"{sentence}\n\n{conclusion(request, game)}" if quiz.over else sentence


def conclusion(request: Request, game: Game) -> str:
    """Who won, the probability of that by guessing, and the discriminator's share of all pairs."""
    quiz = game.quiz
    you, machine = quiz.score
    total = len(quiz.real)
    both = int(((quiz.real != quiz.answers) & (quiz.real != quiz.discriminator)).sum())
    winner = "won" if you > machine else "lost" if you < machine else "drew"
    luck = sum(comb(total, right) for right in range(you, total + 1)) / 2**total
    return request.text(
        "digits_ask.quiz.ending",
        winner=request.text(f"digits_ask.quiz.{winner}"),
        yours=total - you,
        its=total - machine,
        both=both,
        you=you,
        luck=f"{luck:.0%}",
        share=f"{game.share:.0%}",
    )


def build(lab: Lab, shared: Shared, place: gr.Tab, around: gr.Tab) -> None:
    """The pair above its two buttons; beside it the score and the past rounds."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="digits_ask.quiz.hint")
    game = gr.State(None)
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            images = lab.translate(digits(), words="digits_ask.words.pair")
            with gr.Row():
                buttons = [
                    lab.translate(
                        gr.Button(size="lg", min_width=120, interactive=False),
                        value=f"digits_ask.quiz.{side}",
                    )
                    for side in ("left", "right")
                ]
            new = lab.translate(gr.Button(variant="primary"), value="digits_ask.quiz.start")
        with gr.Column(scale=3, min_width=300):
            result = gr.Markdown(elem_classes="verdict")
            rounds = lab.translate(digits(clickable=False), words="digits_ask.words.rounds")

    on, inputs = lab.events.on, {"game": game}
    shown = {"pair": images, "buttons": buttons, "score": result, "rounds": rounds}
    outputs = {"game": game, **shown}
    on(new.click, start, {"network": shared.network}, outputs)
    on(images.tile_click, answer, inputs, outputs, data=["index"])
    for side, button in enumerate(buttons):
        on(button.click, partial(answer, index=side), inputs, outputs)
    on(lab.events.language_switched, show, inputs, shown)
