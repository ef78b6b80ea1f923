"""What a screen says about the recording under way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordingView:
    """The file, up to when (s) it survives a crash of the program, how many inputs that are, and what went wrong.

    ``has_stopped``: nothing is recorded any more.
    """

    path: str = ""
    acknowledged_s: float = 0.0
    n_inputs: int = 0
    error: str = ""
    has_stopped: bool = False
