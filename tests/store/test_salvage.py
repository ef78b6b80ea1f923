from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mcap.reader import make_reader

from daq.block import Chunk, Sent, Wake
from daq.session.setup import Setup
from daq.store.recording import Item, RecordingWriter, read_recording, salvage

WRITER = """
import json, sys
from pathlib import Path
from daq.block import Chunk, Sent
from daq.session.setup import Setup
from daq.store.recording import RecordingWriter

setup = Setup.from_table(json.loads(sys.argv[2]))
writer = RecordingWriter.create(Path(sys.argv[1]), setup, name="killed")
k = 0
while True:
    for _ in range(20):
        writer.append(Chunk(k, "left", "", k.to_bytes(8, "little") * 5))
        writer.append(Sent(k, "left", "", b"x"))
        k += 1
    print(writer.flush().n_inputs, flush=True)
"""


def left_behind(folder: Path, setup: Setup, items: list[Item], *, name: str = "run") -> Path:
    writer = RecordingWriter.create(folder, setup, name=name)
    for k, item in enumerate(items, start=1):
        writer.append(item)
        if not k % 50:
            writer.flush()
    writer.flush()
    writer.abandon()
    return writer.path


def test_a_recording_left_behind_is_finished_and_says_how_much(folder: Path, setup: Setup, some_items: list[Item]):
    part = left_behind(folder, setup, some_items)

    (found,) = salvage(folder)

    recording = read_recording(folder / "run.mcap")
    assert found.path == folder / "run.mcap"
    assert found.sentence == (
        f"Salvaged 0.3 s ({recording.n_inputs} inputs) of a recording that ended without being closed: run.mcap"
    )
    assert (found.n_inputs, found.n_bytes) == (recording.n_inputs, found.path.stat().st_size)
    assert found.path.stat().st_mode & 0o777 == 0o600
    assert recording.is_complete
    assert list(recording.items) == some_items
    assert not part.exists()
    assert salvage(folder) == []


@pytest.mark.parametrize("seed", range(12))
def test_a_torn_tail_loses_at_most_the_torn_chunk(folder: Path, setup: Setup, some_items: list[Item], seed: int):
    part = left_behind(folder, setup, some_items)
    whole = part.read_bytes()
    cut = random.Random(seed).randrange(read_recording(part).index.chunks[0].chunk_start_offset, len(whole))
    part.write_bytes(whole[:cut])
    before = read_recording(part)

    found = salvage(folder)

    if not before.n_inputs:
        assert [path.suffix for path in folder.iterdir()] in ([".broken"], [])
        return
    assert found[0].n_inputs == before.n_inputs
    assert list(read_recording(found[0].path).items) == some_items[: before.n_items]
    assert read_recording(found[0].path).is_complete


def test_a_recording_that_is_being_written_is_left_alone(folder: Path, setup: Setup):
    writer = RecordingWriter.create(folder, setup, name="run")
    writer.append(Wake(1))
    writer.flush()

    assert salvage(folder) == []

    writer.append(Wake(2))
    assert list(read_recording(writer.close()).items) == [Wake(1), Wake(2)]


def test_an_existing_recording_is_never_replaced(folder: Path, setup: Setup):
    part = left_behind(folder, setup, [Wake(1)])
    (folder / "run.mcap").write_bytes(b"somebody else's")

    (found,) = salvage(folder)

    assert found.path == folder / "run-2.mcap"
    assert (folder / "run.mcap").read_bytes() == b"somebody else's"
    assert not part.exists()


def test_a_kill_between_the_two_names_leaves_one_recording(folder: Path, setup: Setup):
    writer = RecordingWriter.create(folder, setup, name="run")
    writer.append(Wake(1))
    path = writer.close()
    (folder / "run.mcap.part").hardlink_to(path)

    assert salvage(folder) == []
    assert [p.name for p in folder.iterdir()] == ["run.mcap"]


