"""Columns named on the command line become a centre of pressure, or a sentence that says what to type instead."""

import numpy as np
import pytest

from daq.cli.cop_columns import cop_of
from daq.errors import FileError, UsageError
from daq.store.csv_import import read_table

X, Y, FORCE, WIDTH, LENGTH = 0.03, -0.05, 650.0, 0.4, 0.6
CELLS = [FORCE / 4 * (1 + i * 2 * X / WIDTH) * (1 + j * 2 * Y / LENGTH) for j in (1, -1) for i in (-1, 1)]
# The moments of that force, origin 40 mm below the surface, with 12 N to the side and -7 N forward.
WRENCH = [12.0, -7.0, FORCE, Y * FORCE - 7.0 * 0.04, -X * FORCE - 12.0 * 0.04]


@pytest.fixture
def table(tmp_path):
    """A table of 50 equal rows with these columns; its time axis comes with it."""

    def make(**columns):
        names = [name.replace("__", " ") for name in columns]
        row = ";".join(f"{value:.9f}" for value in columns.values())
        path = tmp_path / "stance.csv"
        path.write_text("\n".join([";".join(names), *[row] * 50]), encoding="utf-8")
        return read_table(path)

    return make


def _cop(table, **options):
    return cop_of(table, t_s=np.arange(table.n_rows) / 100.0, rate_hz=100.0, **options)


def _is_at(cop, x, y):
    return cop.ml_m == pytest.approx(x, abs=1e-7) and cop.ap_m == pytest.approx(y, abs=1e-7)


def test_no_option_is_no_centre_of_pressure(table):
    assert _cop(table(a=1.0, b=2.0)) is None


@pytest.mark.parametrize(("unit", "per_m"), [("m", 1), ("cm", 100), ("mm", 1000)])
def test_points_are_taken_in_the_unit_of_their_header_or_of_the_option(table, unit, per_m):
    by_header = table(**{f"COP__ML__[{unit}]": per_m * X, f"COP_AP_{unit}": per_m * Y})
    assert _is_at(_cop(by_header, cop=f"COP ML [{unit}],COP_AP_{unit}"), X, Y)

    by_option = table(ml=per_m * X, ap=per_m * Y)
    assert _is_at(_cop(by_option, cop="ml, ap", length_unit=unit), X, Y)
    assert _cop(by_option, cop="1,2", length_unit=unit.upper()).method == "cop.columns"


def test_four_cells_give_the_point_between_them(table):
    rows = table(**dict(zip(("FL", "FR", "BL", "BR"), CELLS, strict=True)))

    cop = _cop(rows, cells="FL,FR,BL,BR", size="0.4,0.6")

    assert _is_at(cop, X, Y)
    assert cop.method == "cop.four_cell"
    assert _is_at(_cop(rows, cells="FL,FR,BL,BR", size="0.4x0.6"), X, Y)


def test_cells_in_kilograms_are_scaled_before_50_newtons_are_asked_for(table):
    rows = table(**dict(zip(("FL", "FR", "BL", "BR"), [cell / 9.80665 / 10 for cell in CELLS], strict=True)))

    assert _is_at(_cop(rows, cells="FL,FR,BL,BR", size="0.4,0.6", scale=9.80665), X, Y)
    assert np.isnan(_cop(rows, cells="FL,FR,BL,BR", size="0.4,0.6").ml_m).all()


def test_eight_cells_are_two_plates_side_by_side(table):
    names = [f"{plate}{corner}" for plate in "LR" for corner in ("FL", "FR", "BL", "BR")]
    rows = table(**dict(zip(names, CELLS + CELLS, strict=True)))

    cop = _cop(rows, cells=",".join(names), size="0.4,0.6", apart_m=0.5)

    # The same force at the same place of both plates: the middle between them, X away.
    assert _is_at(cop, X, Y)
    assert cop.method == "cop.two_plates"


