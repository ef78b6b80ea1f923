"""Events of a jump to the forces of each limb and of both: peaks, phase means, gross impulses, rates."""

from __future__ import annotations

from daq.block import SIDES, Limb
from daq.metrics.build import Sheet
from daq.metrics.catalogue import RFD_TIMES_MS
from daq.metrics.jump import CLOCK_EVENTS_S, Jump, limb_event_u_s
from daq.metrics.jump_values import rate_codes
from daq.metrics.rate import peak_secant, sample_rule_parts, settling_codes, window_codes
from daq.metrics.trace import Trace
from daq.metrics.uncertainty import gross_impulse, mean_force, single_force, top_of
from daq.metrics.value import Params

FROM_BRAKING = {"from": "braking_start", "to": "takeoff"}


def limb_values(jump: Jump, sheet: Sheet) -> None:
    """Add the values of every limb that the events found allow."""
    if jump.start is None or jump.flight is None or jump.moved is None:
        return
    total = jump.pushes[jump.main]
    window = total.slice(jump.start.t_s, total.stop_s)
    at_peak_s = float(total.t_s[window.start + int(total.force_n[window].argmax())])
    for limb, push in jump.pushes.items():
        _peak(jump, sheet, limb, push=push)
        if limb in SIDES and limb is not jump.main:
            _at_total_peak(jump, sheet, limb, at_s=at_peak_s)
        if jump.phases is None:
            continue
        _phase_forces(jump, sheet, limb, push=push)
        _impulses(jump, sheet, limb, push=push)
        _rates(jump, sheet, limb, push=push)


def _gap(push: Trace, start_s: float, stop_s: float) -> tuple[str, ...]:
    """A peak may not touch any hole."""
    return ("sample_gap",) if push.touches_hole(start_s, stop_s) else ()


def _peak(jump: Jump, sheet: Sheet, limb: Limb, *, push: Trace) -> None:
    if jump.start is None:
        return
    window = push.slice(jump.start.t_s, push.stop_s)
    force = push.force_n[window]
    if len(force) == 0:
        return
    i = int(force.argmax())
    peak, noise = float(force[i]), jump.noise_n.get(limb, 0.0)
    top = top_of(force, rate_hz=push.rate_hz, noise_n=noise)
    parts = {**jump.budgets[limb].scaled(peak), "maximum": top.u_max_n, "sampling": push.u_between_samples_n(window.start + i)}
    params: Params = {
        "from": "movement_start",
        "to": "takeoff",
        "t_s": float(push.t_s[window.start + i]),
        "noise_n": top.noise_n,
    }
    sheet.add(
        "peak_force", limb, peak, method="peak.max_sample", parts=parts, params=params, bias=top.bias_n,
        reasons=_gap(push, jump.start.t_s, push.stop_s), events=("movement_start", "takeoff"),
    )  # fmt: skip


def _at_total_peak(jump: Jump, sheet: Sheet, limb: Limb, *, at_s: float) -> None:
    trace = jump.traces[limb]
    i = trace.nearest(at_s)
    force = float(trace.force_n[i])
    parts = single_force(jump.budgets[limb], force, noise_n=jump.noise_n.get(limb, 0.0))
    reasons = _gap(trace, at_s - trace.dt_s, at_s + trace.dt_s)
    params: Params = {"t_s": float(trace.t_s[i])}
    method = "peak.at_total_peak"
    sheet.add("peak_force_at_total_peak", limb, force, method=method, parts=parts, params=params, reasons=reasons)


