"""Efforts of repetitions, contractions and holds with closed answers, at any rate, phase and noise."""

from __future__ import annotations

import numpy as np

from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Instrument

LEAD_S, TAIL_S = 3.0, 2.0
CELL = Instrument("cell", u_gain=0.002, u_reference=0.001, reference="masses", u_zero_n=0.1, resolution_n=0.0)


def times(length_s, rate_hz=1000.0, phase=0.5):
    """Sample times of an effort that begins at 0 s."""
    return -LEAD_S + (np.arange(round((LEAD_S + length_s + TAIL_S) * rate_hz)) + phase) / rate_hz


def contractions(t, forces_n, work_s=7.0, rest_s=3.0):
    """Upright contractions of these forces."""
    force, forces_n = np.zeros(len(t)), np.asarray(forces_n, dtype=float)
    for i, f in enumerate(forces_n):
        start = i * (work_s + rest_s)
        force[(t >= start) & (t < start + work_s)] = f
    return force


def ramped(t, forces_n, work_s, rest_s, ramp_s):
    """Contractions with a straight rise and fall of ``ramp_s`` within ``work_s``."""
    force = np.zeros(len(t))
    for i, f in enumerate(forces_n):
        tau = t - i * (work_s + rest_s)
        force += f * np.clip(np.minimum(tau, work_s - tau) / ramp_s, 0.0, 1.0)
    return force


def decay(t, peak_n, k, length_s):
    """A hold ``peak_n exp(-k t)`` for ``length_s``."""
    return np.where((t >= 0) & (t < length_s), peak_n * np.exp(-k * np.clip(t, 0, length_s)), 0.0)


def one(t, force, rate_hz=1000.0, *, limb=Limb.LEFT, instrument=CELL, noise_n=0.0, seed=1, **more):
    """An effort of one limb."""
    force = force + noise_n * np.random.default_rng(seed).standard_normal(len(t)) if noise_n else force
    return Effort({limb: Curve(t, force, rate_hz, instrument)}, limb=limb, **more)


def two(t, left, right, rate_hz=1000.0, **more):
    """An effort of both limbs at once."""
    curves = {Limb.LEFT: left, Limb.RIGHT: right, Limb.BOTH: left + right}
    return Effort({limb: Curve(t, force, rate_hz, CELL) for limb, force in curves.items()}, **more)
