"""What is found when feet come onto an empty plate: instants, weight, velocity; asking for what is missing withholds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from daq.block import SIDES, Limb
from daq.metrics import quality
from daq.metrics.catalogue import Absent
from daq.metrics.flight import Flight
from daq.metrics.jump.events import Fall, Peak, Stop
from daq.metrics.reading import Reading
from daq.metrics.trace import Trace
from daq.metrics.uncertainty import top_of, velocity
from daq.metrics.value import Instant, Params
from daq.metrics.weighing import Weighing

# Which stage is missing when one of these was not found.
_STAGE_OF = {
    "weighing": "weighing", "rest": "velocity", "touchdown": "contact", "takeoff": "contact", "flight": "contact",
    "landing": "landing", "air_s": "landing", "stop": "stop", "turn": "turn", "first": "first", "first_air_s": "first",
    "hops": "hops",
}  # fmt: skip


def u_of(instant: Instant) -> float:
    """Standard uncertainty of an instant, s; an instant that a person set by hand has none."""
    return instant.u_s or 0.0


class Rest(NamedTuple):
    """An instant with its velocity, from which every other one follows; about ``centre_s`` the velocity is 0."""

    t_s: float
    centre_s: float
    v_m_per_s: float
    method: str


class Turn(NamedTuple):
    """Where the velocity in contact passes 0; ``depth_m`` the lowest point of the centre of mass against touchdown."""

    instant: Instant
    depth_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Hop:
    """A contact between two flights: the landing of the flight before is its first instant."""

    before: Instant
    contact: Instant
    takeoff: Instant
    landing: Instant
    reasons: tuple[str, ...] = ()

    @property
    def contact_s(self) -> float:
        """Time on the ground."""
        return self.takeoff.t_s - self.contact.t_s

    @property
    def air_s(self) -> float:
        """Time in the air after the contact."""
        return self.landing.t_s - self.takeoff.t_s

    @property
    def air_before_s(self) -> float:
        """Time in the air before the contact."""
        return self.contact.t_s - self.before.t_s


# A hop, or the codes that withhold it.
Entry = Hop | tuple[str, ...]


@dataclass(slots=True, eq=False, repr=False)
class Ground(Reading):
    """Feet that come onto an empty plate. A field that was not found raises ``Absent`` when a metric asks for it.

    ``touchdown`` is the first contact, ``landing`` the last, after which the person comes to rest; in a landing without a
    jump they are the same. ``shares`` is each side's mean force in the weighing. The metrics of the weighing and of the
    landing are those of the jumps: they find here what they ask a jump for.
    """

    touchdown: Instant = field(init=False)
    landing: Instant = field(init=False)
    weighing: Weighing = field(init=False)
    rest: Rest = field(init=False)
    stop: Stop = field(init=False)
    noise_n: dict[Limb, float] = field(default_factory=dict)
    shares: dict[Limb, float] = field(default_factory=dict)
    instants: dict[str, Instant] = field(default_factory=dict)
    rate_codes: tuple[str, ...] = ()
    u_event_s: float = field(init=False)
    _peaks: dict[tuple[Limb, float, float], Peak | None] = field(default_factory=dict)

    def __getattr__(self, name: str) -> NoReturn:
        """Reached only for a field that was never set."""
        stage = _STAGE_OF.get(name)
        if stage is None:
            raise AttributeError(name)
        raise Absent(stage)

    def events(self) -> dict[str, Instant]:
        """Every instant found, by name, in order of time."""
        return self.instants

    def has(self, name: str) -> bool:
        """The field was found."""
        try:
            getattr(self, name)
        except Absent:
            return False
        return True

    def noise_of(self, limb: Limb) -> float:
        """White noise per sample, N."""
        return self.noise_n.get(limb, 0.0)

    @property
    def mass_kg(self) -> float:
        """Of everything that is moved: the person alone, from the weighing."""
        return self.weighing.weight_n / self.gravity

    @property
    def body_mass_kg(self) -> float:
        """Of the person."""
        return self.mass_kg

    def curve_of(self, limb: Limb) -> Trace:
        """The curve of ``limb`` that forces are read from."""
        return self.trace_of(limb)

    def need_sides(self) -> None:
        """Pass when left and right were both weighed; ``Absent`` otherwise."""
        if len(self.shares) < len(SIDES):
            raise Absent("weighing" if "weighing" in self.missing else "limb")

    def velocity_at(self, time_s: float) -> float:
        """Velocity of the centre of mass, by integration from the instant of rest in either direction."""
        rest, w, trace = self.rest, self.weighing.weight_n, self.trace
        gross = trace.impulse_until(time_s) - trace.impulse_until(rest.t_s)
        return rest.v_m_per_s + (gross - w * (time_s - rest.t_s)) * self.gravity / w

    def velocity_parts(self, time_s: float, v_m_per_s: float, *, u_event_s: float = 0.0) -> dict[str, float]:
        """Contributions to the velocity at ``time_s``."""
        w, rest_s = self.weighing, self.rest.centre_s
        # Seen from a rest that comes later, time runs backwards and the velocity counts with the other sign.
        v = v_m_per_s if rest_s <= time_s else -v_m_per_s
        parts = velocity(
            self.budgets[self.main], v_m_per_s=v, time_s=abs(time_s - rest_s), weight_n=w.weight_n,
            u_weight_n=w.u_weight_n, noise_n=self.noise_of(self.main), dt_s=self.trace.dt_s, u_event_s=u_event_s,
            u_start_m_per_s=w.u_velocity_m_per_s, u_shares=self._u_shares(time_s, rest_s), gravity=self.gravity,
        )  # fmt: skip
        if not w.is_own:
            # The gain of the plates does not cancel against a weight from other scales.
            parts["gain"] = abs(self.gravity * abs(time_s - rest_s) + v) * self.budgets[self.main].gain
        return parts

    def fall(self) -> Fall:
        """Velocity at the landing."""
        landing_s = self.landing.t_s
        v = self.velocity_at(landing_s)
        return Fall(v, self.velocity_parts(landing_s, v), is_forward=self.rest.centre_s <= landing_s)

    def velocity_codes(self, time_s: float) -> tuple[str, ...]:
        """What is to be said of an integral from ``time_s`` to the rest: holes, a slow sensor."""
        a, b = sorted((time_s, self.rest.centre_s))
        return (*self.trace.gap_codes(a, b), *self.rate_codes)

    def velocity_params(self) -> Params:
        """What a velocity rests on."""
        w = self.weighing
        return {
            "rest_s": self.rest.t_s, "weight_n": w.weight_n, "weighing": w.method, "weighing_start_s": w.start_s,
            "weighing_stop_s": w.stop_s, "gravity": self.gravity, "velocity": self.rest.method,
        }  # fmt: skip

    def _u_shares(self, time_s: float, rest_s: float) -> float:
        """Two plates of different gain: what a shift of the load between the weighing and the path does."""
        if len(self.shares) < len(SIDES):
            return 0.0
        a, b = (self.budgets[side] for side in SIDES)
        is_shared = a.reference == b.reference != ""
        gain = math.hypot(a.own, b.own) if is_shared else math.hypot(a.gain, b.gain)
        left, right = (abs(self.traces[side].impulse_between(time_s, rest_s)) for side in SIDES)
        total = left + right
        return abs(left / total - self.shares[Limb.LEFT] / self.weighing.weight_n) * gain if total else 0.0

    def landing_peak_of(self, limb: Limb, length_s: float) -> Peak | None:
        """The largest force in ``length_s`` after landing."""
        return self.peak_between(limb, self.landing.t_s, self.landing.t_s + length_s)

    def peak_between(self, limb: Limb, start_s: float, stop_s: float) -> Peak | None:
        """The largest force of a window; None where the limb has no sample there."""
        key = (limb, start_s, stop_s)
        if key not in self._peaks:
            trace = self.trace_of(limb)
            part = trace.slice(start_s, stop_s)
            self._peaks[key] = _peak(trace, part, self.noise_of(limb))
        return self._peaks[key]


def _peak(trace: Trace, part: slice, noise_n: float) -> Peak | None:
    force = trace.force_n[part]
    if not len(force):
        return None
    i = int(force.argmax())
    top = top_of(force, rate_hz=trace.rate_hz, noise_n=noise_n)
    return Peak(part.start + i, float(trace.t_s[part.start + i]), float(force[i]), top)


@dataclass(slots=True, eq=False, repr=False)
class Rebound(Ground):
    """A contact out of a drop or a jump, and the jump from it.

    ``flight`` is the one after the contact; ``first`` the flight before it where the person jumped into it from this plate,
    and ``first_air_s`` its length; ``turn`` parts braking from propulsion.
    """

    takeoff: Instant = field(init=False)
    flight: Flight = field(init=False)
    air_s: float = field(init=False)
    turn: Turn = field(init=False)
    first: Flight = field(init=False)
    first_air_s: float = field(init=False)

    @property
    def contact_s(self) -> float:
        """From first contact to take-off."""
        return self.takeoff.t_s - self.touchdown.t_s

    def contact_codes(self) -> tuple[str, ...]:
        """What is to be said of the time in contact: no time may run across a long hole."""
        return (*quality.voiding(self.trace.gap_codes(self.touchdown.t_s, self.takeoff.t_s)), *self.slow_codes())

    def air_codes(self, flight: Flight, landing_s: float) -> tuple[str, ...]:
        """What is to be said of a time in the air."""
        return (*quality.voiding(self.trace.gap_codes(flight.takeoff.t_s, landing_s)), *flight.reasons)

    def slow_codes(self) -> tuple[str, ...]:
        """A warning where a fast jump was asked for and the contact was long."""
        is_asked = self.conditions.cue == "fast_and_hard"
        return ("contact_too_long",) if is_asked and self.contact_s > self.limit("fast_contact_s") else ()


@dataclass(slots=True, eq=False, repr=False)
class Hops(Ground):
    """Repeated hops: for each limb the hops of its own curve, in the places of those of the main curve.

    ``n_own`` counts the hops of each limb's own curve; ``sags_m`` the way down of the body in the contacts, once computed.
    """

    hops: dict[Limb, tuple[Entry, ...]] = field(init=False)
    n_own: dict[Limb, int] = field(default_factory=dict)
    sags_m: dict[int, float] = field(default_factory=dict)

    def hops_of(self, limb: Limb) -> tuple[Entry, ...]:
        """The hops of ``limb``."""
        found = self.hops.get(limb)
        if found is None:
            raise Absent("limb")
        return found

    def valid(self, limb: Limb) -> list[Hop]:
        """The complete hops of ``limb``."""
        return [hop for hop in self.hops_of(limb) if isinstance(hop, Hop)]
