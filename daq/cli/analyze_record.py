"""Everything that ``analyze`` found to one JSON object: trials, summary, rules, definitions, chains, comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from daq.cli.definition import definition_of
from daq.cli.explain import Chain, samples_of
from daq.cli.one_test import rules_of
from daq.cli.rendering import trial_record
from daq.metrics.families import family_of

if TYPE_CHECKING:
    from daq.cli.compare_methods import Row
    from daq.cli.files_analysed import Analysed


def record_of(done: Analysed, chains: Sequence[Chain], compared: Sequence[Row]) -> dict[str, Any]:
    """Plain JSON types; ``explained`` and ``compared`` are there where they were asked for."""
    family = family_of(done.test.kind.value)
    record: dict[str, Any] = {
        "assessment": done.test.id,
        "file": str(done.files[0].path),
        "files": [str(file.path) for file in done.files],
        "rate_hz": done.files[0].rate_hz,
        "gravity": done.wishes.gravity,
        "body_mass_kg": done.wishes.mass_kg,
        "entered": {name: list(numbers) for name, numbers in done.wishes.entered.items()},
        "rules": rules_of(done.test, family),
        "limits": {**family.limits, **done.test.gates},
        "bands": {name: list(band) for name, band in done.test.bands.items()},
        "trials": [
            {**trial_record(trial.number, trial.start_s, trial.result), "samples": samples_of(trial)} for trial in done.trials
        ],
        "summary": [value.as_record() for value in done.summary],
        "definitions": {name: asdict(definition_of(family.metrics[name])) for name in done.test.metrics},
    }
    if chains:
        record["explained"] = [chain.as_record() for chain in chains]
    if compared:
        record["compared"] = [row.as_record() for row in compared]
    return record
