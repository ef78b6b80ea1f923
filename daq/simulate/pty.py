"""Far ends to pseudo-terminals with stable names: what a serial port looks like to pyserial, in real time (POSIX only)."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pty
import re
import select
import tempfile
import termios
import threading
import time
import tty
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from daq.errors import FileError, LinkError
from daq.simulate.far_end import FarEnd

SLICE_S = 0.002
ANSWER_S = 0.0003
_READ_BYTES = 4096
_BRIDGE_BYTES = 4096
_TERMINAL_FOLDERS = ("/dev/pts/", "/dev/tty")
_SPEEDS = {getattr(termios, name): int(name[1:]) for name in dir(termios) if re.fullmatch(r"B\d+", name)}
_CONSTANTS = {baud: constant for constant, baud in _SPEEDS.items()}


class PtyPort:
    """One far end on one pseudo-terminal; a symbolic link is its stable name, as udev makes one for a real port.

    The slave end is held open, so that hosts may come and go. Bytes that the host does not fetch are lost beyond what
    a USB bridge would buffer. A device that refuses to be opened has no name meanwhile; a host that has it open keeps it.
    """

    def __init__(self, path: Path, far_end: FarEnd) -> None:
        self.path = Path(os.path.abspath(path))  # noqa: PTH100, resolve() would follow a link of an earlier run
        self.far_end = far_end
        self.n_dropped = 0
        self.n_written = 0
        self.is_held_away = False
        self._master = self._slave = -1
        self._pending = b""
        self._has_name = False
        self._claim: _Claim | None = _claim(self.path)

    @property
    def is_plugged(self) -> bool:
        """Whether the pseudo-terminal exists."""
        return self._master >= 0

    @property
    def master(self) -> int:
        """File descriptor of the device's end; -1 while unplugged."""
        return self._master

    def plug(self) -> None:
        """Make the pseudo-terminal and its name.

        Raises
        ------
        FileError
            The name is taken by something else, or its folder does not exist.
        """
        if self.is_plugged:
            return
        _check_name(self.path)
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._set_speed()
        self._show_name()

    def unplug(self) -> None:
        """Close both ends and remove the name; a host that has it open sees a hang-up."""
        if not self.is_plugged:
            return
        self._hide_name()
        os.close(self._slave)
        os.close(self._master)
        self._master = self._slave = -1
        self._pending = b""

    def close(self) -> None:
        """Unplug for good, and give the name free."""
        self.unplug()
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def _note_speed(self) -> None:
        """See which speed the host chose; the far end garbles what does not fit."""
        if self.is_plugged and self.far_end.declared_baud is not None:
            self.far_end.host_baud = _SPEEDS.get(termios.tcgetattr(self._master)[5], self.far_end.declared_baud)

    def service(self, now_s: float) -> bool:
        """Let the device live up to ``now_s``; hand over what the host wrote, and write what the device says.

        Returns whether the host wrote something, so that the answer can be sent soon.
        """
        should_be_in = self.far_end.is_plugged(now_s) and not self.is_held_away
        if should_be_in != self.is_plugged:
            self.plug() if should_be_in else self.unplug()
        if self.is_plugged and self.far_end.may_open(now_s) != self._has_name:
            self._hide_name() if self._has_name else self._show_name()
        self._note_speed()
        if asked := self._read():
            self.far_end.write(now_s, "", asked)
        said = b"".join(data for _, _, data in self.far_end.advance(now_s))
        if self.is_plugged and (said or self._pending):
            self._write(said)
        return bool(asked)

    def _show_name(self) -> None:
        fresh = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            fresh.symlink_to(os.ttyname(self._slave))
            fresh.replace(self.path)
        except OSError as error:
            self.unplug()
            raise FileError(f"The name {self.path} cannot be made: {error.strerror}.", path=self.path) from error
        self._has_name = True

    def _hide_name(self) -> None:
        if self.path.is_symlink() and str(self.path.readlink()) == os.ttyname(self._slave):
            self.path.unlink()
        self._has_name = False

    def _read(self) -> bytes:
        if not self.is_plugged:
            return b""
        try:
            return os.read(self._master, _READ_BYTES)
        except BlockingIOError:
            return b""

    def _write(self, said: bytes) -> None:
        room = _BRIDGE_BYTES - len(self._pending)
        self.n_dropped += max(0, len(said) - room)
        self._pending += said[:room]
        try:
            n = os.write(self._master, self._pending)
        except BlockingIOError:
            return
        self.n_written += n
        self._pending = self._pending[n:]

    def _set_speed(self) -> None:
        constant = _CONSTANTS.get(int(self.far_end.declared_baud or 0))
        if constant is not None:
            attributes = termios.tcgetattr(self._slave)
            attributes[4] = attributes[5] = constant
            termios.tcsetattr(self._slave, termios.TCSANOW, attributes)


