"""An effort and the budget of its sensors to efforts in which one input is moved by its standard uncertainty."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from daq.assessments.analysis import analyse
from daq.assessments.model import Assessment
from daq.block import SIDES, Limb
from daq.metrics.effort import Cop, Curve, Effort, Floats
from daq.metrics.families import family_of
from daq.metrics.noise import white_noise_of_all_n
from daq.metrics.trial import TrialResult
from daq.metrics.uncertainty import Budget
from daq.metrics.value import Value

START_VELOCITY = "start_velocity_m_per_s"


class Moved(NamedTuple):
    """An effort to analyse in place of the measured one, with rules that hold its windows in place."""

    effort: Effort
    methods: tuple[tuple[str, str], ...] = ()


class Pair(NamedTuple):
    """One input moved up and down; ``name`` is that of the contribution it makes.

    ``middle`` is the effort between the two, where rules that hold windows in place move the values a little by themselves.
    """

    name: str
    up: Moved
    down: Moved
    middle: Moved | None = None


def sides_of(effort: Effort) -> tuple[Limb, ...]:
    """The limbs with a sensor of their own; the sum follows from them."""
    return tuple(limb for limb in SIDES if limb in effort.curves) or (effort.limb,)


def shifted(effort: Effort, changes: Mapping[Limb, Floats]) -> Effort:
    """The effort with newtons added: ``changes`` (n,) on each side's own samples; the sum changes by as much."""
    curves = dict(effort.curves)
    for limb, change in changes.items():
        curves[limb] = _added(curves[limb], change)
    both = effort.curves.get(Limb.BOTH)
    if both is not None and Limb.BOTH not in changes:
        for limb, change in changes.items():
            t = effort.curves[limb].t_s
            same = len(t) == len(both.t_s) and t[0] == both.t_s[0]
            curves[Limb.BOTH] = _added(curves[Limb.BOTH], change if same else np.interp(both.t_s, t, change))
    return replace(effort, curves=curves)


def _added(curve: Curve, change: Floats) -> Curve:
    return Curve(curve.t_s, curve.force_n + change, curve.rate_hz, curve.instrument)


def noise_of(effort: Effort) -> dict[Limb, float]:
    """White noise per sample of each sensor, N."""
    return {limb: white_noise_of_all_n(effort.curves[limb].force_n) for limb in sides_of(effort)}


def with_noise(effort: Effort, sigma_n: Mapping[Limb, float], rng: np.random.Generator) -> Effort:
    """The effort with as much white noise again on every sensor, and on the centre of pressure where there is one."""
    noisy = shifted(
        effort,
        {limb: sigma * rng.standard_normal(len(effort.curves[limb].t_s)) for limb, sigma in sigma_n.items() if sigma > 0},
    )
    if effort.cop is None:
        return noisy
    cop = effort.cop
    axes = [
        axis + white_noise_of_all_n(axis) * rng.standard_normal(len(axis)) for axis in (cop.ml_m, cop.ap_m)
    ]  # fmt: skip
    return replace(noisy, cop=Cop(cop.t_s, axes[0], axes[1], cop.rate_hz, cop.method))


def moved_pairs(effort: Effort, assessment: Assessment, *, gravity: float) -> list[Pair]:
    """Every input of the budget that is not zero, moved up and down; the reference that two sides share moves both."""
    return [*_forces(effort), *_times(effort), *_standing(effort, assessment, gravity=gravity)]


def _forces(effort: Effort) -> Iterator[Pair]:
    sides = sides_of(effort)
    budgets = {limb: Budget.of(effort.curves[limb].instrument) for limb in sides}
    for limb, budget in budgets.items():
        curve = effort.curves[limb]
        if budget.own > 0:
            yield _of_changes(effort, "gain", {limb: budget.own * curve.force_n})
        if budget.zero_n > 0:
            yield _of_changes(effort, "zero", {limb: np.full(len(curve.t_s), budget.zero_n)})
    for reference in dict.fromkeys(b.reference for b in budgets.values() if b.shared > 0):
        shared = {limb: b.shared * effort.curves[limb].force_n for limb, b in budgets.items() if b.reference == reference}
        yield _of_changes(effort, "reference", shared)


