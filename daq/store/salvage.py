"""Recordings that were never closed to recordings that are: what a crash, a kill or a power cut left behind."""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from daq.errors import FileError
from daq.store.container import MAGIC, Index, tail_of
from daq.store.files import is_still, lock, publish, reason, sync_folder
from daq.store.reader import Recording, read_recording
from daq.store.writer import PART, SUFFIX

_BROKEN = ".broken"
_COPY_BYTES = 1 << 20
_LARGEST_CUT = 1 << 20
_UNFINISHED = ".mcap.salvage"


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What became of one recording that was not closed; ``path`` is where it is now; ``sentence`` is for a person."""

    path: Path
    n_inputs: int
    duration_s: float
    n_bytes: int
    sentence: str


def salvage(folder: Path) -> list[Salvaged]:
    """Finish every recording in ``folder`` that no living process writes.

    The original stays until the finished one is on the disk.
    What holds no input is removed when it holds nothing else either, and kept as NAME.broken otherwise. One that cannot be
    finished now (a full disk) is left as it is, and its sentence says so.
    """
    if not folder.is_dir():
        return []
    return [found for part in sorted(folder.glob(f"*{PART}")) if (found := _salvage(part)) is not None]


def _salvage(part: Path) -> Salvaged | None:
    try:
        with part.open("r+b") as file:
            if not lock(file.fileno()) or not is_still(part, file.fileno()):
                return None
            return _finished(part, file)
    except FileNotFoundError:
        return None
    except OSError as error:
        sentence = (
            f"{part.name} could not be salvaged: {reason(error)}. Nothing was removed; it is tried again at the next start."
        )
        return Salvaged(part, 0, 0.0, 0, sentence)


def _finished(part: Path, file: BinaryIO) -> Salvaged | None:
    stem = part.name.removesuffix(PART)
    final = part.with_name(stem + SUFFIX)
    if final.exists() and final.samefile(part):
        # Killed between its new name and the removal of the old one: the recording is finished.
        part.unlink()
        return None
    try:
        recording = read_recording(part)
    except FileError as error:
        return _without_setup(part, file, str(error))
    if not recording.n_inputs:
        return _without_inputs(recording)
    path = _rewritten(recording, file, stem)
    sentence = (
        f"Salvaged {recording.duration_s:.1f} s ({recording.n_inputs} inputs) of a recording that ended without being closed: "
        f"{path.name}"
    )
    if recording.has_gaps:
        sentence += f" ({recording.n_items_skipped} items in its middle are damaged and missing)"
    return Salvaged(path, recording.n_inputs, recording.duration_s, path.stat().st_size, sentence)


def _rewritten(recording: Recording, file: BinaryIO, stem: str) -> Path:
    part = recording.path
    folder = part.parent
    if recording.is_complete:
        path = publish(part, folder, stem=stem, suffix=SUFFIX)
        sync_folder(folder)
        return path
    unfinished = part.with_name(stem + _UNFINISHED)
    try:
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as target:
            _write_whole_chunks(recording.index, file, target)
            target.flush()
            os.fsync(target.fileno())
        path = publish(unfinished, folder, stem=stem, suffix=SUFFIX)
        sync_folder(folder)
        _leave(recording)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return path


def _leave(recording: Recording) -> None:
    """The original goes when all its chunks were taken over; a damaged one stays as .broken, for whoever wants to look."""
    part = recording.path
    if _is_damaged(recording):
        publish(part, part.parent, stem=part.name, suffix=_BROKEN)
    else:
        part.unlink()


def _is_damaged(recording: Recording) -> bool:
    # A cut leaves at most one unfinished chunk; more than that behind the good part means that a length was hit.
    return bool(recording.damage) or recording.n_bytes - recording.n_good_bytes > _LARGEST_CUT


def _write_whole_chunks(index: Index, source: BinaryIO, target: BinaryIO) -> None:
    """The setup and every chunk that is whole, without what stands between them, and an end for these."""
    n_bytes = index.setup_offset + index.setup_length
    source.seek(0)
    crc = _copy(source, target, n_bytes, 0)
    moved = []
    for chunk in index.chunks:
        source.seek(chunk.chunk_start_offset)
        crc = _copy(source, target, chunk.chunk_length, crc)
        moved.append(replace(chunk, chunk_start_offset=n_bytes))
        n_bytes += chunk.chunk_length
    target.write(tail_of(replace(index, chunks=moved), offset=n_bytes, data_crc=crc))


def _copy(source: BinaryIO, target: BinaryIO, n_bytes: int, crc: int) -> int:
    """Copy, and go on with the checksum ``crc``."""
    left = n_bytes
    while left > 0 and (data := source.read(min(left, _COPY_BYTES))):
        target.write(data)
        crc = zlib.crc32(data, crc)
        left -= len(data)
    return crc


def _without_inputs(recording: Recording) -> Salvaged | None:
    part = recording.path
    if recording.n_good_bytes == recording.n_bytes or recording.is_complete:
        part.unlink()
        return Salvaged(part, 0, 0.0, 0, f"{part.name} was begun and ended without one input; it was removed.")
    return _broken(part, "not one input in it can be read")


def _without_setup(part: Path, file: BinaryIO, why: str) -> Salvaged:
    file.seek(0)
    if not any(file.read(len(MAGIC) + 1)) and not any(file.read()):
        part.unlink()
        return Salvaged(part, 0, 0.0, 0, f"{part.name} was empty; it was removed.")
    return _broken(part, why.rstrip("."))


def _broken(part: Path, why: str) -> Salvaged:
    n_bytes = part.stat().st_size
    path = publish(part, part.parent, stem=part.name, suffix=_BROKEN)
    return Salvaged(path, 0, 0.0, n_bytes, f"{part.name} could not be salvaged ({why}); it is kept as {path.name}.")
