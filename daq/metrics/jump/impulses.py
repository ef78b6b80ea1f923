"""Phases of a jump to net and gross impulses, of the whole body and of each limb."""

from __future__ import annotations

import math

from daq.block import Limb
from daq.metrics.catalogue import SIDE, TOTAL, Number, metric, void
from daq.metrics.jump.events import Jump, Phase
from daq.metrics.uncertainty import gross_impulse
from daq.metrics.value import Better, Params

_UP = Better.HIGHER
_METHOD = "impulse.trapezoid"


def _net(jump: Jump, name: str, stage: str) -> Number:
    """Integral of force less weight; withheld when it contradicts the change of momentum."""
    jump.found(stage)
    found = jump.nets.get(name)
    if found is None:
        # Never weighed, moved or split: the stage above says why.
        return void("window_beyond_trial", method=_METHOD)
    phase, net, agrees = found
    push, w, budget = jump.push_of(jump.main), jump.weighing, jump.budgets[jump.main]
    length_s = phase.length_s
    ends = [(push.at(e.t_s) - w.weight_n) * (e.u_s or 0.0) for e in (phase.start, phase.stop)]
    parts = {
        "gain": abs(net) * budget.own, "reference": abs(net) * budget.shared,
        "noise": jump.noise_of(jump.main) * math.sqrt(max(length_s, 0.0) * push.dt_s),
        "weight": length_s * w.u_weight_n, "time": abs(net) * budget.time, "events": math.hypot(*ends),
    }  # fmt: skip
    params: Params = {"weight_n": w.weight_n, "start_s": phase.start_s, "stop_s": phase.stop_s}
    codes = jump.rate_codes if agrees else ("momentum_check_failed",)
    return Number(net, _METHOD, parts, params, codes, phase.events)


@metric("N*s", _UP, TOTAL, is_signed=True)
def unweighting_impulse_net(jump: Jump, _: Limb) -> Number:
    """Integral of force less weight from movement start to braking start, N s (negative).

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(unweighting_impulse_net(cosine_jump(), Limb.BOTH).value, 1)  # -m A1 T1/2
    -70.0
    """
    return _net(jump, "unweighting", "phases")


@metric("N*s", _UP, TOTAL, is_signed=True)
def braking_impulse_net(jump: Jump, _: Limb) -> Number:
    """Integral of force less weight over braking, N s; equals mass times the smallest velocity.

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(braking_impulse_net(cosine_jump(), Limb.BOTH).value, 1)  # m A1 T1/2
    70.0
    """
    return _net(jump, "braking", "phases")


@metric("N*s", _UP, TOTAL, is_signed=True)
def propulsion_impulse_net(jump: Jump, _: Limb) -> Number:
    """Integral of force less weight over propulsion, N s; equals mass times the velocity at take-off.

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(propulsion_impulse_net(cosine_jump(), Limb.BOTH).value, 1)  # 70 * 2.359139
    165.1
    """
    jump.found("phases")
    return _net(jump, "propulsion", "velocity")


@metric("N*s", _UP, TOTAL, is_signed=True)
def positive_impulse_net(jump: Jump, _: Limb) -> Number:
    """Integral of force less weight over braking and propulsion, N s.

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(positive_impulse_net(cosine_jump(), Limb.BOTH).value, 1)  # 70 (1 + 2.359139)
    235.1
    """
    jump.found("phases")
    return _net(jump, "positive", "velocity")


@metric("N*s", _UP, TOTAL, is_signed=True)
def impulse_net_total(jump: Jump, _: Limb) -> Number:
    """Integral of force less weight from movement start to take-off, N s.

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(impulse_net_total(cosine_jump(), Limb.BOTH).value, 1)
    165.1
    """
    return _net(jump, "total", "velocity")


def gross(
    jump: Jump, limb: Limb, start_s: float, *, stop_s: float, u_s: tuple[float, float] | float, params: Params,
    events: tuple[str, ...],
) -> Number:  # fmt: skip
    """Integral of a limb's force between two times before take-off.

    ``u_s`` are the standard uncertainties of both ends, or the one of a window that moves as a whole.
    """
    push = jump.push_of(limb)
    impulse = push.impulse_between(start_s, stop_s)
    ends = (push.at(start_s), push.at(stop_s))
    moved = abs(ends[1] - ends[0]) * u_s if isinstance(u_s, float) else math.hypot(ends[0] * u_s[0], ends[1] * u_s[1])
    parts = gross_impulse(
        jump.budgets[limb], impulse, length_s=stop_s - start_s, noise_n=jump.noise_of(limb), dt_s=push.dt_s,
        ends_n=(moved, 0.0), u_event_s=1.0,
    )  # fmt: skip
    codes = (*push.gap_codes(start_s, stop_s), *jump.rate_codes)
    return Number(impulse, _METHOD, parts, params, codes, events)


def _gross_of(jump: Jump, limb: Limb, phase: Phase) -> Number:
    stop_s = min(phase.stop_s, jump.push_of(limb).stop_s)
    return gross(jump, limb, phase.start_s, stop_s=stop_s, u_s=phase.u_s, params={}, events=phase.events)


@metric("N*s", _UP, SIDE)
def braking_impulse_gross(jump: Jump, limb: Limb) -> Number:
    """Integral of a limb's force over braking, N s.

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(braking_impulse_gross(cosine_jump(), Limb.LEFT).value / (0.45 * (70.0 + 686.4655 * 0.15)), 2)
    1.0
    """
    return _gross_of(jump, limb, jump.braking)


