"""The first part of a pull to forces at a time, rates of force development and impulses from the onset."""

from __future__ import annotations

import math

import numpy as np

from daq.block import Limb
from daq.metrics.build import Sheet
from daq.metrics.catalogue import RFD_TIMES_MS
from daq.metrics.jump import CLOCK_EVENTS_S
from daq.metrics.onset import Onset
from daq.metrics.pull import Pull, effort_slice, first_crossing_s, hole_codes
from daq.metrics.rate import peak_secant, secant, settling_codes, window_codes
from daq.metrics.uncertainty import gross_impulse, single_force
from daq.metrics.value import Params

SEQUENTIAL_MS = ((50, 100), (100, 200))


def rise_values(pull: Pull, sheet: Sheet, limb: Limb, *, onset: Onset) -> None:
    """Add everything of one limb that is counted from the onset."""
    trace = pull.traces[limb]
    for ms in RFD_TIMES_MS:
        _from_onset(pull, sheet, limb, onset=onset, ms=ms)
    t0 = onset.instant.t_s
    noise, budget = pull.baseline_of(limb)[1], pull.budgets[limb]
    for a, b in SEQUENTIAL_MS:
        name, method = f"rfd_{a}_{b}ms", "rfd.secant_between"
        codes = _windows(pull, limb, t0, b / 1000.0, narrow_s=(b - a) / 1000.0)
        if _withheld(sheet, (name,), limb, codes, method=method):
            continue
        rate = secant(trace, t0 + a / 1000.0, t0 + b / 1000.0)
        length = (b - a) / 1000.0
        bend = (trace.slope_at(t0 + b / 1000.0) - trace.slope_at(t0 + a / 1000.0)) / length
        parts = {
            "gain": abs(rate) * budget.own, "reference": abs(rate) * budget.shared, "time": abs(rate) * budget.time,
            "noise": math.sqrt(4.0 / 3.0) * noise / length, "onset": abs(bend) * (onset.instant.u_s or 0.0),
        }  # fmt: skip
        sheet.add(name, limb, rate, method=method, parts=parts, reasons=codes, events=("onset",))
    _steepest(pull, sheet, limb, onset=onset)
    _band(pull, sheet, limb, onset=onset)
    _normalised(sheet, limb, noise_n=noise)


def _windows(pull: Pull, limb: Limb, t0: float, length_s: float, *, narrow_s: float | None = None) -> tuple[str, ...]:
    trace = pull.traces[limb]
    if pull.u_clock_s > CLOCK_EVENTS_S and limb is not pull.main:
        return ("streams_not_aligned!",)
    if trace.start_s > t0:
        return ("onset_not_found!",)
    codes = window_codes(trace, t0, length_s, stop_s=pull.stop_s)
    if narrow_s is not None and narrow_s * trace.rate_hz < 8 - 1e-6:
        codes = (*codes, "rate_too_low!")
    return codes


def _withheld(sheet: Sheet, names: tuple[str, ...], limb: Limb, codes: tuple[str, ...], *, method: str) -> bool:
    void = tuple(code.rstrip("!") for code in codes if code.endswith("!"))
    for name in names if void else ():
        sheet.withhold(name, limb, void, method=method)
    return bool(void)


def _from_onset(pull: Pull, sheet: Sheet, limb: Limb, *, onset: Onset, ms: int) -> None:
    trace, t0, length = pull.traces[limb], onset.instant.t_s, ms / 1000.0
    codes = _windows(pull, limb, t0, length)
    names = (f"force_{ms}ms", f"rfd_0_{ms}ms", f"impulse_0_{ms}ms", f"impulse_0_{ms}ms_net")
    if _withheld(sheet, names, limb, codes, method="rfd.secant_from_onset"):
        return
    budget, (base_n, noise, n_base) = pull.budgets[limb], pull.baseline_of(limb)
    u_e, events = onset.instant.u_s or 0.0, ("onset",)
    params: Params = {"onset": onset.instant.method, "above_baseline_n": onset.rise_n}
    at_end, rate = trace.at(t0 + length), secant(trace, t0, t0 + length)
    slope_end = trace.slope_at(t0 + length)
    parts = single_force(budget, at_end, noise_n=noise)
    parts["onset"] = abs(slope_end) * u_e
    sheet.add(names[0], limb, at_end, method="force.at_time", parts=parts, params=params, reasons=codes, events=events)
    parts = rfd_parts(pull, limb, rate=rate, length_s=length, slope_end=slope_end)
    sheet.add(names[1], limb, rate, method="rfd.secant_from_onset", parts=parts, params=params, reasons=codes, events=events)
    gross, white = trace.impulse_between(t0, t0 + length), noise * math.sqrt(length * trace.dt_s)
    at_start = trace.at(t0)
    parts = gross_impulse(
        budget, gross, length_s=length, noise_n=noise, dt_s=trace.dt_s, ends_n=(at_start, at_end), u_event_s=u_e
    )
    method = "impulse.trapezoid"
    sheet.add(names[2], limb, gross, method=method, parts=parts, params=params, reasons=codes, events=events)
    net = gross - base_n * length
    parts = {
        **budget.scaled(net, zero=0.0), "noise": white, "baseline": length * noise / math.sqrt(n_base),
        "time": abs(net) * budget.time, "events": math.hypot(at_start - base_n, at_end - base_n) * u_e,
    }  # fmt: skip
    sheet.add(names[3], limb, net, method=method, parts=parts, params=params, reasons=codes, events=events)


