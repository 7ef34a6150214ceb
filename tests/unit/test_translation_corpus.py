"""What is learnt from and what is measured on share no sentence, and every fault has its line."""

import gzip
import hashlib
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


def write_captions(folder: Path) -> None:
    """Files in the form of Multi30k, a few lines each."""
    (folder / "multi30k").mkdir(exist_ok=True)
    for name, count in CAPTIONS.items():
        for language in ("en", "fr"):
            lines = [f"{language} {name}, line {line} ." for line in range(count)]
            if name == "train" and language == "en":
                lines[7] = "Go ON!"  # stands in Tatoeba, too
                lines[8] = "En val, line 3."  # all but stands in the validation set
            content = gzip.compress(("\n".join(lines) + "\n").encode())
            (folder / "multi30k" / f"{name}.{language}.gz").write_bytes(content)


def write_tatoeba(folder: Path, text: str = "") -> None:
    """An archive in the form of Tatoeba's: 40 sentences, each in two spellings, with two French."""
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
    """An empty data folder, without a network."""
    monkeypatch.setenv("NETLAB_DATA", str(tmp_path))
    digest = hashlib.md5(b"", usedforsecurity=False).hexdigest()
    refused = Source((f"http://127.0.0.1:{free_port()}/",), "md5", digest)
    monkeypatch.setattr(data, "source", lambda name: refused)
    monkeypatch.setattr(corpus, "TEST_SENTENCES", 8)
    monkeypatch.setattr(corpus, "VALIDATION_SENTENCES", 5)
    return tmp_path


def splits(known: Corpus) -> list[set[str]]:
    """The folded English of each split: training, validation, tests."""
    english = [[english for english, _ in pairs] for pairs in (known.train, known.validation)]
    english += [test.sources for test in known.tests.values()]
    return [set(map(fold, sentences)) for sentences in english]


def share(known: Corpus) -> int:
    """How many folded English sentences stand on both sides of a line that they must not cross."""
    train, validation, *tests = splits(known)
    measured = set().union(*tests)
    return len(train & validation) + len(train & measured) + len(validation & measured)


def test_folding():
    assert fold("Don't   STOP!") == fold("don t stop") == "don t stop"
    assert fold("“Straße”_") == "strasse"
    assert fold("É.") != fold("E.")
    assert fold("?!") == ""


def test_multi30k(folder: Path):
    write_captions(folder)
    known = corpus.multi30k()
    assert known.source == "multi30k"
    assert known.train[0] == ("en train, line 0 .", "fr train, line 0 .")
    assert (len(known.train), len(known.validation)) == (30, 6)
    assert list(known.tests) == ["test_2016_flickr", "test_2017_flickr"]
    assert known.tests["test_2017_flickr"].references[3] == ["fr test_2017_flickr, line 3 ."]
    assert corpus.multi30k() is known
    known.require_test()


def test_both_together(folder: Path):
    write_captions(folder)
    write_tatoeba(folder)
    known = corpus.everyday()
    assert known.source == "multi30k+tatoeba"
    assert list(known.tests) == ["test_2016_flickr", "test_2017_flickr", "tatoeba"]
    assert len(known.tests["tatoeba"].sources) == 8
    assert len(known.validation) == 6 + 5
    assert share(known) == 0
    english = {english for english, _ in known.train}
    assert "En val, line 3." not in english
    assert "En test_2016_flickr, line 2!" not in english
    # The rest of Tatoeba, each spelling and each French of it, is learnt from.
    rest = {fold(sentence) for sentence in english if sentence.casefold().startswith("it's")}
    assert len(rest) in (40 - 8 - 5, 40 - 8 - 5 + 1, 40 - 8 - 5 + 2)
    assert sum(pair[0].casefold().startswith("it's") for pair in known.train) == 3 * len(rest)
    described = {english for english, _ in known.train[: known.captions]}
    assert described <= {english for english, _ in corpus.multi30k().train}
    assert not any(sentence in described for sentence, _ in known.train[known.captions :])
    assert all(normalise(side) == side for pair in known.train for side in pair)