def _phase_forces(jump: Jump, sheet: Sheet, limb: Limb, *, push: Trace) -> None:
    phases, start = jump.phases, jump.start
    if phases is None or start is None:
        return
    budget, noise = jump.budgets[limb], jump.noise_n.get(limb, 0.0)
    brake_s, zero_s, end_s = phases.braking.t_s, phases.propulsion.t_s, push.stop_s
    for phase, a, b in (("braking", brake_s, zero_s), ("propulsion", zero_s, end_s)):
        force = push.force_n[push.slice(a, b)]
        gap, events = _gap(push, a, b), (f"{phase}_start",)
        if len(force) == 0 or b <= a:
            continue
        # The border of a phase may lie between samples; the force there belongs to both phases.
        peak = max(float(force.max()), push.at(zero_s))
        method = "peak.max_sample"
        parts = single_force(budget, peak, noise_n=noise)
        sheet.add(f"peak_{phase}_force", limb, peak, method=method, parts=parts, reasons=gap, events=events)
        mean = push.impulse_between(a, b) / (b - a)
        parts = mean_force(budget, mean, noise_n=noise, n=len(force))
        reasons = (*push.gap_codes(a, b), *rate_codes(jump))
        method = "mean.trapezoid"
        sheet.add(f"mean_{phase}_force", limb, mean, method=method, parts=parts, reasons=reasons, events=events)
    at_zero = push.at(zero_s)
    u_event = limb_event_u_s(push, jump.u_clock_s)
    parts = {**single_force(budget, at_zero, noise_n=noise), "event": abs(push.slope_at(zero_s)) * u_event}
    gap, method = _gap(push, zero_s - push.dt_s, zero_s + push.dt_s), phases.propulsion.method
    sheet.add("force_at_zero_velocity", limb, at_zero, method=method, parts=parts, reasons=gap, events=("propulsion_start",))
    low = push.force_n[push.slice(start.t_s, brake_s)]
    if len(low):
        least = float(low.min())
        parts, gap = single_force(budget, least, noise_n=noise), _gap(push, start.t_s, brake_s)
        sheet.add("min_force", limb, least, method="peak.min_sample", parts=parts, reasons=gap, events=("movement_start",))


def _impulses(jump: Jump, sheet: Sheet, limb: Limb, *, push: Trace) -> None:
    phases, w = jump.phases, jump.weighing
    if phases is None or w is None:
        return
    brake, zero, end_s = phases.braking.t_s, phases.propulsion.t_s, push.stop_s
    u_event = limb_event_u_s(push, jump.u_clock_s)
    rows = [("impulse_total", "braking", brake, end_s)]
    if limb in SIDES:
        rows += [("braking_impulse_gross", "", brake, zero), ("propulsion_impulse_gross", "", zero, end_s)]
    for name, phase, a, b in rows:
        gross, budget = push.impulse_between(a, b), jump.budgets[limb]
        parts = gross_impulse(
            budget, gross, length_s=b - a, noise_n=jump.noise_n.get(limb, 0.0), dt_s=push.dt_s,
            ends_n=(push.at(a), push.at(b)), u_event_s=u_event,
        )  # fmt: skip
        params = FROM_BRAKING if phase else {}
        reasons = (*push.gap_codes(a, b), *rate_codes(jump))
        sheet.add(name, limb, gross, method="impulse.trapezoid", parts=parts, params=params, reasons=reasons, phase=phase)
    if limb not in jump.shares:
        return
    for phase, a, b in (("braking", brake, zero), ("propulsion", zero, end_s)):
        gross, reasons = push.impulse_between(a, b), (*push.gap_codes(a, b), *rate_codes(jump))
        half = gross - 0.5 * w.weight_n * (b - a)
        name = f"{phase}_impulse_net_half_weight"
        sheet.add(name, limb, half, method="impulse.limb_half_weight", reasons=reasons)
        static, name = gross - jump.shares[limb] * (b - a), f"{phase}_impulse_net_static_share"
        if jump.shares[limb] < 0.2 * w.weight_n:
            sheet.withhold(name, limb, ("limb_unloaded_in_weighing",), method="impulse.limb_static_share")
        else:
            sheet.add(name, limb, static, method="impulse.limb_static_share", reasons=reasons)


