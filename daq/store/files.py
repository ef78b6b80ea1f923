"""Small certainties about files: private folders, one writer at a time, nothing overwritten, whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from daq.errors import FileError

# Windows locks bytes, not files; a byte far behind the end locks nothing that anybody reads.
_LOCKED_BYTE = 1 << 40


class RawFile(Protocol):
    """The few calls that a recording makes: an unbuffered binary file (``io.FileIO``)."""

    def write(self, data: bytes, /) -> int | None:
        """Write some bytes, say how many."""
        ...

    def truncate(self, size: int, /) -> int:
        """Cut."""
        ...

    def fileno(self) -> int:
        """The descriptor, for sync and lock."""
        ...

    def close(self) -> None:
        """Close."""
        ...


def lock(descriptor: int) -> bool:
    """Take the file for this process alone; False when another holds it. Closing the file, or dying, gives it back."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def lock_waiting(descriptor: int) -> None:
    """Take a small file for this process alone, for the moment of one change."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)


def is_still(path: Path, descriptor: int) -> bool:
    """``path`` names the file that is open as ``descriptor``."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def private_folder(folder: Path) -> Path:
    """``folder``, made when absent, readable by its owner alone.

    Raises
    ------
    FileError
        It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (FileExistsError, NotADirectoryError) as error:
        message = f"The folder {folder} cannot be made: a file stands at that place. Choose another folder."
        raise FileError(message, path=folder) from error
    except OSError as error:
        raise FileError(f"The folder {folder} cannot be made: {reason(error)}. Choose another folder.", path=folder) from error
    return folder


def sync_data(descriptor: int) -> None:
    """Make the content of an open file survive a power cut."""
    if hasattr(os, "fdatasync"):
        os.fdatasync(descriptor)
    else:  # pragma: no cover, macOS and Windows
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Make names in ``folder`` survive a power cut, where the system can."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def numbered(folder: Path, stem: str, *, suffix: str) -> Iterator[Path]:
    """NAME, NAME-2, NAME-3 and so on, with ``suffix``."""
    yield folder / f"{stem}{suffix}"
    number = 2
    while True:
        yield folder / f"{stem}-{number}{suffix}"
        number += 1


def claim(folder: Path, stem: str, *, part: str, final: str) -> tuple[Path, int]:
    """A new, private, locked file under the first name that neither ``part`` nor ``final`` has; its path and descriptor."""
    for path in numbered(folder, stem, suffix=part):
        if path.with_name(path.name.removesuffix(part) + final).exists():
            continue
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        except FileExistsError:
            continue
        # Between making and locking, a salvage may have taken the empty file away: then the next name is tried.
        if lock(descriptor) and is_still(path, descriptor):
            return path, descriptor
        os.close(descriptor)
    raise AssertionError  # pragma: no cover, the names never end


def publish(source: Path, folder: Path, *, stem: str, suffix: str) -> Path:
    """Give ``source`` the first free name of ``numbered``; an existing file is never replaced."""
    for target in numbered(folder, stem, suffix=suffix):
        try:
            target.hardlink_to(source)
        except FileExistsError:
            continue
        except OSError:
            # A file system without hard links: look first, then rename.
            if target.exists():
                continue
            source.rename(target)
            return target
        source.unlink()
        return target
    raise AssertionError  # pragma: no cover, the names never end


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A private file that appears under ``path`` when all of it is on the disk, or not at all.

    Raises
    ------
    FileError
        The disk is full or the folder cannot be written; what stood under ``path`` before is untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {reason(error)}.", path=path) from error
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        advice = "Free some space, or choose another folder, and try again."
        raise FileError(f"{path} was not written: {reason(error)}. {advice}", path=path) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def reason(error: OSError) -> str:
    """Why, in the words of the system."""
    return error.strerror or str(error) or type(error).__name__


def read_text(path: Path, *, what: str, missing: Callable[[], str] | None = None) -> str:
    """The text of a file of ours; ``missing`` stands in for one that does not exist.

    Raises
    ------
    FileError
        It cannot be read or is no UTF-8; ``what`` begins the sentence.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        if missing is not None:
            return missing()
        raise FileError(f"{what} {path} does not exist.", path=path) from error
    except OSError as error:
        raise FileError(f"{what} {path} cannot be read: {reason(error)}.", path=path) from error
    except UnicodeDecodeError as error:
        raise FileError(f"{what} {path} is damaged: it is no text. Restore it from a copy.", path=path) from error
