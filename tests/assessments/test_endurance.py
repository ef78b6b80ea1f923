"""Repetitions, all-out contractions and holds give their closed answers through the whole analysis."""

import math

import numpy as np
import pytest
from endurance_curves import contractions, decay, one, ramped, times, two

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.assessments.tally import summarise
from daq.block import Limb
from daq.core.detector import find_efforts
from daq.metrics.effort import Instrument
from daq.metrics.value import Status

CF, F1, N = 200.0, 400.0, 24


def means(q):
    return CF + (F1 - CF) * q ** np.arange(N)


def all_out(q=0.85, rate_hz=1000.0, phase=0.5, **more):
    t = times(N * 10.0, rate_hz, phase)
    return one(t, contractions(t, means(q)), rate_hz, **more)


@pytest.mark.parametrize(("rate_hz", "phase"), [(1000.0, 0.5), (200.0, 0.25), (80.0, 0.7), (80.0, 0.0)])
@pytest.mark.parametrize("q", [0.7, 0.85, 0.95])
def test_the_end_forces_of_a_geometric_fall_are_those_of_the_rules(q, rate_hz, phase):
    last = means(q)[-6:]
    inside = last[np.abs(last - last.mean()) <= last.std(ddof=1)].mean()
    of_three = CF + (F1 - CF) * (q**21 * (1 - q**3) / (1 - q)) / 3
    step = 1.0 / (7.0 * rate_hz)  # an upright side lies anywhere in one sampling step of a 7 s contraction

    result = analyse(all_out(q, rate_hz, phase), load_assessment("critical_force"))

    found, other = result.find("critical_force"), result.find("critical_force_last3")
    assert (found.method, other.method) == ("critical_force.last6_trimmed", "critical_force.last3")
    assert found.value == pytest.approx(inside, rel=step)
    assert other.value == pytest.approx(of_three, rel=step)
    assert result.find("end_test_force").value == pytest.approx(of_three, rel=step)
    assert result.find("initial_force").value == pytest.approx(means(q)[:3].mean(), rel=step)
    assert found.params["note"] == "differences between days not included"


def test_the_impulse_above_a_force_that_is_reached_is_the_exact_one_of_the_fall():
    q = 0.5
    exact = (F1 - CF) * 7.0 * (1 - q**N) / (1 - q)

    result = analyse(all_out(q), load_assessment("critical_force"))

    assert result.find("critical_force").value == pytest.approx(CF, rel=2e-4)
    assert result.find("w_prime").value == pytest.approx(exact, rel=2e-3)


def test_the_impulse_above_the_end_force_is_the_sum_over_the_contractions_above_it():
    result = analyse(all_out(0.85), load_assessment("critical_force"))

    c = result.find("critical_force").value
    assert result.find("w_prime").value == pytest.approx(sum(7.0 * max(f - c, 0.0) for f in means(0.85)), rel=1e-3)


def test_the_interval_rests_on_the_untrimmed_last_six_with_five_degrees_of_freedom():
    sd = float(np.std(means(0.85)[-6:], ddof=1))

    found = analyse(all_out(0.85), load_assessment("critical_force")).find("critical_force")

    assert found.u_parts["contractions"] == pytest.approx(sd / math.sqrt(6), rel=1e-3)
    instrument = math.hypot(0.002 * found.value, 0.1)
    u = math.hypot(sd / math.sqrt(6), instrument)
    assert found.u == pytest.approx(u, rel=1e-3)
    assert found.nu_eff == pytest.approx(5 * (u / found.u_parts["contractions"]) ** 4, rel=1e-3)


def test_without_a_stated_instrument_five_degrees_of_freedom_give_a_factor_of_2_57():
    found = analyse(all_out(0.85, instrument=Instrument("cell")), load_assessment("critical_force")).find("critical_force")

    assert found.k == pytest.approx(2.5706, abs=1e-4)
    assert found.text == "without instrument part"


def test_a_test_can_report_the_mean_of_the_last_three():
    test = load_assessment("critical_force").with_methods({"critical_force": "last3"})

    result = analyse(all_out(0.85), test)

    assert result.find("critical_force").method == "critical_force.last3"
    assert result.find("critical_force").value == result.find("critical_force_last3").value
    assert result.find("w_prime").params["of_method"] == "critical_force.last3"


def test_the_share_of_the_peak_names_the_peak_it_is_of():
    test = load_assessment("critical_force")
    of_this, of_typed = (
        analyse(all_out(0.5, entered=e), test).find("critical_force_relative") for e in ({}, {"peak_force_n": 500.0})
    )

    assert (of_this.params["peak_from"], of_typed.params["peak_from"]) == ("this test", "entered")
    assert of_this.value == pytest.approx(50.0, abs=0.05)
    assert of_typed.value == pytest.approx(40.0, abs=0.05)
    assert of_typed.u is None
    assert "uncertainty_unknown" in of_typed.reasons


