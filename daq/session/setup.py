"""Everything a session is made from, as one value that a recording stores and a replay takes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import calibration
from calibration.certificate import from_table
from daq.assessments.model import Assessment
from daq.rig import Rig

SETUP_VERSION = 1


@dataclass(frozen=True, slots=True)
class Setup:
    """What a session depends on besides its inputs.

    ``certificates`` by mount name; ``person`` a pseudonym; ``first_side`` left or right (drawn before the session, so that
    the fold holds no chance); ``started_utc`` ISO time of t = 0, for file names and people, never for logic; ``entered``
    quantities typed in by name, such as ``box_height_m`` or ``lever_arm_m.left``.
    """

    rig: Rig
    certificates: dict[str, calibration.Calibration]
    assessment: Assessment
    person: str = ""
    first_side: str = "left"
    started_utc: str = ""
    software: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    entered: dict[str, float] = field(default_factory=dict)

    def as_table(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "version": SETUP_VERSION,
            "rig": self.rig.model_dump(mode="json", exclude_defaults=True),
            "certificates": {name: c.as_table() for name, c in self.certificates.items()},
            "assessment": self.assessment.model_dump(mode="json"),
            "person": self.person,
            "first_side": self.first_side,
            "started_utc": self.started_utc,
            "software": self.software,
            "notes": self.notes,
            "entered": self.entered,
        }

    @classmethod
    def from_table(cls, table: dict[str, Any]) -> Setup:
        """The setup that ``as_table`` wrote; raises what the loaders raise when it was damaged."""
        return cls(
            rig=Rig.model_validate(table["rig"]),
            certificates={name: from_table(c) for name, c in table["certificates"].items()},
            assessment=Assessment.model_validate(table["assessment"]),
            person=table["person"],
            first_side=table["first_side"],
            started_utc=table["started_utc"],
            software=table["software"],
            notes=table["notes"],
            entered=table.get("entered", {}),
        )
