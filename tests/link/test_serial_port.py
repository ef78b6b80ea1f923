"""A serial port on a pseudo-terminal: opened exclusively, read by one thread, and every kind of loss is one event."""

from __future__ import annotations

import asyncio
import errno
import os
import pty
import time
import tty

import pytest
import serial

from daq.block import Chunk, LinkEvent, LinkState
from daq.errors import LinkError
from daq.link import serial_port
from daq.link.serial_port import SerialLink


class Port:
    """The device's end of a pseudo-terminal."""

    def __init__(self, path):
        self.path = path
        self.master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        path.symlink_to(os.ttyname(self._slave))

    def unplug(self):
        self.path.unlink()
        os.close(self._slave)
        os.close(self.master)


@pytest.fixture
def port(tmp_path):
    return Port(tmp_path / "plate")


def _link(path) -> SerialLink:
    started_ns = time.monotonic_ns()
    return SerialLink("left", str(path), baud=500_000, now_ns=lambda: time.monotonic_ns() - started_ns)


async def _until(condition, *, limit_s=3.0):
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.005)


async def test_bytes_arrive_whole_and_in_order_with_rising_times(port):
    got: list = []
    link = _link(port.path)
    sent = bytes(range(256)) * 20

    await link.open(got.append)
    for k in range(0, len(sent), 100):
        os.write(port.master, sent[k : k + 100])
        await asyncio.sleep(0.001)
    await _until(lambda: sum(len(c.data) for c in got if isinstance(c, Chunk)) == len(sent))
    await link.close()

    chunks = [c for c in got if isinstance(c, Chunk)]
    assert got[0] == LinkEvent(got[0].t_ns, "left", LinkState.OPENED)
    assert b"".join(c.data for c in chunks) == sent
    assert [c.t_ns for c in chunks] == sorted(c.t_ns for c in chunks)


async def test_a_frame_that_comes_at_once_after_silence_is_one_chunk(port):
    got: list = []
    link = _link(port.path)
    frame = bytes(range(125))

    await link.open(got.append)
    for n in range(1, 11):
        await asyncio.sleep(0.01)
        os.write(port.master, frame)
        await _until(lambda n=n: sum(len(c.data) for c in got if isinstance(c, Chunk)) == n * len(frame))
    await link.close()

    assert [c.data for c in got if isinstance(c, Chunk)] == [frame] * 10


async def test_the_last_byte_before_a_loss_is_kept(port, monkeypatch):
    got: list = []
    link = _link(port.path)

    class Dying:
        n_asked = 0

        @property
        def in_waiting(self):
            self.n_asked += 1
            if self.n_asked > 1:
                raise OSError(errno.EIO, "Input/output error")
            return 0

        def read(self, _):
            return b"x"

        def write(self, data):
            return len(data)

        def close(self):
            pass

    monkeypatch.setattr(serial_port, "_open", lambda _url, _baud: Dying())
    await link.open(got.append)
    await _until(lambda: len(got) == 3)
    await link.close()

    assert got[1].data == b"x"
    assert got[2].state is LinkState.LOST


async def test_what_is_written_reaches_the_device(port):
    link = _link(port.path)
    await link.open(lambda _: None)

    link.write("", b"hello")
    await asyncio.sleep(0.1)
    await link.close()

    assert os.read(port.master, 100) == b"hello"


async def test_an_unplug_is_one_lost_event_and_never_an_exception(port):
    got: list = []
    link = _link(port.path)
    await link.open(got.append)

    port.unplug()
    link.write("", b"into the void")
    await _until(lambda: any(isinstance(e, LinkEvent) and e.state is LinkState.LOST for e in got))
    link.write("", b"again")
    await asyncio.sleep(0.15)
    await link.close()
    await link.close()

    lost = [e for e in got if isinstance(e, LinkEvent) and e.state is LinkState.LOST]
    assert [e.reason for e in lost] == ["the cable or the device went away"]


async def test_after_a_replug_the_same_link_opens_again(port, tmp_path):
    got: list = []
    link = _link(port.path)
    await link.open(got.append)
    port.unplug()
    await _until(lambda: any(isinstance(e, LinkEvent) and e.state is LinkState.LOST for e in got))
    await link.close()

    again = Port(port.path)
    await link.open(got.append)
    os.write(again.master, b"back")
    await _until(lambda: b"".join(c.data for c in got if isinstance(c, Chunk)) == b"back")
    await link.close()

    assert [e.state for e in got if isinstance(e, LinkEvent)] == [LinkState.OPENED, LinkState.LOST, LinkState.OPENED]


async def test_nothing_is_delivered_after_close(port):
    got: list = []
    link = _link(port.path)
    await link.open(got.append)
    await link.close()
    n = len(got)

    os.write(port.master, b"late")
    await asyncio.sleep(0.15)

    assert len(got) == n


async def test_a_port_that_is_absent_is_one_sentence(tmp_path):
    with pytest.raises(LinkError, match=r"There is no port .*; plug the device in"):
        await _link(tmp_path / "nothing").open(lambda _: None)


async def test_a_port_in_use_is_one_sentence(port):
    first, second = _link(port.path), _link(port.path)
    await first.open(lambda _: None)

    with pytest.raises(LinkError, match="in use by another program"):
        await second.open(lambda _: None)
    await first.close()


@pytest.mark.parametrize(
    "error",
    [
        serial.SerialException("device reports readiness to read but returned no data"),
        OSError(errno.EIO, "Input/output error"),
        TypeError("an integer is required"),
    ],
)
async def test_whatever_a_dying_port_raises_is_a_loss(port, monkeypatch, error):
    got: list = []
    link = _link(port.path)

    class Dying:
        in_waiting = 0

        def read(self, _):
            raise error

        def write(self, data):
            return len(data)

        def close(self):
            raise error if isinstance(error, OSError) else OSError

    monkeypatch.setattr(serial_port, "_open", lambda _url, _baud: Dying())
    await link.open(got.append)
    await _until(lambda: len(got) == 2)
    await link.close()

    assert [e.state for e in got] == [LinkState.OPENED, LinkState.LOST]


async def test_a_url_that_nobody_serves_is_one_sentence():
    with pytest.raises(LinkError, match="cannot be"):
        await _link("socket://127.0.0.1:1").open(lambda _: None)
