"""Text tables of any dialect to columns, or one sentence that names line and column."""

import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daq.errors import FileError
from daq.store.csv_import import read_table

ROWS = [(0.0, 301.312, -2.5), (0.001, 304.102, 1e-3), (0.002, 299.0, 12.75)]


def _write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(("separator", "decimal"), [(s, d) for s in ("\t", ";", "|", ",", " ", "   ") for d in ".," if s != d])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_dialect_gives_the_same_numbers(tmp_path, separator, decimal, newline):
    lines = [separator.join(["t_s", "left", "right"])]
    lines += [separator.join(f"{x:.6f}".replace(".", decimal) for x in row) for row in ROWS]
    table = read_table(_write(tmp_path / "a.txt", newline.join(lines) + newline))

    assert table.names == ("t_s", "left", "right")
    assert table.decimal == decimal
    assert table.header_line == 1
    np.testing.assert_allclose(np.column_stack([table.columns[n] for n in table.names]), ROWS)


def test_a_mark_and_lines_before_the_names_are_skipped(tmp_path):
    text = "\ufeffsquat jump,,\nversion=1,,\n\ntime,a,b\n0,1,2\n1,3,4\n"

    table = read_table(_write(tmp_path / "a.csv", text))

    assert table.names == ("time", "a", "b")
    assert table.header_line == 4
    assert table.column("b").tolist() == [2.0, 4.0]


def test_without_names_the_columns_are_numbered(tmp_path):
    table = read_table(_write(tmp_path / "a.txt", "1.5\t2\n3\t4\n5\t6\n"))

    assert table.names == ("1", "2")
    assert table.header_line is None
    assert table.column("1").tolist() == [1.5, 3.0, 5.0]


def test_names_are_found_by_number_and_in_any_case(tmp_path):
    table = read_table(_write(tmp_path / "a.csv", "Left Fz [N],Right Fz [N]\n1,2\n3,4\n"))

    assert table.column("2").tolist() == [2.0, 4.0]
    assert table.column("left fz [n]").tolist() == [1.0, 3.0]


def test_a_column_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    table = read_table(_write(tmp_path / "a.csv", "FP1,FP2\n1,2\n3,4\n"))

    for wanted in ("FP3", "0", "3", "-1", ""):
        with pytest.raises(FileError, match="FP1, FP2"):
            table.column(wanted)


def test_empty_and_nan_cells_are_holes(tmp_path):
    table = read_table(_write(tmp_path / "a.csv", "a,b\n1,\nnan,4\nNaN,inf\n7,8\n"))

    np.testing.assert_array_equal(table.column("a"), [1, np.nan, np.nan, 7])
    np.testing.assert_array_equal(table.column("b"), [np.nan, 4, np.nan, 8])


@pytest.mark.parametrize(("bad", "line"), [("abc", 5), ("1.2.3", 5), ("12O", 5)])
def test_a_bad_number_is_named_with_line_and_column(tmp_path, bad, line):
    rows = ["t,force"] + [f"{i},{i * 2}" for i in range(200)]
    rows[line - 1] = f"3,{bad}"

    with pytest.raises(FileError, match=f"line {line}, column force: '{bad}' is no number") as caught:
        read_table(_write(tmp_path / "a.csv", "\n".join(rows)))
    assert caught.value.line == line


def test_a_line_that_is_cut_is_named(tmp_path):
    with pytest.raises(FileError, match="line 102 has 1 of 2 columns") as caught:
        read_table(_write(tmp_path / "a.csv", "a,b\n" + "1,2\n" * 100 + "3\n"))
    assert caught.value.line == 102


