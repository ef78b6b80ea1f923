"""What a rig may choose of a node, and what the driver declares for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from daq.driver import Declaration, Described, Framing, Loss, SerialSpec, Starts
from drivers.node.wire import (
    COUNT_BYTES,
    MAX_CHANNELS,
    MAX_MESSAGE_BYTES,
    SAMPLES_HEADER_BYTES,
    TICK_HZ,
    UNIT_ID_BYTES,
    Hello,
    Started,
    serial_of,
)

COUNTS_PER_N = 1000.0
N_BITS = 8 * COUNT_BYTES
TWIN_RATE_HZ = 1000.0
HX711, ADS131M04 = 1, 2
# Conversions until a step of the load shows in full (datasheets), and the delay of the converter's filter where it is known.
_N_SETTLING = {HX711: 4.0, ADS131M04: 3.0}
_N_DELAY = {ADS131M04: 1.5}


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """0 and "" leave the choice to the device; ``unit`` (hex) is the unit id that is expected, and the one the twin has.

    ``channels`` and a ``rate_hz`` of 0 (1000 Hz) describe the twin; ``mask``: bit 0 is channel 1.
    """

    rate_hz: float = 0.0
    channels: int = 1
    mask: int = 0
    samples_per_frame: int = 0
    baud: int = 500_000
    unit: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.rate_hz) and 0 <= self.rate_millihz < 1 << 32):
            raise ValueError(f"rate_hz is {self.rate_hz}; give 0 for the device's own or a rate up to 4 294 967 Hz.")
        if not 1 <= self.channels <= MAX_CHANNELS:
            raise ValueError(f"channels is {self.channels}; a node has 1 to {MAX_CHANNELS}.")
        if not 0 <= self.mask < 1 << MAX_CHANNELS:
            raise ValueError(f"mask is {self.mask}; give 0 for all channels or the sum of 1, 2, 4, ... up to 255.")
        if not 0 <= self.samples_per_frame <= most_samples_per_frame(1):
            raise ValueError(f"samples_per_frame is {self.samples_per_frame}; give 0 to {most_samples_per_frame(1)}.")
        if self.baud < 1:
            raise ValueError(f"baud is {self.baud}; the node's firmware is built for 500000.")
        try:
            fits = 0 <= int(self.unit or "0", 16) < 1 << 8 * UNIT_ID_BYTES
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(f"unit is {self.unit!r}; give up to 16 hex digits, as `daq devices` shows them.")

    @property
    def rate_millihz(self) -> int:
        """The rate as the wire has it."""
        return round(1000 * self.rate_hz) if math.isfinite(self.rate_hz) else -1

    @property
    def serial(self) -> str:
        """The unit id as ``Described.serial`` has it."""
        return serial_of(int(self.unit or "0", 16))


def most_samples_per_frame(n_channels: int) -> int:
    """How many samples of ``n_channels`` a frame can carry."""
    return (MAX_MESSAGE_BYTES - SAMPLES_HEADER_BYTES) // (COUNT_BYTES * n_channels)


def channel_names(mask: int) -> tuple[str, ...]:
    """The channels of a mask, counted from 1."""
    return tuple(str(k + 1) for k in range(MAX_CHANNELS) if mask >> k & 1)


def described(hello: Hello, started: Started) -> Described:
    """What the node said of itself, and what is in force."""
    rate_hz = started.rate_millihz / 1000 or None
    settling, delay = _N_SETTLING.get(hello.model), _N_DELAY.get(hello.model)
    return Described(
        unit="counts",
        channels=channel_names(started.mask),
        tick_hz=float(hello.tick_hz),
        rate_hz=rate_hz,
        serial=serial_of(hello.unit),
        firmware=".".join(map(str, hello.firmware)),
        full_scale=float(1 << (hello.n_bits - 1)),
        settling_s=settling / rate_hz if settling and rate_hz else None,
        group_delay_s=delay / rate_hz if delay and rate_hz else None,
    )


def declare(options: NodeOptions) -> Declaration:
    """A serial line, an index in every frame, silence until START."""
    mask = options.mask & ((1 << options.channels) - 1) or (1 << options.channels) - 1
    return Declaration(
        spec=SerialSpec(baud=options.baud),
        framing=Framing.STREAM,
        loss=Loss.INDEX,
        starts=Starts.ON_COMMAND,
        defaults=Described(
            unit="counts",
            channels=channel_names(mask),
            tick_hz=float(TICK_HZ),
            rate_hz=options.rate_hz or TWIN_RATE_HZ,
            serial=options.serial,
            full_scale=float(1 << (N_BITS - 1)),
        ),
    )
