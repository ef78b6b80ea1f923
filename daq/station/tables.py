"""A replayed recording to its tables: samples.csv and values.csv, and one file per limb where wanted."""

from __future__ import annotations

from pathlib import Path

from daq.block import Limb
from daq.station.replay import Replayed, replay_recording
from daq.store.export import write_device_samples, write_samples, write_values
from daq.store.recording import PART, SUFFIX
from daq.store.table import Dialect

Written = list[tuple[Path, int]]
"""Each file with its number of rows."""


def table_paths(folder: Path, *, per_device: bool = False) -> list[Path]:
    """Every file that ``write_tables`` may write into ``folder``."""
    names = ["samples.csv", "values.csv", *(f"samples-{limb.value}.csv" for limb in Limb if per_device)]
    return [folder / name for name in names]


def write_tables(replayed: Replayed, folder: Path, *, recording: str, dialect: Dialect, per_device: bool = False) -> Written:
    """Write the tables of ``replayed`` into ``folder``, made when absent; ``recording`` names it in every row.

    Raises
    ------
    FileError
        A table cannot be written.
    """
    samples, values = folder / "samples.csv", folder / "values.csv"
    trials, setup = replayed.trials, replayed.setup
    written = [(samples, write_samples(samples, replayed.curves, trials, dialect=dialect))]
    n_values = write_values(values, trials, replayed.summary, dialect=dialect, setup=setup, recording=recording)
    written.append((values, n_values))
    if per_device:
        for limb, curve in replayed.curves.items():
            own = folder / f"samples-{limb.value}.csv"
            written.append((own, write_device_samples(own, limb, curve, trials=trials, dialect=dialect)))
    return written


def tables_beside(path: Path) -> Path:
    """Fold the recording ``path``, finished or not, and write its tables into a folder beside it; returns the folder.

    Tables of an earlier call are replaced: the folder is that of the recording alone.

    Raises
    ------
    DaqError
        The recording cannot be read, or the tables cannot be written.
    """
    stem = path.name.removesuffix(PART).removesuffix(SUFFIX)
    folder = path.parent / f"{stem}-tables"
    write_tables(replay_recording(path, check=False), folder, recording=f"{stem}{SUFFIX}", dialect=Dialect.POINT)
    return folder
