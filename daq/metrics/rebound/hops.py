"""Repeated hops to their times, heights and reactive strength, one by one."""

from __future__ import annotations

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

    References
    ----------
    Convention of force-plate programs; no single paper.

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

    References
    ----------
    Convention of force-plate programs; no single paper.

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

    References
    ----------
    Convention of force-plate programs; no single paper.

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

    References
    ----------
    Convention of force-plate programs; no single paper.

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

    References
    ----------
    Convention of force-plate programs; no single paper.

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

    References
    ----------
    Convention of force-plate programs; no single paper.

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
