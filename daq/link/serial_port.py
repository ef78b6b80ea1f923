"""A serial port to chunks: one reader thread per port, exclusive open, every kind of loss turned into one ``LinkEvent``."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import queue
import threading
import time
from dataclasses import dataclass

import serial
from serial.tools import list_ports

from daq.block import Chunk, LinkEvent, LinkState
from daq.errors import LinkError
from daq.link.link import Deliver, NowNs
from daq.units import clean_name

READ_TIMEOUT_S = 0.05
WRITE_TIMEOUT_S = 1.0

COALESCE_S = 0.002
"""Pause after a read, so that a fast device costs at most 500 wake-ups a second (0.1 ms of CPU each)."""

try:
    import termios

    TERMINAL_ERRORS: tuple[type[Exception], ...] = (termios.error,)
except ImportError:  # Windows has no terminals of this kind
    TERMINAL_ERRORS = ()

LOSSES: tuple[type[Exception], ...] = (OSError, TypeError, ValueError, *TERMINAL_ERRORS)
"""What pyserial raises when a port goes away: SerialException is an OSError, ``in_waiting`` gives a bare OSError (EIO), a
handle closed under the reader TypeError, and a terminal that is gone termios.error, which is no OSError."""


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port that the system knows."""

    path: str
    product: str
    maker: str
    usb_id: str
    usb_serial: str


def ports() -> list[Port]:
    """The serial ports of this machine, those of USB first; names are cleaned for a screen."""
    found = [
        Port(
            path=p.device,
            product=clean_name(p.product or p.description or ""),
            maker=clean_name(p.manufacturer or ""),
            usb_id=f"{p.vid:04x}:{p.pid:04x}" if p.vid is not None and p.pid is not None else "",
            usb_serial=clean_name(p.serial_number or ""),
        )
        for p in list_ports.comports()
    ]
    return sorted(found, key=lambda p: (not p.usb_id, p.path))


def path_of_usb_serial(usb_serial: str) -> str:
    """The port of the USB device with that serial number, wherever it is plugged in.

    Raises
    ------
    LinkError
        It is not plugged in, or two devices claim the number.
    """
    paths = [p.path for p in ports() if p.usb_serial and p.usb_serial == usb_serial]
    if len(paths) == 1:
        return paths[0]
    if paths:
        message = f"Two devices have the USB serial number {usb_serial}; write port:PATH into the rig instead."
    else:
        message = f"No device with the USB serial number {usb_serial} is plugged in; plug it in, or see: daq devices."
    raise LinkError(message, address=f"usb:{usb_serial}")


def _open(url: str, baud: int) -> serial.SerialBase:
    try:
        return serial.serial_for_url(url, baudrate=baud, timeout=READ_TIMEOUT_S, write_timeout=WRITE_TIMEOUT_S, exclusive=True)
    except LOSSES as error:
        raise LinkError(_why_not(url, error), address=url) from error


def _why_not(url: str, error: Exception) -> str:
    code = getattr(error, "errno", None)
    text = str(error).lower()
    if code in (errno.EAGAIN, errno.EBUSY) or "exclusively lock" in text or "access is denied" in text:
        return f"The port {url} is in use by another program; close that program and try again."
    if code == errno.ENOENT or "no such file" in text or "could not find" in text:
        return f"There is no port {url}; plug the device in, or see which ports there are: daq devices."
    if code in (errno.EACCES, errno.EPERM):
        return f"You may not use the port {url}; add yourself to the group that owns it (often dialout) and log in again."
    if isinstance(error, ValueError):
        return f"The port {url} cannot be used: {error}."
    if code == errno.ENOTTY or isinstance(error, TERMINAL_ERRORS):
        return f"{url} is no serial port; see which ports there are: daq devices."
    return f"The port {url} cannot be opened: {error}."


