"""``daq live``."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("live")(live)


def live() -> None:
    """Is being written."""
