"""A test that fits the schema to what in it does not go together: names that do not exist, limits the wrong way round."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from daq.assessments.schema_errors import Complaint, did_you_mean
from daq.block import SIDES
from daq.errors import UsageError
from daq.metrics.catalogue import Family
from daq.metrics.families import KINDS, family_of
from daq.metrics.methods import RULES, check_methods, rule_of

if TYPE_CHECKING:
    from daq.assessments.model import Assessment

# These rules act on values and summaries, not on a reading; every kind of test has them.
EVERYWHERE = ("asym",)
# What every test does anyway may be said of every test.
ALWAYS = ("filter.none", "integrate.trapezoid")
PLACEHOLDERS = ("side",)
HEIGHT = "jump_height_"

# The metrics of another test by its id, None where there is no such test.
MetricsOf = Callable[[str], Sequence[str] | None]


def complaints(test: Assessment, *, metrics_of: MetricsOf) -> list[Complaint]:
    """Everything in ``test`` that names what does not exist, or contradicts itself."""
    family = family_of(test.kind.value)
    return [
        *_metrics(test, family),
        *_shown(test),
        *_asymmetries(test, family),
        *_methods(test, family),
        *_names(test, family),
        *_bands(test),
        *_ratios(test, metrics_of),
        *_numbers(test),
        *_prompts(test),
    ]


def unfit_methods(methods: Mapping[str, str], family: Family) -> Iterator[tuple[str, str]]:
    """The typed family and a sentence for every rule that does not exist or that this kind of test does not have."""
    fitting = (*family.methods, *EVERYWHERE)
    for typed, rule in methods.items():
        try:
            [(name, full)] = check_methods({typed: rule}).items()
        except UsageError as error:
            yield typed, str(error)
            continue
        if full in ALWAYS or (name == "height" and f"{HEIGHT}{rule_of(full).name}" in family.metrics):
            continue
        if name not in fitting:
            yield typed, f"The method {full} does not fit a {family.kind}; it has rules for: {', '.join(fitting)}."
        elif rule_of(full).name not in family.rules.get(name, (rule_of(full).name,)):
            listed = ", ".join(f"{name}.{rule}" for rule in family.rules[name])
            yield typed, f"The method {rule_of(full).id} does not fit a {family.kind}; it takes: {listed}."


def _metrics(test: Assessment, family: Family) -> Iterator[Complaint]:
    seen: set[str] = set()
    for n, name in enumerate(test.metrics):
        if name not in family.metrics:
            yield Complaint(("metrics", n), no_metric(name, family))
        elif name in seen:
            yield Complaint(("metrics", n), f"{name!r} is there twice; keep one.")
        seen.add(name)
    if test.primary not in family.metrics:
        yield Complaint(("primary",), no_metric(test.primary, family))
    elif test.primary not in seen:
        yield Complaint(("primary",), f"{test.primary!r} is not among its metrics; add it to the list.")


def _shown(test: Assessment) -> Iterator[Complaint]:
    for n, name in enumerate(test.shown):
        if name not in test.metrics:
            near = did_you_mean(name, test.metrics)
            yield Complaint(("shown", n), f"{name!r} is not among its metrics{near if near != '.' else '; add it.'}")


def no_metric(name: str, family: Family) -> str:
    """A sentence for a name that the family does not have."""
    # A name that exists is no misspelt one.
    others = [kind for kind in KINDS if kind != family.kind and name in family_of(kind).metrics]
    near = f"; it is one of a {others[0]}." if others else did_you_mean(name, family.metrics)
    if near == ".":
        near = f"; daq tests --metrics {family.kind} lists them."
    return f"there is no metric {name!r} for a {family.kind}{near}"


def _asymmetries(test: Assessment, family: Family) -> Iterator[Complaint]:
    for n, name in enumerate(test.asymmetry_of):
        if name not in test.metrics:
            near = did_you_mean(name, test.metrics)
            yield Complaint(("asymmetry_of", n), f"{name!r} is not among its metrics{near if near != '.' else '; add it.'}")
        elif name in family.metrics and test.sides == "together" and not set(SIDES) <= set(family.metrics[name].limbs):
            said = f"{name!r} is a value of the whole body, so left and right cannot be compared; take it out of the list."
            yield Complaint(("asymmetry_of", n), said)


def _methods(test: Assessment, family: Family) -> Iterator[Complaint]:
    top = type(test).model_fields
    for typed, sentence in unfit_methods(test.methods, family):
        if typed in top:
            sentence = f"{typed} belongs to the top of the file, above the first line in [brackets]."  # noqa: PLW2901
        yield Complaint(("methods", typed), sentence[:1].lower() + sentence[1:])
    height = test.methods.get("height", "").removeprefix("height.")
    if height and test.primary.startswith(HEIGHT) and test.primary != f"{HEIGHT}{height}":
        sentence = f"the height is {height} while the primary metric is {test.primary}; make both the same."
        yield Complaint(("methods", "height"), sentence)
    index = test.index.removeprefix("asym.")
    if index not in RULES["asym"]:
        near = did_you_mean(index, RULES["asym"])
        listed = ", ".join(f"asym.{rule}" for rule in RULES["asym"])
        yield Complaint(("index",), f"there is no index {test.index!r}{near if near != '.' else f'; there are: {listed}.'}")


def _names(test: Assessment, family: Family) -> Iterator[Complaint]:
    told: Iterable[tuple[str, Iterable[str], Iterable[str], str]] = (
        ("gates", test.gates, family.limits, "limit of a quality gate"),
        ("phases", test.phases, family.phases, "phase"),
        ("enter", test.enter, family.enters, "quantity to enter"),
    )
    for table, given, known, what in told:
        for n, name in enumerate(given):
            if name not in known:
                near = did_you_mean(name, known)
                listed = f"; there are: {', '.join(known)}." if near == "." and known else near
                place = (table, name) if table == "gates" else (table, n)
                yield Complaint(place, f"there is no {what} {name!r} for a {family.kind}{listed}")


def _bands(test: Assessment) -> Iterator[Complaint]:
    for name, (low, high) in test.bands.items():
        if name not in test.asymmetry_of:
            near = did_you_mean(name, test.asymmetry_of)
            yield Complaint(("bands", name), f"{name!r} is not in asymmetry_of{near if near != '.' else '; add it there.'}")
        if not 0 <= low <= high:
            yield Complaint(("bands", name), f"[{low:g}, {high:g}] should be 0 or more, the lower border first.")


def _ratios(test: Assessment, metrics_of: MetricsOf) -> Iterator[Complaint]:
    for n, ratio in enumerate(test.ratios):
        if ratio.metric not in test.metrics:
            near = did_you_mean(ratio.metric, test.metrics)
            yield Complaint(("ratios", n, "metric"), f"{ratio.metric!r} is not among its metrics{near}")
        others = metrics_of(ratio.other_test)
        if others is None:
            sentence = f"there is no test {ratio.other_test!r}; daq tests lists them."
            yield Complaint(("ratios", n, "other_test"), sentence)
        elif ratio.other_metric not in others:
            near = did_you_mean(ratio.other_metric, others)
            sentence = f"{ratio.other_test} has no metric {ratio.other_metric!r}{near}"
            yield Complaint(("ratios", n, "other_metric"), sentence)
        if list(ratio.orientation) != sorted(ratio.orientation):
            yield Complaint(("ratios", n, "orientation"), "should rise: the lower number first.")


def _numbers(test: Assessment) -> Iterator[Complaint]:
    if test.repetitions > test.max_repetitions:
        said = f"{test.repetitions} repetitions are more than max_repetitions, {test.max_repetitions}."
        yield Complaint(("repetitions",), said)
    if test.detection.min_s >= test.detection.max_s:
        said = f"{test.detection.min_s:g} s is not shorter than max_s, {test.detection.max_s:g} s."
        yield Complaint(("detection", "min_s"), said)


def _prompts(test: Assessment) -> Iterator[Complaint]:
    for key, text in test.prompts.model_dump().items():
        if not isinstance(text, str):
            continue
        try:
            named = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        except ValueError:
            yield Complaint(("prompts", key), "a { or } stands alone; {side} is LEFT or RIGHT.")
            continue
        for name in named:
            if name not in PLACEHOLDERS:
                yield Complaint(("prompts", key), f"{{{name}}} is unknown; only {{side}} is replaced, by LEFT or RIGHT.")
