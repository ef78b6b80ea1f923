"""Two summary values of the same day to their ratio with its uncertainty: muscle pairs, strength and jump, two jumps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from daq.block import Limb
from daq.metrics.asymmetry import SMALLEST_FORCE_N, SMALLEST_U, without_bias
from daq.metrics.quality import ranked
from daq.metrics.uncertainty import effective_freedom
from daq.metrics.value import NO_PARAMS, Better, Params, Status, Value

PAIR = "ratio.agonist_antagonist"
# Ratios whose name has a method of its own; every other is a ratio of a muscle pair.
METHODS: Mapping[str, str] = {
    "agonist_antagonist_ratio": PAIR,
    "hamstring_quadriceps_ratio": PAIR,
    "hip_adductor_abductor_ratio": PAIR,
    "shoulder_er_ir_ratio": PAIR,
    "plantar_dorsi_ratio": PAIR,
    "dynamic_strength_index": "ratio.dsi",
    "break_make_ratio": "ratio.break_make",
    "eccentric_utilisation_ratio": "ratio.eccentric_utilisation",
    "romberg_quotient": "ratio.romberg",
}


# Two stances are comparable only with the same way to the centre of pressure and the same processing.
_SAME_PARAMS = ("cop", "processed_hz", "window_s")


@dataclass(frozen=True, slots=True)
class Quotient:
    """One value over another: number, standard uncertainty (None = not known), degrees of freedom, listed bias, its parts."""

    value: float
    u: float | None
    nu_eff: float | None
    bias: float | None
    parts: Mapping[str, float]


def quotient(numerator: Value, denominator: Value, *, scale: float = 1.0) -> Quotient:
    """``scale`` times one value over another.

    Notes
    -----
    ``u(Q) = Q sqrt(w_1^2 + w_2^2 - 2 rho w_1 w_2)``, w the relative standard uncertainties; a reference that both were
    calibrated against is common to both (``rho w_1 w_2 = u_ref^2``) and cancels.

    Examples
    --------
    Relative uncertainties of 3 and 4 % without anything in common make 5 %:

    >>> a = Value("peak_force", Limb.LEFT, 60.0, "N", "peak.max_sample", u=1.8, u_parts={"noise": 1.8})
    >>> b = Value("peak_force", Limb.LEFT, 100.0, "N", "peak.max_sample", u=4.0, u_parts={"noise": 4.0})
    >>> round(quotient(a, b).u / quotient(a, b).value, 6)
    0.05
    """
    x, y = numerator.value or 0.0, denominator.value or math.nan
    value = scale * x / y
    bias = None
    if numerator.bias is not None or denominator.bias is not None:
        bias = value - scale * without_bias(numerator) / without_bias(denominator)
    if numerator.u is None or denominator.u is None:
        return Quotient(value, None, None, bias, {})
    same = numerator.reference == denominator.reference != ""
    parts = {
        "numerator": abs(scale / y) * _own(numerator, same=same),
        "denominator": abs(value / y) * _own(denominator, same=same),
    }
    nu = effective_freedom([(parts["numerator"], numerator.nu_eff), (parts["denominator"], denominator.nu_eff)])
    return Quotient(value, math.hypot(*parts.values()), nu, bias, parts)


def _own(value: Value, *, same: bool) -> float:
    """Standard uncertainty without the part that both sides of a ratio share."""
    shared = value.u_parts.get("reference", 0.0) if same else 0.0
    return math.sqrt(max((value.u or 0.0) ** 2 - shared * shared, 0.0))


def method_of(value: Value) -> str:
    """The rule behind a value or behind the trials of a summary value."""
    return str(value.params.get("of_method") or value.method)


def _way(value: Value) -> tuple[object, ...]:
    """How a metric came about, as far as two tests have to agree."""
    return (method_of(value), *(value.params.get(name) for name in _SAME_PARAMS))


def refusal(numerator: Value | None, denominator: Value | None) -> tuple[str, ...]:
    """Why two values give no ratio; empty when they do.

    The same metric in two tests has to come from the same rule and the same summary (best or mean).
    """
    if numerator is None or denominator is None:
        return ("limb_missing",)
    if numerator.value is None or denominator.value is None:
        return ranked((*numerator.reasons, *denominator.reasons)) or ("limb_missing",)
    metrics = [v.of or v.name for v in (numerator, denominator)]
    if numerator.unit != denominator.unit or (numerator.of and denominator.of and numerator.method != denominator.method):
        return ("method_mismatch",)
    if metrics[0] == metrics[1] and _way(numerator) != _way(denominator):
        return ("method_mismatch",)
    if min(numerator.value, denominator.value) < 0:
        return ("signed_quantity",)
    least = max(SMALLEST_U * (denominator.u or 0.0), SMALLEST_FORCE_N if denominator.unit == "N" else 0.0)
    return ("denominator_too_small",) if denominator.value <= least else ()


def ratio(name: str, numerator: Value | None, denominator: Value | None, *, limb: Limb, params: Params = NO_PARAMS) -> Value:
    """One ratio of two summary values of the same limb and day, or why there is none.

    Parameters
    ----------
    name : str
        Its name; ``METHODS`` has the method id, a name that is not there is a muscle pair.
    numerator, denominator : Value or None
        Summary values (best or mean).
    params : mapping
        The pair by name: which test stands above and which below.

    References
    ----------
    Comfort et al. (2019), Strength and Conditioning Journal (dynamic strength index).

    Examples
    --------
    >>> flexion = Value("peak_force_best", Limb.LEFT, 180.0, "N", "summary.best", of="peak_force")
    >>> extension = Value("peak_force_best", Limb.LEFT, 300.0, "N", "summary.best", of="peak_force")
    >>> ratio("hamstring_quadriceps_ratio", flexion, extension, limb=Limb.LEFT).value
    0.6
    >>> ratio("hamstring_quadriceps_ratio", flexion, None, limb=Limb.LEFT).reasons
    ('limb_missing',)
    """
    method = METHODS.get(name, PAIR)
    refused = refusal(numerator, denominator)
    if refused or numerator is None or denominator is None:
        return Value(name, limb, None, "1", method, params=params, status=Status.INVALID, reasons=refused)
    found = quotient(numerator, denominator)
    told = {
        **params, "numerator": numerator.value, "denominator": denominator.value, "summary": numerator.method,
        "numerator_method": method_of(numerator), "denominator_method": method_of(denominator),
    }  # fmt: skip
    known = numerator.knows_instrument is True and denominator.knows_instrument is True
    return Value(
        name, limb, found.value, "1", method, u=found.u, nu_eff=found.nu_eff, bias=found.bias, u_parts=found.parts,
        params=told, reasons=() if found.u is not None else ("uncertainty_unknown",), better=Better.NEUTRAL,
        knows_instrument=known,
    )  # fmt: skip
