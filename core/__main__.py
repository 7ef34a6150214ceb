"""Train and measure the networks from a terminal.

python -m core list [--out DIR]
python -m core train NAME [--learning-rate 0.001 …] [--budget SECONDS] [--out DIR]
                          [--resume | --from checkpoints/NAME] [--device auto|cpu|cuda|mps]
python -m core evaluate NAME [--json] [--write] [--out DIR] [--device …]

`train NAME --help` lists the settings of a recipe. Ctrl-C keeps what is trained; --resume goes on.
--from starts a new training from a checkpoint's weights, where what resuming needs is gone.
"""

import argparse
import dataclasses
import json
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from tqdm import tqdm

from core import device
from core.errors import Problem
from core.recipes import RECIPES, find
from core.training import checkpoint
from core.training.checkpoint import Card
from core.training.config import nearest
from core.training.metrics import Metrics
from core.training.progress import Progress
from core.training.recipe import Recipe
from core.training.session import Run

INTERRUPTED = 130  # the exit code of a program that Ctrl-C ended


def main(words: Sequence[str]) -> int:
    """Do what the words of a command line say; return the exit code."""
    try:
        if not words or words[0] in ("-h", "--help") or words[1:2] in (["-h"], ["--help"]):
            print(str(__doc__).strip())
            return 0 if words else 2
        command, *rest = words
        if command not in COMMANDS:
            raise Problem("command.unknown", name=command, nearest=nearest(command, list(COMMANDS)))
        return COMMANDS[command](rest)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # before the first step, while measuring, or a second time
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED


class Parser(argparse.ArgumentParser):
    """Holds only the flags that were given, and answers a wrong one with a `Problem`."""

    def __init__(self, name: str):
        super().__init__(
            f"python -m core {name}", allow_abbrev=False, argument_default=argparse.SUPPRESS
        )
        self.add_argument("--out", type=Path, metavar="DIR", help="default: checkpoints")

    def error(self, message: str) -> NoReturn:
        raise Problem("command.usage", reason=message)

    def parse(self, words: Sequence[str]) -> dict[str, Any]:
        """The flags that were given, by name."""
        flags, rest = self.parse_known_args(words)
        for word in rest:
            if not word.startswith("-"):
                self.error(f"nothing is known to do with {word[:60]}")
            name, known = word.partition("=")[0], list(self._option_string_actions)
            raise Problem("command.flag", name=name, nearest=nearest(name, known))
        return vars(flags)


def list_recipes(words: Sequence[str]) -> int:
    """Print every recipe with the figure that matters most, as its card has it."""
    folder = Parser("list").parse(words).get("out", checkpoint.FOLDER)
    for name, recipe in RECIPES.items():
        print(f"{name:<24}{headline(recipe, folder)}")
    return 0


def headline(recipe: Recipe, folder: Path) -> str:
    """The first figure of a recipe's card, or why there is none."""
    try:
        card = checkpoint.read_card(folder, recipe.name)
    except Problem as problem:
        return "not trained" if problem.key == "checkpoint.missing" else str(problem)
    if recipe.headline not in card.metrics:
        return f"{card.steps:,} of {card.total:,} steps, not measured"
    return f"{recipe.headline} {card.metrics[recipe.headline]:.6g}"


def train(words: Sequence[str]) -> int:
    """Train a recipe, or go on with its training, until it is done, interrupted or out of time."""
    recipe = _recipe("train", words)
    flags = _train_parser(recipe).parse(words[1:])
    folder = flags.pop("out", checkpoint.FOLDER)
    place = device.choose(flags.pop("device", None))
    typed = recipe.command(flags)
    budget, resume = flags.pop("budget", None), flags.pop("resume", False)
    if budget is not None and not budget > 0:
        raise Problem("command.usage", reason="--budget must be a number of seconds above 0")
    _require_writable(folder)
    if resume:
        for name in flags:
            raise Problem("command.resume", name="--" + name.replace("_", "-"))
        run = Run.resumed(recipe, folder, place)
    else:
        start = flags.pop("from", None)
        config = recipe.Config.from_text(flags)
        run = (
            Run.begun_from(recipe, config, folder, place, start)
            if start
            else Run(recipe, config, folder, place)
        )
    run.commands.append(typed)
    with device.memory_problems(place):
        with first_interrupt() as interrupted, tqdm(unit=" steps", dynamic_ncols=True) as bar:
            for progress in run.train(budget, interrupted):
                _show(bar, progress)
        if interrupted.is_set():
            print("Interrupted; go on with --resume.", file=sys.stderr)
            return INTERRUPTED
        try:
            _print_metrics(run.measure())
        except Problem as problem:
            if problem.key != "data.no_test":
                raise
            print(problem, file=sys.stderr)
    return 0


