"""``daq analyze``: a file of forces to trials, their values and the asymmetry, without hardware or recording."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daq.block import Limb
from daq.errors import DaqError, FileError, UsageError

if TYPE_CHECKING:
    from daq.assessments.model import Assessment
    from daq.metrics.effort import Floats
    from daq.metrics.trial import TrialResult
    from daq.store.csv_import import Table

RATE_SHARE = 0.005
LARGEST_N = 1e9
LOADED_SHARE, LIGHTEST_KG, HEAVIEST_KG = 0.2, 10.0, 150.0
SLOWEST_HZ, FASTEST_HZ = 1.0, 100_000.0


class RateError(DaqError):
    """The rate that was typed contradicts the time column."""


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("analyze", epilog="Example:  daq analyze jump.csv -a cmj --rate 1000 --left FP1 --right FP2 --json")(analyze)


def analyze(  # noqa: PLR0917, typer gives options by name, whatever their place
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Text table of forces: tab, ; , | or blanks between cells, point or comma.")
    ],
    assessment: Annotated[str, typer.Option("--assessment", "-a", metavar="TEST", help="cmj, sl_cmj, grip, or a TOML file.")],
    rate: Annotated[
        float | None, typer.Option("--rate", metavar="HZ", help="Rows a second; not needed with a time column.")
    ] = None,
    left: Annotated[
        str | None, typer.Option("--left", metavar="COL", help="Column of the left side: name, or number from 1.")
    ] = None,
    right: Annotated[str | None, typer.Option("--right", metavar="COL", help="Column of the right side.")] = None,
    force: Annotated[
        str | None,
        typer.Option("--force", metavar="COL", help="Column of a single sensor, instead of --left and --right."),
    ] = None,
    limb: Annotated[str | None, typer.Option("--limb", metavar="SIDE", help="left or right: whose force --force is.")] = None,
    scale: Annotated[float, typer.Option("--scale", metavar="N", help="Newtons per unit of the file, 9.80665 for kg.")] = 1.0,
    method: Annotated[
        list[str] | None, typer.Option("--method", metavar="FAMILY=ID", help="For example flight=fixed_20n.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Analyse a file of forces: jumps or grips, left against right."""
    from daq.assessments.analysis import summarise
    from daq.cli.rendering import summary_lines, trial_lines, trial_record
    from daq.store.csv_import import read_table

    test = _assessment(assessment, method)
    columns = _columns(left=left, right=right, force=force, limb=limb, test=test)
    if not scale or not abs(scale) < float("inf"):
        raise UsageError("--scale should be a number other than 0: newtons per unit of the file.")
    table = read_table(file)
    rate_hz, t_s = time_axis(table, rate)
    forces = _forces(table, columns, scale=scale)
    if hint := unit_hint(forces, test, scale=scale):
        print(f"daq: {file.name}: {hint}", file=sys.stderr)
    trials = find_trials(t_s, forces, rate_hz=rate_hz, test=test)
    summary = summarise([result for _, result in trials], test)
    if as_json:
        record = {
            "assessment": test.id,
            "file": str(file),
            "rate_hz": rate_hz,
            "trials": [trial_record(i, start_s, result) for i, (start_s, result) in enumerate(trials, start=1)],
            "summary": [value.as_record() for value in summary],
        }
        print(json.dumps(record, allow_nan=False))
        return
    print(f"{test.name}, {file.name}: {table.n_rows} rows at {rate_hz:g} Hz, {table.n_rows / rate_hz:.1f} s")
    for i, (start_s, result) in enumerate(trials, start=1):
        print("\n" + "\n".join(trial_lines(i, start_s, result)))
    print("\n" + "\n".join(summary_lines(summary)))


