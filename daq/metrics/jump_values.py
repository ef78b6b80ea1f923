"""Events of a jump to the values of the whole body: heights, velocities, times, impulses, power."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from daq.block import SIDES, Limb
from daq.metrics.build import Sheet
from daq.metrics.jump import RECOMMENDED_HZ, Jump, momentum_agrees
from daq.metrics.kinematics import Motion
from daq.metrics.uncertainty import combined, mean_force, single_force, velocity
from daq.metrics.value import Instant, Params

DISAGREE_M = 0.05
SMALLEST_DEPTH_M = 0.02
LARGEST_RELATIVE_U = 0.5


def total_values(jump: Jump, sheet: Sheet) -> None:
    """Add every value of the whole body that the events found allow."""
    _weighing(jump, sheet)
    _flight(jump, sheet)
    if jump.moved is None or jump.flight is None or jump.start is None:
        return
    _times(jump, sheet)
    _velocities(jump, sheet, jump.moved)
    _heights(jump, sheet, jump.moved)
    _power(jump, sheet, jump.moved)
    _impulses(jump, sheet, jump.moved)
    _stiffness(jump, sheet, jump.moved)


def rate_codes(jump: Jump) -> tuple[str, ...]:
    """A warning below the recommended rate."""
    return ("rate_too_low",) if jump.trace.rate_hz < 0.995 * RECOMMENDED_HZ else ()


def _weighing(jump: Jump, sheet: Sheet) -> None:
    w = jump.weighing
    if w is None:
        return
    limb, budget = jump.main, jump.budgets[jump.main]
    params: Params = {"start_s": w.start_s, "stop_s": w.stop_s, "gravity": jump.gravity}
    noise = jump.noise_n[limb]
    parts = {**budget.scaled(w.weight_n), "noise and sway": w.u_weight_n}
    sheet.add("body_weight", limb, w.weight_n, method=w.method, parts=parts, params=params, reasons=w.reasons)
    mass = {name: u / jump.gravity for name, u in parts.items()}
    sheet.add("body_mass", limb, w.weight_n / jump.gravity, method=w.method, parts=mass, params=params, reasons=w.reasons)
    for side, trace in jump.traces.items():
        part = trace.force_n[trace.slice(*w.span_s)]
        sd = float(part.std(ddof=1)) if len(part) > 1 else math.nan
        sheet.add("weighing_sd", side, sd, method=w.method, params={**params, "noise_n": noise})
    if len(jump.shares) < len(SIDES):
        return
    total = sum(jump.shares.values())
    own = [jump.budgets[side] for side in SIDES]
    parts = {}
    for side, budget in zip(SIDES, own, strict=True):
        rest = 100.0 * jump.shares[side.other] / total**2
        shared = 0.0 if own[0].reference == own[1].reference != "" else budget.shared
        force = mean_force(budget, jump.shares[side], noise_n=jump.noise_n[side], n=jump.trace.n_in(1.0))
        force |= {"gain": jump.shares[side] * budget.own, "reference": jump.shares[side] * shared}
        parts |= {f"{name} {side.value}": rest * u for name, u in force.items()}
    for side in SIDES:
        sheet.add("weight_share", side, 100.0 * jump.shares[side] / total, method=w.method, parts=parts, params=params)


def _flight(jump: Jump, sheet: Sheet) -> None:
    flight = jump.flight
    if flight is None or flight.landing is None or flight.time_s is None:
        return
    limb, t_f = jump.main, flight.time_s
    budget = jump.budgets[limb]
    params: Params = {"flight_mean_n": flight.level_n, "flight_sd_n": flight.noise_n}
    parts = {"takeoff": flight.takeoff.u_s or 0.0, "landing": flight.landing.u_s or 0.0, "time": t_f * budget.time}
    reasons = (*flight.reasons, *rate_codes(jump))
    rule, events = flight.takeoff.method, ("takeoff", "landing")
    sheet.add("flight_time", limb, t_f, method=rule, parts=parts, params=params, reasons=reasons, events=events)
    height = jump.gravity * t_f**2 / 8.0
    scaled = {name: jump.gravity * t_f / 4.0 * u for name, u in parts.items()}
    params = {"gravity": jump.gravity, "events": rule}
    sheet.add(
        "jump_height_flight_time", limb, height, method="height.flight_time", parts=scaled, params=params, reasons=reasons,
        events=events,
    )  # fmt: skip


def _times(jump: Jump, sheet: Sheet) -> None:
    flight, start, limb = jump.flight, jump.start, jump.main
    if flight is None or start is None:
        return
    total = flight.takeoff.t_s - start.t_s
    reasons = rate_codes(jump)

    def span(name: str, a: Instant, b: Instant) -> None:
        length = b.t_s - a.t_s
        parts = {"start": a.u_s or 0.0, "stop": b.u_s or 0.0, "time": length * jump.budgets[limb].time}
        events = (a.name, b.name)
        sheet.add(name, limb, length, method=b.method, parts=parts, reasons=reasons, events=events)
        if name != "time_to_takeoff":
            params: Params = {"of_s": total}
            sheet.add(f"{name}_percent", limb, 100.0 * length / total, method=b.method, params=params, reasons=reasons)

    span("time_to_takeoff", start, flight.takeoff)
    if jump.phases is not None:
        span("unweighting_time", start, jump.phases.braking)
        span("braking_time", jump.phases.braking, jump.phases.propulsion)
        span("propulsion_time", jump.phases.propulsion, flight.takeoff)
    if flight.time_s is not None:
        ratio = flight.time_s / total
        sheet.add("flight_to_contraction_ratio", limb, ratio, method="rsi.flight_over_time_to_takeoff", reasons=reasons)


def velocity_parts(jump: Jump, v: float, time_s: float, *, u_event_s: float) -> dict[str, float]:
    """Contributions to a velocity reached after ``time_s`` of integration."""
    w, limb = jump.weighing, jump.main
    if w is None:
        return {}
    return velocity(
        jump.budgets[limb], v_m_per_s=v, time_s=time_s, weight_n=w.weight_n, u_weight_n=w.u_weight_n,
        noise_n=jump.noise_n[limb], dt_s=jump.trace.dt_s, u_event_s=u_event_s, u_start_m_per_s=w.u_velocity_m_per_s,
        u_shares=_u_shares(jump), gravity=jump.gravity,
    )  # fmt: skip


def _u_shares(jump: Jump) -> float:
    """Two plates of different gain: what a shift of the load between weighing and push-off does to the velocity."""
    if len(jump.shares) < len(SIDES) or jump.start is None or jump.flight is None or jump.weighing is None:
        return 0.0
    if not all(side in jump.pushes for side in SIDES):
        return 0.0
    window = (jump.start.t_s, jump.flight.takeoff.t_s)
    left, right = (jump.pushes[side].impulse_between(*window) for side in SIDES)
    if left + right <= 0:
        return 0.0
    moved = abs(left / (left + right) - jump.shares[Limb.LEFT] / jump.weighing.weight_n)
    a, b = (jump.budgets[side] for side in SIDES)
    shared = 0.0 if a.reference == b.reference != "" else math.hypot(a.shared, b.shared)
    return moved * math.hypot(a.own, b.own, shared)


def _velocities(jump: Jump, sheet: Sheet, moved: Motion) -> None:
    flight, start, limb = jump.flight, jump.start, jump.main
    if flight is None or start is None:
        return
    params: Params = {"gravity": jump.gravity}
    reasons = rate_codes(jump)
    low, high = int(np.argmin(moved.v_m_per_s)), int(np.argmax(moved.v_m_per_s))
    rows = [("min_velocity", low, 0.0)]
    if "velocity" not in jump.missing:
        rows += [("takeoff_velocity", len(moved.t_s) - 1, flight.takeoff.u_s or 0.0), ("peak_velocity", high, 0.0)]
    for name, i, u_event in rows:
        v, length = float(moved.v_m_per_s[i]), float(moved.t_s[i]) - start.t_s
        parts = velocity_parts(jump, v, length, u_event_s=u_event)
        events = ("movement_start", "takeoff")
        sheet.add(name, limb, v, method=moved.method, parts=parts, params=params, reasons=reasons, events=events)
    if jump.phases is not None:
        depth = jump.phases.depth_m
        sheet.add("countermovement_depth", limb, depth, method=moved.method, params=params, reasons=reasons)
    if "velocity" not in jump.missing:
        s_to = float(moved.s_m[-1])
        sheet.add("com_displacement_at_takeoff", limb, s_to, method=moved.method, params=params, reasons=reasons)


def _heights(jump: Jump, sheet: Sheet, moved: Motion) -> None:
    flight, start, limb, g = jump.flight, jump.start, jump.main, jump.gravity
    if flight is None or start is None or "velocity" in jump.missing:
        return
    v, total = moved.takeoff_velocity, flight.takeoff.t_s - start.t_s
    height = v * v / (2.0 * g)
    of_v = velocity_parts(jump, v, total, u_event_s=flight.takeoff.u_s or 0.0)
    parts = {name: v / g * u for name, u in of_v.items()}
    params: Params = {"gravity": g, "velocity": moved.method}
    reasons, events = list(rate_codes(jump)), ("movement_start", "takeoff")
    reasons += _too_uncertain(height, parts)
    difference = None if flight.time_s is None else g * flight.time_s**2 / 8.0 - height
    if difference is not None and abs(difference) > DISAGREE_M:
        reasons.append("height_methods_disagree")
        jump.reasons.append("height_methods_disagree")

    def add(name: str, number: float, method: str, parts: Mapping[str, float] | None = None) -> None:
        sheet.add(name, limb, number, method=method, parts=parts, params=params, reasons=reasons, events=events)

    add("jump_height_impulse_momentum", height, "height.impulse_momentum", parts)
    add("jump_height_displacement", float(moved.s_m[-1]) + height, "height.displacement")
    u_time = math.hypot(start.u_s or 0.0, flight.takeoff.u_s or 0.0)
    add("rsi_modified", height / total, "rsi.modified", {"height": combined(parts) / total, "time": height / total**2 * u_time})
    if difference is not None and flight.time_s is not None:
        add("height_method_difference", difference, "height.flight_time_less_impulse_momentum")
        change = v * flight.time_s - 0.5 * g * flight.time_s**2
        add("com_height_change_at_landing", change, "kinematics.ballistic")
    if jump.weighing is not None:
        mass = jump.weighing.weight_n / g
        gain = jump.budgets[limb].scaled(mass * v, zero=v / g)
        add("jump_momentum", mass * v, "kinematics.momentum", {**gain, "velocity": mass * combined(of_v)})


def _too_uncertain(height_m: float, parts: Mapping[str, float]) -> tuple[str, ...]:
    """A height with a standard uncertainty above half of itself says nothing; the largest contribution names the reason."""
    if combined(parts) <= LARGEST_RELATIVE_U * height_m:
        return ()
    return ("weighing_not_quiet",) if max(parts, key=lambda name: parts[name]) in {"weight", "start"} else ("noise_high",)


def _power(jump: Jump, sheet: Sheet, moved: Motion) -> None:
    start, limb, weighing = jump.start, jump.main, jump.weighing
    if start is None or weighing is None or "velocity" in jump.missing:
        return
    power = moved.force_n * moved.v_m_per_s
    i = int(np.argmax(power))
    peak, v, force = float(power[i]), float(moved.v_m_per_s[i]), float(moved.force_n[i])
    length = float(moved.t_s[i]) - start.t_s
    of_v = combined(velocity_parts(jump, v, length, u_event_s=0.0))
    of_force = single_force(jump.budgets[limb], force, noise_n=jump.noise_n[limb])
    parts = {**{name: abs(v) * u for name, u in of_force.items()}, "velocity": force * of_v}
    method, reasons = "power.force_velocity", rate_codes(jump)
    params: Params = {"gravity": jump.gravity, "velocity": moved.method}

    def add(name: str, number: float, parts: Mapping[str, float] | None = None) -> None:
        sheet.add(name, limb, number, method=method, parts=parts, params=params, reasons=reasons)

    add("peak_power", peak, parts)
    add("relative_peak_power", peak * jump.gravity / weighing.weight_n)
    add("time_to_peak_power", length)
    add("velocity_at_peak_power", v)
    add("force_at_peak_power", force)
    if jump.phases is None or jump.flight is None:
        return
    for name, a, b in (
        ("mean_braking_power", jump.phases.braking.t_s, jump.phases.propulsion.t_s),
        ("mean_propulsion_power", jump.phases.propulsion.t_s, jump.flight.takeoff.t_s),
    ):
        part = (moved.t_s > a) & (moved.t_s < b)
        t = np.concatenate(([a], moved.t_s[part], [b]))
        p = np.interp(t, moved.t_s, power)
        work = float(np.sum(0.5 * (p[1:] + p[:-1]) * (t[1:] - t[:-1])))
        add(name, work / (b - a) if b > a else math.nan)


def _impulses(jump: Jump, sheet: Sheet, moved: Motion) -> None:
    phases, w, flight, start = jump.phases, jump.weighing, jump.flight, jump.start
    if w is None or flight is None or start is None:
        return
    mass = w.weight_n / jump.gravity
    borders = {"start": start, "end": flight.takeoff}
    if phases is not None:
        borders |= {"braking": phases.braking, "propulsion": phases.propulsion}

    def add(name: str, a: Instant, b: Instant, momentum: float) -> None:
        length = b.t_s - a.t_s
        net = jump.pushes[jump.main].impulse_between(a.t_s, b.t_s) - w.weight_n * length
        agrees = momentum_agrees(net, momentum)
        if not agrees:
            jump.reasons.append("momentum_check_failed")
        ends = [(jump.pushes[jump.main].at(e.t_s) - w.weight_n) * (e.u_s or 0.0) for e in (a, b)]
        budget = jump.budgets[jump.main]
        parts = {
            **budget.scaled(net, zero=0.0), "noise": jump.noise_n[jump.main] * math.sqrt(max(length, 0) * jump.trace.dt_s),
            "weight": length * w.u_weight_n, "time": abs(net) * budget.time, "events": math.hypot(*ends),
        }  # fmt: skip
        reasons = rate_codes(jump) if agrees else ("momentum_check_failed",)
        params: Params = {"weight_n": w.weight_n, "start_s": a.t_s, "stop_s": b.t_s}
        events = (a.name, b.name)
        sheet.add(name, jump.main, net, method="impulse.trapezoid", parts=parts, params=params, reasons=reasons, events=events)

    v_start, v_to = float(moved.v_m_per_s[0]), moved.takeoff_velocity
    is_aligned = "velocity" not in jump.missing
    if phases is not None:
        add("unweighting_impulse_net", borders["start"], borders["braking"], mass * (phases.min_velocity - v_start))
        add("braking_impulse_net", borders["braking"], borders["propulsion"], -mass * phases.min_velocity)
        if is_aligned:
            add("propulsion_impulse_net", borders["propulsion"], borders["end"], mass * v_to)
            add("positive_impulse_net", borders["braking"], borders["end"], mass * (v_to - phases.min_velocity))
    if is_aligned:
        add("impulse_net_total", borders["start"], borders["end"], mass * (v_to - v_start))


def _stiffness(jump: Jump, sheet: Sheet, moved: Motion) -> None:
    phases, w = jump.phases, jump.weighing
    if phases is None or w is None or phases.depth_m > -SMALLEST_DEPTH_M:
        return
    force = jump.pushes[jump.main].at(phases.propulsion.t_s)
    params: Params = {"depth_m": phases.depth_m, "velocity": moved.method}
    rows = (
        ("countermovement_stiffness", (force - w.weight_n) / -phases.depth_m, "stiffness.net_over_depth"),
        ("countermovement_stiffness_gross", force / -phases.depth_m, "stiffness.gross_over_depth"),
    )
    for name, number, method in rows:
        sheet.add(name, jump.main, number, method=method, params=params, reasons=rate_codes(jump))
