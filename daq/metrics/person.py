"""What a person once said about themselves to what a comparison of sides may use; nothing of it is inferred from force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from daq.block import Limb
from daq.metrics.value import Value


class Handedness(StrEnum):
    """The hand a person writes with."""

    RIGHT = "right"
    LEFT = "left"
    BOTH = "both"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Sides of a person, as declared.

    Parameters
    ----------
    handedness : Handedness
        Shifts the band of hand-held tests of right-handers.
    dominant : Limb or None
        The dominant limb for the task of this test.
    involved : Limb or None
        The injured or operated side.
    baseline : mapping
        Metric to the value of the **uninvolved** side at the test before the operation or injury.
    baseline_on : str
        Date of that test, YYYY-MM-DD.
    """

    handedness: Handedness = Handedness.UNKNOWN
    dominant: Limb | None = None
    involved: Limb | None = None
    baseline: Mapping[str, Value] = field(default_factory=dict)
    baseline_on: str = ""


NOBODY = PersonFacts()
