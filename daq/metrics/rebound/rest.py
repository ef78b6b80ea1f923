"""Quiet standing to the weight and to the velocity at rest that all other velocities are counted from."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from daq.block import SIDES, Limb
from daq.metrics import kinematics
from daq.metrics.methods import Rule
from daq.metrics.rebound.events import Ground, Rest
from daq.metrics.samples import Bools, white_noise_n, window_stats
from daq.metrics.uncertainty import Budget
from daq.metrics.value import Instant
from daq.metrics.weighing import DEFAULT_SWAY_N, LOADED_N, Stored, Weighing, weigh

NEAR_SHARE, TYPED_MASS_KG = 0.01, 0.5
LAST_QUIET = "weigh.last_quiet_1s"
_AFTER_LANDING = ("last_1s", "last_quiet_1s")


def find_weight(reading: Ground, *, takeoff_s: float, landing_s: float | None) -> None:
    """Weigh before ``takeoff_s`` or after ``landing_s``, as the rule says; a side's noise and share come from that window.

    Notes
    -----
    ``weigh.last_1s``: the last second of the record. Where that is not quiet (the person has stepped off), the last quiet
    second after the landing, ``weigh.last_quiet_1s``. Without one the stage is missing: ``no_quiet_end``.
    """
    rule = reading.conditions.rules["weigh"]
    found = _weighed(reading, rule, takeoff_s=takeoff_s, landing_s=landing_s)
    if not isinstance(found, Weighing) and rule.name == "stored_mass":
        # Nobody stood before the drop; the standing after it shows the noise as well.
        found = _weighed(reading, rule, takeoff_s=reading.trace.stop_s, landing_s=landing_s)
    if not isinstance(found, Weighing) and rule.name in _AFTER_LANDING:
        found = _last_quiet(reading, takeoff_s=takeoff_s, landing_s=landing_s)
    if not isinstance(found, Weighing):
        codes = ("no_quiet_end",) if rule.name in _AFTER_LANDING and "sample_gap" not in found else found
        reading.block(codes, "weighing", "velocity", "turn", "stop")
        reading.tell(*codes)
        return
    reading.weighing = found
    reading.nu.update(found.freedom)
    reading.tell(*found.reasons)
    for limb, trace in reading.traces.items():
        part = trace.force_n[trace.slice(*found.span_s)]
        reading.noise_n[limb] = white_noise_n(part)
        if limb is not reading.main and len(part):
            reading.shares[limb] = float(part.mean())
    if len(reading.shares) == len(SIDES):
        right = min(max(reading.shares[Limb.RIGHT] / found.weight_n, 0.0), 1.0)
        left_right = [reading.budgets[side] for side in SIDES]
        reading.budgets[Limb.BOTH] = Budget.of_sum(*left_right, right_share=right)
        if min(reading.shares.values()) < reading.limit("unloaded_share") * found.weight_n:
            reading.tell("limb_unloaded_in_weighing")
    _compare(reading)


def _weighed(reading: Ground, rule: Rule, *, takeoff_s: float, landing_s: float | None) -> Weighing | tuple[str, ...]:
    if rule.name == "last_quiet_1s":
        return ("no_quiet_end",)
    return weigh(
        reading.trace, takeoff_s, rule=rule, landing_s=landing_s, one_leg=reading.conditions.one_leg, gravity=reading.gravity,
        window_s=reading.limit("weigh_s"), quiet=_quiet(reading), stored=_stored(reading),
    )  # fmt: skip


def _quiet(reading: Ground) -> tuple[float, float]:
    """Largest SD of quiet standing: in N, and as a share of the weight."""
    legs = "one_leg_" if reading.conditions.one_leg else ""
    return reading.limit(f"{legs}quiet_n"), reading.limit(f"{legs}quiet_share")


def _typed_weight_n(reading: Ground) -> float | None:
    mass = reading.conditions.entered.get("body_mass_kg", reading.conditions.effort.body_mass_kg)
    return mass * reading.gravity if mass and math.isfinite(mass) and mass > 0 else None


def _stored(reading: Ground) -> Stored | None:
    """What ``weigh.stored_mass`` takes: the weight of an earlier weighing of the day, else the mass typed in."""
    earlier, typed = reading.conditions.effort.stored_weight_n, _typed_weight_n(reading)
    if earlier and math.isfinite(earlier) and earlier > 0:
        return Stored(earlier, DEFAULT_SWAY_N, is_own=True)
    return Stored(typed, TYPED_MASS_KG * reading.gravity, is_own=False) if typed else None


def _compare(reading: Ground) -> None:
    """A weight that differs from the person's mass, or from an earlier weighing of the day, is a question about the plate."""
    if reading.conditions.rules["weigh"].name == "stored_mass":
        return
    earlier = reading.conditions.effort.stored_weight_n
    for known_n, limit in ((_typed_weight_n(reading), "mismatch_share"), (earlier, "mismatch_day_share")):
        if known_n and abs(reading.weighing.weight_n - known_n) > reading.limit(limit) * known_n:
            reading.tell("weight_mismatch")


