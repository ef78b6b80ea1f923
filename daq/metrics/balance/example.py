"""Stances with closed answers, for the examples in the documentation and for tests."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from daq.block import Limb
from daq.metrics.balance.stance import Stance, read_stance
from daq.metrics.effort import Cop, Curve, Effort, Instrument
from daq.metrics.methods import rule_of
from daq.metrics.reading import Conditions
from daq.metrics.trace import Trace

RATE_HZ, LENGTH_S, TURNS = 100.0, 30.0, 10
FORCE_N, SHARE_LEFT = 700.0, 0.45
PLATE = Instrument(u_gain=0.002, u_reference=0.001, reference="masses", u_zero_n=0.5)


def ellipse_effort(a_m: float, b_m: float, *, share_swing: float = 0.0) -> Effort:
    """Ten turns of ``x = a cos, y = b sin`` in 30 s at 100 Hz, 700 N, 45 % on the left with a swing of one turn in 3 s."""
    t = np.arange(int(RATE_HZ * LENGTH_S) + 1) / RATE_HZ
    angle = 2.0 * np.pi * TURNS * t / LENGTH_S
    left = FORCE_N * (SHARE_LEFT + share_swing * np.sin(angle))
    curves = {
        limb: Curve(t, force, RATE_HZ, PLATE)
        for limb, force in ((Limb.LEFT, left), (Limb.RIGHT, FORCE_N - left), (Limb.BOTH, np.full(len(t), FORCE_N)))
    }
    return Effort(curves, cop=Cop(t, a_m * np.cos(angle), b_m * np.sin(angle), RATE_HZ, "cop.four_cell"))


@lru_cache(maxsize=8)
def ellipse_stance(a_m: float = 0.004, b_m: float = 0.008) -> Stance:
    """The ellipse, read without processing."""
    return _read(ellipse_effort(a_m, b_m, share_swing=0.02), one_leg=False)


def circle_stance() -> Stance:
    """A circle of 5 mm, read without processing."""
    return ellipse_stance(0.005, 0.005)


def one_leg_effort(*, up_s: float = 1.0, down_s: float = 13.0, length_s: float = 20.0) -> Effort:
    """The right foot is off its plate from ``up_s`` to ``down_s``; 100 Hz."""
    t = np.arange(int(RATE_HZ * length_s)) / RATE_HZ
    free = np.where((t >= up_s - 1e-9) & (t < down_s - 1e-9), 0.0, 0.5 * FORCE_N)
    return Effort({Limb.LEFT: Curve(t, FORCE_N - free, RATE_HZ, PLATE)}, Limb.LEFT, free=Curve(t, free, RATE_HZ, PLATE))


@lru_cache(maxsize=1)
def one_leg_stance() -> Stance:
    """Twelve seconds on the left leg."""
    return _read(one_leg_effort(), one_leg=True)


def _read(effort: Effort, *, one_leg: bool) -> Stance:
    from daq.metrics.balance import STANCE

    traces = {limb: trace for limb, curve in effort.curves.items() if (trace := Trace.of(curve)) is not None}
    free = None if effort.free is None else Trace.of(effort.free)
    rules = {"cop": rule_of("cop.raw")}
    return read_stance(Conditions(effort, traces, rules, STANCE.limits, one_leg=one_leg, free=free))
