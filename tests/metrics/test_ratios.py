"""Ratios of two tests, of two sides, of now and before, with their uncertainty."""

import math

import numpy as np
import pytest

from daq.assessments.model import Ratio
from daq.assessments.tally import ratio_values
from daq.block import Limb
from daq.metrics.declared import CAVEAT, dominance, epic, left_over_right, lsi, right_share
from daq.metrics.goal import NOT_YET, REACHED, WITHIN_ERROR, AsymmetryGoal, Verdict, progress, target_word
from daq.metrics.person import PersonFacts
from daq.metrics.ratios import quotient, ratio
from daq.metrics.value import Better, Status, Value


def _best(limb, newtons, *, of="peak_force", own=None, reference="", method="summary.best", rule="peak.max_sample", **more):
    parts = {"gain": own * newtons, "reference": 0.02 * newtons} if own is not None else {}
    u = math.hypot(*parts.values()) if parts else None
    return Value(
        f"{of}_{method.partition('.')[2]}", limb, newtons, "N", method, of=of, u=u, u_parts=parts, reference=reference,
        params={"of_method": rule}, better=Better.HIGHER, **more,
    )  # fmt: skip


def test_a_ratio_has_the_root_of_both_relative_uncertainties_and_a_shared_reference_cancels():
    a, b = (_best(Limb.LEFT, x, own=0.01, reference="masses") for x in (180.0, 300.0))

    assert quotient(a, b).u == pytest.approx(0.6 * 0.01 * math.sqrt(2))
    assert quotient(a, b._replace(reference="others")).u == pytest.approx(0.6 * math.sqrt(2 * (0.01**2 + 0.02**2)))


def test_the_uncertainty_of_a_ratio_is_that_of_a_simulation():
    rng = np.random.default_rng(4)
    shared = 0.02 * rng.standard_normal(40000)
    own = 0.01 * rng.standard_normal((2, 40000))
    drawn = 180.0 * (1 + shared + own[0]) / (300.0 * (1 + shared + own[1]))
    a, b = (_best(Limb.LEFT, x, own=0.01, reference="masses") for x in (180.0, 300.0))

    assert quotient(a, b).u == pytest.approx(drawn.std(), rel=0.03)


def test_degrees_of_freedom_follow_welch_and_satterthwaite():
    a, b = (_best(Limb.LEFT, 100.0, own=0.01, nu_eff=nu) for nu in (2.0, None))

    # Equal shares, one of them with two degrees of freedom: 4 * 2.
    assert quotient(a, b).nu_eff == pytest.approx(8.0)


@pytest.mark.parametrize(
    ("numerator", "denominator", "code"),
    [
        (None, _best(Limb.LEFT, 300.0), "limb_missing"),
        (_best(Limb.LEFT, 180.0), _best(Limb.LEFT, 300.0, method="summary.mean"), "method_mismatch"),
        (_best(Limb.LEFT, 180.0), _best(Limb.LEFT, 300.0, rule="peak.moving_mean"), "method_mismatch"),
        (_best(Limb.LEFT, 180.0), _best(Limb.LEFT, 2.0), "denominator_too_small"),
        (_best(Limb.LEFT, 180.0), _best(Limb.LEFT, 0.0), "denominator_too_small"),
        (_best(Limb.LEFT, 180.0), _best(Limb.LEFT, 300.0)._replace(value=None, reasons=("sample_gap",)), "sample_gap"),
    ],
)
def test_two_values_that_do_not_belong_together_give_no_ratio(numerator, denominator, code):
    found = ratio("hamstring_quadriceps_ratio", numerator, denominator, limb=Limb.LEFT)

    assert found.value is None
    assert found.status is Status.INVALID
    assert found.reasons == (code,)


def test_the_strength_index_compares_two_metrics_with_rules_of_their_own():
    jump = _best(Limb.BOTH, 1800.0, of="peak_propulsion_force", own=0.01)
    pull = _best(Limb.BOTH, 2400.0, own=0.01, rule="peak.other")

    found = ratio("dynamic_strength_index", jump, pull, limb=Limb.BOTH)

    assert found.value == 0.75
    assert found.method == "ratio.dsi"
    assert found.params["summary"] == "summary.best"


@pytest.mark.parametrize(
    ("name", "method"),
    [("break_make_ratio", "ratio.break_make"), ("eccentric_utilisation_ratio", "ratio.eccentric_utilisation"),
     ("romberg_quotient", "ratio.romberg"), ("hip_adductor_abductor_ratio", "ratio.agonist_antagonist"),
     ("shoulder_er_ir_ratio", "ratio.agonist_antagonist"), ("wrist_pair_of_someone", "ratio.agonist_antagonist")],
)  # fmt: skip
def test_every_ratio_has_the_method_of_its_kind(name, method):
    assert ratio(name, _best(Limb.LEFT, 1.0), _best(Limb.LEFT, 100.0), limb=Limb.LEFT).method == method


def test_the_ratio_of_two_summaries_is_formed_for_each_limb_and_can_be_turned_round():
    of = Ratio(name="hamstring_quadriceps_ratio", metric="peak_force", other_test="knee_extension", other_metric="peak_force")
    flexion = (_best(Limb.LEFT, 180.0), _best(Limb.RIGHT, 200.0))
    extension = (_best(Limb.LEFT, 300.0),)

    left, right = ratio_values(of, flexion, extension)
    turned = ratio_values(of.model_copy(update={"is_inverted": True}), extension, flexion)[0]

    assert (left.limb, left.value) == (Limb.LEFT, 0.6)
    assert right.reasons == ("limb_missing",)
    assert turned.value == 0.6
    assert left.params["other_test"] == "knee_extension"
    assert ratio_values(of, (), ()) == []


