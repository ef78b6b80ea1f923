"""A quiet stance to the share of each leg, its unrest, and the time on one leg."""

from __future__ import annotations

import math

import numpy as np

from daq.block import SIDES, Limb
from daq.metrics.balance.stance import END, FULL_TIME, RECORD_END, START, Stance, hole_codes
from daq.metrics.catalogue import SIDE, TOTAL, Absent, Number, metric, void
from daq.metrics.effort import Floats
from daq.metrics.samples import white_noise_n
from daq.metrics.trace import Trace
from daq.metrics.uncertainty import mean_force
from daq.metrics.value import Better, Params

EVENTS = (START, END)


def _both_sides(stance: Stance) -> dict[Limb, Trace]:
    stance.found("stance")
    traces = {side: trace for side in SIDES if (trace := stance.traces.get(side)) is not None}
    if len(traces) < len(SIDES):
        # One plate under both feet: no stage of the reading is missing, the other limb is.
        stance.block(("limb_missing",), "sides")
        raise Absent("sides")
    return traces


def _part(stance: Stance, trace: Trace) -> Floats:
    return trace.force_n[trace.slice(stance.start_s, stance.stop_s)]


def _codes(stance: Stance) -> tuple[str, ...]:
    most = stance.limit("undefined_percent")
    made = [hole_codes(stance.traces[side], stance.start_s, stance.stop_s, most_percent=most) for side in SIDES]
    return tuple(dict.fromkeys(code for codes in made for code in codes))


@metric("percent", Better.NEUTRAL, SIDE)
def weight_share(stance: Stance, limb: Limb) -> Number:
    """Mean force of one leg over the mean of both, percent.

    Notes
    -----
    Needs no centre of pressure. ``u = 100 L R/(L + R)^2 sqrt(w_L^2 + w_R^2 - 2 rho w_L w_R)``: a reference that both plates
    share cancels. Withheld for an unloaded plate, a hole of more than 1 % of the stance, or a stance below its least time.

    References
    ----------
    Convention.

    Examples
    --------
    >>> from daq.metrics.balance.example import ellipse_stance
    >>> round(weight_share(ellipse_stance(), Limb.LEFT).value, 2), round(weight_share(ellipse_stance(), Limb.RIGHT).value, 2)
    (45.0, 55.0)
    """
    traces = _both_sides(stance)
    parts = {side: _part(stance, trace) for side, trace in traces.items()}
    means = {side: float(part.mean()) if len(part) else math.nan for side, part in parts.items()}
    total = sum(means.values())
    params: Params = {"start_s": stance.start_s, "stop_s": stance.stop_s, "total_n": total}
    if not total >= stance.limit("loaded_n"):
        return void("cop_undefined", method="share.mean_force", params=params)
    budgets = [stance.budgets[side] for side in SIDES]
    is_shared = budgets[0].reference == budgets[1].reference != ""
    u_parts: dict[str, float] = {}
    for side, part in parts.items():
        rest = 100.0 * means[side.other] / total**2
        force = mean_force(stance.budgets[side], means[side], noise_n=white_noise_n(part), n=len(part))
        u_parts |= {f"{name} {side}": abs(rest) * u for name, u in force.items() if not (is_shared and name == "reference")}
    return Number(100.0 * means[limb] / total, "share.mean_force", u_parts, params, _codes(stance), EVENTS)


