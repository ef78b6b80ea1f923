"""What a parser or a schema complains of to words that a person understands."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_PLAIN = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Input should be a valid integer.*", "should be a whole number"),
        (r"Input should be a valid number.*", "should be a number"),
        (r"Input should be a finite number.*", "should be a number"),
        (r"Input should be a valid boolean.*", "should be true or false"),
        (r"Input should be a valid string.*", "should be a text in quotes"),
        (r"Input should be a valid list.*|Input should be a valid tuple.*", "should be a list, in brackets"),
        (r"Input should be a valid dictionary.*|Input should be a valid table.*", "should be a table"),
        (r"Input should be an object.*", "should be a table"),
        (r"Input should be greater than or equal to (\S+)", r"should be \1 or more"),
        (r"Input should be less than or equal to (\S+)", r"should be \1 or less"),
        (r"Input should be greater than (\S+)", r"should be more than \1"),
        (r"Input should be less than (\S+)", r"should be less than \1"),
        (r"Input should be (.+)", r"should be \1"),
        (r"Field required", "is missing"),
        (r"(?:Tuple|List) should have at least 1 item.*", "should have at least one entry"),
        (r"Extra inputs are not permitted", "is unknown"),
        (r"Value error, (.+)", r"\1"),
    )
)


def plain_words(message: str) -> str:
    """``should be a whole number`` for ``Input should be a valid integer, unable to ...``; what is not known stays as it is."""
    for pattern, words in _PLAIN:
        if (found := pattern.fullmatch(message)) is not None:
            return found.expand(words)
    return message


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of ``known`` that was probably meant, "" where none is near."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1)), "")
