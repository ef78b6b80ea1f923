"""Analytic curves to readings of repetitions, contractions and holds whose every number has a closed form."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from daq.block import Limb
from daq.metrics import endurance
from daq.metrics.catalogue import Family
from daq.metrics.effort import Curve, Effort, Floats, Instrument
from daq.metrics.endurance.events import Series, read_series
from daq.metrics.endurance.hold import Held, read_hold
from daq.metrics.methods import rule_of
from daq.metrics.reading import Conditions
from daq.metrics.trace import Trace

RATE_HZ, LEAD_S, TAIL_S = 1000.0, 2.0, 2.0
CELL = Instrument("cell", u_gain=0.002, u_reference=0.001, reference="masses", u_zero_n=0.1)


def axis(length_s: float, *, rate_hz: float = RATE_HZ) -> Floats:
    """Times of the samples from the lead to the tail of an effort that begins at 0 s; no sample lies on a full second."""
    n = round((LEAD_S + length_s + TAIL_S) * rate_hz)
    return np.asarray(-LEAD_S + (np.arange(n) + 0.5) / rate_hz)


def upright(t_s: Floats, forces_n: Floats, *, work_s: float, rest_s: float) -> Floats:
    """Contractions with upright sides: number i has ``forces_n[i]`` for ``work_s``, then ``rest_s`` of nothing."""
    cycle = work_s + rest_s
    which = np.floor(t_s / cycle).astype(np.int64)
    is_on = (which >= 0) & (which < len(forces_n)) & (t_s - which * cycle < work_s)
    return np.where(is_on, forces_n[np.clip(which, 0, len(forces_n) - 1)], 0.0)


def fading(t_s: Floats, peak_n: float, *, rate_per_s: float, length_s: float) -> Floats:
    """A hold ``peak_n exp(-rate_per_s t)`` from 0 s to ``length_s``."""
    return np.asarray(np.where((t_s >= 0) & (t_s < length_s), peak_n * np.exp(-rate_per_s * np.clip(t_s, 0.0, length_s)), 0.0))


def conditions_of(effort: Effort, family: Family, *, sensor: str = "hand", cue: str = "hard") -> Conditions:
    """The conditions of an effort with the family's own rules and limits."""
    traces = {limb: trace for limb, curve in effort.curves.items() if (trace := Trace.of(curve)) is not None}
    rules = {name: rule_of(text) for name, text in family.methods.items()}
    return Conditions(effort, traces, rules, family.limits, sensor=sensor, cue=cue, entered=effort.entered)


def one_hand(t_s: Floats, force_n: Floats, *, entered: dict[str, float] | None = None, rate_hz: float = RATE_HZ) -> Effort:
    """An effort of the left hand."""
    return Effort({Limb.LEFT: Curve(t_s, force_n, rate_hz, CELL)}, limb=Limb.LEFT, entered=entered or {})


@lru_cache(maxsize=1)
def all_out() -> Series:
    """24 contractions of 7 s with 3 s rest, means ``200 + 200 * 0.8^(i-1)`` N."""
    t = axis(24 * 10.0)
    force = upright(t, 200.0 + 200.0 * np.power(0.8, np.arange(24)), work_s=7.0, rest_s=3.0)
    return read_series(conditions_of(one_hand(t, force), endurance.CONTRACTIONS))


@lru_cache(maxsize=1)
def fading_grip() -> Series:
    """12 squeezes of 3 s with 5 s rest, each 3 % weaker than the one before, from 300 N; a target of 291 N."""
    t = axis(12 * 8.0)
    force = upright(t, 300.0 * np.power(0.97, np.arange(12)), work_s=3.0, rest_s=5.0)
    return read_series(conditions_of(one_hand(t, force, entered={"target_n": 291.0}), endurance.REPETITIONS))


@lru_cache(maxsize=1)
def nordic_set() -> Series:
    """Three repetitions of 4 s with 4 s rest, ``sin^2`` to 320, 310 and 300 N on the left, 90 % of that on the right."""
    t = axis(3 * 8.0)
    left = upright(t, np.array([320.0, 310.0, 300.0]), work_s=4.0, rest_s=4.0) * np.sin(np.pi * (t % 8.0) / 4.0) ** 2
    curves = {Limb.LEFT: left, Limb.RIGHT: 0.9 * left, Limb.BOTH: 1.9 * left}
    effort = Effort({limb: Curve(t, force, RATE_HZ, CELL) for limb, force in curves.items()})
    return read_series(conditions_of(effort, endurance.REPETITIONS, sensor="cell"))


@lru_cache(maxsize=2)
def fading_hold(target_n: float | None = None) -> Held:
    """``300 exp(-0.02 t)`` N held for 32 s, with an entered target or without."""
    t = axis(32.0)
    entered = {} if target_n is None else {"target_n": target_n}
    effort = one_hand(t, fading(t, 300.0, rate_per_s=0.02, length_s=32.0), entered=entered)
    return read_hold(conditions_of(effort, endurance.HOLD))
