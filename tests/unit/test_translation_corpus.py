"""Corpora: splits without common sentences, damaged files, and a visitor's pairs."""

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from core import data
from core.data import Source
from core.errors import Problem
from core.translation import corpus
from core.translation.corpus import Corpus, fold, parse_pairs
from core.translation.text import normalise
from tests.serving import free_port

CAPTIONS = {"train": 30, "val": 6, "test_2016_flickr": 5, "test_2017_flickr": 4}


def write_multi30k(folder: Path) -> None:
    """Files in the form of Multi30k, a few lines each."""
    (folder / "multi30k").mkdir(exist_ok=True)
    for name, count in CAPTIONS.items():
        for language in ("en", "fr"):
            lines = [f"{language} {name}, line {line} ." for line in range(count)]
            if name == "train" and language == "en":
                lines[7] = "Go ON!"  # also in Tatoeba
                lines[8] = "En val, line 3."  # in the validation set, with other case
            content = gzip.compress(("\n".join(lines) + "\n").encode())
            (folder / "multi30k" / f"{name}.{language}.gz").write_bytes(content)


def write_tatoeba(folder: Path, text: str = "") -> None:
    """An archive in the form of Tatoeba's: 40 sentences with two spellings and two translations."""
    rows = ["Go on.\tContinue\u202f!", "Go on!\tVas-y.", "Go on.\tPoursuis.", "Go on.\tPoursuis."]
    for number in range(40):
        rows += [f"It's {number}.\tC’est {number}.", f"IT'S {number}!\tVoici {number} !"]
        rows += [f"It's {number}.\tIl est {number}."]
    rows += ["En test_2016_flickr, line 2!\tUne légende."]
    (folder / "tatoeba").mkdir(parents=True)
    with zipfile.ZipFile(folder / "tatoeba" / "fra-eng.zip", "w") as archive:
        archive.writestr("fra-eng/_about.txt", "about")
        archive.writestr("fra-eng/fra.txt", text or "\n".join(rows) + "\n")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, no network."""
    monkeypatch.setenv("NETLAB_DATA", str(tmp_path))
    digest = hashlib.md5(b"", usedforsecurity=False).hexdigest()
    refused = Source((f"http://127.0.0.1:{free_port()}/",), "md5", digest)
    monkeypatch.setattr(data, "source", lambda name: refused)
    monkeypatch.setattr(corpus, "TEST_SENTENCES", 8)
    monkeypatch.setattr(corpus, "VALIDATION_SENTENCES", 5)
    return tmp_path


def splits(found: Corpus) -> list[set[str]]:
    """The folded English of each split: training, validation, tests."""
    english = [[english for english, _ in pairs] for pairs in (found.train, found.validation)]
    english += [test.sources for test in found.tests.values()]
    return [set(map(fold, sentences)) for sentences in english]


def overlap(found: Corpus) -> int:
    """How many folded English sentences are in two of training, validation and tests."""
    train, validation, *tests = splits(found)
    measured = set().union(*tests)
    return len(train & validation) + len(train & measured) + len(validation & measured)


def test_fold():
    assert fold("Don't   STOP!") == fold("don t stop") == "don t stop"
    assert fold("“Straße”_") == "strasse"
    assert fold("É.") != fold("E.")
    assert fold("?!") == ""


def test_multi30k(folder: Path):
    write_multi30k(folder)
    found = corpus.multi30k()
    assert found.source == "multi30k"
    assert found.train[0] == ("en train, line 0 .", "fr train, line 0 .")
    assert (len(found.train), len(found.validation)) == (30, 6)
    assert list(found.tests) == ["test_2016_flickr", "test_2017_flickr"]
    assert found.tests["test_2017_flickr"].references[3] == ["fr test_2017_flickr, line 3 ."]
    assert corpus.multi30k() is found
    found.require_test()


def test_multi30k_and_tatoeba(folder: Path):
    write_multi30k(folder)
    write_tatoeba(folder)
    found = corpus.everyday()
    assert found.source == "multi30k+tatoeba"
    assert list(found.tests) == ["test_2016_flickr", "test_2017_flickr", "tatoeba"]
    assert len(found.tests["tatoeba"].sources) == 8
    assert len(found.validation) == 6 + 5
    assert overlap(found) == 0
    english = {english for english, _ in found.train}
    assert "En val, line 3." not in english
    assert "En test_2016_flickr, line 2!" not in english
    # The rest of Tatoeba is for training, with every spelling and translation.
    rest = {fold(sentence) for sentence in english if sentence.casefold().startswith("it's")}
    assert len(rest) in (40 - 8 - 5, 40 - 8 - 5 + 1, 40 - 8 - 5 + 2)
    assert sum(pair[0].casefold().startswith("it's") for pair in found.train) == 3 * len(rest)
    captions_used = {english for english, _ in found.train[: found.captions]}
    assert captions_used <= {english for english, _ in corpus.multi30k().train}
    assert not any(sentence in captions_used for sentence, _ in found.train[found.captions :])
    assert all(normalise(side) == side for pair in found.train for side in pair)


def test_every_translation_of_the_first_spelling_is_a_reference(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(corpus, "TEST_SENTENCES", 100)
    write_tatoeba(folder)
    found = corpus.everyday()
    assert found.source == "tatoeba"
    test = found.tests["tatoeba"]
    references = dict(zip(test.sources, test.references, strict=True))
    assert references["Go on."] == ["Continue !", "Poursuis."]
    assert references["It's 7."] == ["C'est 7.", "Il est 7."]
    assert "Go on!" not in references
    assert len(references) == 42
    assert (found.train, found.validation) == ([], [])


def test_the_split_does_not_depend_on_the_other_lines(folder: Path, tmp_path: Path):
    write_tatoeba(folder)
    before = corpus.everyday()
    rows = [f"{english}\t{french}\tCC-BY" for english, french in before.train]
    test = before.tests["tatoeba"]
    rows += [
        f"{said}\t{french[0]}\tCC-BY"
        for said, french in zip(test.sources, test.references, strict=True)
    ]
    other = tmp_path / "other"
    write_tatoeba(other, "\n".join(reversed(rows)))
    after = corpus._everyday(None, other / "tatoeba" / "fra-eng.zip")
    assert set(after.tests["tatoeba"].sources) == set(test.sources)


def test_one_corpus_is_used_without_the_other(folder: Path):
    assert corpus.everyday().source == "phrases"
    write_multi30k(folder)
    assert corpus.everyday() is corpus.multi30k()


def test_without_a_network_the_phrases_are_used(folder: Path):
    for found in (corpus.multi30k(), corpus.everyday(), corpus.multi30k(download=False)):
        assert found is corpus.phrases()
        assert found.source == "phrases"
    assert not any(path.is_file() for path in folder.rglob("*"))


@pytest.mark.parametrize(
    "change",
    [
        lambda content: b"",
        lambda content: b"no gzip",
        lambda content: content[:-12],
        lambda content: gzip.compress(b""),
        lambda content: gzip.compress(b"\xff\xfe\n" * 30),
        lambda content: gzip.compress(b"one line too few\n" * 29),
    ],
)
def test_a_damaged_file_of_multi30k_is_named(folder: Path, change):
    write_multi30k(folder)
    path = folder / "multi30k" / "train.fr.gz"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(Problem) as caught:
        corpus.multi30k()
    assert caught.value.key == "data.broken"
    assert "train.fr.gz" in str(caught.value)


def zipped(name: str, text: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, text)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"no zip",
        zipped("other.txt", ""),
        zipped("fra-eng/fra.txt", "no tab here"),
        zipped("fra-eng/fra.txt", "one\ttwo\nthree"),
    ],
)
def test_a_damaged_archive_of_tatoeba_is_refused(folder: Path, content: bytes):
    (folder / "tatoeba").mkdir()
    (folder / "tatoeba" / "fra-eng.zip").write_bytes(content)
    with pytest.raises(Problem) as caught:
        corpus.everyday()
    assert caught.value.key == "data.broken"


LINES = [f"Sentence {number}.\tPhrase {number}." for number in range(40)]


def test_parse_pairs():
    text = (
        "\ufeff" + "\r\n".join(["", *LINES, "  ", "SENTENCE 3!\tPhrase trois.\tby whom"]) + "\r\n"
    )
    found = parse_pairs(text)
    assert found == parse_pairs(text)
    assert found.source == "own"
    assert len(found.train) + len(found.validation) == 41
    assert len(splits(found)[1]) == 4
    assert overlap(found) == 0
    assert ("SENTENCE 3!", "Phrase trois.") in found.train + found.validation
    with pytest.raises(Problem) as caught:
        found.require_test()
    assert str(caught.value) == (
        "The data (own) hold no test set, so no test figure can be measured."
    )


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("no tab at all", "pairs.tab"),
        ("English, spaces    français", "pairs.tab"),
        ("English\t", "pairs.empty"),
        ("\tfrançais", "pairs.empty"),
        ("English\t\tfrançais", "pairs.empty"),
        ("English\t\x07\u200b", "pairs.empty"),
        (f"{'a' * 501}\tb", "pairs.long"),
        (f"a\t{'b' * 501}", "pairs.long"),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_line_that_is_not_a_pair_is_named(line: str, key: str, ending: str):
    with pytest.raises(Problem) as caught:
        parse_pairs(ending.join([*LINES[:11], "", line, *LINES[11:]]))
    assert caught.value.key == key
    assert caught.value.values["line"] == 13
    assert "line 13" in str(caught.value).lower()


def test_only_newlines_and_returns_end_a_line():
    found = parse_pairs("\n".join([*LINES, "One\u2028two\x0b.\tUn\u0085deux."]))
    assert ("One two .", "Un deux.") in found.train + found.validation


@pytest.mark.parametrize("lines", [[], [""], LINES[:19], LINES[:1] * 100])
def test_too_few_pairs(lines: list[str]):
    with pytest.raises(Problem) as caught:
        parse_pairs("\n".join(lines))
    assert caught.value.key == "pairs.few"


def test_limits_of_parse_pairs():
    assert len(parse_pairs("\n".join(LINES[:20])).validation) == 2
    longest = f"{'a' * 500}\t{'b' * 500}"
    assert len(parse_pairs("\n".join([*LINES[:39], longest]), limit=40).train) == 36
    with pytest.raises(Problem) as caught:
        parse_pairs("\n".join([*LINES, "no tab"]), limit=40)
    assert caught.value.key == "pairs.many"


def test_files_have_addresses_and_hashes():
    for name in [f"multi30k/{name}" for name in data.MULTI30K] + ["tatoeba/fra-eng.zip"]:
        published = data.source(name)
        assert published.addresses[0].endswith("/" + name.partition("/")[2])
        assert len(published.digest) == 2 * hashlib.new(published.algorithm).digest_size


@pytest.mark.texts
def test_local_files_are_the_published_ones():
    # Not Tatoeba: an archive that is packed again has another hash.
    for name, digest in data.MULTI30K.items():
        content = (data.folder() / "multi30k" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest


@pytest.mark.texts
def test_real_corpora():
    captions = corpus.multi30k(download=False)
    assert (len(captions.train), len(captions.validation)) == (29_000, 1_014)
    assert [len(test.sources) for test in captions.tests.values()] == [1_000, 1_000]
    assert captions.train[0] == (
        "Two young, White males are outside near many bushes.",
        "Deux jeunes hommes blancs sont dehors près de buissons.",
    )
    found = corpus.everyday(download=False)
    assert len(found.train) > 190_000
    assert len(found.validation) > 2_000
    assert {name: len(test.sources) for name, test in found.tests.items()} == {
        "test_2016_flickr": 1_000,
        "test_2017_flickr": 1_000,
        "tatoeba": 2_000,
    }
    assert overlap(found) == 0
    assert all(english and french for english, french in found.train)
    references = found.tests["tatoeba"].references
    assert all(references)
    assert all(len(set(options)) == len(options) for options in references)
