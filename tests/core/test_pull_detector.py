from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.assessments.model import Assessment, Detection
from daq.core.detector import Mark, PullDetector, detector_for, find_efforts

Floats = np.ndarray
RATE_HZ = 1000.0


def _hold(newtons: float, last_s: float) -> Floats:
    return np.full(round(last_s * RATE_HZ), newtons)


def _ramp(start: float, stop: float, last_s: float) -> Floats:
    return np.linspace(start, stop, round(last_s * RATE_HZ), endpoint=False)


def _pull(base: float = 0.0, peak: float = 400.0) -> Floats:
    return np.concatenate([_ramp(base, peak, 0.4), _hold(peak, 2.0), _ramp(peak, base, 0.4)])


def _noisy(force_n: Floats, sd: float = 0.3) -> Floats:
    return force_n + np.random.default_rng(0).normal(0.0, sd, len(force_n))


def _marks(force_n: Floats, assessment: Assessment) -> list[Mark]:
    detector = detector_for(assessment, rate_hz=RATE_HZ)
    return [*detector.feed(np.arange(len(force_n)) / RATE_HZ, force_n), *detector.finish()]


def _kinds(marks: list[Mark]) -> list[str]:
    return [mark.kind.value for mark in marks]


def _efforts(marks: list[Mark]) -> list[Mark]:
    return [mark for mark in marks if mark.span is not None]


def test_a_ramp_begins_where_it_crosses_the_threshold_and_ends_at_half_its_peak(grip: Assessment):
    force_n = np.concatenate([_hold(0.0, 4.0), _pull(), _hold(0.0, 3.0)])

    marks = _marks(force_n, grip)

    (ended,) = _efforts(marks)
    assert ended.span is not None
    assert ended.span.began_s == pytest.approx(4.0 + 0.4 * 20 / 400, abs=0.0015)
    assert ended.span.ended_s == pytest.approx(4.0 + 2.4 + 0.2, abs=0.0015)
    assert ended.span.start_s == pytest.approx(ended.span.began_s - 3.0)
    assert ended.span.stop_s == pytest.approx(ended.span.ended_s + 1.5)
    assert ended.peak_n == 400.0
    assert _kinds(marks) == ["quiet", "moved", "began", "quiet", "ended"]


def test_noise_at_rest_raises_the_threshold_to_five_standard_deviations(grip: Assessment):
    rng = np.random.default_rng(3)
    detection = Detection(start_n=2.0)
    force_n = np.concatenate([rng.normal(0.0, 0.9, 5000), _ramp(0.0, 400.0, 4.0), _hold(400.0, 1.0)])

    marks = _marks(force_n, grip.model_copy(update={"detection": detection}))

    began = next(mark for mark in marks if mark.kind == "began")
    assert 5.0 + 0.025 < began.t_s < 5.0 + 0.09


def test_a_level_that_is_not_zero_is_the_level_from_which_the_effort_rises(grip: Assessment):
    force_n = _noisy(np.concatenate([_hold(60.0, 3.0), _pull(base=60.0, peak=460.0), _hold(60.0, 2.5)]))

    (ended,) = _efforts(_marks(force_n, grip))

    assert ended.span is not None
    assert ended.span.began_s == pytest.approx(3.0 + 0.4 * 20 / 400, abs=0.005)
    assert ended.span.ended_s == pytest.approx(3.0 + 2.4 + 0.2, abs=0.005)


def test_what_is_shorter_than_the_shortest_effort_began_but_was_none(grip: Assessment):
    marks = _marks(np.concatenate([_hold(0.0, 2.0), _hold(200.0, 0.2), _hold(0.0, 2.0)]), grip)

    assert _kinds(marks) == ["quiet", "moved", "began", "ended", "quiet"]
    assert _efforts(marks) == []


def test_a_knock_shorter_than_50_ms_is_not_even_a_beginning(grip: Assessment):
    assert "began" not in _kinds(_marks(np.concatenate([_hold(0.0, 2.0), _hold(900.0, 0.04), _hold(0.0, 2.0)]), grip))


def test_a_dip_shorter_than_100_ms_does_not_end_an_effort(grip: Assessment):
    pull = np.concatenate([_hold(400.0, 1.0), _hold(100.0, 0.09), _hold(400.0, 1.0)])

    (ended,) = _efforts(_marks(np.concatenate([_hold(0.0, 2.0), pull, _hold(0.0, 2.0)]), grip))

    assert ended.span is not None
    assert ended.span.ended_s - ended.span.began_s == pytest.approx(2.09, abs=0.002)


