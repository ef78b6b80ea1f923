"""The fixture ``node``: one device with a known load on a serial port, at every tier that can run here."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from daq.block import Chunk
from daq.driver import ClockRead, Described, Event, Samples, Send, Status, load_driver

COUNTS_PER_N = 1000.0


class Node(Protocol):
    """A device under test; what a tier cannot do skips the test with a sentence."""

    port: str
    baud: int

    def counts(self, x: float) -> None: ...
    def noise(self, sd: float) -> None: ...
    def ramp(self, x: float) -> None: ...
    def unplug(self) -> None: ...
    def plug(self) -> None: ...
    def report(self) -> dict[str, int]: ...


@dataclass(frozen=True)
class Load:
    counts: float = 0.0
    noise: float = 0.0
    ramp: float = 0.0

    def newtons(self, t_s, noise):
        return (self.counts + self.ramp * t_s + self.noise * noise) / COUNTS_PER_N


class TwinNode:
    """Tier 0: the twin of the driver ``node`` behind a pseudo-terminal."""

    def __init__(self, folder: Path) -> None:
        from daq.simulate.far_end import far_end
        from daq.simulate.pty import PtyPort, PtyServer

        driver = load_driver("node")
        options = driver.options_from({"rate_hz": 1000.0, "channels": 1, "samples_per_frame": 5})
        self._load = Load()
        rng = np.random.default_rng(1)
        end = far_end(driver, options, lambda t_s: self._load.newtons(t_s, rng.normal(size=len(t_s))))
        self._port = PtyPort(folder / "node", end)
        self._server = PtyServer([self._port], epoch_s=time.time())
        self.port, self.baud = str(self._port.path), options.baud
        self._server.open()
        self._server.start()

    def counts(self, x: float) -> None:
        self._load = replace(self._load, counts=x)

    def noise(self, sd: float) -> None:
        self._load = replace(self._load, noise=sd)

    def ramp(self, x: float) -> None:
        self._load = replace(self._load, ramp=x)

    def unplug(self) -> None:
        self._server.unplug(self._port)

    def plug(self) -> None:
        self._server.plug(self._port)

    def report(self) -> dict[str, int]:
        return {"n_bytes_sent": self._port.n_written, "n_bytes_dropped": self._port.n_dropped}

    def close(self) -> None:
        self._server.close()


@contextlib.contextmanager
def twin_node(folder: Path) -> Iterator[Node]:
    node = TwinNode(folder)
    try:
        yield node
    finally:
        node.close()


def missing(tier: int) -> str | None:
    """Why a tier cannot run here; None when it can."""
    if tier not in TIERS:
        return f"Tier {tier} is not part of this version; only tier 0 is."
    if sys.platform == "win32":
        return "Tier 0 needs pseudo-terminals, which Windows does not have."
    return None


TIERS: dict[int, Callable[[Path], contextlib.AbstractContextManager[Node]]] = {0: twin_node}


def pytest_addoption(parser):
    parser.addoption("--require-tier", default="", help="Tiers that must run, such as 0,1; one that cannot is a failure.")


def required_tiers(config) -> list[int]:
    words = [w for w in config.getoption("--require-tier", default="").split(",") if w.strip()]
    if not all(w.strip().isdecimal() for w in words):
        raise pytest.UsageError("--require-tier takes numbers, such as --require-tier 0,1")
    return [int(w) for w in words]


def pytest_generate_tests(metafunc):
    if "node" in metafunc.fixturenames:
        tiers = sorted({*TIERS, *required_tiers(metafunc.config)})
        metafunc.parametrize("node", tiers, indirect=True, ids=[f"tier{t}" for t in tiers])


@pytest.fixture
def node(request, tmp_path):
    tier = request.param
    if (sentence := missing(tier)) is not None:
        if tier in required_tiers(request.config):
            pytest.fail(f"{sentence} It was required by --require-tier.")
        pytest.skip(sentence)
    with TIERS[tier](tmp_path) as made:
        yield made


# --- reading ----------------------------------------------------------------------------------------------------------


@dataclass
class Reading:
    """Everything that one opening of the port gave; ``error`` is what ended it early."""

    described: list[Described] = field(default_factory=list)
    tick: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    counts: np.ndarray = field(default_factory=lambda: np.empty(0))
    n_lost: int = 0
    n_bad_frames: int = 0
    n_bytes: int = 0
    clocks: list[ClockRead] = field(default_factory=list)
    error: OSError | None = None

    def take(self, event: Event) -> None:
        if isinstance(event, Samples):
            self.tick = np.concatenate([self.tick, event.tick])
            self.counts = np.concatenate([self.counts, event.values[:, 0]])
            self.n_lost += event.n_lost
        elif isinstance(event, Described):
            self.described.append(event)
        elif isinstance(event, ClockRead):
            self.clocks.append(event)
        elif isinstance(event, Status) and event.n_bad_frames is not None:
            self.n_bad_frames = event.n_bad_frames


@pytest.fixture
def read():
    """Read a node for some seconds with pyserial and the codec; ``meanwhile`` is called once, half way.

    ``leave_running`` closes the port without a STOP.
    """

    def reading(
        node: Node,
        seconds: float,
        *,
        baud: int | None = None,
        meanwhile: Callable[[], None] | None = None,
        leave_running: bool = False,
    ) -> Reading:
        import serial

        got, codec = Reading(), load_driver("node").codec(load_driver("node").options_from({}))
        with serial.Serial(node.port, baud or node.baud, timeout=0.02, exclusive=True) as port:
            begin_s = time.monotonic()

            def act(events: list[Event]) -> None:
                for event in events:
                    if isinstance(event, Send):
                        port.write(event.data)
                    got.take(event)

            try:
                act(codec.start())
                while (t_s := time.monotonic() - begin_s) < seconds:
                    data = port.read(max(1, port.in_waiting))
                    got.n_bytes += len(data)
                    if data:
                        act(codec.feed(Chunk(round((time.monotonic() - begin_s) * 1e9), "node", "", data)))
                    act(codec.wake(t_s))
                    if meanwhile is not None and t_s > seconds / 2:
                        meanwhile()
                        meanwhile = None
                if not leave_running:
                    act(codec.stop())
            except OSError as error:
                got.error = error
        return got

    return reading
