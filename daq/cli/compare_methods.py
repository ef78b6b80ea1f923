"""The same trials by every other rule: what the choice of a rule does to the main numbers."""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daq.assessments.analysis import analyse
from daq.cli.shown import PRIVATE, Unit, unit_of, words_of
from daq.errors import UsageError
from daq.metrics.families import family_of
from daq.metrics.methods import ARGUMENT_DEFAULTS, RULES
from daq.metrics.words import reason_sentence
from daq.units import MISSING, text_of

if TYPE_CHECKING:
    from daq.assessments.model import Assessment
    from daq.cli.files_analysed import Analysed, FileTrial
    from daq.metrics.trial import TrialResult

N_COLUMNS = 3
WIDTH = 80
_RULE_WIDTH, _CELL_WIDTH = 32, 16
# Kind of test to the numbers that a rule moves most; a test that does not have them shows its own first ones.
_TOLD = {
    "jump": ("jump_height_impulse_momentum", "jump_height_flight_time", "time_to_takeoff", "rfd_0_100ms"),
    "squat_jump": ("jump_height_impulse_momentum", "jump_height_flight_time", "time_to_takeoff", "peak_force"),
    "drop_jump": ("rsi_flight_contact", "drop_height", "jump_height_impulse_momentum"),
    "pull": ("peak_force", "rfd_0_100ms", "rfd_0_200ms", "force_100ms"),
}
_FEWEST_DECIMALS = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One rule in one trial: the id, whether it is the one in use, event or metric to its number (None: withheld)."""

    trial: int
    family: str
    rule: str
    is_used: bool
    numbers: dict[str, float | None]
    differences: dict[str, float | None]
    reasons: tuple[str, ...] = ()

    def as_record(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "trial": self.trial, "family": self.family, "rule": self.rule, "is_used": self.is_used,
            "values": self.numbers, "differences": self.differences, "reasons": list(self.reasons),
        }  # fmt: skip


def comparison(done: Analysed) -> list[Row]:
    """Every trial by the rules in use and by each other rule, one changed at a time."""
    names = told_metrics(done)
    rows = []
    for trial in done.trials:
        used = _numbers(trial.result, names)
        for family, rules in _alternatives(done.test):
            in_use = rule_in_use(done.test, family)
            if not set(rules) - {in_use}:
                continue
            rows.append(Row(trial.number, family, in_use, is_used=True, numbers=used, differences=dict.fromkeys(used)))
            rows += [_other(trial, done, family=family, rule=rule, used=used) for rule in rules if rule != in_use]
    return rows


def told_metrics(done: Analysed) -> tuple[str, ...]:
    """The numbers that stand side by side: those of the kind, then the first ones of the test that any trial has."""
    from daq.cli.shown import main_metrics

    test = done.test
    given = {
        v.name for trial in done.trials for v in trial.result.values if v.limb is trial.result.limb and v.value is not None
    }
    wanted = dict.fromkeys((*_TOLD.get(test.kind.value, ()), test.primary, *main_metrics(test)))
    return tuple(name for name in wanted if name in given and name not in PRIVATE)[:N_COLUMNS] or (test.primary,)


def rule_in_use(test: Assessment, family: str) -> str:
    """The id of the rule of a family that a test uses."""
    from daq.cli.one_test import rules_of

    return rules_of(test, family_of(test.kind.value))[family]


def _alternatives(test: Assessment) -> Iterator[tuple[str, list[str]]]:
    """Family of rules to the ids that need no number from a person."""
    known = family_of(test.kind.value)
    for family in known.methods:
        rules = []
        for rule in RULES.get(family, ()):
            name = rule.rstrip("=")
            needs_number = rule.endswith("=") and math.isnan(ARGUMENT_DEFAULTS.get(f"{family}.{name}", math.nan))
            fits = name in known.rules.get(family, (name,))
            if name != "manual" and fits and not (needs_number and family != "onset"):
                rules.append(f"{family}.{name}")
        yield family, rules


def _other(trial: FileTrial, done: Analysed, *, family: str, rule: str, used: dict[str, float | None]) -> Row:
    test = done.test.model_copy(update={"methods": {**done.test.methods, family: rule}})
    numbers: dict[str, float | None]
    reasons: tuple[str, ...]
    try:
        result = analyse(trial.effort, test, gravity=done.wishes.gravity)
    except UsageError:
        numbers, reasons = dict.fromkeys(used), ("method_mismatch",)
    else:
        numbers = _numbers(result, tuple(used))
        lost = [v for name in used if used[name] is not None and (v := result.find(name)) is not None and v.value is None]
        reasons = lost[0].reasons[:1] if lost else ()
    differences = {name: _difference(numbers[name], used[name]) for name in used}
    return Row(trial.number, family, rule, is_used=False, numbers=numbers, differences=differences, reasons=reasons)


def _difference(number: float | None, used: float | None) -> float | None:
    return None if number is None or used is None else number - used


def _numbers(result: TrialResult, names: Sequence[str]) -> dict[str, float | None]:
    return {name: value.value if (value := result.find(name)) is not None else None for name in names}


def comparison_lines(rows: Sequence[Row], done: Analysed) -> list[str]:
    """A table for each trial: a rule a line, the numbers and their difference from the rule in use."""
    lines: list[str] = []
    for trial in done.trials:
        mine = [row for row in rows if row.trial == trial.number]
        if not mine:
            continue
        lines += ["", f"Trial {trial.number} at {trial.start_s:.2f} s by other rules (difference from the rule in use)"]
        lines += _height_lines(trial)
        lines += _head(tuple(mine[0].numbers), trial)
        for family, rows_of in itertools.groupby(mine, key=lambda row: row.family):
            lines += _family_lines(family, list(rows_of), trial)
    if rows:
        lines += ["", "* the rule in use; another one: --method FAMILY=ID"]
    return lines[1:]


def _family_lines(family: str, rows: Sequence[Row], trial: FileTrial) -> list[str]:
    """The rules of one family; where none of them changes anything, one line says so."""
    if all(row.is_used or (not row.reasons and set(row.differences.values()) <= {0.0, None}) for row in rows):
        names = ", ".join(f"{row.rule.partition('.')[2]}{'*' if row.is_used else ''}" for row in rows)
        lead = " " * 4
        return [f"  {family}", *textwrap.wrap(f"no difference: {names}", WIDTH, initial_indent=lead, subsequent_indent=lead)]
    lines = [f"  {family}"]
    for row in rows:
        lines.append(_line(row, trial))
        if row.reasons:
            lead = " " * 6
            said = f"{reason_sentence(row.reasons[0])} [{row.reasons[0]}]"
            lines += textwrap.wrap(said, WIDTH, initial_indent=lead, subsequent_indent=lead)
    return lines


def _head(names: Sequence[str], trial: FileTrial) -> list[str]:
    cells = [textwrap.wrap(f"{words_of(name)}, {_unit(name, trial)}".rstrip(", "), _CELL_WIDTH - 1) for name in names]
    height = max(map(len, cells))
    filled = [[""] * (height - len(cell)) + cell for cell in cells]
    return [" " * _RULE_WIDTH + "".join(f"{cell[i]:>{_CELL_WIDTH}}" for cell in filled) for i in range(height)]


def _unit(name: str, trial: FileTrial) -> str:
    value = trial.result.find(name)
    return unit_of(name, value.unit).text if value is not None else ""


def _line(row: Row, trial: FileTrial) -> str:
    cells = []
    for name, number in row.numbers.items():
        value = trial.result.find(name)
        unit = unit_of(name, value.unit if value is not None else "")
        decimals = max(unit.decimals, _FEWEST_DECIMALS if unit.decimals else 0)
        body = text_of(None if number is None else number * unit.factor, decimals=decimals)
        difference = row.differences[name]
        cells.append(f"{body + _away(difference, unit, decimals=decimals):>{_CELL_WIDTH}}")
    mark = "*" if row.is_used else " "
    return f"  {mark} {row.rule.partition('.')[2]:<{_RULE_WIDTH - 4}}{''.join(cells)}".rstrip() or MISSING


def _away(difference: float | None, unit: Unit, *, decimals: int) -> str:
    """`` (+0.3)``; `` (=)`` where a rule changes nothing at all."""
    if difference is None:
        return ""
    # The sum with 0 turns a negative zero into a positive one.
    return " (=)" if difference == 0.0 else f" ({round(difference * unit.factor, decimals) + 0.0:+.{decimals}f})"


def _height_lines(trial: FileTrial) -> list[str]:
    """The heights of a jump beside each other: they are metrics of their own, not rules of one."""
    heights = [v for v in trial.result.values if v.name.startswith("jump_height_") and v.value is not None]
    if len(heights) < 2:  # noqa: PLR2004, one has nothing beside it
        return []
    first = next((v for v in heights if v.name == "jump_height_impulse_momentum"), heights[0])
    lines = ["  height"]
    for value in heights:
        difference = 100.0 * ((value.value or 0.0) - (first.value or 0.0))
        body = text_of(100.0 * (value.value or 0.0), decimals=1)
        away = "" if value is first else f" ({round(difference, 1) + 0.0:+.1f})"
        lines.append(f"    {value.method.removeprefix('height.'):<{_RULE_WIDTH - 4}}{body + away:>{_CELL_WIDTH}}  cm")
    return lines
