from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.block import Limb
from daq.core.filter import CausalFilter
from daq.core.track import Track
from daq.errors import UsageError

SIDES = (Limb.LEFT, Limb.RIGHT)


def _track(keep_s: float = 1.0) -> Track:
    return Track(SIDES, tick_hz=1e6, rate_hz=1000.0, keep_s=keep_s, cutoff_hz=50.0)


def _rows(first: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    index = np.arange(first, first + n)
    return index * 1000, np.stack([index * 1.0, index * -1.0], axis=1)


def test_rows_go_in_and_come_out_by_number():
    track = _track()
    track.append(*_rows(0, 30))
    track.append(*_rows(30, 5))

    assert track.n_total == 35
    assert track.newest_tick == 34_000
    assert track.ticks(28, 32).tolist() == [28_000, 29_000, 30_000, 31_000]
    assert track.newtons(33, 99).tolist() == [[33.0, -33.0], [34.0, -34.0]]


def test_lost_rows_become_a_hole_with_ticks_evenly_between():
    track = _track()
    track.append(*_rows(0, 10))
    track.append(*_rows(13, 2), n_lost=3)

    assert (track.n_total, track.n_lost) == (15, 3)
    assert track.ticks(9, 14).tolist() == [9_000, 10_000, 11_000, 12_000, 13_000]
    assert np.isnan(track.newtons(10, 13)).all()
    assert np.isnan(track.causal(10, 13)).all()
    assert np.isfinite(track.causal(13, 15)).all()


@pytest.mark.parametrize("n_lost", [999, 1000, 1001, 2**32 + 5])
def test_a_loss_longer_than_the_ring_is_counted_without_being_held(n_lost: int):
    track = _track()
    track.append(*_rows(0, 700))
    track.append(*_rows(700 + n_lost, 3), n_lost=n_lost)

    assert track.n_total == 703 + n_lost
    assert track.newtons(700 + n_lost, 703 + n_lost)[:, 0].tolist() == [700.0 + n_lost, 701.0 + n_lost, 702.0 + n_lost]
    assert np.isnan(track.newtons(track.first_kept, 700 + n_lost)[3:]).all()
    assert np.isfinite(track.causal(700 + n_lost, 703 + n_lost)).all()


@settings(deadline=None, max_examples=40)
@given(lengths=st.lists(st.integers(1, 1500), min_size=1, max_size=5), looks=st.integers(0, 2**12 - 1), lost=st.integers(0, 40))
def test_the_causal_force_does_not_depend_on_when_anybody_looked(pieces: Callable, lengths: list[int], looks: int, lost: int):
    ticks, newtons = _rows(0, 5000)
    newtons = newtons + np.random.default_rng(0).normal(0, 50, newtons.shape)
    whole = np.concatenate([newtons[:2500], np.full((lost, 2), np.nan), newtons[2500:]])
    expected = CausalFilter(50.0, rate_hz=1000.0, n_channels=2).apply(whole)
    track = _track()

    for k, piece in enumerate(pieces(2500, lengths)):
        track.append(ticks[piece], newtons[piece])
        if looks >> (k % 12) & 1:
            track.causal(track.n_total - 1, track.n_total)
    later = ticks[2500:] + lost * 1000
    for k, piece in enumerate(pieces(2500, lengths)):
        track.append(later[piece], newtons[2500:][piece], n_lost=lost if k == 0 else 0)

    assert track.n_total == len(expected)
    assert track.causal(track.first_kept, track.n_total).tobytes() == expected[track.first_kept :].tobytes()


def test_the_measured_rate_counts_rows_over_the_clock_of_the_device():
    track = _track()
    assert track.measured_rate_hz is None

    ticks, newtons = _rows(0, 800)
    track.append(np.rint(ticks * 1.004).astype(np.int64), newtons)

    assert track.measured_rate_hz == pytest.approx(1000 / 1.004, rel=1e-5)


def test_a_hole_does_not_change_the_measured_rate():
    track = _track()
    track.append(*_rows(0, 100))
    track.append(*_rows(400, 100), n_lost=300)

    assert track.measured_rate_hz == pytest.approx(1000.0)


def test_the_recent_mean_leaves_holes_out_and_is_nothing_where_nothing_came():
    track = _track()
    assert np.isnan(track.recent_mean_n(0.5)).all()

    track.append(np.arange(10) * 1000, np.full((10, 2), 40.0))
    track.append(np.array([13_000]), np.array([[62.0, 62.0]]), n_lost=3)

    assert track.recent_mean_n(0.014).tolist() == [42.0, 42.0]


def test_a_track_without_a_rate_is_refused():
    with pytest.raises(UsageError, match="above 0 Hz"):
        Track(SIDES, tick_hz=1e6, rate_hz=0.0, cutoff_hz=10.0)


def test_scipy_signal_is_not_loaded_before_the_causal_force_is_wanted():
    program = """
import sys, numpy as np
from daq.block import Limb
from daq.core.track import Track
import daq.core.detector, daq.core.join, daq.core.timebase
track = Track((Limb.LEFT,), tick_hz=1e3, rate_hz=1e3, cutoff_hz=50.0)
track.append(np.arange(2000), np.ones((2000, 1)))
track.append(np.arange(3000, 3010), np.ones((10, 1)), n_lost=1000)
track.recent_mean_n(0.5)
assert "scipy.signal" not in sys.modules
track.causal(0, 10)
assert "scipy.signal" in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
