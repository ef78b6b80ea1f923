"""``daq analyze``: files of forces to trials, their values and the asymmetry, without hardware or recording."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from daq.cli import analyze_options as option
from daq.cli.chosen import AssessmentOption, MethodOption
from daq.errors import UsageError

if TYPE_CHECKING:
    from daq.assessments.model import Assessment
    from daq.cli.files_analysed import Analysed
    from daq.cli.force_file import Columns, ForceFile

_EXAMPLE = "Example:  daq analyze jump.csv -a cmj --rate 1000 --left FP1 --right FP2 --explain jump_height_impulse_momentum"
_HOW = ("formula", "full")


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("analyze", epilog=_EXAMPLE)(analyze)


def analyze(  # noqa: PLR0917, typer gives options by name, whatever their place
    files: option.Files,
    assessment: AssessmentOption,
    rate: option.Rate = None,
    left: option.Left = None,
    right: option.Right = None,
    force: option.Force = None,
    limb: option.LimbOf = None,
    scale: option.Scale = 1.0,
    method: MethodOption = None,
    window: option.Window = None,
    index: option.Index = None,
    bands: option.Bands = None,
    enter: option.Enter = None,
    mass: option.Mass = None,
    gravity: option.Gravity = None,
    involved: option.Involved = None,
    dominant: option.Dominant = None,
    hand: option.Hand = None,
    others: option.With = None,
    cop: option.CopPoints = None,
    cop_unit: option.CopUnit = None,
    cells: option.Cells = None,
    plate_size: option.PlateSize = None,
    wrench: option.Wrench = None,
    moment_unit: option.MomentUnit = None,
    plates_apart: option.PlatesApart = None,
    origin_depth: option.OriginDepth = 0.0,
    plate_axes: option.PlateAxes = "x,y",
    show_all: option.All = False,
    explain: option.Explain = None,
    compare: option.Compare = False,
    uncertainty: option.Uncertainty = "full",
    private: option.Private = False,
    as_json: option.Json = False,
) -> None:
    """Analyse files of forces: jumps, pulls, grips, balance and more, left against right."""
    from daq.cli import wishes as words
    from daq.cli.files_analysed import analysed, with_other_tests
    from daq.cli.force_file import Columns, Pressure, columns_of

    windows = words.windows_from(window or [])
    test = words.wished_test(assessment, methods=method or [], windows=windows, index=index, bands=bands or [])
    entered = words.entered_by_file(enter or [], test, n_files=len(files))
    mass_kg = words.mass_from(mass, entered)
    person = words.person_from(involved=involved, dominant=dominant, hand=hand)
    if uncertainty not in _HOW:
        raise UsageError(f"--uncertainty {uncertainty!r} should be {' or '.join(_HOW)}.")
    wishes = words.Wishes(entered, mass_kg, words.gravity_from(gravity), windows, person, is_full=uncertainty == "full")
    if not scale or not math.isfinite(scale):
        raise UsageError("--scale should be a number other than 0: newtons per unit of the file.")
    pressure = Pressure(
        cop, cells, wrench, length_unit=cop_unit, moment_unit=moment_unit, size=plate_size, apart_m=plates_apart,
        depth_m=origin_depth, axes=plate_axes,
    )  # fmt: skip
    names = columns_of(left=left, right=right, force=force, limb=limb, test=test, pressure=pressure)
    columns = Columns(names, rate, scale, pressure)
    asked = words.others_from(others or [], test)
    if show_all:
        test = test.model_copy(update={"shown": test.metrics})
    done = analysed(_read(files, columns, test), test, wishes)
    done = with_other_tests(done, asked, read=lambda paths, other: _read(paths, columns, other))
    print_analysed(done, explain=explain or [], is_compared=compare, is_private=private, as_json=as_json)


def _read(files: Sequence[Path], columns: Columns, test: Assessment) -> list[ForceFile]:
    from daq.cli.force_file import read_forces, unit_hint
    from daq.cli.time_axis import milliseconds_hint

    read = []
    for path in files:
        file = read_forces(path, columns)
        for hint in (unit_hint(file.forces, test, scale=columns.scale), milliseconds_hint(file.table, file.rate_hz)):
            if hint:
                print(f"daq: {path.name}: {hint}", file=sys.stderr)
        read.append(file)
    return read


def print_analysed(done: Analysed, *, explain: list[str], is_compared: bool, is_private: bool, as_json: bool) -> None:
    """Print everything that was asked for, as lines or as JSON."""
    from daq.cli.compare_methods import comparison, comparison_lines
    from daq.cli.explain import explained, explained_lines, names_lines

    chains = explained(done, [word for word in explain if word != "list"])
    compared = comparison(done) if is_compared else []
    if as_json:
        from daq.cli.analyze_record import record_of

        print(json.dumps(record_of(done, chains, compared), allow_nan=False))
        return
    lines = names_lines(done) if "list" in explain else []
    if explain or is_compared:
        lines += [*explained_lines(chains, done, is_private=is_private), *comparison_lines(compared, done)]
    else:
        lines += _result_lines(done, is_private=is_private)
    print("\n".join(lines))


def _result_lines(done: Analysed, *, is_private: bool) -> list[str]:
    from daq.cli.rendering import missing_lines, summary_lines, trial_lines

    lines = []
    for file in done.files:
        length_s = file.n_rows / file.rate_hz
        lines.append(f"{done.test.name}, {file.path.name}: {file.n_rows} rows at {file.rate_hz:g} Hz, {length_s:.1f} s")
    for trial in done.trials:
        source = trial.file.path.name if len(done.files) > 1 else ""
        lines.append("")
        lines += trial_lines(trial.number, trial.start_s, trial.result, test=done.test, source=source, is_private=is_private)
    lines += ["", *summary_lines(done.summary, done.test, is_private=is_private)]
    return [*lines, *missing_lines([trial.result for trial in done.trials])]
