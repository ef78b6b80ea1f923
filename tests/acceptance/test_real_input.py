"""A recorded jump, played by simulated plates in another process, is found, measured, replayed and exported."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

PINNED = [
    "--method", "flight=fixed_20n",
    "--method", "onset=jump_two_sided_5sd_back30",
    "--method", "weigh=first_1s",
]  # fmt: skip
BODY_WEIGHT_N = 662.929
HEIGHT_M = 0.3204

# Where the record ends decides whether these can be given, and what is recorded goes on behind the end of the file.
ON_THE_END = ("time_to_stabilisation",)


def _values(trial):
    return {(v["name"], v["limb"], v["phase"], v["index"], v["of"]): v for v in trial["values"]}


@pytest.fixture
def jump(public_data) -> Path:
    return public_data / "gidiel_cmj_sj_dj" / "Dual-CMJ-Fz.txt"


def _check_against_file(trial, jump: Path) -> None:
    file = pd.read_csv(jump, sep="\t")
    values = _values(trial)

    def value(name: str, limb: str) -> float:
        return values[(name, limb, None, None, None)]["value"]

    push = file[:2355]
    total = push["FP1"] + push["FP2"]
    peak = int(total.argmax())

    assert abs(value("body_weight", "both") - BODY_WEIGHT_N) < 0.5
    assert abs(value("peak_force", "left") - push["FP1"].max()) <= 0.001 + 1e-9
    assert abs(value("peak_force", "right") - push["FP2"].max()) <= 0.001 + 1e-9
    assert abs(value("peak_force_at_total_peak", "left") - push["FP1"][peak]) < 0.5
    assert abs(value("peak_force_at_total_peak", "right") - push["FP2"][peak]) < 0.5
    assert abs(value("jump_height_impulse_momentum", "both") - HEIGHT_M) < 0.005


def _analyzed(command, file: Path):
    done = command("analyze", file, "--assessment", "cmj", "--rate", 1000, "--left", 1, "--right", 2, *PINNED, "--json")
    assert done.code == 0, done.err
    return _values(json.loads(done.out)["trials"][0])


def _check_against_analyze(trial, command, jump: Path, tmp_path: Path) -> None:
    """Equal within what one sample of misalignment between the plates does to the value of the file."""
    file = pd.read_csv(jump, sep="\t")
    expected, found = _analyzed(command, jump), _values(trial)
    shifted = []
    rows = np.arange(len(file))
    for shift in (-1.0, -0.5, 0.5, 1.0):
        moved = tmp_path / f"shifted{shift}.csv"
        file.assign(FP2=np.interp(rows + shift, rows, file["FP2"])).to_csv(moved, index=False)
        shifted.append(_analyzed(command, moved))

    assert expected.keys() == found.keys()
    for key, want in expected.items():
        got = found[key]["value"]
        if key[0] in ON_THE_END and (got is None or want["value"] is None):
            continue
        assert (got is None) == (want["value"] is None), key
        if got is not None:
            moved = [other[key]["value"] for other in shifted if other[key]["value"] is not None]
            reach = max((abs(x - want["value"]) for x in moved), default=0.0)
            step = 1e-3 if want["unit"] == "s" else 0.0
            margin = max(reach, 2 * (found[key]["u"] or 0), (2e-3 if found[key]["u"] else 5e-3) * abs(want["value"]), step)
            assert abs(got - want["value"]) <= margin, (key, got, want)


def _check_replay_and_export(finished, command, tmp_path: Path, own_home: Path) -> None:
    replayed = command("replay", finished["recording"], "--json")
    assert replayed.code == 0, replayed.err
    again = json.loads(replayed.out)

    assert again["trials"] == finished["trials"]
    assert again["summary"] == finished["summary"]

    exported = command("export", finished["recording"], "--out", tmp_path / "tables")
    assert exported.code == 0, exported.err
    samples = pd.read_csv(tmp_path / "tables" / "samples.csv")
    values = pd.read_csv(tmp_path / "tables" / "values.csv")
    assert list(samples.columns) == ["t_s", "left_n", "right_n", "trial", "phase"]
    assert samples["left_n"].max() == pytest.approx(1210.827, abs=0.001)
    assert "body_weight" in set(values["name"])


def _record(command, rig: Path):
    done = command(
        "record", "--rig", rig, "--assessment", "cmj", "--trials", 1, "--seconds", 12, "--json", *PINNED, timeout_s=60
    )
    assert done.code == 0, done.err
    assert done.finished["event"] == "finished"
    assert len(done.finished["trials"]) == 1, done.err
    return done.finished


@pytest.mark.timeout(120)
def test_one_process_plays_both_plates_of_a_recorded_jump(simulate, command, jump, tmp_path, own_home):
    left, right = tmp_path / "L", tmp_path / "R"
    simulate(
        "node", "--pty", left, "--pty", right, "--waveform", f"{jump}:FP1", "--waveform", f"{jump}:FP2",
        "--rate", 1000, "--write-rig", tmp_path, "--epoch", time.time() + 7, ports=[left, right],
    )  # fmt: skip

    finished = _record(command, tmp_path / "rig.toml")

    _check_against_file(finished["trials"][0], jump)
    _check_against_analyze(finished["trials"][0], command, jump, tmp_path)
    _check_replay_and_export(finished, command, tmp_path, own_home)


@pytest.mark.timeout(120)
def test_two_processes_whose_clocks_differ_by_100_ppm_give_the_same_jump(simulate, command, jump, tmp_path, own_home):
    left, right, epoch = tmp_path / "L", tmp_path / "R", time.time() + 7
    simulate(
        "node", "--pty", left, "--waveform", f"{jump}:FP1", "--limb", "left", "--rate", 1000,
        "--write-rig", tmp_path, "--epoch", epoch, ports=[left],
    )  # fmt: skip
    simulate(
        "node", "--pty", right, "--waveform", f"{jump}:FP2", "--limb", "right", "--rate", 1000,
        "--write-rig", tmp_path, "--epoch", epoch, "--fault", "clock_skew=100", ports=[right],
    )  # fmt: skip

    finished = _record(command, tmp_path / "rig.toml")

    _check_against_file(finished["trials"][0], jump)
    _check_against_analyze(finished["trials"][0], command, jump, tmp_path)
    _check_replay_and_export(finished, command, tmp_path, own_home)


@pytest.mark.timeout(120)
def test_live_without_a_terminal_reads_the_plates_and_prints_one_line_per_jump(simulate, command, jump, tmp_path):
    left, right = tmp_path / "L", tmp_path / "R"
    simulate(
        "node", "--pty", left, "--pty", right, "--waveform", f"{jump}:FP1", "--waveform", f"{jump}:FP2",
        "--rate", 1000, "--write-rig", tmp_path, "--epoch", time.time() + 7, ports=[left, right],
    )  # fmt: skip

    run = command("live", "--rig", tmp_path / "rig.toml", "--assessment", "cmj", "--trials", 1, *PINNED)
    lines = run.out.splitlines()

    assert run.code == 0, run.err
    assert len(lines) == 2
    assert lines[0].startswith("Trial 1  both  32.")
    assert "LEFT 854" in lines[0]
    assert "RIGHT 918" in lines[0]
    assert lines[1].startswith("Recording: ")
