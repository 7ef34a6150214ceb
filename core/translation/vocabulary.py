"""A subword vocabulary that English and French share: byte-level BPE.

Sennrich, Haddow and Birch 2016, "Neural machine translation of rare words with subword units":
the most frequent pair of neighbouring pieces becomes a new piece, again and again. The first
pieces are the 256 bytes, so that no text holds an unknown word, be it 中文 or an emoji.

The merges say it all, in the order in which they were learnt: they are an integer array that
lives among the network's weights.
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
from core.translation.text import replace_surrogates, tidy

PADDING, START, END = 0, 1, 2
SPECIALS = ("<pad>", "<s>", "</s>")
BYTES = len(SPECIALS)  # the id of byte 0
MERGES = BYTES + 256  # the id of the first merge
LONGEST = 32  # bytes in a piece

# No piece reaches over two words. A word takes the space before it along; an elided article or
# pronoun (l', qu') and a contracted verb ('s, 'll) are words of their own, and so is each digit.
_WORD = (
    r"(?i) ?aujourd'hui"
    r"| ?(?:[cdjlmnst]|(?:jus|lors|puis|quoi|quel)?qu)'(?=\p{L})"
    r"|'(?:s|t|m|d|re|ve|ll)\b"
    r"| ?\p{L}[\p{L}\p{M}]*"
    r"| ?\p{N}"
    r"| ?[^\s\p{L}\p{N}]+"
    r"|\s"
)


def _in_words() -> PreTokenizer:
    return Split(Regex(_WORD), "isolated")


def _in_pieces() -> PreTokenizer:
    return Steps([_in_words(), ByteLevel(add_prefix_space=False, use_regex=False)])


def _signs() -> list[str]:
    """For each byte the printable character that stands for it inside the `tokenizers` library."""
    seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
    unseen = iter(range(256, 512))
    return [chr(byte if byte in seen else next(unseen)) for byte in range(256)]


def learn(texts: Iterable[str], size: int) -> np.ndarray:
    """Merges learnt from texts: (size - 259, 2) int32, row k the two ids that make id 259 + k.

    Deterministic. Rows of -1 end it where the texts are too few to give as many merges.
    """
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = _in_pieces()
    trainer = BpeTrainer(
        vocab_size=size - BYTES,
        min_frequency=2,
        initial_alphabet=ByteLevel.alphabet(),
        max_token_length=LONGEST,
        show_progress=False,
    )
    tokenizer.train_from_iterator((" " + tidy(text) for text in texts), trainer)
    learnt = json.loads(tokenizer.to_str())["model"]["merges"]
    ids = {sign: BYTES + byte for byte, sign in enumerate(_signs())}
    merges = np.full((size - MERGES, 2), -1, np.int32)
    for rank, (left, right) in enumerate(learnt[: len(merges)]):
        merges[rank] = ids[left], ids[right]
        # Two merges may make the same piece; the first one's id stands for it.
        ids.setdefault(left + right, MERGES + rank)
    return merges


class Vocabulary:
    """Text to ids and back, from the merges alone.

    Ids: 0 padding, 1 start, 2 end, 3 to 258 the bytes, then one for each merge, by rank.
    Raises `Problem` for merges that do not each join two earlier pieces.
    """

    def __init__(self, merges: np.ndarray):
        self._bytes = [b""] * BYTES + [bytes([byte]) for byte in range(256)]
        signs = _signs()
        names = [*SPECIALS, *signs]
        # A space never stands in a sign: these names collide with no piece.
        ids = {f" {name}" if id < BYTES else name: id for id, name in enumerate(names)}
        pairs = []
        for rank, (left, right) in enumerate(np.asarray(merges).tolist()):
            if left == right == -1:  # kept as a piece of nothing, so that the ids stay
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
        self._tokenizer.pre_tokenizer = _in_pieces()
        self._words = _in_words()

    def __len__(self) -> int:
        return len(self._bytes)

    def encode(self, text: str) -> list[int]:
        """The ids of a text, tidied, without start and end."""
        return self.encode_batch([text])[0]

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of many texts, quicker than one by one."""
        tidied = (tidy(text) for text in texts)
        spaced = [" " + text if text else "" for text in tidied]
        return [found.ids for found in self._tokenizer.encode_batch_fast(spaced)]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids, start, end and padding left out; U+FFFD for bytes that are no text."""
        text = b"".join(self._bytes[id] for id in ids).decode("utf-8", "replace")
        return text.removeprefix(" ")

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Each id as one can read it: "▁chat", "s", "</s>"; half a character as "⟨F0⟩"."""
        return [SPECIALS[id] if id < BYTES else _readable(self._bytes[id]) for id in ids]

    def words(self, ids: Sequence[int]) -> list[int]:
        """The index, from 0, of the word that each piece belongs to; -1 for start, end, padding.

        Elisions (l'), contractions ('s), numbers and runs of marks are words.
        """
        spelt = [self._bytes[id] for id in ids]
        text = b"".join(spelt).decode("utf-8", "surrogateescape")
        # Where each character starts, in bytes; a byte that is no text counts as a character.
        sizes = (len(character.encode("utf-8", "surrogateescape")) for character in text)
        starts = list(accumulate(sizes, initial=0))
        heads, before = [], ""
        for word, (first, _) in self._words.pre_tokenize_str(replace_surrogates(text)):
            if not (word.isdigit() and before.isdigit()):  # "2016" is one word, four pieces
                heads.append(starts[first])
            before = word.strip()
        places = accumulate(map(len, spelt), initial=0)
        return [
            bisect_right(heads, place) - 1 if piece else -1
            for piece, place in zip(spelt, places, strict=False)
        ]


def _readable(piece: bytes) -> str:
    """The bytes of a piece as text, a space as "▁", a byte that is no text as "⟨F0⟩"."""
    text = piece.decode("utf-8", "surrogateescape").replace(" ", "▁")
    if text and unicodedata.combining(text[0]):
        text = "◌" + text  # an accent needs something to sit on
    return "".join(
        f"⟨{ord(character) - 0xDC00:02X}⟩" if "\udc80" <= character <= "\udcff" else character
        for character in text
    )
