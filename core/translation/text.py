"""What one sentence looks like before anything reads it."""

import re
import unicodedata

# Control characters that are no space, and characters of no width that only pasting brings in.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_QUOTES = str.maketrans("‘’“”", "''\"\"")


def tidy(text: str) -> str:
    """A text on one line, in Unicode's composed form (NFC), with the quotes of a typewriter.

    The corpora hardly know curly quotes, and phones write them. Control characters go; every run
    of spaces, narrow and unbreakable ones too, becomes one space; half a surrogate pair becomes
    U+FFFD.
    """
    if not text.isprintable():
        text = replace_surrogates(_UNSEEN.sub("", text))
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_QUOTES))
    return " ".join(text.split())


def replace_surrogates(text: str) -> str:
    """A text with U+FFFD for each half of a surrogate pair, which no encoding knows."""
    return _SURROGATE.sub("\ufffd", text)
