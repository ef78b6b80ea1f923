"""Messages of the node to bytes on the line and back: COBS, CRC-16, layouts. The definition is ``firmware/PROTOCOL.md``."""

from __future__ import annotations

import struct
from binascii import crc_hqx
from dataclasses import dataclass
from enum import IntEnum, IntFlag

PROTOCOL_MAJOR, PROTOCOL_MINOR = 1, 0
TICK_HZ = 1_000_000
WRAP = 1 << 32
HALF_WRAP = 1 << 31
MAX_MESSAGE_BYTES = 251
MAX_ENCODED_BYTES = MAX_MESSAGE_BYTES + 3
MIN_ENCODED_BYTES = 4
SAMPLES_HEADER_BYTES = 11
COUNT_BYTES = 3
MAX_CHANNELS = 8
UNIT_ID_BYTES = 8
SUPPLY_UNKNOWN_MV = 0xFFFF
TEMPERATURE_UNKNOWN = -0x8000


class Kind(IntEnum):
    """The first byte of a message; bit 7 says that the host speaks."""

    HELLO = 0x01
    SAMPLES = 0x02
    STATUS = 0x03
    REPLY = 0x04
    ASK_HELLO = 0x81
    START = 0x82
    STOP = 0x83
    ASK_STATUS = 0x84
    SET = 0x85
    BLINK = 0x86
    RESET = 0x87


class Code(IntEnum):
    """How a command ended, in a REPLY."""

    DONE = 0
    UNKNOWN = -1
    WRONG_LENGTH = -2
    OUT_OF_RANGE = -3
    STREAMING = -4
    NO_ADC = -5


CODE_TEXT = {
    Code.DONE: "done",
    Code.UNKNOWN: "the node does not know this command; update its firmware",
    Code.WRONG_LENGTH: "the node expects another length of this command; update its firmware",
    Code.OUT_OF_RANGE: "a value is out of the node's range",
    Code.STREAMING: "not while the node is streaming",
    Code.NO_ADC: "the converter does not answer; check its wiring",
}


class Cause(IntFlag):
    """Why the node was reset."""

    POWER_ON = 1
    EXTERNAL = 2
    BROWN_OUT = 4
    WATCHDOG = 8
    COMMAND = 16


class Health(IntFlag):
    """The flags of a STATUS."""

    STREAMING = 1
    NO_ADC = 2
    SUPPLY_LOW = 4


class Shape(IntFlag):
    """The flags beside the number of channels in SAMPLES."""

    LOST = 0x10
    TEST_PATTERN = 0x20


def cobs_encode(data: bytes) -> bytes:
    """``data`` without a zero byte, one byte longer; at most 253 bytes, so that no block ever fills up."""
    return b"".join([b"%c%b" % (len(block) + 1, block) for block in data.split(b"\0")])


def crc16(data: bytes | bytearray | memoryview) -> int:
    """CRC-16/CCITT-FALSE: polynomial 1021, start FFFF, neither reflected nor inverted."""
    return crc_hqx(data, 0xFFFF)


def framed(message: bytes) -> bytes:
    """``message`` as it goes over the line, delimiter included."""
    return cobs_encode(message + crc16(message).to_bytes(2, "little")) + b"\0"


def signed32(difference: int) -> int:
    """A difference of two counters that wrap at 2^32, as the nearest signed number."""
    return (difference + HALF_WRAP) % WRAP - HALF_WRAP


def serial_of(unit: int) -> str:
    """The unit id as people read it: 16 hex digits, nothing where it was never set."""
    return f"{unit:016x}" if unit else ""


_HELLO = struct.Struct("<BBBBBBBBQBBIBB")
_STATUS = struct.Struct("<BBBBIIIIHHh")
_REPLY = struct.Struct("<BBBb")
_STARTED = struct.Struct("<BBBI")
_START = struct.Struct("<BBBBI")
_SET = struct.Struct("<BBBBi")
SAMPLES_HEADER = struct.Struct("<BBBII")


