"""Jumps with several loads to the force-velocity profile of a person."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from daq.block import Limb
from daq.metrics import quality
from daq.metrics.trial import TrialResult
from daq.metrics.value import Better, Params, Status, Value

METHOD = "profile.force_velocity"
FEWEST_LOADS, LEAST_R2 = 3, 0.9
_ROWS = (
    ("fv_f0", "N/kg", Better.HIGHER),
    ("fv_v0", "m/s", Better.HIGHER),
    ("fv_slope", "N*s/(m*kg)", Better.NEUTRAL),
    ("fv_pmax", "W/kg", Better.HIGHER),
)


class Point(NamedTuple):
    """One jump: mean velocity and mean force per body mass over propulsion, and the load."""

    v_m_per_s: float
    force_n_per_kg: float
    load_kg: float


class Line(NamedTuple):
    """``force = f0 + slope v`` with the covariance of both from the scatter about the line; ``nu`` degrees of freedom."""

    f0: float
    slope: float
    u_f0: float
    u_slope: float
    covariance: float
    r2: float
    nu: int


def line_of(points: Sequence[Point]) -> Line | None:
    """The least-squares line; None where the velocities do not differ.

    >>> line = line_of([Point(v, 40.0 - 10.0 * v, 0.0) for v in (1.0, 1.5, 2.0)])
    >>> round(line.f0, 6), round(line.slope, 6), round(line.r2, 6), line.nu
    (40.0, -10.0, 1.0, 1)
    """
    v = np.array([point.v_m_per_s for point in points])
    f = np.array([point.force_n_per_kg for point in points])
    if len(points) < 2:  # noqa: PLR2004, two points make a line
        return None
    dv, df = v - v.mean(), f - f.mean()
    of_v, of_f = float(dv @ dv), float(df @ df)
    # Velocities that are all the same differ by rounding only.
    if of_v <= 1e-12 * float(v @ v):
        return None
    slope = float(dv @ df) / of_v
    rest = df - slope * dv
    left = float(rest @ rest)
    nu = len(points) - 2
    variance = left / nu if nu > 0 else math.nan
    mean_v = float(v.mean())
    return Line(
        float(f.mean()) - slope * mean_v, slope, math.sqrt(variance * (1.0 / len(points) + mean_v**2 / of_v)),
        math.sqrt(variance / of_v), -mean_v * variance / of_v, 1.0 - left / of_f if of_f > 0 else 0.0, nu,
    )  # fmt: skip


def force_velocity(trials: Sequence[TrialResult], limb: Limb) -> list[Value]:
    """``fv_f0``, ``fv_v0``, ``fv_slope`` and ``fv_pmax`` of the loaded jumps of one test.

    Parameters
    ----------
    trials : sequence of TrialResult
        Valid trials with ``mean_propulsion_force``, ``mean_propulsion_velocity`` and ``body_mass``.
    limb : Limb
        Whose forces: both in a bilateral test.

    Notes
    -----
    Least-squares line of ``mean_propulsion_force / body_mass`` on the mean propulsion velocity; ``v0 = -f0/slope`` and
    ``pmax = f0 v0/4`` lie beyond the loads that were lifted, so their interval comes from the scatter about the line with
    n - 2 degrees of freedom. At least three different loads; below r^2 = 0.9 with a warning.

    References
    ----------
    Samozino et al. (2012), International Journal of Sports Medicine.
    """
    points = [point for trial in trials if (point := _point(trial, limb)) is not None]
    n_loads = len({round(point.load_kg, 1) for point in points})
    params: Params = {"n_loads": n_loads, "n_trials": len(points)}
    line = line_of(points) if n_loads >= FEWEST_LOADS else None
    if line is None:
        return [_withheld(row, limb, ("not_enough_trials",), params=params) for row in _ROWS]
    codes = ("profile_not_linear",) if line.r2 < LEAST_R2 else ()
    params = {**params, "r2": line.r2, "lowest_v_m_per_s": min(points).v_m_per_s, "highest_v_m_per_s": max(points).v_m_per_s}
    if line.slope >= 0.0 or line.f0 <= 0.0:
        # Force that grows with velocity has no velocity at which it ends.
        return [_withheld(row, limb, ("profile_not_linear",), params=params) for row in _ROWS]
    return [
        _value(row, limb, number, u=u, nu=line.nu, params=params, codes=codes)
        for row, (number, u) in zip(_ROWS, _numbers(line), strict=True)
    ]


def _point(trial: TrialResult, limb: Limb) -> Point | None:
    names = ("mean_propulsion_velocity", "mean_propulsion_force", "body_mass", "body_weight")
    found = [trial.find(name, limb) for name in names]
    if any(value is None or not value.is_usable for value in found):
        return None
    v, force, mass, weight = (value for value in found if value is not None)
    if v.value is None or force.value is None or not mass.value:
        return None
    gravity, load_n = weight.params.get("gravity"), weight.params.get("load_n")
    load_kg = float(load_n) / float(gravity) if load_n and gravity else 0.0
    return Point(v.value, force.value / mass.value, load_kg)


def _numbers(line: Line) -> tuple[tuple[float, float], ...]:
    f0, slope, u_f0, u_slope, covariance, _, _ = line
    v0 = -f0 / slope

    def u(by_f0: float, by_slope: float) -> float:
        square = (by_f0 * u_f0) ** 2 + (by_slope * u_slope) ** 2 + 2.0 * by_f0 * by_slope * covariance
        return math.sqrt(max(square, 0.0))

    return (
        (f0, u_f0),
        (v0, u(-1.0 / slope, f0 / slope**2)),
        (slope, u_slope),
        (0.25 * f0 * v0, u(-0.5 * f0 / slope, 0.25 * (f0 / slope) ** 2)),
    )


def _value(
    row: tuple[str, str, Better], limb: Limb, number: float, *, u: float, nu: int, params: Params, codes: tuple[str, ...]
) -> Value:
    name, unit, better = row
    is_known = math.isfinite(u) and u > 0.0
    status = Status.WARNING if quality.is_warning(codes) else Status.OK
    return Value(
        name, limb, number, unit, METHOD, u=u if is_known else None, nu_eff=float(nu) if is_known else None,
        u_parts={"regression": u} if is_known else {}, params=params, status=status,
        reasons=codes if is_known else (*codes, "uncertainty_unknown"), better=better,
    )  # fmt: skip


def _withheld(row: tuple[str, str, Better], limb: Limb, codes: tuple[str, ...], *, params: Params) -> Value:
    name, unit, better = row
    return Value(name, limb, None, unit, METHOD, params=params, status=Status.INVALID, reasons=codes, better=better)
