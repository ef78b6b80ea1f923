"""The public recordings to one table: our values, those of two other programs, and the published ones. ``make agreement``."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import math
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from published import DATA, Case, Row, cases

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.core.detector import find_efforts
from daq.metrics.effort import Curve, Effort, Floats
from daq.metrics.trial import TrialResult


@dataclass(frozen=True)
class Compared:
    """One line of the table."""

    row: Row
    unit: str
    default: tuple[float | None, float | None]
    pinned: float | None
    jumpmetrics: float | None
    plateforce: float | None
    method: str

    @property
    def agrees(self) -> bool:
        """Ours, with the rules behind the published value, is within its tolerance."""
        return self.pinned is not None and abs(self.pinned - self.row.published) <= self.row.tolerance + 1e-12


def compared(case: Case) -> list[Compared]:
    """The lines of one recording."""
    forces = case.load()
    total = forces[Limb.BOTH] if Limb.BOTH in forces else forces[Limb.LEFT] + forces[Limb.RIGHT]
    ours = _analysed(case, forces, total, {})
    pinned = _analysed(case, forces, total, dict(case.pinned))
    theirs, rust = _jumpmetrics(case, total), _plateforce(case, _cut(case, total))
    lines = []
    for row in case.rows:
        usual, exact = ours.find(row.metric, row.limb), pinned.find(row.metric, row.limb)
        if exact is None:
            raise LookupError(f"{case.title}: there is no {row.metric} of {row.limb.value}.")
        given = (usual.value, usual.U95) if usual is not None else (None, None)
        lines.append(
            Compared(row, exact.unit, given, exact.value, theirs.get(row.jumpmetrics), rust.get(row.plateforce), exact.method)
        )
    return lines


def _analysed(case: Case, forces: Mapping[Limb, Floats], total: Floats, methods: dict[str, str]) -> TrialResult:
    test = load_assessment(case.assessment).with_methods(methods)
    t_s = np.arange(len(total)) / case.rate_hz
    curves = {limb: Curve(t_s, force_n, case.rate_hz) for limb, force_n in forces.items()}
    curves[Limb.BOTH] = Curve(t_s, total, case.rate_hz)
    spans = find_efforts(t_s, total, test)
    if spans and "weigh" not in methods:
        curves = {limb: curve.between(spans[0].start_s, spans[0].stop_s) for limb, curve in curves.items()}
    cop = case.cop() if case.cop is not None else None
    return analyse(Effort(curves, entered=case.entered, cop=cop), test, gravity=case.gravity)


def _cut(case: Case, total: Floats) -> Floats:
    """The stretch of the record that holds the jump, as ours is given; plateforce weighs its first second."""
    t_s = np.arange(len(total)) / case.rate_hz
    spans = find_efforts(t_s, total, load_assessment(case.assessment))
    return Curve(t_s, total, case.rate_hz).between(spans[0].start_s, spans[0].stop_s).force_n if spans else total


def _jumpmetrics(case: Case, total: Floats) -> Mapping[str, float]:
    """Results of jumpmetrics with its own defaults (50 Hz low-pass), where it gives any."""
    kind = {"cmj": "countermovement", "sj": "squat"}.get(case.assessment)
    if kind is None or not any(row.jumpmetrics for row in case.rows):
        return {}
    from jumpmetrics.core.jump_processing import process_jump_trial

    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        try:
            found = process_jump_trial(
                total, int(case.rate_hz), kind, case.weigh_s, "", compute_jump_height_from_flight_time=True
            )
        except Exception:  # noqa: BLE001, another program's failure is a blank in the table
            return {}
        finally:
            logging.disable(logging.NOTSET)
    frame = found["results_dataframe"].iloc[0]
    return {name: float(frame[name]) for name in frame.index if isinstance(frame[name], int | float | np.number)}


def _plateforce(case: Case, total: Floats) -> Mapping[str, float]:
    """Results of plateforce with the pipeline it names after Owen et al. (2014) and take-off at 20 N."""
    if case.assessment != "cmj" or not any(row.plateforce for row in case.rows):
        return {}
    import plateforce

    registry = plateforce.Registry.load()
    takeoff = registry.method("takeoff.threshold.absolute_force").bind(threshold_n=20.0, persistence_ms=15.0)
    try:
        found = plateforce.analyse_countermovement_jump(
            plateforce.Trial(total, case.rate_hz), preset=registry.preset("owen2014"), takeoff=takeoff
        )
    except plateforce.PlateforceError:
        return {}
    names = {row.plateforce for row in case.rows if row.plateforce}
    given = {name: getattr(found, name) for name in names}
    return {name: float(getattr(x, "value", x)) for name, x in given.items() if x is not None}


def document() -> Iterator[str]:
    """The lines of agreement.md."""
    yield "# Agreement with published values and with other programs"
    yield ""
    yield (
        "Written by `make agreement` from public recordings; nothing here is typed by hand. *Ours* are the defaults with their"
        " 95 % interval (the noise of the recording alone: the files say nothing about the calibration). *Ours, their rules*"
        " names the rules behind the published value (`--method`), and is what the tolerance applies to. An empty cell: the"
        " program gives no such value for this file. `jumpmetrics` runs with its defaults, which include a 50 Hz low-pass;"
        " `plateforce` with its pipeline after Owen et al. (2014) and take-off at 20 N."
    )
    for case in cases():
        lines = compared(case)
        rules = ", ".join(f"`{family}={rule}`" for family, rule in case.pinned.items())
        yield from ("", f"## {case.title}", "", f"Published: {case.source}. Their rules: {rules}.")
        if case.note:
            yield from ("", case.note)
        yield ""
        yield "| value | unit | ours | ours, their rules | published | tolerance | | jumpmetrics | plateforce |"
        yield "|---|---|---|---|---|---|---|---|---|"
        for line in lines:
            row = line.row
            name = f"`{row.metric}`" + (f" {row.limb.value}" if row.limb is not Limb.BOTH else "")
            cells = [
                name, line.unit, _with_interval(*line.default), _text(line.pinned), _text(row.published),
                f"± {_text(row.tolerance)}", "agrees" if line.agrees else "**differs**", _text(line.jumpmetrics),
                _text(line.plateforce),
            ]  # fmt: skip
            yield "| " + " | ".join(cells) + " |"


def _text(x: float | None) -> str:
    if x is None or not math.isfinite(x):
        return ""
    if 0.0 < abs(x) < 0.05:
        return f"{x:.5g}"
    return f"{x:.4f}".rstrip("0").rstrip(".") if abs(x) < 10 else f"{x:.3f}".rstrip("0").rstrip(".")


def _with_interval(value: float | None, u95: float | None) -> str:
    if value is None:
        return "withheld"
    return _text(value) + (f" ± {float(f'{u95:.2g}'):g}" if u95 else "")


def main() -> int:
    """Write the document to the file named on the command line, or say what is missing."""
    if not DATA.is_dir():
        sys.stderr.write("agreement: the recordings are not there; set LIMB_DAQ_DATA to their folder.\n")
        return 1
    target = Path(sys.argv[1])
    target.write_text("\n".join(document()) + "\n", encoding="utf-8")
    wrong = [(case.title, line.row.metric) for case in cases() for line in compared(case) if not line.agrees]
    said = f"; differs: {json.dumps(wrong)}" if wrong else "; everything agrees"
    sys.stdout.write(f"agreement: wrote {target.name}{said}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
