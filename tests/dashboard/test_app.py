from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from daq.dashboard.app import LiveApp
from daq.dashboard.keys import KEYS
from daq.dashboard.parts import Keys
from daq.dashboard.picture import size_from, take_picture
from daq.dashboard.source import RecordingView
from daq.dashboard.theme import DARK, LIGHT
from daq.errors import DaqError, UsageError
from daq.session.snapshot import Phase

SIZES = [(80, 24), (120, 40), (200, 60), (50, 14)]
SCENES = ["connect", "weigh", "ready", "go", "result", "done", "lost", "grip"]


def screen_lines(app: LiveApp) -> list[str]:
    return [strip.text for strip in app.screen._compositor.render_strips()]


async def settle(app: LiveApp, pilot) -> None:
    for _ in range(3):
        app.pull()
        await pilot.pause(0.03)


@pytest.mark.parametrize("name", SCENES)
async def test_every_scene_fits_every_terminal(scene, source_of, name: str):
    snapshot = scene(name)
    app = LiveApp(source_of(snapshot))
    seen = {}

    async with app.run_test(size=SIZES[0]) as pilot:
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await settle(app, pilot)
            seen[size] = screen_lines(app)

    for (width, height), lines in seen.items():
        page = "\n".join(lines)
        assert [len(line) for line in lines] == [width] * height
        assert "LEFT" in page
        assert "RIGHT" in page
        assert lines[-1].strip().endswith("keys")
        if height > 16:
            assert "P-014" in lines[0]
            assert name == "done" or "now" in page
        if height < 30:
            assert snapshot.headline.text in page


async def test_the_small_screen_reads_from_top_to_bottom(source):
    app = LiveApp(source)

    async with app.run_test(size=(80, 24)) as pilot:
        await settle(app, pilot)
        lines = [line.strip() for line in screen_lines(app)]

    assert lines[1] == "KEPT  34.1 cm. Rest, the next one in 12 s."
    assert lines[3].split() == ["peak", "LEFT", "trial", "3", "HEIGHT", "peak", "RIGHT"]
    assert lines[9] == "RIGHT carried 5.3 % more ± 1.9 instrument  ·  peak force, this jump"
    assert lines[22].endswith("kept, best")


@pytest.mark.parametrize(
    ("key", "command"),
    [
        ("space", "go_stop"),
        ("k", "keep"),
        ("x", "reject"),
        ("r", "retake"),
        ("s", "swap"),
        ("z", "zero"),
        ("escape", "stop"),
    ],
)
async def test_a_key_sends_its_command(source, key: str, command: str):
    app = LiveApp(source)

    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(key)

    assert source.sent == [(command, {})]


async def test_a_note_is_written_while_the_session_goes_on(source):
    app = LiveApp(source)

    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("n", *"knee ok", "enter")
        pulled = source.n_pulled
        app.pull()
        await pilot.press("k")

    assert source.sent == [("note", {"text": "knee ok"}), ("keep", {})]
    assert source.n_pulled > pulled


async def test_esc_is_stop_also_while_a_note_is_written(source):
    app = LiveApp(source)

    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("n", "k", "escape", "k")

    assert source.sent == [("stop", {}), ("keep", {})]


async def test_esc_is_stop_also_over_the_help(source):
    app = LiveApp(source)

    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("question_mark")
        await settle(app, pilot)
        with_help = "\n".join(screen_lines(app))
        await pilot.press("escape")
        await settle(app, pilot)
        without = "\n".join(screen_lines(app))

    assert "keep the last trial" in with_help
    assert "keep the last trial" not in without
    assert source.sent == [("stop", {})]


async def test_the_source_starts_after_the_first_paint_and_closes_on_exit(source):
    app = LiveApp(source)

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("q")

    assert [call.split()[0] for call in source.calls] == ["start", "close"]
    assert app.return_value == 0


