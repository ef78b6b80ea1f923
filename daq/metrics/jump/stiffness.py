"""Force at the lowest point of a jump over its depth."""

from __future__ import annotations

from daq.block import Limb
from daq.metrics.catalogue import TOTAL, Number, metric, void
from daq.metrics.jump.events import Jump
from daq.metrics.value import Better, Params

_NEUTRAL = Better.NEUTRAL


def _over_depth(jump: Jump, *, less_n: float, method: str) -> Number:
    """A force over the depth; too shallow a dip is no denominator."""
    event = jump.braking.stop
    depth = jump.moved.depth_m
    if depth > -jump.limit("stiffness_depth_m"):
        return void("denominator_too_small", method=method)
    force = jump.push_of(jump.main).at(event.t_s) - less_n
    params: Params = {"depth_m": depth, "velocity": jump.moved.method}
    return Number(force / -depth, method, None, params, jump.rate_codes, (event.name,))


@metric("N/m", _NEUTRAL, TOTAL)
def countermovement_stiffness(jump: Jump, _: Limb) -> Number:
    """Force less weight at velocity 0 over the depth, N/m.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(countermovement_stiffness(cosine_jump(), Limb.BOTH).value / (70 * 13.3333333 / 0.305396), 3)
    1.0
    """
    return _over_depth(jump, less_n=jump.weighing.weight_n, method="stiffness.net_over_depth")


@metric("N/m", _NEUTRAL, TOTAL)
def countermovement_stiffness_gross(jump: Jump, _: Limb) -> Number:
    """Force at velocity 0 over the depth, N/m.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(countermovement_stiffness_gross(cosine_jump(), Limb.BOTH).value / (1619.80 / 0.305396), 3)
    1.0
    """
    return _over_depth(jump, less_n=0.0, method="stiffness.gross_over_depth")
