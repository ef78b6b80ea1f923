"""Simulated efforts with every input of the budget drawn, and how often the printed intervals hold the truth.

A cell is one noise, one rate and one shape of curve. Each run draws the gain of each sensor and of the reference they share,
the zeros, white and 1/f noise, the phase of the samples against the event, the true time step and, for jumps, the sway
before the movement with the velocity it leaves at its start. The truth is the definition of the metric applied to the
noise-free curve.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from daq.assessments.analysis import analyse
from daq.assessments.model import Assessment
from daq.block import Limb
from daq.metrics.effort import Effort
from daq.metrics.value import Value

N_RUNS = int(os.environ.get("LIMB_DAQ_RUNS", "40"))
Truth = Callable[[Value], float]
Key = tuple[str, Limb, str]


@dataclass(frozen=True)
class Cell:
    """One noise, one rate, one shape: ``draw(rng)`` gives an effort and the truth of each watched value."""

    label: str
    draw: Callable[[np.random.Generator], tuple[Effort, Mapping[Key, Truth]]]
    assessment: Assessment
    is_apart: bool = False


@dataclass
class Outcome:
    """Errors and intervals of one value over the runs of a cell."""

    cell: Cell
    key: Key
    errors: list[float] = field(default_factory=list)
    halves: list[float] = field(default_factory=list)
    us: list[float] = field(default_factory=list)
    n_covered: int = 0
    n_missing: int = 0

    def add(self, value: Value | None, truth: Truth) -> None:
        if value is None or value.value is None or value.u is None:
            self.n_missing += 1
            return
        expected = truth(value)
        low, high = value.interval
        self.errors.append(value.value - (value.bias or 0.0) - expected)
        self.halves.append(0.5 * (high - low))
        self.us.append(value.u)
        self.n_covered += low <= expected <= high

    @property
    def n(self) -> int:
        return len(self.errors)

    @property
    def coverage(self) -> float:
        return self.n_covered / self.n if self.n else 0.0

    @property
    def half_over_actual(self) -> float:
        """Median U95 over the 95 % half-width of the errors."""
        low, high = np.percentile(self.errors, [2.5, 97.5])
        return float(np.median(self.halves)) / (0.5 * (high - low))

    @property
    def u_over_sd(self) -> float:
        """Root mean square of u, without the largest of a hundred, over the scatter of the errors about 0."""
        us = np.sort(self.us)[: max(int(0.99 * self.n), 1)]
        return float(np.sqrt(np.mean(np.square(us)))) / float(np.sqrt(np.mean(np.square(self.errors))))

    @property
    def row(self) -> str:
        name = ".".join(part for part in (self.key[0], self.key[2], self.key[1].value) if part)
        return (
            f"{self.cell.label:34s} {name:42s} {self.n:5d} {self.n_missing:4d}  {100 * self.coverage:5.1f} %"
            f"  {self.half_over_actual:5.2f}  {self.u_over_sd:5.2f}  {np.mean(self.errors) / np.mean(self.us):6.2f}"
        )


HEADER = f"{'cell':34s} {'value':42s} {'runs':>5s} {'none':>4s}  {'holds':>7s}  {'U/act':>5s}  {'u/sd':>5s}  {'mean/u':>6s}"


def table(outcomes: Sequence[Outcome]) -> str:
    """What a person reads: one line for each value of each cell, those below the recommended rate apart."""
    lines = [
        f"\n{N_RUNS} runs a cell; holds = share of intervals with the truth, U/act = median U95 over the half-width of the",
        "errors, u/sd = u over the scatter of the errors, mean/u = mean error over u\n",
        HEADER,
        *(outcome.row for outcome in outcomes if not outcome.cell.is_apart),
        "\nbelow the recommended rate:",
        *(outcome.row for outcome in outcomes if outcome.cell.is_apart),
    ]
    return "\n".join(lines)


def run(cell: Cell, n_runs: int, *, seed: int) -> list[Outcome]:
    """Every watched value of a cell over ``n_runs`` draws."""
    rng = np.random.default_rng([seed, *cell.label.encode()])
    outcomes: dict[Key, Outcome] = {}
    for _ in range(n_runs):
        effort, truths = cell.draw(rng)
        found = {(v.name, v.limb, v.of): v for v in analyse(effort, cell.assessment).values}
        for key, truth in truths.items():
            outcomes.setdefault(key, Outcome(cell, key)).add(found.get(key), truth)
    return list(outcomes.values())


def only(test: Assessment, metrics: Sequence[str], asymmetry_of: Sequence[str] = ()) -> Assessment:
    """The test with just these metrics."""
    return test.model_copy(update={"metrics": tuple(metrics), "asymmetry_of": tuple(asymmetry_of)})
