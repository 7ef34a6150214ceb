"""The vocabulary: learning, encoding and decoding of any text, readable pieces, words."""

import json
import subprocess
import sys
import unicodedata
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import BPE

from core.errors import Problem
from core.translation import vocabulary
from core.translation.corpus import phrases
from core.translation.model import END, PADDING, START
from core.translation.text import normalise
from core.translation.vocabulary import BYTES, LONGEST, MERGES, Vocabulary, learn

UNUSUAL_TEXTS = [
    "",
    " ",
    "The old man does not see a tree.",
    "L'été, l'élève s'assoit ; « où ? »",
    "🙂👩‍👩‍👧‍👦🇫🇷",
    "中文 日本語",
    "\u0301",
    "a\u0301\u0327",
    "שלום עולם \u200f مرحبا",
    "<s> </s> <pad> Ġ Ċ ▁ ⟨F0⟩",
    "tab\tnew\nline\r\nnull\x00bell\x07\x85",
    "\u202f?\u00a0!\u2003",
    "\ud83d half \ude00",
    "e\x00\u0301",
    "\ufeff\u200b\u00ad",
    "x" * 1_000,
    "٣٤ 2016 ½ ²",
    "’‘“”",
]


@pytest.fixture(scope="module")
def merges() -> np.ndarray:
    return learn((text for pair in phrases().train[:3_000] for text in pair), 700)


@pytest.fixture(scope="module")
def trained(merges: np.ndarray) -> Vocabulary:
    return Vocabulary(merges)


def bpe(word: bytes, merges: np.ndarray) -> list[int]:
    """Reference implementation: merge the pair of the lowest rank, leftmost first, repeatedly."""
    ids = [BYTES + byte for byte in word]
    ranks = {tuple(pair): MERGES + rank for rank, pair in enumerate(merges.tolist())}
    while pairs := [ranks[pair] for pair in pairwise(ids) if pair in ranks]:
        best = min(pairs)
        left, right = merges[best - MERGES]
        at = 0
        while at < len(ids) - 1:
            if (ids[at], ids[at + 1]) == (left, right):
                ids[at : at + 2] = [best]
            at += 1
    return ids


def test_learnt_merges(merges: np.ndarray):
    assert merges.shape == (700 - MERGES, 2)
    assert merges.dtype == np.int32
    ranks = np.arange(len(merges))
    assert (merges >= BYTES).all()
    assert (merges.max(1) < MERGES + ranks).all()


def test_learning_is_deterministic_across_processes(merges: np.ndarray):
    program = (
        "from core.translation.corpus import phrases;"
        "from core.translation.vocabulary import learn;"
        "print(learn((t for p in phrases().train[:3_000] for t in p), 700).tolist())"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert json.loads(answer.stdout) == merges.tolist()


def test_few_texts_leave_empty_rows():
    merges = learn(["ab ab ab"], 270)
    assert (merges[:2] != -1).all()
    assert (merges[2:] == -1).all()
    words = Vocabulary(merges)
    assert len(words) == 270
    assert words.encode("ab ab") == [MERGES + 1, MERGES + 1]
    assert words.decode([269, *words.encode("ab"), 268]) == "ab"
    assert words.pieces([269]) == [""]
    assert learn([], 300).tolist() == [[-1, -1]] * 41
    assert Vocabulary(learn([], MERGES)).encode("é") == [BYTES + byte for byte in " é".encode()]


def test_merges_rebuild_the_trained_tokenizer(monkeypatch: pytest.MonkeyPatch):
    make, made = vocabulary.Tokenizer, []

    def keep(model: BPE) -> Tokenizer:
        made.append(make(model))
        return made[-1]

    monkeypatch.setattr(vocabulary, "Tokenizer", keep)
    texts = [text for pair in phrases().train[:2_000] for text in pair]
    rebuilt = Vocabulary(learn(texts, 600))
    trained, again = made
    for text in [*texts[:500], *filter(None, map(normalise, UNUSUAL_TEXTS))]:
        # As pieces, because the trainer numbers the bytes in another order.
        assert again.encode(" " + text).tokens == trained.encode(" " + text).tokens
        assert again.encode(" " + text).ids == rebuilt.encode(text)


@given(st.text(st.characters(), max_size=30))
def test_encoding_is_byte_pair_encoding(trained: Vocabulary, merges: np.ndarray, text: str):
    spaced = " " + normalise(text) if normalise(text) else ""
    words = [word for word, _ in trained._word_splitter.pre_tokenize_str(spaced)]
    assert "".join(words) == spaced
    assert trained.encode(text) == [id for word in words for id in bpe(word.encode(), merges)]


@given(st.text(st.characters(), max_size=60))
def test_decoding_inverts_encoding(trained: Vocabulary, text: str):
    ids = trained.encode(text)
    assert trained.decode(ids) == normalise(text)
    assert trained.decode([PADDING, START, *ids, END, PADDING]) == normalise(text)
    assert all(BYTES <= id < len(trained) for id in ids)
    assert len(trained.pieces(ids)) == len(ids) == len(trained.words(ids))


@given(st.text(st.characters()))
@example("e\x00\u0301")
@example("\u1100\u200b\u1161")
@example(" \x00 ")
def test_normalise(text: str):
    result = normalise(text)
    assert normalise(result) == result
    assert unicodedata.is_normalized("NFC", result)
    assert result == " ".join(result.split())
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in result)


