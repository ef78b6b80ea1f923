"""A station at work: what a defect, a full disk or a missing port does to it."""

from __future__ import annotations

import asyncio
import time

import pytest

from daq.assessments.model import load_assessment
from daq.errors import LinkError
from daq.rig import Rig
from daq.session.setup import Setup
from daq.simulate.simulated import simulated
from daq.station.replay import replay_recording
from daq.station.station import Station


def _station(folder, **wanted) -> Station:
    test = load_assessment("cmj")
    world = simulated(None, test)
    setup = Setup(rig=world.rig, certificates=world.certificates, assessment=test)
    return Station(setup, folder=folder, far_ends=world.far_ends, **wanted)


async def test_a_defect_in_the_analysis_does_not_cost_the_recording(tmp_path, monkeypatch):
    station = _station(tmp_path)
    await station.start()
    await asyncio.sleep(0.3)
    monkeypatch.setattr(station.session, "step", lambda _: 1 / 0)
    await asyncio.sleep(0.5)
    await station.close()

    assert isinstance(station.failure, ZeroDivisionError)
    assert "recording goes on" in station.recording.error
    done = replay_recording(next(tmp_path.glob("*.mcap")), check=False)
    assert done.duration_s > 0.7


async def test_what_was_acknowledged_grows_while_it_records(tmp_path):
    station = _station(tmp_path)
    counts = []
    await station.start()
    for _ in range(8):
        await asyncio.sleep(0.1)
        counts.append(station.acknowledged.n_inputs if station.acknowledged else 0)
    await station.close()

    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


async def test_a_recording_folds_again_to_what_was_sent(tmp_path):
    station = _station(tmp_path)
    await station.start()
    await asyncio.sleep(1.0)
    station.command("note", {"text": "first day"})
    await station.close()

    done = replay_recording(next(tmp_path.glob("*.mcap")))

    assert done.is_complete
    assert done.n_sent > 2
    assert "Note: first day" in done.session.notices


async def test_tables_can_be_written_while_it_records(tmp_path):
    station = _station(tmp_path)
    await station.start()
    await asyncio.sleep(0.6)
    sentence = await station.export()
    await station.close()

    assert "Written" in sentence
    assert list(tmp_path.glob("*-tables/samples.csv"))


async def test_a_port_that_cannot_be_opened_leaves_nothing_behind(tmp_path):
    mounts = [
        {"driver": "node", "address": "port:/dev/does-not-exist", "limb": "left"},
        {"driver": "node", "address": "port:/dev/does-not-exist-either", "limb": "right"},
    ]
    setup = Setup(rig=Rig.model_validate({"mount": mounts}), certificates={}, assessment=load_assessment("cmj"))
    station = Station(setup, folder=tmp_path)

    with pytest.raises(LinkError):
        await station.start()
    await station.close()

    assert not list(tmp_path.iterdir())


async def test_a_session_starts_and_ends_quickly(tmp_path):
    station = _station(tmp_path)
    began_s = time.monotonic()
    await station.start()
    await station.close()

    assert time.monotonic() - began_s < 5.0
