"""A countermovement jump of cosine pieces, whose answers are closed formulas, to what is found in it."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np

from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Floats
from daq.metrics.jump.events import Jump
from daq.metrics.methods import rule_of
from daq.metrics.reading import Conditions
from daq.metrics.trace import Trace
from daq.units import STANDARD_GRAVITY_M_PER_S2

G = STANDARD_GRAVITY_M_PER_S2
MASS_KG, A1, T1, T2, T3, T4, T5 = 70.0, 5.0, 0.40, 0.15, 0.14, 0.10, 0.30
QUIET_S, AFTER_S, LEFT_SHARE, RATE_HZ = 1.5, 2.0, 0.45, 1000.0


def cosine_force_n(t_s: Floats, *, dips: bool = True) -> Floats:
    """Force of a 70 kg person: quiet, unweighting, braking, plateau, release, flight, landing, standing.

    Notes
    -----
    ``a = -A1 sin^2(pi t/T1)``; ``a = (A2/2)(1 - cos(pi t/T2))`` with ``A2 = A1 T1/T2``; ``a = A2`` for T3;
    ``F = m (A2 + g) cos(pi t/(2 T4))``; 0; landing as ``W/2 (1 - cos(pi t/T5)) + m B5 sin(pi t/T5)``. Without the dip
    (a squat jump) the first piece is left out.
    """
    a2 = A1 * T1 / T2
    v3 = a2 * T3 + (0.0 if dips else 0.5 * a2 * T2)
    v = v3 + 2.0 * (a2 + G) * T4 / math.pi - G * T4
    b5 = (v + G * T5 / 2.0) * math.pi / (2.0 * T5)
    lengths = (QUIET_S, T1 if dips else 0.0, T2, T3, T4, 2.0 * v / G, T5, math.inf)
    edges = np.cumsum((0.0, *lengths))
    taus = [t_s - edge for edge in edges[:-1]]
    pieces = [
        np.full(len(t_s), G),
        G - A1 * np.sin(math.pi * taus[1] / T1) ** 2,
        G + a2 / 2.0 * (1.0 - np.cos(math.pi * taus[2] / T2)),
        np.full(len(t_s), G + a2),
        (a2 + G) * np.cos(math.pi * taus[4] / (2.0 * T4)),
        np.zeros(len(t_s)),
        G / 2.0 * (1.0 - np.cos(math.pi * taus[6] / T5)) + b5 * np.sin(math.pi * taus[6] / T5),
        np.full(len(t_s), G),
    ]
    inside = [(t_s >= a) & (t_s < b) for a, b in pairwise(edges.tolist())]
    return np.asarray(MASS_KG * np.select(inside, pieces, G))


def _conditions(*, dips: bool) -> Conditions:
    from daq.metrics.jump import JUMP, SQUAT_JUMP

    family = JUMP if dips else SQUAT_JUMP
    t = np.arange(round((QUIET_S + T1 + T2 + T3 + T4 + 0.5 + T5 + AFTER_S) * RATE_HZ)) / RATE_HZ
    force = cosine_force_n(t, dips=dips)
    shares = {Limb.LEFT: LEFT_SHARE * force, Limb.RIGHT: (1.0 - LEFT_SHARE) * force, Limb.BOTH: force}
    curves = {limb: Curve(t, own, RATE_HZ) for limb, own in shares.items()}
    traces = {limb: trace for limb, curve in curves.items() if (trace := Trace.of(curve)) is not None}
    rules = {name: rule_of(text) for name, text in family.methods.items()}
    return Conditions(Effort(curves), traces, rules, family.limits)


@lru_cache(maxsize=1)
def cosine_jump() -> Jump:
    """The countermovement jump, read; the left plate carries 0.45 of everything.

    >>> round(cosine_jump().takeoff_m_per_s, 3)  # A2 T3 + 2 (A2 + g) T4/pi - g T4 = 2.359139
    2.359
    """
    from daq.metrics.jump.finding import read_jump

    return read_jump(_conditions(dips=True))


@lru_cache(maxsize=1)
def cosine_squat_jump() -> Jump:
    """The squat jump: the same pieces without the first, so that braking becomes the first half of the push.

    >>> round(cosine_squat_jump().takeoff_m_per_s, 3)  # A2 T2/2 + A2 T3 + 2 (A2 + g) T4/pi - g T4 = 3.359139
    3.359
    """
    from daq.metrics.jump.finding import read_squat_jump

    return read_squat_jump(_conditions(dips=False))
