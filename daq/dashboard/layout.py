"""The size of the terminal to how much of everything is shown."""

from __future__ import annotations

from dataclasses import dataclass

_MIN_WIDTH, _MIN_HEIGHT = 60, 16


@dataclass(frozen=True, slots=True)
class Layout:
    """Scales are of ``bigtext``; ``gap`` is the number of blank lines between parts; ``bar_rows`` 0 leaves only its sentence.

    ``n_trials`` is the number of rows of the table under its head.
    """

    name: str
    headline_scale: int
    digit_scale: int
    bar_rows: int
    n_trials: int
    gap: int
    has_notes: bool
    has_trace: bool = True
    has_header: bool = True


LARGE = Layout("large", headline_scale=2, digit_scale=3, bar_rows=3, n_trials=8, gap=1, has_notes=True)
MEDIUM = Layout("medium", headline_scale=1, digit_scale=2, bar_rows=1, n_trials=5, gap=1, has_notes=True)
MIDDLE = Layout("middle", headline_scale=1, digit_scale=1, bar_rows=1, n_trials=3, gap=0, has_notes=True)
SMALL = Layout("small", headline_scale=0, digit_scale=1, bar_rows=1, n_trials=2, gap=0, has_notes=False)
MINIMAL = Layout(
    "minimal",
    headline_scale=0,
    digit_scale=1,
    bar_rows=0,
    n_trials=0,
    gap=0,
    has_notes=False,
    has_trace=False,
    has_header=False,
)
LAYOUTS = (LARGE, MEDIUM, MIDDLE, SMALL, MINIMAL)
_NEEDS = {"large": (150, 52), "medium": (104, 38), "middle": (80, 29), "small": (_MIN_WIDTH, _MIN_HEIGHT), "minimal": (0, 0)}


def layout_for(width: int, height: int) -> Layout:
    """The roomiest layout that a terminal of ``width`` by ``height`` cells can hold."""
    return next(one for one in LAYOUTS if width >= _NEEDS[one.name][0] and height >= _NEEDS[one.name][1])