def test_normalise_examples():
    assert normalise("  Qu’est-ce\u202f?\n") == "Qu'est-ce ?"
    assert normalise("“Cafe\u0301”\x07\u200b") == '"Café"'
    assert normalise("👩\u200d🔬") == "👩\u200d🔬"  # a zero-width joiner is kept
    assert normalise("\ud83d!") == "\ufffd!"


@given(st.data())
def test_any_ids_can_be_decoded(trained: Vocabulary, data: st.DataObject):
    ids = data.draw(st.lists(st.integers(0, len(trained) - 1), max_size=20))
    assert "\ud800" not in trained.decode(ids)
    trained.decode(ids).encode()  # raises for half of a surrogate pair
    assert all(piece and piece.encode() for piece in trained.pieces(ids))
    words = trained.words(ids)
    inner = [word for word in words if word >= 0]
    assert [word < 0 for word in words] == [id < BYTES for id in ids]
    assert inner == sorted(inner)
    assert set(inner) <= set(range(len(ids)))


def test_pieces(trained: Vocabulary):
    ids = trained.encode("The ñ 🙂")
    assert trained.pieces([START, *ids, END, PADDING]) == [
        *("<s>", "▁The", "▁", "⟨C3⟩", "⟨B1⟩", "▁", "⟨F0⟩", "⟨9F⟩", "⟨99⟩", "⟨82⟩"),
        *("</s>", "<pad>"),
    ]
    spelt = Vocabulary(learn(["a \u0303"] * 9, 300))
    assert spelt.pieces(spelt.encode("q\u0303"))[-1] == "◌\u0303"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The cat sleeps.", ["The", "cat", "sleeps", "."]),
        ("L'homme n'aime pas l'été.", ["L'", "homme", "n'", "aime", "pas", "l'", "été", "."]),
        ("Qu'est-ce qu'aujourd'hui ?", ["Qu'", "est", "-", "ce", "qu'", "aujourd'hui", "?"]),
        ("Tom's dog doesn't.", ["Tom", "'s", "dog", "doesn", "'t", "."]),
        ("In 2016, 3 men", ["In", "2016", ",", "3", "men"]),
        ("a 1 2 b", ["a", "1", "2", "b"]),
        ("中文 🙂!", ["中文", "🙂!"]),
        ("Wait... what?!", ["Wait", "...", "what", "?!"]),
    ],
)
def test_words(trained: Vocabulary, text: str, words: list[str]):
    ids = trained.encode(text)
    found: dict[int, list[int]] = {}
    for id, word in zip(ids, trained.words(ids), strict=True):
        found.setdefault(word, []).append(id)
    assert [trained.decode(group).strip() for group in found.values()] == words
    assert list(found) == list(range(len(words)))


def test_unusual_texts(trained: Vocabulary):
    encoded = trained.encode_batch(UNUSUAL_TEXTS)
    assert encoded == [trained.encode(text) for text in UNUSUAL_TEXTS]
    assert [trained.decode(ids) for ids in encoded] == [normalise(text) for text in UNUSUAL_TEXTS]
    assert trained.encode_batch([]) == []


@pytest.mark.parametrize(
    "merges",
    [
        [[0, 0]],  # of an untrained network
        [[-1, 5]],
        [[5, MERGES]],  # itself
        [[5, 6], [MERGES + 1, 5]],
        [[-1, -1], [MERGES, 5]],  # an empty piece
        [[5, END]],
        [[MERGES + rank - 1 if rank else 5] * 2 for rank in range(6)],  # 64 bytes long
    ],
)
def test_invalid_merges_are_refused(merges: list[list[int]]):
    with pytest.raises(Problem) as caught:
        Vocabulary(np.array(merges))
    assert caught.value.key == "vocabulary.merges"


def test_two_merges_that_form_the_same_piece():
    a, b, c = (BYTES + byte for byte in b"abc")
    # "abc" is a + bc and ab + c: both are decoded, encoding uses the first.
    words = Vocabulary(np.array([[b, c], [a, MERGES], [a, b], [MERGES + 2, c]]))
    assert words.encode("abc")[1:] == [MERGES + 1]
    assert words.decode([MERGES + 3]) == "abc"


def test_pieces_have_limited_length(trained: Vocabulary):
    merges = learn(["a" * 200] * 9, 400)
    assert max(len(piece) for piece in Vocabulary(merges).pieces(range(400))[BYTES:]) <= LONGEST
