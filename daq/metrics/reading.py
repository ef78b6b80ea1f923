"""An effort under its conditions to what every family of tests begins with: traces, budgets, limits, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from daq.block import SIDES, Limb
from daq.metrics.catalogue import Absent
from daq.metrics.effort import Effort
from daq.metrics.methods import Rule
from daq.metrics.trace import Trace
from daq.metrics.uncertainty import Budget
from daq.metrics.value import Instant
from daq.units import STANDARD_GRAVITY_M_PER_S2


@dataclass(frozen=True, slots=True, eq=False)
class Conditions:
    """What ``Family.read`` starts from: the effort, its checked traces, and what the test asks for.

    ``sensor`` is plate, cell or hand; ``one_leg`` a plate test of one limb; ``limits`` the quality gates by name;
    ``entered`` quantities typed in with the trial (``lever_arm_m``); ``free`` the trace of the other plate; ``wants`` the
    metrics asked for (empty: all), so that nothing is searched for which no value stands on.
    """

    effort: Effort
    traces: Mapping[Limb, Trace]
    rules: Mapping[str, Rule]
    limits: Mapping[str, float]
    sensor: str = "plate"
    one_leg: bool = False
    cue: str = "fast_and_hard"
    gravity: float = STANDARD_GRAVITY_M_PER_S2
    free: Trace | None = None
    entered: Mapping[str, float] = field(default_factory=dict)
    wants: tuple[str, ...] = ()

    @property
    def main(self) -> Limb:
        """The limb in whose curve events are found."""
        return self.effort.limb


@dataclass(slots=True, eq=False)
class Reading:
    """What was found in one effort; each family adds its own events to it.

    ``missing`` maps a stage ("weighing", "flight") to the codes that withhold what needs it, ``reasons`` are told of the
    whole trial. A metric that asks for a missing stage raises ``Absent``, which withholds it with those codes. ``nu`` are the
    degrees of freedom of contributions by name; those that are not there have infinitely many. ``common`` is what every
    value has to say about how it came about (a filter). ``traces`` are the curves, ``main`` the limb in whose curve, ``trace``,
    events are found, ``u_clock_s`` the residual offset between the clocks of the two devices.
    """

    conditions: Conditions
    budgets: dict[Limb, Budget] = field(default_factory=dict)
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    made: dict[tuple[str, Limb], Any] = field(default_factory=dict)
    common: dict[str, float | int | str | bool | None] = field(default_factory=dict)
    nu: dict[str, float] = field(default_factory=dict)
    traces: Mapping[Limb, Trace] = field(init=False, repr=False)
    main: Limb = field(init=False, repr=False)
    trace: Trace = field(init=False, repr=False)
    gravity: float = field(init=False, repr=False)
    u_clock_s: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        conditions = self.conditions
        # Every metric asks for these, some of them several times.
        self.traces, self.main = conditions.traces, conditions.effort.limb
        self.trace, self.gravity = self.traces[self.main], conditions.gravity
        self.u_clock_s = conditions.effort.u_clock_s
        for limb, trace in self.traces.items():
            self.budgets[limb] = Budget.of(trace.instrument)
        if all(side in self.traces for side in SIDES):
            self.budgets[Limb.BOTH] = Budget.of_sum(self.budgets[Limb.LEFT], self.budgets[Limb.RIGHT])

    def limit(self, name: str) -> float:
        """A limit of the quality gates, as the test's file or the family sets it."""
        return self.conditions.limits[name]

    def trace_of(self, limb: Limb) -> Trace:
        """The curve of ``limb``; ``Absent`` where it has none."""
        trace = self.conditions.traces.get(limb)
        if trace is None:
            raise Absent("limb")
        return trace

    def block(self, codes: tuple[str, ...], *stages: str) -> None:
        """These stages are missing for these reasons; the first reason stays."""
        for stage in stages:
            self.missing.setdefault(stage, codes)

    def tell(self, *codes: str) -> None:
        """Reasons of the whole trial, each once."""
        self.reasons += [code for code in codes if code not in self.reasons]

    def found(self, stage: str) -> None:
        """Pass when ``stage`` is not missing; ``Absent`` otherwise."""
        if stage in self.missing:
            raise Absent(stage)

    def events(self) -> dict[str, Instant]:
        """Every instant found, by name, in order of time."""
        return {}


Made = TypeVar("Made")


def once(compute: Callable[[Any, Limb], Made]) -> Callable[[Any, Limb], Made]:
    """Compute something that several metrics stand on once for each reading and limb."""
    name = compute.__qualname__

    @wraps(compute)
    def remembered(reading: Any, limb: Limb) -> Made:
        key = (name, limb)
        known: Made | None = reading.made.get(key)
        if known is None:
            known = reading.made[key] = compute(reading, limb)
        return known

    return remembered