def _of_changes(effort: Effort, name: str, changes: Mapping[Limb, Floats]) -> Pair:
    down = {limb: -change for limb, change in changes.items()}
    return Pair(name, Moved(shifted(effort, changes)), Moved(shifted(effort, down)))


def _times(effort: Effort) -> Iterator[Pair]:
    u_time = max(curve.instrument.u_time or 0.0 for curve in effort.curves.values())
    if u_time > 0:
        yield Pair("time", Moved(_stretched(effort, 1.0 + u_time)), Moved(_stretched(effort, 1.0 - u_time)))
    if effort.u_clock_s > 0 and all(limb in effort.curves for limb in SIDES):
        u = effort.u_clock_s
        yield Pair("clock", Moved(_late(effort, u)), Moved(_late(effort, -u)))


def _stretched(effort: Effort, factor: float) -> Effort:
    start = float(effort.main.t_s[0])
    curves = {
        limb: Curve(start + (c.t_s - start) * factor, c.force_n, c.rate_hz / factor, c.instrument)
        for limb, c in effort.curves.items()
    }
    return replace(effort, curves=curves)


def _late(effort: Effort, delay_s: float) -> Effort:
    """The right side later by ``delay_s``, halfway between samples on straight lines."""
    right = effort.curves[Limb.RIGHT]
    return shifted(effort, {Limb.RIGHT: np.interp(right.t_s - delay_s, right.t_s, right.force_n) - right.force_n})


def _standing(effort: Effort, assessment: Assessment, *, gravity: float) -> Iterator[Pair]:
    """Sway: the weight in its own window, and the velocity at the start of the movement."""
    family = family_of(assessment.kind.value)
    asked = tuple(name for name in ("body_weight", "takeoff_velocity") if name in family.metrics)
    if not asked or effort.cop is not None:
        return
    found = analyse(effort, assessment.model_copy(update={"metrics": asked, "asymmetry_of": ()}), gravity=gravity)
    weight, velocity = (_usable(found, name) for name in ("body_weight", "takeoff_velocity"))
    if weight is not None and "weigh" in family.methods:
        yield from _weight(effort, weight)
    u_start = velocity.u_parts.get("start", 0.0) if velocity is not None else 0.0
    if u_start > 0:
        yield Pair("start", Moved(_entered(effort, u_start)), Moved(_entered(effort, -u_start)))


def _usable(result: TrialResult, name: str) -> Value | None:
    value = result.find(name)
    return value if value is not None and value.value is not None else None


def _weight(effort: Effort, weight: Value) -> Iterator[Pair]:
    start_s, stop_s = (weight.params.get(name) for name in ("start_s", "stop_s"))
    u = sum_of_squares(u for name, u in weight.u_parts.items() if name not in {"gain", "reference", "zero"})
    if not isinstance(start_s, float) or not isinstance(stop_s, float) or u == 0:
        return
    dt = effort.main.dt_s
    pin = (("weigh", f"manual={start_s - 0.25 * dt!r}:{stop_s + 1.25 * dt!r}"),)
    sides = sides_of(effort)
    changes = {}
    for limb in sides:
        t = effort.curves[limb].t_s
        changes[limb] = np.where((t >= start_s - 0.5 * dt) & (t <= stop_s + 0.5 * dt), u / len(sides), 0.0)
    pair = _of_changes(effort, "weight", changes)
    yield Pair("weight", Moved(pair.up.effort, pin), Moved(pair.down.effort, pin), Moved(effort, pin))


def sum_of_squares(parts: Iterable[float]) -> float:
    """Root of the sum of squares."""
    return math.sqrt(sum(u * u for u in parts))


def _entered(effort: Effort, velocity_m_per_s: float) -> Effort:
    return replace(effort, entered={**effort.entered, START_VELOCITY: velocity_m_per_s})
