"""Numbers and reason codes to the sentences that a coach reads; nothing here claims more than the interval allows."""

from __future__ import annotations

import math
from fnmatch import fnmatchcase
from functools import lru_cache

from daq.block import Limb
from daq.metrics.asymmetry import DEFAULT_INDEX, TOTAL_INDEX, WITHOUT_SIDE, from_default_index
from daq.metrics.bands import band_word
from daq.metrics.handedness import Distance
from daq.metrics.quality import REASONS
from daq.metrics.trial import TrialResult
from daq.metrics.value import Better
from daq.units import text_of

# Of the default index; of those that divide by the total the half, as for the bands.
LEVEL_PERCENT = 5.0
SMALLEST_SHOWN_PERCENT, SMALLEST_SHOWN_S = 0.05, 0.0005
NO_DIFFERENCE = "no clear difference"
LEVEL = "level"
NO_DIFFERENCE_SEEN = "no difference seen"
# Up to here the index of the larger side is close to "so much more"; above, 46.6 % of the larger would be 87 % more.
LARGEST_SPOKEN_PERCENT = 15.0
_OF_THE_MEAN = "asym.half_total"
FEWEST_FOR_BAND = 3

# Patterns of names to the main value of such a trial, what is said where it is withheld, and where it is not.
_SLOW: tuple[tuple[str, str, str, str], ...] = (
    (
        "hop_contact_time*", "hop_contact_time*", "The sensor is too slow: hops need 100 Hz, better 1000 Hz.",
        "The sensor is slow for hops: their values are less certain than at 1000 Hz.",
    ),
    (
        "contact_time", "contact_time",
        "The sensor is too slow: contact and flight need 100 Hz, speeds and heights from them 200 Hz, better 1000 Hz.",
        "The sensor is slow for a drop jump: speeds and heights need 200 Hz, and all is more certain at 1000 Hz.",
    ),
    (
        "jump_height*", "jump_height_impulse_momentum",
        "The sensor is too slow: a jump height needs 200 Hz (by flight time 100 Hz), better 1000 Hz.",
        "The sensor is slow for a jump: its values are less certain than at 1000 Hz.",
    ),
    (
        "landing_peak_force", "landing_peak_force",
        "The sensor is too slow: a landing needs 100 Hz, its speeds and depths 200 Hz, better 1000 Hz.",
        "The sensor is slow for a landing: speeds and depths need 200 Hz, and all is more certain at 1000 Hz.",
    ),
    (
        "*stance_time", "*stance_time",
        "The sensor is too slow: balance needs 10 Hz, the centre of pressure 20 Hz, better 100 Hz.",
        "The sensor is slow: the centre of pressure needs 20 Hz, better 100 Hz.",
    ),
    (
        "*", "peak_force", "The sensor is too slow: peak force needs 10 Hz, better 50 Hz.",
        "The sensor is slow: peak force counts from 10 Hz, better 50 Hz; rates of rise need 200 Hz or more.",
    ),
)  # fmt: skip

_CLAIM = "stronger"
_EARLY = {1: "one trial of a side", 2: "two trials"}
_LOADS = frozenset({"N", "N*s", "N/s"})
_VERBS = frozenset({"carried", "tired", "varied", "landed"})
_MOMENTS = frozenset({"N*m", "N*m/kg", "N/kg"})
# Patterns of names to the word behind the side with the larger value; the first that fits wins.
_WORDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("sway_*", "weight_share_sd*"), "more sway"),
    (("weight_share*",), "carried more"),
    (("fatigue_*", "strength_decrement_percent", "static_fatigue_index_percent"), "tired more"),
    (("*_cv_percent", "best_two_difference_percent"), "varied more"),
    (("target_error_rms",), "larger error"),
    (("critical_force*", "w_prime*", "end_test_force", "endurance_time", "single_leg_stance_time", "time_in_target",
      "time_under_tension", "rep_count"), "more"),
    (("countermovement_depth",), "deeper"),
    (("*stiffness*",), "stiffer"),
    (("fv_slope",), "larger"),
    (("hop_distance*",), "farther"),
    (("jump_height*", "hop_height*", "takeoff_velocity", "peak_velocity", "*_power", "rsi_*", "hop_rsi*", "mean_*_force",
      "fv_*", "jump_momentum"), "higher"),
)  # fmt: skip
# The same for forces of one limb after the other.
_WORDS_OF_LOADS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("landing_*", "peak_contact_force", "contact_impulse_gross"), "landed harder"),
    (("rfd_*", "*_rfd", "*_rfd_*"), "faster rise"),
    (("*impulse*",), "larger impulse"),
)


