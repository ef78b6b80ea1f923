"""What a person changes after the fact (notes, exclusions, moved markers) to lines that are only ever added; and back."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from daq.errors import FileError
from daq.store.files import lock_waiting, private_folder, read_text, reason

NAME = "journal.jsonl"


class Action(StrEnum):
    """What an entry does."""

    NOTE = "note"
    EXCLUDE = "exclude"
    INCLUDE = "include"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Entry:
    """One edit. ``recording`` is a file name, ``trial`` its number from 1 (None = the sitting), ``at_utc`` an ISO time.

    ``marker`` and ``t_s`` (session seconds) belong to ``move``; ``text`` to a note, or says why.
    """

    at_utc: str
    recording: str
    action: Action
    trial: int | None = None
    marker: str = ""
    t_s: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Journal:
    """All edits in the order in which they were made; ``damaged`` are the lines (from 1) that could not be read."""

    entries: tuple[Entry, ...] = ()
    damaged: tuple[int, ...] = ()

    def of(self, recording: str) -> tuple[Entry, ...]:
        """The edits of one recording, by file name."""
        return tuple(e for e in self.entries if e.recording == recording)


def append(folder: Path, entry: Entry) -> None:
    """Add ``entry`` to the journal beside the recordings in ``folder``; it is on the disk when this returns.

    Raises
    ------
    FileError
        The journal cannot be written.
    """
    path = private_folder(folder) / NAME
    table = {key: getattr(entry, key) for key in Entry.__slots__ if getattr(entry, key) not in (None, "")}
    line = json.dumps(table, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        try:
            lock_waiting(descriptor)
            _add(descriptor, line)
        finally:
            os.close(descriptor)
    except OSError as error:
        message = f"The journal {path} cannot be written: {reason(error)}. Nothing was changed."
        raise FileError(message, path=path) from error


def _add(descriptor: int, line: bytes) -> None:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    if size:
        # A last line that a power cut left unfinished must not swallow the new one.
        os.lseek(descriptor, size - 1, os.SEEK_SET)
        if os.read(descriptor, 1) != b"\n":
            line = b"\n" + line
    try:
        is_whole = os.write(descriptor, line) == len(line)
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        raise
    if not is_whole:
        os.ftruncate(descriptor, size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read(folder: Path) -> Journal:
    """The journal beside the recordings in ``folder``, empty where there is none; a line that was cut is left out and named.

    Raises
    ------
    FileError
        It cannot be read.
    """
    path = folder / NAME
    try:
        text = path.read_bytes().decode("utf-8", "replace") if path.exists() else ""
    except OSError:
        text = read_text(path, what="The journal")
    entries, damaged = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            entries.append(_entry(json.loads(line)))
        except (ValueError, TypeError, KeyError, RecursionError):
            damaged.append(number)
    return Journal(tuple(entries), tuple(damaged))


def _entry(table: object) -> Entry:
    if not isinstance(table, dict):
        raise TypeError("an entry is a table")
    trial, t_s = table.get("trial"), table.get("t_s")
    if trial is not None and (isinstance(trial, bool) or not isinstance(trial, int)):
        raise TypeError("a trial is a number")
    return Entry(
        at_utc=str(table["at_utc"]),
        recording=str(table["recording"]),
        action=Action(table["action"]),
        trial=trial,
        marker=str(table.get("marker", "")),
        t_s=None if t_s is None else float(t_s),
        text=str(table.get("text", "")),
    )


def excluded(entries: Iterable[Entry]) -> dict[int, bool]:
    """Trials on which somebody decided afterwards: number -> is it excluded; the last word counts."""
    decided: dict[int, bool] = {}
    for entry in entries:
        if entry.trial is not None and entry.action in {Action.EXCLUDE, Action.INCLUDE}:
            decided[entry.trial] = entry.action is Action.EXCLUDE
    return decided
