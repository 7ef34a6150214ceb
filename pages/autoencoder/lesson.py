"""A short lesson: the formulas, and the source of the classes that run."""

import gradio as gr

from core.autoencoder import model, train
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.lessons import coloured, lesson_beside_sources
from pages.app.request import Request
from pages.autoencoder.shared import Shared, network_of

LOSSES = (train.objective, train._negative_elbo, train.gaussian_kl, train.sparsity)
MODEL_SOURCE = "autoencoder.lesson.model_source"  # that of the chosen network
SOURCES = {MODEL_SOURCE: (), "autoencoder.lesson.loss_source": LOSSES}


def show_source(request: Request, *, name: str) -> str:
    """The class of the chosen network and its base classes, as source code."""
    kind = type(network_of(request.lab, name, request.visitor).model)
    classes = [cls for cls in kind.__mro__ if cls.__module__ == model.__name__]
    return coloured(*classes)


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """The lesson beside the source."""
    seen = first_visit(place)
    code = lesson_beside_sources(lab, seen, "autoencoder.lesson.text", SOURCES)[MODEL_SOURCE]
    events = [shared.network.change, shared.version.change]
    lab.events.on(events, show_source, {"name": shared.network}, code, after=seen)
