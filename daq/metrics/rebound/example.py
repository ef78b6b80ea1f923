"""Curves with closed answers to readings of a drop jump, a landing and hops, for examples and tests."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from daq.block import Limb
from daq.metrics import rebound
from daq.metrics.catalogue import Family
from daq.metrics.effort import Curve, Effort, Floats, Instrument
from daq.metrics.methods import rule_of
from daq.metrics.reading import Conditions
from daq.metrics.rebound.events import Ground, Hops, Rebound
from daq.metrics.rebound.finding import read_drop_jump
from daq.metrics.rebound.hop_finding import read_hops
from daq.metrics.rebound.landing_finding import read_landing
from daq.metrics.trace import Trace
from daq.units import STANDARD_GRAVITY_M_PER_S2

RATE_HZ, MASS_KG, SHARE_LEFT = 1000.0, 70.0, 0.45
DROP_M, V_OUT, CONTACT_S, LANDING_S = 0.40, 2.4, 0.20, 0.30
BEFORE_S, AFTER_S = 0.5, 3.0
_G = STANDARD_GRAVITY_M_PER_S2
# Between two samples, so that no event falls on one.
_PHASE = 0.37


def half_sine(tau: Floats, *, contact_s: float, v_in: float, v_out: float, mass_kg: float = MASS_KG) -> Floats:
    """Force of a contact that turns a fall of ``v_in`` (m/s, positive) into a jump of ``v_out``; ``tau`` from first contact.

    ``F0 sin(pi tau/t_c)`` with ``F0 = pi m (v_in + v_out + g t_c)/(2 t_c)``.

    >>> round(float(half_sine(np.array([0.1]), contact_s=0.2, v_in=2.801, v_out=2.4)[0]))
    3938
    """
    peak = math.pi * mass_kg * (v_in + v_out + _G * contact_s) / (2.0 * contact_s)
    inside = (tau > 0.0) & (tau < contact_s)
    return np.where(inside, peak * np.sin(math.pi * tau / contact_s), 0.0)


def soft_landing(tau: Floats, *, v_in: float, length_s: float = LANDING_S, mass_kg: float = MASS_KG) -> Floats:
    """Force of a landing that ends standing still: ``W/2 (1 - cos x) + m B sin x``, ``x = pi tau/T``, then the weight.

    >>> round(float(soft_landing(np.array([1.0]), v_in=2.8)[0]), 2)
    686.47
    """
    w = mass_kg * _G
    b = (v_in + _G * length_s / 2.0) * math.pi / (2.0 * length_s)
    x = math.pi * tau / length_s
    inside = (tau > 0.0) & (tau < length_s)
    return np.where(inside, w / 2.0 * (1.0 - np.cos(x)) + mass_kg * b * np.sin(x), np.where(tau >= length_s, w, 0.0))


def drop_jump_n(t: Floats, *, start_s: float = BEFORE_S, drop_m: float = DROP_M, contact_s: float = CONTACT_S) -> Floats:
    """Total force of a drop jump: an empty plate, the contact, a flight, a landing, standing.

    >>> t = np.arange(5000) / 1000
    >>> round(float(drop_jump_n(t)[-1]), 2)
    686.47
    """
    air_s = 2.0 * V_OUT / _G
    contact = half_sine(t - start_s, contact_s=contact_s, v_in=math.sqrt(2.0 * _G * drop_m), v_out=V_OUT)
    return contact + soft_landing(t - start_s - contact_s - air_s, v_in=V_OUT)


def hops_n(t: Floats, contacts_s: Floats, airs_s: Floats, *, start_s: float = 2.0) -> Floats:
    """Total force of hops after quiet standing: a first jump, then contacts each with the flight after it, then a landing.

    ``airs_s`` has one entry more than ``contacts_s``: the flight of the first jump.

    >>> force = hops_n(np.arange(4000) / 1000, np.array([0.2]), np.array([0.4, 0.4]))
    >>> round(float(force[-1]), 2), round(float(force.max()))
    (686.47, 3235)
    """
    w, rise_s, release_s = MASS_KG * _G, 0.25, 0.10
    v = _G * float(airs_s[0]) / 2.0
    # The push: up by half a cosine, then down to nothing by a quarter of one, so that it ends with velocity v.
    up = MASS_KG * (v - _G * release_s * (2.0 / math.pi - 1.0)) / (rise_s / 2.0 + 2.0 * release_s / math.pi)
    tau = t - start_s
    force = np.where(tau <= 0.0, w, 0.0)
    force += np.where((tau > 0.0) & (tau <= rise_s), w + up / 2.0 * (1.0 - np.cos(math.pi * tau / rise_s)), 0.0)
    rest = tau - rise_s
    force += np.where((rest > 0.0) & (rest < release_s), (w + up) * np.cos(math.pi * rest / (2.0 * release_s)), 0.0)
    at = start_s + rise_s + release_s + float(airs_s[0])
    for before, contact, after in zip(airs_s[:-1], contacts_s, airs_s[1:], strict=True):
        v_in, v_out = _G * float(before) / 2.0, _G * float(after) / 2.0
        force += half_sine(t - at, contact_s=float(contact), v_in=v_in, v_out=v_out)
        at += float(contact + after)
    return np.asarray(force + soft_landing(t - at, v_in=_G * float(airs_s[-1]) / 2.0))


def conditions_of(
    t: Floats, force_n: Floats, family: Family, *, methods: Mapping[str, str] | None = None, rate_hz: float = RATE_HZ
) -> Conditions:
    """The conditions of two plates that share a total force 45 to 55, with a family's own rules and limits.

    >>> t = np.arange(100) / 1000
    >>> conditions_of(t, np.full(100, 700.0), rebound.LANDING).main
    <Limb.BOTH: 'both'>
    """
    plate = Instrument(u_gain=0.002, u_reference=0.001, reference="masses", u_zero_n=0.5, resolution_n=0.0)
    shares = {Limb.LEFT: SHARE_LEFT, Limb.RIGHT: 1.0 - SHARE_LEFT, Limb.BOTH: 1.0}
    curves = {limb: Curve(t, share * force_n, rate_hz, plate) for limb, share in shares.items()}
    traces = {limb: trace for limb, curve in curves.items() if (trace := Trace.of(curve)) is not None}
    rules = {name: rule_of(text) for name, text in {**family.methods, **(methods or {})}.items()}
    return Conditions(Effort(curves), traces, rules, family.limits)


def _axis(length_s: float) -> Floats:
    return np.asarray((np.arange(round(length_s * RATE_HZ)) + _PHASE) / RATE_HZ, dtype=np.float64)


@lru_cache(maxsize=1)
def drop_jump() -> Rebound:
    """Drop of 0.4 m, contact of 0.2 s, 2.4 m/s up, then a landing of 0.3 s and standing.

    >>> sorted(drop_jump().events())
    ['contact', 'landing', 'landing_end', 'propulsion_start', 'takeoff']
    """
    t = _axis(5.0)
    return read_drop_jump(conditions_of(t, drop_jump_n(t), rebound.DROP_JUMP))


@lru_cache(maxsize=1)
def drop_landing() -> Ground:
    """Drop of 0.4 m onto both plates, at rest after 0.3 s.

    >>> sorted(drop_landing().events())
    ['landing', 'landing_end']
    """
    t = _axis(5.0)
    force = soft_landing(t - BEFORE_S, v_in=math.sqrt(2.0 * _G * DROP_M))
    return read_landing(conditions_of(t, force, rebound.LANDING))


@lru_cache(maxsize=1)
def hopping() -> Hops:
    """Ten hops: contacts of 0.18, 0.182, ... s, flights of 0.41, 0.42, ... s, after a jump of 0.40 s.

    >>> len(hopping().valid(Limb.BOTH))
    10
    """
    k = np.arange(10)
    t = _axis(12.0)
    force = hops_n(t, np.asarray(0.18 + 0.002 * k), np.concatenate((np.array([0.40]), 0.41 + 0.01 * k)))
    return read_hops(conditions_of(t, force, rebound.HOPS))
