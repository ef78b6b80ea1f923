"""Repetitions and contractions: one series, one effort; each one counted; the same answers however the rows are cut."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.assessments.model import Kind
from daq.core.detector import MarkKind

Floats = np.ndarray
RATE_HZ = 200.0


def _hold(newtons: float, last_s: float) -> Floats:
    return np.full(round(last_s * RATE_HZ), newtons)


def _pull(top: float, last_s: float, base: float = 0.0) -> Floats:
    n = round(0.15 * RATE_HZ)
    up = np.linspace(base, top, n, endpoint=False)
    return np.concatenate([up, _hold(top, last_s - 0.3), up[::-1]])


def _series(tops: list[float], work_s: float, rest_s: float, base: float = 0.0) -> Floats:
    each = [np.concatenate([_pull(top, work_s, base), _hold(base, rest_s)]) for top in tops]
    return np.concatenate([_hold(base, 3.0), *each, _hold(base, 15.0)])


def _counts(marks: list) -> list[int]:
    return [mark.n_done for mark in marks if mark.kind is MarkKind.COUNTED]


def _spans(marks: list) -> list:
    return [mark.span for mark in marks if mark.span is not None]


def _noisy(force_n: Floats) -> Floats:
    return force_n + np.random.default_rng(3).normal(0.0, 0.2, len(force_n))


def test_24_contractions_that_tire_are_one_effort_of_24(kind_of: Callable, marks_of: Callable):
    tops = [180 + 220 * 0.85**k for k in range(24)]
    test = kind_of(Kind.CONTRACTIONS, instrument="cell", end_s=8.0, max_s=330.0, lead_s=2.0, tail_s=1.0)

    marks = marks_of(_noisy(_series(tops, 7.0, 3.0)), test, rate_hz=RATE_HZ)

    assert _counts(marks) == list(range(1, 25))
    (span,) = _spans(marks)
    assert span.start_s == pytest.approx(1.0, abs=0.05)
    assert span.began_s == pytest.approx(3.0, abs=0.05)
    assert span.ended_s == pytest.approx(3.0 + 24 * 10 - 3.0, abs=0.1)
    assert span.stop_s == pytest.approx(span.ended_s + 1.0, abs=0.01)


def test_a_pause_longer_than_end_s_parts_two_series(kind_of: Callable, marks_of: Callable):
    force_n = np.concatenate([_series([300] * 3, 2.0, 2.0), _series([300] * 2, 2.0, 2.0)])

    marks = marks_of(_noisy(force_n), kind_of(Kind.REPETITIONS, instrument="cell", end_s=6.0), rate_hz=RATE_HZ)

    assert _counts(marks) == [1, 2, 3, 1, 2]
    assert len(_spans(marks)) == 2


def test_with_all_repetitions_done_a_short_pause_is_the_end(kind_of: Callable, marks_of: Callable):
    test = kind_of(Kind.REPETITIONS, instrument="cell", end_s=20.0, count=3, max_s=180.0)

    marks = marks_of(_noisy(_series([300] * 3, 2.0, 4.0)), test, rate_hz=RATE_HZ)

    (ended,) = [m for m in marks if m.kind is MarkKind.ENDED]
    assert ended.span.ended_s == pytest.approx(3.0 + 14.0, abs=0.1)
    assert marks.index(ended) == len(marks) - 2  # quiet comes after it, so it was not the end of the record


def test_twitches_are_not_counted_and_a_series_of_them_is_none(kind_of: Callable, marks_of: Callable):
    twitch = np.concatenate([_hold(0.0, 3.0), _hold(100.0, 0.15), _hold(0.0, 10.0)])

    marks = marks_of(_noisy(twitch), kind_of(Kind.REPETITIONS, instrument="cell", min_s=0.3), rate_hz=RATE_HZ)

    assert _counts(marks) == []
    assert _spans(marks) == []
    assert [m.kind for m in marks].count(MarkKind.BEGAN) == [m.kind for m in marks].count(MarkKind.ENDED)


def test_a_dip_under_a_fifth_of_a_second_does_not_split_a_repetition(kind_of: Callable, marks_of: Callable):
    force_n = _series([300], 4.0, 1.0)
    middle = round(5.0 * RATE_HZ)
    force_n[middle : middle + round(0.15 * RATE_HZ)] = 0.0

    assert _counts(marks_of(_noisy(force_n), kind_of(Kind.REPETITIONS, instrument="cell"), rate_hz=RATE_HZ)) == [1]


def test_what_is_left_of_the_strongest_pull_counts_as_let_go_below_a_tenth(kind_of: Callable, marks_of: Callable):
    """Residual tension of 8 % between the contractions is a pause; of 30 % it is none."""
    for residual, expected in ((0.08, 3), (0.30, 1)):
        each = [np.concatenate([_pull(600, 3.0, residual * 600), _hold(residual * 600, 2.0)])] * 3
        force_n = np.concatenate([_hold(0.0, 3.0), *each, _hold(0.0, 12.0)])

        marks = marks_of(_noisy(force_n), kind_of(Kind.REPETITIONS, instrument="cell", end_s=5.0), rate_hz=RATE_HZ)

        assert len(_counts(marks)) == expected


def test_repetitions_on_a_plate_begin_above_the_weight_of_who_stands_there(kind_of: Callable, marks_of: Callable):
    on = np.concatenate([_hold(0.0, 1.0), _hold(700.0, 2.0)])
    force_n = np.concatenate([on, _series([1400.0] * 2, 2.0, 2.0, base=700.0), _hold(0.0, 2.0)])

    marks = marks_of(_noisy(force_n), kind_of(Kind.REPETITIONS, end_s=4.0), rate_hz=RATE_HZ)

    assert [m.kind.value for m in marks][:2] == ["loaded", "quiet"]
    assert _counts(marks) == [1, 2]
    assert len(_spans(marks)) == 1
    assert marks[-1].kind is MarkKind.UNLOADED


def test_a_series_that_the_record_cuts_is_kept_up_to_there(kind_of: Callable, marks_of: Callable):
    force_n = _series([300] * 3, 3.0, 2.0)[: round(10.0 * RATE_HZ)]

    (span,) = _spans(marks_of(force_n, kind_of(Kind.REPETITIONS, instrument="cell", end_s=5.0), rate_hz=RATE_HZ))

    assert span.stop_s == pytest.approx(10.0, abs=0.01)


def test_a_series_without_end_is_cut_at_its_longest(kind_of: Callable, marks_of: Callable):
    test = kind_of(Kind.REPETITIONS, instrument="cell", max_s=10.0)

    span = _spans(marks_of(_noisy(_series([300] * 8, 2.0, 1.0)), test, rate_hz=RATE_HZ))[0]

    assert span.ended_s - span.began_s == pytest.approx(10.0, abs=1.2)


@settings(deadline=None, max_examples=25)
@given(
    lengths=st.lists(st.integers(1, 400), min_size=1, max_size=6),
    drawn=st.tuples(st.integers(0, 10_000), st.sampled_from(["plate", "cell"])),
)
def test_the_marks_do_not_depend_on_the_blocks(
    kind_of: Callable, marks_of: Callable, pieces: Callable, lengths: list[int], drawn: tuple[int, str]
):
    seed, instrument = drawn
    rng = np.random.default_rng(seed)
    base = 700.0 if instrument == "plate" else 0.0
    on = np.concatenate([_hold(0.0, 1.0), _hold(base, 1.5)])
    force_n = np.concatenate([on, _series([base + 400, base + 300, base + 350], 1.5, 1.0, base=base), _hold(0.0, 1.0)])
    force_n = force_n + rng.normal(0.0, rng.choice([0.0, 0.3, 3.0]), len(force_n))
    for first in rng.integers(0, len(force_n), 5):
        force_n[first : first + rng.integers(1, 100)] = np.nan
    test = kind_of(Kind.CONTRACTIONS, instrument=instrument, end_s=3.0, start_n=30.0)

    whole = marks_of(force_n, test, rate_hz=RATE_HZ)

    assert marks_of(force_n, test, rate_hz=RATE_HZ, blocks=pieces(len(force_n), lengths)) == whole


@pytest.mark.parametrize("force_n", [np.full(900, np.nan), np.zeros(900), np.full(900, -50.0), np.array([5.0])])
def test_nothing_says_nothing(kind_of: Callable, marks_of: Callable, force_n: Floats):
    marks = marks_of(force_n, kind_of(Kind.CONTRACTIONS, instrument="cell"), rate_hz=RATE_HZ)

    assert MarkKind.BEGAN not in [m.kind for m in marks]
