"""Finished trials to a table, and their summary to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from daq.block import SIDES, Limb
from daq.dashboard.lines import Line, Span, fitted, plain, said
from daq.dashboard.words import asymmetry_of, find, is_jump, number_of, sided, unit_text, with_spread
from daq.metrics.names import words_of
from daq.metrics.value import Value
from daq.session.snapshot import Snapshot, TrialView
from daq.units import MISSING

_GAP = 3
_WIDEST_GAP = 8
_UNIT_ROOM, _WIDEST_CELL, _LEAST_LABEL = 6, 16, 9
_RFD = "rfd_0_200ms"
_KINDS = MappingProxyType({"best": "best", "mean": "mean", "trial_cv_percent": "varied by", "asymmetry_percent": "asymmetry"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table. ``rank`` 0 is always shown; higher ones leave first when it gets narrow."""

    title: str
    width: int
    cell: Callable[[TrialView], str]
    role: str = ""
    align: str = "right"
    rank: int = 0


def _limb_value(name: str, limb: Limb | None) -> Callable[[TrialView], str]:
    return lambda trial: number_of(find(trial.result, name, limb or trial.limb))


def _spread_value(name: str) -> Callable[[TrialView], str]:
    return lambda trial: with_spread(find(trial.result, name, trial.limb))


def _asymmetry(of: str) -> Callable[[TrialView], str]:
    return lambda trial: sided(asymmetry_of(trial.result, of))


def _verdict(trial: TrialView) -> str:
    words = said(trial.verdict)
    return f"{words}, best" if trial.is_best and "best" not in words else words


_NUMBER = Column("#", 2, lambda t: str(t.number), role="dim")
_LIMB = Column("limb", 5, lambda t: t.limb.value, align="left")


def _peaks(name: str) -> tuple[Column, ...]:
    sides = ((Limb.LEFT, "peak L"), (Limb.RIGHT, "peak R"))
    return tuple(Column(title, 6, _limb_value(name, limb), role=limb.value) for limb, title in sides) if name else ()


def table_columns(snapshot: Snapshot) -> tuple[Column, ...]:
    """The columns that this test deserves; the verdict, which takes the rest of the line, comes after them."""
    asymmetry = Column("asymmetry %", 12, _asymmetry(snapshot.compared))
    if is_jump(snapshot):
        height = Column("height cm", 10, _spread_value(snapshot.primary))
        rsi = Column(words_of("rsi_modified"), 6, _limb_value("rsi_modified", None), rank=1)
        return (_NUMBER, height, *_peaks("peak_force"), asymmetry, rsi)
    if snapshot.primary not in {"peak_force", ""}:
        return _own_columns(snapshot, asymmetry)
    rfd = Column(f"{words_of(_RFD)} N/s", 16, _spread_value(_RFD), rank=1)
    if all(t.limb is Limb.BOTH for t in snapshot.trials) and snapshot.trials:
        peak = Column("peak N", 10, _spread_value("peak_force"), rank=2)
        return (_NUMBER, peak, *_peaks("peak_force"), rfd, asymmetry)
    peak = Column("peak N", 12, _spread_value("peak_force"))
    return (_NUMBER, _LIMB, peak, rfd)


def _own_columns(snapshot: Snapshot, asymmetry: Column) -> tuple[Column, ...]:
    """What the test is about, each side's peak, and the first of what else the test shows."""
    primary = _named(snapshot.primary, snapshot, rank=0)
    others = [_named(name, snapshot, rank=rank) for rank, name in enumerate(snapshot.shown[:2], start=1)]
    if any(t.limb is not Limb.BOTH for t in snapshot.trials):
        return (_NUMBER, _LIMB, primary, *others)
    return (_NUMBER, primary, *_peaks(snapshot.peak), asymmetry, *others)


def _named(name: str, snapshot: Snapshot, *, rank: int) -> Column:
    of_sides = (v for t in reversed(snapshot.trials) for v in (_of_sides(t, name) or (find(t.result, name, t.limb),)))
    unit = next((unit_text(v) for v in of_sides if v is not None), "")
    is_of_sides = any(_of_sides(t, name) for t in snapshot.trials)
    title = f"{words_of(name)}{' L | R' if is_of_sides else ''} {unit}".strip()
    cell = _both_sides(name) if is_of_sides else _spread_value(name)
    return Column(title, max(len(title), 8, *(len(cell(t)) for t in snapshot.trials)), cell, rank=rank)


def _of_sides(trial: TrialView, name: str) -> tuple[Value, ...]:
    """Left and right, of a metric that has no value of both together: a share is of one side."""
    if trial.limb is not Limb.BOTH or find(trial.result, name, Limb.BOTH) is not None:
        return ()
    return tuple(v for side in SIDES if (v := find(trial.result, name, side)) is not None)


