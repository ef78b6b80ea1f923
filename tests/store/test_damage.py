"""A recording that was cut, flipped or overwritten gives back what is whole, says what is missing, and never a wrong item."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from written_recording import written

from daq.block import Chunk, Command, LinkEvent, LinkState, Sent, Wake
from daq.errors import FileError
from daq.session.setup import Setup
from daq.store.recording import Item, read_recording

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
