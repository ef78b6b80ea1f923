"""The last seconds of force, left and right, to a picture made of characters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from daq.block import Limb
from daq.dashboard.axis import Axis, next_axis, second_ticks
from daq.dashboard.columns import Columns, Flags, Floats, columns
from daq.dashboard.glyphs import Glyphs
from daq.dashboard.lines import Line, Lines, Span, width_of
from daq.session.snapshot import LimbView, Snapshot

Codes = NDArray[np.uint32]
Kinds = NDArray[np.uint8]

WINDOWS_S = (2.0, 3.0, 4.0, 6.0, 10.0, 15.0, 20.0, 30.0)
DEFAULT_WINDOW_S = 6.0
GUTTER = 6
FLOOR_ROWS = 2

_NOTHING, _LEFT, _RIGHT, _SHARED = range(4)
_BRAILLE_BASE = 0x2800
_BRAILLE_LEFT = np.array([0x01, 0x02, 0x04, 0x40], dtype=np.uint32)
_BRAILLE_RIGHT = np.array([0x08, 0x10, 0x20, 0x80], dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class Mark:
    """A finished trial on the floor of the trace."""

    start_s: float
    stop_s: float
    label: str
    is_kept: bool


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One limb's curve in columns: two to a cell with braille, one otherwise."""

    limb: Limb
    columns: Columns
    is_dim: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What part of time is drawn, where, and how: ``n_cells`` by ``n_rows`` cells ending at ``end_s``."""

    end_s: float
    window_s: float
    n_cells: int
    n_rows: int
    glyphs: Glyphs

    @classmethod
    def at(cls, t_s: float, window_s: float, *, n_cells: int, n_rows: int, glyphs: Glyphs) -> View:
        """The view that holds ``t_s`` in its last cell; cells lie on a fixed grid of time and move as a whole."""
        cell_s = window_s / n_cells
        return cls((math.floor(t_s / cell_s) + 1.0) * cell_s, window_s, n_cells, n_rows, glyphs)

    @property
    def edges_s(self) -> Floats:
        """Borders of the dot columns."""
        n_columns = self.n_cells * self.glyphs.dots[0]
        back = np.arange(n_columns + 1, dtype=np.float64) - n_columns
        return back * (self.window_s / n_columns) + self.end_s

    def cell_of(self, t_s: float) -> int:
        """The cell in which ``t_s`` lies; may be outside."""
        return int(np.floor((t_s - self.end_s) / self.window_s * self.n_cells + 1e-9)) + self.n_cells


def trace_lines(drawn: Sequence[Drawn], axis: Axis, *, view: View, marks: Sequence[Mark] = ()) -> list[Line]:
    """``view.n_rows`` lines of the curves, then the floor with its trials, then the seconds."""
    codes, kinds = _cells(drawn, axis, view=view)
    labels = axis.labels
    grid = np.uint32(ord(view.glyphs.grid))
    for row in labels:
        codes[row, kinds[row] == _NOTHING] = grid
    roles = _roles(drawn)
    legend = _legend(drawn, view.glyphs)
    lines: list[Line] = []
    for row in range(view.n_rows):
        label = labels.get(row, "")
        end = view.n_cells - width_of(legend) if row == 0 else view.n_cells
        spans = _spans(codes[row, :end], kinds[row, :end], roles) if end > 0 else _spans(codes[row], kinds[row], roles)
        head: Span = (f"{label:>{GUTTER - 1}}{view.glyphs.gutter if label else ' '}", "dim")
        lines.append((head, *spans, *(legend if row == 0 and end > 0 else ())))
    return [*lines, _floor(drawn, view, marks), _seconds(view)]


def _cells(drawn: Sequence[Drawn], axis: Axis, *, view: View) -> tuple[Codes, Kinds]:
    shape = (view.n_rows, view.n_cells)
    left, right = np.zeros(shape, dtype=np.uint32), np.zeros(shape, dtype=np.uint32)
    for one in drawn:
        is_right = one.limb is Limb.RIGHT
        if view.glyphs.dots[0] == 1:
            weights = np.array([1, 2], dtype=np.uint32)[: view.glyphs.dots[1]]
            bits = _bits(_mask(one.columns, axis, view.glyphs.dots[1]), weights)
        elif is_right:
            bits = _bits(_mask(one.columns.in_pairs(), axis, view.glyphs.dots[1]), _BRAILLE_RIGHT)
        else:
            mask = _mask(one.columns, axis, view.glyphs.dots[1])
            bits = _bits(mask[:, ::2], _BRAILLE_LEFT) | _bits(mask[:, 1::2], _BRAILLE_RIGHT)
        if is_right:
            right |= bits
        else:
            left |= bits
    kinds = ((left > 0).astype(np.uint8) * _LEFT + (right > 0).astype(np.uint8) * _RIGHT).astype(np.uint8)
    return _characters(left, right, kinds, glyphs=view.glyphs), kinds


def _mask(drawn: Columns, axis: Axis, dots_per_row: int) -> Flags:
    n_dots = axis.n_rows * dots_per_row
    per_n = axis.rows_per_n * dots_per_row
    zero = math.floor((axis.zero_row + 0.5) * dots_per_row) + 0.5  # the middle of a dot, so that noise around zero stays in it
    is_there = ~np.isnan(drawn.low_n)
    upper = np.clip(np.floor(zero - np.where(is_there, drawn.high_n, 0.0) * per_n), 0, n_dots - 1)
    lower = np.clip(np.floor(zero - np.where(is_there, drawn.low_n, 0.0) * per_n), 0, n_dots - 1)
    rows = np.arange(n_dots)[:, None]
    return np.asarray((rows >= upper) & (rows <= lower) & is_there)


def _bits(mask: Flags, weights: NDArray[np.uint32]) -> Codes:
    in_cells = mask.reshape(-1, weights.size, mask.shape[1])
    return np.asarray((in_cells * weights[None, :, None]).sum(axis=1, dtype=np.uint32))


def _characters(left: Codes, right: Codes, kinds: Kinds, *, glyphs: Glyphs) -> Codes:
    blank = np.uint32(ord(" "))
    if glyphs.dots[0] > 1:
        return np.where(kinds == _NOTHING, blank, _BRAILLE_BASE + (left | right)).astype(np.uint32)
    tables = [np.array([ord(c) for c in table], dtype=np.uint32) for table in (glyphs.left, glyphs.right, glyphs.shared)]
    choices = [tables[0][left], tables[1][right], tables[2][left | right]]
    return np.asarray(np.select([kinds == _LEFT, kinds == _RIGHT, kinds == _SHARED], choices, blank), dtype=np.uint32)


def _spans(codes: Codes, kinds: Kinds, roles: tuple[str, ...]) -> tuple[Span, ...]:
    text = codes.astype("<u4").tobytes().decode("utf-32-le")
    borders = [0, *(np.flatnonzero(kinds[1:] != kinds[:-1]) + 1).tolist(), len(text)]
    return tuple((text[a:b], roles[kinds[a]]) for a, b in pairwise(borders))


def _roles(drawn: Sequence[Drawn]) -> tuple[str, ...]:
    role = {one.limb: "dim" if one.is_dim else one.limb.value for one in drawn}
    left, right = role.get(Limb.LEFT, "both"), role.get(Limb.RIGHT, "both")
    shared = "both" if "dim" not in (left, right) else next((r for r in (left, right) if r != "dim"), "dim")
    return ("grid", left, right, shared)


def _legend(drawn: Sequence[Drawn], glyphs: Glyphs) -> tuple[Span, ...]:
    spans: list[Span] = [("  N ", "dim")]
    for one in drawn:
        role = "dim" if one.is_dim else one.limb.value
        spans.append((f"  {_sample(glyphs, is_right=one.limb is Limb.RIGHT)} {one.limb.value.upper()}", role))
    if len(drawn) > 1 and not any(one.is_dim for one in drawn):
        spans.append((f"  {glyphs.shared[-1:] * 3 or _sample(glyphs)} both alike", "both"))
    return tuple(spans)


def _sample(glyphs: Glyphs, *, is_right: bool = False) -> str:
    if glyphs.dots[0] > 1:
        return "⠠⠠⠠" if is_right else "⠤⠤⠤"
    return (glyphs.right if is_right else glyphs.left)[-1] * 3


def _floor(drawn: Sequence[Drawn], view: View, marks: Sequence[Mark]) -> Line:
    glyphs, n = view.glyphs, view.n_cells
    cells: list[Span] = [(glyphs.floor, "grid")] * n
    for back in second_ticks(view.window_s, n):
        cells[_tick_cell(back, view)] = (glyphs.floor_tick, "dim")
    for mark in marks:
        first, last = max(view.cell_of(mark.start_s), 0), min(view.cell_of(mark.stop_s), n - 1)
        line = glyphs.floor_kept if mark.is_kept else glyphs.floor_rejected
        for x in range(first, last + 1):
            cells[x] = (line, "strong" if mark.is_kept else "dim")
        label = f" {mark.label} "
        start = (first + last + 1 - len(label)) // 2
        if first <= start and start + len(label) - 1 <= last:
            cells[start : start + len(label)] = [(c, "strong") for c in label]
    for one in drawn:
        for x in np.flatnonzero(one.columns.has_hole).tolist():
            cells[x // glyphs.dots[0]] = (glyphs.floor_hole, "")
    return ((" " * (GUTTER - 1) + glyphs.corner, "dim"), *_joined(cells))


def _joined(cells: Sequence[Span]) -> list[Span]:
    spans: list[Span] = []
    for text, role in cells:
        if spans and spans[-1][1] == role:
            spans[-1] = (spans[-1][0] + text, role)
        else:
            spans.append((text, role))
    return spans


def _tick_cell(back_s: float, view: View) -> int:
    return view.n_cells - 1 - round(back_s / view.window_s * (view.n_cells - 1))


def _seconds(view: View) -> Line:
    row = [" "] * (GUTTER + view.n_cells)
    for back in second_ticks(view.window_s, view.n_cells):
        label = f"-{back} s" if back else "now"
        start = GUTTER + _tick_cell(back, view)
        start = min(max(start - (len(label) - 1) // 2, 0), len(row) - len(label))
        row[start : start + len(label)] = label
    return (("".join(row), "dim"),)


class Trace(Lines):
    """The moving picture; the axis stands still while it can."""

    def __init__(self, *, id: str, glyphs: Glyphs) -> None:  # noqa: A002, the word of the toolkit
        super().__init__(id=id)
        self.axis = Axis()
        self.window_s = DEFAULT_WINDOW_S
        self._glyphs = glyphs

    def zoom(self, steps: int) -> None:
        """Show less time (positive) or more (negative)."""
        place = WINDOWS_S.index(self.window_s) - steps
        self.window_s = WINDOWS_S[min(max(place, 0), len(WINDOWS_S) - 1)]

    def show(self, snapshot: Snapshot) -> None:
        """Draw at once: the traces of a snapshot are valid only until the next input."""
        n_cells, n_rows = self.size.width - GUTTER, self.size.height - FLOOR_ROWS
        if n_cells < 2 or n_rows < 1:  # noqa: PLR2004, no room for a picture
            self.paint(())
            return
        view = View.at(snapshot.t_s, self.window_s, n_cells=n_cells, n_rows=n_rows, glyphs=self._glyphs)
        drawn = [_drawn(limb, view) for limb in snapshot.limbs]
        low, high = _range_n(drawn, snapshot.limbs)
        self.axis = next_axis(self.axis, low, high, t_s=snapshot.t_s, n_rows=n_rows)
        marks = [Mark(t.start_s, t.stop_s, str(t.number), t.is_kept) for t in snapshot.trials if t.stop_s > view.edges_s[0]]
        self.paint(trace_lines(drawn, self.axis, view=view, marks=marks))


def _drawn(limb: LimbView, view: View) -> Drawn:
    is_dim = limb.is_lost or not limb.is_active
    return Drawn(limb.limb, columns(limb.trace_t_s, limb.trace_n, view.edges_s), is_dim=is_dim)


def _range_n(drawn: Sequence[Drawn], limbs: Sequence[LimbView]) -> tuple[float, float]:
    ranges = [one.columns.range_n for one in drawn] or [(0.0, 0.0)]
    bests = [n for limb in limbs for n in (limb.best_n, limb.peak_n) if n is not None and np.isfinite(n)]
    return min(low for low, _ in ranges), max(*(high for _, high in ranges), *bests, 0.0)
