"""Person, test, devices and the one sentence of state to the lines at the top of the screen."""

from __future__ import annotations

import textwrap

from daq.block import Limb
from daq.dashboard import bigtext
from daq.dashboard.glyphs import Glyphs
from daq.dashboard.lines import Line, Span, fitted, said, width_of
from daq.dashboard.source import RecordingView
from daq.dashboard.words import as_sentences
from daq.session.snapshot import DeviceState, DeviceView, Headline, Snapshot
from daq.units import clean_name, text_of

_WELL = frozenset({DeviceState.STREAMING, DeviceState.STARTING, DeviceState.CLOSED})
_IN_THE_HALF = frozenset({DeviceState.LOST, DeviceState.REFUSED})
_LIGHT_CELLS = 9
_LOW_BATTERY_PERCENT = 20
_MOST_NOTICES = 2
_NOTE = "Note: "


def header_line(snapshot: Snapshot, recording: RecordingView, width: int, *, glyphs: Glyphs) -> Line:
    """Who and what on the left; how the devices are on the right, in as many words as fit."""
    who = _who(snapshot)
    choices = [_health(snapshot, recording, glyphs=glyphs, amount=amount) for amount in (3, 2, 1, 0)]
    right = next((line for line in choices if width_of(who) + 2 + width_of(line) <= width), choices[-1])
    left = fitted(who, max(width - width_of(right) - 2, 0))
    return fitted((*left, ("  ", ""), *right), width)


def _who(snapshot: Snapshot) -> Line:
    parts = [clean_name(snapshot.person), clean_name(snapshot.assessment), _count(snapshot)]
    shown = [p for p in parts if p]
    return tuple((text if k == 0 else f" · {text}", "strong" if k == 0 else "dim") for k, text in enumerate(shown))


def _count(snapshot: Snapshot) -> str:
    if not snapshot.n_wanted:
        return ""
    counted = [(limb, snapshot.n_kept.get(limb, 0)) for limb in Limb if limb in snapshot.n_kept]
    if len(counted) < 2:  # noqa: PLR2004, one count needs no name
        return f"{counted[0][1] if counted else 0} of {snapshot.n_wanted} kept"
    each = ", ".join(f"{limb.value} {n}" for limb, n in counted)
    return f"{sum(n for _, n in counted)} of {snapshot.n_wanted} kept ({each})"


def _health(snapshot: Snapshot, recording: RecordingView, *, glyphs: Glyphs, amount: int) -> Line:
    spans: list[Span] = []
    for device in snapshot.devices:
        spans += [("   " if spans else "", ""), *_device(device, glyphs=glyphs, amount=amount)]
    if recording.has_stopped:
        spans += [("   ", ""), ("NOT RECORDED", "warn")]
    elif amount > 1 and recording.path and not recording.error:
        minutes, seconds = divmod(int(recording.acknowledged_s), 60)
        spans += [(f"   saved {minutes}:{seconds:02d}", "dim")]
    return tuple(spans)


def _device(device: DeviceView, *, glyphs: Glyphs, amount: int) -> list[Span]:
    sides = [limb.value.upper() for limb in device.sides]
    name = "+".join(s[0] if amount < 2 else s for s in sides) or clean_name(device.name)  # noqa: PLR2004, amounts of words
    is_well = device.state in _WELL
    facts = [] if device.state is DeviceState.STREAMING else [device.state.value]
    if device.state is DeviceState.STREAMING:
        rate_hz = device.rate_hz if device.measured_hz is None else device.measured_hz
        facts += [text_of(rate_hz, unit="Hz")] if rate_hz is not None and amount > 0 else []
        facts += [f"{device.n_lost} lost"] if device.n_lost or amount > 1 else []
    if device.battery_percent is not None and (amount > 2 or device.battery_percent < _LOW_BATTERY_PERCENT):  # noqa: PLR2004
        facts.append(f"{device.battery_percent:.0f} %")
    role = "good" if device.state is DeviceState.STREAMING else "dim" if is_well else "warn"
    tail = f" {' · '.join(facts)}" if facts else ""
    return [
        (f"{name} ", "dim" if is_well else "strong"),
        (glyphs.health[device.state], role),
        (tail, "dim" if is_well else "warn"),
    ]


