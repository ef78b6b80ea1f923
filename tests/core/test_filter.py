from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.core.filter import CausalFilter
from daq.errors import UsageError

RATE_HZ = 1000.0


def _filter(n_channels: int = 1, cutoff_hz: float = 20.0) -> CausalFilter:
    return CausalFilter(cutoff_hz, rate_hz=RATE_HZ, n_channels=n_channels)


@settings(deadline=None, max_examples=60)
@given(lengths=st.lists(st.integers(1, 300), min_size=1, max_size=6), seed=st.integers(0, 2**32 - 1), hole=st.booleans())
def test_the_output_is_bit_identical_however_the_samples_are_cut(pieces: Callable, lengths: list[int], seed: int, hole: bool):  # noqa: FBT001
    rng = np.random.default_rng(seed)
    rows = rng.normal(700.0, 200.0, (1200, 3))
    if hole:
        rows[rng.integers(0, 1200, 4), rng.integers(0, 3, 4)] = np.nan
        rows[500:540] = np.nan
    whole = _filter(3).apply(rows)

    cut = _filter(3)
    parts = np.concatenate([cut.apply(rows[piece]) for piece in pieces(len(rows), lengths)])

    assert parts.tobytes() == whole.tobytes()


def test_the_gain_at_the_cutoff_is_minus_three_decibels():
    t_s = np.arange(4000) / RATE_HZ
    out = _filter().apply(np.sin(2 * math.pi * 20.0 * t_s)[:, np.newaxis])[2000:, 0]

    assert np.abs(out).max() == pytest.approx(math.sqrt(0.5), rel=1e-3)


def test_the_first_value_is_taken_as_if_it_had_always_been_there():
    out = _filter().apply(np.full((50, 1), 713.25))

    assert np.allclose(out, 713.25, rtol=1e-12)


def test_a_hole_stays_a_hole_and_the_channel_starts_afresh_behind_it():
    rows = np.concatenate([np.full((100, 1), 700.0), np.full((10, 1), np.nan), np.full((100, 1), 300.0)])

    out = _filter().apply(rows)[:, 0]

    assert np.isnan(out[100:110]).all()
    assert np.allclose(out[:100], 700.0)
    assert np.allclose(out[110:], 300.0)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_one_bad_value_never_poisons_and_other_channels_do_not_notice(bad: float):
    rows = np.random.default_rng(1).normal(500.0, 50.0, (400, 2))
    clean = _filter(2).apply(rows)
    rows[200, 0] = bad

    out = _filter(2).apply(rows)

    assert np.isnan(out[200, 0])
    assert np.isfinite(np.delete(out[:, 0], 200)).all()
    assert out[:, 1].tobytes() == clean[:, 1].tobytes()


def test_a_slow_device_gets_the_highest_cutoff_that_its_rate_allows():
    assert CausalFilter(50.0, rate_hz=10.0, n_channels=1).cutoff_hz == pytest.approx(4.5)


def test_a_cutoff_of_nothing_is_refused():
    with pytest.raises(UsageError, match="above 0 Hz"):
        CausalFilter(0.0, rate_hz=1000.0, n_channels=1)


def test_no_rows_give_no_rows():
    assert _filter(3).apply(np.empty((0, 3))).shape == (0, 3)
