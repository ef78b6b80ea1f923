"""``daq live``: the dashboard, or one line per finished trial where there is no terminal."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from daq.cli.chosen import AssessmentOption, MethodOption
from daq.cli.sitting import (
    EnterOption,
    FaultOption,
    FolderOption,
    PersonOption,
    RigOption,
    SeedOption,
    SideOption,
    SimulateOption,
    Sitting,
    assessment_from,
)


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("live", epilog="Examples:  daq live --simulate     daq live --rig rig.toml --assessment grip --person P-014")(
        live
    )


def live(
    *,
    rig: RigOption = None,
    simulate: SimulateOption = None,
    assessment: AssessmentOption = "cmj",
    person: PersonOption = "",
    method: MethodOption = None,
    trials: Annotated[
        int | None, typer.Option("--trials", metavar="N", min=1, help="Trials wanted (per limb in one-sided tests).")
    ] = None,
    first_side: SideOption = None,
    enter: EnterOption = None,
    folder: FolderOption = None,
    fault: FaultOption = None,
    seed: SeedOption = 0,
) -> None:
    """Show left against right, live, and record everything.

    Without a terminal it prints one line per finished trial.
    """

    def prepare() -> Sitting:
        test = assessment_from(assessment, methods=method, trials=trials)
        return Sitting(rig, simulate, test, person, folder, first_side, fault or [], seed, enter or [])

    if all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):  # the screen is drawn on stderr
        from daq.cli.screen import show

        raise typer.Exit(show(prepare))
    from daq.cli.headless import run_headless

    raise typer.Exit(run_headless(prepare(), seconds=None, as_json=False, is_brief=True))
