"""Where files of the user live: recordings, settings, logs; private to the user, moved as a whole by ``LIMB_DAQ_HOME``."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import platformdirs

from daq.errors import UsageError
from daq.units import clean_name

HOME_VARIABLE = "LIMB_DAQ_HOME"
_ID_DIGITS = 10
_SHORTEST_ID = 3


def _private(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _home(kind: str) -> Path:
    if moved := os.environ.get(HOME_VARIABLE):
        return Path(moved).expanduser()
    return {
        "data": platformdirs.user_data_path("limb-daq", appauthor=False),
        "config": platformdirs.user_config_path("limb-daq", appauthor=False),
        "log": platformdirs.user_log_path("limb-daq", appauthor=False),
    }[kind]


def recordings_folder() -> Path:
    """Folder of the recordings, made when absent."""
    return _private(_home("data") / "recordings")


def catalogue_path() -> Path:
    """The SQLite index over the recordings."""
    return _private(_home("data")) / "catalogue.sqlite"


def assessments_folder() -> Path:
    """Folder of the tests that a person wrote; it need not be there."""
    return _home("data") / "assessments"


def log_folder() -> Path:
    """Folder for details of unexpected errors."""
    return _private(_home("log"))


def people_path() -> Path:
    """Who the pseudonyms are, beside the recordings' folder."""
    return _private(_home("data")) / "people.toml"


def sitting_id(recording: Path) -> str:
    """The id of a recording: the same after every rebuild and on every machine, because it depends on the file name alone."""
    return hashlib.sha256(recording.name.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_DIGITS]


def find_recording(words: str, *, folder: Path | None = None) -> Path:
    """The recording meant by a path, a name in ``folder`` (default: ours), the beginning of an id, or ``last``.

    Raises
    ------
    UsageError
        None, or more than one, is meant.
    """
    place = folder or recordings_folder()
    found = sorted(place.glob("*.mcap"), key=lambda path: path.stat().st_mtime_ns)
    if words == "last":
        if not found:
            raise UsageError(f"There is no recording yet in {place}. Make one with: daq record")
        return found[-1]
    if Path(words).is_file():
        return Path(words)
    named = [path for path in found if words in {path.name, path.stem}]
    if not named and len(words) >= _SHORTEST_ID:
        named = [path for path in found if sitting_id(path).startswith(words.lower())]
    if len(named) == 1:
        return named[0]
    shown = clean_name(words, longest=200)
    if named:
        raise UsageError(f"More than one recording has an id that begins with {shown}: type more of it.")
    raise UsageError(f"There is no recording {shown!r}: give a file, an id from daq sessions, or the word last.")
