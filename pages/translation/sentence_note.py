"""What is said of a sentence before it is translated."""

import unicodedata

from core.translation.model import LONGEST
from pages.app.request import Request
from pages.translation.networks import network_of, vocabulary_of

LIMIT = LONGEST - 2  # pieces of a sentence
MOST_NAMED = 5  # characters that are not English
FIRST_PICTURE = "\u2300"  # symbols before it are characters such as ° and ™


def sentence_note(request: Request, sentence: str, network: str) -> str:
    """The count of the pieces, and the characters that are not English."""
    vocabulary = vocabulary_of(network_of(request.lab, network, request.visitor))
    count = len(vocabulary.encode(sentence))
    key = "counted" if count <= LIMIT else "too_long"
    note = request.text(f"translation.{key}", count=count, limit=LIMIT)
    if unknown := not_english(sentence):
        note += " · " + request.text("translation.foreign", characters=unknown)
    return note


def not_english(sentence: str) -> str:
    """The first few letters of other scripts than the Latin one, and pictures, in a sentence."""
    found = [
        each
        for each in dict.fromkeys(sentence)
        if ((kind := unicodedata.category(each)) == "So" and each > FIRST_PICTURE)
        or (kind[0] == "L" and not unicodedata.name(each, "").startswith("LATIN"))
    ]
    return "".join(found[:MOST_NAMED])
