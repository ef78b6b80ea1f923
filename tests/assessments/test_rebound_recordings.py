"""The public drop jump of two plates and of one, against the published values and the computed ones."""

import json

import numpy as np
import pytest

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.metrics.effort import Curve, Effort
from daq.metrics.value import Status

FOLDER = "gidiel_cmj_sj_dj"
PINNED = {
    "flight": "fixed_20n", "weigh": "last_1s", "kinematics": "backward", "phase": "zero_velocity", "filter": "none",
    "integrate": "trapezoid",
}  # fmt: skip


@pytest.fixture
def dual(dual_effort):
    return dual_effort(f"{FOLDER}/Dual-DJ-Fz.txt", 1000.0)


@pytest.fixture
def single(recordings):
    force = recordings(f"{FOLDER}/Single-DJ-Fz.txt").column("1")
    return Effort({Limb.BOTH: Curve(np.arange(len(force)) / 1000.0, force, 1000.0)})


@pytest.fixture
def authors(public_data):
    return json.loads((public_data / FOLDER / "reference_gidiel_script.json").read_text())["Dual-DJ|filter50Hz=yes"]


@pytest.mark.parametrize("plates", ["dual", "single"])
def test_with_pinned_rules_the_recording_has_the_computed_values(request, number, plates):
    result = analyse(request.getfixturevalue(plates), load_assessment("dj").with_methods(PINNED))

    assert (result.events["takeoff"].index, result.events["landing"].index) == (2146, 2633)
    assert number(result, "body_weight") == pytest.approx(665.328, abs=0.001)
    assert number(result, "flight_time") == pytest.approx(0.487, abs=1e-9)
    assert number(result, "jump_height_flight_time") == pytest.approx(0.2907, abs=0.0001)
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(0.2937, abs=0.0001)
    assert number(result, "contact_time") == pytest.approx(0.249, abs=1e-9)
    assert number(result, "drop_height") == pytest.approx(0.3316, abs=0.0001)
    assert number(result, "peak_contact_force") == pytest.approx(3099.9, abs=0.05)
    assert number(result, "rsi_flight_contact") == pytest.approx(0.487 / 0.249, rel=1e-9)


@pytest.mark.parametrize("plates", ["dual", "single"])
def test_with_the_defaults_the_recording_has_its_edges_between_samples(request, number, plates):
    result = analyse(request.getfixturevalue(plates), load_assessment("dj"))

    assert result.status is Status.WARNING
    # The knock on one plate before the contact is a spike.
    assert set(result.reasons) <= {"contact_too_long", "signal_spikes"}
    assert result.events["takeoff"].t_s == pytest.approx(2.1491, abs=0.0005)
    assert result.events["landing"].t_s == pytest.approx(2.6325, abs=0.0005)
    assert number(result, "flight_time") == pytest.approx(0.4834, abs=0.0005)
    assert number(result, "jump_height_flight_time") == pytest.approx(0.2864, abs=0.001)


def test_the_authors_values_are_met_within_the_tolerances_of_their_filter(dual, authors, number):
    result = analyse(dual, load_assessment("dj").with_methods(PINNED))

    assert number(result, "body_weight") == pytest.approx(authors["Weight (N)"], abs=0.1)
    assert number(result, "peak_contact_force") == pytest.approx(authors["Peak-Drop (N)"], rel=0.002)
    # Their 50 Hz low-pass rounds the take-off edge: about 10 mm of height, 5 ms of contact.
    assert number(result, "jump_height_flight_time") == pytest.approx(authors["FT (m)"], abs=0.011)
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(authors["ToV-D (m)"], abs=0.012)
    assert number(result, "contact_time") == pytest.approx(authors["Brak (s)"] + authors["Upw (s)"], abs=0.005)


def test_the_two_ways_to_the_height_agree_better_when_the_quiet_second_rests_on_average(dual, number):
    """The landing posture is free, so they need not agree at all; but here nothing else speaks for a difference."""

    def apart_m(kinematics: str) -> float:
        result = analyse(dual, load_assessment("dj").with_methods({"kinematics": kinematics}))
        return abs(number(result, "height_method_difference"))

    assert apart_m("backward_quiet_mean") < 0.001
    assert apart_m("backward_quiet_mean") < apart_m("backward_first_quiet")


def test_the_limbs_add_up_to_the_sum(dual, number):
    result = analyse(dual, load_assessment("dj"))

    for name in ("contact_impulse_gross", "mean_contact_force"):
        parts = number(result, name, Limb.LEFT) + number(result, name, Limb.RIGHT)
        assert parts == pytest.approx(number(result, name), rel=1e-9), name
    # The left foot touches down first, so each has a maximum of its own.
    peaks = number(result, "peak_contact_force", Limb.LEFT) + number(result, "peak_contact_force", Limb.RIGHT)
    assert peaks >= number(result, "peak_contact_force")
    assert number(result, "weight_share", Limb.LEFT) + number(result, "weight_share", Limb.RIGHT) == pytest.approx(100.0)


def test_a_knock_of_108_newtons_before_the_contact_is_not_the_contact(dual):
    """The box or the foot strikes the plate 2 ms before the load comes; the contact begins with the load that stays."""
    result = analyse(dual, load_assessment("dj"))

    assert result.events["contact"].t_s == pytest.approx(1.8957, abs=0.0005)
    assert dual.main.force_n[1894] > 100.0
