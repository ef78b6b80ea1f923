"""Left against right to a bar with its interval, and the sentence below it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from daq.dashboard.glyphs import Glyphs
from daq.dashboard.lines import Line, Span, fitted, said, width_of
from daq.dashboard.words import side_letter
from daq.session.snapshot import AsymmetryView

_FULLS_PERCENT = (20, 40, 100)
_LABELS = {20: (0, 10, 15, 20), 40: (0, 10, 20, 40), 100: (0, 50, 100)}
_MARKS_PERCENT = (10, 15)
_WIDEST = 121
_SIDE_ROOM = 8


@dataclass(frozen=True, slots=True)
class _Scale:
    full: int
    half: int

    def cell_of(self, percent: float) -> int:
        """Cell from the left end, 0 to 2 half, of ``percent``, held within the bar."""
        return self.half + round(max(-1.0, min(1.0, percent / self.full)) * self.half)


def bar_lines(view: AsymmetryView, width: int, *, n_thick: int, glyphs: Glyphs) -> list[Line]:
    """Labels, ``n_thick`` rows of bar, and the sentence: positive to the right, the left on the left."""
    half = (min(width - 2 * _SIDE_ROOM, _WIDEST) - 1) // 2
    if n_thick < 1 or half < 1:
        return [sentence_line(view, width)]
    scale = _Scale(_full_percent(view), half)
    middle = n_thick // 2
    rows = [_bar(view, scale, glyphs=glyphs, is_middle=y == middle) for y in range(n_thick)]
    ends = [
        (("LEFT".rjust(_SIDE_ROOM - 2) + "  ", "left"), ("  RIGHT ", "right")) if y == middle else _BLANK_ENDS
        for y in range(n_thick)
    ]
    bars = [fitted((left, *row, right), width, align="centre") for row, (left, right) in zip(rows, ends, strict=True)]
    return [fitted(_labels(scale), width, align="centre"), *bars, sentence_line(view, width)]


_BLANK_ENDS = ((" " * _SIDE_ROOM, ""), (" " * _SIDE_ROOM, ""))


def sentence_line(view: AsymmetryView, width: int) -> Line:
    """The words under the bar; what they are about is left out where it does not fit."""
    words, about = said(view.sentence), said(view.source)
    if not words and view.percent is not None:
        words = f"{side_letter(view.percent)} {abs(view.percent):.0f} %"
    strong: Span = (words, "" if view.is_live else "strong")
    tail = f"  ·  {about}" if words and about else about
    whole = (strong, (tail, "dim"))
    return fitted(whole if width_of(whole) <= width else (strong,), width, align="centre")


def _full_percent(view: AsymmetryView) -> int:
    if view.is_live:
        return _FULLS_PERCENT[0]
    reach = max((abs(x) for x in (view.percent, view.low, view.high) if x is not None and math.isfinite(x)), default=0.0)
    return next((full for full in _FULLS_PERCENT if reach <= full), _FULLS_PERCENT[-1])


def _labels(scale: _Scale) -> Line:
    # Three cells beyond each end, so that the outermost numbers stand over the ends of the bar.
    row = [" "] * (2 * scale.half + 7)
    for percent in _LABELS[scale.full]:
        for sign in (-1, 1):
            text = str(percent)
            start = 3 + scale.cell_of(sign * percent) - (len(text) - 1) // 2
            row[start : start + len(text)] = text
    row[-1] = "%"
    return (("".join(row), "dim"),)


def _bar(view: AsymmetryView, scale: _Scale, *, glyphs: Glyphs, is_middle: bool) -> Line:
    cells = _empty(scale, glyphs, is_middle=is_middle)
    percent = view.percent
    if percent is not None and math.isfinite(percent):
        _fill(cells, view, percent, scale=scale, glyphs=glyphs, is_middle=is_middle)
    return tuple(cells)


def _empty(scale: _Scale, glyphs: Glyphs, *, is_middle: bool) -> list[Span]:
    n = 2 * scale.half + 1
    cells: list[Span] = [(glyphs.bar_line if is_middle else " ", "grid")] * n
    for percent in _MARKS_PERCENT if scale.full <= 40 else _MARKS_PERCENT[:1]:  # noqa: PLR2004, where both still fit
        for sign in (-1, 1):
            cells[scale.cell_of(sign * percent)] = (glyphs.bar_mark, "dim")
    if is_middle:
        cells[0], cells[-1] = (glyphs.bar_ends[0], "dim"), (glyphs.bar_ends[1], "dim")
    cells[scale.half] = (glyphs.bar_zero, "dim")
    return cells


def _fill(cells: list[Span], view: AsymmetryView, percent: float, *, scale: _Scale, glyphs: Glyphs, is_middle: bool) -> None:
    side = "right" if percent > 0 else "left"
    role, pale = ("both", "pale") if view.is_live else (side, f"pale-{side}")
    at, zero = scale.cell_of(percent), scale.half
    if is_middle:
        for x in range(min(at, zero), max(at, zero) + 1):
            if x != zero:
                cells[x] = (glyphs.bar_fill, role)
    if view.low is not None and view.high is not None and math.isfinite(view.low) and math.isfinite(view.high):
        for x in range(scale.cell_of(view.low), scale.cell_of(view.high) + 1):
            if x != zero:
                cells[x] = (glyphs.bar_band, pale)
    is_beyond = abs(percent) > scale.full
    cells[at] = (glyphs.bar_beyond[percent > 0] if is_beyond else glyphs.bar_value, role)
    inward = at + (1 if at < zero else -1)
    if zero not in (at, inward) and not is_beyond:
        cells[inward] = (glyphs.bar_value, role)