def rfd_parts(pull: Pull, limb: Limb, *, rate: float, length_s: float, slope_end: float) -> dict[str, float]:
    """Contributions to a secant from the onset over ``length_s``.

    With the interpolated threshold the onset moves with the noise, so the slope at the end against that at the start counts.
    """
    onset, trace, budget = pull.onset, pull.traces[limb], pull.budgets[limb]
    if onset is None:
        return {}
    _, noise, n_base = pull.baseline_of(limb)
    own = limb is pull.main
    if onset.is_interpolated and own and onset.slope_n_per_s > 0:
        r = slope_end / onset.slope_n_per_s
        effect = abs(rate + onset.rise_n / length_s * (1.0 - r))
        scatter = noise / length_s * math.sqrt(2.0 / 3.0 * (1.0 + r * r) + (1.0 - r) ** 2 / n_base)
        start = abs(slope_end) * math.hypot(onset.u_kink_s, pull.u_clock_s) / length_s
        return {
            "gain": effect * budget.own, "reference": effect * budget.shared, "time": abs(rate) * budget.time,
            "noise": scatter, "start": start,
        }  # fmt: skip
    bend = abs(slope_end - trace.slope_at(onset.instant.t_s)) / length_s
    u_start = onset.instant.u_s if not own and onset.instant.u_s is not None else trace.dt_s / math.sqrt(12.0)
    return {
        "gain": abs(rate) * budget.own, "reference": abs(rate) * budget.shared, "time": abs(rate) * budget.time,
        "noise": math.sqrt(2.0) * noise / length_s, "start": bend * u_start,
    }  # fmt: skip


def _steepest(pull: Pull, sheet: Sheet, limb: Limb, *, onset: Onset) -> None:
    trace, t0, width = pull.traces[limb], onset.instant.t_s, 0.020
    name, method = "rfd_peak_20ms", "rfd.moving_secant"
    part = effort_slice(pull, limb)
    peak_s = float(trace.t_s[part.start + int(trace.force_n[part].argmax())])
    codes = (*settling_codes(trace, width), *(f"{c}!" for c in hole_codes(trace, t0, peak_s)))
    if trace.rate_hz < 0.995 * 1000.0:
        codes = (*codes, "rate_too_low")
    if _withheld(sheet, (name,), limb, codes, method=method):
        return
    steepest = peak_secant(trace, t0, peak_s, width_s=width)
    if steepest is None:
        sheet.withhold(name, limb, ("window_below_resolution",), method=method, params={"width_s": width})
        return
    sheet.add(name, limb, steepest, method=method, params={"width_s": width}, reasons=codes, events=("onset",))


def _band(pull: Pull, sheet: Sheet, limb: Limb, *, onset: Onset) -> None:
    """``0.6 (F_peak - F_0) / (t_80 - t_20)`` with F_0 the baseline."""
    trace, t0, budget = pull.traces[limb], onset.instant.t_s, pull.budgets[limb]
    name, method = "rfd_20_80_percent", "rfd.percent_band"
    base_n, noise, _ = pull.baseline_of(limb)
    part = effort_slice(pull, limb)
    net = float(trace.force_n[part].max()) - base_n
    t20, t80 = (first_crossing_s(trace, t0, pull.stop_s, base_n + share * net) for share in (0.2, 0.8))
    if t20 is None or t80 is None or t80 <= t20 or net <= 0:
        sheet.withhold(name, limb, ("onset_not_found",), method=method)
        return
    between = trace.force_n[trace.slice(t20, t80)]
    if len(between) > 1 and float((np.maximum.accumulate(between) - between).max()) > 0.1 * net:
        sheet.withhold(name, limb, ("double_pull", "onset_ambiguous"), method=method)
        return
    codes = (*settling_codes(trace, t80 - t20), *(f"{c}!" for c in hole_codes(trace, t20, t80)))
    if (t80 - t20) * trace.rate_hz < 4:  # noqa: PLR2004, samples
        codes = (*codes, "window_below_resolution!")
    if _withheld(sheet, (name,), limb, codes, method=method):
        return
    rate = 0.6 * net / (t80 - t20)
    slopes = [trace.slope_at(t) for t in (t20, t80)]
    crossing = math.hypot(*(noise / slope if slope > 0 else math.inf for slope in slopes))
    parts = {
        "gain": rate * budget.own, "reference": rate * budget.shared, "crossings": rate / (t80 - t20) * crossing,
        "peak": rate * noise / net,
    }  # fmt: skip
    told = parts if math.isfinite(crossing) else None
    params: Params = {"low": 0.2, "high": 0.8, "baseline_n": base_n}
    sheet.add(name, limb, rate, method=method, parts=told, params=params, reasons=codes, events=("onset",))


def _normalised(sheet: Sheet, limb: Limb, *, noise_n: float) -> None:
    name, method = "rfd_normalised", "rfd.over_net_peak"
    rate = next((v for v in sheet.values if v.name == "rfd_0_200ms" and v.limb is limb), None)
    net = next((v for v in sheet.values if v.name == "peak_force_net" and v.limb is limb), None)
    if rate is None or net is None or rate.value is None or net.value is None:
        reasons = rate.reasons if rate is not None and rate.value is None else ("onset_not_found",)
        sheet.withhold(name, limb, reasons, method=method)
    elif net.value < 5 * noise_n or net.value <= 0:
        sheet.withhold(name, limb, ("denominator_too_small",), method=method)
    else:
        reasons = tuple(c for c in rate.reasons if c != "uncertainty_unknown")
        sheet.add(name, limb, 100.0 * rate.value / net.value, method=method, params={"net": net.method}, reasons=reasons)
