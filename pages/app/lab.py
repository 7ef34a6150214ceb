"""The running lab: the parts that all tabs share."""

from typing import Any

import torch

from core.execution.runner import Runner
from pages.app.events import Events
from pages.app.links import Links
from pages.app.networks import Networks
from pages.app.visitors import Visitors
from pages.app.words import Component, Words


class Lab:
    """One running lab.

    runner: the trainings. has_teacher: whether somebody leads the class, who knows visitors by
    their alias. shared_trainings: by the code of a link, the owner of the training that everyone
    with this link may watch.
    """

    def __init__(self, device: torch.device, runner: Runner):
        self.device = device
        self.runner = runner
        self.visitors = Visitors(self.forget)
        self.networks = Networks(device, self.visitors)
        self.words = Words()
        self.links = Links()
        self.events = Events(self)
        self.has_teacher = False
        self.shared_trainings: dict[str, str] = {}

    def translate(self, component: Component, **keys: Any) -> Component:
        """Give a component its words in whichever language the visitor reads; see `Words`."""
        return self.words.translate(component, **keys)

    def forget(self, token: str) -> None:
        """Free everything of a visitor: networks, trainings and their files."""
        self.visitors.remove(token)
        for owner in self.runner.owners:
            if owner.endswith(f" {token}"):
                self.runner.forget(owner)
                shared = self.shared_trainings.items()
                self.shared_trainings = {code: each for code, each in shared if each != owner}
