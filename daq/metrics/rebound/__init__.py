"""Contacts out of a fall: drop jumps, rebound jumps, repeated hops, landings."""

from __future__ import annotations

from daq.metrics.catalogue import Family, collected
from daq.metrics.jump import entered, landing, weight
from daq.metrics.methods import LANDING_RULES, REBOUND_RULES
from daq.metrics.rebound import best_hops, contact, fall, height, hops, stiffness
from daq.metrics.rebound.finding import read_drop_jump
from daq.metrics.rebound.hop_finding import read_hops
from daq.metrics.rebound.landing_finding import read_landing

_LIMITS = {
    "slowest_hz": 100.0, "slowest_impulse_hz": 200.0, "recommended_hz": 1000.0, "clock_velocity_s": 0.002,
    "weigh_s": 1.0, "quiet_n": 10.0, "quiet_share": 0.015, "one_leg_quiet_n": 15.0, "one_leg_quiet_share": 0.02,
    "mismatch_share": 0.03, "mismatch_day_share": 0.015, "unloaded_share": 0.2, "free_leg_n": 20.0,
}  # fmt: skip
_LANDING = {
    "drop_mismatch_share": 0.15, "drop_mismatch_m": 0.03, "landing_s": 0.5, "stays_s": 1.0, "stabilisation_longest_s": 5.0,
    "stabilisation_share": 0.05,
}  # fmt: skip
_WITHOUT = ("system_weight",)

DROP_JUMP = Family(
    "drop_jump",
    read_drop_jump,
    metrics=collected(height, contact, fall, landing, weight, without=_WITHOUT),
    methods={
        "weigh": "weigh.last_1s",
        "onset": "onset.jump_two_sided_5sd_back30",
        "flight": "flight.extrapolated",
        "kinematics": "kinematics.backward_quiet_mean",
        "phase": "phase.zero_velocity_interpolated",
        "drop": "drop.backward",
    },
    rules=REBOUND_RULES,
    limits={**_LIMITS, **_LANDING, "longest_contact_s": 1.0, "fast_contact_s": 0.25, "heights_apart_m": 0.05},
    phases=("flight", "contact", "braking", "propulsion", "landing"),
    enters=("body_mass_kg", "box_height_m"),
)

HOPS = Family(
    "hops",
    read_hops,
    metrics=collected(hops, best_hops, stiffness, weight, entered, without=_WITHOUT),
    methods={"weigh": "weigh.lowest_sd_1s", "flight": "flight.extrapolated"},
    rules=REBOUND_RULES,
    limits={**_LIMITS, "longest_contact_s": 1.0, "hop_contact_s": 0.25, "fewest_hops": 5.0, "expected_hops": 10.0},
    phases=("contact", "flight"),
    enters=("body_mass_kg", "hop_distance_m", "hop_time_s"),
)

LANDING = Family(
    "landing",
    read_landing,
    metrics=collected(landing, fall, weight, without=_WITHOUT),
    methods={
        "weigh": "weigh.last_1s",
        "flight": "flight.extrapolated",
        "kinematics": "kinematics.backward_quiet_mean",
        "drop": "drop.backward",
    },
    rules=LANDING_RULES,
    limits={**_LIMITS, **_LANDING},
    phases=("flight", "landing"),
    enters=("body_mass_kg", "box_height_m"),
)