def _pair(left, right, **more):
    return _best(Limb.LEFT, left, own=0.01, **more), _best(Limb.RIGHT, right, own=0.01, **more)


def test_the_limb_symmetry_index_is_involved_over_uninvolved_and_says_what_it_hides():
    found = lsi(*_pair(270.0, 300.0), PersonFacts(involved=Limb.LEFT))

    assert found.value == pytest.approx(90.0)
    assert found.text == CAVEAT == "The other leg may also have weakened."
    assert found.u == pytest.approx(90.0 * math.hypot(0.01, 0.01, 0.02, 0.02))
    assert lsi(*_pair(270.0, 300.0), PersonFacts()) is None


def test_where_lower_is_better_the_reciprocal_is_taken_and_neutral_metrics_have_none():
    left, right = (v._replace(better=Better.LOWER) for v in _pair(0.5, 0.4))
    neutral = [v._replace(better=Better.NEUTRAL) for v in (left, right)]

    assert lsi(left, right, PersonFacts(involved=Limb.LEFT)).value == pytest.approx(80.0)
    assert lsi(*neutral, PersonFacts(involved=Limb.LEFT)) is None
    assert epic(*neutral, PersonFacts(involved=Limb.LEFT)) is None


def test_the_capacity_before_the_injury_needs_a_test_from_then():
    pair = _pair(270.0, 300.0)
    before = {"peak_force": _best(Limb.RIGHT, 360.0, own=0.01)}

    assert epic(*pair, PersonFacts(involved=Limb.LEFT)).reasons == ("baseline_test_missing",)
    found = epic(*pair, PersonFacts(involved=Limb.LEFT, baseline=before, baseline_on="2026-01-04"))
    assert found.value == pytest.approx(75.0)
    assert found.params["baseline_on"] == "2026-01-04"
    other = {"peak_force": _best(Limb.RIGHT, 360.0, rule="peak.moving_mean")}
    assert epic(*pair, PersonFacts(involved=Limb.LEFT, baseline=other)).reasons == ("method_mismatch",)


def test_dominance_needs_a_declared_side():
    assert dominance(*_pair(450.0, 500.0), PersonFacts(dominant=Limb.RIGHT)).value == pytest.approx(10.0)
    assert dominance(*_pair(450.0, 500.0), PersonFacts(dominant=Limb.LEFT)).value == pytest.approx(-100 / 9)
    assert dominance(*_pair(450.0, 500.0), PersonFacts()) is None


def test_the_share_is_fifty_plus_half_the_index_of_the_total_with_half_its_uncertainty():
    pair = _pair(400.0, 600.0)

    found = right_share(*pair)

    assert found.value == pytest.approx(50 + 20 / 2)
    relative = math.hypot(0.01, 0.01, 0.02, 0.02)
    assert found.u == pytest.approx(0.5 * 200 * 400 * 600 / 1000**2 * relative)
    assert left_over_right(*pair).value == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("interval", "better", "said"),
    [
        ((101.0, 110.0), Better.HIGHER, REACHED), ((90.0, 99.0), Better.HIGHER, NOT_YET),
        ((95.0, 105.0), Better.HIGHER, WITHIN_ERROR), ((90.0, 99.0), Better.LOWER, REACHED),
        ((101.0, 110.0), Better.LOWER, NOT_YET), ((95.0, 105.0), Better.LOWER, WITHIN_ERROR),
        (None, Better.HIGHER, ""), ((95.0, 105.0), Better.NEUTRAL, ""),
    ],
)  # fmt: skip
def test_a_target_is_reached_only_with_the_whole_interval(interval, better, said):
    assert target_word(interval, 100.0, better) == said


@pytest.mark.parametrize(
    ("left", "right", "interval", "verdict"),
    [
        (480.0, 495.0, (-1.0, 7.0), Verdict.REACHED),
        (480.0, 495.0, (-1.0, 11.0), Verdict.WITHIN_ERROR),
        (420.0, 500.0, (12.0, 20.0), Verdict.NOT_YET),
        (480.0, 400.0, (-20.0, -12.0), Verdict.NOT_YET),
        (440.0, 455.0, (-1.0, 7.0), Verdict.STRONGER_DROPPED),
        (410.0, 480.0, (2.0, 9.0), Verdict.WEAKER_NOT_UP),
        (480.0, 495.0, None, Verdict.WITHIN_ERROR),
    ],
)
def test_a_gap_that_closed_because_the_stronger_side_fell_is_no_success(left, right, interval, verdict):
    goal = AsymmetryGoal("peak_force", 400.0, 500.0)

    found = progress(goal, left, right, interval=interval, mdc95_left=25.0, mdc95_right=25.0)

    assert found.verdict is verdict
    if verdict is Verdict.STRONGER_DROPPED:
        assert found.sentence == "gap closed because the RIGHT dropped"


def test_progress_is_the_share_of_the_gap_that_closed():
    goal = AsymmetryGoal("peak_force", 400.0, 500.0)

    assert progress(goal, 450.0, 500.0, interval=(5.0, 15.0), mdc95_left=1.0, mdc95_right=1.0).share == pytest.approx(0.5)
    assert progress(goal, 400.0, 600.0, interval=(30.0, 36.0), mdc95_left=1.0, mdc95_right=1.0).share < 0
