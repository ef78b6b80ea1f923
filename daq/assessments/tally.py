"""The kept trials of one test to best, mean, spread and asymmetry; two tests of the same day to their ratios."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from daq.assessments.analysis import index_of
from daq.assessments.model import Assessment, Ratio, Sides
from daq.block import SIDES, Limb
from daq.metrics import paired, profile, ratios, summary
from daq.metrics.families import family_of
from daq.metrics.person import NOBODY, PersonFacts
from daq.metrics.trial import TrialResult
from daq.metrics.value import Status, Value


def summarise(trials: Sequence[TrialResult], assessment: Assessment, person: PersonFacts = NOBODY) -> tuple[Value, ...]:
    """Best, mean, spread and asymmetry of the kept trials of one test.

    Parameters
    ----------
    trials : sequence of TrialResult
        The kept trials in order of time; invalid ones are counted and left out.
    assessment : Assessment
        Which test it is.
    person : PersonFacts
        Declared sides: handedness, dominant and involved limb, values of a test before an operation or injury.

    Returns
    -------
    tuple of Value
        Per limb: ``trial_count_valid``, ``trial_count_rejected``, and of each metric ``<metric>_best`` (from the best trial
        by the primary metric), ``<metric>_mean``, ``trial_cv_percent``; ``best_two_difference_percent`` and
        ``<primary>_best_two``; ``<primary>_combined`` of a unilateral test; then of each metric in ``asymmetry_of``
        ``asymmetry_percent`` (mean over the trials, or index of the limb means), ``asymmetry_is_real``, ``stronger_limb``,
        its SD, and the other indices: shares always, ``lsi_percent``, ``epic_percent`` and ``dominance_percent`` where the
        sides are declared.
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
    how = paired.Pairing(
        index_of(assessment), together, kind, dict(assessment.bands), stated_for=assessment.index,
        is_hand_held=assessment.hand_held, person=person,
    )  # fmt: skip
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
    if kind == "contractions":
        from daq.metrics.endurance.regression import regression_values

        made += [value for each in limbs for value in regression_values(trials, each)]
    if kind == "jump" and assessment.gates.get("is_loaded"):
        made += profile.force_velocity(trials, limb)
    limits = {**family_of(kind).limits, **assessment.gates}
    return [*made, *summary.best_two(primary, limits=limits)]


def ratio_values(ratio: Ratio, this: Sequence[Value], other: Sequence[Value], *, how: str = "best") -> list[Value]:
    """The ratio of two tests of the same day, of each limb that either of them has.

    Parameters
    ----------
    ratio : Ratio
        Of the test's file: ``this.metric / other.other_metric``, or the reverse.
    this, other : sequence of Value
        Summaries of the two tests, of the same day and person.
    how : str
        "best" or "mean": the same summary on both sides.

    Returns
    -------
    list of Value
        One for each limb, with ``limb_missing`` where only one test has it, ``method_mismatch`` where they do not fit.
    """
    mine, theirs = _by_limb(this, f"{ratio.metric}_{how}"), _by_limb(other, f"{ratio.other_metric}_{how}")
    made = []
    for limb in (*SIDES, Limb.BOTH):
        if limb not in mine and limb not in theirs:
            continue
        one, two = mine.get(limb), theirs.get(limb)
        above, below = (two, one) if ratio.is_inverted else (one, two)
        params = {"other_test": ratio.other_test, "metric": ratio.metric, "other_metric": ratio.other_metric}
        made.append(ratios.ratio(ratio.name, above, below, limb=limb, params={**params, "inverted": ratio.is_inverted}))
    return made


def _by_limb(values: Iterable[Value], name: str) -> dict[Limb, Value]:
    return {value.limb: value for value in reversed(list(values)) if value.name == name}
