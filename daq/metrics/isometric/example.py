"""Pulls with closed answers, as they are read: exponential, S-shaped and linear rise on a cell, and one on two plates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Floats, Instrument
from daq.metrics.isometric import PULL
from daq.metrics.isometric.events import Pull, read_pull
from daq.metrics.methods import rule_of
from daq.metrics.reading import Conditions
from daq.metrics.trace import Trace

RATE_HZ, QUIET_S, HOLD_S, REST_S = 1000.0, 2.0, 3.0, 1.0
RISE_N, TAU_S = 400.0, 0.08
WEIGHT_N, TENSION_N, PULL_N, PULL_TAU_S, SHARE_LEFT = 800.0, 25.0, 1200.0, 0.1, 0.45


def exponential(t_s: Floats) -> Floats:
    """``400 (1 - e^(-t/0.08))``, N."""
    return np.asarray(RISE_N * (1.0 - np.exp(-t_s / TAU_S)))


def s_shaped(t_s: Floats) -> Floats:
    """``400 (1 - e^(-(t/0.08)^2))``, N."""
    return np.asarray(RISE_N * (1.0 - np.exp(-((t_s / TAU_S) ** 2))))


def linear(t_s: Floats) -> Floats:
    """2000 N/s for 0.2 s, then 400 N."""
    return np.asarray(2000.0 * np.minimum(t_s, 0.2))


def pulled(shape: Callable[[Floats], Floats], *, rate_hz: float = RATE_HZ, phase: float = 0.0) -> tuple[Floats, Floats]:
    """Times and forces: 2 s quiet, ``shape`` of the time since for 3 s, let go within 20 ms, rest."""
    t = (np.arange(round((QUIET_S + HOLD_S + REST_S) * rate_hz), dtype=np.float64) + phase) / rate_hz
    since = t - QUIET_S
    force = np.where(since > 0, shape(np.maximum(since, 0.0)), 0.0)
    end = float(shape(np.array([HOLD_S]))[0])
    gone = np.exp(-np.maximum(since - HOLD_S, 0.0) / 0.02)
    return t, np.asarray(np.where(since > HOLD_S, end * gone, force), dtype=np.float64)


def stood(*, rate_hz: float = RATE_HZ) -> tuple[Floats, Floats]:
    """Times and total forces of a pull from two plates: 3 s of 800 N, 25 N of tension for 1.5 s, ``1200 (1 - e^(-t/0.1))``."""
    t = np.arange(round(9.0 * rate_hz)) / rate_hz
    tension = TENSION_N * np.clip((t - 3.0) / 0.2, 0.0, 1.0)
    since = np.maximum(t - 4.5, 0.0)
    pull = PULL_N * (1.0 - np.exp(-since / PULL_TAU_S))
    gone = np.exp(-np.maximum(since - HOLD_S, 0.0) / 0.05)
    return t, WEIGHT_N + (tension + pull) * gone


def read(
    curves: Mapping[Limb, Curve], limb: Limb, *, sensor: str, entered: Mapping[str, float] | None = None, **pinned: str
) -> Pull:
    """What the family reads in these curves under its own limits and rules; ``onset="noise_relative_5sd"`` pins a rule."""
    traces = {name: trace for name, curve in curves.items() if (trace := Trace.of(curve)) is not None}
    typed = {family: f"{family}.{rule}" for family, rule in pinned.items()}
    rules = {family: rule_of(text) for family, text in {**PULL.methods, **typed}.items()}
    effort = Effort(curves, limb, entered=entered or {}, body_mass_kg=80.0)
    return read_pull(Conditions(effort, traces, rules, PULL.limits, sensor=sensor, entered=entered or {}))


@lru_cache(maxsize=8)
def exponential_pull(*, onset: str = "threshold_interpolated") -> Pull:
    """The left limb pulls 400 N at a cell with a time constant of 80 ms; 80 kg of body mass, a lever arm of 0.3 m entered."""
    t, force = pulled(exponential)
    entered = {"lever_arm_m": 0.3, "limb_weight_n": 30.0, "is_break": 0.0}
    curve = Curve(t, force, RATE_HZ, Instrument(kind="cell"))
    return read({Limb.LEFT: curve}, Limb.LEFT, sensor="cell", entered=entered, onset=onset)


@lru_cache(maxsize=8)
def s_shaped_pull() -> Pull:
    """The left limb pulls with a force that begins without a kink."""
    t, force = pulled(s_shaped)
    return read({Limb.LEFT: Curve(t, force, RATE_HZ, Instrument(kind="cell"))}, Limb.LEFT, sensor="cell")


@lru_cache(maxsize=8)
def linear_pull() -> Pull:
    """The left limb pulls up a ramp of 2000 N/s to 400 N."""
    t, force = pulled(linear)
    return read({Limb.LEFT: Curve(t, force, RATE_HZ, Instrument(kind="cell"))}, Limb.LEFT, sensor="cell")


@lru_cache(maxsize=8)
def standing_pull() -> Pull:
    """A person of 800 N pulls with both legs, 45 % of everything on the left plate."""
    t, total = stood()
    sides = {Limb.LEFT: SHARE_LEFT * total, Limb.RIGHT: (1.0 - SHARE_LEFT) * total, Limb.BOTH: total}
    curves = {limb: Curve(t, force, RATE_HZ) for limb, force in sides.items()}
    return read(curves, Limb.BOTH, sensor="plate")
