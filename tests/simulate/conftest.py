"""A device small enough to be read at a glance, and the means to read it: each row is ``<index>,<newtons>`` and a line feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from daq.driver import Declaration, Described, Driver, Fault, Force, Framing, Loss, SerialSpec, Starts


@dataclass(frozen=True, slots=True)
class TinyOptions:
    rate_hz: float = 1000.0
    n_channels: int = 1
    baud: int = 115_200


class TinyTwin:
    """Speaks always, one line per sample; answers every line it hears with ``!`` and that line."""

    def __init__(self, options: TinyOptions, force: Force, faults: Sequence[Fault]) -> None:
        self.options, self.force, self.faults = options, force, tuple(faults)
        self.t_s, self.n, self.heard = 0.0, 0, b""

    def feed(self, port: str, data: bytes) -> None:
        del port
        self.heard += data

    def advance(self, dt_s: float) -> list[tuple[str, bytes]]:
        self.t_s += dt_s
        last = int(np.floor(self.t_s * self.options.rate_hz + 1e-6))
        index = np.arange(self.n, last)
        answer = [("", b"!" + self.heard)] if self.heard else []
        self.heard = b""
        if not len(index):
            return answer
        self.n = last
        rows = self.force(index / self.options.rate_hz)
        text = "".join(f"{k},{','.join(f'{x:.6f}' for x in row)}\n" for k, row in zip(index, rows, strict=True))
        return [*answer, ("", text.encode())]


def declare(options: TinyOptions) -> Declaration:
    return Declaration(
        spec=SerialSpec(baud=options.baud),
        framing=Framing.STREAM,
        loss=Loss.INDEX,
        starts=Starts.ALWAYS,
        defaults=Described(
            unit="N",
            channels=tuple(f"c{k}" for k in range(options.n_channels)),
            tick_hz=options.rate_hz,
            rate_hz=options.rate_hz,
        ),
    )


@pytest.fixture
def tiny():
    """The driver of the tiny device; it has no codec, because nothing here needs one."""

    def no_codec(_: TinyOptions):
        pytest.fail("the tiny device has no codec")

    return Driver(
        name="tiny",
        title="a tiny device",
        options=TinyOptions,
        declare=declare,
        codec=no_codec,
        twin=TinyTwin,
        newtons_per_unit=lambda _: 1.0,
        twin_faults=frozenset({"full_scale"}),
    )


@pytest.fixture
def rows():
    """Chunks to (index, newtons) as an array, whatever the port."""

    def read(chunks):
        text = b"".join(chunk[2] for chunk in chunks).decode()
        return np.array([[float(x) for x in line.split(",")] for line in text.splitlines() if "!" not in line])

    return read
