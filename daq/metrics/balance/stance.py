"""A quiet stance to what its metrics stand on: the time that counts, the sway of its centre of pressure, what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from daq.metrics.balance.processing import RULES, Path, bridged
from daq.metrics.balance.track import Track
from daq.metrics.catalogue import Absent
from daq.metrics.effort import Floats
from daq.metrics.reading import Conditions, Reading
from daq.metrics.samples import runs
from daq.metrics.trace import LONGEST_BRIDGE_S, Trace
from daq.metrics.uncertainty import SQRT_12
from daq.metrics.value import Instant, Params

RECOMMENDED_HZ, FEWEST = 100.0, 100
# A foot that leaves the plate crosses the threshold more than once.
STEADY_S = 0.2
START, END = "stance_start", "stance_end"
FOOT_DOWN, STEPPED_OFF, FULL_TIME, RECORD_END = "foot_down", "stepped_off", "full_time", "record_end"


@dataclass(frozen=True, slots=True)
class OnOneLeg:
    """The stretch on one leg, s; how it ended: foot_down, stepped_off, full_time, record_end.

    ``is_start_seen`` is False where the record begins on one leg, so that the foot may have been up for longer.
    """

    start_s: float
    stop_s: float
    ended_by: str
    is_start_seen: bool


@dataclass(slots=True, eq=False)
class Stance(Reading):
    """What was found: the time that counts, the stretch on one leg, the processed centre of pressure."""

    start_s: float = field(init=False)
    stop_s: float = field(init=False)
    method: str = "cop.lp10_100hz"
    cop_params: Params = field(default_factory=dict)
    cop_reasons: tuple[str, ...] = ()
    _path: Path | None = None
    _one_leg: OnOneLeg | None = None
    memo: dict[str, float] = field(default_factory=dict)
    power: tuple[Floats, Floats, Floats] | None = None

    @property
    def span_s(self) -> float:
        """Length of the time that counts; ``Absent`` where there is none."""
        self.found("stance")
        return self.stop_s - self.start_s

    @property
    def path(self) -> Path:
        """The processed centre of pressure; ``Absent`` where there is none."""
        if self._path is None:
            raise Absent("stance" if "stance" in self.missing else "cop")
        return self._path

    @property
    def one_leg(self) -> OnOneLeg:
        """The stretch on one leg; ``Absent`` where there is none."""
        if self._one_leg is None:
            raise Absent("one_leg")
        return self._one_leg

    @property
    def u_edge_s(self) -> float:
        """Standard uncertainty of an event found on samples."""
        return float(np.hypot(self.trace.dt_s / SQRT_12, self.u_clock_s))

    def events(self) -> dict[str, Instant]:
        """Start and end of the time that counts."""
        if self.stop_s <= self.start_s:
            return {}
        return {
            name: Instant(name, t_s, self.u_edge_s, self.trace.nearest(t_s), "stance.loaded")
            for name, t_s in ((START, self.start_s), (END, self.stop_s))
        }


def read_stance(conditions: Conditions) -> Stance:
    """Find the time that counts and process the centre of pressure in it."""
    stance = Stance(conditions, method=conditions.rules["cop"].id)
    trace = stance.trace
    stance.start_s, stance.stop_s = trace.start_s + stance.limit("discard_first_s"), trace.stop_s
    if conditions.one_leg:
        _read_one_leg(stance)
    _check_time(stance)
    _read_cop(stance)
    return stance


def _read_one_leg(stance: Stance) -> None:
    """The first stretch with the leg loaded and, where it can be seen, the other foot off its plate."""
    trace, free = stance.trace, stance.conditions.free
    loaded = trace.force_n >= stance.limit("loaded_n")
    alone = loaded
    if free is None:
        stance.tell("free_leg_unchecked")
    else:
        # Where the other plate has no reading the foot may be anywhere.
        other_n = np.interp(trace.t_s, free.t_s, free.force_n, left=np.nan, right=np.nan)
        alone = loaded & (other_n <= stance.limit("free_limb_n"))
    starts, stops = runs(alone)
    long = np.flatnonzero(stops - starts >= max(trace.n_in(STEADY_S), 2))
    if len(long) == 0:
        code = "free_leg_contact" if loaded.any() and free is not None else "cop_undefined"
        stance.block((code,), "one_leg", "stance")
        return
    i, j = int(starts[long[0]]), int(stops[long[0]])
    stance._one_leg = leg = _ended(trace, i, j, loaded=loaded, limit_s=stance.limit("single_leg_limit_s"))  # noqa: SLF001, its own reader
    stance.start_s = leg.start_s + stance.limit("discard_first_s")
    # The sample at which the stance is over is no part of it.
    stance.stop_s = leg.stop_s if leg.ended_by in {FULL_TIME, RECORD_END} else float(trace.t_s[j - 1])


def _ended(trace: Trace, i: int, j: int, *, loaded: NDArray[np.bool_], limit_s: float) -> OnOneLeg:
    """How the stretch of samples ``i`` to ``j - 1`` ended; a full time may lack the last step of the record."""
    start = float(trace.t_s[i])
    is_open = j >= len(trace.t_s)
    stop = float(trace.t_s[min(j, len(trace.t_s) - 1)])
    if stop - start >= limit_s - 1.5 * trace.dt_s:
        return OnOneLeg(start, min(stop, start + limit_s), FULL_TIME, i > 0)
    return OnOneLeg(start, stop, RECORD_END if is_open else FOOT_DOWN if loaded[j] else STEPPED_OFF, i > 0)


def _check_time(stance: Stance) -> None:
    """Withhold what needs the stance where it was unloaded, has holes, or was too short."""
    trace, start, stop = stance.trace, stance.start_s, stance.stop_s
    if trace.rate_hz < stance.limit("slowest_hz"):
        stance.block(("rate_too_low",), "stance", "one_leg")
    if "stance" in stance.missing:
        return
    part = trace.force_n[trace.slice(start, stop)]
    most = 0.01 * stance.limit("undefined_percent")
    if len(part) and float(np.mean(part < stance.limit("loaded_n"))) > most:
        stance.block(("cop_undefined",), "stance")
    elif _missing_s(trace, start, stop) > most * max(stop - start, trace.dt_s):
        stance.block(("sample_gap",), "stance")
    elif stop - start + trace.dt_s < stance.limit("min_s") - 0.5 * trace.dt_s:
        stance.block(("trial_too_short",), "stance")


def _missing_s(trace: Trace, start_s: float, stop_s: float) -> float:
    met = [min(b, stop_s) - max(a, start_s) - trace.dt_s for a, b in trace.holes if a < stop_s and b > start_s]
    return sum(max(each, 0.0) for each in met)


def hole_codes(trace: Trace, start_s: float, stop_s: float, *, most_percent: float) -> tuple[str, ...]:
    """What a mean over a stance has to say of the holes of one curve."""
    missing = _missing_s(trace, start_s, stop_s)
    if missing <= 0.0:
        return ()
    return ("sample_gap",) if missing > 0.01 * most_percent * (stop_s - start_s) else ("sample_gap_interpolated",)


def _read_cop(stance: Stance) -> None:
    cop = stance.conditions.effort.cop
    if cop is None or len(cop.t_s) == 0:
        stance.block(("cop_missing",), "cop")
        return
    if "stance" in stance.missing:
        return
    if not Track.is_sound(cop):
        stance.block(("time_not_monotonic",), "cop")
        return
    if cop.rate_hz < stance.limit("cop_slowest_hz"):
        stance.block(("rate_too_low",), "cop")
        return
    track = Track.of(cop, start_s=stance.start_s, stop_s=stance.stop_s)
    low = _unloaded(stance.trace, track.t_s, least_n=stance.limit("loaded_n"))
    ml, ap = (np.where(low, np.nan, x) for x in (track.ml_m, track.ap_m))
    gone = ~(np.isfinite(ml) & np.isfinite(ap))
    n_expected = max(round((stance.stop_s - stance.start_s) * cop.rate_hz) + 1, len(ml), 1)
    n_gone = int(gone.sum()) + n_expected - len(ml)
    percent = 100.0 * n_gone / n_expected
    if percent > stance.limit("undefined_percent") or bool(gone.all()):
        code = "cop_undefined" if int(low.sum()) * 2 >= n_gone else "sample_gap"
        stance.block((code,), "cop")
        return
    ml, ap = bridged(ml, ap)
    if len(ml) < FEWEST:
        stance.block(("trial_too_short",), "cop")
    elif not np.ptp(ml) and not np.ptp(ap):
        stance.block(("sensor_flatline",), "cop")
    else:
        _process(stance, ml, ap, undefined_percent=percent)


def _process(stance: Stance, ml_m: Floats, ap_m: Floats, *, undefined_percent: float) -> None:
    cop = stance.conditions.effort.cop
    if cop is None:
        return
    path = RULES[stance.method](ml_m, ap_m, cop.rate_hz)
    stance._path = path  # noqa: SLF001, its own reader
    stance.cop_params = {
        "cop": cop.method, "rate_hz": cop.rate_hz, "start_s": stance.start_s, "stop_s": stance.stop_s, "n": path.n,
        "undefined_percent": undefined_percent, **path.params,
    }  # fmt: skip
    bridges = ("sample_gap_interpolated",) if undefined_percent > 0 else ()
    slow = ("rate_too_low",) if cop.rate_hz < 0.995 * RECOMMENDED_HZ else ()
    stance.cop_reasons = (*bridges, *slow)


def _unloaded(trace: Trace, t_s: Floats, *, least_n: float) -> NDArray[np.bool_]:
    """Where the force does not carry a centre of pressure, or is not known."""
    low = np.asarray(np.interp(t_s, trace.t_s, trace.force_n) < least_n)
    for a, b in trace.holes:
        if b - a - trace.dt_s > LONGEST_BRIDGE_S + 0.5 * trace.dt_s:
            low[np.searchsorted(t_s, a, side="right") : np.searchsorted(t_s, b)] = True
    return low