def reason_sentence(code: str) -> str:
    """What a person is told about a reason code.

    >>> reason_sentence("weighing_not_quiet")
    'You moved while being weighed. Stand still, then jump.'
    """
    row = REASONS.get(code)
    return row.sentence if row else f"{code.replace('_', ' ').capitalize()}."


def trial_reason_sentence(code: str, result: TrialResult) -> str:
    """What a person is told about a reason of a whole trial: as ``reason_sentence``, with the rate that is needed.

    >>> from daq.block import Limb
    >>> from daq.metrics.value import Status
    >>> trial_reason_sentence("rate_too_low", TrialResult(Limb.LEFT, Status.INVALID, ("rate_too_low",)))
    'The sensor is too slow: peak force needs 10 Hz, better 50 Hz.'
    """
    if code == "limb_missing" and result.limb is Limb.BOTH:
        return "One side shows no load: left and right are both needed. Check plates and columns."
    if code != "rate_too_low":
        return reason_sentence(code)
    names = {value.name for value in result.values}
    given = {value.name for value in result.values if value.value is not None}
    main, too_slow, slow = next(row for pattern, *row in _SLOW if pattern == "*" or any(fnmatchcase(x, pattern) for x in names))
    return slow if any(fnmatchcase(name, main) for name in given) else too_slow


@lru_cache(maxsize=512)
def side_word(name: str, better: Better, *, unit: str, together: bool) -> str:
    """The word behind the side with the larger value of metric ``name``.

    "Stronger" is kept for forces and torques of a maximal effort of one limb; what both limbs do at once is carried.

    >>> side_word("peak_force", Better.HIGHER, unit="N", together=True)
    'carried more'
    >>> side_word("peak_force", Better.HIGHER, unit="N", together=False)
    'stronger'
    >>> side_word("sway_path", Better.LOWER, unit="m", together=False)
    'more sway'
    """
    if together and unit in _LOADS and not name.startswith("target_"):
        return "carried more"
    word = _listed(name, _WORDS) or (_listed(name, _WORDS_OF_LOADS) if unit in _LOADS else "")
    if word:
        return word
    if unit == "s":
        return "longer"
    return _CLAIM if better is Better.HIGHER and not together and unit in _LOADS | _MOMENTS else "larger"


def _listed(name: str, table: tuple[tuple[tuple[str, ...], str], ...]) -> str:
    return next((word for patterns, word in table if any(fnmatchcase(name, each) for each in patterns)), "")


