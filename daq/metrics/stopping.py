"""The velocity of a falling body and the force on it to the instant its landing is over, and how certain that is."""

from __future__ import annotations

import math
from typing import NamedTuple

from daq.metrics.effort import Floats
from daq.metrics.samples import first_of

METHOD = "phase.landing_zero_velocity"
AT_REST_M_PER_S = 0.02
# Never more than this share of the speed at touchdown counts as standing.
NEAR_SHARE = 0.1
# Longer than this share of the landing, the stretch in which the end may lie is no end.
WIDEST_SHARE = 0.2


class Halt(NamedTuple):
    """Where a landing ends: the samples up to it are ``i + 1``; ``u_s`` None where the end could be anywhere."""

    t_s: float
    v_m_per_s: float
    i: int
    u_s: float | None


def find_halt(t_s: Floats, v_m_per_s: Floats, net_n: Floats, *, u_m_per_s: float, u_weight_n: float) -> Halt | None:
    """The end of the way down: velocity 0, or nearly 0 and nothing left that brakes.

    Parameters
    ----------
    t_s, v_m_per_s, net_n : (n,) array
        From the landing on: times, velocity of the centre of mass, force less weight.
    u_m_per_s, u_weight_n : float
        Standard uncertainties of the velocity and of the weight: a force that near to it is the weight.

    Notes
    -----
    A person who comes to rest without a bounce approaches zero from below along a parabola, so that an error of the velocity
    of 1 mm/s moves the crossing by several ms, or there is none. The force falls through the weight at the same instant, and
    steeply: with a velocity above ``-max(0.02 m/s, u(v))``, at most a tenth of that at touchdown, the landing is over where
    the force is the weight. Both crossings are interpolated. Its uncertainty is the root mean square of the way to the first
    instant with ``v >= -u(v)`` and to the last that can be meant: ``v >= u(v)`` or the force at the weight.

    Examples
    --------
    ``v = -20 (0.25 - t)^2``: no crossing, and the force is back at the weight at 0.25 s.

    >>> import numpy as np
    >>> t = np.arange(0.0, 0.4, 0.001)
    >>> v = np.where(t < 0.25, -20 * (0.25 - t) ** 2 - 0.001, -0.001)
    >>> halt = find_halt(t, v, np.where(t < 0.25, 40 * 70 * (0.25 - t), 0.0), u_m_per_s=0.002, u_weight_n=0.0)
    >>> round(halt.t_s, 3), round(halt.u_s, 4)  # from sqrt(0.001/20) s before, over sqrt 2
    (0.25, 0.005)
    """
    if not len(v_m_per_s):
        return None
    near = min(max(AT_REST_M_PER_S, u_m_per_s), NEAR_SHARE * abs(float(v_m_per_s[0])))
    # What brakes, beyond what the weight may be off.
    brake_n = net_n - u_weight_n
    i = first_of((v_m_per_s >= 0.0) | ((v_m_per_s >= -near) & (brake_n <= 0.0)))
    if not i:
        return None
    by_v = _crossing(t_s, v_m_per_s, i)
    by_force = _crossing(t_s, -brake_n, i) if brake_n[i] <= 0.0 and v_m_per_s[i - 1] >= -near else float(t_s[i])
    stop_s = min(by_v if v_m_per_s[i] >= 0.0 else math.inf, by_force)
    v0, v1, step_s = float(v_m_per_s[i - 1]), float(v_m_per_s[i]), float(t_s[i] - t_s[i - 1])
    v_stop = v0 + (v1 - v0) * (stop_s - float(t_s[i - 1])) / step_s
    return Halt(stop_s, v_stop, i, _u_s(t_s, v_m_per_s, brake_n, stop_s=stop_s, i=i, u_m_per_s=u_m_per_s))


def _crossing(t_s: Floats, rising: Floats, i: int, level: float = 0.0) -> float:
    """Where what rises passes ``level`` between samples ``i - 1`` and ``i``."""
    low, high = float(rising[i - 1]) - level, float(rising[i]) - level
    if not low < 0.0 <= high:
        return float(t_s[i])
    return float(t_s[i - 1]) + float(t_s[i] - t_s[i - 1]) * low / (low - high)


def _u_s(t_s: Floats, v_m_per_s: Floats, brake_n: Floats, *, stop_s: float, i: int, u_m_per_s: float) -> float | None:
    early = first_of(v_m_per_s[: i + 1] >= -u_m_per_s)
    first_s = stop_s if not early else min(_crossing(t_s, v_m_per_s, early, -u_m_per_s), stop_s)
    late = first_of((v_m_per_s[i:] >= u_m_per_s) | (brake_n[i:] <= 0.0))
    last_s = float(t_s[-1]) if late is None else max(_crossing(t_s, v_m_per_s, i + late, u_m_per_s), stop_s)
    if last_s - first_s > WIDEST_SHARE * (stop_s - float(t_s[0])):
        return None
    return math.sqrt(0.5 * ((stop_s - first_s) ** 2 + (last_s - stop_s) ** 2))
