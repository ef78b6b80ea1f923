"""A snapshot to the parts of the screen, each repainted only where it changed."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from daq.dashboard import bigtext, digits
from daq.dashboard.asymmetry import bar_lines
from daq.dashboard.glyphs import Glyphs
from daq.dashboard.header import header_line, headline_lines, notice_lines
from daq.dashboard.keys import KeyLine, help_lines, key_line
from daq.dashboard.layout import SMALL, Layout
from daq.dashboard.lines import Lines
from daq.dashboard.source import RecordingView
from daq.dashboard.trace import Trace
from daq.dashboard.trials import summary_lines, trials_lines
from daq.session.snapshot import Phase, Snapshot

_MINIMAL_SENTENCE_ROWS = 1


class Keys(Lines):
    """The line of keys; a click on one is the key."""

    class Pressed(Message):
        """A key was clicked; ``action`` is what it does."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, *, id: str, is_ascii: bool = False) -> None:  # noqa: A002, the word of the toolkit
        super().__init__(id=id, is_ascii=is_ascii)
        self._keys = KeyLine((), ())

    def show(self, snapshot: Snapshot) -> None:
        """The keys that work in this state."""
        self._keys = key_line(snapshot, self.size.width)
        self.paint((self._keys.line,))

    def on_click(self, event: events.Click) -> None:
        """Do what the key under the mouse does."""
        if action := self._keys.action_at(event.x):
            self.post_message(self.Pressed(action))


class Dashboard(Vertical):
    """All parts above the note and the keys, arranged for the size of the terminal."""

    def __init__(self, *, id: str, glyphs: Glyphs) -> None:  # noqa: A002, the word of the toolkit
        super().__init__(id=id)
        self._glyphs = glyphs
        self._layout_now = SMALL
        self._header = Lines(id="header", is_ascii=glyphs.is_ascii)
        self._notice = Lines(id="notice", is_ascii=glyphs.is_ascii)
        self._headline = Lines(id="headline", is_ascii=glyphs.is_ascii)
        self._numbers = Lines(id="numbers", is_ascii=glyphs.is_ascii)
        self._bar = Lines(id="bar", is_ascii=glyphs.is_ascii)
        self.trace = Trace(id="trace", glyphs=glyphs)
        self._summary = Lines(id="summary", is_ascii=glyphs.is_ascii)
        self._trials = Lines(id="trials", is_ascii=glyphs.is_ascii)
        self._help = Lines(id="help", is_ascii=glyphs.is_ascii)
        self.has_help = False

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self._header
        yield self._notice
        yield self._headline
        yield self._numbers
        yield self._bar
        yield self.trace
        yield self._summary
        yield self._trials
        yield self._help

    def fit_to(self, layout: Layout) -> None:
        """Give every part its height; the trace takes what is left."""
        self._layout_now = layout
        self._header.display = layout.has_header
        self._header.styles.height = 1
        n_headline = bigtext.n_rows_of(layout.headline_scale) + 1
        self._headline.styles.height = n_headline
        self._numbers.styles.height = digits.n_lines(layout.digit_scale, has_note=layout.has_notes)
        self._bar.styles.height = layout.bar_rows + 2 if layout.bar_rows else _MINIMAL_SENTENCE_ROWS
        self._trials.styles.height = layout.n_trials + 1
        for part in (self._headline, self._numbers, self._bar):
            part.styles.margin = (0, 0, layout.gap, 0)
        if layout.name == "minimal":
            self._numbers.styles.margin = (0, 0, 1, 0)
        self._trials.styles.margin = (layout.gap, 0, layout.gap, 0)

    @property
    def sizes(self) -> tuple[object, ...]:
        """Sizes of the parts whose lines depend on them; when they change, the words are due again."""
        return (self.size, self._summary.size, self._help.size)

    def show_trace(self, snapshot: Snapshot) -> None:
        """The part that moves at the full rate."""
        if self.trace.display and self.trace.size.width:
            self.trace.show(snapshot)

    def show_words(self, snapshot: Snapshot, recording: RecordingView, own: str) -> None:
        """The parts that people read: ten times a second are enough, so that they stand still."""
        layout, width = self._layout_now, self.size.width
        if not width:
            return
        self._choose_middle(snapshot)
        notices = notice_lines(snapshot, recording, own, width=width, n_rows=2 if layout.has_header else 1)
        n_notices = max(len(notices), layout.gap) if layout.has_header else min(len(notices), 1)
        if self._notice.styles.height is None or self._notice.styles.height.value != n_notices:
            self._notice.styles.height = n_notices
        self._notice.display = n_notices > 0
        self._notice.paint(notices[:n_notices])
        self._header.paint((header_line(snapshot, recording, width, glyphs=self._glyphs),))
        self._headline.paint(headline_lines(snapshot.headline, width, scale=layout.headline_scale, glyphs=self._glyphs))
        numbers = digits.numbers_of(snapshot)
        if not layout.has_header:
            numbers = [n for n in numbers if n.unit == "N"]
        self._numbers.paint(
            digits.numbers_lines(numbers, width, scale=layout.digit_scale, glyphs=self._glyphs, has_note=layout.has_notes)
        )
        self._bar.paint(bar_lines(snapshot.asymmetry, width, n_thick=layout.bar_rows, glyphs=self._glyphs))
        self._trials.paint(trials_lines(snapshot, width, n_rows=layout.n_trials))
        if self._summary.display:
            self._summary.paint(summary_lines(snapshot, width, n_rows=self._summary.size.height))
        if self._help.display:
            self._help.paint(help_lines(width))

    def _choose_middle(self, snapshot: Snapshot) -> None:
        layout = self._layout_now
        is_over = snapshot.phase is Phase.DONE and bool(snapshot.summary)
        self._help.display = self.has_help
        self._summary.display = is_over and layout.has_trace and not self.has_help
        self.trace.display = layout.has_trace and not is_over and not self.has_help
        self._trials.display = layout.n_trials > 0 and not self.has_help
