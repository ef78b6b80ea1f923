"""Trial results and summaries to JSON records and to the lines that a coach reads in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from daq.block import SIDES, Limb
from daq.cli.shown import cell_text, entries_text, main_metrics, number_text, unit_of, words_of
from daq.metrics.build import WITHOUT_INSTRUMENT
from daq.metrics.quality import Severity, severity_of
from daq.metrics.trial import TrialResult
from daq.metrics.value import Status, Value
from daq.metrics.words import reason_sentence, trial_reason_sentence
from daq.units import MISSING, text_of

if TYPE_CHECKING:
    from daq.assessments.model import Assessment

WIDTH = 80
_NAME_WIDTH, _UNIT_WIDTH, _CELL_WIDTH = 27, 6, 15
_SENTENCE_AT, _N_DECLARED = 26, 3
# Indices of declared sides to the words before the metric they are of.
_DECLARED = {"lsi_percent": "symmetry index", "epic_percent": "EPIC", "dominance_percent": "dominance"}
_N_SUMMARY = 6


def trial_record(index: int, start_s: float, result: TrialResult) -> dict[str, Any]:
    """One trial as plain JSON types; ``index`` counts from 1."""
    return {"index": index, "start_s": start_s, **result.as_record()}


def verdict(result: TrialResult) -> str:
    """Counted or not, in words."""
    if result.status is Status.INVALID:
        return "not counted"
    return "counted, with a warning" if result.status is Status.WARNING else "counted"


def trial_lines(
    index: int, start_s: float, result: TrialResult, *, test: Assessment, source: str = "", is_private: bool = False
) -> list[str]:
    """One trial in lines of at most 80 characters: verdict, reasons, values left | right | both, left against right.

    ``source`` names the file where there are several; ``is_private`` shows body weight and mass as numbers.
    """
    limb = "both" if result.limb is Limb.BOTH else result.limb.value.upper()
    of_file = f" of {source}" if source else ""
    lines = [f"Trial {index}  {limb}  at {start_s:.2f} s{of_file}: {verdict(result)}"]
    for code in result.reasons:
        if severity_of(code) is not Severity.INFO:
            lines += textwrap.wrap(trial_reason_sentence(code, result), WIDTH, initial_indent="  ", subsequent_indent="  ")
    limbs = [*SIDES, Limb.BOTH] if result.limb is Limb.BOTH else [result.limb]
    names = main_metrics(test)
    lines += _table(result, names, limbs, is_private=is_private)
    lines += _lists(result, names, limbs)
    lines += _sentences(result.values, names)
    lines += _without_sway(result)
    if any(WITHOUT_INSTRUMENT in v.text for v in result.values):
        lines.append("  ± is 95 %, without the sensor's own part: its calibration is not known.")
    return lines


def _without_sway(result: TrialResult) -> list[str]:
    """Why a stance has no sway at all, where the trial does not say it already."""
    sway = [v for v in result.values if v.name.startswith("sway_") and not v.of]
    codes = [code for v in sway for code in v.reasons if severity_of(code) is Severity.INVALID]
    if not codes or any(v.value is not None for v in sway) or codes[0] in result.reasons:
        return []
    return textwrap.wrap(f"No sway: {reason_sentence(codes[0])}", WIDTH, initial_indent="  ", subsequent_indent="  ")


def missing_lines(results: Sequence[TrialResult]) -> list[str]:
    """What would have to be entered for values that a test has, once for all trials."""
    without_arm = any("lever_arm_missing" in v.reasons for result in results for v in result.values)
    return ["Enter the lever arm to get a torque (--enter lever_arm_m=0.34, in metres)."] if without_arm else []


def trial_line(number: int, result: TrialResult, *, verdict: str, primary: str) -> str:
    """One trial in one line: number, limb, primary value, peaks of the sides, asymmetry in words, verdict."""
    limb = "both" if result.limb is Limb.BOTH else result.limb.value.upper()
    parts = [f"Trial {number}", limb]
    best = result.find(primary)
    if best is not None and best.value is not None:
        parts.append(cell_text(best))
    if result.limb is Limb.BOTH:
        peaks = [(side, result.find("peak_force", side)) for side in SIDES]
        found = [(side, peak) for side, peak in peaks if peak is not None and peak.value is not None]
        parts += [f"{side.value.upper()} {cell_text(peak)}" for side, peak in found]
    words = next((v.text for v in result.values if v.name == "asymmetry_percent" and v.text), "")
    return "  ".join([*parts, *([words] if words else []), verdict])


def _table(result: TrialResult, names: Sequence[str], limbs: Sequence[Limb], *, is_private: bool) -> list[str]:
    rows: dict[str, dict[Limb, Value]] = {}
    for name in names:
        found = {limb: value for limb in limbs if (value := _single(result, name, limb)) is not None}
        if any(value.value is not None for value in found.values()):
            rows[name] = found
    if not rows:
        return []
    shown = [limb for limb in limbs if any(limb in found and found[limb].value is not None for found in rows.values())]
    head = "".join(limb.value.rjust(_CELL_WIDTH) for limb in shown)
    lines = [_row(name, found, shown, is_private=is_private) for name, found in rows.items()]
    return [" " * (2 + _NAME_WIDTH + _UNIT_WIDTH) + head, *lines]


def _single(result: TrialResult, name: str, limb: Limb) -> Value | None:
    return next((v for v in result.values if v.name == name and v.limb is limb and v.entry is None and not v.of), None)


def _row(name: str, found: Mapping[Limb, Value], limbs: Sequence[Limb], *, is_private: bool) -> str:
    first = next(iter(found.values()))
    cells = "".join(
        (number_text(found[limb], is_private=is_private) if limb in found else "").rjust(_CELL_WIDTH) for limb in limbs
    )
    return f"  {_title(name, first.phase)}{unit_of(name, first.unit).text:<{_UNIT_WIDTH}}{cells}".rstrip()


def _title(name: str, phase: str) -> str:
    words = words_of(name)
    words = f"{words}, {phase}" if phase and phase not in words else words
    return f"{_cut(words, _NAME_WIDTH - 1):<{_NAME_WIDTH}}"


def _cut(words: str, width: int) -> str:
    return words if len(words) <= width else f"{words[: width - 1]}…"


def _lists(result: TrialResult, names: Sequence[str], limbs: Sequence[Limb]) -> list[str]:
    """Values of hops, repetitions and contractions, each list in a row of its own."""
    lines = []
    for name in names:
        for limb in limbs:
            entries = [v for v in result.values if v.name == name and v.limb is limb and v.entry is not None]
            if any(v.value is not None for v in entries):
                unit = unit_of(name, entries[0].unit).text
                words = f"{words_of(name)}, {limb.value}" if len(limbs) > 1 else words_of(name)
                lead = f"  {_cut(words, _NAME_WIDTH - 1):<{_NAME_WIDTH}}{unit:<{_UNIT_WIDTH}}"
                hang = " " * len(lead)
                lines += textwrap.wrap(entries_text(entries), WIDTH, initial_indent=lead, subsequent_indent=hang)
    return lines


def _sentences(values: Iterable[Value], names: Sequence[str]) -> list[str]:
    """Left against right, where there is something to say."""
    told = {v.of: v.text for v in values if v.name == "asymmetry_percent" and v.text}
    return [line for name in names if name in told for line in _said(name, told[name])]


def _said(name: str, text: str, *, more: str = "") -> list[str]:
    """A sentence behind the metric it is about; ``more`` stands on its own line where it does not fit."""
    lead, hang = f"  {words_of(name)} ", " " * _SENTENCE_AT
    lines = textwrap.wrap(text, WIDTH, initial_indent=f"{lead:<{_SENTENCE_AT}}", subsequent_indent=hang)
    if len(lines[-1]) + 1 + len(more) <= WIDTH:
        return [*lines[:-1], f"{lines[-1]} {more}".rstrip()]
    return [*lines, f"{hang}{more}"]


def summary_lines(summary: Sequence[Value], test: Assessment, *, is_private: bool = False) -> list[str]:
    """The summary of a test: counts, best and mean of the main metrics, asymmetry in words."""
    if not summary:
        return []
    lines = ["Summary"]
    lines += [
        f"  {_limb_words(value.limb)}: {value.value:.0f} counted{_rejected(summary, value.limb)}"
        for value in summary
        if value.name == "trial_count_valid" and value.value is not None
    ]
    names = main_metrics(test)
    rows: list[str] = []
    has_spread = any(v.name.endswith("_mean") and v.value is not None for v in summary)
    n_rows = len(test.shown) or _N_SUMMARY
    for of in dict.fromkeys((test.primary, *names)):
        if len(rows) >= n_rows * (1 if test.sides.value == "together" else 2) or not has_spread:
            break
        rows += [row for limb in (*SIDES, Limb.BOTH) if (row := _summary_row(summary, of, limb, is_private=is_private))]
    if rows:
        lead = " " * (2 + _NAME_WIDTH + _UNIT_WIDTH)
        lines.append(f"{lead}{'best':>{_CELL_WIDTH}}{'mean':>{_CELL_WIDTH}}{'CV':>9}")
    lines += rows
    for v in summary if rows or test.sides.value == "alternate" else ():
        if v.name == "asymmetry_percent" and v.text and v.of in names:
            lines += _said(v.of, v.text, more=_interval(v))
    lines += _others(summary, names, {ratio.name for ratio in test.ratios})
    lines += [
        f"  {reason_sentence('trial_spread_high')}"
        for v in summary
        if v.name == "best_two_difference_percent" and "trial_spread_high" in v.reasons
    ][:1]
    return lines


def _limb_words(limb: Limb) -> str:
    return "trials" if limb is Limb.BOTH else f"{limb.value} trials"


def _rejected(summary: Sequence[Value], limb: Limb) -> str:
    out = next((v for v in summary if v.name == "trial_count_rejected" and v.limb is limb), None)
    return f", {out.value:.0f} not counted" if out is not None and out.value else ""


def _summary_row(summary: Sequence[Value], of: str, limb: Limb, *, is_private: bool) -> str:
    mine = {v.name: v for v in summary if v.of == of and v.limb is limb and not v.name.startswith("asymmetry")}
    best, mean, cv = mine.get(f"{of}_best"), mine.get(f"{of}_mean"), mine.get("trial_cv_percent")
    if best is None or best.value is None:
        return ""
    cells = [MISSING if v is None else number_text(v, is_private=is_private) for v in (best, mean)]
    spread = "" if cv is None or cv.value is None else f"{text_of(cv.value, decimals=1)} %"
    title = _title(words_of(of) + ("" if limb is Limb.BOTH else f", {limb.value}"), "")
    unit = unit_of(of, best.unit).text
    return f"  {title}{unit:<{_UNIT_WIDTH}}{cells[0]:>{_CELL_WIDTH}}{cells[1]:>{_CELL_WIDTH}}{spread:>9}".rstrip()


def _others(summary: Sequence[Value], names: Sequence[str], ratios: Iterable[str]) -> list[str]:
    """What a summary holds beside best, mean and asymmetry: ratios, profiles, combined values, declared sides."""
    wanted = set(ratios)
    lines, caveats = [], []
    for v in summary:
        is_own = not v.of and not v.name.startswith("trial_count")
        is_declared = v.name in _DECLARED and v.of in names[:_N_DECLARED]
        if v.value is None or not (is_own or is_declared or v.name in wanted or v.name.endswith("_combined")):
            continue
        words = f"{_DECLARED[v.name]} of {words_of(v.of)}" if is_declared else words_of(v.name)
        words = words if v.limb is Limb.BOTH else f"{words}, {v.limb.value}"
        lines.append(f"  {words:<{_NAME_WIDTH + _UNIT_WIDTH}} {cell_text(v)}")
        caveats += [f"  {v.text}"] if is_declared and v.text else []
    return [*lines, *dict.fromkeys(caveats)]


def _interval(value: Value) -> str:
    if value.interval is None or value.params.get("interval_of") not in {"person", "instrument"}:
        return ""
    return f"({_range(value.value or 0.0, *value.interval)} %, {value.params['interval_of']})"


def _range(percent: float, low: float, high: float) -> str:
    """An interval in the direction of the words beside it; both sides are named where it holds both."""
    if min(low, high) * percent > 0 and max(low, high) * percent > 0:
        ends = sorted((abs(low), abs(high)))
        return " to ".join(text_of(x, decimals=1) for x in ends)
    return " to ".join(_with_side(x) for x in (low, high))


def _with_side(percent: float) -> str:
    size = text_of(abs(percent), decimals=1)
    return size if float(size) == 0 else f"{'RIGHT' if percent > 0 else 'LEFT'} {size}"
