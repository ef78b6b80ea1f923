"""A number that is never naked: value, unit, method, uncertainty, status and reasons."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from daq.block import Limb
from daq.metrics.uncertainty import coverage_factor


class Status(StrEnum):
    """May the number be used?"""

    OK = "ok"
    WARNING = "warning"
    INVALID = "invalid"


class Better(StrEnum):
    """Which direction of a metric is better; decides the words."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


Params = Mapping[str, float | int | str | bool | None]
NO_PARAMS: Params = {}
NO_PARTS: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True)
class Instant:
    """An event found in a curve: when (s, fractional), how certain (standard uncertainty, None = unknown), by which method."""

    name: str
    t_s: float
    u_s: float | None
    index: int
    method: str
    params: Params = field(default_factory=dict)


class Value(NamedTuple):
    """One result. ``value`` None = withheld, with the reason; ``u`` None = not computable, with a reason.

    ``of`` is the metric that a derived value (asymmetry, mean, cv) is about; ``entry`` the place in a list, from 1.
    ``limits`` is the 95 % interval where it is not ``value - bias -+ U95``; ``u_parts`` the contributions to ``u`` by name;
    ``events`` the names of the instants it rests on. ``reference`` names what the sensor was calibrated against, and
    ``knows_instrument`` says that gain and zero are part of ``u``; None where no sensor is behind the value.
    """

    name: str
    limb: Limb
    value: float | None
    unit: str
    method: str
    phase: str = ""
    entry: int | None = None
    of: str = ""
    u: float | None = None
    nu_eff: float | None = None
    bias: float | None = None
    limits: tuple[float, float] | None = None
    u_parts: Mapping[str, float] = NO_PARTS
    params: Params = NO_PARAMS
    status: Status = Status.OK
    reasons: tuple[str, ...] = ()
    better: Better = Better.NEUTRAL
    events: tuple[str, ...] = ()
    text: str = ""
    reference: str = ""
    knows_instrument: bool | None = None

    @property
    def k(self) -> float | None:
        """Coverage factor of the 95 % interval."""
        return None if self.u is None else coverage_factor(self.nu_eff)

    @property
    def U95(self) -> float | None:  # noqa: N802, the field's own symbol
        """Expanded uncertainty: half the width of the 95 % interval."""
        if self.limits is not None:
            return 0.5 * (self.limits[1] - self.limits[0])
        return None if self.u is None else coverage_factor(self.nu_eff) * self.u

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval, low and high."""
        half = self.U95
        if self.limits is not None or half is None or self.value is None:
            return self.limits
        centre = self.value - (self.bias or 0.0)
        return (centre - half, centre + half)

    @property
    def column(self) -> str:
        """Name of the value in a flat table: ``name[.of][.phase].limb[.entry]``."""
        parts = (self.name, self.of, self.phase, "" if self.name.startswith("asymmetry") else self.limb.value)
        return ".".join([p for p in parts if p] + ([str(self.entry)] if self.entry is not None else []))

    @property
    def is_usable(self) -> bool:
        """A number is there and it is not invalid."""
        return self.value is not None and self.status is not Status.INVALID

    def as_record(self) -> dict[str, Any]:
        """Plain JSON types; NaN and infinity become null, never a number that stands for missing."""
        params = {name: _finite(x) if isinstance(x, float) else x for name, x in self.params.items()}
        if self.knows_instrument is not None:
            params["instrument_part"] = self.knows_instrument
        if self.reference:
            params["reference"] = self.reference
        interval = self.interval
        return {
            "name": self.name,
            "limb": self.limb.value,
            "phase": self.phase or None,
            "index": self.entry,
            "of": self.of or None,
            "value": _finite(self.value),
            "unit": self.unit,
            "u": _finite(self.u),
            "nu_eff": _finite(self.nu_eff),
            "k": _finite(self.k),
            "U95": _finite(self.U95),
            "bias": _finite(self.bias),
            "interval": [_finite(x) for x in interval] if interval else None,
            "u_parts": {name: _finite(x) for name, x in self.u_parts.items()},
            "better": self.better.value,
            "method": self.method,
            "params": params,
            "status": self.status.value,
            "reasons": list(self.reasons),
            "events": list(self.events),
            "text": self.text or None,
        }


def _finite(x: float | None) -> float | None:
    return None if x is None or not math.isfinite(x) else float(x)
