"""``daq analyze``."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("analyze")(analyze)


def analyze() -> None:
    """Is being written."""
