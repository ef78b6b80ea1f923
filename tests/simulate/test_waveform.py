import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daq.errors import FileError, UsageError
from daq.simulate.waveform import LEAD_S, load_waveform, shapes

FORCE = [10.5, 20.25, -3.0, 1000.0]


@pytest.fixture
def file(tmp_path):
    def write(text, *, name="w.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return path

    return write


def lines(separator, *, header=True, decimal=".", time=None):
    head = [separator.join([*([time] if time else []), "left_n", "right_n"])] if header else []
    body = []
    for k, x in enumerate(FORCE):
        cells = [*([f"{k / 1000 + 5:.3f}"] if time else []), str(x), str(-x)]
        body.append(separator.join(c.replace(".", decimal) for c in cells))
    return "\n".join(head + body) + "\n"


@pytest.mark.parametrize("separator", ["\t", ";", ","])
@pytest.mark.parametrize("time", [None, "t_s", "time", "Time [s]"])
def test_a_column_is_read_by_name_and_by_number(file, separator, time):
    path = file(lines(separator, time=time), encoding="utf-8-sig")
    number = 3 if time else 2

    by_name = load_waveform(f"{path}:right_n", rate_hz=None if time else 1000)
    by_number = load_waveform(f"{path}:{number}", rate_hz=None if time else 1000)

    assert np.array_equal(by_name.force_n, -np.array(FORCE))
    assert np.array_equal(by_number.force_n, by_name.force_n)
    assert np.allclose(by_name.t_s, [0, 0.001, 0.002, 0.003])


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_a_decimal_comma_is_understood(file, separator):
    path = file(lines(separator, decimal=",", time="t_s"))

    assert np.array_equal(load_waveform(f"{path}:left_n").force_n, FORCE)


def test_a_single_column_without_a_header_needs_only_a_rate(file):
    path = file("\n".join(map(str, FORCE)))

    assert np.array_equal(load_waveform(str(path), rate_hz=600).force_n, FORCE)


def test_text_in_a_number_names_the_line(file):
    path = file("t_s,f\n0,1\n0.001,oops\n")

    with pytest.raises(FileError, match=r"line 3.*oops") as caught:
        load_waveform(f"{path}:f")
    assert caught.value.line == 3


@pytest.mark.parametrize("cell", ["nan", "inf", "", "1_000", "1.234,5"])
def test_only_finite_plain_numbers_are_numbers(file, cell):
    path = file(f"t_s;f\n0;1\n0.001;{cell}\n0.002;3\n")

    with pytest.raises(FileError, match="line 3"):
        load_waveform(f"{path}:f")


def test_a_missing_column_is_answered_with_those_that_exist(file):
    path = file(lines(",", time="t_s"))

    with pytest.raises(FileError, match="t_s, left_n, right_n"):
        load_waveform(f"{path}:middle")
    with pytest.raises(FileError, match="several columns"):
        load_waveform(str(path))


def test_a_file_without_times_asks_for_a_rate(file):
    with pytest.raises(UsageError, match="--rate"):
        load_waveform(f"{file(lines(','))}:1")


def test_a_time_that_falls_names_the_line(file):
    path = file("t_s,f\n0,1\n0.002,2\n0.001,3\n")

    with pytest.raises(FileError, match="line 4"):
        load_waveform(f"{path}:f")


@pytest.mark.parametrize("text", ["", "\n\n", "t_s,f\n"])
def test_an_empty_file_is_refused(file, text):
    with pytest.raises(FileError):
        load_waveform(f"{file(text)}:f", rate_hz=1000)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        load_waveform(f"{tmp_path / 'nothing.csv'}:1")


@pytest.mark.parametrize("ppm", [-100, 0, 100])
def test_a_device_of_the_files_rate_shows_the_very_values(file, ppm):
    force = np.arange(1, 2001) / 7
    path = file("f\n" + "\n".join(map(repr, map(float, force))))
    world = load_waveform(f"{path}:f", rate_hz=1000).world(device_rate_hz=1000)

    t_s = np.arange(2000) / 1000 / (1 + ppm * 1e-6)

    assert np.array_equal(world(t_s), force)


def test_a_slower_device_shows_values_of_the_file_and_a_faster_one_lines_between_them(file):
    path = file("f\n0\n10\n20\n30\n")
    waveform = load_waveform(f"{path}:f", rate_hz=100)

    assert np.array_equal(waveform.world(device_rate_hz=50)(np.arange(2) / 50), [0, 20])
    assert np.allclose(waveform.world(device_rate_hz=400)(np.arange(13) / 400), np.arange(13) * 2.5)


@pytest.mark.parametrize("device_rate_hz", [100, 1000, None])
def test_there_is_no_force_before_the_beginning_and_after_the_end(file, device_rate_hz):
    path = file("f\n" + "5\n" * 100)
    world = load_waveform(f"{path}:f", rate_hz=100).world(device_rate_hz=device_rate_hz)

    assert not np.any(world(np.array([-3.0, -1.0, -0.02, 1.02, 50.0])))
    assert np.all(world(np.array([0.0, 0.5, 0.99])) == 5)


@given(n=st.integers(0, 5), k=st.integers(0, 99))
def test_a_repeated_waveform_begins_again_after_three_empty_seconds(n, k):
    force = np.arange(1.0, 101.0)
    world = _made(force).world(device_rate_hz=100, repeat=True)
    start_s = n * (1.0 + LEAD_S)

    assert world(np.array([start_s + k / 100]))[0] == force[k]
    assert not np.any(world(start_s + 1.0 + np.arange(0, LEAD_S, 0.01)))


def _made(force):
    from daq.simulate.waveform import Waveform

    return Waveform(name="made", t_s=np.arange(len(force)) / 100, force_n=force, period_s=0.01)


def test_shapes_are_what_they_say():
    known = shapes()
    t_s = np.array([-1.0, 0.0, 2.5, 6.0])

    assert np.allclose(known["ramp"](t_s), [0, 0, 500, 1000])
    assert np.allclose(known["hold"](t_s), [0, 500, 500, 500])
    assert np.allclose(known["steps"](t_s), [0, 0, 100, 300])
    assert not np.any(known["zero"](t_s))


@pytest.mark.parametrize(
    ("place", "rate_hz", "n", "period_s"),
    [
        ("gidiel_cmj_sj_dj/Dual-CMJ-Fz.txt:FP2", 1000, 5000, 0.001),
        ("bmclab/GRFZjump.txt", 600, 1200, 1 / 600),
        ("acl_squat_jump_dual/BFR010_squat_jump.csv:ground_force1_vy", None, 7850, 0.001),
        ("jumpmetrics_cmj_sj/cmj_F02_CTRL1.csv:2", 2000, 40_000, 0.0005),
    ],
)
def test_public_recordings_can_drive_a_device(public_data, place, rate_hz, n, period_s):
    waveform = load_waveform(f"{public_data / place}", rate_hz=rate_hz)

    assert len(waveform.force_n) == n
    assert waveform.period_s == pytest.approx(period_s)
    assert 1000 < waveform.force_n.max() < 5000
