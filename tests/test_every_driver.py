"""The ten rules that every installed driver keeps, with its default options and with each set that its vectors name."""

from __future__ import annotations

import random
import time
import tracemalloc
from importlib.metadata import entry_points

import numpy as np
import pytest
from driver_rules import (
    ARRIVAL_TICK_HZ,
    README,
    Setup,
    Talk,
    bytewise,
    concerned,
    decoded,
    framewise,
    rows,
    setups,
    talk,
    ticks,
    vectors,
    with_table,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from vector_play import Play

from daq.block import Chunk
from daq.driver import (
    ENTRY_POINT_GROUP,
    Described,
    Fault,
    Samples,
    driver_names,
    load_driver,
)

# --- the rules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", driver_names())
def test_rule_1_name_module_and_entry_point_are_one(name: str):
    (point,) = entry_points(group=ENTRY_POINT_GROUP, name=name)

    assert load_driver(name).name == name
    assert point.module.rpartition(".")[2] == name
    assert point.attr == "DRIVER"


@concerned(2)
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_rule_2_chunking_never_changes_the_samples(setup: Setup, data: st.DataObject):
    wire = b"".join(talk(setup).chunks)[:6_000]
    cuts = sorted(data.draw(st.sets(st.integers(1, len(wire) - 1), max_size=40)))
    pieces = [wire[a:b] for a, b in zip([0, *cuts], [*cuts, len(wire)], strict=True)]
    whole, cut = ([e for _, e in decoded(setup, p)] for p in ([wire], pieces if cuts else bytewise(wire)))

    assert np.array_equal(rows(whole), rows(cut))
    # Where only the arrival is known, the tick is that of the chunk.
    if setup.declared.defaults.tick_hz != ARRIVAL_TICK_HZ:
        assert np.array_equal(ticks(whole), ticks(cut))
    assert sum(e.n_lost for e in whole) == sum(e.n_lost for e in cut)


@concerned(3)
@settings(max_examples=20, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=30))
def test_rule_3_garbage_never_raises(setup: Setup, garbage: list[bytes]):
    wire = b"".join(talk(setup).chunks)[:500]

    decoded(setup, [*garbage, wire, *garbage])


