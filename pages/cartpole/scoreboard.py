"""The scoreboard of a visitor: how long they balanced the pole, alone or in a race."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from core.cartpole.environment import MAX_STEPS, TIME_STEP
from core.checks import check_count
from pages.app.lab import Lab
from pages.cartpole.stage import check_choice
from pages.text import text

ENDS = ("fell", "left", "time")
PACES = ("slow", "real", "fast", "most")
SHOWN = 8  # rounds in the table
KEPT = 100  # rounds at most; the shortest are dropped


@dataclass(frozen=True)
class Round:
    """An episode that a visitor controlled. number: in order of play. rival: steps of the agent by
    the end, or -1 without a race.
    """

    number: int
    steps: int
    end: str
    rival: int
    pace: str

    @property
    def outcome(self) -> str:
        """alone, won, lost or draw; if both fall in the same step, the visitor has lost."""
        if self.rival < 0:
            return "alone"
        if self.steps > self.rival:
            return "won"
        return "draw" if self.end == "time" else "lost"


def note(
    lab: Lab,
    steps: Any,
    end: Any,
    rival: Any,
    pace: Any,
    usual: Any,
    rounds: Sequence[Round],
    visitor: str,
    language: str,
) -> Sequence[Any]:
    """Add a round that a browser reports; only the default environment counts."""
    if usual is not True:
        return [gr.skip(), gr.skip()]
    end, pace = check_choice("end", end, ENDS), check_choice("pace", pace, PACES)
    rival = check_count("rival", rival, -1, MAX_STEPS)
    number = max((each.number for each in rounds), default=0) + 1
    played = Round(number, check_count("steps", steps, 1, MAX_STEPS), end, rival, pace)
    kept = ranked([*rounds, played])[:KEPT]
    kept = kept if played in kept else [*kept[:-1], played]
    return [kept, show(lab, kept, visitor, language)]


def ranked(rounds: Sequence[Round]) -> list[Round]:
    """Longest first, then in order of play."""
    return sorted(rounds, key=lambda each: (-each.steps, each.number))


def show(lab: Lab, rounds: Sequence[Round], visitor: str, language: str) -> str:
    """The best rounds as a table, and a sentence on the last round."""
    if not rounds:
        return text("cartpole.board.empty", language)
    order = ranked(rounds)
    last = max(rounds, key=lambda each: each.number)
    place = order.index(last) + 1
    rows = list(enumerate(order, 1))
    shown = rows[:SHOWN] if place <= SHOWN else [*rows[: SHOWN - 1], rows[place - 1]]
    heads = [text(f"cartpole.board.{head}", language) for head in ("place", "steps", "end", "race")]
    lines = [f"| {' | '.join(heads)} |", "|---:|---:|:---|:---|"]
    for at, each in shown:
        held = text("cartpole.board.held", language,
                    steps=each.steps, seconds=f"{each.steps * TIME_STEP:.1f}")  # fmt: skip
        race = ""
        if each.rival >= 0:
            race = text(f"cartpole.board.{each.outcome}", language, rival=each.rival)
        cells = [str(at), f"**{held}**" if each is last else held, ended(each, language), race]
        lines.append(f"| {' | '.join(cells)} |")
    values = {"steps": last.steps, "place": place, "count": len(rounds)}
    races = [each.outcome for each in rounds if each.outcome != "alone"]
    said = [text("cartpole.board.last", language, **values)]
    if races:
        won = races.count("won")
        said.append(text("cartpole.board.races", language, count=len(races), won=won))
    return "\n".join(lines) + "\n\n" + " ".join(said)


def ended(played: Round, language: str) -> str:
    """How a round ended, and its pace unless it was real time."""
    said = text(f"cartpole.board.{played.end}", language)
    if played.pace == "real":
        return said
    return f"{said} ({text(f'cartpole_view.cart.{played.pace}', language).lower()})"