def test_each_contraction_has_its_mean_and_its_peak_in_order():
    result = analyse(all_out(0.85), load_assessment("critical_force"))

    for name in ("rep_mean_force", "rep_peak_force"):
        rows = [v for v in result.values if v.name == name]
        assert [v.entry for v in rows] == list(range(1, 25))
        assert [v.value for v in rows] == pytest.approx(means(0.85), rel=2e-4)
    assert result.find("time_under_tension").value == pytest.approx(168.0, abs=0.024)
    assert result.status is Status.OK


def test_the_mean_of_a_contraction_with_straight_sides_has_its_closed_form():
    ramp, work, f = 0.4, 7.0, 250.0
    t = times(N * 10.0)
    effort = one(t, ramped(t, [f] * N, work, 3.0, ramp))
    # From 20 % of the rise to 10 % of the fall.
    area = f * ((work - 2 * ramp) + ramp * (1 - 0.2**2) / 2 + ramp * (1 - 0.1**2) / 2)
    length = (work - 2 * ramp) + 0.8 * ramp + 0.9 * ramp

    result = analyse(effort, load_assessment("critical_force"))

    assert result.find("critical_force").value == pytest.approx(area / length, rel=1e-6)
    assert result.find("time_under_tension").value == pytest.approx(N * length, rel=1e-6)
    assert result.find("impulse_total").value == pytest.approx(N * area, rel=1e-6)


def test_three_exhausting_trials_of_different_length_give_the_line_of_impulse_over_work_time():
    test = load_assessment("critical_force").model_copy(
        update={"gates": {"fewest": 6, "n_expected": 0, "work_s": 7.0, "rest_s": 3.0}}
    )
    cf, w_prime = 150.0, 6000.0
    trials = []
    for n in (8, 14, 30):
        t = times(n * 10.0, 200.0)
        trials.append(analyse(one(t, contractions(t, [cf + w_prime / (7.0 * n)] * n), 200.0), test))

    made = {v.name: v for v in summarise(trials, test) if v.limb is Limb.LEFT}

    assert made["critical_force_regression"].value == pytest.approx(cf, rel=1e-3)
    assert made["w_prime_regression"].value == pytest.approx(w_prime, rel=5e-3)
    assert made["critical_force_regression"].params["n"] == 3


def grip_set(rate=1.0, p=300.0, fade=0.97, n=12, rate_hz=1000.0, **more):
    t = times(n * 8.0, rate_hz)
    return one(t, rate * contractions(t, p * fade ** np.arange(n), 3.0, 5.0), rate_hz, **more)


def test_fatigue_over_twelve_squeezes_is_the_loss_from_the_first_to_the_last():
    result = analyse(grip_set(), load_assessment("grip_repetitions"))

    assert result.find("fatigue_index_percent").value == pytest.approx(100 * (1 - 0.97**11), rel=1e-9)
    assert result.find("fatigue_index_3_3_percent").value == pytest.approx(100 * (1 - 0.97**9), rel=1e-9)
    assert result.find("rep_count").value == 12
    assert result.find("rep_peak_force_best").value == pytest.approx(300.0)
    assert result.status is Status.OK


def test_the_gain_of_the_sensor_changes_forces_and_not_fatigue():
    test = load_assessment("grip_repetitions")
    one_, other = (analyse(grip_set(gain), test) for gain in (1.0, 1.01))

    assert other.find("rep_peak_force_mean").value == pytest.approx(1.01 * one_.find("rep_peak_force_mean").value)
    assert other.find("fatigue_index_percent").value == pytest.approx(one_.find("fatigue_index_percent").value, rel=1e-9)
    assert "gain" not in other.find("fatigue_index_percent").u_parts


def test_the_target_of_a_set_is_what_was_entered_for_that_side():
    test = load_assessment("grip_repetitions")
    test = test.model_copy(update={"metrics": (*test.metrics, "time_in_target", "target_error_rms")})
    sides = {"target_n.left": 300.0, "target_n": 100.0}

    result = analyse(grip_set(entered=sides), test)

    near = [i for i in range(12) if abs(300 * 0.97**i - 300) <= 30]
    assert result.find("time_in_target").value == pytest.approx(3.0 * len(near), abs=0.01)
    assert result.find("target_error_rms").value == pytest.approx(
        math.sqrt(sum((300 * 0.97**i - 300) ** 2 for i in range(12)) / 12), rel=1e-9
    )


@pytest.mark.parametrize("k", [0.005, 0.02, 0.04])
def test_a_decaying_hold_has_its_closed_loss_and_area(k):
    t = times(33.0)
    result = analyse(one(t, decay(t, 350.0, k, 33.0)), load_assessment("grip_endurance_30s"))

    decrement = 100 * (1 - math.exp(-k * 20) * (1 - math.exp(-k * 10)) / (k * 10))
    area = 100 * (1 - (1 - math.exp(-k * 30)) / (k * 30))
    assert result.find("strength_decrement_percent").value == pytest.approx(decrement, abs=0.01)
    assert result.find("static_fatigue_index_percent").value == pytest.approx(area, abs=0.01)
    assert list(result.events) == ["onset", "peak", "offset"]
    assert result.events["onset"].t_s == pytest.approx(0.0, abs=0.001)
    assert result.status is Status.OK