def _assessment(name: str, methods: list[str] | None) -> Assessment:
    from daq.assessments.analysis import checked_assessment
    from daq.assessments.model import load_assessment

    pinned = {}
    for word in methods or []:
        family, equals, rule = word.partition("=")
        if not (family and equals and rule):
            raise UsageError(f"--method {word!r} should look like FAMILY=ID, for example flight=fixed_20n.")
        pinned[family] = rule
    test = load_assessment(name)
    # The ids are normalised before they meet those of the file, so that an alias replaces and does not stand beside.
    from daq.metrics.methods import check_methods

    return checked_assessment(test.with_methods(check_methods(pinned)))


def _columns(*, left: str | None, right: str | None, force: str | None, limb: str | None, test: Assessment) -> dict[Limb, str]:
    from daq.assessments.model import Sides

    if limb is not None and limb not in {"left", "right"}:
        raise UsageError(f"--limb {limb!r} should be left or right.")
    if force is not None:
        if left is not None or right is not None:
            raise UsageError("Give either --force, or --left and --right.")
        if test.sides is Sides.ALTERNATE and limb is None:
            raise UsageError(f"{test.name} tests one side at a time; add --limb left or --limb right.")
        if test.sides is Sides.TOGETHER and limb is not None:
            raise UsageError(f"{test.name} is done with both limbs: --force is their sum, leave --limb out.")
        return {Limb(limb) if limb else Limb.BOTH: force}
    if limb is not None:
        raise UsageError("--limb goes with --force; with --left and --right the side is known.")
    given = {side: name for side, name in ((Limb.LEFT, left), (Limb.RIGHT, right)) if name is not None}
    if not given:
        raise UsageError("Say which columns hold the force: --left COL --right COL, or --force COL.")
    if test.sides is Sides.TOGETHER and len(given) == 1:
        raise UsageError("Left and right are both needed; for one column that is the sum use --force COL.")
    return given


def _forces(table: Table, columns: dict[Limb, str], *, scale: float) -> dict[Limb, Floats]:
    """The columns in newtons; each side has its own, and none of them is the time."""
    import numpy as np

    names = {side: table.name_of(wanted) for side, wanted in columns.items()}
    if len(set(names.values())) < len(names):
        raise UsageError(f"--left and --right are the same column {names[Limb.LEFT]!r}; give each side its own.")
    forces = {}
    for side, name in names.items():
        if name == table.time_name:
            raise UsageError(f"Column {name!r} of {table.path.name} is the time; choose a column of forces.")
        with np.errstate(over="ignore"):
            forces[side] = scale * table.columns[name]
        largest = float(np.max(np.abs(forces[side]), initial=0.0, where=~np.isnan(forces[side])))
        if largest > LARGEST_N:
            raise FileError(
                f"Column {name!r} of {table.path.name} reaches {largest:.3g} N, which no sensor reads;"
                " choose another column or check --scale.",
                path=table.path,
            )
    return forces


def unit_hint(forces: dict[Limb, Floats], test: Assessment, *, scale: float) -> str:
    """A sentence where a jump file looks like kilograms: the usual loaded level lies below 150 N; "" otherwise."""
    import numpy as np

    from daq.assessments.model import Kind

    if test.kind is not Kind.JUMP or scale != 1.0:
        return ""
    total = sum(forces.values(), start=np.zeros(1))
    total = total[np.isfinite(total)]
    highest = float(total.max(initial=0.0))
    level = float(np.median(total[total > LOADED_SHARE * highest])) if highest > 0 else 0.0
    if not LIGHTEST_KG < level < HEAVIEST_KG:
        return ""
    return f"the load is {level:.0f} N only; if the file is in kilograms, add --scale 9.80665."


