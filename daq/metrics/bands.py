"""The size of an asymmetry to a band and its words: conventions of the field, kept apart from any claim about a person."""

from __future__ import annotations

from fnmatch import fnmatchcase

from daq.metrics.asymmetry import DEFAULT_INDEX, TOTAL_INDEX, WITHOUT_SIDE, from_default_index
from daq.metrics.value import Better

USUAL = (10.0, 15.0)
# About half as large as those of the default index, so that the same pair of values gets the same word.
USUAL_OF_TOTAL = (5.0, 8.0)
NAMES = ("low", "watch", "high")
BAND_WORDS = ("small difference", "worth looking at", "large difference; repeat the test, look at trend and context")
Band = tuple[float, float]

_OFF = ("rfd_*", "*_rfd", "*_rfd_*", "force_*ms*", "*stiffness*", "sway_*", "landing_*")


def has_bands(name: str, better: Better, *, unit: str) -> bool:
    """May a metric have band words at all? Not rates, forces at a time, times, stiffness, sway, landing and neutral ones.

    A person without any asymmetry whose trials vary by 12 %, which is usual for a rate, would pass 10 % in half of the trials.

    >>> has_bands("peak_force", Better.HIGHER, unit="N"), has_bands("rfd_0_100ms", Better.HIGHER, unit="N/s")
    (True, False)
    """
    return better is Better.HIGHER and unit != "s" and not any(fnmatchcase(name, each) for each in _OFF)


def band_in(index: str, band: Band, *, stated_for: str = DEFAULT_INDEX) -> Band | None:
    """A band that a test states for one index, in another index; None where it cannot be carried over.

    >>> band_in("asym.total_denominator", (10.0, 15.0)), band_in("asym.max_denominator", (10.0, 15.0))
    ((5.0, 8.0), (10.0, 15.0))
    >>> [round(x, 2) for x in band_in("asym.half_total", (10.0, 15.0))]
    [10.53, 16.22]
    """
    if index == stated_for:
        return band
    if stated_for != DEFAULT_INDEX:
        return None
    if tuple(band) == USUAL and index in {TOTAL_INDEX, WITHOUT_SIDE}:
        return USUAL_OF_TOTAL
    return from_default_index(band[0], index), from_default_index(band[1], index)


def place(percent: float, band: Band) -> int:
    """0, 1 or 2: below, between, above.

    >>> [place(x, (10.0, 15.0)) for x in (-9.9, 10.0, -15.0)]
    [0, 1, 2]
    """
    size = abs(percent)
    return 0 if size < band[0] else 1 if size < band[1] else 2


def is_pale(percent: float, interval: tuple[float, float] | None, band: Band) -> bool:
    """The interval crosses a border of the band, so that the word is not certain.

    >>> is_pale(12.0, (11.0, 13.0), (10.0, 15.0)), is_pale(12.0, (9.0, 15.0), (10.0, 15.0))
    (False, True)
    """
    if interval is None:
        return True
    low, high = interval if percent >= 0 else (-interval[1], -interval[0])
    return any(low < border <= high for border in band)


def band_word(percent: float, interval: tuple[float, float] | None, *, band: Band | None) -> str:
    """The band in words; "" where bands are off.

    >>> band_word(16.0, (12.0, 20.0), band=(10.0, 15.0))
    'large difference; repeat the test, look at trend and context'
    """
    return "" if band is None or interval is None else BAND_WORDS[place(percent, band)]
