"""The force of each limb, and the result, to numbers readable from across a room that never move as they change."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from daq.block import Limb
from daq.dashboard import bigtext
from daq.dashboard.glyphs import Glyphs
from daq.dashboard.lines import Line, Span, beside, fitted, said, width_of
from daq.dashboard.words import (
    FROZEN_PHASES,
    find,
    is_alternate,
    is_jump,
    number_of,
    unit_text,
    with_spread,
)
from daq.metrics.names import decimals_of, unit_of, words_of
from daq.metrics.value import Value
from daq.session.snapshot import DeviceState, DeviceView, LimbView, Snapshot, TrialView
from daq.units import MISSING, text_of

N_DIGITS = 4
_GONE = frozenset({DeviceState.LOST, DeviceState.REFUSED})
_MOST_DECIMALS = 1


@dataclass(frozen=True, slots=True)
class Number:
    """One column: ``label`` and ``state`` above, ``text`` and ``unit`` large, ``note`` below; or one calm ``sentence``."""

    label: str
    text: str
    unit: str
    state: str = ""
    note: str = ""
    role: str = ""
    n_digits: int = N_DIGITS
    sentence: str = ""


def numbers_of(snapshot: Snapshot) -> list[Number]:
    """Left, the result of the test where both limbs make one, right."""
    sides = [_limb_number(limb, snapshot) for limb in snapshot.limbs]
    is_pair = len(sides) == 2  # noqa: PLR2004, left and right
    if not is_pair or is_alternate(snapshot):
        return sides
    return [sides[0], _result_number(snapshot), sides[1]]


def _limb_number(limb: LimbView, snapshot: Snapshot) -> Number:
    is_over = snapshot.phase in FROZEN_PHASES
    is_frozen = is_over and limb.peak_n is not None
    force_n = limb.peak_n if is_frozen else limb.force_n
    decimals = _decimals(limb.limb, snapshot.trials)
    best_n = _best_n(limb, snapshot.trials, snapshot.peak)
    best = "" if best_n is None else f"best {text_of(best_n, decimals=decimals, unit='N')}"
    gone = next((d for d in snapshot.devices if limb.limb in d.sides and d.state in _GONE), None)
    return Number(
        label=limb.limb.value.upper(),
        text=text_of(force_n, decimals=decimals),
        unit="N",
        state="peak" if is_frozen else "now" if is_over else "",
        note=best,
        role=limb.limb.value if limb.is_active and not limb.is_lost and is_over == is_frozen else "dim",
        n_digits=N_DIGITS + (decimals + 1 if decimals else 0),
        sentence=_loss(limb, gone) if gone or limb.is_lost else "",
    )


def _best_n(limb: LimbView, trials: Sequence[TrialView], peak: str) -> float | None:
    if limb.best_n is not None:
        return limb.best_n
    best = next((t for t in trials if t.is_best), None)
    value = find(best.result, peak, limb.limb) if best else None
    return value.value if value else None


def _loss(limb: LimbView, device: DeviceView | None) -> str:
    return (said(device.message) if device else "") or f"{limb.limb.value.upper()} lost. Trying again …"


def _decimals(limb: Limb, trials: Sequence[TrialView]) -> int:
    known = (find(t.result, "peak_force", limb) for t in reversed(trials))
    last = next((v for v in known if v is not None and v.u is not None and math.isfinite(v.u)), None)
    return 0 if last is None else min(decimals_of(last), _MOST_DECIMALS)


def _result_number(snapshot: Snapshot) -> Number:
    name = snapshot.primary or "peak_force"
    label, unit = _result_label(snapshot, name)
    last = snapshot.trials[-1] if snapshot.trials else None
    value = find(last.result, name, last.limb) if last and last.is_kept else None
    best = next((t for t in snapshot.trials if t.is_best), None)
    best_value = find(best.result, name, best.limb) if best else None
    spread = with_spread(value).partition(" ± ")[2]
    notes = [f"± {spread}" if spread else "", f"best {_short(best_value)}" if best_value else ""]
    return Number(
        label=label,
        text=_short(value) if value else MISSING,
        unit=(unit_text(value) if value else "") or unit,
        state=f"trial {last.number}" if last and value else "",
        note="  ".join(n for n in notes if n),
        role="strong" if value else "dim",
    )


def _result_label(snapshot: Snapshot, name: str) -> tuple[str, str]:
    """What the middle number is, and its unit before there is one."""
    if is_jump(snapshot):
        return "HEIGHT", "cm"
    return ("BOTH", "N") if "force" in name else (words_of(name).upper(), "")


def _short(value: Value) -> str:
    """The number in at most four digits."""
    most = decimals_of(value)
    number = None if value.value is None else value.value * unit_of(value.of or value.name, value.unit).factor
    texts = (text_of(number, decimals=decimals) for decimals in range(most, -1, -1))
    return next((text for text in texts if sum(map(str.isdigit, text)) <= N_DIGITS), number_of(value))


def numbers_lines(numbers: Sequence[Number], width: int, *, scale: int, glyphs: Glyphs, has_note: bool) -> list[Line]:
    """Label, digits and, with ``has_note``, a note; the numbers in columns of equal width, the middle one in the middle."""
    if not numbers:
        return []
    outer = width // len(numbers)
    widths = [outer] * len(numbers)
    widths[len(numbers) // 2] += width - sum(widths)
    return beside(*(_column(n, w, scale=scale, glyphs=glyphs, has_note=has_note) for n, w in zip(numbers, widths, strict=True)))


def n_lines(scale: int, *, has_note: bool) -> int:
    """How many lines ``numbers_lines`` gives."""
    return 1 + bigtext.n_rows_of(scale) + int(has_note)


def _column(number: Number, width: int, *, scale: int, glyphs: Glyphs, has_note: bool) -> list[Line]:
    height = bigtext.n_rows_of(scale)
    drawn_scale = scale if glyphs.has_big_letters else min(scale, 1)
    rows = bigtext.number(number.text, scale, n_digits=number.n_digits, has_big_letters=glyphs.has_big_letters)
    block = max(len(rows[0]), bigtext.number_width(number.n_digits, drawn_scale))
    if scale and block + 2 * (len(number.unit) + 1) > width:
        return _pad(_column(number, width, scale=scale - 1, glyphs=glyphs, has_note=has_note), width, n=1 + height + has_note)
    before = max((width - block) // 2, 0)
    if number.sentence:
        return _sentence(number, width, height=height, has_note=has_note)
    strong = number.role or "strong"
    unit_row = bigtext.n_rows_of(scale) - 1 if glyphs.has_big_letters else (height + bigtext.n_rows_of(drawn_scale)) // 2 - 1
    lines = [_head(number, width, end=before + block)]
    for y, row in enumerate(rows):
        unit: Span = (f" {number.unit}", "dim") if y == unit_row else ("", "")
        lines.append(fitted(((" " * before, ""), (row.rjust(block), strong), unit), width))
    if has_note:
        lines.append(fitted(_right(before + block, (number.note, "dim")), width))
    return lines


def _head(number: Number, width: int, *, end: int) -> Line:
    """What the number is, above its right end; which trial it is of where there is room for that too."""
    label: Span = (number.label, number.role or "strong")
    state: Span = (f"{number.state}  " if number.state else "", "dim")
    spans = (state, label) if width_of((state, label)) <= width else (label,)
    return fitted(_right(max(end, 0), *spans), width)


def _right(end: int, *spans: Span) -> tuple[Span, ...]:
    return ((" " * max(end - sum(len(text) for text, _ in spans), 0), ""), *spans)


def _sentence(number: Number, width: int, *, height: int, has_note: bool) -> list[Line]:
    room = max(width - 4, 8)
    words = textwrap.wrap(number.sentence, room, max_lines=height + has_note, placeholder=" …")
    lines: list[Line] = [fitted(((number.label, "dim"),), width, align="centre")]
    lines += [fitted(((text, ""),), width, align="centre") for text in words]
    return _pad(lines, width, n=1 + height + has_note)


def _pad(lines: list[Line], width: int, *, n: int) -> list[Line]:
    return (lines + [fitted((), width)] * n)[:n]
