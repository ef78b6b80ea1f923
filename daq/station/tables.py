"""A recording to its tables, samples.csv and values.csv, in a folder beside it or where wanted."""

from __future__ import annotations

from pathlib import Path

from daq.station.replay import replay_recording
from daq.store.export import Dialect, write_samples, write_values
from daq.store.recording import PART, SUFFIX


def export_recording(path: Path, *, folder: Path | None = None, dialect: Dialect = Dialect.POINT) -> Path:
    """Fold ``path`` and write its tables into ``folder`` (default: one named after the recording); returns the folder.

    Raises
    ------
    DaqError
        The recording cannot be read, or the tables cannot be written.
    """
    done = replay_recording(path, check=False)
    stem = path.name.removesuffix(PART).removesuffix(SUFFIX)
    target = folder or path.parent / f"{stem}-tables"
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_samples(target / "samples.csv", done.curves, done.trials, dialect=dialect)
    write_values(target / "values.csv", done.trials, done.summary, dialect=dialect)
    return target
