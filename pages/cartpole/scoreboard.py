"""The scoreboard of a visitor: how long they balanced the pole, alone or in a race."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.cartpole.environment import MAX_STEPS, TIME_STEP
from core.checks import check_count
from pages.app.request import Request
from pages.cartpole.shared import check_choice

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


def add_round(request: Request, *, played: Any, rounds: Sequence[Round]) -> dict[str, Any]:
    """Add a round that a browser reports; only the default environment counts.

    played: of the event, see `pages.widgets.cart`. Raises `Problem` ("setting.*").
    """
    if not isinstance(played, dict) or played.get("usual") is not True:
        return {}
    latest = Round(
        number=max((each.number for each in rounds), default=0) + 1,
        steps=check_count("steps", played.get("steps"), 1, MAX_STEPS),
        end=check_choice("end", played.get("end"), ENDS),
        rival=check_count("rival", played.get("rival"), -1, MAX_STEPS),
        pace=check_choice("pace", played.get("pace"), PACES),
    )
    kept = ranked([*rounds, latest])[:KEPT]
    kept = kept if latest in kept else [*kept[:-1], latest]
    return {"rounds": kept, "table": show_rounds(request, rounds=kept)}


def ranked(rounds: Sequence[Round]) -> list[Round]:
    """Longest first, then in order of play."""
    return sorted(rounds, key=lambda each: (-each.steps, each.number))


def show_rounds(request: Request, *, rounds: Sequence[Round]) -> str:
    """The best rounds as a table, and a sentence on the last round."""
    if not rounds:
        return request.text("cartpole.board.empty")
    order = ranked(rounds)
    last = max(rounds, key=lambda each: each.number)
    place = order.index(last) + 1
    rows = list(enumerate(order, 1))
    shown = rows[:SHOWN] if place <= SHOWN else [*rows[: SHOWN - 1], rows[place - 1]]
    heads = [request.text(f"cartpole.board.{head}") for head in ("place", "steps", "end", "race")]
    lines = [f"| {' | '.join(heads)} |", "|---:|---:|:---|:---|"]
    for at, each in shown:
        seconds = f"{each.steps * TIME_STEP:.1f}"
        held = request.text("cartpole.board.held", steps=each.steps, seconds=seconds)
        race = ""
        if each.rival >= 0:
            race = request.text(f"cartpole.board.{each.outcome}", rival=each.rival)
        cells = [str(at), f"**{held}**" if each is last else held, ended_text(each, request), race]
        lines.append(f"| {' | '.join(cells)} |")
    values = {"steps": last.steps, "place": place, "count": len(rounds)}
    races = [each.outcome for each in rounds if each.outcome != "alone"]
    sentences = [request.text("cartpole.board.last", **values)]
    if races:
        won = races.count("won")
        sentences.append(request.text("cartpole.board.races", count=len(races), won=won))
    return "\n".join(lines) + "\n\n" + " ".join(sentences)


def ended_text(played: Round, request: Request) -> str:
    """How a round ended, and its pace unless it was real time."""
    end = request.text(f"cartpole.board.{played.end}")
    if played.pace == "real":
        return end
    return f"{end} ({request.text(f'cartpole_view.cart.{played.pace}').lower()})"
