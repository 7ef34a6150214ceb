"""Watching, racing, recording and changing the environment, without a server."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.cartpole.environment import ANGLE_LIMIT, EARTH, TRACK_LIMIT, World
from core.cartpole.policy_map import policy_map as q_map
from core.cartpole.robustness import Robustness
from core.cartpole.rollout import play_episode
from core.errors import Problem
from pages.app.networks import MINE
from pages.app.request import Request
from pages.cartpole import environment, episode, live_episode, policy_map, robustness, scoreboard
from pages.cartpole.shared import policy_of

NAME = "cartpole"
TOKEN = "v" * 24


def numbers(packed: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed), "<f4")


def request(lab, language: str = "en") -> Request:
    return Request(lab, TOKEN, language)


def test_the_cart_is_given_the_chosen_agent(lab):
    plain = live_episode.show_agent(request(lab), network=NAME, version=3)["agent"]
    assert plain == {"who": {"name": NAME, "visitor": ""}, "version": 3}
    own = live_episode.show_agent(request(lab), network=MINE, version=3)["agent"]
    assert own["who"]["visitor"] == TOKEN
    assert live_episode.set_endless(request(lab), endless=True)["rules"] == {"endless": True}


def shown_map(lab, kind: str = "value", x: Any = 0.0, velocity: float = 0.0) -> dict[str, Any]:
    return policy_map.show_map(request(lab), network=NAME, kind=kind, x=x, velocity=velocity)


def test_the_map_shows_the_policy_in_three_ways(lab):
    found = q_map(policy_of(request(lab), NAME), 1.0, -0.5)
    shown = {kind: shown_map(lab, kind, 1.0, -0.5) for kind in policy_map.KINDS}
    maps = {kind: each["map"]["map"] for kind, each in shown.items()}
    difference = numbers(maps["difference"]["values"])
    assert difference == pytest.approx(found.difference.ravel())
    assert set(numbers(maps["action"]["values"])) <= {-1.0, 1.0} and maps["action"]["named"]
    assert (numbers(maps["action"]["values"]) > 0).mean() == (found.actions == 1).mean()
    assert numbers(maps["value"]["values"]).max() == pytest.approx(found.values.max())
    assert "signed" not in maps["value"]
    assert "map" in shown["value"]["note"]
    with pytest.raises(Problem, match="kind"):
        shown_map(lab, "beauty")


@pytest.mark.parametrize("x", [9.0, float("nan"), None, "far"])
def test_a_map_at_an_invalid_position_is_refused(lab, x):
    with pytest.raises(Problem):
        shown_map(lab, x=x)


def start_at(lab, angle: Any, spin: float, x: float = 0.0, velocity: float = 0.0) -> Any:
    start = policy_map.start_episode
    return start(request(lab), angle=angle, spin=spin, x=x, velocity=velocity)["start"]


def test_an_episode_starts_where_the_map_was_clicked(lab):
    first, again = (start_at(lab, 0.1, -1.0, 0.5, 0.2) for _ in range(2))
    assert first["state"] == [0.5, 0.2, 0.1, -1.0] and first != again, "else nothing would start"
    for angle, spin in ((0.5, 0.0), (float("nan"), 0.0), (None, 0.0), ("up", 0.0)):
        with pytest.raises(Problem):
            start_at(lab, angle, spin)
    corner = start_at(lab, 0.99 * ANGLE_LIMIT, -2.97, TRACK_LIMIT, policy_map.FASTEST)
    assert corner["state"][0] == TRACK_LIMIT


def test_a_paused_cart_moves_the_map_to_its_position(lab):
    def follow(state: Any, x: float = 0.0, velocity: float = 0.0) -> dict[str, Any]:
        inputs = {"network": NAME, "kind": "value", "x": x, "velocity": velocity}
        return policy_map.follow_cart(request(lab), state=state, **inputs)

    moved = follow([0.52, 7.0, 0.01, 0.0])
    assert (moved["x"], moved["velocity"]) == (0.5, policy_map.FASTEST)
    assert moved["map"] == shown_map(lab, "value", 0.5, policy_map.FASTEST)["map"]
    unmoved = follow([0.52, 0.0, 0.01, 0.0], x=0.5)
    assert unmoved == {}, "it would undo what the visitor set since"
    for state in (None, [1, 2], [float("inf")] * 4, "here"):
        with pytest.raises(Problem):
            follow(state)


def play(lab, rounds: list[scoreboard.Round], language: str = "en", **played: Any) -> Any:
    """Rounds and table after another round, by default alone and in real time."""
    reported = {"end": "fell", "rival": -1, "pace": "real", "usual": True} | played
    found = scoreboard.add_round(request(lab, language), played=reported, rounds=rounds)
    return found.get("rounds"), found.get("table")


def test_rounds_are_ranked_and_races_judged(lab):
    assert "Nobody has driven yet" in scoreboard.show_rounds(request(lab), rounds=[])
    rounds, _ = play(lab, [], steps=40)
    rounds, _ = play(lab, rounds, steps=90, rival=31, pace="slow")
    rounds, shown = play(lab, rounds, steps=40, rival=40)
    assert [each.steps for each in rounds] == [90, 40, 40]
    assert [each.outcome for each in rounds] == ["won", "alone", "lost"]
    assert "**40 steps · 0.8 s**" in shown and "fell (slow)" in shown
    assert "place 3 of 3" in shown and "Races won: 1 of 2." in shown
    assert "the agent fell after 31" in shown
    rounds, shown = play(lab, rounds, "zh", steps=500, end="time", rival=500)
    assert rounds[0].outcome == "draw" and "比赛 3 次，胜 1 次" in shown


def test_many_rounds_show_the_best_and_the_last(lab):
    rounds = []
    for steps in range(20, 20 + scoreboard.KEPT + 5):
        rounds, _ = play(lab, rounds, steps=steps)
    rounds, shown = play(lab, rounds, steps=5)
    assert len(rounds) == scoreboard.KEPT and rounds[-1].steps == 5
    assert shown.count("steps ·") == scoreboard.SHOWN and "**5 steps" in shown


def test_rounds_in_other_worlds_do_not_count_and_invalid_ones_are_refused(lab):
    for usual in (False, None, "yes"):
        assert play(lab, [], steps=300, usual=usual) == (None, None)
    assert scoreboard.add_round(request(lab), played="won", rounds=[]) == {}
    wrong: list[Any] = [("end", "glory"), ("pace", 9), ("steps", 900), ("rival", -2), ("steps", 0)]
    for name, value in wrong:
        with pytest.raises(Problem):
            play(lab, [], **{"steps": 10, name: value})
    with pytest.raises(Problem):
        play(lab, [])


def test_the_observations_on_an_episode_follow_its_seed(lab):
    def describe(seed: Any, language: str = "en") -> str:
        return episode.describe_episode(request(lab, language), network=NAME, seed=seed)

    english = describe(7)
    steps = len(play_episode(policy_of(request(lab), NAME), seed=7))
    assert f"{steps} steps" in english and english.count("\n- ") >= 2
    assert describe(7, "zh") != english
    for seed in (-1, 1.5, None):
        with pytest.raises(Problem):
            describe(seed)


@pytest.mark.parametrize("kind", ["webp", "gif", "mp4"])
def test_a_recording_is_a_file_of_its_kind(lab, tmp_path, kind):
    run = play_episode(policy_of(request(lab), NAME), seed=7, steps=30)
    path = episode.save(run, kind, "short", str(tmp_path))
    assert path.name == f"short.{kind}" and path.is_relative_to(tmp_path)
    magic = {"webp": b"WEBP", "gif": b"GIF8", "mp4": b"ftyp"}[kind]
    assert magic in path.read_bytes()[:16]


def test_a_recording_reports_its_progress_and_problems(lab, tmp_path, monkeypatch):
    monkeypatch.setattr(episode, "save", lambda run, kind, name, cache: kept(tmp_path, name))
    first, last = recorded(lab, 7, "mp4", tmp_path)
    assert first["status"].startswith("Rendering") and "MP4" in last["status"]
    assert not last["image"]["visible"] and last["video"]["visible"] and last["file"]["interactive"]
    assert Path(last["file"]["value"]).name == f"{NAME}-7"
    (wrong,) = recorded(lab, -1, "mp4", tmp_path)
    assert "must lie between" in wrong["status"]


def kept(folder: Path, name: str) -> Path:
    (folder / name).write_bytes(b"film")
    return folder / name


def recorded(lab, seed, kind, folder):
    async def everything():
        stream = episode.record_episode(
            request(lab), network=NAME, seed=seed, kind=kind, cache=str(folder)
        )
        return [update async for update in stream]

    return asyncio.run(everything())


def test_the_sliders_make_the_world(lab):
    world = World(1.62, 2.0, 0.2, 1.0, 5.0, 0.1, 3).to_dict()
    assert environment.change_world(request(lab), values=world)["world"] == world
    assert environment.set_sliders(request(lab), changes=world) == {"values": world}
    invalid: list[Any] = [float("nan"), -1.0, 1e9, None]
    for wrong in invalid:
        with pytest.raises(Problem):
            environment.change_world(request(lab), values=world | {"gravity": wrong})


@pytest.mark.parametrize("quantity", robustness.QUANTITIES)
def test_a_quantity_is_tried_over_its_range_and_as_usual(quantity):
    tried, item = robustness.grid(quantity), robustness.QUANTITIES[quantity]
    assert tried == sorted(set(tried)) and getattr(EARTH, quantity) in tried
    assert (tried[0], tried[-1]) == (item.metadata["low"], item.metadata["high"])


def test_the_chart_is_kept_and_marks_the_present_world(lab, monkeypatch):
    monkeypatch.setattr(robustness, "EPISODES", 3)
    count = []
    real = robustness.return_against
    monkeypatch.setattr(
        robustness, "return_against", lambda *args: count.append(len(args[2])) or real(*args)
    )
    usual = EARTH.to_dict()
    inputs: dict[str, Any] = {"network": NAME, "quantity": "delay"}
    opened = environment.show_section(request(lab), **inputs, version=0, values=usual)
    assert opened["cart"]["agent"]["who"]["name"] == NAME and opened["cart"]["world"] == usual
    assert "In this world (0 steps)" in opened["verdict"]
    late = usual | {"delay": 4}
    moved = environment.select_and_compare(request(lab, "zh"), **inputs, values=late)
    assert moved["quantity"] == "delay" and "（4 步）" in moved["verdict"]
    assert count == [11, 1, 1], "the curve is the same: it is computed once"
    _, mean, _, present = moved["chart"]["traces"]
    assert present["x"] == [4] and present["y"] == [mean["y"][4]], "the same starts, the same world"
    for _ in range(2):
        environment.compare(request(lab), **inputs, values=late | {"cart_mass": 3.0})
    assert count == [11, 1, 1, 11, 1, 1]
    with pytest.raises(Problem, match="quantity"):
        environment.compare(request(lab), network=NAME, quantity="colour", values=usual)


@pytest.mark.parametrize(
    ("means", "kind", "ends"),
    [
        ([500, 500, 500, 490], "all", [0, 3]),
        ([100, 20, 30, 474], "none", [0, 3]),
        ([500, 300, 100, 500], "lost", [0, 0]),
        ([500, 500, 480, 100], "up", [0, 2]),
        ([100, 500, 480, 500], "down", [1, 3]),
        ([100, 20, 480, 100], "only", [2, 2]),
        ([100, 480, 480, 100], "both", [1, 2]),
    ],
)
def test_how_far_it_holds_is_told_apart(means, kind, ends):
    curve = Robustness("delay", np.arange(4.0), np.array(means)[:, None].repeat(2, axis=1))
    found, (low, high) = robustness.span(curve, 2.0)
    assert (found, [low, high]) == (kind, ends)
    finding = robustness.Finding(curve, Robustness("delay", np.array([1.0]), np.array([[7, 500]])))
    for language in ("en", "zh"):
        said = robustness.verdict(finding, language)
        assert "254" in said and "{" not in said
