"""Numbers and reason codes to the sentences that a coach reads; nothing here claims more than the interval allows."""

from __future__ import annotations

import math

from daq.metrics.quality import REASONS
from daq.metrics.value import Better
from daq.units import text_of

LEVEL_PERCENT = 5.0
NO_DIFFERENCE = "no clear difference"
LEVEL = "level"
BAND_WORDS = ("small difference", "worth looking at", "large difference; repeat the test, look at trend and context")
FEWEST_FOR_BAND = 3

_STIFF = ("_stiffness", "landing_")
_WORDS_ONE_SIDE = (
    (("rfd_", "braking_rfd"), "faster rise"),
    (("impulse", "braking_impulse", "propulsion_impulse"), "larger impulse"),
    (("jump_height", "hop_height"), "higher"),
    (("takeoff_velocity", "peak_velocity"), "faster"),
    (("peak_power", "relative_peak_power", "mean_propulsion_power"), "more power"),
    (("rsi_", "jump_momentum"), "larger"),
)


def reason_sentence(code: str) -> str:
    """What a person is told about a reason code.

    >>> reason_sentence("weighing_not_quiet")
    'You moved while being weighed. Stand still, then jump.'
    """
    row = REASONS.get(code)
    return row.sentence if row else f"{code.replace('_', ' ').capitalize()}."


def side_word(name: str, better: Better, *, unit: str, together: bool) -> str:  # noqa: PLR0911, a table of words
    """The word behind the side with the larger value of metric ``name``.

    >>> side_word("peak_force", Better.HIGHER, unit="N", together=True)
    'carried more'
    >>> side_word("peak_force", Better.HIGHER, unit="N", together=False)
    'stronger'
    """
    if unit == "s":
        return "longer"
    if name.startswith("sway_"):
        return "more sway"
    is_load = unit in {"N", "N*s", "N/s"}
    if better is Better.HIGHER:
        if together and is_load:
            return "carried more"
        for starts, word in _WORDS_ONE_SIDE:
            if name.startswith(starts):
                return word
        return "stronger" if is_load and not together else "larger"
    if name == "weight_share" or (together and is_load):
        return "carried more"
    return "landed harder" if name.startswith(_STIFF[1]) and is_load else "larger"


def asymmetry_sentence(
    percent: float | None,
    interval: tuple[float, float] | None,
    *,
    name: str,
    better: Better,
    unit: str,
    together: bool,
    n_trials: int,
    is_instrument: bool,
    difference: float | None = None,
    band: tuple[float, float] | None = None,
) -> str:
    """Words of an asymmetry; the first rule that fits wins.

    Parameters
    ----------
    percent, interval
        The index and its 95 % interval, positive = right larger; None where there is none.
    name, better, unit
        Of the metric that was compared.
    together : bool
        Both limbs worked at once: the sentence is about load, never about strength.
    n_trials : int
        Trials behind the index (of the limb with fewer).
    is_instrument : bool
        The interval is that of the instrument (one or two trials), not of the person.
    difference : float or None
        Right minus left in ``unit``, for metrics that are named in their unit.
    band : (float, float) or None
        Borders of the band words, None where bands are off.

    Examples
    --------
    >>> kind = {"name": "peak_force", "better": Better.HIGHER, "unit": "N", "n_trials": 3, "is_instrument": False}
    >>> asymmetry_sentence(9.0, (-1.0, 19.0), together=False, **kind)
    'no clear difference'
    >>> asymmetry_sentence(5.8, (3.0, 8.6), together=True, **kind)
    'RIGHT carried 5.8 % more'
    >>> asymmetry_sentence(-12.0, (-15.0, -9.0), together=False, band=(10.0, 15.0), **kind)
    'LEFT 12.0 % stronger, worth looking at'
    """
    if percent is None or not math.isfinite(percent):
        return ""
    suffix = ", this trial" if n_trials == 1 else ""
    if interval is not None and interval[0] >= -LEVEL_PERCENT and interval[1] <= LEVEL_PERCENT:
        return LEVEL + suffix
    if interval is not None and interval[0] <= 0 <= interval[1]:
        return NO_DIFFERENCE + suffix
    side = "RIGHT" if percent > 0 else "LEFT"
    said = _side_and_size(percent, difference, name=name, better=better, unit=unit, together=together)
    if interval is None:
        return f"{side} {said}{suffix}; the uncertainty is not known"
    word = band_word(percent, interval, band=band) if n_trials >= FEWEST_FOR_BAND and not is_instrument else ""
    return f"{side} {said}{suffix}" + (f", {word}" if word else "")


def _side_and_size(percent: float, difference: float | None, *, name: str, better: Better, unit: str, together: bool) -> str:
    word = side_word(name, better, unit=unit, together=together)
    size = f"{abs(percent):.1f} %"
    if better is not Better.HIGHER and difference is not None and unit == "s":
        size = text_of(abs(difference), decimals=2 if abs(difference) >= 0.02 else 3, unit=unit)  # noqa: PLR2004, s
    return f"carried {size} more" if word == "carried more" else f"{size} {word}"


def band_word(percent: float, interval: tuple[float, float] | None, *, band: tuple[float, float] | None) -> str:
    """The band in words; "" where bands are off.

    >>> band_word(16.0, (12.0, 20.0), band=(10.0, 15.0))
    'large difference; repeat the test, look at trend and context'
    """
    if band is None or interval is None:
        return ""
    size = abs(percent)
    return BAND_WORDS[0 if size < band[0] else 1 if size < band[1] else 2]
