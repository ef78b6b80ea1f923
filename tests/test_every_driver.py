"""The ten rules that every installed driver keeps, with its default options and with each set that its vectors name.

Run as a program it writes the table of what does not apply to whom into ``drivers/README.md``.
"""

from __future__ import annotations

import json
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.block import Chunk
from daq.driver import (
    ENTRY_POINT_GROUP,
    Declaration,
    Described,
    Driver,
    Event,
    Fault,
    Framing,
    Loss,
    Samples,
    Send,
    Starts,
    driver_names,
    load_driver,
)

ROOT = Path(__file__).parent.parent
README = ROOT / "drivers" / "README.md"
BEGIN, END = "<!-- rules: begin (python tests/test_every_driver.py) -->", "<!-- rules: end -->"
ARRIVAL_TICK_HZ = 1e9


def vectors(name: str) -> list[tuple[str, str]]:
    """The lines of a driver's vectors, as (word, rest)."""
    path = ROOT / "tests" / "vectors" / f"{name}.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    split = [line.partition(" ") for line in lines if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in split]


@dataclass(frozen=True)
class Setup:
    """A driver with options."""

    name: str
    table: str = "{}"

    def __str__(self) -> str:
        return self.name + "".join(f" {key}={value}" for key, value in json.loads(self.table).items())

    @property
    def driver(self) -> Driver[Any]:
        return load_driver(self.name)

    @property
    def options(self) -> Any:
        return self.driver.options_from(json.loads(self.table))

    @property
    def declared(self) -> Declaration:
        return self.driver.declare(self.options)


def setups() -> list[Setup]:
    named = {Setup(name, rest) for name in driver_names() for word, rest in vectors(name) if word == "options"}
    return sorted(named | {Setup(name) for name in driver_names()}, key=str)


@dataclass(frozen=True)
class Rule:
    """A rule, whom it concerns, and why it does not concern the others."""

    number: int
    sentence: str
    concerns: Callable[[Declaration], bool] = lambda _: True
    why_not: str = ""


RULES = {
    rule.number: rule
    for rule in (
        Rule(1, "name = module = entry point"),
        Rule(2, "chunking never changes the samples", lambda d: d.framing is Framing.STREAM, "packets: its vectors show it"),
        Rule(3, "garbage never raises, memory stays bounded, time linear"),
        Rule(4, "garbage costs only the damaged frames", lambda d: d.framing is Framing.STREAM, "packets: its vectors show it"),
        Rule(5, "a lost frame is n_lost and a jump of tick", lambda d: d.loss is not Loss.NONE, "the wire cannot show a loss"),
        Rule(6, "twin to codec gives the force back within one step of the wire"),
        Rule(7, "silent before start and after stop; commands may be repeated", lambda d: d.starts is Starts.ON_COMMAND,
             "it does not wait for a start"),
        Rule(8, "one second is rate_hz samples", lambda d: d.starts in (Starts.ON_COMMAND, Starts.ALWAYS)
             and d.defaults.rate_hz is not None, "its rate is unknown or that of the questions"),
        Rule(9, "the vectors decode to their meaning"),
        Rule(10, "decoding runs at 100 times real time"),
    )
}  # fmt: skip


def concerned(number: int) -> pytest.MarkDecorator:
    chosen = [setup for setup in setups() if RULES[number].concerns(setup.declared)]
    return pytest.mark.parametrize("setup", chosen, ids=str)


# --- the two ends of a wire, in virtual time -------------------------------------------------------------------------


