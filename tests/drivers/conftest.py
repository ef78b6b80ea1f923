"""A codec and its twin in virtual time, and everything that was said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from daq.block import Chunk
from daq.driver import Described, Driver, Event, Fault, Samples, Send, Status

STEP_S = 0.01


@dataclass
class Wire:
    """Both ends; ``events`` with the time at which the codec said them."""

    codec: Any
    twin: Any
    t_s: float = 0.0
    events: list[tuple[float, Event]] = field(default_factory=list)

    def take(self, events: Sequence[Event]) -> None:
        for event in events:
            self.events.append((self.t_s, event))
            if isinstance(event, Send):
                self.twin.feed(event.port, event.data)

    def start(self) -> None:
        self.take(self.codec.start())

    def go(self, length_s: float) -> None:
        for _ in range(round(length_s / STEP_S)):
            self.t_s = round(self.t_s + STEP_S, 9)
            for port, data in self.twin.advance(STEP_S):
                self.take(self.codec.feed(Chunk(round(self.t_s * 1e9), "it", port, data)))
            if self.codec.next_wake_s is not None and self.t_s >= self.codec.next_wake_s:
                self.take(self.codec.wake(self.t_s))

    def of(self, kind: type) -> list[Any]:
        return [event for _, event in self.events if isinstance(event, kind)]

    @property
    def tick(self) -> np.ndarray[Any, Any]:
        return np.concatenate([e.tick for e in self.of(Samples)])

    @property
    def values(self) -> np.ndarray[Any, Any]:
        return np.concatenate([e.values for e in self.of(Samples)])

    @property
    def n_lost(self) -> int:
        return sum(e.n_lost for e in self.of(Samples))

    @property
    def n_segments(self) -> int:
        return len(self.of(Described))

    @property
    def faults(self) -> list[str]:
        return [e.fault for e in self.of(Status) if e.fault]


def steady(t_s: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.full((len(t_s), 1), 100.0)


@pytest.fixture
def wired() -> Callable[..., Wire]:
    """A factory: driver, options, faults, force -> both ends, started."""

    def make(driver: Driver[Any], options: Any, *faults: Fault, force: Any = steady) -> Wire:
        wire = Wire(driver.codec(options), driver.twin(options, force, faults))
        wire.start()
        return wire

    return make
