"""What stands on the screen once a trial is kept, and where there is little room."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from drawn import texts

from daq.block import Limb
from daq.dashboard import bigtext
from daq.dashboard.digits import numbers_lines, numbers_of
from daq.dashboard.glyphs import BRAILLE
from daq.dashboard.header import header_line, headline_lines, notice_lines
from daq.dashboard.lines import in_ascii, plain
from daq.dashboard.source import RecordingView
from daq.dashboard.trials import summary_lines, trials_lines
from daq.metrics.trial import TrialResult
from daq.metrics.value import Status, Value
from daq.session.snapshot import Headline, Snapshot, TrialView

Scene = Callable[[str], Snapshot]
RECORDING = RecordingView("a.mcap.part", 41.9)


FULL = (
    "Recording has stopped, the disk refused (No space left on device); 4180 inputs are kept in "
    "20260301-101500-sl-cmj-p-014.mcap.part. Free some space and begin a new recording."
)


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_a_recording_that_stopped_is_told_whole_at_any_width(scene, width: int):
    snapshot = replace(scene("go"), notices=("One.", "Two.", "Three."))

    lines = texts(notice_lines(snapshot, RecordingView("a", 1.0, 1, FULL, has_stopped=True), "Own.", width=width))

    assert " ".join(" ".join(lines).split()).startswith(f"! {FULL} ! Three. Own.")
    assert all(len(line) <= width for line in lines)


def test_the_header_says_that_nothing_is_recorded_at_any_width(scene):
    stopped = RecordingView("a", 41.9, 1, FULL, has_stopped=True)
    for width in (60, 80, 120, 200):
        line = plain(header_line(scene("go"), stopped, width, glyphs=BRAILLE))
        assert "NOT RECORDED" in line
        assert "saved" not in line
    assert "NOT RECORDED" not in plain(header_line(scene("go"), replace(RECORDING, error="x"), 200, glyphs=BRAILLE))


def test_notes_are_no_complaints_and_a_sentence_of_the_screen_hides_none(scene):
    notices = ("Note: knee ok", "Not zeroed: LEFT is loaded.", "Note: again")
    snapshot = replace(scene("result"), notices=notices)

    lines = texts(notice_lines(snapshot, RECORDING, "Written: here", width=80))

    assert lines == ["Written: here", "! Not zeroed: LEFT is loaded."]


def test_the_newest_notices_are_those_on_show(scene):
    snapshot = replace(scene("result"), notices=("One.", "Two.", "Three."))

    assert texts(notice_lines(snapshot, RECORDING, "", width=80)) == ["! Three.", "! Two."]


@pytest.mark.parametrize("scale", [0, 1])
def test_every_sentence_of_the_detail_begins_with_a_capital(scale: int):
    headline = Headline("KEPT", "32.7 cm. level, this trial")

    page = "\n".join(texts(headline_lines(headline, 80, scale=scale, glyphs=BRAILLE)))

    assert "32.7 cm. Level, this trial" in page


@pytest.mark.parametrize(
    ("text", "plainer"),
    [
        ("34.1 ± 0.4    kept", "34.1 +- 0.4   kept"),
        ("left · 3 of 5     ", "left | 3 of 5     "),
        ("0–200 ms — none", "0-200 ms - none"),
        ("a long sentence…", "a long senten..."),
        ("± 3 ± 4", "+- 3 +-"),
    ],
)
def test_ascii_lines_keep_their_width(text: str, plainer: str):
    line = in_ascii(((text[:5], "dim"), (text[5:], "")))

    assert len(plain(line)) == len(text)
    assert plain(line) == plainer


def _with_result_of(base: Snapshot, name: str, number: float, unit: str, **more: object) -> Snapshot:
    """The scene of a bilateral test that is about ``name``."""
    limb = Limb.BOTH
    peaks = [Value("peak_contact_force", side, 1500.0 + 50 * k, "N", "t") for k, side in enumerate((Limb.LEFT, Limb.RIGHT))]
    asymmetry = Value("asymmetry_percent", Limb.BOTH, 3.2, "percent", "t", of="peak_contact_force")
    values = (Value(name, limb, number, unit, "t", u=0.0004), Value("contact_time", limb, 0.223, "s", "t"), *peaks, asymmetry)
    result = TrialResult(limb, Status.OK, (), {}, values)
    trial = TrialView(1, 0.0, 1.0, limb, is_kept=True, is_best=True, verdict="kept", result=result)
    return replace(base, primary=name, shown=("contact_time",), trials=(trial,), **more)  # type: ignore[arg-type]


def test_the_table_of_a_drop_jump_shows_what_it_is_about_its_own_peaks_and_their_asymmetry(scene: Scene):
    snapshot = _with_result_of(
        scene("result"), "rsi_flight_contact", 2.071, "1", peak="peak_contact_force", compared="peak_contact_force"
    )

    head, row = texts(trials_lines(snapshot, 120, n_rows=3))

    assert ["RSI flight / contact" in head, "peak L" in head, "contact time s" in head] == [True] * 3
    assert ["2.071" in row, "1500" in row, "1550" in row, "R  3.2" in row] == [True] * 4


def test_the_table_of_a_test_without_forces_of_the_sides_has_no_columns_for_them(scene: Scene):
    head, row = texts(trials_lines(_with_result_of(scene("result"), "stance_time", 29.9981, "s", peak=""), 120, n_rows=3))

    assert "peak" not in head
    assert "stance time s" in head
    assert "29.998" in row


def test_a_result_of_many_decimals_keeps_to_four_digits(scene: Scene):
    numbers = numbers_of(_with_result_of(scene("result"), "stance_time", 29.9981, "s"))

    assert [(n.label, n.text, n.unit) for n in numbers][1] == ("STANCE TIME", "30.00", "s")


@pytest.mark.parametrize("width", [116, 78, 60])
@pytest.mark.parametrize(
    ("result", "drawn"),
    [
        (("stance_time", 29.9981, "s"), "30.00"),
        (("rsi_flight_contact", 2.071, "1"), "2.071"),
        (("hop_distance", 4.1234, "m"), "4.123"),
    ],
)
def test_the_digits_of_a_result_are_whole_or_smaller_but_never_cut(
    scene: Scene, result: tuple[str, float, str], drawn: str, width: int
):
    numbers = numbers_of(_with_result_of(scene("result"), *result))
    lines = texts(numbers_lines(numbers, width, scale=2, glyphs=BRAILLE, has_note=True))

    assert numbers[1].text == drawn
    assert not any("…" in line for line in lines)
    assert numbers[1].label in lines[0]
    whole = [bigtext.big(drawn, scale) for scale in (2, 1, 0)]
    assert any(rows is not None and all(row.rstrip() in "\n".join(lines) for row in rows) for rows in whole)


def _stance(base: Snapshot) -> Snapshot:
    """A stance whose time is the same for everybody: no trial is the best, and the share is of one side."""
    both = Limb.BOTH
    values = (
        Value("stance_time", both, 29.9981, "s", "t", u=0.001),
        Value("weight_share", Limb.LEFT, 47.36, "percent", "t", u=0.1),
        Value("weight_share", Limb.RIGHT, 52.64, "percent", "t", u=0.1),
        Value("asymmetry_percent", both, 5.3, "percent", "t", of="weight_share"),
        Value("sway_velocity_mean", both, 0.01234, "m/s", "t", u=0.0004),
    )
    trial = TrialView(
        1, 0.0, 30.0, both, is_kept=True, is_best=False, verdict="kept", result=TrialResult(both, Status.OK, (), {}, values)
    )
    summary = (
        Value("stance_time_best", both, 29.9981, "s", "t", of="stance_time"),
        Value("weight_share_mean", Limb.LEFT, 47.4, "percent", "t", of="weight_share", u=0.2),
        Value("weight_share_best", Limb.LEFT, 47.4, "percent", "t", of="weight_share"),
        Value("asymmetry_percent", both, 5.3, "percent", "t", of="weight_share", limits=(4.1, 6.5)),
        Value("sway_velocity_mean_mean", both, 0.0124, "m/s", "t", of="sway_velocity_mean", u=0.0004),
    )
    shown = ("weight_share", "sway_velocity_mean")
    limbs = tuple(replace(limb, peak_n=None, best_n=None) for limb in base.limbs)
    return replace(
        base,
        primary="stance_time",
        shown=shown,
        peak="",
        compared="weight_share",
        trials=(trial,),
        summary=summary,
        limbs=limbs,
    )


def test_a_share_of_each_side_stands_left_and_right_and_sway_in_the_units_of_every_table(scene: Scene):
    head, row = texts(trials_lines(_stance(scene("result")), 140, n_rows=3))

    assert "weight share L | R %" in head
    assert "47.4 | 52.6" in row
    assert "sway velocity mean cm/s" in head
    assert "1.23 ± 0.08" in row


def test_a_test_that_gives_everybody_the_same_time_speaks_of_no_best(scene: Scene):
    snapshot = _stance(scene("done"))

    page = "\n".join(texts([*trials_lines(snapshot, 140, n_rows=3), *summary_lines(snapshot, 140, n_rows=9)]))

    assert "best" not in page
    assert page.splitlines()[1].endswith("kept")
    assert not any("best" in number.note for number in numbers_of(snapshot))


def test_the_summary_has_the_comparison_of_the_sides_with_its_interval(scene: Scene):
    rows = [row.split() for row in texts(summary_lines(_stance(scene("done")), 140, n_rows=9))]

    assert ["weight", "share,", "asymmetry", "R", "5.3", "±", "1.2", "%"] in rows
    assert ["sway", "velocity", "mean,", "mean", "1.24", "±", "0.08", "cm/s"] in rows


def test_forces_that_still_move_beside_a_result_are_dim_and_called_now(scene: Scene):
    left, _, right = numbers_of(_stance(scene("done")))
    going_left, _, going_right = numbers_of(_stance(scene("go")))

    assert [(n.state, n.role) for n in (left, right)] == [("now", "dim")] * 2
    assert [(n.state, n.role) for n in (going_left, going_right)] == [("", "left"), ("", "right")]


SALVAGED = "Salvaged 12.5 s (61234 inputs) of a recording that ended without being closed: 20260301-101500-stance-p-014.mcap"


@pytest.mark.parametrize("width", [60, 78, 116, 200])
def test_a_long_notice_is_wrapped_at_words(scene: Scene, width: int):
    lines = texts(notice_lines(replace(scene("go"), notices=(SALVAGED,)), RECORDING, "", width=width))

    words = " ".join(line.lstrip("! ") for line in lines).split()
    assert words == SALVAGED.split() or (words[-1] == "…" and words[:-1] == SALVAGED.split()[: len(words) - 1])
    assert 1 <= len(lines) <= 2
    assert width < 78 or words == SALVAGED.split()


def test_where_there_is_one_row_for_a_notice_it_is_shortened_at_a_word(scene: Scene):
    (line,) = texts(notice_lines(replace(scene("go"), notices=(SALVAGED,)), RECORDING, "", width=50, n_rows=1))

    assert line.endswith(" …")
    assert set(line.split()[1:-1]) <= set(SALVAGED.split())


@pytest.mark.parametrize("width", [78, 96, 140])
def test_the_numbers_of_a_summary_never_touch_whatever_their_words_take(scene: Scene, width: int):
    names = ("rsi_10_5", "rsi_10_5_height", "rsi_10_5_best_height")
    summary = tuple(
        Value(f"{name}_best", limb, 2.6217, "1", "t", of=name, u=1e-5)
        for name in names
        for limb in (Limb.LEFT, Limb.RIGHT, Limb.BOTH)
    )
    snapshot = replace(scene("done"), primary=names[0], compared=names[0], shown=names[1:], summary=summary)

    _, *rows = texts(summary_lines(snapshot, width, n_rows=10))

    assert [row.split("best ")[1].split() for row in rows] == [["2.622", "±", "<0.001"] * 3] * len(rows)
    assert rows[0].startswith("RSI 10/5, best ")