@concerned(3)
@pytest.mark.parametrize("kind", [b"\0", b"\xff", b"\n", b"1", b"\x02\x02\0"])
def test_rule_3_memory_stays_bounded_and_time_linear(setup: Setup, kind: bytes):
    block = kind * (65_536 // len(kind))
    codec = setup.driver.codec(setup.options)
    codec.start()

    def cpu_s(n_blocks: int) -> float:
        begin_s = time.process_time()
        for k in range(n_blocks):
            codec.feed(Chunk(k, "it", "", block))
        return time.process_time() - begin_s

    cpu_s(2)
    short_s = min(cpu_s(2) for _ in range(3))
    long_s = cpu_s(8)
    tracemalloc.start()
    cpu_s(4)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert long_s < 4 * short_s * 3 + 0.02
    assert held < 1 << 20


@concerned(4)
@pytest.mark.parametrize("seed", range(3))
def test_rule_4_garbage_costs_only_the_damaged_frames(setup: Setup, seed: int):
    source = random.Random(seed)
    wire = b"".join(talk(setup).chunks)
    clean = framewise(setup)
    places = sorted(source.choice(clean[len(clean) // 3 :])[0] for _ in range(3))
    pieces = [wire[a:b] for a, b in zip([0, *places], [*places, len(wire)], strict=True)]
    noise = [bytes(source.randrange(0x80, 0x100) for _ in range(source.randint(1, 20))) for _ in places]
    dirty = decoded(setup, [part for pair in zip(pieces, [*noise, b""], strict=True) for part in pair])

    kept, expected = rows(e for _, e in dirty).tolist(), iter(rows(e for _, e in clean).tolist())
    assert all(row in expected for row in kept)
    longest = max(len(e.tick) for _, e in clean)
    assert sum(len(e.tick) for _, e in clean) - len(kept) <= len(places) * longest


@concerned(5)
@pytest.mark.parametrize("wraps", [False, True])
def test_rule_5_a_lost_frame_is_told_and_seen(setup: Setup, *, wraps: bool):
    if wraps and "clock_wrap" not in setup.driver.twin_faults:
        wraps = False
    faults = (Fault("clock_wrap", value=talk(setup).length_s / 2),) if wraps else ()
    wire = b"".join(talk(setup, faults).chunks)
    clean = framewise(setup, faults)
    assert np.diff(ticks(e for _, e in clean)).max() < 2 * np.median(np.diff(ticks(e for _, e in clean)))

    for k in {2 * len(clean) // 3, len(clean) // 2, len(clean) // 2 + 1}:
        (begin, _), (end, frame) = clean[k - 1], clean[k]
        cut = [e for _, e in decoded(setup, [wire[:begin], wire[end:]])]

        assert sum(e.n_lost for e in cut) == len(frame.tick) + sum(e.n_lost for _, e in clean)
        expected = np.concatenate([e.tick for _, e in clean[:k] + clean[k + 1 :]])
        assert np.abs(ticks(cut) - expected).max() <= 1
        assert np.array_equal(rows(cut), np.concatenate([e.values for _, e in clean[:k] + clean[k + 1 :]]))


@concerned(6)
def test_rule_6_the_force_comes_back_within_one_step_of_the_wire(setup: Setup):
    whole = talk(setup)
    got_n = rows(whole.events) * setup.driver.newtons_per_unit(setup.options)
    sent_n = np.concatenate(whole.asked)
    sent_n = sent_n[:, : got_n.shape[1]]
    levels = np.unique(np.round(got_n, 7))
    step_n = np.diff(levels).min()
    offsets = range(len(sent_n) - len(got_n) + 1)

    assert len(got_n) > len(sent_n) / 2
    assert step_n < 1.0
    assert min(np.abs(sent_n[k : k + len(got_n)] - got_n).max() for k in offsets) <= step_n


@concerned(7)
def test_rule_7_silent_unless_started_and_every_command_may_be_repeated(setup: Setup):
    quiet = Talk(setup)
    quiet.twin.advance(1.0)
    assert quiet.twin.advance(5.0) == []

    doubled = Talk(setup, n_copies=2)
    doubled.take(doubled.codec.start())
    doubled.go(2.0)
    assert len(rows(doubled.events)) > (setup.declared.defaults.rate_hz or 0)
    assert np.all(np.diff(ticks(doubled.events)) > 0)

    doubled.take(doubled.codec.stop())
    doubled.go(0.5)
    assert doubled.twin.advance(5.0) == []


@concerned(8)
def test_rule_8_one_second_is_rate_hz_samples(setup: Setup):
    rate_hz = setup.declared.defaults.rate_hz or 0.0
    span_s = max(5.0, 10.0 / rate_hz)  # long enough that a wrong rate cannot hide in the one sample at the edge
    live = Talk(setup)
    live.take(live.codec.start())
    live.go(3.0, 1.0)
    before = len(rows(live.events))
    live.go(span_s, 1.0)

    assert abs(len(rows(live.events)) - before - span_s * rate_hz) <= 1


@pytest.mark.parametrize("name", driver_names())
def test_rule_9_the_vectors_decode_to_their_meaning(name: str):
    assert any(word == "case" for word, _ in vectors(name)), f"add conversations to tests/vectors/{name}.txt"
    play = Play(name)
    for word, rest in vectors(name):
        play.line(word, rest)


@concerned(10)
def test_rule_10_decoding_runs_at_a_hundred_times_real_time(setup: Setup):
    whole = talk(setup)

    def cpu_s() -> float:
        begin_s = time.process_time()
        decoded(setup, whole.chunks)
        return time.process_time() - begin_s

    assert whole.length_s / max(1e-6, min(cpu_s() for _ in range(3))) >= 100


def test_the_table_in_the_readme_is_current():
    text = README.read_text(encoding="utf-8")

    assert text == with_table(text), "run: python tests/support/driver_rules.py"


def test_every_driver_describes_itself_before_its_first_samples():
    for setup in setups():
        kinds = [type(e) for e in talk(setup).events if isinstance(e, (Described, Samples))]
        assert kinds[0] is Described, str(setup)
