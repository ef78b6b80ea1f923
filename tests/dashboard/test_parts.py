from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from drawn import texts

from daq.block import Limb
from daq.dashboard import bigtext
from daq.dashboard.asymmetry import bar_lines
from daq.dashboard.digits import numbers_lines, numbers_of
from daq.dashboard.glyphs import ASCII, BRAILLE, glyphs_named
from daq.dashboard.header import header_line, headline_lines, notice_lines
from daq.dashboard.keys import KEYS, help_lines, key_line
from daq.dashboard.layout import layout_for
from daq.dashboard.lines import fitted, plain, said, width_of
from daq.dashboard.source import RecordingView
from daq.dashboard.trials import summary_lines, trials_lines
from daq.errors import UsageError
from daq.session.snapshot import AsymmetryView, DeviceState, Headline, Phase, Snapshot

Scene = Callable[[str], Snapshot]
RECORDING = RecordingView("a.mcap.part", 41.9)


def test_a_number_is_drawn_in_half_blocks():
    assert bigtext.big("17", 1) == [
        "▄█  ▀▀█",
        " █    █",
        "▀▀▀   ▀",
    ]


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_every_letter_of_every_scale_is_as_tall_as_promised(scale: int):
    rows = bigtext.big("STAND STILL 0123456789", scale)

    assert rows is not None
    assert len(rows) == bigtext.n_rows_of(scale)
    assert len({len(row) for row in rows}) == 1


def test_a_number_keeps_its_place_whatever_it_is():
    widths = {len(row) for text in ("0", "-12", "9999", "—") for row in bigtext.number(text, 2, n_digits=4)}

    assert widths == {bigtext.number_width(4, 2)}


def test_the_bar_leans_to_the_right_when_the_right_is_larger():
    view = AsymmetryView(10.0, 5.0, 15.0, sentence="RIGHT carried 10 % more", source="peak force, this jump")

    lines = texts(bar_lines(view, 57, n_thick=1, glyphs=ASCII))

    assert lines == [
        "        20   15   10        0         10   15   20 %",
        "  LEFT  |----.----.---------|====::::##:::::----|  RIGHT",
        "    RIGHT carried 10 % more  ·  peak force, this jump",
    ]


def test_the_bar_is_the_mirror_image_for_the_other_side():
    right = plain(bar_lines(AsymmetryView(7.0, 4.0, 10.0), 81, n_thick=1, glyphs=BRAILLE)[1])[8:-8]
    left = plain(bar_lines(AsymmetryView(-7.0, -10.0, -4.0), 81, n_thick=1, glyphs=BRAILLE)[1])[8:-8]

    assert left == right[::-1].replace("├", "x").replace("┤", "├").replace("x", "┤")


def test_a_large_difference_changes_the_scale_only_when_nothing_moves():
    still = plain(bar_lines(AsymmetryView(31.0, 25.0, 37.0), 81, n_thick=1, glyphs=BRAILLE)[0])
    live = bar_lines(AsymmetryView(31.0, is_live=True), 81, n_thick=1, glyphs=BRAILLE)

    assert "40 %" in still
    assert "20 %" in plain(live[0])
    assert "▶" in plain(live[1])


def test_the_live_bar_has_no_colour_of_a_side():
    roles = {role for _, role in bar_lines(AsymmetryView(7.0, is_live=True), 81, n_thick=1, glyphs=BRAILLE)[1][2:-2]}

    assert not roles & {"left", "right", "pale-left", "pale-right"}


def test_an_unknown_asymmetry_is_an_empty_bar():
    lines = texts(bar_lines(AsymmetryView(sentence="nothing to compare yet"), 81, n_thick=1, glyphs=BRAILLE))

    assert "█" not in lines[1]
    assert lines[2].strip() == "nothing to compare yet"


def test_live_numbers_are_the_force_and_frozen_ones_the_peak(scene):
    live = numbers_of(scene("go"))
    frozen = numbers_of(scene("result"))

    assert [n.text for n in live] == ["357", "34.1", "378"]
    assert [n.text for n in frozen] == ["903", "34.1", "954"]
    assert [n.state for n in frozen] == ["peak", "trial 3", "peak"]


