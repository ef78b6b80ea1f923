"""Quantities typed in with a trial to the target force of a limb, and how well a curve keeps to it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from daq.block import Limb
from daq.metrics.catalogue import Absent, Number, void
from daq.metrics.reading import Reading
from daq.metrics.trace import Trace
from daq.metrics.value import Params

BAND_METHOD, ERROR_METHOD = "target.samples_in_band", "target.rms"


class Target(NamedTuple):
    """Force to keep (N), and where it comes from."""

    force_n: float
    source: str


def entered_for(reading: Reading, name: str, limb: Limb) -> float | None:
    """A positive quantity typed in for this limb: ``name.left`` before ``name``, which is that of the trial's own limb."""
    entered = reading.conditions.entered
    value = entered.get(f"{name}.{limb.value}")
    if value is None and limb is reading.main:
        value = entered.get(name)
    return value if value is not None and math.isfinite(value) and value > 0 else None


def target_of(reading: Reading, limb: Limb) -> Target:
    """``target_n`` as entered, else the test's ``target_percent`` of ``peak_force_n`` as entered; ``Absent`` without both."""
    typed = entered_for(reading, "target_n", limb)
    if typed is not None:
        return Target(typed, "target_n")
    peak = entered_for(reading, "peak_force_n", limb)
    if peak is None:
        reading.block(("target_missing",), "target")
        raise Absent("target")
    return Target(0.01 * reading.limit("target_percent") * peak, "peak_force_n")


def time_in_band(
    reading: Reading, limb: Limb, spans: Iterable[tuple[float, float]], *, target: Target, gap: tuple[str, ...]
) -> Number:
    """Samples of these spans within the band around the target, over the rate."""
    trace = reading.trace_of(limb)
    half = 0.01 * reading.limit("target_band_percent") * target.force_n
    forces = (trace.force_n[trace.slice(a, b)] for a, b in spans)
    n = sum(int(np.count_nonzero(np.abs(force - target.force_n) <= half)) for force in forces)
    params: Params = {
        "target_n": target.force_n, "target_from": target.source, "band_low_n": target.force_n - half,
        "band_high_n": target.force_n + half, "n_samples": n,
    }  # fmt: skip
    return Number(n / trace.rate_hz, BAND_METHOD, params=params, reasons=gap)


def error_rms(
    reading: Reading, limb: Limb, spans: Iterable[tuple[float, float]], *, target: Target, gap: tuple[str, ...]
) -> Number:
    """Root mean square of force - target over these spans without the time at each end that rise and release take."""
    trace, settle_s = reading.trace_of(limb), reading.limit("target_settle_s")
    square, n = _squares(trace, ((a + settle_s, b - settle_s) for a, b in spans), target.force_n)
    params: Params = {
        "target_n": target.force_n, "target_from": target.source, "left_out_at_each_end_s": settle_s, "n_samples": n,
    }  # fmt: skip
    if not n:
        return void("hold_too_short", method=ERROR_METHOD, params=params)
    return Number(math.sqrt(square / n), ERROR_METHOD, params=params, reasons=gap)


def _squares(trace: Trace, spans: Iterable[tuple[float, float]], target_n: float) -> tuple[float, int]:
    square, n = 0.0, 0
    for a, b in spans:
        if b <= a:
            continue
        error = trace.force_n[trace.slice(a, b)] - target_n
        square, n = square + float(error @ error), n + len(error)
    return square, n
