"""The first lines of a text table to its separator, decimal sign, names and first row; odd cells are named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from daq.errors import FileError
from daq.units import clean_name

SEPARATORS = ("\t", ";", "|", ",", " ")
EMPTY = {"", "nan", "na", "null", "none", "-nan", "inf", "-inf", "+inf"}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")
# "301.3 N", "1,234.5", "1 234,5": numbers to a person, but each reading of them would be a guess.
_ALMOST = re.compile(r"[+-]?\d[\d.,' \u00a0\u202f]*\s*([A-Za-z\u00b5/%*]{0,6})\Z")
_QUOTED_COMMA = re.compile(r'"\s*([+-]?[\d.]*\d,\d[\d.,]*)\s*"')
_MOST_ROWS_ABOVE_NAMES = 5


def cells_of(line: str, separator: str) -> list[str]:
    """The cells of a line, without blanks and quotes around them."""
    cells = line.split() if separator == " " else line.split(separator)
    return [cell.strip().strip('"').strip() for cell in cells]


def width_of(lines: Sequence[str], separator: str) -> int:
    """Columns of the rows: a separator at the end of each line ends the line, it is no further column."""
    rows = [cells_of(line, separator) for line in lines if line.strip()]
    return max(len(cells) - 1 if len(cells) > 1 and not cells[-1] else len(cells) for cells in rows)


def is_number(cell: str, decimal: str) -> bool:
    """The cell is one plain number with this decimal sign."""
    cell = cell.replace(",", ".") if decimal == "," else cell
    return bool(_NUMBER.match(cell))


def layout_of(lines: Sequence[str], path: Path) -> tuple[str, str, int]:
    """Separator, decimal sign and index of the first row of numbers.

    The layout that reads the most rows as numbers wins; then the one with more columns.
    """
    best: tuple[tuple[int, int, int, int], str, str, int] | None = None
    for rank, (separator, decimal) in enumerate((s, d) for s in SEPARATORS for d in (".", ",") if (s, d) != (",", ",")):
        is_row = [_is_row(line, separator, decimal) for line in lines]
        is_row[: _above_names(lines, is_row, separator)] = [False] * _above_names(lines, is_row, separator)
        last_text = max(
            (i for i, (ok, line) in enumerate(zip(is_row, lines, strict=True)) if not ok and line.strip()), default=-1
        )
        first = next((i for i, ok in enumerate(is_row) if ok and (i > last_text or _is_body(is_row, i))), None)
        if first is None:
            continue
        n_rows = sum(is_row[first:])
        wide = width_of([line for line, ok in zip(lines, is_row, strict=True) if ok], separator)
        above = next((line for line in reversed(lines[:first]) if line.strip()), "")
        has_names = bool(above) and len(cells_of(above, separator)) == wide
        score = (n_rows, int(has_names), wide, -rank)
        if best is None or score > best[0]:
            best = (score, separator, decimal, first)
    if best is None:
        _refuse_almost_numbers(lines, path)
        raise FileError(f"{path.name} holds no row of numbers; export it as CSV with one row per sample.", path=path)
    if best[1] == ",":
        _refuse_quoted_commas(lines, path, first=best[3])
    return best[1], best[2], best[3]


def _above_names(lines: Sequence[str], is_row: Sequence[bool], separator: str) -> int:
    """Index of the line of names when a few rows of numbers stand above it (a rate, a mass), else 0."""
    for j in range(1, len(lines) - 1):
        cells = cells_of(lines[j], separator)
        n_above = sum(is_row[:j])
        if n_above > _MOST_ROWS_ABOVE_NAMES:
            return 0
        is_names = len(cells) > 1 and all(cells) and not any(char.isdigit() for cell in cells for char in cell[:1])
        if not (n_above and is_names and is_row[j + 1] and len(cells_of(lines[j + 1], separator)) == len(cells)):
            continue
        has_names_already = any(
            not ok and line.strip() and len(cells_of(line, separator)) == len(cells)
            for ok, line in zip(is_row[:j], lines[:j], strict=True)
        )
        # A second block with names of its own is another table, and no title of this one.
        return 0 if has_names_already else j
    return 0


def _refuse_almost_numbers(lines: Sequence[str], path: Path) -> None:
    for number, line in enumerate(lines, start=1):
        for separator in sorted(("\t", ";", "|", ","), key=line.count, reverse=True):
            cells = cells_of(line, separator)
            bad = next((i for i, cell in enumerate(cells) if not is_number(cell, ".") and not is_number(cell, ",")), None)
            if bad is None or not any(char.isdigit() for char in cells[bad]) or not all(_ALMOST.match(cell) for cell in cells):
                continue
            above = cells_of(lines[number - 2], separator) if number > 1 else []
            column = clean_name(above[bad]) if len(above) == len(cells) else str(bad + 1)
            raise almost_number(path, number, column, cell=cells[bad])


def _refuse_quoted_commas(lines: Sequence[str], path: Path, *, first: int) -> None:
    """A comma inside quotes and commas between cells: which of them separates thousands cannot be known."""
    for i, line in enumerate(lines[first:], start=first):
        found = _QUOTED_COMMA.search(line)
        if found is not None:
            column = _QUOTED_COMMA.sub("0", line[: found.start()]).count(",")
            above = cells_of(lines[first - 1], ",") if first else []
            name = clean_name(above[column]) if column < len(above) else str(column + 1)
            raise almost_number(path, i + 1, name, cell=found.group(1))


def is_almost_number(cell: str) -> bool:
    """A person reads a number there: with thousands separators, or with a unit behind it."""
    return bool(_ALMOST.match(cell)) and any(char in cell for char in ",' \u00a0\u202f")


def almost_number(path: Path, line: int, column: str, *, cell: str) -> FileError:
    """The refusal of such a cell; ``line`` counts from 1."""
    return FileError(
        f"{path.name} line {line}, column {column}: {clean_name(cell)!r} is no plain number;"
        " export without thousands separators, with units in the header only.",
        path=path, line=line,
    )  # fmt: skip


def _is_body(is_row: Sequence[bool], i: int) -> bool:
    """Rows of numbers go on from here: a later bad cell is an error in the data, not another header."""
    part = is_row[i : i + 5]
    return len(part) >= 3 and sum(part) >= 3  # noqa: PLR2004, three rows in a row are data


def _is_row(line: str, separator: str, decimal: str) -> bool:
    cells = cells_of(line, separator)
    filled = [cell for cell in cells if cell.lower() not in EMPTY]
    return bool(filled) and all(is_number(cell, decimal) for cell in filled)


def names_of(lines: Sequence[str], first: int, *, separator: str) -> tuple[list[str], int | None]:
    """The names above the first row of numbers and the line they stand in, counted from 1; None without names."""
    if first == 0:
        return [], None
    width = width_of(lines[first:], separator)
    for i in range(first - 1, -1, -1):
        cells = [clean_name(cell) for cell in cells_of(lines[i], separator)]
        if not any(cells):
            continue
        # Names may hold blanks, so a header of a file with blanks between cells need not have the same width.
        if len(cells) >= width or separator == " " or i == first - 1:
            return [cell.lstrip("#").strip() for cell in cells], i + 1
    return [], None


def unique(names: list[str]) -> list[str]:
    """The names, with the number of the column where one comes twice or is empty."""
    seen: dict[str, int] = {}
    out = []
    for i, name in enumerate(names):
        plain = name or str(i + 1)
        seen[plain] = seen.get(plain, 0) + 1
        out.append(plain if seen[plain] == 1 else f"{plain} ({i + 1})")
    return out