@metric("N*s", _UP, SIDE)
def propulsion_impulse_gross(jump: Jump, limb: Limb) -> Number:
    """Integral of a limb's force over propulsion, N s.

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(propulsion_impulse_gross(cosine_jump(), Limb.RIGHT).value / (0.55 * (70 * 2.359139 + 686.4655 * 0.24)), 2)
    1.0
    """
    return _gross_of(jump, limb, jump.propulsion)


def _less_half_weight(jump: Jump, limb: Limb, phase: Phase) -> Number:
    """A limb's impulse less half the weight; the weight holds the gains of both plates, of which a reference cancels."""
    jump.need_sides()
    made, w = _gross_of(jump, limb, phase), jump.weighing
    length_s, mine, other = phase.length_s, jump.shares[limb], jump.shares[limb.other]
    push, budget, its = jump.push_of(limb), jump.budgets[limb], jump.budgets[limb.other]
    net = made.value - 0.5 * w.weight_n * length_s
    same = budget.reference == its.reference != ""
    own = (made.value - 0.5 * mine * length_s, 0.5 * other * length_s)
    shared = abs(net) * budget.shared if same else math.hypot(own[0] * budget.shared, own[1] * its.shared)
    ends = [push.at(t_s) - 0.5 * w.weight_n for t_s in (phase.start_s, min(phase.stop_s, push.stop_s))]
    parts = {
        "gain": math.hypot(own[0] * budget.own, own[1] * its.own), "reference": shared,
        "zero": 0.5 * length_s * math.hypot(budget.zero_n, its.zero_n),
        "noise": jump.noise_of(limb) * math.sqrt(length_s * push.dt_s), "weight": 0.5 * length_s * w.u_weight_n,
        "time": abs(net) * budget.time, "events": math.hypot(ends[0] * phase.u_s[0], ends[1] * phase.u_s[1]),
    }  # fmt: skip
    params: Params = {"half_weight_n": 0.5 * w.weight_n}
    return Number(net, "impulse.limb_half_weight", parts, params, made.reasons, phase.events)


def _less_static_share(jump: Jump, limb: Limb, phase: Phase) -> Number:
    """A limb's impulse less its own mean in the weighing; the zero cancels."""
    jump.need_sides()
    w, level_n, method = jump.weighing, jump.shares[limb], "impulse.limb_static_share"
    if level_n < jump.limit("unloaded_share") * w.weight_n:
        return void("limb_unloaded_in_weighing", method=method)
    made = _gross_of(jump, limb, phase)
    push, budget, length_s = jump.push_of(limb), jump.budgets[limb], phase.length_s
    net = made.value - level_n * length_s
    ends = [push.at(t_s) - level_n for t_s in (phase.start_s, min(phase.stop_s, push.stop_s))]
    noise, n = jump.noise_of(limb), max((w.stop_s - w.start_s) * push.rate_hz, 1.0)
    parts = {
        "gain": abs(net) * budget.own, "reference": abs(net) * budget.shared,
        "noise": noise * math.sqrt(length_s * push.dt_s), "level": length_s * noise / math.sqrt(n),
        "time": abs(net) * budget.time, "events": math.hypot(ends[0] * phase.u_s[0], ends[1] * phase.u_s[1]),
    }  # fmt: skip
    return Number(net, method, parts, {"level_n": level_n}, made.reasons, phase.events)


@metric("N*s", _UP, SIDE, is_signed=True)
def braking_impulse_net_half_weight(jump: Jump, limb: Limb) -> Number:
    """Integral of a limb's force less half the weight over braking, N s; says nothing about a shift of the weight.

    References
    ----------
    Benjanuvatra et al. (2013), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> expected = 0.45 * (70.0 + 686.4655 * 0.15) - 0.5 * 686.4655 * 0.15
    >>> abs(braking_impulse_net_half_weight(cosine_jump(), Limb.LEFT).value - expected) < 0.3
    True
    """
    return _less_half_weight(jump, limb, jump.braking)


@metric("N*s", _UP, SIDE, is_signed=True)
def propulsion_impulse_net_half_weight(jump: Jump, limb: Limb) -> Number:
    """Integral of a limb's force less half the weight over propulsion, N s.

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> expected = 0.45 * (70 * 2.359139 + 686.4655 * 0.24) - 0.5 * 686.4655 * 0.24
    >>> abs(propulsion_impulse_net_half_weight(cosine_jump(), Limb.LEFT).value - expected) < 0.3
    True
    """
    return _less_half_weight(jump, limb, jump.propulsion)


@metric("N*s", _UP, SIDE, is_signed=True)
def braking_impulse_net_static_share(jump: Jump, limb: Limb) -> Number:
    """Integral of a limb's force less its own mean in the weighing over braking, N s.

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> abs(braking_impulse_net_static_share(cosine_jump(), Limb.LEFT).value - 0.45 * 70.0) < 0.1
    True
    """
    return _less_static_share(jump, limb, jump.braking)


@metric("N*s", _UP, SIDE, is_signed=True)
def propulsion_impulse_net_static_share(jump: Jump, limb: Limb) -> Number:
    """Integral of a limb's force less its own mean in the weighing over propulsion, N s.

    References
    ----------
    Mechanics: impulse and momentum; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> abs(propulsion_impulse_net_static_share(cosine_jump(), Limb.LEFT).value - 0.45 * 70 * 2.359139) < 0.1
    True
    """
    return _less_static_share(jump, limb, jump.propulsion)
