"""How fast the node's frames are decoded, as ratios against the clean stream and against real time."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from daq.block import Chunk
from daq.driver import Samples
from drivers.node import DRIVER, NodeOptions
from drivers.node.wire import SAMPLES_HEADER, Hello, NodeReply, Started, framed

N_FRAMES, N_ROWS, N_CHANNELS = 8000, 10, 8
CHUNK = 65_536
pytestmark = pytest.mark.bench


def started() -> Any:
    codec = DRIVER.codec(NodeOptions())
    codec.start()
    hello = Hello(1, (1, 0), (0, 1, 0), 2, 5, N_CHANNELS, 24, 1_000_000, 1, (1_000_000,))
    codec.feed(Chunk(0, "it", "", b"\0" + framed(hello.packed())))
    codec.feed(Chunk(0, "it", "", framed(NodeReply(2, 0x82, 0, Started(1, 255, N_ROWS, 1_000_000)).packed())))
    return codec


@pytest.fixture(scope="module")
def stream() -> bytes:
    source = np.random.default_rng(1)
    counts = (500_000 + source.normal(0, 200, (N_FRAMES, N_ROWS * N_CHANNELS))).astype("<i4")
    bodies = counts.reshape(N_FRAMES, -1, 1).view(np.uint8)[:, :, :3].reshape(N_FRAMES, -1)
    heads = [SAMPLES_HEADER.pack(2, 1, N_CHANNELS, k * N_ROWS, k * N_ROWS * 1000) for k in range(N_FRAMES)]
    return b"".join(framed(head + body.tobytes()) for head, body in zip(heads, bodies, strict=True))


def cpu_s(data: bytes, size: int = CHUNK) -> tuple[float, int]:
    codec, n_rows = started(), 0
    begin_s = time.process_time()
    for at in range(0, len(data), size):
        n_rows += sum(len(e.tick) for e in codec.feed(Chunk(at, "it", "", data[at : at + size])) if isinstance(e, Samples))
    return time.process_time() - begin_s, n_rows


def test_eight_channels_decode_a_thousand_times_faster_than_they_come(stream: bytes):
    runs = [cpu_s(stream) for _ in range(3)]

    assert {n_rows for _, n_rows in runs} == {N_FRAMES * N_ROWS}
    rate = N_FRAMES * N_ROWS / min(t for t, _ in runs)
    print(f"{rate / 1e6:.2f} M rows/s")  # noqa: T201  a benchmark prints
    assert rate > 1.6e6


def test_a_chunk_of_four_frames_costs_little(stream: bytes):
    n_chunks = len(stream) / 1020
    each_s = min(cpu_s(stream, 1020)[0] for _ in range(3)) / n_chunks

    print(f"{1e6 * each_s:.0f} us a chunk")  # noqa: T201  a benchmark prints
    assert each_s < 60e-6


# The last two are the smallest frames there can be, with a wrong CRC: fifty times as many frames in a byte as in clean ones.
@pytest.mark.parametrize(
    ("kind", "limit"),
    [(b"\0", 3), (b"x", 3), (b"\x01\0", 3), (b"\x02\x02\x02\x01\0", 15), (b"\x02\x02\x02\x01\0\x03\x01\x01\x01\x01\0", 15)],
)
def test_hostile_bytes_cost_little_more_than_clean_ones(stream: bytes, kind: bytes, limit: float):
    hostile = (kind * (1 << 20))[: 1 << 20]
    clean_s = min(cpu_s(stream[: 1 << 20])[0] for _ in range(3))
    hostile_s = min(cpu_s(hostile)[0] for _ in range(3))

    print(f"{hostile_s / clean_s:.2f} times clean")  # noqa: T201  a benchmark prints
    assert hostile_s < limit * clean_s
