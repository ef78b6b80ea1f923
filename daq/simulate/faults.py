"""Words such as ``drop=1%@5-10:7`` to faults: the one vocabulary that tests, twins, pseudo-terminals and boards share."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from daq.driver import Fault
from daq.errors import UsageError


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What a fault means, what its value is, and between which limits the value makes sense."""

    meaning: str
    value_is: str = "nothing"
    default: float = 1.0
    low: float = 0.0
    high: float = math.inf


_SHARE = "share of the chunks"

BYTE_FAULTS: dict[str, FaultKind] = {
    "drop": FaultKind("chunks are lost", _SHARE, 0.01, high=1.0),
    "double": FaultKind("a chunk comes twice", _SHARE, 0.01, high=1.0),
    "swap": FaultKind("two chunks come in the wrong order", _SHARE, 0.01, high=1.0),
    "cut": FaultKind("chunks come in pieces", _SHARE, 1.0, high=1.0),
    "join": FaultKind("several chunks come as one", "s that one chunk covers", 0.05),
    "flip": FaultKind("one bit of a chunk is changed", _SHARE, 0.01, high=1.0),
    "insert": FaultKind("noise stands before a chunk", _SHARE, 0.01, high=1.0),
    "delay": FaultKind("chunks come late, in order", "longest delay in s", 0.015),
    "burst": FaultKind("nothing for a while, then everything at once", "s", 2.0),
    "silence": FaultKind("connected, but no data", "s", math.inf),
}

DEVICE_FAULTS: dict[str, FaultKind] = {
    "clock_wrap": FaultKind("the counter starts shortly before its end", "s before the end", 5.0),
    "clock_restart": FaultKind("the device resets, its counter goes back to 0"),
    "clock_skew": FaultKind("the device's clock runs fast", "ppm", 100.0, -100_000.0, 100_000.0),
    "unplug": FaultKind("the link closes and comes back", "s away", 3.0),
    "refuse": FaultKind("opening is refused", "s", 5.0),
    "low_battery": FaultKind("a battery warning, later silence", "s until the silence", 10.0),
    "asleep": FaultKind("no reply to any command"),
    "late_reply": FaultKind("replies come late", "s", 0.5),
    "no_reply": FaultKind("commands are not answered"),
    "double_reply": FaultKind("replies come twice"),
    "slow_rate": FaultKind("the device samples slower than it was told", "Hz", 10.8),
    "wrong_speed": FaultKind("the device speaks at another baud rate", "baud", 57_600.0, 50.0),
    "same_advert": FaultKind("unchanged advertisements vanish"),
    "drift": FaultKind("the zero moves", "N/min", 10.0, -math.inf),
    "bad_version": FaultKind("the device speaks another version of its protocol", "major version", 2.0),
    "bad_value": FaultKind("NaN or infinity among the readings", "share of the readings", 0.01, high=1.0),
    "full_scale": FaultKind("the reading stops at the end of the range", "N at the end of the range", 500.0),
    "wrong_unit": FaultKind("the gauge is set to another unit"),
}

ALL_FAULTS = {**BYTE_FAULTS, **DEVICE_FAULTS}

OUTSIDE_THE_TWIN = frozenset({*BYTE_FAULTS, "clock_skew", "drift", "unplug", "refuse", "wrong_speed"})
"""Faults that any device can have: they are made around its twin, in ``far_end``."""

_TIMED = frozenset({"burst", "silence", "unplug", "refuse"})
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_FAULT = re.compile(
    r"(?:(?P<device>\d+)/)?(?P<name>[A-Za-z_]+)"
    rf"(?:=(?P<value>{_NUMBER})\s*(?P<unit>[A-Za-z/%]*))?"
    r"(?:@(?P<start>-?\d+(?:\.\d+)?)s?(?:-(?P<stop>\d+(?:\.\d+)?)s?)?)?"
    r"(?::(?P<seed>\d+))?"
)
_FACTORS = {"": 1.0, "%": 0.01, "ms": 1e-3, "us": 1e-6, "s": 1.0, "min": 60.0, "ppm": 1.0, "n": 1.0, "kn": 1e3}
_FACTORS |= {"n/min": 1.0, "n/s": 60.0, "hz": 1.0, "khz": 1e3, "baud": 1.0, "bd": 1.0, "kbaud": 1e3}


