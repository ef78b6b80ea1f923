"""What every test may use: the folder of the public recordings, and a home of its own for each test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The first example also loads the libraries: a time for each says nothing.
settings.register_profile("own", deadline=None)
settings.load_profile("own")

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder with the public recordings; the test is skipped where it is absent."""
    folder = Path(os.environ.get("LIMB_DAQ_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the public recordings are not at {folder}; set LIMB_DAQ_DATA to their folder")
    return folder


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Recordings, logs and settings of a test go to a folder of its own, never to the user's."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("LIMB_DAQ_HOME", str(home))
    return home
