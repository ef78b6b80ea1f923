"""Repeated hops and a weight to the stiffness of the legs, from times alone and from force and way."""

from __future__ import annotations

import math

import numpy as np

from daq.block import Limb
from daq.metrics.catalogue import ALL, TOTAL, Number, metric, void
from daq.metrics.rebound.events import Hop, Hops, u_of
from daq.metrics.rebound.hops import slow_codes
from daq.metrics.value import Better, Params

TIMES, FORCE = "stiffness.contact_flight", "stiffness.force_displacement"
SMALLEST_SAG_M = 0.002


def contact_flight_stiffness(mass_kg: float, contact_s: float, air_s: float) -> float | None:
    """``m pi (t_f + t_c)/(t_c^2 ((t_f + t_c)/pi - t_c/4))``; None where it has no value.

    >>> round(contact_flight_stiffness(70.0, 0.2, 0.4))
    23397
    """
    whole = contact_s + air_s
    below = whole / math.pi - contact_s / 4.0
    if contact_s <= 0.0 or below <= 0.0:
        return None
    return mass_kg * math.pi * whole / (contact_s**2 * below)


def _of_times(reading: Hops, hop: Hop, limb: Limb, k: int) -> Number:
    w, g = reading.weighing, reading.gravity
    value = contact_flight_stiffness(w.weight_n / g, hop.contact_s, hop.air_s)
    if value is None:
        return void("denominator_too_small", method=TIMES, entry=k)
    whole, below = hop.contact_s + hop.air_s, (hop.contact_s + hop.air_s) / math.pi - hop.contact_s / 4.0
    of_air = 1.0 / whole - 1.0 / (math.pi * below)
    of_contact = 1.0 / whole - 2.0 / hop.contact_s - (1.0 / math.pi - 0.25) / below
    of_weight = reading.budgets[limb].scaled(w.weight_n)
    parts = {name: value * u / w.weight_n for name, u in of_weight.items()}
    parts |= {
        "weight": value * w.u_weight_n / w.weight_n,
        "contact": abs(value * of_contact) * u_of(hop.contact),
        "takeoff": abs(value * (of_contact - of_air)) * u_of(hop.takeoff),
        "landing": abs(value * of_air) * u_of(hop.landing),
        "time": 2.0 * value * reading.budgets[limb].time,
    }
    params: Params = {"contact_s": hop.contact_s, "flight_s": hop.air_s, "weight_n": w.weight_n, "gravity": g}
    codes = (*hop.reasons, *slow_codes(reading, hop), *reading.rate_codes)
    events = (f"contact.{k}", f"takeoff.{k}", f"landing.{k}")
    return Number(value, TIMES, parts, params, codes, events, entry=k)


def _with_mean(each: list[Number], method: str) -> list[Number]:
    """The mean over the hops, without an index, before the hops themselves."""
    good = [number for number in each if not number.is_void]
    if not good:
        return [void("hop_count_low", method=method), *each]
    n = len(good)
    value = sum(number.value for number in good) / n
    params: Params = {"n": n, "mean_of": "hops"}
    if any(number.parts is None for number in good):
        return [Number(value, method, None, params), *each]
    parts: dict[str, float] = {}
    for name in good[0].parts or {}:
        us = [(number.parts or {})[name] for number in good]
        # The instants of different hops are independent; weight, gain and time step are the same in all.
        is_own = name in {"contact", "takeoff", "landing"}
        parts[name] = math.sqrt(sum(u * u for u in us)) / n if is_own else sum(us) / n
    reasons = tuple(dict.fromkeys(code for number in good for code in number.reasons if code != "contact_too_long"))
    return [Number(value, method, parts, params, reasons), *each]


@metric("N/m", Better.NEUTRAL, TOTAL)
def vertical_stiffness(reading: Hops, limb: Limb) -> list[Number]:
    """Stiffness from weight, contact and flight: the mean of the hops, then every hop, N/m.

    Notes
    -----
    Of the whole body, or of the one leg that hops; the formula holds the whole mass, so that a side of a hop on both legs has
    none. ``weight`` and gain are common to all hops, instants are not.

    References
    ----------
    Dalleau et al. (2004), International Journal of Sports Medicine.

    Examples
    --------
    ``70 pi 0.59/(0.18^2 (0.59/pi - 0.045))`` of the first hop:

    >>> from daq.metrics.rebound.example import hopping
    >>> round(vertical_stiffness(hopping(), Limb.BOTH)[1].value, -2)
    28000.0
    """
    reading.weighing  # noqa: B018, without a weight there is no mean either
    each = [
        _of_times(reading, hop, limb, k) if isinstance(hop, Hop) else void(*hop, method=TIMES, entry=k)
        for k, hop in enumerate(reading.hops_of(limb), start=1)
    ]
    return _with_mean(each, TIMES)


@metric("N/m", Better.NEUTRAL, ALL)
def vertical_stiffness_force(reading: Hops, limb: Limb) -> list[Number]:
    """Highest force over the way down of the body in contact: the mean of the hops, then every hop, N/m.

    Notes
    -----
    The velocity at contact is the one that fits both flights best: the mean of ``-g t/2`` of the flight before and of
    ``g t/2`` of the flight after less what the contact added. A limb's own force goes over the way of the body.

    References
    ----------
    McMahon and Cheng (1990), Journal of Biomechanics.

    Examples
    --------
    Half sine of 3504.47 N, way down 0.12243 m in the first hop:

    >>> from daq.metrics.rebound.example import hopping
    >>> round(vertical_stiffness_force(hopping(), Limb.BOTH)[1].value, -2)
    28600.0
    """
    reading.weighing  # noqa: B018, the same
    trace = reading.trace_of(limb)
    each: list[Number] = []
    for k, hop in enumerate(reading.hops_of(reading.main), start=1):
        if not isinstance(hop, Hop):
            each.append(void(*hop, method=FORCE, entry=k))
            continue
        sag = reading.sags_m.get(k)
        if sag is None:
            sag = reading.sags_m[k] = sag_m(reading, hop)
        a, b = hop.contact.t_s, hop.takeoff.t_s
        part = trace.force_n[trace.slice(a, b)]
        if not len(part) or sag < SMALLEST_SAG_M:
            each.append(void("denominator_too_small", method=FORCE, entry=k))
            continue
        peak = float(part.max())
        params: Params = {"sag_m": sag, "peak_n": peak, "weight_n": reading.weighing.weight_n}
        gap = ("sample_gap",) if trace.touches_hole(a, b) else ()
        codes = (*gap, *slow_codes(reading, hop), *reading.rate_codes)
        each.append(Number(peak / sag, FORCE, None, params, codes, (f"contact.{k}", f"takeoff.{k}"), entry=k))
    return _with_mean(each, FORCE)


def sag_m(reading: Hops, hop: Hop) -> float:
    """How far the body goes down in a contact, m."""
    trace, w, g = reading.trace, reading.weighing.weight_n, reading.gravity
    a, b = hop.contact.t_s, hop.takeoff.t_s
    part = trace.slice(a, b)
    t = np.concatenate(([a], trace.t_s[part], [b]))
    impulse = np.concatenate(([trace.impulse_until(a)], trace.impulse_n_s[part], [trace.impulse_until(b)]))
    gained = (impulse - impulse[0] - w * (t - a)) * g / w
    v = 0.5 * (-g * hop.air_before_s / 2.0 + g * hop.air_s / 2.0 - float(gained[-1])) + gained
    return -float((0.5 * (v[1:] + v[:-1]) * (t[1:] - t[:-1])).cumsum().min())
