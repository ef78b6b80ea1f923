"""Force in, efforts out, while it flows or from a whole file: which detector an assessment needs, and the marks it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np

from daq.assessments.model import Assessment, Kind, Sides
from daq.core.hops import HopsDetector
from daq.core.jump import JumpDetector
from daq.core.mark import Floats, Mark, MarkKind, Span
from daq.core.pull import PullDetector
from daq.core.rebound import DropJumpDetector, LandingDetector
from daq.core.series import SeriesDetector
from daq.core.stance import StanceDetector

__all__ = [
    "Detector", "DropJumpDetector", "HopsDetector", "JumpDetector", "LandingDetector", "Mark", "MarkKind", "PullDetector",
    "SeriesDetector", "Span", "StanceDetector", "detector_for", "find_efforts",
]  # fmt: skip

_HIGHEST_RATE_HZ = 100_000.0


class Detector(Protocol):
    """Rows in, marks out; what it says does not depend on how the rows are cut into blocks."""

    def feed(self, t_s: Floats, force_n: Floats) -> list[Mark]:
        """Take the next rows, NaN in a hole."""
        ...

    def finish(self) -> list[Mark]:
        """The record has ended or the signal is lost: close what is open."""
        ...


_IN_THE_AIR: Mapping[Kind, Callable[..., Detector]] = MappingProxyType(
    {
        Kind.JUMP: JumpDetector,
        Kind.SQUAT_JUMP: JumpDetector,
        Kind.DROP_JUMP: DropJumpDetector,
        Kind.HOPS: HopsDetector,
        Kind.LANDING: LandingDetector,
    }
)


def detector_for(assessment: Assessment, *, rate_hz: float) -> Detector:
    """A fresh detector for ``assessment`` at ``rate_hz`` rows a second; a pull on a plate begins above the quiet load."""
    kind, detection = assessment.kind, assessment.detection
    if kind in _IN_THE_AIR:
        return _IN_THE_AIR[kind](detection, rate_hz=rate_hz)
    if kind is Kind.STANCE:
        return StanceDetector(detection, rate_hz=rate_hz, is_one_leg=assessment.sides is Sides.ALTERNATE)
    if assessment.is_series:
        return SeriesDetector(detection, rate_hz=rate_hz, is_on_plate=assessment.is_on_plate, pace=assessment.pace)
    return PullDetector(detection, rate_hz=rate_hz, is_on_plate=assessment.is_on_plate)


def find_efforts(t_s: Floats, force_n: Floats, assessment: Assessment) -> list[Span]:
    """The efforts in a whole record: ``t_s`` (n,) rising with a uniform step, ``force_n`` (n,) newtons, NaN in a hole."""
    if len(t_s) < 2 or not t_s[-1] > t_s[0]:  # noqa: PLR2004 - two rows make a step
        return []
    rate_hz = min((len(t_s) - 1) / float(t_s[-1] - t_s[0]), _HIGHEST_RATE_HZ)
    detector = detector_for(assessment, rate_hz=rate_hz)
    marks = detector.feed(np.asarray(t_s, dtype=np.float64), np.asarray(force_n, dtype=np.float64))
    return [mark.span for mark in [*marks, *detector.finish()] if mark.span is not None]
