"""Instants of a jump to the lengths of its phases, in s and in percent of the time to take-off."""

from __future__ import annotations

from daq.block import Limb
from daq.metrics.catalogue import TOTAL, Number, metric
from daq.metrics.jump.events import Jump, Phase
from daq.metrics.value import Better, Instant

_NEUTRAL = Better.NEUTRAL


def _span(jump: Jump, a: Instant, b: Instant) -> Number:
    length = b.t_s - a.t_s
    parts = {"start": a.u_s or 0.0, "stop": b.u_s or 0.0, "time": length * jump.budgets[jump.main].time}
    return Number(length, b.method, parts, {}, jump.rate_codes, (a.name, b.name))


def _share(jump: Jump, phase: Phase) -> Number:
    """A phase of the time to take-off: its borders move the length, movement start and take-off the whole as well."""
    start, takeoff = jump.start, jump.flight.takeoff
    total, length = takeoff.t_s - start.t_s, phase.length_s
    share = length / total
    by = {start.name: share, takeoff.name: -share}
    by[phase.start.name] = by.get(phase.start.name, 0.0) - 1.0
    by[phase.stop.name] = by.get(phase.stop.name, 0.0) + 1.0
    u_of = {e.name: e.u_s or 0.0 for e in (start, takeoff, phase.start, phase.stop)}
    parts = {name: 100.0 / total * abs(factor) * u_of[name] for name, factor in by.items()}
    return Number(100.0 * share, phase.stop.method, parts, {"of_s": total}, jump.rate_codes, phase.events)


@metric("s", _NEUTRAL, TOTAL)
def time_to_takeoff(jump: Jump, _: Limb) -> Number:
    """From movement start to take-off, s (with the 30 ms that the rule goes back).

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> import math
    >>> crossing_s = 0.4 / math.pi * math.asin(math.sqrt(1.0 / (70 * 5)))  # the band is left at 1 N without noise
    >>> abs(time_to_takeoff(cosine_jump(), Limb.BOTH).value - (0.79 - crossing_s + 0.030)) <= 0.001
    True
    """
    return _span(jump, jump.start, jump.flight.takeoff)


@metric("s", _NEUTRAL, TOTAL)
def unweighting_time(jump: Jump, _: Limb) -> Number:
    """From movement start to the smallest velocity, s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> jump = cosine_jump()  # quiet for 1.5 s, the smallest velocity 0.4 s later
    >>> abs(jump.start.t_s + unweighting_time(jump, Limb.BOTH).value - 1.9) < 0.001
    True
    """
    return _span(jump, jump.unweighting.start, jump.unweighting.stop)


@metric("s", _NEUTRAL, TOTAL)
def braking_time(jump: Jump, _: Limb) -> Number:
    """From the smallest velocity to velocity 0, s.

    References
    ----------
    McMahon et al. (2018), Strength and Conditioning Journal.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(braking_time(cosine_jump(), Limb.BOTH).value, 2)  # T2
    0.15
    """
    return _span(jump, jump.braking.start, jump.braking.stop)


@metric("s", _NEUTRAL, TOTAL)
def propulsion_time(jump: Jump, _: Limb) -> Number:
    """From velocity 0 to take-off, s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(propulsion_time(cosine_jump(), Limb.BOTH).value, 3)  # T3 + T4
    0.24
    """
    return _span(jump, jump.propulsion.start, jump.propulsion.stop)


@metric("percent", _NEUTRAL, TOTAL)
def unweighting_time_percent(jump: Jump, _: Limb) -> Number:
    """Unweighting of the time to take-off, percent.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> three = (unweighting_time_percent, braking_time_percent, propulsion_time_percent)
    >>> round(sum(f(cosine_jump(), Limb.BOTH).value for f in three), 9)
    100.0
    """
    return _share(jump, jump.unweighting)


@metric("percent", _NEUTRAL, TOTAL)
def braking_time_percent(jump: Jump, _: Limb) -> Number:
    """Braking of the time to take-off, percent.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> jump = cosine_jump()
    >>> number = braking_time_percent(jump, Limb.BOTH).value
    >>> round(number / 100 * time_to_takeoff(jump, Limb.BOTH).value, 2)
    0.15
    """
    return _share(jump, jump.braking)


@metric("percent", _NEUTRAL, TOTAL)
def propulsion_time_percent(jump: Jump, _: Limb) -> Number:
    """Propulsion of the time to take-off, percent.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> jump = cosine_jump()
    >>> number = propulsion_time_percent(jump, Limb.BOTH).value
    >>> round(number / 100 * time_to_takeoff(jump, Limb.BOTH).value, 3)
    0.24
    """
    return _share(jump, jump.propulsion)
