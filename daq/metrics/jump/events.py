"""What is found in one jump: instants, phases, motion, weights; asking for what was not found withholds the metric."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from daq.block import SIDES, Limb
from daq.metrics.catalogue import Absent
from daq.metrics.flight import Flight
from daq.metrics.kinematics import Motion
from daq.metrics.reading import Reading
from daq.metrics.trace import Trace
from daq.metrics.uncertainty import Top, top_of, velocity
from daq.metrics.value import Instant
from daq.metrics.weighing import Weighing

# Which stage is missing when one of these was not found.
_STAGE_OF = {
    "flight": "flight", "air_s": "flight", "landing": "landing", "weighing": "weighing",
    "start": "movement", "crossing_s": "movement", "moved": "movement", "dip": "movement",
    "takeoff_m_per_s": "velocity", "takeoff_parts": "velocity",
    "height_m": "velocity", "height_parts": "velocity", "height_codes": "velocity",
    "unweighting": "phases", "braking": "phases", "propulsion": "phases", "stop": "landing_motion",
}  # fmt: skip


class Phase(NamedTuple):
    """A stretch of a jump between two instants; ``events`` are their names."""

    name: str
    start: Instant
    stop: Instant
    start_s: float
    stop_s: float
    events: tuple[str, str]

    @classmethod
    def of(cls, name: str, start: Instant, stop: Instant) -> Phase:
        """The phase between two instants."""
        return cls(name, start, stop, start.t_s, stop.t_s, (start.name, stop.name))

    @property
    def length_s(self) -> float:
        """From its first instant to its last."""
        return self.stop_s - self.start_s

    @property
    def u_s(self) -> tuple[float, float]:
        """Standard uncertainties of both instants; 0 where a person set one."""
        return (self.start.u_s or 0.0, self.stop.u_s or 0.0)


class Peak(NamedTuple):
    """The largest sample of a window, and how far it lies above the noise-free maximum."""

    sample: int
    t_s: float
    force_n: float
    top: Top


class Stop(NamedTuple):
    """Where the falling body comes to rest; ``drop_m`` its way down since touchdown (negative)."""

    instant: Instant
    drop_m: float


class Fall(NamedTuple):
    """Velocity at touchdown, what is uncertain about it, and whether it was counted forward from a rest before."""

    v_m_per_s: float
    parts: Mapping[str, float]
    is_forward: bool


class Dip(NamedTuple):
    """The smallest force between movement start and the peak; ``depth_n`` how far below the weight, at least 0.

    ``low`` is the flat part at it, mirrored: how far noise alone takes the smallest sample down.
    """

    depth_n: float
    t_s: float
    force_n: float
    low: Top


class Net(NamedTuple):
    """Integral of force less weight over a phase; ``agrees`` with the change of momentum that it made."""

    phase: Phase
    impulse_n_s: float
    agrees: bool


@dataclass(slots=True, eq=False, repr=False)
class Jump(Reading):
    """One jump. A field that was not found raises ``Absent`` when a metric asks for it.

    ``pushes`` are the curves up to take-off, ``shaped`` the whole curves that forces are read from (raw, or filtered where
    the test asks for it), ``shares`` each side's mean force in the weighing, ``u_event_s`` the standard uncertainty of an
    event found at a sample of the sum, ``u_shares`` what a shift of the load between two plates of different gain does,
    ``turning_m_per_s`` the velocity where propulsion begins: 0 unless the rule takes the first sample above it.
    """

    flight: Flight = field(init=False)
    air_s: float = field(init=False)
    landing: Instant = field(init=False)
    weighing: Weighing = field(init=False)
    start: Instant = field(init=False)
    crossing_s: float = field(init=False)
    moved: Motion = field(init=False)
    takeoff_m_per_s: float = field(init=False)
    takeoff_parts: Mapping[str, float] = field(init=False)
    height_m: float = field(init=False)
    height_parts: Mapping[str, float] = field(init=False)
    height_codes: tuple[str, ...] = field(init=False)
    unweighting: Phase = field(init=False)
    braking: Phase = field(init=False)
    propulsion: Phase = field(init=False)
    stop: Stop = field(init=False)
    dip: Dip = field(init=False)
    shaped: Mapping[Limb, Trace] = field(default_factory=dict)
    pushes: dict[Limb, Trace] = field(default_factory=dict)
    noise_n: dict[Limb, float] = field(default_factory=dict)
    shares: dict[Limb, float] = field(default_factory=dict)
    nets: dict[str, Net] = field(default_factory=dict)
    instants: dict[str, Instant] = field(default_factory=dict)
    rate_codes: tuple[str, ...] = ()
    u_event_s: float = 0.0
    u_shares: float = 0.0
    turning_m_per_s: float = 0.0
    _peaks: dict[tuple[str, Limb], Peak] = field(default_factory=dict)

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

    def push_of(self, limb: Limb) -> Trace:
        """The curve of ``limb`` up to take-off."""
        push = self.pushes.get(limb)
        if push is None:
            raise Absent("movement")
        return push

    def curve_of(self, limb: Limb) -> Trace:
        """The whole curve of ``limb`` that forces are read from."""
        trace = self.shaped.get(limb)
        if trace is None:
            raise Absent("limb")
        return trace

    def need_sides(self) -> None:
        """Pass when left and right were both weighed; ``Absent`` otherwise."""
        if len(self.shares) < len(SIDES):
            raise Absent("weighing" if "weighing" in self.missing else "limb")

    def noise_of(self, limb: Limb) -> float:
        """White noise per sample, N."""
        return self.noise_n.get(limb, 0.0)

    @property
    def mass_kg(self) -> float:
        """Of everything that is moved, a load included."""
        return self.weighing.weight_n / self.gravity

    @property
    def load_kg(self) -> float:
        """External load, as entered."""
        return self.conditions.entered.get("load_kg", 0.0)

    @property
    def body_mass_kg(self) -> float:
        """Of the person without the load; ``Absent`` in a test with loads to which none was entered."""
        if self.limit("is_loaded") and "load_kg" not in self.conditions.entered:
            raise Absent("load")
        return self.weighing.weight_n / self.gravity - self.load_kg

    def peak_of(self, limb: Limb) -> Peak | None:
        """The largest force between movement start and take-off; None where the limb has no sample there."""
        known = self._peaks.get(("push", limb))
        if known is None:
            push = self.push_of(limb)
            window = push.slice(self.start.t_s, push.stop_s)
            known = self._peak(("push", limb), push, window.start, stop=len(push.t_s))
        return known

    def landing_peak_of(self, limb: Limb, length_s: float) -> Peak | None:
        """The largest force in ``length_s`` after landing."""
        known = self._peaks.get(("landing", limb))
        if known is None:
            trace = self.shaped[limb]
            part = trace.slice(self.landing.t_s, self.landing.t_s + length_s)
            known = self._peak(("landing", limb), trace, part.start, stop=part.stop)
        return known

    def _peak(self, key: tuple[str, Limb], trace: Trace, first: int, *, stop: int) -> Peak | None:
        force = trace.force_n[first:stop]
        if len(force) == 0:
            return None
        i = int(force.argmax())
        top = top_of(force, rate_hz=trace.rate_hz, noise_n=self.noise_of(key[1]))
        known = self._peaks[key] = Peak(first + i, float(trace.t_s[first + i]), float(force[i]), top)
        return known

    def fall(self) -> Fall:
        """Velocity at touchdown: the flight continues the push, and a take-off found late changes nothing there."""
        parts = {name: u for name, u in self.takeoff_parts.items() if name != "event"}
        return Fall(self.takeoff_m_per_s - self.gravity * self.air_s, parts, is_forward=True)

    def velocity_parts(self, v_m_per_s: float, time_s: float, *, u_event_s: float = 0.0) -> dict[str, float]:
        """Contributions to a velocity reached after ``time_s`` of integration."""
        w = self.weighing
        parts = velocity(
            self.budgets[self.main], v_m_per_s=v_m_per_s, time_s=time_s, weight_n=w.weight_n, u_weight_n=w.u_weight_n,
            noise_n=self.noise_of(self.main), dt_s=self.trace.dt_s, u_event_s=u_event_s,
            u_start_m_per_s=w.u_velocity_m_per_s, u_shares=self.u_shares, gravity=self.gravity,
        )  # fmt: skip
        if not w.is_own:
            # The gain of the plates does not cancel against a weight from other scales.
            parts["gain"] = abs(self.gravity * time_s + v_m_per_s) * self.budgets[self.main].gain
        return parts


def u_shares_of(jump: Jump) -> float:
    """Two plates of different gain: what a shift of the load between weighing and push-off does to the velocity."""
    if len(jump.shares) < len(SIDES) or not all(side in jump.pushes for side in SIDES):
        return 0.0
    a, b = (jump.budgets[side] for side in SIDES)
    shared = 0.0 if a.reference == b.reference != "" else math.hypot(a.shared, b.shared)
    gain = math.hypot(a.own, b.own, shared)
    if gain == 0.0:
        return 0.0
    start_s, stop_s = jump.start.t_s, jump.flight.takeoff.t_s
    left, right = (jump.pushes[side].impulse_between(start_s, stop_s) for side in SIDES)
    if left + right <= 0:
        return 0.0
    return abs(left / (left + right) - jump.shares[Limb.LEFT] / jump.weighing.weight_n) * gain
