"""Records in which nobody did anything, or of which half is missing: no number counts."""

import numpy as np
import pytest

from daq.assessments.analysis import analyse, checked_assessment
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.errors import UsageError
from daq.metrics.effort import Curve, Effort
from daq.metrics.value import Status

T_S = np.arange(5000) / 1000.0


def _noise(seed, n_n=1.0):
    return n_n * np.random.default_rng(seed).standard_normal(len(T_S))


def test_standing_still_is_no_pull():
    sides = {Limb.LEFT: 367.0 + _noise(1), Limb.RIGHT: 368.0 + _noise(2)}
    curves = {limb: Curve(T_S, force, 1000.0) for limb, force in sides.items()}
    curves[Limb.BOTH] = Curve(T_S, sum(sides.values()), 1000.0)

    result = analyse(Effort(curves), load_assessment("imtp"))

    assert result.status is Status.INVALID
    assert "onset_not_found" in result.reasons
    assert result.find("peak_force").value is None
    assert result.find("peak_force", Limb.LEFT).value is None


def test_a_weight_left_on_a_dynamometer_is_no_squeeze():
    result = analyse(Effort({Limb.RIGHT: Curve(T_S, 50.0 + _noise(3, 0.1), 1000.0)}, Limb.RIGHT), load_assessment("grip"))

    assert result.status is Status.INVALID
    assert all(value.value is None for value in result.values)


def test_a_jump_on_one_live_plate_is_kept_and_not_counted(jump, two_plates, cmj):
    t_s = jump.axis()
    effort = two_plates(t_s, jump.force_n(t_s), noise_n=0.5)
    dead = Curve(t_s, 0.3 * np.random.default_rng(5).standard_normal(len(t_s)), 1000.0)
    left = effort.curves[Limb.LEFT]
    curves = {Limb.LEFT: left, Limb.RIGHT: dead, Limb.BOTH: Curve(t_s, left.force_n + dead.force_n, 1000.0)}

    result = analyse(Effort(curves), cmj)

    assert result.status is Status.INVALID
    given = [value for value in result.values if value.value is not None]
    assert given
    assert all(value.status is Status.WARNING and "limb_missing" in value.reasons for value in given)


@pytest.mark.parametrize("name", ["knee_extension", "imtp", "critical_force"])
def test_a_filter_that_a_test_does_not_have_is_refused_and_none_is_taken(name):
    test = load_assessment(name)

    assert checked_assessment(test.with_methods({"filter": "none", "integrate": "trapezoid"}))
    with pytest.raises(UsageError, match="filter"):
        checked_assessment(test.with_methods({"filter": "butter4_zero_lag=50"}))
