"""Time columns as programs print them: rounded, jittered, with holes, in the wrong unit."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daq.cli.time_axis import even_grid

G = 9.80665


def _grip_file(path, times: np.ndarray, *, fmt: str, rate_hz: float, header: str = "t"):
    """A hand that pulls 400 N for 2.5 s after 2 s of rest."""
    t = np.arange(len(times)) / rate_hz
    force = np.where((t > 2) & (t < 4.5), 400 * (1 - np.exp(-np.maximum(t - 2, 0) / 0.08)), 0.0)
    force += 0.1 * np.random.default_rng(1).standard_normal(len(t))
    np.savetxt(path, np.column_stack((times, force)), delimiter=",", header=f"{header},F", comments="", fmt=[fmt, "%.4f"])
    return str(path)


@pytest.mark.parametrize(
    ("rate_hz", "decimals"), [(2000, 3), (1500, 3), (1200, 3), (1000, 3), (1000, 2), (500, 2), (250, 2), (600, 3)]
)
def test_times_that_are_rounded_coarser_than_the_step_keep_rate_and_every_row(rate_hz, decimals):
    times = np.round(np.arange(5000) / rate_hz, decimals)

    measured, places = even_grid(times)

    assert measured == rate_hz
    assert np.array_equal(places, np.arange(5000))


@pytest.mark.parametrize("sd_s", [0.00005, 0.0001, 0.0002, 0.0003])
@pytest.mark.parametrize("is_sorted", [True, False])
def test_times_that_jitter_are_an_even_grid_of_the_mean_rate(sd_s, is_sorted):
    times = np.arange(6000) / 1000 + np.random.default_rng(5).normal(0, sd_s, 6000)

    measured, places = even_grid(np.sort(times) if is_sorted else times)

    assert measured == 1000
    assert np.array_equal(places, np.arange(6000))


@pytest.mark.parametrize("n_missing", [2, 30])
@pytest.mark.parametrize(("rate_hz", "decimals", "sd_s"), [(2000, 3, 0.0), (1200, 3, 0.0), (1000, 6, 0.0003), (1000, 6, 0.0)])
def test_a_real_hole_in_rounded_or_jittered_times_is_still_seen_and_has_its_length(n_missing, rate_hz, decimals, sd_s):
    rows = np.r_[0:2500, 2500 + n_missing : 5000]
    times = np.round(rows / rate_hz + np.random.default_rng(2).normal(0, sd_s, len(rows)), decimals)

    measured, places = even_grid(times)

    assert measured == rate_hz
    assert places[-1] == rows[-1]
    assert np.count_nonzero(places != rows) <= 2


@given(st.sets(st.integers(1, 1998), max_size=30), st.sampled_from([80, 250, 500, 1000, 1200]))
def test_rows_that_are_missing_from_exact_times_stay_missing(missing, rate_hz):
    rows = np.array(sorted(set(range(2000)) - missing))

    measured, places = even_grid(rows / rate_hz)

    assert measured == pytest.approx(rate_hz, rel=1e-6)
    assert np.array_equal(places, rows)


def test_rows_that_came_twice_still_came_twice():
    rows = np.sort(np.r_[np.arange(3000), 700, 701, 1300, 1900, 2222, 2800])

    assert np.array_equal(even_grid(rows / 1000)[1], rows)


@pytest.mark.parametrize("times", [np.zeros(50), -np.arange(50.0), np.arange(50.0)[::-1]])
def test_times_that_do_not_rise_are_no_grid(times):
    assert even_grid(times) is None


@pytest.mark.parametrize("rate_hz", [2000, 1200])
def test_a_file_with_milliseconds_as_three_decimals_is_analysed_whole_and_without_false_warnings(daq, tmp_path, rate_hz):
    path = _grip_file(tmp_path / "a.csv", np.arange(7 * rate_hz) / rate_hz, fmt="%.3f", rate_hz=rate_hz)

    code, out, err = daq("analyze", path, "-a", "grip", "--force", "F", "--limb", "left", "--json")

    assert code == 0, err
    found = json.loads(out)
    assert not {"duplicate_samples", "sample_gap", "sample_gap_interpolated"} & set(found["trials"][0]["reasons"])
    assert next(v["value"] for v in found["trials"][0]["values"] if v["name"] == "peak_force") == pytest.approx(400, abs=1)


def test_one_row_is_said_to_be_no_curve(daq, tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("t,F\n0.0,12.5\n")

    code, _, err = daq("analyze", str(path), "-a", "grip", "--force", "F", "--limb", "left")

    assert code == 1
    assert "one row of numbers, which is no curve" in err


@pytest.mark.parametrize("rate_hz", [500, 1000])
def test_times_in_milliseconds_without_a_unit_are_recognised(daq, tmp_path, rate_hz):
    times = np.arange(6 * rate_hz) * 1000.0 / rate_hz
    words = ("-a", "grip", "--force", "F", "--limb", "left")
    wrong = _grip_file(tmp_path / "t.csv", times, fmt="%.0f", rate_hz=rate_hz)
    right = _grip_file(tmp_path / "ms.csv", times, fmt="%.0f", rate_hz=rate_hz, header="time_ms")

    assert "look like milliseconds" in daq("analyze", wrong, *words)[2]
    code, out, err = daq("analyze", right, *words)
    assert (code, err) == (0, "")
    assert f"{rate_hz} Hz" in out