@pytest.mark.parametrize("name", ["connect", "weigh", "ready", "go"])
def test_body_weight_is_never_a_big_number(scene, name: str):
    shown = [n.text for n in numbers_of(scene(name))]

    assert "735" not in shown
    assert "75" not in shown
    assert not any(n.unit == "kg" for n in numbers_of(scene(name)))


def test_the_side_that_rests_is_dim(scene):
    left, right = numbers_of(scene("grip"))

    assert (left.role, right.role) == ("left", "dim")


def test_a_lost_device_turns_its_half_into_a_sentence(scene):
    lines = texts(numbers_lines(numbers_of(scene("lost")), 116, scale=2, glyphs=BRAILLE, has_note=True))

    assert any("RIGHT lost: the cable" in line for line in lines)
    assert any("█" in line[:38] for line in lines)
    assert not any("█" in line[78:] for line in lines)


def test_the_header_has_person_test_count_and_health(scene):
    line = plain(header_line(scene("result"), RECORDING, 116, glyphs=BRAILLE))

    assert line.startswith("P-014 · Countermovement jump · 2 of 3 kept")
    assert line.endswith("LEFT ● 1000 Hz · 0 lost   RIGHT ● 1000 Hz · 0 lost · 81 %   saved 0:41")


def test_the_header_of_a_narrow_terminal_cuts_nothing(scene):
    line = plain(header_line(scene("result"), RECORDING, 78, glyphs=BRAILLE))

    assert "…" not in line
    assert line.endswith("L ● 1000 Hz   R ● 1000 Hz")


def test_nothing_is_noticed_while_all_is_well(scene):
    assert notice_lines(scene("result"), RECORDING, "", width=80) == []


def test_a_full_disk_is_one_sentence(scene):
    sentence = "Disk is full: recording has stopped at 14:33:10, everything before is safe. Free space, then press w."

    lines = texts(notice_lines(scene("go"), replace(RECORDING, error=sentence), "", width=120))

    assert lines == [f"! {sentence}"]


def test_a_stalled_device_is_noticed_and_a_lost_one_speaks_in_its_half(scene):
    stalled = replace(scene("go").devices[1], state=DeviceState.STALLED, message="RIGHT has sent nothing for 0.4 s.")
    snapshot = replace(scene("go"), devices=(scene("go").devices[0], stalled))

    assert texts(notice_lines(snapshot, RECORDING, "", width=80)) == ["! RIGHT has sent nothing for 0.4 s."]
    assert notice_lines(scene("lost"), RECORDING, "", width=80) == []


def test_a_call_is_marked_and_a_state_is_not():
    call = headline_lines(Headline("JUMP", "now", is_call=True), 78, scale=0, glyphs=BRAILLE)
    state = headline_lines(Headline("READY", "any time"), 78, scale=0, glyphs=BRAILLE)

    assert call[0][0] == (" JUMP ", "chip")
    assert state[0][0] == ("READY", "strong")
    assert len(call) == len(state) == 2


def test_a_long_call_is_wrapped_and_not_cut():
    text = "One foot on each plate, hands on the hips. Stand still until you are told to jump."

    small = " ".join(
        t.strip() for t in texts(headline_lines(Headline(text, "detail", is_call=True), 78, scale=0, glyphs=BRAILLE))
    )
    tall = headline_lines(Headline(text, "detail", is_call=True), 116, scale=1, glyphs=BRAILLE)

    assert small == text
    assert len(tall) == 4
    assert any(text in line for line in texts(tall))


def test_the_reason_moves_below_the_big_word():
    lines = texts(headline_lines(Headline("AGAIN: you moved while weighing"), 116, scale=1, glyphs=BRAILLE))

    assert lines[-1] == "you moved while weighing."
    assert "▀" in lines[0]


def test_the_weighing_light_fills():
    line = plain(headline_lines(Headline("STAND STILL", progress=0.45), 78, scale=0, glyphs=ASCII)[0])

    assert "####....." in line


