import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from daq.block import Chunk, Limb
from daq.cli import main
from daq.driver import Samples, Send, load_driver
from daq.rig import load_rig

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals.")


@pytest.fixture
def run(tmp_path):
    """Start ``daq simulate`` and wait for what it prints; ended by its own process id."""
    processes = []

    def start(*words, n_lines=None):
        command = [sys.executable, "-m", "daq", "simulate", *map(str, words)]
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        processes.append(process)
        lines = []
        while process.poll() is None and (n_lines is None or len(lines) < n_lines):
            line = process.stdout.readline()
            lines.append(line)
            if line.startswith(("epoch", "{")):
                break
        return process, lines

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def refused(monkeypatch, capsys, tmp_path):
    """What ``daq simulate`` answers to words that it refuses."""

    def answer(*words):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["daq", "simulate", *map(str, words)])
        code = main.run()
        complaint = capsys.readouterr().err
        assert code in {1, 2}
        assert complaint.startswith("daq: ")
        assert complaint.count("\n") == 1
        return complaint

    return answer


def read_counts(path, seconds):
    import serial

    driver = load_driver("node")
    codec, counts = driver.codec(driver.options_from({})), []
    with serial.Serial(str(path), 500_000, timeout=0.02, exclusive=True) as port:
        events, begin = codec.start(), time.monotonic()
        while time.monotonic() < begin + seconds:
            for event in events:
                if isinstance(event, Send):
                    port.write(event.data)
                if isinstance(event, Samples):
                    counts.append(event.values[:, 0])
            data = port.read(max(1, port.in_waiting))
            events = codec.feed(Chunk(time.monotonic_ns(), "", "", data))
            events += codec.wake(time.monotonic() - begin)
    return np.concatenate(counts)


def test_two_files_drive_two_ports_with_their_very_values(run, tmp_path):
    force = np.round(100 + np.arange(8000) * 0.5, 3)
    rows = [f"{k / 1000:.3f};{x:.3f};{-x:.3f}".replace(".", ",") for k, x in enumerate(force)]
    (tmp_path / "w.csv").write_text("t_s;up;down\n" + "\n".join(rows))
    epoch = time.time() - 1

    process, lines = run(
        "node", "--pty", "L", "--pty", "R", "--waveform", "w.csv:up", "--waveform", "w.csv:down", "--epoch", epoch
    )

    assert "1000 counts/N" in lines[0]
    assert "w.csv:up" in lines[0]
    up, down = read_counts(tmp_path / "L", 0.5), read_counts(tmp_path / "R", 0.5)
    assert np.all(np.diff(up) == 500)
    assert np.all(np.diff(down) == -500)
    assert np.all(np.isin(up, np.rint(force * 1000)))
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    assert not os.path.lexists(tmp_path / "L")
    assert process.stderr.read() == ""


def test_an_interrupt_ends_it_cleanly(run, tmp_path):
    process, _ = run("node", "--pty", "P")
    process.send_signal(signal.SIGINT)

    assert process.wait(timeout=5) == 0
    assert not os.path.lexists(tmp_path / "P")


def test_before_the_epoch_there_is_no_force(run, tmp_path):
    run("node", "--pty", "P", "--waveform", "hold", "--epoch", time.time() + 60)

    assert not np.any(read_counts(tmp_path / "P", 0.3))


def test_the_rig_that_is_written_can_be_loaded(run, tmp_path):
    run("node", "--pty", "L", "--pty", "R", "--write-rig", "rig", "--option", "rate_hz=500")
    rig, certificates = load_rig(tmp_path / "rig" / "rig.toml")

    assert [(m.name, m.limb, m.address) for m in rig.mount] == [
        ("left", "left", f"port:{tmp_path / 'L'}"),
        ("right", "right", f"port:{tmp_path / 'R'}"),
    ]
    assert rig.mount[0].options["rate_hz"] == 500
    assert certificates["left"].gain == ((0.001,),)
    assert certificates["left"].serial == load_driver("node").options_from(rig.mount[0].options).serial


def test_two_processes_write_one_rig(run, tmp_path):
    run("node", "--pty", "L", "--limb", "left", "--write-rig", "rig")
    run("node", "--pty", "R", "--limb", "right", "--write-rig", "rig")
    rig, certificates = load_rig(tmp_path / "rig" / "rig.toml")

    assert rig.sides == (Limb.LEFT, Limb.RIGHT)
    assert set(certificates) == {"left", "right"}


def test_one_port_measures_both_limbs_and_two_processes_cannot_both_do_so(run, refused, tmp_path):
    run("node", "--pty", "A", "--write-rig", "rig")
    rig, _ = load_rig(tmp_path / "rig" / "rig.toml")

    assert rig.sides == (Limb.BOTH,)
    assert "--limb" in refused("node", "--pty", "B", "--limb", "left", "--write-rig", "rig")
    assert not os.path.lexists(tmp_path / "B")


def test_a_rig_of_devices_that_are_gone_makes_way(run, tmp_path):
    run("node", "--pty", "A", "--write-rig", "rig", "--seconds", "0.1")[0].wait(timeout=5)
    run("node", "--pty", "L", "--pty", "R", "--write-rig", "rig")

    assert load_rig(tmp_path / "rig" / "rig.toml")[0].sides == (Limb.LEFT, Limb.RIGHT)


def test_without_names_it_makes_and_prints_some(run):
    _, lines = run("node", "--json")
    table = json.loads(lines[0])

    assert table["devices"][0]["gain"] == "1000 counts/N"
    assert len(read_counts(table["devices"][0]["pty"], 0.3)) > 50


def test_lines_of_text_are_served_as_well(run, tmp_path):
    _, lines = run("line", "--pty", "P", "--waveform", "hold", "--write-rig", "rig", "--json")
    rig, certificates = load_rig(tmp_path / "rig" / "rig.toml")

    assert json.loads(lines[0])["devices"][0]["driver"] == "line"
    assert rig.mount[0].driver == "line"
    assert "unit" not in rig.mount[0].options
    assert certificates["both"].outputs == ("force",)


@pytest.mark.parametrize("words", [[], ["--list"], ["--list", "--json"]])
def test_without_a_driver_it_lists_what_there_is(monkeypatch, capsys, words):
    monkeypatch.setattr(sys, "argv", ["daq", "simulate", *words])

    assert main.run() == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("node", "line", "plates", "sine", "clock_skew"))
    assert "--json" not in words or {"node", "line"} <= set(json.loads(said)["drivers"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nonesuch"], "no driver called"),
        (["node", "--waveform", "nothing"], "no waveform"),
        (["node", "--waveform", "no.csv:1"], "cannot be read"),
        (["node", "--fault", "explode"], "no fault called"),
        (["node", "--fault", "same_advert"], "cannot show"),
        (["node", "--fault", "3/drop"], "device 3"),
        (["node", "--option", "speed=3"], "no option"),
        (["node", "--option", "rate_hz"], "KEY=VALUE"),
        (["node", "--option", "rate_hz=-3"], "refuses its options"),
        (["node", "--limb", "middle"], "left, right or both"),
        (["node", "--pty", "a", "--pty", "a"], "own path"),
        (["node", "--pty", "no/such/folder"], "does not exist"),
        (["node", "--pty", "a", "--pty", "b", "--pty", "c"], "--limb"),
        (
            ["node", "--pty", "a", "--pty", "b", "--waveform", "hold", "--waveform", "hold", "--waveform", "hold"],
            "3 --waveform",
        ),
        (["node", "--epoch", "nan"], "wall time"),
    ],
)
def test_wrong_words_are_answered_with_one_sentence(refused, words, says):
    assert says in refused(*words)
