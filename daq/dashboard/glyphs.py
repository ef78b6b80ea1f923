"""The characters a terminal can show: braille, block or plain ASCII renderings of the same picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from daq.errors import UsageError
from daq.session.snapshot import DeviceState

GLYPHS_VARIABLE = "LIMB_DAQ_GLYPHS"

_ROUND = {
    DeviceState.CLOSED: "○",
    DeviceState.STARTING: "◌",
    DeviceState.STREAMING: "●",
    DeviceState.STALLED: "◐",
    DeviceState.LOST: "✕",
    DeviceState.REFUSED: "✕",
}
_LETTERS = {
    DeviceState.CLOSED: "-",
    DeviceState.STARTING: "o",
    DeviceState.STREAMING: "*",
    DeviceState.STALLED: "?",
    DeviceState.LOST: "x",
    DeviceState.REFUSED: "x",
}


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set. ``dots`` is how many columns and rows of the trace one cell holds.

    ``left``, ``right`` and ``shared`` map the rows taken in a cell (bit 0 = top) to a character; braille needs none of them.
    """

    name: str
    dots: tuple[int, int]
    left: str
    right: str
    shared: str
    grid: str
    gutter: str
    corner: str
    floor: str
    floor_tick: str
    floor_hole: str
    floor_kept: str
    floor_rejected: str
    bar_line: str
    bar_fill: str
    bar_band: str
    bar_value: str
    bar_zero: str
    bar_mark: str
    bar_ends: str
    bar_beyond: str
    light_on: str
    light_off: str
    health: Mapping[DeviceState, str]
    has_big_letters: bool = True
    is_ascii: bool = False


BRAILLE = Glyphs(
    name="braille",
    dots=(2, 4),
    left="",
    right="",
    shared="",
    grid="┈",
    gutter="┤",
    corner="└",
    floor="─",
    floor_tick="┬",
    floor_hole=" ",
    floor_kept="━",
    floor_rejected="╍",
    bar_line="─",
    bar_fill="━",
    bar_band="▒",
    bar_value="█",
    bar_zero="┃",
    bar_mark="┊",
    bar_ends="├┤",
    bar_beyond="◀▶",
    light_on="▰",
    light_off="▱",
    health=MappingProxyType(_ROUND),
)
BLOCK = replace(BRAILLE, name="block", dots=(1, 2), left=" ▀▄█", right=" ╵╷│", shared=" ▀▄█")
ASCII = Glyphs(
    name="ascii",
    dots=(1, 1),
    left=" #",
    right=" o",
    shared=" @",
    grid=".",
    gutter="|",
    corner="+",
    floor="-",
    floor_tick="+",
    floor_hole=" ",
    floor_kept="=",
    floor_rejected="~",
    bar_line="-",
    bar_fill="=",
    bar_band=":",
    bar_value="#",
    bar_zero="|",
    bar_mark=".",
    bar_ends="||",
    bar_beyond="<>",
    light_on="#",
    light_off=".",
    health=MappingProxyType(_LETTERS),
    has_big_letters=False,
    is_ascii=True,
)
GLYPH_SETS = MappingProxyType({g.name: g for g in (BRAILLE, BLOCK, ASCII)})


def glyphs_named(name: str) -> Glyphs:
    """The set called ``name``; "" is braille.

    Raises
    ------
    UsageError
        There is no such set.
    """
    try:
        return GLYPH_SETS[name.strip().lower() or "braille"]
    except KeyError:
        raise UsageError(f"{GLYPHS_VARIABLE} is {name!r}; it can be {', '.join(GLYPH_SETS)}.") from None
