"""The valid trials of one test to best, mean, mean of the two best, sum of both bests, and spread."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from daq.block import SIDES, Limb
from daq.metrics.asymmetry import is_common
from daq.metrics.families import phase_of
from daq.metrics.trial import TrialResult
from daq.metrics.uncertainty import effective_freedom
from daq.metrics.value import Better, Status, Value

SPREAD_PERCENT = 10.0
SPREAD_LIMIT = "trial_spread_n"
# Of trials of one kind only, so that the best trial of the test need not have it.
OF_A_KIND_OF_TRIAL = ("make_peak_force", "break_peak_force")
_TWO = 2


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
    found = (trial.find(name, limb, phase=phase) for trial in trials)
    # The entries of a list (hops, repetitions) belong to their own trial; only single values are compared over trials.
    return Series(name, limb, phase, tuple(None if v is not None and v.entry is not None else v for v in found))


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
    if series.name in OF_A_KIND_OF_TRIAL:
        best = best_index(series)
    chosen = series.values[best] if best is not None and best < len(series.values) else None
    if chosen is not None and chosen.is_usable:
        params = {**chosen.params, "trial": (best or 0) + 1, "n": n_best, "of_method": chosen.method}
        made.append(chosen._replace(name=f"{series.name}_best", method="summary.best", of=chosen.name, params=params))
    made.append(mean_of(series))
    made.append(_cv(series, usable))
    return made


def common_parts(usable: Sequence[Value]) -> dict[str, float]:
    """The contributions that all trials of a day share, by name; averaging does not reduce them."""
    n, squares = len(usable), dict[str, float]()
    for v in usable:
        for part, u in v.u_parts.items():
            if part == "reference" or is_common(part):
                squares[part] = squares.get(part, 0.0) + u * u / n
    return {part: math.sqrt(square) for part, square in squares.items()}


def mean_of(series: Series) -> Value:
    """``<metric>_mean``, for a statement about today: ``u^2 = u_sys^2 + s^2/n``, the spread with n - 1 degrees of freedom.

    What the instrument adds in the same way to every trial (gain, reference, zero, time) is in ``u_sys``.
    """
    numbers, usable = series.numbers, series.usable
    first, n = usable[0], len(usable)
    name, method = f"{series.name}_mean", "summary.mean"
    if n < _TWO:
        return _short(series, name, method, unit=first.unit, better=first.better)
    mean = sum(numbers) / n
    common = common_parts(usable)
    spread = math.sqrt(sum((x - mean) ** 2 for x in numbers) / (n - 1) / n)
    systematic = math.sqrt(sum(u * u for u in common.values()))
    biases = [v.bias for v in usable if v.bias is not None]
    # Equal trials and nothing known of the instrument: that is no certainty.
    u = math.hypot(spread, systematic) or None
    return Value(
        name, series.limb, mean, first.unit, method, phase=series.phase, of=series.name, u=u,
        nu_eff=effective_freedom([(spread, n - 1), (systematic, None)]), bias=sum(biases) / n if biases else None,
        u_parts={"trials": spread, **common}, params={"n": n, "of_method": first.method}, better=first.better,
        reference=first.reference, knows_instrument=all(v.knows_instrument for v in usable),
        reasons=() if u is not None else ("uncertainty_unknown",),
    )  # fmt: skip


def representative(series: Series) -> Value | None:
    """What the trials of today say about a metric: the mean of two or more, the value of one, None of none."""
    usable = series.usable
    if not usable:
        return None
    return mean_of(series) if len(usable) >= _TWO else usable[0]


def _short(series: Series, name: str, method: str, *, unit: str, better: Better) -> Value:
    return Value(
        name, series.limb, None, unit, method, phase=series.phase, of=series.name, status=Status.INVALID,
        reasons=("not_enough_trials",), better=better, params={"n": len(series.usable)},
    )  # fmt: skip


def _cv(series: Series, usable: Sequence[Value]) -> Value:
    numbers, n, name, method = series.numbers, len(usable), "trial_cv_percent", "summary.cv"
    mean = sum(numbers) / n
    if n < _TWO or mean <= 0 or min(numbers) < 0:
        return _short(series, name, method, unit="percent", better=Better.LOWER)
    sd = math.sqrt(sum((x - mean) ** 2 for x in numbers) / (n - 1))
    return Value(
        name, series.limb, 100.0 * sd / mean, "percent", method, phase=series.phase, of=series.name, better=Better.LOWER,
        params={"n": n}, reasons=("uncertainty_unknown",),
    )  # fmt: skip


def best_two(series: Series, *, limits: Mapping[str, float]) -> list[Value]:
    """``best_two_difference_percent`` and ``<metric>_best_two``, the mean of the two best trials of the primary metric.

    Parameters
    ----------
    series : Series
        The primary metric of one limb.
    limits : mapping
        Gates of the test: with ``trial_spread_n`` above 0 the two best may differ by so many newtons, otherwise by 10 %.

    Notes
    -----
    Two bests that do not agree warn with ``trial_spread_high``, which asks for one more trial. There is no formula for the
    best of n: the mean of the two has the instrument's part in full and the noise of one trial over sqrt 2.
    """
    usable = series.usable
    if not usable:
        return []
    percent_name, mean_name, method = "best_two_difference_percent", f"{series.name}_best_two", "summary.best_two"
    is_lower = usable[0].better is Better.LOWER
    ranked = sorted(usable, key=lambda v: v.value or 0.0, reverse=not is_lower)[:_TWO]
    numbers = [v.value or 0.0 for v in ranked]
    if len(ranked) < _TWO or numbers[0] <= 0:
        like = usable[0]
        return [
            _short(series, percent_name, method, unit="percent", better=Better.LOWER),
            _short(series, mean_name, method, unit=like.unit, better=like.better),
        ]
    apart = abs(numbers[0] - numbers[1])
    percent = 100.0 * apart / numbers[0]
    limit_n = (limits.get(SPREAD_LIMIT) or None) if ranked[0].unit == "N" else None
    is_wide = apart > limit_n if limit_n is not None else percent > SPREAD_PERCENT
    codes, status = (("trial_spread_high",), Status.WARNING) if is_wide else ((), Status.OK)
    params: dict[str, float | int | str | bool | None] = {"n": len(usable), "difference_percent": percent}
    params |= {"limit_n": limit_n} if limit_n is not None else {"limit_percent": SPREAD_PERCENT}
    spread = Value(
        percent_name, series.limb, percent, "percent", method, phase=series.phase, of=series.name, better=Better.LOWER,
        status=status, reasons=(*codes, "uncertainty_unknown"), params=params,
    )  # fmt: skip
    return [spread, _mean_of_two(series, ranked, mean_name, codes=codes, status=status, params=params)]


def _mean_of_two(
    series: Series, ranked: Sequence[Value], name: str, *, codes: tuple[str, ...], status: Status,
    params: Mapping[str, float | int | str | bool | None],
) -> Value:  # fmt: skip
    first = ranked[0]
    parts, u = dict[str, float](), None
    if all(v.u is not None for v in ranked):
        parts = common_parts(ranked)
        own = [sum(x * x for part, x in v.u_parts.items() if part not in parts) for v in ranked]
        parts["trials"] = math.sqrt(sum(own)) / _TWO
        u = math.sqrt(sum(x * x for x in parts.values()))
    biases = [v.bias for v in ranked if v.bias is not None]
    return Value(
        name, series.limb, sum(v.value or 0.0 for v in ranked) / _TWO, first.unit, "summary.best_two", phase=series.phase,
        of=series.name, u=u, bias=sum(biases) / _TWO if biases else None, u_parts=parts, status=status,
        reasons=codes if u is not None else (*codes, "uncertainty_unknown"), params={**params, "of_method": first.method},
        better=first.better, reference=first.reference, knows_instrument=all(v.knows_instrument for v in ranked),
    )  # fmt: skip


def combined_best(left: Series, right: Series) -> Value | None:
    """``peak_force_combined``: best left plus best right."""
    bests = [max(s.usable, key=lambda v: v.value or 0.0) for s in (left, right) if s.usable]
    if not bests:
        return None
    name, method, like = f"{left.name}_combined", "summary.sum_of_best", bests[0]
    if len(bests) < len(SIDES):
        return Value(
            name, Limb.BOTH, None, like.unit, method, of=left.name, status=Status.INVALID, reasons=("limb_missing",),
            better=like.better,
        )  # fmt: skip
    parts = sum_parts(bests) if all(v.u is not None for v in bests) else {}
    u = math.sqrt(sum(x * x for x in parts.values())) if parts else None
    biases = [v.bias for v in bests if v.bias is not None]
    return Value(
        name, Limb.BOTH, sum(v.value or 0.0 for v in bests), like.unit, method, of=left.name, u=u, u_parts=parts,
        bias=sum(biases) if biases else None, better=like.better, reasons=() if u is not None else ("uncertainty_unknown",),
        params={"left": bests[0].value, "right": bests[1].value, "of_method": like.method},
        knows_instrument=all(v.knows_instrument for v in bests),
    )  # fmt: skip


def sum_parts(values: Sequence[Value]) -> dict[str, float]:
    """Contributions to the sum of two values: a reference that both name adds up in full, everything else in quadrature."""
    same = len({v.reference for v in values}) == 1 and values[0].reference != ""
    names: Iterable[str] = dict.fromkeys(name for v in values for name in v.u_parts)
    parts = {}
    for name in names:
        each = [v.u_parts.get(name, 0.0) for v in values]
        parts[name] = sum(each) if name == "reference" and same else math.sqrt(sum(x * x for x in each))
    return parts
