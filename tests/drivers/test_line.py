"""Lines as bench gauges and home-built boards send them: units, clocks, questions, wrong presets, text that is no reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from daq.block import Chunk
from daq.driver import Described, Fault, Loss, Reply, ReplyState, Samples, Send, Starts, Status
from daq.errors import DriverError
from drivers.line import DRIVER, LineOptions
from drivers.line.clock import LineClock, Step
from drivers.line.presets import PRESETS

Make = Callable[..., Any]
TIMED = [name for name, preset in PRESETS.items() if preset.time_hz]
POLLED = [name for name, preset in PRESETS.items() if preset.poll]


def read(options: LineOptions, text: str, t_s: float = 1.0) -> list[Any]:
    codec = DRIVER.codec(options)
    codec.start()
    return codec.feed(Chunk(round(t_s * 1e9), "it", "", ("\n" + text).encode("latin-1")))


def values(events: list[Any]) -> list[list[float]]:
    found = [e.values for e in events if isinstance(e, Samples)]
    return np.concatenate(found).tolist() if found else []


def bad(events: list[Any]) -> int:
    return max([e.n_bad_frames or 0 for e in events if isinstance(e, Status)], default=0)


# --- numbers and units -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [("12.34", 12.34), ("+7", 7.0), ("-.5", -0.5), ("-  23.02", -23.02), ("1e-3", 0.001), (" 4. ", 4.0), ("0012", 12.0)],
)
def test_numbers_in_all_their_spellings(text: str, value: float):
    assert values(read(LineOptions(), text + "\r\n")) == [[value]]


@pytest.mark.parametrize("text", ["nan", "-inf", "NaN", "infinity", "1e999", "12,5", "1.2.3", "--1", "x", "12.3 N", "0x10"])
def test_what_is_no_finite_number_is_dropped_and_counted(text: str):
    events = read(LineOptions(), f"1\n{text}\n2\n")

    assert values(events) == [[1.0], [2.0]]
    assert bad(events) == 1


@pytest.mark.parametrize(
    ("sent", "unit", "value"),
    [("1 N", "N", 1.0), ("2.5 kN", "N", 2500.0), ("7 mN", "N", 0.007), ("3 kgF", "kg", 3.0), ("250 g", "kg", 0.25),
     ("4 lbs", "lb", 4.0), ("4 lbF", "lb", 4.0), ("24 ozF", "lb", 1.5), ("-18.78 lbF", "lb", -18.78)],
)  # fmt: skip
def test_units_resolve_to_newtons_kilograms_and_pounds_and_the_sign_stays(sent: str, unit: str, value: float):
    described, samples = read(LineOptions(preset="mark10-auto"), sent + "\r\n")

    assert described.unit == unit
    assert samples.values.tolist() == [[value]]


def test_a_unit_that_nobody_knows_is_never_assumed():
    events = read(LineOptions(preset="mark10-auto"), "4.2 st\r\n4.3 st\r\n")

    assert values(events) == []
    assert ["'st'" in e.fault for e in events if isinstance(e, Status) and e.fault] == [True]


def test_the_unit_of_the_device_wins_over_the_rig_and_says_so():
    events = read(LineOptions(preset="mark10-auto", unit="N"), "1 lbF\r\n")

    assert events[0].unit == "lb"
    assert any("lbF" in (e.info or "") for e in events if isinstance(e, Status))


def test_a_missing_unit_is_that_of_the_rig():
    assert read(LineOptions(preset="mark10-auto", unit="kg"), "1.5\r\n")[0].unit == "kg"


def test_another_unit_begins_a_new_segment(wired: Make):
    wire = wired(DRIVER, LineOptions(preset="openscale"), Fault("wrong_unit", at_s=3.0))
    wire.go(6.0)

    assert [e.unit for e in wire.of(Described)] == ["lb", "kg"]
    newtons = [4.4482216 * wire.values[0, 0], 9.80665 * wire.values[-1, 0]]
    assert newtons == pytest.approx([100.0, 100.0], abs=0.05)


# --- lines -----------------------------------------------------------------------------------------------------------


def test_a_half_line_at_the_beginning_is_never_a_reading():
    codec = DRIVER.codec(LineOptions())
    codec.start()

    assert values(codec.feed(Chunk(1, "it", "", b"3.45\r\n123.45\r\n"))) == [[123.45]]


@pytest.mark.parametrize("ending", ["\r", "\n", "\r\n"])
def test_any_line_ending(ending: str):
    assert values(read(LineOptions(), ending.join(["1", "2", "3", ""]))) == [[1.0], [2.0], [3.0]]


def test_an_endless_line_is_forgotten_as_it_comes_and_counted_once():
    codec = DRIVER.codec(LineOptions())
    codec.start()
    codec.feed(Chunk(0, "it", "", b"\n"))
    for k in range(1000):
        codec.feed(Chunk(k, "it", "", b"1" * 1000))

    assert len(codec._tail) <= 255
    events = codec.feed(Chunk(1001, "it", "", b"\n5\n"))
    assert values(events) == [[5.0]]
    assert bad(events) == 1


def test_a_wrong_preset_fails_loudly():
    events = read(LineOptions(preset="t;F"), "12.5\r\n" * 40)

    (fault,) = [e.fault for e in events if isinstance(e, Status) and e.fault]
    assert fault.startswith("0 of 40 lines matched")
    assert "choose another preset" in fault


def test_a_menu_in_the_stream_is_no_wrong_preset():
    events = read(LineOptions(), "1\n" + "Menu\n" * 30 + "2\n" + "Menu\n" * 30)

    assert values(events) == [[1.0], [2.0]]
    assert not [e for e in events if isinstance(e, Status) and e.fault]


def test_hostile_text_stays_out_of_the_sentence():
    events = read(LineOptions(), "\x1b[2J\x9bevil\n" * 40)

    (fault,) = [e.fault for e in events if isinstance(e, Status) and e.fault]
    assert fault.isprintable()


# --- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", TIMED)
def test_a_wrap_of_the_clock_leaves_no_trace(wired: Make, preset: str):
    wire = wired(DRIVER, LineOptions(preset=preset), Fault("clock_wrap", value=5.0))
    wire.go(10.0)

    assert wire.n_segments == 1
    assert wire.n_lost == 0
    assert wire.tick[0] < 2**32 < wire.tick[-1]


@pytest.mark.parametrize("preset", TIMED)
@pytest.mark.parametrize("at_s", [2.0, 7.0])
def test_a_restart_of_the_clock_is_a_new_segment(wired: Make, preset: str, at_s: float):
    wire = wired(DRIVER, LineOptions(preset=preset), Fault("clock_restart", at_s=at_s))
    wire.go(10.0)

    assert wire.n_segments == 2
    assert wire.n_lost == 0


def test_a_restart_late_in_the_round_of_the_clock_is_no_gap_of_an_hour():
    clock = LineClock(1e6)
    clock.place(4_000_000_000, 0)

    assert clock.place(10, 20_000_000).step is Step.RESTART
    assert LineClock(1e6).place(4_000_000_000, 0).step is Step.ON


@pytest.mark.parametrize("n_lost", [1, 2, 50])
def test_a_gap_is_counted_by_the_learnt_period_not_by_the_nominal(n_lost: int):
    # A clone that runs at 160 Hz on a millisecond clock where 80 Hz is nominal: steps of 6 and 7 ms.
    times = [round(1000 * k / 160) for k in range(400) if not 200 <= k < 200 + n_lost]
    text = "".join(f"{t},1,2\r\n" for t in times)
    found = [e for e in read(LineOptions(preset="t,L,R", rate_hz=80.0), text) if isinstance(e, Samples)]

    assert [e.n_lost for e in found] == [0, n_lost]
    assert found[1].tick[0] == times[200]


def test_a_bad_value_is_a_hole_of_its_own_length(wired: Make):
    wire = wired(DRIVER, LineOptions(preset="t;F", rate_hz=80.0), Fault("bad_value", at_s=1.0, until_s=1.5))
    wire.go(3.0)

    assert wire.n_lost == 40
    assert len(wire.tick) + wire.n_lost == 240
    assert np.isfinite(wire.values).all()


def test_a_share_of_bad_values_leaves_the_others_as_they_are(wired: Make):
    options = LineOptions(preset="t,L,R", rate_hz=80.0)
    clean, dirty = wired(DRIVER, options), wired(DRIVER, options, Fault("bad_value", value=0.05, at_s=1.0, seed=3))
    clean.go(10.0)
    dirty.go(10.0)

    kept = np.isin(clean.tick, dirty.tick)
    assert 10 < dirty.n_lost < 80
    assert np.array_equal(clean.values[kept], dirty.values)


def test_readings_of_one_chunk_lie_evenly_since_the_chunk_before():
    codec = DRIVER.codec(LineOptions())
    codec.start()
    codec.feed(Chunk(1_000, "it", "", b"\n1\n"))
    (samples,) = codec.feed(Chunk(2_000, "it", "", b"2\n3\n4\n5\n"))

    assert samples.tick.tolist() == [1250, 1500, 1750, 2000]


def test_arrivals_at_one_moment_still_rise():
    codec = DRIVER.codec(LineOptions())
    codec.start()
    found = [e for _ in range(5) for e in codec.feed(Chunk(7, "it", "", b"\n1\n2\n")) if isinstance(e, Samples)]

    assert np.all(np.diff(np.concatenate([e.tick for e in found])) > 0)


# --- questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", POLLED)
def test_a_polled_gauge_is_asked_one_question_at_a_time(wired: Make, preset: str):
    wire = wired(DRIVER, LineOptions(preset=preset, rate_hz=20.0), Fault("late_reply", value=0.2))
    wire.go(4.0)

    sent = [t for t, e in wire.events if isinstance(e, Send)]
    assert np.diff(sent).min() > 0.199
    assert len(wire.values) == pytest.approx(len(sent), abs=2)


def test_a_silent_gauge_is_asked_again_and_told_once(wired: Make):
    wire = wired(DRIVER, LineOptions(preset="mark10"), Fault("no_reply", at_s=1.0, until_s=4.0))
    wire.go(6.0)

    assert len(wire.faults) == 1
    assert "did not answer" in wire.faults[0]
    assert wire.events[-1][0] > 5.5
    assert wire.tick[-1] > 5.5e9


@pytest.mark.parametrize("code", ["*10", "*11", "*12", "*22"])
def test_errors_of_the_gauge_are_told_in_words(code: str):
    events = read(LineOptions(preset="mark10"), code + "\r\n")

    assert [e.fault.startswith("The gauge says") for e in events] == [True]


def test_stop_ends_the_questions(wired: Make):
    wire = wired(DRIVER, LineOptions(preset="mark10"))
    wire.go(1.0)
    wire.take(wire.codec.stop())

    assert wire.codec.next_wake_s is None
    assert wire.codec.wake(100.0) == []


def test_tare_is_sent_where_the_preset_has_a_word_for_it_and_refused_elsewhere():
    send, done = DRIVER.codec(LineOptions(preset="mark10")).command("tare", {})
    (refused,) = DRIVER.codec(LineOptions()).command("tare", {})

    assert send == Send("", b"Z\r")
    assert done.state is ReplyState.DONE
    assert isinstance(refused, Reply)
    assert refused.state is ReplyState.REFUSED


# --- declarations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "loss", "starts", "baud"),
    [("plain", Loss.NONE, Starts.ALWAYS, 9600), ("t;F", Loss.CLOCK, Starts.ALWAYS, 115_200),
     ("mark10", Loss.NONE, Starts.POLLED, 115_200), ("hx711-full", Loss.NONE, Starts.ALWAYS, 38_400)],
)  # fmt: skip
def test_loss_and_start_follow_from_the_preset(preset: str, loss: Loss, starts: Starts, baud: int):
    declared = DRIVER.declare(LineOptions(preset=preset))

    assert (declared.loss, declared.starts, declared.spec.baud) == (loss, starts, baud)


def test_a_device_that_speaks_every_five_seconds_is_not_stalled_before_fifteen():
    declared = DRIVER.declare(LineOptions(preset="hx711-full"))

    assert (declared.stalled_s, declared.lost_s) == (15.0, 30.0)


@pytest.mark.parametrize(
    "table",
    [{"preset": "nonsense"}, {"unit": "stone"}, {"rate_hz": -1.0}, {"baud": -1}, {"settling_s": 0.0}, {"settling_s": "x"}],
)
def test_options_that_cannot_be_are_refused_with_a_sentence(table: dict[str, Any]):
    with pytest.raises(DriverError, match=next(iter(table))):
        DRIVER.options_from(table)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_matches_what_its_twin_writes_at_zero_and_below(wired: Make, preset: str):
    def force(t_s: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.linspace(-5.0, 0.0, len(t_s))[:, None]

    wire = wired(DRIVER, LineOptions(preset=preset), force=force)
    wire.go(12.0)

    assert len(wire.values) >= 2
    assert wire.values.min() < 0
    n_banner = len(PRESETS[preset].banner)
    assert bad([e for _, e in wire.events]) <= n_banner
