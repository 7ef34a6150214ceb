"""A training as a Python script that does it again, with this package alone."""

from functools import partial
from typing import Any

from core.training.recipe import Recipe

SCRIPT = '''"""{title}

Run it in the folder of Netlab: python {name}.py
The network and its card are written into the folder "experiment".
"""

import threading
from pathlib import Path
{imports}
import torch

from core.recipes import find
from core.training.session import Run

# As in the lab: in which order numbers are added depends on the number of threads.
torch.set_num_threads(1)

recipe = {recipe}
config = recipe.Config(
{settings}
)
run = Run(recipe, config, Path("experiment"), torch.device("{device}"))
run.commands = [recipe.command(config.changed())]
enough = threading.Event()
for progress in run.train(None, enough):
    print(progress.step, dict(progress.metrics), flush=True)
{end}'''
STOP = """    # In the lab it was ended here (a translator tells of few steps: soon after).
    if progress.step >= {step}:
        enough.set()
"""
CHANGED = "    # Settings that were changed while it ran stand here as they were at its end.\n"


def script(recipe: Recipe, config: Any, device: str, step: int | None, steered: bool) -> str:
    """The program that trains a recipe with these settings and this seed.

    step: the one to end at, where that is not the last. steered: whether settings were changed
    while it ran, which the program then says that it does not repeat.
    """
    settings = "\n".join(f"    {name}={value!r}," for name, value in config.to_dict().items())
    found, imports = f'find("{recipe.name}")', ""
    if isinstance(recipe.data, partial):  # somebody's own data
        make = recipe.data.func
        imports = (
            f"from dataclasses import replace\n\nfrom {make.__module__} import {make.__name__}"
        )
        given = ", ".join(map(repr, recipe.data.args))
        found = f"replace({found}, data=lambda: {make.__name__}({given}))"
    ending = (CHANGED if steered else "") + (STOP.format(step=step) if step else "")
    return SCRIPT.format(
        title=f"{recipe.name}, as it was trained in Netlab.",
        name=recipe.name,
        imports=imports,
        recipe=found,
        settings=settings,
        device=device,
        end=ending,
    )
