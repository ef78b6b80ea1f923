"""Rig files that are wrong, as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from daq.errors import FileError
from daq.rig import load_rig

GOOD = 'driver = "node"\naddress = "sim:x"\nlimb = "left"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[mount]]\ndriver = "node"\nlimb = "left"', "mount 1 (left): address is missing."),
        (
            '[[mount]]\ndriver = "node"\nadress = "sim:x"\nlimb = "left"',
            "mount 1 (left): adress is unknown; it should probably be address.",
        ),
        (
            f'[[mount]]\n{GOOD}\n[[mount]]\nname = "big plate"\ndriver = "node"\nlimb = "right"',
            "mount 2 (big plate): address is",
        ),
        ('[[mount]]\ndriver = 3\naddress = "sim:x"\nlimb = "left"', "mount 1 (left): driver should be a text in quotes."),
        (f"[[mount]]\n{GOOD}\ncolour = 1", "mount 1 (left): colour is unknown; known are name, driver,"),
        (f"[[mounts]]\n{GOOD}", "mounts is unknown; it should probably be mount."),
        ("[[mount]]\n", "mount 1: driver is missing."),
        ("mount = []", "mount should have at least one entry."),
        (f"[[mount]]\n{GOOD.replace('sim:x', 'x')}", "mount 1 (left): address 'x' should look like"),
        (f"[[mount]]\n{GOOD}\n[[mount]]\n{GOOD}", "one device is mounted twice"),
        ("mount = 3", "mount should be a list"),
    ],
)
def test_a_wrong_rig_names_the_mount_and_the_key(tmp_path: Path, text: str, words: str):
    path = tmp_path / "rig.toml"
    path.write_text(text)

    with pytest.raises(FileError) as caught:
        load_rig(path)

    assert str(caught.value).startswith(f"The rig file {path} is wrong: {words}")
    assert str(caught.value).endswith(".")


def test_a_rig_that_is_no_text_or_not_there_says_what_to_do(tmp_path: Path):
    (tmp_path / "rig.toml").write_bytes(b"\xff\xfe[\x00")

    with pytest.raises(FileError, match=r"is no text; save it as plain text \(UTF-8\)"):
        load_rig(tmp_path / "rig.toml")
    with pytest.raises(FileError, match="There is no rig file"):
        load_rig(tmp_path / "nope.toml")
    with pytest.raises(FileError, match="name a text file"):
        load_rig(tmp_path)
