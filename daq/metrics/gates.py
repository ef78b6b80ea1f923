"""Curves as they came to traces that can be analysed, and what is wrong with the stream; the first of the quality gates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from daq.block import SIDES, Limb
from daq.metrics import quality
from daq.metrics.effort import Curve, Effort, Floats
from daq.metrics.trace import Trace, moving_mean, runs, white_noise_n

PADDING_S, RATE_SHARE, STALE_S, FLAT_S = 0.050, 0.005, 600.0, 0.200
NOISE_N = {"plate": 3.0, "cell": 0.5}
LOADED_N = {"plate": 20.0, "cell": 5.0}
SPIKE_HZ, FEWEST_FLAT = 200.0, 10
UNLOADED_N = 5.0


@dataclass(frozen=True, slots=True)
class Checked:
    """Traces per limb, the free leg's, and reasons; when ``void`` is not empty nothing may be computed."""

    traces: Mapping[Limb, Trace]
    free: Trace | None
    reasons: tuple[str, ...]
    void: tuple[str, ...]


def checked(effort: Effort, *, kind: str) -> Checked:
    """Order, duplicates, padding, holes, direction, zero, range, noise of every curve of an effort.

    ``kind`` is plate or cell. Nothing is raised on any curve.
    """
    reasons: list[str] = list(effort.stream_reasons)
    ordered: dict[Limb, Curve] = {}
    for limb, curve in effort.curves.items():
        tidy, codes = _ordered(curve)
        ordered[limb] = tidy
        reasons += codes
    if quality.voiding(reasons):
        return Checked({}, None, tuple(reasons), quality.voiding(reasons))
    trimmed, codes = _without_padding(ordered, kind=kind)
    reasons += codes
    traces = {limb: trace for limb, curve in trimmed.items() if (trace := Trace.of(curve)) is not None}
    if effort.limb not in traces:
        codes = ("sensor_disconnected",) if effort.limb in effort.curves else ("limb_missing",)
        return Checked({}, None, (*reasons, *codes), codes)
    for limb, trace in traces.items():
        if limb is effort.limb or limb in SIDES:
            reasons += _of_trace(trace, kind=kind)
    free = None if effort.free is None else Trace.of(_ordered(effort.free)[0])
    told = tuple(dict.fromkeys(reasons))
    return Checked(traces, free, told, quality.voiding(code for code in told if code != "streams_not_aligned"))


def unloaded(effort: Effort, traces: Mapping[Limb, Trace]) -> tuple[Limb, ...]:
    """The sides of a bilateral effort that show no load: below 5 N throughout, always the same reading, or no reading."""
    return tuple(side for side in SIDES if side in effort.curves and _is_silent(traces.get(side)))


def _is_silent(trace: Trace | None) -> bool:
    if trace is None or float(np.ptp(trace.force_n)) == 0.0:
        return True
    # The noise of an empty plate may reach further for single samples.
    n = max(min(trace.n_in(0.05), len(trace.force_n)), 1)
    return float(moving_mean(trace.force_n, n).max()) < UNLOADED_N


def _ordered(curve: Curve) -> tuple[Curve, tuple[str, ...]]:
    """Rising time, each time once, and a NaN row where a row is missing."""
    t, force, rate = curve.t_s, curve.force_n, curve.rate_hz
    if len(t) != len(force) or not np.isfinite(rate) or rate <= 0 or not np.isfinite(t).all():
        return curve, ("time_not_monotonic",)
    if len(t) < 2:  # noqa: PLR2004, one sample has no step
        return curve, ()
    codes: list[str] = []
    steps = t[1:] - t[:-1]
    if float(steps.min()) <= 0:
        if float(steps.min()) < 0:
            return curve, ("time_not_monotonic",)
        keep = np.concatenate(([True], steps > 0))
        t, force = t[keep], force[keep]
        codes.append("duplicate_samples")
        steps = t[1:] - t[:-1]
        if len(t) < 2:  # noqa: PLR2004, the same
            return Curve(t, force, rate, curve.instrument), tuple(codes)
    nominal = curve.instrument.nominal_rate_hz
    if nominal and abs(rate / nominal - 1.0) > RATE_SHARE:
        codes.append("rate_deviation")
    if float(steps.max()) > 1.5 / rate:
        t, force, missing = _with_holes(t, force, rate)
        codes += missing
    return Curve(t, force, rate, curve.instrument), tuple(codes)


def _with_holes(t: Floats, force: Floats, rate: float) -> tuple[Floats, Floats, tuple[str, ...]]:
    index = np.round((t - t[0]) * rate).astype(np.int64)
    n = int(index[-1]) + 1
    # A time axis in another unit than s would ask for absurd lengths.
    if n > 50 * len(t) + 1000 or len(np.unique(index)) != len(index):
        return t, force, ("rate_deviation",)
    whole = np.full(n, np.nan)
    whole[index] = force
    return float(t[0]) + np.arange(n) / rate, whole, ()


def _without_padding(curves: Mapping[Limb, Curve], *, kind: str) -> tuple[dict[Limb, Curve], tuple[str, ...]]:
    """Cut empty rows at the end when all channels have them for 50 ms or more.

    Exact zeros count as empty only where zero is no reading of this sensor: none came before, or the force jumped there.
    """
    kept = dict(curves)
    lengths = [_padded_s(curve, kind=kind) for curve in curves.values()]
    shortest = min(lengths, default=0.0)
    if shortest < PADDING_S:
        return kept, ()
    for limb, curve in curves.items():
        n = round(shortest * curve.rate_hz)
        kept[limb] = Curve(curve.t_s[:-n], curve.force_n[:-n], curve.rate_hz, curve.instrument)
    return kept, ("padding_trimmed",)


