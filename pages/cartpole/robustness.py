"""Returns of an agent against one parameter of the environment: a chart and a verdict."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from core.cartpole.environment import EARTH, MAX_STEPS, World
from core.cartpole.observe import SOLVED_RETURN
from core.cartpole.robustness import Robustness, return_against
from pages.app.request import Request
from pages.cartpole.shared import TAB, network_of, policy_of
from pages.text import text

QUANTITIES = {item.name: item for item in fields(World)}
UNITS = {"gravity": "m/s²", "cart_mass": "kg", "pole_mass": "kg", "half_length": "m", "force": "N",
         "noise": ""}  # fmt: skip
MARKS = [base * 10.0**power for power in range(-3, 4) for base in (1, 2, 5)]  # of a log axis
POINTS = 17
EPISODES = 20  # in each world
KEPT = f"{TAB}-against"


@dataclass(frozen=True)
class Finding:
    """curve: over the range of the quantity; here: at its present value."""

    curve: Robustness
    here: Robustness

    @property
    def quantity(self) -> str:
        return self.curve.quantity


def grid(quantity: str) -> list[float]:
    """The values of a quantity: evenly over its range, and the default."""
    item = QUANTITIES[quantity]
    low, high = item.metadata["low"], item.metadata["high"]
    if isinstance(item.default, int):
        return list(range(low, high + 1))
    space = np.geomspace if item.metadata["log"] else np.linspace
    tried = {float(f"{value:.3g}") for value in space(low, high, POINTS)}
    return sorted(tried | {getattr(EARTH, quantity)})


def find(request: Request, network: str, quantity: str, world: World) -> Finding:
    """The returns of the chosen agent with one quantity varied.

    Caches the curve: for all visitors where the other quantities are default, else for this one.
    """
    policy = policy_of(request, network)
    if quantity not in QUANTITIES:  # raises the `Problem`
        return_against(policy, quantity, [0.0])
    usual = replace(world, **{quantity: getattr(EARTH, quantity)})

    def curve() -> Robustness:
        return return_against(policy, quantity, grid(quantity), EPISODES, usual)

    if usual == EARTH:
        found = network_of(request, network).keep(f"against {quantity}", curve)
    else:
        kept = request.record.kept
        asked = policy, quantity, usual
        if kept.get(KEPT, (None,))[0] != asked:
            kept[KEPT] = asked, curve()
        found = kept[KEPT][1]
    here = return_against(policy, quantity, [getattr(world, quantity)], EPISODES, world)
    return Finding(found, here)


def returns_chart(finding: Finding, language: str) -> dict[str, Any]:
    """Mean return and range of episodes over the quantity, with default and present value."""
    quantity, curve = finding.quantity, finding.curve
    axis = text(f"cartpole.world.{quantity}", language)
    values, worst, best = curve.values, curve.returns.min(axis=1), curve.returns.max(axis=1)

    def word(key: str) -> str:
        return text(f"cartpole.world.{key}", language)

    def vertical(at: float, name: str, **line: Any) -> dict[str, Any]:
        return {"x": [at, at], "y": [0, MAX_STEPS], "mode": "lines", "name": name, "line": line,
                "hoverinfo": "skip"}  # fmt: skip

    usual, now = float(getattr(EARTH, quantity)), float(finding.here.values[0])
    hover = "%{x:.3g}: %{y:.0f}<extra></extra>"
    traces = [
        {"x": [*values.tolist(), *values[::-1].tolist()],
         "y": [*worst.tolist(), *best[::-1].tolist()], "fill": "toself", "mode": "lines",
         "fillcolor": "series:0@0.18", "line": {"width": 0}, "hoverinfo": "skip",
         "name": text("cartpole.world.band", language, count=EPISODES)},
        {"x": values.tolist(), "y": curve.means.tolist(), "mode": "lines+markers",
         "line": {"color": "series:0", "width": 2}, "marker": {"size": 5}, "name": word("mean"),
         "hovertemplate": hover},
        vertical(usual, word("usual"), color="theme:soft", dash="dot", width=1.5),
        {"x": [now], "y": finding.here.means.tolist(), "mode": "markers", "name": word("now"),
         "marker": {"color": "series:1", "size": 13, "symbol": "diamond",
                    "line": {"color": "theme:back", "width": 2}},
         "hovertemplate": hover},
    ]  # fmt: skip
    log = QUANTITIES[quantity].metadata["log"]
    marks = [each for each in MARKS if values[0] <= each <= values[-1]]
    ticks = {"tickvals": marks, "ticktext": [f"{each:g}" for each in marks]} if log else {}
    layout = {
        "xaxis": {"title": {"text": axis}, "type": "log" if log else "linear", **ticks},
        "yaxis": {"title": {"text": word("returns")}, "range": [0, 1.04 * MAX_STEPS]},
        "uirevision": quantity,
    }
    return {"traces": traces, "layout": layout}


def verdict(finding: Finding, language: str) -> str:
    """The range around the default in which the agent succeeds, and its present returns."""
    here = finding.here

    def written(value: float) -> str:
        if finding.quantity == "delay":
            return text("cartpole.world.steps", language, count=f"{value:g}")
        return f"{value:.3g} {UNITS[finding.quantity]}".strip()

    values = {
        "what": text(f"cartpole.world.name.{finding.quantity}", language),
        "now": written(here.values[0]), "mean": f"{here.means[0]:.0f}",
        "worst": f"{here.returns.min():.0f}", "held": int((here.returns >= MAX_STEPS).sum()),
        "count": EPISODES, "limit": f"{SOLVED_RETURN:.0f}",
    }  # fmt: skip
    kind, ends = span(finding.curve, float(getattr(EARTH, finding.quantity)))
    values |= {"low": written(ends[0]), "high": written(ends[1])}
    worst = int(finding.curve.means.argmin())
    values |= {"least": f"{finding.curve.means[worst]:.0f}",
               "worst_at": written(finding.curve.values[worst])}  # fmt: skip
    return " ".join(
        text(f"cartpole.world.{key}", language, **values) for key in (f"span.{kind}", "present")
    )


def span(curve: Robustness, usual: float) -> tuple[str, np.ndarray]:
    """The kind and the ends of the range around the default where the mean is at least 475.

    all, none: everywhere, nowhere; lost: not at the default; only: at the default alone; up: from
    the least value to an upper end; down: from a lower end to the greatest value; both: two ends.
    """
    good = curve.means >= SOLVED_RETURN
    at = int(np.abs(curve.values - usual).argmin())
    if good.all() or not good.any():
        return ("all" if good.all() else "none"), curve.values[[0, -1]]
    if not good[at]:
        best = int(curve.means.argmax())
        return "lost", curve.values[[best, best]]
    bad = np.flatnonzero(~good)
    first = max((int(i) + 1 for i in bad if i < at), default=0)
    last = min((int(i) - 1 for i in bad if i > at), default=len(good) - 1)
    if first == last:
        kind = "only"
    else:
        kind = "up" if first == 0 else "down" if last == len(good) - 1 else "both"
    return kind, curve.values[[first, last]]