def test_the_table_of_a_jump_as_it_reads(scene):
    assert texts(trials_lines(scene("result"), 78, n_rows=2)) == [
        " #   height cm  peak L  peak R   asymmetry %  verdict",
        " 2           —       —       —             —  again: you moved while weighing",
        " 3  34.1 ± 0.4     912     961  R  5.3 ± 1.9  kept, best",
    ]


def test_the_table_of_a_grip_test_names_the_limb(scene):
    rows = texts(trials_lines(scene("grip"), 116, n_rows=5))

    assert rows[0].split() == ["#", "limb", "peak", "N", "RFD", "0-200", "ms", "N/s", "verdict"]
    assert rows[1].split() == ["1", "right", "412", "±", "3", "1277", "±", "60", "kept,", "best"]


def test_there_is_no_table_before_the_first_trial(scene):
    assert trials_lines(scene("weigh"), 116, n_rows=5) == []


def test_the_summary_has_left_before_right(scene):
    rows = texts(summary_lines(scene("done"), 78, n_rows=10))

    assert rows[0].split() == ["SUMMARY", "LEFT", "RIGHT", "BOTH"]
    assert rows[1].split() == ["jump", "height,", "best", "34.1", "±", "0.4", "cm"]
    assert any(row.split()[:6] == ["peak", "force,", "mean", "903", "±", "8"] for row in rows)


@pytest.mark.parametrize("width", [200, 116, 78, 50, 20])
@pytest.mark.parametrize("name", ["connect", "weigh", "ready", "go", "result", "done", "lost", "grip"])
def test_the_keys_fit_the_line(scene, name: str, width: int):
    keys = key_line(scene(name), width)

    assert width_of(keys.line) <= width
    assert name == "done" or "esc STOP" in plain(keys.line) or width < 40


def test_every_key_shown_is_where_its_action_is(scene):
    keys = key_line(scene("result"), 116)
    text = plain(keys.line)

    for key in KEYS:
        if f"{key.name} {key.label(scene('result'))}" in text:
            assert keys.action_at(text.index(f"{key.name} {key.label(scene('result'))}")) == key.action
    assert keys.action_at(text.index("keep") + 4) == ""


def test_keys_that_do_nothing_now_are_not_shown(scene):
    assert "keep" not in plain(key_line(scene("weigh"), 200).line)
    assert "swap" not in plain(key_line(scene("result"), 200).line)
    assert "swap" in plain(key_line(replace(scene("grip"), phase=Phase.REST), 200).line)
    assert "stop" in plain(key_line(scene("go"), 200).line)


def test_the_help_names_every_key():
    page = "\n".join(texts(help_lines(100)))

    assert all(key.name in page and key.help in page for key in KEYS)


def test_names_from_outside_lose_everything_that_is_not_text():
    hostile = "\x1b]52;c;aGk=\x07[/nope]\u202egnirts\x00\n"

    assert said(hostile) == "]52;c;aGk=[/nope]gnirts"


def test_wide_characters_are_counted_in_cells():
    line = fitted((("体育館", "strong"), ("abc", "")), 8)

    assert width_of(line) == 8
    assert plain(line).startswith("体育館")


@pytest.mark.parametrize(
    ("size", "name"),
    [
        ((200, 60), "large"),
        ((120, 40), "medium"),
        ((100, 30), "middle"),
        ((80, 24), "small"),
        ((50, 14), "minimal"),
        ((60, 15), "minimal"),
    ],
)
def test_the_layout_follows_the_terminal(size: tuple[int, int], name: str):
    assert layout_for(*size).name == name


def test_an_unknown_glyph_set_is_refused_by_name():
    assert glyphs_named("") is BRAILLE
    assert glyphs_named("ASCII") is ASCII
    with pytest.raises(UsageError, match="braille, block, ascii"):
        glyphs_named("emoji")


def test_every_count_has_its_limb(scene):
    line = plain(
        header_line(replace(scene("grip"), n_kept={Limb.LEFT: 1, Limb.RIGHT: 2}, n_wanted=6), RECORDING, 140, glyphs=BRAILLE)
    )

    assert "3 of 6 kept (left 1, right 2)" in line
