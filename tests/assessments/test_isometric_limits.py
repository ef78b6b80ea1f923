"""Each limit of a pull just inside and just outside: on curves whose side of the limit is known without the program."""

import numpy as np
import pytest
from pulls import FINE_N, PULLED, STOOD, WEIGHT_N, at_cell, lines, ramp, read_one, restless, value_of

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.assessments.tally import summarise
from daq.block import Limb
from daq.metrics.isometric.checks import is_double

LEFT, BOTH = Limb.LEFT, Limb.BOTH


@pytest.fixture
def knee():
    return load_assessment("knee_extension")


@pytest.mark.parametrize(("rate_hz", "is_given"), [(9.98, True), (9.9, False)])
def test_a_sensor_of_ten_readings_a_second_may_run_a_trifle_slow(knee, rate_hz, is_given):
    result = analyse(at_cell(ramp(400.0, 1.0), rate_hz, quiet_s=3.0), knee)

    assert (result.find("peak_force", LEFT).value is not None) is is_given
    assert is_given or result.find("peak_force", LEFT).reasons == ("rate_too_low",)


@pytest.mark.parametrize(("sensor", "limit_n"), [("plate", 10.0), ("cell", 1.0), ("hand", 1.0)])
@pytest.mark.parametrize(("share", "is_quiet"), [(0.97, True), (1.03, False)])
def test_a_baseline_is_quiet_up_to_the_limit_of_its_sensor(sensor, limit_n, share, is_quiet):
    t, force = lines(STOOD if sensor == "plate" else PULLED)

    found = read_one((t, force + restless(len(t), share * limit_n)), sensor)

    assert ("baseline_not_quiet" in found.reasons) is not is_quiet


@pytest.mark.parametrize(("slope", "is_quiet"), [(9.7, True), (-9.7, True), (10.4, False), (-10.4, False)])
def test_a_baseline_may_drift_by_ten_newtons_in_its_second(slope, is_quiet):
    t, force = lines(STOOD)

    found = read_one((t, force + slope * np.minimum(t - 4.0, 0.0)), "plate")

    assert ("baseline_not_quiet" in found.reasons) is not is_quiet


@pytest.mark.parametrize(("sensor", "floor_n"), [("plate", 0.0), ("cell", 0.0), ("hand", 2.0)])
def test_only_a_hand_has_a_floor_under_the_published_threshold(sensor, floor_n):
    t, force = lines(STOOD if sensor == "plate" else PULLED)

    found = read_one((t, force + restless(len(t), 0.1)), sensor, rules={"onset": "noise_relative_5sd"})

    assert found.onset.rise_n == pytest.approx(max(0.5, floor_n), rel=1e-6)


