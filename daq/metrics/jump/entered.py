"""What a person measured by hand and typed in with a trial to values: distance and time of hops without a plate."""

from __future__ import annotations

from daq.block import Limb
from daq.metrics.catalogue import TOTAL, Number, metric, void
from daq.metrics.reading import Reading
from daq.metrics.value import Better

_METHOD = "value.entered"


def _entered(reading: Reading, limb: Limb, name: str) -> Number:
    entered = reading.conditions.entered
    value = entered.get(f"{name}.{limb.value}", entered.get(name))
    return void("value_not_entered", method=_METHOD) if value is None else Number(value, _METHOD)


@metric("m", Better.HIGHER, TOTAL)
def hop_distance(reading: Reading, limb: Limb) -> Number:
    """Distance of a single, triple or crossover hop, measured with a tape and entered, m.

    References
    ----------
    Entered by a person; nothing is computed.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> hop_distance(cosine_jump(), Limb.LEFT).reasons  # nobody entered one
    ('value_not_entered',)
    """
    return _entered(reading, limb, "hop_distance_m")


@metric("s", Better.LOWER, TOTAL)
def hop_time(reading: Reading, limb: Limb) -> Number:
    """Time of the 6 m timed hop, entered, s.

    References
    ----------
    Entered by a person; nothing is computed.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> hop_time(cosine_jump(), Limb.LEFT).reasons
    ('value_not_entered',)
    """
    return _entered(reading, limb, "hop_time_s")
