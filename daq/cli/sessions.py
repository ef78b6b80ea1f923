"""``daq sessions``."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("sessions")(sessions)


def sessions() -> None:
    """Is being written."""
