"""Drop jumps, landings, hops and stances are found where they are, and only there, however the rows are cut."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.assessments.model import Kind, Sides
from daq.core.detector import MarkKind, StanceDetector, find_efforts

Floats = np.ndarray
RATE_HZ = 1000.0
W = 700.0
G = 9.80665
M = W / G


def _hold(newtons: float, last_s: float) -> Floats:
    return np.full(round(last_s * RATE_HZ), newtons)


def _ramp(start: float, stop: float, last_s: float) -> Floats:
    return np.linspace(start, stop, round(last_s * RATE_HZ), endpoint=False)


def _contact(last_s: float, v_in: float, v_out: float) -> Floats:
    """Half a sine that turns one speed into another."""
    n = round(last_s * RATE_HZ)
    return np.pi * M * (v_in + v_out + G * last_s) / (2 * last_s) * np.sin(np.pi * (np.arange(n) + 0.5) / n)


def _landing(v_in: float, last_s: float = 0.3) -> Floats:
    """From a speed to rest at the body weight, and the rise to standing."""
    u = np.pi * np.arange(round(last_s * RATE_HZ)) / (last_s * RATE_HZ)
    b = (v_in + G * last_s / 2) * np.pi / (2 * last_s)
    n = round(0.8 * RATE_HZ)
    rise = W + 0.3 * W * np.sin(2 * np.pi * np.arange(n) / n)
    return np.concatenate([W / 2 * (1 - np.cos(u)) + M * b * np.sin(u), rise])


def _push() -> Floats:
    """From the body weight over a dip and a push to nothing."""
    dip = W - 0.5 * W * np.sin(np.pi * np.arange(300) / 300)
    return np.concatenate([dip, _ramp(W, 2.2 * W, 0.4), _ramp(2.2 * W, 0.0, 0.05)])


def _flight_s(v: float) -> float:
    return 2 * v / G


def _drop_jump(v_in: float = 2.4, v_out: float = 2.2, contact_s: float = 0.22) -> Floats:
    return np.concatenate([_contact(contact_s, v_in, v_out), _hold(0.0, _flight_s(v_out)), _landing(v_out)])


def _hops(count: int, v: float = 2.2, contact_s: float = 0.2) -> Floats:
    hop = np.concatenate([_contact(contact_s, v, v), _hold(0.0, _flight_s(v))])
    return np.concatenate([_push(), _hold(0.0, _flight_s(v)), *[hop] * count, _landing(v)])


def _noisy(force_n: Floats, sd: float = 1.0) -> Floats:
    return force_n + np.random.default_rng(1).normal(0.0, sd, len(force_n))


def _kinds(marks: list) -> list[str]:
    return [mark.kind.value for mark in marks]


def _spans(marks: list) -> list:
    return [mark.span for mark in marks if mark.span is not None]


# --- public recordings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Dual-DJ-Fz.txt", "Single-DJ-Fz.txt"])
def test_the_published_drop_jump_is_found_from_contact_to_second_landing(public_data: Path, kind_of: Callable, name: str):
    force_n = np.loadtxt(public_data / "gidiel_cmj_sj_dj" / name, skiprows=int(name.startswith("Dual")), ndmin=2).sum(axis=1)

    spans = find_efforts(np.arange(len(force_n)) / RATE_HZ, force_n, kind_of(Kind.DROP_JUMP, tail_s=4.0))

    # take-off 2146, landing 2633, contact 0.249 s as published (20 N rule)
    assert len(spans) == 1
    assert spans[0].began_s == pytest.approx(2.146 - 0.249, abs=0.003)
    assert spans[0].ended_s == pytest.approx(2.633, abs=0.003)
    assert spans[0].stop_s == pytest.approx(len(force_n) / RATE_HZ, abs=0.2)


@pytest.mark.parametrize("name", ["Dual-CMJ-Fz.txt", "Dual-SJ-Fz.txt"])
def test_a_published_jump_from_standing_is_no_drop_jump(public_data: Path, kind_of: Callable, name: str):
    force_n = np.loadtxt(public_data / "gidiel_cmj_sj_dj" / name, skiprows=1).sum(axis=1)

    assert find_efforts(np.arange(len(force_n)) / RATE_HZ, force_n, kind_of(Kind.DROP_JUMP)) == []


SQUAT_JUMPS = [
    ("gidiel_cmj_sj_dj/Dual-SJ-Fz.txt", None, 2164, 2635),
    ("jumpmetrics_cmj_sj/sj_P31_SQT9.csv", ",", 8148, 8601),
    ("jumpmetrics_cmj_sj/sj_P30_SQT3.csv", ",", 8830, 9272),
]


@pytest.mark.parametrize("published", SQUAT_JUMPS)
def test_published_squat_jumps_are_found(public_data: Path, kind_of: Callable, published: tuple[str, str | None, int, int]):
    name, delimiter, take_off, landing = published
    force_n = np.loadtxt(public_data / name, delimiter=delimiter, skiprows=1).sum(axis=1)

    spans = find_efforts(np.arange(len(force_n)) / RATE_HZ, force_n, kind_of(Kind.SQUAT_JUMP))

    assert len(spans) == 1
    assert spans[0].began_s == pytest.approx(take_off / RATE_HZ, abs=0.010)
    assert spans[0].ended_s == pytest.approx(landing / RATE_HZ, abs=0.005)


def test_a_whole_file_of_quiet_standing_is_one_stance(public_data: Path, kind_of: Callable):
    with (public_data / "jythen_cop/raw_6ch_AMTI_samples4000_7000.csv").open() as file:
        rows = list(csv.reader(file))
    column = [cell.strip() for cell in rows[0]].index("Fz")
    force_n = np.array([float(row[column]) for row in rows[1:]])

    spans = find_efforts(np.arange(len(force_n)) / 100.0, force_n, kind_of(Kind.STANCE, lead_s=0.0, tail_s=0.0))

    assert [(s.start_s, s.stop_s) for s in spans] == [(0.0, pytest.approx(29.99))]


# --- drop jumps -------------------------------------------------------------------------------------------------------


def test_a_drop_jump_begins_with_the_contact_and_is_kept_until_the_person_has_stood_still(
    kind_of: Callable, marks_of: Callable
):
    force_n = np.concatenate([_hold(0.0, 2.0), _drop_jump(), _hold(W, 6.0)])
    landing_s = 2.0 + 0.22 + _flight_s(2.2)

    marks = marks_of(_noisy(force_n), kind_of(Kind.DROP_JUMP, lead_s=1.0, tail_s=6.0, still_s=2.0))

    assert _kinds(marks) == ["loaded", "began", "quiet", "ended"]
    (span,) = _spans(marks)
    assert span.start_s == pytest.approx(1.0, abs=0.003)
    assert span.began_s == pytest.approx(2.0, abs=0.003)
    assert span.ended_s == pytest.approx(landing_s, abs=0.004)
    # the landing is over 1.1 s after it began, then come two seconds of standing still
    assert span.stop_s == pytest.approx(landing_s + 1.1 + 2.0, abs=0.25)
    assert marks[1].peak_n == pytest.approx(_contact(0.22, 2.4, 2.2).max(), abs=5)


@pytest.mark.parametrize("kind", [Kind.JUMP, Kind.DROP_JUMP, Kind.LANDING])
def test_an_empty_plate_is_no_part_of_the_tail(kind: Kind, kind_of: Callable, marks_of: Callable):
    before = (
        np.concatenate([_hold(W, 2.0), _push()])
        if kind is Kind.JUMP
        else np.concatenate([_hold(0.0, 2.0), _contact(0.22, 2.4, 2.2)])
    )
    jumped = np.concatenate([before, _hold(0.0, _flight_s(2.2)), _landing(2.2), _hold(W, 0.5)])

    span = _spans(marks_of(np.concatenate([jumped, _hold(0.0, 5.0)]), kind_of(kind, tail_s=5.0)))[-1]

    assert span.stop_s == pytest.approx(len(jumped) / RATE_HZ, abs=0.002)


def test_who_never_stands_still_after_a_drop_jump_is_kept_for_the_whole_tail(kind_of: Callable, marks_of: Callable):
    sway = W + 60 * np.sin(2 * np.pi * np.arange(8000) / 700)

    (span,) = _spans(marks_of(np.concatenate([_hold(0.0, 1.0), _drop_jump(), sway]), kind_of(Kind.DROP_JUMP, tail_s=4.0)))

    assert span.stop_s == pytest.approx(span.ended_s + 4.0, abs=0.002)


def test_a_person_who_stood_on_the_same_plates_before_the_drop_is_found_too(kind_of: Callable, marks_of: Callable):
    stood = np.concatenate([_hold(W, 3.0), _ramp(W, 0.0, 0.2), _hold(0.0, 0.25)])

    spans = _spans(marks_of(np.concatenate([stood, _drop_jump(), _hold(W, 3.0)]), kind_of(Kind.DROP_JUMP)))

    assert [round(s.began_s, 2) for s in spans] == [3.45]


def test_a_jump_that_rebounds_is_a_drop_jump_out_of_its_own_flight(kind_of: Callable, marks_of: Callable):
    first = np.concatenate([_hold(W, 3.0), _push(), _hold(0.0, 0.45)])

    (span,) = _spans(
        marks_of(np.concatenate([first, _drop_jump(2.2, 2.0), _hold(W, 3.0)]), kind_of(Kind.DROP_JUMP, lead_s=6.0))
    )

    assert span.start_s == 0.0
    assert span.began_s == pytest.approx(3.0 + 0.75 + 0.45, abs=0.003)


def _stepping_on() -> Floats:
    return np.concatenate([_hold(0.0, 1.0), _ramp(0.0, 1.08 * W, 0.4), _hold(W, 4.0), _ramp(W, 0.0, 0.3), _hold(0.0, 3.0)])


def _walking_over() -> Floats:
    step = 1.15 * W * np.sin(np.pi * np.arange(700) / 700)
    return np.concatenate([_hold(0.0, 1.0), step, _hold(0.0, 3.0)])


def _standing_and_jumping() -> Floats:
    return np.concatenate([_stepping_on()[:4000], _push(), _hold(0.0, 0.4), _landing(2.0), _hold(W, 3.0)])


@pytest.mark.parametrize("signal", [_stepping_on, _walking_over, _standing_and_jumping])
def test_what_is_no_drop_jump_is_none(kind_of: Callable, marks_of: Callable, signal: Callable[[], Floats]):
    marks = marks_of(_noisy(signal()), kind_of(Kind.DROP_JUMP))

    assert _spans(marks) == []
    assert _kinds(marks).count("began") == _kinds(marks).count("ended")


# --- landings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("v_in", "last_s"), [(2.4, 0.2), (2.4, 0.3), (2.0, 0.45), (1.7, 0.3)])
def test_a_landing_is_found_where_the_feet_came_down(kind_of: Callable, marks_of: Callable, v_in: float, last_s: float):
    force_n = np.concatenate([_hold(0.0, 2.0), _landing(v_in, last_s), _hold(W, 6.0)])

    (span,) = _spans(marks_of(_noisy(force_n), kind_of(Kind.LANDING, lead_s=1.0, tail_s=6.0)))

    assert span.start_s == pytest.approx(1.0, abs=0.01)
    assert span.began_s == pytest.approx(2.0, abs=0.01)
    assert span.stop_s - span.began_s > last_s + 0.8 + 1.0


@pytest.mark.parametrize("signal", [_stepping_on, _walking_over])
def test_stepping_on_and_walking_over_are_no_landings(kind_of: Callable, marks_of: Callable, signal: Callable[[], Floats]):
    assert "began" not in _kinds(marks_of(_noisy(signal()), kind_of(Kind.LANDING)))


def test_a_contact_that_is_left_for_a_flight_is_no_landing_but_the_end_of_the_flight_is(kind_of: Callable, marks_of: Callable):
    force_n = np.concatenate([_hold(0.0, 1.0), _drop_jump(), _hold(W, 4.0)])

    (span,) = _spans(marks_of(force_n, kind_of(Kind.LANDING)))

    assert span.began_s == pytest.approx(1.0 + 0.22 + _flight_s(2.2), abs=0.003)


# --- hops -------------------------------------------------------------------------------------------------------------


def test_a_series_of_hops_is_one_effort_and_each_hop_is_counted_as_it_happens(kind_of: Callable, marks_of: Callable):
    force_n = np.concatenate([_hold(0.0, 0.5), _hold(W, 3.0), _hops(10), _hold(W, 4.0)])
    first_s, cycle_s = 3.5 + 0.75, _flight_s(2.2) + 0.2

    marks = marks_of(_noisy(force_n), kind_of(Kind.HOPS, end_s=1.0, tail_s=3.0, still_s=1.0))

    counted = [m for m in marks if m.kind is MarkKind.COUNTED]
    assert [m.n_done for m in counted] == list(range(1, 11))
    assert [m.t_s for m in counted] == pytest.approx([first_s + (k + 1) * cycle_s for k in range(10)], abs=0.005)
    (span,) = _spans(marks)
    assert span.start_s == pytest.approx(0.0, abs=0.01)
    assert span.began_s == pytest.approx(first_s, abs=0.005)
    assert span.ended_s == pytest.approx(first_s + 10 * cycle_s + _flight_s(2.2), abs=0.012)
    assert 1.0 < span.stop_s - span.ended_s <= 3.0


def test_a_single_jump_in_a_hop_test_is_an_effort_that_others_may_judge(kind_of: Callable, marks_of: Callable):
    spans = _spans(marks_of(np.concatenate([_hold(W, 2.0), _hops(0), _hold(W, 4.0)]), kind_of(Kind.HOPS)))

    assert len(spans) == 1


def test_stepping_off_in_the_middle_ends_the_series(kind_of: Callable, marks_of: Callable):
    cut = _hops(5)[: -round(1.1 * RATE_HZ)]  # without the landing
    force_n = np.concatenate([_hold(W, 2.0), cut, _hold(0.0, 4.0)])

    marks = marks_of(force_n, kind_of(Kind.HOPS))

    assert len(_spans(marks)) == 1
    assert _kinds(marks)[-2:] == ["ended", "unloaded"]


def test_two_series_with_a_pause_between_them_are_two_efforts(kind_of: Callable, marks_of: Callable):
    series = np.concatenate([_hops(4), _hold(W, 4.0)])

    first, second = _spans(marks_of(np.concatenate([_hold(W, 2.0), series, series]), kind_of(Kind.HOPS, end_s=1.0)))

    assert second.start_s >= first.ended_s


def test_stepping_off_is_no_hop(kind_of: Callable, marks_of: Callable):
    force_n = np.concatenate([_hold(W, 2.0), _ramp(W, 0.0, 0.2), _hold(0.0, 0.6), _ramp(0.0, W, 0.2), _hold(W, 3.0)])

    assert "began" not in _kinds(marks_of(force_n, kind_of(Kind.HOPS)))


# --- stances ----------------------------------------------------------------------------------------------------------


def test_a_stance_begins_after_two_still_seconds_and_ends_after_its_time(kind_of: Callable, marks_of: Callable):
    force_n = np.concatenate([_hold(0.0, 2.0), _ramp(0.0, W, 0.5), _hold(W, 15.0), _ramp(W, 0.0, 0.5), _hold(0.0, 2.0)])

    marks = marks_of(_noisy(force_n, 2.0), kind_of(Kind.STANCE, duration_s=10.0, lead_s=0.0, tail_s=0.0))

    (span,) = _spans(marks)
    assert span.began_s == pytest.approx(2.5 + 2.0, abs=0.2)
    assert span.ended_s - span.began_s == pytest.approx(10.0, abs=0.002)
    assert (span.start_s, span.stop_s) == (span.began_s, span.ended_s)
    assert _kinds(marks).count("began") == 1


def test_stepping_off_early_ends_a_stance_and_standing_on_begins_no_other(kind_of: Callable, marks_of: Callable):
    once = np.concatenate([_ramp(0.0, W, 0.5), _hold(W, 6.0), _ramp(W, 0.0, 0.3), _hold(0.0, 2.0)])

    spans = _spans(marks_of(_noisy(np.concatenate([once, once])), kind_of(Kind.STANCE, duration_s=30.0, min_s=2.0)))

    assert [round(s.ended_s - s.began_s) for s in spans] == [4, 4]


def test_lead_and_tail_lie_around_a_stance(kind_of: Callable, marks_of: Callable):
    force_n = np.concatenate([_hold(0.0, 2.0), _hold(W, 9.0)])

    (span,) = _spans(marks_of(_noisy(force_n), kind_of(Kind.STANCE, duration_s=5.0, lead_s=1.0, tail_s=1.5)))

    assert span.began_s - span.start_s == pytest.approx(1.0)
    assert span.stop_s - span.ended_s == pytest.approx(1.5)


def test_a_foot_that_takes_half_of_the_weight_ends_a_stance_on_one_leg(kind_of: Callable, marks_of: Callable):
    force_n = np.concatenate([_hold(0.0, 1.0), _hold(W, 8.0), _ramp(W, W / 2, 0.2), _hold(W / 2, 3.0)])

    (span,) = _spans(marks_of(_noisy(force_n), kind_of(Kind.STANCE, sides=Sides.ALTERNATE, end_share=0.8)))

    assert span.ended_s == pytest.approx(9.1, abs=0.2)


def test_a_stance_that_is_refused_begins_again_while_the_person_stands(kind_of: Callable):
    detector = StanceDetector(kind_of(Kind.STANCE, duration_s=5.0).detection, rate_hz=RATE_HZ, is_one_leg=True)
    t_s, force_n = np.arange(12000) / RATE_HZ, np.concatenate([_hold(0.0, 1.0), _hold(W, 11.0)])
    first = detector.feed(t_s[:3300], force_n[:3300])
    detector.refuse()

    rest = [*detector.feed(t_s[3300:], force_n[3300:]), *detector.finish()]

    assert MarkKind.BEGAN in [m.kind for m in first]
    (span,) = _spans(rest)
    assert span.began_s > 3.2


def test_who_moves_has_not_begun_a_stance(kind_of: Callable, marks_of: Callable):
    moving = W + 80 * np.sin(2 * np.pi * np.arange(6000) / 800)

    assert _spans(marks_of(np.concatenate([_hold(0.0, 1.0), moving]), kind_of(Kind.STANCE))) == []


# --- all of them ------------------------------------------------------------------------------------------------------

KINDS = [Kind.DROP_JUMP, Kind.LANDING, Kind.HOPS, Kind.STANCE]


def _everything() -> Floats:
    parts = [_stepping_on(), _drop_jump(), _hold(W, 2.0), _hops(3), _hold(W, 1.5), _ramp(W, 0, 0.3), _walking_over()]
    return np.concatenate([*parts, _landing(2.2), _hold(W, 4.0), _standing_and_jumping()])


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=15)
@given(drawn=st.tuples(st.lists(st.integers(1, 700), min_size=1, max_size=6), st.integers(0, 10_000)))
def test_the_marks_do_not_depend_on_the_blocks(
    kind: Kind, kind_of: Callable, marks_of: Callable, pieces: Callable, drawn: tuple[list[int], int]
):
    lengths, seed = drawn
    rng = np.random.default_rng(seed)
    force_n = _everything()
    force_n = force_n + rng.normal(0.0, rng.choice([0.0, 3.0, 12.0]), len(force_n))
    for first in rng.integers(0, len(force_n), 6):
        force_n[first : first + rng.integers(1, 300)] = np.nan
    test = kind_of(kind, duration_s=3.0, tail_s=3.0)

    assert marks_of(force_n, test, blocks=pieces(len(force_n), lengths)) == marks_of(force_n, test)


@pytest.mark.parametrize("kind", KINDS)
def test_every_beginning_has_one_end_and_spans_stand_in_order(kind: Kind, kind_of: Callable, marks_of: Callable):
    marks = marks_of(_noisy(_everything(), 2.0), kind_of(kind, duration_s=3.0, tail_s=3.0))

    open_efforts = [m.kind for m in marks if m.kind in (MarkKind.BEGAN, MarkKind.ENDED)]
    assert open_efforts == [MarkKind.BEGAN, MarkKind.ENDED] * (len(open_efforts) // 2)
    assert all(s.start_s <= s.began_s <= s.ended_s <= s.stop_s for s in _spans(marks))
    assert _spans(marks)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("force_n", [np.full(3000, np.nan), np.zeros(3000), np.full(3000, -50.0), np.array([W])])
def test_nothing_says_nothing(kind: Kind, kind_of: Callable, marks_of: Callable, force_n: Floats):
    assert _spans(marks_of(force_n, kind_of(kind))) == []
    assert "began" not in _kinds(marks_of(force_n, kind_of(kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_hole_over_the_contact_makes_no_effort(kind: Kind, kind_of: Callable, marks_of: Callable):
    force_n = np.concatenate([_hold(0.0, 1.0), _hold(W, 6.0)])
    force_n[900:1200] = np.nan
    force_n[3000:3400] = np.nan

    spans = _spans(marks_of(force_n, kind_of(kind, duration_s=2.0)))

    assert len(spans) == (1 if kind is Kind.STANCE else 0)


@pytest.mark.parametrize("rate_hz", [200.0, 500.0, 2000.0])
def test_other_rates_find_the_same_drop_jump(kind_of: Callable, rate_hz: float):
    fine = np.concatenate([_hold(0.0, 2.0), _drop_jump(), _hold(W, 3.0)])
    t_s = np.arange(0.0, len(fine) / RATE_HZ - 0.01, 1 / rate_hz)

    (span,) = find_efforts(t_s, np.interp(t_s, np.arange(len(fine)) / RATE_HZ, fine), kind_of(Kind.DROP_JUMP))

    assert span.began_s == pytest.approx(2.0, abs=0.003 + 1 / rate_hz)
    assert span.ended_s == pytest.approx(2.0 + 0.22 + _flight_s(2.2), abs=0.003 + 1 / rate_hz)
