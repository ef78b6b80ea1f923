"""A session to a live screen: pulls snapshots, paints what changed, sends keys down as commands."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from daq.block import Scalar
from daq.dashboard import theme
from daq.dashboard.glyphs import GLYPHS_VARIABLE, glyphs_named
from daq.dashboard.layout import LAYOUTS, layout_for
from daq.dashboard.parts import Dashboard, Keys
from daq.dashboard.source import NO_ARGS, Source
from daq.errors import DaqError
from daq.session.snapshot import EMPTY_SNAPSHOT, Snapshot
from daq.units import clean_name

FRAMES_HZ = 30
WORDS_HZ = 10
THEME_VARIABLE = "LIMB_DAQ_THEME"
_SENTENCE_S = 8.0
_LONGEST_NOTE = 400


class LiveApp(App[int]):
    """The dashboard. ``failure`` is the error that ended it, None after a normal exit."""

    CSS_PATH = Path(__file__).with_name("dashboard.tcss")
    TITLE = "limb-daq"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "go_stop", show=False),
        Binding("k", "keep", show=False),
        Binding("x", "reject", show=False),
        Binding("r", "retake", show=False),
        Binding("s", "swap", show=False),
        Binding("z", "zero", show=False),
        Binding("n", "note", show=False),
        Binding("e", "export", show=False),
        Binding("plus,equals_sign", "zoom(1)", show=False),
        Binding("minus", "zoom(-1)", show=False),
        Binding("t", "toggle_light", show=False),
        Binding("question_mark", "toggle_help", show=False),
        Binding("q", "quit_now", show=False),
        Binding("escape", "stop", show=False, priority=True),
        Binding("ctrl+c,ctrl+q", "quit_now", show=False, priority=True),
    ]

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source
        self.failure: DaqError | None = None
        self.latest: Snapshot = EMPTY_SNAPSHOT
        self._glyphs = glyphs_named(os.environ.get(GLYPHS_VARIABLE, ""))
        self._own = ""
        self._own_until_s = 0.0
        self._words_key: tuple[object, ...] = ()
        self._dashboard = Dashboard(id="dashboard", glyphs=self._glyphs)
        self._keys = Keys(id="keys", is_ascii=self._glyphs.is_ascii)
        self._note = Input(id="note", placeholder="note: enter keeps it, enter on an empty line closes", compact=True)
        self.register_theme(theme.DARK)
        self.register_theme(theme.LIGHT)
        self.theme = (theme.LIGHT if os.environ.get(THEME_VARIABLE, "") == "light" else theme.DARK).name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours of the limbs for themes that do not know them."""
        return dict(theme.FALLBACK)

    def compose(self) -> ComposeResult:
        """The dashboard, the note where one is written, the keys."""
        yield self._dashboard
        yield self._note
        yield self._keys

    def on_mount(self) -> None:
        """Paint first, then open devices."""
        self._note.display = False
        self._keys.styles.height = 1
        self.set_interval(1.0 / FRAMES_HZ, self.pull)
        self.call_after_refresh(self._begin)

    def on_resize(self, event: events.Resize) -> None:
        """Arrange for the new size."""
        layout = layout_for(event.size.width, event.size.height)
        for one in LAYOUTS:
            self.screen.set_class(one is layout, f"-{one.name}")
        self._dashboard.fit_to(layout)
        self._refresh_words()

    async def on_unmount(self) -> None:
        """Close devices and recording, however the screen ended."""
        await self.source.close()

    def _begin(self) -> None:
        self.run_worker(self._start(), exit_on_error=True)

    async def _start(self) -> None:
        try:
            await self.source.start()
        except DaqError as error:
            self.failure = error
            self.exit(error.exit_code)

    def pull(self) -> None:
        """One frame: the trace every time, the words when their tenth of a second or their meaning changed."""
        snapshot = self.source.snapshot()
        if snapshot.headline.is_call and not self.latest.headline.is_call:
            self.bell()
        self.latest = snapshot
        self._dashboard.show_trace(snapshot)
        key = (int(snapshot.t_s * WORDS_HZ), snapshot.phase, snapshot.headline, len(snapshot.trials), self._dashboard.sizes)
        if key != self._words_key:
            self._words_key = key
            if snapshot.t_s > self._own_until_s:
                self._own = ""
            self._dashboard.show_words(snapshot, self.source.recording, self._own)
            self._keys.show(snapshot)

    def tell(self, sentence: str) -> None:
        """Show a sentence of the screen itself for a while."""
        self._own = clean_name(sentence, longest=_LONGEST_NOTE)
        self._own_until_s = self.latest.t_s + _SENTENCE_S
        self._refresh_words()

    def _refresh_words(self) -> None:
        self._words_key = ()

    def _send(self, name: str, args: dict[str, Scalar] | None = None) -> None:
        try:
            self.source.command(name, args or NO_ARGS)
        except DaqError as error:
            self.tell(str(error))

    def action_go_stop(self) -> None:
        """Begin, or end the trial under way."""
        self._send("go_stop")

    def action_keep(self) -> None:
        """Keep the last trial."""
        self._send("keep")

    def action_reject(self) -> None:
        """Reject the last trial."""
        self._send("reject")

    def action_retake(self) -> None:
        """Reject the last trial and go again."""
        self._send("retake")

    def action_swap(self) -> None:
        """The other side is next."""
        self._send("swap")

    def action_zero(self) -> None:
        """Zero the devices."""
        self._send("zero")

    def action_stop(self) -> None:
        """STOP, in any state and whatever is open; a half-written note stays for the next ``n``."""
        self._send("stop")
        self._close_note()
        self._show_help(is_on=False)

    def action_zoom(self, steps: int) -> None:
        """Less or more time in the trace."""
        self._dashboard.trace.zoom(steps)

    def action_toggle_light(self) -> None:
        """Light or dark."""
        self.theme = (theme.LIGHT if self.current_theme.dark else theme.DARK).name
        self._refresh_words()

    def action_toggle_help(self) -> None:
        """The page of keys, and back; nothing stops meanwhile."""
        self._show_help(is_on=not self._dashboard.has_help)

    def _show_help(self, *, is_on: bool) -> None:
        self._dashboard.has_help = is_on
        self._refresh_words()

    def action_note(self) -> None:
        """Open the line for a note; the session goes on."""
        self._note.display = True
        self._note.focus()

    def _close_note(self) -> None:
        self._note.display = False
        self.set_focus(None)

    @on(Input.Submitted, "#note")
    def _note_written(self, event: Input.Submitted) -> None:
        text = clean_name(event.value, longest=_LONGEST_NOTE)
        if text:
            self._send("note", {"text": text})
            self.tell(f"Noted: {text}")
        self._note.value = ""
        self._close_note()

    @on(Keys.Pressed)
    async def _key_clicked(self, event: Keys.Pressed) -> None:
        await self.run_action(event.action)

    def action_export(self) -> None:
        """Write the tables, beside everything else."""
        if not self.latest.trials:
            self.tell("There is no trial to export yet.")
            return
        self.run_worker(self._export(), group="export", exclusive=True)

    async def _export(self) -> None:
        try:
            self.tell(await self.source.export())
        except DaqError as error:
            self.tell(str(error))

    def action_quit_now(self) -> None:
        """Leave; devices and recording are closed on the way out."""
        self.exit(0)


def run_dashboard(source: Source) -> int:
    """Show ``source`` until the user leaves; returns the exit code.

    Raises
    ------
    DaqError
        The source could not start.
    """
    app = LiveApp(source)
    code = app.run()
    if app.failure is not None:
        raise app.failure
    return 1 if code is None else code


async def wait_a_frame() -> None:
    """Let the loop go round once; for whoever drives the screen without a terminal."""
    await asyncio.sleep(1.0 / FRAMES_HZ)
