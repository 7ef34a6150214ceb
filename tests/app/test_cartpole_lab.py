"""The replay buffer, failure lab, lesson and endpoints of CartPole, without a browser."""

from dataclasses import astuple
from typing import Any

import pytest

from core.cartpole.failures import FAILURES, HEALTHY, Facts, facts_of, outcome_of
from core.errors import Problem
from pages.app.lab import Lab
from pages.app.request import Request
from pages.cartpole import lesson, replay_buffer
from pages.cartpole.api import Verbs
from pages.cartpole.failures import FAILURE_LAB
from pages.training import failures
from tests.waiting import until

VISITOR = "a-visitor-of-the-cart-lab"
AGENT = "cartpole-dueling"


def request(lab: Lab, language: str = "en") -> Request:
    return Request(lab, VISITOR, language)


def choice(kind: str = "random", target: str = "single", n_step: int = 1) -> dict[str, Any]:
    return {"kind": kind, "target": target, "n_step": n_step}


def shown(lab: Lab, *chosen: Any, index: int = 0, **named: Any) -> dict[str, Any]:
    return replay_buffer.show_batch(
        request(lab), network=AGENT, choice=choice(*chosen, **named), seed=0, index=index
    )


def test_the_cards_are_transitions_of_the_buffer(lab):
    batch = shown(lab)
    cards = batch["cards"]["cards"]
    assert len(cards) == 16 and "1,500 transitions" in batch["summary"]
    assert [card["selected"] for card in cards] == [True] + [False] * 15
    ends = shown(lab, "ends")["cards"]["cards"]
    assert all(card["end"] for card in ends)
    for card in ends:
        if card["end"] == "terminated":
            assert card["target"] == 1.0  # a terminal state has value 0
    largest = [abs(card["error"]) for card in shown(lab, "errors")["cards"]["cards"]]
    assert largest == sorted(largest, reverse=True)


def test_an_update_is_written_with_its_numbers(lab):
    batch = shown(lab, index=3)
    card, update = batch["cards"]["cards"][3], batch["update"]
    assert f"{card['target']:.2f}" in update and f"{card['error']:+.2f}" in update
    assert "arg" not in update.replace("target", "")
    assert "\\arg" in shown(lab, target="double")["update"]
    batch = shown(lab, n_step=5)
    assert "n = 5" in batch["update"] and "up to 5 transitions" in batch["summary"]


def test_the_section_opens_with_the_settings_of_the_agent(lab):
    asked = {"network": "cartpole-best", "choice": choice(), "seed": 0, "index": 0}
    opened = replay_buffer.show_agent(request(lab), **asked)
    assert (opened["target"], opened["n_step"]) == ("double", 3)
    assert len(opened["cards"]["cards"]) == 16
    assert replay_buffer.switch_language(request(lab), visited=False, **asked) == {}
    chinese = replay_buffer.switch_language(request(lab, "zh"), visited=True, **asked)
    assert chinese["summary"] != opened["summary"]


def test_only_random_batches_can_be_drawn_again(lab):
    drawn = replay_buffer.draw_again(request(lab), network=AGENT, choice=choice(), seed=0)
    assert (drawn["seed"], drawn["index"]) == (1, 0)
    assert drawn["cards"] != shown(lab)["cards"]
    assert drawn["another"]["interactive"] and not shown(lab, "ends")["another"]["interactive"]


@pytest.mark.parametrize("wrong", [("sideways", "single", 1), ("random", "triple", 1),
                                   ("random", "single", 2)])  # fmt: skip
def test_an_unknown_choice_or_index_is_refused(lab, wrong):
    with pytest.raises(Problem):
        shown(lab, *wrong)
    with pytest.raises(Problem):
        replay_buffer.pick(request(lab), index=16, network=AGENT, choice=choice(), seed=0)


def test_the_lesson_describes_the_chosen_agent(lab):
    english = lesson.show_agent(request(lab), network=AGENT)
    assert "dueling streams" in english["notes"] and "1,000 episodes" in english["card"]
    chinese = lesson.show_agent(request(lab, "zh"), network="cartpole-best")
    assert "镜像" in chinese["notes"]


def test_nothing_breaks_before_a_prediction(lab):
    with pytest.raises(Problem):
        failures.run(FAILURE_LAB, Request(lab, VISITOR, "en"), name="myopic", prediction=None)
    with pytest.raises(Problem):
        failures.run(FAILURE_LAB, Request(lab, "", "en"), name="myopic", prediction="falls")
    with pytest.raises(Problem):
        failures.choose(FAILURE_LAB, Request(lab, VISITOR, "en"), name="boredom")
    story = failures.choose(FAILURE_LAB, Request(lab, VISITOR, "en"), name="unmarked")["story"]
    assert story.count("\n- ") == 1  # one setting differs


