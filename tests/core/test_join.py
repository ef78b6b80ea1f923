from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.block import Limb
from daq.core.join import LiveJoin, interpolated, join
from daq.metrics.effort import Curve, Instrument


def _line(rate_hz: float, start_s: float, n: int, slope: float = 100.0) -> Curve:
    t_s = start_s + np.arange(n) / rate_hz
    return Curve(t_s, slope * t_s, rate_hz)


def test_two_limbs_of_one_device_are_an_exact_sum_without_interpolation():
    t_s = np.arange(5) / 1000
    left = Curve(t_s, np.array([1.0, 2.0, np.nan, 4.0, 5.0]), 1000.0)
    right = Curve(t_s, np.array([10.0, 20.0, 30.0, 40.0, 50.0]), 1000.0)

    joined = join(left, right)

    assert joined.params == {}
    assert joined.both.force_n[[0, 1, 3, 4]].tolist() == [11.0, 22.0, 44.0, 55.0]
    assert np.isnan(joined.both.force_n[2])


def test_straight_lines_on_two_clocks_add_up_to_a_straight_line():
    joined = join(_line(1000.0, 0.0003, 900, slope=200.0), _line(987.0, 0.1, 900, slope=-50.0))

    assert joined.params == {"axis": "left", "method": "join.linear"}
    assert np.allclose(joined.both.force_n, 150.0 * joined.both.t_s, rtol=1e-12)
    assert np.allclose(joined.left_n + joined.right_n, joined.both.force_n)
    assert joined.both.t_s[0] >= 0.1
    assert joined.both.t_s[-1] <= 0.9003


@pytest.mark.parametrize(
    ("left_hz", "right_hz", "axis"),
    [(1000.0, 1000.4, "left"), (1000.0, 1001.0, "right"), (80.0, 1000.0, "right"), (90.0, 80.0, "left")],
)
def test_the_faster_device_gives_the_axis_and_a_tie_the_left_one(left_hz: float, right_hz: float, axis: str):
    joined = join(_line(left_hz, 0.0, 500), _line(right_hz, 0.0001, 500))

    assert joined.params["axis"] == axis
    assert joined.both.rate_hz == (left_hz if axis == "left" else right_hz)


def test_a_hole_of_the_slower_one_is_a_hole_of_both_and_never_bridged():
    left, right = _line(1000.0, 0.0, 1000), _line(100.0, 0.0, 100)
    right.force_n[40:43] = np.nan

    joined = join(left, right)

    is_hole = (joined.both.t_s > 0.39 + 1e-9) & (joined.both.t_s < 0.43 - 1e-9)
    assert np.array_equal(np.isnan(joined.right_n), is_hole)
    assert np.array_equal(np.isnan(joined.both.force_n), is_hole)
    assert np.isfinite(joined.left_n).all()


def test_curves_that_never_meet_have_nothing_in_common():
    assert len(join(_line(1000.0, 0.0, 100), _line(900.0, 5.0, 100)).both.t_s) == 0
    assert len(join(_line(1000.0, 0.0, 100), _line(900.0, 5.0, 0)).both.t_s) == 0


def test_what_is_unknown_of_one_limb_is_unknown_of_the_sum():
    left = Curve(np.arange(3.0), np.zeros(3), 1.0, Instrument(u_gain=0.01, u_zero_n=3.0, range_n=1000.0, settling_s=0.01))
    right = Curve(np.arange(3.0), np.zeros(3), 1.0, Instrument(u_gain=0.02, u_zero_n=4.0, range_n=2000.0))

    known = join(left, right).both.instrument

    assert (known.u_gain, known.u_zero_n, known.range_n, known.settling_s) == (0.02, 5.0, 3000.0, None)


def test_a_time_that_meets_a_row_takes_its_value_even_beside_a_hole():
    value = interpolated(np.array([0.0, 1.0, 1.5, 3.0]), np.array([0.0, 1.0, 2.0]), np.array([5.0, 7.0, np.nan]))

    assert value[:2].tolist() == [5.0, 7.0]
    assert np.isnan(value[2:]).all()


@settings(deadline=None, max_examples=60)
@given(
    left_lengths=st.lists(st.integers(1, 90), min_size=1, max_size=5),
    right_lengths=st.lists(st.integers(1, 90), min_size=1, max_size=5),
    right_hz=st.sampled_from([80.0, 997.0, 1000.0, 1300.0]),
)
def test_the_live_join_gives_each_row_once_and_equals_the_join_of_the_whole(
    pieces: Callable, left_lengths: list[int], right_lengths: list[int], right_hz: float
):
    rng = np.random.default_rng(4)
    left, right = _line(1000.0, 0.01, 1000), _line(right_hz, 0.0123, int(right_hz))
    left.force_n[:] += rng.normal(0, 5, 1000)
    right.force_n[len(right.t_s) // 2] = np.nan
    whole = join(left, right)
    live, parts = LiveJoin(1000.0, right_hz), []
    cuts = [("left", p) for p in pieces(1000, left_lengths)] + [("right", p) for p in pieces(len(right.t_s), right_lengths)]
    cuts.sort(key=lambda cut: (left if cut[0] == "left" else right).t_s[cut[1]][-1])

    for side, piece in cuts:
        curve = left if side == "left" else right
        live.feed(Limb(side), curve.t_s[piece], curve.force_n[piece])
        parts.append(live.take())

    t_s, left_n, right_n = (np.concatenate([part[k] for part in parts]) for k in range(3))
    inside = slice(int(np.searchsorted(t_s, whole.both.t_s[0])), None)
    assert np.array_equal(t_s[inside], whole.both.t_s)
    assert np.array_equal(left_n[inside], whole.left_n, equal_nan=True)
    assert np.array_equal(right_n[inside], whole.right_n, equal_nan=True)


def test_a_limb_that_stays_silent_is_waited_for_and_then_left_as_a_hole():
    live = LiveJoin(1000.0, 900.0, patience_s=1.0)
    t_s = np.arange(2500) / 1000
    live.feed(Limb.RIGHT, t_s[:10], np.ones(10))
    live.feed(Limb.LEFT, t_s, np.ones(2500))

    taken_s, _, right_n = live.take()

    assert taken_s[-1] == pytest.approx(1.499)
    assert np.isfinite(right_n[:10]).all()
    assert np.isnan(right_n[10:]).all()
    assert len(live.take()[0]) == 0


def test_a_time_that_runs_back_is_held():
    live = LiveJoin(1000.0, 1000.0)
    live.feed(Limb.LEFT, np.array([1.0, 1.001]), np.ones(2))
    live.feed(Limb.LEFT, np.array([1.0005, 1.002]), np.ones(2))
    live.feed(Limb.RIGHT, np.array([0.9, 1.1]), np.ones(2))

    assert live.take()[0].tolist() == [1.0, 1.001, 1.001, 1.002]


def test_nothing_grows_while_the_axis_is_away():
    live = LiveJoin(1000.0, 1000.0)
    for k in range(600):
        t_s = (np.arange(100) + 100 * k) / 1000
        live.feed(Limb.RIGHT, t_s, np.ones(100))
        live.take()

    assert len(live._waiting[Limb.RIGHT].t_s) <= 3200
