"""What a driver author reads: a codec (bytes to events), its twin (the far end), one ``DRIVER``. No I/O, no clock.

A driver module holds a constant ``DRIVER = Driver(...)``, named by the entry point group ``daq.drivers``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import entry_points
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from daq.block import Chunk, Scalar
from daq.errors import DriverError

ENTRY_POINT_GROUP = "daq.drivers"

Options = TypeVar("Options")

Floats = NDArray[np.float64]
Ticks = NDArray[np.int64]

Force = Callable[[Floats], Floats]
"""The world as a twin sees it: times in seconds, shape (n,), to newtons, shape (n, n_outputs)."""


class Framing(StrEnum):
    """Does the border of a chunk mean anything?"""

    STREAM = "stream"
    PACKET = "packet"


class Loss(StrEnum):
    """What shows a lost sample: an index (exact), the device's clock, nothing."""

    INDEX = "index"
    CLOCK = "clock"
    NONE = "none"


class Starts(StrEnum):
    """When a device speaks."""

    ON_COMMAND = "on_command"
    ON_SUBSCRIBE = "on_subscribe"
    ALWAYS = "always"
    POLLED = "polled"


@dataclass(frozen=True, slots=True)
class SerialSpec:
    """A serial line, 8N1; ``usb_ids`` as "vid:pid" in hex where the device has ids of its own."""

    baud: int
    usb_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BleSpec:
    """A Bluetooth LE peripheral: how it is recognised, and port name -> characteristic UUID."""

    names: tuple[str, ...]
    services: tuple[str, ...]
    notify: Mapping[str, str] = field(default_factory=dict)
    write: Mapping[str, str] = field(default_factory=dict)
    read: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AdvertSpec:
    """A scale that only advertises."""

    names: tuple[str, ...]
    company_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CharSpec:
    """A character device of the system (evdev or hidraw records)."""

    names: tuple[str, ...]
    record_bytes: int


Spec = SerialSpec | BleSpec | AdvertSpec | CharSpec


# --- events: what a codec says --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Described:
    """What the device is; comes before the first ``Samples``, and again when a new segment (time base) begins.

    ``channels`` are the columns of ``Samples.values`` as the wire has them, ``unit`` one of counts, N, kg, lb;
    ``tick_hz`` ticks a second; ``rate_hz`` None = unknown, to be measured; ``full_scale`` in ``unit``;
    ``settling_s`` and ``group_delay_s`` None = unknown, never 0.
    """

    unit: str
    channels: tuple[str, ...]
    tick_hz: float
    rate_hz: float | None
    serial: str = ""
    firmware: str = ""
    full_scale: float | None = None
    settling_s: float | None = None
    group_delay_s: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Rows of readings: ``tick`` int64 (n,), unwrapped, strictly rising; ``values`` float64 (n, n_channels), in its unit.

    ``n_lost`` rows are missing just before the first row: exact (INDEX), from the clock (CLOCK), 0 (NONE).
    ``at_least`` says that more may be missing than could be told.
    """

    tick: Ticks
    values: Floats
    n_lost: int = 0
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """Health, as far as the device tells: None = nothing new. ``n_bad_bytes`` and ``n_bad_frames`` count up since ``start``."""

    battery_percent: float | None = None
    fault: str | None = None
    info: str | None = None
    n_bad_bytes: int | None = None
    n_bad_frames: int | None = None


@dataclass(frozen=True, slots=True)
class ClockRead:
    """The device's clock stood at ``tick`` at some moment after ``asked_s`` (host) and before the chunk that brought it."""

    tick: int
    asked_s: float


class ReplyState(StrEnum):
    """How a command ended."""

    DONE = "done"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class Reply:
    """A command has ended; ``text`` is a sentence for a person."""

    command: str
    state: ReplyState
    text: str = ""


@dataclass(frozen=True, slots=True)
class Send:
    """Bytes for the device; ``response`` asks a BLE link for a confirmed write."""

    port: str
    data: bytes
    response: bool = False


Event = Described | Samples | Status | ClockRead | Reply | Send