@dataclass
class Talk:
    """A codec and its twin, and everything that was said."""

    setup: Setup
    faults: Sequence[Fault] = ()
    n_copies: int = 1
    dt_s: float = 0.01
    length_s: float = 3.0
    events: list[Event] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    asked: list[np.ndarray[Any, Any]] = field(default_factory=list)
    t_s: float = 0.0

    def __post_init__(self) -> None:
        options, declared = self.setup.options, self.setup.declared
        rate_hz = declared.defaults.rate_hz or 50.0
        self.length_s = min(400.0, max(self.length_s, 200 / rate_hz))
        self.dt_s = self.length_s / 300
        self.n_channels = len(declared.defaults.channels)
        self.codec = self.setup.driver.codec(options)
        self.twin = self.setup.driver.twin(options, self.force, self.faults)

    def force(self, t_s: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """From 0.02 N to 200 N, so slowly at first that neighbours differ by less than any wire can tell."""
        rise = 0.02 * 1e4 ** (t_s / self.length_s)
        self.asked.append(rise[:, None] * np.arange(1, self.n_channels + 1))
        return self.asked[-1]

    def take(self, events: Iterable[Event]) -> None:
        for event in events:
            self.events.append(event)
            if isinstance(event, Send):
                for _ in range(self.n_copies):
                    self.twin.feed(event.port, event.data)

    def go(self, length_s: float, dt_s: float | None = None) -> None:
        for _ in range(round(length_s / (dt_s or self.dt_s))):
            self.t_s += dt_s or self.dt_s
            for port, data in self.twin.advance(dt_s or self.dt_s):
                self.chunks.append(data)
                self.take(self.codec.feed(Chunk(round(self.t_s * 1e9), "it", port, data)))
            if self.codec.next_wake_s is not None and self.t_s >= self.codec.next_wake_s:
                self.take(self.codec.wake(self.t_s))


@cache
def talk(setup: Setup, faults: tuple[Fault, ...] = ()) -> Talk:
    whole = Talk(setup, faults)
    whole.take(whole.codec.start())
    whole.go(whole.length_s)
    return whole


def decoded(setup: Setup, pieces: Iterable[bytes]) -> list[tuple[int, Samples]]:
    """What a fresh codec makes of ``pieces``, each with the number of bytes read so far."""
    codec = setup.driver.codec(setup.options)
    codec.start()
    found, n_bytes = [], 0
    for piece in pieces:
        n_bytes += len(piece)
        found += [(n_bytes, e) for e in codec.feed(Chunk(n_bytes, "it", "", piece)) if isinstance(e, Samples)]
    return found


def bytewise(data: bytes) -> list[bytes]:
    return [data[k : k + 1] for k in range(len(data))]


@cache
def framewise(setup: Setup, faults: tuple[Fault, ...] = ()) -> list[tuple[int, Samples]]:
    """Every frame by itself, and where it ends."""
    return decoded(setup, bytewise(b"".join(talk(setup, faults).chunks)))


def rows(events: Iterable[Event]) -> np.ndarray[Any, Any]:
    return np.concatenate([e.values for e in events if isinstance(e, Samples)])


def ticks(events: Iterable[Event]) -> np.ndarray[Any, Any]:
    return np.concatenate([e.tick for e in events if isinstance(e, Samples)])


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
    live = Talk(setup)
    live.take(live.codec.start())
    live.go(3.0, 1.0)
    before = len(rows(live.events)) if rate_hz > 1 else 0
    live.go(5.0, 1.0)

    assert abs(len(rows(live.events)) - before - 5 * rate_hz) <= 5


@pytest.mark.parametrize("name", driver_names())
def test_rule_9_the_vectors_decode_to_their_meaning(name: str):
    assert any(word == "case" for word, _ in vectors(name)), f"add conversations to tests/vectors/{name}.txt"
    play = Play(name)
    for word, rest in vectors(name):
        play.line(word, rest)


class Play:
    """Plays a vector file; its words are explained in tests/vectors/README.md."""

    def __init__(self, name: str) -> None:
        self.name, self.case, self.port, self.t_s = name, "", "", 0.0
        self.options: dict[str, Any] = {}
        self.codec: Any = None
        self.sent: list[Send] = []
        self.events: list[Event] = []

    def line(self, word: str, rest: str) -> None:
        if word == "case":
            self.__init__(self.name)  # type: ignore[misc]
            self.case = rest
        elif word == "options":
            self.options = json.loads(rest)
        elif word == "port":
            self.port = rest
        elif word in ("in", "text"):
            data = bytes.fromhex(rest) if word == "in" else json.loads(rest).encode("latin-1")
            self.take(self.codec.feed(Chunk(round(self.t_s * 1e9), "it", self.port, data)))
        elif word == "out":
            said = [send.data.hex(" ") for send in self.sent]
            assert rest in said, self.case
            del self.sent[: said.index(rest) + 1]
        elif word == "silent":
            assert not self.sent, self.case
        elif word == "event":
            self.expect(*rest.split(" ", 1))
        elif word not in ("frame", "message", "crc", "line"):
            self.tell(word, rest)

    def tell(self, word: str, rest: str) -> None:
        driver = load_driver(self.name)
        if word == "start":
            self.codec = driver.codec(driver.options_from(self.options))
            self.take(self.codec.start())
        elif word == "stop":
            self.take(self.codec.stop())
        elif word == "at":
            self.t_s = float(rest)
            self.take(self.codec.wake(self.t_s))
        elif word == "command":
            name, _, args = rest.partition(" ")
            self.take(self.codec.command(name, json.loads(args or "{}")))
        else:
            pytest.fail(f"{self.case}: tests/vectors/README.md knows no word {word!r}")

    def take(self, events: list[Event]) -> None:
        self.sent += [e for e in events if isinstance(e, Send)]
        self.events += [e for e in events if not isinstance(e, Send)]

    def expect(self, kind: str, fields: str) -> None:
        while self.events:
            event = self.events.pop(0)
            if type(event).__name__ == kind:
                said = asdict(event)
                for key, value in json.loads(fields).items():
                    seen = said[key].tolist() if isinstance(said[key], np.ndarray) else said[key]
                    seen = list(seen) if isinstance(seen, tuple) else seen
                    assert seen == value, f"{self.case}: {kind}.{key}"
                return
        pytest.fail(f"{self.case}: no event {kind} came")


@concerned(10)
def test_rule_10_decoding_runs_at_a_hundred_times_real_time(setup: Setup):
    whole = talk(setup)

    def cpu_s() -> float:
        begin_s = time.process_time()
        decoded(setup, whole.chunks)
        return time.process_time() - begin_s

    assert whole.length_s / max(1e-6, min(cpu_s() for _ in range(3))) >= 100


# --- the table -------------------------------------------------------------------------------------------------------


def table() -> str:
    """Which rules do not apply to whom, and why."""
    lines = ["| driver and options | loss | starts | rate, Hz | rules that do not apply |", "|---|---|---|---|---|"]
    for setup in setups():
        declared = setup.declared
        rate = "measured" if declared.defaults.rate_hz is None else f"{declared.defaults.rate_hz:g}"
        apart = [f"{r.number} ({r.why_not})" for r in RULES.values() if not r.concerns(declared)]
        cells = (f"`{setup}`", declared.loss.value, declared.starts.value, rate, "; ".join(apart) or "none")
        lines.append("| " + " | ".join(cells).replace("`|`", "") + " |")
    return "\n".join(lines)


def with_table(text: str) -> str:
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + "\n\n" + table() + "\n\n" + END + rest.partition(END)[2]


def test_the_table_in_the_readme_is_current():
    text = README.read_text(encoding="utf-8")

    assert text == with_table(text), "run: python tests/test_every_driver.py"


def test_every_driver_describes_itself_before_its_first_samples():
    for setup in setups():
        kinds = [type(e) for e in talk(setup).events if isinstance(e, (Described, Samples))]
        assert kinds[0] is Described, str(setup)


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(table() + "\n")
