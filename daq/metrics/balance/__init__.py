"""Quiet standing: sway of the centre of pressure, the share of each leg, and standing on one leg."""

from __future__ import annotations

from daq.metrics.balance import share, spectrum, sway
from daq.metrics.balance.stance import read_stance
from daq.metrics.catalogue import Family, collected

STANCE = Family(
    "stance",
    read_stance,
    metrics=collected(sway, spectrum, share),
    methods={"cop": "cop.lp10_100hz"},
    limits={
        # A sensor of nominally 10 or 20 Hz runs a little below it.
        "slowest_hz": 9.95, "cop_slowest_hz": 19.9,
        "min_s": 25.0, "discard_first_s": 0.0, "spectrum_min_s": 20.0,
        "loaded_n": 50.0, "undefined_percent": 1.0,
        "free_limb_n": 20.0, "single_leg_limit_s": 30.0,
    },
)  # fmt: skip
