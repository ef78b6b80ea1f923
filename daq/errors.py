"""What can go wrong, in the few kinds a user can act on; every message says what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class DaqError(Exception):
    """Base of all errors meant for people: one sentence that says what to do next.

    Attributes
    ----------
    exit_code : int
        What the command line returns: 1 cannot, 2 wrong usage.
    """

    exit_code = 1


class UsageError(DaqError):
    """The words typed do not go together."""

    exit_code = 2


class DriverError(DaqError):
    """A driver is unknown, broken or was given options that it does not have."""

    def __init__(self, message: str, *, driver: str) -> None:
        super().__init__(message)
        self.driver = driver


class LinkError(DaqError):
    """A port or radio cannot be opened, or was lost."""

    def __init__(self, message: str, *, address: str) -> None:
        super().__init__(message)
        self.address = address


class FileError(DaqError):
    """A file is missing, unreadable, cut, or holds something else than it should.

    ``line`` counts from 1 and is None where no line can be named.
    """

    def __init__(self, message: str, *, path: Path, line: int | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.line = line


class ReplayError(DaqError):
    """A replay did something else than the recording says; ``t_ns`` is where."""

    def __init__(self, message: str, *, t_ns: int) -> None:
        super().__init__(message)
        self.t_ns = t_ns
