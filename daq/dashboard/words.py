"""Results to the few words and digits that fit a cell of a screen."""

from __future__ import annotations

import re

from daq.block import Limb
from daq.metrics.names import number_text, unit_of
from daq.metrics.trial import TrialResult
from daq.metrics.value import Value
from daq.session.snapshot import Phase, Snapshot
from daq.units import MISSING, text_of

_STOP = re.compile(r"(?<=[a-z0-9%)]\.) [a-z]")
FROZEN_PHASES = frozenset({Phase.RESULT, Phase.REST, Phase.DONE, Phase.STOPPED})
_PERCENT_DECIMALS = 1


def find(result: TrialResult, name: str, limb: Limb) -> Value | None:
    """The value called ``name`` of ``limb``, that of the whole trial before that of a phase of it."""
    matches = [v for v in result.values if v.name == name and v.limb is limb]
    return min(matches, key=lambda v: bool(v.phase), default=None)


def asymmetry_of(result: TrialResult, metric: str) -> Value | None:
    """The asymmetry of ``metric`` in one trial."""
    return next((v for v in result.values if v.name.startswith("asymmetry") and v.of == metric), None)


def number_of(value: Value | None) -> str:
    """The number alone, in the unit that people read; a dash where it is withheld."""
    return MISSING if value is None else number_text(value).partition(" ± ")[0]


def with_spread(value: Value | None) -> str:
    """``34.1 ± 0.4``; without the second half where it is unknown."""
    return MISSING if value is None else number_text(value)


def unit_text(value: Value) -> str:
    """The unit in which ``number_of`` gives the value."""
    return unit_of(value.of or value.name, value.unit).text


def sided(value: Value | None) -> str:
    """An asymmetry in percent as ``R  5.3 ± 1.9``, with one decimal as in the sentences."""
    if value is None or value.value is None:
        return MISSING
    size = text_of(abs(value.value), decimals=_PERCENT_DECIMALS)
    tail = "" if value.U95 is None else f" ± {text_of(value.U95, decimals=_PERCENT_DECIMALS)}"
    return f"{side_letter(value.value)} {size:>4}{tail}"


def side_letter(percent: float) -> str:
    """``L`` where the left is larger, ``R`` where the right is, ``=`` for neither."""
    return "R" if percent > 0 else "L" if percent < 0 else "="


def is_jump(snapshot: Snapshot) -> bool:
    """Whether the test is about how high."""
    return snapshot.primary.startswith("jump_height")


def is_alternate(snapshot: Snapshot) -> bool:
    """Whether one side works after the other."""
    sides = {Limb.LEFT, Limb.RIGHT}
    return bool(
        snapshot.headline.side in sides
        or sides & set(snapshot.n_kept)
        or any(t.limb in sides for t in snapshot.trials)
        or not all(limb.is_active for limb in snapshot.limbs)
    )


def as_sentences(text: str) -> str:
    """``text`` with a capital behind every full stop that ends a sentence."""
    return _STOP.sub(lambda found: found[0].upper(), text)
