"""Every visible string exists in both languages; the code of the pages has none."""

import ast
import re
import string
from pathlib import Path

import pytest

from core.errors import SENTENCES, Problem
from pages.text import LANGUAGES, explain, strings, text

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "pages").rglob("*.py"))
# Strings that are the same in every language.
SAME = {
    "shell.title",
    "autoencoder.axis.code",
    "digits.steer.measured",
    "digits_game.break.item",
    "cartpole_view.cart.state_value",
}


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def without_lessons(language: str) -> dict[str, str]:
    """The strings of a language without lessons, in which braces belong to formulas."""
    return {k: v for k, v in strings(language).items() if not k.endswith("lesson.text")}


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_string_exists_in_every_language(language):
    assert strings(language).keys() == strings("en").keys()


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_placeholders_are_the_same_in_every_language(language):
    english = without_lessons("en")
    for key, sentence in without_lessons(language).items():
        assert placeholders(sentence) == placeholders(english[key]), key


def test_chinese_strings_contain_chinese_characters():
    for key, sentence in strings("zh").items():
        if key not in SAME:
            assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence), (key, sentence)


def test_every_problem_has_a_sentence_in_every_language():
    for language in LANGUAGES:
        assert {f"problem.{key}" for key in SENTENCES} <= strings(language).keys()


def keys_in(path: Path):
    """Literal keys in a page: arguments of text(), and keywords of translate()."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name == "text" and node.args and isinstance(node.args[0], ast.Constant):
            yield node.args[0].value
        if name == "translate":
            for keyword in node.keywords:
                if isinstance(keyword.value, ast.Constant) and keyword.value.value:
                    yield keyword.value.value


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_key_that_a_page_names_exists(path):
    known = strings("en").keys()
    sections = {key.rpartition(".")[0] for key in known}
    for key in keys_in(path):
        assert key in known or key in sections, key


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_component_is_given_a_bare_string(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if getattr(node.func.value, "id", "") != "gr" or not node.func.attr[0].isupper():
            continue
        for keyword in node.keywords:
            if keyword.arg in ("label", "info", "placeholder", "title"):
                assert not isinstance(keyword.value, ast.JoinedStr), node.lineno
                shown = keyword.value.value if isinstance(keyword.value, ast.Constant) else ""
                # The title of the page, and the one label in both languages.
                assert shown in ("", None, "Netlab", "Language · 语言"), (node.lineno, shown)
        words = {"Markdown", "Button", "DownloadButton", "UploadButton", "Tab", "Accordion"}
        if node.func.attr in words and node.args:
            assert not isinstance(node.args[0], ast.Constant), (node.lineno, "bare string")


def test_no_emphasis_is_left_as_asterisks():
    """Beside Chinese punctuation, Markdown shows ** instead of emphasis."""
    markdown = pytest.importorskip("markdown_it").MarkdownIt()
    for language in LANGUAGES:
        for key, value in strings(language).items():
            assert "**" not in re.sub(r"\$[^$]*\$", "", markdown.render(value)), (language, key)


def test_lists_are_joined_with_the_comma_of_the_language():
    problem = Problem("setting.choice", name="kind", choices="a, b", value="c, d", nearest="a")
    assert "a, b" in explain(problem, "en")
    assert "a、b" in explain(problem, "zh") and "c, d" in explain(problem, "zh")
    assert "2、3" in text("autoencoder.observe.flat", "zh", dimensions="2, 3", share=0.01)
