"""English–French corpora: sentence pairs for training and validation, and test sets.

Multi30k: 31,014 captions and two test sets. Tatoeba: 167,130 everyday pairs (tatoeba.org through
manythings.org, CC-BY 2.0), which have no split of their own. Generated phrases replace them where
neither is available.
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
from core.translation.text import normalise

Pair = tuple[str, str]  # English, French

TESTS = ("test_2016_flickr", "test_2017_flickr")
TEST_SENTENCES = 2_000  # English sentences of Tatoeba that are held out
VALIDATION_SENTENCES = 1_000
# Of a visitor's pairs:
MOST_CHARACTERS = 500  # in a sentence
LEAST_SENTENCES = 20  # different English ones

_PUNCTUATION = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Test:
    """Sentences to translate, and for each its references, the main one first."""

    __test__ = False  # not a class of pytest tests

    sources: list[str]
    references: list[list[str]]


@dataclass(frozen=True)
class Corpus:
    """Training and validation pairs, and test sets by name.

    source: "multi30k", "tatoeba", "multi30k+tatoeba", "phrases", or "own" for a visitor's pairs.
    captions: how many training pairs, the first ones, are captions among everyday sentences.
    """

    source: str
    train: list[Pair]
    validation: list[Pair]
    tests: dict[str, Test]
    captions: int = 0

    def require_test(self) -> None:
        """Raise `Problem` ("data.no_test") if there is no test set."""
        if not self.tests:
            raise Problem("data.no_test", source=self.source)


def multi30k(download: bool = True) -> Corpus:
    """Multi30k in its official split, downloaded if missing; else the generated phrases.

    Raises `Problem` ("data.broken") for a damaged file.
    """
    folder = _multi30k_folder(download)
    return _multi30k(folder) if folder else phrases()


def everyday(download: bool = True) -> Corpus:
    """Multi30k and Tatoeba, or the available one of them; else the generated phrases.

    No English training sentence is in a validation or test set, not even with other case or
    punctuation. Raises `Problem` ("data.broken") for a damaged file.
    """
    folder = _multi30k_folder(download)
    try:
        archive = data.find("tatoeba/fra-eng.zip", download)
    except data.Unavailable:
        return _multi30k(folder) if folder else phrases()
    return _everyday(folder, archive)


@lru_cache(maxsize=4)
def phrases(seed: int = 0) -> Corpus:
    """The generated phrases; word combinations of `tests["combinations"]` are not in training."""
    pairs = generate(seed)
    tests = {"combinations": _test(pairs["test"])}
    return Corpus("phrases", pairs["train"], pairs["validation"], tests)


def parse_pairs(text: str, limit: int = 5_000) -> Corpus:
    """A visitor's pairs, one a line: English, a tab, French. A tenth is for validation.

    Empty lines and further columns (in Tatoeba, the authors) are ignored. Raises `Problem`
    ("pairs.*") for too many or too few pairs and, with its number, for a line that is not a pair.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if len(numbered) > limit:
        raise Problem("pairs.many", count=len(numbered), limit=limit)
    pairs = [_parse_line(number, line) for number, line in numbered]
    groups = sorted({fold(english) for english, _ in pairs}, key=_digest)
    if len(groups) < LEAST_SENTENCES:
        raise Problem("pairs.few", count=len(groups), needed=LEAST_SENTENCES)
    held_out = set(groups[: len(groups) // 10])
    train = [pair for pair in pairs if fold(pair[0]) not in held_out]
    validation = [pair for pair in pairs if fold(pair[0]) in held_out]
    return Corpus("own", train, validation, {})


def fold(english: str) -> str:
    """A sentence without case and punctuation, to compare sentences of two splits."""
    return _PUNCTUATION.sub(" ", english.casefold()).strip()


def _digest(folded: str) -> bytes:
    return hashlib.sha1(folded.encode(), usedforsecurity=False).digest()


def _test(pairs: Iterable[Pair]) -> Test:
    sources, references = zip(*pairs, strict=True)
    return Test(list(sources), [[reference] for reference in references])


def _parse_line(number: int, line: str) -> Pair:
    if "\t" not in line:
        raise Problem("pairs.tab", line=number)
    english, french = map(normalise, line.split("\t")[:2])
    if not english or not french:
        raise Problem("pairs.empty", line=number)
    if max(len(english), len(french)) > MOST_CHARACTERS:
        raise Problem("pairs.long", line=number, limit=MOST_CHARACTERS)
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
        train=_read_pairs(folder, "train"),
        validation=_read_pairs(folder, "val"),
        tests={name: _test(_read_pairs(folder, name)) for name in TESTS},
    )


def _read_pairs(folder: Path, name: str) -> list[Pair]:
    """The pairs of two files with one sentence a line."""
    english, french = (_read_lines(folder / f"{name}.{language}.gz") for language in ("en", "fr"))
    if len(english) != len(french):
        reason = f"it has {len(french)} lines, and the English {len(english)}"
        raise Problem("data.broken", file=f"{name}.fr.gz", reason=reason)
    return list(zip(english, french, strict=True))


def _read_lines(path: Path) -> list[str]:
    try:
        text = gzip.decompress(path.read_bytes()).decode()
        if not text:
            raise ValueError("it is empty")
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise Problem("data.broken", file=path.name, reason=str(error)[:100]) from None
    return [normalise(line) for line in text.removesuffix("\n").split("\n")]


def _read_tatoeba(path: Path) -> list[Pair]:
    """The pairs of the archive in its order, shortest English first."""
    try:
        with zipfile.ZipFile(path) as archive:
            lines = archive.read("fra-eng/fra.txt").decode().removesuffix("\n").split("\n")
        rows = [line.split("\t") for line in lines]  # newer editions have a third column
        return [(normalise(row[0]), normalise(row[1])) for row in rows]
    except (OSError, KeyError, IndexError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise Problem("data.broken", file=path.name, reason=str(error)[:100]) from None


@lru_cache(maxsize=1)
def _everyday(folder: Path | None, archive: Path) -> Corpus:
    """Tatoeba, split by a hash of its folded English, and Multi30k if it is available."""
    captions = _multi30k(folder) if folder else Corpus("", [], [], {})
    pairs = _read_tatoeba(archive)
    folded = [fold(english) for english, _ in pairs]
    groups = sorted(set(folded), key=_digest)
    test_keys = set(groups[:TEST_SENTENCES])
    validation_keys = set(groups[TEST_SENTENCES : TEST_SENTENCES + VALIDATION_SENTENCES])

    # Of each group the first spelling; for validation only its first translation.
    test_references: dict[str, tuple[str, list[str]]] = {}
    validation: dict[str, Pair] = {}
    for key, (english, french) in zip(folded, pairs, strict=True):
        if key in test_keys:
            spelling, references = test_references.setdefault(key, (english, []))
            if english == spelling and french not in references:
                references.append(french)
        elif key in validation_keys:
            validation.setdefault(key, (english, french))
    test = Test(*map(list, zip(*test_references.values(), strict=True)))
    tests = captions.tests | {"tatoeba": test}

    tested = {fold(english) for test in tests.values() for english in test.sources}
    kept = [
        pair for pair in [*captions.validation, *validation.values()] if fold(pair[0]) not in tested
    ]
    held_out = tested.union(fold(english) for english, _ in kept)
    caption_pairs = [pair for pair in captions.train if fold(pair[0]) not in held_out]
    other_pairs = [pair for pair, key in zip(pairs, folded, strict=True) if key not in held_out]
    source = f"{captions.source}+tatoeba" if folder else "tatoeba"
    return Corpus(source, caption_pairs + other_pairs, kept, tests, captions=len(caption_pairs))