def evaluate(words: Sequence[str]) -> int:
    """Measure a trained network anew and print its figures beside its card's."""
    recipe = _recipe("evaluate", words)
    parser = Parser(f"evaluate {recipe.name}")
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    parser.add_argument("--write", action="store_true", help="put the figures into the card")
    parser.add_argument("--device", help="auto, cpu, cuda or mps")
    flags = parser.parse(words[1:])
    place = device.choose(flags.get("device"))
    model, card = recipe.load(flags.get("out", checkpoint.FOLDER), place)
    with device.memory_problems(place):
        metrics = recipe.evaluate(model, recipe.data(), recipe.Config.from_dict(card.config))
    found: dict[str, Any] = dataclasses.asdict(metrics)
    found = {"metrics": found.pop("values"), **found}
    if "write" in flags:
        measured = dataclasses.replace(card, **found)
        checkpoint.write(flags.get("out", checkpoint.FOLDER), recipe.name, model, measured)
    if "json" in flags:
        print(json.dumps(found))
    else:
        _print_metrics(metrics, card)
    return 0


@contextmanager
def first_interrupt() -> Iterator[threading.Event]:
    """Note the first Ctrl-C (or SIGTERM) instead of breaking off a step; a second one breaks."""
    interrupted = threading.Event()

    def note(*_: object) -> None:
        interrupted.set()
        restore()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupted
    finally:
        restore()


def _recipe(command: str, words: Sequence[str]) -> Recipe:
    if not words or words[0].startswith("-"):
        reason = f"{command} needs a NAME first, one of {', '.join(RECIPES)}"
        raise Problem("command.usage", reason=reason)
    return find(words[0])


def _train_parser(recipe: Recipe) -> Parser:
    parser = Parser(f"train {recipe.name}")
    for item in dataclasses.fields(recipe.Config):
        bounds, choices = item.metadata, item.metadata["choices"]
        known = f"{bounds['low']} to {bounds['high']}" if not choices else ", ".join(choices)
        flag = "--" + item.name.replace("_", "-")
        parser.add_argument(flag, help=f"default {item.default}; {known}", metavar="VALUE")
    parser.add_argument("--budget", type=float, metavar="SECONDS", help="end after so long")
    parser.add_argument("--resume", action="store_true", help="go on where a training ended early")
    parser.add_argument("--from", type=Path, metavar="DIR/NAME", help="start from these weights")
    parser.add_argument("--device", help="auto, cpu, cuda or mps")
    return parser


def _require_writable(folder: Path) -> None:
    # Known before the training rather than after it.
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Problem("command.folder", folder=folder, reason=error.strerror) from None


def _show(bar: tqdm, progress: Progress) -> None:
    if not bar.total:
        bar.reset(progress.total)
        bar.initial = progress.step  # a resumed run's speed counts only its own steps
    bar.n = progress.step
    bar.set_postfix({name: f"{value:.4g}" for name, value in progress.metrics.items()})


def _print_metrics(metrics: Metrics, card: Card | None = None) -> None:
    for name, value in metrics.values.items():
        beside = f"   card: {card.metrics[name]:.6g}" if card and name in card.metrics else ""
        note = f"   {metrics.notes[name]}" if name in metrics.notes else ""
        print(f"{name:<24}{value:<12.6g} of {metrics.samples[name]:,}{beside}{note}")


COMMANDS = {"list": list_recipes, "train": train, "evaluate": evaluate}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
