"""A left and a right value of the same metric to an index, its interval, and whether it stands out of the person's spread."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from daq.metrics.uncertainty import coverage_factor
from daq.metrics.value import Value

DEFAULT_INDEX = "asym.max_denominator"
FEWEST_FOR_PERSON = 3
SMALLEST_FORCE_N, SMALLEST_U = 5.0, 5.0
LIVE_LEAST_N = {"plate": 50.0, "cell": 10.0}
# The part of u that all trials of a day share; noise is in the spread of the trials already.
COMMON_PARTS = ("gain", "zero", "time")


def index_percent(left: float, right: float, index: str = DEFAULT_INDEX) -> float:
    """Asymmetry of two values, both >= 0 and not both 0; positive = right larger (except the absolute symmetry index).

    >>> round(index_percent(900.0, 1000.0), 6), round(index_percent(900.0, 1000.0, "asym.total_denominator"), 4)
    (10.0, 5.2632)
    """
    larger, total = max(left, right), left + right
    if larger <= 0 or total <= 0:
        return math.nan
    formulas: dict[str, Callable[[], float]] = {
        "asym.max_denominator": lambda: 100.0 * (right - left) / larger,
        "asym.total_denominator": lambda: 100.0 * (right - left) / total,
        "asym.half_total": lambda: 200.0 * (right - left) / total,
        "asym.symmetry_index": lambda: 100.0 * abs(right - left) / total,
        "asym.symmetry_angle": lambda: 100.0 * (45.0 - math.degrees(math.atan2(left, right))) / 90.0,
    }
    return formulas[index]()


def index_of_log(log_ratio: float, index: str = DEFAULT_INDEX) -> float:
    """The index of ``ln(right / left)``.

    >>> round(index_of_log(math.log(1000.0 / 900.0)), 6)
    10.0
    """
    bounded = min(max(log_ratio, -50.0), 50.0)
    return index_percent(1.0, math.exp(bounded), index)


def index_slope(left: float, right: float, index: str = DEFAULT_INDEX) -> float:
    """Points of the index per unit of ``ln(right / left)``; times the relative u of the ratio it gives u of the index.

    >>> round(index_slope(100.0, 100.0), 3), round(index_slope(100.0, 100.0, "asym.total_denominator"), 3)
    (100.0, 50.0)
    """
    ratio, total = min(left, right) / max(left, right), left + right
    if index == "asym.max_denominator":
        return 100.0 * ratio
    if index == "asym.symmetry_angle":
        return 100.0 / math.pi * 2.0 * left * right / (left**2 + right**2)
    return (200.0 if index == "asym.half_total" else 100.0) * 2.0 * left * right / total**2


def relative_u(left: Value, right: Value, *, common_only: bool = False) -> float | None:
    """Relative standard uncertainty of right over left; the reference that both share cancels. None = not known."""
    if left.u is None or right.u is None or not left.value or not right.value:
        return None
    same = left.params.get("reference") == right.params.get("reference") is not None
    square = 0.0
    for value in (left, right):
        size = abs(value.value or math.nan)
        for name, part in value.u_parts.items():
            if (name == "reference" and same) or (common_only and name not in (*COMMON_PARTS, "reference")):
                continue
            square += (part / size) ** 2
    return math.sqrt(square)


def refusal(left: Value | None, right: Value | None, *, is_signed: bool) -> tuple[str, ...]:
    """Why two values give no index; empty when they do."""
    if left is None or right is None:
        return ("limb_missing",)
    if left.value is None or right.value is None:
        return tuple(dict.fromkeys((*left.reasons, *right.reasons))) or ("limb_missing",)
    if left.method != right.method:
        return ("method_mismatch",)
    if min(left.value, right.value) < 0 or (is_signed and "_net" in left.name):
        return ("signed_quantity",)
    larger = left if left.value >= right.value else right
    size = larger.value or 0.0
    if size <= SMALLEST_U * (larger.u or 0.0) or (larger.unit == "N" and size < SMALLEST_FORCE_N) or size == 0.0:
        return ("denominator_too_small",)
    return ()


@dataclass(frozen=True, slots=True)
class Interval:
    """Index, its 95 % interval (None = not known), whose it is (instrument or person), u, and whether 0 lies outside."""

    percent: float
    low_high: tuple[float, float] | None
    whose: str
    method: str
    u: float | None
    nu_eff: float | None
    is_real: bool | None


def of_one_trial(left: Value, right: Value, index: str) -> Interval:
    """The index of one pair with the instrument's interval."""
    left_value, right_value = left.value or 0.0, right.value or 0.0
    percent = index_percent(left_value, right_value, index)
    relative = relative_u(left, right)
    if relative is None:
        return Interval(percent, None, "instrument", index, None, None, is_real=None)
    # At one limb without force the slope is 0 while the value itself is still uncertain.
    slope = max(index_slope(left_value, right_value, index), 0.0) if min(left_value, right_value) > 0 else 0.0
    u = slope * relative
    half = coverage_factor(None) * u
    return Interval(percent, (percent - half, percent + half), "instrument", index, u, None, is_real=None)


