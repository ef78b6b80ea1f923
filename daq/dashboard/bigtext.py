"""Words and numbers to letters three, five or eight rows tall, readable from across a room."""

from __future__ import annotations

from types import MappingProxyType

_FONT_ROWS = """
0 ### #.# #.# #.# ###
1 .#. ##. .#. .#. ###
2 ### ..# ### #.. ###
3 ### ..# ### ..# ###
4 #.# #.# ### ..# ..#
5 ### #.. ### ..# ###
6 ### #.. ### #.# ###
7 ### ..# ..# ..# ..#
8 ### #.# ### #.# ###
9 ### #.# ### ..# ###
A ### #.# ### #.# #.#
B ##. #.# ##. #.# ##.
C ### #.. #.. #.. ###
D ##. #.# #.# #.# ##.
E ### #.. ##. #.. ###
F ### #.. ##. #.. #..
G #### #... #.## #..# ####
H #.# #.# ### #.# #.#
I # # # # #
J ..# ..# ..# #.# ###
K #.# #.# ##. #.# #.#
L #.. #.. #.. #.. ###
M #...# ##.## #.#.# #...# #...#
N #..# ##.# #.## #..# #..#
O ### #.# #.# #.# ###
P ### #.# ### #.. #..
Q ### #.# #.# ### ..#
R ##. #.# ##. #.# #.#
S ### #.. ### ..# ###
T ### .#. .#. .#. .#.
U #.# #.# #.# #.# ###
V #.# #.# #.# #.# .#.
W #...# #...# #.#.# ##.## #...#
X #.# #.# .#. #.# #.#
Y #.# #.# ### .#. .#.
Z ### ..# .#. #.. ###
- ... ... ### ... ...
— ... ... ### ... ...
. . . . . #
: . # . # .
! # # # . #
, .. .. .. .# #.
' # # . . .
+ ... .#. ### .#. ...
/ ..# ..# .#. #.. #..
"""
_FONT = MappingProxyType({row[0]: tuple(row.split()[1:]) for row in _FONT_ROWS.strip().splitlines()} | {" ": ("..",) * 5})
_HALVES = MappingProxyType({(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"})
_PIXEL_ROWS = 5

_SEGMENTS = MappingProxyType(
    {
        "0": (" _ ", "| |", "|_|"),
        "1": ("   ", "  |", "  |"),
        "2": (" _ ", " _|", "|_ "),
        "3": (" _ ", " _|", " _|"),
        "4": ("   ", "|_|", "  |"),
        "5": (" _ ", "|_ ", " _|"),
        "6": (" _ ", "|_ ", "|_|"),
        "7": (" _ ", "  |", "  |"),
        "8": (" _ ", "|_|", "|_|"),
        "9": (" _ ", "|_|", " _|"),
        "-": ("   ", " _ ", "   "),
        "—": ("   ", " _ ", "   "),
        ".": (" ", " ", "."),
        " ": ("   ", "   ", "   "),
    }
)


def n_rows_of(scale: int) -> int:
    """Number of text rows of letters drawn at ``scale``; scale 0 is plain text."""
    return (_PIXEL_ROWS * scale + 1) // 2 if scale else 1


def number_width(n_digits: int, scale: int) -> int:
    """Number of cells that ``n_digits`` digits take."""
    return 4 * scale * n_digits - scale if scale else n_digits


def big(text: str, scale: int) -> list[str] | None:
    """``text`` in capital letters of half blocks, ``n_rows_of(scale)`` lines of equal width; None where a letter is missing."""
    if scale == 0:
        return [text]
    shapes = [_FONT.get(c) for c in text.upper()]
    known = [s for s in shapes if s is not None]
    if len(known) != len(shapes):
        return None
    pixels = [".".join(shape[y] for shape in known) for y in range(_PIXEL_ROWS)]
    grown = ["".join(p * scale for p in row) for row in pixels for _ in range(scale)]
    grown += ["." * len(grown[0])] * (len(grown) % 2)
    return [
        "".join(_HALVES[a == "#", b == "#"] for a, b in zip(upper, lower, strict=True))
        for upper, lower in zip(grown[::2], grown[1::2], strict=True)
    ]


def segments(text: str) -> list[str] | None:
    """A number in three rows of plain ASCII strokes; None where a character has none."""
    shapes = [_SEGMENTS.get(c) for c in text]
    known = [s for s in shapes if s is not None]
    return [" ".join(shape[y] for shape in known) for y in range(3)] if len(known) == len(shapes) else None


def number(text: str, scale: int, *, n_digits: int, has_big_letters: bool = True) -> list[str]:
    """``text``, right-aligned in the width of ``n_digits`` digits, so that a number never moves as it changes."""
    if scale == 0:
        return [text.rjust(n_digits)]
    width = number_width(n_digits, scale if has_big_letters else 1)
    rows = (big(text, scale) if has_big_letters else segments(text)) or []
    n_rows = n_rows_of(scale)
    missing = n_rows - len(rows)
    padded = [""] * (missing // 2) + rows + [""] * (missing - missing // 2)
    return [row.rjust(width) for row in padded]
