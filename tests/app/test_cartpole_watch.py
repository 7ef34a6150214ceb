"""Watching, racing, recording and changing the world as the page calls them, no server."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest

from core.cartpole.environment import ANGLE_LIMIT, EARTH, TRACK_LIMIT, World
from core.cartpole.policy_map import policy_map as q_map
from core.cartpole.robustness import Robustness
from core.cartpole.rollout import play_episode
from core.errors import Problem
from pages.app.networks import MINE
from pages.cartpole import environment, episode, live_episode, policy_map, robustness, scoreboard
from pages.cartpole.stage import policy_of

NAME = "cartpole"
USUAL = [getattr(EARTH, name) for name in robustness.QUANTITIES]
TOKEN = "v" * 24


def numbers(packed: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed), "<f4")


def test_the_cart_is_told_whom_to_follow(lab):
    told = live_episode.meet(lab, NAME, 3, TOKEN, "en")["agent"]
    assert told == {"who": {"name": NAME, "visitor": ""}, "version": 3}
    assert live_episode.meet(lab, MINE, 3, TOKEN, "en")["agent"]["who"]["visitor"] == TOKEN
    assert live_episode.go_on(lab, True, "", "en")["rules"] == {"endless": True}


def test_the_map_is_the_policys_own_in_three_ways(lab):
    found = q_map(policy_of(lab, NAME, ""), 1.0, -0.5)
    shown = {
        kind: policy_map.show(lab, NAME, kind, 1.0, -0.5, "", "en") for kind in policy_map.KINDS
    }
    maps = {kind: update["map"] for kind, (update, _) in shown.items()}
    difference = numbers(maps["difference"]["values"])
    assert difference == pytest.approx(found.difference.ravel())
    assert set(numbers(maps["action"]["values"])) <= {-1.0, 1.0} and maps["action"]["named"]
    assert (numbers(maps["action"]["values"]) > 0).mean() == (found.actions == 1).mean()
    assert numbers(maps["value"]["values"]).max() == pytest.approx(found.values.max())
    assert "signed" not in maps["value"]
    assert "map" in shown["value"][1]
    with pytest.raises(Problem, match="kind"):
        policy_map.show(lab, NAME, "beauty", 0.0, 0.0, "", "en")


@pytest.mark.parametrize("x", [9.0, float("nan"), None, "far"])
def test_a_map_of_nowhere_is_refused(lab, x):
    with pytest.raises(Problem):
        policy_map.show(lab, NAME, "value", x, 0.0, "", "en")


def test_an_episode_begins_where_the_map_was_picked(lab):
    first = policy_map.begin_there(lab, 0.1, -1.0, 0.5, 0.2, "", "en")["start"]
    again = policy_map.begin_there(lab, 0.1, -1.0, 0.5, 0.2, "", "en")["start"]
    assert first["state"] == [0.5, 0.2, 0.1, -1.0] and first != again, "else nothing would begin"
    for angle, spin in ((0.5, 0.0), (float("nan"), 0.0), (None, 0.0), ("up", 0.0)):
        with pytest.raises(Problem):
            policy_map.begin_there(lab, angle, spin, 0.0, 0.0, "", "en")


def test_a_held_cart_moves_the_map_to_where_it_is(lab):
    def stand(state, x=0.0, velocity=0.0):
        return policy_map.stand_there(lab, state, NAME, "value", x, velocity, "", "en")

    x, velocity, update, _ = stand([0.52, 7.0, 0.01, 0.0])
    assert (x, velocity) == (0.5, policy_map.FASTEST)
    assert update == policy_map.show(lab, NAME, "value", 0.5, policy_map.FASTEST, "", "en")[0]
    unmoved = stand([0.52, 0.0, 0.01, 0.0], x=0.5)
    assert all(change == gr.skip() for change in unmoved), (
        "it would undo what the visitor set since"
    )
    for state in (None, [1, 2], [float("inf")] * 4, "here"):
        with pytest.raises(Problem):
            stand(state)


def play(
    lab, rounds, steps: Any, end: Any = "fell", rival: Any = -1, pace: Any = "real",
    usual: Any = True, language: Any = "en",
):  # fmt: skip
    return scoreboard.note(lab, steps, end, rival, pace, usual, rounds, "", language)


def test_rounds_are_ranked_and_races_judged(lab):
    assert "Nobody has driven yet" in scoreboard.show(lab, [], "", "en")
    rounds, _ = play(lab, [], 40)
    rounds, _ = play(lab, rounds, 90, rival=31, pace="slow")
    rounds, shown = play(lab, rounds, 40, rival=40)
    assert [each.steps for each in rounds] == [90, 40, 40]
    assert [each.outcome for each in rounds] == ["won", "alone", "lost"]
    assert "**40 steps · 0.8 s**" in shown and "fell (slow)" in shown
    assert "place 3 of 3" in shown and "Races won: 1 of 2." in shown
    assert "the agent fell after 31" in shown
    rounds, shown = play(lab, rounds, 500, "time", 500, language="zh")
    assert rounds[0].outcome == "draw" and "比赛 3 次，胜 1 次" in shown


def test_a_long_visit_shows_the_best_and_the_last(lab):
    rounds = []
    for steps in range(20, 20 + scoreboard.KEPT + 5):
        rounds, _ = play(lab, rounds, steps)
    rounds, shown = play(lab, rounds, 5)
    assert len(rounds) == scoreboard.KEPT and rounds[-1].steps == 5
    assert shown.count("steps ·") == scoreboard.SHOWN and "**5 steps" in shown


def test_rounds_of_other_worlds_do_not_count_and_nonsense_is_refused(lab):
    for usual in (False, None, "yes"):
        assert play(lab, [], 300, usual=usual)[0] == {"__type__": "update"}
    for made_up in ({"end": "glory"}, {"pace": 9}, {"steps": 900}, {"rival": -2}, {"steps": None}):
        with pytest.raises(Problem):
            play(lab, [], **{"steps": 10} | made_up)


def test_what_is_said_of_an_episode_follows_its_seed(lab):
    said = episode.look(lab, NAME, 7, "", "en")
    steps = len(play_episode(policy_of(lab, NAME, ""), seed=7))
    assert f"{steps} steps" in said and said.count("\n- ") >= 2
    assert episode.look(lab, NAME, 7, "", "zh") != said
    wrong: list[Any] = [-1, 1.5, None]
    for seed in wrong:
        with pytest.raises(Problem):
            episode.look(lab, NAME, seed, "", "en")


@pytest.mark.parametrize("kind", ["webp", "gif", "mp4"])
def test_a_recording_is_a_file_of_its_kind(lab, tmp_path, kind):
    run = play_episode(policy_of(lab, NAME, ""), seed=7, steps=30)
    path = episode.save(run, kind, "short", str(tmp_path))
    assert path.name == f"short.{kind}" and path.is_relative_to(tmp_path)
    magic = {"webp": b"WEBP", "gif": b"GIF8", "mp4": b"ftyp"}[kind]
    assert magic in path.read_bytes()[:16]


def test_recording_says_what_it_does_and_what_is_wrong(lab, tmp_path, monkeypatch):
    monkeypatch.setattr(episode, "save", lambda run, kind, name, cache: kept(tmp_path, name))
    first, last = filmed(lab, 7, "mp4", tmp_path)
    assert first[0].startswith("Rendering") and "MP4" in last[0]
    assert not last[1]["visible"] and last[2]["visible"] and last[3]["interactive"]
    assert Path(last[3]["value"]).name == f"{NAME}-7"
    (wrong,) = filmed(lab, -1, "mp4", tmp_path)
    assert "must lie between" in wrong[0]


def kept(folder: Path, name: str) -> Path:
    (folder / name).write_bytes(b"film")
    return folder / name


def filmed(lab, seed, kind, folder):
    async def everything():
        return [
            update async for update in episode.film(lab, NAME, seed, kind, str(folder), "", "en")
        ]

    return asyncio.run(everything())


def test_the_sliders_make_the_world(lab):
    values = [1.62, 2.0, 0.2, 1.0, 5.0, 0.1, 3]
    assert environment.change(lab, *values, "", "en")["world"] == World(*values).to_dict()
    assert environment.travel(3.71, lab, "", "en") == 3.71
    assert list(environment.go_home(lab, "", "en")) == list(EARTH.to_dict().values())
    for wrong in (float("nan"), -1.0, 1e9, None):
        with pytest.raises(Problem):
            environment.change(lab, wrong, *values[1:], "", "en")


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
    opened, cart, plot, said = environment.open_section(lab, NAME, 0, "delay", *USUAL, TOKEN, "en")
    assert opened and cart["agent"]["who"]["name"] == NAME and "In this world (0 steps)" in said
    late = [*USUAL[:-1], 4]
    moved, plot, said = environment.compare_moved("delay", lab, NAME, *late, TOKEN, "zh")
    assert moved == "delay" and "（4 步）" in said
    assert count == [11, 1, 1], "the curve is the same: it is made once"
    present = plot["traces"][-1]
    mean = plot["traces"][1]
    assert present["x"] == [4] and present["y"] == [mean["y"][4]], "the same starts, the same world"
    heavy = [9.8, 3.0, *late[2:]]
    for _ in range(2):
        environment.compare(lab, NAME, "delay", *heavy, TOKEN, "en")
    assert count == [11, 1, 1, 11, 1, 1]
    with pytest.raises(Problem, match="quantity"):
        environment.compare(lab, NAME, "colour", *USUAL, TOKEN, "en")
    assert len(environment.look_again(lab, False, NAME, 0, "delay", *USUAL, TOKEN, "en")) == 3


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


def test_the_ends_of_the_map_are_where_an_episode_can_begin(lab):
    corner = policy_map.begin_there(
        lab, 0.99 * ANGLE_LIMIT, -2.97, TRACK_LIMIT, policy_map.FASTEST, "", "en"
    )
    assert corner["start"]["state"][0] == TRACK_LIMIT