def bilateral_mean(percents: Sequence[float], *, u_common: float, index: str) -> Interval:
    """Mean of the trial indices; from three trials on with the person's interval (``asym.real_index_t``).

    ``u_common`` is the instrument's standard uncertainty of the index, in points, common to all trials.
    """
    n = len(percents)
    mean = sum(percents) / n
    if n < FEWEST_FOR_PERSON:
        half = coverage_factor(None) * u_common
        return Interval(mean, (mean - half, mean + half), "instrument", index, u_common, None, is_real=None)
    square = sum((x - mean) ** 2 for x in percents) / (n - 1) / n
    half = math.sqrt(coverage_factor(n - 1) ** 2 * square + 4.0 * u_common**2)
    u = math.sqrt(square + u_common**2)
    return Interval(mean, (mean - half, mean + half), "person", "asym.real_index_t", u, n - 1, is_real=abs(mean) > half)


def unilateral_means(left: Sequence[float], right: Sequence[float], *, u_common: float, index: str) -> Interval:
    """Index of the limb means; from three trials per limb on with the person's interval on logarithms.

    ``u_common`` is the relative standard uncertainty of right over left from the instrument.
    """
    means = [sum(xs) / len(xs) for xs in (left, right)]
    percent = index_percent(means[0], means[1], index)
    if min(len(left), len(right)) < FEWEST_FOR_PERSON or min(*left, *right) <= 0:
        u = index_slope(means[0], means[1], index) * u_common if min(means) > 0 else 0.0
        half = coverage_factor(None) * u
        return Interval(percent, (percent - half, percent + half), "instrument", index, u, None, is_real=None)
    logs = [[math.log(x) for x in xs] for xs in (left, right)]
    centre = [sum(xs) / len(xs) for xs in logs]
    spread = [sum((x - c) ** 2 for x in xs) / (len(xs) - 1) for xs, c in zip(logs, centre, strict=True)]
    n = [len(left), len(right)]
    difference = centre[1] - centre[0]
    if n[0] == n[1]:
        method, nu = "asym.real_log_t", float(sum(n) - 2)
        pooled = sum(s * (k - 1) for s, k in zip(spread, n, strict=True)) / nu
        square = pooled * (1.0 / n[0] + 1.0 / n[1])
    else:
        method = "asym.real_log_welch"
        each = [s / k for s, k in zip(spread, n, strict=True)]
        square = sum(each)
        below = sum(e**2 / (k - 1) for e, k in zip(each, n, strict=True))
        nu = square**2 / below if below > 0 else float(sum(n) - 2)
    half = math.sqrt(coverage_factor(nu) ** 2 * square + 4.0 * u_common**2)
    ends = (index_of_log(difference - half, index), index_of_log(difference + half, index))
    u = index_slope(means[0], means[1], index) * math.sqrt(square + u_common**2)
    return Interval(percent, ends, "person", method, u, nu, is_real=abs(difference) > half)


def live_index(
    left_n: float, right_n: float, index: str = DEFAULT_INDEX, *, least_n: float = LIVE_LEAST_N["plate"]
) -> float | None:
    """The moving bar of a test with both limbs: an index of two calm forces, None (a dash) below ``least_n`` together.

    >>> live_index(300.0, 330.0), live_index(20.0, 20.0)
    (9.090909090909092, None)
    """
    left, right = max(left_n, 0.0), max(right_n, 0.0)
    # A NaN compares as not enough load.
    if not left + right >= least_n:
        return None
    return index_percent(left, right, index)


def right_share_percent(left_n: float, right_n: float, *, least_n: float = LIVE_LEAST_N["plate"]) -> float | None:
    """Share of the right in the sum, None below ``least_n`` together.

    >>> right_share_percent(400.0, 600.0)
    60.0
    """
    left, right = max(left_n, 0.0), max(right_n, 0.0)
    return 100.0 * right / (left + right) if left + right >= least_n else None
