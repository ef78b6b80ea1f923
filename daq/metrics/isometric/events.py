"""Curves of a pull, push or grip to its events: baseline, onset, offset, and each limb's part in the effort."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from daq.block import Limb
from daq.metrics.catalogue import Absent, Number
from daq.metrics.effort import Floats
from daq.metrics.isometric.checks import check_effort, check_tension
from daq.metrics.isometric.standing import find_standing
from daq.metrics.onset import Onset, Search, find_onset
from daq.metrics.reading import Conditions, Reading
from daq.metrics.samples import moving_mean, runs
from daq.metrics.slopes import Sides, sides_at, u_between_n
from daq.metrics.trace import Trace, reading_step_n
from daq.metrics.uncertainty import SQRT_12, Top, top_of
from daq.metrics.value import Instant
from daq.metrics.weighing import Weighing

EDGE_S, RELEASED_S = 0.050, 0.010
OFFSET_FLOOR_N = {"plate": 10.0, "cell": 2.0, "hand": 2.0}
LEAST_EFFORT_N = {"plate": 20.0, "cell": 2.0, "hand": 2.0}
FAST_CUES = ("fast_and_hard",)
# Mean, SD and number of samples where nothing was seen at rest.
NO_REST = (0.0, 0.0, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """One limb's own part in a pull: its baseline, its samples from onset to offset, and its highest sample.

    ``base_n``, ``noise_n`` and ``n_base`` are mean, SD and number of the limb's own samples in the baseline window.
    """

    trace: Trace
    base_n: float
    noise_n: float
    n_base: int
    first: int
    force_n: Floats
    i_peak: int
    peak_n: float
    peak_s: float
    start_s: float
    stop_s: float


@dataclass(slots=True, eq=False)
class Pull(Reading):
    """What was found in one pull; ``start_s`` and ``stop_s`` bound the effort, also where no onset was found.

    ``means`` remembers the highest moving means by limb and length, which several metrics ask for.

    Stages that may be missing: ``effort`` (no force at all), ``onset``, ``rise`` (what is counted from the onset on),
    ``weighing`` (always so where nobody stands on a plate).
    """

    start_s: float = 0.0
    stop_s: float = 0.0
    begun: Onset | None = None
    offset: Instant | None = None
    weighed: Weighing | None = None
    _shares: dict[Limb, Share] = field(default_factory=dict, repr=False)
    _tops: dict[Limb, Top] = field(default_factory=dict, repr=False)
    means: dict[tuple[Limb, float], Number] = field(default_factory=dict, repr=False)
    _standing: dict[Limb, tuple[float, float, int]] = field(default_factory=dict, repr=False)
    _ends: dict[tuple[Limb, float], tuple[Sides, float]] = field(default_factory=dict, repr=False)

    @property
    def sensor(self) -> str:
        """Plate, cell or hand: limits and steps follow it."""
        return self.conditions.sensor

    @property
    def onset(self) -> Onset:
        """The onset; ``Absent`` where none was found."""
        if self.begun is None:
            raise Absent("onset")
        return self.begun

    @property
    def t0_s(self) -> float:
        """Time of the onset."""
        return self.onset.instant.t_s

    @property
    def u_onset_s(self) -> float:
        """Standard uncertainty of the onset; 0 where a person set it."""
        return self.onset.instant.u_s or 0.0

    @property
    def weighing(self) -> Weighing:
        """The quiet standing before the pull; ``Absent`` where there was none."""
        if self.weighed is None:
            raise Absent("weighing")
        return self.weighed

    def standing_of(self, limb: Limb) -> tuple[float, float, int]:
        """Mean, SD and number of samples of this limb's own force in the weighing window."""
        known = self._standing.get(limb)
        if known is None:
            trace, weighing = self.trace_of(limb), self.weighing
            part = trace.force_n[trace.slice(*weighing.span_s)]
            if len(part) < 2:  # noqa: PLR2004, an SD needs two
                raise Absent("weighing")
            known = self._standing[limb] = (float(part.mean()), float(part.std(ddof=1)), len(part))
        return known

    def share(self, limb: Limb) -> Share:
        """The part of this limb in the effort; ``Absent`` where there was none."""
        self.found("effort")
        known = self._shares.get(limb)
        if known is None:
            known = self._shares[limb] = _share_of(self, limb)
        return known

    def top(self, limb: Limb) -> Top:
        """Noise, bias and uncertainty at this limb's highest sample."""
        known = self._tops.get(limb)
        if known is None:
            share = self.share(limb)
            known = self._tops[limb] = top_of(share.force_n, rate_hz=share.trace.rate_hz, noise_n=share.noise_n)
        return known

    def end(self, limb: Limb, time_s: float) -> tuple[Sides, float]:
        """At an instant of this limb: the slopes before and after it, and u of the force on the line between two samples, N."""
        known = self._ends.get((limb, time_s))
        if known is None:
            trace = self.trace_of(limb)
            sides = sides_at(trace, time_s)
            known = self._ends[limb, time_s] = (sides, u_between_n(trace, time_s, sides))
        return known

    def events(self) -> dict[str, Instant]:
        """Every instant found, by name."""
        found = (self.begun.instant if self.begun else None, self.offset)
        return {instant.name: instant for instant in found if instant is not None}


def _excursion_n(trace: Trace) -> float:
    """How far the 100 ms means of a record reach from their lowest to their highest."""
    level = moving_mean(trace.force_n, max(min(trace.n_in(0.1), len(trace.force_n)), 1))
    return float(level.max() - max(level.min(), 0.0))


