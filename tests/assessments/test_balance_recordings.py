"""Thirty seconds of a public stance against the descriptors of the authors' package and against the formulas computed apart."""

import json
import math

import numpy as np
import pytest

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.metrics.balance.cop import six_component
from daq.metrics.effort import Cop, Curve, Effort
from daq.store.csv_import import read_table

STANCE = load_assessment("stance")
CM, CM2 = 0.01, 0.0001


@pytest.fixture
def reference(public_data):
    return json.loads((public_data / "jythen_cop" / "reference_quijoux.json").read_text(encoding="utf-8"))


@pytest.fixture
def stance(public_data):
    """The recording as an effort: the CoP of the file in m, the force of the plate."""
    table = read_table(public_data / "jythen_cop" / "cop_30s_100Hz_cm.csv")
    force = read_table(public_data / "jythen_cop" / "raw_6ch_AMTI_samples4000_7000.csv").column("Fz")[: table.n_rows]
    x, y = (CM * table.column(name) for name in table.names)
    return _effort(x, y, 100.0, force)


@pytest.fixture
def processed(public_data):
    """What the authors' processing made of it, 25 Hz."""
    table = read_table(public_data / "jythen_cop" / "cop_after_swarii25Hz_filt10Hz_cm.csv")
    return _effort(CM * table.column("ML"), CM * table.column("AP"), 25.0, np.full(table.n_rows, 582.0))


def _effort(ml, ap, rate_hz, force):
    t = np.arange(len(ml)) / rate_hz
    return Effort({Limb.BOTH: Curve(t, force, rate_hz)}, cop=Cop(t, ml, ap, rate_hz, "cop.columns"))


def _simple(result, expected, number):
    assert number(result, "sway_path_length") == pytest.approx(CM * expected["path_length_cm"], rel=1e-6)
    assert number(result, "sway_velocity_mean") == pytest.approx(CM * expected["mean_velocity_cm_s"], rel=1e-6)
    assert number(result, "sway_rms_distance_ml") == pytest.approx(CM * expected["rms_x"], rel=1e-6)
    assert number(result, "sway_rms_distance_ap") == pytest.approx(CM * expected["rms_y"], rel=1e-6)
    assert number(result, "sway_range_ml") == pytest.approx(CM * expected["range_x"], rel=1e-6)
    assert number(result, "sway_range_ap") == pytest.approx(CM * expected["range_y"], rel=1e-6)


def test_the_raw_recording_has_the_values_of_the_formulas(stance, reference, number):
    result = analyse(stance, STANCE.with_methods({"cop": "raw"}))

    expected = reference["simple_on_raw_100Hz"]
    _simple(result, expected, number)
    # The same formula, the same samples.
    area = number(result, "sway_ellipse_area_95")
    assert area == pytest.approx(CM2 * expected["ellipse95_prediction_Schubert_cm2"], rel=0.002)


def test_the_processed_recording_has_the_values_of_the_formulas(processed, reference, number):
    result = analyse(processed, STANCE.with_methods({"cop": "raw"}))

    expected = reference["simple_on_processed_25Hz"]
    _simple(result, expected, number)
    area = number(result, "sway_ellipse_area_95")
    assert area == pytest.approx(CM2 * expected["ellipse95_prediction_Schubert_cm2"], rel=1e-6)


