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

from daq.block import Chunk, Command, LinkEvent, LinkState, Sent, Wake
from daq.errors import FileError
from daq.session.setup import Setup
from daq.store.recording import Acknowledged, Item, RecordingWriter, read_recording, salvage

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


def written(folder: Path, setup: Setup, items: list[Item], *, flush_every: int = 40) -> tuple[Path, list[Acknowledged]]:
    writer = RecordingWriter.create(folder, setup, name="run")
    acknowledged = [writer.acknowledged]
    for k, item in enumerate(items, start=1):
        writer.append(item)
        if not k % flush_every:
            acknowledged.append(writer.flush())
    return writer.close(), acknowledged


@pytest.fixture
def whole(folder: Path, setup: Setup, some_items: list[Item]) -> bytes:
    path, _ = written(folder, setup, some_items)
    return path.read_bytes()


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


@pytest.mark.parametrize("step", [1, 7])
def test_a_file_cut_at_any_byte_gives_back_every_whole_chunk(tmp_path: Path, setup: Setup, some_items: list[Item], step: int):
    path, acknowledged = written(tmp_path / "whole", setup, some_items[: 60 if step == 1 else 306], flush_every=15)
    whole, cut = path.read_bytes(), tmp_path / "cut.mcap"
    n_head = acknowledged[0].n_bytes
    for n_bytes in range(n_head, len(whole), step):
        cut.write_bytes(whole[:n_bytes])
        recording = read_recording(cut)
        promised = max(a.n_inputs for a in acknowledged if a.n_bytes <= n_bytes)
        items = list(recording.items)
        assert recording.n_inputs >= promised
        assert items == some_items[: len(items)]
        assert not recording.is_complete
        assert "ended without being closed" in recording.sentence


def test_a_file_cut_inside_its_setup_is_one_sentence(tmp_path: Path, whole: bytes, setup: Setup):
    n_head = 8 + 9 + int.from_bytes(whole[9:17], "little")
    cut = tmp_path / "cut.mcap"
    for n_bytes in [*range(n_head + 40), n_head + 500]:
        cut.write_bytes(whole[:n_bytes])
        with pytest.raises(FileError, match=r"no recording|cut before its setup|damaged"):
            read_recording(cut)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_flipped_bytes_cost_chunks_and_never_change_an_item(
    tmp_path: Path, whole: bytes, some_items: list[Item], setup: Setup, data: st.DataObject
):
    path = tmp_path / "damaged.mcap"
    path.write_bytes(whole)
    starts = [chunk.chunk_start_offset for chunk in read_recording(path).index.chunks]
    written_at = {start: some_items[40 * k : 40 * (k + 1)] for k, start in enumerate(starts)}
    damaged = bytearray(whole)
    for place, flip in data.draw(
        st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(1, 255)), min_size=1, max_size=3)
    ):
        damaged[place] ^= flip
    path.write_bytes(damaged)

    try:
        recording = read_recording(path)
    except FileError:
        return
    items = list(recording.items)

    found = [chunk.chunk_start_offset for chunk in recording.index.chunks]
    assert items == [item for start in found for item in written_at[start]]
    if starts[0] in found:  # it declares the channels; where the end is hit too, nobody else does so early
        assert len(found) >= len(starts) - 3
    assert recording.setup == setup
    assert recording.n_items == len(items)
    last = max((starts.index(start) for start in found), default=-1)
    assert recording.n_items_skipped == 40 * sum(start not in found for start in starts[: max(last, 0)])
    assert (len(items) == len(some_items)) or not recording.is_complete


