"""What the tests of the core share: the folder of public recordings, cuts, plain signals."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from daq.assessments.model import Assessment, Detection, Kind, Prompts, Sides

Floats = NDArray[np.float64]


@pytest.fixture
def recordings() -> Path:
    folder = Path(os.environ.get("LIMB_DAQ_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the public recordings are not here; set LIMB_DAQ_DATA to their folder")
    return folder


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
