"""Real or fake? Ten pairs, the visitor against the discriminator.

Which picture is real stays on the server, in the visitor's own state, until the visitor has
answered. Pairs are asked rather than single pictures, because every discriminator can compare two,
while the value above which one calls a single picture real depends on its loss.
"""

import secrets
from collections.abc import Sequence
from functools import partial
from math import comb
from typing import Any, NamedTuple

import gradio as gr

from core import mnist
from core.checks import SEEDS
from core.digits.lineup import Quiz, deal, share_above
from pages.app.lab import Lab
from pages.digits.lineup import lineup_of
from pages.digits.stage import Stage, judge_of, network_name, network_of
from pages.text import text
from pages.widgets.digits import digits, tile

LARGE, SMALL = 190, 64  # pixels a side
RIGHT, WRONG, NOBODY = "✓", "✗", "–"


class Game(NamedTuple):
    """A quiz against the network of a name, as it was when the quiz began.

    share: of all pairs in which its discriminator finds the real one.
    """

    against: str
    share: float
    quiz: Quiz


def start(lab: Lab, name: str, visitor: str, language: str) -> Sequence[Any]:
    """Begin a quiz against the discriminator of the chosen network."""
    network = network_of(lab, name, visitor)
    seed = secrets.randbelow(SEEDS)  # nobody can deal the same pairs to themselves beforehand
    quiz = deal(network.model, judge_of(lab).model, mnist.at_hand(), seed)
    sides = lineup_of(lab, network)
    game = Game(name, share_above(sides.real.opinions.scores, sides.fake.opinions.scores), quiz)
    return [game, *show(lab, game, visitor, language)]


def answer(place: Any, lab: Lab, game: Game | None, *rest: str) -> Sequence[Any]:
    """Take the picture at a place, 0 on the left and 1 on the right, for the real one."""
    if game is not None:
        game = game._replace(quiz=game.quiz.answer(place))
    return [game, *show(lab, game, *rest)]


def choose(lab: Lab, place: Any, *rest: Any) -> Sequence[Any]:
    """A picture was clicked: it is taken for the real one."""
    return answer(place, lab, *rest)


def show(lab: Lab, game: Game | None, visitor: str, language: str) -> Sequence[Any]:
    """The pair to decide on, what may be pressed, the score, and the rounds so far."""
    if game is None:
        button = gr.update(interactive=False)
        return [{"tiles": []}, button, button, "", {"tiles": []}]
    button = gr.update(interactive=not game.quiz.over)
    return [
        pair(game.quiz, language),
        button,
        button,
        story(game, language),
        record(game.quiz, language),
    ]


def pair(quiz: Quiz, language: str) -> dict[str, Any]:
    """The two pictures of the round to be played; the last ones again, named, when it is over."""
    place = min(len(quiz.answers), len(quiz.real) - 1)
    titles = ("", "")
    if quiz.over:
        kinds = ("real", "fake") if quiz.real[place] == 0 else ("fake", "real")
        titles = tuple(text(f"digits_ask.{kind}", language) for kind in kinds)
    tiles = [tile(*part) for part in zip(quiz.pictures[place], titles, strict=True)]
    return {"size": LARGE, "columns": 2, "gap": 16, "tiles": tiles}


def record(quiz: Quiz, language: str) -> dict[str, Any]:
    """All pairs that were decided, the newest first, and who took which picture for real."""
    tiles = []
    for place in reversed(range(len(quiz.answers))):
        for kind, side in (("real", quiz.real[place]), ("fake", 1 - quiz.real[place])):
            chosen = {"you": quiz.answers[place], "machine": quiz.machine[place]}
            who = [
                text(f"digits_ask.quiz.{key}", language) for key in chosen if chosen[key] == side
            ]
            title = f"{place + 1} · {text(f'digits_ask.{kind}', language)}"
            tiles.append(tile(quiz.pictures[place, side], title, " + ".join(who) or NOBODY))
    return {"size": SMALL, "tiles": tiles}


def story(game: Game, language: str) -> str:
    """How the last round went and where both stand; at the end, what that means."""
    quiz = game.quiz
    played, (you, machine) = len(quiz.answers), quiz.score
    against = text(
        "digits_ask.quiz.against", language, network=network_name(game.against, language)
    )
    if not played:
        return text("digits_ask.quiz.first", language, against=against)
    last = played - 1
    marks = (
        RIGHT if choices[last] == quiz.real[last] else WRONG
        for choices in (quiz.answers, quiz.machine)
    )
    score = text(
        "digits_ask.quiz.score", language,
        round=played, total=len(quiz.real), you=you, machine=machine, against=against,
        **dict(zip(("your_mark", "machine_mark"), marks, strict=True)),
    )  # fmt: skip
    return f"{score}\n\n{ending(game, language)}" if quiz.over else score


def ending(game: Game, language: str) -> str:
    """Who won, how likely that was by guessing, and how the discriminator does in the long run."""
    quiz = game.quiz
    you, machine = quiz.score
    total = len(quiz.real)
    fooled = zip(quiz.answers, quiz.machine, quiz.real, strict=True)
    both = sum(mine != real and its != real for mine, its, real in fooled)
    winner = "won" if you > machine else "lost" if you < machine else "drew"
    luck = sum(comb(total, right) for right in range(you, total + 1)) / 2**total
    return text(
        "digits_ask.quiz.ending", language,
        winner=text(f"digits_ask.quiz.{winner}", language),
        yours=total - you, its=total - machine, both=both,
        you=you, luck=f"{luck:.0%}", share=f"{game.share:.0%}",
    )  # fmt: skip


def build(lab: Lab, stage: Stage, place: gr.Tab, around: gr.Tab) -> None:
    """The pair above its two buttons; beside it the score and the rounds so far."""
    lab.say(gr.Markdown(elem_classes="hint"), value="digits_ask.quiz.hint")
    game = gr.State(None)
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            pictures = lab.say(digits(), words="digits_ask.words.pair")
            with gr.Row():
                buttons = [
                    lab.say(
                        gr.Button(size="lg", min_width=120, interactive=False),
                        value=f"digits_ask.quiz.{side}",
                    )
                    for side in ("left", "right")
                ]
            begin = lab.say(gr.Button(variant="primary"), value="digits_ask.quiz.start")
        with gr.Column(scale=3, min_width=300):
            score = gr.Markdown(elem_classes="verdict")
            rounds = lab.say(digits(clickable=False), words="digits_ask.words.rounds")

    shown = [pictures, *buttons, score, rounds]
    lab.on(begin.click, start, [stage.network], [game, *shown])
    lab.on(pictures.tile_click, choose, [game], [game, *shown], data=["index"])
    for side, button in enumerate(buttons):
        lab.on(button.click, partial(answer, side), [game], [game, *shown])
    lab.on(lab.spoken.change, show, [game], shown)
