"""Files of forces and what was asked of them to analysed trials in order, and their summary."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from daq.assessments.analysis import analyse
from daq.assessments.checks import unfit_methods
from daq.assessments.perturbation import perturbed
from daq.assessments.tally import ratio_values, summarise
from daq.block import Limb
from daq.cli.chosen import load_test
from daq.cli.force_file import ForceFile
from daq.cli.wishes import Wishes
from daq.core.detector import find_efforts
from daq.core.mark import Span
from daq.metrics.effort import Cop, Curve, Effort
from daq.metrics.families import family_of
from daq.metrics.trial import TrialResult
from daq.metrics.value import Value

if TYPE_CHECKING:
    from daq.assessments.model import Assessment

# Of the noise that a repeated analysis adds: the same file gives the same figures.
SEED = 0


@dataclass(frozen=True, slots=True, eq=False)
class FileTrial:
    """One analysed effort: where it was found, what was analysed, what came out."""

    number: int
    file: ForceFile
    start_s: float
    effort: Effort
    result: TrialResult


@dataclass(frozen=True, slots=True, eq=False)
class Analysed:
    """All trials of the files, in the order of the files and of time, and what they say together."""

    test: Assessment
    wishes: Wishes
    files: tuple[ForceFile, ...]
    trials: tuple[FileTrial, ...]
    summary: tuple[Value, ...]


def analysed(files: Sequence[ForceFile], test: Assessment, wishes: Wishes) -> Analysed:
    """Find the efforts of every file and analyse them; a file without any is one trial that says why."""
    trials: list[FileTrial] = []
    for n, file in enumerate(files):
        for start_s, effort in efforts_of(file, test, wishes, entered=wishes.entered_for(n)):
            result = analyse(effort, test, gravity=wishes.gravity)
            if wishes.is_full:
                result = perturbed(effort, test, result, gravity=wishes.gravity, seed=SEED)
            trials.append(FileTrial(len(trials) + 1, file, start_s, effort, result))
    summary = summarise([trial.result for trial in trials], test, wishes.person)
    return Analysed(test, wishes, tuple(files), tuple(trials), summary)


def with_other_tests(
    done: Analysed, others: Mapping[str, Sequence[Path]], *, read: Callable[[Sequence[Path], Assessment], list[ForceFile]]
) -> Analysed:
    """The same with the ratios to other tests of the day; ``read`` reads their files with the same columns."""
    made: list[Value] = []
    for name, paths in others.items():
        test = fitting_methods(load_test(name), done.test.methods)
        # What was entered and set by hand belongs to the files of the first test.
        wishes = replace(done.wishes, entered={}, windows={})
        other = analysed(read(paths, test), test, wishes)
        for ratio in done.test.ratios:
            if ratio.other_test == name:
                made += ratio_values(ratio, done.summary, other.summary)
    return replace(done, summary=(*done.summary, *made))


def fitting_methods(test: Assessment, methods: Mapping[str, str]) -> Assessment:
    """The test with those of the rules that it has; a window set by hand belongs to another file."""
    family = family_of(test.kind.value)
    odd = {name for name, _ in unfit_methods(methods, family)}
    return test.with_methods({name: rule for name, rule in methods.items() if name not in odd and ".manual" not in rule})


def efforts_of(
    file: ForceFile, test: Assessment, wishes: Wishes, *, entered: Mapping[str, float]
) -> list[tuple[float, Effort]]:
    """The efforts of a file in order of time, each with the time it begins; the whole file when none is found."""
    curves = {limb: Curve(file.t_s, force_n, file.rate_hz) for limb, force_n in file.forces.items()}
    together = test.sides.value == "together"
    if together and Limb.BOTH not in curves:
        curves[Limb.BOTH] = Curve(file.t_s, file.forces[Limb.LEFT] + file.forces[Limb.RIGHT], file.rate_hz)
    wide = _Wide(file, wishes.mass_kg, entered)
    found: list[tuple[float, Effort]] = []
    for limb in [Limb.BOTH] if together else list(curves):
        mine = curves if together else {limb: curves[limb]}
        other = None if together or not test.is_on_plate else curves.get(limb.other)
        spans = find_efforts(curves[limb].t_s, curves[limb].force_n, test)
        for i, span in enumerate(spans):
            start_s, stop_s = _widened(spans, i, list(wishes.windows.values()))
            cut = {side: curve.between(start_s, stop_s) for side, curve in mine.items()}
            free = other.between(start_s, stop_s) if other is not None else None
            found.append((span.began_s, wide.effort(cut, limb, free=free)))
    if not found:
        limb = Limb.BOTH if together else next(iter(curves))
        whole = curves if together else {limb: curves[limb]}
        other = None if together or not test.is_on_plate else curves.get(limb.other)
        found.append((float(file.t_s[0]), wide.effort(whole, limb, free=other)))
    return sorted(found, key=lambda pair: pair[0])


def _widened(spans: Sequence[Span], i: int, windows: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Start and stop of an effort, so far that it holds the windows that a person set between its neighbours."""
    span = spans[i]
    start_s, stop_s = span.start_s, span.stop_s
    for low_s, high_s in windows:
        if i == 0 or spans[i - 1].ended_s <= low_s:
            start_s = min(start_s, low_s)
        if i == len(spans) - 1 or high_s <= spans[i + 1].began_s:
            stop_s = max(stop_s, high_s)
    return start_s, stop_s


@dataclass(frozen=True, slots=True, eq=False)
class _Wide:
    """What every effort of a file gets beside its curves."""

    file: ForceFile
    mass_kg: float | None
    entered: Mapping[str, float]

    def effort(self, cut: Mapping[Limb, Curve], limb: Limb, *, free: Curve | None) -> Effort:
        """The effort in ``cut``."""
        cop = self._cop(cut[limb])
        return Effort(dict(cut), limb, free=free, body_mass_kg=self.mass_kg, entered=self.entered, cop=cop)

    def _cop(self, main: Curve) -> Cop | None:
        cop = self.file.cop
        if cop is None or len(main.t_s) == 0:
            return None
        part = slice(int(cop.t_s.searchsorted(main.t_s[0])), int(cop.t_s.searchsorted(main.t_s[-1], side="right")))
        return replace(cop, t_s=cop.t_s[part], ml_m=cop.ml_m[part], ap_m=cop.ap_m[part])
