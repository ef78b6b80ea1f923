"""The values that travel: limbs, the recorded inputs of a session, and the bytes it sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

NS_PER_S = 1_000_000_000

Scalar = str | int | float | bool | None


class Limb(StrEnum):
    """A side of the person (never of the plate), or both together. Left always comes first."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"

    @property
    def other(self) -> Limb:
        """The opposite side; both is its own."""
        return {Limb.LEFT: Limb.RIGHT, Limb.RIGHT: Limb.LEFT, Limb.BOTH: Limb.BOTH}[self]


SIDES = (Limb.LEFT, Limb.RIGHT)


class LinkState(StrEnum):
    """What happened to a link."""

    OPENED = "opened"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes as they came: ``t_ns`` stamped once, at the read or notify callback; packet borders kept.

    ``device`` is the name of the mount in the rig; ``port`` the name of a characteristic, "" for a serial line.
    """

    t_ns: int
    device: str
    port: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Wake:
    """Time as data: ten times a second, and whenever a codec asked for it."""

    t_ns: int


@dataclass(frozen=True, slots=True)
class Command:
    """Whatever a user does: keys, tare, start, keep, reject, person, note."""

    t_ns: int
    name: str
    args: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkEvent:
    """A link opened, or was lost (``reason`` in words)."""

    t_ns: int
    device: str
    state: LinkState
    reason: str = ""


Input = Chunk | Wake | Command | LinkEvent


@dataclass(frozen=True, slots=True)
class Sent:
    """Bytes that the session sends to a device; ``t_ns`` is that of the input that caused them."""

    t_ns: int
    device: str
    port: str
    data: bytes
    response: bool = False


@dataclass(frozen=True, slots=True)
class Reopen:
    """The session gives a link up (watchdog); whoever holds it closes it and opens it again."""

    t_ns: int
    device: str
    reason: str


Effect = Sent | Reopen


def seconds(t_ns: int) -> float:
    """Nanoseconds since the session began as float seconds: the only place where one becomes the other."""
    return t_ns / NS_PER_S
