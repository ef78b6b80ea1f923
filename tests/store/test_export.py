from __future__ import annotations

import csv
import errno
import io
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from daq.block import Limb
from daq.errors import FileError
from daq.metrics.effort import Curve
from daq.metrics.value import Status, Value
from daq.session.setup import Setup
from daq.session.snapshot import TrialView
from daq.store.export import VALUE_COLUMNS, Dialect, write_device_samples, write_samples, write_values
from daq.store.table import Numbers, Words, guarded, rows

DIALECTS = list(Dialect)
quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path: Path, dialect: Dialect, **types: str) -> pd.DataFrame:
    return pd.read_csv(path, sep=dialect.separator, decimal=dialect.decimal, encoding="utf-8-sig", dtype=types)


def ramp(rate_hz: float, start_s: float, stop_s: float, *, slope_n_per_s: float = 100.0, offset_n: float = 0.0) -> Curve:
    t_s = np.arange(round((stop_s - start_s) * rate_hz) + 1) / rate_hz + start_s
    return Curve(t_s, slope_n_per_s * t_s + offset_n, rate_hz)


@quick
@given(
    values=hnp.arrays(
        np.float64, st.integers(1, 30), elements=st.floats(-1e11, 1e11) | st.sampled_from([np.nan, np.inf, -0.0])
    ),
    decimals=st.integers(0, 6),
    dialect=st.sampled_from(DIALECTS),
)
def test_numbers_are_written_as_python_rounds_them(values: np.ndarray, decimals: int, dialect: Dialect):
    cells = rows([Numbers(values, decimals)], dialect).decode().split("\n")[:-1]

    assert len(cells) == len(values)
    for cell, value in zip(cells, values, strict=True):
        if not np.isfinite(value):
            assert cell == ""
            continue
        assert cell != "-0"
        margin = 0.5001 * 10**-decimals + 2 * np.spacing(abs(value))
        assert float(cell.replace(",", ".")) == pytest.approx(value, abs=margin, rel=0)
        assert cell.lstrip("-").partition(dialect.decimal)[0] == "0" or not cell.lstrip("-").startswith("0")


def test_numbers_have_fixed_decimals_and_no_zeros_in_front():
    values = np.array([0.0, 1.0, -1.5, 123.45678, 99999.99999, -0.00001, np.nan])

    text = rows([Numbers(values, 4), Numbers(values, 0)], Dialect.POINT).decode()

    assert text.split("\n") == [
        "0.0000,0", "1.0000,1", "-1.5000,-2", "123.4568,123", "100000.0000,100000", "0.0000,0", ",", "",
    ]  # fmt: skip


def test_absurd_numbers_are_written_all_the_same():
    text = rows([Numbers(np.array([1e300, -2.5, np.nan]), 4)], Dialect.COMMA).decode()

    assert text == "1e+300\n-2,5\n\n"


@quick
@given(label=st.text(max_size=10), dialect=st.sampled_from(DIALECTS))
def test_words_come_back_through_a_reader_of_csv(label: str, dialect: Dialect):
    text = rows([Words(np.array([0, 1, 0]), [label, "b"]), Numbers(np.arange(3.0), 0)], dialect)

    found = list(csv.reader(io.StringIO(text.decode(), newline=""), delimiter=dialect.separator))

    expected = guarded(label).encode("utf-8", "replace").decode().replace("\0", "")
    assert [row[0] for row in found] == [expected, "b", expected]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_samples_stand_on_the_faster_axis(tmp_path: Path, dialect: Dialect, make_trial: Callable[..., TrialView]):
    curves = {Limb.LEFT: ramp(1000, 0, 4), Limb.RIGHT: ramp(250, 0.5, 4, slope_n_per_s=-50)}

    n_rows = write_samples(tmp_path / "s.csv", curves, [make_trial(1, Limb.LEFT)], dialect=dialect)

    found = read(tmp_path / "s.csv", dialect)
    assert list(found.columns) == ["t_s", "left_n", "right_n", "trial", "phase"]
    assert n_rows == len(found) == 4001
    np.testing.assert_allclose(found["t_s"], curves[Limb.LEFT].t_s, atol=5e-7)
    np.testing.assert_allclose(found["left_n"], 100 * found["t_s"], atol=1e-4)
    inside = found["t_s"] >= 0.5
    np.testing.assert_allclose(found["right_n"][inside], -50 * found["t_s"][inside], atol=1e-4)
    assert found["right_n"][~inside].isna().all()
    assert found["trial"].dropna().unique().tolist() == [1]
    assert found["t_s"][found["trial"] == 1].agg(["min", "max"]).tolist() == [1.0, 1.899]
    assert found["phase"][found["t_s"] == 1.3].tolist() == ["rise"]
    assert found["phase"][found["t_s"] == 1.1].isna().all()