def test_what_is_broken_is_seen_beside_what_is_healthy(lab):
    failures.run(FAILURE_LAB, Request(lab, VISITOR, "en"), name="myopic", prediction="falls")
    broken, well = (
        lab.runner.find(FAILURE_LAB.owner(which, VISITOR)) for which in ("broken", "healthy")
    )
    until(lambda: len(broken.metrics) >= 2)
    assert broken.config == FAILURES["myopic"].config and well.config == HEALTHY
    shown = FAILURE_LAB.updates(Request(lab, VISITOR, "en"), "myopic", "falls")
    returns, q = shown["curves"]
    assert len(returns["traces"]) == 1 and len(q["traces"]) == 2  # Q has the greatest return, too
    assert "no discounted return can exceed 1." in shown["verdict"]
    failures.stop(FAILURE_LAB, Request(lab, VISITOR, "en"))
    assert broken.ended and well.ended
    shown = FAILURE_LAB.updates(Request(lab, VISITOR, "en"), "myopic", "falls")
    assert "stopped" in shown["verdict"] and shown["reason"]
    broken.ending = "budget"
    assert "ran out of time" in FAILURE_LAB.verdict(broken, "falls", "en")
    broken.metrics.append((9, 1.0, broken.metrics[-1][2] | {"max_q": 1e6}))
    assert "ran away" in FAILURE_LAB.verdict(broken, "falls", "en"), "decided already"


def test_what_is_stopped_before_it_learnt_anything_is_told_so(lab):
    failures.run(
        FAILURE_LAB,
        Request(lab, "an-impatient-visitor-of-it", "en"),
        name="myopic",
        prediction="falls",
    )
    broken, _ = FAILURE_LAB.jobs(lab, "an-impatient-visitor-of-it")
    assert broken
    failures.stop(FAILURE_LAB, Request(lab, "an-impatient-visitor-of-it", "en"))
    assert broken.ended
    broken.metrics.clear()
    assert FAILURE_LAB.verdict(broken, "falls", "en").startswith("It was stopped")


def test_outcomes():
    assert outcome_of(Facts(last=200, max_q=150, limit=100)) == "learns"
    assert outcome_of(Facts(last=99, max_q=80, limit=100)) == "falls"
    assert outcome_of(Facts(last=200, max_q=201, limit=100)) == "runs_away"
    events = [{"return": 10.0, "max_q": 300.0}, {"return": 150.0, "max_q": 90.0}]
    assert astuple(facts_of(HEALTHY, events)) == (150.0, 300.0, pytest.approx(100.0))


@pytest.fixture
def verbs(lab):
    return Verbs(lab)


UPRIGHT = [0.0, 0.0, 0.02, 0.0]


def test_every_verb_answers(verbs):
    said = verbs.act(UPRIGHT, AGENT)
    assert said["action"] == int(said["q"][1] > said["q"][0]) and len(said["advantages"]) == 2
    episode = verbs.play_episode(3)
    assert episode["return"] == 500 and episode["truncated"] and len(episode["states"]) == 501
    fallen = verbs.play_episode(3, {"delay": 10})
    assert fallen["terminated"] and fallen["return"] < 500
    pushed = verbs.play_on(UPRIGHT, 10, cart_push=1.0)
    assert pushed["states"][0][1] == pytest.approx(1.0) and len(pushed["actions"]) == 10
    seen = verbs.policy_map(size=5)
    assert len(seen["left"]) == 5 and len(seen["angles"]) == 5
    found = verbs.return_against("gravity", [9.8, 30.0], 3)
    assert found["means"][0] == 500 and len(found["held"]) == 2
    update = verbs.work_out_update(UPRIGHT, 1, 1.0, [0, 0.2, 0.02, -0.3], True)
    assert update["target"] == 1.0 and update["error"] == pytest.approx(
        1 - update["q"][1], abs=1e-3
    )


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("act", ([0.0] * 3,)),
        ("act", ([float("nan")] * 4,)),
        ("act", ("x",)),
        ("act", (UPRIGHT, "../../etc/passwd")),
        ("act", (UPRIGHT, "mine")),
        ("play_episode", (-1,)),
        ("play_episode", (0, {"half_length": 0})),
        ("play_episode", (0, {"phlogiston": 1})),
        ("play_episode", (0, {"gravity": float("inf")})),
        ("play_episode", (0, None, 10**9)),
        ("play_on", ([9.0, 0, 0, 0],)),
        ("play_on", (UPRIGHT, 10, float("nan"))),
        ("policy_map", (99.0,)),
        ("policy_map", (0.0, 0.0, 10**6)),
        ("return_against", ("mood", [1.0])),
        ("return_against", ("gravity", [])),
        ("return_against", ("gravity", [9.8], 10**6)),
        ("work_out_update", (UPRIGHT, 2, 1.0, UPRIGHT)),
        ("work_out_update", (UPRIGHT, 1, float("nan"), UPRIGHT)),
    ],
)
def test_bad_input_gets_one_clear_sentence(verbs, name, args):
    with pytest.raises(Problem) as told:
        getattr(verbs, name)(*args)
    assert 10 < len(str(told.value)) < 300