def notice_lines(snapshot: Snapshot, recording: RecordingView, own: str, *, width: int, n_rows: int = 2) -> list[Line]:
    """What is wrong, one calm sentence each, at most two, the newest first; nothing while all is well.

    A device that is lost speaks in its own half of the screen; ``own`` is a sentence of the screen itself and takes the place
    of no other. What is wrong with the recording stands there whole, on as many lines as it needs; any other sentence takes
    at most ``n_rows`` and is shortened at a word. Notes are no complaints.
    """
    limbs = {limb.limb for limb in snapshot.limbs}
    error = said(recording.error)
    sentences = [said(d.message) for d in snapshot.devices if d.state not in _IN_THE_HALF or not limbs & set(d.sides)]
    sentences += [said(text) for text in reversed(snapshot.notices) if not text.startswith(_NOTE)]
    shown = [text for text in dict.fromkeys(sentences) if text][: _MOST_NOTICES - bool(error)]
    rows = [fitted(((mark, "warn"), (row, "")), width) for mark, row in _wrapped(error, width)]
    rows += [fitted(((mark, "warn"), (row, "")), width) for text in shown for mark, row in _wrapped(text, width, n_rows=n_rows)]
    told = [fitted(((row, ""),), width) for row in _shortened(said(own), width, n_rows=n_rows)]
    return told + rows if not error else rows + told


def _shortened(text: str, width: int, *, n_rows: int | None) -> list[str]:
    return textwrap.wrap(text, max(width, 8), max_lines=n_rows, placeholder=" …", break_on_hyphens=False)


def _wrapped(text: str, width: int, *, n_rows: int | None = None) -> list[tuple[str, str]]:
    rows = _shortened(text, width - 2, n_rows=n_rows)
    return [("  " if k else "! ", row) for k, row in enumerate(rows)]


def headline_lines(headline: Headline, width: int, *, scale: int, glyphs: Glyphs) -> list[Line]:
    """What to do now: ``n_rows_of(scale)`` lines tall with the detail below; two lines at scale 0."""
    text, detail = said(headline.text), as_sentences(said(headline.detail))
    light = _light(headline.progress, glyphs)
    if scale == 0:
        return _two_rows(text, detail, light, width=width, is_call=headline.is_call)
    word, _, rest = text.partition(": ")
    detail = f"{rest}. {detail}".strip() if rest else detail
    role = "call" if headline.is_call else "strong"
    tall = [fitted(((row, role),), width) for row in _tall(word, width, scale=scale, glyphs=glyphs, is_call=headline.is_call)]
    return [*tall, _spread(((detail, "" if headline.is_call else "dim"),), light, width)]


def _two_rows(text: str, detail: str, light: Line, *, width: int, is_call: bool) -> list[Line]:
    """Side by side where they fit, else below each other; a long call is wrapped and leaves no room for the detail."""
    role, room = ("chip", width - 2) if is_call else ("strong", width)
    words = textwrap.wrap(text, max(room, 8), max_lines=2, placeholder=" …") or [""]
    spans: list[Span] = [(f" {row} " if is_call else row, role) for row in words]
    if len(spans) > 1:
        return [fitted((span,), width) for span in spans]
    beside: Line = (spans[0], ("  ", ""), (detail, "dim"))
    if width_of(beside) + (width_of(light) + 2 if light else 0) <= width:
        return [_spread(beside, light, width), fitted((), width)]
    return [_spread((spans[0],), light, width), fitted(((detail, "dim"),), width)]


def _tall(text: str, width: int, *, scale: int, glyphs: Glyphs, is_call: bool) -> list[str]:
    n = bigtext.n_rows_of(scale)
    for smaller in range(scale if glyphs.has_big_letters else 0, 0, -1):
        rows = bigtext.big(text, smaller)
        if rows and len(rows[0]) <= width:
            above = n - len(rows)
            return [""] * above + rows
    mark = ">> " if is_call else ""
    return [""] * (n // 2) + [f"{mark}{text}"] + [""] * (n - n // 2 - 1)


def _light(progress: float | None, glyphs: Glyphs) -> Line:
    if progress is None:
        return ()
    n_on = round(max(0.0, min(1.0, progress)) * _LIGHT_CELLS)
    return ((glyphs.light_on * n_on, "call"), (glyphs.light_off * (_LIGHT_CELLS - n_on), "dim"))


def _spread(left: Line, light: Line, width: int) -> Line:
    if not light:
        return fitted(left, width)
    room = width - width_of(light) - 2
    kept = fitted(left, min(width_of(left), room))
    return fitted((*kept, ("  ", ""), *light), width)
