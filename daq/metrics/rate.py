"""A stretch of rising force to its rate of force development, and whether sensor and record allow it."""

from __future__ import annotations

import math

import numpy as np

from daq.metrics.trace import Trace
from daq.metrics.uncertainty import Budget

FEWEST_SAMPLES, RECOMMENDED_HZ = 8, 1000.0
VOID_SETTLINGS, WARN_SETTLINGS = 3.0, 5.0
FEWEST_SECANT = 4


def settling_codes(trace: Trace, length_s: float) -> tuple[str, ...]:
    """A sensor that settles slowly cannot show a short window; ``!`` behind a code withholds."""
    settling = trace.instrument.settling_s
    if settling is None or length_s >= WARN_SETTLINGS * settling - 1e-9:
        return ()
    return ("sensor_settling",) if length_s >= VOID_SETTLINGS * settling - 1e-9 else ("sensor_settling!",)


def window_codes(trace: Trace, start_s: float, length_s: float, *, stop_s: float) -> tuple[str, ...]:
    """What stands against a window of ``length_s`` from ``start_s``; a code with ``!`` behind it withholds the value.

    ``stop_s`` is the end of the effort.
    """
    if start_s + length_s > min(stop_s, trace.stop_s) + 1e-9:
        return ("window_beyond_trial!",)
    if length_s * trace.rate_hz < FEWEST_SAMPLES - 1e-6:
        return ("rate_too_low!",)
    codes = settling_codes(trace, length_s)
    if trace.touches_hole(start_s, start_s + length_s):
        return ("sample_gap!", *codes)
    return ("rate_too_low", *codes) if trace.rate_hz < 0.995 * RECOMMENDED_HZ else codes


def secant(trace: Trace, start_s: float, stop_s: float) -> float:
    """Rate ``(F(stop) - F(start)) / (stop - start)``, both forces at fractional times, N/s.

    Examples
    --------
    >>> from daq.metrics.effort import Instrument
    >>> t = np.arange(500) / 1000.0
    >>> ramp = Trace.made(t, 2000.0 * t, 1000.0, instrument=Instrument(), holes=())
    >>> round(secant(ramp, 0.0105, 0.2105), 6)
    2000.0
    """
    return (trace.at(stop_s) - trace.at(start_s)) / (stop_s - start_s)


def peak_secant(trace: Trace, start_s: float, stop_s: float, *, width_s: float) -> float | None:
    """Largest secant of ``width_s`` that starts in ``[start_s, stop_s]``, N/s; None below 4 samples a window.

    The windows start at every sample in it and at ``start_s`` itself, and may not leave the record.
    """
    k = round(width_s * trace.rate_hz)
    if k < FEWEST_SECANT:
        return None
    part = trace.slice(start_s, stop_s)
    first, last = part.start, min(part.stop, len(trace.force_n) - k)
    rises = []
    if last > first:
        rise = trace.force_n[first + k : last + k] - trace.force_n[first:last]
        width = trace.t_s[first + k : last + k] - trace.t_s[first:last]
        rise /= width
        width -= k * trace.dt_s
        # The end of a jump may be a shorter step; such a window would not have the width it is named after.
        uneven = np.abs(width) >= 0.01 * width_s
        if uneven.any():
            rise = rise[~uneven]
        rises += [float(rise[rise.argmax()])] if len(rise) else []
    if start_s + width_s <= trace.stop_s:
        rises.append(secant(trace, start_s, start_s + width_s))
    return max(rises) if rises else None


def sample_rule_parts(
    trace: Trace, start_s: float, length_s: float, *, rate: float, noise_n: float, budget: Budget, u_clock_s: float
) -> dict[str, float]:
    """Contributions to a secant that starts at a sample: gain, time step, noise at both ends, place of the start."""
    by_start = (trace.slope_at(start_s + length_s) - trace.slope_at(start_s)) / length_s
    return {
        "gain": abs(rate) * budget.own,
        "reference": abs(rate) * budget.shared,
        "time": abs(rate) * budget.time,
        "noise": math.sqrt(2.0) * noise_n / length_s,
        "start": abs(by_start) * math.hypot(trace.dt_s / math.sqrt(12.0), u_clock_s),
    }
