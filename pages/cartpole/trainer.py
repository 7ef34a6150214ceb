"""The training section: settings, learning curve, and the agent during training."""

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr
import numpy as np

from core.cartpole.config import QConfig
from core.cartpole.environment import ANGLE_LIMIT, MAX_STEPS, TRACK_LIMIT
from core.cartpole.observe import (
    OVERESTIMATION_RATIO,
    SOLVED_RETURN,
    moving_mean,
    observe_episode,
    observe_training,
)
from core.cartpole.rollout import Trajectory
from core.training.config import Config
from pages import training
from pages.app.lab import Lab
from pages.cartpole.shared import FIRST, SHIPPED, TAB, Shared, observation_text
from pages.text import text
from pages.widgets import pack
from pages.widgets.cart import cart, film
from pages.widgets.chart import chart
from pages.widgets.heatmap import heatmap

BASIC = ("steps", "seed", "gamma")
GROUPS = {
    "exploration": ("epsilon_start", "epsilon_steps"),
    "memory": ("batch_size", "replay_size", "n_step", "update_every", "updates"),
    "target": ("target", "copy_every", "averaging"),
    "network": ("width", "layers"),
}
LIVE = ("learning_rate", "epsilon_end")
SETTINGS = (*BASIC, *(name for names in GROUPS.values() for name in names), *LIVE)
OFFERED = {
    "width": (16, 64, 128, 256),
    "gamma": (0.0, 0.9, 0.95, 0.99, 0.995),
    "batch_size": (16, 32, 64, 128, 256),
    "n_step": (1, 2, 3, 5, 10),
}
GREEDY = 0.1  # ε up to which returns of exploring episodes are close to greedy returns
LUCKY = 50  # steps, more than an untrained policy reaches
DOTS = 800  # episodes in the chart at most; the mean covers all


def show_preview(
    preview: Mapping[str, np.ndarray] | None, config: Config | None, language: str
) -> Sequence[Any]:
    """A greedy episode of the agent, its policy map, remarks, and all returns so far."""
    if preview is None:
        return gr.update(film={}), gr.update(map={}), "", {"traces": [], "layout": {}}
    run = run_of(preview["run"])
    assert isinstance(config, QConfig)
    return (
        gr.update(film=film(run.states, run.actions)),
        gr.update(map={"values": pack(preview["map"]), "signed": True}),
        story(run, preview["returns"], language),
        episodes(preview["returns"], preview["ends"], config.steps, language),
    )


def run_of(states: np.ndarray) -> Trajectory:
    """A greedy episode in the default environment from its states (T + 1, 4); Q is zero."""
    # The pole is light, so the force decides the sign of the cart's acceleration.
    actions = (np.diff(states[:, 1]) > 0).astype(int)
    over = bool(abs(states[-1, 0]) > TRACK_LIMIT or abs(states[-1, 2]) > ANGLE_LIMIT)
    return Trajectory(
        states=states,
        observations=states[:-1],
        q=np.zeros((len(actions), 2)),
        actions=actions,
        forces=actions,
        state_values=None,
        terminated=over,
        truncated=not over and len(actions) >= MAX_STEPS,
    )


def story(run: Trajectory, returns: np.ndarray, language: str) -> str:
    """How the present episode ended, and the progress of the training."""
    # The preview has no Q-values; gamma = 0 omits the remark on them.
    first, *_ = observe_episode(run, gamma=0.0)
    intro = text("cartpole_train.train.now", language, episodes=f"{len(returns):,}")
    course = [
        f"- {observation_text(each, language)}"
        for each in observe_training(returns.tolist())
        # Exploring lowers the returns of training below those of the greedy policy.
        if each.key != "observe.unlearnt" or len(run) < LUCKY
    ]
    return "\n".join([f"{intro} {observation_text(first, language)}", "", *course])


