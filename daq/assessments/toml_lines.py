"""The text of a valid TOML file to the line of every key and every entry of a list, which ``tomllib`` does not tell."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping

Place = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_QUOTED = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'')
_TEXT = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")


def lines_of(text: str) -> dict[Place, int]:
    r"""The line, from 1, of every table, key and list entry of a valid TOML text.

    Examples
    --------
    >>> lines_of('id = "a"\n[detection]\nstart_n = 20.0\n')
    {('id',): 1, ('detection',): 2, ('detection', 'start_n'): 3}
    """
    scanner = _Scanner(text)
    try:
        scanner.scan()
    except IndexError:
        # Only a text that tomllib would refuse comes here: what was found before stands.
        return scanner.lines
    return scanner.lines


def line_of(lines: Mapping[Place, int], place: Place) -> int | None:
    """The line of a place, or of the nearest table or list around it; None where the file says nothing of it."""
    for n in range(len(place), 0, -1):
        if place[:n] in lines:
            return lines[place[:n]]
    return None


class _Scanner:
    """Reads keys, headers, lists and inline tables; ``tomllib`` has accepted the text before, so nothing is checked here."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0] + [i + 1 for i, c in enumerate(text) if c == "\n"]
        self.lines: dict[Place, int] = {}
        # How many tables each [[array of tables]] has so far.
        self._n_tables: dict[Place, int] = {}

    def scan(self) -> None:
        table: Place = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _header(self) -> Place:
        is_array = self._text.startswith("[[", self._at)
        line = self._line()
        self._at += 2 if is_array else 1
        keys = self._keys("]")
        self._at += 2 if is_array else 1
        place = self._resolved(keys[:-1])
        for n in range(1, len(place) + 1):
            self.lines.setdefault(place[:n], line)
        place = (*place, keys[-1])
        self.lines.setdefault(place, line)
        if is_array:
            n_before = self._n_tables.get(place, 0)
            self._n_tables[place] = n_before + 1
            place = (*place, n_before)
        self.lines.setdefault(place, line)
        return place

    def _resolved(self, keys: list[str]) -> Place:
        """A path of keys with the number of the current table behind each array of tables."""
        place: Place = ()
        for key in keys:
            place = (*place, key)
            if place in self._n_tables:
                place = (*place, self._n_tables[place] - 1)
        return place

    def _pair(self, table: Place) -> None:
        line = self._line()
        for key in self._keys("="):
            table = (*table, key)
            self.lines.setdefault(table, line)
        self._at += 1
        self._skip(_SPACE)
        self._value(table)

    def _keys(self, end: str) -> list[str]:
        """The keys of a dotted key up to ``end``, which is not consumed."""
        keys: list[str] = []
        while True:
            self._skip(_SPACE)
            c = self._text[self._at]
            if c == end:
                return keys
            if c == ".":
                self._at += 1
                continue
            raw = self._skip(_QUOTED if c in "\"'" else _BARE)
            keys.append(next(iter(tomllib.loads(f"{raw}=0"))))

    def _value(self, place: Place) -> None:
        c = self._text[self._at]
        if c in "\"'":
            self._skip(_TEXT)
        elif c == "[":
            self._list(place)
        elif c == "{":
            self._inline(place)
        else:
            self._skip(_SCALAR)

    def _list(self, place: Place) -> None:
        self._at += 1
        n = 0
        while True:
            self._skip(_BLANK)
            if self._text[self._at] == "]":
                self._at += 1
                return
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self.lines[*place, n] = self._line()
            self._value((*place, n))
            n += 1

    def _inline(self, place: Place) -> None:
        self._at += 1
        while True:
            self._skip(_BLANK)
            if self._text[self._at] == "}":
                self._at += 1
                return
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._pair(place)

    def _skip(self, what: re.Pattern[str]) -> str:
        found = what.match(self._text, self._at)
        if found is None:
            raise IndexError
        self._at = found.end()
        return found[0]

    def _line(self) -> int:
        return bisect_right(self._starts, self._at)
