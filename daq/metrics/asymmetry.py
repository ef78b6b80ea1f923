"""A left and a right value of the same metric to an index, its slope, its relative uncertainty, and why there may be none."""

from __future__ import annotations

import math
from collections.abc import Callable

from daq.metrics.value import Value

DEFAULT_INDEX = "asym.max_denominator"
TOTAL_INDEX = "asym.total_denominator"
WITHOUT_SIDE = "asym.symmetry_index"
SMALLEST_FORCE_N, SMALLEST_U = 5.0, 5.0
LIVE_LEAST_N = {"plate": 50.0, "cell": 10.0}
# The part of u that all trials of a day share; noise is in the spread of the trials already.
COMMON_PARTS = ("gain", "zero", "time", "shares", "arm")
# What an uncertain instant adds to the force or the impulse at it.
EVENT_PARTS = ("event", "events")
SHARE = "weight_share"


def index_percent(left: float, right: float, index: str = DEFAULT_INDEX) -> float:
    """Asymmetry of two values, both >= 0 and not both 0; positive = right larger (except the absolute symmetry index).

    >>> round(index_percent(900.0, 1000.0), 6), round(index_percent(900.0, 1000.0, "asym.total_denominator"), 4)
    (10.0, 5.2632)
    """
    larger, total = max(left, right), left + right
    if larger <= 0 or total <= 0:
        return math.nan
    return _FORMULAS[index](left, right, larger, total)


_FORMULAS: dict[str, Callable[[float, float, float, float], float]] = {
    "asym.max_denominator": lambda left, right, larger, _: 100.0 * (right - left) / larger,
    "asym.total_denominator": lambda left, right, _, total: 100.0 * (right - left) / total,
    "asym.half_total": lambda left, right, _, total: 200.0 * (right - left) / total,
    "asym.symmetry_index": lambda left, right, _, total: 100.0 * abs(right - left) / total,
    "asym.symmetry_angle": lambda left, right, *_: 100.0 * (45.0 - math.degrees(math.atan2(left, right))) / 90.0,
}


def index_of_log(log_ratio: float, index: str = DEFAULT_INDEX) -> float:
    """The index of ``ln(right / left)``.

    >>> round(index_of_log(math.log(1000.0 / 900.0)), 6)
    10.0
    """
    bounded = min(max(log_ratio, -50.0), 50.0)
    return index_percent(1.0, math.exp(bounded), index)


def from_default_index(percent: float, index: str) -> float:
    """The same pair of values in another index: a mark of the default index, carried over.

    >>> [round(from_default_index(mark, "asym.total_denominator"), 1) for mark in (10.0, 15.0)]
    [5.3, 8.1]
    """
    if index == DEFAULT_INDEX:
        return percent
    smaller = max(1.0 - abs(percent) / 100.0, 0.0)
    return index_percent(smaller, 1.0, index) if percent >= 0 else index_percent(1.0, smaller, index)


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


def is_common(part: str) -> bool:
    """The contribution of this name is the same in every trial of a day: ``gain``, ``zero left``.

    >>> is_common("gain left"), is_common("noise")
    (True, False)
    """
    return part.partition(" ")[0] in COMMON_PARTS


def relative_u(left: Value, right: Value, *, common_only: bool = False, together: bool = False) -> float | None:
    """Relative standard uncertainty of right over left; what both share cancels. None = not known."""
    parts = relative_parts(left, right, common_only=common_only, together=together)
    return None if parts is None else math.hypot(*parts.values())


def relative_parts(left: Value, right: Value, *, common_only: bool = False, together: bool = False) -> dict[str, float] | None:
    """Contributions by name to the relative standard uncertainty of right over left; None = not known.

    Parameters
    ----------
    left, right : Value
        The same metric of both sides.
    common_only : bool
        Only what all trials of a day share.
    together : bool
        Both limbs at once: the events were found on their sum, so that a late event is late for both.
    """
    if left.u is None or right.u is None or not left.value or not right.value:
        return None
    same = left.reference == right.reference != ""
    sizes, is_share = (abs(left.value), abs(right.value)), left.name == SHARE
    parts: dict[str, float] = {}
    for name in dict.fromkeys((*left.u_parts, *right.u_parts)):
        if name == "reference":
            if same:
                continue
        elif common_only and not is_common(name):
            continue
        a, b = left.u_parts.get(name, 0.0) / sizes[0], right.u_parts.get(name, 0.0) / sizes[1]
        if is_share:
            # What one side carries more the other carries less.
            parts[name] = a + b
        elif together and name in EVENT_PARTS:
            parts[name] = abs(a - b)
        else:
            parts[name] = math.hypot(a, b)
    return parts


def without_bias(value: Value) -> float:
    """The number less its listed bias."""
    return (value.value or 0.0) - (value.bias or 0.0)


def bias_points(left: Value, right: Value, index: str = DEFAULT_INDEX) -> float | None:
    """What the biases of two peaks do to the index, in points; None where neither lists one."""
    if left.bias is None and right.bias is None:
        return None
    raw = index_percent(left.value or 0.0, right.value or 0.0, index)
    return raw - index_percent(max(without_bias(left), 0.0), max(without_bias(right), 0.0), index)


def refusal(left: Value | None, right: Value | None, *, is_signed: bool) -> tuple[str, ...]:
    """Why two values give no index; empty when they do."""
    if left is None or right is None:
        return ("limb_missing",)
    if left.value is None or right.value is None:
        return tuple(dict.fromkeys((*left.reasons, *right.reasons))) or ("limb_missing",)
    if left.method != right.method:
        return ("method_mismatch",)
    # A rate of rise may be negative and still be compared where it is not; a net impulse or a displacement has no natural zero.
    if min(left.value, right.value) < 0 or (is_signed and ("_net" in left.name or left.unit == "m")):
        return ("signed_quantity",)
    larger = left if left.value >= right.value else right
    size = larger.value or 0.0
    if size <= SMALLEST_U * (larger.u or 0.0) or (larger.unit == "N" and size < SMALLEST_FORCE_N) or size == 0.0:
        return ("denominator_too_small",)
    return ()


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
