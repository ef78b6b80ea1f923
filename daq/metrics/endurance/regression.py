"""Impulse and work time of several exhausting trials to the line ``J = w_prime + critical_force * T``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from daq.block import Limb
from daq.metrics import quality
from daq.metrics.endurance.of_one import freedom
from daq.metrics.trial import TrialResult
from daq.metrics.uncertainty import combined
from daq.metrics.value import Better, Params, Status, Value

METHOD = "critical_force.impulse_time"
FEWEST_TRIALS, LARGEST_RELATIVE_U, LEAST_SPREAD = 3, 0.10, 0.10
NAMES = (("critical_force_regression", "N"), ("w_prime_regression", "N*s"))


class Line(NamedTuple):
    """Slope (N) and intercept (N s) of impulse over work time, their standard errors, and residual degrees of freedom."""

    critical_force_n: float
    w_prime_n_s: float
    u_critical_force_n: float
    u_w_prime_n_s: float
    nu: int


def impulse_time_line(impulses_n_s: Sequence[float], work_s: Sequence[float]) -> Line:
    """Least squares of impulse over work time.

    Parameters
    ----------
    impulses_n_s : sequence of float
        Total impulse of each trial, at least three.
    work_s : sequence of float
        Summed work time of each, without the rests: elapsed time would give the force times the share of work.

    Examples
    --------
    >>> times = [70.0, 140.0, 210.0]
    >>> line = impulse_time_line([5000 + 200 * t for t in times], times)
    >>> round(line.critical_force_n, 6), round(line.w_prime_n_s, 6)
    (200.0, 5000.0)
    """
    impulse, time = np.asarray(impulses_n_s, dtype=np.float64), np.asarray(work_s, dtype=np.float64)
    mean_s = float(time.mean())
    x = time - mean_s
    power, n = float(x @ x), len(time)
    slope = float(x @ (impulse - impulse.mean())) / power
    intercept = float(impulse.mean()) - slope * mean_s
    rest = impulse - intercept - slope * time
    nu = n - 2
    sd = math.sqrt(float(rest @ rest) / nu)
    return Line(slope, intercept, sd / math.sqrt(power), sd * math.sqrt(1.0 / n + mean_s**2 / power), nu)


def regression_values(trials: Sequence[TrialResult], limb: Limb) -> list[Value]:
    """``critical_force_regression`` and ``w_prime_regression`` of the valid trials of a limb; none for a single trial.

    Each trial needs ``impulse_total`` and ``time_under_tension``. Withheld below three trials (``not_enough_trials``) and
    where their work times differ by less than 10 % (``work_times_alike``); a slope uncertain by more than 10 % warns.
    """
    pairs = [(trial.find("impulse_total", limb), trial.find("time_under_tension", limb)) for trial in trials]
    usable = [(j, t) for j, t in pairs if j is not None and t is not None and j.is_usable and t.is_usable]
    if len(usable) < 2:  # noqa: PLR2004, one all-out test is no set of trials
        return []
    impulses, times = ([each.value for each in some if each.value is not None] for some in zip(*usable, strict=True))
    params: Params = {
        "n": len(usable), "time": "work, without rests", "shortest_s": min(times), "longest_s": max(times),
        "note": "differences between days not included",
    }  # fmt: skip
    if len(usable) < FEWEST_TRIALS:
        return [_withheld(name, unit, limb, "not_enough_trials", params) for name, unit in NAMES]
    if max(times) - min(times) < LEAST_SPREAD * max(times):
        return [_withheld(name, unit, limb, "work_times_alike", params) for name, unit in NAMES]
    return _values(impulse_time_line(impulses, times), usable[-1], limb, params)


def _values(line: Line, last: tuple[Value, Value], limb: Limb, params: Params) -> list[Value]:
    impulse, time = last
    # What the instrument adds to every impulse: a share of it, and its zero over the work time. The zero stays in the slope.
    shares = {name: impulse.u_parts.get(name, 0.0) / abs(impulse.value or math.nan) for name in ("gain", "reference")}
    zero_n = impulse.u_parts.get("zero", 0.0) / (time.value or math.nan)
    is_loose = not line.u_critical_force_n <= LARGEST_RELATIVE_U * abs(line.critical_force_n)
    codes = ("fit_uncertain",) if is_loose else ()
    made = []
    rows = ((line.critical_force_n, line.u_critical_force_n, zero_n), (line.w_prime_n_s, line.u_w_prime_n_s, 0.0))
    for (name, unit), (value, u_fit, zero) in zip(NAMES, rows, strict=True):
        common = {part: abs(value) * share for part, share in shares.items()} | {"zero": zero}
        parts = {**common, "fit": u_fit}
        nu = freedom(u_fit, line.nu, rest=combined(common))
        u = combined(parts) or None
        made.append(
            Value(
                name, limb, value, unit, METHOD, u=u, nu_eff=nu, u_parts=parts, params=params,
                status=Status.WARNING if quality.is_warning(codes) else Status.OK,
                reasons=codes if u is not None else (*codes, "uncertainty_unknown"), better=Better.HIGHER,
                reference=impulse.reference, knows_instrument=impulse.knows_instrument,
            )
        )  # fmt: skip
    return made


def _withheld(name: str, unit: str, limb: Limb, code: str, params: Params) -> Value:
    return Value(name, limb, None, unit, METHOD, params=params, status=Status.INVALID, reasons=(code,), better=Better.HIGHER)
