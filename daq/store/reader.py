"""A recording, whole, cut or damaged, to its setup and the items that are certainly as they were written."""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Header, Metadata
from pydantic import ValidationError

import calibration
from daq.block import seconds
from daq.errors import FileError
from daq.session.setup import SETUP_VERSION, Setup
from daq.store.container import (
    FORMAT,
    MAGIC,
    PROFILE,
    SETUP_RECORD,
    DamagedError,
    Index,
    body_of,
    framed,
    index_of,
    records_of,
    walk,
)
from daq.store.files import reason
from daq.store.message import Item, Source, decode, source_of
from daq.store.recovery import Summary, candidates, record_at, summary_of

_RESTORE = "Restore it from a copy."
_RECORD_HEAD_BYTES = 9
_SEQUENCES = 0xFFFFFFFF
_READINGS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """What a recording holds. The items are those of every chunk that is certainly as it was written, in their order.

    ``is_complete``: it was closed and nothing is missing. ``n_items_lost``: items that are missing, in its middle and at its
    end; None = unknown, because the end of the file is missing too. ``n_items_skipped``: those of them with items behind them,
    known from the sequence numbers. ``damage``: what was wrong at the first damaged place, "" for a mere cut.
    ``sentence``: what is wrong, for a person; "" while nothing is.
    ``n_good_bytes``: the place up to which it was read; ``n_bytes`` the length of the file.
    """

    path: Path
    setup: Setup
    is_complete: bool
    n_inputs: int
    n_items: int
    n_items_lost: int | None
    n_items_skipped: int
    duration_s: float
    n_bytes: int
    n_good_bytes: int
    damage: str
    sentence: str
    index: Index

    @property
    def has_gaps(self) -> bool:
        """Whether items are missing before the last one that can be read."""
        return self.n_items_skipped > 0

    @property
    def items(self) -> Iterator[Item]:
        """Inputs and what was sent, in file order, from the first; each use begins anew and reads one chunk at a time."""
        return _items(self.path, self.index)


def read_recording(path: Path) -> Recording:
    """The recording in ``path``; every chunk is checked before the first item is handed out.

    Raises
    ------
    FileError
        It cannot be opened, is no recording of this program, or its setup is damaged.
    """
    try:
        with path.open("rb") as file:
            return _scan(path, file, os.fstat(file.fileno()).st_size)
    except FileNotFoundError as error:
        message = f"There is no recording {path}. The command daq sessions lists the recordings."
        raise FileError(message, path=path) from error
    except OSError as error:
        raise FileError(f"The recording {path} cannot be read: {reason(error)}.", path=path) from error


def _scan(path: Path, file: BinaryIO, size: int) -> Recording:
    table, setup_offset = _head(path, file, size)
    setup = _setup(path, table)
    first = file.tell()
    summary = summary_of(file, size=size)
    index = Index(setup_offset=setup_offset, setup_length=first - setup_offset)
    found = _Chunks(file, size, summary, index)
    found.gather(first)
    lost = None if summary is None else max(summary.n_messages - index.n_messages, found.n_skipped)
    complete = lost == 0 and not found.damage
    return Recording(
        path=path,
        setup=setup,
        is_complete=complete,
        n_inputs=found.n_inputs,
        n_items=index.n_messages,
        n_items_lost=lost,
        n_items_skipped=found.n_skipped,
        duration_s=seconds(index.end_ns),
        n_bytes=size,
        n_good_bytes=found.good,
        damage=found.damage,
        sentence="" if complete else _sentence(path, found, lost),
        index=index,
    )


def _sentence(path: Path, found: _Chunks, lost: int | None) -> str:
    there = f"{seconds(found.index.end_ns):.1f} s ({found.n_inputs} inputs) can be read"
    if not found.damage and not lost:
        return f"The recording {path.name} ended without being closed: {there}."
    missing = []
    if found.gaps:
        after_ns, before_ns = found.gaps[0]
        places = "" if len(found.gaps) == 1 else f" in {len(found.gaps)} places, the first"
        span = f"between {seconds(after_ns):.1f} s and {seconds(before_ns):.1f} s"
        missing.append(f"{found.n_skipped} items{places} {span} are missing")
    n_behind = None if lost is None else lost - found.n_skipped
    if n_behind is None and not found.gaps:
        missing.append("what stands behind it is left out")
    elif n_behind:
        missing.append(f"{n_behind} items behind it are left out")
    return f"The recording {path.name} is damaged: {', '.join([there, *missing])}."


def _head(path: Path, file: BinaryIO, size: int) -> tuple[dict[str, str], int]:
    """The metadata of the setup and where it stands; leaves the file at the first chunk."""
    if file.read(len(MAGIC)) != MAGIC:
        raise FileError(f"The file {path} is no recording of limb-daq.", path=path)
    records = records_of(file, size=size)
    try:
        opcode, _, content = next(records)
        if opcode != Opcode.HEADER or Header.read(framed(content)).profile != PROFILE:
            raise FileError(f"The file {path} is no recording of limb-daq, or its first bytes are damaged.", path=path)
        opcode, offset, content = next(records)
        record = Metadata.read(framed(content))
    except StopIteration as error:
        raise FileError(f"The recording {path} is cut before its setup; nothing can be read from it.", path=path) from error
    except (McapError, struct.error, UnicodeDecodeError, MemoryError, OverflowError) as error:
        raise FileError(f"The setup in the recording {path} is damaged. {_RESTORE}", path=path) from error
    if opcode != Opcode.METADATA or record.name != SETUP_RECORD:
        raise FileError(f"The setup in the recording {path} is damaged. {_RESTORE}", path=path)
    table: dict[str, str] = record.metadata
    return table, offset


