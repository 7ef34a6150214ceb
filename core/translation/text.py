"""Normalisation of the text of one sentence."""

import re
import unicodedata

# Control characters other than spaces, soft hyphen, zero-width space, word joiner, byte order mark.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_QUOTES = str.maketrans("‘’“”", "''\"\"")


def normalise(text: str) -> str:
    """A text on one line, in composed form (NFC), with straight quotes as in the corpora.

    Removes control characters; every run of white space becomes one space, half of a surrogate
    pair U+FFFD.
    """
    if not text.isprintable():
        text = replace_surrogates(_INVISIBLE.sub("", text))
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_QUOTES))
    return " ".join(text.split())


def replace_surrogates(text: str) -> str:
    """A text with U+FFFD for each half of a surrogate pair, which cannot be encoded."""
    return _SURROGATE.sub("\ufffd", text)