def test_the_processed_recording_has_the_descriptors_of_the_package(processed, reference, number):
    result = analyse(processed, STANCE.with_methods({"cop": "raw"}))

    theirs, n = reference["quijoux_features"], 748
    assert number(result, "sway_mean_distance") == pytest.approx(CM * theirs["mean_distance_Radius"], rel=0.001)
    assert number(result, "sway_rms_distance") == pytest.approx(CM * theirs["rms_Radius"], rel=0.001)
    assert number(result, "sway_rms_distance_ml") == pytest.approx(CM * theirs["rms_ML"], rel=0.001)
    assert number(result, "sway_rms_distance_ap") == pytest.approx(CM * theirs["rms_AP"], rel=0.001)
    assert number(result, "sway_ellipse_area_95") == pytest.approx(CM2 * theirs["confidence_ellipse_area_ML_AND_AP"], rel=0.002)
    # The package divides by N/fs, here it is (N - 1)/fs.
    share = n / (n - 1)
    for name, whose in (("", "_ML_AND_AP"), ("_ml", "_ML"), ("_ap", "_AP")):
        velocity = number(result, f"sway_velocity_mean{name}")
        assert velocity == pytest.approx(CM * share * theirs[f"mean_velocity{whose}"], rel=0.005)
    assert number(result, "sway_area_rate") == pytest.approx(CM2 * theirs["sway_area_per_second_ML_AND_AP"], rel=0.005)
    assert number(result, "sway_mean_frequency") == pytest.approx(theirs["mean_frequency_ML_AND_AP"], rel=0.005)


def test_the_authors_processing_of_the_whole_recording_gives_their_sway(stance, reference, number):
    result = analyse(stance, STANCE.with_methods({"cop": "swarii25_lp10"}))

    # Their rule for artefacts leaves out the first 0.1 s, which is in here.
    expected = reference["simple_on_processed_25Hz"]
    assert number(result, "sway_velocity_mean") == pytest.approx(CM * expected["mean_velocity_cm_s"], rel=0.005)
    assert number(result, "sway_ellipse_area_95") == pytest.approx(
        CM2 * expected["ellipse95_prediction_Schubert_cm2"], rel=0.01
    )
    assert number(result, "sway_rms_distance_ml") == pytest.approx(CM * expected["rms_x"], rel=0.002)


def test_the_processing_halves_the_path_and_leaves_the_area(stance, number):
    results = {rule: analyse(stance, STANCE.with_methods({"cop": rule})) for rule in ("raw", "lp10_100hz", "swarii25_lp10")}

    speed = {rule: number(result, "sway_velocity_mean") for rule, result in results.items()}
    area = {rule: number(result, "sway_ellipse_area_95") for rule, result in results.items()}
    assert speed["raw"] == pytest.approx(0.0131, rel=0.005)
    assert speed["swarii25_lp10"] == pytest.approx(0.0070, rel=0.01)
    assert speed["swarii25_lp10"] < speed["lp10_100hz"] < 0.6 * speed["raw"]
    assert list(area.values()) == pytest.approx([area["raw"]] * 3, rel=0.01)
    assert {result.find("sway_velocity_mean").method for result in results.values()} == {
        "cop.raw", "cop.lp10_100hz", "cop.swarii25_lp10",
    }  # fmt: skip


def test_six_channels_give_the_sway_of_the_file_of_points_with_other_signs(public_data, stance, number):
    table = read_table(public_data / "jythen_cop" / "raw_6ch_AMTI_samples4000_7000.csv")
    wrench = np.stack([table.column(name) for name in ("Fx", "Fy", "Fz", "Mx", "My")])
    n = stance.main.force_n.size
    cop = six_component(np.arange(n) / 100.0, wrench[:, :n], rate_hz=100.0)

    here, there = (
        analyse(Effort(stance.curves, cop=each), STANCE.with_methods({"cop": "raw"})) for each in (stance.cop, cop)
    )  # fmt: skip

    for name in ("sway_path_length", "sway_range_ml", "sway_range_ap", "sway_ellipse_area_95", "sway_f95"):
        assert number(there, name) == pytest.approx(number(here, name), rel=1e-5)
    assert there.find("sway_path_length").params["cop"] == "cop.six_component"


def test_the_frequencies_of_quiet_standing_are_where_it_is_known_to_sway(stance, number):
    result = analyse(stance, STANCE)

    f50, f95, centre = (number(result, f"sway_{name}") for name in ("f50", "f95", "f_centroid"))
    assert 0.15 <= f50 < centre < f95 < 2.0
    assert math.isclose(result.find("sway_f50").params["resolution_hz"], 100 / 3000)