def test_a_finished_file_under_its_first_name_is_only_renamed(folder: Path, setup: Setup):
    writer = RecordingWriter.create(folder, setup, name="run")
    writer.append(Wake(1))
    path = writer.close()
    content = path.read_bytes()
    path.rename(folder / "run.mcap.part")

    (found,) = salvage(folder)

    assert found.path.read_bytes() == content


def test_a_recording_without_one_input_is_removed(folder: Path, setup: Setup):
    left_behind(folder, setup, [])
    (folder / "empty.mcap.part").touch()
    (folder / "zeros.mcap.part").write_bytes(bytes(4096))

    found = salvage(folder)

    assert [one.sentence.endswith("removed.") for one in found] == [True, True, True]
    assert list(folder.iterdir()) == []


def test_what_cannot_be_read_is_kept(folder: Path):
    folder.mkdir()
    (folder / "odd.mcap.part").write_bytes(b"not ours at all")

    (found,) = salvage(folder)

    assert found.path == folder / "odd.mcap.part.broken"
    assert found.path.read_bytes() == b"not ours at all"
    assert "kept as odd.mcap.part.broken" in found.sentence


def test_a_damaged_original_is_kept_beside_what_was_saved(folder: Path, setup: Setup, some_items: list[Item]):
    part = left_behind(folder, setup, some_items)
    content = bytearray(part.read_bytes())
    third = read_recording(part).index.chunks[2]
    content[third.chunk_start_offset + third.chunk_length // 2] ^= 0xFF
    part.write_bytes(content)

    (found,) = salvage(folder)

    saved = read_recording(found.path)
    assert list(saved.items) == some_items[:100] + some_items[150:]
    assert (saved.n_items_skipped, saved.n_items_lost, saved.is_complete) == (50, 50, False)
    assert "50 items in its middle" in found.sentence
    with found.path.open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        assert sum(1 for _ in reader.iter_messages()) == len(some_items) - 50
        assert [record.name for record in reader.iter_metadata()] == ["limb_daq.setup"]
    assert (folder / "run.mcap.part.broken").read_bytes() == content


def test_zeros_after_a_power_cut_are_no_items(folder: Path, setup: Setup, some_items: list[Item]):
    part = left_behind(folder, setup, some_items)
    with part.open("ab") as file:
        file.write(bytes(5000))

    (found,) = salvage(folder)

    assert list(read_recording(found.path).items) == some_items


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_changes_nothing(folder: Path, setup: Setup):
    part = left_behind(folder, setup, [Wake(1)])
    folder.chmod(0o500)

    (found,) = salvage(folder)
    folder.chmod(0o700)

    assert "Nothing was removed" in found.sentence
    assert part.exists()


def test_a_full_disk_while_salvaging_changes_nothing(folder: Path, setup: Setup, monkeypatch: pytest.MonkeyPatch):
    part = left_behind(folder, setup, [Wake(1)])
    content = part.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        (found,) = salvage(folder)

    assert "No space left on device" in found.sentence
    assert part.read_bytes() == content
    assert [p.name for p in folder.iterdir()] == [part.name]
    assert salvage(folder)[0].path == folder / "run.mcap"


def test_nothing_acknowledged_is_lost_when_the_program_is_killed(folder: Path, setup: Setup):
    words = [sys.executable, "-c", WRITER]
    lottery = random.Random(7)
    for n_round in range(10):
        place = folder / str(n_round)
        with subprocess.Popen([*words, str(place), json.dumps(setup.as_table())], stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout is not None
            first = program.stdout.readline()
            time.sleep(lottery.uniform(0.0, 0.08))
            program.send_signal(signal.SIGKILL)
            told = [first, *program.stdout.read().splitlines()]
            program.wait()
        promised = int(told[-1])

        (found,) = salvage(place)

        items = list(read_recording(found.path).items)
        chunks = [item for item in items if isinstance(item, Chunk)]
        assert found.n_inputs >= promised
        assert chunks == [Chunk(k, "left", "", k.to_bytes(8, "little") * 5) for k in range(len(chunks))]
        assert sum(isinstance(item, Sent) for item in items) == len(chunks)
