"""What one limb did in a repetition to numbers with their uncertainty: peak, mean, impulse, and means of several of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from daq.block import Limb
from daq.metrics.catalogue import Number
from daq.metrics.endurance.events import EVENTS, Series, Work
from daq.metrics.uncertainty import effective_freedom, gross_impulse
from daq.metrics.value import Params

PEAK, MEAN = "peak.max_sample", "mean.integral_over_length"
SMALLEST_FORCE_N = 5.0


def peak_of(series: Series, limb: Limb, work: Work) -> Number:
    """Highest sample of one repetition, with the bias that noise gives a maximum."""
    top, trace = series.top(limb, work), series.trace_of(limb)
    parts = {
        **series.budgets[limb].scaled(work.peak_n), "maximum": top.u_max_n,
        "sampling": trace.u_between_samples_n(work.i_peak, noise_n=top.noise_n, bias_n=top.bias_n),
    }  # fmt: skip
    params: Params = {
        "t_s": work.peak_s, "start_s": work.start_s, "end_s": work.stop_s, "noise_n": top.noise_n,
        "n_independent": top.n_independent,
    }  # fmt: skip
    codes = (*work.hole, *series.slow(limb))
    return Number(work.peak_n, PEAK, parts, params, codes, EVENTS, top.bias_n, None, work.entry)


def mean_parts(series: Series, limb: Limb, work: Work) -> dict[str, float]:
    """Contributions to the mean force of one repetition; the time step cancels against the length."""
    at_ends = math.hypot(work.mean_n - work.ends_n[0], work.mean_n - work.ends_n[1])
    return {
        **series.budgets[limb].scaled(work.mean_n), "noise": series.noise_n(limb) / math.sqrt(max(work.n, 1)),
        "events": at_ends * series.u_event_s / work.length_s,
    }  # fmt: skip


def impulse_of(series: Series, limb: Limb, work: Work) -> Number:
    """Integral of the force over one repetition."""
    trace = series.trace_of(limb)
    parts = gross_impulse(
        series.budgets[limb], work.impulse_n_s, length_s=work.length_s, noise_n=series.noise_n(limb), dt_s=trace.dt_s,
        ends_n=work.ends_n, u_event_s=series.u_event_s,
    )  # fmt: skip
    params: Params = {"start_s": work.start_s, "end_s": work.stop_s}
    return Number(work.impulse_n_s, "impulse.trapezoid", parts, params, work.gap, EVENTS, entry=work.entry)


def mean_over(numbers: Sequence[Number], method: str, *, params: Params) -> Number:
    """Mean of numbers of one limb: gain and zero are common to all, the rest averages out."""
    n = len(numbers)
    mean = sum(each.value for each in numbers) / n
    parts: dict[str, float] = {}
    for name in numbers[0].parts or {}:
        own = [(each.parts or {})[name] for each in numbers]
        is_common = name in {"gain", "reference", "zero", "time"}
        parts[name] = sum(own) / n if is_common else math.sqrt(sum(u * u for u in own)) / n
    reasons = tuple(code for each in numbers for code in each.reasons)
    biases = [each.bias for each in numbers if each.bias is not None]
    bias = sum(biases) / n if biases else None
    return Number(mean, method, parts, {**params, "n": n}, tuple(dict.fromkeys(reasons)), EVENTS, bias)


def freedom(scatter: float, nu: int, *, rest: float) -> float | None:
    """Effective degrees of freedom of a scatter with ``nu`` of its own beside contributions with infinitely many.

    >>> round(freedom(3.0, 5, rest=0.0), 6), round(freedom(3.0, 5, rest=4.0), 6)
    (5.0, 38.580247)
    """
    return effective_freedom([(scatter, nu), (rest, None)])
