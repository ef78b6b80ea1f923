"""What ``daq analyze`` says: no claim without an interval of the person, sides of intervals, what is missing and why."""

import numpy as np
import pytest

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.cli.rendering import missing_lines, summary_lines, trial_lines
from daq.metrics.asymmetry import DEFAULT_INDEX
from daq.metrics.effort import Curve, Effort
from daq.metrics.paired import Pairing, person_asymmetry
from daq.metrics.summary import Series
from daq.metrics.value import Better, Value
from daq.metrics.words import asymmetry_sentence, reason_sentence, trial_reason_sentence

NEWTONS = {"name": "peak_force", "better": Better.HIGHER, "unit": "N"}


def _series(limb: Limb, *numbers: float) -> Series:
    made = [
        Value("peak_force", limb, x, "N", "peak.max_sample", u=1.0, better=Better.HIGHER, u_parts={"gain": 1.0})
        for x in numbers
    ]
    return Series("peak_force", limb, "", tuple(made))


def _asymmetry(left: tuple[float, ...], right: tuple[float, ...], *, together: bool = False, index: str = DEFAULT_INDEX):
    made = person_asymmetry(_series(Limb.LEFT, *left), _series(Limb.RIGHT, *right), Pairing(index, together, "pull"))
    return {value.name: value for value in made}


@pytest.mark.parametrize("together", [True, False])
def test_two_trials_claim_nothing_about_the_person(together):
    found = _asymmetry((400.0, 402.0), (458.0, 460.0), together=together)

    index = found["asymmetry_percent"]
    assert index.text.endswith("; two trials, no interval of the person yet")
    assert "RIGHT" in index.text
    assert "stronger" not in index.text
    assert index.interval is None
    assert found["stronger_limb"].value is None


def test_one_trial_has_the_interval_of_the_instrument_and_three_have_that_of_the_person():
    one, three = _asymmetry((400.0,), (458.0,)), _asymmetry((400.0, 401.0, 402.0), (458.0, 459.0, 460.0))

    assert one["asymmetry_percent"].text == "RIGHT 12.7 % stronger, this trial"
    assert one["asymmetry_percent"].interval is not None
    assert three["asymmetry_percent"].text == "RIGHT 12.6 % stronger"
    assert three["stronger_limb"].text == "right"


def test_one_trial_of_a_side_and_three_of_the_other_are_not_called_this_trial():
    text = _asymmetry((400.0,), (458.0, 459.0, 460.0))["asymmetry_percent"].text

    assert text.endswith("; one trial of a side, no interval of the person yet")
    assert "this trial" not in text


@pytest.mark.parametrize("index", ["asym.total_denominator", "asym.half_total", "asym.symmetry_index"])
def test_an_index_that_is_not_the_default_is_named_beside_its_number(index):
    text = _asymmetry((400.0, 401.0, 402.0), (458.0, 459.0, 460.0), index=index)["asymmetry_percent"].text

    assert f"({index.removeprefix('asym.')})" in text


@pytest.mark.parametrize(("index", "most"), [("asym.max_denominator", 4.9), ("asym.total_denominator", 2.4)])
def test_level_is_half_as_wide_in_an_index_of_the_total(index, most):
    kind = {**NEWTONS, "together": True, "n_trials": 3, "is_instrument": False, "index": index}

    assert asymmetry_sentence(0.5 * most, (0.1, most), **kind) == "level"
    assert asymmetry_sentence(most, (0.1, most + 0.2), **kind) != "level"


@pytest.mark.parametrize(
    ("percent", "limits", "said"),
    [
        (-12.6, (-14.3, -11.0), "(11.0 to 14.3 %, person)"),
        (12.6, (11.0, 14.3), "(11.0 to 14.3 %, person)"),
        (3.0, (-2.1, 8.0), "(LEFT 2.1 to RIGHT 8.0 %, person)"),
        (-3.0, (-8.0, 0.0), "(LEFT 8.0 to 0.0 %, person)"),
    ],
)
def test_an_interval_is_said_in_the_direction_of_the_words(percent, limits, said):
    test = load_assessment("grip")
    counted = Value("trial_count_valid", Limb.LEFT, 3.0, "1", "summary.count", of="peak_force")
    value = Value(
        "asymmetry_percent", Limb.BOTH, percent, "percent", DEFAULT_INDEX, of="peak_force", limits=limits, text="words",
        params={"interval_of": "person"},
    )  # fmt: skip

    assert said in " ".join(" ".join(summary_lines((counted, value), test)).split())


