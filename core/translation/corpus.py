"""English–French corpora: pairs of sentences to learn from, to choose by and to be measured on.

Multi30k: 31,014 captions and two test sets, raw and cased. Tatoeba: 167,130 everyday pairs
(tatoeba.org through manythings.org, CC-BY 2.0), which come without a split. The generated phrases
stand in where neither is to be had.
"""

import gzip
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core import data
from core.errors import Problem
from core.translation.phrases import generate
from core.translation.text import tidy

Pair = tuple[str, str]  # English, French

TESTS = ("test_2016_flickr", "test_2017_flickr")
HELD_OUT = 2_000  # English sentences of Tatoeba to be measured on
VALIDATION = 1_000  # and to choose by
LONGEST_SIDE = 500  # characters of a visitor's sentence
FEWEST = 20  # different English sentences of a visitor

_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Test:
    """Sentences to translate, and for each its references, the main one first."""

    __test__ = False  # whatever pytest makes of the name

    sources: list[str]
    references: list[list[str]]


@dataclass(frozen=True)
class Corpus:
    """Pairs to learn from and to choose by, tests by name.

    source: "multi30k", "tatoeba", "multi30k+tatoeba", "phrases", or "own" for a visitor's.
    captions: how many of the first pairs to learn from are captions among everyday sentences.
    """

    source: str
    train: list[Pair]
    validation: list[Pair]
    tests: dict[str, Test]
    captions: int = 0

    def require_test(self) -> None:
        """Raise `Problem` where there is no test set to measure on."""
        if not self.tests:
            raise Problem("data.no_test", source=self.source)


def multi30k(download: bool = True) -> Corpus:
    """Multi30k as its authors split it, fetched on first need; else the generated phrases.

    Raises `Problem` where a file that is there is damaged.
    """
    folder = _multi30k_folder(download)
    return _multi30k(folder) if folder else phrases()


def everyday(download: bool = True) -> Corpus:
    """Multi30k and Tatoeba together, or the one that is to be had; else the generated phrases.

    No English sentence to learn from stands in any validation or test set, case and marks apart.
    Raises `Problem` where a file that is there is damaged.
    """
    folder = _multi30k_folder(download)
    try:
        archive = data.find("tatoeba/fra-eng.zip", download)
    except data.Unavailable:
        return _multi30k(folder) if folder else phrases()
    return _everyday(folder, archive)


@lru_cache(maxsize=4)
def phrases(seed: int = 0) -> Corpus:
    """The generated phrases; `tests["combinations"]` pairs words as the training never does."""
    pairs = generate(seed)
    tests = {"combinations": _test(pairs["test"])}
    return Corpus("phrases", pairs["train"], pairs["validation"], tests)