async def test_a_source_that_cannot_start_ends_the_screen_with_its_sentence(source):
    class Broken(type(source)):
        async def start(self) -> None:
            raise DaqError("The port is taken. Close the other program.")

    broken = Broken(source.now)
    app = LiveApp(broken)

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.05)

    assert str(app.failure) == "The port is taken. Close the other program."
    assert app.return_value == 1
    assert broken.calls == ["close"]


async def test_export_says_where(source):
    app = LiveApp(source)

    async with app.run_test(size=(120, 40)) as pilot:
        await settle(app, pilot)
        await pilot.press("e")
        await settle(app, pilot)
        page = "\n".join(screen_lines(app))

    assert "Two tables are in the folder exports." in page


async def test_a_click_on_a_key_is_the_key(source):
    app = LiveApp(source)

    async with app.run_test(size=(120, 40)) as pilot:
        await settle(app, pilot)
        x = app.query_one(Keys).text.index("keep")
        await pilot.click(Keys, offset=(x, 0))
        await pilot.pause()

    assert source.sent == [("keep", {})]


async def test_hostile_names_are_shown_as_text_and_nothing_else(source, scene):
    evil = "[/nope][@click=app.quit]x[/]\x1b]52;c;aGk=\x07\u202e"
    base = scene("result")
    devices = tuple(replace(d, message=evil, serial=evil) for d in base.devices)
    trials = tuple(replace(t, verdict=evil) for t in base.trials)
    source.now = replace(
        base,
        person=evil,
        assessment=evil,
        headline=replace(base.headline, text=evil, detail=evil),
        asymmetry=replace(base.asymmetry, sentence=evil, source=evil),
        devices=devices,
        trials=trials,
        notices=(evil,),
    )
    app = LiveApp(source)

    async with app.run_test(size=(200, 60)) as pilot:
        await settle(app, pilot)
        page = "\n".join(screen_lines(app))

    assert "[/nope]" in page
    assert not {"\x1b", "\x07", "\u202e"} & set(page)


async def test_zoom_changes_the_time_on_show(source):
    app = LiveApp(source)

    async with app.run_test(size=(120, 40)) as pilot:
        await settle(app, pilot)
        await pilot.press("minus", "minus")
        await settle(app, pilot)
        wide = "\n".join(screen_lines(app))
        await pilot.press(*["plus"] * 9)
        await settle(app, pilot)
        narrow = "\n".join(screen_lines(app))

    assert "-14 s" in wide
    assert "-2 s" in narrow
    assert "-3 s" not in narrow


@pytest.mark.parametrize("name", ["limb-dark", "limb-light", "textual-light", "nord"])
async def test_the_words_are_the_same_in_every_theme_and_the_sides_have_their_colours(source, name: str):
    app = LiveApp(source)

    async with app.run_test(size=(120, 40)) as pilot:
        await settle(app, pilot)
        before = screen_lines(app)
        app.theme = name
        await settle(app, pilot)
        strips = app.screen._compositor.render_strips()
        colours = {
            segment.text.strip(): segment.style.color.name
            for strip in strips
            for segment in strip
            if segment.style and segment.style.color
        }

    assert [strip.text for strip in strips] == before
    wanted = LIGHT.variables if name == "limb-light" else {"limb-left": "#56B4E9", "limb-right": "#E69F00"}
    assert colours["LEFT"].upper() == wanted["limb-left"].upper()
    assert colours["RIGHT"].upper() == wanted["limb-right"].upper()


