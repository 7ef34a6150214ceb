"""What the sections of this tab share: the chosen agent, its policy, and the steps of a cart."""

from collections.abc import Sequence
from typing import Any

from core.cartpole.policy import Policy
from core.cartpole.rollout import answer_request
from core.errors import Problem
from core.observation import Observation
from pages.app.lab import Lab
from pages.app.network_choice import ChosenNetwork, NetworkChoice
from pages.app.networks import MINE, Network
from pages.app.request import Request
from pages.text import explain, known, text
from pages.widgets.cart import chunk

TAB = "cartpole"
SHIPPED = ("cartpole", "cartpole-double", "cartpole-dueling", "cartpole-best")
FIRST = "cartpole-best"
NETWORKS = NetworkChoice(TAB, SHIPPED, FIRST)
network_name = NETWORKS.name_of
Shared = ChosenNetwork


def network_of(request: Request, name: Any) -> Network:
    """The chosen network. Raises `Problem` where there is none of the name."""
    return NETWORKS.network_of(request.lab, name, request.visitor)


def policy_of(request: Request, name: Any) -> Policy:
    """The chosen agent as a NumPy policy, cached."""
    network = network_of(request, name)
    return network.keep("policy", lambda: Policy.of(network.model))


def agent_of(name: str, version: int, visitor: str) -> dict[str, Any]:
    """The agent of a cart view; only a visitor's own network needs the visitor's token."""
    return {"who": {"name": name, "visitor": visitor if name == MINE else ""}, "version": version}


async def next_steps(lab: Lab, asked: dict[str, Any]) -> dict[str, Any]:
    """The next steps of an agent, as `pages.widgets.cart` requests them.

    It takes a few milliseconds, less than a change of thread.
    """
    who = asked.get("who")
    if not isinstance(who, dict):
        return {}
    visitor = who.get("visitor", "")
    request = Request(lab, visitor, known(lab.visitors.get(visitor).language))
    try:
        run = answer_request(policy_of(request, who.get("name")), asked)
    except Problem as problem:
        return {"problem": explain(problem, request.language)}
    over = run.terminated or run.truncated
    return chunk(run.states, run.q, run.actions, run.forces, over, run.state_values)


def observation_text(seen: Observation, language: str) -> str:
    """The sentence of an observation."""
    return text(f"cartpole_view.{seen.key}", language, **seen.values)


def check_choice(name: str, value: Any, choices: Sequence[Any]) -> Any:
    """The value if it is one of the choices. Raises `Problem` ("setting.choice")."""
    if value not in choices:
        raise Problem("setting.choice", name=name, choices=", ".join(map(str, choices)),
                      value=str(value)[:80], nearest=choices[0])  # fmt: skip
    return value
