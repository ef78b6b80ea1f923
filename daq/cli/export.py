"""``daq export``: a recording to tables that a spreadsheet opens."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daq.errors import UsageError

if TYPE_CHECKING:
    from daq.store.table import Dialect

_EXAMPLE = "Example:  daq export last --dialect comma     For a spreadsheet that writes 3,14."


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("export", epilog=_EXAMPLE)(export)


def export(
    recording: Annotated[str, typer.Argument(metavar="RECORDING", help="A file, an id from daq sessions, or the word last.")],
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder to write into; default: one named like the recording, here.")
    ] = None,
    dialect: Annotated[
        str, typer.Option(metavar="NAME", help="point: 3.14 and commas between cells. comma: 3,14 and semicolons.")
    ] = "point",
    per_device: Annotated[
        bool, typer.Option("--per-device", help="Also one file per limb, on the times of its own device.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace tables that are there already.")] = False,
) -> None:
    """Write samples.csv (forces over time) and values.csv (one result a row)."""
    from daq.cli.sessions import salvage_and_say
    from daq.station.replay import replay_recording
    from daq.station.tables import table_paths, write_tables
    from daq.store.locations import find_recording, recordings_folder

    chosen = _dialect(dialect)
    salvage_and_say(recordings_folder())
    path = find_recording(recording)
    folder = out if out is not None else Path(path.stem)
    there = [file for file in table_paths(folder, per_device=per_device) if file.exists()]
    if there and not force:
        raise UsageError(f"{there[0]} is there already; add --force to replace it, or --out FOLDER to write elsewhere.")
    if sys.stderr.isatty():
        print(f"Analysing {path.name} ...", file=sys.stderr)
    replayed = replay_recording(path)
    if replayed.sentence:
        print(replayed.sentence, file=sys.stderr)
    written = write_tables(replayed, folder, recording=path.name, dialect=chosen, per_device=per_device)
    if as_json:
        import json

        files = [{"path": str(file), "n_rows": n_rows} for file, n_rows in written]
        print(json.dumps({"recording": str(path), "is_complete": replayed.is_complete, "files": files}, indent=2))
    else:
        for file, n_rows in written:
            print(f"{file}  {n_rows} rows")


def _dialect(name: str) -> Dialect:
    from daq.store.table import Dialect

    if name not in {*Dialect}:
        raise UsageError(f"--dialect is point or comma, not {name!r}.")
    return Dialect(name)