def test_a_hole_is_an_empty_cell_and_the_other_limb_goes_on(tmp_path: Path):
    left, right = ramp(1000, 0, 10), ramp(500, 0, 10)
    is_there = (left.t_s < 2) | (left.t_s > 6)
    left = Curve(left.t_s[is_there], left.force_n[is_there], left.rate_hz)
    right.force_n[100] = np.nan

    write_samples(tmp_path / "s.csv", {Limb.LEFT: left, Limb.RIGHT: right}, [])

    found = read(tmp_path / "s.csv", Dialect.POINT)
    hole = (found["t_s"] > 2.01) & (found["t_s"] < 5.99)
    assert found["left_n"][hole].isna().all()
    assert hole.sum() == pytest.approx(3.98 * 500, abs=2)
    np.testing.assert_allclose(found["right_n"][hole], 100 * found["t_s"][hole], atol=1e-4)
    assert found["right_n"][(found["t_s"] - 0.2).abs() < 0.0005].isna().all()
    assert (np.diff(found["t_s"]) > 0).all()


@pytest.mark.parametrize("sides", [[], [Limb.LEFT], [Limb.RIGHT], [Limb.BOTH]])
def test_missing_limbs_are_empty_columns(tmp_path: Path, sides: list[Limb]):
    write_samples(tmp_path / "s.csv", {side: ramp(100, 0, 1, offset_n=7) for side in sides}, [])

    found = read(tmp_path / "s.csv", Dialect.POINT)
    assert list(found.columns)[:5] == ["t_s", "left_n", "right_n", "trial", "phase"]
    assert len(found) == (101 if sides else 0)
    for side in Limb:
        if side in sides:
            np.testing.assert_allclose(found[f"{side.value}_n"], 100 * found["t_s"] + 7, atol=1e-4)
        elif side is not Limb.BOTH:
            assert found[f"{side.value}_n"].isna().all()


def test_long_recordings_are_written_in_pieces_without_a_seam(tmp_path: Path):
    curve = ramp(1000, 0, 150)

    write_device_samples(tmp_path / "one.csv", Limb.RIGHT, curve)

    found = read(tmp_path / "one.csv", Dialect.POINT)
    assert list(found.columns) == ["t_s", "right_n", "trial", "phase"]
    np.testing.assert_allclose(found["right_n"], curve.force_n, atol=5.1e-5)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_values_come_back_exactly(tmp_path: Path, dialect: Dialect, setup: Setup, make_trial: Callable[..., TrialView]):
    trials = [make_trial(1, Limb.LEFT, 412.123456789012345), make_trial(2, Limb.RIGHT, -1e-7)]
    summary = [Value("asymmetry_percent", Limb.BOTH, 7.5, "percent", "asym.max", of="peak_force", entry=3, nu_eff=float("inf"))]

    n_rows = write_values(tmp_path / "v.csv", trials, summary, dialect=dialect, setup=setup, recording="run.mcap")

    found = read(tmp_path / "v.csv", dialect)
    assert tuple(found.columns) == VALUE_COLUMNS
    assert n_rows == len(found) == 5
    assert found["value"].tolist()[0::2] == [412.123456789012345, -1e-7, 7.5]
    assert np.isnan(found["value"][1])
    assert found["reasons"][1] == "rate_too_low;sensor_settling"
    assert json.loads(found["params"][0]) == {"window_s": 0.1}
    assert json.loads(found["u_parts"][0]) == {"gain": 1.5}
    assert json.loads(found["events"][0])[0] == {
        "name": "onset",
        "t_s": 1.2,
        "u_s": 0.001,
        "index": 200,
        "method": "onset.noise",
    }
    assert found["trial"].tolist()[:4] == [1, 1, 2, 2]
    assert np.isnan(found["trial"][4])
    assert found["index"][4] == 3
    assert np.isnan(found["nu_eff"][4])
    assert set(found["person"]) == {"p-1a2b3c"}
    assert set(found["recording"]) == {"run.mcap"}


@quick
@given(text=st.text(max_size=20), dialect=st.sampled_from(DIALECTS))
def test_no_text_cell_runs_as_a_formula_and_numbers_stay_numbers(
    tmp_path: Path, make_trial: Callable[..., TrialView], setup: Setup, text: str, dialect: Dialect
):
    value = Value(
        text, Limb.LEFT, -412.5, text, text, phase=text, of=text, reasons=(text,), events=(text,), text=text, status=Status.OK
    )
    trial = make_trial()
    trial = replace(trial, result=replace(trial.result, values=(value,)))

    write_values(
        tmp_path / "v.csv", [trial], [], dialect=dialect, setup=replace(setup, person=text, software=text), recording=text
    )

    with (tmp_path / "v.csv").open(encoding="utf-8-sig", newline="") as file:
        head, cells = list(csv.reader(file, delimiter=dialect.separator))
    row = dict(zip(head, cells, strict=True))
    assert row["value"] == f"-412{dialect.decimal}5"
    for name in (
        "name",
        "unit",
        "method",
        "phase",
        "of",
        "reasons",
        "text",
        "person",
        "software_version",
        "recording",
        "events",
    ):
        assert not row[name].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_comma_dialect_begins_with_a_mark_for_spreadsheets(tmp_path: Path):
    for dialect, mark in ((Dialect.COMMA, b"\xef\xbb\xbft_s;left_n"), (Dialect.POINT, b"t_s,left_n")):
        write_samples(tmp_path / "s.csv", {}, [], dialect=dialect)
        assert (tmp_path / "s.csv").read_bytes().startswith(mark)


def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "s.csv"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="No space left"):
        write_samples(path, {Limb.LEFT: ramp(100, 0, 1)}, [])

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(FileError, match="cannot be written"):
        write_samples(tmp_path / "file" / "s.csv", {}, [])
