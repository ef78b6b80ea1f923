"""Repeated hops to their reactive strength over the best of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from daq.block import Limb
from daq.metrics.catalogue import ALL, Number, metric, void
from daq.metrics.rebound.events import Hop, Hops, u_of
from daq.metrics.rebound.hops import height_m, ratio
from daq.metrics.value import Better, Params

BEST = 5


def _ratio_slopes(hop: Hop) -> tuple[float, float, float]:
    """Change of flight over contact with its three instants."""
    of_air, of_contact = 1.0 / hop.contact_s, ratio(hop) / hop.contact_s
    return of_contact, -of_air - of_contact, of_air


def _u_of_mean(hops: Sequence[Hop], slopes: Callable[[Hop], tuple[float, float, float]]) -> float:
    """What the instants contribute to a mean over hops; one that two of them share counts in both, with its sign."""
    total: dict[float, float] = {}
    us: dict[float, float] = {}
    for hop in hops:
        for instant, slope in zip((hop.contact, hop.takeoff, hop.landing), slopes(hop), strict=True):
            total[instant.t_s] = total.get(instant.t_s, 0.0) + slope / len(hops)
            us[instant.t_s] = u_of(instant)
    return math.hypot(*(slope * us[t_s] for t_s, slope in total.items()))


def _mean(reading: Hops, hops: Sequence[Hop], limb: Limb, *, method: str, n_of: int) -> Number:
    """Mean flight over contact of these hops."""
    value = sum(ratio(hop) for hop in hops) / len(hops)
    params: Params = {"n": len(hops), "of": n_of, "hops": _numbers(reading, hops, limb)}
    return Number(value, method, {"instants": _u_of_mean(hops, _ratio_slopes)}, params, _told(reading, hops))


def _numbers(reading: Hops, hops: Sequence[Hop], limb: Limb) -> str:
    chosen = {id(hop) for hop in hops}
    return " ".join(str(k) for k, hop in enumerate(reading.hops_of(limb), start=1) if id(hop) in chosen)


def _told(reading: Hops, hops: Sequence[Hop]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(code for hop in hops for code in hop.reasons), *reading.rate_codes)))


def _best(reading: Hops, limb: Limb, *, n: int, key: Callable[[Hop], float], method: str) -> Number:
    """Mean flight over contact of the ``n`` hops with the largest ``key``."""
    valid = reading.valid(limb)
    if len(valid) < n:
        return void("hop_count_low", method=method, params={"n": n, "of": len(valid)})
    chosen = sorted(valid, key=key, reverse=True)[:n]
    return _mean(reading, chosen, limb, method=method, n_of=len(valid))


@metric("1", Better.HIGHER, ALL)
def rsi_10_5(reading: Hops, limb: Limb) -> Number:
    """Mean flight over contact of the five hops where it is largest; withheld below five hops.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    Contact ``0.18 + 0.002 (i - 1)``, flight ``0.40 + 0.01 i``: the last five, 2.4737 on average.

    >>> from daq.metrics.rebound.example import hopping
    >>> round(rsi_10_5(hopping(), Limb.BOTH).value, 2)
    2.47
    """
    return _best(reading, limb, n=BEST, key=ratio, method="hops.best5_by_rsi")


@metric("1", Better.HIGHER, ALL)
def rsi_10_5_best_height(reading: Hops, limb: Limb) -> Number:
    """Mean flight over contact of the five highest hops.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.rebound.example import hopping
    >>> round(rsi_10_5_best_height(hopping(), Limb.BOTH).value, 2)
    2.47
    """
    return _best(reading, limb, n=BEST, key=lambda hop: hop.air_s, method="hops.best5_by_height")


@metric("m/s", Better.HIGHER, ALL)
def rsi_10_5_height(reading: Hops, limb: Limb) -> Number:
    """Mean height over contact of the five best hops with a contact of at most 250 ms, m/s: the original form of the test.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.rebound.example import hopping
    >>> round(rsi_10_5_height(hopping(), Limb.BOTH).value, 2)
    1.46
    """
    g, method, limit_s = reading.gravity, "hops.best5_by_height_over_contact", reading.limit("hop_contact_s")
    quick = [hop for hop in reading.valid(limb) if hop.contact_s <= limit_s]
    params: Params = {"n": BEST, "of": len(quick), "longest_contact_s": limit_s, "gravity": g}
    if len(quick) < BEST:
        code = "contact_too_long" if len(reading.valid(limb)) >= BEST else "hop_count_low"
        return void(code, method=method, params=params)
    chosen = sorted(quick, key=lambda hop: height_m(reading, hop) / hop.contact_s, reverse=True)[:BEST]
    value = sum(height_m(reading, hop) / hop.contact_s for hop in chosen) / BEST

    def slopes(hop: Hop) -> tuple[float, float, float]:
        of_air, of_contact = g * hop.air_s / (4.0 * hop.contact_s), height_m(reading, hop) / hop.contact_s**2
        return of_contact, -of_air - of_contact, of_air

    u = _u_of_mean(chosen, slopes)
    parts = {"instants": u, "time": value * reading.budgets[limb].time}
    return Number(value, method, parts, {**params, "hops": _numbers(reading, chosen, limb)}, _told(reading, chosen))


@metric("1", Better.HIGHER, ALL)
def rsi_mean(reading: Hops, limb: Limb) -> Number:
    """Mean flight over contact of all hops.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.rebound.example import hopping
    >>> round(rsi_mean(hopping(), Limb.BOTH).value, 2)
    2.41
    """
    n = max(len(reading.valid(limb)), 1)
    return _best(reading, limb, n=n, key=ratio, method="hops.mean")


@metric("1", Better.HIGHER, ALL)
def rsi_peak(reading: Hops, limb: Limb) -> Number:
    """Largest flight over contact of all hops.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    ``0.50/0.198``:

    >>> from daq.metrics.rebound.example import hopping
    >>> round(rsi_peak(hopping(), Limb.BOTH).value, 2)
    2.53
    """
    return _best(reading, limb, n=1, key=ratio, method="hops.best")


@metric("1", Better.HIGHER, ALL)
def rsi_top3(reading: Hops, limb: Limb) -> Number:
    """Mean flight over contact of the three hops where it is largest.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.rebound.example import hopping
    >>> round(rsi_top3(hopping(), Limb.BOTH).value, 2)
    2.5
    """
    return _best(reading, limb, n=3, key=ratio, method="hops.best3_by_rsi")