def test_time_above_the_target_counts_short_dips_and_ends_with_a_second_below():
    t = times(60.0)
    force = np.where((t >= 0) & (t < 50.0), 200.0, 0.0)
    force[(t > 10) & (t < 10.9)] = 100.0
    force[t > 40] = np.where(t[t > 40] < 50, 100.0, 0.0)
    effort = one(t, force, entered={"peak_force_n": 250.0})

    found = analyse(effort, load_assessment("endurance_hold")).find("endurance_time")

    assert found.value == pytest.approx(40.0, abs=0.002)
    assert found.params["target_n"] == pytest.approx(150.0)
    longer = np.where((t > 10) & (t < 11.2), 100.0, force)
    assert analyse(one(t, longer, entered={"peak_force_n": 250.0}), load_assessment("endurance_hold")).find(
        "endurance_time"
    ).value == pytest.approx(10.0, abs=0.002)


def nordic_set(share=0.45, peaks=(600.0, 580.0, 560.0)):
    t = times(3 * 10.0)
    total = sum(
        f * np.where((t >= 10 * i) & (t < 10 * i + 5), np.sin(np.pi * (t - 10 * i) / 5) ** 2, 0) for i, f in enumerate(peaks)
    )
    return two(t, share * total, (1 - share) * total)


def test_nordic_repetitions_are_found_on_the_sum_and_each_side_has_its_own_force():
    result = analyse(nordic_set(), load_assessment("nordic"))

    for limb, share in ((Limb.LEFT, 0.45), (Limb.RIGHT, 0.55), (Limb.BOTH, 1.0)):
        peaks = [v.value for v in result.values if v.name == "nordic_peak_force" and v.limb is limb]
        assert peaks == pytest.approx([600 * share, 580 * share, 560 * share], rel=1e-6)
        assert result.find("nordic_peak_force_mean", limb).value == pytest.approx(580 * share, rel=1e-6)
        assert result.find("nordic_peak_force_best", limb).value == pytest.approx(600 * share, rel=1e-6)
    assert result.find("rep_count").value == 3
    assert result.status is Status.OK


def test_the_asymmetry_of_a_constant_share_is_its_closed_form_in_peaks_and_impulses():
    c = 0.45
    result = analyse(nordic_set(c), load_assessment("nordic"))

    indices = {v.of: v.value for v in result.values if v.name == "asymmetry_percent"}
    assert set(indices) == {"nordic_peak_force_mean", "nordic_peak_force_best", "nordic_impulse_mean"}
    assert list(indices.values()) == pytest.approx([100 * (1 - c / (1 - c))] * 3, rel=1e-9)


def test_the_mean_of_three_nordics_has_the_scatter_of_three_in_its_interval():
    found = analyse(nordic_set(), load_assessment("nordic")).find("nordic_peak_force_mean", Limb.LEFT)

    assert found.u_parts["repetitions"] == pytest.approx(0.45 * 20 / math.sqrt(3), rel=1e-6)
    assert 2.0 <= found.nu_eff < 2.1


@pytest.mark.parametrize(
    ("name", "length_s", "force"),
    [
        ("critical_force", 240.0, lambda t: ramped(t, means(0.85), 7.0, 3.0, 0.2)),
        ("grip_repetitions", 96.0, lambda t: ramped(t, 300 * 0.97 ** np.arange(12), 3.0, 5.0, 0.2)),
        ("grip_endurance_30s", 33.0, lambda t: decay(t, 350.0, 0.02, 33.0)),
        ("nordic", 60.0, lambda t: ramped(t, [500.0, 480.0, 490.0], 5.0, 15.0, 1.0)),
    ],
)
def test_a_whole_record_holds_one_effort_whose_numbers_are_those_of_the_record(name, length_s, force):
    test, t = load_assessment(name), times(length_s, 200.0)
    noisy = force(t) + 0.05 * np.random.default_rng(1).standard_normal(len(t))
    [span] = find_efforts(t, noisy, test)

    def analysed(rows):
        u, f = t[rows], noisy[rows]
        return analyse(two(u, f / 2, f / 2, 200.0) if name == "nordic" else one(u, f, 200.0), test)

    whole, cut = analysed(slice(None)), analysed((t >= span.start_s) & (t <= span.stop_s))

    assert cut.status is not Status.INVALID
    assert cut.find(test.primary).value == pytest.approx(whole.find(test.primary).value, rel=1e-9)


@pytest.mark.parametrize("name", ["nordic", "critical_force", "grip_repetitions"])
def test_the_beat_that_a_person_follows_is_the_one_that_is_checked(name):
    test = load_assessment(name)

    assert test.gates["n_expected"] == test.pace.count
    for key in ("work_s", "rest_s"):
        assert test.gates.get(key, 0.0) in {0.0, getattr(test.pace, key)}
    assert test.detection.end_s > test.pace.rest_s + 1.0
    assert test.detection.max_s > test.pace.count * (test.pace.work_s + test.pace.rest_s)
