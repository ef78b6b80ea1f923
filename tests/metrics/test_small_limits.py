"""Defaults, ranks and limits of the small parts: rules, reasons, the filter, the noise of a curve."""

import math
from itertools import permutations

import numpy as np
import pytest

from daq.errors import UsageError
from daq.metrics.conditioning import butterworth
from daq.metrics.effort import Cop, Curve, Effort, Instrument
from daq.metrics.methods import Rule, check_methods, rule_of
from daq.metrics.noise import white_noise_of_all_n
from daq.metrics.quality import ranked
from daq.metrics.trace import Trace


@pytest.mark.parametrize(
    ("rule", "number"),
    [
        ("onset.noise_relative_ksd", 5.0), ("onset.relative_peak", 2.5), ("onset.bodyweight_percent", 2.5),
        ("onset.yank", 500.0), ("filter.butter4_zero_lag", 50.0),
    ],
)  # fmt: skip
def test_a_rule_without_a_number_takes_the_one_of_the_specification(rule, number):
    assert Rule(rule).number == number
    assert rule_of(f"{rule}=7.5").number == 7.5


@pytest.mark.parametrize("rule", ["onset.absolute_n", "onset.manual"])
def test_a_rule_without_a_default_has_none(rule):
    assert math.isnan(Rule(rule).number)


@pytest.mark.parametrize(
    ("typed", "is_good"),
    [
        ("manual=0.5:1.5", True), ("manual=1.5:1.5", False), ("manual=1:2:3", False), ("manual=1", False),
        ("manual=1:inf", False),
        ("first_1s=0.25", True), ("first_1s=0.25:1", False), ("first_1s=", False),
    ],
)  # fmt: skip
def test_a_window_has_two_ends_in_order_and_a_length_is_one_number(typed, is_good):
    if is_good:
        assert check_methods({"weigh": typed}) == {"weigh": f"weigh.{typed}"}
    else:
        said = "two numbers: weigh=manual=START:END" if typed.startswith("manual") else "one number: weigh=first_1s=NUMBER"
        with pytest.raises(UsageError, match=said):
            check_methods({"weigh": typed})


def test_reasons_stand_in_the_order_of_what_they_do():
    invalid, reject, warn, info = "sensor_saturated", "early_release", "noise_high", "free_leg_unchecked"

    for codes in permutations((invalid, reject, warn, info)):
        assert ranked(codes) == (invalid, reject, warn, info)


def test_an_unknown_code_ranks_with_the_warnings():
    assert ranked(("free_leg_unchecked", "code_of_a_later_version", "early_release")) == (
        "early_release", "code_of_a_later_version", "free_leg_unchecked",
    )  # fmt: skip


def test_a_sensor_of_which_nothing_is_said_shares_no_reference_and_its_clock_is_its_own():
    assert Instrument().u_reference == 0.0
    assert Effort({}).u_clock_s == 0.0
    assert Curve(np.zeros(2), np.zeros(2), 250.0).dt_s == 0.004


def test_a_part_of_a_curve_holds_both_its_ends():
    t = np.arange(100) / 10.0
    curve, path = Curve(t, t, 10.0), Cop(t, t, -t, 10.0, "cop.raw")

    for part in (curve.between(1.0, 2.0), path.between(1.0, 2.0)):
        assert (part.t_s[0], part.t_s[-1], len(part.t_s)) == (1.0, 2.0, 11)


@pytest.mark.parametrize(("n", "is_known"), [(9, False), (10, True)])
def test_the_noise_of_a_curve_wants_eight_second_differences(n, is_known):
    # The second difference of +a, -a, +a is 4 a.
    found = white_noise_of_all_n(3.0 * np.where(np.arange(n) % 2, 1.0, -1.0))

    assert found == pytest.approx(4.0 * 3.0 / math.sqrt(6.0) if is_known else 0.0)


def test_the_noise_of_a_curve_is_that_of_its_quieter_half():
    # Blocks of 32: five quiet, then four of an effort ten times as restless.
    quiet, loud = (np.where(np.arange(n) % 2, a, -a) for n, a in ((32 * 5 + 2, 1.0), (32 * 4, 10.0)))

    assert white_noise_of_all_n(np.concatenate((quiet, loud))) == pytest.approx(4.0 / math.sqrt(6.0))


def test_the_noise_of_a_ramp_is_none():
    assert white_noise_of_all_n(np.linspace(0.0, 500.0, 1000)) == pytest.approx(0.0, abs=1e-9)


def _sine(f_hz, n=4000, rate_hz=1000.0):
    t = np.arange(n) / rate_hz
    return Trace.made(t, np.sin(2 * np.pi * f_hz * t), rate_hz, instrument=Instrument(), holes=())


@pytest.mark.parametrize("f_hz", [10.0, 50.0, 80.0])
def test_the_filter_is_a_butterworth_of_fourth_order_without_delay(f_hz):
    smooth = butterworth(_sine(f_hz), 50.0)

    # Second order each way: |H|^2 = 1/(1 + (tan(pi f/fs)/tan(pi fc/fs))^4).
    gain = 1.0 / (1.0 + (math.tan(math.pi * f_hz / 1000.0) / math.tan(math.pi * 50.0 / 1000.0)) ** 4)
    middle = slice(1000, 3000)
    assert smooth.force_n[middle] == pytest.approx(gain * _sine(f_hz).force_n[middle], abs=1e-3)


@pytest.mark.parametrize(
    ("n", "cutoff_hz", "is_run"),
    [(15, 50.0, False), (16, 50.0, True), (100, 0.0, False), (100, 0.5, True), (100, 499.0, True), (100, 501.0, False)],
)
def test_the_filter_is_run_below_half_of_the_rate_over_enough_samples(n, cutoff_hz, is_run):
    assert (butterworth(_sine(5.0, n), cutoff_hz) is not None) is is_run
