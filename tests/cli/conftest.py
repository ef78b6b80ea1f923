"""Recordings in a home of the test, a fold that is known, and the program as a function."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from daq.assessments.model import Assessment, Detection, Kind, Prompts, Sides
from daq.block import Limb, Wake
from daq.cli import main
from daq.errors import ReplayError
from daq.metrics.effort import Curve
from daq.metrics.trial import TrialResult
from daq.metrics.value import Status, Value
from daq.rig import Rig
from daq.session.setup import Setup
from daq.session.snapshot import TrialView
from daq.store.recording import RecordingWriter, read_recording


@dataclass(frozen=True)
class Folded:
    """What a fold gives; the fold itself is tested with the station."""

    setup: Setup
    trials: tuple[TrialView, ...]
    summary: tuple[Value, ...] = ()
    curves: dict[Limb, Curve] = field(default_factory=dict)
    is_complete: bool = True
    sentence: str = ""


def setup_of(person: str, started_utc: str) -> Setup:
    assessment = Assessment(
        id="grip",
        name="Grip",
        kind=Kind.PULL,
        sides=Sides.ALTERNATE,
        detection=Detection(start_n=20.0),
        prompts=Prompts(instruction="Hold", ready="Ready", go="Squeeze"),
        primary="peak_force",
        metrics=("peak_force",),
    )
    rig = Rig.model_validate({"mount": [{"driver": "node", "address": "sim:left", "limb": "left"}]})
    return Setup(rig=rig, certificates={}, assessment=assessment, person=person, started_utc=started_utc)


def trial_of(number: int, force_n: float, *, is_best: bool) -> TrialView:
    value = Value("peak_force", Limb.LEFT, force_n, "N", "peak.max_sample", u=2.0)
    result = TrialResult(Limb.LEFT, Status.OK, (), values=(value,))
    return TrialView(number, float(number), number + 0.9, Limb.LEFT, is_kept=True, is_best=is_best, verdict="", result=result)


@pytest.fixture
def fold(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Replaces the fold by one that gives two trials; the list is what was folded."""
    folded: list[Path] = []

    def replay_recording(path: Path) -> Folded:
        folded.append(path)
        if "bad" in path.name:
            raise ReplayError("This version does something else than the one that recorded.", t_ns=0)
        t_s = np.arange(3000) / 1000
        trials = (trial_of(1, 401.4, is_best=False), trial_of(2, 412.4, is_best=True))
        recording = read_recording(path)
        curves = {Limb.LEFT: Curve(t_s, 100 * t_s, 1000.0)}
        return Folded(recording.setup, trials, curves=curves, sentence=recording.sentence)

    monkeypatch.setattr("daq.station.replay.replay_recording", replay_recording)
    return folded


@pytest.fixture
def record(own_home: Path) -> Callable[..., Path]:
    def make(name: str, *, person: str = "p-1", started_utc: str = "2025-03-01T10:00:00+00:00", is_closed: bool = True) -> Path:
        writer = RecordingWriter.create(own_home / "recordings", setup_of(person, started_utc), name=name)
        writer.append(Wake(12_400_000_000))
        writer.flush()
        if is_closed:
            return writer.close()
        writer.abandon()
        return writer.path

    return make


@pytest.fixture
def daq(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["daq", *words])
        code = main.run()
        out, err = capsys.readouterr()
        return code, out, err

    return run
