"""Names and units of values to words, units and decimals, in one place for every screen; a new metric needs no entry here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from daq.metrics.value import Value
from daq.units import MISSING, decimals_for, text_of

PRIVATE = frozenset({"body_weight", "body_mass", "system_weight"})
WEIGHED = "weighed"


class Unit(NamedTuple):
    """How a unit is shown: its words, what a value is multiplied by, decimals where the uncertainty is not known."""

    text: str
    factor: float = 1.0
    decimals: int = 0


_UNITS = {
    "N": Unit("N"), "N/s": Unit("N/s"), "N*s": Unit("N s", 1.0, 1), "N/kg": Unit("N/kg", 1.0, 1), "N/m": Unit("N/m"),
    "N*m": Unit("N m", 1.0, 1), "N*m/kg": Unit("N m/kg", 1.0, 2), "m": Unit("cm", 100.0, 1), "m/s": Unit("m/s", 1.0, 2),
    "m2": Unit("cm²", 1e4, 1), "m2/s": Unit("cm²/s", 1e4, 1), "s": Unit("s", 1.0, 3), "W": Unit("W"),
    "W/kg": Unit("W/kg", 1.0, 1), "kg": Unit("kg", 1.0, 1), "Hz": Unit("Hz", 1.0, 2), "1": Unit("", 1.0, 2),
    "percent": Unit("%", 1.0, 1), "percent/s": Unit("%/s"), "bool": Unit(""), "kg*m/s": Unit("kg m/s", 1.0, 1),
}  # fmt: skip
# Metrics (by the beginning of their name) whose size asks for another unit than their SI unit gets above.
_UNITS_OF_NAMES = {
    ("sway_", "m/s"): Unit("cm/s", 100.0, 2),
    ("sway_path", "m"): Unit("cm", 100.0, 1),
    ("sway_", "m"): Unit("mm", 1000.0, 1),
    ("sway_", "m2"): Unit("cm²", 1e4, 2),
    ("hop_distance", "m"): Unit("m", 1.0, 2),
    ("trial_count", "1"): Unit(""),
    ("hop_count", "1"): Unit(""),
    ("rep_count", "1"): Unit(""),
}
_WORDS = {
    "jump_height_impulse_momentum": "jump height",
    "jump_height_flight_time": "height by flight time",
    "jump_height_displacement": "height above standing",
    "height_method_difference": "height, flight - impulse",
    "takeoff_velocity": "take-off velocity",
    "time_to_takeoff": "time to take-off",
    "peak_force_100ms": "peak of 100 ms",
    "plateau_force": "best second",
    "impulse_total": "impulse",
    "sway_ellipse_area_95": "95 % ellipse area",
    "rsi_modified": "RSImod",
    "rsi_flight_contact": "RSI flight / contact",
    "rsi_height_contact": "RSI height / contact",
    "rsi_height_contact_impulse": "RSI height / contact by impulse",
    "single_leg_stance_time": "stance time",
    "endurance_time": "time held",
    "nordic_peak_force_mean": "mean of peaks",
    "rsi_10_5": "RSI 10/5",
    "rsi_10_5_height": "RSI 10/5, height over contact",
    "rsi_10_5_best_height": "RSI 10/5, five highest",
}
_WHOLE_WORDS = {
    "rfd": "RFD", "rsi": "RSI", "ml": "ML", "ap": "AP", "cop": "CoP", "com": "centre of mass", "takeoff": "take-off",
    "w": "W", "tts": "TTS", "fv": "FV",
}  # fmt: skip
_NUMBERS = (
    (re.compile(r"\b(\d+) (\d+)ms\b"), r"\1-\2 ms"),
    (re.compile(r"\b(\d+) (\d+) percent\b"), r"\1-\2 %"),
    (re.compile(r"\b(\d+)ms\b"), r"\1 ms"),
    (re.compile(r"\b(\d+) percent\b"), r"\1 %"),
)


def words_of(name: str) -> str:
    """What a person calls a metric.

    >>> words_of("rfd_0_100ms"), words_of("peak_force_100ms"), words_of("force_150ms"), words_of("rfd_20_80_percent")
    ('RFD 0-100 ms', 'peak of 100 ms', 'force 150 ms', 'RFD 20-80 %')
    >>> words_of("weight_share"), words_of("fatigue_index_percent"), words_of("landing_time_to_peak")
    ('weight share', 'fatigue index', 'landing time to peak')
    """
    if name in _WORDS:
        return _WORDS[name]
    text = name.replace("_", " ")
    for pattern, shown in _NUMBERS:
        text = pattern.sub(shown, text)
    return " ".join(_WHOLE_WORDS.get(word, word) for word in text.removesuffix(" percent").split(" "))


def unit_of(name: str, unit: str) -> Unit:
    """How the values of a metric are shown.

    >>> unit_of("jump_height_flight_time", "m").text, unit_of("sway_velocity_mean", "m/s").text
    ('cm', 'cm/s')
    """
    named = next((shown for (start, si), shown in _UNITS_OF_NAMES.items() if si == unit and name.startswith(start)), None)
    return named or _UNITS.get(unit, Unit(unit, 1.0, 2))


def number_text(value: Value, *, is_private: bool = False) -> str:
    """A value with its 95 % interval, without its unit: ``28.4 ± 0.6``; "weighed" for a weight unless ``is_private``."""
    name = value.of or value.name
    if value.value is None:
        return MISSING
    if name in PRIVATE and not is_private and value.unit in {"N", "kg"}:
        return WEIGHED
    unit = unit_of(name, value.unit)
    decimals = decimals_of(value)
    body = text_of(value.value * unit.factor, decimals=decimals)
    if value.U95 is None:
        return body
    half = text_of(value.U95 * unit.factor, decimals=decimals)
    # An interval that rounds to nothing is small, and not none.
    is_smaller = value.U95 > 0 and float(half) == 0.0
    return f"{body} ± <{10.0**-decimals:.{decimals}f}" if is_smaller else f"{body} ± {half}"


def decimals_of(value: Value) -> int:
    """Decimals of a value in its shown unit: those that its uncertainty deserves, about those that are usual."""
    unit = unit_of(value.of or value.name, value.unit)
    if not value.U95:
        return unit.decimals
    wanted = decimals_for(value.U95 * unit.factor / 2, default=unit.decimals, most=3)
    return min(max(wanted, min(unit.decimals, 1)), unit.decimals + 1)


def cell_text(value: Value, *, is_private: bool = False) -> str:
    """A value with its interval and its unit: ``28.4 ± 0.6 cm``."""
    text = number_text(value, is_private=is_private)
    unit = unit_of(value.of or value.name, value.unit).text
    return text if text in (MISSING, WEIGHED) or not unit else f"{text} {unit}"


def plain_text(value: Value) -> str:
    """A value with its unit and without its interval, for a sentence: ``28.4 cm``; "weighed" for a weight."""
    text = cell_text(value)
    number, _, spread = text.partition(" ± ")
    return number if not spread else f"{number} {unit_of(value.of or value.name, value.unit).text}".rstrip()


def entries_text(values: Iterable[Value]) -> str:
    """The entries of a list in one row: ``0.21  0.20  —  0.22``."""
    listed = []
    for value in sorted(values, key=lambda v: v.entry or 0):
        unit = unit_of(value.name, value.unit)
        number = None if value.value is None else value.value * unit.factor
        listed.append(text_of(number, decimals=unit.decimals))
    return "  ".join(listed)
