"""Columns of a table, named on the command line, to a centre of pressure: as such, from cells, or from forces and moments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from daq.errors import FileError, UsageError
from daq.metrics.balance.cop import four_cell, six_component, two_plates

if TYPE_CHECKING:
    from daq.metrics.effort import Cop, Floats
    from daq.store.csv_import import Table

LENGTHS_M = {"m": 1.0, "cm": 0.01, "mm": 0.001}
MOMENTS_N_M = {"Nm": 1.0, "Ncm": 0.01, "Nmm": 0.001}
AXES = ("x", "-x", "y", "-y")
# No person stands farther than this from the middle of a plate.
FARTHEST_M = 2.0
LARGEST_SIZE_M = 5.0
CELLS, WRENCH = 4, 5
_UNIT_IN_BRACKETS = re.compile(r"[\[(]\s*([^\])]*?)\s*[\])]")


def cop_of(
    table: Table,
    *,
    t_s: Floats,
    rate_hz: float,
    cop: str | None = None,
    cells: str | None = None,
    wrench: str | None = None,
    length_unit: str | None = None,
    moment_unit: str | None = None,
    size: str | None = None,
    apart_m: float | None = None,
    depth_m: float = 0.0,
    axes: str = "x,y",
    scale: float = 1.0,
) -> Cop | None:
    """The centre of pressure that the options of ``daq analyze`` name, None where they name none.

    Parameters
    ----------
    table : Table
        The imported file.
    t_s, rate_hz
        Its time axis, s, and rows a second.
    cop : str, optional
        ``--cop ML,AP``: two columns that hold it already, right and forward positive.
    cells : str, optional
        ``--cells FL,FR,BL,BR``: the four cells of a plate, or the eight of a left and a right plate.
    wrench : str, optional
        ``--wrench FX,FY,FZ,MX,MY`` of a plate, or ten columns of a left and a right plate.
    length_unit : str, optional
        ``--cop-unit``: m, cm or mm of ``--cop`` where the header does not say it.
    moment_unit : str, optional
        ``--moment-unit``: Nm, Ncm or Nmm of ``--wrench`` where the header does not say it; default Nm.
    size : str, optional
        ``--plate-size WIDTH,LENGTH`` between the cells, m.
    apart_m : float, optional
        ``--plates-apart``: distance of the centres (cells) or origins (wrench) of two plates, m.
    depth_m : float
        ``--origin-depth``: how far the origin of the moments lies below the surface, m.
    axes : str
        ``--plate-axes RIGHT,FORWARD``: which of the plate's axes point there.
    scale : float
        Newtons per unit of the file.

    Raises
    ------
    UsageError
        Options that do not go together, or a wrong number of columns.
    FileError
        No such column, or numbers that no plate gives.
    """
    given = [word for word, value in (("--cop", cop), ("--cells", cells), ("--wrench", wrench)) if value is not None]
    if len(given) > 1:
        raise UsageError(f"Give one of {' and '.join(given)}; each of them is the centre of pressure.")
    if cop is not None:
        made = _from_points(table, cop, t_s=t_s, rate_hz=rate_hz, unit=length_unit)
    elif cells is not None:
        made = _from_cells(table, cells, t_s=t_s, rate_hz=rate_hz, size=size, apart_m=apart_m, scale=scale)
    elif wrench is not None:
        made = _from_wrench(
            table, wrench, t_s=t_s, rate_hz=rate_hz, unit=moment_unit, apart_m=apart_m, depth_m=depth_m, axes=axes, scale=scale
        )
    else:
        return None
    return _checked(made, table, given[0])


def _from_points(table: Table, words: str, *, t_s: Floats, rate_hz: float, unit: str | None) -> Cop:
    from daq.metrics.effort import Cop

    names = _names(table, words, "--cop", counts=(2,), example="--cop COP_ML,COP_AP")
    ml, ap = (_length_scale(table, name, unit) * table.columns[name] for name in names)
    return Cop(t_s, ml, ap, rate_hz, "cop.columns")


def _from_cells(
    table: Table, words: str, *, t_s: Floats, rate_hz: float, size: str | None, apart_m: float | None, scale: float
) -> Cop:
    names = _names(table, words, "--cells", counts=(CELLS, 2 * CELLS), example="--cells FL,FR,BL,BR")
    if size is None:
        raise UsageError("--cells needs the distances between the cells: --plate-size WIDTH,LENGTH in m, for example 0.4,0.6.")
    width, length = _size(size)
    forces = scale * np.stack([table.columns[name] for name in names])
    if len(names) == CELLS:
        _refuse_apart(apart_m)
        return four_cell(t_s, forces, rate_hz=rate_hz, width_m=width, length_m=length)
    apart = _apart(apart_m, "--cells")
    left, right = (
        four_cell(t_s, part, rate_hz=rate_hz, width_m=width, length_m=length, least_n=0.0) for part in np.split(forces, 2)
    )
    totals = [part.sum(axis=0) for part in np.split(forces, 2)]
    return two_plates(left, right, left_n=totals[0], right_n=totals[1], apart_m=apart)


def _from_wrench(
    table: Table,
    words: str,
    *,
    t_s: Floats,
    rate_hz: float,
    unit: str | None,
    apart_m: float | None,
    depth_m: float,
    axes: str,
    scale: float,
) -> Cop:
    names = _names(table, words, "--wrench", counts=(WRENCH, 2 * WRENCH), example="--wrench Fx,Fy,Fz,Mx,My")
    if not abs(depth_m) <= LARGEST_SIZE_M:
        raise UsageError(f"--origin-depth {depth_m:g} should be metres below the surface, for example 0.04.")
    right_forward = _axes(axes)
    scales = [scale if i % WRENCH < 3 else _moment_scale(table, name, unit) for i, name in enumerate(names)]  # noqa: PLR2004, three forces come first
    rows = np.stack([k * table.columns[name] for k, name in zip(scales, names, strict=True)])
    if len(names) == WRENCH:
        _refuse_apart(apart_m)
        return six_component(t_s, rows, rate_hz=rate_hz, depth_m=depth_m, axes=right_forward)
    apart = _apart(apart_m, "--wrench")
    parts = np.split(rows, 2)
    left, right = (
        six_component(t_s, part, rate_hz=rate_hz, depth_m=depth_m, axes=right_forward, least_n=0.0) for part in parts
    )
    return two_plates(left, right, left_n=parts[0][2], right_n=parts[1][2], apart_m=apart)


def _names(table: Table, words: str, option: str, *, counts: tuple[int, ...], example: str) -> list[str]:
    wanted = [word.strip() for word in words.split(",")]
    if len(wanted) not in counts or not all(wanted):
        numbers = " or ".join(str(count) for count in counts)
        raise UsageError(f"{option} {words!r} should be {numbers} columns with commas between them, for example {example}.")
    names = [table.name_of(word) for word in wanted]
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise UsageError(f"{option} names the column {twice!r} twice; each place has its own.")
    if table.time_name in names:
        raise UsageError(f"{option}: column {table.time_name!r} of {table.path.name} is the time; choose another one.")
    return names


def header_unit(name: str, units: tuple[str, ...]) -> str | None:
    """The unit that a header says, in brackets or as a word of its own; None without one.

    >>> [header_unit(name, ("m", "cm", "mm")) for name in ("COP X [mm]", "X_cm", "Cx")]
    ['mm', 'cm', None]
    >>> header_unit("Mx (N.mm)", ("Nm", "Ncm", "Nmm"))
    'Nmm'
    """
    plain = {unit.casefold(): unit for unit in units}
    bracket = _UNIT_IN_BRACKETS.search(name)
    if bracket:
        return plain.get(re.sub(r"[\s.*·]", "", bracket.group(1)).casefold())
    words = [word for word in re.split(r"[\s_\-.]+", name)[1:] if word.casefold() in plain]
    return plain[words[-1].casefold()] if words else None


def _unit(table: Table, name: str, *, typed: str | None, option: str, units: tuple[str, ...]) -> str | None:
    plain = {unit.casefold(): unit for unit in units}
    said = header_unit(name, units)
    if typed is None:
        return said
    if typed.casefold() not in plain:
        raise UsageError(f"{option} {typed!r} should be {', '.join(units[:-1])} or {units[-1]}.")
    if said is not None and said != plain[typed.casefold()]:
        raise UsageError(f"{option} {typed} contradicts column {name!r} of {table.path.name}; leave it out, or check the file.")
    return plain[typed.casefold()]


def _length_scale(table: Table, name: str, typed: str | None) -> float:
    unit = _unit(table, name, typed=typed, option="--cop-unit", units=tuple(LENGTHS_M))
    if unit is None:
        raise UsageError(f"Column {name!r} of {table.path.name} does not say its unit; add --cop-unit m, cm or mm.")
    return LENGTHS_M[unit]


def _moment_scale(table: Table, name: str, typed: str | None) -> float:
    unit = _unit(table, name, typed=typed, option="--moment-unit", units=tuple(MOMENTS_N_M))
    return MOMENTS_N_M[unit or "Nm"]


def _size(words: str) -> tuple[float, float]:
    try:
        width, length = (float(word) for word in re.split(r"[,x]", words))
    except ValueError:
        width = length = 0.0
    if not (0.0 < width <= LARGEST_SIZE_M and 0.0 < length <= LARGEST_SIZE_M):
        raise UsageError(f"--plate-size {words!r} should be width and length between the cells in m, for example 0.4,0.6.")
    return width, length


def _apart(apart_m: float | None, option: str) -> float:
    if apart_m is None or not 0.0 <= apart_m <= LARGEST_SIZE_M:
        raise UsageError(f"{option} of two plates needs the distance of their centres in m: --plates-apart 0.5.")
    return apart_m


def _refuse_apart(apart_m: float | None) -> None:
    if apart_m is not None:
        raise UsageError("--plates-apart is for two plates; name the columns of both, the left plate first.")


def _axes(words: str) -> tuple[str, str]:
    named = [word.strip().casefold() for word in words.split(",")]
    if len(named) != 2 or any(word not in AXES for word in named) or named[0][-1] == named[1][-1]:  # noqa: PLR2004, a pair
        raise UsageError(f"--plate-axes {words!r} should say which axes point to the right and forward: x,y or -y,x.")
    return named[0], named[1]


def _checked(cop: Cop, table: Table, option: str) -> Cop:
    """Refuse a point outside of any plate: a wrong unit, or other columns than were meant."""
    farthest = 0.0
    for x in (cop.ml_m, cop.ap_m):
        there = np.abs(x[np.isfinite(x)])
        # Single readings at the edge of the load may be far off; half of them are not.
        farthest = max(farthest, float(np.median(there)) if len(there) else 0.0)
    if farthest > FARTHEST_M:
        units = {"--cop": "--cop-unit", "--cells": "--plate-size", "--wrench": "--moment-unit"}
        raise FileError(
            f"{option}: the centre of pressure of {table.path.name} would lie {farthest:.3g} m from the middle of the plate;"
            f" choose other columns or check {units[option]}.",
            path=table.path,
        )
    return cop
