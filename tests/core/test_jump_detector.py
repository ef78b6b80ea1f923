from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.assessments.model import Assessment
from daq.core.detector import JumpDetector, Mark, MarkKind, Span, detector_for, find_efforts

Floats = np.ndarray
RATE_HZ = 1000.0
W = 700.0


def _hold(newtons: float, last_s: float) -> Floats:
    return np.full(round(last_s * RATE_HZ), newtons)


def _arch(level: float, top: float, last_s: float) -> Floats:
    """From ``level`` to ``top`` and back in a half sine."""
    n = round(last_s * RATE_HZ)
    return level + (top - level) * np.sin(np.pi * np.arange(n) / n)


def _push(last_s: float = 0.4) -> Floats:
    """From the body weight over a dip and a push to nothing."""
    fall = np.linspace(2.2 * W, 0.0, round(0.05 * RATE_HZ))
    return np.concatenate([_arch(W, 0.5 * W, 0.3), np.linspace(W, 2.2 * W, round(last_s * RATE_HZ)), fall])


def _jump(flight_s: float = 0.45) -> Floats:
    return np.concatenate([_push(), _hold(0.0, flight_s), _arch(W, 3.0 * W, 0.25)])


def _marks(force_n: Floats, assessment: Assessment, rate_hz: float = RATE_HZ, t_s: Floats | None = None) -> list[Mark]:
    detector = detector_for(assessment, rate_hz=rate_hz)
    return [*detector.feed(np.arange(len(force_n)) / rate_hz if t_s is None else t_s, force_n), *detector.finish()]


def _spans(force_n: Floats, assessment: Assessment) -> list[Span]:
    return find_efforts(np.arange(len(force_n)) / RATE_HZ, force_n, assessment)


def _kinds(marks: list[Mark]) -> list[str]:
    return [mark.kind.value for mark in marks]


def _columns(path: Path, *, delimiter: str | None = None, skiprows: int = 0) -> Floats:
    return np.loadtxt(path, delimiter=delimiter, skiprows=skiprows, ndmin=2)


# --- public recordings ---------------------------------------------------------------------------------------------------

# Take-off and landing in samples as the folders of the recordings publish them (20 N rule). The detector's edge stands at
# 5 % of the load, so it may be a few samples earlier and later.
PUBLISHED: list[tuple[str, str | None, float, int, int]] = [
    ("gidiel_cmj_sj_dj/Dual-CMJ-Fz.txt", None, 1000.0, 2355, 2866),
    ("gidiel_cmj_sj_dj/Dual-SJ-Fz.txt", None, 1000.0, 2164, 2635),
    ("gidiel_cmj_sj_dj/Dual-DJ-Fz.txt", None, 1000.0, 2146, 2633),
    ("jumpmetrics_cmj_sj/cmj_F02_CTRL1.csv", ",", 2000.0, 17621, 18679),
    ("jumpmetrics_cmj_sj/sj_P31_SQT9.csv", ",", 1000.0, 8148, 8601),
    ("jumpmetrics_cmj_sj/sj_P30_SQT3.csv", ",", 1000.0, 8830, 9272),
]


@pytest.mark.parametrize("published", PUBLISHED, ids=[row[0] for row in PUBLISHED])
def test_a_published_jump_is_found_once_where_it_was(
    public_data: Path, jump: Assessment, published: tuple[str, str | None, float, int, int]
):
    name, delimiter, rate_hz, take_off, landing = published
    force_n = _columns(public_data / name, delimiter=delimiter, skiprows=1).sum(axis=1)

    spans = find_efforts(np.arange(len(force_n)) / rate_hz, force_n, jump)

    assert len(spans) == 1
    assert spans[0].began_s == pytest.approx(take_off / rate_hz, abs=0.010)
    assert spans[0].ended_s == pytest.approx(landing / rate_hz, abs=0.005)
    assert spans[0].stop_s <= spans[0].ended_s + jump.detection.tail_s + 1e-9
    assert spans[0].start_s < spans[0].began_s - 0.2


