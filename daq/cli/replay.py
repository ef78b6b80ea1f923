"""``daq replay``."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("replay")(replay)


def replay() -> None:
    """Is being written."""
