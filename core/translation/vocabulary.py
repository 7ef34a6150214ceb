"""A subword vocabulary shared by English and French: byte-level BPE.

Sennrich, Haddow and Birch 2016, "Neural machine translation of rare words with subword units":
the most frequent pair of adjacent pieces is merged into a new piece, repeatedly. The first pieces
are the 256 bytes, so no text has an unknown word. The merges, an integer array that is saved with
the weights, define the vocabulary.
"""

import json
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np
from tokenizers import Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, PreTokenizer, Split
from tokenizers.pre_tokenizers import Sequence as Steps
from tokenizers.trainers import BpeTrainer

from core.errors import Problem
from core.translation.text import normalise, replace_surrogates

SPECIALS = ("<pad>", "<s>", "</s>")
BYTES = len(SPECIALS)  # the id of byte 0
MERGES = BYTES + 256  # the id of the first merge
LONGEST = 32  # bytes in a piece

# No piece spans two words. The space before a word belongs to it; an elided article or pronoun
# (l', qu'), a contracted verb ('s, 'll) and each digit are separate words.
_WORD = (
    r"(?i) ?aujourd'hui"
    r"| ?(?:[cdjlmnst]|(?:jus|lors|puis|quoi|quel)?qu)'(?=\p{L})"
    r"|'(?:s|t|m|d|re|ve|ll)\b"
    r"| ?\p{L}[\p{L}\p{M}]*"
    r"| ?\p{N}"
    r"| ?[^\s\p{L}\p{N}]+"
    r"|\s"
)


def _word_splitter() -> PreTokenizer:
    return Split(Regex(_WORD), "isolated")


def _byte_splitter() -> PreTokenizer:
    return Steps([_word_splitter(), ByteLevel(add_prefix_space=False, use_regex=False)])


def _byte_characters() -> list[str]:
    """The printable character that represents each byte inside the `tokenizers` library."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


def learn(texts: Iterable[str], size: int) -> np.ndarray:
    """Merges learnt from texts: (size - 259, 2) int32; row k has the two ids that form id 259 + k.

    Deterministic. If the texts are too few for so many merges, the last rows are -1.
    """
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = _byte_splitter()
    trainer = BpeTrainer(
        vocab_size=size - BYTES,
        min_frequency=2,
        initial_alphabet=ByteLevel.alphabet(),
        max_token_length=LONGEST,
        show_progress=False,
    )
    tokenizer.train_from_iterator((" " + normalise(text) for text in texts), trainer)
    learnt = json.loads(tokenizer.to_str())["model"]["merges"]
    ids = {character: BYTES + byte for byte, character in enumerate(_byte_characters())}
    merges = np.full((size - MERGES, 2), -1, np.int32)
    for rank, (left, right) in enumerate(learnt[: len(merges)]):
        merges[rank] = ids[left], ids[right]
        # Two merges may form the same piece; it has the id of the first.
        ids.setdefault(left + right, MERGES + rank)
    return merges


class Vocabulary:
    """Converts text to ids and back, given the merges.

    Ids: 0 padding, 1 start, 2 end, 3 to 258 the bytes, then the merges by rank. Raises `Problem`
    ("vocabulary.merges") for a merge that does not join two earlier pieces.
    """

    def __init__(self, merges: np.ndarray):
        self._bytes = [b""] * BYTES + [bytes([byte]) for byte in range(256)]
        names = [*SPECIALS, *_byte_characters()]
        # No piece contains a space here, so these names differ from all pieces.
        ids = {f" {name}" if id < BYTES else name: id for id, name in enumerate(names)}
        pairs = []
        for rank, (left, right) in enumerate(np.asarray(merges).tolist()):
            if left == right == -1:  # an empty piece keeps the ids of the others
                self._bytes.append(b"")
                names.append("")
                continue
            known = range(BYTES, MERGES + rank)
            parts = [self._bytes[id] if id in known else b"" for id in (left, right)]
            if not all(parts) or sum(map(len, parts)) > LONGEST:
                raise Problem("vocabulary.merges", row=rank)
            self._bytes.append(b"".join(parts))
            names.append(names[left] + names[right])
            pairs.append((names[left], names[right]))
            ids.setdefault(names[-1], MERGES + rank)
        self._tokenizer = Tokenizer(BPE(ids, pairs))
        self._tokenizer.pre_tokenizer = _byte_splitter()
        self._word_splitter = _word_splitter()

    def __len__(self) -> int:
        return len(self._bytes)

    def encode(self, text: str) -> list[int]:
        """The ids of a normalised text, without start and end."""
        return self.encode_batch([text])[0]

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of many texts, faster than one by one."""
        normalised = (normalise(text) for text in texts)
        spaced = [" " + text if text else "" for text in normalised]
        return [found.ids for found in self._tokenizer.encode_batch_fast(spaced)]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids without start, end and padding; U+FFFD for invalid UTF-8."""
        text = b"".join(self._bytes[id] for id in ids).decode("utf-8", "replace")
        return text.removeprefix(" ")

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Each id in readable form: "▁chat", "s", "</s>"; part of a character as "⟨F0⟩"."""
        return [SPECIALS[id] if id < BYTES else _readable(self._bytes[id]) for id in ids]

    def words(self, ids: Sequence[int]) -> list[int]:
        """The index, from 0, of the word that each piece belongs to; -1 for start, end, padding.

        Elisions (l'), contractions ('s), numbers and runs of punctuation are words.
        """
        pieces = [self._bytes[id] for id in ids]
        text = b"".join(pieces).decode("utf-8", "surrogateescape")
        # Start of each character in bytes; an invalid byte counts as a character.
        sizes = (len(character.encode("utf-8", "surrogateescape")) for character in text)
        starts = list(accumulate(sizes, initial=0))
        word_starts, previous = [], ""
        for word, (first, _) in self._word_splitter.pre_tokenize_str(replace_surrogates(text)):
            if not (word.isdigit() and previous.isdigit()):  # "2016" is one word, four pieces
                word_starts.append(starts[first])
            previous = word.strip()
        offsets = accumulate(map(len, pieces), initial=0)
        return [
            bisect_right(word_starts, offset) - 1 if piece else -1
            for piece, offset in zip(pieces, offsets, strict=False)
        ]


def _readable(piece: bytes) -> str:
    """The bytes of a piece as text, a space as "▁", an invalid byte as "⟨F0⟩"."""
    text = piece.decode("utf-8", "surrogateescape").replace(" ", "▁")
    if text and unicodedata.combining(text[0]):
        text = "◌" + text  # a combining accent needs a base character
    return "".join(
        f"⟨{ord(character) - 0xDC00:02X}⟩" if "\udc80" <= character <= "\udcff" else character
        for character in text
    )