def _both_sides(name: str) -> Callable[[TrialView], str]:
    return lambda trial: " | ".join(number_of(find(trial.result, name, side)) for side in SIDES)


def trials_lines(snapshot: Snapshot, width: int, *, n_rows: int) -> list[Line]:
    """A head and the last ``n_rows`` trials, the newest at the bottom; nothing before the first trial."""
    shown = snapshot.trials[-n_rows:] if n_rows > 0 else ()
    if not shown:
        return []
    longest = max(len(_verdict(t)) for t in shown)
    columns, gap = _fit(table_columns(snapshot), width, verdict=min(max(longest, 7), 31))
    head = fitted(_row([(c.title, "dim") for c in columns], columns, gap=gap, verdict=("verdict", "dim")), width)
    return [head, *(fitted(_trial_row(t, columns, gap=gap), width) for t in shown)]


def _fit(columns: tuple[Column, ...], width: int, *, verdict: int) -> tuple[tuple[Column, ...], int]:
    for most in (2, 1, 0):
        kept = tuple(c for c in columns if c.rank <= most)
        needed = sum(c.width for c in kept) + verdict
        gap = min((width - needed) // len(kept), _WIDEST_GAP)
        if gap >= _GAP - 1:
            return kept, gap
    return tuple(c for c in columns if c.rank == 0), 2


def _trial_row(trial: TrialView, columns: Sequence[Column], *, gap: int) -> Line:
    spans = [(c.cell(trial), c.role if trial.is_kept else "dim") for c in columns]
    role = "dim" if not trial.is_kept else "strong" if trial.is_best else ""
    return _row(spans, columns, gap=gap, verdict=(_verdict(trial), role))


def _row(spans: Sequence[Span], columns: Sequence[Column], *, gap: int, verdict: Span) -> Line:
    line: list[Span] = []
    for (text, role), column in zip(spans, columns, strict=True):
        line += fitted(((text, role),), column.width, align=column.align)
        line.append((" " * gap, ""))
    return (*line, verdict)


def summary_lines(snapshot: Snapshot, width: int, *, n_rows: int) -> list[Line]:
    """The end of a test: rows for best, mean and spread of what counts in it, as far as they are known; left before right.

    Without a best trial, as where everybody does the same time, there is no row for the best and none about that time.
    """
    has_best = any(t.is_best for t in snapshot.trials)
    first = (snapshot.primary,) if has_best else ()
    rows: dict[tuple[str, str], dict[Limb, Value]] = {}
    for metric in dict.fromkeys((*first, snapshot.compared, *snapshot.shown, "peak_force", _RFD, "rsi_modified")):
        for value in snapshot.summary:
            kind = value.name.removeprefix(f"{metric}_")
            if value.of == metric and kind in _KINDS and not value.phase and (has_best or kind != "best"):
                rows.setdefault((metric, kind), {})[value.limb] = value
    rows = {key: row for key, row in rows.items() if any(v.value is not None for v in row.values())}
    limbs = [limb for limb in Limb if any(limb in row for row in rows.values())]
    # Rows whose words leave no room for their numbers are left out; numbers never touch each other.
    widest = max((len(_summary_cell(v)) for row in rows.values() for v in row.values()), default=0) + 1
    room = width - _UNIT_ROOM - widest * len(limbs)
    rows = {key: row for key, row in rows.items() if len(_label(*key)) < room or key[0] in first}
    label = min(max((len(_label(*key)) for key in rows), default=0) + 2, max(room, _LEAST_LABEL))
    cell = max(min((width - label - _UNIT_ROOM) // max(len(limbs), 1), _WIDEST_CELL), 1)
    heads = ((limb.value.upper().rjust(cell), limb.value) for limb in limbs)
    return [
        fitted((("SUMMARY".ljust(label), "strong"), *heads), width),
        *(
            fitted(_summary_row(plain(fitted(((_label(*key), ""),), label)), row, limbs, cell=cell), width)
            for key, row in list(rows.items())[: n_rows - 1]
        ),
    ]


def _summary_row(label: str, row: Mapping[Limb, Value], limbs: Sequence[Limb], *, cell: int) -> Line:
    cells = [(_summary_cell(row.get(limb)).rjust(cell), "" if limb is Limb.BOTH else limb.value) for limb in limbs]
    unit = next((unit_text(v) for v in row.values()), "")
    return ((label, "dim"), *cells, (f"  {unit}", "dim"))


def _label(metric: str, kind: str) -> str:
    return f"{words_of(metric)}, {_KINDS[kind]}"


def _summary_cell(value: Value | None) -> str:
    if value is None:
        return ""
    if value.value is None:
        return MISSING
    return sided(value) if value.name.startswith("asymmetry") else with_spread(value)