@dataclass(slots=True)
class Pacing:
    """How evenly the slices came: their number, the longest gap between two, and the sum of their lateness."""

    n: int = 0
    longest_gap_s: float = 0.0
    late_s: list[float] = field(default_factory=list)


class PtyServer:
    """Serves several ports on one clock, in one loop.

    Parameters
    ----------
    ports : sequence of PtyPort
    epoch_s : float
        Wall time (seconds since 1970) of the far ends' t = 0. It is tied to the monotonic clock once, when the server is made.
    slice_s : float
        Distance of the slices.
    """

    def __init__(self, ports: Sequence[PtyPort], *, epoch_s: float, slice_s: float = SLICE_S) -> None:
        self.ports = tuple(ports)
        self.pacing = Pacing()
        self._slice_s = slice_s
        self._zero_s = time.monotonic() + epoch_s - time.time()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def now_s(self) -> float:
        """True time: seconds since the epoch."""
        return time.monotonic() - self._zero_s

    def open(self) -> None:
        """Make all names; none is left when one cannot be made.

        Raises
        ------
        FileError
            A name is taken, or its folder does not exist.
        """
        try:
            for port in self.ports:
                if port.far_end.is_plugged(self.now_s):
                    port.plug()
        except FileError:
            self.close()
            raise

    def close(self) -> None:
        """End the loop and remove all names."""
        self.stop()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        for port in self.ports:
            port.close()

    def start(self) -> None:
        """Serve in a thread of its own until ``close``."""
        self._thread = threading.Thread(target=self.serve, name="pseudo-terminals", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the loop soon; safe to call from a signal handler."""
        self._stop.set()

    def serve(self, *, seconds: float = float("inf")) -> None:
        """Serve until ``stop``, or for that long."""
        end_s = time.monotonic() + seconds
        next_s = time.monotonic()
        while not self._stop.is_set() and next_s < end_s:
            with self._lock:
                now_s = time.monotonic()
                self._note_pace(now_s, next_s)
                asked = [port.service(now_s - self._zero_s) for port in self.ports]
                masters = [port.master for port in self.ports if port.is_plugged]
            if now_s >= next_s:
                next_s = max(next_s + self._slice_s, now_s)
            self._wait(masters, min(next_s, now_s + ANSWER_S) if any(asked) else next_s)

    def unplug(self, port: PtyPort) -> None:
        """Pull the cable of ``port`` now, until ``plug``."""
        with self._lock:
            port.is_held_away = True
            port.unplug()

    def plug(self, port: PtyPort) -> None:
        """Put the cable of ``port`` back."""
        with self._lock:
            port.is_held_away = False
            port.far_end.skip(self.now_s)
            port.plug()

    def _wait(self, masters: list[int], until_s: float) -> None:
        """Until the next slice, or until a host has written something."""
        wait_s = until_s - time.monotonic()
        if wait_s <= 0:
            return
        try:
            select.select(masters, [], [], wait_s)
        except (OSError, ValueError):
            self._stop.wait(wait_s)  # a port was unplugged meanwhile: its descriptor is closed

    def _note_pace(self, now_s: float, planned_s: float) -> None:
        self.pacing.n += 1
        late_s = max(0.0, now_s - planned_s)
        self.pacing.longest_gap_s = max(self.pacing.longest_gap_s, late_s + self._slice_s)
        if len(self.pacing.late_s) < 100_000:  # noqa: PLR2004, minutes are enough to judge the pace
            self.pacing.late_s.append(late_s)


def _check_name(path: Path) -> None:
    """A name may be made where nothing is, or over a link to a terminal that an earlier run left."""
    if not path.parent.is_dir():
        raise FileError(f"The folder {path.parent} does not exist; make it, or choose another --pty.", path=path)
    if path.is_symlink():
        target = str(path.readlink())
        if not path.exists() or target.startswith(_TERMINAL_FOLDERS):
            return
        raise FileError(f"{path} is a link to {target}, which is no pseudo-terminal; choose another --pty.", path=path)
    if path.exists():
        raise FileError(f"{path} exists and is not a link to a pseudo-terminal; choose another --pty.", path=path)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A locked file that says: this name is ours."""

    descriptor: int
    lock: Path

    def release(self) -> None:
        self.lock.unlink(missing_ok=True)
        os.close(self.descriptor)


def _claim(path: Path) -> _Claim:
    """Lock the name against other simulations; a lock ends with its process, so a killed one leaves nothing in the way."""
    folder = Path(tempfile.gettempdir()) / f"limb-daq-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise LinkError(f"{folder} belongs to somebody else; set TMPDIR to a folder of your own.", address=str(path))
    lock = folder / f"{hashlib.sha256(os.fsencode(path)).hexdigest()[:24]}.lock"
    while True:
        claim = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(claim)
            message = f"{path} is served by another simulation; stop that one, or choose another --pty."
            raise LinkError(message, address=str(path)) from error
        if os.fstat(claim).st_nlink:
            return _Claim(claim, lock)
        os.close(claim)  # its owner removed it between our open and our lock
