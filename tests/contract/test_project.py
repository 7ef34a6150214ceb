"""The project's own files: dependencies, documents, the commands and paths that they name."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# Not the changelog, which may name files that later versions no longer have.
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def pinned(file: Path) -> dict[str, Requirement]:
    """The requirements that a requirements file names, by name."""
    lines = (line.split("#")[0].strip() for line in file.read_text().splitlines())
    return {found.name: found for found in map(Requirement, filter(None, lines))}


@pytest.mark.parametrize(
    ("file", "allowed"),
    [
        ("requirements.txt", PROJECT["dependencies"]),
        ("tests/requirements.txt", PROJECT["optional-dependencies"]["test"]),
    ],
    ids=["dependencies", "test"],
)
def test_requirements_pin_what_the_project_depends_on(file: str, allowed: list[str]):
    pins = pinned(ROOT / file)
    ranges = {found.name: found for found in map(Requirement, allowed)}
    assert list(pins) == list(ranges), "the same names in the same order"
    for name, pin in pins.items():
        (exact,) = pin.specifier
        assert exact.operator == "==", f"{name} is not pinned"
        assert ranges[name].specifier.contains(exact.version), f"{name} is out of its range"
        assert (pin.extras, str(pin.marker)) == (ranges[name].extras, str(ranges[name].marker))


def links(document: Path) -> Iterator[str]:
    """The targets of the relative links and pictures in a Markdown file."""
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub and Hugging Face name them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_document
def test_links_between_documents_lead_somewhere(document: Path):
    for target in links(document):
        path, _, anchor = target.partition("#")
        file = document.parent / path if path else document
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def inline_code(document: Path) -> list[str]:
    """What stands between single backticks in a Markdown file, outside code blocks."""
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


@each_document
def test_documents_name_files_and_modules_that_exist(document: Path):
    """Paths with a suffix and `python -m` commands."""
    for code in inline_code(document):
        if re.fullmatch(r"(core|pages|tests|docs)/[\w/.-]+\.\w+", code):
            assert (ROOT / code).is_file(), code
        if module := re.match(r"python -m ((?:core|pages|tests)[\w.]*)", code):
            path = ROOT / module[1].replace(".", "/")
            assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), code


def test_the_changelog_describes_this_version():
    text = (ROOT / "CHANGELOG.md").read_text()
    assert f"## [{PROJECT['version']}]" in text
