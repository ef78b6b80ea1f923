"""A column of a file, or the name of a shape, to force over time: what a simulated device feels."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from daq.driver import Floats
from daq.errors import FileError, UsageError
from daq.simulate.far_end import World

LEAD_S = 3.0
"""Empty seconds before t = 0, and before each further pass."""

_TIME_NAMES = {"t_s", "time", "t", "time_s", "time [s]", "time (s)", "t [s]", "t (s)"}
_ROUNDING_S = 1e-7
_FASTER = 1.001


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """Rows of force at times that begin with 0; ``period_s`` is the distance of its rows, and the time the last one lasts."""

    name: str
    t_s: Floats
    force_n: Floats
    period_s: float

    @property
    def duration_s(self) -> float:
        """From t = 0 to one period after the last row."""
        return float(self.t_s[-1]) + self.period_s

    def world(self, *, device_rate_hz: float | None, repeat: bool = False) -> World:
        """Force over true time, as a device of that rate samples it; 0 N before t = 0 and after the end.

        A device that is not faster than the file gets the nearest row, so that it shows the file's very values even when
        its clock is 100 ppm off; a faster one gets straight lines between the rows. ``repeat`` begins again, each time
        after ``LEAD_S`` at 0 N.
        """
        is_faster = device_rate_hz is not None and device_rate_hz * self.period_s > _FASTER
        sample = self._between_rows if is_faster else self._nearest_row()
        if not repeat:
            return sample
        pass_s, half_s = self.duration_s + LEAD_S, self.period_s / 2

        def again(t_s: Floats) -> Floats:
            return sample(np.where(t_s < 0, t_s, np.mod(t_s + half_s, pass_s) - half_s))

        return again

    def _nearest_row(self) -> World:
        half_s = self.period_s / 2
        edges_s = np.concatenate([[-half_s], (self.t_s[1:] + self.t_s[:-1]) / 2, [self.t_s[-1] + half_s]]) - _ROUNDING_S
        padded_n = np.concatenate([[0.0], self.force_n, [0.0]])

        def sample(t_s: Floats) -> Floats:
            found: Floats = padded_n[np.searchsorted(edges_s, t_s, side="right")]
            return found

        return sample

    def _between_rows(self, t_s: Floats) -> Floats:
        is_inside = (t_s >= -_ROUNDING_S) & (t_s <= self.t_s[-1] + _ROUNDING_S)
        return np.where(is_inside, np.interp(t_s, self.t_s, self.force_n), 0.0)


def load_waveform(text: str, *, rate_hz: float | None = None) -> Waveform:
    """The waveform in ``FILE:COLUMN``; COLUMN is a name, a number from 1, or absent where the file has one force.

    Tab, semicolon and comma separate; a decimal comma is understood. The times come from a column called t_s, time or the
    like, otherwise from ``rate_hz``. Values are newtons.

    Raises
    ------
    FileError
        The file cannot be read, has no such column, or holds text where a number should be; the message names the line.
    UsageError
        The file says no time, and no rate was given.
    """
    path, wanted = _file_and_column(text)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise FileError(f"The waveform {path} cannot be read: {error.strerror or error}.", path=path) from error
    except UnicodeDecodeError as error:
        raise FileError(f"The waveform {path} is no text file; give a CSV file.", path=path) from error
    table = _Table(path, lines)
    column = table.column(wanted)
    force_n = table.numbers(column)
    if table.time_column is not None and table.time_column != column:
        t_s = table.numbers(table.time_column)
        period_s = float(np.median(np.diff(t_s))) if len(t_s) > 1 else 1.0
        _check_times(path, t_s, first_line=table.first_line)
    elif rate_hz is not None:
        if not (math.isfinite(rate_hz) and rate_hz > 0):
            raise UsageError(f"A rate of {rate_hz:g} Hz makes no waveform; give a number above 0.")
        t_s, period_s = np.arange(len(force_n)) / rate_hz, 1 / rate_hz
    else:
        raise UsageError(
            f"{path} has no time column (t_s or time); give the rate of its rows with --rate, such as --rate 1000."
        )
    return Waveform(name=f"{path.name}:{table.names[column]}", t_s=t_s - t_s[0], force_n=force_n, period_s=period_s)


def _file_and_column(text: str) -> tuple[Path, str]:
    before, colon, behind = text.rpartition(":")
    if colon and before and not (len(before) == 1 and behind.startswith(("\\", "/"))):
        return Path(before), behind
    return Path(text), ""


class _Table:
    """The cells of a text file: separator, header and decimal mark recognised."""

    def __init__(self, path: Path, lines: Sequence[str]) -> None:
        self.path = path
        start = next((k + 1 for k, line in enumerate(lines[:50]) if line.strip(",;\t ").lower() == "endheader"), 0)
        while start < len(lines) and not lines[start].strip():
            start += 1
        if start >= len(lines):
            raise FileError(f"The waveform {path} is empty.", path=path)
        self.separator = next((s for s in "\t;," if s in lines[start]), "\0")
        first = self._cells(lines[start])
        has_header = not all(_number(cell) is not None for cell in first)
        self.names = [cell.strip() or str(k) for k, cell in enumerate(first, start=1)]
        if not has_header:
            self.names = [str(k) for k in range(1, len(first) + 1)]
        self.first_line = start + has_header + 1
        self._lines = lines[start + has_header :]
        times = (k for k, name in enumerate(self.names) if has_header and name.lower() in _TIME_NAMES)
        self.time_column: int | None = next(times, None)

    def _cells(self, line: str) -> list[str]:
        return next(csv.reader([line], delimiter=self.separator)) if '"' in line else line.split(self.separator)

    def column(self, wanted: str) -> int:
        """Index of the column called ``wanted``, or with that number, or the only one that is no time."""
        if wanted in self.names:
            return self.names.index(wanted)
        if wanted.isdecimal() and 1 <= int(wanted) <= len(self.names):
            return int(wanted) - 1
        forces = [k for k in range(len(self.names)) if k != self.time_column]
        if not wanted and len(forces) == 1:
            return forces[0]
        columns = ", ".join(self.names)
        if wanted:
            raise FileError(f"{self.path} has no column {wanted!r}; its columns are: {columns}.", path=self.path)
        raise FileError(f"{self.path} has several columns; write {self.path}:COLUMN, one of: {columns}.", path=self.path)

    def numbers(self, column: int) -> Floats:
        """One column as float64; every line must hold a finite number there."""
        values: list[float] = []
        for k, line in enumerate(self._lines, start=self.first_line):
            if not line.strip():
                continue
            cells = self._cells(line)
            text = cells[column].strip() if column < len(cells) else ""
            value = _number(text)
            if value is None:
                where = f"line {k}, column {self.names[column]}"
                raise FileError(
                    f"{self.path}, {where}: {text[:40]!r} is no number; correct or remove it.", path=self.path, line=k
                )
            values.append(value)
        if not values:
            raise FileError(f"The waveform {self.path} has no rows below its header.", path=self.path)
        return np.array(values)


def _number(text: str) -> float | None:
    try:
        value = float(text.strip().replace(",", ".", 1).replace("_", "?"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _check_times(path: Path, t_s: Floats, *, first_line: int) -> None:
    falls = np.flatnonzero(np.diff(t_s) <= 0)
    if len(falls):
        line = first_line + int(falls[0]) + 1
        raise FileError(f"{path}, line {line}: the time does not rise; sort the rows or give --rate.", path=path, line=line)


def _from_0(shape: Callable[[Floats], Floats]) -> World:
    def world(t_s: Floats) -> Floats:
        return np.where(t_s < -_ROUNDING_S, 0.0, shape(t_s))

    return world


def shapes() -> dict[str, World]:
    """Plain shapes by name, in N, from t = 0 on.

    ``zero``; ``hold`` 500 N; ``ramp`` 0 to 1000 N in 5 s, held 2 s, back in 5 s, 3 s at 0 N, again;
    ``steps`` 0, 100, ... 900 N, 2 s each, again; ``sine`` 500 N with 300 N of 1 Hz.
    """
    return {
        "zero": np.zeros_like,
        "hold": _from_0(lambda t_s: np.full_like(t_s, 500.0)),
        "ramp": _from_0(lambda t_s: np.interp(np.mod(t_s, 15.0), [0.0, 5.0, 7.0, 12.0, 15.0], [0.0, 1000.0, 1000.0, 0.0, 0.0])),
        "steps": _from_0(lambda t_s: 100.0 * np.mod(np.floor(t_s / 2.0 + _ROUNDING_S), 10.0)),
        "sine": _from_0(lambda t_s: 500.0 + 300.0 * np.sin(2 * np.pi * t_s)),
    }