def parse_fault(text: str) -> Fault:
    """The fault that ``text`` says: ``NAME[=VALUE[UNIT]][@START[-STOP]][:SEED]``.

    START and STOP are seconds of the waveform's or the session's time; without them the fault lasts from the beginning
    to the end. A value without a unit has that of the vocabulary; ``100ppm``, ``10ms``, ``1%`` and the like are understood.

    Raises
    ------
    UsageError
        The text is no fault, or its value lies outside the limits.
    """
    return _placed(text)[1]


def faults_of_devices(texts: Sequence[str], n_devices: int) -> tuple[tuple[Fault, ...], ...]:
    """The faults of each of ``n_devices``; ``K/NAME...`` is for the K-th alone, counted from 1.

    The same fault on several devices has another seed on each, so that they do not lose the same chunks.

    Raises
    ------
    UsageError
        As ``parse_fault``, or there is no K-th device.
    """
    placed = [_placed(text) for text in texts]
    for text, (k, _) in zip(texts, placed, strict=True):
        if k is not None and not 1 <= k <= n_devices:
            raise UsageError(f"The fault {text!r} is for device {k}, but there are {n_devices}; the first one is 1.")
    return tuple(
        tuple(_reseeded(fault, seed=fault.seed * n_devices + k) for place, fault in placed if place in {None, k + 1})
        for k in range(n_devices)
    )


def check_faults(faults: Sequence[Fault], twin_faults: frozenset[str], *, driver: str) -> None:
    """Refuse what neither the twin of ``driver`` plays nor can be made around it.

    Raises
    ------
    UsageError
        A device of this kind cannot show the fault.
    """
    possible = OUTSIDE_THE_TWIN | twin_faults
    for fault in faults:
        if fault.name not in possible:
            known = ", ".join(name for name in ALL_FAULTS if name in possible)
            raise UsageError(f"A simulated {driver} cannot show the fault {fault.name}; it can show: {known}.")


def vocabulary() -> list[str]:
    """One line per fault: name, value, default, meaning."""

    def line(name: str, kind: FaultKind) -> str:
        value = "" if kind.value_is == "nothing" else f" ({kind.value_is}, default {kind.default:g})"
        return f"{name}: {kind.meaning}{value}"

    return [line(name, kind) for name, kind in ALL_FAULTS.items()]


def _placed(text: str) -> tuple[int | None, Fault]:
    match = _FAULT.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{text!r} is no fault; write NAME, NAME=VALUE, NAME=VALUE@START or NAME=VALUE@START-STOP.")
    name = match["name"].lower()
    if name not in ALL_FAULTS:
        raise UsageError(f"There is no fault called {match['name']!r}; there are: {', '.join(ALL_FAULTS)}.")
    value = _value(text, match["value"], match["unit"], kind=ALL_FAULTS[name])
    start_s = float(match["start"]) if match["start"] else -math.inf
    stop_s = float(match["stop"]) if match["stop"] else math.inf
    if name in _TIMED:
        start_s = max(start_s, 0.0)
        stop_s = min(stop_s, start_s + value)
    if stop_s <= start_s:
        raise UsageError(f"The fault {text!r} ends before it begins; write @START-STOP in seconds, STOP the larger.")
    fault = Fault(name=name, value=value, at_s=start_s, until_s=stop_s, seed=int(match["seed"] or 0))
    return (int(match["device"]) if match["device"] else None), fault


def _value(text: str, number: str | None, unit: str, *, kind: FaultKind) -> float:
    if number is None:
        return kind.default
    if unit.lower() not in _FACTORS:
        raise UsageError(f"The fault {text!r} has the unknown unit {unit!r}; its value is {kind.value_is}.")
    value = float(number) * _FACTORS[unit.lower()]
    if not kind.low <= value <= kind.high:
        limits = f"from {kind.low:g} to {kind.high:g}" if math.isfinite(kind.high) else f"at least {kind.low:g}"
        raise UsageError(f"The value of the fault {text!r} should be {limits} ({kind.value_is}).")
    return value


def _reseeded(fault: Fault, *, seed: int) -> Fault:
    return Fault(name=fault.name, value=fault.value, at_s=fault.at_s, until_s=fault.until_s, seed=seed)
