"""A force curve to its repetitions: stretches between a rise and a fall, with hysteresis, all at once for the whole record."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from daq.metrics.effort import Floats
from daq.metrics.samples import Bools, Ints, moving_mean, runs
from daq.metrics.trace import Trace

ROLLING_S = 30.0
START_SHARE, END_SHARE = 0.2, 0.1
SHORTEST_S, MERGED_S = 0.3, 0.2
NOISE_SDS = (5.0, 3.0)
# Half of a normal distribution lies within this many SD.
NORMAL_MEDIAN = 0.6744897501960817
# Start and end of a repetition are never sought below these.
FLOORS_N = {"plate": (20.0, 10.0), "cell": (5.0, 3.0), "hand": (5.0, 3.0)}


class Stretch(NamedTuple):
    """From the rise through the start level to the fall through the end level (s); half-open indices of its samples."""

    start_s: float
    stop_s: float
    first: int
    stop: int

    @property
    def length_s(self) -> float:
        """Time between the two crossings."""
        return self.stop_s - self.start_s


class Found(NamedTuple):
    """The whole repetitions, how many were too short, and whether the record begins or stops within one."""

    reps: tuple[Stretch, ...]
    n_short: int
    begins_inside: bool
    stops_inside: bool


def rolling_maximum(values: Floats, half: int) -> Floats:
    """Maximum of the samples ``i - half`` to ``i + half`` for each i, exact, in time that does not depend on ``half``.

    Parameters
    ----------
    values : (n,) array
    half : int
        Samples on either side; windows are cut at the ends of the record.

    Examples
    --------
    >>> rolling_maximum(np.array([1.0, 5.0, 2.0, 0.0, 3.0]), 1).tolist()
    [5.0, 5.0, 5.0, 3.0, 3.0]
    """
    n = len(values)
    half = min(half, n)
    width = 2 * half + 1
    # Blocks as long as the window: each window is the end of one block and the beginning of the next.
    padded = np.full(-(-(n + 2 * half) // width) * width, -np.inf)
    padded[half : half + n] = values
    blocks = padded.reshape(-1, width)
    from_left = np.maximum.accumulate(blocks, axis=1).ravel()
    from_right = np.maximum.accumulate(blocks[:, ::-1], axis=1)[:, ::-1].ravel()
    return np.asarray(np.maximum(from_right[:n], from_left[2 * half : 2 * half + n]))


def rest_level_n(trace: Trace, *, kind: str) -> float:
    """Force at rest: the zero of a cell; on a plate, on which a person may stand, the 2nd percentile of the 100 ms means."""
    if kind != "plate":
        return 0.0
    n = max(min(trace.n_in(0.1), len(trace.force_n)), 1)
    return float(np.percentile(moving_mean(trace.force_n, n), 2))


def levels_of(trace: Trace, *, kind: str) -> tuple[Floats, Floats]:
    """Start level and end level at each sample, N: 20 % and 10 % of the highest force within 15 s, not below the floors.

    Nor below 5 and 3 SD of the noise, which short pauses would otherwise join into a repetition. All stand above the force at
    rest. The window is centred, since the whole record is known: with the past alone the first
    repetition would begin at a lower level than all others.
    """
    rest_n = rest_level_n(trace, kind=kind)
    highest = rolling_maximum(trace.force_n, trace.n_in(0.5 * ROLLING_S)) - rest_n
    noise_n = usual_noise_n(trace.force_n)
    start_n, end_n = (max(floor, k * noise_n) for floor, k in zip(FLOORS_N[kind], NOISE_SDS, strict=True))
    return rest_n + np.maximum(START_SHARE * highest, start_n), rest_n + np.maximum(END_SHARE * highest, end_n)


def usual_noise_n(force_n: Floats) -> float:
    """SD of white noise per sample from the median difference of neighbours, on which rises and falls have no say."""
    return float(np.median(np.abs(np.diff(force_n)))) / (NORMAL_MEDIAN * math.sqrt(2.0))


def under_tension(force_n: Floats, start_n: Floats, end_n: Floats) -> Bools:
    """From a sample above ``start_n`` until one below ``end_n``; between the two the state stays as it was.

    >>> force = np.array([0.0, 6.0, 4.0, 6.0, 2.0, 4.0])
    >>> under_tension(force, np.full(6, 5.0), np.full(6, 3.0)).tolist()
    [False, True, True, True, False, False]
    """
    turn = (force_n > start_n).astype(np.int8) - (force_n < end_n).astype(np.int8)
    latest = np.maximum.accumulate(np.where(turn != 0, np.arange(len(turn)), 0))
    return np.asarray(turn[latest] > 0)


def find_repetitions(trace: Trace, *, kind: str, keeps_open_end: bool = False) -> Found:
    """The repetitions of a record.

    Parameters
    ----------
    trace : Trace
        Force without NaN; what a hole hides is for the caller to judge.
    kind : str
        plate, cell or hand, for the floors of the two levels.
    keeps_open_end : bool
        Keep a last one that the end of the record cuts off.

    Returns
    -------
    Found
        In order of time. Pauses below 0.2 s are no pauses; after that, what is shorter than 0.3 s is no repetition.

    Notes
    -----
    A repetition whose rise lies before the record, or whose fall lies behind it, is left out when the force at that end of
    the record is still above half of its peak.
    """
    start_n, end_n = levels_of(trace, kind=kind)
    starts, stops = runs(under_tension(trace.force_n, start_n, end_n))
    if len(starts) == 0:
        return Found((), 0, begins_inside=False, stops_inside=False)
    starts_s = _crossings(trace, starts, start_n, is_rise=True)
    stops_s = _crossings(trace, stops, end_n, is_rise=False)
    is_pause = starts_s[1:] - stops_s[:-1] >= MERGED_S
    begins, ends = np.concatenate(([True], is_pause)), np.concatenate((is_pause, [True]))
    rows = zip(starts_s[begins].tolist(), stops_s[ends].tolist(), starts[begins].tolist(), stops[ends].tolist(), strict=True)
    merged = [Stretch(*row) for row in rows]
    long = [each for each in merged if each.length_s >= SHORTEST_S]
    n_short, rest_n = len(merged) - len(long), rest_level_n(trace, kind=kind)
    begins_inside = bool(long) and long[0].first == 0 and _is_high(trace, long[0], 0, rest_n=rest_n)
    long = long[1:] if begins_inside else long
    n = len(trace.force_n)
    stops_inside = bool(long) and long[-1].stop == n and _is_high(trace, long[-1], n - 1, rest_n=rest_n)
    return Found(tuple(long[:-1] if stops_inside and not keeps_open_end else long), n_short, begins_inside, stops_inside)


def _crossings(trace: Trace, at: Ints, level_n: Floats, *, is_rise: bool) -> Floats:
    """Interpolated times at which the force passes the level between the samples ``at - 1`` and ``at``."""
    n = len(trace.force_n)
    # Where the record cuts off a stretch, any two samples will do.
    after = at % n
    before = after - 1
    f0, f1 = trace.force_n[before], trace.force_n[after]
    # The level itself may have moved past a force that stays.
    share = np.divide(level_n[after] - f0, f1 - f0, out=np.zeros(len(at)), where=f1 != f0).clip(0.0, 1.0)
    times = trace.t_s[before] + share * (trace.t_s[after] - trace.t_s[before])
    # A stretch that the record cuts off begins or ends with the record.
    is_cut = at == 0 if is_rise else at == n
    return np.asarray(np.where(is_cut, trace.t_s[0] if is_rise else trace.t_s[-1], times))


def _is_high(trace: Trace, stretch: Stretch, i: int, *, rest_n: float) -> bool:
    return float(trace.force_n[i]) - rest_n > 0.5 * (float(trace.force_n[stretch.first : stretch.stop].max()) - rest_n)


def hidden_by_holes(trace: Trace, reps: tuple[Stretch, ...]) -> bool:
    """A hole may hide where a repetition begins or ends, or a whole one.

    In a repetition or at its border a hole of 0.2 s or more may hide a pause; elsewhere between the first and the last one
    of 0.3 s or more may hide a repetition.
    """
    if not reps:
        return any(b - a - trace.dt_s >= SHORTEST_S for a, b in trace.holes)
    for a, b in trace.holes:
        missing_s = b - a - trace.dt_s
        if missing_s >= MERGED_S and any(a < rep.stop_s and b > rep.start_s for rep in reps):
            return True
        if missing_s >= SHORTEST_S and a > reps[0].start_s and b < reps[-1].stop_s:
            return True
    return False
