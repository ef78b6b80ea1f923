"""Trial results and summaries to JSON records and to the lines that a coach reads in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from daq.block import SIDES, Limb
from daq.metrics.build import WITHOUT_INSTRUMENT
from daq.metrics.catalogue import PHASE_OF_JUMP_METRIC
from daq.metrics.quality import Severity, severity_of
from daq.metrics.trial import TrialResult
from daq.metrics.value import Status, Value
from daq.metrics.words import reason_sentence, trial_reason_sentence
from daq.units import MISSING, decimals_for, text_of

# name: (words, unit shown, factor, decimals when the uncertainty is not known)
_SHOWN: dict[str, tuple[str, str, float, int]] = {
    "jump_height_impulse_momentum": ("jump height", "cm", 100.0, 1),
    "jump_height_flight_time": ("height by flight time", "cm", 100.0, 1),
    "rsi_modified": ("RSI modified", "m/s", 1.0, 2),
    "takeoff_velocity": ("take-off velocity", "m/s", 1.0, 2),
    "time_to_takeoff": ("time to take-off", "s", 1.0, 3),
    "peak_force": ("peak force", "N", 1.0, 0),
    "peak_force_100ms": ("peak of 100 ms", "N", 1.0, 0),
    "plateau_force": ("best second", "N", 1.0, 0),
    "time_to_peak": ("time to peak", "s", 1.0, 3),
    "time_to_90_percent": ("time to 90 %", "s", 1.0, 3),
    "rfd_0_50ms": ("RFD 0-50 ms", "N/s", 1.0, 0),
    "rfd_0_100ms": ("RFD 0-100 ms", "N/s", 1.0, 0),
    "rfd_0_150ms": ("RFD 0-150 ms", "N/s", 1.0, 0),
    "rfd_0_200ms": ("RFD 0-200 ms", "N/s", 1.0, 0),
    "rfd_0_250ms": ("RFD 0-250 ms", "N/s", 1.0, 0),
    "mean_braking_force": ("mean braking force", "N", 1.0, 0),
    "mean_propulsion_force": ("mean propulsion force", "N", 1.0, 0),
    "impulse_total": ("impulse", "N*s", 1.0, 1),
    "landing_peak_force": ("landing peak force", "N", 1.0, 0),
}
_NAME_WIDTH, _CELL_WIDTH = 24, 18
_SUMMARY_OF = ("jump_height_impulse_momentum", "rsi_modified", "peak_force", "rfd_0_100ms", "rfd_0_200ms")


def trial_record(index: int, start_s: float, result: TrialResult) -> dict[str, Any]:
    """One trial as plain JSON types; ``index`` counts from 1."""
    return {"index": index, "start_s": start_s, **result.as_record()}


def verdict(result: TrialResult) -> str:
    """Counted or not, in words."""
    if result.status is Status.INVALID:
        return "not counted"
    return "counted, with a warning" if result.status is Status.WARNING else "counted"


def trial_lines(index: int, start_s: float, result: TrialResult) -> list[str]:
    """One trial in lines of at most about 100 characters: verdict, reasons, values left | right | both."""
    limb = "both" if result.limb is Limb.BOTH else result.limb.value.upper()
    lines = [f"Trial {index}  {limb}  at {start_s:.2f} s: {verdict(result)}"]
    lines += [f"  {trial_reason_sentence(code, result)}" for code in _told(result.reasons)]
    by_key = {(v.name, v.limb, v.phase): v for v in result.values}
    limbs = [*SIDES, Limb.BOTH] if result.limb is Limb.BOTH else [result.limb]
    words = {v.of: v.text for v in result.values if v.name == "asymmetry_percent"}
    rows = [line for name in _SHOWN if (line := _row(name, by_key, limbs, words=words.get(name, ""))) is not None]
    if rows:
        head = "".join(limb.value.rjust(_CELL_WIDTH) for limb in limbs)
        lines += [" " * (_NAME_WIDTH + 2) + head, *rows]
    if any(WITHOUT_INSTRUMENT in v.text for v in result.values):
        lines.append("  ± is 95 %, without the instrument's part: the file says nothing about the calibration.")
    return lines


def trial_line(number: int, result: TrialResult, *, verdict: str, primary: str) -> str:
    """One trial in one line: number, limb, primary value, peaks of the sides, asymmetry in words, verdict."""
    limb = "both" if result.limb is Limb.BOTH else result.limb.value.upper()
    parts = [f"Trial {number}", limb]
    best = result.find(primary)
    if best is not None and best.value is not None:
        parts.append(_cell(best))
    if result.limb is Limb.BOTH:
        peaks = [(side, result.find("peak_force", side)) for side in SIDES]
        parts += [f"{side.value.upper()} {_cell(peak)}" for side, peak in peaks if peak is not None and peak.value is not None]
    words = next((v.text for v in result.values if v.name == "asymmetry_percent" and v.text), "")
    return "  ".join([*parts, *([words] if words else []), verdict])


def _told(codes: Iterable[str]) -> list[str]:
    return [code for code in codes if severity_of(code) is not Severity.INFO]


def _row(name: str, by_key: Mapping[tuple[str, Limb, str], Value], limbs: Sequence[Limb], *, words: str) -> str | None:
    phase = PHASE_OF_JUMP_METRIC.get(name, "")
    found = [next((v for p in (phase, "") if (v := by_key.get((name, limb, p))) is not None), None) for limb in limbs]
    if all(v is None or v.value is None for v in found):
        return None
    title = _SHOWN[name][0]
    at = next(v for v in found if v is not None)
    title = f"{title}, {at.phase}" if at.phase else title
    cells = "".join((_cell(v) if v is not None else "").rjust(_CELL_WIDTH) for v in found)
    return f"  {title.ljust(_NAME_WIDTH)}{cells}" + (f"   {words}" if words else "")


def _cell(value: Value) -> str:
    _, unit, factor, usual = _SHOWN.get(value.of or value.name, ("", value.unit, 1.0, 1))
    if value.value is None:
        return MISSING
    u95 = None if value.U95 is None else value.U95 * factor
    decimals = max(decimals_for(u95 / 2 if u95 else None, default=usual, most=3), min(usual, 1)) if u95 else usual
    decimals = min(decimals, usual + 1)
    body = text_of(value.value * factor, decimals=decimals)
    return f"{body} ± {text_of(u95, decimals=decimals)} {unit}" if u95 else f"{body} {unit}"


def summary_lines(summary: Sequence[Value]) -> list[str]:
    """The summary of a test: counts, best and mean of the main metrics, asymmetry in words."""
    if not summary:
        return []
    lines = ["Summary"]
    lines += [
        f"  {_limb_words(value.limb)}: {value.value:.0f} counted{_rejected(summary, value.limb)}"
        for value in summary
        if value.name == "trial_count_valid" and value.value is not None
    ]
    for of in _SUMMARY_OF:
        for limb in (*SIDES, Limb.BOTH):
            line = _summary_row(summary, of, limb)
            lines += [line] if line else []
    lines += [
        f"  {_SHOWN.get(v.of, (v.of.replace('_', ' '),))[0]}: {v.text}{_interval(v)}"
        for v in summary
        if v.name == "asymmetry_percent" and v.text and v.of in _SHOWN
    ]
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


def _summary_row(summary: Sequence[Value], of: str, limb: Limb) -> str | None:
    mine = {v.name: v for v in summary if v.of == of and v.limb is limb and not v.name.startswith("asymmetry")}
    best, mean, cv = mine.get(f"{of}_best"), mine.get(f"{of}_mean"), mine.get("trial_cv_percent")
    if best is None or best.value is None:
        return None
    words = f"{_SHOWN[of][0]}, {limb.value}"
    line = f"  {words.ljust(_NAME_WIDTH + 8)}best {_cell(best)}"
    if mean is not None and mean.value is not None:
        line += f"   mean {_cell(mean)}"
    if cv is not None and cv.value is not None:
        line += f"   CV {text_of(cv.value, decimals=1)} %"
    return line


def _interval(value: Value) -> str:
    if value.interval is None or value.params.get("interval_of") not in {"person", "instrument"}:
        return ""
    low, high = (text_of(x, decimals=1) for x in value.interval)
    return f"   ({low} to {high} %, {value.params['interval_of']})"
