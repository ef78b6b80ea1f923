"""Repeated hops to their times, heights and reactive strength, one by one and over the best of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from daq.block import Limb
from daq.metrics.catalogue import ALL, Number, metric, void
from daq.metrics.rebound.events import Entry, Hop, Hops, u_of
from daq.metrics.rebound.height import height_ratio_parts, ratio_parts
from daq.metrics.value import Better, Params

BEST = 5
RATIO, HEIGHT_RATIO = "rsi.flight_over_contact", "rsi.height_over_contact"


def _each(reading: Hops, limb: Limb, number: Callable[[Hop, int], Number], *, method: str) -> list[Number]:
    """One entry for every hop of the main curve; what a limb has no hop for says why."""
    entries: Sequence[Entry] = reading.hops_of(limb)
    return [
        number(hop, k) if isinstance(hop, Hop) else void(*hop, method=method, entry=k) for k, hop in enumerate(entries, start=1)
    ]


def _events(k: int) -> tuple[str, ...]:
    return (f"contact.{k}", f"takeoff.{k}", f"landing.{k}")


def slow_codes(reading: Hops, hop: Hop) -> tuple[str, ...]:
    """A warning for a contact above the limit of the test."""
    return ("contact_too_long",) if hop.contact_s > reading.limit("hop_contact_s") else ()


def height_m(reading: Hops, hop: Hop) -> float:
    """``g t_f^2/8`` of the flight after the contact."""
    return reading.gravity * hop.air_s**2 / 8.0


def ratio(hop: Hop) -> float:
    """Flight over contact."""
    return hop.air_s / hop.contact_s


@metric("1", Better.HIGHER, ALL)
def hop_count(reading: Hops, limb: Limb) -> Number:
    """Contacts that a flight leads to and a flight follows; the jump that begins the test is none of them.

    Examples
    --------
    >>> from daq.metrics.rebound.example import hopping
    >>> hop_count(hopping(), Limb.BOTH).value
    10.0
    """
    reading.hops_of(limb)
    params: Params = {"expected": reading.limit("expected_hops"), "valid": len(reading.valid(limb))}
    return Number(float(reading.n_own[limb]), "hops.count", None, params)


@metric("s", Better.NEUTRAL, ALL)
def hop_contact_time(reading: Hops, limb: Limb) -> list[Number]:
    """Time on the ground of every hop, s.

    Examples
    --------
    >>> from daq.metrics.rebound.example import hopping
    >>> [round(number.value, 3) for number in hop_contact_time(hopping(), Limb.BOTH)[:3]]
    [0.18, 0.182, 0.184]
    """

    def number(hop: Hop, k: int) -> Number:
        parts = {
            "contact": u_of(hop.contact), "takeoff": u_of(hop.takeoff),
            "time": hop.contact_s * reading.budgets[limb].time,
        }  # fmt: skip
        codes = (*slow_codes(reading, hop), *reading.rate_codes)
        return Number(hop.contact_s, hop.takeoff.method, parts, hop.contact.params, codes, _events(k), entry=k)

    return _each(reading, limb, number, method="hops.contact")


@metric("s", Better.NEUTRAL, ALL)
def hop_flight_time(reading: Hops, limb: Limb) -> list[Number]:
    """Time in the air after the contact of every hop, s.

    Examples
    --------
    >>> from daq.metrics.rebound.example import hopping
    >>> [round(number.value, 2) for number in hop_flight_time(hopping(), Limb.BOTH)[:3]]
    [0.41, 0.42, 0.43]
    """

    def number(hop: Hop, k: int) -> Number:
        parts = {
            "takeoff": u_of(hop.takeoff), "landing": u_of(hop.landing),
            "time": hop.air_s * reading.budgets[limb].time,
        }  # fmt: skip
        codes = (*hop.reasons, *reading.rate_codes)
        return Number(hop.air_s, hop.takeoff.method, parts, hop.takeoff.params, codes, _events(k), entry=k)

    return _each(reading, limb, number, method="hops.flight")


@metric("m", Better.HIGHER, ALL)
def hop_height(reading: Hops, limb: Limb) -> list[Number]:
    """Height of every hop from its time in the air, ``g t^2/8``, m.

    Examples
    --------
    ``9.80665 * 0.41^2/8``:

    >>> from daq.metrics.rebound.example import hopping
    >>> round(hop_height(hopping(), Limb.BOTH)[0].value, 3)
    0.206
    """
    g = reading.gravity

    def of(air: Number) -> Number:
        parts = {name: g * air.value / 4.0 * u for name, u in (air.parts or {}).items()}
        params = {**air.params, "gravity": g, "events": air.method}
        return air._replace(value=g * air.value**2 / 8.0, method="height.flight_time", parts=parts, params=params)

    return [air if air.is_void else of(air) for air in hop_flight_time(reading, limb)]


@metric("1", Better.HIGHER, ALL)
def hop_rsi(reading: Hops, limb: Limb) -> list[Number]:
    """Time in the air over time on the ground of every hop.

    Examples
    --------
    ``0.41/0.18``:

    >>> from daq.metrics.rebound.example import hopping
    >>> round(hop_rsi(hopping(), Limb.BOTH)[0].value, 2)
    2.28
    """

    def number(hop: Hop, k: int) -> Number:
        parts = ratio_parts(hop.contact, hop.takeoff, hop.landing)
        params: Params = {"contact_s": hop.contact_s, "flight_s": hop.air_s}
        codes = (*hop.reasons, *slow_codes(reading, hop), *reading.rate_codes)
        return Number(ratio(hop), RATIO, parts, params, codes, _events(k), entry=k)

    return _each(reading, limb, number, method=RATIO)


@metric("m/s", Better.HIGHER, ALL)
def hop_rsi_height(reading: Hops, limb: Limb) -> list[Number]:
    """Height over time on the ground of every hop, m/s.

    Examples
    --------
    ``9.80665 * 0.41^2/8/0.18``:

    >>> from daq.metrics.rebound.example import hopping
    >>> round(hop_rsi_height(hopping(), Limb.BOTH)[0].value, 2)
    1.14
    """
    g = reading.gravity

    def number(hop: Hop, k: int) -> Number:
        value = height_m(reading, hop) / hop.contact_s
        parts = height_ratio_parts(hop.contact, hop.takeoff, hop.landing, gravity=g)
        parts["time"] = value * reading.budgets[limb].time
        params: Params = {"contact_s": hop.contact_s, "flight_s": hop.air_s, "gravity": g}
        codes = (*hop.reasons, *slow_codes(reading, hop), *reading.rate_codes)
        return Number(value, HEIGHT_RATIO, parts, params, codes, _events(k), entry=k)

    return _each(reading, limb, number, method=HEIGHT_RATIO)


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

    Examples
    --------
    >>> from daq.metrics.rebound.example import hopping
    >>> round(rsi_top3(hopping(), Limb.BOTH).value, 2)
    2.5
    """
    return _best(reading, limb, n=3, key=ratio, method="hops.best3_by_rsi")
