"""An asymmetry of two hands and the hand a person writes with to the distance that a band is laid against."""

from __future__ import annotations

from dataclasses import dataclass

from daq.metrics.asymmetry import DEFAULT_INDEX, from_default_index
from daq.metrics.person import Handedness, PersonFacts

METHOD = "handedness.expect_10_right"
EXPECTED_PERCENT = 10.0
COMMON = "common in right-handers"


@dataclass(frozen=True, slots=True)
class Distance:
    """How far an index lies from where it is expected, in points; ``note`` is said with it, ``centre`` is the expectation."""

    percent: float
    note: str = ""
    centre: float = 0.0


def shift_applies(person: PersonFacts, *, is_hand_held: bool) -> bool:
    """Right-handers in hand-held tests, without an injured or operated side.

    >>> shift_applies(PersonFacts(Handedness.RIGHT), is_hand_held=True)
    True
    >>> from daq.block import Limb
    >>> shift_applies(PersonFacts(Handedness.RIGHT, involved=Limb.LEFT), is_hand_held=True)
    False
    """
    return is_hand_held and person.handedness is Handedness.RIGHT and person.involved is None


def expect_10_right(percent: float, person: PersonFacts, *, is_hand_held: bool, index: str = DEFAULT_INDEX) -> Distance:
    """Distance of an index of hand strength from what is usual for this person.

    Parameters
    ----------
    percent : float
        The index, positive = right larger.
    person : PersonFacts
        Only a declared right-hander without an injured side has a shift.
    is_hand_held : bool
        Grip, pinch and other tests of the hand.
    index : str
        Method id; the ten percent are those of the default index and are carried over to others.

    Notes
    -----
    Above +10 % the band applies to ``abs(a - 10)``, between 0 and +10 % nothing is coloured and "common in right-handers" is
    said, below 0 the band applies to ``abs(a)``. The number itself is never changed.

    References
    ----------
    Petersen et al. (1989), American Journal of Occupational Therapy.

    Examples
    --------
    >>> right = PersonFacts(Handedness.RIGHT)
    >>> [round(expect_10_right(a, right, is_hand_held=True).percent, 6) for a in (22.0, 8.0, -11.0)]
    [12.0, 0.0, 11.0]
    >>> expect_10_right(8.0, right, is_hand_held=True).note
    'common in right-handers'
    >>> expect_10_right(22.0, PersonFacts(Handedness.LEFT), is_hand_held=True).percent
    22.0
    """
    if not shift_applies(person, is_hand_held=is_hand_held):
        return Distance(abs(percent))
    centre = from_default_index(EXPECTED_PERCENT, index)
    if percent > centre:
        return Distance(percent - centre, centre=centre)
    return Distance(0.0, COMMON, centre) if percent >= 0 else Distance(-percent, centre=centre)
