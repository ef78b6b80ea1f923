"""The time column of a file to its rate and an even time axis: rounded and jittered times count, missing rows stay missing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from daq.errors import DaqError, UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daq.metrics.effort import Floats
    from daq.store.csv_import import Table

RATE_SHARE = 0.005
SLOWEST_HZ, FASTEST_HZ = 1.0, 100_000.0
# No test works so slowly; times in milliseconds without a unit look like this.
LIKELY_MS_HZ = 5.0
_SPAN_ROWS, _DECIMALS, _LARGEST_UNIT = 64, 7, 20.0
# A step is odd from a quarter of the usual one on; this many rows to both sides tell a missing row from jitter.
_ODD, _FEWEST_ODD, _ROWS_BESIDE = 0.25, 4, 25
_SHIFT, _NEAR = 0.6, 5
# So many evenly spread odd steps are no chance.
_SURELY_ODD = 8
_LARGEST_JITTER = 0.5


class RateError(DaqError):
    """The rate that was typed contradicts the time column."""


def time_axis(table: Table, rate: float | None) -> tuple[float, Floats]:
    """Rate in Hz and the time axis in s: from the time column where there is one; ``rate`` may only not contradict it.

    Raises
    ------
    UsageError
        Neither a rate nor a time column, or a rate that no sensor has.
    RateError
        Rate and time column differ by more than 0.5 %, or the time column does not rise.
    """
    if rate is not None and not SLOWEST_HZ <= rate <= FASTEST_HZ:
        raise UsageError(f"--rate {rate:g} should be rows a second, between 1 and 100000.")
    times = table.time_s()
    if table.n_rows < 2:  # noqa: PLR2004, two rows make a step
        raise RateError(f"{table.path.name} has one row of numbers, which is no curve; record or export it again.")
    if times is None:
        if rate is None:
            raise UsageError(f"{table.path.name} has no time column; add --rate HZ, the rows a second.")
        return rate, np.arange(table.n_rows) / rate
    column = f"The time column {table.time_name!r} of {table.path.name}"
    if not np.isfinite(times).all():
        raise RateError(f"{column} has empty cells; repair it or remove it.")
    usual_s = _usual_step(times)
    if usual_s <= 0:
        raise RateError(f"{column} does not rise; repair it or remove it.")
    if not SLOWEST_HZ / 2 <= 1.0 / usual_s <= 2 * FASTEST_HZ:
        raise RateError(
            f"{column} has steps of {usual_s:.3g} s, which no sensor has; name its unit in the header, for example time_ms."
        )
    grid = even_grid(times)
    if grid is None:
        raise RateError(f"{column} does not rise; repair it or remove it.")
    measured, places = grid
    if rate is not None and abs(rate / measured - 1.0) > RATE_SHARE:
        raise RateError(
            f"Wrong rate: --rate {rate:g} Hz, but the time column {table.time_name!r} of {table.path.name} says"
            f" {measured:.6g} Hz. Leave --rate out, or check the file."
        )
    return measured, float(times[0]) + places / measured


def milliseconds_hint(table: Table, rate_hz: float) -> str:
    """A sentence where the times are so far apart that they look like milliseconds; "" otherwise."""
    if table.time_name is None or rate_hz > LIKELY_MS_HZ:
        return ""
    return (
        f"the times of {table.time_name!r} are {1.0 / rate_hz:.3g} s apart; they look like milliseconds. If they are,"
        " name the column time_ms."
    )


def even_grid(times: Floats) -> tuple[float, Floats] | None:
    """Rate in Hz and the place of every row, in steps from the first; None where the times do not rise.

    Printed times are rounded and a computer's clock jitters, so a step alone says little: where many steps are odd, the rows
    are placed by the line through them, and a row counts as missing only where all rows after it are late.

    Examples
    --------
    Rows of 2000 Hz, printed with three decimals, and a hole that stays one.

    >>> rate_hz, places = even_grid(np.round(np.arange(400) / 2000.0, 3))
    >>> rate_hz, bool((places == np.arange(400)).all())
    (2000.0, True)
    >>> even_grid(np.array([0.0, 0.01, 0.02, 0.05, 0.06]))[1].tolist()
    [0.0, 1.0, 2.0, 5.0, 6.0]
    """
    steps = np.diff(times)
    usual_s = _usual_step(times)
    if usual_s <= 0:
        return None
    is_odd = np.abs(steps - usual_s) > _ODD * usual_s
    n_odd = int(np.count_nonzero(is_odd))
    if n_odd >= _FEWEST_ODD and (found := _along_the_line(times, usual_s, n_odd=n_odd)) is not None:
        return found
    middle = float(np.median(steps))
    if middle <= 0:
        return None
    regular = np.abs(steps - middle) < 0.5 * middle
    if not regular.any():
        return 1.0 / usual_s, np.round((times - times[0]) / usual_s)
    rate_hz = _whole(float(regular.sum() / steps[regular].sum()), n_rows=len(times))
    return rate_hz, np.round((times - times[0]) * rate_hz)


def _usual_step(times: Floats) -> float:
    """The step over many rows, where most stretches are whole: no single rounded step counts, and no single hole."""
    n = max(min(_SPAN_ROWS, (len(times) - 1) // 4), 1)
    return float(np.median(times[n:] - times[:-n])) / n


def _along_the_line(times: Floats, usual_s: float, *, n_odd: int) -> tuple[float, Floats] | None:
    """Rate and places from straight lines through whole stretches; None where holes explain the odd steps better."""
    unit = _printed_unit(times) / usual_s
    if unit > _LARGEST_UNIT:
        return None
    steps = np.diff(times) / usual_s
    low, high = np.percentile(steps, (5.0, 95.0))
    # The two percentiles of a normal spread are 3.29 SD apart.
    reach = 1.0 + 1.01 * max(unit, _ODD) + 5.0 * float(high - low) / 3.29
    places = np.arange(len(times), dtype=np.float64)
    # A hole is what no rounding and no jitter makes of one step; the first line is that of the stretches between holes.
    late = np.flatnonzero(steps > reach)
    step = _common_step(times, late + 1) or usual_s
    for at in late.tolist():
        places[at + 1 :] += max(round((times[at + 1] - times[at]) / step) - 1, 0)
    n_breaks = len(late)
    beside = max(_ROWS_BESIDE, math.ceil(2 * unit**2))
    for _ in range(2):
        step, off = _fit(times, places)
        # What rounding alone explains is no hole.
        if step <= 0 or (n_odd >= _SURELY_ODD and float(np.abs(off).max()) <= 0.51 * unit):
            break
        shifts = _shifts(off, beside)
        for at, size in shifts:
            near = late[np.abs(late + 1 - at) <= _NEAR] + 1
            places[int(near[0]) if len(near) else at :] += size
        n_breaks += len(shifts)
    step, off = _fit(times, places)
    if step <= 0 or float(np.std(off)) > max(_LARGEST_JITTER, 0.5 * unit) or 4 * n_breaks >= n_odd:
        return None
    return _whole(1.0 / step, n_rows=len(times)), places


def _fit(times: Floats, places: Floats) -> tuple[float, Floats]:
    """The step of the line through all rows, and how far each row is off, in steps."""
    about = places - places.mean()
    step = float(about @ times) / float(about @ about)
    return step, ((times - times.mean()) / step - about if step > 0 else np.zeros_like(times))


def _common_step(times: Floats, borders: NDArray[np.intp]) -> float:
    """Slope that the stretches between ``borders`` share, each with a level of its own; 0 where there is none."""
    above = below = 0.0
    for part in np.split(times, borders):
        rows = np.arange(len(part)) - 0.5 * (len(part) - 1)
        above += float(rows @ part)
        below += float(rows @ rows)
    return above / below if below > 0 else 0.0


def _shifts(off: Floats, beside: int) -> list[tuple[int, int]]:
    """Where the rows from one on are late by a whole step or more, or early: its number and the steps."""
    if len(off) < 2 * beside:
        return []
    sums = np.concatenate(([0.0], np.cumsum(off)))
    mean = (sums[beside:] - sums[:-beside]) / beside
    jump = mean[beside:] - mean[:-beside]
    found = []
    size = np.abs(jump)
    while len(size) and size.max() > _SHIFT:
        at = int(size.argmax())
        found.append((at + beside, round(float(jump[at])) or int(np.sign(jump[at]))))
        size[max(at - beside, 0) : at + beside] = 0.0
    return found


def _printed_unit(times: Floats) -> float:
    """The last printed digit of all times, in s; 0 where they have more than seven decimals."""
    for digits in range(_DECIMALS + 1):
        scaled = times * 10.0**digits
        if np.abs(scaled - np.round(scaled)).max() < 1e-3:  # noqa: PLR2004, of a unit
            return 10.0**-digits
    return 0.0


def _whole(rate_hz: float, *, n_rows: int) -> float:
    """The nearest whole rate, where it puts every row of the file on its own place; otherwise the rate itself."""
    nearest = round(rate_hz)
    reach = min(1e-4, 0.25 / n_rows)
    return float(nearest) if nearest and abs(rate_hz / nearest - 1.0) < reach else rate_hz
