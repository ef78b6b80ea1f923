"""The public recordings with published or independently computed values: how each is read, and the rules behind its values."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from daq.block import Limb
from daq.metrics.effort import Cop, Floats
from daq.store.csv_import import read_table
from daq.units import STANDARD_GRAVITY_M_PER_S2

DATA = Path(os.environ.get("LIMB_DAQ_DATA") or Path(__file__).parents[2].parent / "shared" / "data")
NOTEBOOK_G = 9.8


@dataclass(frozen=True)
class Row:
    """One compared number: ``published`` within ``tolerance`` with the ``pinned`` rules; keys of the other programs."""

    metric: str
    published: float
    tolerance: float
    limb: Limb = Limb.BOTH
    jumpmetrics: str = ""
    plateforce: str = ""


@dataclass(frozen=True)
class Case:
    """One recording: how it is read, the rules behind the published values, and what is compared."""

    title: str
    source: str
    assessment: str
    load: Callable[[], dict[Limb, Floats]]
    rate_hz: float
    pinned: Mapping[str, str]
    rows: tuple[Row, ...]
    weigh_s: float = 1.0
    note: str = ""
    gravity: float = STANDARD_GRAVITY_M_PER_S2
    entered: Mapping[str, float] = field(default_factory=dict)
    cop: Callable[[], Cop] | None = None


def _sides(name: str, left: str = "1", right: str = "2") -> Callable[[], dict[Limb, Floats]]:
    def load() -> dict[Limb, Floats]:
        table = read_table(DATA / name)
        return {Limb.LEFT: table.column(left), Limb.RIGHT: table.column(right)}

    return load


def _total(name: str, column: str = "1", *, from_minimum: bool = False) -> Callable[[], dict[Limb, Floats]]:
    def load() -> dict[Limb, Floats]:
        force_n = read_table(DATA / name).column(column)
        return {Limb.BOTH: force_n - force_n.min() if from_minimum else force_n}

    return load


def _cop(name: str, rate_hz: float) -> Callable[[], Cop]:
    def load() -> Cop:
        table = read_table(DATA / name)
        ml_m, ap_m = (0.01 * table.column(column) for column in table.names)
        return Cop(np.arange(table.n_rows) / rate_hz, ml_m, ap_m, rate_hz, "cop.columns")

    return load


def _standing(n: int) -> Callable[[], dict[Limb, Floats]]:
    """The force of quiet standing, where a file of centres of pressure has none of its own."""
    return lambda: {Limb.BOTH: np.full(n, 582.0)}


_STANCE = "Quijoux et al. (2021), Physiological Reports"
_FIXED = {"flight": "fixed_20n"}
_HALF_SECOND = {**_FIXED, "weigh": "lowest_sd_1s=0.5"}
_AUTHORS = {**_FIXED, "weigh": "first_1s", "phase": "zero_velocity"}
_HEIGHT, _FLIGHT_HEIGHT = "jump_height_impulse_momentum", "jump_height_flight_time"
_JM = {"height": "jump_height_takeoff_velocity", "flight": "jump_height_flight_time", "peak": "peak_force"}
_PF_HEIGHT, _PF_FLIGHT = "jump_height_takeoff_frame_meters", "jump_height_flight_time_meters"


def cases() -> tuple[Case, ...]:
    """Every recording of jumps with published or independently computed values."""
    return (
        Case(
            "Countermovement jump, two plates, 1000 Hz", "Gidiel-Machado, own program, unfiltered", "cmj",
            _sides("gidiel_cmj_sj_dj/Dual-CMJ-Fz.txt"), 1000.0, _AUTHORS,
            (
                Row("body_weight", 662.929, 0.1, plateforce="system_weight_newtons"),
                Row("peak_force", 1768.472, 0.0005),
                Row("peak_force_at_total_peak", 853.717, 0.0005, Limb.LEFT),
                Row("peak_force_at_total_peak", 914.755, 0.0005, Limb.RIGHT),
                Row("flight_time", 0.511, 0.003, plateforce="flight_time_seconds"),
                Row(_FLIGHT_HEIGHT, 0.320, 0.005, plateforce=_PF_FLIGHT),
                Row(_HEIGHT, 0.317, 0.005, plateforce=_PF_HEIGHT),
                Row("jump_height_displacement", 0.398, 0.005),
                Row("countermovement_depth", -0.348, 0.002),
                Row("min_velocity", -1.450, 0.005),
                Row("peak_velocity", 2.676, 0.005),
                Row("peak_power", 3397.886, 0.005 * 3397.886),
                Row("mean_propulsion_force", 698.807, 0.003 * 698.807, Limb.LEFT),
                Row("mean_propulsion_force", 610.382, 0.003 * 610.382, Limb.RIGHT),
                Row("landing_peak_force", 2330.246, 0.0005),
            ),
            note="The authors' rule ends the push at 20 N; the default carries the edge on to the level of the flight, which "
            "lowers the heights by 3 to 4 mm. Their 50 Hz low-pass, off here, lowers them by about 6 mm.",
        ),
        Case(
            "Squat jump, two plates, 1000 Hz", "Gidiel-Machado, own program, unfiltered", "sj",
            _sides("gidiel_cmj_sj_dj/Dual-SJ-Fz.txt"), 1000.0, {**_FIXED, "weigh": "first_1s"},
            (
                Row("flight_time", 0.471, 0.003),
                Row(_FLIGHT_HEIGHT, 0.272, 0.005),
                Row(_HEIGHT, 0.269, 0.005),
                Row("peak_force_at_total_peak", 853.7, 0.05, Limb.LEFT),
                Row("peak_force_at_total_peak", 924.9, 0.05, Limb.RIGHT),
                Row("peak_force", 859.3, 0.05, Limb.LEFT),
                Row("peak_force", 927.7, 0.05, Limb.RIGHT),
            ),
            note="The authors integrate backwards from the quiet end, we forwards from quiet standing.",
        ),
        Case(
            "Drop jump, two plates, 1000 Hz", "definitions applied to the unfiltered trace (20 N, last quiet second)", "dj",
            _sides("gidiel_cmj_sj_dj/Dual-DJ-Fz.txt"), 1000.0,
            {**_FIXED, "weigh": "last_1s", "kinematics": "backward"},
            (
                Row("contact_time", 0.249, 0.003),
                Row("flight_time", 0.487, 0.003),
                Row(_FLIGHT_HEIGHT, 0.2907, 0.005),
                Row(_HEIGHT, 0.2937, 0.005),
                Row("drop_height", 0.3316, 0.005),
                Row("peak_contact_force", 3099.9, 0.05),
            ),
            note="The authors' own figures exist only behind their 50 Hz low-pass (flight 0.479 s, height 0.281 m).",
        ),
        Case(
            "Countermovement jump F02, two plates, 2000 Hz", "definitions applied to the unfiltered trace (20 N)", "cmj",
            _sides("jumpmetrics_cmj_sj/cmj_F02_CTRL1.csv"), 2000.0, _FIXED,
            (
                Row("body_weight", 723.05, 1.0, plateforce="system_weight_newtons"),
                Row("flight_time", 0.5290, 0.001, jumpmetrics="flight_time", plateforce="flight_time_seconds"),
                Row(_FLIGHT_HEIGHT, 0.3430, 0.005, jumpmetrics=_JM["flight"], plateforce=_PF_FLIGHT),
                Row(_HEIGHT, 0.3193, 0.005, jumpmetrics=_JM["height"], plateforce=_PF_HEIGHT),
                Row("takeoff_velocity", 2.5026, 0.02, jumpmetrics="takeoff_velocity",
                    plateforce="takeoff_velocity_meters_per_second"),
                Row("peak_force", 1930.17, 0.005, jumpmetrics=_JM["peak"]),
                Row("min_velocity", -0.4924, 0.005),
                Row("countermovement_depth", -0.1743, 0.002, jumpmetrics="lowering_displacement"),
                Row("braking_impulse_net", 36.38, 0.3638, jumpmetrics="braking_net_vertical_impulse"),
                Row("propulsion_impulse_net", 184.43, 1.8443, jumpmetrics="propulsive_net_vertical_impulse"),
            ),
            weigh_s=0.25,
            note="The two heights differ by 2.4 cm on every program: the person landed with bent legs.",
        ),
        Case(
            "Squat jump P31, two plates, 1000 Hz", "definitions applied to the unfiltered trace (20 N)", "sj",
            _sides("jumpmetrics_cmj_sj/sj_P31_SQT9.csv"), 1000.0, _HALF_SECOND,
            (
                Row("body_weight", 609.88, 1.0),
                Row("flight_time", 0.4530, 0.002, jumpmetrics="flight_time"),
                Row(_HEIGHT, 0.2602, 0.005, jumpmetrics=_JM["height"]),
                Row(_FLIGHT_HEIGHT, 0.2516, 0.005, jumpmetrics=_JM["flight"]),
                Row("peak_force", 1406.05, 0.005, jumpmetrics=_JM["peak"]),
            ),
            weigh_s=0.25,
            note="The published weight is that of the stillest half second.",
        ),
        Case(
            "Squat jump P30 with a dip, two plates, 1000 Hz", "definitions applied to the unfiltered trace (20 N)", "sj",
            _sides("jumpmetrics_cmj_sj/sj_P30_SQT3.csv"), 1000.0, _HALF_SECOND,
            (
                Row("body_weight", 733.66, 1.0),
                Row("squat_jump_dip", 97.0, 2.0),
                Row(_HEIGHT, 0.2381, 0.005, jumpmetrics=_JM["height"]),
                Row(_FLIGHT_HEIGHT, 0.2395, 0.005, jumpmetrics=_JM["flight"]),
                Row("peak_force", 1362.00, 0.005, jumpmetrics=_JM["peak"]),
            ),
            weigh_s=0.25,
            note="Rejected by default (squat_jump_countermovement): the dip of 13 % of the weight stays in the integral. "
            "Integrating after the dip would give 0.281 m. The published weight is that of the stillest half second; the "
            "stillest whole second reads 5 N less, which is inside its interval.",
        ),
        Case(
            "Countermovement jump with two force maxima, 800 Hz", "audit note of the file (30 N)", "cmj",
            _total("jumpmetrics_cmj_sj/cmj_bimodal_800Hz.csv", "Total Force [N]"), 800.0, {"flight": "fixed_30n"},
            (
                Row("body_weight", 840.96, 1.0, plateforce="system_weight_newtons"),
                Row(_HEIGHT, 0.27397, 0.005, plateforce=_PF_HEIGHT),
                Row(_FLIGHT_HEIGHT, 0.3525, 0.0005, plateforce=_PF_FLIGHT),
                Row("peak_force", 2134.48, 0.005),
            ),
            note="The empty plate rings by up to 28 N, so that a limit of 20 N cuts the flight.",
        ),
        Case(
            "Noisy countermovement jump, one plate, 600 Hz", "Duarte and Watanabe, Notes on Scientific Computing (CC BY 4.0)",
            "cmj", _total("bmclab/GRFZjump.txt", from_minimum=True), 600.0,
            {"flight": "fixed_10n", "onset": "bodyweight_percent=5", "weigh": "manual=0:0.1"},
            (Row(_FLIGHT_HEIGHT, 0.213, 0.002),),
            gravity=NOTEBOOK_G,
            note="The defaults give no impulse height: only 0.2 s of standing (weighing_too_short). Our landing is the first "
            "sample that is not below the limit, one sample after the notebook's: 1.4 mm.",
        ),
        Case(
            "Quiet stance, 30 s, 100 Hz", f"formulas applied to the recording of {_STANCE}", "stance",
            _standing(3000), 100.0, {"cop": "raw"},
            (
                Row("sway_path_length", 0.3929478, 0.005 * 0.393),
                Row("sway_velocity_mean", 0.013102628, 0.005 * 0.0131),
                Row("sway_rms_distance_ml", 0.00265427, 2.7e-6),
                Row("sway_rms_distance_ap", 0.004171405, 4.2e-6),
                Row("sway_range_ml", 0.0169925739, 1.7e-5),
                Row("sway_range_ap", 0.0213511743, 2.1e-5),
                Row("sway_ellipse_area_95", 2.03027893e-4, 4e-7),
            ),
            cop=_cop("jythen_cop/cop_30s_100Hz_cm.csv", 100.0),
            note="Path and velocity depend on the processing: the default low-pass of 10 Hz halves them; the ellipse stays.",
        ),
        Case(
            "Quiet stance after the authors' processing, 25 Hz", f"descriptors of the package of {_STANCE}", "stance",
            _standing(748), 25.0, {"cop": "raw"},
            (
                Row("sway_velocity_mean", 0.0069536677, 0.005 * 0.00695),
                Row("sway_mean_distance", 0.0042543254, 4.3e-6),
                Row("sway_rms_distance", 0.0049386401, 5e-6),
                Row("sway_range_ml", 0.0168079883, 1.7e-5),
                Row("sway_range_ap", 0.0212567650, 2.2e-5),
                Row("sway_ellipse_area_95", 2.0369975e-4, 0.01 * 2.04e-4),
                Row("sway_area_rate", 9.587003e-6, 0.005 * 9.6e-6),
            ),
            cop=_cop("jythen_cop/cop_after_swarii25Hz_filt10Hz_cm.csv", 25.0),
        ),
    )  # fmt: skip
