"""Movement of a squat jump to how far it dipped first and how fast the force rose."""

from __future__ import annotations

from daq.block import Limb
from daq.metrics.catalogue import ALL, TOTAL, Number, metric
from daq.metrics.jump.events import Dip, Jump
from daq.metrics.jump.forces import gap
from daq.metrics.jump.rates import TIMES_MS, secant_of, steepest_of
from daq.metrics.samples import runs
from daq.metrics.uncertainty import top_of
from daq.metrics.value import Better, Params

_UP, _DOWN = Better.HIGHER, Better.LOWER
_FROM_START: Params = {"from": "movement_start", "to": "takeoff", "onset": "5 SD crossing"}
_EVENTS = ("movement_start",)
BAND_SDS = 5.0
# Without a dip only so much of the quiet standing lies before the push.
FLAT_S = 0.02


def find_dip(jump: Jump) -> None:
    """How far the force falls below the weight between movement start and its peak; a deep dip makes no squat jump.

    The dip stays in the integral: integrating after it would overstate the height.
    """
    push, weight_n = jump.pushes[jump.main], jump.weighing.weight_n
    first = push.slice(jump.start.t_s, push.stop_s).start
    force = push.force_n[first:]
    before = force[: int(force.argmax()) + 1]
    low = int(before.argmin())
    least_n, t_s = float(before[low]), float(push.t_s[first + low])
    mirrored = top_of(-before, rate_hz=push.rate_hz, noise_n=jump.noise_of(jump.main), over_s=FLAT_S)
    jump.dip = dip = Dip(max(weight_n - least_n, 0.0), t_s, least_n, mirrored)
    if dip.depth_n > jump.limit("squat_dip_share") * weight_n:
        jump.tell("squat_jump_countermovement")
        return
    band_n = float(jump.start.params.get("band_n") or BAND_SDS * jump.weighing.sd_n)
    starts, stops = runs(before < weight_n - band_n)
    if len(starts) and float((stops - starts).max()) > jump.limit("squat_dip_s") * push.rate_hz:
        jump.tell("squat_jump_dip")


@metric("N", _DOWN, TOTAL)
def squat_jump_dip(jump: Jump, limb: Limb) -> Number:
    """Weight less the smallest force between movement start and the peak, N; 0 where the force never falls below the weight.

    Notes
    -----
    More than 10 % of the weight is a countermovement (``squat_jump_countermovement``); less is warned about when it leaves
    the band of the onset for more than 30 ms. Noise alone makes it larger, which is its ``bias``.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_squat_jump
    >>> round(squat_jump_dip(cosine_squat_jump(), Limb.BOTH).value, 2)  # it pushes straight up
    0.0
    """
    dip, w = jump.dip, jump.weighing
    parts = {**jump.budgets[limb].scaled(dip.depth_n, zero=0.0), "minimum": dip.low.u_max_n, "weight": w.u_weight_n}
    params: Params = {"weight_n": w.weight_n, "t_s": dip.t_s, "noise_n": dip.low.noise_n}
    bias = dip.low.bias_n if dip.depth_n > 0.0 else None
    push = jump.push_of(limb)
    codes = gap(push, jump.start.t_s, push.stop_s)
    return Number(dip.depth_n, "dip.below_weight", parts, params, codes, _EVENTS, bias)


@metric("N/s", _UP, ALL, is_signed=True, over=TIMES_MS)
def rfd_0_Tms(jump: Jump, limb: Limb, ms: int) -> Number:  # noqa: N802, T stands for the number in the metric's name
    """Rise of force in the first ``ms`` after the force leaves the band of the onset by that time, N/s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_squat_jump
    >>> import math
    >>> jump = cosine_squat_jump()
    >>> late_s = jump.crossing_s - 1.5  # quiet for 1.5 s; the band is left a little later
    >>> force_at = lambda tau: 70 * 13.3333333 / 2 * (1 - math.cos(math.pi * tau / 0.15))
    >>> expected = (force_at(late_s + 0.1) - force_at(late_s)) / 0.1
    >>> round(rfd_0_Tms(jump, Limb.BOTH, 100).value / expected, 3)
    1.0
    """
    return secant_of(jump, limb, jump.crossing_s, ms=ms, params=_FROM_START, events=_EVENTS)


@metric("N/s", _UP, ALL, is_signed=True)
def rfd_peak_20ms(jump: Jump, limb: Limb) -> Number:
    """Largest rise of force over 20 ms between the 5 SD crossing and take-off by that time, N/s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_squat_jump
    >>> import math
    >>> steepest = 70 * 13.3333333 * math.sin(math.pi * 0.02 / (2 * 0.15)) / 0.02
    >>> round(rfd_peak_20ms(cosine_squat_jump(), Limb.BOTH).value / steepest, 3)
    1.0
    """
    return steepest_of(jump, limb, jump.crossing_s, stop_s=jump.push_of(limb).stop_s, events=_EVENTS)
