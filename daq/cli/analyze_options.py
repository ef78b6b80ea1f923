"""The options of ``daq analyze``: what each takes, and what the help says about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_Words = list[str] | None
_Word = str | None
_Number = float | None

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE",
        help="Text tables of forces: tab, ; , | or blanks between cells, point or comma. Trials of all files count together.",
    ),
]
Rate = Annotated[_Number, typer.Option("--rate", metavar="HZ", help="Rows a second; not needed with a time column.")]
Left = Annotated[_Word, typer.Option("--left", metavar="COL", help="Column of the left side: name, or number from 1.")]
Right = Annotated[_Word, typer.Option("--right", metavar="COL", help="Column of the right side.")]
Force = Annotated[_Word, typer.Option("--force", metavar="COL", help="Column of a single sensor, not --left and --right.")]
LimbOf = Annotated[_Word, typer.Option("--limb", metavar="SIDE", help="left or right: whose force --force is.")]
Scale = Annotated[float, typer.Option("--scale", metavar="N", help="Newtons per unit of the file, 9.80665 for kg.")]
With = Annotated[
    _Words, typer.Option("--with", metavar="TEST=FILE", help="Another test of the same day, for the ratios of this one.")
]

Window = Annotated[
    _Words, typer.Option("--window", metavar="NAME=START:END", help="Weighing or baseline window by hand, in s of the file.")
]
Index = Annotated[_Word, typer.Option("--index", metavar="ID", help="Formula of left-right differences: max_denominator, ...")]
Bands = Annotated[
    _Words, typer.Option("--bands", metavar="METRIC=LOW:HIGH", help="From which percent on a difference is named larger.")
]

Enter = Annotated[
    _Words,
    typer.Option(
        "--enter",
        metavar="NAME=VALUE",
        help="A quantity you measured, in SI units; NAME.left= for a side, A:B:C for three files.",
    ),
]
Mass = Annotated[_Number, typer.Option("--mass", metavar="KG", help="Body mass, for tests that do not weigh.")]
Gravity = Annotated[_Number, typer.Option("--gravity", metavar="M/S2", help="Local gravity, where it is not 9.80665.")]
Involved = Annotated[_Word, typer.Option("--involved", metavar="SIDE", help="The injured or operated side: left or right.")]
Dominant = Annotated[_Word, typer.Option("--dominant", metavar="SIDE", help="The dominant limb for this test.")]
Hand = Annotated[_Word, typer.Option("--hand", metavar="SIDE", help="The hand the person writes with: left, right or both.")]

CopPoints = Annotated[_Word, typer.Option("--cop", metavar="ML,AP", help="Centre of pressure: right and forward positive.")]
CopUnit = Annotated[_Word, typer.Option("--cop-unit", metavar="UNIT", help="m, cm or mm of --cop, if no header says it.")]
Cells = Annotated[_Word, typer.Option("--cells", metavar="FL,FR,BL,BR", help="Four cells of a plate, eight of two plates.")]
PlateSize = Annotated[_Word, typer.Option("--plate-size", metavar="W,L", help="With --cells: width, length between cells, m.")]
Wrench = Annotated[_Word, typer.Option("--wrench", metavar="FX,FY,FZ,MX,MY", help="Forces and moments of a plate, or of two.")]
MomentUnit = Annotated[_Word, typer.Option("--moment-unit", metavar="UNIT", help="With --wrench: Nm, Ncm or Nmm.")]
PlatesApart = Annotated[_Number, typer.Option("--plates-apart", metavar="M", help="Distance of the centres of two plates.")]
OriginDepth = Annotated[float, typer.Option("--origin-depth", metavar="M", help="With --wrench: its origin below the surface.")]
PlateAxes = Annotated[str, typer.Option("--plate-axes", metavar="R,F", help="Plate axes that point right and forward.")]

All = Annotated[bool, typer.Option("--all", help="Show every value of the test, not the main ones only.")]
Explain = Annotated[
    _Words, typer.Option("--explain", metavar="VALUE", help="How a value came about; list says which there are.")
]
Compare = Annotated[bool, typer.Option("--compare-methods", help="The main values by every other rule, beside those in use.")]
Uncertainty = Annotated[
    str, typer.Option("--uncertainty", metavar="HOW", help="full, or formula: only of values that have one.")
]
Private = Annotated[bool, typer.Option("--private", help="Show body weight and mass as numbers.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, with everything.")]
