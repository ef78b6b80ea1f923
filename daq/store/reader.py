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
    statistics_of,
    walk,
)
from daq.store.files import reason
from daq.store.message import Item, Source, decode, source_of

_RESTORE = "Restore it from a copy."
_RECORD_HEAD_BYTES = 9


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """What a recording holds. The items are always the beginning of what was written, up to the first damage, never more.

    ``is_complete``: it was closed and nothing is missing. ``n_items_lost``: items behind the damage, None = unknown, because
    the end of the file is missing too. ``damage``: what ended the reading before the end of the file, "" for a mere cut.
    ``sentence``: what is wrong, for a person; "" while nothing is.
    ``n_good_bytes``: the length of the part that was read; ``n_bytes`` that of the file.
    """

    path: Path
    setup: Setup
    is_complete: bool
    n_inputs: int
    n_items: int
    n_items_lost: int | None
    duration_s: float
    n_bytes: int
    n_good_bytes: int
    damage: str
    sentence: str
    index: Index

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
    table = _head(path, file, size)
    setup = _setup(path, table)
    index = Index()
    good, n_inputs, damage = _chunks(file, size, index)
    statistics = statistics_of(file, size=size)
    lost = None if statistics is None else max(0, statistics.message_count - index.n_messages)
    complete = lost == 0 and not damage
    duration_s = seconds(index.end_ns)
    return Recording(
        path=path,
        setup=setup,
        is_complete=complete,
        n_inputs=n_inputs,
        n_items=index.n_messages,
        n_items_lost=lost,
        duration_s=duration_s,
        n_bytes=size,
        n_good_bytes=good,
        damage=damage,
        sentence="" if complete else _sentence(path, n_inputs, duration_s, lost=lost, damage=damage),
        index=index,
    )


def _sentence(path: Path, n_inputs: int, duration_s: float, *, lost: int | None, damage: str) -> str:
    there = f"{duration_s:.1f} s ({n_inputs} inputs) can be read"
    if damage or lost:
        rest = f"{lost} items behind it are left out" if lost else "what stands behind it is left out"
        return f"The recording {path.name} is damaged: {there}, {rest}."
    return f"The recording {path.name} ended without being closed: {there}."


def _head(path: Path, file: BinaryIO, size: int) -> dict[str, str]:
    """The metadata of the setup; leaves the file at the first chunk."""
    if file.read(len(MAGIC)) != MAGIC:
        raise FileError(f"The file {path} is no recording of limb-daq.", path=path)
    records = records_of(file, size=size)
    try:
        opcode, _, content = next(records)
        if opcode != Opcode.HEADER or Header.read(framed(content)).profile != PROFILE:
            raise FileError(f"The file {path} is no recording of limb-daq, or its first bytes are damaged.", path=path)
        opcode, _, content = next(records)
        record = Metadata.read(framed(content))
    except StopIteration as error:
        raise FileError(f"The recording {path} is cut before its setup; nothing can be read from it.", path=path) from error
    except (McapError, struct.error, UnicodeDecodeError, MemoryError) as error:
        raise FileError(f"The setup in the recording {path} is damaged. {_RESTORE}", path=path) from error
    if opcode != Opcode.METADATA or record.name != SETUP_RECORD:
        raise FileError(f"The setup in the recording {path} is damaged. {_RESTORE}", path=path)
    table: dict[str, str] = record.metadata
    return table


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


def _chunks(file: BinaryIO, size: int, index: Index) -> tuple[int, int, str]:
    """Fill ``index`` with the chunks that are whole: (length of the good part, inputs in it, what ended it)."""
    good, n_inputs, expected = file.tell(), 0, 0
    index.setup_offset = len(MAGIC)
    for opcode, offset, content in records_of(file, size=size):
        length = _RECORD_HEAD_BYTES + len(content)
        if opcode == Opcode.DATA_END:
            return good, n_inputs, ""
        if opcode != Opcode.CHUNK:
            return good, n_inputs, "something else stands where a chunk should be"
        try:
            chunk, body = body_of(content)
            checked = Index(channels=dict(index.channels), schemas=dict(index.schemas))
            numbers = _in_sequence(body, checked, expected)
            is_input = {number: source_of(channel).is_input for number, channel in checked.channels.items()}
        except (DamagedError, KeyError) as error:
            return good, n_inputs, str(error)
        expected += len(numbers)
        index.channels, index.schemas = checked.channels, checked.schemas
        index.counts.update(numbers)
        index.chunks.append(index_of(chunk, offset=offset, length=length))
        n_inputs += sum(is_input[number] for number in numbers)
        good = offset + length
    return good, n_inputs, ""


def _in_sequence(body: bytes, index: Index, expected: int) -> list[int]:
    """The channel of each message of a chunk, of which the first should have the sequence ``expected``."""
    numbers: list[int] = []
    for number, sequence, *_ in walk(body, index):
        if sequence != (expected + len(numbers)) & 0xFFFFFFFF:
            raise DamagedError("items are missing")
        numbers.append(number)
    return numbers


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
