"""A file to what its end says of it, and a damaged place in it to the next chunk that is certainly whole."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO

from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Channel, ChunkIndex, Footer, Schema, Statistics

from daq.store.container import LARGEST_CHUNK, MAGIC, framed, records_of

_HEAD = struct.Struct("<BQ")
# Opcode 1 + length 8 + content of a Footer record 20, then the magic: what the end of the file takes.
_END_BYTES = 9 + 20 + len(MAGIC)

# What every chunk of ours holds at the same distance behind its beginning: the length and name of its compression.
_MARK = b"\x04\x00\x00\x00zstd"
_MARK_AT = _HEAD.size + 8 + 8 + 8 + 4
_BLOCK = 1 << 20
_MOST_TRIES = 4096


@dataclass(frozen=True, slots=True)
class Summary:
    """What the end of a closed file says: the number of messages, where each chunk begins, the channels and schemas."""

    n_messages: int
    offsets: frozenset[int] = frozenset()
    channels: dict[int, Channel] = field(default_factory=dict)
    schemas: dict[int, Schema] = field(default_factory=dict)


def summary_of(file: BinaryIO, *, size: int) -> Summary | None:
    """The end of a file that was closed; None when it is missing or damaged."""
    if size < _END_BYTES:
        return None
    file.seek(size - _END_BYTES)
    end = file.read(_END_BYTES)
    if end[-len(MAGIC) :] != MAGIC or end[:9] != _HEAD.pack(Opcode.FOOTER, 20):
        return None
    footer = Footer.read(framed(end[9:-8]))
    if not 0 < footer.summary_start < size:
        return None
    file.seek(footer.summary_start)
    data = file.read(size - _END_BYTES - footer.summary_start)
    if zlib.crc32(end[:25], zlib.crc32(data)) != footer.summary_crc:
        return None
    try:
        return _summary(data)
    except (struct.error, McapError, UnicodeDecodeError, OverflowError, StopIteration):
        return None


def _summary(data: bytes) -> Summary:
    records = [(opcode, framed(content)) for opcode, _, content in records_of(BytesIO(data), size=len(data))]
    statistics = next(Statistics.read(content) for opcode, content in records if opcode == Opcode.STATISTICS)
    channels = [Channel.read(content) for opcode, content in records if opcode == Opcode.CHANNEL]
    schemas = [Schema.read(content) for opcode, content in records if opcode == Opcode.SCHEMA]
    chunks = [ChunkIndex.read(content) for opcode, content in records if opcode == Opcode.CHUNK_INDEX]
    return Summary(
        n_messages=statistics.message_count,
        offsets=frozenset(chunk.chunk_start_offset for chunk in chunks),
        channels={channel.id: channel for channel in channels},
        schemas={schema.id: schema for schema in schemas},
    )


def record_at(file: BinaryIO, offset: int, *, size: int) -> tuple[int, bytes] | None:
    """Opcode and content of the record at ``offset``; None where no record of ours can be: cut, or longer than any chunk."""
    file.seek(offset)
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    opcode, length = _HEAD.unpack(head)
    if length > min(size - offset - _HEAD.size, LARGEST_CHUNK):
        return None
    return opcode, file.read(length)


def candidates(file: BinaryIO, first: int, *, size: int, offsets: frozenset[int] | None) -> Iterator[int]:
    """Where a chunk may begin, from ``first`` on; ``offsets``, where they are known, are the only places.

    The file is looked through once, and at most a few thousand places are named, however it is damaged.
    """
    if offsets is not None:
        yield from sorted(offset for offset in offsets if offset >= first)
        return
    n_left = _MOST_TRIES
    for mark in _marks(file, first + _MARK_AT, size=size):
        file.seek(mark - _MARK_AT)
        if file.read(1) == bytes([Opcode.CHUNK]):
            n_left -= 1
            yield mark - _MARK_AT
        if not n_left:
            return


def _marks(file: BinaryIO, first: int, *, size: int) -> Iterator[int]:
    """Every place of the mark; blocks overlap by less than its length, so that none is found twice."""
    place = first
    while place < size:
        file.seek(place)
        block = file.read(_BLOCK)
        found = block.find(_MARK)
        while found >= 0:
            yield place + found
            found = block.find(_MARK, found + 1)
        if len(block) < _BLOCK:
            return
        place += _BLOCK - len(_MARK) + 1