@pytest.mark.parametrize("is_closed", [True, False])
@pytest.mark.parametrize("byte", ["opcode", "length", "middle", "name of the compression"])
def test_reading_goes_on_behind_a_damaged_chunk_and_says_what_is_missing(
    tmp_path: Path, whole: bytes, some_items: list[Item], byte: str, *, is_closed: bool
):
    path = tmp_path / "flipped.mcap"
    path.write_bytes(whole)
    chunks = read_recording(path).index.chunks
    hit = chunks[3]
    end = chunks[-1].chunk_start_offset + chunks[-1].chunk_length
    damaged = bytearray(whole if is_closed else whole[:end])
    place = {"opcode": 0, "length": 3, "middle": hit.chunk_length // 2, "name of the compression": 42}[byte]
    damaged[hit.chunk_start_offset + place] ^= 0x10
    path.write_bytes(damaged)

    recording = read_recording(path)

    assert list(recording.items) == some_items[:120] + some_items[160:]
    assert recording.has_gaps
    assert recording.n_items_skipped == 40
    assert recording.n_items_lost == (40 if is_closed else None)
    assert not recording.is_complete
    n_inputs = sum(not isinstance(item, Sent) for item in some_items[:120] + some_items[160:])
    assert recording.sentence == (
        f"The recording flipped.mcap is damaged: 0.3 s ({n_inputs} inputs) can be read, "
        "40 items between 0.1 s and 0.2 s are missing."
    )


def test_channels_declared_in_a_damaged_chunk_are_known_from_the_end(tmp_path: Path, whole: bytes, some_items: list[Item]):
    path = tmp_path / "first.mcap"
    path.write_bytes(whole)
    first = read_recording(path).index.chunks[0]
    damaged = bytearray(whole)
    damaged[first.chunk_start_offset + first.chunk_length // 2] ^= 1
    path.write_bytes(damaged)

    assert list(read_recording(path).items) == some_items[40:]


def test_channels_are_declared_again_for_a_recording_without_an_end(folder: Path, setup: Setup):
    items: list[Item] = [Chunk(k, "left", "", bytes([k])) for k in range(120)]
    path, _ = written(folder, setup, items, flush_every=1)
    chunks = read_recording(path).index.chunks
    damaged = bytearray(path.read_bytes()[: chunks[-1].chunk_start_offset + chunks[-1].chunk_length])
    damaged[chunks[0].chunk_start_offset + chunks[0].chunk_length - 3] ^= 1
    path.write_bytes(damaged)

    recording = read_recording(path)

    assert list(recording.items) == items[50:]
    assert recording.n_items_skipped == 50


def test_a_stretch_of_noise_or_zeros_costs_only_the_chunks_under_it(tmp_path: Path, whole: bytes, some_items: list[Item]):
    path = tmp_path / "noise.mcap"
    path.write_bytes(whole)
    chunks = read_recording(path).index.chunks
    first, last = chunks[1].chunk_start_offset + 5, chunks[4].chunk_start_offset - 7
    for filling in (bytes(last - first), os.urandom(last - first), b"\x04\x00\x00\x00zstd\x06" * (last - first)):
        path.write_bytes(whole[:first] + filling[: last - first] + whole[last:])

        assert list(read_recording(path).items) == some_items[:40] + some_items[160:]


def test_false_beginnings_do_not_cost_more_than_a_few_readings(tmp_path: Path, whole: bytes):
    n_head = 8 + 9 + int.from_bytes(whole[9:17], "little")
    n_head += 9 + int.from_bytes(whole[n_head + 1 : n_head + 9], "little")
    false = b"\x06" + (1 << 20).to_bytes(8, "little") + bytes(28) + b"\x04\x00\x00\x00zstd"
    path = tmp_path / "false.mcap"
    path.write_bytes(whole[:n_head] + false * 90_000)
    begun_s = time.monotonic()

    recording = read_recording(path)

    assert recording.n_items == 0
    assert time.monotonic() - begun_s < 2.0


@again
@given(noise=st.binary(max_size=200))
def test_noise_is_no_recording(tmp_path: Path, noise: bytes):
    path = tmp_path / "noise.mcap"
    path.write_bytes(noise)

    with pytest.raises(FileError):
        read_recording(path)


def test_a_missing_chunk_is_counted_and_reading_goes_on(tmp_path: Path, whole: bytes, some_items: list[Item]):
    path = tmp_path / "hole.mcap"
    path.write_bytes(whole)
    chunks = read_recording(path).index.chunks
    second = chunks[1]
    path.write_bytes(whole[: second.chunk_start_offset] + whole[second.chunk_start_offset + second.chunk_length :])

    recording = read_recording(path)

    assert list(recording.items) == some_items[:40] + some_items[80:]
    assert recording.n_items_skipped == 40
    assert not recording.is_complete
    assert "damaged" in recording.sentence


def test_a_recording_of_a_newer_version_asks_for_an_update(tmp_path: Path, setup: Setup, monkeypatch: pytest.MonkeyPatch):
    table = setup.as_table() | {"version": 99}
    monkeypatch.setattr(Setup, "as_table", lambda _: table)
    path, _ = written(tmp_path / "new", setup, [Wake(1)])

    with pytest.raises(FileError, match="newer version"):
        read_recording(path)


def test_a_missing_file_says_how_to_list_recordings(tmp_path: Path):
    with pytest.raises(FileError, match="daq sessions"):
        read_recording(tmp_path / "none.mcap")


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