def time_axis(table: Table, rate: float | None) -> tuple[float, Floats]:
    """Rate in Hz and the time axis in s: from the time column where there is one; ``rate`` may only not contradict it.

    Raises
    ------
    UsageError
        Neither a rate nor a time column, or a rate that no sensor has.
    RateError
        Rate and time column differ by more than 0.5 %, or the time column does not rise.
    """
    import numpy as np

    if rate is not None and not SLOWEST_HZ <= rate <= FASTEST_HZ:
        raise UsageError(f"--rate {rate:g} should be rows a second, between 1 and 100000.")
    times = table.time_s()
    if times is None:
        if rate is None:
            raise UsageError(f"{table.path.name} has no time column; add --rate HZ, the rows a second.")
        return rate, np.arange(table.n_rows) / rate
    if len(times) < 2 or not np.isfinite(times).all():  # noqa: PLR2004, two rows make a step
        raise RateError(f"The time column {table.time_name!r} of {table.path.name} has empty cells; repair it or remove it.")
    steps = np.diff(times)
    middle = float(np.median(steps))
    if middle <= 0 or not SLOWEST_HZ / 2 <= 1.0 / middle <= 2 * FASTEST_HZ:
        if middle > 0:
            raise RateError(
                f"The time column {table.time_name!r} of {table.path.name} has steps of {middle:.3g} s, which no sensor has;"
                " name its unit in the header, for example time_ms."
            )
        raise RateError(f"The time column {table.time_name!r} of {table.path.name} does not rise; repair it or remove it.")
    # Printed times are rounded, so the step is taken over the whole column where no row is missing.
    regular = np.abs(steps - middle) < 0.5 * middle
    measured = float(regular.sum() / steps[regular].sum())
    if rate is not None and abs(rate / measured - 1.0) > RATE_SHARE:
        raise RateError(
            f"Wrong rate: --rate {rate:g} Hz, but the time column {table.time_name!r} of {table.path.name} says"
            f" {measured:.6g} Hz. Leave --rate out, or check the file."
        )
    measured = _whole(measured, n_rows=len(times))
    first = float(times[0])
    # A steady grid from rounded times; rows that are missing stay missing.
    return measured, first + np.round((times - first) * measured) / measured


def _whole(rate_hz: float, *, n_rows: int) -> float:
    """The nearest whole rate, where it puts every row of the file on its own place; otherwise the rate itself."""
    nearest = round(rate_hz)
    reach = min(1e-4, 0.25 / n_rows)
    return float(nearest) if nearest and abs(rate_hz / nearest - 1.0) < reach else rate_hz


def find_trials(
    t_s: Floats, forces: dict[Limb, Floats], *, rate_hz: float, test: Assessment
) -> list[tuple[float, TrialResult]]:
    """The efforts of a file, analysed, in order of time: (start in s, result); the whole file when none is found."""
    from daq.assessments.analysis import analyse
    from daq.assessments.model import Sides
    from daq.core.detector import find_efforts
    from daq.metrics.effort import Curve, Effort

    curves = {limb: Curve(t_s, force_n, rate_hz) for limb, force_n in forces.items()}
    together = test.sides is Sides.TOGETHER
    if together and Limb.BOTH not in curves:
        curves[Limb.BOTH] = Curve(t_s, forces[Limb.LEFT] + forces[Limb.RIGHT], rate_hz)
    trials: list[tuple[float, TrialResult]] = []
    for limb in [Limb.BOTH] if together else list(curves):
        for span in find_efforts(curves[limb].t_s, curves[limb].force_n, test):
            mine = curves if together else {limb: curves[limb]}
            cut = {side: curve.between(span.start_s, span.stop_s) for side, curve in mine.items()}
            free = curves.get(limb.other) if not together else None
            effort = Effort(
                cut, limb, free=free.between(span.start_s, span.stop_s) if free is not None and test.weigh else None
            )
            trials.append((span.began_s, analyse(effort, test)))
    if not trials:
        limb = Limb.BOTH if together else next(iter(curves))
        whole = curves if together else {limb: curves[limb]}
        trials.append((float(t_s[0]), analyse(Effort(whole, limb), test)))
    return sorted(trials, key=lambda pair: pair[0])