def contrast(one: str, other: str) -> float:
    """WCAG 2.1 contrast ratio of two colours #RRGGBB."""

    def luminance(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_in_both_themes_has_a_contrast_of_at_least_4_5():
    for theme in (DARK, LIGHT):
        for colour in (*theme.variables.values(), theme.foreground, theme.accent, theme.warning, theme.success):
            assert contrast(colour, theme.background) >= 4.5, (theme.name, colour)


async def test_only_parts_that_changed_are_painted_again(source):
    app = LiveApp(source)

    async with app.run_test(size=(120, 40)) as pilot:
        await settle(app, pilot)
        header, numbers = (app.query_one(f"#{name}") for name in ("header", "numbers"))
        before = header.lines, numbers.lines
        source.now = replace(source.now, t_s=source.now.t_s + 0.2)
        app.pull()
        same = header._repaint_required or numbers._repaint_required

    assert not same
    assert (header.lines, numbers.lines) == before


@pytest.mark.parametrize("glyphs", ["block", "ascii"])
async def test_other_glyphs_are_chosen_by_the_environment(source, monkeypatch, glyphs: str):
    monkeypatch.setenv("LIMB_DAQ_GLYPHS", glyphs)
    app = LiveApp(source)

    async with app.run_test(size=(120, 40)) as pilot:
        await settle(app, pilot)
        page = "\n".join(screen_lines(app))

    assert not any(0x2800 <= ord(c) <= 0x28FF for c in page)
    if glyphs == "ascii":
        assert page.isascii()


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40)])
async def test_a_full_disk_stands_whole_on_the_screen(source, size: tuple[int, int]):
    error = (
        "Recording has stopped, the disk refused (No space left on device); 4180 inputs are kept in "
        "20260301-101500-cmj-p-014.mcap.part. Free some space and begin a new recording."
    )
    source.recording = RecordingView("a", 41.9, 4180, error, has_stopped=True)
    app = LiveApp(source)

    async with app.run_test(size=size) as pilot:
        await settle(app, pilot)
        lines = screen_lines(app)

    assert "NOT RECORDED" in lines[0]
    assert error in " ".join(" ".join(lines).split())
    assert "keys" in lines[-1]


async def test_a_note_that_was_written_shows_once(source):
    app = LiveApp(source)
    source.now = replace(source.now, notices=("Note: knee ok",))

    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("n", *"knee ok", "enter")
        await settle(app, pilot)
        page = "\n".join(screen_lines(app))

    assert page.count("knee ok") == 1
    assert "Noted: knee ok" in page


async def test_a_new_size_is_a_new_layout(source):
    app = LiveApp(source)

    async with app.run_test(size=(120, 40)) as pilot:
        await settle(app, pilot)
        await pilot.resize_terminal(50, 14)
        await settle(app, pilot)
        small = screen_lines(app)
        await pilot.resize_terminal(200, 60)
        await settle(app, pilot)
        large = screen_lines(app)

    assert len(small) == 14
    assert not any("peak L" in line for line in small)
    assert any("peak L" in line for line in large)


async def test_a_picture_is_taken_when_its_moment_comes(source, scene, tmp_path: Path):
    source.moves = lambda now, n: scene("weigh") if n < 5 else now
    out = tmp_path / "folder" / "screen.svg"

    await take_picture(LiveApp(source), size=(80, 24), when=lambda s: s.phase is Phase.RESULT, out=out, time_limit_s=5)

    picture = out.read_text(encoding="utf-8")
    assert picture.startswith("<svg")
    assert "font-face" not in picture
    assert "HEIGHT" in "".join(re.findall(r"<text[^>]*>([^<]*)</text>", picture))


async def test_a_moment_that_never_comes_is_one_sentence(source, tmp_path: Path):
    with pytest.raises(UsageError, match="within 0 s"):
        await take_picture(LiveApp(source), size=(80, 24), when=lambda _: False, out=tmp_path / "x.svg", time_limit_s=0.2)


@pytest.mark.parametrize("text", ["120", "x40", "0x0", "120x", "9999x40", "-5x10"])
def test_a_size_that_is_none_is_refused(text: str):
    with pytest.raises(UsageError, match=r"120x40|20x5"):
        size_from(text)


def test_nothing_heavy_is_loaded_before_the_first_frame():
    heavy = "('scipy', 'sqlalchemy', 'mcap', 'pydantic', 'bleak')"
    code = f"import daq.dashboard.app, sys; print([m for m in {heavy} if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_every_key_has_an_action_of_the_screen():
    assert all(hasattr(LiveApp, f"action_{key.action.partition('(')[0]}") for key in KEYS)
