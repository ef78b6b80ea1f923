"""A setup, items and trials that the tests of the store share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from written_recording import written

import calibration
from daq.assessments.model import Assessment, Detection, Kind, Prompts, Sides
from daq.block import Chunk, Command, Limb, LinkEvent, LinkState, Sent, Wake
from daq.metrics.trial import TrialResult
from daq.metrics.value import Instant, Status, Value
from daq.rig import Rig
from daq.session.setup import Setup
from daq.session.snapshot import TrialView
from daq.store.recording import Item


def _assessment() -> Assessment:
    return Assessment(
        id="grip",
        name="Grip",
        kind=Kind.PULL,
        sides=Sides.ALTERNATE,
        detection=Detection(start_n=20.0),
        prompts=Prompts(instruction="Hold", ready="Ready", go="Squeeze"),
        primary="peak_force",
        metrics=("peak_force",),
    )


@pytest.fixture(scope="session")
def make_setup() -> Callable[..., Setup]:
    def make(*, person: str = "p-1a2b3c", started_utc: str = "2025-03-01T10:00:00+00:00") -> Setup:
        mounts = [{"driver": "node", "address": f"sim:{side}", "limb": side} for side in ("left", "right")]
        certificate = calibration.Calibration(
            serial="A7", channels=("a",), outputs=("force",), zero=(12.0,), gain=((0.25,),), u_gain=(0.002,)
        )
        return Setup(
            rig=Rig.model_validate({"mount": mounts}),
            certificates={"left": certificate},
            assessment=_assessment(),
            person=person,
            started_utc=started_utc,
            software="limb-daq 0.0",
            notes={"shoes": "none"},
        )

    return make


@pytest.fixture(scope="session")
def setup(make_setup: Callable[..., Setup]) -> Setup:
    return make_setup()


@pytest.fixture(scope="session")
def some_items() -> list[Item]:
    """One of everything, then 300 chunks of two devices with a wake now and then."""
    items: list[Item] = [
        LinkEvent(0, "left", LinkState.OPENED),
        Sent(0, "left", "control", b"\x01start", response=True),
        Sent(0, "right", "", b"\x01start"),
        Command(5, "tare", {"device": "left", "force": 1.5, "n": 3, "sure": True, "why": None}),
        LinkEvent(7, "right", LinkState.LOST, "unplugged: Gerät weg"),
        Wake(9),
    ]
    for k in range(300):
        t_ns = (k + 1) * 1_000_000
        items.append(Chunk(t_ns, ("left", "right")[k % 2], "data" if k % 2 else "", bytes([k % 256, 0, 255]) * (k % 7)))
        if not k % 50:
            items.append(Wake(t_ns))
    return items


@pytest.fixture(scope="session")
def make_trial() -> Callable[..., TrialView]:
    def make(
        number: int = 1, limb: Limb = Limb.LEFT, value: float = 412.0, *, is_kept: bool = True, is_best: bool = True
    ) -> TrialView:
        events = {
            "onset": Instant("onset", number + 0.2, 0.001, 200, "onset.noise"),
            "peak": Instant("peak", number + 0.5, None, 500, "m"),
        }
        peak = Value(
            name="peak_force",
            limb=limb,
            value=value,
            unit="N",
            method="peak.max_sample",
            u=2.0,
            limits=(value - 4, value + 4),
            u_parts={"gain": 1.5},
            params={"window_s": 0.1},
            events=("onset", "peak"),
        )
        withheld = Value(
            "rfd_max", limb, None, "N/s", "rfd.secant", status=Status.INVALID, reasons=("rate_too_low", "sensor_settling")
        )
        result = TrialResult(limb, Status.OK, (), events=events, values=(peak, withheld))
        return TrialView(number, float(number), number + 0.9, limb, is_kept, is_best, "Good.", result)

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recordings"


@pytest.fixture
def whole(folder: Path, setup: Setup, some_items: list[Item]) -> bytes:
    path, _ = written(folder, setup, some_items)
    return path.read_bytes()
