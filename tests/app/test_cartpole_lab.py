"""The memory, the failure lab, the lesson and the endpoints of CartPole, without a browser."""

from dataclasses import astuple

import gradio as gr
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


def shown(lab: Lab, kind: str = "random", target: str = "single", n: int = 1, index: int = 0):
    return replay_buffer.show(lab, AGENT, kind, target, n, 0, index, VISITOR, "en")


def test_the_cards_are_transitions_of_a_memory(lab):
    view, said, _ = shown(lab)
    assert len(view["cards"]) == 16 and "1,500 transitions" in said
    assert [card["selected"] for card in view["cards"]] == [True] + [False] * 15
    ends = shown(lab, "ends")[0]["cards"]
    assert all(card["end"] for card in ends)
    for card in ends:
        if card["end"] == "terminated":
            assert card["target"] == 1.0  # nothing comes after a fall
    largest = [abs(card["error"]) for card in shown(lab, "errors")[0]["cards"]]
    assert largest == sorted(largest, reverse=True)


def test_an_update_is_told_with_its_own_numbers(lab):
    view, _, told = shown(lab, index=3)
    card = view["cards"][3]
    assert f"{card['target']:.2f}" in told and f"{card['error']:+.2f}" in told
    assert "arg" not in told.replace("target", "")
    assert "\\arg" in shown(lab, target="double")[2]
    assert "n = 5" in shown(lab, n=5)[2] and "up to 5 transitions" in shown(lab, n=5)[1]


def test_a_memory_opens_with_the_agents_own_settings(lab):
    asked = ["cartpole-best", "random", "single", 1, 0, 0, VISITOR, "en"]
    opened, target, n_step, view, *_ = replay_buffer.open_section(lab, False, *asked)
    assert (opened, target, n_step) == (True, "double", 3) and len(view["cards"]) == 16
    assert replay_buffer.meet(lab, False, *asked) == [gr.skip()] * 5
    assert not replay_buffer.choose(lab, AGENT, "ends", *asked[2:])[0]["interactive"]


def test_another_batch_is_another(lab):
    seed, index, view, *_ = replay_buffer.draw_again(
        lab, 0, AGENT, "random", "single", 1, 0, 4, VISITOR, "en"
    )
    assert seed == 1 and index == 0
    assert view["cards"] != shown(lab)[0]["cards"]


@pytest.mark.parametrize("wrong", [("sideways", "single", 1, 0), ("random", "triple", 1, 0),
                                   ("random", "single", 2, 0)])  # fmt: skip
def test_what_a_memory_does_not_have_is_refused(lab, wrong):
    with pytest.raises(Problem):
        shown(lab, *wrong)
    with pytest.raises(Problem):
        replay_buffer.pick(lab, 16, AGENT, "random", "single", 1, 0, 0, VISITOR, "en")


def test_the_lesson_speaks_of_the_chosen_agent(lab):
    seen, card = lesson.show_agent(lab, AGENT, VISITOR, "en")
    assert "dueling streams" in seen and "1,000 episodes" in card
    assert "镜像" in lesson.show_agent(lab, "cartpole-best", VISITOR, "zh")[0]


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
