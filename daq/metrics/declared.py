"""A left and a right value to shares and, with the declared sides of a person, to LSI, EPIC and dominance."""

from __future__ import annotations

from collections.abc import Sequence

from daq.block import Limb
from daq.metrics.person import PersonFacts
from daq.metrics.ratios import method_of, quotient
from daq.metrics.value import Better, Params, Status, Value

CAVEAT = "The other leg may also have weakened."
_UNKNOWN = ("uncertainty_unknown",)


def lsi(left: Value, right: Value, person: PersonFacts) -> Value | None:
    """``asym.lsi``: ``100 involved / uninvolved``, the reciprocal where lower is better; None without a declared side.

    It is never a pass mark, and neutral metrics have none.

    Examples
    --------
    >>> left = Value("peak_force", Limb.LEFT, 270.0, "N", "peak.max_sample", better=Better.HIGHER)
    >>> pair = (left, left._replace(limb=Limb.RIGHT, value=300.0))
    >>> found = lsi(*pair, PersonFacts(involved=Limb.LEFT))
    >>> found.value, found.text
    (90.0, 'The other leg may also have weakened.')
    """
    if person.involved is None or left.better is Better.NEUTRAL:
        return None
    involved, other = _ordered(left, right, person.involved)
    pair = (involved, other) if left.better is Better.HIGHER else (other, involved)
    return _value("lsi_percent", "asym.lsi", pair, {"involved": person.involved.value}, text=CAVEAT)


def epic(left: Value, right: Value, person: PersonFacts) -> Value | None:
    """``asym.epic``: ``100 involved now / uninvolved at the test before``; the reciprocal where lower is better.

    References
    ----------
    Wellsandt et al. (2017), Journal of Orthopaedic and Sports Physical Therapy.

    Examples
    --------
    >>> left = Value("peak_force", Limb.LEFT, 270.0, "N", "peak.max_sample", better=Better.HIGHER)
    >>> pair = (left, left._replace(limb=Limb.RIGHT, value=300.0))
    >>> epic(*pair, PersonFacts(involved=Limb.LEFT)).reasons
    ('baseline_test_missing',)
    >>> before = {"peak_force": pair[1]._replace(value=360.0)}
    >>> epic(*pair, PersonFacts(involved=Limb.LEFT, baseline=before, baseline_on="2026-01-04")).value
    75.0
    """
    if person.involved is None or left.better is Better.NEUTRAL:
        return None
    involved, _ = _ordered(left, right, person.involved)
    of = left.of or left.name
    before = person.baseline.get(of)
    params: Params = {"involved": person.involved.value, "baseline_on": person.baseline_on}
    if before is None or not before.value:
        return _refused("epic_percent", "asym.epic", involved, ("baseline_test_missing",), params)
    if method_of(before) != method_of(involved):
        return _refused("epic_percent", "asym.epic", involved, ("method_mismatch",), params)
    pair = (involved, before) if left.better is Better.HIGHER else (before, involved)
    return _value("epic_percent", "asym.epic", pair, params)


def dominance(left: Value, right: Value, person: PersonFacts) -> Value | None:
    """``asym.dominance``: ``100 (dominant - other)/dominant``; None without a declared dominant limb.

    >>> left = Value("peak_force", Limb.LEFT, 270.0, "N", "peak.max_sample", better=Better.HIGHER)
    >>> pair = (left, left._replace(limb=Limb.RIGHT, value=300.0))
    >>> dominance(*pair, PersonFacts(dominant=Limb.RIGHT)).value
    10.0
    """
    if person.dominant is None:
        return None
    dominant, other = _ordered(left, right, person.dominant)
    params: Params = {"dominant": person.dominant.value}
    if not dominant.value:
        return _refused("dominance_percent", "asym.dominance", dominant, ("denominator_too_small",), params)
    share = quotient(other, dominant, scale=100.0)
    bias = None if share.bias is None else -share.bias
    return _made("dominance_percent", "asym.dominance", dominant, 100.0 - share.value, share.u, share.nu_eff, bias, params)


def right_share(left: Value, right: Value) -> Value:
    """``share.right_percent``: ``100 R/(R + L)``, for display.

    Its u in points is half of that of the index with the total as denominator.

    >>> pair = [Value("peak_force", side, x, "N", "m") for side, x in ((Limb.LEFT, 400.0), (Limb.RIGHT, 600.0))]
    >>> right_share(*pair).value
    60.0
    """
    name, total = "share_right_percent", (left.value or 0.0) + (right.value or 0.0)
    if total <= 0:
        return _refused(name, "share.right_percent", left, ("denominator_too_small",), {})
    share = 100.0 * (right.value or 0.0) / total
    if not left.value or not right.value:
        return _made(name, "share.right_percent", left, share, None, None, None, {})
    ratio = quotient(right, left)
    u = None if ratio.u is None else share * (1.0 - share / 100.0) * ratio.u / ratio.value
    return _made(name, "share.right_percent", left, share, u, ratio.nu_eff, None, {})


def left_over_right(left: Value, right: Value) -> Value:
    """``ratio.left_right``: left over right, for display.

    >>> pair = [Value("peak_force", side, x, "N", "m") for side, x in ((Limb.LEFT, 400.0), (Limb.RIGHT, 500.0))]
    >>> left_over_right(*pair).value
    0.8
    """
    if not right.value:
        return _refused("ratio_left_right", "ratio.left_right", left, ("denominator_too_small",), {}, unit="1")
    found = quotient(left, right)
    return _made("ratio_left_right", "ratio.left_right", left, found.value, found.u, found.nu_eff, found.bias, {}, unit="1")


def indices(left: Value, right: Value, person: PersonFacts) -> list[Value]:
    """Every index of two comparable values beside the one that the test uses: shares, and those that need declared sides."""
    given = (lsi(left, right, person), epic(left, right, person), dominance(left, right, person))
    return [right_share(left, right), left_over_right(left, right), *(value for value in given if value is not None)]


def _ordered(left: Value, right: Value, first: Limb) -> tuple[Value, Value]:
    return (left, right) if first is Limb.LEFT else (right, left)


def _value(name: str, method: str, pair: tuple[Value, Value], params: Params, *, text: str = "") -> Value:
    if not pair[1].value:
        return _refused(name, method, pair[0], ("denominator_too_small",), params)
    found = quotient(*pair, scale=100.0)
    return _made(name, method, pair[0], found.value, found.u, found.nu_eff, found.bias, params, text=text)


def _made(  # noqa: PLR0917, private, in the order of a value's own fields
    name: str,
    method: str,
    like: Value,
    number: float,
    u: float | None,
    nu_eff: float | None,
    bias: float | None,
    params: Params,
    *,
    unit: str = "percent",
    text: str = "",
) -> Value:
    return Value(
        name, Limb.BOTH, number, unit, method, phase=like.phase, of=like.of or like.name, u=u, nu_eff=nu_eff, bias=bias,
        params={**params, "of_method": method_of(like)}, reasons=() if u is not None else _UNKNOWN, text=text,
    )  # fmt: skip


def _refused(  # noqa: PLR0917, private, in the order of a value's own fields
    name: str, method: str, like: Value, reasons: Sequence[str], params: Params, unit: str = "percent"
) -> Value:
    return Value(
        name, Limb.BOTH, None, unit, method, phase=like.phase, of=like.of or like.name, params=params,
        status=Status.INVALID, reasons=tuple(reasons),
    )  # fmt: skip
