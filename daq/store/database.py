"""A path to an open SQLite database with our tables; a damaged file is set aside, never repaired in place."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from daq.errors import FileError
from daq.store.files import private_folder, reason
from daq.store.schema import VERSION, metadata

_BUSY_S = 5.0
_HEAD = b"SQLite format 3\0"
# SQLITE_CORRUPT, SQLITE_FORMAT, SQLITE_NOTADB; SQLITE_IOERR_SHORT_READ is what a truncated file gives.
_DAMAGED = {11, 24, 26}
_SHORT_READ = 522


def open_database(path: Path) -> tuple[Engine, str]:
    """An engine on ``path`` with all tables, and a sentence when the file there could not be used ("" = all is well).

    A file that is damaged, of another program or of another version is kept beside it as NAME.broken-N.

    Raises
    ------
    FileError
        The folder cannot be written, or another program holds the database.
    """
    private_folder(path.parent)
    problem = _problem(path) if path.exists() else ""
    sentence = ""
    if problem:
        kept = _set_aside(path)
        sentence = f"The catalogue {path.name} {problem}; it is kept as {kept.name} and a new one is made from the recordings."
    try:
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise FileError(f"The catalogue {path} cannot be made: {reason(error)}.", path=path) from error
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": _BUSY_S})
    event.listen(engine, "connect", _prepare)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
    except DatabaseError as error:
        raise unusable(path, error) from error
    return engine, sentence


def unusable(path: Path, error: DatabaseError) -> FileError:
    """The sentence for a database that fails while it is used."""
    if is_damage(error.orig):
        return FileError(f"The catalogue {path} is damaged; run daq sessions --rebuild to make it anew.", path=path)
    return FileError(f"The catalogue {path} cannot be used now ({error.orig}); close other programs and try again.", path=path)


def is_damage(error: BaseException | None) -> bool:
    """The file itself is wrong, not the moment."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and (code & 0xFF in _DAMAGED or code == _SHORT_READ)


def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=NORMAL")
    # What is erased is overwritten: a person can ask to be forgotten.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _problem(path: Path) -> str:
    """Why the file cannot serve, as the end of a sentence; "" when it can."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_HEAD))
    except OSError as error:
        raise FileError(f"The catalogue {path} cannot be read: {reason(error)}. Move it away.", path=path) from error
    if not head:
        return ""
    if head != _HEAD:
        # SQLite takes a file shorter than its own head for an empty one, and would write over it.
        return "is damaged or no catalogue"
    connection = sqlite3.connect(path, timeout=_BUSY_S)
    try:
        return _problem_inside(connection)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        # An operational error that is no damage is a matter of the moment: somebody else writes, or permissions.
        if isinstance(error, sqlite3.OperationalError) and not is_damage(error) and "malformed" not in str(error):
            raise FileError(
                f"The catalogue {path} cannot be used now ({error}); close other programs and try again.", path=path
            ) from error
        return "is damaged"
    finally:
        connection.close()


def _problem_inside(connection: sqlite3.Connection) -> str:
    if [row[0] for row in connection.execute("PRAGMA integrity_check(1)")] != ["ok"]:
        return "is damaged"
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return ""
    if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
        return "belongs to another version or program"
    for table in metadata.sorted_tables:
        columns = {row[1] for row in connection.execute(f'PRAGMA table_info("{table.name}")')}
        if columns != {column.name for column in table.columns}:
            return "is damaged"
    return ""


def _set_aside(path: Path) -> Path:
    number = 1
    while (kept := path.with_name(f"{path.name}.broken-{number}")).exists():
        number += 1
    try:
        path.rename(kept)
        for ending in ("-wal", "-shm"):
            beside = path.with_name(path.name + ending)
            if ending == "-wal" and beside.exists():
                beside.rename(kept.with_name(kept.name + ending))
            with suppress(FileNotFoundError):
                beside.unlink()
    except OSError as error:
        raise FileError(
            f"The damaged catalogue {path} cannot be set aside: {reason(error)}. Move it away.", path=path
        ) from error
    return kept
