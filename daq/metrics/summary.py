"""The valid trials of one test to best, mean and spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from daq.block import SIDES, Limb
from daq.metrics import asymmetry
from daq.metrics.catalogue import metric, phase_of
from daq.metrics.trial import TrialResult
from daq.metrics.uncertainty import coverage_factor, effective_freedom
from daq.metrics.value import Better, Status, Value

SPREAD_PERCENT = 10.0


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one limb over the valid trials, in order; None where a trial does not have it."""

    name: str
    limb: Limb
    phase: str
    values: tuple[Value | None, ...]

    @property
    def usable(self) -> tuple[Value, ...]:
        """The values that are there."""
        return tuple(v for v in self.values if v is not None and v.is_usable)

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers that are there."""
        return tuple(v.value for v in self.usable if v.value is not None)


def series_of(trials: Sequence[TrialResult], name: str, limb: Limb, *, kind: str) -> Series:
    """The series of a metric over trials."""
    phase = phase_of(name, kind)
    return Series(name, limb, phase, tuple(trial.find(name, limb, phase=phase) for trial in trials))


def best_index(series: Series) -> int | None:
    """Position of the best trial by this metric: the largest, or the smallest where lower is better."""
    numbers = [(v.value, i) for i, v in enumerate(series.values) if v is not None and v.is_usable and v.value is not None]
    if not numbers:
        return None
    lower = next(v.better for v in series.usable) is Better.LOWER
    return (min(numbers) if lower else max(numbers, key=lambda pair: (pair[0], -pair[1])))[1]


def summary_of(series: Series, *, best: int | None, n_best: int) -> list[Value]:
    """``<metric>_best``, ``<metric>_mean``, ``trial_cv_percent`` of one series; ``n_best`` trials to choose from."""
    usable = series.usable
    if not usable:
        return []
    made = []
    chosen = series.values[best] if best is not None and best < len(series.values) else None
    if chosen is not None and chosen.is_usable:
        made.append(_named(chosen, f"{series.name}_best", "summary.best", params={"trial": (best or 0) + 1, "n": n_best}))
    made.append(_mean(series, usable))
    made.append(_cv(series, usable))
    return made


def _named(value: Value, name: str, method: str, *, params: dict[str, float | int | str | bool | None]) -> Value:
    return Value(
        name, value.limb, value.value, value.unit, method, phase=value.phase, of=value.name, u=value.u, nu_eff=value.nu_eff,
        k=value.k, U95=value.U95, bias=value.bias, interval=value.interval, u_parts=value.u_parts,
        params={**params, "of_method": value.method}, status=value.status, reasons=value.reasons, better=value.better,
        text=value.text,
    )  # fmt: skip


def _mean(series: Series, usable: Sequence[Value]) -> Value:
    """Mean, for a statement about today: ``u^2 = u_sys^2 + s^2/n`` with n - 1 degrees of freedom for the spread."""
    numbers, first, n = series.numbers, usable[0], len(usable)
    name, method = f"{series.name}_mean", "summary.mean"
    if n < 2:  # noqa: PLR2004, one trial is no mean
        return _short(series, name, method, first)
    mean = sum(numbers) / n
    common = 0.0
    for v in usable:
        common += sum(u * u for part, u in v.u_parts.items() if part in (*asymmetry.COMMON_PARTS, "reference")) / n
    spread = math.sqrt(sum((x - mean) ** 2 for x in numbers) / (n - 1) / n)
    nu = effective_freedom([(spread, n - 1), (math.sqrt(common), None)])
    u, k = math.hypot(spread, math.sqrt(common)), coverage_factor(nu)
    return Value(
        name, series.limb, mean, first.unit, method, phase=series.phase, of=series.name, u=u, nu_eff=nu, k=k, U95=k * u,
        interval=(mean - k * u, mean + k * u), u_parts={"trials": spread, "instrument": math.sqrt(common)},
        params={"n": n, "of_method": first.method}, better=first.better,
    )  # fmt: skip


def _short(series: Series, name: str, method: str, like: Value) -> Value:
    unit = "percent" if name == "trial_cv_percent" else like.unit
    better = Better.LOWER if name == "trial_cv_percent" else like.better
    return Value(
        name, series.limb, None, unit, method, phase=series.phase, of=series.name, status=Status.INVALID,
        reasons=("not_enough_trials",), better=better, params={"n": len(series.usable)},
    )  # fmt: skip


def _cv(series: Series, usable: Sequence[Value]) -> Value:
    numbers, n, name, method = series.numbers, len(usable), "trial_cv_percent", "summary.cv"
    mean = sum(numbers) / n
    if n < 2 or mean <= 0 or (metric(series.name).is_signed and min(numbers) < 0):  # noqa: PLR2004, no spread of one
        return _short(series, name, method, usable[0])
    sd = math.sqrt(sum((x - mean) ** 2 for x in numbers) / (n - 1))
    return Value(
        name, series.limb, 100.0 * sd / mean, "percent", method, phase=series.phase, of=series.name, better=Better.LOWER,
        params={"n": n}, reasons=("uncertainty_unknown",),
    )  # fmt: skip


def best_two_difference(series: Series) -> Value | None:
    """``100 (P1 - P2)/P1`` of the two best; above 10 % one more trial is asked for."""
    numbers = sorted(series.numbers, reverse=True)
    if not numbers:
        return None
    if len(numbers) < 2 or numbers[0] <= 0:  # noqa: PLR2004, two are compared
        return _short(series, "best_two_difference_percent", "summary.best_two", series.usable[0])
    percent = 100.0 * (numbers[0] - numbers[1]) / numbers[0]
    is_wide = percent > SPREAD_PERCENT
    return Value(
        "best_two_difference_percent", series.limb, percent, "percent", "summary.best_two", phase=series.phase, of=series.name,
        better=Better.LOWER, status=Status.WARNING if is_wide else Status.OK,
        reasons=(*(("trial_spread_high",) if is_wide else ()), "uncertainty_unknown"), params={"n": len(numbers)},
    )  # fmt: skip


def combined_best(left: Series, right: Series) -> Value | None:
    """``peak_force_combined``: best left plus best right."""
    bests = [max(s.usable, key=lambda v: v.value or 0.0) for s in (left, right) if s.usable]
    if not bests:
        return None
    name, method = f"{left.name}_combined", "summary.sum_of_best"
    if len(bests) < len(SIDES):
        return Value(
            name, Limb.BOTH, None, bests[0].unit, method, of=left.name, status=Status.INVALID, reasons=("limb_missing",),
            better=bests[0].better,
        )  # fmt: skip
    total = sum(v.value or 0.0 for v in bests)
    u = None
    if all(v.u is not None for v in bests):
        same = bests[0].params.get("reference") == bests[1].params.get("reference") is not None
        shared = [v.u_parts.get("reference", 0.0) for v in bests]
        own = sum((v.u or 0.0) ** 2 for v in bests) - sum(x * x for x in shared)
        u = math.sqrt(max(own, 0.0) + (sum(shared) ** 2 if same else sum(x * x for x in shared)))
    k = coverage_factor(None)
    return Value(
        name, Limb.BOTH, total, bests[0].unit, method, of=left.name, u=u, k=None if u is None else k,
        U95=None if u is None else k * u, interval=None if u is None else (total - k * u, total + k * u),
        better=bests[0].better, reasons=() if u is not None else ("uncertainty_unknown",),
    )  # fmt: skip
