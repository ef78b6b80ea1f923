"""Curves, trials and values to ``samples.csv`` (one row a sample) and ``values.csv`` (one value a row)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daq.block import SIDES, Limb
from daq.core.join import faster, interpolated
from daq.metrics.effort import Curve
from daq.metrics.trial import TrialResult
from daq.metrics.value import Instant, Value
from daq.session.setup import Setup
from daq.session.snapshot import TrialView
from daq.store.files import written_whole
from daq.store.table import Dialect, Numbers, Words, guarded, line, number, rows
from daq.units import clean_name

__all__ = ["Dialect", "write_device_samples", "write_samples", "write_values"]

Floats = NDArray[np.float64]

# 1 us, and 0.1 mN: finer than any clock and any converter that is read.
_TIME_DECIMALS = 6
_FORCE_DECIMALS = 4
_ROWS_AT_ONCE = 1 << 16

# Which phase begins at which event; "" = no phase goes on.
_PHASE_AFTER = {
    "weighing_start": "weighing",
    "weighing_stop": "",
    "weighing_end": "",
    "movement_start": "unweighting",
    "braking_start": "braking",
    "propulsion_start": "propulsion",
    "takeoff": "flight",
    "landing": "landing",
    "landing_end": "",
    "contact": "contact",
    "touchdown": "contact",
    "onset": "rise",
    "peak": "hold",
    "offset": "",
}

_TEXT_COLUMNS = ("name", "limb", "phase", "of", "unit", "better", "method", "status", "text")
_NUMBER_COLUMNS = ("index", "value", "u", "nu_eff", "k", "U95", "bias")

VALUE_COLUMNS = (
    "trial",
    "trial_limb",
    "trial_start_s",
    "trial_stop_s",
    "trial_kept",
    "trial_best",
    "name",
    "limb",
    "phase",
    "index",
    "of",
    "value",
    "unit",
    "u",
    "nu_eff",
    "k",
    "U95",
    "bias",
    "interval_low",
    "interval_high",
    "better",
    "method",
    "params",
    "status",
    "reasons",
    "u_parts",
    "events",
    "text",
    "recording",
    "person",
    "protocol_id",
    "calibration_id",
    "software_version",
)
"""The columns of values.csv: the trial (empty in the rows of the summary), the record of the value, where it comes from."""


def write_samples(
    path: Path, curves: Mapping[Limb, Curve], trials: Sequence[TrialView], *, dialect: Dialect = Dialect.POINT
) -> int:
    """Write ``t_s,left_n,right_n,trial,phase``, one row a sample of the reference axis; the number of rows.

    The axis is that of the device with the higher rate, the other is interpolated linearly; a hole is an empty cell. Where
    the faster device has a hole, the rows of the other stand on their own times. A rig that measures only both limbs
    together fills a further column ``both_n``.

    Raises
    ------
    FileError
        The file cannot be written; nothing of it is left, and what stood there before is untouched.
    """
    t_s, left_n, right_n = _on_one_axis(curves)
    forces: dict[str, Floats] = {"left_n": left_n, "right_n": right_n}
    if Limb.BOTH in curves and not any(side in curves for side in SIDES):
        forces["both_n"] = curves[Limb.BOTH].force_n
    return _write(path, t_s, forces, trials=trials, dialect=dialect)


def write_device_samples(
    path: Path, limb: Limb, curve: Curve, *, trials: Sequence[TrialView] = (), dialect: Dialect = Dialect.POINT
) -> int:
    """Write one limb on the axis of its own device, nothing interpolated: ``t_s,LIMB_n,trial,phase``; the number of rows.

    Raises
    ------
    FileError
        As ``write_samples``.
    """
    own = [trial for trial in trials if trial.limb in {limb, Limb.BOTH} or limb is Limb.BOTH]
    return _write(path, curve.t_s, {f"{limb.value}_n": curve.force_n}, trials=own, dialect=dialect)


def _write(path: Path, t_s: Floats, forces: Mapping[str, Floats], *, trials: Sequence[TrialView], dialect: Dialect) -> int:
    trial, phase = _trial_column(t_s, trials), _phase_column(t_s, trials)
    # both_n stands behind phase, so that the first five columns are always the same.
    names = [*(name for name in forces if name != "both_n"), "trial", "phase", *(name for name in forces if name == "both_n")]
    with written_whole(path) as file:
        file.write(dialect.mark + line(["t_s", *names], dialect).encode())
        for first in range(0, len(t_s), _ROWS_AT_ONCE):
            part = slice(first, first + _ROWS_AT_ONCE)
            words = {"trial": trial, "phase": phase}
            columns: list[Numbers | Words] = [Numbers(t_s[part], _TIME_DECIMALS)]
            for name in names:
                if name in words:
                    columns.append(Words(words[name].codes[part], words[name].labels))
                else:
                    columns.append(Numbers(forces[name][part], _FORCE_DECIMALS))
            file.write(rows(columns, dialect))
    return len(t_s)


def _on_one_axis(curves: Mapping[Limb, Curve]) -> tuple[Floats, Floats, Floats]:
    left, right = curves.get(Limb.LEFT), curves.get(Limb.RIGHT)
    if left is not None and right is not None:
        if np.array_equal(left.t_s, right.t_s):
            return left.t_s, left.force_n, right.force_n
        own, other = (left, right) if faster(left.rate_hz, right.rate_hz) is Limb.LEFT else (right, left)
        t_s, own_n = _with_rows_in_holes(own, other)
        other_n = interpolated(t_s, other.t_s, other.force_n)
        return (t_s, own_n, other_n) if own is left else (t_s, other_n, own_n)
    one = left or right or curves.get(Limb.BOTH)
    if one is None:
        nothing = np.empty(0)
        return nothing, nothing, nothing
    missing = np.full(len(one.t_s), np.nan)
    return one.t_s, one.force_n if one is left else missing, one.force_n if one is right else missing


def _with_rows_in_holes(own: Curve, other: Curve) -> tuple[Floats, Floats]:
    """The axis of ``own``, and the times of ``other`` where ``own`` says nothing for longer than three steps."""
    ends = np.concatenate([[-np.inf], own.t_s, [np.inf]])
    k = np.searchsorted(own.t_s, other.t_s)
    is_hole = ends[k + 1] - ends[k] > 3 * max(own.dt_s, other.dt_s)
    is_apart = np.minimum(other.t_s - ends[k], ends[k + 1] - other.t_s) > own.dt_s
    extra = other.t_s[is_hole & is_apart]
    t_s = np.concatenate([own.t_s, extra])
    force_n = np.concatenate([own.force_n, np.full(len(extra), np.nan)])
    order = np.argsort(t_s, kind="stable")
    return t_s[order], force_n[order]


def _trial_column(t_s: Floats, trials: Sequence[TrialView]) -> Words:
    codes = np.zeros(len(t_s), dtype=np.intp)
    for k, trial in enumerate(trials, start=1):
        first, last = np.searchsorted(t_s, [trial.start_s, trial.stop_s])
        codes[first:last] = k
    return Words(codes, ["", *(str(trial.number) for trial in trials)])


def _phase_column(t_s: Floats, trials: Sequence[TrialView]) -> Words:
    labels = ["", *sorted({phase for phase in _PHASE_AFTER.values() if phase})]
    codes = np.zeros(len(t_s), dtype=np.intp)
    for trial in trials:
        events = sorted((e.t_s, _PHASE_AFTER[e.name]) for e in trial.result.events.values() if e.name in _PHASE_AFTER)
        edges = [*(time for time, _ in events), trial.stop_s]
        for k, (begin, phase) in enumerate(events):
            first, last = np.searchsorted(t_s, [begin, min(edges[k + 1], trial.stop_s)])
            codes[first:last] = labels.index(phase)
    return Words(codes, labels)


def write_values(
    path: Path,
    trials: Sequence[TrialView],
    summary: Iterable[Value],
    *,
    dialect: Dialect = Dialect.POINT,
    setup: Setup | None = None,
    recording: str = "",
) -> int:
    """Write every value of every trial, then the summary, one a row; the number of rows.

    ``params``, ``u_parts`` and ``events`` are JSON (with the decimal point, in every dialect), ``reasons`` are joined by
    ``;``. Text that a spreadsheet would run as a formula begins with an apostrophe; numbers never do.

    Raises
    ------
    FileError
        As ``write_samples``.
    """
    origin = _origin(setup, recording)
    lines = [line(VALUE_COLUMNS, dialect)]
    for trial in trials:
        head = _trial_cells(trial, dialect)
        lines.extend(_value_line(value, head, origin, result=trial.result, dialect=dialect) for value in trial.result.values)
    lines.extend(_value_line(value, {}, origin, result=None, dialect=dialect) for value in summary)
    with written_whole(path) as file:
        file.write(dialect.mark + "".join(lines).encode("utf-8", "replace"))
    return len(lines) - 1


def _trial_cells(trial: TrialView, dialect: Dialect) -> dict[str, str]:
    return {
        "trial": str(trial.number),
        "trial_limb": trial.limb.value,
        "trial_start_s": number(trial.start_s, dialect),
        "trial_stop_s": number(trial.stop_s, dialect),
        "trial_kept": "yes" if trial.is_kept else "no",
        "trial_best": "yes" if trial.is_best else "no",
    }


def _origin(setup: Setup | None, recording: str) -> dict[str, str]:
    if setup is None:
        return {"recording": _text(recording)}
    serials = ";".join(f"{name}:{c.serial}:{c.status.value}" for name, c in setup.certificates.items())
    return {
        "recording": _text(recording),
        "person": _text(setup.person),
        "protocol_id": _text(setup.assessment.id),
        "calibration_id": _text(serials),
        "software_version": _text(setup.software),
    }


def _value_line(
    value: Value, head: Mapping[str, str], origin: Mapping[str, str], *, result: TrialResult | None, dialect: Dialect
) -> str:
    record: dict[str, Any] = value.as_record()
    cells = {**head, **origin}
    for name in _TEXT_COLUMNS:
        cells[name] = _text(record[name] or "")
    for name in _NUMBER_COLUMNS:
        cells[name] = _number(record[name], dialect)
    low, high = record["interval"] or (None, None)
    cells["interval_low"], cells["interval_high"] = _number(low, dialect), _number(high, dialect)
    cells["reasons"] = _text(";".join(record["reasons"]))
    cells["params"], cells["u_parts"] = _json(record["params"]), _json(record["u_parts"])
    cells["events"] = _json(_events(value, result))
    return line([cells.get(name, "") for name in VALUE_COLUMNS], dialect)


def _events(value: Value, result: TrialResult | None) -> list[dict[str, object]]:
    known = result.events if result is not None else {}
    return [_event(name, known.get(name)) for name in value.events]


def _event(name: str, found: Instant | None) -> dict[str, object]:
    if found is None:
        return {"name": name}
    u_s = None if found.u_s is None or not math.isfinite(found.u_s) else float(found.u_s)
    t_s = float(found.t_s) if math.isfinite(found.t_s) else None
    return {"name": name, "t_s": t_s, "u_s": u_s, "index": int(found.index), "method": found.method}


def _number(value: float | None, dialect: Dialect) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else number(value, dialect)


def _text(text: str) -> str:
    return guarded(clean_name(text, longest=1000))


def _json(table: object) -> str:
    return json.dumps(table) if table else ""