def _rates(jump: Jump, sheet: Sheet, limb: Limb, *, push: Trace) -> None:
    phases = jump.phases
    if phases is None:
        return
    budget, noise = jump.budgets[limb], jump.noise_n.get(limb, 0.0)
    brake, zero, end_s = phases.braking.t_s, phases.propulsion.t_s, push.stop_s
    window = push.slice(brake, end_s)
    force = push.force_n[window]
    if len(force) and push.stop_s > brake:
        to_peak = float(push.t_s[window.start + int(force.argmax())]) - brake
        gap = _gap(push, brake, end_s)
        sheet.add("time_to_peak", limb, to_peak, method="peak.max_sample", params=FROM_BRAKING, reasons=gap, phase="braking")
    for ms in RFD_TIMES_MS:
        length = ms / 1000.0
        _secant(jump, sheet, limb, push=push, start_s=brake, length_s=length)
    name, method = "braking_rfd", "rfd.phase_secant"
    length = zero - brake
    if length < 4 * push.dt_s:
        sheet.withhold(name, limb, ("window_below_resolution",), method=method)
    else:
        rate = (push.at(zero) - push.at(brake)) / length
        parts = sample_rule_parts(push, brake, length, rate=rate, noise_n=noise, budget=budget, u_clock_s=jump.u_clock_s)
        sheet.add(name, limb, rate, method=method, parts=parts, reasons=_gap(push, brake, zero))
    name, method = "braking_rfd_peak_20ms", "rfd.moving_secant"
    codes = (*settling_codes(push, 0.020), *_gap(push, brake, zero))
    steepest = peak_secant(push, brake, zero, width_s=0.020)
    if steepest is None or "sensor_settling!" in codes:
        reason = "sensor_settling" if "sensor_settling!" in codes else "window_below_resolution"
        sheet.withhold(name, limb, (reason,), method=method)
    else:
        sheet.add(name, limb, steepest, method=method, params={"width_s": 0.020}, reasons=(*codes, *rate_codes(jump)))


def _secant(jump: Jump, sheet: Sheet, limb: Limb, *, push: Trace, start_s: float, length_s: float) -> None:
    ms = round(1000 * length_s)
    names = ((f"rfd_0_{ms}ms", "rfd.secant_from_onset"), (f"impulse_0_{ms}ms", "impulse.trapezoid"))
    codes = window_codes(push, start_s, length_s, stop_s=push.stop_s)
    if jump.u_clock_s > CLOCK_EVENTS_S and limb in SIDES and limb is not jump.main:
        codes = ("streams_not_aligned!",)
    withheld = tuple(code.rstrip("!") for code in codes if code.endswith("!"))
    if withheld:
        for name, method in names:
            sheet.withhold(name, limb, withheld, method=method, params=FROM_BRAKING, phase="braking")
        return
    budget, noise = jump.budgets[limb], jump.noise_n.get(limb, 0.0)
    stop_s = start_s + length_s
    rate = (push.at(stop_s) - push.at(start_s)) / length_s
    parts = sample_rule_parts(push, start_s, length_s, rate=rate, noise_n=noise, budget=budget, u_clock_s=jump.u_clock_s)
    params: Params = {**FROM_BRAKING, "onset": "phase.min_velocity"}
    events = ("braking_start",)
    (rfd, secant), (impulse, trapezoid) = names
    sheet.add(rfd, limb, rate, method=secant, parts=parts, params=params, reasons=codes, events=events, phase="braking")
    gross, u_event = push.impulse_between(start_s, stop_s), limb_event_u_s(push, jump.u_clock_s)
    parts = gross_impulse(
        budget, gross, length_s=length_s, noise_n=noise, dt_s=push.dt_s, ends_n=(push.at(start_s), push.at(stop_s)),
        u_event_s=u_event,
    )  # fmt: skip
    sheet.add(impulse, limb, gross, method=trapezoid, parts=parts, params=params, reasons=codes, events=events, phase="braking")
