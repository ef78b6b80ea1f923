"""``daq simulate``."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("simulate")(simulate)


def simulate() -> None:
    """Is being written."""
