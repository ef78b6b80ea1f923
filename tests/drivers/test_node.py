"""What a host makes of a node that wraps, resets, sleeps, answers late or twice, or is another one than expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from daq.block import Chunk
from daq.driver import ClockRead, Described, Fault, Reply, ReplyState, Samples, Send, Status
from daq.errors import DriverError
from drivers.node import DRIVER, NodeOptions
from drivers.node.wire import (
    SAMPLES_HEADER,
    Hello,
    NodeReply,
    NodeStatus,
    Started,
    framed,
)

Make = Callable[..., Any]
HELLO = Hello(1, (1, 0), (0, 1, 0), 0xF0, 5, 1, 24, 1_000_000, 1, (1_000_000,))


def samples(index: int, t_us: int, counts: list[int], *, run: int = 1) -> bytes:
    body = b"".join(count.to_bytes(3, "little", signed=True) for count in counts)
    return framed(SAMPLES_HEADER.pack(2, run, 1, index % 2**32, t_us % 2**32) + body)


def started(*, rate_hz: int = 1000, asked: bool = True) -> Any:
    codec = DRIVER.codec(NodeOptions())
    codec.start()
    feed(codec, b"\0" + framed(HELLO.packed()))
    if asked:
        feed(codec, framed(NodeReply(2, 0x82, 0, Started(1, 1, 1, 1000 * rate_hz)).packed()))
    return codec


def feed(codec: Any, data: bytes, t_s: float = 0.0) -> list[Any]:
    return codec.feed(Chunk(round(t_s * 1e9), "it", "", data))


def rows(events: list[Any]) -> list[Samples]:
    return [e for e in events if isinstance(e, Samples)]


# --- loss and time ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 65_537, 2**31 - 2])
def test_a_jump_of_the_index_is_exactly_that_many_lost(k: int):
    codec = started()

    feed(codec, samples(0, 0, [1]))
    (after,) = rows(feed(codec, samples(1 + k, 1000 * (1 + k), [2])))

    assert after.n_lost == k
    assert after.tick.tolist() == [1000 * (1 + k)]


def test_a_step_back_is_dropped_and_counted():
    codec = started()
    frames = [samples(k, 1000 * k, [k]) for k in range(4)]

    events = feed(codec, b"".join([*frames, *frames[1:3], samples(4, 4000, [4])]))

    assert np.concatenate([e.values for e in rows(events)])[:, 0].tolist() == [0, 1, 2, 3, 4]
    assert sum(e.n_lost for e in rows(events)) == 0
    assert [e.n_bad_frames for e in events if isinstance(e, Status)] == [2]


def test_what_is_missing_at_the_beginning_of_our_own_run_is_lost():
    (first,) = rows(feed(started(), samples(7, 7000, [1])))

    assert first.n_lost == 7


def test_rows_of_a_frame_lie_on_the_line_through_it_and_the_one_before():
    codec = started(rate_hz=1000)
    events = [feed(codec, samples(0, 0, [1, 2])), feed(codec, samples(2, 2500, [3, 4])), feed(codec, samples(4, 5000, [5, 6]))]

    assert [rows(e)[0].tick.tolist() for e in events] == [[0, 1000], [2500, 3750], [5000, 6250]]


def test_ticks_rise_even_when_a_node_is_ten_times_faster_than_it_says():
    codec = started(rate_hz=100)
    events = [e for k in range(20) for e in rows(feed(codec, samples(5 * k, 5000 * k, [1] * 5)))]

    assert np.all(np.diff(np.concatenate([e.tick for e in events])) > 0)


def test_frames_that_follow_each_other_are_one_event():
    events = feed(started(), b"".join(samples(k, 1000 * k, [k]) for k in range(100)))

    assert [len(e.tick) for e in rows(events)] == [100]


def test_another_run_is_a_new_segment():
    codec = started()
    feed(codec, samples(10, 10_000, [1]))

    events = feed(codec, samples(500, 99_000, [2], run=2))

    assert [type(e) for e in events] == [Described, Status, Samples]
    assert events[2].n_lost == 0


def test_samples_before_the_answer_to_start_are_not_ours():
    codec = started(asked=False)

    assert feed(codec, samples(70, 70_000, [1], run=9)) == []


@pytest.mark.parametrize("channels", [1, 3, 8])
def test_a_wrap_of_index_and_clock_leaves_no_trace(wired: Make, channels: int):
    wire = wired(DRIVER, NodeOptions(channels=channels), Fault("clock_wrap", value=1.0))
    wire.go(3.0)

    assert wire.n_lost == 0
    assert set(np.diff(wire.tick)) == {1000}
    assert wire.tick[-1] > 2**32


def test_a_reset_begins_a_new_segment_and_is_started_again(wired: Make):
    wire = wired(DRIVER, NodeOptions(), Fault("clock_restart", at_s=1.0))
    wire.go(2.0)

    assert wire.n_segments == 2
    assert wire.tick[-1] < 1_000_000
    assert wire.n_lost == 0


def test_a_node_that_slept_is_started_again(wired: Make):
    wire = wired(DRIVER, NodeOptions(), Fault("asleep", at_s=0.5, until_s=2.5))
    wire.go(8.0)

    assert wire.events[-1][0] > 7.5
    assert wire.n_segments == 2


# --- commands --------------------------------------------------------------------------------------------------------


def test_an_unanswered_command_is_sent_three_times_100_ms_apart_and_then_given_up(wired: Make):
    wire = wired(DRIVER, NodeOptions(), Fault("asleep"))
    wire.go(1.0)

    sent = [(t, e.data) for t, e in wire.events if isinstance(e, Send)]
    assert len({data for _, data in sent}) == 1
    assert [t for t, _ in sent] == pytest.approx([0.0, 0.11, 0.21], abs=0.011)
    (reply,) = wire.of(Reply)
    assert reply.state is ReplyState.TIMED_OUT
    assert "cable" in reply.text


@pytest.mark.parametrize("fault", [Fault("late_reply", value=0.15), Fault("late_reply", value=0.25), Fault("double_reply")])
def test_late_and_double_answers_are_never_taken_for_others(wired: Make, fault: Fault):
    wire = wired(DRIVER, NodeOptions(), fault)
    wire.go(4.0)
    wire.take(wire.codec.command("identify", {"seconds": 3}))
    wire.go(2.0)

    assert [(r.command, r.state) for r in wire.of(Reply)] == [("start", ReplyState.DONE), ("identify", ReplyState.DONE)]
    assert np.all(np.diff(wire.of(Samples)[-1].tick) > 0)


def test_the_clock_is_bounded_by_the_first_sending_of_its_question(wired: Make):
    wire = wired(DRIVER, NodeOptions(), Fault("late_reply", value=0.15))
    wire.go(7.0)

    reads = [(t, e) for t, e in wire.events if isinstance(e, ClockRead)]
    assert len(reads) >= 2
    assert all(read.asked_s <= read.tick / 1e6 <= t for t, read in reads)


def test_the_node_streams_on_while_the_host_keeps_asking_and_stops_when_it_does_not(wired: Make):
    wire = wired(DRIVER, NodeOptions())
    wire.go(25.0)
    assert wire.tick[-1] > 24.9e6

    said = wire.twin.advance(30.0)
    assert sum(len(data) for _, data in said) < 12 * 1000 * 18 + 2000
    assert wire.twin.advance(5.0) == []


def test_identify_blinks_and_the_rest_is_refused_with_a_sentence():
    codec = started()

    assert [type(e) for e in codec.command("identify", {"seconds": 2})] == [Send]
    for name, args in (("tare", {}), ("dance", {}), ("identify", {"seconds": 400}), ("identify", {"seconds": "x"})):
        (reply,) = codec.command(name, args)
        assert reply.state is ReplyState.REFUSED
        assert reply.text.endswith(".")


def test_commands_wait_for_each_other():
    codec = started()

    assert len(codec.command("identify", {})) == 1
    assert codec.command("identify", {}) == []
    events = feed(codec, framed(NodeReply(3, 0x86, 0).packed()))
    assert [type(e) for e in events] == [Reply, Send]


def test_a_start_that_is_refused_says_what_is_on_offer():
    codec = started(asked=False)

    fault, reply = feed(codec, framed(NodeReply(2, 0x82, -3).packed()))

    assert "1000 Hz" in fault.fault
    assert reply.state is ReplyState.REFUSED


# --- who it is -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("major", "update"), [(0, "firmware"), (2, "limb-daq")])
def test_another_major_version_is_never_started(wired: Make, major: int, update: str):
    wire = wired(DRIVER, NodeOptions(), Fault("bad_version", value=major))
    wire.go(6.0)

    assert f"{major}.0" in wire.faults[0]
    assert "1.0" in wire.faults[0]
    assert update in wire.faults[0]
    assert wire.of(Samples) == []


def test_another_unit_than_the_rig_expects_is_not_started():
    codec = DRIVER.codec(NodeOptions(unit="77"))
    codec.start()

    events = feed(codec, framed(HELLO.packed()))

    assert "0000000000000077" in events[0].fault
    assert not [e for e in events if isinstance(e, Send)]


def test_the_unit_id_of_the_twin_is_the_serial(wired: Make):
    wire = wired(DRIVER, NodeOptions(unit="12AB"))
    wire.go(0.1)

    assert wire.of(Described)[0].serial == "00000000000012ab"


def test_low_supply_is_told_once_and_ends_in_silence(wired: Make):
    wire = wired(DRIVER, NodeOptions(), Fault("low_battery", value=4.0, at_s=1.0))
    wire.go(9.0)

    assert len(wire.faults) == 1
    assert "3300 mV" in wire.faults[0]
    assert 4.9e6 < wire.tick[-1] < 5e6


def test_a_converter_that_does_not_answer_is_told():
    (fault,) = feed(started(), framed(NodeStatus(0, 1, 3, 0, 0, 0, 0, 0).packed()))

    assert "wiring" in fault.fault


@pytest.mark.parametrize(
    "table", [{"channels": 9}, {"mask": 256}, {"samples_per_frame": 81}, {"unit": "xyz"}, {"rate_hz": -1.0}, {"rate_hz": "nan"}]
)
def test_options_that_cannot_be_are_refused_with_a_sentence(table: dict[str, Any]):
    with pytest.raises(DriverError, match=next(iter(table))):
        DRIVER.options_from(table)


# --- the twin --------------------------------------------------------------------------------------------------------


def test_the_twin_samples_the_force_on_its_own_grid_without_drift(wired: Make):
    asked: list[np.ndarray[Any, Any]] = []

    def force(t_s: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        asked.append(t_s)
        return t_s[:, None]

    wire = wired(DRIVER, NodeOptions(rate_hz=80.0), force=force)
    wire.go(30.0)
    t_s = np.concatenate(asked)

    assert np.array_equal(t_s, np.arange(1, len(t_s) + 1) / 80)
    assert np.array_equal(wire.values[:, 0], np.rint(t_s[: len(wire.values)] * 1000))
    assert np.array_equal(wire.tick[:100], np.rint(t_s[:100] * 1e6))


def test_hours_in_odd_steps_do_not_drift():
    twin = DRIVER.twin(NodeOptions(), lambda t_s: np.zeros((len(t_s), 1)), ())
    for _ in range(30_000):
        twin.advance(1 / 30)

    assert twin._now_ns == pytest.approx(1000 * 10**9, abs=2)


def test_the_range_ends_at_24_bits_or_where_the_fault_says(wired: Make):
    def force(t_s: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.column_stack((np.full(len(t_s), 1e6), np.full(len(t_s), -1e6)))

    for faults, most in (((), 8_388_607), ((Fault("full_scale", value=500.0),), 500_000)):
        wire = wired(DRIVER, NodeOptions(channels=2), *faults, force=force)
        wire.go(0.2)
        assert wire.values.max() == most
        assert wire.values.min() == -most - 1


def test_a_slow_node_is_slow_on_its_clock_too(wired: Make):
    wire = wired(DRIVER, NodeOptions(rate_hz=80.0), Fault("slow_rate", value=10.8))
    wire.go(10.0)

    assert len(wire.tick) == pytest.approx(108, abs=2)
    assert np.diff(wire.tick).mean() == pytest.approx(1e6 / 10.8, rel=1e-4)
    assert wire.of(Described)[0].rate_hz == 80.0


def test_a_mask_chooses_columns(wired: Make):
    def force(t_s: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.tile([1.0, 2.0, 3.0, 4.0], (len(t_s), 1))

    wire = wired(DRIVER, NodeOptions(channels=4, mask=0b1010), force=force)
    wire.go(0.2)

    assert wire.of(Described)[0].channels == ("2", "4")
    assert wire.values[0].tolist() == [2000.0, 4000.0]
