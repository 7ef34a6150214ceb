"""What the sections of this tab share: the chosen agent, its policy, and the steps of a cart."""

from collections.abc import Sequence
from typing import Any

from core.cartpole.policy import Policy
from core.cartpole.rollout import answer_request
from core.errors import Problem
from pages.app.lab import Lab
from pages.app.network_choice import ChosenNetwork, NetworkChoice
from pages.app.networks import MINE
from pages.text import explain, known
from pages.widgets.cart import chunk

TAB = "cartpole"
SHIPPED = ("cartpole", "cartpole-double", "cartpole-dueling", "cartpole-best")
FIRST = "cartpole-best"
SHELF = NetworkChoice(TAB, SHIPPED, FIRST)
available, first_of = SHELF.available, SHELF.first_of
network_of, network_name = SHELF.network_of, SHELF.name_of
Stage = ChosenNetwork


def policy_of(lab: Lab, name: Any, visitor: str) -> Policy:
    """The chosen agent as a NumPy policy, cached."""
    network = network_of(lab, name, visitor)
    return network.keep("policy", lambda: Policy.of(network.model))


def agent(name: str, version: int, visitor: str) -> dict[str, Any]:
    """The agent of a cart view; only a visitor's own network needs the visitor's name."""
    return {"who": {"name": name, "visitor": visitor if name == MINE else ""}, "version": version}


async def feed(lab: Lab, asked: dict[str, Any]) -> dict[str, Any]:
    """The next steps of an agent, as `pages.widgets.cart` asks for them.

    It takes a few milliseconds, less than a change of thread.
    """
    who = asked.get("who")
    if not isinstance(who, dict):
        return {}
    visitor = who.get("visitor", "")
    try:
        run = answer_request(policy_of(lab, who.get("name"), visitor), asked)
    except Problem as problem:
        return {"problem": explain(problem, known(lab.seen(visitor).language))}
    over = run.terminated or run.truncated
    return chunk(run.states, run.q, run.actions, run.forces, over, run.state_values)


def check_choice(name: str, value: Any, choices: Sequence[Any]) -> Any:
    """The value if it is one of the choices. Raises `Problem` ("setting.choice")."""
    if value not in choices:
        raise Problem("setting.choice", name=name, choices=", ".join(map(str, choices)),
                      value=str(value)[:80], nearest=choices[0])  # fmt: skip
    return value
