"""What is exchanged in gradio's scripts: it stands there, and nothing else is touched."""

import pytest

from pages.quicker import ASSETS, EXCHANGED, exchanged


@pytest.mark.parametrize("kind", EXCHANGED)
def test_each_stands_in_the_scripts_of_the_pinned_gradio(kind):
    (path,) = ASSETS.glob(f"{kind}*.js")
    script, plain = exchanged(path.name), path.read_text(encoding="utf-8")
    assert script is not None
    for old, new in EXCHANGED[kind]:
        assert plain.count(old) == 1
        plain = plain.replace(old, new)
    assert script.decode() == plain


@pytest.mark.parametrize("name", ["core-none.js", "core-../../x.js", "index.js", "Blocks-.css", ""])
def test_nothing_else_is_touched(name):
    assert exchanged(name) is None


def test_a_script_that_says_something_else_is_left_as_it_is(tmp_path, monkeypatch):
    (tmp_path / "core-new.js").write_text("function q(e,t){")
    monkeypatch.setattr("pages.quicker.ASSETS", tmp_path)
    assert exchanged("core-new.js") is None
