"""Curves of a set of repetitions or contractions to its reading: where each begins and ends, and what each limb did in it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from daq.block import Limb
from daq.metrics.catalogue import Absent
from daq.metrics.endurance.segments import (
    END_SHARE,
    MERGED_S,
    ROLLING_S,
    SHORTEST_S,
    START_SHARE,
    Found,
    Stretch,
    find_repetitions,
    hidden_by_holes,
)  # fmt: skip
from daq.metrics.reading import Conditions, Reading
from daq.metrics.samples import white_noise_n
from daq.metrics.trace import Trace
from daq.metrics.uncertainty import SQRT_12, Top, top_of
from daq.metrics.value import Instant, Params

# A sensor of nominally 10 Hz runs at 9.98.
SLOWEST_HZ, RECOMMENDED_HZ = 9.95, 49.75
REST_S, CLEAR_S, FEWEST_QUIET = 1.0, 0.1, 10
EVENTS = ("rep_start", "rep_end")
START_METHOD, END_METHOD = "onset.hysteresis", "offset.hysteresis"
RULE: Params = {
    "start_share": START_SHARE, "end_share": END_SHARE, "rolling_s": ROLLING_S, "shortest_s": SHORTEST_S,
    "merged_s": MERGED_S, "borders": "interpolated",
}  # fmt: skip


class Work(NamedTuple):
    """What one limb did in one repetition; ``hole`` are the codes of a peak in it, ``gap`` those of an integral over it."""

    entry: int
    start_s: float
    stop_s: float
    peak_n: float
    peak_s: float
    i_peak: int
    impulse_n_s: float
    mean_n: float
    ends_n: tuple[float, float]
    part: slice
    hole: tuple[str, ...]
    gap: tuple[str, ...]

    @property
    def length_s(self) -> float:
        """Time from start to end."""
        return self.stop_s - self.start_s

    @property
    def n(self) -> int:
        """Samples in it."""
        return int(self.part.stop - self.part.start)


@dataclass(slots=True, eq=False)
class Series(Reading):
    """Repetitions found in the curve of the trial (the sum of both limbs where both work at once), in order of time."""

    reps: tuple[Stretch, ...] = ()
    n_short: int = field(init=False)
    _works: dict[Limb, tuple[Work, ...]] = field(default_factory=dict)
    _tops: dict[tuple[Limb, int], Top] = field(default_factory=dict)
    _noises: dict[Limb, float] = field(default_factory=dict)

    @property
    def u_event_s(self) -> float:
        """Standard uncertainty of each start and end."""
        return math.hypot(self.trace.dt_s / SQRT_12, self.u_clock_s)

    def works(self, limb: Limb) -> tuple[Work, ...]:
        """Each repetition as this limb did it; ``Absent`` where there is none."""
        self.found("repetitions")
        known = self._works.get(limb)
        if known is None:
            trace = self.trace_of(limb)
            known = self._works[limb] = tuple(work_of(trace, rep, entry=i) for i, rep in enumerate(self.reps, 1))
        if not known:
            raise Absent("repetitions")
        return known

    def noise_n(self, limb: Limb) -> float:
        """White noise per sample of this limb at rest."""
        known = self._noises.get(limb)
        if known is None:
            known = self._noises[limb] = rest_noise_n(self.trace_of(limb), self.reps)
        return known

    def top(self, limb: Limb, work: Work) -> Top:
        """The flat part at the peak of a repetition."""
        known = self._tops.get((limb, work.entry))
        if known is None:
            trace = self.trace_of(limb)
            known = top_of(trace.force_n[work.part], rate_hz=trace.rate_hz, noise_n=self.noise_n(limb))
            self._tops[limb, work.entry] = known
        return known

    def slow(self, limb: Limb) -> tuple[str, ...]:
        """Peaks and means of a sensor below 50 Hz say so."""
        return slow_codes(self.trace_of(limb))

    def events(self) -> dict[str, Instant]:
        """Start and end of each repetition: ``rep_start_1``, ``rep_end_1``, ..."""
        found: dict[str, Instant] = {}
        for i, rep in enumerate(self.reps, 1):
            rows = (("rep_start", rep.start_s, START_METHOD), ("rep_end", rep.stop_s, END_METHOD))
            for name, t_s, method in rows:
                found[f"{name}_{i}"] = Instant(f"{name}_{i}", t_s, self.u_event_s, self.trace.nearest(t_s), method, RULE)
        return found


def is_recorded(trace: Trace, start_s: float, stop_s: float) -> bool:
    """The record of this limb holds these times; its samples may lie up to a step and a half off those of the trial."""
    edge_s = 1.5 * trace.dt_s
    return trace.start_s - edge_s <= start_s and stop_s <= trace.stop_s + edge_s


def work_of(trace: Trace, rep: Stretch, *, entry: int) -> Work:
    """One limb's part of a repetition that lies between these times."""
    a, b = rep.start_s, rep.stop_s
    part = trace.slice(a, b)
    if part.stop <= part.start or not is_recorded(trace, a, b):
        codes = ("window_beyond_trial",)
        none = slice(part.start, part.start)
        return Work(entry, a, b, math.nan, a, part.start, math.nan, math.nan, (math.nan, math.nan), none, codes, codes)
    i = part.start + int(trace.force_n[part].argmax())
    impulse = trace.impulse_between(a, b)
    hole = ("sample_gap",) if trace.touches_hole(a, b) else ()
    return Work(
        entry, a, b, float(trace.force_n[i]), float(trace.t_s[i]), i, impulse, impulse / (b - a), (trace.at(a), trace.at(b)),
        part, hole, trace.gap_codes(a, b),
    )  # fmt: skip


