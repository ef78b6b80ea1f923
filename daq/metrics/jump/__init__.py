"""Jumps from standing: the countermovement jump and the squat jump."""

from __future__ import annotations

from daq.metrics.catalogue import Family, collected
from daq.metrics.jump import (
    entered,
    forces,
    heights,
    impulses,
    landing,
    power,
    rates,
    squat,
    stiffness,
    times,
    velocity,
    weight,
)
from daq.metrics.jump.finding import read_jump, read_squat_jump
from daq.metrics.methods import JUMP_RULES

METHODS = {
    "weigh": "weigh.lowest_sd_1s", "onset": "onset.jump_two_sided_5sd_back30", "flight": "flight.extrapolated",
    "kinematics": "kinematics.forward", "phase": "phase.zero_velocity_interpolated", "filter": "filter.none",
}  # fmt: skip

LIMITS = {
    "slowest_hz": 100.0, "slowest_impulse_hz": 200.0, "recommended_hz": 1000.0,
    "weigh_s": 1.0, "quiet_n": 10.0, "quiet_share": 0.015, "one_leg_quiet_n": 15.0, "one_leg_quiet_share": 0.02,
    "mismatch_share": 0.03, "mismatch_day_share": 0.015, "weighing_far_s": 4.0, "unloaded_share": 0.2, "is_loaded": 0.0,
    "flight_shortest_s": 0.1, "flight_longest_s": 1.2, "clock_velocity_s": 0.002, "clock_events_s": 0.005,
    "disagree_m": 0.05, "free_leg_n": 20.0, "stiffness_depth_m": 0.02, "squat_dip_share": 0.1, "squat_dip_s": 0.03,
    "landing_s": 0.5, "stays_s": 1.0, "stabilisation_longest_s": 5.0, "stabilisation_share": 0.05,
}  # fmt: skip

ENTERS = ("body_mass_kg", "load_kg", "hop_distance_m", "hop_time_s")

JUMP = Family(
    "jump",
    read_jump,
    metrics=collected(weight, heights, velocity, times, forces, rates, impulses, power, stiffness, landing, entered),
    methods=METHODS,
    rules=JUMP_RULES,
    limits=LIMITS,
    phases=("weighing", "unweighting", "braking", "propulsion", "flight", "landing"),
    enters=ENTERS,
)

_WITH_A_DIP = (
    "min_velocity", "countermovement_depth", "unweighting_time", "unweighting_time_percent", "braking_time",
    "braking_time_percent", "propulsion_time_percent", "peak_braking_force", "mean_braking_force", "force_at_zero_velocity",
    "min_force", "unweighting_impulse_net", "braking_impulse_net", "positive_impulse_net", "braking_impulse_gross",
    "braking_impulse_net_half_weight", "braking_impulse_net_static_share", "mean_braking_power",
)  # fmt: skip

SQUAT_JUMP = Family(
    "squat_jump",
    read_squat_jump,
    metrics=collected(weight, heights, velocity, times, forces, squat, impulses, power, landing, entered, without=_WITH_A_DIP),
    methods=METHODS,
    rules=JUMP_RULES,
    limits=LIMITS,
    phases=("weighing", "propulsion", "flight", "landing"),
    enters=ENTERS,
)
