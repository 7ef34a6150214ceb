"""The training panel that all tabs share: settings, Train and Stop, curves, history, results.

A tab says in a `Plan` what it trains and how its previews look; everything else is here.
"""

from pages.training.controls import control, setting, settled
from pages.training.panel import build
from pages.training.plan import Plan

__all__ = ["Plan", "build", "control", "setting", "settled"]
