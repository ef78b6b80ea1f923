"""Lines of styled words to terminal cells: the one widget under everything on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from daq.units import clean_name

Span = tuple[str, str]
"""Text, and the name of a role ("" = plain) that the style sheet gives a colour; never markup."""

Line = tuple[Span, ...]

ROLES = ("dim", "strong", "left", "right", "both", "grid", "call", "chip", "warn", "good", "pale-left", "pale-right", "pale")
_LONGEST_SENTENCE = 400
_PLAINER = MappingProxyType({"±": "+-", "…": "...", "–": "-", "—": "-", "·": "|"})


def said(text: str) -> str:
    """A sentence from outside, safe to show: no control, escape or bidi characters."""
    return clean_name(text, longest=_LONGEST_SENTENCE)


def width_of(line: Iterable[Span]) -> int:
    """Number of cells that ``line`` takes."""
    return sum(cell_len(text) for text, _ in line)


def plain(line: Iterable[Span]) -> str:
    """The text of ``line`` without its roles."""
    return "".join(text for text, _ in line)


def fitted(line: Iterable[Span], width: int, *, align: str = "left") -> Line:
    """``line`` in exactly ``width`` cells: filled with blanks, or cut with an ellipsis."""
    spans = tuple(line)
    spare = width - width_of(spans)
    if spare < 0:
        return _cut(spans, width)
    before = {"left": 0, "centre": spare // 2, "right": spare}[align]
    return tuple(s for s in ((" " * before, ""), *spans, (" " * (spare - before), "")) if s[0])


def _cut(spans: Line, width: int) -> Line:
    kept: list[Span] = []
    room = max(width - 1, 0)
    for text, role in spans:
        if cell_len(text) >= room:
            kept.append((set_cell_size(text, room), role))
            break
        kept.append((text, role))
        room -= cell_len(text)
    return (*kept, ("…", "dim")) if width > 0 else ()


def beside(*columns: Sequence[Line]) -> list[Line]:
    """Blocks of lines of equal height, side by side."""
    return [tuple(span for line in row for span in line) for row in zip(*columns, strict=True)]


def in_ascii(line: Iterable[Span]) -> Line:
    """``line`` for a terminal without ± … – — ·, as wide as before: what gets longer takes from the blanks behind it."""
    cells: list[Span] = []
    n_over = 0
    for text, role in line:
        for char in text:
            if n_over and char == " " and cells and cells[-1][0] == " ":
                n_over -= 1
                continue
            plainer = _PLAINER.get(char, char)
            n_over += len(plainer) - 1
            cells.extend((one, role) for one in plainer)
    if n_over:
        n_kept = len(_PLAINER["…"]) if plain(cells[-3:]) == _PLAINER["…"] else 0
        del cells[len(cells) - n_kept - n_over : len(cells) - n_kept]
    return tuple(("".join(text for text, _ in group), role) for role, group in groupby(cells, key=itemgetter(1)))


class Lines(Widget):
    """Shows lines, and repaints only those that changed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lines--{role}" for role in ROLES}

    def __init__(self, *, id: str, is_ascii: bool = False) -> None:  # noqa: A002, the word of the toolkit
        super().__init__(id=id)
        self._is_ascii = is_ascii
        self._lines: tuple[Line, ...] = ()
        self._styles_by_role: dict[str, Style] = {}

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    @property
    def text(self) -> str:
        """What is shown, without roles."""
        return "\n".join(plain(line) for line in self._lines)

    def paint(self, lines: Iterable[Line]) -> None:
        """Show ``lines``; those that stand there already are left alone."""
        before, after = self._lines, tuple(map(in_ascii, lines) if self._is_ascii else lines)
        if before == after:
            return
        self._lines = after
        if len(before) != len(after):
            self.refresh()
            return
        changed = (y for y, (old, new) in enumerate(zip(before, after, strict=True)) if old != new)
        self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def notify_style_update(self) -> None:
        """Forget the colours of the theme before."""
        self._styles_by_role.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """One line of cells."""
        width = self.size.width
        if y >= len(self._lines):
            return Strip.blank(width, self._style_of(""))
        segments = [Segment(text, self._style_of(role)) for text, role in self._lines[y]]
        return Strip(segments).adjust_cell_length(width, self._style_of(""))

    def _style_of(self, role: str) -> Style:
        style = self._styles_by_role.get(role)
        if style is None:
            style = self.get_component_rich_style(f"lines--{role}") if role else self.rich_style
            self._styles_by_role[role] = style
        return style