@metric("percent", Better.LOWER, SIDE)
def weight_share_sd(stance: Stance, limb: Limb) -> Number:
    """Standard deviation over time of the share of one leg, percent points; the same for both legs.

    References
    ----------
    Convention.

    Examples
    --------
    A share that swings by 2 points: ``2/sqrt(2)``.

    >>> from daq.metrics.balance.example import ellipse_stance
    >>> round(weight_share_sd(ellipse_stance(), Limb.LEFT).value, 3), round(2 / math.sqrt(2), 3)
    (1.414, 1.414)
    """
    traces = _both_sides(stance)
    mine, other = traces[limb], traces[limb.other]
    span = mine.slice(stance.start_s, stance.stop_s)
    force, t = mine.force_n[span], mine.t_s[span]
    total = force + (other.force_n[span] if other.t_s is mine.t_s else np.interp(t, other.t_s, other.force_n))
    loaded = total >= stance.limit("loaded_n")
    params: Params = {"start_s": stance.start_s, "stop_s": stance.stop_s, "n": int(loaded.sum())}
    if int(loaded.sum()) < 2:  # noqa: PLR2004, one sample has no spread
        return void("cop_undefined", method="share.sd", params=params)
    share = 100.0 * force[loaded] / total[loaded]
    return Number(float(share.std(ddof=1)), "share.sd", None, params, _codes(stance), EVENTS)


@metric("s", Better.HIGHER, TOTAL)
def stance_time(stance: Stance, limb: Limb) -> Number:
    """Length of the stance that counts, s.

    Notes
    -----
    From the start, less what the test discards, to the end. Withheld below the least time of the test, for a stance without
    load for more than 1 % of it, and for holes of that length: where it is given, the stance can be used.

    References
    ----------
    Convention.

    Examples
    --------
    >>> from daq.metrics.balance.example import ellipse_stance
    >>> stance_time(ellipse_stance(), Limb.BOTH).value
    30.0
    """
    length = stance.span_s
    codes = hole_codes(stance.trace, stance.start_s, stance.stop_s, most_percent=stance.limit("undefined_percent"))
    parts = {"time": length * stance.budgets[stance.main].time, "edges": stance.trace.dt_s / math.sqrt(6.0)}
    params: Params = {"least_s": stance.limit("min_s"), "discarded_s": stance.limit("discard_first_s")}
    return Number(length, "stance.loaded", parts, params, codes, EVENTS)


@metric("s", Better.HIGHER, SIDE)
def single_leg_stance_time(stance: Stance, limb: Limb) -> Number:
    """Time on one leg, s: until the other foot loads its plate, the leg leaves its own, or the time is full.

    Notes
    -----
    From the first sample with the free foot at or below 20 N and 50 N or more on the standing leg, for 0.2 s at least. With one
    plate nobody sees when the free foot comes down: withheld (``free_leg_unchecked``). A record that ends before foot and
    time gives a time that is too short: ``stance_not_ended``.

    References
    ----------
    Convention.

    Examples
    --------
    >>> from daq.metrics.balance.example import one_leg_stance
    >>> round(single_leg_stance_time(one_leg_stance(), Limb.LEFT).value, 9)
    12.0
    """
    if not stance.conditions.one_leg:
        return void("limb_unassigned", method="stance.one_leg")
    leg, free = stance.one_leg, stance.conditions.free
    length = leg.stop_s - leg.start_s
    if free is None:
        on_plate: Params = {"on_plate_s": length, "ended_by": leg.ended_by}
        return void("free_leg_unchecked", method="stance.one_leg", params=on_plate)
    codes = (*stance.trace.gap_codes(leg.start_s, leg.stop_s), *free.gap_codes(leg.start_s, leg.stop_s))
    if leg.ended_by == RECORD_END:
        codes = (*codes, "stance_not_ended")
    edge = stance.u_edge_s
    parts = {
        "start": edge, "end": 0.0 if leg.ended_by == FULL_TIME else edge, "time": length * stance.budgets[stance.main].time
    }  # fmt: skip
    params: Params = {
        "ended_by": leg.ended_by, "free_limb_n": stance.limit("free_limb_n"), "loaded_n": stance.limit("loaded_n"),
        "limit_s": stance.limit("single_leg_limit_s"), "start_s": leg.start_s,
        "is_start_seen": leg.is_start_seen,
    }  # fmt: skip
    return Number(length, "stance.one_leg", parts, params, codes, EVENTS)
