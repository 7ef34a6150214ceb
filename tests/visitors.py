"""A visitor without a browser: sends what gradio's page would send, and follows what it answers.

As the page does (gradio 6.31): an event of a component runs all that is wired to it; what waits for
one of them follows; a state or a component that changed has an event of its own. What only the
browser computes is left out.
"""

import asyncio
import json
import secrets
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx

# What was done, how many seconds until it was answered, and what went wrong, if anything.
Notes = Callable[[str, float, str], None]


class Page:
    """The page as the server describes it: its components and what is wired to them."""

    def __init__(self, config: dict[str, Any]):
        self.components = {each["id"]: each for each in config["components"]}
        self.events = config["dependencies"]
        self.inside: dict[int, list[int]] = {}
        self._walk(config["layout"])
        self._wired: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
        for each in self.events:
            for target, event in each["targets"]:
                self._wired[target, event].append(each)

    def _walk(self, node: dict[str, Any]) -> list[int]:
        below = [found for child in node.get("children", []) for found in self._walk(child)]
        self.inside[node["id"]] = below
        return [node["id"], *below]

    def tab(self, *names: str) -> int:
        """A tab by the names of those that it lies in, outermost first."""
        place = next(each for each in self.components if self._named(each, names[0]))
        for name in names[1:]:
            place = next(each for each in self.inside[place] if self._named(each, name))
        return place

    def _named(self, place: int, name: str) -> bool:
        component = self.components[place]
        return component["type"] == "tabitem" and component["props"].get("label") == name

    def find(self, tab: int, kind: str, words: str = "", number: int = 0) -> int:
        """A component inside a tab: of a kind, with these words on it, the nth of them."""
        found = [
            each
            for each in self.inside[tab]
            if self.components[each]["type"] == kind
            and words in (*map(self.components[each]["props"].get, ("label", "value")), "")
        ]
        return found[number]

    def wired(self, target: int, event: str) -> list[dict[str, Any]]:
        """What happens when a component has an event."""
        return self._wired[target, event]


