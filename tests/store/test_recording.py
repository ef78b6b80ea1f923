from __future__ import annotations

import errno
import json
import os
import stat
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcap.reader import make_reader
from mcap.stream_reader import StreamReader
from written_recording import written

from daq.block import Chunk, Command, LinkEvent, LinkState, Sent, Wake
from daq.errors import FileError
from daq.session.setup import Setup
from daq.store.recording import Item, RecordingWriter, read_recording, salvage

times = st.integers(0, 2**63 - 1)
words = st.text(max_size=12)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
any_item = st.one_of(
    st.builds(Chunk, times, words, words, st.binary(max_size=40)),
    st.builds(Wake, times),
    st.builds(Command, times, words, st.dictionaries(words, scalars, max_size=3)),
    st.builds(LinkEvent, times, words, st.sampled_from(LinkState), words),
    st.builds(Sent, times, words, words, st.binary(max_size=40), st.booleans()),
)
again = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_what_was_appended_comes_back_in_order(folder: Path, setup: Setup, some_items: list[Item]):
    path, _ = written(folder, setup, some_items)

    recording = read_recording(path)

    assert list(recording.items) == some_items
    assert recording.is_complete
    assert recording.sentence == ""
    assert recording.setup == setup
    assert recording.n_items == len(some_items)
    assert recording.n_inputs == sum(not isinstance(item, Sent) for item in some_items)
    assert recording.duration_s == pytest.approx(0.3)


@again
@given(items=st.lists(any_item, max_size=20), flush_every=st.integers(1, 8))
def test_every_item_survives_the_file(
    tmp_path_factory: pytest.TempPathFactory, setup: Setup, items: list[Item], flush_every: int
):
    path, _ = written(tmp_path_factory.mktemp("any"), setup, items, flush_every=flush_every)

    assert list(read_recording(path).items) == items


def test_time_that_steps_back_keeps_the_order_of_processing(folder: Path, setup: Setup):
    items: list[Item] = [Wake(30), Wake(10), Wake(20), Wake(10)]

    path, _ = written(folder, setup, items)

    assert list(read_recording(path).items) == items


def test_other_programs_read_the_same_messages(folder: Path, setup: Setup, some_items: list[Item]):
    path, _ = written(folder, setup, some_items)

    with path.open("rb") as file:
        by_index = sum(1 for _ in make_reader(file, validate_crcs=True).iter_messages())
    with path.open("rb") as file:
        records = list(StreamReader(file, validate_crcs=True).records)
    with path.open("rb") as file:
        summary = make_reader(file).get_summary()
        metadata = list(make_reader(file).iter_metadata())

    assert by_index == len(some_items)
    assert sum(type(r).__name__ == "Message" for r in records) == len(some_items)
    assert summary is not None
    assert summary.statistics is not None
    assert summary.statistics.message_count == len(some_items)
    assert {"chunk/left", "chunk/right/data", "sent/left/control", "sent/right", "wake", "command", "link"} == {
        channel.topic for channel in summary.channels.values()
    }
    assert json.loads(metadata[0].metadata["setup"]) == setup.as_table()


def test_the_file_and_its_folder_are_private_and_part_until_closed(folder: Path, setup: Setup):
    writer = RecordingWriter.create(folder, setup, name="run")
    part = writer.path

    assert part == folder / "run.mcap.part"
    assert stat.S_IMODE(part.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert writer.close() == folder / "run.mcap"
    assert not part.exists()
    assert stat.S_IMODE((folder / "run.mcap").stat().st_mode) == 0o600


def test_nothing_is_ever_overwritten(folder: Path, setup: Setup):
    names = [written(folder, setup, [Wake(k)])[0].name for k in range(3)]
    open_one = RecordingWriter.create(folder, setup, name="run")
    open_two = RecordingWriter.create(folder, setup, name="run")

    assert names == ["run.mcap", "run-2.mcap", "run-3.mcap"]
    assert [open_one.path.name, open_two.path.name] == ["run-4.mcap.part", "run-5.mcap.part"]
    assert [next(read_recording(folder / name).items) for name in names] == [Wake(0), Wake(1), Wake(2)]
    open_one.abandon()
    open_two.abandon()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\x00b", "x" * 300, "", "...", "/", "CON\n\x1b[2J", "\u202egnp.exe", "a/b\\c:d"]
)
def test_a_hostile_name_stays_a_file_in_the_folder(folder: Path, setup: Setup, name: str):
    writer = RecordingWriter.create(folder, setup, name=name)
    path = writer.close()

    assert path.parent == folder
    assert path.name.removesuffix(".mcap").replace("-", "").isalnum()
    assert len(path.name) < 120


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, setup: Setup):
    (tmp_path / "file").write_text("")

    with pytest.raises(FileError, match="cannot be made"):
        RecordingWriter.create(tmp_path / "file" / "in", setup, name="run")


def test_what_was_acknowledged_is_in_the_file_at_that_moment(folder: Path, setup: Setup, some_items: list[Item]):
    writer = RecordingWriter.create(folder, setup, name="run")
    for k, item in enumerate(some_items, start=1):
        writer.append(item)
        if not k % 60:
            done = writer.flush()
            found = read_recording(writer.path)
            assert (found.n_inputs, found.n_bytes, list(found.items)) == (done.n_inputs, done.n_bytes, some_items[:k])
    writer.close()


