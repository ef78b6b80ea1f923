"""``daq replay``: a recording folded again, as fast as possible or at its pace."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command(
        "replay", epilog="Examples:  daq replay last     daq replay FILE.mcap --json     daq replay FILE.mcap --screen"
    )(replay)


def replay(
    recording: Annotated[str, typer.Argument(metavar="RECORDING", help="A recording, its number in daq sessions, or last.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The trials and the summary as JSON.")] = False,
    screen: Annotated[bool, typer.Option("--screen", help="On the dashboard, at its own pace.")] = False,
    check: Annotated[
        bool, typer.Option("--check/--no-check", help="Compare what is sent to the devices with what was sent.")
    ] = True,
) -> None:
    """Fold the inputs of a recording again: the same samples, trials and values, bit for bit."""
    from daq.cli.rendering import summary_lines, trial_lines, trial_record
    from daq.store.locations import find_recording

    path: Path = find_recording(recording)
    if screen:
        from daq.cli.screen import show_replay

        raise typer.Exit(show_replay(path))
    from daq.station.replay import replay_recording

    done = replay_recording(path, check=check)
    if as_json:
        table = {
            "assessment": done.setup.assessment.id,
            "recording": str(path),
            "complete": done.is_complete,
            "inputs": done.n_inputs,
            "sent": done.n_sent,
            "trials": [
                {**trial_record(v.number, v.start_s, v.result), "kept": v.is_kept, "verdict": v.verdict} for v in done.trials
            ],
            "summary": [v.as_record() for v in done.summary],
        }
        print(json.dumps(table))
        return
    if not done.is_complete:
        print("daq: This recording was cut short; what is there was replayed.", file=sys.stderr)
    for view in done.trials:
        print("\n".join(trial_lines(view.number, view.start_s, view.result)))
    for line in summary_lines(done.summary):
        print(line)
    same = f"; all {done.n_sent} messages to the devices are the same" if check else ""
    print(f"{done.duration_s:.1f} s replayed from {done.n_inputs} inputs{same}.")
