"""Peak of a joint test to torque, and to the peak of a make or a break test."""

from __future__ import annotations

from daq.block import Limb
from daq.metrics.catalogue import SIDE, Number, metric, void
from daq.metrics.isometric.events import Pull
from daq.metrics.isometric.force import mass_of, over_mass, peak_force
from daq.metrics.value import Better, Params

TORQUE = "torque.force_times_arm"
MAKE, BREAK = 0.0, 1.0


def entered(pull: Pull, limb: Limb, name: str) -> float | None:
    """A quantity that was typed in with the trial, for this side before for both."""
    given = pull.conditions.entered
    return given.get(f"{name}.{limb.value}", given.get(name))


@metric("N*m", Better.HIGHER, SIDE)
def peak_torque(pull: Pull, limb: Limb) -> Number:
    """Peak force, plus the entered weight of the limb, times the entered lever arm, N m.

    Notes
    -----
    ``limb_weight_n`` has a sign: positive where the limb's weight works against the effort, so that the muscle carried it
    besides what the cell shows; negative where it helps. The arm counts with a standard uncertainty of 5 mm unless
    ``lever_arm_u_m`` of the test says otherwise. Without ``lever_arm_m`` there is no torque.

    References
    ----------
    Mechanics: moment of a force; hand-held dynamometry by convention.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> round(peak_torque(exponential_pull(), Limb.LEFT).value, 6)  # (400 N + 30 N) x 0.3 m
    129.0
    """
    arm_m = entered(pull, limb, "lever_arm_m")
    if not arm_m or arm_m < 0.0:
        return void("lever_arm_missing", method=TORQUE)
    peak = peak_force(pull, limb)
    limb_n = entered(pull, limb, "limb_weight_n")
    force = peak.value + (limb_n or 0.0)
    u_arm_m = pull.limit("lever_arm_u_m")
    parts = {name: u * arm_m for name, u in (peak.parts or {}).items()}
    parts["arm"] = abs(force) * u_arm_m
    params: Params = {
        **peak.params, "lever_arm_m": arm_m, "lever_arm_u_m": u_arm_m, "limb_weight_n": limb_n,
        "is_gravity_corrected": limb_n is not None,
    }  # fmt: skip
    bias = None if peak.bias is None else peak.bias * arm_m
    return Number(force * arm_m, TORQUE, parts, params, peak.reasons, peak.events, bias)


@metric("N*m/kg", Better.HIGHER, SIDE)
def relative_peak_torque(pull: Pull, limb: Limb) -> Number:
    """Peak torque over body mass, N m/kg.

    References
    ----------
    Mechanics: moment of a force; hand-held dynamometry by convention.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> round(relative_peak_torque(exponential_pull(), Limb.LEFT).value, 6)  # 129 N m of a person of 80 kg
    1.6125
    """
    torque = peak_torque(pull, limb)
    mass, origin = mass_of(pull)
    if torque.is_void or mass is None:
        codes = (*torque.reasons, *(() if mass is not None else ("body_mass_missing",)))
        return void(*codes, method=TORQUE)
    return over_mass(torque, mass, {**torque.params, "body_mass_kg": mass, "mass": origin})


@metric("N", Better.HIGHER, SIDE)
def make_peak_force(pull: Pull, limb: Limb) -> Number:
    """Peak force of a trial in which the person pushes against a fixed holder, N.

    Notes
    -----
    A trial is a make test when ``is_break`` is entered as 0 with it, or the test itself says so; with neither, or in a break
    test, there is no value.

    References
    ----------
    Mechanics: moment of a force; hand-held dynamometry by convention.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> round(make_peak_force(exponential_pull(), Limb.LEFT).value, 6)
    400.0
    """
    return _tagged(pull, limb, MAKE)


@metric("N", Better.HIGHER, SIDE)
def break_peak_force(pull: Pull, limb: Limb) -> Number:
    """Peak force of a trial in which the holder overcomes the person, N.

    References
    ----------
    Mechanics: moment of a force; hand-held dynamometry by convention.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> break_peak_force(exponential_pull(), Limb.LEFT).reasons  # it was a make test
    ('protocol_mismatch',)
    """
    return _tagged(pull, limb, BREAK)


def _tagged(pull: Pull, limb: Limb, tag: float) -> Number:
    peak = peak_force(pull, limb)
    typed = entered(pull, limb, "is_break")
    is_break = pull.limit("is_break") if typed is None else typed
    if is_break != tag:
        return void("protocol_mismatch", method=peak.method)
    return Number(peak.value, peak.method, peak.parts, {**peak.params, "is_break": tag}, peak.reasons, peak.events, peak.bias)
