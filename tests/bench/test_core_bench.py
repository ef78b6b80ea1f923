"""Bytes of a node to calm newtons, peak and rate of force, against real time, against the naive loop, against hostile bytes.

Times are processor times of the thread that works, medians of five, so that a busy machine does not decide.
A floor in multiples of real time holds for a machine on which bare numpy does the same work 4400 times faster than real time;
on a slower one, judged by bare numpy in the same run, it is lower by as much. The naive loop is no yardstick for that: it waits
for the system, byte by byte, and says nothing about arithmetic.
"""

from __future__ import annotations

import os
import statistics
import sys
import threading
import time
import tty
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import serial

from calibration.certificate import Calibration
from daq.block import Chunk, Limb
from daq.core.filter import CausalFilter
from daq.core.timebase import Timebase
from daq.core.track import Track
from daq.driver import Codec, Samples, Send
from drivers.node import DRIVER, NodeOptions

pytestmark = pytest.mark.bench

N_CHANNELS = 8
COUNTS_PER_N = 1000.0
RFD_S = 0.2
N_RUNS = 5
READ_BYTES = 4096
"""What one read of a serial line or a pseudo-terminal gives when its buffer is full."""
REPLAY_BYTES = 16384
"""What one block of a recording holds."""
BARE_REAL_TIMES = 4400.0
GUARD_64 = 70
"""The budget is 100, which a quiet machine just reaches; the guard notices what would make it a third slower."""


@dataclass(frozen=True)
class Stream:
    """What a node of 8 channels said: the handshake in its pieces, then the line."""

    rate_hz: float
    last_s: float
    handshake: tuple[bytes, ...]
    line: bytes

    def codec(self) -> Codec:
        """A codec for which the samples of the line are expected."""
        codec = DRIVER.codec(self._options(self.rate_hz))
        codec.start()
        for piece in self.handshake:
            codec.feed(Chunk(0, "node", "", piece))
        return codec

    @staticmethod
    def _options(rate_hz: float) -> NodeOptions:
        return NodeOptions(rate_hz=rate_hz, channels=N_CHANNELS, samples_per_frame=10)

    @classmethod
    def of(cls, rate_hz: float, last_s: float) -> Stream:
        """Let a twin speak for ``last_s`` seconds."""
        gains = np.linspace(50.0, 400.0, N_CHANNELS)
        options = cls._options(rate_hz)
        twin = DRIVER.twin(options, lambda t_s: 500.0 + np.sin(9.0 * t_s)[:, np.newaxis] * gains, ())
        codec, said, step_s = DRIVER.codec(options), [], 0.01
        events = codec.start()
        for k in range(round(last_s / step_s)):
            for event in events:
                if isinstance(event, Send):
                    twin.feed(event.port, event.data)
            t_s = (k + 1) * step_s
            events = codec.wake(t_s) if codec.next_wake_s is not None and t_s >= codec.next_wake_s else []
            for _, data in twin.advance(step_s):
                said.append(data)
                events += codec.feed(Chunk(round(t_s * 1e9), "node", "", data))
        return cls(rate_hz, last_s, tuple(said[:3]), b"".join(said[3:]))


@pytest.fixture(scope="module")
def stream() -> Stream:
    return Stream.of(1000.0, 60.0)


@pytest.fixture(scope="module")
def fast_stream() -> Stream:
    return Stream.of(2000.0, 10.0)


@pytest.fixture(scope="module")
def naive_s() -> float:
    """Seconds that the naive loop needs for a row."""
    return statistics.median(_naive_s_per_row(800) for _ in range(N_RUNS))


@pytest.fixture(scope="module")
def machine(stream: Stream) -> float:
    """Speed of this machine against the one for which the floors were written, 1 at most."""
    work = _bare(stream)
    work()
    return min(1.0, stream.last_s / _median_s(work) / BARE_REAL_TIMES)


def _say(text: str) -> None:
    sys.stdout.write(f"\n{text}\n")


def _median_s(work: Callable[[], object], n_runs: int = N_RUNS) -> float:
    spent = []
    for _ in range(n_runs):
        begin = time.thread_time()
        work()
        spent.append(time.thread_time() - begin)
    return statistics.median(spent)


def _undisturbed_s(work: Callable[[], object], n_tries: int = 3) -> float:
    """The best of three medians: what else runs on the machine can only slow the work down."""
    return min(_median_s(work) for _ in range(n_tries))


