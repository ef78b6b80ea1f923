"""The centre of pressure of plates: points that are known come back, published columns are met, too little load gives none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daq.metrics.balance.cop import corners, four_cell, four_cell_u_m, of_cells, six_component, two_plates
from daq.metrics.effort import Cop
from daq.store.csv_import import read_table

WIDTH, LENGTH = 0.4, 0.6
AMTI = "jythen_cop/raw_6ch_AMTI_samples4000_7000.csv"


def _cells(x, y, force, width=WIDTH, length=LENGTH):
    """Front left, front right, back left, back right."""
    return np.array([force / 4 * (1 + i * 2 * x / width) * (1 + j * 2 * y / length) for j in (1, -1) for i in (-1, 1)])


@given(
    x=st.floats(-0.19, 0.19), y=st.floats(-0.29, 0.29), force=st.floats(51.0, 5000.0), width=st.floats(0.4, 1.0),
    length=st.floats(0.6, 1.0),
)  # fmt: skip
def test_four_cells_give_back_the_point_they_were_made_from(x, y, force, width, length):
    cells = _cells(np.full(3, x), np.full(3, y), np.full(3, force), width, length)

    cop = four_cell(np.arange(3) / 100.0, cells, rate_hz=100.0, width_m=width, length_m=length)

    assert cop.ml_m == pytest.approx(x, abs=1e-12)
    assert cop.ap_m == pytest.approx(y, abs=1e-12)
    assert cop.method == "cop.four_cell"


def test_below_50_newtons_there_is_no_point():
    force = np.array([49.99, 50.0, 0.0, -100.0, np.nan])

    cop = four_cell(np.arange(5.0), _cells(0.1, 0.1, force), rate_hz=1.0, width_m=WIDTH, length_m=LENGTH)

    assert np.isfinite(cop.ml_m).tolist() == [False, True, False, True, False]
    assert np.isfinite(cop.ap_m).tolist() == [False, True, False, True, False]


@given(x=st.floats(-0.2, 0.2), y=st.floats(-0.2, 0.2), fx=st.floats(-80, 80), fy=st.floats(-80, 80), depth=st.floats(0, 0.1))
def test_six_components_give_back_the_point_where_the_force_acts(x, y, fx, fy, depth):
    fz = 650.0
    # The z axis points down: the surface is at -depth, and the moments are r x F about the origin.
    arm, force = np.array([x, y, -depth]), np.array([fx, fy, fz])
    mx, my, _ = np.cross(arm, force)

    there, back = (
        six_component(np.zeros(1), s * np.array([[fx], [fy], [fz], [mx], [my]]), rate_hz=100.0, depth_m=depth) for s in (1, -1)
    )

    assert (there.ml_m[0], there.ap_m[0]) == pytest.approx((x, y), abs=1e-12)
    # A plate may report the force on the person instead of the force on itself.
    assert (back.ml_m[0], back.ap_m[0]) == (there.ml_m[0], there.ap_m[0])


def test_the_axes_of_the_plate_are_turned_to_right_and_forward():
    wrench = np.array([[0.0], [0.0], [500.0], [25.0], [-10.0]])

    for axes, expected in ((("x", "y"), (0.02, 0.05)), (("-x", "-y"), (-0.02, -0.05)), (("-y", "x"), (-0.05, 0.02))):
        cop = six_component(np.zeros(1), wrench, rate_hz=100.0, axes=axes)
        assert (cop.ml_m[0], cop.ap_m[0]) == pytest.approx(expected)


def test_the_amti_plate_reports_the_same_point_as_its_six_channels(public_data):
    table = read_table(public_data / AMTI)
    wrench = np.stack([table.column(name) for name in ("Fx", "Fy", "Fz", "Mx", "My")])

    cop = six_component(np.arange(table.n_rows) / 100.0, wrench, rate_hz=100.0)

    # The columns are printed in micrometres.
    assert cop.ml_m == pytest.approx(table.column("Cx"), abs=1e-6)
    assert cop.ap_m == pytest.approx(table.column("Cy"), abs=1e-6)


@given(
    left=st.tuples(st.floats(-0.15, 0.15), st.floats(-0.25, 0.25), st.floats(0.0, 900.0)),
    right=st.tuples(st.floats(-0.15, 0.15), st.floats(-0.25, 0.25), st.floats(60.0, 900.0)),
)
def test_two_plates_are_one_plate_with_eight_cells(left, right):
    t, apart = np.zeros(1), 0.5
    cells = [_cells(*(np.array([v]) for v in each)) for each in (left, right)]
    half = np.array([apart / 2, 0.0])
    places = np.concatenate((corners(WIDTH, LENGTH) - half, corners(WIDTH, LENGTH) + half))
    whole = of_cells(t, np.concatenate(cells), places, rate_hz=100.0)

    parts = [four_cell(t, each, rate_hz=100.0, width_m=WIDTH, length_m=LENGTH, least_n=0.0) for each in cells]
    both = two_plates(*parts, left_n=cells[0].sum(axis=0), right_n=cells[1].sum(axis=0), apart_m=apart)

    assert both.ml_m == pytest.approx(whole.ml_m, abs=1e-9)
    assert both.ap_m == pytest.approx(whole.ap_m, abs=1e-9)
    assert both.method == "cop.two_plates"


def test_two_empty_plates_have_no_point():
    cells = np.full((4, 1), 5.0)
    plate = four_cell(np.zeros(1), cells, rate_hz=100.0, width_m=WIDTH, length_m=LENGTH, least_n=0.0)

    both = two_plates(plate, plate, left_n=np.array([20.0]), right_n=np.array([20.0]), apart_m=0.5)

    assert np.isnan(both.ml_m[0])
    assert np.isnan(both.ap_m[0])


def test_the_uncertainty_of_a_point_is_that_of_a_simulation_of_its_cells():
    x, y, force, u_cells = 0.07, -0.12, 680.0, np.array([0.5, 0.8, 1.1, 0.6])
    cells = _cells(x, y, np.array([force]))
    drawn = cells + np.random.default_rng(7).standard_normal((4, 20000)) * u_cells[:, None]
    cop = four_cell(np.zeros(20000), drawn, rate_hz=100.0, width_m=WIDTH, length_m=LENGTH)

    u_ml, u_ap = four_cell_u_m(cells, u_cells, places_m=corners(WIDTH, LENGTH))

    # 20 000 draws know an SD to 0.5 %.
    assert u_ml[0] == pytest.approx(float(cop.ml_m.std()), rel=0.02)
    assert u_ap[0] == pytest.approx(float(cop.ap_m.std()), rel=0.02)


def test_points_of_two_plates_in_one_frame_need_no_distance():
    left, right = (Cop(np.zeros(1), np.array([x]), np.array([0.0]), 100.0, "cop.four_cell") for x in (-0.2, 0.2))

    both = two_plates(left, right, left_n=np.array([300.0]), right_n=np.array([500.0]))

    assert both.ml_m[0] == pytest.approx((500 - 300) * 0.2 / 800)


def test_the_uncertainty_of_a_point_grows_without_a_limit_as_the_force_falls():
    u_ml, _ = four_cell_u_m(np.full((4, 1), 0.1), np.full(4, 0.01), places_m=corners(0.4, 0.6))

    assert u_ml[0] == pytest.approx(0.2 * 2 * 0.01 / 0.4)
