"""``daq sessions``: the recordings on this computer, the newest first, with the best value of each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

if TYPE_CHECKING:
    from daq.metrics.value import Value
    from daq.session.setup import Setup
    from daq.session.snapshot import TrialView
    from daq.store.catalogue import Sitting

_CM_PER_M = 100.0
_EXAMPLE = "Example:  daq sessions --person p-3fa9c1"


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("sessions", epilog=_EXAMPLE)(sessions)


def sessions(
    person: Annotated[str, typer.Option(metavar="PERSON", help="Only this person: an identifier or a name.")] = "",
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Analyse every recording again and make the list anew.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """List the recordings: when, who, which test, trials kept of all, best value, file."""
    from daq.store import people
    from daq.store.catalogue import Catalogue
    from daq.store.locations import catalogue_path, people_path, recordings_folder

    folder = recordings_folder()
    salvage_and_say(folder)
    known = people.load(people_path())
    with Catalogue.open(catalogue_path()) as catalogue:
        if catalogue.notice:
            _say(catalogue.notice)
        index = catalogue.rebuild if rebuild else catalogue.refresh
        index(folder, _fold, progress=progress_on(sys.stderr))
        found = catalogue.sittings()
    if person:
        pseudonyms = {sitting.person: sitting.person for sitting in found if sitting.person}
        wanted = people.People({**pseudonyms, **known.names}).resolve(person)
        found = [sitting for sitting in found if sitting.person == wanted]
    if as_json:
        import json

        print(json.dumps([_record(sitting, folder, known.name_of(sitting.person)) for sitting in found], indent=2))
    else:
        _print_table(found, folder, name_of=known.name_of)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def salvage_and_say(folder: Path, *, say: Callable[[str], None] = _say) -> None:
    """Finish what a crash left behind, and say so; on standard error, where nothing else is wanted."""
    from daq.store.recording import salvage

    for one in salvage(folder):
        say(one.sentence)


def _fold(path: Path) -> tuple[Setup, Sequence[TrialView], Sequence[Value]]:
    from daq.station.replay import replay_recording

    replayed = replay_recording(path)
    return replayed.setup, replayed.trials, replayed.summary


def progress_on(stream: TextIO) -> Callable[[int, int, Path], None] | None:
    """A line that counts recordings, where a person can see it; None where nobody looks."""
    if not stream.isatty():
        return None

    def show(n_done: int, n_all: int, path: Path) -> None:
        end = "\n" if n_done + 1 == n_all else ""
        print(f"\r\x1b[KAnalysing {n_done + 1} of {n_all}: {path.name}", end=end, file=stream, flush=True)

    return show


def _record(sitting: Sitting, folder: Path, name: str) -> dict[str, Any]:
    return {
        "id": sitting.id,
        "started_utc": sitting.started_utc or None,
        "person": sitting.person or None,
        "name": name or None,
        "assessment": sitting.assessment or None,
        "n_kept": sitting.n_kept,
        "n_trials": sitting.n_trials,
        "primary": sitting.primary or None,
        "best": [{"limb": b.limb, "value": b.value, "unit": b.unit, "u": b.u} for b in sitting.best],
        "file": str(folder / sitting.recording),
        "problem": sitting.problem or None,
    }


def _print_table(found: Sequence[Sitting], folder: Path, *, name_of: Callable[[str], str]) -> None:
    if not found:
        print(f"No recordings in {folder}. Begin with:  daq live --simulate")
        return
    head = ("ID", "DATE", "PERSON", "TEST", "KEPT", "BEST", "FILE")
    rows = [head, *(_cells(sitting, name_of) for sitting in found)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(head))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for sitting in found:
        if sitting.problem:
            _say(f"{sitting.recording}: {sitting.problem}")
    print(f"\nFiles are in {folder}. The values of one:  daq export {found[0].id}")


def _cells(sitting: Sitting, name_of: Callable[[str], str]) -> tuple[str, ...]:
    from daq.units import MISSING, clean_name

    kept = MISSING if sitting.problem else f"{sitting.n_kept}/{sitting.n_trials}"
    return (
        sitting.id,
        _local(sitting.started_utc),
        clean_name(name_of(sitting.person), longest=24) or MISSING,
        clean_name(sitting.assessment, longest=24) or MISSING,
        kept,
        _best(sitting),
        clean_name(sitting.recording, longest=120),
    )


def _best(sitting: Sitting) -> str:
    from daq.units import MISSING

    parts = [f"{'' if b.limb == 'both' else b.limb + ' '}{_words(b.value, b.unit, b.u)}" for b in sitting.best]
    return ", ".join(parts) or MISSING


def _words(value: float, unit: str, u: float | None) -> str:
    """``32.7 ± 0.4 cm``: heights in centimetres; the half width is that of 95 %, twice the standard uncertainty."""
    from daq.units import decimals_for, text_of

    is_height = unit == "m"
    if is_height:
        value, unit, u = value * _CM_PER_M, "cm", None if u is None else u * _CM_PER_M
    usual = 1 if is_height else 0 if abs(value) >= 100 else 3  # noqa: PLR2004, three digits read well without decimals
    decimals = max(decimals_for(u, default=usual), int(is_height))
    spread = f" ± {text_of(2 * u, decimals=decimals)}" if u else ""
    return text_of(value, decimals=decimals) + spread + (f" {unit}" if unit != "1" else "")


def _local(started_utc: str) -> str:
    from datetime import datetime

    from daq.units import MISSING

    try:
        return datetime.fromisoformat(started_utc).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return MISSING
