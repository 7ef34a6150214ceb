"""What in a sentence is no English, of which the networks know nothing."""

import unicodedata

FEW = 5  # characters that are named
PICTURES = "\u2300"  # from here on, symbols are not ° or ™


def foreign(sentence: str) -> str:
    """The first few letters of other scripts than the Latin one, and pictures, in a sentence."""
    strange = [
        each
        for each in dict.fromkeys(sentence)
        if ((kind := unicodedata.category(each)) == "So" and each > PICTURES)
        or (kind[0] == "L" and not unicodedata.name(each, "").startswith("LATIN"))
    ]
    return "".join(strange[:FEW])