def test_every_french_of_one_spelling_is_a_reference(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(corpus, "TEST_SENTENCES", 100)
    write_tatoeba(folder)
    known = corpus.everyday()
    assert known.source == "tatoeba"
    test = known.tests["tatoeba"]
    found = dict(zip(test.sources, test.references, strict=True))
    assert found["Go on."] == ["Continue !", "Poursuis."]
    assert found["It's 7."] == ["C'est 7.", "Il est 7."]
    assert "Go on!" not in found
    assert len(found) == 42
    assert (known.train, known.validation) == ([], [])


def test_the_split_does_not_hang_on_the_rest_of_the_file(folder: Path, tmp_path: Path):
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


def test_without_one_the_other_serves(folder: Path):
    assert corpus.everyday().source == "phrases"
    write_captions(folder)
    assert corpus.everyday() is corpus.multi30k()


def test_without_a_network_the_phrases_serve(folder: Path):
    for known in (corpus.multi30k(), corpus.everyday(), corpus.multi30k(download=False)):
        assert known is corpus.phrases()
        assert known.source == "phrases"
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
def test_a_damaged_caption_file_is_named(folder: Path, change):
    write_captions(folder)
    path = folder / "multi30k" / "train.fr.gz"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(Problem) as caught:
        corpus.multi30k()
    assert caught.value.key == "data.broken"
    assert "train.fr.gz" in str(caught.value)


@pytest.mark.parametrize("text", ["no tab here", "one\ttwo\nthree"])
def test_a_damaged_archive_is_named(folder: Path, text: str):
    write_tatoeba(folder, text)
    with pytest.raises(Problem) as caught:
        corpus.everyday()
    assert caught.value.key == "data.broken"


def test_no_archive(folder: Path):
    (folder / "tatoeba").mkdir()
    (folder / "tatoeba" / "fra-eng.zip").write_bytes(b"no zip")
    with pytest.raises(Problem) as caught:
        corpus.everyday()
    assert caught.value.key == "data.broken"
    with zipfile.ZipFile(folder / "tatoeba" / "fra-eng.zip", "w") as archive:
        archive.writestr("other.txt", "")
    with pytest.raises(Problem) as caught:
        corpus.everyday()
    assert caught.value.key == "data.broken"


LINES = [f"Sentence {number}.\tPhrase {number}." for number in range(40)]


def test_own_pairs():
    text = (
        "\ufeff" + "\r\n".join(["", *LINES, "  ", "SENTENCE 3!\tPhrase trois.\tby whom"]) + "\r\n"
    )
    known = parse_pairs(text)
    assert known == parse_pairs(text)
    assert known.source == "own"
    assert len(known.train) + len(known.validation) == 41
    assert len(splits(known)[1]) == 4
    assert share(known) == 0
    assert ("SENTENCE 3!", "Phrase trois.") in known.train + known.validation
    with pytest.raises(Problem) as caught:
        known.require_test()
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
def test_a_line_that_does_not_parse_is_named(line: str, key: str, ending: str):
    with pytest.raises(Problem) as caught:
        parse_pairs(ending.join([*LINES[:11], "", line, *LINES[11:]]))
    assert caught.value.key == key
    assert caught.value.values["line"] == 13
    assert "line 13" in str(caught.value).lower()


def test_a_line_is_what_an_editor_calls_a_line():
    known = parse_pairs("\n".join([*LINES, "One\u2028two\x0b.\tUn\u0085deux."]))
    assert ("One two .", "Un deux.") in known.train + known.validation


@pytest.mark.parametrize("lines", [[], [""], LINES[:19], LINES[:1] * 100])
def test_too_few_pairs(lines: list[str]):
    with pytest.raises(Problem) as caught:
        parse_pairs("\n".join(lines))
    assert caught.value.key == "pairs.few"


def test_the_bounds():
    assert len(parse_pairs("\n".join(LINES[:20])).validation) == 2
    longest = f"{'a' * 500}\t{'b' * 500}"
    assert len(parse_pairs("\n".join([*LINES[:39], longest]), limit=40).train) == 36
    with pytest.raises(Problem) as caught:
        parse_pairs("\n".join([*LINES, "no tab"]), limit=40)
    assert caught.value.key == "pairs.many"


def test_the_published_files_are_known():
    for name in [f"multi30k/{name}" for name in data.MULTI30K] + ["tatoeba/fra-eng.zip"]:
        published = data.source(name)
        assert published.addresses[0].endswith("/" + name.partition("/")[2])
        assert len(published.digest) == 2 * hashlib.new(published.algorithm).digest_size


@pytest.mark.texts
def test_the_files_are_the_published_ones():
    # Not Tatoeba's: an archive packed anew holds the same text under another hash.
    for name, digest in data.MULTI30K.items():
        content = (data.folder() / "multi30k" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest


@pytest.mark.texts
def test_the_real_texts():
    captions = corpus.multi30k(download=False)
    assert (len(captions.train), len(captions.validation)) == (29_000, 1_014)
    assert [len(test.sources) for test in captions.tests.values()] == [1_000, 1_000]
    assert captions.train[0] == (
        "Two young, White males are outside near many bushes.",
        "Deux jeunes hommes blancs sont dehors près de buissons.",
    )
    known = corpus.everyday(download=False)
    assert len(known.train) > 190_000
    assert len(known.validation) > 2_000
    assert {name: len(test.sources) for name, test in known.tests.items()} == {
        "test_2016_flickr": 1_000,
        "test_2017_flickr": 1_000,
        "tatoeba": 2_000,
    }
    assert share(known) == 0
    assert all(english and french for english, french in known.train)
    references = known.tests["tatoeba"].references
    assert all(references)
    assert all(len(set(options)) == len(options) for options in references)