class Codec(Protocol):
    """Bytes of one device in, events out. Knows no port, no clock, no loop; never raises on bad bytes, but counts them."""

    next_wake_s: float | None
    """Host time at which ``wake`` wants to be called; 0.0 = at the next wake, None = not at all."""

    def start(self) -> list[Event]:
        """Begin to stream: called once after the link has opened. A fresh codec is made for each opening."""
        ...

    def stop(self) -> list[Event]:
        """End the stream; afterwards an ON_COMMAND device is silent."""
        ...

    def feed(self, chunk: Chunk) -> list[Event]:
        """Take bytes as they came."""
        ...

    def wake(self, t_s: float) -> list[Event]:
        """Polls, keep-alives, time-outs. ``t_s`` is host time since the session began."""
        ...

    def command(self, name: str, args: Mapping[str, Scalar]) -> list[Event]:
        """A wish of the user (tare, identify, ...); one is outstanding, the rest wait inside. Unknown: ``Reply(refused)``."""
        ...


class Twin(Protocol):
    """The device's side of the same wire; deterministic, its time begins at 0 when it is made."""

    def feed(self, port: str, data: bytes) -> None:
        """Bytes from the host."""
        ...

    def advance(self, dt_s: float) -> list[tuple[str, bytes]]:
        """Let ``dt_s`` seconds of the device's own time pass; what it says meanwhile, as (port, data)."""
        ...


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault from the one vocabulary (``daq.simulate.faults``): name, strength, when it begins, when it ends, seed."""

    name: str
    value: float = 1.0
    at_s: float = 0.0
    until_s: float = float("inf")
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a driver declares for given options: link, framing, loss, start; ``defaults`` until the device has spoken."""

    spec: Spec
    framing: Framing
    loss: Loss
    starts: Starts
    defaults: Described
    stalled_s: float | None = None
    lost_s: float | None = None


@dataclass(frozen=True, slots=True)
class Driver(Generic[Options]):
    """One kind of device. ``options`` is a frozen dataclass whose fields all have defaults.

    ``codec(options)`` and ``twin(options, force, faults)`` make the two ends of the wire;
    ``newtons_per_unit(options)`` is the twin's gain: what one unit of ``Described.unit`` means on each of its channels;
    ``twin_faults`` names the device faults that the twin plays itself.
    """

    name: str
    title: str
    options: type[Options]
    declare: Callable[[Options], Declaration]
    codec: Callable[[Options], Codec]
    twin: Callable[[Options, Force, Sequence[Fault]], Twin]
    newtons_per_unit: Callable[[Options], float]
    twin_faults: frozenset[str] = frozenset()

    def options_from(self, table: Mapping[str, Scalar]) -> Options:
        """Options from a rig or a command line.

        Raises
        ------
        DriverError
            A key is unknown or a value has another type than the default.
        """
        fields: dict[str, Any] = getattr(self.options, "__dataclass_fields__", {})
        chosen: dict[str, Any] = {}
        for key, value in table.items():
            if key not in fields:
                known = ", ".join(sorted(fields)) or "none"
                message = f"The driver {self.name} has no option {key!r}; it has: {known}."
                raise DriverError(message, driver=self.name)
            chosen[key] = self._as_default(key, value, fields[key].default)
        try:
            return self.options(**chosen)
        except ValueError as error:
            raise DriverError(f"The driver {self.name} refuses its options: {error}", driver=self.name) from error

    def _as_default(self, key: str, value: Scalar, default: object) -> Scalar:
        if default is None or isinstance(value, type(default)):
            return value
        try:
            if isinstance(default, bool):
                return {"true": True, "false": False, "yes": True, "no": False}[str(value).lower()]
            if isinstance(default, (int, float, str)) and not isinstance(value, bool):
                return type(default)(value)  # type: ignore[arg-type]
        except (ValueError, KeyError, TypeError):
            pass
        message = f"The option {key} of the driver {self.name} should look like {default!r}, not like {value!r}."
        raise DriverError(message, driver=self.name)


def driver_names() -> list[str]:
    """All installed drivers, by name; none is loaded."""
    return sorted({point.name for point in entry_points(group=ENTRY_POINT_GROUP)})


def load_driver(name: str) -> Driver[Any]:
    """The driver called ``name``, loaded now.

    Raises
    ------
    DriverError
        None has that name, or its module cannot be loaded.
    """
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name != name:
            continue
        try:
            found = point.load()
        except Exception as error:
            raise DriverError(
                f"The driver {name} cannot be loaded: {error}. Reinstall the package that brings it.", driver=name
            ) from error
        if not isinstance(found, Driver):
            raise DriverError(f"The entry point {name} of the group {ENTRY_POINT_GROUP} is no Driver.", driver=name)
        return found
    known = ", ".join(driver_names()) or "none; install limb-daq with pip"
    raise DriverError(f"There is no driver called {name!r}; installed: {known}.", driver=name)