@pytest.mark.parametrize(
    "content",
    [b"", b"  \n\n", b"\xef\xbb\xbf", b"\x00\x01\x02\xff" * 100, b"\x89PNG\r\n\x1a\n\x00\x00", b"no numbers here\nat all\n"],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    with pytest.raises(FileError) as caught:
        read_table(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path):
    with pytest.raises(FileError, match="Check the name"):
        read_table(tmp_path / "nothing.csv")
    with pytest.raises(FileError, match="folder"):
        read_table(tmp_path)


@pytest.mark.parametrize(
    ("name", "scale"),
    [("t_s", 1.0), ("time", 1.0), ("Time [s]", 1.0), ("Time (s)", 1.0), ("t", 1.0), ("time_ms", 1e-3), ("Time [ms]", 1e-3)],
)
def test_a_time_column_is_recognised_with_its_unit(tmp_path, name, scale):
    table = read_table(_write(tmp_path / "a.csv", f"{name},force\n0,1\n2,3\n4,5\n"))

    assert table.time_name == name
    np.testing.assert_allclose(table.time_s(), np.array([0.0, 2.0, 4.0]) * scale)


@pytest.mark.parametrize("name", ["timestamp_id", "force", "total", "Time [furlong]"])
def test_other_columns_are_no_time(tmp_path, name):
    assert read_table(_write(tmp_path / "a.csv", f"{name},x\n0,1\n2,3\n4,5\n")).time_s() is None


@pytest.mark.parametrize(
    ("text", "line", "column", "cell"),
    [
        ("t,Fz\n0.000,301.3 N\n0.001,302.1 N\n0.002,303 N\n", 2, "Fz", "301.3 N"),
        ("t;Fz\n0.000;1,234.5\n0.001;1,235.5\n0.002;1,236.5\n", 2, "Fz", "1,234.5"),
        ("t;Fz\n0,000;1.234,5\n0,001;1.235,5\n0,002;1.236,5\n", 2, "Fz", "1.234,5"),
        ('t,Fz\n0.000,999.5\n0.001,999.9\n0.002,999.9\n0.003,"1,000.5"\n', 5, "Fz", "1,000.5"),
        ('L,R\n"1,234.5","2,345.6"\n"1,234.5","2,345.6"\n"1,234.5","2,345.6"\n', 2, "L", "1,234.5"),
        ("t;Fz\n0,000;999,5\n0,001;999,9\n0,002;999,9\n0,003;1.000,5\n", 5, "Fz", "1.000,5"),
    ],
)
def test_a_unit_or_thousands_separator_in_a_cell_is_named_and_never_guessed(tmp_path, text, line, column, cell):
    with pytest.raises(FileError, match="is no plain number; export without thousands separators") as caught:
        read_table(_write(tmp_path / "a.csv", text))

    assert f"line {line}, column {column}: {cell!r}" in str(caught.value)
    assert caught.value.line == line


@pytest.mark.parametrize("above", ["rate,1000\n", "75.2,180\n", "1000\n", "rate,1000\nmass,75.2\n75.2,180\n\n", "75.2,180,1\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_numbers_above_the_names_are_no_rows(tmp_path, above, separator):
    text = (above + "t_s,left,right\n" + "0.0,1.5,2\n0.1,3,4\n0.2,5,6\n0.3,7,8\n").replace(",", separator)

    table = read_table(_write(tmp_path / "a.csv", text))

    assert table.names == ("t_s", "left", "right")
    assert table.column("left").tolist() == [1.5, 3.0, 5.0, 7.0]


def test_a_second_table_below_the_first_is_named_and_not_taken_for_the_only_one(tmp_path):
    with pytest.raises(FileError, match="line 4, column a"):
        read_table(_write(tmp_path / "a.csv", "a,b\n1,2\n3,4\na,b\n5,6\n7,8\n9,10\n"))


def test_double_names_stay_apart(tmp_path):
    table = read_table(_write(tmp_path / "a.csv", "Fz,Fz\n1,2\n3,4\n5,6\n"))

    assert table.names == ("Fz", "Fz (2)")


def test_a_minute_of_nine_columns_is_read_in_a_fraction_of_a_second(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "a.csv"
    body = "\n".join(",".join(f"{x:.3f}" for x in row) for row in 500 * rng.standard_normal((6000, 9)))
    path.write_text("t,a,b,c,d,e,f,g,h\n" + "\n".join([body] * 10))

    started = time.perf_counter()
    table = read_table(path)

    assert table.n_rows == 60_000
    assert time.perf_counter() - started < 1.0


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_file_error(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)

    said = ""
    try:
        assert read_table(path).n_rows >= 1
    except FileError as error:
        said = str(error)

    assert "\n" not in said
