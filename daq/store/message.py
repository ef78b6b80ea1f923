"""An input, or bytes that were sent, to the channel and payload of one MCAP message; and back.

| topic | message encoding | payload | log time |
|---|---|---|---|
| ``chunk/DEVICE[/PORT]`` | ``bytes`` | the bytes as they came | ``Chunk.t_ns`` |
| ``sent/DEVICE[/PORT]`` | ``bytes`` | the bytes that went out | ``Sent.t_ns`` |
| ``wake`` | ``bytes`` | nothing: the time is the message | ``Wake.t_ns`` |
| ``command`` | ``json`` | ``{"name": ..., "args": {...}}`` | ``Command.t_ns`` |
| ``link`` | ``json`` | ``{"device": ..., "state": ..., "reason": ...}`` | ``LinkEvent.t_ns`` |

Device, port and response of a ``bytes`` channel stand in its metadata, not in each message.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from mcap.records import Channel, Schema

from daq.block import Chunk, Command, Input, LinkEvent, LinkState, Sent, Wake

Item = Input | Sent


class Source(NamedTuple):
    """What makes two items share a channel."""

    kind: str
    device: str = ""
    port: str = ""
    response: bool = False

    @property
    def is_input(self) -> bool:
        """Everything but what was sent changes the state of a session."""
        return self.kind != "sent"


_WAKE = Source("wake")
_COMMAND = Source("command")
_LINK = Source("link")
_JSON = {"command": 1, "link": 2}

_TEXT = {"type": "string"}
SCHEMAS = tuple(
    Schema(id=number, name=f"limb_daq.{kind}", encoding="jsonschema", data=json.dumps(schema).encode())
    for kind, number, schema in (
        (
            "command",
            _JSON["command"],
            {"type": "object", "properties": {"name": _TEXT, "args": {"type": "object"}}, "required": ["name", "args"]},
        ),
        (
            "link",
            _JSON["link"],
            {
                "type": "object",
                "properties": {"device": _TEXT, "state": {"enum": [s.value for s in LinkState]}, "reason": _TEXT},
                "required": ["device", "state", "reason"],
            },
        ),
    )
)


def encode(item: Item) -> tuple[Source, bytes]:
    """Source and payload of ``item``; its time goes into the head of the message."""
    if isinstance(item, Chunk):
        return Source("chunk", item.device, item.port), item.data
    if isinstance(item, Wake):
        return _WAKE, b""
    if isinstance(item, Sent):
        return Source("sent", item.device, item.port, item.response), item.data
    if isinstance(item, Command):
        return _COMMAND, json.dumps({"name": item.name, "args": dict(item.args)}).encode()
    return _LINK, json.dumps({"device": item.device, "state": item.state.value, "reason": item.reason}).encode()


def channel_of(source: Source, number: int) -> Channel:
    """The MCAP channel ``number`` of a source."""
    topic = "/".join(part for part in (source.kind, source.device, source.port) if part)
    metadata = {"kind": source.kind}
    if source.kind in {"chunk", "sent"}:
        metadata |= {"device": source.device, "port": source.port}
    if source.kind == "sent":
        metadata["response"] = "true" if source.response else "false"
    schema = _JSON.get(source.kind, 0)
    encoding = "json" if schema else "bytes"
    return Channel(id=number, topic=topic, message_encoding=encoding, metadata=metadata, schema_id=schema)


def source_of(channel: Channel) -> Source:
    """The source of a channel that ``channel_of`` made.

    Raises
    ------
    KeyError
        The channel is of another program.
    """
    table = channel.metadata
    if table["kind"] in {"chunk", "sent"}:
        return Source(table["kind"], table["device"], table["port"], table.get("response") == "true")
    return Source(table["kind"])


def decode(source: Source, t_ns: int, data: bytes) -> Item:
    """The item that ``encode`` took apart.

    Raises
    ------
    ValueError, KeyError, TypeError
        The payload is none that ``encode`` makes.
    """
    if source.kind == "chunk":
        return Chunk(t_ns, source.device, source.port, data)
    if source.kind == "sent":
        return Sent(t_ns, source.device, source.port, data, source.response)
    if source.kind == "wake":
        return Wake(t_ns)
    return _FROM_JSON[source.kind](t_ns, json.loads(data))


def _command(t_ns: int, table: Mapping[str, object]) -> Command:
    name, args = table["name"], table["args"]
    if not isinstance(name, str) or not isinstance(args, dict):
        raise TypeError("a command has a name and args")
    return Command(t_ns, name, args)


def _link(t_ns: int, table: Mapping[str, object]) -> LinkEvent:
    return LinkEvent(t_ns, str(table["device"]), LinkState(str(table["state"])), str(table["reason"]))


_FROM_JSON: dict[str, Callable[[int, Mapping[str, object]], Item]] = {"command": _command, "link": _link}