def level_percent(index: str) -> float:
    """Within how many percent of an index the sides are level.

    >>> level_percent("asym.max_denominator"), level_percent("asym.total_denominator")
    (5.0, 2.5)
    """
    if index in {TOTAL_INDEX, WITHOUT_SIDE}:
        return 0.5 * LEVEL_PERCENT
    return from_default_index(LEVEL_PERCENT, index)


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
    index: str = DEFAULT_INDEX,
    is_one_trial: bool | None = None,
    difference: float | None = None,
    band: tuple[float, float] | None = None,
    distance: Distance | None = None,
) -> str:
    """Words of an asymmetry; the first rule that fits wins.

    An index is no "so much more": ``asym.max_denominator`` divides by the larger side, so that 46.6 % there is 87 % more than
    the smaller one. Up to 15 % the two are close and the customary sentence is kept; above it the smaller side is named with
    "less", which is what this index says. Indices that divide by the total are about half of "so much more" at any size, so
    they are named as an index.

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
    index : str
        Method id of the index; one that is not the default is named beside its number.
    is_one_trial : bool or None
        The values are those of one trial, or of one trial of each limb; None: where ``n_trials`` is 1. Between one trial and
        three of each limb there is no interval of the person, so that nothing is claimed.
    difference : float or None
        Right minus left in ``unit``, for metrics that are named in their unit.
    band : (float, float) or None
        Borders of the band words, None where bands are off.
    distance : Distance or None
        How far the index lies from where it is expected for this person, with what is said instead of a band.

    Examples
    --------
    >>> kind = {"name": "peak_force", "better": Better.HIGHER, "unit": "N", "n_trials": 3, "is_instrument": False}
    >>> asymmetry_sentence(9.0, (-1.0, 19.0), together=False, **kind)
    'no clear difference'
    >>> asymmetry_sentence(5.8, (3.0, 8.6), together=True, **kind)
    'RIGHT carried 5.8 % more'
    >>> asymmetry_sentence(-12.0, (-15.0, -9.0), together=False, band=(10.0, 15.0), **kind)
    'LEFT 12.0 % stronger, worth looking at'
    >>> asymmetry_sentence(46.6, (40.0, 53.0), together=True, **kind)
    'RIGHT carried more, LEFT 46.6 % less'
    >>> asymmetry_sentence(46.6, (40.0, 53.0), together=True, index="asym.total_denominator", **kind)
    'RIGHT carried more, index 46.6 % (total_denominator)'
    >>> two = {**kind, "n_trials": 2, "is_instrument": True}
    >>> asymmetry_sentence(12.8, (12.7, 12.9), together=False, **two)
    'RIGHT 12.8 % more; two trials, no interval of the person yet'
    """
    if percent is None or not math.isfinite(percent):
        return ""
    is_one = n_trials == 1 if is_one_trial is None else is_one_trial
    is_early = is_instrument and not is_one
    suffix = ", this trial" if is_one else ""
    level = level_percent(index)
    if not is_early and interval is not None:
        is_level = interval[0] >= -level and interval[1] <= level
        if is_level or interval[0] <= 0 <= interval[1]:
            return (LEVEL if is_level else NO_DIFFERENCE) + suffix
    in_unit = difference if better is not Better.HIGHER and unit == "s" else None
    if (interval is None or is_early) and (
        abs(percent) < SMALLEST_SHOWN_PERCENT if in_unit is None else abs(in_unit) < SMALLEST_SHOWN_S
    ):
        return NO_DIFFERENCE_SEEN + suffix
    # The symmetry index is positive whichever side is larger.
    is_right = difference > 0 if index == WITHOUT_SIDE and difference is not None else percent > 0
    word = side_word(name, better, unit=unit, together=together)
    word = "more" if is_early and word == _CLAIM else word
    said = _sides_and_size(is_right, percent, in_unit, word=word, index=index)
    if is_early:
        return f"{said}; {_EARLY.get(n_trials, 'few trials')}, no interval of the person yet"
    if interval is None:
        return f"{said}{suffix}; the uncertainty is not known"
    added = distance.note if distance is not None else ""
    if not added and n_trials >= FEWEST_FOR_BAND and not is_instrument:
        added = band_word(percent if distance is None else distance.percent, interval, band=band)
    return f"{said}{suffix}" + (f", {added}" if added else "")


def _sides_and_size(is_right: bool, percent: float, seconds: float | None, *, word: str, index: str) -> str:  # noqa: FBT001, private
    side, other = ("RIGHT", "LEFT") if is_right else ("LEFT", "RIGHT")
    if seconds is not None:
        size = text_of(abs(seconds), decimals=2 if abs(seconds) >= 0.02 else 3, unit="s")  # noqa: PLR2004, s
        return f"{side} {size} {word}"
    named = "" if index == DEFAULT_INDEX else f" ({index.removeprefix('asym.')})"
    size = f"{abs(percent):.1f} %"
    is_spoken = abs(percent) <= LARGEST_SPOKEN_PERCENT and index in {DEFAULT_INDEX, _OF_THE_MEAN}
    if is_spoken:
        verb, _, rest = word.partition(" ")
        return f"{side} {verb} {size} {rest}{named}" if verb in _VERBS else f"{side} {size} {word}{named}"
    return f"{side} {word}, {other} {size} less" if index == DEFAULT_INDEX else f"{side} {word}, index {size}{named}"
