"""A value to the whole chain behind it: samples, windows, events, thresholds, contributions, reasons, definition."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from daq.block import Limb
from daq.cli.definition import Definition, definition_of
from daq.cli.shown import PRIVATE, WEIGHED, cell_text, decimals_of, unit_of, words_of
from daq.errors import UsageError
from daq.metrics.build import WITHOUT_INSTRUMENT
from daq.metrics.families import row_of
from daq.metrics.value import Instant, Params, Value
from daq.metrics.words import reason_sentence
from daq.units import MISSING, decimals_for, text_of
from daq.wording import nearest

if TYPE_CHECKING:
    from daq.cli.files_analysed import Analysed, FileTrial

WIDTH = 80
_LEFT_WIDTH, _BAR_WIDTH = 14, 20
_SMALLEST_SHARE = 0.0005
# Parameters of rules that tell a person's weight.
_WEIGHTS = frozenset({"weight_n", "half_weight_n", "body_mass_kg"})
_FORMULAS = {
    "asym.max_denominator": "100 (right - left) / the larger one, %",
    "asym.total_denominator": "100 (right - left) / (right + left), %",
    "asym.half_total": "200 (right - left) / (right + left), %",
    "asym.symmetry_index": "100 (larger - smaller) / (larger + smaller), %",
    "asym.symmetry_angle": "100 (45 degrees - atan2(left, right)) / 90 degrees, %",
    "asym.lsi": "100 involved / uninvolved, %, the reciprocal where less is better",
    "asym.epic": "100 involved now / uninvolved at the earlier test, %",
    "asym.dominance": "100 (dominant - other) / dominant, %",
}
_DERIVED = {
    "_best": "From the best trial by the main metric",
    "_mean": "Mean of the counted trials",
    "_combined": "Best left plus best right",
    "_cv_percent": "100 SD / mean of the counted trials, %",
    "_difference_percent": "100 (best - second best) / best, %",
}


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """One value with what it stands on; ``trial`` is None for a value of the summary."""

    value: Value
    trial: FileTrial | None
    events: Mapping[str, Instant]
    definition: str
    notes: str
    references: str

    def shares(self) -> dict[str, float]:
        """Share of each contribution in the variance, the largest first."""
        total = sum(u * u for u in self.value.u_parts.values())
        if not total > 0:
            return {}
        parts = sorted(self.value.u_parts.items(), key=lambda part: -abs(part[1]))
        return {name: u * u / total for name, u in parts}

    def as_record(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "value": self.value.as_record(),
            "trial": self.trial.number if self.trial is not None else None,
            "samples": samples_of(self.trial) if self.trial is not None else None,
            "events": {event.name: self._event_record(event) for event in self.events.values()},
            "shares_of_variance": self.shares(),
            "reasons": {code: reason_sentence(code) for code in self.value.reasons},
            "definition": self.definition or None,
            "notes": self.notes or None,
            "references": self.references or None,
        }

    def _event_record(self, event: Instant) -> dict[str, Any]:
        row = row_of_event(event, self.trial) if self.trial is not None else None
        return {"t_s": event.t_s, "u_s": event.u_s, "row": row, "method": event.method, "params": dict(event.params)}


def explained(done: Analysed, words: Sequence[str]) -> list[Chain]:
    """The chain of each word, of every trial that has the value, or of the summary.

    Raises
    ------
    UsageError
        There is no such value; the message names the nearest.
    """
    chains = []
    for word in words:
        found = [_chain(value, trial, done) for trial in done.trials for value in _meant(word, trial)]
        found = found or [_chain(value, None, done) for value in done.summary if _fits(word, value)]
        if not found:
            name = word.partition(".")[0]
            known = sorted({v.name for v in _all_values(done)} | {v.of for v in _all_values(done) if v.of})
            near = nearest(name, known) if name not in known else ""
            hint = f"did you mean {near}?" if near else "--explain list names all."
            raise UsageError(f"There is no value {word!r} in {done.test.name}; {hint}")
        chains += found
    return chains


def _all_values(done: Analysed) -> Iterable[Value]:
    for trial in done.trials:
        yield from trial.result.values
    yield from done.summary


def _fits(word: str, value: Value) -> bool:
    """``name``, or ``name`` with any of the metric it is of, phase, limb and entry behind points."""
    name, *more = word.split(".")
    tags = {value.of, value.phase, value.limb.value, "" if value.entry is None else str(value.entry)}
    return value.name == name and set(more) <= tags


def _meant(word: str, trial: FileTrial) -> list[Value]:
    """The values of a trial that a word means: those of its own limb, unless it names one; of a list the first."""
    found = [value for value in trial.result.values if _fits(word, value)]
    tags = word.split(".")[1:]
    if not any(limb.value in tags for limb in Limb):
        own = [value for value in found if value.limb is trial.result.limb]
        found = own or found
    if not any(tag.isdigit() for tag in tags):
        found = [value for value in found if value.entry in (None, 1)]
    return found


def _chain(value: Value, trial: FileTrial | None, done: Analysed) -> Chain:
    row = row_of(value.of or value.name, done.test.kind.value)
    said = definition_of(row) if row is not None else Definition("")
    events = trial.result.events if trial is not None else {}
    found = {name: events[name] for name in value.events if name in events}
    means = f"{_derived(value)}, of: {said.summary}" if value.of and _derived(value) else said.summary
    return Chain(value, trial, found, means, said.notes, said.references)


def _derived(value: Value) -> str:
    """What a value that is made of others means."""
    if value.name.startswith("asymmetry_percent"):
        return _FORMULAS.get(value.method, "")
    return next((words for end, words in _DERIVED.items() if value.name.endswith(end)), "")


def samples_of(trial: FileTrial) -> dict[str, Any]:
    """File, columns, rate and the stretch of the file that was analysed; rows count from 1."""
    file, main = trial.file, trial.effort.main
    n = len(main.t_s)
    first = int(file.t_s.searchsorted(main.t_s[0])) if n else 0
    return {
        "file": str(file.path),
        "columns": {side.value: " + ".join(names) for side, names in file.columns.items()},
        "rate_hz": file.rate_hz,
        "first_row": first + 1,
        "last_row": first + n,
        "start_s": float(main.t_s[0]) if n else None,
        "stop_s": float(main.t_s[-1]) if n else None,
    }


def names_lines(done: Analysed) -> list[str]:
    """Every name that ``--explain`` takes: the values of a trial, then what is made of them."""
    values = [v for trial in done.trials for v in trial.result.values]
    metrics = sorted({v.name for v in values if not v.of})
    lines = ["Values of a trial", *_listed(metrics)]
    if compared := sorted({v.of for v in values if v.of}):
        lines += ["Left against right: asymmetry_percent.METRIC with METRIC one of", *_listed(compared)]
    ends = ("_best", "_mean", "_best_two", "_combined")
    of_metric = sorted({v.name for v in done.summary if v.of and not v.name.endswith(ends)})
    lines += ["Of all trials: METRIC_best, METRIC_mean, and with .METRIC behind it", *_listed(of_metric)]
    limbs = sorted({v.limb.value for v in _all_values(done)})
    return [*lines, f"Add .{' or .'.join(limbs)}; to an entry of a list its number: hop_rsi.3"]


def _listed(names: Iterable[str]) -> list[str]:
    return textwrap.wrap("  ".join(names), WIDTH, initial_indent="  ", subsequent_indent="  ")


def explained_lines(chains: Sequence[Chain], done: Analysed, *, is_private: bool = False) -> list[str]:
    """The chains as a person reads them; ``is_private`` shows a weight that stands behind another value, too."""
    lines: list[str] = []
    for chain in chains:
        lines += [*([""] if lines else []), *chain_lines(chain, is_one=len(done.trials) == 1, is_private=is_private)]
    return lines


def chain_lines(chain: Chain, *, is_one: bool, is_private: bool) -> list[str]:
    """One chain in lines of at most 80 characters."""
    value = chain.value
    # Who asks how the weight came about has asked for the weight.
    params_of = partial(_params, is_private=is_private or (value.of or value.name) in PRIVATE)
    name = words_of(value.of or value.name)
    name = f"{value.name.replace('_', ' ')} of {name}" if value.of else name
    where = "Summary, " if chain.trial is None else "" if is_one else f"Trial {chain.trial.number}, "
    entry = "" if value.entry is None else f", number {value.entry}"
    shown = MISSING if value.value is None else cell_text(value, is_private=True)
    lines = [f"{where}{name}, {value.limb.value}{entry}: {shown}"]
    lines += _field("name", value.column)
    if chain.definition:
        lines += _field("means", chain.definition)
    if chain.trial is not None:
        lines += _field("samples", _samples(chain.trial, value.limb))
    lines += _field("rule", value.method or MISSING)
    if value.params:
        lines += _field("with", params_of(value.params))
    lines += _event_lines(chain, params_of)
    lines += _uncertainty_lines(chain)
    for code in value.reasons:
        lines += _field("reason", f"{reason_sentence(code)} [{code}]")
    if value.text and value.text != WITHOUT_INSTRUMENT:
        lines += _field("words", value.text)
    lines += _field("notes", chain.notes) if chain.notes else []
    return lines + (_field("source", chain.references) if chain.references else [])


def _field(name: str, text: str) -> list[str]:
    lead = f"  {name:<{_LEFT_WIDTH}}"
    return textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead)) or [lead.rstrip()]


def _samples(trial: FileTrial, limb: Limb) -> str:
    found = samples_of(trial)
    columns = trial.file.columns
    mine = [name for side, names in columns.items() if limb in (side, Limb.BOTH) or limb not in columns for name in names]
    return (
        f"{trial.file.path.name}, column{'s' if len(mine) > 1 else ''} {' + '.join(mine)}, rows {found['first_row']} to"
        f" {found['last_row']} ({found['start_s']:.3f} to {found['stop_s']:.3f} s) at {found['rate_hz']:g} Hz"
    )


def _params(params: Params, *, is_private: bool) -> str:
    shown = {name: WEIGHED if name in _WEIGHTS and not is_private else _plain(x) for name, x in params.items()}
    return ", ".join(f"{name} {text}" for name, text in shown.items())


def _plain(x: float | str | bool | None) -> str:
    if isinstance(x, bool) or x is None:
        return {True: "yes", False: "no", None: MISSING}[x]
    return f"{x:.6g}" if isinstance(x, float) else str(x)


def row_of_event(event: Instant, trial: FileTrial) -> int:
    """The row of the file that is nearest to an event, counted from 1."""
    return int(samples_of(trial)["first_row"]) + event.index


def _event_lines(chain: Chain, params_of: Callable[[Params], str]) -> list[str]:
    if chain.trial is None:
        return []
    lines = []
    for event in chain.events.values():
        u = "u unknown" if event.u_s is None else f"u {1000 * event.u_s:.2f} ms"
        head = f"{event.name} at {event.t_s:.5f} s, {u}, row {row_of_event(event, chain.trial)}, {event.method}"
        lines += _field("event", head + (f" ({params_of(event.params)})" if event.params else ""))
    return lines


def _part_lines(chain: Chain, number: Callable[[float], str]) -> list[str]:
    """The contributions as a table, the largest first, with their share of the variance as a bar."""
    lines = []
    shares = chain.shares()
    large = {name: share for name, share in shares.items() if share >= _SMALLEST_SHARE}
    for n, (name, share) in enumerate(large.items()):
        bar = "█" * max(round(share * _BAR_WIDTH), 1)
        lead = f"  {'uncertainty' if n == 0 else '':<{_LEFT_WIDTH}}"
        lines.append(f"{lead}{name:<14} {number(abs(chain.value.u_parts[name])):>14} {100 * share:5.1f} %  {bar}")
    if rest := [name for name in shares if name not in large]:
        lines += _field("", f"{', '.join(rest)}: nothing, or less than 0.05 %")
    return lines


def _uncertainty_lines(chain: Chain) -> list[str]:
    value = chain.value
    unit = unit_of(value.of or value.name, value.unit)
    unit = unit_of("", "percent") if value.unit == "percent" else unit
    if value.u is None or value.value is None:
        return []
    fine = decimals_for(value.u * unit.factor / 50, default=3, most=8)
    suffix = f" {unit.text}" if unit.text else ""

    def number(x: float) -> str:
        return f"{text_of(x * unit.factor, decimals=fine)}{suffix}"

    lines = _part_lines(chain, number)
    nu = "infinite" if value.nu_eff is None else f"{value.nu_eff:.1f}"
    lines += _field("", f"u {number(value.u)}, k {value.k or 0:.2f} (degrees of freedom: {nu}), U95 {number(value.U95 or 0.0)}")
    if value.bias:
        lines += _field("bias", f"{number(value.bias)}, in the value and taken out of the interval")
    if value.interval is not None:
        coarse = decimals_of(value) + 1
        low, high = (text_of(x * unit.factor, decimals=coarse) for x in value.interval)
        lines += _field("95 % interval", f"{low} to {high}{suffix}")
    if value.knows_instrument is False:
        lines += _field("", "without the sensor's own part: its calibration is not known")
    return lines
