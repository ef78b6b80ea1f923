"""Endurance: repetitions, all-out contractions and holds; the three kinds of test and what each can tell."""

from __future__ import annotations

from daq.metrics.catalogue import Family, collected
from daq.metrics.endurance import critical, fatigue, nordic, repetitions, sustained
from daq.metrics.endurance.end_force import LAST6
from daq.metrics.endurance.events import SLOWEST_HZ, read_series
from daq.metrics.endurance.hold import read_hold

__all__ = ["CONTRACTIONS", "HOLD", "REPETITIONS"]

_TARGET = {"target_percent": 60.0, "target_band_percent": 10.0, "target_settle_s": 0.5}
_ENTERS = ("body_mass_kg", "peak_force_n", "target_n")

REPETITIONS = Family(
    "repetitions",
    read_series,
    metrics=collected(repetitions, nordic, fatigue),
    methods={},
    # 0 s of work or rest: the test has no rhythm that is checked.
    limits={
        "slowest_hz": SLOWEST_HZ,
        "fewest": 1.0,
        "n_expected": 1.0,
        "work_s": 0.0,
        "rest_s": 0.0,
        "cadence_s": 1.0,
        **_TARGET,
    },
    enters=_ENTERS,
)
CONTRACTIONS = Family(
    "contractions",
    read_series,
    metrics=collected(repetitions, critical),
    methods={"critical_force": LAST6},
    limits={
        "slowest_hz": SLOWEST_HZ, "fewest": 20.0, "n_expected": 24.0, "n_last": 6.0, "work_s": 7.0, "rest_s": 3.0,
        "cadence_s": 1.0, **_TARGET,
    },
    enters=_ENTERS,
)  # fmt: skip
HOLD = Family(
    "hold",
    read_hold,
    metrics=collected(sustained),
    methods={},
    limits={"slowest_hz": SLOWEST_HZ, "hold_s": 30.0, "window_s": 10.0, "away_s": 1.0, **_TARGET},
    enters=_ENTERS,
)