def parse_pairs(text: str, limit: int = 5_000) -> Corpus:
    """A visitor's own pairs, a line each: English, a tab, French; a tenth is held out to choose by.

    Further columns (Tatoeba says there who wrote a sentence) and empty lines are left out. Raises
    `Problem` naming the line that cannot be read, and for too many or too few pairs.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if len(numbered) > limit:
        raise Problem("pairs.many", count=len(numbered), limit=limit)
    pairs = [_parse_line(number, line) for number, line in numbered]
    groups = sorted({fold(english) for english, _ in pairs}, key=_digest)
    if len(groups) < FEWEST:
        raise Problem("pairs.few", count=len(groups), needed=FEWEST)
    held = set(groups[: len(groups) // 10])
    train = [pair for pair in pairs if fold(pair[0]) not in held]
    validation = [pair for pair in pairs if fold(pair[0]) in held]
    return Corpus("own", train, validation, {})


def fold(english: str) -> str:
    """A sentence without case and punctuation: what two splits must not share."""
    return _MARKS.sub(" ", english.casefold()).strip()


def _digest(folded: str) -> bytes:
    return hashlib.sha1(folded.encode(), usedforsecurity=False).digest()


def _test(pairs: Iterable[Pair]) -> Test:
    sources, references = zip(*pairs, strict=True)
    return Test(list(sources), [[reference] for reference in references])


def _parse_line(number: int, line: str) -> Pair:
    if "\t" not in line:
        raise Problem("pairs.tab", line=number)
    english, french = map(tidy, line.split("\t")[:2])
    if not english or not french:
        raise Problem("pairs.empty", line=number)
    if max(len(english), len(french)) > LONGEST_SIDE:
        raise Problem("pairs.long", line=number, limit=LONGEST_SIDE)
    return english, french


def _multi30k_folder(download: bool) -> Path | None:
    try:
        for name in data.MULTI30K:
            data.find(f"multi30k/{name}", download)
    except data.Unavailable:
        return None
    return data.folder() / "multi30k"


@lru_cache(maxsize=1)
def _multi30k(folder: Path) -> Corpus:
    return Corpus(
        source="multi30k",
        train=_read_sides(folder, "train"),
        validation=_read_sides(folder, "val"),
        tests={name: _test(_read_sides(folder, name)) for name in TESTS},
    )


def _read_sides(folder: Path, name: str) -> list[Pair]:
    """The pairs of two files that go line by line."""
    english, french = (_read_lines(folder / f"{name}.{language}.gz") for language in ("en", "fr"))
    if len(english) != len(french):
        raise Problem(
            "data.broken",
            file=f"{name}.fr.gz",
            reason=f"it has {len(french)} lines, and the English {len(english)}",
        )
    return list(zip(english, french, strict=True))


def _read_lines(path: Path) -> list[str]:
    try:
        text = gzip.decompress(path.read_bytes()).decode()
        if not text:
            raise ValueError("it is empty")
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise Problem("data.broken", file=path.name, reason=str(error)[:100]) from None
    return [tidy(line) for line in text.removesuffix("\n").split("\n")]


def _read_tatoeba(path: Path) -> list[Pair]:
    """The pairs of the archive's one table, as sorted there: shortest English first."""
    try:
        with zipfile.ZipFile(path) as archive:
            lines = archive.read("fra-eng/fra.txt").decode().removesuffix("\n").split("\n")
        # Newer editions add a third column, who wrote the sentences.
        rows = [line.split("\t") for line in lines]
        return [(tidy(row[0]), tidy(row[1])) for row in rows]
    except (OSError, KeyError, IndexError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise Problem("data.broken", file=path.name, reason=str(error)[:100]) from None


@lru_cache(maxsize=1)
def _everyday(folder: Path | None, archive: Path) -> Corpus:
    """Tatoeba split by a hash of its folded English, and Multi30k where there is any."""
    captions = _multi30k(folder) if folder else Corpus("", [], [], {})
    pairs = _read_tatoeba(archive)
    folded = [fold(english) for english, _ in pairs]
    groups = sorted(set(folded), key=_digest)
    test, validation = set(groups[:HELD_OUT]), set(groups[HELD_OUT : HELD_OUT + VALIDATION])

    # One spelling of each group, the first, and the first one's French to choose by.
    tatoeba: dict[str, tuple[str, list[str]]] = {}
    chosen: dict[str, Pair] = {}
    for key, (english, french) in zip(folded, pairs, strict=True):
        if key in test:
            spelling, references = tatoeba.setdefault(key, (english, []))
            if english == spelling and french not in references:
                references.append(french)
        elif key in validation:
            chosen.setdefault(key, (english, french))
    tests = captions.tests | {
        "tatoeba": Test(*map(list, zip(*tatoeba.values(), strict=True))),
    }

    measured = {fold(english) for test in tests.values() for english in test.sources}
    to_choose = [
        pair for pair in [*captions.validation, *chosen.values()] if fold(pair[0]) not in measured
    ]
    held = measured.union(fold(english) for english, _ in to_choose)
    described = [pair for pair in captions.train if fold(pair[0]) not in held]
    spoken = [pair for pair, key in zip(pairs, folded, strict=True) if key not in held]
    source = f"{captions.source}+tatoeba" if folder else "tatoeba"
    return Corpus(source, described + spoken, to_choose, tests, captions=len(described))
