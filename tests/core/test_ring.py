from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daq.core.ring import Ring
from daq.errors import UsageError


@given(st.integers(1, 40), st.lists(st.integers(0, 100), max_size=12), st.integers(0, 60))
def test_the_newest_rows_come_back_whatever_the_blocks(capacity: int, lengths: list[int], k: int):
    ring: Ring[np.int64] = Ring(capacity, 2, np.int64)
    every = np.arange(2 * sum(lengths)).reshape(-1, 2)

    first = 0
    for length in lengths:
        ring.append(every[first : first + length])
        first += length

    held = min(k, capacity, len(every))
    assert ring.n_total == len(every)
    assert ring.first_kept == max(0, len(every) - capacity)
    assert np.array_equal(ring.last(k), every[len(every) - held :])


@given(st.integers(1, 20), st.integers(0, 90), st.integers(0, 100), st.integers(0, 100))
def test_rows_are_found_by_their_number_since_the_beginning(capacity: int, n: int, first: int, stop: int):
    ring: Ring[np.float64] = Ring(capacity, 1)
    ring.append(np.arange(n, dtype=np.float64)[:, np.newaxis])

    wanted = [float(row) for row in range(n) if first <= row < stop and row >= n - capacity]

    assert ring.between(first, stop)[:, 0].tolist() == wanted


def test_a_view_is_contiguous_shares_memory_and_cannot_be_written():
    ring: Ring[np.float64] = Ring(10, 3)
    for _ in range(7):
        ring.append(np.ones((4, 3)))

    view = ring.last(10)

    assert view.flags.c_contiguous
    assert np.shares_memory(view, ring._rows)
    with pytest.raises(ValueError, match="read-only"):
        view[0, 0] = 0.0


def test_rows_passed_over_are_counted_and_what_follows_fills_the_ring():
    ring: Ring[np.float64] = Ring(5, 1)
    ring.append(np.zeros((3, 1)))

    ring.append(np.full((5, 1), np.nan), n_unstored=10**12)
    ring.append(np.ones((1, 1)))

    assert ring.n_total == 10**12 + 9
    assert ring.last(2)[1, 0] == 1.0
    assert np.isnan(ring.last(5)[:4]).all()


def test_passing_over_rows_without_filling_the_ring_is_refused():
    with pytest.raises(UsageError, match="passed over"):
        Ring(5, 1).append(np.zeros((4, 1)), n_unstored=1)


def test_a_ring_without_rows_is_refused():
    with pytest.raises(UsageError, match="at least one row"):
        Ring(0, 1)
