"""Where files of the user live: recordings, settings, logs; private to the user, moved as a whole by ``LIMB_DAQ_HOME``."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

HOME_VARIABLE = "LIMB_DAQ_HOME"


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


def log_folder() -> Path:
    """Folder for details of unexpected errors."""
    return _private(_home("log"))
