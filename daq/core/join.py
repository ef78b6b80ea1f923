"""Left and right on their own clocks in, both on one time axis out: linear interpolation, a hole where either has one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from daq.block import Limb
from daq.metrics.effort import Curve, Instrument

Floats = NDArray[np.float64]

METHOD = "join.linear"
RATE_TIE = 0.0005
_NOTHING = np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """Left, right and their sum, row by row on ``both.t_s``; ``params`` names axis and method, empty where none was needed."""

    both: Curve
    left_n: Floats
    right_n: Floats
    params: Mapping[str, float | str]


def faster(left_hz: float, right_hz: float) -> Limb:
    """Whose axis a join stands on: the higher rate; the left one's within 0.05 %."""
    return Limb.RIGHT if right_hz > left_hz * (1 + RATE_TIE) else Limb.LEFT


def join(left: Curve, right: Curve) -> Joined:
    """``left`` and ``right`` on the axis of the faster one, and their sum.

    Notes
    -----
    Rows outside the time of the other curve are left out. A row is NaN where either curve has a hole, and where the row lies
    between two rows of the other of which one is a hole. Two limbs of one device share their axis: an exact sum, no params.
    """
    instrument = _instrument_of_sum(left.instrument, right.instrument)
    if np.array_equal(left.t_s, right.t_s):
        both = Curve(left.t_s, left.force_n + right.force_n, left.rate_hz, instrument)
        return Joined(both, left.force_n, right.force_n, {})
    axis = faster(left.rate_hz, right.rate_hz)
    own, other = (left, right) if axis is Limb.LEFT else (right, left)
    if not (len(own.t_s) and len(other.t_s)):
        inside = slice(0, 0)
    else:
        first = int(np.searchsorted(own.t_s, other.t_s[0], side="left"))
        inside = slice(first, int(np.searchsorted(own.t_s, other.t_s[-1], side="right")))
    t_s, own_n = own.t_s[inside], own.force_n[inside]
    other_n = interpolated(t_s, other.t_s, other.force_n)
    left_n, right_n = (own_n, other_n) if axis is Limb.LEFT else (other_n, own_n)
    both = Curve(t_s, left_n + right_n, own.rate_hz, instrument)
    return Joined(both, left_n, right_n, {"axis": axis.value, "method": METHOD})


def interpolated(t_s: Floats, known_t_s: Floats, known_n: Floats) -> Floats:
    """``known_n`` at times ``t_s`` by straight lines; NaN outside and beside a hole; the value itself where the times meet."""
    if not len(known_t_s):
        return np.full(len(t_s), np.nan)
    k = np.searchsorted(known_t_s, t_s, side="right") - 1
    is_inside = (k >= 0) & (t_s <= known_t_s[-1])
    k = np.clip(k, 0, len(known_t_s) - 1)
    after = np.minimum(k + 1, len(known_t_s) - 1)
    step = known_t_s[after] - known_t_s[k]
    share = np.divide(t_s - known_t_s[k], step, out=np.zeros(len(t_s)), where=step > 0)
    value = np.where(share > 0, known_n[k] + share * (known_n[after] - known_n[k]), known_n[k])
    return np.where(is_inside, value, np.nan)


class LiveJoin:
    """The same while force flows: rows of both limbs in as they come, joined rows out once, up to the watermark.

    Parameters
    ----------
    left_hz, right_hz : float
        Rates, as declared or measured; they choose the axis.
    patience_s : float
        How long a row waits for the other limb, in its own time; then it comes out with NaN on the other side.

    Notes
    -----
    The watermark is the older of the two newest rows. What comes out does not depend on how the rows are cut into blocks.
    A time that runs back, because a map has just become better, is held at the one before.
    """

    def __init__(self, left_hz: float, right_hz: float, *, patience_s: float = 3.0) -> None:
        self.axis = faster(left_hz, right_hz)
        self._patience_s = patience_s
        self._waiting = {Limb.LEFT: _Waiting(), Limb.RIGHT: _Waiting()}

    @property
    def params(self) -> dict[str, float | str]:
        """What a record says about the join."""
        return {"axis": self.axis.value, "method": METHOD}

    def feed(self, limb: Limb, t_s: Floats, force_n: Floats) -> None:
        """Take the next rows of ``limb``: ``t_s`` (n,) host seconds, ``force_n`` (n,) newtons."""
        self._waiting[limb].append(t_s, force_n)

    def take(self) -> tuple[Floats, Floats, Floats]:
        """The rows up to the watermark that have not been taken yet: ``t_s``, ``left_n``, ``right_n``, each (n,)."""
        own, other = self._waiting[self.axis], self._waiting[self.axis.other]
        # What the axis has not asked for in its patience it will not ask for: nothing grows while one device is away.
        other.drop(int(np.searchsorted(other.t_s, other.newest_s - self._patience_s)))
        if not len(own.t_s):
            return _NOTHING, _NOTHING, _NOTHING
        mark = max(other.newest_s, own.newest_s - self._patience_s)
        n_ready = int(np.searchsorted(own.t_s, mark, side="right"))
        if not n_ready:
            return _NOTHING, _NOTHING, _NOTHING
        t_s, own_n = own.t_s[:n_ready].copy(), own.force_n[:n_ready].copy()
        other_n = interpolated(t_s, other.t_s, other.force_n)
        own.drop(n_ready)
        # One row before the next time wanted stays: the straight line needs it.
        other.drop(max(0, int(np.searchsorted(other.t_s, t_s[-1], side="right")) - 1))
        return (t_s, own_n, other_n) if self.axis is Limb.LEFT else (t_s, other_n, own_n)


class _Waiting:
    """Rows of one limb that have not been joined yet."""

    def __init__(self) -> None:
        self.t_s = _NOTHING
        self.force_n = _NOTHING
        self.newest_s = -np.inf

    def append(self, t_s: Floats, force_n: Floats) -> None:
        if not len(t_s):
            return
        rising = np.maximum.accumulate(np.maximum(t_s, self.newest_s))
        self.t_s = np.concatenate([self.t_s, rising])
        self.force_n = np.concatenate([self.force_n, force_n])
        self.newest_s = float(rising[-1])

    def drop(self, n_rows: int) -> None:
        self.t_s = self.t_s[n_rows:]
        self.force_n = self.force_n[n_rows:]


def _instrument_of_sum(left: Instrument, right: Instrument) -> Instrument:
    """What is known about the sum of two limbs; unknown of one is unknown of both, and gains are taken as fully correlated."""
    zeros = (left.u_zero_n, right.u_zero_n)
    delay = left.group_delay_s if left.group_delay_s == right.group_delay_s else None
    is_shared = left.reference == right.reference
    return Instrument(
        kind=left.kind,
        u_gain=_larger(left.u_gain, right.u_gain),
        u_reference=max(left.u_reference, right.u_reference) if is_shared else 0.0,
        reference=left.reference if is_shared else "",
        u_zero_n=None if zeros[0] is None or zeros[1] is None else float(np.hypot(zeros[0], zeros[1])),
        resolution_n=_larger(left.resolution_n, right.resolution_n),
        range_n=None if left.range_n is None or right.range_n is None else left.range_n + right.range_n,
        settling_s=_larger(left.settling_s, right.settling_s),
        group_delay_s=delay,
        u_time=_larger(left.u_time, right.u_time),
        nominal_rate_hz=_larger(left.nominal_rate_hz, right.nominal_rate_hz),
        zero_age_s=_larger(left.zero_age_s, right.zero_age_s),
    )


def _larger(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else max(left, right)