def rest_noise_n(trace: Trace, reps: tuple[Stretch, ...]) -> float:
    """White noise in the longest rest there is: before the first repetition or between two; without any, in the first."""
    if not reps:
        return white_noise_n(trace.force_n)
    borders = [trace.start_s, *(t for rep in reps for t in (rep.start_s, rep.stop_s)), trace.stop_s]
    rests = [(borders[i + 1] - borders[i], borders[i]) for i in range(0, len(borders), 2)]
    length, start = max(rests)
    length = min(length, REST_S + 2 * CLEAR_S)
    part = trace.slice(start + CLEAR_S, start + length - CLEAR_S)
    if part.stop - part.start < FEWEST_QUIET:
        part = trace.slice(reps[0].start_s, reps[0].stop_s)
    return white_noise_n(trace.force_n[part])


def slow_codes(trace: Trace) -> tuple[str, ...]:
    """Peaks and means of a sensor below 50 Hz say so."""
    return ("rate_too_low",) if trace.rate_hz < RECOMMENDED_HZ else ()


def is_too_slow(reading: Reading, *stages: str) -> bool:
    """Below 10 Hz no peak and no mean is given."""
    if reading.trace.rate_hz >= reading.limit("slowest_hz"):
        return False
    reading.tell("rate_too_low")
    reading.block(("rate_too_low",), *stages)
    return True


def read_series(conditions: Conditions) -> Series:
    """Find every repetition; nothing is raised, what is missing says why."""
    series = Series(conditions)
    if is_too_slow(series, "repetitions"):
        return series
    found = find_repetitions(series.trace, kind=conditions.sensor)
    series.reps, series.n_short = found.reps, found.n_short
    if hidden_by_holes(series.trace, found.reps):
        series.tell("sample_gap")
        series.block(("sample_gap",), "repetitions")
    _count(series, found)
    _cadence(series)
    return series


def _count(series: Series, found: Found) -> None:
    n = len(found.reps)
    codes: tuple[str, ...] = ()
    if found.begins_inside:
        codes += ("onset_not_found",)
    if found.stops_inside:
        codes += ("peak_at_edge",)
    if n < series.limit("fewest"):
        codes += ("too_few_reps",)
    if found.n_short and n < max(series.limit("fewest"), series.limit("n_expected")):
        codes += ("rep_too_short",)
    series.tell(*codes)
    if n == 0:
        series.block(codes or ("too_few_reps",), "repetitions")


def _cadence(series: Series) -> None:
    """Work and rest follow the test's rhythm; 0 s in the test's file means that it has none."""
    allowed, reps = series.limit("cadence_s"), series.reps
    work_s, rest_s = series.limit("work_s"), series.limit("rest_s")
    is_off = work_s > 0 and any(abs(rep.length_s - work_s) > allowed for rep in reps)
    rests = [b.start_s - a.stop_s for a, b in pairwise(reps)]
    if is_off or (rest_s > 0 and any(abs(rest - rest_s) > allowed for rest in rests)):
        series.tell("irregular_cadence")
