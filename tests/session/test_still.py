"""Is everything empty and still? Only then is it zero; and the stability light fills only while nobody moves."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from daq.block import Limb
from daq.core.track import Track
from daq.session.still import NotEmptyError, empty_levels_n, quiet_share


def _plate(force_n, *, first_zeroed_row=0):
    track = Track((Limb.LEFT,), tick_hz=1e6, rate_hz=1000.0, cutoff_hz=50.0)
    force_n = np.asarray(force_n, float)
    track.append(np.arange(len(force_n)) * 1000, force_n[:, None])
    return SimpleNamespace(track=track, mount=SimpleNamespace(name="left"), first_zeroed_row=first_zeroed_row)


def test_the_zero_is_the_mean_of_the_last_second():
    (level_n,) = empty_levels_n([_plate(np.concatenate([np.full(500, 30.0), np.full(1000, 7.0)]))], "plate")

    assert level_n == pytest.approx([7.0])


@pytest.mark.parametrize(
    ("force_n", "words"),
    [
        (np.full(1200, 700.0), "not empty"),
        (20 * np.sin(np.arange(1200) / 30), "not still"),
        (np.zeros(300), "one second"),
        (np.where(np.arange(1200) == 900, np.nan, 0.0), "one second"),
    ],
)
def test_what_is_loaded_moving_short_or_broken_is_no_zero(force_n, words):
    with pytest.raises(NotEmptyError, match=words):
        empty_levels_n([_plate(force_n)], "plate")


def test_rows_from_before_the_last_zero_are_not_used_again():
    with pytest.raises(NotEmptyError):
        empty_levels_n([_plate(np.full(1500, 5.0), first_zeroed_row=700)], "plate")


def test_the_light_is_full_after_a_still_second_and_empties_with_a_move():
    still, moved = np.full(1000, 700.0), np.concatenate([np.full(800, 700.0), np.full(200, 760.0)])

    assert quiet_share([_plate(still)]) == 1.0
    assert quiet_share([_plate(moved)]) == pytest.approx(0.2)
