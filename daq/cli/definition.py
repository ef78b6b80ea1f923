"""The docstring of a metric to what a person reads of it: definition, notes, source."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass

from daq.metrics.catalogue import Metric

_SECTION = re.compile(r"^(?P<title>[A-Z][A-Za-z ]+)\n-{3,}$", re.MULTILINE)
_MARKS = re.compile(r"``([^`]*)``|`([^`]*)`")


@dataclass(frozen=True, slots=True)
class Definition:
    """What the code says about a metric."""

    summary: str
    notes: str = ""
    references: str = ""


def definition_of(row: Metric) -> Definition:
    """First line, notes and references of the function that computes a metric.

    >>> from daq.metrics.catalogue import ALL, Better, Number, metric
    >>> @metric("N", Better.HIGHER, ALL, over=(50, 100))
    ... def force_Tms(reading, limb, ms):
    ...     "Force ``T`` ms after the onset, N."
    ...     return Number(float(ms), "force.at_time")
    >>> definition_of(force_Tms.rows[1]).summary
    'Force 100 ms after the onset, N.'
    """
    text = inspect.cleandoc(row.compute.__doc__ or "")
    parts = _SECTION.split(text)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    summary = " ".join(parts[0].split("\n\n")[0].split())
    if row.argument is not None:
        # The number stands in the name as T; the text says it the same way.
        summary = re.sub(r"\bT\b", str(row.argument), summary)
    return Definition(_plain(summary), _plain(sections.get("Notes", "")), _plain(sections.get("References", "")))


def _plain(text: str) -> str:
    return _MARKS.sub(lambda found: found[1] or found[2] or "", " ".join(text.split()))
