"""Curves as they came to traces that can be analysed, and what is wrong with the stream; the first of the quality gates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from daq.block import SIDES, Limb
from daq.metrics import quality
from daq.metrics.effort import Curve, Effort, Floats
from daq.metrics.samples import moving_mean, runs, white_noise_n
from daq.metrics.trace import Trace

PADDING_S, RATE_SHARE, STALE_S, FLAT_S = 0.050, 0.005, 600.0, 0.200
NOISE_N = {"plate": 3.0, "cell": 0.5}
LOADED_N = {"plate": 20.0, "cell": 5.0}
SPIKE_HZ, FEWEST_FLAT = 200.0, 10
UNLOADED_N = 5.0
UNLOADED_S, DRIFT_N_PER_MIN = 10.0, {"plate": 5.0, "cell": 1.0}


@dataclass(frozen=True, slots=True)
class Checked:
    """Traces per limb, the free leg's, and reasons; when ``void`` is not empty nothing may be computed."""

    traces: Mapping[Limb, Trace]
    free: Trace | None
    reasons: tuple[str, ...]
    void: tuple[str, ...]


def checked(effort: Effort, *, kind: str, slowest_hz: float = 0.0) -> Checked:
    """Order, duplicates, padding, holes, direction, zero, range, noise of every curve of an effort.

    ``kind`` is plate or cell. Nothing is raised on any curve. Below ``slowest_hz`` no value of the test can be given, which
    then comes first: what else such a curve seems to show may be due to its few readings.
    """
    reasons: list[str] = list(effort.stream_reasons)
    ordered: dict[Limb, Curve] = {}
    good: list[Curve] = []
    for limb, curve in effort.curves.items():
        # Limbs that share a time axis need it looked at once.
        tidy, codes = (curve, ()) if _is_known(curve, good) else _ordered(curve)
        if tidy is curve and not codes:
            good.append(curve)
        ordered[limb] = tidy
        reasons += codes
    if reasons and quality.voiding(reasons):
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
    if effort.main.rate_hz < slowest_hz:
        reasons = [code for code in reasons if code != "sensor_flatline"]
    told = tuple(dict.fromkeys(reasons))
    return Checked(traces, free, told, quality.voiding([code for code in told if code != "streams_not_aligned"]))


def unloaded(effort: Effort, traces: Mapping[Limb, Trace]) -> tuple[Limb, ...]:
    """The sides of a bilateral effort that show no load: below 5 N throughout, always the same reading, or no reading."""
    return tuple(side for side in SIDES if side in effort.curves and _is_silent(traces.get(side)))


def _is_silent(trace: Trace | None) -> bool:
    if trace is None:
        return True
    low, high = trace.extremes_n
    if low == high:
        return True
    n = max(min(trace.n_in(0.05), len(trace.force_n)), 1)
    # Who stands on it from the first sample on needs no further look. The noise of an empty plate may reach further for
    # single samples.
    is_loaded = float(trace.force_n[:n].sum()) >= UNLOADED_N * n
    return not is_loaded and float(moving_mean(trace.force_n, n).max()) < UNLOADED_N


def _is_known(curve: Curve, good: Sequence[Curve]) -> bool:
    """The same time axis, under the same rates, was found in order before."""
    nominal = curve.instrument.nominal_rate_hz
    return len(curve.t_s) == len(curve.force_n) and any(
        known.t_s is curve.t_s and known.rate_hz == curve.rate_hz and known.instrument.nominal_rate_hz == nominal
        for known in good
    )


def _ordered(curve: Curve) -> tuple[Curve, tuple[str, ...]]:
    """Rising time, each time once, and a NaN row where a row is missing."""
    t, force, rate = curve.t_s, curve.force_n, curve.rate_hz
    if len(t) != len(force) or not math.isfinite(rate) or rate <= 0:
        return curve, ("time_not_monotonic",)
    if len(t) < 2:  # noqa: PLR2004, one sample has no step
        return curve, () if np.isfinite(t).all() else ("time_not_monotonic",)
    codes: list[str] = []
    with np.errstate(invalid="ignore"):
        steps = t[1:] - t[:-1]
    # A time that is no number makes a step that is none.
    shortest, longest = float(steps[steps.argmin()]), float(steps[steps.argmax()])
    if not (shortest >= 0 and math.isfinite(longest)):
        return curve, ("time_not_monotonic",)
    if shortest == 0:
        keep = np.concatenate(([True], steps > 0))
        t, force = t[keep], force[keep]
        codes.append("duplicate_samples")
        steps = t[1:] - t[:-1]
        if len(t) < 2:  # noqa: PLR2004, the same
            return Curve(t, force, rate, curve.instrument), tuple(codes)
    nominal = curve.instrument.nominal_rate_hz
    if nominal and abs(rate / nominal - 1.0) > RATE_SHARE:
        codes.append("rate_deviation")
    if longest > 1.5 / rate:
        t, force, missing = _with_holes(t, force, rate)
        codes += missing
    return (Curve(t, force, rate, curve.instrument) if codes or t is not curve.t_s else curve), tuple(codes)


