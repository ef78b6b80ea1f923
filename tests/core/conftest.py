"""What the tests of the core share: assessments and cuts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from daq.assessments.model import Assessment, Detection, Kind, Pace, Prompts, Sides
from daq.core.detector import Mark, detector_for


def _assessment(kind: Kind, detection: Detection, instrument: str = "plate") -> Assessment:
    return Assessment(
        id="test",
        name="Test",
        kind=kind,
        sides=Sides.TOGETHER,
        instrument=instrument,
        detection=detection,
        prompts=Prompts(instruction="", ready="", go=""),
        primary="peak_force",
        metrics=("peak_force",),
    )


@pytest.fixture(scope="session")
def jump() -> Assessment:
    return _assessment(Kind.JUMP, Detection(start_n=100.0))


@pytest.fixture(scope="session")
def grip() -> Assessment:
    return _assessment(Kind.PULL, Detection(start_n=20.0), "cell")


@pytest.fixture(scope="session")
def plate_pull() -> Assessment:
    return _assessment(Kind.PULL, Detection(start_n=50.0))


@pytest.fixture(scope="session")
def pieces() -> Callable[[int, list[int]], list[slice]]:
    """Slices that cut ``n`` rows into blocks whose lengths repeat ``lengths``."""

    def cut(n: int, lengths: list[int]) -> list[slice]:
        slices, done, k = [], 0, 0
        while done < n:
            stop = min(n, done + lengths[k % len(lengths)])
            slices.append(slice(done, stop))
            done, k = stop, k + 1
        return slices

    return cut


@pytest.fixture(scope="session")
def kind_of() -> Callable[..., Assessment]:
    """A test of a kind, with what its ``[detection]`` says."""

    def make(kind: Kind, *, instrument: str = "plate", sides: Sides = Sides.TOGETHER, count: int = 0, **keys: float):
        made = _assessment(
            kind, Detection.model_validate({"start_n": 100.0 if instrument == "plate" else 20.0, **keys}), instrument
        )
        return made.model_copy(update={"sides": sides, "pace": Pace(count=count)})

    return make


@pytest.fixture(scope="session")
def marks_of() -> Callable[..., list[Mark]]:
    """Everything a detector says of a signal, given whole or in blocks."""

    def find(force_n: np.ndarray, assessment: Assessment, *, rate_hz: float = 1000.0, blocks: list[slice] | None = None):
        detector = detector_for(assessment, rate_hz=rate_hz)
        t_s = np.arange(len(force_n)) / rate_hz
        said = [m for part in blocks or [slice(None)] for m in detector.feed(t_s[part], force_n[part])]
        return [*said, *detector.finish()]

    return find
