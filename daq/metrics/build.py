"""A number, its contributions and its reasons to a Value; the only place where status and uncertainty are set."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from daq.block import Limb
from daq.metrics import quality
from daq.metrics.catalogue import Absent, Metric, Number
from daq.metrics.reading import Reading
from daq.metrics.value import NO_PARAMS, NO_PARTS, Params, Status, Value

WITHOUT_INSTRUMENT = "without instrument part"
_UNKNOWN = "uncertainty_unknown"
# Beyond a thousand degrees of freedom the factor is that of infinitely many.
SMALLEST_SHARE = 1e-3
# Looking up a member of an enumeration costs as much as an addition of arrays.
_OK = Status.OK
_new_tuple = tuple.__new__


def values_of(row: Metric, reading: Reading, limb: Limb) -> list[Value]:
    """The values of one metric and limb: one, or one for each entry of a list; what cannot be given says why."""
    try:
        given = row.compute(reading, limb) if row.argument is None else row.compute(reading, limb, row.argument)
    except Absent as absent:
        return [withheld(row, limb, reading.missing.get(absent.stage) or reading.missing.get("") or ("window_beyond_trial",))]
    except ArithmeticError:
        # One value that no arithmetic gives from an odd curve may not take the others with it.
        return [withheld(row, limb, ("value_undefined",))]
    if isinstance(given, Number):
        return [value_of(row, limb, given, reading)]
    return [value_of(row, limb, number, reading) for number in given]


def value_of(row: Metric, limb: Limb, number: Number, reading: Reading) -> Value:
    """One value; it is withheld when a reason is ``invalid`` or the number is no number."""
    value, method, parts, params, reasons, events, bias, nu_eff, entry, is_void = number
    if is_void or not math.isfinite(value) or (reasons and quality.voiding(reasons)):
        return withheld(row, limb, reasons or ("sample_gap",), method=method, params=params, entry=entry)
    if reading.common:
        params = {**params, **reading.common}
    budget, status, text = reading.budgets[limb], _OK, ""
    u: float | None = None
    if parts is not None:
        u = math.hypot(*parts.values())
        if 0.0 < u < math.inf:
            if nu_eff is None and not reading.nu.keys().isdisjoint(parts):
                nu_eff = _freedom(parts, reading.nu, u)
            if not budget.is_known:
                text = WITHOUT_INSTRUMENT
        else:
            # No noise was seen and nothing is known of the instrument: that is no certainty.
            u = None
    if reasons:
        reasons = tuple(dict.fromkeys(reasons))
        status = Status.WARNING if quality.is_warning(reasons) else _OK
    if u is None:
        reasons = (*reasons, _UNKNOWN)
    # A tuple of all fields is a third of the cost of a call by name, and an analysis makes 150 values.
    return _new_tuple(Value, (
        row.name, limb, value, row.unit, method, row.phase, entry, "", u, nu_eff, bias, None, parts or NO_PARTS, params,
        status, reasons, row.better, events, text, budget.reference, budget.is_known,
    ))  # fmt: skip


def _freedom(parts: Mapping[str, float], nu: Mapping[str, float], u: float) -> float | None:
    """Welch-Satterthwaite over the contributions that have finite degrees of freedom."""
    below = 0.0
    for name, n in nu.items():
        part = parts.get(name)
        if part:
            below += (part / u) ** 4 / n
    return 1.0 / below if below > SMALLEST_SHARE else None


def withheld(
    row: Metric,
    limb: Limb,
    reasons: Iterable[str],
    *,
    method: str = "",
    params: Params = NO_PARAMS,
    entry: int | None = None,
) -> Value:
    """A value that is not given, and why."""
    return Value(
        row.name, limb, None, row.unit, method, row.phase, entry, params=params, status=Status.INVALID,
        reasons=quality.ranked(reasons), better=row.better,
    )  # fmt: skip
