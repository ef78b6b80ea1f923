from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from daq.store.locations import sitting_id


@pytest.mark.parametrize("words", ["last", "one", "one.mcap"])
def test_export_writes_both_tables_and_says_where(
    fold: list[Path], record: Callable[..., Path], daq: Callable[..., tuple[int, str, str]], tmp_path: Path, words: str
):
    record("one")

    code, out, err = daq("export", words, "--out", str(tmp_path / "out"), "--dialect", "comma", "--per-device")

    assert (code, err) == (0, "")
    assert [line.split("  ") for line in out.splitlines()] == [
        [str(tmp_path / "out" / "samples.csv"), "3000 rows"],
        [str(tmp_path / "out" / "values.csv"), "2 rows"],
        [str(tmp_path / "out" / "samples-left.csv"), "3000 rows"],
    ]
    samples = pd.read_csv(tmp_path / "out" / "samples.csv", sep=";", decimal=",", encoding="utf-8-sig")
    np.testing.assert_allclose(samples["left_n"], 100 * samples["t_s"], atol=1e-4)
    values = pd.read_csv(tmp_path / "out" / "values.csv", sep=";", decimal=",", encoding="utf-8-sig")
    assert values["value"].tolist() == [401.4, 412.4]
    assert set(values["recording"]) == {"one.mcap"}
    assert len(fold) == 1


def test_export_takes_the_beginning_of_an_id_and_tells_json(
    fold: list[Path],
    record: Callable[..., Path],
    daq: Callable[..., tuple[int, str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    path = record("one")
    record("two")
    monkeypatch.chdir(tmp_path)

    code, out, _ = daq("export", sitting_id(path)[:6], "--json")

    found = json.loads(out)
    assert code == 0
    assert found["recording"] == str(path)
    assert found["is_complete"] is True
    assert [file["path"] for file in found["files"]] == ["one/samples.csv", "one/values.csv"]
    assert (tmp_path / "one" / "samples.csv").read_text().startswith("t_s,left_n,right_n,trial,phase\n")
    assert fold == [path]


def test_export_of_a_cut_recording_says_so(
    fold: list[Path], record: Callable[..., Path], daq: Callable[..., tuple[int, str, str]], tmp_path: Path
):
    path = record("one")
    path.write_bytes(path.read_bytes()[:-20])

    code, _, err = daq("export", str(path), "--out", str(tmp_path / "out"))

    assert code == 0
    assert err == "The recording one.mcap ended without being closed: 12.4 s (1 inputs) can be read.\n"
    assert fold == [path]


def test_export_replaces_tables_only_when_told_to(
    fold: list[Path], record: Callable[..., Path], daq: Callable[..., tuple[int, str, str]], tmp_path: Path
):
    record("one")
    out = tmp_path / "out"
    out.mkdir()
    (out / "values.csv").write_text("mine")

    code, _, err = daq("export", "last", "--out", str(out))
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith(f"daq: {out / 'values.csv'} is there already; add --force")
    assert [p.name for p in out.iterdir()] == ["values.csv"]
    assert (out / "values.csv").read_text() == "mine"

    assert daq("export", "last", "--out", str(out), "--force")[0] == 0
    assert (out / "values.csv").read_text().startswith("trial,")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["last"], 2, "There is no recording yet"),
        (["nothing\x1b[2J"], 2, "There is no recording 'nothing[2J'"),
        (["last", "--dialect", "tab"], 2, "--dialect is point or comma"),
    ],
)
def test_wrong_words_are_one_sentence(daq: Callable[..., tuple[int, str, str]], words: list[str], code: int, sentence: str):
    found, out, err = daq("export", *words)

    assert (found, out) == (code, "")
    assert err.startswith(f"daq: {sentence}")
    assert err.count("\n") == 1


def test_a_file_that_is_no_recording_is_one_sentence(daq: Callable[..., tuple[int, str, str]], tmp_path: Path):
    (tmp_path / "odd.mcap").write_bytes(b"odd")

    code, _, err = daq("export", str(tmp_path / "odd.mcap"))

    assert code == 1
    assert err == f"daq: The file {tmp_path / 'odd.mcap'} is no recording of limb-daq.\n"
