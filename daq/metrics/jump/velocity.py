"""Motion of the centre of mass before take-off to velocities and displacements."""

from __future__ import annotations

import numpy as np

from daq.block import Limb
from daq.metrics.catalogue import TOTAL, Number, metric
from daq.metrics.jump.events import Jump
from daq.metrics.value import Better, Params

_UP, _NEUTRAL = Better.HIGHER, Better.NEUTRAL
_PUSH = ("movement_start", "takeoff")


def _params(jump: Jump) -> Params:
    return {"gravity": jump.gravity}


def _at(jump: Jump, i: int) -> Number:
    moved = jump.moved
    v, length_s = float(moved.v_m_per_s[i]), float(moved.t_s[i]) - jump.start.t_s
    return Number(v, moved.method, jump.velocity_parts(v, length_s), _params(jump), jump.rate_codes, _PUSH)


@metric("m/s", _UP, TOTAL)
def takeoff_velocity(jump: Jump, _: Limb) -> Number:
    """Velocity of the centre of mass at take-off, m/s.

    Notes
    -----
    ``kinematics.forward``: cumulative trapezoid of ``(F - W)/m`` from 0 at movement start.

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(takeoff_velocity(cosine_jump(), Limb.BOTH).value, 3)  # 2.359139
    2.359
    """
    return Number(jump.takeoff_m_per_s, jump.moved.method, jump.takeoff_parts, _params(jump), jump.rate_codes, _PUSH)


@metric("m/s", _UP, TOTAL)
def peak_velocity(jump: Jump, _: Limb) -> Number:
    """Largest velocity before take-off, m/s.

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> import math
    >>> b, w = 13.3333333 + 9.80665, math.pi / 0.2  # largest where cos(w tau) = g/B in the release
    >>> tau = math.acos(9.80665 / b) / w
    >>> v = 13.3333333 * 0.14 + b / w * math.sin(w * tau) - 9.80665 * tau
    >>> abs(peak_velocity(cosine_jump(), Limb.BOTH).value - v) < 1e-3
    True
    """
    del _
    jump.found("velocity")
    return _at(jump, jump.moved.high)


@metric("m/s", _NEUTRAL, TOTAL, is_signed=True)
def min_velocity(jump: Jump, _: Limb) -> Number:
    """Smallest velocity before take-off, m/s (negative: downwards).

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(min_velocity(cosine_jump(), Limb.BOTH).value, 3)  # -A1 T1/2
    -1.0
    """
    return _at(jump, jump.moved.low)


@metric("m/s", _UP, TOTAL)
def mean_propulsion_velocity(jump: Jump, _: Limb) -> Number:
    """Displacement over propulsion by its length, m/s; the velocity of a load in a force-velocity profile.

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(mean_propulsion_velocity(cosine_jump(), Limb.BOTH).value, 2)  # (0.056687 + 0.305396)/0.24
    1.51
    """
    jump.found("velocity")
    phase, moved = jump.propulsion, jump.moved
    rise = float(moved.s_m[-1]) - float(np.interp(phase.start_s, moved.t_s, moved.s_m))
    v = rise / phase.length_s
    middle_s = 0.5 * (phase.start_s + phase.stop_s) - jump.start.t_s
    return Number(v, moved.method, jump.velocity_parts(v, middle_s), _params(jump), jump.rate_codes, phase.events)


@metric("m", _NEUTRAL, TOTAL, is_signed=True)
def countermovement_depth(jump: Jump, _: Limb) -> Number:
    """Lowest point of the centre of mass against standing, m (negative).

    References
    ----------
    McMahon et al. (2018), Strength and Conditioning Journal.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(countermovement_depth(cosine_jump(), Limb.BOTH).value, 3)  # -0.305396
    -0.305
    """
    jump.found("phases")
    return Number(jump.moved.depth_m, jump.moved.method, None, _params(jump), jump.rate_codes, _PUSH)


@metric("m", _NEUTRAL, TOTAL, is_signed=True)
def com_displacement_at_takeoff(jump: Jump, _: Limb) -> Number:
    """Height of the centre of mass at take-off against standing, m.

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(com_displacement_at_takeoff(cosine_jump(), Limb.BOTH).value, 3)  # 0.056687
    0.057
    """
    jump.found("velocity")
    return Number(float(jump.moved.s_m[-1]), jump.moved.method, None, _params(jump), jump.rate_codes, _PUSH)