def _slow(name: str, rate_hz: float, *, limb: Limb = Limb.BOTH):
    t, rng = np.arange(int(31 * rate_hz)) / rate_hz, np.random.default_rng(3)
    sides = (Limb.LEFT, Limb.RIGHT, Limb.BOTH) if limb is Limb.BOTH else (limb,)
    curves = {side: Curve(t, (700.0 if side is Limb.BOTH else 350.0) + rng.standard_normal(len(t)), rate_hz) for side in sides}
    return analyse(Effort(curves, limb), load_assessment(name))


@pytest.mark.parametrize(
    ("name", "rate_hz", "word", "needed"),
    [
        ("hops_10_5", 80.0, "hops", "100 Hz"),
        ("landing", 80.0, "landing", "100 Hz"),
        ("dj", 80.0, "contact and flight", "100 Hz"),
        ("cmj", 80.0, "jump height", "100 Hz"),
        ("stance", 8.0, "balance", "10 Hz"),
        ("imtp", 8.0, "peak force", "10 Hz"),
    ],
)
def test_a_sensor_that_is_too_slow_is_told_what_this_kind_of_test_needs(name, rate_hz, word, needed):
    said = trial_reason_sentence("rate_too_low", _slow(name, rate_hz))

    assert said.startswith("The sensor is too slow: ")
    assert word in said
    assert needed in said
    assert ("peak force" in said) is (name == "imtp")


def test_a_stance_without_any_sway_says_why():
    test = load_assessment("stance")

    assert "  No sway: These plates give no centre of pressure." in trial_lines(1, 0.0, _slow("stance", 100.0), test=test)


@pytest.fixture
def pull_file(tmp_path):
    t = np.arange(7000) / 1000
    force = np.where((t > 2) & (t < 4.5), 400 * (1 - np.exp(-np.maximum(t - 2, 0) / 0.08)), 0.0)
    force += 0.1 * np.random.default_rng(1).standard_normal(len(t))
    np.savetxt(tmp_path / "pull.csv", np.column_stack((t, force)), delimiter=",", header="t,F", comments="", fmt="%.4f")
    return str(tmp_path / "pull.csv")


def test_a_joint_test_without_lever_arm_says_once_how_to_get_a_torque(daq, pull_file):
    words = ("analyze", pull_file, "-a", "knee_extension", "--force", "F", "--limb", "left")

    hint = "Enter the lever arm to get a torque (--enter lever_arm_m="
    assert daq(*words)[1].count(hint) == 1
    assert hint not in daq(*words, "--enter", "lever_arm_m=0.34")[1]
    assert missing_lines([]) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("lever_arm_m=34", "metres, between 0.02 and 1.5"),
        ("lever_arm_m.left=0.001", "metres, between 0.02 and 1.5"),
        ("lever_arm_m=-0.3", "metres, between 0.02 and 1.5"),
        ("limb_weight_n=3000", "newtons, between -300 and 300"),
        ("is_break=0.5", "0 or 1"),
        ("body_mass_kg=7000", "between 2 and 500"),
    ],
)
def test_an_entered_quantity_beyond_what_people_measure_is_refused(daq, pull_file, typed, said):
    code, _, err = daq("analyze", pull_file, "-a", "knee_extension", "--force", "F", "--limb", "left", "--enter", typed)

    assert code == 2
    assert said in err


@pytest.mark.parametrize(
    ("test", "typed"),
    [
        ("dj", "box_height_m=30"),
        ("loaded_cmj", "load_kg=-5"),
        ("sl_hop", "hop_distance_m=160"),
        ("endurance_hold", "target_n=0"),
    ],
)
def test_every_quantity_that_a_test_asks_for_has_its_range(daq, pull_file, test, typed):
    code, _, err = daq("analyze", pull_file, "-a", test, "--force", "F", "--limb", "left", "--enter", typed)

    assert (code, "between" in err) == (2, True)


def test_a_plate_that_does_not_read_zero_is_told_apart_from_noise():
    assert "does not read zero" in reason_sentence("flight_offset")
    assert reason_sentence("flight_offset") != reason_sentence("flight_noise_high")