def test_the_longest_effort_is_ended_and_a_new_one_needs_a_release(grip: Assessment):
    detection = Detection(start_n=20.0, max_s=2.0)
    rng = np.random.default_rng(0)
    held = _hold(300.0, 6.0) + rng.normal(0.0, 8.0, 6000)

    marks = _marks(
        np.concatenate([_hold(0.0, 2.0), held, _hold(0.0, 1.0), _pull()]), grip.model_copy(update={"detection": detection})
    )

    first, second = _efforts(marks)
    assert first.span is not None
    assert second.span is not None
    assert first.span.ended_s - first.span.began_s == pytest.approx(2.0, abs=0.002)
    assert second.span.began_s > 9.0


def test_repetitions_are_efforts_that_never_overlap(grip: Assessment):
    force_n = np.concatenate([_hold(0.0, 1.5), *[np.concatenate([_pull(), _hold(0.0, 1.0)])] * 5])

    spans = [mark.span for mark in _efforts(_marks(force_n, grip)) if mark.span is not None]

    assert len(spans) == 5
    assert all(later.start_s >= earlier.stop_s for earlier, later in pairwise(spans))


def test_a_record_that_begins_in_an_effort_waits_for_the_next_one(grip: Assessment):
    force_n = np.concatenate([_hold(300.0, 0.8), _hold(0.0, 2.0), _pull(), _hold(0.0, 2.0)])

    (ended,) = _efforts(_marks(force_n, grip))

    assert ended.span is not None
    assert ended.span.began_s > 2.8


def test_a_signal_lost_in_an_effort_keeps_what_came(grip: Assessment):
    (ended,) = _efforts(_marks(np.concatenate([_hold(0.0, 2.0), _hold(300.0, 1.0)]), grip))

    assert ended.span is not None
    assert ended.span.ended_s == ended.span.stop_s == pytest.approx(2.999)


def test_stepping_onto_a_plate_is_no_pull_and_the_quiet_weight_is_the_level(plate_pull: Assessment):
    weight = np.concatenate([_hold(0.0, 1.0), _ramp(0.0, 700.0, 0.4), _hold(700.0, 2.5)])
    force_n = _noisy(np.concatenate([weight, _pull(base=700.0, peak=2200.0), _hold(700.0, 2.5), _hold(0.0, 1.0)]), sd=2.0)

    marks = _marks(force_n, plate_pull)

    assert [k for k in _kinds(marks) if k not in ("quiet", "moved")] == ["loaded", "began", "ended", "unloaded"]
    (ended,) = _efforts(marks)
    assert ended.span is not None
    assert ended.span.began_s == pytest.approx(3.9 + 0.4 * 50 / 1500, abs=0.004)
    assert ended.span.ended_s == pytest.approx(3.9 + 2.4 + 0.2, abs=0.004)


@pytest.mark.parametrize("last_s", [0.005, 0.15, 1.2])
def test_a_hole_makes_no_effort_and_ends_none(grip: Assessment, last_s: float):
    force_n = np.concatenate([_hold(0.0, 3.0), _pull(), _hold(0.0, 3.0)])
    for first_s in (1.0, 4.0):
        force_n[round(first_s * RATE_HZ) : round((first_s + last_s) * RATE_HZ)] = np.nan

    spans = find_efforts(np.arange(len(force_n)) / RATE_HZ, force_n, grip)

    assert len(spans) == 1
    assert spans[0].ended_s == pytest.approx(3.0 + 2.4 + 0.2, abs=0.002)


@settings(deadline=None, max_examples=50)
@given(lengths=st.lists(st.integers(1, 700), min_size=1, max_size=6), seed=st.integers(0, 10_000), on_plate=st.booleans())
def test_the_marks_do_not_depend_on_the_blocks(
    pieces: Callable,
    lengths: list[int],
    seed: int,
    on_plate: bool,  # noqa: FBT001 - hypothesis passes by name
):
    rng = np.random.default_rng(seed)
    base = 700.0 if on_plate else 0.0
    parts = [_hold(0.0, 0.7), _hold(base, 1.8)]
    for _ in range(4):
        peak = float(rng.uniform(100, 900)) + base
        parts += [_ramp(base, peak, 0.3), _hold(peak, float(rng.uniform(0.05, 3))), _hold(base, float(rng.uniform(0.05, 2.5)))]
    force_n = np.concatenate([*parts, _hold(0.0, 0.5), _hold(base, 1.5)])
    force_n = force_n + rng.normal(0.0, rng.choice([0.0, 0.5, 4.0]), len(force_n))
    for first in rng.integers(0, len(force_n), 5):
        force_n[first : first + rng.integers(1, 200)] = np.nan
    t_s = np.arange(len(force_n)) / RATE_HZ
    detection = Detection(start_n=20.0, max_s=2.0)
    whole = PullDetector(detection, rate_hz=RATE_HZ, is_on_plate=on_plate)
    cut = PullDetector(detection, rate_hz=RATE_HZ, is_on_plate=on_plate)

    expected = [*whole.feed(t_s, force_n), *whole.finish()]
    found = [mark for piece in pieces(len(force_n), lengths) for mark in cut.feed(t_s[piece], force_n[piece])]

    assert [*found, *cut.finish()] == expected