def _with_holes(t: Floats, force: Floats, rate: float) -> tuple[Floats, Floats, tuple[str, ...]]:
    index = np.round((t - t[0]) * rate).astype(np.int64)
    n = int(index[-1]) + 1
    # A time axis in another unit than s would ask for absurd lengths.
    if n > 50 * len(t) + 1000 or len(np.unique(index)) != len(index):
        return t, force, ("rate_deviation",)
    whole = np.full(n, np.nan)
    whole[index] = force
    return float(t[0]) + np.arange(n) / rate, whole, ()


def _without_padding(curves: Mapping[Limb, Curve], *, kind: str) -> tuple[Mapping[Limb, Curve], tuple[str, ...]]:
    """Cut empty rows at the end when all channels have them for 50 ms or more.

    Exact zeros count as empty only where zero is no reading of this sensor: none came before, or the force jumped there.
    """
    shortest = min([_padded_s(curve, kind=kind) for curve in curves.values()], default=0.0)
    if shortest < PADDING_S:
        return curves, ()
    kept = dict(curves)
    for limb, curve in curves.items():
        n = round(shortest * curve.rate_hz)
        kept[limb] = Curve(curve.t_s[:-n], curve.force_n[:-n], curve.rate_hz, curve.instrument)
    return kept, ("padding_trimmed",)


def _padded_s(curve: Curve, *, kind: str) -> float:
    force = curve.force_n
    last_n = float(force[-1]) if len(force) else math.nan
    if len(force) == 0 or (math.isfinite(last_n) and last_n != 0.0):
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
    low, high = trace.extremes_n
    if -low > loaded and high < 0.5 * -low:
        return ["signal_inverted"]
    below = _below_zero(trace, low, high, kind=kind)
    if below == "zero_loaded":
        return [below]
    codes = [below] if below else []
    steps = force[1:] - force[:-1]
    if _is_saturated(trace, high, kind=kind):
        codes.append("sensor_saturated")
    if _is_flat(trace, steps, 100.0 if kind == "plate" else 20.0):
        codes.append("sensor_flatline")
    if _is_noisy(force, steps, most_n=NOISE_N[kind], longest=trace.n_in(1.0)):
        codes.append("noise_high")
    if trace.rate_hz >= SPIKE_HZ and _has_spikes(trace, steps, size_n=high - low):
        codes.append("signal_spikes")
    if (trace.instrument.zero_age_s or 0.0) > STALE_S:
        codes.append("zero_stale")
    if trace.stop_s - trace.start_s >= UNLOADED_S and _drift_n_per_min(trace, loaded) > DRIFT_N_PER_MIN[kind]:
        codes.append("zero_drift")
    return codes


def _first_noise_n(trace: Trace) -> float:
    """White noise in the first quarter of a second."""
    return white_noise_n(trace.force_n[: max(trace.n_in(0.25), 3)])


def _below_zero(trace: Trace, low: float, high: float, *, kind: str) -> str:
    """Zero was set under load, or the force lies below zero for longer than noise does; "" for neither."""
    # No mean can lie below the lowest sample, so most records need no means.
    if low >= -NOISE_N[kind]:
        return ""
    force, least = trace.force_n, max(5.0 * _first_noise_n(trace), NOISE_N[kind])
    if low >= -least:
        return ""
    lowest = float(moving_mean(force, max(min(trace.n_in(0.1), len(force)), 1)).min())
    if kind == "plate" and lowest < -max(50.0, 0.05 * high):
        return "zero_loaded"
    return "negative_force" if lowest < -least else ""


def _drift_n_per_min(trace: Trace, loaded_n: float) -> float:
    """Size of the least-squares slope of the longest stretch without load, from 10 s on; 0 without such a stretch."""
    starts, stops = runs(np.abs(trace.force_n) < loaded_n)
    if len(starts) == 0:
        return 0.0
    longest = int(np.argmax(stops - starts))
    first, last = int(starts[longest]), int(stops[longest])
    if (last - first) * trace.dt_s < UNLOADED_S - 0.5 * trace.dt_s:
        return 0.0
    t = trace.t_s[first:last] - float(trace.t_s[first:last].mean())
    return 60.0 * abs(float(t @ trace.force_n[first:last]) / float(t @ t))


