"""Name of a metric to its unit, its limbs, which direction is better, and what must be found before it can be given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from daq.block import Limb
from daq.metrics.value import Better

TOTAL = (Limb.BOTH,)
SIDE = (Limb.LEFT, Limb.RIGHT)
ALL = (Limb.LEFT, Limb.RIGHT, Limb.BOTH)
RFD_TIMES_MS = (50, 100, 150, 200, 250)


@dataclass(frozen=True, slots=True)
class Metric:
    """``needs`` names the stage whose failure withholds it; ``is_signed`` forbids percentages."""

    unit: str
    better: Better
    limbs: tuple[Limb, ...]
    needs: str
    is_signed: bool = False


_UP, _DOWN, _NEUTRAL = Better.HIGHER, Better.LOWER, Better.NEUTRAL

JUMP: dict[str, Metric] = {
    "body_weight": Metric("N", _NEUTRAL, TOTAL, "weighing"),
    "body_mass": Metric("kg", _NEUTRAL, TOTAL, "weighing"),
    "weighing_sd": Metric("N", _NEUTRAL, ALL, "weighing"),
    "weight_share": Metric("percent", _NEUTRAL, SIDE, "weighing"),
    "jump_height_impulse_momentum": Metric("m", _UP, TOTAL, "velocity"),
    "jump_height_flight_time": Metric("m", _UP, TOTAL, "flight"),
    "jump_height_displacement": Metric("m", _UP, TOTAL, "velocity"),
    "height_method_difference": Metric("m", _NEUTRAL, TOTAL, "velocity", is_signed=True),
    "flight_time": Metric("s", _NEUTRAL, TOTAL, "flight"),
    "takeoff_velocity": Metric("m/s", _UP, TOTAL, "velocity"),
    "peak_velocity": Metric("m/s", _UP, TOTAL, "velocity"),
    "min_velocity": Metric("m/s", _NEUTRAL, TOTAL, "movement", is_signed=True),
    "countermovement_depth": Metric("m", _NEUTRAL, TOTAL, "phases", is_signed=True),
    "com_displacement_at_takeoff": Metric("m", _NEUTRAL, TOTAL, "velocity", is_signed=True),
    "com_height_change_at_landing": Metric("m", _NEUTRAL, TOTAL, "velocity", is_signed=True),
    "time_to_takeoff": Metric("s", _NEUTRAL, TOTAL, "movement"),
    "unweighting_time": Metric("s", _NEUTRAL, TOTAL, "phases"),
    "braking_time": Metric("s", _NEUTRAL, TOTAL, "phases"),
    "propulsion_time": Metric("s", _NEUTRAL, TOTAL, "phases"),
    "unweighting_time_percent": Metric("percent", _NEUTRAL, TOTAL, "phases"),
    "braking_time_percent": Metric("percent", _NEUTRAL, TOTAL, "phases"),
    "propulsion_time_percent": Metric("percent", _NEUTRAL, TOTAL, "phases"),
    "rsi_modified": Metric("m/s", _UP, TOTAL, "velocity"),
    "flight_to_contraction_ratio": Metric("1", _NEUTRAL, TOTAL, "flight"),
    "peak_force": Metric("N", _UP, ALL, "movement"),
    "peak_force_at_total_peak": Metric("N", _UP, SIDE, "movement"),
    "min_force": Metric("N", _NEUTRAL, ALL, "phases"),
    "peak_braking_force": Metric("N", _UP, ALL, "phases"),
    "peak_propulsion_force": Metric("N", _UP, ALL, "phases"),
    "mean_braking_force": Metric("N", _UP, ALL, "phases"),
    "mean_propulsion_force": Metric("N", _UP, ALL, "phases"),
    "force_at_zero_velocity": Metric("N", _UP, ALL, "phases"),
    "unweighting_impulse_net": Metric("N*s", _NEUTRAL, TOTAL, "phases", is_signed=True),
    "braking_impulse_net": Metric("N*s", _UP, TOTAL, "phases", is_signed=True),
    "propulsion_impulse_net": Metric("N*s", _UP, TOTAL, "velocity", is_signed=True),
    "positive_impulse_net": Metric("N*s", _UP, TOTAL, "velocity", is_signed=True),
    "impulse_net_total": Metric("N*s", _UP, TOTAL, "velocity", is_signed=True),
    "braking_impulse_gross": Metric("N*s", _UP, SIDE, "phases"),
    "propulsion_impulse_gross": Metric("N*s", _UP, SIDE, "phases"),
    "braking_impulse_net_half_weight": Metric("N*s", _UP, SIDE, "phases", is_signed=True),
    "propulsion_impulse_net_half_weight": Metric("N*s", _UP, SIDE, "phases", is_signed=True),
    "braking_impulse_net_static_share": Metric("N*s", _UP, SIDE, "phases", is_signed=True),
    "propulsion_impulse_net_static_share": Metric("N*s", _UP, SIDE, "phases", is_signed=True),
    "peak_power": Metric("W", _UP, TOTAL, "velocity", is_signed=True),
    "mean_propulsion_power": Metric("W", _UP, TOTAL, "velocity", is_signed=True),
    "mean_braking_power": Metric("W", _NEUTRAL, TOTAL, "velocity", is_signed=True),
    "relative_peak_power": Metric("W/kg", _UP, TOTAL, "velocity", is_signed=True),
    "time_to_peak_power": Metric("s", _NEUTRAL, TOTAL, "velocity"),
    "velocity_at_peak_power": Metric("m/s", _NEUTRAL, TOTAL, "velocity"),
    "force_at_peak_power": Metric("N", _NEUTRAL, TOTAL, "velocity"),
    "braking_rfd": Metric("N/s", _UP, ALL, "phases", is_signed=True),
    "braking_rfd_peak_20ms": Metric("N/s", _UP, ALL, "phases", is_signed=True),
    "countermovement_stiffness": Metric("N/m", _NEUTRAL, TOTAL, "phases"),
    "countermovement_stiffness_gross": Metric("N/m", _NEUTRAL, TOTAL, "phases"),
    "jump_momentum": Metric("kg*m/s", _UP, TOTAL, "velocity"),
    "landing_peak_force": Metric("N", _NEUTRAL, ALL, "landing"),
    "landing_time_to_peak": Metric("s", _NEUTRAL, ALL, "landing"),
    "landing_rfd": Metric("N/s", _NEUTRAL, ALL, "landing"),
    "landing_impulse_net": Metric("N*s", _NEUTRAL, TOTAL, "landing_motion", is_signed=True),
    "landing_mean_force": Metric("N", _NEUTRAL, ALL, "landing_motion"),
    "landing_stiffness": Metric("N/m", _NEUTRAL, TOTAL, "landing_motion"),
    "time_to_stabilisation": Metric("s", _DOWN, ALL, "stabilisation"),
    "time_to_peak": Metric("s", _DOWN, ALL, "phases"),
    "impulse_total": Metric("N*s", _UP, ALL, "phases"),
    **{f"rfd_0_{ms}ms": Metric("N/s", _UP, ALL, "phases", is_signed=True) for ms in RFD_TIMES_MS},
    **{f"impulse_0_{ms}ms": Metric("N*s", _UP, ALL, "phases") for ms in RFD_TIMES_MS},
}

# These begin at the minimum velocity in a jump; the phase is part of their name there.
_FROM_BRAKING = (
    "time_to_peak",
    "impulse_total",
    *(f"rfd_0_{ms}ms" for ms in RFD_TIMES_MS),
    *(f"impulse_0_{ms}ms" for ms in RFD_TIMES_MS),
)
PHASE_OF_JUMP_METRIC = dict.fromkeys(_FROM_BRAKING, "braking")

PULL: dict[str, Metric] = {
    "peak_force": Metric("N", _UP, ALL, "effort"),
    "peak_force_net": Metric("N", _UP, ALL, "onset"),
    "peak_force_at_total_peak": Metric("N", _UP, SIDE, "effort"),
    "peak_force_100ms": Metric("N", _UP, ALL, "effort"),
    "plateau_force": Metric("N", _UP, ALL, "effort"),
    "relative_peak_force": Metric("N/kg", _UP, ALL, "effort"),
    "time_to_peak": Metric("s", _DOWN, ALL, "onset"),
    "time_to_90_percent": Metric("s", _DOWN, ALL, "onset"),
    **{f"force_{ms}ms": Metric("N", _UP, ALL, "rise") for ms in RFD_TIMES_MS},
    **{f"rfd_0_{ms}ms": Metric("N/s", _UP, ALL, "rise", is_signed=True) for ms in RFD_TIMES_MS},
    "rfd_50_100ms": Metric("N/s", _UP, ALL, "rise", is_signed=True),
    "rfd_100_200ms": Metric("N/s", _UP, ALL, "rise", is_signed=True),
    "rfd_peak_20ms": Metric("N/s", _UP, ALL, "rise", is_signed=True),
    "rfd_20_80_percent": Metric("N/s", _UP, ALL, "rise", is_signed=True),
    "rfd_normalised": Metric("percent/s", _UP, ALL, "rise", is_signed=True),
    **{f"impulse_0_{ms}ms": Metric("N*s", _UP, ALL, "rise") for ms in RFD_TIMES_MS},
    **{f"impulse_0_{ms}ms_net": Metric("N*s", _UP, ALL, "rise", is_signed=True) for ms in RFD_TIMES_MS},
    "impulse_total": Metric("N*s", _UP, ALL, "onset"),
}

_SHARED = {
    "asymmetry_percent": Metric("percent", _NEUTRAL, TOTAL, ""),
    "trial_cv_percent": Metric("percent", _DOWN, ALL, ""),
    "best_two_difference_percent": Metric("percent", _DOWN, ALL, ""),
}


@lru_cache(maxsize=512)
def metric(name: str, kind: str = "jump") -> Metric:
    """The row of ``name`` in the catalogue of jumps or pulls; an unknown name has no unit and is neutral."""
    table = PULL if kind == "pull" else JUMP
    return table.get(name) or JUMP.get(name) or PULL.get(name) or _SHARED.get(name) or Metric("", _NEUTRAL, ALL, "")


def metric_names(kind: str) -> tuple[str, ...]:
    """The names that a test of this kind, "jump" or "pull", can ask for.

    >>> "rsi_modified" in metric_names("jump"), "rsi_modified" in metric_names("pull")
    (True, False)
    """
    return tuple(PULL if kind == "pull" else JUMP)


def phase_of(name: str, kind: str) -> str:
    """The phase that belongs to the metric's name in this kind of test, "" for most."""
    return PHASE_OF_JUMP_METRIC.get(name, "") if kind == "jump" else ""
