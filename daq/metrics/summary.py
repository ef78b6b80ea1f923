"""The valid trials of one test to best, mean, spread and the asymmetry of the person."""

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
from daq.metrics.words import asymmetry_sentence

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


def trial_asymmetry(left: Value | None, right: Value | None, *, of: str, index: str, together: bool, kind: str) -> Value:
    """``asymmetry_percent`` of one trial, with the instrument's interval."""
    row, phase = metric(of, kind), phase_of(of, kind)
    refused = asymmetry.refusal(left, right, is_signed=row.is_signed)
    if left is None or right is None or refused:
        return _refused(of, phase, index, refused)
    found = asymmetry.of_one_trial(left, right, index)
    known = left.params.get("instrument_part") is True and right.params.get("instrument_part") is True
    return _asymmetry(
        found, of=of, phase=phase, index=index, together=together, n=1, pair=(left, right), known=known,
        params={"summary": "trial"},
    )  # fmt: skip


def _refused(of: str, phase: str, index: str, reasons: tuple[str, ...]) -> Value:
    return Value(
        "asymmetry_percent", Limb.BOTH, None, "percent", index, phase=phase, of=of, status=Status.INVALID,
        reasons=reasons or ("limb_missing",),
    )  # fmt: skip


def _asymmetry(
    found: asymmetry.Interval,
    *,
    of: str,
    phase: str,
    index: str,
    together: bool,
    n: int,
    pair: tuple[Value, Value],
    known: bool,
    params: dict[str, float | int | str | bool | None],
    band: tuple[float, float] | None = None,
) -> Value:
    left, right = pair
    k = coverage_factor(found.nu_eff)
    text = asymmetry_sentence(
        found.percent, found.low_high, name=of, better=left.better, unit=left.unit, together=together, n_trials=n,
        is_instrument=found.whose == "instrument", difference=(right.value or 0.0) - (left.value or 0.0), band=band,
    )  # fmt: skip
    told = {
        **params, "interval_of": found.whose, "rule": found.method, "n": n, "instrument_part": known,
        "left": left.value, "right": right.value,
    }  # fmt: skip
    has_u = found.u is not None and found.low_high is not None
    u95 = 0.5 * (found.low_high[1] - found.low_high[0]) if found.low_high is not None else None
    return Value(
        "asymmetry_percent", Limb.BOTH, found.percent, "percent", index, phase=phase, of=of, u=found.u, nu_eff=found.nu_eff,
        k=k if has_u else None, U95=u95, interval=found.low_high, params=told, status=Status.OK,
        reasons=() if has_u else ("uncertainty_unknown",), text=text,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pairing:
    """How the asymmetry of a test is formed: index, whether both limbs work at once, kind of test, band words."""

    index: str
    together: bool
    kind: str
    bands: dict[str, tuple[float, float]]


def person_asymmetry(left: Series, right: Series, how: Pairing) -> list[Value]:
    """Asymmetry over the trials of today: index, whether it is real, and the limb with the larger value."""
    pairs = list(zip(left.values, right.values, strict=False)) if how.together else []
    row, of = metric(left.name, how.kind), left.name
    if not how.together:
        usable = (left.usable, right.usable)
        if not usable[0] or not usable[1]:
            return [_refused(of, left.phase, how.index, ("limb_missing",))]
        pairs = [(usable[0][0], usable[1][0])]
    good = [
        (a, b) for a, b in pairs if a is not None and b is not None and not asymmetry.refusal(a, b, is_signed=row.is_signed)
    ]
    if not good:
        first = next(iter(pairs), (None, None))
        return [_refused(of, left.phase, how.index, asymmetry.refusal(*first, is_signed=row.is_signed))]
    found, pair, n = _over_pairs(good, how) if how.together else _over_limbs(left, right, how)
    known = all(v.params.get("instrument_part") is True for v in good[0])
    band = how.bands.get(of)
    value = _asymmetry(
        found, of=of, phase=left.phase, index=how.index, together=how.together, n=n, pair=pair, known=known,
        params={"summary": "mean"}, band=band,
    )  # fmt: skip
    return [value, *_verdicts(found, of=of, phase=left.phase, better=pair[0].better, n=n)]


def _over_pairs(good: Sequence[tuple[Value, Value]], how: Pairing) -> tuple[asymmetry.Interval, tuple[Value, Value], int]:
    if len(good) == 1:
        return asymmetry.of_one_trial(*good[0], how.index), good[0], 1
    percents = [asymmetry.index_percent(a.value or 0.0, b.value or 0.0, how.index) for a, b in good]
    is_person = len(good) >= asymmetry.FEWEST_FOR_PERSON
    us = [asymmetry.relative_u(a, b, common_only=is_person) for a, b in good]
    slopes = [asymmetry.index_slope(a.value or 0.0, b.value or 0.0, how.index) for a, b in good]
    points = [u * slope for u, slope in zip(us, slopes, strict=True) if u is not None]
    found = asymmetry.bilateral_mean(percents, u_common=max(points, default=0.0), index=how.index)
    if not is_person and not points:
        found = asymmetry.Interval(found.percent, None, "instrument", how.index, None, None, is_real=None)
    return found, _means(good), len(good)


def _over_limbs(left: Series, right: Series, how: Pairing) -> tuple[asymmetry.Interval, tuple[Value, Value], int]:
    n = min(len(left.numbers), len(right.numbers))
    pair = (left.usable[0], right.usable[0])
    if len(left.numbers) == len(right.numbers) == 1:
        return asymmetry.of_one_trial(*pair, how.index), pair, 1
    is_person = n >= asymmetry.FEWEST_FOR_PERSON
    relative = asymmetry.relative_u(*pair, common_only=is_person)
    found = asymmetry.unilateral_means(left.numbers, right.numbers, u_common=relative or 0.0, index=how.index)
    if not is_person and relative is None:
        found = asymmetry.Interval(found.percent, None, "instrument", how.index, None, None, is_real=None)
    means = [sum(s.numbers) / len(s.numbers) for s in (left, right)]
    return found, (_like(pair[0], means[0]), _like(pair[1], means[1])), n


def _means(good: Sequence[tuple[Value, Value]]) -> tuple[Value, Value]:
    left = _like(good[0][0], sum(a.value or 0.0 for a, _ in good) / len(good))
    return left, _like(good[0][1], sum(b.value or 0.0 for _, b in good) / len(good))


def _like(value: Value, number: float) -> Value:
    return Value(value.name, value.limb, number, value.unit, value.method, phase=value.phase, better=value.better)


def _verdicts(found: asymmetry.Interval, *, of: str, phase: str, better: Better, n: int) -> list[Value]:
    short = found.is_real is None
    params: dict[str, float | int | str | bool | None] = {"n": n}
    reasons, status = (("not_enough_trials",), Status.INVALID) if short else ((), Status.OK)
    number = None if found.is_real is None else float(found.is_real)
    made = [
        Value(
            "asymmetry_is_real",
            Limb.BOTH,
            number,
            "bool",
            found.method,
            phase=phase,
            of=of,
            params=params,
            status=status,
            reasons=reasons,
        )
    ]
    if better is Better.HIGHER:
        side = Limb.RIGHT if found.percent > 0 else Limb.LEFT
        limb = side if found.is_real else Limb.BOTH
        text = "" if short else (side.value if found.is_real else "none")
        made.append(
            Value(
                "stronger_limb",
                limb,
                number,
                "bool",
                found.method,
                phase=phase,
                of=of,
                params=params,
                status=status,
                reasons=reasons,
                text=text,
            )
        )
    return made
