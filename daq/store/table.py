"""Columns of numbers and words to the bytes of a table, all rows at once: no cell is touched by Python."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

# Above this the scaled number no longer fits into the exact integers of a float64.
_LARGEST_SCALED = 2.0**53
_GROUP = 10_000
_DIGITS = np.frombuffer("".join(f"{k:04d}" for k in range(_GROUP)).encode(), dtype=np.uint8).reshape(_GROUP, 4)
_GUARDED = ("=", "+", "-", "@", "\t", "\r")


class Dialect(StrEnum):
    """How a spreadsheet of the country reads numbers."""

    POINT = "point"
    COMMA = "comma"

    @property
    def separator(self) -> str:
        """Between two cells."""
        return "," if self is Dialect.POINT else ";"

    @property
    def decimal(self) -> str:
        """Between whole and fraction."""
        return "." if self is Dialect.POINT else ","

    @property
    def mark(self) -> bytes:
        """What the file begins with: a spreadsheet that expects a comma takes UTF-8 only with a byte order mark."""
        return b"" if self is Dialect.POINT else "\ufeff".encode()


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A column of numbers, shape (n,), with a fixed number of decimals; what is not finite becomes an empty cell."""

    values: Floats
    decimals: int


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A column of few different words: ``labels[codes[i]]`` stands in row i."""

    codes: NDArray[np.intp]
    labels: Sequence[str]


def guarded(text: str) -> str:
    """``text`` that a spreadsheet shows instead of running: what looks like a formula gets an apostrophe."""
    return f"'{text}" if text.startswith(_GUARDED) else text


def number(value: float, dialect: Dialect) -> str:
    """The shortest text that gives the same float back; empty for what is not finite."""
    return repr(float(value)).replace(".", dialect.decimal) if math.isfinite(value) else ""


def line(cells: Sequence[str], dialect: Dialect) -> str:
    """One line, quoted where needed, with its line feed."""
    text = io.StringIO()
    # With this line end the writer quotes both characters of it inside a cell.
    csv.writer(text, delimiter=dialect.separator, lineterminator="\r\n").writerow(cells)
    return text.getvalue().removesuffix("\r\n") + "\n"


def rows(columns: Sequence[Numbers | Words], dialect: Dialect) -> bytes:
    """The lines of a table; all columns have the same length.

    Notes
    -----
    Each column becomes a matrix of characters, right-aligned, with 0 where there is none; the matrices side by side,
    without the zeros, are the text.
    """
    parts: list[Bytes] = []
    n_rows = len(columns[0].values if isinstance(columns[0], Numbers) else columns[0].codes)
    for k, column in enumerate(columns):
        parts.append(_numbers(column, dialect) if isinstance(column, Numbers) else _words(column, dialect))
        end = "\n" if k == len(columns) - 1 else dialect.separator
        parts.append(np.full((n_rows, 1), ord(end), dtype=np.uint8))
    flat = np.concatenate(parts, axis=1).ravel()
    text: bytes = flat[flat != 0].tobytes()
    return text


def _words(column: Words, dialect: Dialect) -> Bytes:
    cells = [_cell(guarded(label), dialect) for label in column.labels]
    width = max((len(cell) for cell in cells), default=0)
    letters = np.zeros((len(cells), width), dtype=np.uint8)
    for k, cell in enumerate(cells):
        letters[k, : len(cell)] = np.frombuffer(cell, dtype=np.uint8)
    return letters[column.codes]


def _cell(text: str, dialect: Dialect) -> bytes:
    # NUL would end up as a missing character: it stands for "nothing here".
    return line([text.replace("\0", ""), "x"], dialect).removesuffix(f"{dialect.separator}x\n").encode("utf-8", "replace")


def _numbers(column: Numbers, dialect: Dialect) -> Bytes:
    values = np.asarray(column.values, dtype=np.float64)
    is_there = np.isfinite(values)
    scaled = np.rint(np.where(is_there, values, 0.0) * 10.0**column.decimals)
    largest = float(np.max(np.abs(scaled), initial=0.0))
    if largest >= _LARGEST_SCALED:
        return _slow(values, dialect)
    whole = np.abs(scaled).astype(np.int64)
    n_digits = max(len(str(int(largest))), column.decimals + 1)
    digits = _digits(whole, n_digits)
    # Zeros in front of the first digit are no characters; one digit before the decimal sign always stays.
    n_before = n_digits - column.decimals
    for k in range(n_before - 1):
        digits[whole < 10 ** (n_digits - 1 - k), k] = 0
    sign = np.where(scaled < 0, ord("-"), 0).astype(np.uint8)[:, None]
    point = np.full((len(whole), 1 if column.decimals else 0), ord(dialect.decimal), dtype=np.uint8)
    cells = np.concatenate([sign, digits[:, :n_before], point, digits[:, n_before:]], axis=1)
    cells[~is_there] = 0
    return cells


def _digits(whole: NDArray[np.int64], n_digits: int) -> Bytes:
    """The decimal digits of ``whole``, shape (n, n_digits), as characters, four at a time."""
    n_groups = -(-n_digits // 4)
    groups: list[Bytes] = []
    rest = whole
    for _ in range(n_groups):
        shorter = rest // _GROUP
        groups.append(_DIGITS[rest - shorter * _GROUP])
        rest = shorter
    return np.concatenate(groups[::-1], axis=1)[:, 4 * n_groups - n_digits :]


def _slow(values: Floats, dialect: Dialect) -> Bytes:
    """Numbers too large for the quick way (no force is): cell by cell, exactly."""
    cells = [number(value, dialect).encode() for value in values]
    width = max(len(cell) for cell in cells)
    joined = b"".join(cell.ljust(width, b"\0") for cell in cells)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(cells), width).copy()