def _last_quiet(reading: Ground, *, takeoff_s: float, landing_s: float | None) -> Weighing | tuple[str, ...]:
    trace = reading.trace
    if landing_s is None:
        return ("no_quiet_end",)
    n = max(trace.n_in(reading.limit("weigh_s")), 2)
    part = trace.slice(landing_s, trace.stop_s)
    if part.stop - part.start < n:
        return ("no_quiet_end",)
    means, sds = window_stats(trace.force_n[part], n)
    least_n, share = _quiet(reading)
    quiet = np.flatnonzero((means > LOADED_N) & (sds <= np.maximum(least_n, share * means)) & ~_across_holes(reading, part, n))
    if not len(quiet):
        return ("no_quiet_end",)
    first = part.start + int(quiet[-1])
    # The manual window leaves its last sample out.
    start_s, stop_s = float(trace.t_s[first]), float(trace.t_s[first + n - 1]) + trace.dt_s
    manual = Rule("weigh.manual", (start_s, stop_s))
    found = _weighed(reading, manual, takeoff_s=takeoff_s, landing_s=landing_s)
    return replace(found, method=LAST_QUIET) if isinstance(found, Weighing) else found


def _across_holes(reading: Ground, part: slice, n: int) -> Bools:
    """Which windows of ``n`` samples, by their first one, lie across a hole: bridged samples are not quiet ones."""
    across = np.zeros(part.stop - part.start - n + 1, dtype=np.bool_)
    for start_s, stop_s in reading.trace.holes:
        first = max(reading.trace.nearest(start_s) - part.start - n + 1, 0)
        across[first : max(reading.trace.nearest(stop_s) - part.start + 1, 0)] = True
    return across


def find_rest(reading: Ground, *, takeoff_s: float, landing_s: float | None) -> None:
    """Find where the body rests.

    Notes
    -----
    A quiet second is 1 s after the landing with SD within the limit of weighing and mean within 1 % of the weight.
    ``kinematics.backward_quiet_mean``: the mean velocity over the first one is 0. ``kinematics.backward_first_quiet``: the
    velocity at its start is 0, ``kinematics.backward``: at the start of the last one. The first such window begins as soon as
    the rest of the landing no longer lifts its SD above the limit, so that a body which still moves counts as resting there;
    over the whole second it does not. ``kinematics.forward``: 0 at the movement start of the jump from this plate before.
    """
    rule = reading.conditions.rules["kinematics"]
    # How far an uncertain velocity at rest moves a result is found out by moving it.
    moved = reading.conditions.entered.get("start_velocity_m_per_s", 0.0)
    if not reading.has("weighing"):
        return
    if reading.trace.rate_hz < reading.limit("slowest_impulse_hz"):
        _no_velocity(reading, "rate_too_low")
    elif reading.u_clock_s > reading.limit("clock_velocity_s"):
        _no_velocity(reading, "streams_not_aligned")
    elif rule.name == "forward":
        onset = reading.conditions.rules["onset"]
        start = kinematics.movement_start(reading.trace, reading.weighing, takeoff_s, rule=onset, u_clock_s=reading.u_clock_s)
        if isinstance(start, Instant):
            reading.rest = Rest(start.t_s, start.t_s, moved, rule.id)
            reading.instants[start.name] = start
        else:
            _no_velocity(reading, *start)
    else:
        rest = None if landing_s is None else _quiet_rest(reading, landing_s, rule)
        if rest is None:
            _no_velocity(reading, "no_quiet_end")
        else:
            reading.rest = rest._replace(v_m_per_s=rest.v_m_per_s + moved)


def _no_velocity(reading: Ground, *codes: str) -> None:
    reading.block(codes, "velocity", "turn", "stop")
    reading.tell(*codes)


def _quiet_rest(reading: Ground, landing_s: float, rule: Rule) -> Rest | None:
    trace, w = reading.trace, reading.weighing.weight_n
    n = max(trace.n_in(reading.limit("weigh_s")), 2)
    part = trace.slice(landing_s, trace.stop_s)
    if part.stop - part.start < n:
        return None
    means, sds = window_stats(trace.force_n[part], n)
    least_n, share = _quiet(reading)
    is_quiet = (sds <= max(least_n, share * w)) & (np.abs(means - w) <= NEAR_SHARE * w) & ~_across_holes(reading, part, n)
    quiet = np.flatnonzero(is_quiet)
    if not len(quiet):
        return None
    first = part.start + int(quiet[-1 if rule.name == "backward" else 0])
    start_s = float(trace.t_s[first])
    if rule.name != "backward_quiet_mean":
        return Rest(start_s, start_s, 0.0, rule.id)
    window = slice(first, first + n)
    gained = trace.impulse_n_s[window] - trace.impulse_n_s[first] - w * (trace.t_s[window] - start_s)
    v = -float(gained.mean()) * reading.gravity / w
    return Rest(start_s, 0.5 * (start_s + float(trace.t_s[first + n - 1])), v, rule.id)
