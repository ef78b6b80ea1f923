"""``daq record``."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("record")(record)


def record() -> None:
    """Is being written."""