def _is_noisy(force: Floats, steps: Floats, *, most_n: float, longest: int) -> bool:
    """White noise of more than ``most_n`` in the calmest parts of the record, so that a landing is not taken for noise.

    It is the calmest tenth but one; a part has ``longest`` steps at most, or every part of a long series would hold an
    effort.
    """
    n = max(min(len(steps) // 10, longest), 2)
    count = len(steps) // n
    if count == 0:
        return False
    which, largest = min(max(1, count // 10), count - 1), 2.0 * most_n * most_n
    blocks, borders = steps[: count * n].reshape(count, n), force[: count * n + 1 : n]
    # People stand still before they move: the first parts are mostly calm enough, and then the others do not matter.
    if all(float(block.dot(block)) <= largest * n for block in blocks[: which + 1]):
        return False
    # The steps of a part add up to the way from its first sample to its last.
    means = (borders[1:] - borders[:-1]) / n
    spread = np.vecdot(blocks, blocks) / n - means * means
    spread.sort()
    return float(spread[which]) > largest


def _is_saturated(trace: Trace, high: float, *, kind: str) -> bool:
    """At the limit of the range; without a stated range, a flat top with steep sides on both ends."""
    limit = trace.instrument.range_n
    if limit is not None:
        return high >= 0.995 * limit
    force, k = trace.force_n, max(trace.n_in(0.005), 1)
    is_top = force >= high
    if np.count_nonzero(is_top) < max(3, k):
        return False
    starts, stops = runs(is_top)
    longest = int(np.argmax(stops - starts))
    a, b = int(starts[longest]), int(stops[longest])
    if b - a < max(3, k) or a < k or b + k > len(force):
        return False
    if kind != "plate" and float(force[:k].std()) == 0.0:
        # A curve without noise may hold a constant force.
        return False
    steep = 0.005 * high
    return high - float(force[a - k]) > steep and high - float(force[b + k - 1]) > steep


def _is_flat(trace: Trace, steps: Floats, loaded_n: float) -> bool:
    """Identical readings for more than 200 ms under load, of a sensor that is noisy elsewhere."""
    force = trace.force_n
    # A slow sensor shows few readings in that time, and few equal ones are no sign of anything.
    fewest = max(FLAT_S * trace.rate_hz, FEWEST_FLAT - 1)
    if not _may_be_flat(force, int(fewest)):
        return False
    same = steps == 0.0
    same &= force[1:] > loaded_n
    starts, stops = runs(same)
    long = (stops - starts) > fewest
    if not long.any() or any(trace.touches_hole(trace.t_s[a], trace.t_s[b]) for a, b in zip(starts, stops, strict=True)):
        return False
    first, last = int(starts[long][0]), int(stops[long][-1])
    n = trace.n_in(FLAT_S)
    before, after = force[max(0, first - n) : first], force[last + 2 : last + 2 + n]
    rough = max((_roughness(part) for part in (before, after) if len(part) > n // 2), default=0.0)
    return rough > 0.0


def _may_be_flat(force: Floats, fewest: int) -> bool:
    """Four equal readings in a row among every so many: without them no stretch of more than ``fewest`` steps is flat."""
    some = force[:: max(fewest // 4, 1)]
    return b"\1\1\1" in (some[1:] == some[:-1]).tobytes()


def _roughness(part: Floats) -> float:
    """Share of the third differences that change sign, above that of a smooth curve; 0 for a smooth one."""
    third = np.diff(part, n=3)
    turns = float(np.mean(third[1:] * third[:-1] < 0)) if len(third) > 1 else 0.0
    # Rounding of a smooth curve turns as often as noise does, but is 1e-12 of it.
    return turns if turns > 0.4 and float(np.abs(third).max()) > 1e-6 * float(np.abs(part).max()) else 0.0  # noqa: PLR2004


def _has_spikes(trace: Trace, steps: Floats, *, size_n: float) -> bool:
    """One sample that stands out from neighbours which agree with each other and with theirs."""
    if len(steps) < 4:  # noqa: PLR2004, five samples make one neighbourhood
        return False
    # Two steps of opposite sign, both large; most records have none that goes down so far, and need no closer look.
    if -float(steps[steps.argmin()]) <= 0.05 * size_n:
        return False
    least = max(10.0 * _first_noise_n(trace), 0.05 * size_n)
    up, down = steps[1:-2], steps[2:-1]
    turns = up * down
    if float(turns[turns.argmin()]) >= -least * least:
        return False
    places = (turns < -least * least).nonzero()[0]
    up, down = up[places], -down[places]
    size = np.minimum(np.abs(up), np.abs(down))
    beside = np.maximum(np.abs(steps[places]), np.abs(steps[places + 3]))
    return bool(((size > least) & (0.2 * size >= np.maximum(beside, np.abs(up - down)))).any())