class Visitor:
    """One browser with the page open. `session` and `token` are nobody else's."""

    def __init__(self, page: Page, client: httpx.AsyncClient, address: str, note: Notes):
        self.page, self.client, self.note = page, client, note
        self.address = address
        self.api = f"{address}gradio_api/"
        self.session, self.token = secrets.token_hex(8), secrets.token_hex(24)
        self.values = {
            number: each["props"].get("value") for number, each in page.components.items()
        }
        kinds = {number: each["type"] for number, each in page.components.items()}
        self.states = {number for number, kind in kinds.items() if kind == "state"}
        for number, kind in kinds.items():
            if kind == "browserstate":
                self.values[number] = self.token
        self._said: dict[str, asyncio.Queue[dict[str, Any]]] = defaultdict(asyncio.Queue)
        self._open = 0
        self._listener: asyncio.Task[None] | None = None
        self._heart = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        with suppress(httpx.HTTPError):
            async with self.client.stream("GET", f"{self.api}heartbeat/{self.session}") as answer:
                async for _ in answer.aiter_bytes():
                    pass

    async def load(self) -> None:
        """Fetch the page, and do what it does when it opens."""
        began = time.perf_counter()
        asked = await self.client.get(self.address)
        wrong = "" if asked.is_success else str(asked.status_code)
        self.note("fetch the page", time.perf_counter() - began, wrong)
        for event in self.page.events:
            if any(name == "load" for _, name in event["targets"]):
                await self.run(event, "open the page")

    async def fire(
        self, name: str, target: int, event: str, value: Any = None, **data: Any
    ) -> None:
        """Let a component have an event, and wait for all that follows.

        name: what the notes call it. value: what the component then holds. data: what a widget
        sends along.
        """
        if value is not None:
            self.values[target] = value
        wired = self.page.wired(target, event)
        assert wired, f"nothing is wired to {event} of {self.page.components[target]}"
        await asyncio.gather(*(self.run(each, name, data, target) for each in wired))

    async def run(
        self, event: dict[str, Any], name: str, data: Any = None, trigger: int | None = None
    ) -> None:
        """One wired function, and what is wired to its end."""
        if not event["backend_fn"]:
            await self._follow(event, name, True)
            return
        body = {
            "data": [
                None if each in self.states else self.values[each] for each in event["inputs"]
            ],
            "event_data": data or None, "fn_index": event["id"], "trigger_id": trigger,
            "session_hash": self.session,
        }  # fmt: skip
        began = time.perf_counter()
        try:
            if event["queue"] is False:
                asked = await self.client.post(f"{self.api}run/predict", json=body)
                asked.raise_for_status()
                said = asked.json()
            else:
                said = await self._queued(body, name)
            wrong = ""
        except (httpx.HTTPError, TimeoutError, RuntimeError) as error:
            said, wrong = {}, f"{type(error).__name__}: {error}"
        self.note(name, time.perf_counter() - began, wrong)
        if not wrong:
            await self._apply(event, said, name)
        await self._follow(event, name, not wrong)

    async def _queued(self, body: dict[str, Any], name: str) -> dict[str, Any]:
        """Join the queue, and wait for the answer on the stream that all events share."""
        self._open += 1
        began, first, changed = time.perf_counter(), True, []
        try:
            asked = await self.client.post(f"{self.api}queue/join", json=body)
            asked.raise_for_status()
            if self._listener is None or self._listener.done():
                self._listener = asyncio.create_task(self._listen())
            messages = self._said[asked.json()["event_id"]]
            while True:
                said = await asyncio.wait_for(messages.get(), 120)
                if said["msg"] == "process_generating":
                    changed += said["output"].get("changed_state_ids") or []
                    if first:
                        first = False
                        self.note(f"{name}: first sign", time.perf_counter() - began, "")
                if said["msg"] == "process_completed":
                    if not said["success"]:
                        raise RuntimeError(str(said["output"].get("error"))[:200])
                    changed += said["output"].get("changed_state_ids") or []
                    return {**said["output"], "changed_state_ids": list(dict.fromkeys(changed))}
        finally:
            self._open -= 1

    async def _listen(self) -> None:
        while self._open:
            with suppress(httpx.RemoteProtocolError, httpx.ReadError):
                asked = self.client.stream(
                    "GET", f"{self.api}queue/data", params={"session_hash": self.session}
                )
                async with asked as answer:
                    async for line in answer.aiter_lines():
                        if line.startswith("data:"):
                            said = json.loads(line[5:])
                            if said.get("event_id"):
                                self._said[said["event_id"]].put_nowait(said)

    async def _apply(self, event: dict[str, Any], said: dict[str, Any], name: str) -> None:
        """Put the answer where it belongs; what changed thereby has its own event."""
        changed = [(state, "change") for state in said.get("changed_state_ids") or []]
        for target, given in zip(event["outputs"], said.get("data") or [], strict=False):
            update = isinstance(given, dict) and given.get("__type__") == "update"
            if target in self.states or (update and "value" not in given):
                continue
            value = given["value"] if update else given
            if value != self.values[target]:
                self.values[target] = value
                changed.append((target, "change"))
        follow = [each for target, kind in changed for each in self.page.wired(target, kind)]
        await asyncio.gather(*(self.run(each, name) for each in follow))

    async def _follow(self, event: dict[str, Any], name: str, well: bool) -> None:
        after = [each for each in self.page.events if each["trigger_after"] == event["id"]]
        after = [each for each in after if well or not each["trigger_only_on_success"]]
        await asyncio.gather(*(self.run(each, name) for each in after))

    async def serve(self, name: str, component: int, function: str, given: Any) -> Any:
        """Ask a widget's own function of the server."""
        body = {"session_hash": self.session, "component_id": component, "fn_name": function,
                "data": given}  # fmt: skip
        began = time.perf_counter()
        asked = await self.client.post(f"{self.api}component_server", json=body)
        wrong = "" if asked.is_success else f"{asked.status_code}: {asked.text[:200]}"
        self.note(name, time.perf_counter() - began, wrong)
        return asked.json() if asked.is_success else None

    def leave(self) -> None:
        """Close the page."""
        self._heart.cancel()
        if self._listener is not None:
            self._listener.cancel()