@pytest.mark.parametrize(
    ("header", "unit", "factor"), [("", None, 1), ("__[N.mm]", None, 1000), ("", "Nmm", 1000), ("_Ncm", None, 100)]
)
def test_forces_and_moments_give_the_point_where_they_act(table, header, unit, factor):
    names = ["Fx", "Fy", "Fz", f"Mx{header}", f"My{header}"]
    rows = table(**dict(zip(names, [*WRENCH[:3], factor * WRENCH[3], factor * WRENCH[4]], strict=True)))

    cop = _cop(rows, wrench=",".join(names).replace("__", " "), depth_m=0.04, moment_unit=unit)

    assert _is_at(cop, X, Y)
    assert cop.method == "cop.six_component"


def test_the_axes_of_the_plate_are_turned(table):
    rows = table(**dict(zip(("Fx", "Fy", "Fz", "Mx", "My"), WRENCH, strict=True)))

    assert _is_at(_cop(rows, wrench="Fx,Fy,Fz,Mx,My", depth_m=0.04, axes="-y,x"), -Y, X)


def test_ten_columns_are_two_plates(table):
    names = [f"{name}{plate}" for plate in "12" for name in ("Fx", "Fy", "Fz", "Mx", "My")]
    rows = table(**dict(zip(names, WRENCH + WRENCH, strict=True)))

    cop = _cop(rows, wrench=",".join(names), depth_m=0.04, apart_m=0.6)

    assert _is_at(cop, X, Y)
    assert cop.method == "cop.two_plates"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"cop": "a,b", "cells": "a,b,c,d"}, "--cop and --cells"),
        ({"cop": "a"}, "2 columns"),
        ({"cop": "a,"}, "2 columns"),
        ({"cop": "a,b"}, "add --cop-unit m, cm or mm"),
        ({"cop": "a,b", "length_unit": "inch"}, "m, cm or mm"),
        ({"cop": "x_mm,b", "length_unit": "cm"}, "contradicts column 'x_mm'"),
        ({"cop": "a,a", "length_unit": "cm"}, "'a' twice"),
        ({"cop": "time,b", "length_unit": "cm"}, "is the time"),
        ({"cells": "a,b,c"}, "4 or 8 columns"),
        ({"cells": "a,b,c,d"}, "--plate-size WIDTH,LENGTH"),
        ({"cells": "a,b,c,d", "size": "400"}, "0.4,0.6"),
        ({"cells": "a,b,c,d", "size": "400,600"}, "in m"),
        ({"cells": "a,b,c,d", "size": "0,0.5"}, "in m"),
        ({"cells": "a,b,c,d", "size": "nan,0.5"}, "in m"),
        ({"cells": "a,b,c,d", "size": "0.4,0.6", "apart_m": 0.5}, "the left plate first"),
        ({"cells": "a,b,c,d,e,f,g,h", "size": "0.4,0.6"}, "--plates-apart"),
        ({"wrench": "a,b,c"}, "5 or 10 columns"),
        ({"wrench": "a,b,c,d,e", "axes": "x,x"}, "x,y or -y,x"),
        ({"wrench": "a,b,c,d,e", "axes": "left,up"}, "x,y or -y,x"),
        ({"wrench": "a,b,c,d,e", "axes": "x,-x"}, "x,y or -y,x"),
        ({"wrench": "a,b,c,d,e", "depth_m": 40.0}, "--origin-depth 40"),
        ({"wrench": "a,b,c,d,e", "moment_unit": "lb"}, "Nm, Ncm or Nmm"),
    ],
)  # fmt: skip
def test_words_that_do_not_fit_are_answered_with_a_sentence(table, options, said):
    rows = table(time=0.0, x_mm=1.0, **dict.fromkeys("abcdefgh", 100.0))

    with pytest.raises(UsageError, match=said):
        _cop(rows, **options)


def test_a_column_that_is_not_there_is_named_with_those_that_are(table):
    with pytest.raises(FileError, match=r"no column 'z'.*a, b"):
        _cop(table(a=1.0, b=1.0), cop="a,z", length_unit="m")


def test_a_point_outside_of_any_plate_is_a_wrong_unit(table):
    with pytest.raises(FileError, match="check --cop-unit"):
        _cop(table(a=30.0, b=-50.0), cop="a,b", length_unit="m")

    in_millimetres = dict(zip("abcde", [*WRENCH[:3], 1000 * WRENCH[3], 1000 * WRENCH[4]], strict=True))
    with pytest.raises(FileError, match="check --moment-unit"):
        _cop(table(**in_millimetres), wrench="a,b,c,d,e")