@dataclass(frozen=True, slots=True)
class Hello:
    """Who the node is. ``rates_millihz``: those on offer, the present one first."""

    tag: int
    protocol: tuple[int, int]
    firmware: tuple[int, int, int]
    model: int
    unit: int
    n_channels: int
    n_bits: int
    tick_hz: int
    cause: int
    rates_millihz: tuple[int, ...]

    def packed(self) -> bytes:
        """The message."""
        head = (Kind.HELLO, self.tag, *self.protocol, *self.firmware, self.model, self.unit, self.n_channels, self.n_bits)
        n_rates = len(self.rates_millihz)
        return _HELLO.pack(*head, self.tick_hz, self.cause, n_rates) + struct.pack(f"<{n_rates}I", *self.rates_millihz)

    @classmethod
    def of(cls, message: bytes) -> Hello | None:
        """What ``message`` says; None where it is too short or cannot be. It may be longer: a newer minor version."""
        if len(message) < _HELLO.size or len(message) < _HELLO.size + 4 * message[_HELLO.size - 1]:
            return None
        _, tag, *versions, model, unit, n_channels, n_bits, tick_hz, cause, n_rates = _HELLO.unpack_from(message)
        if not 1 <= n_channels <= MAX_CHANNELS or not 1 <= n_bits <= 8 * COUNT_BYTES or not tick_hz:
            return None
        rates = struct.unpack_from(f"<{n_rates}I", message, _HELLO.size)
        protocol, firmware = (versions[0], versions[1]), (versions[2], versions[3], versions[4])
        return cls(tag, protocol, firmware, model, unit, n_channels, n_bits, tick_hz, cause, rates)


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """How the node is: counters of this run, clock, supply."""

    tag: int
    run: int
    health: int
    t_us: int
    next_index: int
    n_missed: int
    n_dropped: int
    n_damaged: int
    supply_mv: int = SUPPLY_UNKNOWN_MV
    temperature_centidegc: int = TEMPERATURE_UNKNOWN

    def packed(self) -> bytes:
        """The message."""
        counters = (self.t_us, self.next_index, self.n_missed, self.n_dropped, self.n_damaged)
        return _STATUS.pack(Kind.STATUS, self.tag, self.run, self.health, *counters, self.supply_mv, self.temperature_centidegc)

    @classmethod
    def of(cls, message: bytes) -> NodeStatus | None:
        """What ``message`` says; None where it is too short."""
        return cls(*_STATUS.unpack_from(message)[1:]) if len(message) >= _STATUS.size else None


@dataclass(frozen=True, slots=True)
class Started:
    """What is in force after a START."""

    run: int
    mask: int
    samples_per_frame: int
    rate_millihz: int


@dataclass(frozen=True, slots=True)
class NodeReply:
    """The answer to a command; ``started`` only after a START that was done."""

    tag: int
    command: int
    code: int
    started: Started | None = None

    def packed(self) -> bytes:
        """The message."""
        head = _REPLY.pack(Kind.REPLY, self.tag, self.command, self.code)
        if self.started is None:
            return head
        s = self.started
        return head + _STARTED.pack(s.run, s.mask, s.samples_per_frame, s.rate_millihz)

    @classmethod
    def of(cls, message: bytes) -> NodeReply | None:
        """What ``message`` says; None where it is too short."""
        if len(message) < _REPLY.size:
            return None
        _, tag, command, code = _REPLY.unpack_from(message)
        if command != Kind.START or code != Code.DONE:
            return cls(tag, command, code)
        if len(message) < _REPLY.size + _STARTED.size:
            return None
        return cls(tag, command, code, Started(*_STARTED.unpack_from(message, _REPLY.size)))


def start_message(tag: int, *, mask: int = 0, samples_per_frame: int = 0, rate_millihz: int = 0) -> bytes:
    """START; 0 leaves the choice to the node."""
    return _START.pack(Kind.START, tag, mask, samples_per_frame, rate_millihz)


def start_fields(message: bytes) -> tuple[int, int, int] | None:
    """Mask, samples per frame and rate of a START; None where it is too short."""
    return _START.unpack_from(message)[2:] if len(message) >= _START.size else None


def set_fields(message: bytes) -> tuple[int, int, int] | None:
    """Key, channel and value of a SET; None where it is too short."""
    return _SET.unpack_from(message)[2:] if len(message) >= _SET.size else None
