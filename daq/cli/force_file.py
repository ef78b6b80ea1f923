"""Columns of a text file to the forces of each limb in newtons, on a time axis that is the same for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from daq.block import Limb
from daq.cli.cop_columns import CELLS, WRENCH, cop_of
from daq.cli.time_axis import time_axis
from daq.errors import FileError, UsageError
from daq.store.csv_import import Table, read_table

if TYPE_CHECKING:
    from daq.assessments.model import Assessment
    from daq.metrics.effort import Cop, Floats

LARGEST_N = 1e9
LOADED_SHARE, LIGHTEST_KG, HEAVIEST_KG = 0.2, 10.0, 150.0
# Kinds of test in which the whole person stands on the plates, so that kilograms can be told from newtons.
_STANDING = ("jump", "squat_jump", "drop_jump", "hops", "landing", "stance")


@dataclass(frozen=True, slots=True)
class Pressure:
    """Options that name a centre of pressure, as typed; see ``cop_columns``."""

    cop: str | None = None
    cells: str | None = None
    wrench: str | None = None
    length_unit: str | None = None
    moment_unit: str | None = None
    size: str | None = None
    apart_m: float | None = None
    depth_m: float = 0.0
    axes: str = "x,y"

    @property
    def vertical(self) -> dict[Limb, tuple[str, ...]]:
        """The columns whose sum is the vertical force of a plate: its four cells, or the third of its wrench."""
        words = tuple(word.strip() for word in (self.cells or self.wrench or "").split(",") if word.strip())
        if self.cells is not None and len(words) in (CELLS, 2 * CELLS):
            parts = (words[:CELLS], words[CELLS:])
        elif self.wrench is not None and len(words) in (WRENCH, 2 * WRENCH):
            parts = (words[2:3], words[WRENCH + 2 : WRENCH + 3])
        else:
            return {}
        return {Limb.LEFT: parts[0], Limb.RIGHT: parts[1]} if parts[1] else {Limb.BOTH: parts[0]}


NO_PRESSURE = Pressure()


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what: side to the columns whose sum is its force; rate and newtons per unit of the file."""

    names: Mapping[Limb, tuple[str, ...]]
    rate_hz: float | None = None
    scale: float = 1.0
    pressure: Pressure = NO_PRESSURE


@dataclass(frozen=True, slots=True, eq=False)
class ForceFile:
    """A file as the analysis sees it; ``columns`` are the full names of the columns whose sum is the force of each side."""

    path: Path
    table: Table
    rate_hz: float
    t_s: Floats
    forces: Mapping[Limb, Floats]
    columns: Mapping[Limb, tuple[str, ...]]
    cop: Cop | None = None

    @property
    def n_rows(self) -> int:
        """Rows of numbers."""
        return self.table.n_rows


def columns_of(
    *,
    left: str | None,
    right: str | None,
    force: str | None,
    limb: str | None,
    test: Assessment,
    pressure: Pressure = NO_PRESSURE,
) -> dict[Limb, tuple[str, ...]]:
    """The columns that were typed, by side.

    Raises
    ------
    UsageError
        They do not go together, or not with the test.
    """
    together = test.sides.value == "together"
    if limb is not None and limb not in {"left", "right"}:
        raise UsageError(f"--limb {limb!r} should be left or right.")
    if force is not None:
        if left is not None or right is not None:
            raise UsageError("Give either --force, or --left and --right.")
        if not together and limb is None:
            raise UsageError(f"{test.name} tests one side at a time; add --limb left or --limb right.")
        if together and limb is not None:
            raise UsageError(f"{test.name} is done with both limbs: --force is their sum, leave --limb out.")
        return {Limb(limb) if limb else Limb.BOTH: (force,)}
    if left is None and right is None and (plates := pressure.vertical):
        return _of_plates(plates, limb=limb, test=test)
    if limb is not None:
        raise UsageError("--limb goes with --force; with --left and --right the side is known.")
    given: dict[Limb, tuple[str, ...]] = {
        side: (name,) for side, name in ((Limb.LEFT, left), (Limb.RIGHT, right)) if name is not None
    }
    if not given:
        raise UsageError("Say which columns hold the force: --left COL --right COL, or --force COL.")
    if together and len(given) == 1:
        raise UsageError("Left and right are both needed; for one column that is the sum use --force COL.")
    return given


def _of_plates(plates: dict[Limb, tuple[str, ...]], *, limb: str | None, test: Assessment) -> dict[Limb, tuple[str, ...]]:
    """The vertical force of one plate or two, where no column of forces was named."""
    if Limb.BOTH not in plates:
        if limb is not None:
            raise UsageError("--limb goes with one plate; with two plates the side is known, the left one first.")
        return plates
    if test.sides.value == "together":
        if limb is not None:
            raise UsageError(f"{test.name} is done with both limbs; leave --limb out.")
        return plates
    if limb is None:
        raise UsageError(f"{test.name} tests one side at a time; add --limb left or --limb right.")
    return {Limb(limb): plates[Limb.BOTH]}


def read_forces(path: Path, columns: Columns) -> ForceFile:
    """Read one file.

    Raises
    ------
    DaqError
        The file, a column or the rate is not what was said.
    """
    table = read_table(path)
    rate_hz, t_s = time_axis(table, columns.rate_hz)
    names = {side: tuple(table.name_of(word) for word in words) for side, words in columns.names.items()}
    forces = _forces(table, names, scale=columns.scale)
    pressure = {f.name: getattr(columns.pressure, f.name) for f in fields(columns.pressure)}
    cop = cop_of(table, t_s=t_s, rate_hz=rate_hz, scale=columns.scale, **pressure)
    return ForceFile(path, table, rate_hz, t_s, forces, names, cop)


def _forces(table: Table, names: Mapping[Limb, tuple[str, ...]], *, scale: float) -> dict[Limb, Floats]:
    """The columns in newtons; each side has its own, and none of them is the time."""
    if len(set(names.values())) < len(names):
        raise UsageError(f"--left and --right are the same column {names[Limb.LEFT][0]!r}; give each side its own.")
    forces = {}
    for side, mine in names.items():
        if table.time_name in mine:
            raise UsageError(f"Column {table.time_name!r} of {table.path.name} is the time; choose a column of forces.")
        with np.errstate(over="ignore"):
            forces[side] = scale * np.sum([table.columns[name] for name in mine], axis=0)
        largest = float(np.max(np.abs(forces[side]), initial=0.0, where=~np.isnan(forces[side])))
        if largest > LARGEST_N:
            raise FileError(
                f"Column {mine[0]!r} of {table.path.name} reaches {largest:.3g} N, which no sensor reads;"
                " choose another column or check --scale.",
                path=table.path,
            )
    return forces


def unit_hint(forces: Mapping[Limb, Floats], test: Assessment, *, scale: float) -> str:
    """A sentence where a file of a standing person looks like kilograms: the usual load lies below 150 N; "" otherwise."""
    if test.kind.value not in _STANDING or scale != 1.0:
        return ""
    total = sum(forces.values(), start=np.zeros(1))
    total = total[np.isfinite(total)]
    highest = float(total.max(initial=0.0))
    level = float(np.median(total[total > LOADED_SHARE * highest])) if highest > 0 else 0.0
    if not LIGHTEST_KG < level < HEAVIEST_KG:
        return ""
    return f"the load is {level:.0f} N only; if the file is in kilograms, add --scale 9.80665."
