"""What the analysis of one effort gives: verdict, reasons, events and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from daq.block import Limb
from daq.metrics.value import Instant, Status, Value


@dataclass(frozen=True, slots=True)
class TrialResult:
    """One analysed effort. ``status``: ok, warning, or invalid (rejected by a gate: kept, but left out of summaries)."""

    limb: Limb
    status: Status
    reasons: tuple[str, ...]
    events: Mapping[str, Instant] = field(default_factory=dict)
    values: tuple[Value, ...] = ()
    _found: dict[tuple[str, Limb, str], Value] = field(default_factory=dict, init=False, repr=False, compare=False)

    def find(self, name: str, limb: Limb | None = None, *, phase: str = "") -> Value | None:
        """The value called ``name`` of ``limb`` (default: the trial's own), or None."""
        if not self._found:
            # Summaries and every frame of a screen look values up; the first of a name counts.
            self._found.update({(v.name, v.limb, v.phase): v for v in reversed(self.values)})
        return self._found.get((name, limb or self.limb, phase))

    def as_record(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "limb": self.limb.value,
            "status": self.status.value,
            "reasons": list(self.reasons),
            "events": {
                name: {"t_s": e.t_s, "u_s": e.u_s, "index": e.index, "method": e.method, "params": dict(e.params)}
                for name, e in self.events.items()
            },
            "values": [v.as_record() for v in self.values],
        }
