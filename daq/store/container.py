"""Messages to the records of an MCAP file, and the bytes of a file to the chunks that are whole: framing, checksums, index."""

from __future__ import annotations

import json
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO

import zstandard
from mcap.data_stream import ReadDataStream, RecordBuilder
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import (
    Channel,
    Chunk,
    ChunkIndex,
    DataEnd,
    Footer,
    Header,
    McapRecord,
    Metadata,
    MetadataIndex,
    Schema,
    Statistics,
    SummaryOffset,
)

MAGIC = b"\x89MCAP0\r\n"
PROFILE = "limb-daq"
SETUP_RECORD = "limb_daq.setup"
FORMAT = "1"

MESSAGE_HEAD = struct.Struct("<BQHIQQ")
"""Opcode, length of what follows, channel, sequence, log time, publish time."""
MESSAGE_FIXED = 2 + 4 + 8 + 8
_RECORD_HEAD = struct.Struct("<BQ")

LARGEST_CHUNK = 64 << 20
"""Uncompressed bytes that a chunk may hold, far more than the writer puts in: a damaged length cannot ask for more memory."""


class DamagedError(ValueError):
    """A record is not what its length, checksum or sequence says."""


def encoded(*records: McapRecord) -> bytes:
    """The bytes of records, framed."""
    builder = RecordBuilder()
    for record in records:
        record.write(builder)
    data: bytes = builder.end()  # type: ignore[no-untyped-call]
    return data


def setup_record(table: dict[str, object]) -> Metadata:
    """The setup of a recording; MCAP has no checksum over metadata, so one stands inside."""
    text = json.dumps(table, ensure_ascii=True, separators=(",", ":"))
    started = str(table.get("started_utc", ""))
    return Metadata(
        name=SETUP_RECORD,
        metadata={"format": FORMAT, "setup": text, "crc32": f"{zlib.crc32(text.encode()):08x}", "started_utc": started},
    )


def head_of(table: dict[str, object], *, library: str) -> bytes:
    """Magic, header and setup: how every recording begins."""
    return MAGIC + encoded(Header(profile=PROFILE, library=library), setup_record(table))


@dataclass(slots=True)
class Index:
    """What the end of the file tells about its chunks, gathered while they are written or read."""

    chunks: list[ChunkIndex] = field(default_factory=list)
    channels: dict[int, Channel] = field(default_factory=dict)
    schemas: dict[int, Schema] = field(default_factory=dict)
    counts: Counter[int] = field(default_factory=Counter)
    setup_length: int = 0
    setup_offset: int = 0

    @property
    def n_messages(self) -> int:
        """Messages in all chunks."""
        return self.counts.total()

    @property
    def end_ns(self) -> int:
        """The latest log time."""
        return max((c.message_end_time for c in self.chunks), default=0)

    @property
    def start_ns(self) -> int:
        """The earliest log time."""
        return min((c.message_start_time for c in self.chunks), default=0)


def chunk_of(body: bytes, *, start_ns: int, end_ns: int, compress: Callable[[bytes], bytes]) -> Chunk:
    """A compressed chunk of framed records."""
    return Chunk(
        compression="zstd",
        data=compress(body),
        message_start_time=start_ns,
        message_end_time=end_ns,
        uncompressed_crc=zlib.crc32(body),
        uncompressed_size=len(body),
    )


def index_of(chunk: Chunk, *, offset: int, length: int) -> ChunkIndex:
    """Where a chunk lies: ``length`` bytes from ``offset``."""
    return ChunkIndex(
        chunk_length=length,
        chunk_start_offset=offset,
        compression=chunk.compression,
        compressed_size=len(chunk.data),
        message_end_time=chunk.message_end_time,
        message_index_length=0,
        message_index_offsets={},
        message_start_time=chunk.message_start_time,
        uncompressed_size=chunk.uncompressed_size,
    )


def tail_of(index: Index, *, offset: int, data_crc: int) -> bytes:
    """End of data, summary, footer and magic, for a data section of ``offset`` bytes with the checksum ``data_crc``."""
    end_of_data = encoded(DataEnd(data_section_crc=data_crc))
    start = offset + len(end_of_data)
    groups: list[tuple[Opcode, list[McapRecord]]] = [
        (Opcode.SCHEMA, list(index.schemas.values())),
        (Opcode.CHANNEL, list(index.channels.values())),
        (Opcode.STATISTICS, [_statistics(index)]),
        (Opcode.CHUNK_INDEX, list(index.chunks)),
        (Opcode.METADATA_INDEX, [MetadataIndex(offset=index.setup_offset, length=index.setup_length, name=SETUP_RECORD)]),
    ]
    summary, offsets = b"", []
    for opcode, records in groups:
        group = encoded(*records)
        if group:
            offsets.append(SummaryOffset(group_opcode=opcode, group_start=start + len(summary), group_length=len(group)))
        summary += group
    offsets_start = start + len(summary)
    summary += encoded(*offsets)
    unsigned = encoded(Footer(summary_start=start, summary_offset_start=offsets_start, summary_crc=0))
    crc = zlib.crc32(unsigned[:-4], zlib.crc32(summary))
    footer = encoded(Footer(summary_start=start, summary_offset_start=offsets_start, summary_crc=crc))
    return end_of_data + summary + footer + MAGIC


