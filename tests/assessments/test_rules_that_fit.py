"""A rule that exists but does not fit a kind of test is refused with those that do; one that fits is taken by the analysis."""

import numpy as np
import pytest

from daq.assessments.analysis import analyse, checked_assessment
from daq.assessments.model import assessment_ids, load_assessment
from daq.block import SIDES, Limb
from daq.errors import UsageError
from daq.metrics.effort import Curve, Effort
from daq.metrics.families import family_of
from daq.metrics.methods import RULES

NUMBERS = {"manual": "=1:2", "absolute_n": "=20"}


@pytest.mark.parametrize(
    ("test", "methods", "said"),
    [
        (
            "cmj",
            {"weigh": "quiet_level_1s"},
            "The method weigh.quiet_level_1s does not fit a jump; it takes: weigh.lowest_sd_1s,",
        ),
        ("sj", {"weighing": "weigh.last_quiet_1s"}, "does not fit a squat_jump"),
        ("cmj", {"kinematics": "backward_quiet_mean"}, "it takes: kinematics.forward,"),
        ("imtp", {"weigh": "last_1s"}, "it takes: weigh.quiet_level_1s,"),
        ("imtp", {"weigh": "stored_mass"}, "does not fit a pull"),
        ("imtp", {"onset": "jump_absolute_20n"}, "it takes: onset.threshold_interpolated,"),
        ("dj", {"weigh": "quiet_level_1s"}, "does not fit a drop_jump"),
        ("hops_10_5", {"weigh": "quiet_level_1s"}, "does not fit a hops"),
        ("landing", {"kinematics": "forward"}, "it takes: kinematics.backward_quiet_mean,"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused_with_those_that_do(test, methods, said):
    with pytest.raises(UsageError, match=said.replace(".", r"\.")):
        checked_assessment(load_assessment(test).with_methods(methods))


@pytest.mark.parametrize("name", assessment_ids())
def test_every_rule_that_fits_is_taken_without_raising(name):
    test = load_assessment(name)
    t = np.arange(6000) / 1000.0
    force = np.where(t < 2.0, 700.0, 700.0 + 900.0 * np.clip((t - 2.0) / 0.3, 0.0, 1.0))
    force[(t >= 2.6) & (t < 3.1)] = 0.0
    force[t >= 3.3] = 700.0
    force += np.random.default_rng(1).standard_normal(len(t))
    limb = Limb.BOTH if test.sides == "together" else Limb.LEFT
    curves = {limb: Curve(t, force, 1000.0)}
    if limb is Limb.BOTH:
        curves |= {side: Curve(t, 0.5 * force, 1000.0) for side in SIDES}

    for methods in _fitting(test):
        result = analyse(Effort(curves, limb, stored_weight_n=700.0), checked_assessment(test.with_methods(methods)))
        assert all(value.value is not None or value.reasons for value in result.values), methods


def _fitting(test):
    """One rule of one family at a time: each that the refusal lets through."""
    family = family_of(test.kind.value)
    for name in family.methods:
        for rule in RULES[name]:
            bare = rule.rstrip("=")
            number = "=2.0" if (name, bare) == ("onset", "manual") else NUMBERS.get(bare, "")
            methods = {name: bare + number}
            if bare in family.rules.get(name, (bare,)):
                yield methods
            else:
                with pytest.raises(UsageError, match="does not fit"):
                    checked_assessment(test.with_methods(methods))
