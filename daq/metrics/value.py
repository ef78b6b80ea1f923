"""A number that is never naked: value, unit, method, uncertainty, status and reasons."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from daq.block import Limb


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


@dataclass(frozen=True, slots=True)
class Instant:
    """An event found in a curve: when (s, fractional), how certain (standard uncertainty, None = unknown), by which method."""

    name: str
    t_s: float
    u_s: float | None
    index: int
    method: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Value:
    """One result. ``value`` None = withheld, with the reason; ``u`` None = not computable, with a reason.

    ``of`` is the metric that a derived value (asymmetry, mean, cv) is about.
    ``interval`` is the 95 % interval (low, high); ``u_parts`` the contributions to ``u`` by name;
    ``events`` the names of the instants it rests on; ``labels`` words for the interval ("instrument", "person").
    """

    name: str
    limb: Limb
    value: float | None
    unit: str
    method: str
    phase: str = ""
    index: int | None = None
    of: str = ""
    u: float | None = None
    nu_eff: float | None = None
    k: float | None = None
    U95: float | None = None
    bias: float | None = None
    interval: tuple[float, float] | None = None
    u_parts: Mapping[str, float] = field(default_factory=dict)
    params: Params = field(default_factory=dict)
    status: Status = Status.OK
    reasons: tuple[str, ...] = ()
    better: Better = Better.NEUTRAL
    events: tuple[str, ...] = ()
    text: str = ""

    @property
    def column(self) -> str:
        """Name of the value in a flat table: ``name[.of][.phase].limb[.index]``."""
        parts = (self.name, self.of, self.phase, "" if self.name.startswith("asymmetry") else self.limb.value)
        return ".".join([p for p in parts if p] + ([str(self.index)] if self.index is not None else []))

    @property
    def is_usable(self) -> bool:
        """A number is there and it is not invalid."""
        return self.value is not None and self.status is not Status.INVALID

    def as_record(self) -> dict[str, Any]:
        """Plain JSON types; NaN and infinity become null, never a number that stands for missing."""
        return {
            "name": self.name,
            "limb": self.limb.value,
            "phase": self.phase or None,
            "index": self.index,
            "of": self.of or None,
            "value": _finite(self.value),
            "unit": self.unit,
            "u": _finite(self.u),
            "nu_eff": _finite(self.nu_eff),
            "k": _finite(self.k),
            "U95": _finite(self.U95),
            "bias": _finite(self.bias),
            "interval": [_finite(x) for x in self.interval] if self.interval else None,
            "u_parts": {name: _finite(x) for name, x in self.u_parts.items()},
            "better": self.better.value,
            "method": self.method,
            "params": {name: _finite(x) if isinstance(x, float) else x for name, x in self.params.items()},
            "status": self.status.value,
            "reasons": list(self.reasons),
            "events": list(self.events),
            "text": self.text or None,
        }


def _finite(x: float | None) -> float | None:
    return None if x is None or not math.isfinite(x) else float(x)
