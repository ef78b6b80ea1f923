"""``daq record``: the same guided test without a screen."""

from __future__ import annotations

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
    app.command("record", epilog="Example:  daq record --rig rig.toml --assessment cmj --person P-014 --trials 3 --json")(
        record
    )


def record(
    *,
    rig: RigOption = None,
    simulate: SimulateOption = None,
    assessment: AssessmentOption = "cmj",
    person: PersonOption = "",
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", min=0.1, metavar="S", help="Record for this time, whether the test is complete or not."),
    ] = None,
    trials: Annotated[
        int | None, typer.Option("--trials", metavar="N", min=1, help="Trials wanted (per limb in one-sided tests).")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line: started, acknowledged, trial, finished.")
    ] = False,
    method: MethodOption = None,
    first_side: SideOption = None,
    enter: EnterOption = None,
    folder: FolderOption = None,
    fault: FaultOption = None,
    seed: SeedOption = 0,
) -> None:
    """Record a session without a screen until the test is complete; with --seconds, for that time instead.

    Ctrl-C ends it earlier, in good order.

    "acknowledged" counts the inputs that survive a crash of the program from then on.
    """
    from daq.cli.headless import run_headless

    test = assessment_from(assessment, methods=method, trials=trials)
    sitting = Sitting(rig, simulate, test, person, folder, first_side, fault or [], seed, enter or [])
    raise typer.Exit(run_headless(sitting, seconds=seconds, as_json=as_json))
