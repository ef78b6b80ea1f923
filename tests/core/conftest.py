"""What the tests of the core share: assessments and cuts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from daq.assessments.model import Assessment, Detection, Kind, Prompts, Sides


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