def episodes(returns: np.ndarray, ends: np.ndarray, steps: int, language: str) -> dict[str, Any]:
    """The return of each episode as a dot, and the mean of the last 20, as the chart takes them."""
    thin = slice(None, None, 1 + len(returns) // DOTS)

    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": text("cartpole_train.train.episode", language),
        "marker": {"color": "series:0@0.45", "size": 5},
        **points(ends[thin], returns[thin]),
    }
    mean = {
        "type": "scatter",
        "mode": "lines",
        "name": text("cartpole_train.train.mean", language),
        "line": {"color": "series:1", "width": 3},
        **points(ends[thin], moving_mean(returns)[thin]),
    }
    return {"traces": [dots, mean] if len(returns) else [], "layout": axes(steps, language)}


def points(x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """The coordinates of a trace as packed float32."""
    return {key: {"dtype": "f4", "bdata": pack(values)} for key, values in (("x", x), ("y", y))}


def axes(steps: int, language: str) -> dict[str, Any]:
    """Axes for returns over environment steps, with a line at the solved return."""
    x, y = text("training.environment_axis", language), text("cartpole_train.returns", language)
    return {
        "xaxis": {"title": {"text": x}, "range": [0, steps]},
        "yaxis": {"title": {"text": y}, "range": [0, 1.04 * MAX_STEPS]},
        "shapes": [
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": SOLVED_RETURN,
                "y1": SOLVED_RETURN,
                "line": {"color": "theme:soft", "width": 1, "dash": "dot"},
                "label": {
                    "text": text("cartpole_train.learnt", language),
                    "textposition": "start",
                    "yanchor": "bottom",
                    "padding": 1,
                    "font": {"color": "theme:soft", "size": 11},
                },
            }
        ],
    }


def remark(metrics: Mapping[str, float], config: Config, language: str) -> str:
    """The recent mean return, and max-Q against the obtained return."""
    sentence = text(
        "cartpole_train.train.remark",
        language,
        episodes=f"{metrics['episodes']:,.0f}",
        mean=f"{metrics['return']:.0f}",
        epsilon=f"{metrics['epsilon']:.2f}",
    )
    promised, obtained = metrics["max_q"], metrics["obtained"]
    if obtained <= 0:
        return sentence
    # Q estimates the greedy return; random actions earn less.
    if metrics["epsilon"] > GREEDY:
        kind = "exploring"
    else:
        kind = "over" if promised > OVERESTIMATION_RATIO * obtained else "kept"
    values = {"promised": f"{promised:.0f}", "obtained": f"{obtained:.0f}"}
    return f"{sentence} {text(f'cartpole_train.train.{kind}', language, **values)}"


PLAN = training.Plan(
    tab=TAB,
    settings=dict.fromkeys(SHIPPED, SETTINGS),
    offered=OFFERED,
    curves={
        "value": {"max_q": 1, "obtained": 2},
        "td": {"loss": 0},
        "epsilon": {"epsilon": 3},
    },
    overlaid={"return": {"return": 0}},
    show=show_preview,
    remark=remark,
    first=FIRST,
    live=LIVE,
    gives_way=[f"{TAB}-variants", f"{TAB}-broken", f"{TAB}-healthy"],
    groups=GROUPS,
    seconds=180,
    trained=FIRST,  # learns in the fewest steps
    steps="training.environment_axis",
)


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """The shared training panel with the agent and its returns in the centre."""

    def views() -> Sequence[Any]:
        with gr.Row():
            with gr.Column(scale=5, min_width=300):
                corner = lab.translate(
                    cart(None, ["watch"], False, False), words="cartpole_view.cart"
                )
                told = gr.Markdown(elem_classes="story")
            with gr.Column(scale=2, min_width=220):
                small = lab.translate(heatmap(size=240), words="cartpole_train.map")
        plot = lab.translate(chart(height=300), words="cartpole_train.words.episodes")
        return corner, small, told, plot

    lab.translate(gr.Markdown(elem_classes="hint"), value="cartpole_train.train.hint")
    training.build(lab, place, PLAN, shared.network, shared.version, views)
