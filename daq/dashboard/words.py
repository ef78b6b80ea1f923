"""Results to the few words and digits that fit a cell of a screen."""

from __future__ import annotations

import math
import re
from types import MappingProxyType

from daq.block import Limb
from daq.metrics.trial import TrialResult
from daq.metrics.value import Value
from daq.session.snapshot import Phase, Snapshot
from daq.units import MISSING, decimals_for, text_of

CM_PER_M = 100.0
_STOP = re.compile(r"(?<=[a-z0-9%)]\.) [a-z]")
FROZEN_PHASES = frozenset({Phase.RESULT, Phase.REST, Phase.DONE, Phase.STOPPED})
_USUAL_DECIMALS = MappingProxyType({"cm": 1, "": 2, "N": 0, "N/s": 0, "N*s": 0, "W": 0})
_PERCENT_DECIMALS = 1
_MOST_DECIMALS = 5


def find(result: TrialResult, name: str, limb: Limb) -> Value | None:
    """The value called ``name`` of ``limb``, that of the whole trial before that of a phase of it."""
    matches = [v for v in result.values if v.name == name and v.limb is limb]
    return min(matches, key=lambda v: bool(v.phase), default=None)


def asymmetry_of(result: TrialResult, metric: str) -> Value | None:
    """The asymmetry of ``metric`` in one trial."""
    return next((v for v in result.values if v.name.startswith("asymmetry") and v.of == metric), None)


def scaled(value: Value) -> tuple[float | None, float | None, str]:
    """Number, 95 % uncertainty and unit as people read them: heights in cm, all else as stored."""
    spread = value.U95 if value.U95 is not None else (2.0 * value.u if value.u is not None else None)
    if value.unit == "m":
        times = CM_PER_M
        return _times(value.value, times), _times(spread, times), "cm"
    return value.value, spread, "" if value.unit == "1" else value.unit


def _times(x: float | None, factor: float) -> float | None:
    return None if x is None else x * factor


def decimals_of(value: Value) -> int:
    """Decimals that the uncertainty allows; without one, those usual for the unit. Percents have one, as in the sentences."""
    _, spread, unit = scaled(value)
    if unit == "percent":
        return _PERCENT_DECIMALS
    usual = _USUAL_DECIMALS.get(unit, _three_digits(scaled(value)[0]))
    return decimals_for(None if spread is None else spread / 2.0, default=usual)


def _three_digits(number: float | None) -> int:
    """Decimals that leave three digits that mean something."""
    if number is None or not math.isfinite(number) or number == 0.0:
        return 0
    return min(max(0, 2 - math.floor(math.log10(abs(number)))), _MOST_DECIMALS)


def number_of(value: Value | None) -> str:
    """The number alone; a dash where it is withheld."""
    return MISSING if value is None else text_of(scaled(value)[0], decimals=decimals_of(value))


def with_spread(value: Value | None) -> str:
    """``34.1 ± 0.4``; without the second half where it is unknown."""
    if value is None or value.value is None:
        return MISSING
    spread = scaled(value)[1]
    tail = "" if spread is None else f" ± {text_of(spread, decimals=decimals_of(value))}"
    return number_of(value) + tail


def sided(value: Value | None) -> str:
    """An asymmetry in percent as ``R  5.3 ± 1.9``."""
    if value is None or value.value is None:
        return MISSING
    size = text_of(abs(value.value), decimals=decimals_of(value))
    spread = scaled(value)[1]
    tail = "" if spread is None else f" ± {text_of(spread, decimals=decimals_of(value))}"
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


def plain_name(metric: str) -> str:
    """``rfd_0_200ms`` as ``RFD 0–200 ms``: the identifier of a metric in words."""
    known = {
        "peak_force": "peak force",
        "rfd_0_200ms": "RFD 0–200 ms",
        "jump_height_impulse_momentum": "jump height",
        "rsi_modified": "RSImod",
        "rsi_flight_contact": "flight / contact",
        "rsi_height_contact": "height / contact",
        "rsi_10_5": "RSI 10/5",
        "stance_time": "time",
        "single_leg_stance_time": "time",
        "endurance_time": "time held",
        "strength_decrement_percent": "decrement",
        "nordic_peak_force_mean": "mean of peaks",
        "landing_peak_force": "peak of landing",
    }
    return known.get(metric, metric.replace("_percent", "").replace("_", " "))
