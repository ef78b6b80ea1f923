"""A value or a gap between sides, its interval and a target to words that claim no more than the interval allows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from daq.block import Limb
from daq.metrics.asymmetry import DEFAULT_INDEX, index_percent
from daq.metrics.value import Better

REACHED, NOT_YET, WITHIN_ERROR = "reached", "not yet", "within measurement error of the target"
Interval = tuple[float, float]


def target_word(interval: Interval | None, target: float, better: Better) -> str:
    """Is a target reached? Only with the whole interval on its good side; "" where nothing is known or there is no good side.

    >>> target_word((101.0, 105.0), 100.0, Better.HIGHER), target_word((90.0, 99.0), 100.0, Better.HIGHER)
    ('reached', 'not yet')
    >>> target_word((97.0, 103.0), 100.0, Better.LOWER)
    'within measurement error of the target'
    """
    if interval is None or better is Better.NEUTRAL:
        return ""
    low, high = interval if better is Better.HIGHER else (-interval[1], -interval[0])
    goal = target if better is Better.HIGHER else -target
    return REACHED if low >= goal else NOT_YET if high < goal else WITHIN_ERROR


class Verdict(StrEnum):
    """Where a goal stands."""

    REACHED = "reached"
    NOT_YET = "not yet"
    WITHIN_ERROR = "within measurement error of the target"
    STRONGER_DROPPED = "gap closed because the stronger side dropped"
    WEAKER_NOT_UP = "gap closed, the weaker side has not clearly gained"


@dataclass(frozen=True, slots=True)
class AsymmetryGoal:
    """``goal.asymmetry``: a left-right gap below a target within some weeks. Never a condition for sport or work.

    ``start_left`` and ``start_right`` are the values of ``metric`` on the first day, one ``protocol_id`` throughout.
    """

    metric: str
    start_left: float
    start_right: float
    target_percent: float = 10.0
    weeks: int = 8
    index: str = DEFAULT_INDEX

    @property
    def start_percent(self) -> float:
        """The index on the first day, positive = right larger."""
        return index_percent(self.start_left, self.start_right, self.index)

    @property
    def weaker(self) -> Limb:
        """The side with the smaller value on the first day."""
        return Limb.LEFT if self.start_left < self.start_right else Limb.RIGHT


@dataclass(frozen=True, slots=True)
class Progress:
    """``share`` of the gap closed (1 = level, negative = wider), verdict, and the sentence."""

    share: float
    verdict: Verdict
    sentence: str


def progress(
    goal: AsymmetryGoal, left: float, right: float, *, interval: Interval | None, mdc95_left: float, mdc95_right: float
) -> Progress:
    """Where a goal stands on a later day.

    Parameters
    ----------
    goal : AsymmetryGoal
        What was set.
    left, right : float
        The values of today.
    interval : (float, float) or None
        95 % interval of today's index, None where it is not known.
    mdc95_left, mdc95_right : float
        Smallest real change of each side between two days, in the unit of the metric.

    Notes
    -----
    Reached: the whole interval lies within the target, the weaker side has gained more than its ``mdc95`` and the stronger
    side has not fallen by more than its own. A gap that closed because the stronger side fell is said to be that.

    Examples
    --------
    >>> goal = AsymmetryGoal("peak_force", 400.0, 500.0)
    >>> known = {"interval": (-4.0, 4.0), "mdc95_left": 30.0, "mdc95_right": 30.0}
    >>> progress(goal, 495.0, 495.0, **known).sentence
    'reached'
    >>> progress(goal, 400.0, 400.0, **known).sentence
    'gap closed because the RIGHT dropped'
    >>> progress(goal, 440.0, 500.0, **{**known, "interval": (8.0, 16.0)}).share.__round__(3)
    0.4
    """
    start = abs(goal.start_percent)
    now = index_percent(left, right, goal.index)
    share = 1.0 - abs(now) / start if start > 0 else 0.0
    gains = {Limb.LEFT: left - goal.start_left, Limb.RIGHT: right - goal.start_right}
    real = {Limb.LEFT: mdc95_left, Limb.RIGHT: mdc95_right}
    verdict = _verdict(goal, interval, has_dropped=gains[goal.weaker.other] < -real[goal.weaker.other],
                       has_gained=gains[goal.weaker] > real[goal.weaker])  # fmt: skip
    side = goal.weaker.other.value.upper()
    said = f"gap closed because the {side} dropped" if verdict is Verdict.STRONGER_DROPPED else verdict.value
    return Progress(share, verdict, said)


def _verdict(goal: AsymmetryGoal, interval: Interval | None, *, has_dropped: bool, has_gained: bool) -> Verdict:
    if interval is None:
        return Verdict.WITHIN_ERROR
    low, high, target = *interval, goal.target_percent
    if low > target or high < -target:
        return Verdict.NOT_YET
    if low < -target or high > target:
        return Verdict.WITHIN_ERROR
    if has_dropped:
        return Verdict.STRONGER_DROPPED
    return Verdict.REACHED if has_gained else Verdict.WEAKER_NOT_UP
