"""What works now to the line of keys at the bottom, and all of it to the page behind ``?``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from daq.dashboard.lines import Line, Span, fitted, width_of
from daq.dashboard.words import is_alternate
from daq.session.snapshot import Phase, Snapshot

_OVER = frozenset({Phase.DONE, Phase.STOPPED})
_JUDGED = frozenset({Phase.RESULT, Phase.REST, Phase.DONE, Phase.STOPPED, Phase.READY, Phase.LOAD})
_MOVING = frozenset({Phase.GO, Phase.WEIGH, Phase.CONNECT})


@dataclass(frozen=True, slots=True)
class Key:
    """One key. ``rank`` 0 stays on the line, higher ones leave first when it gets narrow; ``name`` is what people read."""

    name: str
    label: Callable[[Snapshot], str]
    action: str
    is_on: Callable[[Snapshot], bool]
    help: str
    rank: int


def _always(_: Snapshot) -> bool:
    return True


def _has_verdict(snapshot: Snapshot) -> bool:
    return bool(snapshot.trials) and snapshot.phase in _JUDGED


def _label(text: str) -> Callable[[Snapshot], str]:
    return lambda _: text


def _go_stop(snapshot: Snapshot) -> str:
    return "stop" if snapshot.phase is Phase.GO else "go"


KEYS = (
    Key("space", _go_stop, "go_stop", lambda s: s.phase is not Phase.CONNECT, "begin, or end the trial under way", 0),
    Key("k", _label("keep"), "keep", _has_verdict, "keep the last trial, also against the gates", 1),
    Key("x", _label("reject"), "reject", _has_verdict, "reject the last trial; it is stored, and not counted", 1),
    Key("r", _label("retake"), "retake", _has_verdict, "reject the last trial and go again", 2),
    Key("s", _label("swap side"), "swap", lambda s: is_alternate(s) and s.phase not in _MOVING, "the other side is next", 2),
    Key("z", _label("zero"), "zero", lambda s: s.phase not in _MOVING, "zero the devices: plates empty, handles free", 3),
    Key("n", _label("note"), "note", _always, "write a note; it is stored with its time", 3),
    Key("e", _label("export"), "export", lambda s: bool(s.trials), "write samples and values as tables", 4),
    Key("+ -", _label("zoom"), "zoom(1)", _always, "less or more time in the trace", 5),
    Key("t", _label("light"), "toggle_light", lambda _: False, "light or dark screen", 6),
    Key(
        "esc",
        _label("STOP"),
        "stop",
        lambda s: s.phase not in _OVER,
        "STOP in any state: the trial ends, is kept as stopped",
        0,
    ),
    Key("q", _label("quit"), "quit_now", lambda s: s.phase not in _MOVING, "close devices and recording, and leave", 2),
    Key("?", _label("keys"), "toggle_help", _always, "this page, and back", 0),
)


@dataclass(frozen=True, slots=True)
class KeyLine:
    """The line, and which cells belong to which action: (first, last + 1, action)."""

    line: Line
    places: tuple[tuple[int, int, str], ...]

    def action_at(self, x: int) -> str:
        """The action of cell ``x``, "" between the keys."""
        return next((action for first, end, action in self.places if first <= x < end), "")


def key_line(snapshot: Snapshot, width: int) -> KeyLine:
    """The keys that work now, the least needed ones left out until the line fits."""
    on = [key for key in KEYS if key.is_on(snapshot)]
    line = KeyLine((), ())
    for most, gap in ((most, gap) for most in (5, 4, 3, 2, 1, 0) for gap in (3, 2)):
        line = _laid_out([key for key in on if key.rank <= most], snapshot, gap=gap)
        if width_of(line.line) <= width:
            return line
    return KeyLine(fitted(line.line, width), line.places)


def _laid_out(keys: list[Key], snapshot: Snapshot, *, gap: int) -> KeyLine:
    spans: list[Span] = []
    places = []
    for key in keys:
        if spans:
            spans.append((" " * gap, ""))
        first = width_of(spans)
        spans += [(key.name, "strong"), (f" {key.label(snapshot)}", "dim")]
        places.append((first, width_of(spans), key.action))
    return KeyLine(tuple(spans), tuple(places))


def help_lines(width: int) -> list[Line]:
    """Every key with what it does, and how to read the screen."""
    keys = [fitted(((f"{key.name:>7}", "strong"), (f"   {key.help}", "")), width) for key in KEYS]
    words = (
        "Left is on the left. The bar leans to the side with more force; the pale part is its 95 % interval.",
        "The floor of the trace is heavy under a kept trial, dashed under a rejected one, broken where samples are missing.",
        "In the trace the left is drawn solid, the right dotted.",
    )
    return [
        fitted((("KEYS", "strong"),), width),
        *keys,
        fitted((), width),
        *(fitted(((text, "dim"),), width) for text in words),
    ]
