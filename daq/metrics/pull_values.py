"""Events of a pull to its values: peak, plateau, times, rates of force development, impulses."""

from __future__ import annotations

import math

from daq.block import SIDES, Limb
from daq.metrics.build import Sheet
from daq.metrics.onset import Onset
from daq.metrics.pull import Pull, effort_slice, first_crossing_s, hole_codes
from daq.metrics.pull_rise import rise_values
from daq.metrics.trace import Trace, moving_mean
from daq.metrics.uncertainty import gross_impulse, mean_force, single_force, top_of
from daq.metrics.value import Params

SHORT_MEAN_S, PLATEAU_S, FEWEST_IN_MEAN = 0.1, 1.0, 5
RECOMMENDED_FORCE_HZ = 50.0


def pull_values(pull: Pull, sheet: Sheet, *, body_mass_kg: float | None) -> None:
    """Add the values of every limb that the events found allow."""
    total = pull.trace
    part = total.slice(pull.start_s, pull.stop_s)
    force = total.force_n[part]
    at_peak_s = float(total.t_s[part.start + int(force.argmax())]) if len(force) else pull.start_s
    for limb, trace in pull.traces.items():
        if "effort" in pull.missing:
            continue
        short = _peaks(pull, sheet, limb, trace=trace, mass_kg=body_mass_kg)
        if limb in SIDES and limb is not pull.main:
            _at_total_peak(pull, sheet, limb, at_s=at_peak_s)
        if pull.onset is None:
            continue
        _times(pull, sheet, limb, onset=pull.onset, short_mean_n=short)
        _impulse(pull, sheet, limb)
        if "rise" not in pull.missing:
            rise_values(pull, sheet, limb, onset=pull.onset)


def _peaks(pull: Pull, sheet: Sheet, limb: Limb, *, trace: Trace, mass_kg: float | None) -> float | None:
    """Raw maximum, 100 ms mean, best second; the 100 ms mean is returned."""
    part = effort_slice(pull, limb)
    force, budget = trace.force_n[part], pull.budgets[limb]
    base_n, noise, n_base = pull.baseline_of(limb)
    start_s, stop_s = float(trace.t_s[part.start]), float(trace.t_s[part.stop - 1])
    codes = [*hole_codes(trace, start_s, stop_s)]
    if trace.rate_hz < 0.995 * RECOMMENDED_FORCE_HZ:
        codes.append("rate_too_low")
    i = int(force.argmax())
    peak, at_s = float(force[i]), float(trace.t_s[part.start + i])
    top = top_of(force, rate_hz=trace.rate_hz, noise_n=noise)
    parts = {**budget.scaled(peak), "maximum": top.u_max_n, "sampling": trace.u_between_samples_n(part.start + i)}
    params: Params = {"t_s": at_s, "noise_n": top.noise_n, "n_independent": top.n_independent}
    if trace.stop_s - at_s < 0.050:  # noqa: PLR2004, s
        codes.append("peak_at_edge")
    events = ("onset", "offset")
    method = "peak.max_sample"
    sheet.add(
        "peak_force", limb, peak, method=method, parts=parts, params=params, reasons=codes, events=events, bias=top.bias_n
    )
    if pull.onset is not None:
        net_parts = {
            "gain": abs(peak - base_n) * budget.own, "reference": abs(peak - base_n) * budget.shared,
            "noise": math.hypot(top.u_max_n, noise / math.sqrt(n_base)),
        }  # fmt: skip
        sheet.add(
            "peak_force_net", limb, peak - base_n, method="peak.net_of_baseline", parts=net_parts,
            params={"baseline_n": base_n}, reasons=codes, events=events, bias=top.bias_n,
        )  # fmt: skip
    if mass_kg:
        relative = {name: u / mass_kg for name, u in parts.items()}
        params = {"body_mass_kg": mass_kg, "peak": "gross"}
        sheet.add("relative_peak_force", limb, peak / mass_kg, method=method, parts=relative, params=params, reasons=codes)
    short = None
    for name, window_s in (("peak_force_100ms", SHORT_MEAN_S), ("plateau_force", PLATEAU_S)):
        n, method = trace.n_in(window_s), "peak.moving_mean"
        if n < FEWEST_IN_MEAN or n > len(force):
            code = "rate_too_low" if n < FEWEST_IN_MEAN else "hold_too_short"
            sheet.withhold(name, limb, (code,), method=method, params={"window_s": window_s})
            continue
        highest = float(moving_mean(force, n).max())
        short = highest if name == "peak_force_100ms" else short
        parts = mean_force(budget, highest, noise_n=top.noise_n, n=n)
        params = {"window_s": window_s}
        reasons = [code for code in codes if code != "peak_at_edge"]
        sheet.add(name, limb, highest, method=method, parts=parts, params=params, reasons=reasons, events=events)
    return short


def _at_total_peak(pull: Pull, sheet: Sheet, limb: Limb, *, at_s: float) -> None:
    trace = pull.traces[limb]
    i = trace.nearest(at_s)
    force = float(trace.force_n[i])
    parts = single_force(pull.budgets[limb], force, noise_n=pull.baseline_of(limb)[1])
    method, reasons = "peak.at_total_peak", hole_codes(trace, at_s - trace.dt_s, at_s + trace.dt_s)
    params: Params = {"t_s": float(trace.t_s[i])}
    sheet.add("peak_force_at_total_peak", limb, force, method=method, parts=parts, params=params, reasons=reasons)


def _times(pull: Pull, sheet: Sheet, limb: Limb, *, onset: Onset, short_mean_n: float | None) -> None:
    trace, t0 = pull.traces[limb], onset.instant.t_s
    part = effort_slice(pull, limb)
    to_peak = float(trace.t_s[part.start + int(trace.force_n[part].argmax())]) - t0
    gap, events = hole_codes(trace, t0, pull.stop_s), ("onset",)
    sheet.add("time_to_peak", limb, to_peak, method="peak.max_sample", reasons=gap, events=events)
    base_n = pull.baseline_of(limb)[0]
    if short_mean_n is None:
        sheet.withhold("time_to_90_percent", limb, ("hold_too_short",), method="peak.time_to_share")
        return
    level = base_n + 0.9 * (short_mean_n - base_n)
    t90 = first_crossing_s(trace, t0, pull.stop_s, level)
    params: Params = {"share": 0.9, "level_n": level}
    number, codes = (math.nan, ("window_beyond_trial",)) if t90 is None else (t90 - t0, gap)
    method = "peak.time_to_share"
    sheet.add("time_to_90_percent", limb, number, method=method, params=params, reasons=codes, events=events)


def _impulse(pull: Pull, sheet: Sheet, limb: Limb) -> None:
    trace, budget = pull.traces[limb], pull.budgets[limb]
    a, b = pull.start_s, min(pull.stop_s, trace.stop_s)
    gross, noise = trace.impulse_between(a, b), pull.baseline_of(limb)[1]
    u_e = pull.onset.instant.u_s or 0.0 if pull.onset else 0.0
    parts = gross_impulse(
        budget, gross, length_s=b - a, noise_n=noise, dt_s=trace.dt_s, ends_n=(trace.at(a), trace.at(b)), u_event_s=u_e
    )
    reasons, method = trace.gap_codes(a, b), "impulse.trapezoid"
    params: Params = {"from": "onset", "to": "offset" if pull.offset else "end of record"}
    sheet.add(
        "impulse_total", limb, gross, method=method, parts=parts, params=params, reasons=reasons, events=("onset", "offset")
    )