def _blocks(line: bytes, n_bytes: int) -> list[bytes]:
    return [line[first : first + n_bytes] for first in range(0, len(line), n_bytes)]


def _certificate() -> Calibration:
    names = tuple(str(k + 1) for k in range(N_CHANNELS))
    gain = np.eye(N_CHANNELS) / COUNTS_PER_N
    return Calibration("", names, names, zero=(0.0,) * N_CHANNELS, gain=tuple(map(tuple, gain.tolist())))


class Core:
    """One node's whole way: bytes, counts, newtons, host time, rings, causal force, running peak, rate of the last 200 ms."""

    def __init__(self, stream: Stream) -> None:
        self._codec = stream.codec()
        self._certificate = _certificate()
        limbs = (Limb.LEFT, Limb.RIGHT) * (N_CHANNELS // 2)
        self.track = Track(limbs, tick_hz=1e6, rate_hz=stream.rate_hz, cutoff_hz=50.0)
        self.base = Timebase(1e6)
        self.peak_n = np.full(N_CHANNELS, -np.inf)
        self.rfd_n_per_s = np.zeros(N_CHANNELS)
        self._n_back = round(RFD_S * stream.rate_hz)

    def take(self, data: bytes, t_s: float) -> None:
        for event in self._codec.feed(Chunk(round(t_s * 1e9), "node", "", data)):
            if isinstance(event, Samples):
                newtons = self._certificate.apply(event.values)
                self.track.append(event.tick, newtons, event.n_lost)
                self.base.arrived(int(event.tick[-1]), t_s)
                self.peak_n = np.maximum(self.peak_n, newtons.max(axis=0))
        stop = self.track.n_total
        recent = self.track.causal(stop - self._n_back - 1, stop)
        if len(recent):
            self.rfd_n_per_s = (recent[-1] - recent[0]) / RFD_S


def _through_the_core(stream: Stream, n_nodes: int, n_bytes: int) -> Callable[[], list[Core]]:
    blocks = _blocks(stream.line, n_bytes)
    step_s = stream.last_s / len(blocks)

    def work() -> list[Core]:
        cores = [Core(stream) for _ in range(n_nodes)]
        for k, block in enumerate(blocks):
            for core in cores:
                core.take(block, (k + 1) * step_s)
        return cores

    return work


def _bare(stream: Stream) -> Callable[[], float]:
    """The least that anybody could do with numpy: fixed frames, a plain sum as check, no resynchronising, no holes, no time."""
    n_rows = round(stream.rate_hz * stream.last_s)
    frame_bytes = 11 + 3 * 10 * N_CHANNELS + 4
    wire = np.random.default_rng(0).integers(1, 255, (n_rows // 10, frame_bytes), dtype=np.uint8).tobytes()
    n_bytes = READ_BYTES // frame_bytes * frame_bytes

    def work() -> float:
        smooth = CausalFilter(50.0, rate_hz=stream.rate_hz, n_channels=N_CHANNELS)
        ring = np.zeros((round(120 * stream.rate_hz), N_CHANNELS))
        peak, at, rate = np.full(N_CHANNELS, -np.inf), 0, 0.0
        for block in _blocks(wire, n_bytes):
            frames = np.frombuffer(block, np.uint8).reshape(-1, frame_bytes)
            frames.sum(axis=1)
            packed = frames[:, 11:-4].reshape(-1, 3).astype(np.int32)
            counts = (packed[:, 0] | packed[:, 1] << 8 | packed[:, 2] << 16).reshape(-1, N_CHANNELS)
            newtons = counts / COUNTS_PER_N
            calm = smooth.apply(newtons)
            ring[at : at + len(calm)] = calm
            at += len(calm)
            peak = np.maximum(peak, newtons.max(axis=0))
            rate = float((ring[at - 1] - ring[max(0, at - 201)])[0] / RFD_S)
        return rate

    return work


def test_the_whole_core_runs_a_thousand_times_faster_than_real_time(stream: Stream, machine: float):
    work = _through_the_core(stream, 1, READ_BYTES)
    (core,) = work()

    core_s, bare_s = _undisturbed_s(work), _median_s(_bare(stream))
    small_s, large_s = (_median_s(_through_the_core(stream, 1, n), 1) for n in (512, REPLAY_BYTES))

    reached, small, large, bare = (stream.last_s / spent_s for spent_s in (core_s, small_s, large_s, bare_s))
    _say(
        f"core 8 ch x 1 kHz: {reached:.0f} x real time in reads of {READ_BYTES}; 512: {small:.0f}; {REPLAY_BYTES}: {large:.0f}"
    )
    _say(f"numpy without frames, holes and time: {bare:.0f} x; this machine: {machine:.2f} of the one of the floors")
    assert core.track.n_total > 0.99 * stream.rate_hz * stream.last_s
    assert core.track.n_lost == 0
    assert core.peak_n == pytest.approx(500.0 + np.linspace(50.0, 400.0, N_CHANNELS), abs=0.1)
    assert np.abs(core.rfd_n_per_s).max() <= 9.0 * 400.0
    assert reached >= 1000 * machine


def test_64_channels_of_2_khz_run_far_faster_than_real_time(fast_stream: Stream, machine: float):
    read_s, replayed_s = (_undisturbed_s(_through_the_core(fast_stream, 8, n), 1) for n in (READ_BYTES, REPLAY_BYTES))

    read, replayed = fast_stream.last_s / read_s, fast_stream.last_s / replayed_s
    _say(
        f"core 64 ch (8 nodes) x 2 kHz: {replayed:.0f} x real time in blocks of {REPLAY_BYTES} bytes ({READ_BYTES}: {read:.0f})"
    )
    assert replayed >= GUARD_64 * machine


# --- decoding ------------------------------------------------------------------------------------------------------------


def _decode(stream: Stream, blocks: list[bytes]) -> int:
    codec, n_rows = stream.codec(), 0
    for block in blocks:
        for event in codec.feed(Chunk(0, "node", "", block)):
            if isinstance(event, Samples):
                n_rows += len(event.tick)
    return n_rows


def _naive_s_per_row(n_rows: int) -> float:
    """pyserial's ``readline`` and ``float`` for each number, through a pseudo-terminal fed by a thread."""
    rows = np.random.default_rng(0).normal(700.0, 100.0, (n_rows, N_CHANNELS))
    text = b"".join(b",".join(b"%.3f" % value for value in row) + b"\n" for row in rows.tolist())
    upper, lower = os.openpty()
    tty.setraw(lower)
    speaker = threading.Thread(target=_speak, args=(upper, text))
    with serial.Serial(os.ttyname(lower), 500_000, timeout=5) as port:
        speaker.start()
        begin = time.thread_time()
        read = [[float(word) for word in port.readline().split(b",")] for _ in range(n_rows)]
        spent_s = time.thread_time() - begin
    speaker.join()
    os.close(upper)
    os.close(lower)
    assert np.allclose(read, rows, atol=1e-3)
    return spent_s / n_rows


def _speak(handle: int, text: bytes) -> None:
    while text:
        text = text[os.write(handle, text) :]


def test_decoding_is_400_times_faster_than_a_line_at_a_time_and_does_a_million_rows_a_second(
    stream: Stream, naive_s: float, machine: float
):
    blocks = _blocks(stream.line, READ_BYTES)
    n_rows = _decode(stream, blocks)

    ours_s = _median_s(lambda: _decode(stream, blocks)) / n_rows

    _say(f"decode: {1e-6 / ours_s:.2f} M rows/s; readline + float {1 / naive_s:.0f} rows/s; ratio {naive_s / ours_s:.0f}")
    assert n_rows > 0.99 * stream.rate_hz * stream.last_s
    assert naive_s / ours_s >= 400
    assert 1 / ours_s >= 1e6 * machine


@pytest.mark.parametrize("kind", ["only delimiters", "no delimiter", "noise", "every second frame damaged"])
def test_hostile_bytes_cost_at_most_three_times_clean_ones(stream: Stream, kind: str):
    clean = stream.line[: 1 << 20]
    damaged = bytearray(clean)
    damaged[50 :: 2 * 255] = b"\x55" * len(damaged[50 :: 2 * 255])
    hostile = {
        "only delimiters": bytes(len(clean)),
        "no delimiter": b"\x55" * len(clean),
        "noise": np.random.default_rng(0).bytes(len(clean)),
        "every second frame damaged": bytes(damaged),
    }[kind]

    clean_s = _median_s(lambda: _decode(stream, _blocks(clean, READ_BYTES)))
    hostile_s = _median_s(lambda: _decode(stream, _blocks(hostile, READ_BYTES)))

    _say(f"hostile bytes, {kind}: {hostile_s / clean_s:.2f} x the clean cost")
    assert hostile_s <= 3 * clean_s