def _padded_s(curve: Curve, *, kind: str) -> float:
    force = curve.force_n
    if len(force) == 0 or (np.isfinite(force[-1]) and force[-1] != 0.0):
        return 0.0
    nothing = ~np.isfinite(force) | (force == 0.0)
    real = np.flatnonzero(~nothing)
    if len(real) == 0:
        return 0.0
    last = int(real[-1])
    n = len(force) - 1 - last
    n_padding = round(PADDING_S * curve.rate_hz)
    if n < n_padding or np.isnan(force[last + 1 :]).all():
        return n / curve.rate_hz
    starts, stops = runs(force[:last] == 0.0)
    is_reading = bool(len(starts) and (stops - starts).max() >= n_padding)
    jumped = kind == "plate" and abs(float(force[last])) > 5 * LOADED_N["plate"]
    return n / curve.rate_hz if jumped or not is_reading else 0.0


def _of_trace(trace: Trace, *, kind: str) -> list[str]:
    force, loaded = trace.force_n, LOADED_N[kind]
    low, high = float(force.min()), float(force.max())
    noise = white_noise_n(force[: max(trace.n_in(0.25), 3)])
    codes: list[str] = []
    if -low > loaded and high < 0.5 * -low:
        return ["signal_inverted"]
    level = moving_mean(force, max(min(trace.n_in(0.1), len(force)), 1))
    lowest = float(level.min())
    if kind == "plate" and lowest < -max(50.0, 0.05 * high):
        return ["zero_loaded"]
    if lowest < -max(5.0 * noise, NOISE_N[kind]):
        codes.append("negative_force")
    if _is_saturated(trace, high, kind=kind):
        codes.append("sensor_saturated")
    if _is_flat(trace, 100.0 if kind == "plate" else 20.0):
        codes.append("sensor_flatline")
    if _calm_noise_n(trace) > NOISE_N[kind]:
        codes.append("noise_high")
    if trace.rate_hz >= SPIKE_HZ and _has_spikes(trace, noise=noise, span=high - low):
        codes.append("signal_spikes")
    if (trace.instrument.zero_age_s or 0.0) > STALE_S:
        codes.append("zero_stale")
    return codes


def _calm_noise_n(trace: Trace) -> float:
    """White noise in the calmest tenth of the record, so that a landing is not taken for noise."""
    n = max(len(trace.force_n) // 10, 3)
    count = len(trace.force_n) // n
    if count == 0:
        return 0.0
    spread: Floats = np.diff(trace.force_n[: count * n].reshape(count, n), axis=1).std(axis=1)
    return float(np.sort(spread)[min(1, count - 1)]) / math.sqrt(2.0)


def _is_saturated(trace: Trace, high: float, *, kind: str) -> bool:
    """At the limit of the range; without a stated range, a flat top with steep sides on both ends."""
    limit = trace.instrument.range_n
    if limit is not None:
        return high >= 0.995 * limit
    force = trace.force_n
    starts, stops = runs(force >= high)
    longest = int(np.argmax(stops - starts))
    a, b = int(starts[longest]), int(stops[longest])
    k = max(trace.n_in(0.005), 1)
    if b - a < max(3, k) or a < k or b + k > len(force):
        return False
    if kind != "plate" and float(force[:k].std()) == 0.0:
        # A curve without noise may hold a constant force.
        return False
    steep = 0.005 * high
    return high - float(force[a - k]) > steep and high - float(force[b + k - 1]) > steep


def _is_flat(trace: Trace, loaded_n: float) -> bool:
    """Identical readings for more than 200 ms under load, of a sensor that is noisy elsewhere."""
    force = trace.force_n
    same = (force[1:] == force[:-1]) & (force[1:] > loaded_n)
    starts, stops = runs(same)
    # A slow sensor shows few readings in that time, and few equal ones are no sign of anything.
    long = (stops - starts) > max(FLAT_S * trace.rate_hz, FEWEST_FLAT - 1)
    if not long.any() or any(trace.touches_hole(trace.t_s[a], trace.t_s[b]) for a, b in zip(starts, stops, strict=True)):
        return False
    first, last = int(starts[long][0]), int(stops[long][-1])
    n = trace.n_in(FLAT_S)
    before, after = force[max(0, first - n) : first], force[last + 2 : last + 2 + n]
    rough = max((_roughness(part) for part in (before, after) if len(part) > n // 2), default=0.0)
    return rough > 0.0


def _roughness(part: Floats) -> float:
    """Share of the third differences that change sign, above that of a smooth curve; 0 for a smooth one."""
    third = np.diff(part, n=3)
    turns = float(np.mean(third[1:] * third[:-1] < 0)) if len(third) > 1 else 0.0
    # Rounding of a smooth curve turns as often as noise does, but is 1e-12 of it.
    return turns if turns > 0.4 and float(np.abs(third).max()) > 1e-6 * float(np.abs(part).max()) else 0.0  # noqa: PLR2004


def _has_spikes(trace: Trace, *, noise: float, span: float) -> bool:
    """One sample that stands out from neighbours which agree with each other and with theirs."""
    force = trace.force_n
    steps = force[1:] - force[:-1]
    if len(steps) < 4:  # noqa: PLR2004, five samples make one neighbourhood
        return False
    up, down = steps[1:-2], -steps[2:-1]
    size = np.minimum(np.abs(up), np.abs(down))
    least = max(10.0 * noise, 0.05 * span)
    calm = 0.2 * size >= np.maximum(np.maximum(np.abs(steps[:-3]), np.abs(steps[3:])), np.abs(up - down))
    return bool(((up * down > 0) & (size > least) & calm).any())
