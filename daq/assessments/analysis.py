"""A finished effort and its assessment to a trial result. Pure; no curve raises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from daq.assessments.checks import unfit_methods
from daq.assessments.model import Assessment, Sides
from daq.block import SIDES, Limb
from daq.errors import UsageError
from daq.metrics import gates, paired, quality
from daq.metrics.build import values_of, withheld
from daq.metrics.catalogue import Family, Metric
from daq.metrics.effort import Effort
from daq.metrics.families import family_of
from daq.metrics.methods import Rule, check_methods, rule_of
from daq.metrics.reading import Conditions, Reading
from daq.metrics.trial import TrialResult
from daq.metrics.value import Instant, Status, Value
from daq.units import STANDARD_GRAVITY_M_PER_S2

__all__ = ["analyse", "check_methods", "checked_assessment"]

CLOCK_EVENTS_S = 0.005
_EVENT_COMPARISONS = ("time_", "rfd_", "braking_rfd")


def checked_assessment(assessment: Assessment) -> Assessment:
    """The test with normalised method ids; UsageError when one of them does not exist or does not fit this kind of test."""
    odd = next(unfit_methods(assessment.methods, family_of(assessment.kind.value)), None)
    if odd is not None:
        raise UsageError(odd[1])
    return assessment.model_copy(update={"methods": check_methods(assessment.methods)})


def analyse(effort: Effort, assessment: Assessment, *, gravity: float = STANDARD_GRAVITY_M_PER_S2) -> TrialResult:
    """Analyse one effort.

    Parameters
    ----------
    effort : Effort
        Curves of raw newtons; NaN in a hole.
    assessment : Assessment
        Which test it is; its ``methods`` pin rules by family.
    gravity : float
        Local gravity, m/s2.

    Returns
    -------
    TrialResult
        ``invalid`` when the trial is rejected by a gate or its primary metric is withheld; every metric of the assessment is
        there, with a number or with the reason why not.

    Raises
    ------
    UsageError
        Only for a method id that does not exist; never for a curve.
    """
    family = family_of(assessment.kind.value)
    told = [] if effort.limb is not Limb.BOTH or assessment.sides is Sides.TOGETHER else ["limb_unassigned"]
    stream = gates.checked(effort, kind=assessment.instrument, slowest_hz=family.limits.get("slowest_hz", 0.0))
    told += stream.reasons
    limbs = tuple(limb for limb in (*SIDES, Limb.BOTH) if limb in effort.curves) or (effort.limb,)
    plan = _plan(family, assessment.metrics, limbs, effort.limb)
    if stream.void:
        values = [withheld(row, limb, stream.void) for row, limb in plan]
        return _result(effort, assessment, values, told=told, events={})
    if assessment.sides is Sides.TOGETHER and gates.unloaded(effort, stream.traces):
        told.append("limb_missing")
    reading = family.read(_conditions(effort, assessment, stream, family=family, gravity=gravity))
    told += reading.reasons
    values = _values(reading, plan, told=told)
    return _result(effort, assessment, values, told=told, events=reading.events())


def _conditions(effort: Effort, assessment: Assessment, stream: gates.Checked, *, family: Family, gravity: float) -> Conditions:
    return Conditions(
        effort, stream.traces, _rules(family, tuple(assessment.methods.items())),
        {**family.limits, **assessment.gates}, sensor="hand" if assessment.hand_held else assessment.instrument,
        one_leg=assessment.sides is Sides.ALTERNATE, cue=assessment.cue, gravity=gravity, free=stream.free,
        entered=effort.entered, wants=assessment.metrics,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _checked_methods(typed: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    return check_methods(dict(typed))


@lru_cache(maxsize=64)
def _rules(family: Family, typed: tuple[tuple[str, str], ...]) -> Mapping[str, Rule]:
    return {name: rule_of(text) for name, text in {**family.methods, **_checked_methods(typed)}.items()}


@lru_cache(maxsize=256)
def _plan(family: Family, names: tuple[str, ...], limbs: tuple[Limb, ...], main: Limb) -> tuple[tuple[Metric, Limb], ...]:
    """Which metric is computed for which limb, in the order of the assessment, left before right before both."""
    rows = [family.metrics[name] for name in names]
    # The whole body is "both" in a bilateral test and the limb that worked in a unilateral one.
    return tuple(
        (row, limb) for row in rows for limb in limbs if limb in row.limbs or (limb is main and Limb.BOTH in row.limbs)
    )


def _values(reading: Reading, plan: Sequence[tuple[Metric, Limb]], *, told: Sequence[str]) -> list[Value]:
    """Every value of the plan; a limb whose curve is missing is not a reason of its own."""
    reading.missing.setdefault("", quality.voiding(told))
    made: list[Value] = []
    for row, limb in plan:
        made += values_of(row, reading, limb)
    return made


def _result(
    effort: Effort,
    assessment: Assessment,
    values: list[Value],
    *,
    told: Sequence[str],
    events: Mapping[str, Instant],
) -> TrialResult:
    if assessment.sides is Sides.TOGETHER:
        if "limb_missing" in told:
            # Both feet on one plate, or a dead plate: neither side is that of its limb, and the sum may be half a person.
            values = [_without_side(value) for value in values]
        values += _asymmetries(values, effort, assessment)
    primary = next((v for v in values if v.name == assessment.primary and v.limb is effort.limb), None)
    reasons = quality.ranked([*told, *(primary.reasons if primary is not None else ())])
    reasons = tuple(code for code in reasons if code != "uncertainty_unknown")
    is_one_sided = assessment.sides is Sides.TOGETHER and "limb_missing" in told
    is_void = primary is None or primary.value is None or is_one_sided or quality.is_rejecting(reasons)
    status = Status.INVALID if is_void else Status.WARNING if quality.is_warning(reasons) else Status.OK
    return TrialResult(effort.limb, status, reasons, dict(events), tuple(values))


def _without_side(value: Value) -> Value:
    if value.limb not in SIDES:
        told = tuple(dict.fromkeys((*value.reasons, "limb_missing")))
        return value if value.value is None else value._replace(status=Status.WARNING, reasons=told)
    return Value(
        value.name, value.limb, None, value.unit, value.method, value.phase, value.entry, params=value.params,
        status=Status.INVALID, reasons=("limb_missing",), better=value.better,
    )  # fmt: skip


def _asymmetries(values: Sequence[Value], effort: Effort, assessment: Assessment) -> list[Value]:
    if not all(side in effort.curves for side in SIDES):
        return []
    by_name = {(v.name, v.limb): v for v in values}
    kind, made = assessment.kind.value, []
    index = index_of(assessment)
    for of in assessment.asymmetry_of:
        left, right = (by_name.get((of, side)) for side in SIDES)
        value = paired.trial_asymmetry(left, right, of=of, index=index, together=True, kind=kind)
        if effort.u_clock_s > CLOCK_EVENTS_S and of.startswith(_EVENT_COMPARISONS):
            value = value._replace(
                value=None, u=None, nu_eff=None, limits=None, text="", status=Status.INVALID, reasons=("streams_not_aligned",)
            )
        made.append(value)
    return made


def index_of(assessment: Assessment) -> str:
    """Method id of the index of asymmetry that this test uses."""
    return _checked_methods(tuple(assessment.methods.items())).get("asym", assessment.index)
