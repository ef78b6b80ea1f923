"""A number, its contributions and its reasons to a Value; the only place where status, k, U95 and interval are set."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from daq.block import Limb
from daq.metrics import quality
from daq.metrics.catalogue import metric
from daq.metrics.uncertainty import Budget, combined, coverage_factor
from daq.metrics.value import Params, Status, Value

WITHOUT_INSTRUMENT = "without instrument part"


@dataclass(slots=True)
class Sheet:
    """Collects the values of one effort; ``common`` params (limb budgets, gravity) go into each value of that limb."""

    kind: str
    common: Mapping[Limb, Params]
    budgets: Mapping[Limb, Budget]
    values: list[Value] = field(default_factory=list)

    def add(
        self,
        name: str,
        limb: Limb,
        number: float,
        *,
        method: str,
        parts: Mapping[str, float] | None = None,
        params: Params | None = None,
        reasons: Iterable[str] = (),
        events: tuple[str, ...] = (),
        phase: str = "",
        bias: float | None = None,
    ) -> Value:
        """One value; it is withheld when a reason is ``invalid`` or the number is no number.

        ``parts`` None: no formula gives its uncertainty, which the value says.
        """
        row = metric(name, self.kind)
        told = tuple(dict.fromkeys(reasons)) if reasons else ()
        shown = {**(params or {}), **self.common.get(limb, {})}
        if (told and quality.voiding(told)) or not math.isfinite(number):
            return self.withhold(name, limb, told or ("sample_gap",), method=method, params=shown, phase=phase)
        u, k = None, None
        total = combined(parts) if parts else 0.0
        # No noise was seen and nothing is known of the instrument: that is no certainty.
        if total > 0 and math.isfinite(total):
            u, k = total, coverage_factor(None)
        else:
            told = (*told, "uncertainty_unknown")
        made = Value(
            name, limb, float(number), row.unit, method,
            phase=phase, u=u, k=k, U95=None if u is None or k is None else k * u, bias=bias,
            interval=None if u is None or k is None else _interval(float(number) - (bias or 0.0), k * u),
            u_parts={part: x for part, x in (parts or {}).items() if x > 0},
            params=shown, status=Status.WARNING if told and quality.is_warning(told) else Status.OK,
            reasons=told, better=row.better, events=events,
            text="" if u is None or self.budgets[limb].is_known else WITHOUT_INSTRUMENT,
        )  # fmt: skip
        self.values.append(made)
        return made

    def withhold(
        self,
        name: str,
        limb: Limb,
        reasons: Iterable[str],
        *,
        method: str = "",
        params: Params | None = None,
        phase: str = "",
    ) -> Value:
        """A value that is not given, and why."""
        row = metric(name, self.kind)
        made = Value(
            name, limb, None, row.unit, method, phase=phase, params=params or {}, status=Status.INVALID,
            reasons=quality.ranked(reasons), better=row.better,
        )  # fmt: skip
        self.values.append(made)
        return made

    def has(self, name: str, limb: Limb, phase: str) -> bool:
        """The value was added or withheld before."""
        return any((v.name, v.limb, v.phase) == (name, limb, phase) for v in self.values)


def _interval(centre: float, half: float) -> tuple[float, float]:
    return (centre - half, centre + half)


def budget_params(budget: Budget) -> dict[str, float | int | str | bool | None]:
    """What each value says about the instrument part of its uncertainty."""
    said: dict[str, float | int | str | bool | None] = {"instrument_part": budget.is_known}
    if budget.reference:
        said["reference"] = budget.reference
    return said
