"""Curves of a pull, push or grip to its events: baseline, onset, offset; and the checks of the effort."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from daq.block import SIDES, Limb
from daq.metrics.effort import Floats
from daq.metrics.methods import Rule
from daq.metrics.onset import Onset, find_onset
from daq.metrics.trace import Trace, reading_step_n, runs
from daq.metrics.uncertainty import SQRT_12, Budget
from daq.metrics.value import Instant

SLOWEST_FORCE_HZ = 10.0
EDGE_S, LATE_S, BEFORE_S = 0.050, 5.0, 0.5
OFFSET_FLOOR_N = {"plate": 10.0, "cell": 2.0, "hand": 2.0}
DIP_FLOOR_N = {"plate": 50.0, "cell": 1.0, "hand": 1.0}
FAST_CUES = ("fast_and_hard",)


@dataclass(slots=True)
class Pull:
    """What was found in one pull; ``start_s`` and ``stop_s`` bound the effort, also where no onset was found."""

    traces: Mapping[Limb, Trace]
    main: Limb
    kind: str
    u_clock_s: float
    start_s: float
    stop_s: float
    onset: Onset | None = None
    offset: Instant | None = None
    budgets: dict[Limb, Budget] = field(default_factory=dict)
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    @property
    def trace(self) -> Trace:
        """The curve in which events are found."""
        return self.traces[self.main]

    def baseline_of(self, limb: Limb) -> tuple[float, float, int]:
        """Mean, SD and number of samples of this limb's own force in the baseline window."""
        if self.onset is None:
            return (0.0, 0.0, 1)
        base = self.onset.baseline
        if limb is self.main:
            return (base.mean_n, base.sd_n, base.n)
        trace = self.traces[limb]
        part = trace.force_n[trace.slice(base.start_s, base.stop_s)]
        return (float(part.mean()), float(part.std(ddof=1)), len(part)) if len(part) > 1 else (0.0, 0.0, 1)

    def events(self) -> dict[str, Instant]:
        """Every instant found, by name."""
        found = (self.onset.instant if self.onset else None, self.offset)
        return {instant.name: instant for instant in found if instant is not None}


def read_pull(traces: Mapping[Limb, Trace], main: Limb, *, rule: Rule, kind: str, cue: str, u_clock_s: float) -> Pull:
    """Find the events of the effort; nothing is raised, what is missing says why."""
    trace = traces[main]
    pull = Pull(traces, main, kind, u_clock_s, trace.start_s, trace.stop_s)
    for limb, each in traces.items():
        pull.budgets[limb] = Budget.of(each.instrument)
    if all(side in traces for side in SIDES):
        pull.budgets[Limb.BOTH] = Budget.of_sum(pull.budgets[Limb.LEFT], pull.budgets[Limb.RIGHT])
    # A sensor of nominally 10 Hz runs at 9.98.
    if trace.rate_hz < 0.995 * SLOWEST_FORCE_HZ:
        pull.missing |= dict.fromkeys(("effort", "onset", "rise"), ("rate_too_low",))
        pull.reasons.append("rate_too_low")
        return pull
    found = find_onset(trace, rule=rule, kind=kind, budget=pull.budgets[main], u_clock_s=u_clock_s)
    peak = int(trace.force_n.argmax())
    if not isinstance(found, Onset):
        pull.missing |= dict.fromkeys(("onset", "rise"), found)
        pull.reasons += found
        if float(trace.force_n[peak]) < OFFSET_FLOOR_N[kind]:
            pull.missing["effort"] = found
        return pull
    pull.onset = found
    pull.start_s = found.instant.t_s
    pull.reasons += found.reasons
    if cue not in FAST_CUES:
        pull.missing["rise"] = ("cue_not_fast",)
    _end(pull, found)
    _checks(pull, found)
    return pull


def _end(pull: Pull, onset: Onset) -> None:
    """Offset: the last sample of the run above ``m + max(5 s, 3 q, floor)`` that holds the peak."""
    trace, base = pull.trace, onset.baseline
    first = trace.below(onset.instant.t_s) + 1
    rise = max(5.0 * base.sd_n, 3.0 * reading_step_n(trace), OFFSET_FLOOR_N[pull.kind])
    peak = first + int(trace.force_n[first:].argmax()) if first < len(trace.force_n) else len(trace.force_n) - 1
    low = trace.force_n[peak:] <= base.mean_n + rise
    starts, stops = runs(low)
    # A single noisy sample is no release; a release lasts, or the record ends in it.
    lasting = np.flatnonzero((stops - starts >= max(trace.n_in(0.010), 1)) | (stops == len(low)))
    if trace.stop_s - float(trace.t_s[peak]) < EDGE_S:
        pull.reasons.append("peak_at_edge")
    if len(lasting) == 0:
        return
    i = max(peak + int(starts[lasting[0]]) - 1, peak)
    u = math.hypot(trace.dt_s / SQRT_12, pull.u_clock_s)
    params = {"threshold_n": base.mean_n + rise}
    pull.offset = Instant("offset", float(trace.t_s[i]), u, i, "offset.noise_relative_5sd", params)
    pull.stop_s = float(trace.t_s[i])


def _checks(pull: Pull, onset: Onset) -> None:
    trace, base, t0 = pull.trace, onset.baseline, onset.instant.t_s
    effort = trace.slice(t0, pull.stop_s)
    force = trace.force_n[effort]
    if len(force) == 0:
        return
    peak = int(force.argmax())
    if float(trace.t_s[effort.start + peak]) - t0 > LATE_S:
        pull.reasons.append("peak_late")
    before = trace.force_n[trace.slice(t0 - BEFORE_S, t0)]
    dip = max(5.0 * base.sd_n, 3.0 * reading_step_n(trace), DIP_FLOOR_N[pull.kind])
    starts, stops = runs(before < base.mean_n - dip)
    if len(starts) and int((stops - starts).max()) >= max(trace.n_in(0.010), 1):
        pull.reasons.append("countermovement_before_pull")
    if _is_double(force - base.mean_n):
        pull.reasons.append("double_pull")


def _is_double(net_n: Floats) -> bool:
    """After a drop below 50 % of the peak so far the force rises again by more than 20 % of it."""
    highest = np.maximum.accumulate(net_n)
    below = np.flatnonzero((net_n < 0.5 * highest) & (highest > 0.25 * float(net_n.max())))
    if len(below) == 0:
        return False
    rest = net_n[int(below[0]) :]
    return bool((rest - np.minimum.accumulate(rest)).max() > 0.2 * float(net_n.max()))


def effort_slice(pull: Pull, limb: Limb) -> slice:
    """The samples of this limb from onset to offset."""
    trace = pull.traces[limb]
    part = trace.slice(pull.start_s, pull.stop_s)
    # The peak belongs to the effort even when the start lies behind it.
    return part if part.stop > part.start else slice(0, len(trace.force_n))


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
    t0 = max(float(trace.t_s[i - 1]), start_s) if i > 0 else start_s
    f0, t1, f1 = trace.at(t0), float(trace.t_s[i]), float(trace.force_n[i])
    return t1 if f1 <= f0 else t0 + (t1 - t0) * min(max((level_n - f0) / (f1 - f0), 0.0), 1.0)
