"""Drawn lines to plain text."""

from __future__ import annotations

from daq.dashboard.lines import plain


def texts(lines) -> list[str]:
    return [plain(line).rstrip() for line in lines]
