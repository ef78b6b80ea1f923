"""A text table of any separator, decimal sign and header to named columns of numbers."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from daq.errors import FileError
from daq.metrics.effort import Floats
from daq.store.csv_layout import (
    EMPTY,
    almost_number,
    cells_of,
    is_almost_number,
    is_number,
    layout_of,
    names_of,
    unique,
    width_of,
)
from daq.units import clean_name

_SHOWN = {"\t": "tab", ";": "semicolon", "|": "|", ",": "comma", " ": "blanks"}
_TIME = re.compile(r"(t|time|zeit|temps|tiempo)(_?(s|sec|seconds|ms))?\Z", re.IGNORECASE)
_UNIT = re.compile(r"[\[(]\s*([^\])]*)\s*[\])]")
_HEAD_LINES, _LARGEST_BYTES, _COLUMNS_SHOWN = 60, 2_000_000_000, 20
_TIME_UNITS = {"": 1.0, "s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e-3}


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns by name, each (n_rows,), NaN where a cell is empty.

    ``header_line`` is the line of the names, counted from 1; None when the file has none (names are then "1", "2", ...).
    """

    path: Path
    columns: Mapping[str, Floats]
    names: tuple[str, ...]
    decimal: str
    separator: str
    header_line: int | None

    @property
    def n_rows(self) -> int:
        """Number of rows of numbers."""
        return len(next(iter(self.columns.values())))

    def column(self, wanted: str) -> Floats:
        """The column called ``wanted``, or with that number (from 1)."""
        return self.columns[self.name_of(wanted)]

    def name_of(self, wanted: str) -> str:
        """The full name of the column called ``wanted``, in any case, or with that number (from 1).

        Raises
        ------
        FileError
            No such column; the message lists what there is.
        """
        if wanted in self.columns:
            return wanted
        folded = {name.casefold(): name for name in self.names}
        if wanted.strip().casefold() in folded:
            return folded[wanted.strip().casefold()]
        if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(self.names):
            return self.names[int(wanted) - 1]
        listed = ", ".join(self.names[:_COLUMNS_SHOWN]) + (", ..." if len(self.names) > _COLUMNS_SHOWN else "")
        raise FileError(f"{self.path.name} has no column {clean_name(wanted)!r}; it has: {listed}.", path=self.path)

    @property
    def time_name(self) -> str | None:
        """Name of the time column (``t_s``, ``time``, ``Time [s]``, ``Time (ms)``), None without one."""
        return next((name for name in self.names if _time_scale(name) is not None), None)

    def time_s(self) -> Floats | None:
        """The time column in s, None without one."""
        name = self.time_name
        scale = None if name is None else _time_scale(name)
        return None if name is None or scale is None else self.columns[name] * scale


def _time_scale(name: str) -> float | None:
    unit = _UNIT.search(name)
    word = _UNIT.sub("", name).strip().replace(" ", "_")
    match = _TIME.match(word)
    if match is None:
        return None
    return _TIME_UNITS.get((unit.group(1) if unit else match.group(3) or "").strip().lower())


def read_table(path: Path | str) -> Table:
    """Read a table of numbers.

    Parameters
    ----------
    path : Path or str
        A text file: tab, semicolon, comma, ``|`` or blanks between cells; decimal point or comma; lines before the names, also
        those with numbers in them, and a byte-order mark are skipped; empty and ``nan`` cells are holes.

    Raises
    ------
    FileError
        Missing, empty, not a text table, or a cell that is no number; with line and column.
    """
    path = Path(path)
    text = _text(path)
    lines = text.split("\n", _HEAD_LINES)[:_HEAD_LINES]
    separator, decimal, first = layout_of(lines, path)
    names, header_line = names_of(lines, first, separator=separator)
    width = width_of(lines[first:], separator)
    names = unique(names[:width] + [str(i + 1) for i in range(len(names), width)])
    start = sum(len(line) + 1 for line in lines[:first])
    values = _values(text[start:], path, first=first, width=width, separator=separator, decimal=decimal, names=names)
    columns = {name: np.ascontiguousarray(values[:, i]) for i, name in enumerate(names)}
    return Table(path, columns, tuple(names), decimal, separator, header_line)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise FileError(f"{path} is larger than 2 GB; cut it into single recordings first.", path=path)
        data = path.read_bytes()
    except IsADirectoryError as error:
        raise FileError(f"{path} is a folder; name a file.", path=path) from error
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}. Check the name.", path=path) from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    elif b"\0" in data[:4096]:
        raise FileError(f"{path.name} is not a text table; export it as CSV first.", path=path)
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise FileError(f"{path.name} is empty; record or export it again.", path=path)
    return text


def _values(body: str, path: Path, *, first: int, width: int, separator: str, decimal: str, names: Sequence[str]) -> Floats:
    plain = body.replace(",", ".") if decimal == "," else body
    try:
        fast = np.loadtxt(
            io.StringIO(plain), delimiter=None if separator == " " else separator, ndmin=2, comments=None,
            usecols=range(width), quotechar='"',
        )  # fmt: skip
    except (ValueError, IndexError):
        fast = _slow(body, path, first=first, width=width, separator=separator, decimal=decimal, names=names)
    if len(fast) == 0:
        raise FileError(f"{path.name} holds no row of numbers; record or export it again.", path=path)
    fast[~np.isfinite(fast)] = np.nan
    return np.asarray(fast, dtype=np.float64)


def _slow(body: str, path: Path, *, first: int, width: int, separator: str, decimal: str, names: Sequence[str]) -> Floats:
    """Row by row: empty cells become NaN, a bad one is named with its line and column."""
    rows: list[list[float]] = []
    for number, line in enumerate(body.split("\n"), start=first + 1):
        if not line.strip():
            continue
        cells = cells_of(line, separator)
        if len(cells) < width:
            raise FileError(
                f"{path.name} line {number} has {len(cells)} of {width} columns; repair or remove that line.",
                path=path, line=number,
            )  # fmt: skip
        row = []
        for name, cell in zip(names, cells, strict=False):
            if cell.lower() in EMPTY:
                row.append(math.nan)
            elif is_number(cell, decimal):
                row.append(float(cell.replace(",", ".") if decimal == "," else cell))
            elif is_almost_number(cell):
                raise almost_number(path, number, name, cell=cell)
            else:
                raise FileError(
                    f"{path.name} line {number}, column {name}: {clean_name(cell)!r} is no number"
                    f" (read with {_SHOWN[separator]} between cells and decimal {'comma' if decimal == ',' else 'point'}).",
                    path=path, line=number,
                )  # fmt: skip
        rows.append(row)
    return np.array(rows, dtype=np.float64).reshape(len(rows), width)
