"""Whatever is sent to a named endpoint: an answer or a sentence, never another exception."""

import inspect
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Problem
from pages.app.lab import Lab

TABS = ("translation", "digits", "autoencoder", "cartpole")
NAN = float("nan")
HOSTILE = [
    None, True, 0, -1, 10**30, 1e308, NAN, float("inf"), "", "nan", "\0\x07\ud800", "中文 🙂",
    "../../etc/passwd", "<script>alert(1)</script>", "a" * 5_000, [], {}, [NAN] * 4,
    [[1, 2], [3]], ["a", "b"], [None] * 5, [10**30] * 4, [[[[[[1]]]]]], [0.5] * 1_000,
    {"gravity": NAN}, {"a": {"b": [{}] * 9}},
]  # fmt: skip
SANE = [0, 1, 3, 0.5, "The cat sleeps.", "cross", [0.0] * 3, [0.0] * 4, [0.0] * 64, [0.0] * 784,
        ["cat", "dog"]]  # fmt: skip


def endpoints(tab: str) -> list[str]:
    verbs = import_module(f"pages.{tab}.api").Verbs
    return [name for name in vars(verbs) if not name.startswith("_")]


@pytest.mark.parametrize(("tab", "name"), [(tab, name) for tab in TABS for name in endpoints(tab)])
def test_whatever_is_sent_is_answered_or_refused(lab: Lab, tab: str, name: str):
    verb = getattr(import_module(f"pages.{tab}.api").Verbs(lab), name)
    wanted = inspect.signature(verb).parameters.values()
    # No floats of hypothesis: a training in this process may have switched subnormal ones off.
    values = st.sampled_from([*HOSTILE, *SANE]) | st.integers() | st.text(max_size=20)
    needed = {each.name: values for each in wanted if each.default is inspect.Parameter.empty}
    optional = {each.name: values for each in wanted if each.name not in needed}

    @settings(max_examples=40, deadline=None, derandomize=True, database=None,
              suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
    @given(st.fixed_dictionaries(needed, optional=optional))
    def send(arguments: dict[str, Any]) -> None:
        try:
            verb(**arguments)
        except Problem as problem:
            assert str(problem)

    send()
