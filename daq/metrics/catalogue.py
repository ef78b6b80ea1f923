"""Functions that compute one metric each to the families of the catalogue: what a kind of test finds and can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

from daq.block import SIDES, Limb
from daq.metrics.value import NO_PARAMS, Better, Params

TOTAL = (Limb.BOTH,)
SIDE = SIDES
ALL = (*SIDES, Limb.BOTH)


class Number(NamedTuple):
    """What the function of a metric gives: a number, how it came about, and what is uncertain about it.

    ``parts`` are the contributions to the standard uncertainty by name; None: no formula gives it, which the value then says.
    ``reasons`` that are ``invalid`` withhold the number; with ``is_void`` any reason does. ``entry`` counts a list from 1.
    """

    value: float
    method: str
    parts: Mapping[str, float] | None = None
    params: Params = NO_PARAMS
    reasons: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    bias: float | None = None
    nu_eff: float | None = None
    entry: int | None = None
    is_void: bool = False


def void(*reasons: str, method: str = "", params: Params = NO_PARAMS, entry: int | None = None) -> Number:
    """No number, and why not.

    >>> void("hold_too_short", method="peak.moving_mean").is_void
    True
    """
    return Number(float("nan"), method, params=params, reasons=reasons, entry=entry, is_void=True)


class Absent(Exception):  # noqa: N818, it is no error: a metric asked for a stage that this effort does not have
    """Raised by a reading where a metric asks for a stage that was not found; it carries the name of the stage."""

    def __init__(self, stage: str) -> None:
        super().__init__(stage)
        self.stage = stage


Compute = Callable[..., Number | Sequence[Number]]
Definition = TypeVar("Definition", bound=Compute)


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the catalogue. ``is_signed`` forbids percentages; ``phase`` is part of its name; ``argument`` of ``over``."""

    name: str
    unit: str
    better: Better
    limbs: tuple[Limb, ...]
    compute: Compute
    is_signed: bool = False
    phase: str = ""
    argument: int | None = None

    def of(self, reading: Any, limb: Limb) -> Number | Sequence[Number]:
        """The number (or the list of numbers) of one limb."""
        if self.argument is None:
            return self.compute(reading, limb)
        return self.compute(reading, limb, self.argument)


def metric(
    unit: str,
    better: Better,
    limbs: tuple[Limb, ...],
    *,
    is_signed: bool = False,
    phase: str = "",
    over: Iterable[int] = (),
) -> Callable[[Definition], Definition]:
    """Make a function the definition of a metric of its name; ``over`` gives one metric for each number in its name.

    ``limbs``: TOTAL for the whole body (the limb that worked in a one-sided test), SIDE for left and right, ALL for each.
    A name with ``_T_`` or ``_Tms`` in it stands for one metric per number of ``over``; the function then takes the number as
    third argument.

    Examples
    --------
    >>> @metric("N", Better.HIGHER, ALL, over=(50, 100))
    ... def force_Tms(reading, limb, ms):
    ...     return Number(float(ms), "force.at_time")
    >>> [row.name for row in force_Tms.rows]
    ['force_50ms', 'force_100ms']
    """

    def define(compute: Definition) -> Definition:
        name = compute.__name__
        rows = tuple(
            Metric(name.replace("T", str(n)) if n is not None else name, unit, better, limbs, compute, is_signed, phase, n)
            for n in (over or (None,))
        )
        compute.rows = rows  # type: ignore[attr-defined]
        return compute

    return define


def collected(*modules: ModuleType, without: Iterable[str] = ()) -> dict[str, Metric]:
    """Every metric that these modules define, by name."""
    left_out = set(without)
    return {row.name: row for module in modules for row in _rows(module) if row.name not in left_out}


def _rows(module: ModuleType) -> Iterator[Metric]:
    for thing in vars(module).values():
        yield from getattr(thing, "rows", ()) if callable(thing) and thing.__module__ == module.__name__ else ()


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """One kind of test: how its events are found, and the metrics that stand on them.

    Parameters
    ----------
    kind : str
        The word in the test's file.
    read : callable
        ``read(conditions) -> Reading``: finds every event of an effort; nothing is raised, what is missing says why.
    metrics : dict
        Name to row.
    methods : dict
        Family of rules to the default rule: ``{"onset": "onset.threshold_interpolated"}``; only these can be chosen.
    rules : dict
        Family of rules to those of its rules that fit this kind of test; of a family that is not there all of them do.
    limits : dict
        Limits of the quality gates with their defaults; a test's file may set others under ``[gates]``.
    phases : tuple of str
        Names of the phases in order of time.
    enters : tuple of str
        Quantities that a person may enter with a trial: ``lever_arm_m``, ``body_mass_kg``.
    """

    kind: str
    read: Callable[..., Any]
    metrics: Mapping[str, Metric]
    methods: Mapping[str, str]
    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    phases: tuple[str, ...] = ()
    enters: tuple[str, ...] = ("body_mass_kg",)
