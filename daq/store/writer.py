"""The inputs of a session to a recording that survives: encoded in memory, written every 100 ms, synced once a second."""

from __future__ import annotations

import errno
import os
import sys
import threading
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import zstandard

from daq import __version__
from daq.errors import FileError
from daq.session.setup import Setup
from daq.store.container import MAGIC, MESSAGE_FIXED, MESSAGE_HEAD, Index, chunk_of, encoded, head_of, index_of, tail_of
from daq.store.files import RawFile, claim, private_folder, publish, reason, sync_data, sync_folder
from daq.store.message import SCHEMAS, Item, Source, channel_of, encode
from daq.units import slug

SUFFIX = ".mcap"
PART = ".mcap.part"
_LONGEST_STEM = 100
# A chunk is closed here, so that a reader can refuse any that claims to be far larger.
_CHUNK_BYTES = 1 << 20
_MESSAGE = 5
# Every 5 s the channels are declared again: a file without an end can be read behind a damaged chunk that declared some.
_CHUNKS_PER_DECLARATION = 50


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What has been handed to the system and survives the death of the process.

    ``n_inputs`` counts inputs (not what was sent), ``n_bytes`` is the length of the file, ``t_ns`` the latest time in it.
    """

    n_inputs: int
    n_bytes: int
    t_ns: int


class RecordingWriter:
    """A recording under way, NAME.mcap.part; ``close`` makes it NAME.mcap.

    ``append`` belongs to one thread; ``flush`` and ``sync`` may be called from another. ``append`` takes a lock that is
    never held while the disk is at work. After an error of the disk the recording has ended: what was acknowledged stays,
    and what is appended later is counted in ``n_dropped``.
    """

    def __init__(self, file: RawFile, path: Path, setup: Setup) -> None:
        self.path = path
        self._file = file
        self._disk = threading.Lock()
        self._memory = threading.Lock()
        self._pending: list[tuple[int, int, bytes]] = []
        self._n_appended = 0
        self._numbers: dict[Source, int] = {}
        self._index = Index()
        self._inputs: set[int] = set()
        self._compress = zstandard.ZstdCompressor(level=3).compress
        self._n_bytes = 0
        self._data_crc = 0
        self._acknowledged = Acknowledged(0, 0, 0)
        self._failed = False
        self._closed = False
        self._name_is_synced = False
        head = head_of(setup.as_table(), library=f"limb-daq/{__version__}")
        self._write(head)
        header_length = len(MAGIC) + 9 + int.from_bytes(head[9:17], "little")
        self._index.setup_offset, self._index.setup_length = header_length, len(head) - header_length
        self._pending.append((0, 0, encoded(*SCHEMAS)))
        self._index.schemas = {schema.id: schema for schema in SCHEMAS}
        self._acknowledged = Acknowledged(0, self._n_bytes, 0)

    @classmethod
    def create(cls, folder: Path, setup: Setup, *, name: str) -> RecordingWriter:
        """Begin a recording in ``folder`` (made private when absent); a taken name gets -2, -3.

        Raises
        ------
        FileError
            The folder or the file cannot be made.
        """
        private_folder(folder)
        stem = slug(name, longest=_LONGEST_STEM)
        try:
            path, descriptor = claim(folder, stem, part=PART, final=SUFFIX)
        except OSError as error:
            raise FileError(f"No recording can be made in {folder}: {reason(error)}.", path=folder) from error
        file = os.fdopen(descriptor, "wb", buffering=0)
        try:
            return cls(file, path, setup)
        except BaseException:
            file.close()
            with suppress(OSError):
                path.unlink()
            raise

    @property
    def acknowledged(self) -> Acknowledged:
        """What the last flush returned."""
        return self._acknowledged

    @property
    def n_dropped(self) -> int:
        """Items that will never be in the file: the disk refused, or the recording had ended."""
        return self._n_appended - self._index.n_messages if self._failed or self._closed else 0

    @property
    def has_failed(self) -> bool:
        """The disk refused; nothing is recorded any more."""
        return self._failed

    def append(self, item: Item) -> None:
        """Take an item in the order in which it is processed; memory only, never waits for the disk."""
        if self._failed or self._closed:
            self._n_appended += 1
            return
        source, data = encode(item)
        t_ns = item.t_ns
        with self._memory:
            number = self._numbers.get(source)
            if number is None:
                number = self._declare(source)
            sequence = self._n_appended & 0xFFFFFFFF
            self._n_appended += 1
            head = MESSAGE_HEAD.pack(_MESSAGE, MESSAGE_FIXED + len(data), number, sequence, t_ns, t_ns)
            self._pending.append((t_ns, number, head + data))

    def _declare(self, source: Source) -> int:
        number = self._numbers[source] = len(self._numbers) + 1
        channel = channel_of(source, number)
        self._index.channels[number] = channel
        if source.is_input:
            self._inputs.add(number)
        self._pending.append((0, 0, encoded(channel)))
        return number

    def flush(self) -> Acknowledged:
        """Write everything appended so far; what is returned survives ``kill -9``.

        Raises
        ------
        FileError
            The disk is full or failed: once. The file keeps every chunk that was whole.
        """
        with self._disk:
            if not self._failed and not self._closed:
                self._flush()
            return self._acknowledged

    def _flush(self) -> None:
        with self._memory:
            pending, self._pending = self._pending, []
        if not any(number for _, number, _ in pending):
            with self._memory:
                self._pending[:0] = pending
            return
        for part in _parts(pending):
            self._write_chunk(part)

    def _write_chunk(self, part: Sequence[tuple[int, int, bytes]]) -> None:
        body = self._declarations() + b"".join([record for _, _, record in part])
        times = [t_ns for t_ns, number, _ in part if number]
        numbers = [number for _, number, _ in part if number]
        start_ns, end_ns = min(times, default=0), max(times, default=0)
        chunk = chunk_of(body, start_ns=start_ns, end_ns=end_ns, compress=self._compress)
        record, offset = encoded(chunk), self._n_bytes
        self._write(record)
        self._index.chunks.append(index_of(chunk, offset=offset, length=len(record)))
        self._index.counts.update(numbers)
        n_inputs = self._acknowledged.n_inputs + sum(map(self._inputs.__contains__, numbers))
        self._acknowledged = Acknowledged(n_inputs, self._n_bytes, max(end_ns, self._acknowledged.t_ns))

    def _declarations(self) -> bytes:
        if not self._index.chunks or len(self._index.chunks) % _CHUNKS_PER_DECLARATION:
            return b""
        with self._memory:
            known = list(self._index.channels.values())
        return encoded(*SCHEMAS, *known)

    def _write(self, data: bytes) -> None:
        """All of ``data``, or an error and a file cut where it was good."""
        rest, n_taken = data, 0
        try:
            while rest:
                n_written = self._file.write(rest)
                rest = rest[n_written or len(rest) :]
                n_taken += n_written or 0
        except OSError as error:
            raise self._fail(error) from error
        if n_taken < len(data):
            raise self._fail(OSError(errno.EIO, "it took nothing"))
        self._n_bytes += len(data)
        self._data_crc = zlib.crc32(data, self._data_crc)

    def _fail(self, error: OSError) -> FileError:
        self._failed = True
        with self._memory:
            self._pending.clear()
        # Closing gives the lock back: the next salvage finishes the file, when there is room for its index again.
        with suppress(OSError):
            self._file.truncate(self._n_bytes)
        with suppress(OSError):
            self._file.close()
        kept = f"{self._acknowledged.n_inputs} inputs are kept in {self.path.name}"
        message = (
            f"Recording has stopped, the disk refused ({reason(error)}); {kept}. Free some space and begin a new recording."
        )
        return FileError(message, path=self.path)

    def sync(self) -> None:
        """Make what was flushed survive a power cut.

        Raises
        ------
        FileError
            The disk failed: once.
        """
        with self._disk:
            if self._failed or self._closed:
                return
            try:
                sync_data(self._file.fileno())
                if not self._name_is_synced:
                    sync_folder(self.path.parent)
                    self._name_is_synced = True
            except OSError as error:
                raise self._fail(error) from error

    def close(self) -> Path:
        """Flush, write the index, sync, give the file its name; safe to call twice.

        After a failure of the disk the file stays what it is, NAME.mcap.part, for ``salvage``.

        Raises
        ------
        FileError
            The disk refused, and this was not told before.
        """
        with self._disk:
            if not self._closed and not self._failed:
                try:
                    self._flush()
                    self._finish()
                finally:
                    self._closed = True
                    self._file.close()
            return self.path

    def _finish(self) -> None:
        self._write(tail_of(self._written(), offset=self._n_bytes, data_crc=self._data_crc))
        try:
            os.fsync(self._file.fileno())
            if sys.platform == "win32":
                self._file.close()  # an open file has no second name there
            stem = self.path.name.removesuffix(PART)
            self.path = publish(self.path, self.path.parent, stem=stem, suffix=SUFFIX)
            sync_folder(self.path.parent)
        except OSError as error:
            raise self._fail(error) from error

    def _written(self) -> Index:
        """The index, without channels whose first message never reached the file."""
        with self._memory:
            channels = {number: c for number, c in self._index.channels.items() if self._index.counts[number]}
        schemas = self._index.schemas if self._index.chunks else {}
        return Index(
            chunks=self._index.chunks,
            channels=channels,
            schemas=schemas,
            counts=+self._index.counts,
            setup_length=self._index.setup_length,
            setup_offset=self._index.setup_offset,
        )

    def abandon(self) -> None:
        """Let go of the file as it is, without an end: what was flushed is found by ``salvage``."""
        with self._disk:
            if not self._closed:
                self._closed = True
                with suppress(OSError):
                    self._file.close()

    def discard(self) -> None:
        """Let go of a session that never began: the file goes too, unless inputs were acknowledged."""
        self.abandon()
        if not self._acknowledged.n_inputs:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)


def _parts(pending: Sequence[tuple[int, int, bytes]]) -> list[list[tuple[int, int, bytes]]]:
    """Records cut into chunks of about a mebibyte; one message never spans two."""
    parts: list[list[tuple[int, int, bytes]]] = [[]]
    n_bytes = 0
    for entry in pending:
        if n_bytes > _CHUNK_BYTES:
            parts.append([])
            n_bytes = 0
        parts[-1].append(entry)
        n_bytes += len(entry[2])
    return parts
