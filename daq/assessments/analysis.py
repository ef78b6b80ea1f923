"""A finished effort and its assessment to a trial result; the kept trials to a summary. Pure; no curve raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from daq.assessments.model import Assessment, Kind, Sides
from daq.block import SIDES, Limb
from daq.metrics import gates, paired, quality, summary
from daq.metrics.build import Sheet, budget_params
from daq.metrics.catalogue import metric, phase_of
from daq.metrics.effort import Effort
from daq.metrics.jump import CLOCK_EVENTS_S, SLOWEST_FLIGHT_HZ, Jump, read_jump
from daq.metrics.jump_limbs import limb_values
from daq.metrics.jump_values import total_values
from daq.metrics.landing import landing_values
from daq.metrics.methods import JUMP_ONSETS, PULL_ONSETS, Rule, check_methods, rule_of
from daq.metrics.pull import read_pull
from daq.metrics.pull_values import pull_values
from daq.metrics.trace import Trace
from daq.metrics.trial import TrialResult
from daq.metrics.value import Instant, Params, Status, Value
from daq.units import STANDARD_GRAVITY_M_PER_S2

__all__ = ["analyse", "check_methods", "checked_assessment", "summarise"]

HAND_HELD = ("grip", "pinch")
FREE_LEG_N = 20.0
_DEFAULTS = {
    "weigh": "weigh.lowest_sd_1s", "flight": "flight.extrapolated", "kinematics": "kinematics.forward",
    "phase": "phase.zero_velocity_interpolated",
}  # fmt: skip
_DEFAULT_ONSET = {Kind.JUMP: "onset.jump_two_sided_5sd_back30", Kind.PULL: "onset.threshold_interpolated"}
_EVENT_COMPARISONS = ("time_", "rfd_", "braking_rfd")


def checked_assessment(assessment: Assessment) -> Assessment:
    """The test with normalised method ids; UsageError when one of them does not exist or does not fit this kind of test."""
    from daq.errors import UsageError

    methods = check_methods(assessment.methods)
    fitting = JUMP_ONSETS if assessment.kind is Kind.JUMP else PULL_ONSETS
    onset = rule_of(methods.get("onset", _DEFAULT_ONSET[assessment.kind]))
    if onset.name not in fitting:
        listed = ", ".join(f"onset.{name}" for name in fitting)
        raise UsageError(f"The method {onset.id} does not fit {assessment.id}; it takes: {listed}.")
    return assessment.model_copy(update={"methods": methods})


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
    methods = {**_DEFAULTS, "onset": _DEFAULT_ONSET[assessment.kind], **check_methods(assessment.methods)}
    rules = {family: rule_of(text) for family, text in methods.items()}
    told = [] if effort.limb is not Limb.BOTH or assessment.sides is Sides.TOGETHER else ["limb_unassigned"]
    stream = gates.checked(effort, kind=assessment.instrument)
    told += stream.reasons
    void = stream.void
    if assessment.kind is Kind.JUMP and effort.limb in stream.traces and effort.main.rate_hz < SLOWEST_FLIGHT_HZ:
        # Too few readings for any value of a jump come first: what else such a curve seems to show may be due to that.
        void = tuple(code for code in void if code != "sensor_flatline")
        told = [code for code in told if code != "sensor_flatline"]
    sheet = Sheet(assessment.kind.value, {}, {})
    if void:
        missing: Mapping[str, tuple[str, ...]] = {}
        return _result(effort, assessment, sheet, told=told, events={}, missing=missing, void=void)
    if assessment.sides is Sides.TOGETHER and gates.unloaded(effort, stream.traces):
        told.append("limb_missing")
    run = _jump if assessment.kind is Kind.JUMP else _pull
    return run(effort, assessment, stream, rules=rules, told=told, gravity=gravity)


def _jump(
    effort: Effort, assessment: Assessment, stream: gates.Checked, *, rules: Mapping[str, Rule], told: list[str], gravity: float
) -> TrialResult:
    one_leg = assessment.sides is Sides.ALTERNATE
    jump = read_jump(stream.traces, effort.limb, rules=rules, gravity=gravity, u_clock_s=effort.u_clock_s, one_leg=one_leg)
    common: dict[Limb, Params] = {limb: budget_params(budget) for limb, budget in jump.budgets.items()}
    sheet = Sheet(assessment.kind.value, common, jump.budgets)
    total_values(jump, sheet)
    limb_values(jump, sheet)
    events = {**jump.events(), **landing_values(jump, sheet)}
    if one_leg:
        told += _free_leg(stream.free, jump)
    return _result(effort, assessment, sheet, told=[*told, *jump.reasons], events=events, missing=jump.missing, void=())


def _free_leg(free: Trace | None, jump: Jump) -> list[str]:
    """The other plate stays below 20 N from weighing to landing."""
    if free is None:
        return ["free_leg_unchecked"]
    start = jump.weighing.start_s if jump.weighing else free.start_s
    stop = jump.flight.landing.t_s if jump.flight and jump.flight.landing else free.stop_s
    force = free.force_n[free.slice(start, stop)]
    if len(force) == 0:
        return ["free_leg_unchecked"]
    return ["free_leg_contact"] if float(force.max()) >= FREE_LEG_N else []


def _pull(
    effort: Effort, assessment: Assessment, stream: gates.Checked, *, rules: Mapping[str, Rule], told: list[str], gravity: float
) -> TrialResult:
    kind = "hand" if assessment.id in HAND_HELD else assessment.instrument
    pull = read_pull(stream.traces, effort.limb, rule=rules["onset"], kind=kind, cue=assessment.cue, u_clock_s=effort.u_clock_s)
    common: dict[Limb, Params] = {limb: budget_params(budget) for limb, budget in pull.budgets.items()}
    sheet = Sheet(assessment.kind.value, common, pull.budgets)
    pull_values(pull, sheet, body_mass_kg=effort.body_mass_kg)
    del gravity
    return _result(effort, assessment, sheet, told=[*told, *pull.reasons], events=pull.events(), missing=pull.missing, void=())


def _result(
    effort: Effort,
    assessment: Assessment,
    sheet: Sheet,
    *,
    told: Sequence[str],
    events: Mapping[str, Instant],
    missing: Mapping[str, tuple[str, ...]],
    void: tuple[str, ...],
) -> TrialResult:
    values = _in_order(effort, assessment, sheet, missing=missing, void=void, told=told)
    if assessment.sides is Sides.TOGETHER:
        if "limb_missing" in told:
            # Both feet on one plate, or a dead plate: neither side is that of its limb.
            values = [_without_sides(sheet, value) for value in values]
        values += _asymmetries(values, effort, assessment)
    primary = next((v for v in values if v.name == assessment.primary and v.limb is effort.limb), None)
    reasons = quality.ranked([*told, *(primary.reasons if primary is not None else ())])
    reasons = tuple(code for code in reasons if code != "uncertainty_unknown")
    is_void = primary is None or primary.value is None or quality.is_rejecting(reasons)
    status = Status.INVALID if is_void else Status.WARNING if quality.is_warning(reasons) else Status.OK
    return TrialResult(effort.limb, status, reasons, dict(events), tuple(values))


def _in_order(
    effort: Effort,
    assessment: Assessment,
    sheet: Sheet,
    *,
    missing: Mapping[str, tuple[str, ...]],
    void: tuple[str, ...],
    told: Sequence[str],
) -> list[Value]:
    """The values of the assessment in its order, left before right before both; what is not there says why."""
    kind = assessment.kind.value
    found = {(v.name, v.limb): v for v in sheet.values}
    limbs = [limb for limb in (*SIDES, Limb.BOTH) if limb in effort.curves] or [effort.limb]
    ordered: list[Value] = []
    for name in assessment.metrics:
        row = metric(name, kind)
        for limb in limbs:
            # The whole body is "both" in a bilateral test and the limb that worked in a unilateral one.
            fits = limb in row.limbs or (limb is effort.limb and Limb.BOTH in row.limbs)
            if not fits:
                continue
            value = found.get((name, limb))
            if value is None and name == "relative_peak_force" and not effort.body_mass_kg:
                continue
            ordered.append(value or _absent(sheet, name, limb, codes=void or _why(row.needs, missing, told), kind=kind))
    return ordered


def _without_sides(sheet: Sheet, value: Value) -> Value:
    if value.limb not in SIDES:
        return value
    return sheet.withhold(value.name, value.limb, ("limb_missing",), method=value.method, phase=value.phase)


def _why(needs: str, missing: Mapping[str, tuple[str, ...]], told: Sequence[str]) -> tuple[str, ...]:
    if needs in missing:
        return missing[needs]
    return quality.voiding(told) or tuple(next(iter(missing.values()), ("window_beyond_trial",)))


def _absent(sheet: Sheet, name: str, limb: Limb, *, codes: tuple[str, ...], kind: str) -> Value:
    return sheet.withhold(name, limb, codes, phase=phase_of(name, kind))


def _asymmetries(values: Sequence[Value], effort: Effort, assessment: Assessment) -> list[Value]:
    if not all(side in effort.curves for side in SIDES):
        return []
    by_name = {(v.name, v.limb): v for v in values}
    kind, made = assessment.kind.value, []
    index = _index(assessment)
    for of in assessment.asymmetry_of:
        left, right = (by_name.get((of, side)) for side in SIDES)
        value = paired.trial_asymmetry(left, right, of=of, index=index, together=True, kind=kind)
        if effort.u_clock_s > CLOCK_EVENTS_S and of.startswith(_EVENT_COMPARISONS):
            value = replace(
                value, value=None, u=None, k=None, U95=None, interval=None, text="", status=Status.INVALID,
                reasons=("streams_not_aligned",),
            )  # fmt: skip
        made.append(value)
    return made


def _index(assessment: Assessment) -> str:
    return check_methods(assessment.methods).get("asym", assessment.index)


def summarise(trials: Sequence[TrialResult], assessment: Assessment) -> tuple[Value, ...]:
    """Best, mean, spread and asymmetry of the kept trials of one test.

    Parameters
    ----------
    trials : sequence of TrialResult
        The kept trials in order of time; invalid ones are counted and left out.

    Returns
    -------
    tuple of Value
        Per limb: ``trial_count_valid``, ``trial_count_rejected``, and of each metric ``<metric>_best`` (from the best trial
        by the primary metric), ``<metric>_mean``, ``trial_cv_percent``; ``best_two_difference_percent`` of the primary
        metric; ``<primary>_combined`` of a unilateral test; then ``asymmetry_percent`` (mean over the trials, or index of
        the limb means), ``asymmetry_is_real`` and ``stronger_limb`` of each metric in ``asymmetry_of``.
    """
    valid = [trial for trial in trials if trial.status is not Status.INVALID]
    made = _counts(trials, assessment)
    together = assessment.sides is Sides.TOGETHER
    for limb in (Limb.BOTH,) if together else SIDES:
        mine = [trial for trial in valid if trial.limb is limb]
        made += _of_limb(mine, limb, assessment)
    kind = assessment.kind.value
    if not together:
        both = summary.combined_best(
            *(summary.series_of([t for t in valid if t.limb is s], assessment.primary, s, kind=kind) for s in SIDES)
        )
        made += [both] if both is not None and both.unit == "N" else []
    how = paired.Pairing(_index(assessment), together, kind, dict(assessment.bands))
    for of in assessment.asymmetry_of if valid else ():
        left, right = (
            summary.series_of([t for t in valid if together or t.limb is side], of, side, kind=kind) for side in SIDES
        )
        if together and not left.usable and not right.usable and all(v is None for v in (*left.values, *right.values)):
            continue
        made += paired.person_asymmetry(left, right, how)
    return tuple(made)


def _counts(trials: Sequence[TrialResult], assessment: Assessment) -> list[Value]:
    limbs = (Limb.BOTH,) if assessment.sides is Sides.TOGETHER else SIDES
    is_out: Callable[[TrialResult], bool] = lambda trial: trial.status is Status.INVALID  # noqa: E731, used twice below
    made = []
    for limb in limbs:
        mine = [trial for trial in trials if trial.limb is limb]
        codes = ", ".join(dict.fromkeys(code for trial in mine if is_out(trial) for code in trial.reasons))
        n_out = sum(map(is_out, mine))
        made.append(Value("trial_count_valid", limb, float(len(mine) - n_out), "1", "summary.count"))
        made.append(Value("trial_count_rejected", limb, float(n_out), "1", "summary.count", text=codes))
    return made


def _of_limb(trials: Sequence[TrialResult], limb: Limb, assessment: Assessment) -> list[Value]:
    kind = assessment.kind.value
    primary = summary.series_of(trials, assessment.primary, limb, kind=kind)
    best = summary.best_index(primary)
    made: list[Value] = []
    limbs = (*SIDES, Limb.BOTH) if assessment.sides is Sides.TOGETHER else (limb,)
    for name in assessment.metrics:
        for each in limbs:
            made += summary.summary_of(summary.series_of(trials, name, each, kind=kind), best=best, n_best=len(trials))
    spread = summary.best_two_difference(primary)
    return [*made, spread] if spread is not None else made
