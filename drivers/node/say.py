"""What a node said to sentences for people: refused versions, other units, refused commands, its health."""

from __future__ import annotations

from daq.driver import Event, Status
from drivers.node.options import NodeOptions
from drivers.node.wire import (
    CODE_TEXT,
    PROTOCOL_MAJOR,
    PROTOCOL_MINOR,
    SUPPLY_UNKNOWN_MV,
    Code,
    Health,
    Hello,
    Kind,
    NodeStatus,
    serial_of,
)


def refusal(hello: Hello, options: NodeOptions) -> str | None:
    """Why this node is not started, and what to do; None where nothing speaks against it."""
    major, minor = hello.protocol
    if major != PROTOCOL_MAJOR:
        update = "limb-daq" if major > PROTOCOL_MAJOR else "the node's firmware"
        return (
            f"The node speaks protocol {major}.{minor}, this program {PROTOCOL_MAJOR}.{PROTOCOL_MINOR}: "
            f"they do not understand each other. Update {update}."
        )
    if options.serial and serial_of(hello.unit) != options.serial:
        found = serial_of(hello.unit) or "without a unit id"
        return f"This node is {found}, the rig expects {options.serial}. Swap the plugs, or correct the rig."
    return None


def refused(code: int, hello: Hello | None, kind: Kind) -> str:
    """Why a command was refused."""
    known = Code(code) if code in Code._value2member_map_ else None
    text = CODE_TEXT[known] if known is not None else f"error {code}, which this program does not know; update limb-daq"
    if kind == Kind.START and known == Code.OUT_OF_RANGE and hello is not None:
        rates = ", ".join(f"{rate / 1000:g}" for rate in hello.rates_millihz) or "none"
        text = f"{text}. It has {hello.n_channels} channels and offers {rates} Hz; correct the options in the rig"
    return f"The node refuses: {text}."


def no_answer(kind: Kind, n_bad_frames: int, options: NodeOptions) -> str:
    """What to do when the third repetition is unanswered as well."""
    if kind not in (Kind.ASK_HELLO, Kind.START):
        return "The node did not answer. Check its cable; if it stays silent, unplug it and plug it in again."
    if n_bad_frames:
        return f"The port talks, but not as a node at {options.baud} baud. Check the port and the speed."
    return "No node answers at this port. Check the port, the cable and the node's supply."


def health(now: NodeStatus, before: NodeStatus | None) -> list[Event]:
    """What changed since the last STATUS and matters to somebody."""
    was = before.health if before is not None else 0
    events: list[Event] = []
    if now.health & ~was & Health.NO_ADC:
        events.append(Status(fault="The node's converter does not answer. Check the wiring of the load cell board."))
    if now.health & ~was & Health.SUPPLY_LOW:
        level = "" if now.supply_mv == SUPPLY_UNKNOWN_MV else f" ({now.supply_mv} mV)"
        events.append(Status(fault=f"The node's supply is low{level}. Charge or replace its battery."))
    if was & ~now.health & (Health.NO_ADC | Health.SUPPLY_LOW):
        events.append(Status(info="The node reports that its trouble is over."))
    same_run = before is not None and before.run == now.run
    n_missed = now.n_missed - (before.n_missed if before is not None and same_run else 0)
    n_dropped = now.n_dropped - (before.n_dropped if before is not None and same_run else 0)
    if n_missed > 0 or n_dropped > 0:
        events.append(
            Status(info=f"The node read {max(0, n_missed)} conversions too late and had no room for {max(0, n_dropped)}.")
        )
    return events
