"""COBS, CRC and layouts of the node, against published check values and the worked frames."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.node.deframer import Deframer
from drivers.node.wire import MAX_MESSAGE_BYTES, Hello, NodeReply, NodeStatus, Started, cobs_encode, crc16, framed

VECTORS = Path(__file__).parent.parent / "vectors" / "node.txt"
MESSAGES = st.binary(min_size=1, max_size=MAX_MESSAGE_BYTES)


def worked_frames() -> list[tuple[str, bytes, int, bytes]]:
    words = [line.partition(" ")[::2] for line in VECTORS.read_text(encoding="utf-8").splitlines()]
    values = {word: [rest for w, rest in words if w == word] for word in ("frame", "message", "crc", "line")}
    rows = zip(values["frame"], values["message"], values["crc"], values["line"], strict=True)
    return [(name, bytes.fromhex(message), int(crc, 16), bytes.fromhex(line)) for name, message, crc, line in rows]


def messages(deframer: Deframer, data: bytes) -> list[bytes]:
    buffer, places = deframer.feed(data)
    return [bytes(buffer[start:stop]) for start, stop in places]


def test_the_crc_has_its_published_check_value():
    assert crc16(b"123456789") == 0x29B1


@pytest.mark.parametrize(("name", "message", "crc", "line"), worked_frames())
def test_worked_frames_encode_and_decode(name: str, message: bytes, crc: int, line: bytes):
    assert crc16(message) == crc, name
    assert framed(message) == line
    assert messages(Deframer(), line) == [message]


@given(MESSAGES)
def test_a_frame_is_four_bytes_longer_and_holds_no_zero_but_its_end(message: bytes):
    line = framed(message)

    assert len(line) == len(message) + 4
    assert line.index(0) == len(line) - 1


@given(st.lists(MESSAGES, min_size=1, max_size=40))
def test_many_frames_at_once_are_the_same_as_one_by_one(sent: list[bytes]):
    lines = [framed(message) for message in sent]
    one_by_one = Deframer()

    assert messages(Deframer(), b"".join(lines)) == sent
    assert [m for line in lines for m in messages(one_by_one, line)] == sent
    assert one_by_one.n_bad_frames == 0


@given(st.lists(st.one_of(MESSAGES.map(framed), st.binary(max_size=400)), max_size=40), st.sets(st.integers(1, 4000)))
def test_counts_of_damage_do_not_depend_on_the_cuts(pieces: list[bytes], cuts: set[int]):
    data = b"".join(pieces) + b"\0"
    at = sorted(cut for cut in cuts if cut < len(data))
    whole, cut_up = Deframer(), Deframer()

    expected = messages(whole, data)
    found = [m for a, b in zip([0, *at], [*at, len(data)], strict=True) for m in messages(cut_up, data[a:b])]

    assert found == expected
    assert (cut_up.n_bad_frames, cut_up.n_bad_bytes) == (whole.n_bad_frames, whole.n_bad_bytes)


def test_every_damaged_bit_is_seen_and_costs_one_frame():
    message = bytes(range(40))
    line = framed(message)
    for bit in range(8 * (len(line) - 1)):
        damaged = bytearray(line)
        damaged[bit // 8] ^= 1 << bit % 8
        deframer = Deframer()

        found = messages(deframer, b"\0" + bytes(damaged) + line)

        assert found == [message]
        assert deframer.n_bad_frames >= 1


def test_the_first_piece_after_opening_is_dropped_without_counting():
    line = framed(b"\x01\x02\x03")
    deframer = Deframer()

    assert messages(deframer, line[3:] + line) == [b"\x01\x02\x03"]
    assert (deframer.n_bad_frames, deframer.n_bad_bytes) == (0, 0)
    assert messages(deframer, line[3:] + line) == [b"\x01\x02\x03"]
    assert (deframer.n_bad_frames, deframer.n_bad_bytes) == (1, len(line) - 4)


def test_a_piece_longer_than_any_frame_is_one_damaged_frame():
    deframer = Deframer()
    messages(deframer, b"\0")
    for _ in range(1000):
        messages(deframer, b"x" * 1000)

    assert messages(deframer, b"\0" + framed(b"ab")) == [b"ab"]
    assert (deframer.n_bad_frames, deframer.n_bad_bytes) == (1, 1_000_000)


def test_messages_may_be_longer_than_we_know_and_never_shorter():
    hello = Hello(1, (1, 0), (0, 1, 0), 1, 0xABC, 2, 24, 1_000_000, 1, (80_000, 10_000))
    status = NodeStatus(3, 1, 1, 5, 6, 7, 8, 9)
    reply = NodeReply(2, 0x82, 0, Started(1, 3, 1, 80_000))
    for value in (hello, status, reply):
        kind, packed = type(value), value.packed()
        assert kind.of(packed) == value
        assert kind.of(packed + b"\x01\x02") == value
        assert kind.of(packed[:-1]) is None


def test_cobs_of_nothing_and_of_zeros():
    assert cobs_encode(b"") == b"\x01"
    assert cobs_encode(b"\0\0") == b"\x01\x01\x01"
