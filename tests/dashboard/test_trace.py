from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daq.block import Limb
from daq.dashboard.axis import Axis, fresh_axis, next_axis, second_ticks
from daq.dashboard.columns import columns
from daq.dashboard.glyphs import ASCII, BLOCK, BRAILLE, Glyphs
from daq.dashboard.lines import plain
from daq.dashboard.trace import GUTTER, WINDOWS_S, Drawn, Mark, View, trace_lines

ALL_SETS = (BRAILLE, BLOCK, ASCII)
AXIS = Axis(step_n=100.0, rows_per_step=2, n_rows=6)


def view_of(glyphs: Glyphs, *, window_s: float = 6.0, n_cells: int = 40, n_rows: int = 6, t_s: float = 100.0) -> View:
    return View.at(t_s, window_s, n_cells=n_cells, n_rows=n_rows, glyphs=glyphs)


def picture(
    t_s: np.ndarray, force_n: np.ndarray, view: View, *, limb: Limb = Limb.LEFT, axis: Axis = AXIS, marks=()
) -> list[str]:
    return [
        plain(line) for line in trace_lines([Drawn(limb, columns(t_s, force_n, view.edges_s))], axis, view=view, marks=marks)
    ]


@given(
    st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=200),
    st.integers(1, 40),
)
def test_extremes_of_all_columns_are_those_of_the_curve(force: list[float], n_columns: int):
    t_s = np.arange(len(force), dtype=float)
    force_n = np.array(force)

    found = columns(t_s, force_n, np.linspace(0.0, len(force), n_columns + 1))

    assert found.range_n == (force_n.min(), force_n.max())


def test_a_column_holds_exactly_the_samples_between_its_borders():
    t_s = np.array([0.0, 1.0, 2.0, 3.0])

    found = columns(t_s, np.array([5.0, 7.0, 1.0, 3.0]), np.array([0.0, 2.0, 4.0]))

    assert found.high_n.tolist() == [7.0, 3.0]
    assert found.low_n.tolist() == [1.0, 1.0]  # the line from 7 reaches 1 at the border


def test_a_slow_device_draws_a_line_and_not_dots():
    found = columns(np.array([0.0, 1.0, 2.0]), np.array([0.0, 10.0, 0.0]), np.linspace(0.0, 2.0, 21))

    assert not np.isnan(found.low_n).any()
    assert found.high_n[4] == pytest.approx(5.0)


def test_no_line_joins_across_a_hole_and_the_column_says_so():
    t_s = (np.arange(100) + 0.5) / 100.0
    force_n = np.full(100, 50.0)
    force_n[40:60] = np.nan

    found = columns(t_s, force_n, np.linspace(0.0, 1.0, 11))

    assert np.isnan(found.low_n[4:6]).all()
    assert not np.isnan(found.low_n[[3, 6]]).any()
    assert found.has_hole.tolist() == [False] * 4 + [True] * 2 + [False] * 4


def test_one_lost_sample_breaks_the_floor_and_costs_nothing_else():
    t_s = 94.0 + np.arange(6000) / 1000.0
    force_n = np.full(6000, 200.0)
    force_n[3000] = np.nan

    view = view_of(BRAILLE)
    lines = picture(t_s, force_n, view)

    assert lines[6][GUTTER:].count(" ") == 1
    assert lines[6][GUTTER + view.cell_of(97.0)] == " "
    assert "⠤" * 40 in lines[1]


@pytest.mark.parametrize("limb", [Limb.LEFT, Limb.RIGHT])
@pytest.mark.parametrize("glyphs", ALL_SETS, ids=lambda g: g.name)
@pytest.mark.parametrize("window_s", WINDOWS_S)
def test_a_peak_of_one_millisecond_is_seen_at_every_zoom(window_s: float, glyphs: Glyphs, limb: Limb):
    t_s = 70.0 + np.arange(30_000) / 1000.0
    force_n = np.zeros(30_000)
    flat = picture(t_s, force_n, view_of(glyphs, window_s=window_s, t_s=99.999), limb=limb)
    for at in (0, 1, 2, 3, 500):
        force_n[:] = 0.0
        force_n[29_000 - at] = 220.0

        lines = picture(t_s, force_n, view_of(glyphs, window_s=window_s, t_s=99.999), limb=limb)

        assert lines[1][GUTTER:] != flat[1][GUTTER:]
        assert lines[4][GUTTER:] != flat[4][GUTTER:]


def test_a_step_in_ascii_looks_like_a_step():
    t_s = np.arange(1000) / 100.0
    force_n = np.where(t_s < 5.0, 0.0, 200.0)

    lines = picture(t_s, force_n, View.at(9.99, 10.0, n_cells=30, n_rows=6, glyphs=ASCII))

    assert lines == [
        "                        N   ### LEFT",
        "  200|..............################",
        "                    #               ",
        "  100|..............#...............",
        "                    #               ",
        "    0|###############...............",
        "     ++--------------+-------------+",
        "    -10 s           -5 s         now",
    ]


def test_left_is_solid_and_right_is_dotted():
    t_s = 94.0 + np.arange(6000) / 1000.0
    force_n = np.full(6000, 110.0)

    left, right = (picture(t_s, force_n, view_of(BRAILLE), limb=limb) for limb in (Limb.LEFT, Limb.RIGHT))

    dots = [
        sum((ord(c) - 0x2800).bit_count() for line in lines[1:6] for c in line if 0x2800 < ord(c) < 0x2900)
        for lines in (left, right)
    ]
    assert dots[0] == 2 * dots[1]
    assert "⠤⠤⠤ LEFT" in left[0]
    assert "⠠⠠⠠ RIGHT" in right[0]


def test_trials_stand_on_the_floor_heavy_when_kept_and_dashed_when_not():
    t_s = 94.0 + np.arange(6000) / 1000.0
    marks = (Mark(95.0, 96.5, "1", is_kept=True), Mark(98.0, 99.0, "2", is_kept=False))

    floor = picture(t_s, np.zeros(6000), view_of(BRAILLE), marks=marks)[6]

    assert "━━━━ 1 ━━━" in floor
    assert "╍╍ 2 ╍╍" in floor


def test_the_axis_grows_at_once_and_leaves_the_top_row_free():
    axis = next_axis(fresh_axis(0, 400, t_s=0, n_rows=12), 0, 1285, t_s=0.1, n_rows=12)

    assert axis.top_n >= 1285
    assert axis.labels[axis.zero_row] == "0"


def test_the_axis_stands_still_for_ten_seconds_after_a_peak():
    tall = fresh_axis(0, 1285, t_s=0, n_rows=12)

    early = next_axis(tall, 0, 400, t_s=9.9, n_rows=12)
    late = next_axis(early, 0, 400, t_s=10.0, n_rows=12)

    assert early == tall
    assert late.top_n < tall.top_n


@given(st.floats(-3000, 0), st.floats(0, 20_000), st.integers(1, 60))
def test_every_axis_holds_its_data_with_an_even_grid(low_n: float, high_n: float, n_rows: int):
    axis = fresh_axis(low_n, high_n, t_s=0.0, n_rows=n_rows)

    rows = sorted(axis.labels)
    assert axis.step_n > 0
    assert all(0 <= row < n_rows for row in rows)
    assert len({b - a for a, b in pairwise(rows)}) <= 1
    assert n_rows < 4 or axis.top_n >= high_n * 0.999


def test_seconds_are_labelled_ten_cells_apart():
    assert second_ticks(6.0, 70) == (0, 1, 2, 3, 4, 5, 6)
    assert second_ticks(30.0, 70) == (0, 5, 10, 15, 20, 25, 30)
