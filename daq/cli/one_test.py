"""One test to the page that a person reads: course, rules, quality gates, metrics with unit and meaning."""

from __future__ import annotations

import itertools
import json
import shutil
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from daq.block import Limb
from daq.cli.chosen import load_test
from daq.cli.definition import definition_of
from daq.cli.tests import words_of
from daq.errors import UsageError
from daq.metrics.families import KINDS, family_of
from daq.units import sentence
from daq.wording import nearest

if TYPE_CHECKING:
    from daq.assessments.model import Assessment
    from daq.metrics.catalogue import Family, Metric

_LEFT_WIDTH, _WIDEST, _NARROWEST = 16, 120, 60
_METRIC_WIDTH, _ONE_LINE_WIDTH = 36, 100
_LIMBS = {Limb.LEFT: "L", Limb.RIGHT: "R", Limb.BOTH: "B"}


def print_test(name: str, *, as_json: bool) -> None:
    """Print the test called ``name``."""
    from daq.assessments.library import source_of
    from daq.store.locations import assessments_folder

    test, source = load_test(name), source_of(name, assessments_folder())
    if as_json:
        print(json.dumps({**record_of(test), "from": "own" if source.is_own else "limb-daq", "path": str(source.path)}))
        return
    print("\n".join(page(test, from_where=source.from_where, width=_width())))


def print_metrics(kind: str, *, as_json: bool) -> None:
    """Print every metric of a kind of test."""
    if kind not in KINDS:
        near = nearest(kind, KINDS)
        hint = f"did you mean {near}?" if near else f"there are: {', '.join(KINDS)}."
        raise UsageError(f"There is no kind of test {kind!r}; {hint}")
    family = family_of(kind)
    if as_json:
        print(json.dumps({"kind": kind, "metrics": [_metric_record(row) for row in family.metrics.values()]}))
        return
    print("\n".join(_metric_lines(family.metrics.values(), width=_width())))


def record_of(test: Assessment) -> dict[str, Any]:
    """A test with its rules and metrics as plain JSON types."""
    family = family_of(test.kind.value)
    return {
        **test.model_dump(mode="json"),
        "rules": rules_of(test, family),
        "limits": {**family.limits, **test.gates},
        "phases": list(test.phases or family.phases),
        "enters": list(test.enter or family.enters),
        "metrics": [_metric_record(family.metrics[name]) for name in test.metrics],
    }


def rules_of(test: Assessment, family: Family) -> dict[str, str]:
    """Family of rules to the id that this test uses."""
    from daq.assessments.analysis import check_methods, index_of

    return {**family.methods, **check_methods(test.methods), "asym": index_of(test)}


def page(test: Assessment, *, from_where: str, width: int) -> list[str]:
    """The lines of a test."""
    family, words = family_of(test.kind.value), words_of(test)
    lines = [test.name, *_pairs([("id", test.id), ("from", from_where)], width=width)]
    lines += _pairs(_protocol(test, words), width=width)
    lines += ["", "What is said", *_pairs(_prompts(test), width=width)]
    lines += ["", "Rules  (another one: --method FAMILY=ID)", *_pairs(_rules(test, family), width=width)]
    gates = {name: f"{limit:g}" + (" (set by this test)" if name in test.gates else "") for name, limit in _gates(test, family)}
    if gates:
        lines += ["", "Limits of the quality gates", *(f"  {name:<28} {limit}" for name, limit in gates.items())]
    lines += ["", f"Metrics ({len(test.metrics)}); the main one is {test.primary}"]
    lines += _metric_lines((family.metrics[name] for name in test.metrics), width=width)
    if test.asymmetry_of:
        lines += ["", "Left against right of", *_wrapped("  ", ", ".join(test.asymmetry_of), width=width)]
    if test.bands:
        bands = ", ".join(f"{name} {low:g} and {high:g} %" for name, (low, high) in test.bands.items())
        lines += ["", "Words for the size of a difference, from", *_wrapped("  ", bands, width=width)]
    if test.ratios:
        lines += ["", "Ratios  (--with TEST=FILE)", *_pairs(_ratios(test), width=width, left=_METRIC_WIDTH - 10)]
    return lines


def _protocol(test: Assessment, words: dict[str, str]) -> Iterator[tuple[str, str]]:
    together = test.sides.value == "together"
    yield "sides", "both limbs at once" if together else "one side at a time, in turn"
    yield "sensor", words["sensor"]
    each = "" if together else " for each side"
    more = f", up to {test.max_repetitions} when they differ" if test.max_repetitions > test.repetitions else ""
    yield "trials", f"{test.repetitions}{each}{more}; {test.rest_s:g} s rest between"
    if test.weigh:
        yield "weighing", "the person stands still for one second first"
    family = family_of(test.kind.value)
    if phases := test.phases or family.phases:
        yield "phases", ", ".join(phases)
    if test.enter:
        yield "to enter", ", ".join(test.enter)


def _prompts(test: Assessment) -> Iterator[tuple[str, str]]:
    for name, text in test.prompts.model_dump().items():
        if isinstance(text, str) and text:
            yield name, text


def _rules(test: Assessment, family: Family) -> Iterator[tuple[str, str]]:
    for name, rule in rules_of(test, family).items():
        yield name, rule + (" (set by this test)" if name in test.methods else "")


def _gates(test: Assessment, family: Family) -> Iterator[tuple[str, float]]:
    yield from {**family.limits, **test.gates}.items()


def _ratios(test: Assessment) -> Iterator[tuple[str, str]]:
    for ratio in test.ratios:
        mine, other = ratio.metric, f"{ratio.other_metric} of {ratio.other_test}"
        yield ratio.name, f"{other} / {mine}" if ratio.is_inverted else f"{mine} / {other}"


def _metric_lines(rows: Iterable[Metric], *, width: int) -> list[str]:
    """Name, unit, limbs and meaning of each metric; neighbours that differ in a number only stand in one line."""
    lines: list[str] = []
    for _, group in itertools.groupby(rows, key=lambda row: row.compute):
        same = list(group)
        first = same[0]
        name, said = first.name, sentence(definition_of(first).summary)
        if len(same) > 1:
            name = first.compute.__name__
            numbers = ", ".join(str(row.argument) for row in same)
            said = f"{sentence(definition_of(replace(first, argument=None)).summary)} T = {numbers}."
        limbs = "".join(letter for limb, letter in _LIMBS.items() if limb in first.limbs)
        lead = f"  {name:<{_METRIC_WIDTH}} {first.unit:<9} {limbs:<4}"
        if width >= _ONE_LINE_WIDTH:
            lines += _wrapped(lead, said, width=width)
        else:
            lines += [lead.rstrip(), *_wrapped(" " * 6, said, width=width)]
    return lines


def _metric_record(row: Metric) -> dict[str, Any]:
    said = definition_of(row)
    return {
        "name": row.name,
        "unit": row.unit,
        "better": row.better.value,
        "limbs": [limb.value for limb in row.limbs],
        "phase": row.phase or None,
        "definition": said.summary,
        "notes": said.notes or None,
        "references": said.references or None,
    }


def _pairs(rows: Iterable[tuple[str, str]], *, width: int, left: int = _LEFT_WIDTH) -> list[str]:
    lines = []
    for name, text in rows:
        lines += _wrapped(f"  {name:<{left}} ", text, width=width)
    return lines


def _wrapped(lead: str, text: str, *, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=lead, subsequent_indent=" " * len(lead), break_long_words=False) or [lead]


def _width() -> int:
    return min(max(shutil.get_terminal_size((80, 24)).columns, _NARROWEST), _WIDEST)
