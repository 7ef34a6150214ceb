"""What the sections of this tab share: the chosen GAN, the current digit, the pinned digits."""

from dataclasses import dataclass

import gradio as gr

from pages.app.lab import Lab
from pages.app.network_choice import ChosenNetwork, NetworkChoice
from pages.app.networks import Network
from pages.app.request import Request

TAB = "digits"
SHIPPED = ("digits", "digits-mlp")
FIRST = "digits"
CLASSIFIER = "digits-judge"
PINS = "ABC"


@dataclass
class Shared(ChosenNetwork):
    """The components that more than one section reads or changes.

    latent, digit: of the current digit; an unconditional network ignores the class. pins: {"A":
    {"latent": [...], "digit": 3}, ...}. ready: becomes true with the first digit. replacements:
    counts how often another section replaced the digit that is steered.
    """

    latent: gr.State
    digit: gr.Radio
    pins: gr.State
    ready: gr.State
    replacements: gr.State


NETWORKS = NetworkChoice(TAB, SHIPPED, FIRST)
network_of, network_name = NETWORKS.network_of, NETWORKS.name_of


def requested_network(request: Request, name: str) -> Network:
    """The network of that name for whoever asks. Raises `Problem` where there is none."""
    return network_of(request.lab, name, request.visitor)


def classifier_of(lab: Lab) -> Network:
    """The digit classifier. Raises `Problem` where its checkpoint is missing."""
    return lab.networks.get(CLASSIFIER, TAB, "")
