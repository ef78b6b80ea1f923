"""What goes wrong in a gym is one sentence that says what to do next; nothing recorded is lost; no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import serial

from daq.station import station as station_module

RIG = """
[[mount]]
driver = "{driver}"
address = "port:{port}"
limb = "left"
certificate = "left.toml"
"""
CERTIFICATE = """
serial = ""
channels = ["1"]
outputs = ["force"]
zero = [0.0]
gain = [[0.001]]
"""


@pytest.fixture
def rig(tmp_path):
    def write(*, port, driver="node", certificate=CERTIFICATE):
        (tmp_path / "rig.toml").write_text(RIG.format(port=port, driver=driver))
        (tmp_path / "left.toml").write_text(certificate)
        return tmp_path / "rig.toml"

    return write


def _assert_one_sentence(run, *words: str, code: int = 1) -> None:
    lines = run.err.strip().splitlines()
    assert run.code == code, run.err
    assert len(lines) == 1, run.err
    assert lines[0].startswith("daq: ")
    assert "Traceback" not in run.err + run.out
    for word in words:
        assert word in lines[0], lines[0]


def test_a_port_that_is_not_there(command, rig, tmp_path):
    run = command("record", "--rig", rig(port=tmp_path / "nothing"), "-a", "grip", "--seconds", 1)

    _assert_one_sentence(run, "There is no port", "daq devices")


def test_nothing_is_left_behind_when_a_port_cannot_be_opened(command, rig, tmp_path, own_home):
    command("record", "--rig", rig(port=tmp_path / "nothing"), "-a", "grip", "--seconds", 1)

    assert not list((own_home / "recordings").iterdir())


def test_a_port_in_use(command, rig, simulate, tmp_path):
    port = tmp_path / "L"
    simulate("node", "--pty", port, "--limb", "left", ports=[port])

    with serial.Serial(str(port), exclusive=True):
        run = command("record", "--rig", rig(port=port), "-a", "grip", "--seconds", 1)

    _assert_one_sentence(run, "in use by another program")


def test_a_device_that_talks_at_another_speed(command, rig, simulate, tmp_path):
    port = tmp_path / "L"
    simulate("node", "--pty", port, "--limb", "left", "--fault", "wrong_speed=115200", ports=[port])

    run = command("record", "--rig", rig(port=port), "-a", "grip", "--seconds", 4)

    assert run.code == 1
    assert "500000 baud" in run.err or "does not answer" in run.err
    assert "Nothing was measured on LEFT" in run.err


def test_garbage_on_the_line_costs_only_the_damaged_frames(command, rig, simulate, tmp_path):
    port = tmp_path / "L"
    simulate("node", "--pty", port, "--limb", "left", "--fault", "insert=0.02", "--rate", 1000, ports=[port])

    run = command("record", "--rig", rig(port=port), "-a", "grip", "--seconds", 4, "--json")

    assert run.code == 0, run.err
    assert run.finished["event"] == "finished"


def test_an_unplug_while_recording_is_told_and_the_device_comes_back(command, rig, simulate, tmp_path):
    port = tmp_path / "L"
    simulate("node", "--pty", port, "--limb", "left", "--fault", "unplug=1@0", "--epoch", time.time() + 7, ports=[port])

    run = command("record", "--rig", rig(port=port), "-a", "grip", "--seconds", 12, "--json")
    replayed = command("replay", run.finished["recording"], "--json")

    assert run.code == 0, run.err
    assert "LEFT" in run.err
    assert "sends data again" in run.err
    assert replayed.code == 0, replayed.err


def test_a_certificate_of_another_device(command, rig, simulate, tmp_path):
    port = tmp_path / "L"
    simulate("node", "--pty", port, "--limb", "left", ports=[port])
    certificate = CERTIFICATE.replace('serial = ""', 'serial = "ffffffffffffffff"')

    run = command("record", "--rig", rig(port=port, certificate=certificate), "-a", "grip", "--seconds", 3)

    assert run.code == 1
    assert "belongs to the device ffffffffffffffff" in run.err


def test_a_broken_certificate(command, rig, tmp_path):
    run = command("record", "--rig", rig(port="/dev/null", certificate="gain = 1"), "-a", "grip")

    _assert_one_sentence(run, "left.toml", "lacks")


def test_an_unknown_driver(command, rig):
    _assert_one_sentence(command("record", "--rig", rig(port="/dev/null", driver="warp"), "-a", "grip"), "warp", "node")


def test_an_unknown_assessment(command):
    _assert_one_sentence(command("record", "--simulate", "-a", "yoga"), "yoga", "daq tests", code=2)


def test_an_unknown_method(command):
    _assert_one_sentence(command("record", "--simulate", "--method", "flight=magic"), "magic", "fixed_20n", code=2)


def test_a_rig_that_is_no_rig(command, tmp_path):
    (tmp_path / "rig.toml").write_text("[[mount]]\ndriver = 'node'\n")

    _assert_one_sentence(command("live", "--rig", tmp_path / "rig.toml"), "rig.toml", "address")


def test_neither_rig_nor_simulation(command):
    _assert_one_sentence(command("record"), "--rig", "--simulate", code=2)


@pytest.fixture
def recording(command, tmp_path):
    run = command("record", "--simulate", "--seconds", 3, "--folder", tmp_path / "made", "--json")
    assert run.code == 0, run.err
    return run.finished["recording"]


def test_a_truncated_recording_gives_what_is_there(command, recording, tmp_path):
    whole = Path(recording).read_bytes()
    cut = tmp_path / "cut.mcap"
    cut.write_bytes(whole[: len(whole) * 2 // 3])

    run = command("replay", cut, "--json")

    assert run.code == 0, run.err
    assert not json.loads(run.out)["complete"]
    assert json.loads(run.out)["inputs"] > 0


@pytest.mark.parametrize("content", [b"", b"not a recording", os.urandom(5000)])
def test_a_file_that_is_no_recording(command, tmp_path, content):
    (tmp_path / "x.mcap").write_bytes(content)

    _assert_one_sentence(command("replay", tmp_path / "x.mcap"), "x.mcap")


def test_a_recording_that_does_not_exist(command):
    assert command("replay", "nowhere.mcap").code in (1, 2)


def test_a_disk_that_fills_up_ends_the_recording_and_says_so(monkeypatch, tmp_path, capsys):
    from daq.cli.main import run
    from daq.store.recording import RecordingWriter

    flushed = []
    whole = RecordingWriter._write

    def full(self, data):
        flushed.append(len(data))
        if len(flushed) > 8:
            raise self._fail(OSError(28, "No space left on device"))
        return whole(self, data)

    monkeypatch.setattr(station_module.RecordingWriter, "_write", full)
    monkeypatch.setattr(
        sys, "argv", ["daq", "record", "--simulate", "--seconds", "5", "--folder", str(tmp_path / "full"), "--json"]
    )

    code = run()
    out, err = capsys.readouterr()

    assert code == 1
    assert "Traceback" not in err
    assert "disk" in err.lower() or "space" in err.lower()
    assert json.loads(out.splitlines()[-1])["event"] == "finished"


def test_ctrl_c_closes_the_recording_in_good_order(tmp_path):
    import signal

    words = [sys.executable, "-m", "daq", "record", "--simulate", "--folder", str(tmp_path), "--json"]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(1.0)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=15)

    assert child.returncode == 0, err
    assert json.loads(out.splitlines()[-1])["event"] == "finished"
    assert [p.suffix for p in tmp_path.iterdir()] == [".mcap"]