def test_noise_of_24_newtons_in_flight_and_a_fifth_of_a_second_of_standing_give_one_flight(public_data: Path, jump: Assessment):
    force_n = _columns(public_data / "bmclab/GRFZjump.txt")[:, 0]

    spans = find_efforts(np.arange(len(force_n)) / 600.0, force_n, jump)

    assert len(spans) == 1
    assert spans[0].began_s == pytest.approx(543 / 600, abs=4.5 / 600)
    assert spans[0].ended_s == pytest.approx(798 / 600, abs=4.5 / 600)


def test_three_squat_jumps_in_one_file_are_three_efforts(public_data: Path, jump: Assessment):
    with (public_data / "acl_squat_jump_dual/BFR010_squat_jump.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    columns = [k for k, name in enumerate(rows[6]) if name.strip().endswith("_vy")]
    force_n = np.array([[float(row[k]) for k in columns] for row in rows[7:] if len(row) > max(columns)]).sum(axis=1)

    spans = _spans(force_n, jump)

    assert len(spans) == 3
    assert spans[0].began_s == pytest.approx(1.925, abs=0.010)
    assert spans[0].ended_s == pytest.approx(2.236, abs=0.005)
    assert all(later.start_s >= earlier.ended_s for earlier, later in pairwise(spans))


# --- plain signals -------------------------------------------------------------------------------------------------------


def test_a_jump_says_loaded_quiet_moved_began_ended_in_this_order(jump: Assessment):
    force_n = np.concatenate([_hold(0.0, 0.5), _hold(W, 2.0), _jump(), _hold(W, 3.0)])

    marks = _marks(force_n, jump)

    assert _kinds(marks) == ["loaded", "quiet", "moved", "began", "quiet", "ended"]
    began, ended = marks[3], marks[5]
    take_off_s = 0.5 + 2.0 + 0.3 + 0.4 + 0.05
    assert marks[0].t_s == pytest.approx(0.5)
    assert marks[1].t_s == pytest.approx(1.5, abs=0.101)
    assert began.t_s == pytest.approx(take_off_s, abs=0.003)
    assert began.peak_n == pytest.approx(2.2 * W)
    assert ended.span is not None
    assert ended.span.start_s == pytest.approx(0.0, abs=1e-9)
    assert ended.span.began_s == began.t_s
    assert ended.span.ended_s == pytest.approx(take_off_s + 0.45, abs=0.003)
    assert ended.span.stop_s == pytest.approx(ended.span.ended_s + 1.5)
    assert ended.t_s == ended.span.stop_s


def test_began_is_said_while_the_person_is_still_in_the_air(jump: Assessment):
    force_n = np.concatenate([_hold(W, 1.0), _push(), _hold(0.0, 0.101)])

    assert MarkKind.BEGAN in [
        m.kind for m in detector_for(jump, rate_hz=RATE_HZ).feed(np.arange(len(force_n)) / RATE_HZ, force_n)
    ]


def test_each_jump_of_a_row_is_one_effort_and_starts_behind_the_landing_before(jump: Assessment):
    force_n = np.concatenate([_hold(W, 1.0), *[np.concatenate([_jump(), _hold(W, 2.0)])] * 4])

    spans = _spans(force_n, jump)

    assert len(spans) == 4
    for earlier, later in pairwise(spans):
        assert later.start_s == earlier.ended_s
        assert later.began_s - later.start_s > 2.0


def test_hops_share_the_contact_between_them(jump: Assessment):
    hop = np.concatenate([_hold(0.0, 0.35), _arch(0.0, 4 * W, 0.2)])
    force_n = np.concatenate([_hold(W, 1.0), _push(), *[hop] * 6, _hold(W, 2.0)])

    spans = _spans(force_n, jump)

    assert len(spans) == 6
    assert all(s.ended_s - s.began_s == pytest.approx(0.355, abs=0.01) for s in spans)
    assert all(b.start_s == a.ended_s for a, b in pairwise(spans))


def _step_off_and_on() -> Floats:
    off = np.linspace(1.08 * W, 0.0, 150)
    return np.concatenate(
        [_hold(W, 2.0), _arch(W, 1.08 * W, 0.3), off, _hold(0.0, 0.6), np.linspace(0.0, W, 150), _hold(W, 2.0)]
    )


def _walk_over() -> Floats:
    first, second = _arch(0.0, 1.15 * W, 0.7), _arch(0.0, 1.15 * W, 0.7)
    steps = np.zeros(1250)
    steps[:700] += first
    steps[550:] += second
    return np.concatenate([_hold(0.0, 2.0), steps, _hold(0.0, 3.0)])


def _bounce() -> Floats:
    return np.concatenate([_hold(W, 1.0), *[_arch(W, 0.1 * W, 0.3), _arch(W, 1.9 * W, 0.3)] * 5, _hold(W, 1.0)])


def _short_flights() -> Floats:
    return np.concatenate([_hold(W, 1.0), *[_push(), _hold(0.0, 0.07), _hold(W, 0.5)] * 2])


def _jump_off() -> Floats:
    return np.concatenate([_hold(W, 2.0), _push(), _hold(0.0, 4.0), np.linspace(0.0, W, 200), _hold(W, 2.0)])


def _tap() -> Floats:
    return np.concatenate([_hold(0.0, 1.0), *[_hold(300.0, 0.06), _hold(0.0, 0.3)] * 5])


@pytest.mark.parametrize("signal", [_step_off_and_on, _walk_over, _bounce, _short_flights, _jump_off, _tap])
def test_what_is_no_jump_is_none(jump: Assessment, signal: Callable[[], Floats]):
    noise = np.random.default_rng(2).normal(0.0, 1.5, len(signal()))

    marks = _marks(signal() + noise, jump)

    assert [m for m in marks if m.span is not None] == []
    assert _kinds(marks).count("began") == _kinds(marks).count("ended")


def test_who_leaves_the_plate_is_unloaded_and_who_stays_away_did_not_jump(jump: Assessment):
    marks = _marks(_jump_off(), jump)

    kinds = _kinds(marks)
    assert kinds[:2] == ["loaded", "quiet"]
    assert kinds[kinds.index("began") :][:3] == ["began", "ended", "unloaded"]
    assert marks[kinds.index("unloaded")].t_s == pytest.approx(2.75 + 1.2, abs=0.01)


@pytest.mark.parametrize("first_s", [0.5, 2.0, 2.6, 3.0, 3.3, 4.5])
@pytest.mark.parametrize("last_s", [0.005, 0.09, 0.4])
def test_a_hole_never_makes_a_jump_and_one_beside_it_never_hides_it(jump: Assessment, first_s: float, last_s: float):
    quiet = _hold(W, 5.0)
    jumped = np.concatenate([_hold(W, 2.0), _jump(), _hold(W, 3.0)])
    hole = slice(round(first_s * RATE_HZ), round((first_s + last_s) * RATE_HZ))
    quiet[hole] = np.nan
    jumped[hole] = np.nan

    spans = _spans(jumped, jump)

    assert _spans(quiet, jump) == []
    assert not {"unloaded", "began"} & set(_kinds(_marks(quiet, jump)))
    in_the_air_s = np.count_nonzero(jumped < 20.0) / RATE_HZ
    assert len(spans) == (1 if in_the_air_s > 0.1 else 0)


def test_a_record_of_holes_says_nothing(jump: Assessment):
    assert _marks(np.full(3000, np.nan), jump) == []


def test_a_signal_lost_in_the_air_keeps_the_effort(jump: Assessment):
    marks = _marks(np.concatenate([_hold(W, 2.0), _push(), _hold(0.0, 0.3)]), jump)

    assert _kinds(marks)[-2:] == ["began", "ended"]
    assert marks[-1].span is not None
    assert marks[-1].span.stop_s == pytest.approx(2.0 + 0.75 + 0.3 - 0.001)


def test_after_the_end_the_detector_starts_afresh(jump: Assessment):
    detector = JumpDetector(jump.detection, rate_hz=RATE_HZ)
    force_n = np.concatenate([_hold(W, 1.0), _jump(), _hold(W, 2.0)])
    t_s = np.arange(len(force_n)) / RATE_HZ
    first = [*detector.feed(t_s, force_n), *detector.finish()]

    again = [*detector.feed(t_s + 100.0, force_n), *detector.finish()]

    assert [m.kind for m in again if m.span] == [m.kind for m in first if m.span]
    assert [m.t_s for m in again if m.span] == pytest.approx([m.t_s + 100.0 for m in first if m.span])


@pytest.mark.parametrize("rate_hz", [80.0, 200.0, 500.0, 2000.0])
def test_other_rates_find_the_same_jump(jump: Assessment, rate_hz: float):
    fine = np.concatenate([_hold(W, 2.0), _jump(), _hold(W, 3.0)])
    t_s = np.arange(0.0, len(fine) / RATE_HZ - 0.01, 1 / rate_hz)
    force_n = np.interp(t_s, np.arange(len(fine)) / RATE_HZ, fine)

    spans = find_efforts(t_s, force_n, jump)

    assert len(spans) == 1
    assert spans[0].began_s == pytest.approx(2.75, abs=0.005 + 1 / rate_hz)
    assert spans[0].ended_s == pytest.approx(3.2, abs=0.005 + 1 / rate_hz)


@settings(deadline=None, max_examples=50)
@given(lengths=st.lists(st.integers(1, 700), min_size=1, max_size=6), seed=st.integers(0, 10_000))
def test_the_marks_do_not_depend_on_the_blocks(jump: Assessment, pieces: Callable, lengths: list[int], seed: int):
    rng = np.random.default_rng(seed)
    hop = np.concatenate([_hold(0.0, 0.35), _arch(0.0, 4 * W, 0.2)])
    force_n = np.concatenate(
        [_step_off_and_on(), _jump(), _hold(W, 1.7), _push(), hop, hop, _hold(W, 2.0), _jump_off(), _walk_over()]
    )
    force_n = force_n + rng.normal(0.0, rng.choice([0.0, 3.0, 12.0]), len(force_n))
    for first in rng.integers(0, len(force_n), 6):
        force_n[first : first + rng.integers(1, 300)] = np.nan
    t_s = np.arange(len(force_n)) / RATE_HZ
    whole = _marks(force_n, jump)

    detector = detector_for(jump, rate_hz=RATE_HZ)
    parts = [mark for piece in pieces(len(force_n), lengths) for mark in detector.feed(t_s[piece], force_n[piece])]

    assert [*parts, *detector.finish()] == whole


def test_too_little_for_a_rate_has_no_efforts(jump: Assessment):
    assert find_efforts(np.empty(0), np.empty(0), jump) == []
    assert find_efforts(np.zeros(5), np.full(5, W), jump) == []


def test_the_tail_of_a_jump_is_over_when_the_person_has_stood_still(jump: Assessment):
    longer = jump.model_copy(update={"detection": jump.detection.model_copy(update={"tail_s": 6.0, "still_s": 1.0})})
    force_n = np.concatenate([_hold(W, 2.0), _jump(), _hold(W, 6.0)])

    (still,) = _spans(force_n, longer)
    (restless,) = _spans(np.concatenate([_hold(W, 2.0), _jump(), *[_arch(W, 1.2 * W, 0.8)] * 9]), longer)

    assert still.stop_s == pytest.approx(still.ended_s + 0.25 + 1.0, abs=0.11)
    assert restless.stop_s == pytest.approx(restless.ended_s + 6.0, abs=0.01)
