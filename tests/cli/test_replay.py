"""A simulated recording, whole and damaged, through ``daq replay`` and ``daq export``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from daq.store.recording import read_recording

Daq = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two plates for 3 s, recorded by the program."""
    import asyncio

    from daq.assessments.model import load_assessment
    from daq.session.setup import Setup
    from daq.simulate.simulated import simulated
    from daq.station.station import Station

    folder = tmp_path_factory.mktemp("recorded")

    async def run() -> None:
        test = load_assessment("cmj")
        world = simulated(None, test)
        setup = Setup(rig=world.rig, certificates=world.certificates, assessment=test)
        station = Station(setup, folder=folder, far_ends=world.far_ends)
        await station.start()
        await asyncio.sleep(3.0)
        await station.close()

    asyncio.run(run())
    return next(folder.glob("*.mcap"))


@pytest.fixture
def holed(recorded: Path, tmp_path: Path) -> Path:
    """The same with one bit flipped in a chunk of its middle."""
    chunks = read_recording(recorded).index.chunks
    hit = chunks[len(chunks) // 2]
    content = bytearray(recorded.read_bytes())
    content[hit.chunk_start_offset + hit.chunk_length // 2] ^= 4
    path = tmp_path / "holed.mcap"
    path.write_bytes(content)
    return path


def test_a_recording_with_a_damaged_middle_is_replayed_to_its_end(daq: Daq, recorded: Path, holed: Path):
    whole = json.loads(daq("replay", str(recorded), "--json")[1])

    code, out, err = daq("replay", str(holed), "--json")

    found = json.loads(out)
    recording = read_recording(holed)
    assert code == 0
    assert not found["complete"]
    assert whole["inputs"] - recording.n_items_skipped <= found["inputs"] < whole["inputs"]
    assert err == f"{recording.sentence}\n"
    assert "is damaged" in err
    assert "are missing" in err
    assert recording.duration_s == read_recording(recorded).duration_s


def test_every_verb_describes_the_damage_with_the_same_sentence(daq: Daq, holed: Path, tmp_path: Path):
    told = [daq("replay", str(holed))[2], daq("replay", str(holed), "--json")[2]]
    told.append(daq("export", str(holed), "--out", str(tmp_path / "tables"))[2])

    assert set(told) == {f"{read_recording(holed).sentence}\n"}


def test_samples_on_both_sides_of_a_damaged_chunk_are_those_of_the_whole_recording(recorded: Path, holed: Path):
    from daq.station.replay import replay_recording

    whole, damaged = replay_recording(recorded), replay_recording(holed)

    for limb, curve in damaged.curves.items():
        n_after = sum(curve.t_s > read_recording(holed).duration_s / 2 + 0.3)
        assert n_after > 500
        assert (curve.force_n[-n_after:] == whole.curves[limb].force_n[-n_after:]).all()


def test_messages_are_said_to_be_the_same_only_where_they_were_compared(daq: Daq, recorded: Path, holed: Path):
    assert "are the same" in daq("replay", str(recorded))[1]
    assert "are the same" not in daq("replay", str(holed))[1]
    assert "are the same" not in daq("replay", str(recorded), "--no-check")[1]


def test_an_old_recording_is_analysed_by_another_test_or_rule(daq: Daq, recorded: Path):
    from daq.station.replay import replay_recording

    other = json.loads(daq("replay", str(recorded), "--json", "--assessment", "grip")[1])
    assert (other["assessment"], other["complete"]) == ("grip", True)

    assert daq("replay", str(recorded), "--method", "flight=fixed_20n")[0] == 0
    assessment = replay_recording(recorded).setup.assessment.with_methods({"flight": "fixed_20n"})
    assert replay_recording(recorded, assessment=assessment).session.setup.assessment == assessment


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--method", "flight=magic"], "fixed_20n"),
        (["--assessment", "yoga"], "daq tests lists them"),
        (["--screen", "--assessment", "grip"], "--screen shows a recording as it was"),
    ],
)
def test_a_test_or_rule_that_does_not_exist_is_one_sentence(daq: Daq, recorded: Path, words: list[str], sentence: str):
    code, out, err = daq("replay", str(recorded), *words)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert sentence in err
