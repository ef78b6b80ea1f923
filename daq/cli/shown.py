"""A test to the metrics that a person sees first; what values are called and how they are written is ``daq.metrics.names``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daq.metrics.names import (
    PRIVATE,
    WEIGHED,
    Unit,
    cell_text,
    decimals_of,
    entries_text,
    number_text,
    unit_of,
    words_of,
)

if TYPE_CHECKING:
    from daq.assessments.model import Assessment

__all__ = [
    "PRIVATE",
    "WEIGHED",
    "Unit",
    "cell_text",
    "decimals_of",
    "entries_text",
    "main_metrics",
    "number_text",
    "unit_of",
    "words_of",
]

N_MAIN, N_COMPARED = 6, 4


def main_metrics(test: Assessment) -> tuple[str, ...]:
    """The metrics of a test that a person sees first: as its file says, else the first ones and the first compared ones."""
    if test.shown:
        return test.shown
    wanted = {test.primary, *test.metrics[:N_MAIN], *test.asymmetry_of[:N_COMPARED]}
    return tuple(name for name in test.metrics if name in wanted)