def _setup(path: Path, table: dict[str, str]) -> Setup:
    damaged = f"The setup in the recording {path} is damaged. {_RESTORE}"
    text = table.get("setup", "")
    if f"{zlib.crc32(text.encode()):08x}" != table.get("crc32"):
        raise FileError(damaged, path=path)
    newer = f"The recording {path} was made by a newer version of limb-daq; update limb-daq to read it."
    if table.get("format", FORMAT) != FORMAT:
        raise FileError(newer, path=path)
    try:
        fields: Any = json.loads(text)
        if fields["version"] > SETUP_VERSION:
            raise FileError(newer, path=path)
        return Setup.from_table(fields)
    except (KeyError, TypeError, ValueError, AttributeError, ValidationError, calibration.CalibrationError) as error:
        raise FileError(damaged, path=path) from error


class _Chunks:
    """Fills ``index`` with the chunks that are whole, and counts what is missing between them."""

    def __init__(self, file: BinaryIO, size: int, summary: Summary | None, index: Index) -> None:
        self._file, self._size = file, size
        self._offsets = summary.offsets if summary is not None else None
        self.index = index
        if summary is not None:
            # A channel is declared where it is first used; the end repeats it for the case that this chunk is damaged.
            index.channels, index.schemas = dict(summary.channels), dict(summary.schemas)
        self._expected = 0
        self.good = 0
        self.n_inputs = 0
        self.damage = ""
        self.gaps: list[tuple[int, int]] = []
        self.n_skipped = 0
        # What the search may read twice: a file made of false beginnings costs no more than a few readings of it.
        self._n_bytes_to_try = _READINGS * size

    def gather(self, first: int) -> None:
        """Take every whole chunk from the place ``first`` on."""
        place = self.good = first
        while True:
            found = record_at(self._file, place, size=self._size)
            if found is not None and found[0] == Opcode.DATA_END:
                return
            wrong = self._take(place, *found) if found is not None else ""
            if found is not None and not wrong:
                place = self.good
                continue
            behind = self._next_whole(place + 1)
            if found is not None or behind is not None:
                self.damage = self.damage or wrong or "the length of a chunk is damaged"
            if behind is None:
                return
            place = behind

    def _next_whole(self, first: int) -> int | None:
        """Take the first chunk that is whole from ``first`` on; the place behind it, None where there is none."""
        for place in candidates(self._file, first, size=self._size, offsets=self._offsets):
            found = record_at(self._file, place, size=self._size)
            if found is None:
                continue
            if not self._take(place, *found):
                return self.good
            self._n_bytes_to_try -= len(found[1])
            if self._n_bytes_to_try < 0:
                break
        return None

    def _take(self, offset: int, opcode: int, content: bytes) -> str:
        """Add the chunk at ``offset``; what is wrong with it, "" = nothing."""
        if opcode != Opcode.CHUNK:
            return "something else stands where a chunk should be"
        index, length = self.index, _RECORD_HEAD_BYTES + len(content)
        try:
            chunk, body = body_of(content)
            checked = Index(channels=dict(index.channels), schemas=dict(index.schemas))
            numbers, n_before = _in_sequence(body, checked, self._expected)
            is_input = {number: source_of(channel).is_input for number, channel in checked.channels.items()}
        except (DamagedError, KeyError) as error:
            return str(error)
        if n_before:
            self.damage = self.damage or "items are missing"
            self.gaps.append((index.end_ns, chunk.message_start_time))
            self.n_skipped += n_before
        self._expected += n_before + len(numbers)
        index.channels, index.schemas = checked.channels, checked.schemas
        index.counts.update(numbers)
        index.chunks.append(index_of(chunk, offset=offset, length=length))
        self.n_inputs += sum(is_input[number] for number in numbers)
        self.good = offset + length
        return ""


def _in_sequence(body: bytes, index: Index, expected: int) -> tuple[list[int], int]:
    """The channel of each message of a chunk, and how many are missing before the first, which should be ``expected``."""
    numbers: list[int] = []
    first = expected & _SEQUENCES
    for number, sequence, *_ in walk(body, index):
        if not numbers:
            first = sequence
        if sequence != (first + len(numbers)) & _SEQUENCES:
            raise DamagedError("items are missing inside a chunk")
        numbers.append(number)
    n_before = (first - expected) & _SEQUENCES
    if n_before > _SEQUENCES >> 1:
        raise DamagedError("items stand twice")
    return numbers, n_before


def _items(path: Path, index: Index) -> Iterator[Item]:
    try:
        with path.open("rb") as file:
            for place in index.chunks:
                file.seek(place.chunk_start_offset)
                _, body = body_of(file.read(place.chunk_length)[_RECORD_HEAD_BYTES:])
                yield from _decoded(body, index)
    except OSError as error:
        raise FileError(f"The recording {path} cannot be read: {reason(error)}.", path=path) from error
    except (DamagedError, ValueError, KeyError, TypeError) as error:
        message = f"The recording {path} holds something that limb-daq did not write, or it changed while it was read."
        raise FileError(message, path=path) from error


def _decoded(body: bytes, index: Index) -> Iterator[Item]:
    sources: dict[int, Source] = {number: source_of(channel) for number, channel in index.channels.items()}
    for number, _, t_ns, first, last in walk(body, index):
        yield decode(sources[number], t_ns, body[first:last])
