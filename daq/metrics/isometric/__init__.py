"""Pulls, pushes and grips: isometric tests of one joint, one hand or the whole body."""

from __future__ import annotations

from daq.metrics.catalogue import Family, collected
from daq.metrics.isometric import early, force, joint, rate, weight
from daq.metrics.isometric.events import read_pull
from daq.metrics.methods import PULL_RULES

PULL = Family(
    "pull",
    read_pull,
    metrics=collected(force, early, rate, joint, weight),
    methods={
        "onset": "onset.threshold_interpolated",
        "baseline": "baseline.automatic",
        "weigh": "weigh.quiet_level_1s",
    },
    rules=PULL_RULES,
    limits={
        # A sensor of nominally 10 Hz runs at 9.98.
        "slowest_hz": 9.95,
        # Up to 1 N the threshold of the default rule is its smallest step, 5 N, whatever the noise.
        "baseline_sd_plate_n": 10.0, "baseline_sd_cell_n": 1.0, "baseline_sd_hand_n": 1.0,
        "baseline_slope_n_per_s": 10.0,
        # Standing before the pull: the largest SD of it, in newtons or as a share of the weight.
        "quiet_n": 10.0, "quiet_share": 0.015, "one_leg_quiet_n": 15.0, "one_leg_quiet_share": 0.02,
        "onset_floor_plate_n": 0.0, "onset_floor_cell_n": 0.0, "onset_floor_hand_n": 2.0,
        "dip_plate_n": 50.0, "dip_cell_n": 1.0, "dip_hand_n": 1.0,
        "pretension_n": 50.0,
        "pretension_range_n": 50.0,
        "peak_late_s": 5.0,
        "double_pull_percent": 20.0,
        # 0: the two best trials may differ by 10 %, else by so many newtons.
        "trial_spread_n": 0.0,
        # -1: a trial is a make (0) or a break test (1) only where that is entered with it.
        "is_break": -1.0,
        "lever_arm_u_m": 0.005,
    },
    phases=("rise", "hold"),
    enters=("body_mass_kg", "lever_arm_m", "limb_weight_n", "is_break"),
)  # fmt: skip