def read_pull(conditions: Conditions) -> Pull:
    """Find the events of the effort; nothing is raised, what is missing says why."""
    pull = Pull(conditions)
    trace = pull.trace
    pull.start_s, pull.stop_s = trace.start_s, trace.stop_s
    if trace.rate_hz < pull.limit("slowest_hz"):
        pull.block(("rate_too_low",), "effort", "onset", "rise", "weighing")
        pull.tell("rate_too_low")
        return pull
    from_s = _stand(pull)
    weight_n, until_s = (pull.weighed.weight_n, pull.weighed.stop_s) if pull.weighed else (None, -math.inf)
    found = find_onset(
        Search(
            trace, conditions.rules, pull.sensor, pull.limit, pull.budgets[pull.main], pull.u_clock_s, weight_n, from_s, until_s
        )
    )
    if not isinstance(found, Onset):
        pull.block(found, "onset", "rise")
        pull.tell(*found)
        if _excursion_n(trace) < LEAST_EFFORT_N[pull.sensor]:
            # Standing still, or a weight left on the sensor, is no effort.
            pull.block(found, "effort")
        return pull
    pull.begun, pull.start_s = found, found.instant.t_s
    pull.tell(*found.reasons)
    if conditions.cue not in FAST_CUES:
        pull.block(("cue_not_fast",), "rise")
    _end(pull, found)
    if pull.sensor == "plate" and conditions.cue in FAST_CUES:
        pull.tell(*check_tension(trace, found, pull.limit, weight_n=weight_n))
    pull.tell(*check_effort(trace, found, pull.stop_s, pull.limit, sensor=pull.sensor))
    return pull


def _stand(pull: Pull) -> float:
    """Weigh a person who stands on the plate; since when the plate carries the person."""
    if pull.sensor != "plate":
        pull.block(("weighing_missing",), "weighing")
        return -math.inf
    conditions = pull.conditions
    legs = "one_leg_" if conditions.one_leg else ""
    stood = find_standing(
        pull.trace, rule=conditions.rules["weigh"], stored_weight_n=conditions.effort.stored_weight_n,
        quiet=(pull.limit(f"{legs}quiet_n"), pull.limit(f"{legs}quiet_share")), gravity=pull.gravity,
    )  # fmt: skip
    pull.weighed = stood.weighing
    if stood.missing:
        pull.block(stood.missing, "weighing")
    pull.tell(*stood.reasons)
    return stood.from_s


def _end(pull: Pull, onset: Onset) -> None:
    """Offset: the last sample of the run above ``m + max(5 s, 3 q, floor)`` that holds the peak."""
    trace, base = pull.trace, onset.baseline
    first = trace.below(onset.instant.t_s)
    rise = max(5.0 * base.sd_n, 3.0 * reading_step_n(trace), OFFSET_FLOOR_N[pull.sensor])
    peak = first + int(trace.force_n[first:].argmax())
    low = trace.force_n[peak:] <= base.mean_n + rise
    starts, stops = runs(low)
    # A single noisy sample is no release; a release lasts, or the record ends in it.
    lasting = np.flatnonzero((stops - starts >= trace.n_in(RELEASED_S)) | (stops == len(low)))
    if trace.stop_s - float(trace.t_s[peak]) < EDGE_S:
        pull.tell("peak_at_edge")
    if len(lasting) == 0:
        return
    i = max(peak + int(starts[lasting[0]]) - 1, peak)
    u = math.hypot(trace.dt_s / SQRT_12, pull.u_clock_s)
    params = {"threshold_n": base.mean_n + rise}
    pull.offset = Instant("offset", float(trace.t_s[i]), u, i, "offset.noise_relative_5sd", params)
    pull.stop_s = float(trace.t_s[i])


def _share_of(pull: Pull, limb: Limb) -> Share:
    trace = pull.trace_of(limb)
    part = trace.slice(pull.start_s, pull.stop_s)
    # The peak belongs to the effort even when the start lies behind it.
    part = part if part.stop > part.start else slice(0, len(trace.force_n))
    force = trace.force_n[part]
    i = int(force.argmax())
    base_n, noise_n, n_base = _baseline_of(pull, limb, trace)
    return Share(
        trace, base_n, noise_n, n_base, part.start, force, part.start + i, float(force[i]), float(trace.t_s[part.start + i]),
        float(trace.t_s[part.start]), float(trace.t_s[part.stop - 1]),
    )  # fmt: skip


def _baseline_of(pull: Pull, limb: Limb, trace: Trace) -> tuple[float, float, int]:
    """Mean, SD and number of samples of this limb's own force in the baseline window."""
    if pull.begun is None:
        return NO_REST
    base = pull.begun.baseline
    if limb is pull.main:
        return (base.mean_n, base.sd_n, base.n)
    part = trace.force_n[trace.slice(base.start_s, base.stop_s)]
    return (float(part.mean()), float(part.std(ddof=1)), len(part)) if len(part) > 1 else NO_REST


def hole_codes(trace: Trace, start_s: float, stop_s: float) -> tuple[str, ...]:
    """A peak or a rate may not touch any hole."""
    return ("sample_gap",) if trace.touches_hole(start_s, stop_s) else ()


def first_crossing_s(trace: Trace, start_s: float, stop_s: float, level_n: float) -> float | None:
    """First time from ``start_s`` on at which the force reaches the level, interpolated."""
    if trace.at(start_s) >= level_n:
        return start_s
    part = trace.slice(start_s, stop_s)
    above = np.flatnonzero(trace.force_n[part] >= level_n)
    if len(above) == 0:
        return None
    i = part.start + int(above[0])
    t0 = max(float(trace.t_s[i - 1]), start_s)
    f0, t1, f1 = trace.at(t0), float(trace.t_s[i]), float(trace.force_n[i])
    return t0 + (t1 - t0) * (level_n - f0) / (f1 - f0)