def _statistics(index: Index) -> Statistics:
    return Statistics(
        attachment_count=0,
        channel_count=len(index.channels),
        channel_message_counts=dict(index.counts),
        chunk_count=len(index.chunks),
        message_count=index.n_messages,
        message_end_time=index.end_ns,
        message_start_time=index.start_ns,
        metadata_count=1,
        schema_count=len(index.schemas),
    )


# --- reading --------------------------------------------------------------------------------------------------------


def records_of(file: BinaryIO, *, size: int) -> Iterator[tuple[int, int, bytes]]:
    """Every whole record from the place of ``file`` on, as (opcode, offset, content); ends at the first cut one.

    ``size`` is that of the file: no length from the file asks for more than is there.
    """
    while True:
        offset = file.tell()
        head = file.read(_RECORD_HEAD.size)
        if len(head) < _RECORD_HEAD.size:
            return
        opcode, length = _RECORD_HEAD.unpack(head)
        if length > size - offset - _RECORD_HEAD.size:
            return
        yield opcode, offset, file.read(length)


def framed(content: bytes) -> ReadDataStream:
    """The content of one record for the readers of the records."""
    return ReadDataStream(BytesIO(content))


def body_of(content: bytes) -> tuple[Chunk, bytes]:
    """A chunk record and its uncompressed records.

    Raises
    ------
    DamagedError
        A length or the checksum does not fit.
    """
    try:
        chunk = Chunk.read(framed(content))
        if chunk.compression != "zstd" or chunk.uncompressed_size > LARGEST_CHUNK:
            raise DamagedError("a chunk is not as it was written")
        if zstandard.get_frame_parameters(chunk.data).content_size != chunk.uncompressed_size:
            raise DamagedError("a chunk has another size than it says")
        body = zstandard.ZstdDecompressor().decompress(chunk.data, max_output_size=LARGEST_CHUNK)
    except (struct.error, McapError, UnicodeDecodeError, zstandard.ZstdError, MemoryError, OverflowError) as error:
        raise DamagedError("a chunk cannot be unpacked") from error
    if zlib.crc32(body) != chunk.uncompressed_crc or len(body) != chunk.uncompressed_size:
        raise DamagedError("the checksum of a chunk does not fit")
    return chunk, body


def walk(body: bytes, index: Index) -> Iterator[tuple[int, int, int, int, int]]:
    """Messages of a chunk as (channel, sequence, log time, first, last byte); channels and schemas go into ``index``.

    Raises
    ------
    DamagedError
        The records do not fill the chunk.
    """
    place, size = 0, len(body)
    while place < size:
        if size - place < _RECORD_HEAD.size:
            raise DamagedError("a record is cut")
        opcode, length = _RECORD_HEAD.unpack_from(body, place)
        first = place + _RECORD_HEAD.size
        place = first + length
        if place > size:
            raise DamagedError("a record is longer than its chunk")
        if opcode == Opcode.MESSAGE:
            if length < MESSAGE_FIXED:
                raise DamagedError("a message is cut")
            _, _, channel, sequence, t_ns, _ = MESSAGE_HEAD.unpack_from(body, first - _RECORD_HEAD.size)
            if channel not in index.channels:
                raise DamagedError("a message has no channel")
            yield channel, sequence, t_ns, first + MESSAGE_FIXED, place
        elif opcode in {Opcode.CHANNEL, Opcode.SCHEMA}:
            _declare(opcode, body[first:place], index)


def _declare(opcode: int, content: bytes, index: Index) -> None:
    try:
        if opcode == Opcode.CHANNEL:
            channel = Channel.read(framed(content))
            index.channels[channel.id] = channel
        else:
            schema = Schema.read(framed(content))
            index.schemas[schema.id] = schema
    except (struct.error, McapError, UnicodeDecodeError, OverflowError) as error:
        raise DamagedError("a channel cannot be read") from error
