"""``daq replay``: a recording folded again, as fast as possible or at its pace."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daq.errors import UsageError

if TYPE_CHECKING:
    from daq.assessments.model import Assessment
    from daq.station.replay import Replayed

_EXAMPLES = "Examples:  daq replay last     daq replay FILE.mcap --json     daq replay FILE.mcap --assessment cmj"


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("replay", epilog=_EXAMPLES)(replay)


def replay(
    recording: Annotated[str, typer.Argument(metavar="RECORDING", help="A recording, its number in daq sessions, or last.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The trials and the summary as JSON.")] = False,
    screen: Annotated[bool, typer.Option("--screen", help="On the dashboard, at its own pace.")] = False,
    check: Annotated[
        bool, typer.Option("--check/--no-check", help="Compare what is sent to the devices with what was sent.")
    ] = True,
    assessment: Annotated[
        str | None,
        typer.Option(
            "--assessment", "-a", metavar="TEST", help="Analyse by this test of today instead of the one in the recording."
        ),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option("--method", metavar="FAMILY=ID", help="Pin a rule, for example flight=fixed_20n. May be repeated."),
    ] = None,
) -> None:
    """Fold the inputs of a recording again: the same samples, trials and values, bit for bit.

    With --assessment or --method an old recording is analysed by another test or rule; the recording itself stays as it is.
    """
    from daq.store.locations import find_recording

    path: Path = find_recording(recording)
    if screen:
        if assessment is not None or method:
            raise UsageError("--screen shows a recording as it was; leave out --assessment and --method, or --screen.")
        from daq.cli.screen import show_replay

        raise typer.Exit(show_replay(path))
    from daq.station.replay import replay_recording

    done = replay_recording(path, check=check, assessment=_other_assessment(path, assessment, method))
    if done.sentence:
        print(done.sentence, file=sys.stderr)
    if as_json:
        print(json.dumps(_table(path, done)))
    else:
        _print(done)


def _other_assessment(path: Path, name: str | None, methods: list[str] | None) -> Assessment | None:
    if name is None and not methods:
        return None
    from daq.cli.chosen import load_test, methods_from
    from daq.store.recording import read_recording

    found = load_test(name) if name is not None else read_recording(path).setup.assessment
    return found.with_methods(methods_from(methods))


def _table(path: Path, done: Replayed) -> dict[str, object]:
    from daq.cli.rendering import trial_record

    return {
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


def _print(done: Replayed) -> None:
    from daq.cli.rendering import summary_lines, trial_lines

    for view in done.trials:
        print("\n".join(trial_lines(view.number, view.start_s, view.result, test=done.setup.assessment)))
    for line in summary_lines(done.summary, done.setup.assessment):
        print(line)
    same = f"; all {done.n_sent} messages to the devices are the same" if done.is_compared else ""
    print(f"{done.duration_s:.1f} s replayed from {done.n_inputs} inputs{same}.")
