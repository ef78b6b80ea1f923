"""A person who stands on the plate before a pull to the body weight, without the tension already taken up."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from daq.metrics.methods import Rule
from daq.metrics.onset import base_level_n, half_way_index
from daq.metrics.samples import window_stats
from daq.metrics.trace import Trace
from daq.metrics.weighing import WINDOW_S, Weighing, loaded_stretch_s, weigh

BEFORE_PULL_S = 0.1
# Tension adds less than this to the weight; a level further below the others is one foot on the plate, not standing.
LEVEL_N, LEAST_SHARE = 10.0, 0.75
MISMATCH_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class Standing:
    """``from_s``: since when the plate carries the person; ``weighing`` None: what stands against it is in ``missing``."""

    from_s: float = -math.inf
    weighing: Weighing | None = None
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def find_standing(
    trace: Trace, *, rule: Rule, stored_weight_n: float | None, quiet: tuple[float, float], gravity: float
) -> Standing:
    """The quiet standing before the pull in ``trace``; ``quiet`` is the largest SD of it, in N and as a share of the weight.

    Notes
    -----
    ``weigh.quiet_level_1s``, the default of pulls: of the quiet 1 s windows between the step onto the plate and the pull those
    within 10 N of the lowest level, and of these the one with the lowest SD. A person who takes up tension presses harder on
    the plate, so the lowest level is the weight, and the stillest second may well be one under tension.

    Examples
    --------
    >>> from daq.metrics.isometric.example import standing_pull
    >>> pull = standing_pull()  # 800 N, then 25 N of tension, then the pull
    >>> still = (10.0, 0.015)
    >>> stood = find_standing(pull.trace, rule=Rule("weigh.quiet_level_1s"), stored_weight_n=None, quiet=still, gravity=9.8)
    >>> round(stood.weighing.weight_n, 6)
    800.0
    """
    top_s = float(trace.t_s[int(trace.force_n.argmax())])
    stretch = loaded_stretch_s(trace, top_s)
    if stretch is None:
        return Standing(missing=("weighing_missing",))
    from_s = stretch[0]
    base_n = base_level_n(trace, sensor="plate", from_s=from_s)
    half = half_way_index(trace, base_n=base_n, from_s=from_s)
    if half is None or float(trace.t_s[half]) - BEFORE_PULL_S - from_s < WINDOW_S - 0.5 * trace.dt_s:
        # Nothing is known of what came before the load, so it stays a candidate for the baseline.
        return Standing(missing=("weighing_missing" if half is None else "weighing_too_short",))
    pull_s = float(trace.t_s[half])
    window = _window(trace, from_s, pull_s - BEFORE_PULL_S, quiet=quiet) if rule.name == "quiet_level_1s" else rule
    if not isinstance(window, Rule):
        return Standing(from_s, missing=window)
    found = weigh(trace, pull_s, rule=window, landing_s=None, quiet=quiet, gravity=gravity)
    if not isinstance(found, Weighing):
        return Standing(from_s, missing=found)
    codes = found.reasons
    if stored_weight_n and abs(found.weight_n / stored_weight_n - 1.0) > MISMATCH_SHARE:
        codes = (*codes, "weight_mismatch")
    return Standing(from_s, replace(found, method=rule.id), reasons=codes)


def _window(trace: Trace, from_s: float, stop_s: float, *, quiet: tuple[float, float]) -> Rule | tuple[str, ...]:
    """The window of ``weigh.quiet_level_1s`` as a window set by hand, or why there is none."""
    inside, n = trace.slice(from_s, stop_s), trace.n_in(WINDOW_S)
    if inside.stop - inside.start < n:
        return ("weighing_too_short",)
    means, sds = window_stats(trace.force_n[inside], n)
    is_still = sds <= np.maximum(quiet[0], quiet[1] * means)
    for a, b in trace.holes:
        is_still[max(trace.nearest(a) - inside.start - n + 1, 0) : max(trace.nearest(b) - inside.start + 1, 0)] = False
    if not is_still.any():
        return ("weighing_not_quiet",)
    is_still &= means >= LEAST_SHARE * float(means[is_still].max())
    near = np.flatnonzero(is_still & (means <= float(means[is_still].min()) + LEVEL_N))
    lowest = float(sds[near].min())
    first = inside.start + int(near[sds[near] <= lowest + 1e-4][-1])
    start_s = float(trace.t_s[first])
    return Rule("weigh.manual", (start_s, start_s + n * trace.dt_s))
