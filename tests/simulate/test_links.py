import asyncio
import time

import numpy as np
import pytest

from daq.block import Chunk, Command, LinkEvent, LinkState, Reopen, Sent, Wake
from daq.errors import LinkError
from daq.link.link import Link
from daq.simulate.far_end import far_end
from daq.simulate.faults import parse_fault
from daq.simulate.loop import LoopLink
from daq.simulate.virtual import run_virtual


def ramp(t_s):
    return 100.0 * t_s


def made(tiny, *faults):
    return far_end(tiny, tiny.options(), ramp, faults=[parse_fault(f) for f in faults])


class Clock:
    """Wall time of a test, counted from its start."""

    def __init__(self):
        self.start = time.monotonic_ns()

    def __call__(self):
        return time.monotonic_ns() - self.start


async def test_a_loop_link_delivers_opened_and_then_every_sample_in_real_time(tiny, rows):
    items, clock = [], Clock()
    link: Link = LoopLink("left", made(tiny), clock)

    await link.open(items.append)
    await asyncio.sleep(0.4)
    await link.close()
    n = len(items)
    await asyncio.sleep(0.05)

    assert items[0] == LinkEvent(items[0].t_ns, "left", LinkState.OPENED)
    index = rows([(c.t_ns, c.port, c.data) for c in items[1:]])[:, 0]
    assert np.array_equal(np.diff(index), np.ones(len(index) - 1))
    assert 300 < len(index) <= 1000
    assert [c.t_ns for c in items] == sorted(c.t_ns for c in items)
    assert len(items) == n


async def test_what_is_written_is_answered(tiny):
    items, clock = [], Clock()
    link = LoopLink("left", made(tiny), clock)
    await link.open(items.append)

    link.write("", b"hello")
    await asyncio.sleep(0.1)
    await link.close()
    await link.close()

    assert b"!hello" in b"".join(c.data for c in items if isinstance(c, Chunk))


async def test_an_unplugged_device_is_lost_once_and_opens_again_later(tiny):
    items, clock = [], Clock()
    end = made(tiny, "unplug=0.3@0.1")
    link = LoopLink("left", end, clock)
    await link.open(items.append)
    await asyncio.sleep(0.25)

    lost = [i for i in items if isinstance(i, LinkEvent) and i.state is LinkState.LOST]
    again = LoopLink("left", end, clock)
    with pytest.raises(LinkError, match="unplugged"):
        await again.open(items.append)
    await link.close()
    await asyncio.sleep(0.25)
    await again.open(items.append)
    await again.close()

    assert len(lost) == 1


async def test_a_refusing_device_cannot_be_opened(tiny):
    with pytest.raises(LinkError, match="refuses"):
        await LoopLink("left", made(tiny, "refuse=9"), Clock()).open(lambda _: None)


# --- virtual time ---------------------------------------------------------------------------------------------------


class Listener:
    """A session that writes once, wants to be woken at odd times, and gives its link up once."""

    def __init__(self, *, wakes=(), reopen_ns=None):
        self.items, self.wakes, self.reopen_ns = [], list(wakes), reopen_ns

    @property
    def next_wake_ns(self):
        return self.wakes[0] if self.wakes else None

    def step(self, item):
        self.items.append(item)
        if self.wakes and item.t_ns >= self.wakes[0]:
            self.wakes.pop(0)
        if isinstance(item, Command):
            return [Sent(item.t_ns, "left", "", b"hello")]
        if self.reopen_ns is not None and item.t_ns >= self.reopen_ns:
            self.reopen_ns = None
            return [Reopen(item.t_ns, "left", "watchdog")]
        return []


def data_of(items):
    return [(c.t_ns, c.port, c.data) for c in items if isinstance(c, Chunk)]


def test_virtual_time_gives_every_sample_and_ten_wakes_a_second(tiny, rows):
    listener = Listener()

    items = run_virtual(listener, {"left": made(tiny)}, until_s=3.0)

    assert items == listener.items
    assert items[0] == LinkEvent(0, "left", LinkState.OPENED)
    assert [w.t_ns for w in items if isinstance(w, Wake)] == [k * 100_000_000 for k in range(1, 30)]
    index = rows(data_of(items))[:, 0]
    assert np.array_equal(index, np.arange(len(index)))
    assert 2950 <= len(index) <= 3000
    assert [i.t_ns for i in items] == sorted(i.t_ns for i in items)


def test_a_session_is_woken_when_it_asked_to_be(tiny):
    asked = [123_456_789, 123_456_790, 777_000_001]

    items = run_virtual(Listener(wakes=asked), {"left": made(tiny)}, until_s=1.0)

    assert set(asked) <= {w.t_ns for w in items if isinstance(w, Wake)}


def test_a_wake_asked_for_in_the_past_comes_at_once_and_not_for_ever(tiny):
    class Impatient(Listener):
        next_wake_ns = 0

    items = run_virtual(Impatient(), {"left": made(tiny)}, until_s=1.0)

    assert 10 <= sum(isinstance(i, Wake) for i in items) <= 12


def test_commands_come_at_their_time_and_their_bytes_are_heard(tiny):
    items = run_virtual(Listener(), {"left": made(tiny)}, until_s=1.0, commands=[(0.5, "go", {"x": 1})])

    assert Command(500_000_000, "go", {"x": 1}) in items
    assert items[items.index(Command(500_000_000, "go", {"x": 1})) + 1] == Sent(500_000_000, "left", "", b"hello")
    answer = next(c for c in items if isinstance(c, Chunk) and b"!hello" in c.data)
    assert 500_000_000 < answer.t_ns <= 560_000_000


def test_an_unplugged_link_is_lost_and_opened_again(tiny, rows):
    items = run_virtual(Listener(), {"left": made(tiny, "unplug=1@1")}, until_s=4.0)

    events = [(i.state, i.t_ns / 1e9) for i in items if isinstance(i, LinkEvent)]
    assert [state for state, _ in events] == [LinkState.OPENED, LinkState.LOST, LinkState.OPENED]
    assert events[1][1] == pytest.approx(1.0, abs=0.03)
    assert events[2][1] == pytest.approx(2.0, abs=0.3)
    index = rows(data_of(items))[:, 0]
    assert np.all(np.diff(index) >= 1)


def test_a_refusing_device_is_asked_again(tiny):
    items = run_virtual(Listener(), {"left": made(tiny, "refuse=2")}, until_s=4.0)

    assert [i.t_ns for i in items if isinstance(i, LinkEvent)] == [pytest.approx(2e9, abs=0.3e9)]


def test_a_link_that_the_session_gives_up_is_opened_again_without_a_loss(tiny):
    items = run_virtual(Listener(reopen_ns=1_000_000_000), {"left": made(tiny)}, until_s=2.0)

    assert [i.state for i in items if isinstance(i, LinkEvent)] == [LinkState.OPENED, LinkState.OPENED]
    times = [i.t_ns for i in items if isinstance(i, Chunk)]
    assert not [t for t in times if 1_030_000_000 < t < 1_240_000_000]


def test_the_same_run_gives_the_same_items(tiny):
    def once():
        ends = {"left": made(tiny, "drop=5%:3", "delay=20ms"), "right": made(tiny, "clock_skew=200", "flip=1%:9")}
        return run_virtual(Listener(), ends, until_s=5.0)

    assert once() == once()
