"""Timed chunks to timed chunks with byte faults between them: what happens on a wire, whatever the device."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from daq.driver import Fault
from daq.simulate.faults import BYTE_FAULTS

Timed = tuple[float, str, bytes]
"""When (s), which port, what."""

_MOST_PIECES = 4
_MOST_NOISE_BYTES = 12
_LONGEST_WAIT_FOR_NEXT_S = 0.25


class _Stage:
    """One fault: takes chunks in order of time, gives back those whose time has come."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.rng = np.random.default_rng([fault.seed, *fault.name.encode()])
        self.held: list[Timed] = []
        self.open_until_s = -np.inf

    def take(self, chunks: list[Timed], to_s: float) -> list[Timed]:
        """The chunks that leave up to ``to_s``, in order of time."""
        act = _ACTIONS[self.fault.name]
        out: list[Timed] = []
        for chunk in chunks:
            if self.fault.at_s <= chunk[0] < self.fault.until_s:
                out.extend(act(self, chunk))
            else:
                out.extend(self.released(chunk[0]))
                out.append(chunk)
        out.extend(self.due(to_s))
        return out

    def chance(self) -> bool:
        return bool(self.rng.random() < self.fault.value)

    def released(self, t_s: float) -> list[Timed]:
        """Everything held, not earlier than ``t_s``."""
        held, self.held = self.held, []
        return [(max(t, t_s), port, data) for t, port, data in held]

    def due(self, to_s: float) -> list[Timed]:
        """What is held and must not wait longer."""
        name = self.fault.name
        if not self.held:
            return []
        if name == "delay":
            n = next((k for k, chunk in enumerate(self.held) if chunk[0] > to_s), len(self.held))
            ready, self.held = self.held[:n], self.held[n:]
            return ready
        if name == "burst" and to_s >= self.fault.until_s:
            return self.released(self.fault.until_s)
        if name == "join" and to_s >= self.open_until_s:
            return self.joined(self.open_until_s)
        if name == "swap" and to_s - self.held[0][0] > _LONGEST_WAIT_FOR_NEXT_S:
            return self.released(to_s)
        return []

    def joined(self, t_s: float) -> list[Timed]:
        ports = dict.fromkeys(port for _, port, _ in self.held)
        out = [(t_s, port, b"".join(d for _, p, d in self.held if p == port)) for port in ports]
        self.held = []
        return out


def _drop(stage: _Stage, chunk: Timed) -> list[Timed]:
    return [] if stage.chance() else [chunk]


def _double(stage: _Stage, chunk: Timed) -> list[Timed]:
    return [chunk, chunk] if stage.chance() else [chunk]


def _swap(stage: _Stage, chunk: Timed) -> list[Timed]:
    if stage.held:
        return [chunk, *stage.released(chunk[0])]
    if stage.chance():
        stage.held.append(chunk)
        return []
    return [chunk]


def _cut(stage: _Stage, chunk: Timed) -> list[Timed]:
    t_s, port, data = chunk
    if not stage.chance() or len(data) < 2:  # noqa: PLR2004, one byte cannot be cut
        return [chunk]
    n = int(stage.rng.integers(1, min(_MOST_PIECES, len(data))))
    cuts = sorted(int(c) for c in stage.rng.choice(np.arange(1, len(data)), size=n, replace=False))
    return [(t_s, port, data[a:b]) for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def _join(stage: _Stage, chunk: Timed) -> list[Timed]:
    out = stage.joined(stage.open_until_s) if stage.held and chunk[0] >= stage.open_until_s else []
    if not stage.held:
        stage.open_until_s = chunk[0] + stage.fault.value
    stage.held.append(chunk)
    return out


def _flip(stage: _Stage, chunk: Timed) -> list[Timed]:
    t_s, port, data = chunk
    if not stage.chance() or not data:
        return [chunk]
    changed = bytearray(data)
    changed[int(stage.rng.integers(len(data)))] ^= 1 << int(stage.rng.integers(8))
    return [(t_s, port, bytes(changed))]


def _insert(stage: _Stage, chunk: Timed) -> list[Timed]:
    if not stage.chance():
        return [chunk]
    noise = stage.rng.integers(0, 256, size=int(stage.rng.integers(1, _MOST_NOISE_BYTES + 1)), dtype=np.uint8)
    return [(chunk[0], chunk[1], noise.tobytes() + chunk[2])]


def _delay(stage: _Stage, chunk: Timed) -> list[Timed]:
    late_s = chunk[0] + stage.fault.value * float(stage.rng.random())
    stage.open_until_s = max(stage.open_until_s, late_s)
    out = stage.due(chunk[0])
    stage.held.append((stage.open_until_s, chunk[1], chunk[2]))
    return out


def _hold(stage: _Stage, chunk: Timed) -> list[Timed]:
    stage.held.append(chunk)
    return []


def _nothing(_: _Stage, __: Timed) -> list[Timed]:
    return []


_ACTIONS: dict[str, Callable[[_Stage, Timed], list[Timed]]] = {
    "drop": _drop,
    "double": _double,
    "swap": _swap,
    "cut": _cut,
    "join": _join,
    "flip": _flip,
    "insert": _insert,
    "delay": _delay,
    "burst": _hold,
    "silence": _nothing,
}


class ByteFaults:
    """All byte faults of one wire, one after the other in the order given; the same chunks and seeds give the same result.

    Faults that are no byte faults are ignored, so that a device's whole list can be handed over.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._stages = [_Stage(fault) for fault in faults if fault.name in BYTE_FAULTS]

    def take(self, chunks: Sequence[Timed], to_s: float) -> list[Timed]:
        """What arrives up to ``to_s`` when ``chunks`` leave the device up to then (both in order of time)."""
        out = list(chunks)
        for stage in self._stages:
            out = stage.take(out, to_s)
        return out
