"""Mean forces of the contractions of a test to its end force, by either rule, with the scatter that its interval rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

LAST6, LAST3 = "critical_force.last6_trimmed", "critical_force.last3"
N_ENDS = 3


class EndForce(NamedTuple):
    """Mean of the last contraction means by one rule; ``sd_n`` of the untrimmed last six, ``scatter_n`` of the mean from it."""

    force_n: float
    kept: tuple[int, ...]
    sd_n: float
    scatter_n: float
    nu: int


def end_force(means_n: Sequence[float], method: str, *, n_last: int = 6) -> EndForce:
    """The end force of a test from the mean forces of its contractions, at least ``n_last`` and three of them.

    Parameters
    ----------
    means_n : sequence of float
        Mean force of each contraction in order, N.
    method : str
        ``critical_force.last6_trimmed``: mean of the last ``n_last`` after dropping those outside mean -+ 1 SD of them;
        ``critical_force.last3``: mean of the last three.
    n_last : int
        How many the scatter comes from, with either rule.

    Notes
    -----
    The scatter comes from the SD s of the untrimmed last six, with five degrees of freedom: ``s/sqrt 6`` for the trimmed mean
    (trimming first would make it too small), ``s/sqrt 3`` for the mean of three. Of contractions that differ by chance the
    intervals hold 93 and 97 %; ``s/sqrt 6`` for the mean of three would hold 90 %.

    Examples
    --------
    >>> means = [10.0, 11.0, 9.0, 10.0, 16.0, 10.0]
    >>> end_force(means, "critical_force.last6_trimmed").kept, end_force(means, "critical_force.last6_trimmed").force_n
    ((1, 2, 3, 4, 6), 10.0)
    >>> end_force(means, "critical_force.last3").force_n
    12.0
    """
    last = list(means_n[-n_last:])
    first = len(means_n) - len(last)
    centre = sum(last) / len(last)
    sd = math.sqrt(sum((x - centre) * (x - centre) for x in last) / (len(last) - 1))
    # Equal contractions have an SD of rounding only.
    reach = sd + 1e-12 * abs(centre)
    kept = tuple(first + i for i, x in enumerate(last, 1) if method != LAST6 or abs(x - centre) <= reach)
    if method == LAST3:
        kept = tuple(range(len(means_n) - N_ENDS + 1, len(means_n) + 1))
    force = sum(means_n[i - 1] for i in kept) / len(kept)
    n_of_mean = N_ENDS if method == LAST3 else len(last)
    return EndForce(force, kept, sd, sd / math.sqrt(n_of_mean), len(last) - 1)