class SerialLink:
    """A serial port (or any pyserial URL) as a link.

    Parameters
    ----------
    device : str
        Name of the mount.
    url : str
        Path of the port, or a URL that pyserial knows (``socket://``, ``rfc2217://``, ``spy://``); ``usb:SERIAL`` is looked up
        at every opening, so a device is found again on another port.
    baud : int
    now_ns : callable
        Monotonic nanoseconds since the session began.
    """

    def __init__(self, device: str, url: str, *, baud: int, now_ns: NowNs) -> None:
        self.device = device
        self._url = url
        self._baud = baud
        self._now_ns = now_ns
        self._port: serial.SerialBase | None = None
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._once: _Once | None = None
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    async def open(self, deliver: Deliver) -> None:
        """Open the port exclusively and start its reader; see ``Link.open``."""
        loop = asyncio.get_running_loop()
        path = self._url
        if path.startswith("usb:"):
            path = await asyncio.to_thread(path_of_usb_serial, path.removeprefix("usb:"))
        port = await asyncio.to_thread(_open, path, self._baud)
        self._port, self._stop, self._outbox = port, threading.Event(), queue.SimpleQueue()
        deliver(LinkEvent(self._now_ns(), self.device, LinkState.OPENED))
        once = self._once = _Once(self, loop, deliver, self._stop)
        self._threads = [
            threading.Thread(target=self._read, args=(port, once), name=f"read {self.device}", daemon=True),
            threading.Thread(target=self._write, args=(port, once, self._outbox), name=f"write {self.device}", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def write(self, port: str, data: bytes, *, response: bool = False) -> None:  # noqa: ARG002, a serial line has one port and no confirmation
        """Hand bytes to the writer thread; never blocks."""
        self._outbox.put(data)

    async def close(self) -> None:
        """Stop both threads and close the port."""
        self._stop.set()
        self._outbox.put(None)
        await asyncio.to_thread(self._join)
        await asyncio.sleep(0)  # what the reader had handed over by then is delivered first: no byte that was read is dropped
        if self._once is not None:
            self._once.close()

    def _join(self) -> None:
        for thread in self._threads:
            thread.join(timeout=2 * WRITE_TIMEOUT_S)
        self._threads = []
        if self._port is not None:
            with contextlib.suppress(*LOSSES):  # a port that went away may fail to close; it is gone either way
                self._port.close()
            self._port = None

    def _read(self, port: serial.SerialBase, once: _Once) -> None:
        stop = self._stop
        try:
            while not stop.is_set():
                data = _next_bytes(port)
                if data:
                    once.deliver(Chunk(self._now_ns(), self.device, "", data))
                    time.sleep(COALESCE_S)
        except LOSSES as error:
            once.lose(_loss(error), self._now_ns())

    def _write(self, port: serial.SerialBase, once: _Once, outbox: queue.SimpleQueue[bytes | None]) -> None:
        try:
            while (data := outbox.get()) is not None:
                port.write(data)
        except serial.SerialTimeoutException:
            once.lose("the device does not take bytes any more", self._now_ns())
        except LOSSES as error:
            once.lose(_loss(error), self._now_ns())


def _next_bytes(port: serial.SerialBase) -> bytes:
    """What has come, or the next byte and all that came with it: a frame in one piece, not its first byte and then the rest."""
    n_waiting = getattr(port, "in_waiting", 1)
    data = bytes(port.read(max(1, n_waiting)))
    if data and not n_waiting:
        with contextlib.suppress(*LOSSES):  # a loss is met again by the next read; the byte that came is kept
            data += bytes(port.read(getattr(port, "in_waiting", 0)))
    return data


def _loss(error: Exception) -> str:
    if getattr(error, "errno", None) in (None, errno.EIO, errno.ENXIO, errno.ENODEV, errno.EBADF):
        return "the cable or the device went away"
    return f"the port failed ({clean_name(str(error))})"


class _Once:
    """Hands over to the event loop in the order of reading, and says ``lost`` at most once for reader and writer together."""

    def __init__(self, link: SerialLink, loop: asyncio.AbstractEventLoop, deliver: Deliver, stop: threading.Event) -> None:
        self._device, self._loop, self._deliver, self._stop = link.device, loop, deliver, stop
        self._lock = threading.Lock()
        self._is_lost = self._is_closed = False

    def deliver(self, item: Chunk | LinkEvent) -> None:
        try:
            self._loop.call_soon_threadsafe(self._deliver_now, item)
        except RuntimeError:
            self._stop.set()  # the loop has ended while bytes were under way

    def _deliver_now(self, item: Chunk | LinkEvent) -> None:
        if not self._is_closed:
            self._deliver(item)

    def lose(self, reason: str, t_ns: int) -> None:
        with self._lock:
            if self._is_lost or self._stop.is_set():
                return
            self._is_lost = True
        self.deliver(LinkEvent(t_ns, self._device, LinkState.LOST, reason))
        self._stop.set()

    def close(self) -> None:
        """From now on nothing is handed over; called on the loop, when both threads have ended."""
        self._is_closed = True