@pytest.mark.parametrize(
    ("sensor", "restless_n", "step_n", "limit_n"),
    [
        ("plate", 0.0, FINE_N, 50.0), ("cell", 0.0, FINE_N, 1.0), ("hand", 0.0, FINE_N, 1.0),
        ("cell", 0.8, FINE_N, 4.0), ("cell", 0.0, 0.8, 2.4),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("share", "is_dip"), [(0.97, False), (1.04, True)])
def test_a_dip_counts_from_50_n_on_a_plate_and_from_five_sd_on_a_cell(  # noqa: PLR0917, drawn by name
    sensor, restless_n, step_n, limit_n, share, is_dip
):
    t, force = lines(STOOD if sensor == "plate" else PULLED)
    start = 3.7 if sensor == "plate" else 1.7
    dip = (t >= start) & (t < start + 0.05)
    force = np.where(dip, force - share * limit_n, force + restless(len(t), restless_n))

    found = read_one((t, force), sensor, resolution_n=step_n, rules={"baseline": "manual=0.2:1.2"})

    assert ("countermovement_before_pull" in found.reasons) is is_dip


@pytest.mark.parametrize(("before_s", "is_dip"), [(0.490, True), (0.515, False)])
def test_a_dip_counts_in_the_half_second_before_the_onset(before_s, is_dip):
    t, force = lines(PULLED)
    # 5 N are reached 2.5 ms after the ramp begins.
    stop_s = 2.0025 - before_s

    found = read_one((t, np.where((t >= stop_s - 0.03) & (t < stop_s), -8.0, force)))

    assert ("countermovement_before_pull" in found.reasons) is is_dip


@pytest.mark.parametrize(("n", "is_dip"), [(9, False), (10, True)])
def test_a_dip_lasts_ten_milliseconds(n, is_dip):
    t, force = lines(PULLED)
    force[1700 : 1700 + n] = -8.0

    assert ("countermovement_before_pull" in read_one((t, force)).reasons) is is_dip


@pytest.mark.parametrize(("tension_n", "is_high"), [(49.0, False), (51.0, True)])
def test_tension_is_too_high_from_50_n_over_the_weight_on(tension_n, is_high):
    tense = WEIGHT_N + tension_n
    curve = lines([(0, WEIGHT_N), (2.0, WEIGHT_N), (0.5, tense), (2.0, tense), (0.2, 2000.0), (2.0, 2000.0), (0.05, WEIGHT_N)])

    found = read_one(curve, "plate", limb=BOTH)

    assert found.weighing.weight_n == pytest.approx(WEIGHT_N)
    assert ("pretension_high" in found.reasons) is is_high


@pytest.mark.parametrize(
    ("extra_n", "lasts_s", "is_unstable"), [(49.0, 0.2, False), (51.5, 0.2, True), (51.5, 0.1, True), (51.5, 0.09, False)]
)
def test_the_100_ms_means_of_a_tension_stay_within_50_n(extra_n, lasts_s, is_unstable):
    t, force = lines(STOOD)
    force[(t >= 3.4) & (t < 3.4 + lasts_s - 1e-9)] += extra_n

    assert ("pretension_unstable" in read_one((t, force), "plate").reasons) is is_unstable


def test_at_ten_readings_a_second_every_reading_is_a_mean_of_100_ms():
    # The first 0.95 s of the second before the start are at rest, then one reading stands out.
    t, force = lines(STOOD, 10.0)
    force[36] += 60.0

    assert "pretension_unstable" in read_one((t, force), "plate", 10.0).reasons


@pytest.mark.parametrize(("half_s", "is_slow"), [(0.97, False), (1.04, True)])
def test_half_of_a_rise_that_takes_a_second_is_tension_and_no_pull(half_s, is_slow):
    rise_s = 2.0 * half_s
    top_n = WEIGHT_N + 1200.0
    curve = lines([(0, WEIGHT_N), (4.0, WEIGHT_N), (rise_s, top_n), (2.0, top_n), (0.05, WEIGHT_N), (1.0, WEIGHT_N)])

    found = read_one(curve, "plate")

    # The threshold of 20 N is reached a sixtieth of the rise after its beginning.
    assert found.t0_s == pytest.approx(4.0 + rise_s * 20.0 / 1200.0, abs=1e-6)
    assert ("pretension_unstable" in found.reasons) is is_slow


@pytest.mark.parametrize(("after_s", "is_late"), [(4.95, False), (5.05, True)])
def test_a_peak_is_late_five_seconds_after_the_onset(after_s, is_late):
    curve = lines([(0, 0.0), (2.0, 0.0), (0.2, 300.0), (after_s - 0.1975, 400.0), (0.3, 200.0), (0.05, 0.0), (0.5, 0.0)])

    assert ("peak_late" in read_one(curve).reasons) is is_late


@pytest.mark.parametrize(
    ("low", "again", "is_twice"),
    [(0.30, 0.19, False), (0.30, 0.21, True), (0.48, 0.30, True), (0.52, 0.30, False)],
)
def test_a_second_pull_rises_by_a_fifth_after_a_drop_below_half(low, again, is_twice):
    levels = [(0, 0.0), (2.0, 0.0), (0.2, 400.0), (0.5, 400.0), (0.2, 400.0 * low), (0.2, 400.0 * (low + again)), (0.3, 100.0)]

    found = read_one(lines([*levels, (0.05, 0.0), (0.5, 0.0)]))

    assert ("double_pull" in found.reasons) is is_twice


@pytest.mark.parametrize(("first", "is_twice"), [(0.24, False), (0.265, True)])
def test_a_squeeze_below_a_quarter_of_the_peak_is_no_first_pull(first, is_twice):
    net = np.concatenate((np.linspace(0, first, 50), np.linspace(first, 0.4 * first, 50), np.linspace(0.4 * first, 1, 200)))

    assert is_double(400.0 * net, again_percent=20.0) is is_twice


@pytest.mark.parametrize(("other_n", "is_wide"), [(366.0, False), (363.0, False), (357.0, True)])
def test_two_pulls_at_a_cell_may_differ_by_a_tenth(knee, other_n, is_wide):
    trials = [analyse(at_cell(ramp(2000.0, top / 2000.0), noise_n=0.01), knee) for top in (400.0, other_n)]

    spread = next(v for v in summarise(trials, knee) if v.name == "best_two_difference_percent" and v.limb is LEFT)

    assert ("trial_spread_high" in spread.reasons) is is_wide


@pytest.mark.parametrize(("fall_s", "is_at_edge"), [(0.0485, True), (0.0525, False)])
def test_a_peak_within_50_ms_of_the_end_may_not_be_the_peak(fall_s, is_at_edge):
    found = read_one(lines([(0, 0.0), (2.0, 0.0), (0.2, 400.0), (fall_s, 300.0)]))

    assert ("peak_at_edge" in found.reasons) is is_at_edge
    assert ("peak_at_edge" in value_of(found, "peak_force").reasons) is is_at_edge


@pytest.mark.parametrize(
    ("sensor", "restless_n", "step_n", "above_n"),
    [
        ("plate", 0.0, FINE_N, 10.0), ("cell", 0.0, FINE_N, 2.0), ("hand", 0.0, FINE_N, 2.0),
        ("cell", 0.8, FINE_N, 4.0), ("cell", 0.0, 2.0, 6.0),
    ],
)  # fmt: skip
def test_the_offset_is_the_last_sample_above_its_threshold(sensor, restless_n, step_n, above_n):
    base_n = WEIGHT_N if sensor == "plate" else 3.0
    levels = [(0, 0.0), (3.0, 0.0), (0.2, 400.0), (2.0, 400.0), (0.1, 50.0), (0.5, 0.0), (1.0, 0.0)]
    t, force = lines([(length, base_n + level) for length, level in levels])
    force[t < 3.0] += restless(int((t < 3.0).sum()), restless_n)

    found = read_one((t, force), sensor, resolution_n=step_n)

    # The release falls at 100 N/s to the baseline at 5.8 s.
    assert found.stop_s == pytest.approx(5.8 - above_n / 100.0, abs=0.0011)
    assert found.offset.params["threshold_n"] == pytest.approx(base_n + above_n, rel=1e-3)


@pytest.mark.parametrize(("n", "stop_s"), [(9, 4.2), (10, 2.999)])
def test_a_release_lasts_ten_milliseconds(n, stop_s):
    t, force = lines([(0, 0.0), (2.0, 0.0), (0.2, 400.0), (0.01, 399.0), (1.99, 399.0)])
    force[3000 : 3000 + n] = 0.0
    t, force = np.arange(5200) / 1000.0, np.append(force, np.zeros(1000))

    assert read_one((t, force)).stop_s == pytest.approx(stop_s, abs=0.0011)


@pytest.mark.parametrize(
    ("sensor", "top_n", "lasts_s", "rate_hz", "is_given"),
    [
        ("plate", 19.5, 1.0, 1000.0, False), ("plate", 20.5, 1.0, 1000.0, True), ("cell", 1.95, 1.0, 1000.0, False),
        ("cell", 2.05, 1.0, 1000.0, True), ("hand", 1.95, 1.0, 1000.0, False), ("hand", 2.05, 1.0, 1000.0, True),
        ("cell", 2.05, 0.1, 1000.0, True), ("cell", 2.05, 0.095, 1000.0, False), ("cell", 2.05, 0.1, 10.0, True),
    ],
)  # fmt: skip
def test_without_an_onset_there_is_an_effort_where_100_ms_rise_far_enough(sensor, top_n, lasts_s, rate_hz, is_given):
    t = np.arange(round(4 * rate_hz)) / rate_hz
    force = np.where((t > 2.0 - 1e-9) & (t < 2.0 + lasts_s - 1e-9), top_n, 0.0)

    found = read_one((t, force), sensor, rate_hz, rules={"onset": "absolute_n=500"})

    assert "onset_not_found" in found.reasons
    assert ("effort" not in found.missing) is is_given