class FailingFile:
    """A disk that refuses the n-th write, after taking a part of it."""

    def __init__(self, path: Path, *, n_good: int, code: int) -> None:
        self._file = path.open("wb", buffering=0)
        self._n_left = n_good
        self._code = code

    def write(self, data: bytes, /) -> int | None:
        if self._n_left == 0:
            self._n_left = -1
            return self._file.write(data[: len(data) // 2])
        if self._n_left < 0:
            raise OSError(self._code, os.strerror(self._code))
        self._n_left -= 1
        return self._file.write(data)

    def truncate(self, size: int, /) -> int:
        return self._file.truncate(size)

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()


@pytest.mark.parametrize("n_good", range(1, 8))
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_refuses_is_told_once_and_leaves_whole_chunks(
    folder: Path, setup: Setup, some_items: list[Item], n_good: int, code: int
):
    folder.mkdir()
    path = folder / "run.mcap.part"
    writer = RecordingWriter(FailingFile(path, n_good=n_good, code=code), path, setup)
    sentences = []
    for k, item in enumerate(some_items, start=1):
        writer.append(item)
        if not k % 60:
            try:
                writer.flush()
                writer.sync()
            except FileError as error:
                sentences.append(str(error))
    try:
        left = writer.close()
    except FileError as error:
        sentences.append(str(error))
        left = path
    promised = writer.acknowledged

    assert len(sentences) == 1
    assert os.strerror(code) in sentences[0]
    assert writer.has_failed
    assert left == path
    assert path.stat().st_size == promised.n_bytes
    recording = read_recording(path)
    assert recording.n_inputs == promised.n_inputs
    assert list(recording.items) == some_items[: recording.n_items]
    assert recording.n_items + writer.n_dropped == len(some_items)


def test_a_disk_that_refuses_the_setup_makes_no_recording(tmp_path: Path, setup: Setup):
    with pytest.raises(FileError, match="No space left"):
        RecordingWriter(FailingFile(tmp_path / "a.part", n_good=0, code=errno.ENOSPC), tmp_path / "a.part", setup)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is a Linux device")
def test_a_full_disk_says_so(tmp_path: Path, setup: Setup):
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(FileError, match="No space left on device"):
        RecordingWriter(full, tmp_path / "x.mcap.part", setup)


def test_appending_while_another_thread_flushes_loses_nothing(folder: Path, setup: Setup):
    writer = RecordingWriter.create(folder, setup, name="run")
    stop = threading.Event()

    def flush() -> None:
        while not stop.is_set():
            writer.flush()

    thread = threading.Thread(target=flush)
    thread.start()
    items: list[Item] = [Chunk(k, f"d{k % 13}", str(k % 5), k.to_bytes(4)) for k in range(30_000)]
    for item in items:
        writer.append(item)
    stop.set()
    thread.join()

    assert list(read_recording(writer.close()).items) == items


def test_append_does_not_wait_for_a_slow_disk(folder: Path, setup: Setup):
    folder.mkdir()
    path = folder / "slow.mcap.part"
    writing, go_on = threading.Event(), threading.Event()

    class SlowFile(FailingFile):
        def write(self, data: bytes, /) -> int | None:
            if writer_is_ready:
                writing.set()
                assert go_on.wait(10)
            return super().write(data)

    writer_is_ready = False
    writer = RecordingWriter(SlowFile(path, n_good=99, code=errno.EIO), path, setup)
    writer_is_ready = True
    writer.append(Wake(1))
    thread = threading.Thread(target=writer.flush)
    thread.start()
    assert writing.wait(10)
    begin_s = time.perf_counter()
    for k in range(1000):
        writer.append(Wake(k))
    took_s = time.perf_counter() - begin_s
    go_on.set()
    thread.join()
    writer.close()

    assert took_s < 1.0
    assert read_recording(folder / "slow.mcap").n_items == 1001


def test_acknowledged_counts_only_grow(folder: Path, setup: Setup, some_items: list[Item]):
    _, acknowledged = written(folder, setup, some_items)

    for before, after in pairwise(acknowledged):
        assert before.n_inputs < after.n_inputs
        assert before.n_bytes < after.n_bytes
        assert before.t_ns <= after.t_ns


def test_closing_twice_and_closing_what_was_abandoned_is_harmless(folder: Path, setup: Setup):
    writer = RecordingWriter.create(folder, setup, name="run")
    assert writer.close() == writer.close()
    other = RecordingWriter.create(folder, setup, name="other")
    other.abandon()

    assert other.close().name == "other.mcap.part"
    assert other.flush() == other.acknowledged


def test_salvage_and_writer_agree_on_an_empty_folder(tmp_path: Path):
    assert salvage(tmp_path / "none") == []
    assert salvage(tmp_path) == []


def test_the_cost_of_an_item_stays_in_microseconds(folder: Path, setup: Setup, capsys: pytest.CaptureFixture[str]):
    writer = RecordingWriter.create(folder, setup, name="run")
    items = [Chunk(k, "left" if k % 2 else "right", "", bytes(40)) for k in range(20_000)]

    def cost_us(work: Callable[[], object]) -> float:
        begin_s = time.perf_counter()
        work()
        return (time.perf_counter() - begin_s) / len(items) * 1e6

    append_us = cost_us(lambda: [writer.append(item) for item in items])
    flush_us = cost_us(writer.flush)
    writer.close()

    with capsys.disabled():
        print(f"\n  append {append_us:.2f} us an item, flush {flush_us:.2f} us an item")  # noqa: T201, a cost to read
    assert append_us < 50
