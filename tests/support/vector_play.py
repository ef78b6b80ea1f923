"""A vector file to a conversation with a codec: what goes in, what must come out."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from daq.block import Chunk
from daq.driver import (
    Event,
    Send,
    load_driver,
)


class Play:
    """Plays a vector file; its words are explained in tests/vectors/README.md."""

    def __init__(self, name: str) -> None:
        self.name, self.case, self.port, self.t_s = name, "", "", 0.0
        self.options: dict[str, Any] = {}
        self.codec: Any = None
        self.sent: list[Send] = []
        self.events: list[Event] = []

    def line(self, word: str, rest: str) -> None:
        if word == "case":
            self.__init__(self.name)  # type: ignore[misc]
            self.case = rest
        elif word == "options":
            self.options = json.loads(rest)
        elif word == "port":
            self.port = rest
        elif word in ("in", "text"):
            data = bytes.fromhex(rest) if word == "in" else json.loads(rest).encode("latin-1")
            self.take(self.codec.feed(Chunk(round(self.t_s * 1e9), "it", self.port, data)))
        elif word == "out":
            said = [send.data.hex(" ") for send in self.sent]
            assert rest in said, self.case
            del self.sent[: said.index(rest) + 1]
        elif word == "silent":
            assert not self.sent, self.case
        elif word == "event":
            self.expect(*rest.split(" ", 1))
        elif word not in ("frame", "message", "crc", "line"):
            self.tell(word, rest)

    def tell(self, word: str, rest: str) -> None:
        driver = load_driver(self.name)
        if word == "start":
            self.codec = driver.codec(driver.options_from(self.options))
            self.take(self.codec.start())
        elif word == "stop":
            self.take(self.codec.stop())
        elif word == "at":
            self.t_s = float(rest)
            self.take(self.codec.wake(self.t_s))
        elif word == "command":
            name, _, args = rest.partition(" ")
            self.take(self.codec.command(name, json.loads(args or "{}")))
        else:
            pytest.fail(f"{self.case}: tests/vectors/README.md knows no word {word!r}")

    def take(self, events: list[Event]) -> None:
        self.sent += [e for e in events if isinstance(e, Send)]
        self.events += [e for e in events if not isinstance(e, Send)]

    def expect(self, kind: str, fields: str) -> None:
        while self.events:
            event = self.events.pop(0)
            if type(event).__name__ == kind:
                said = asdict(event)
                for key, value in json.loads(fields).items():
                    seen = said[key].tolist() if isinstance(said[key], np.ndarray) else said[key]
                    seen = list(seen) if isinstance(seen, tuple) else seen
                    assert seen == value, f"{self.case}: {kind}.{key}"
                return
        pytest.fail(f"{self.case}: no event {kind} came")
