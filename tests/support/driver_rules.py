"""The ten rules of drivers as values, both ends of a wire in virtual time, and the table of what does not apply to whom.

Run as a program it writes that table into ``drivers/README.md``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from daq.block import Chunk
from daq.driver import (
    Declaration,
    Driver,
    Event,
    Fault,
    Framing,
    Loss,
    Samples,
    Send,
    Starts,
    driver_names,
    load_driver,
)

ROOT = Path(__file__).parent.parent.parent
README = ROOT / "drivers" / "README.md"
BEGIN, END = "<!-- rules: begin (python tests/support/driver_rules.py) -->", "<!-- rules: end -->"
ARRIVAL_TICK_HZ = 1e9


def vectors(name: str) -> list[tuple[str, str]]:
    """The lines of a driver's vectors, as (word, rest)."""
    path = ROOT / "tests" / "vectors" / f"{name}.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    split = [line.partition(" ") for line in lines if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in split]


@dataclass(frozen=True)
class Setup:
    """A driver with options."""

    name: str
    table: str = "{}"

    def __str__(self) -> str:
        return self.name + "".join(f" {key}={value}" for key, value in json.loads(self.table).items())

    @property
    def driver(self) -> Driver[Any]:
        return load_driver(self.name)

    @property
    def options(self) -> Any:
        return self.driver.options_from(json.loads(self.table))

    @property
    def declared(self) -> Declaration:
        return self.driver.declare(self.options)


def setups() -> list[Setup]:
    named = {Setup(name, rest) for name in driver_names() for word, rest in vectors(name) if word == "options"}
    return sorted(named | {Setup(name) for name in driver_names()}, key=str)


@dataclass(frozen=True)
class Rule:
    """A rule, whom it concerns, and why it does not concern the others."""

    number: int
    sentence: str
    concerns: Callable[[Declaration], bool] = lambda _: True
    why_not: str = ""


RULES = {
    rule.number: rule
    for rule in (
        Rule(1, "name = module = entry point"),
        Rule(2, "chunking never changes the samples", lambda d: d.framing is Framing.STREAM, "packets: its vectors show it"),
        Rule(3, "garbage never raises, memory stays bounded, time linear"),
        Rule(4, "garbage costs only the damaged frames", lambda d: d.framing is Framing.STREAM, "packets: its vectors show it"),
        Rule(5, "a lost frame is n_lost and a jump of tick", lambda d: d.loss is not Loss.NONE, "the wire cannot show a loss"),
        Rule(6, "twin to codec gives the force back within one step of the wire"),
        Rule(7, "silent before start and after stop; commands may be repeated", lambda d: d.starts is Starts.ON_COMMAND,
             "it does not wait for a start"),
        Rule(8, "one second is rate_hz samples", lambda d: d.starts in (Starts.ON_COMMAND, Starts.ALWAYS)
             and d.defaults.rate_hz is not None, "its rate is unknown or that of the questions"),
        Rule(9, "the vectors decode to their meaning"),
        Rule(10, "decoding runs at 100 times real time"),
    )
}  # fmt: skip


def concerned(number: int) -> pytest.MarkDecorator:
    chosen = [setup for setup in setups() if RULES[number].concerns(setup.declared)]
    return pytest.mark.parametrize("setup", chosen, ids=str)


# --- the two ends of a wire, in virtual time -------------------------------------------------------------------------


@dataclass
class Talk:
    """A codec and its twin, and everything that was said."""

    setup: Setup
    faults: Sequence[Fault] = ()
    n_copies: int = 1
    dt_s: float = 0.01
    length_s: float = 3.0
    events: list[Event] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    asked: list[np.ndarray[Any, Any]] = field(default_factory=list)
    t_s: float = 0.0

    def __post_init__(self) -> None:
        options, declared = self.setup.options, self.setup.declared
        rate_hz = declared.defaults.rate_hz or 50.0
        self.length_s = min(400.0, max(self.length_s, 200 / rate_hz))
        self.dt_s = self.length_s / 300
        self.n_channels = len(declared.defaults.channels)
        self.codec = self.setup.driver.codec(options)
        self.twin = self.setup.driver.twin(options, self.force, self.faults)

    def force(self, t_s: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """From 0.02 N to 200 N, so slowly at first that neighbours differ by less than any wire can tell."""
        rise = 0.02 * 1e4 ** (t_s / self.length_s)
        self.asked.append(rise[:, None] * np.arange(1, self.n_channels + 1))
        return self.asked[-1]

    def take(self, events: Iterable[Event]) -> None:
        for event in events:
            self.events.append(event)
            if isinstance(event, Send):
                for _ in range(self.n_copies):
                    self.twin.feed(event.port, event.data)

    def go(self, length_s: float, dt_s: float | None = None) -> None:
        for _ in range(round(length_s / (dt_s or self.dt_s))):
            self.t_s += dt_s or self.dt_s
            for port, data in self.twin.advance(dt_s or self.dt_s):
                self.chunks.append(data)
                self.take(self.codec.feed(Chunk(round(self.t_s * 1e9), "it", port, data)))
            if self.codec.next_wake_s is not None and self.t_s >= self.codec.next_wake_s:
                self.take(self.codec.wake(self.t_s))


@cache
def talk(setup: Setup, faults: tuple[Fault, ...] = ()) -> Talk:
    whole = Talk(setup, faults)
    whole.take(whole.codec.start())
    whole.go(whole.length_s)
    return whole


def decoded(setup: Setup, pieces: Iterable[bytes]) -> list[tuple[int, Samples]]:
    """What a fresh codec makes of ``pieces``, each with the number of bytes read so far."""
    codec = setup.driver.codec(setup.options)
    codec.start()
    found, n_bytes = [], 0
    for piece in pieces:
        n_bytes += len(piece)
        found += [(n_bytes, e) for e in codec.feed(Chunk(n_bytes, "it", "", piece)) if isinstance(e, Samples)]
    return found


def bytewise(data: bytes) -> list[bytes]:
    return [data[k : k + 1] for k in range(len(data))]


@cache
def framewise(setup: Setup, faults: tuple[Fault, ...] = ()) -> list[tuple[int, Samples]]:
    """Every frame by itself, and where it ends."""
    return decoded(setup, bytewise(b"".join(talk(setup, faults).chunks)))


def rows(events: Iterable[Event]) -> np.ndarray[Any, Any]:
    return np.concatenate([e.values for e in events if isinstance(e, Samples)])


def ticks(events: Iterable[Event]) -> np.ndarray[Any, Any]:
    return np.concatenate([e.tick for e in events if isinstance(e, Samples)])


# --- the table -------------------------------------------------------------------------------------------------------


def table() -> str:
    """Which rules do not apply to whom, and why."""
    lines = ["| driver and options | loss | starts | rate, Hz | rules that do not apply |", "|---|---|---|---|---|"]
    for setup in setups():
        declared = setup.declared
        rate = "measured" if declared.defaults.rate_hz is None else f"{declared.defaults.rate_hz:g}"
        apart = [f"{r.number} ({r.why_not})" for r in RULES.values() if not r.concerns(declared)]
        cells = (f"`{setup}`", declared.loss.value, declared.starts.value, rate, "; ".join(apart) or "none")
        lines.append("| " + " | ".join(cells).replace("`|`", "") + " |")
    return "\n".join(lines)


def with_table(text: str) -> str:
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + "\n\n" + table() + "\n\n" + END + rest.partition(END)[2]


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(table() + "\n")
