import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daq.driver import Fault
from daq.errors import UsageError
from daq.simulate.byte_faults import ByteFaults
from daq.simulate.faults import ALL_FAULTS, BYTE_FAULTS, check_faults, faults_of_devices, parse_fault, vocabulary
from daq.simulate.uart import heard


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("drop", Fault("drop", 0.01, -math.inf, math.inf, 0)),
        ("drop=1%", Fault("drop", 0.01, -math.inf, math.inf, 0)),
        ("clock_skew=100ppm", Fault("clock_skew", 100.0, -math.inf, math.inf, 0)),
        ("clock_skew=-50", Fault("clock_skew", -50.0, -math.inf, math.inf, 0)),
        ("delay=10ms@2-4.5:7", Fault("delay", 0.01, 2.0, 4.5, 7)),
        ("unplug=3@5", Fault("unplug", 3.0, 5.0, 8.0, 0)),
        ("burst=0.5s@1s-9s", Fault("burst", 0.5, 1.0, 1.5, 0)),
        ("drift=0.5N/s", Fault("drift", 30.0, -math.inf, math.inf, 0)),
        ("wrong_speed=57.6kbaud", Fault("wrong_speed", 57_600.0, -math.inf, math.inf, 0)),
    ],
)
def test_a_fault_is_read_as_it_is_written(text, expected):
    assert parse_fault(text) == expected


@pytest.mark.parametrize(
    "text", ["", "=3", "drop=", "drop=2", "drop=-1", "nonsense", "delay=3parsec", "unplug=3@9-2", "drop@@1"]
)
def test_a_wrong_fault_is_refused_in_one_sentence(text):
    with pytest.raises(UsageError) as caught:
        parse_fault(text)

    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith((".", ")."))


def test_an_unknown_name_is_answered_with_the_list():
    with pytest.raises(UsageError, match="drop, double, swap"):
        parse_fault("explode")


def test_a_number_and_a_stroke_choose_the_device():
    left, right = faults_of_devices(["drop", "2/unplug=1@3"], 2)

    assert [f.name for f in left] == ["drop"]
    assert [f.name for f in right] == ["drop", "unplug"]
    assert left[0].seed != right[0].seed


def test_a_fault_for_a_device_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match="device 3"):
        faults_of_devices(["3/drop"], 2)


def test_a_fault_that_the_device_cannot_show_is_refused_by_name():
    with pytest.raises(UsageError, match="cannot show the fault low_battery"):
        check_faults([Fault("low_battery")], frozenset(), driver="node")


def test_every_fault_has_one_line():
    assert [line.split(":")[0].split(" ")[0] for line in vocabulary()] == list(ALL_FAULTS)


# --- byte faults ----------------------------------------------------------------------------------------------------

CHUNKS = [(k * 0.01, "", bytes([k % 251 + 1] * (k % 7 + 1))) for k in range(1000)]
END_S = 30.0


def through(*faults, chunks=CHUNKS, step=1):
    stage = ByteFaults([parse_fault(f) for f in faults])
    out = []
    for k in range(0, len(chunks), step):
        piece = chunks[k : k + step]
        out += stage.take(piece, piece[-1][0])
    return out + stage.take([], END_S)


def joined(chunks):
    return b"".join(data for _, _, data in chunks)


@pytest.mark.parametrize("name", [*BYTE_FAULTS])
def test_byte_faults_keep_time_in_order_and_repeat_with_their_seed(name):
    once = through(f"{name}@1-5:3")

    times = [t for t, _, _ in once]
    assert times == sorted(times)
    assert once == through(f"{name}@1-5:3")


@pytest.mark.parametrize("name", ["cut", "join", "delay", "burst"])
def test_cut_join_delay_and_burst_change_no_byte(name):
    assert joined(through(name)) == joined(CHUNKS)


@given(seed=st.integers(0, 1000), step=st.integers(1, 50))
def test_the_order_of_delivery_does_not_depend_on_how_the_stage_is_called(seed, step):
    assert joined(through(f"delay=0.1:{seed}", step=step)) == joined(CHUNKS)


def test_drop_loses_its_share():
    lost = len(CHUNKS) - len(through("drop=20%:1"))

    assert abs(lost - 200) < 5 * math.sqrt(1000 * 0.2 * 0.8)


def test_double_repeats_its_share():
    more = len(through("double=20%:1")) - len(CHUNKS)

    assert abs(more - 200) < 5 * math.sqrt(1000 * 0.2 * 0.8)


def test_swap_changes_places_and_loses_nothing():
    swapped = through("swap=10%:2")

    assert sorted(d for _, _, d in swapped) == sorted(d for _, _, d in CHUNKS)
    assert [d for _, _, d in swapped] != [d for _, _, d in CHUNKS]


def test_flip_changes_one_bit_of_its_chunks():
    flipped = through("flip=100%:1")
    bits = [
        np.unpackbits(np.frombuffer(a[2], np.uint8) ^ np.frombuffer(b[2], np.uint8)).sum()
        for a, b in zip(flipped, CHUNKS, strict=True)
    ]

    assert set(map(int, bits)) == {1}


def test_insert_keeps_every_chunk_behind_its_noise():
    noisy = through("insert=100%:1")

    assert all(b[2].endswith(a[2]) and len(b[2]) > len(a[2]) for a, b in zip(CHUNKS, noisy, strict=True))


def test_burst_says_nothing_and_then_everything_at_once():
    times = np.array([t for t, _, _ in through("burst=2@3")])

    assert not np.any((times >= 3) & (times < 5 - 1e-9))
    assert np.sum(np.abs(times - 5.0) < 0.011) >= 200


def test_silence_loses_what_was_said_meanwhile():
    times = np.array([t for t, _, _ in through("silence=2@3")])

    assert len(times) == len(CHUNKS) - 200
    assert not np.any((times >= 3) & (times < 5 - 1e-9))


def test_delay_stays_below_its_value():
    late = [b[0] - a[0] for a, b in zip(CHUNKS, through("delay=15ms"), strict=True)]

    assert min(late) >= 0
    assert 0.010 < max(late) <= 0.015 + 1e-9


# --- a wrong speed --------------------------------------------------------------------------------------------------


@given(data=st.binary(max_size=200))
def test_the_right_speed_changes_nothing(data):
    assert heard(data, 500_000, read_baud=500_000) == data


@given(data=st.binary(min_size=1, max_size=200))
def test_two_percent_off_is_still_understood(data):
    assert heard(data, 115_200, read_baud=117_600) == data


def test_half_the_speed_hears_about_half_the_bytes_and_not_the_right_ones():
    data = np.random.default_rng(1).integers(0, 256, 1000, dtype=np.uint8).tobytes()
    got = heard(data, 500_000, read_baud=250_000)

    assert 300 < len(got) < 700
    assert data[:20] not in got
