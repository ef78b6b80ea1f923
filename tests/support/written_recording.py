"""Items to a recording on disk, flushed every so often."""

from __future__ import annotations

from pathlib import Path

from daq.session.setup import Setup
from daq.store.recording import Acknowledged, Item, RecordingWriter


def written(folder: Path, setup: Setup, items: list[Item], *, flush_every: int = 40) -> tuple[Path, list[Acknowledged]]:
    writer = RecordingWriter.create(folder, setup, name="run")
    acknowledged = [writer.acknowledged]
    for k, item in enumerate(items, start=1):
        writer.append(item)
        if not k % flush_every:
            acknowledged.append(writer.flush())
    return writer.close(), acknowledged
