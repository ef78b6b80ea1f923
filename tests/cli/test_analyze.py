"""``daq analyze``: files of forces to lines a coach reads, or to JSON; exit codes and sentences."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

G = 9.80665


@pytest.fixture
def run(daq):
    """``daq analyze`` with these words: exit code, stdout, stderr."""

    def analyze(*words: object) -> SimpleNamespace:
        code, out, err = daq("analyze", *map(str, words))
        return SimpleNamespace(returncode=code, stdout=out, stderr=err)

    return analyze


def _jump_force(rate_hz: float = 1000.0, weight_n: float = 700.0) -> np.ndarray:
    """Standing, a dip, a push, flight, landing, standing: v_to from the areas of half sines."""
    mass, rng = weight_n / G, np.random.default_rng(2)

    def half_sine(length_s: float, momentum: float) -> np.ndarray:
        tau = np.arange(round(length_s * rate_hz)) / rate_hz
        return weight_n + momentum * np.pi / (2 * length_s) * np.sin(np.pi * tau / length_s)

    v_to = 2.4
    flight = np.zeros(round(2 * v_to / G * rate_hz))
    dip, push = half_sine(0.4, -mass * 1.0), half_sine(0.35, mass * (1.0 + v_to))
    release = np.linspace(weight_n, 0, round(0.02 * rate_hz))
    land = half_sine(0.3, mass * 1.05 * v_to)
    standing = np.full(round(1.6 * rate_hz), weight_n)
    force = np.concatenate((standing, dip, push, release, flight, land, standing))
    return force + rng.standard_normal(len(force))


def _pull(peak_n: float, rate_hz: float = 1000.0) -> np.ndarray:
    t = np.arange(round(2.5 * rate_hz)) / rate_hz
    rise = peak_n * (1 - np.exp(-t / 0.08))
    tail = rise[-1] * np.exp(-np.arange(round(2 * rate_hz)) / rate_hz / 0.02)
    return np.concatenate((np.zeros(round(2 * rate_hz)), rise, tail))


@pytest.fixture
def jump_file(tmp_path: Path) -> Path:
    force = _jump_force()
    path = tmp_path / "jump.csv"
    rows = np.column_stack((np.arange(len(force)) / 1000.0, 0.45 * force, 0.55 * force))
    np.savetxt(path, rows, delimiter=",", header="t_s,left_n,right_n", comments="", fmt="%.4f")
    return path


@pytest.fixture
def grip_file(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    left = np.concatenate([_pull(x) for x in (400.0, 404.0, 398.0)])
    right = np.concatenate([_pull(x) for x in (460.0, 455.0, 462.0)])
    rows = np.column_stack((left, right)) + 0.05 * rng.standard_normal((len(left), 2))
    path = tmp_path / "grip.tsv"
    np.savetxt(path, rows, delimiter="\t", header="L\tR", comments="", fmt="%.4f")
    return path


def test_a_jump_is_one_counted_trial_with_its_height_and_who_carried_more(run, jump_file):
    done = run(jump_file, "--assessment", "cmj", "--left", "left_n", "--right", "right_n", "--json")

    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert [t["index"] for t in record["trials"]] == [1]
    trial = record["trials"][0]
    assert trial["status"] == "ok", trial["reasons"]
    values = {(v["name"], v["limb"], v["of"]): v for v in trial["values"]}
    assert values["flight_time", "both", None]["value"] == pytest.approx(2 * 2.4 / G, abs=0.002)
    assert values["asymmetry_percent", "both", "peak_force"]["value"] == pytest.approx(100 * 0.10 / 0.55, abs=0.1)
    assert {"movement_start", "braking_start", "propulsion_start", "takeoff", "landing"} <= set(trial["events"])
    assert any(v["name"] == "trial_count_valid" and v["value"] == 1 for v in record["summary"])


def test_the_lines_name_the_sides_and_say_the_words(run, jump_file):
    done = run(jump_file, "--assessment", "cmj", "--left", "2", "--right", "3")

    assert done.returncode == 0, done.stderr
    assert "Trial 1  both" in done.stdout
    assert "jump height" in done.stdout
    assert "RIGHT carried more, LEFT 18.2 % less, this trial" in done.stdout
    assert "700" not in done.stdout.replace("peak", ""), "the body weight is private"


def test_grips_of_both_hands_are_found_per_hand_and_compared(run, grip_file):
    done = run(grip_file, "--assessment", "grip", "--rate", 1000, "--left", "L", "--right", "R", "--json")

    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert sorted(t["limb"] for t in record["trials"]) == ["left"] * 3 + ["right"] * 3
    index = next(v for v in record["summary"] if v["name"] == "asymmetry_percent" and v["of"] == "peak_force")
    assert index["value"] == pytest.approx(100 * (1 - 400.67 / 459.0), abs=0.3)
    assert index["text"].startswith("RIGHT 12.")
    assert "stronger" in index["text"]


def test_one_column_of_one_hand_in_kilograms_force_is_scaled(run, tmp_path):
    path = tmp_path / "hand.csv"
    rng = np.random.default_rng(0)
    force = _pull(400.0) + 0.05 * rng.standard_normal(len(_pull(400.0)))
    np.savetxt(path, force / G, header="kg", comments="", fmt="%.5f")

    done = run(path, "-a", "grip", "--rate", 1000, "--force", "kg", "--limb", "left", "--scale", G, "--json")

    trial = json.loads(done.stdout)["trials"][0]
    assert trial["limb"] == "left"
    assert next(v["value"] for v in trial["values"] if v["name"] == "peak_force") == pytest.approx(400, abs=0.5)


def test_a_pinned_method_is_in_every_value_that_uses_it(run, jump_file):
    done = run(jump_file, "-a", "cmj", "--left", 2, "--right", 3, "--method", "takeoff=fixed_20n", "--json")

    values = json.loads(done.stdout)["trials"][0]["values"]
    assert next(v["method"] for v in values if v["name"] == "flight_time") == "flight.fixed_20n"


def test_a_file_without_a_jump_is_one_trial_with_its_reason(run, tmp_path):
    path = tmp_path / "quiet.csv"
    np.savetxt(path, 700 + np.random.default_rng(0).standard_normal(3000), fmt="%.3f")

    done = run(path, "-a", "cmj", "--rate", 1000, "--force", 1)

    assert done.returncode == 0
    assert "not counted" in done.stdout
    assert "No jump was found." in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--assessment", "cmj"], 2, "--left COL --right COL"),
        (["--assessment", "cmj", "--left", "2"], 2, "both needed"),
        (["--assessment", "cmj", "--left", "2", "--force", "3"], 2, "either --force"),
        (["--assessment", "grip", "--force", "2"], 2, "--limb left or --limb right"),
        (["--assessment", "grip", "--force", "2", "--limb", "middle"], 2, "left or right"),
        (["--assessment", "cmj", "--force", "2", "--limb", "left"], 2, "leave --limb out"),
        (["--assessment", "cartwheel", "--force", "2"], 2, "no test called 'cartwheel'; daq tests lists them"),
        (["--assessment", "cmj", "--force", "2", "--method", "weigh=guess"], 2, "weigh.lowest_sd_1s"),
        (["--assessment", "cmj", "--force", "2", "--method", "weigh"], 2, "FAMILY=ID"),
        (["--assessment", "cmj", "--force", "2", "--method", "onset=threshold_interpolated"], 2, "does not fit"),
        (["--assessment", "cmj", "--force", "2", "--rate", "-5"], 2, "between 1 and 100000"),
        (["--assessment", "cmj", "--force", "2", "--rate", "nan"], 2, "between 1 and 100000"),
        (["--assessment", "cmj", "--force", "2", "--scale", "0"], 2, "other than 0"),
        (["--assessment", "cmj", "--left", "2", "--right", "LEFT_N"], 2, "same column 'left_n'"),
        (["--assessment", "cmj", "--left", "1", "--right", "2"], 2, "'t_s' of jump.csv is the time"),
        (["--assessment", "cmj", "--force", "t_s"], 2, "is the time"),
        (["--assessment", "cmj", "--force", "2", "--scale", "1e308"], 1, "no sensor reads"),
        (["--assessment", "cmj", "--force", "2", "--rate", "1006"], 1, "Wrong rate: --rate 1006 Hz"),
        (["--assessment", "cmj", "--force", "middle"], 1, "it has: t_s, left_n, right_n"),
        (["--assessment", "cmj", "--force", "2", "--rate", "500"], 1, "Wrong rate: --rate 500 Hz"),
    ],
)
def test_wrong_words_end_in_one_sentence_and_an_exit_code(run, jump_file, words, code, said):
    done = run(jump_file, *words)

    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert done.stderr.startswith("daq: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_a_rate_is_asked_for_where_no_column_tells_the_time(run, grip_file):
    done = run(grip_file, "-a", "grip", "--left", "L", "--right", "R")

    assert done.returncode == 2
    assert "add --rate HZ" in done.stderr


@pytest.mark.parametrize("content", ["", "\0\1\2", "a,b\n1,x\n"])
def test_a_file_that_is_no_table_ends_in_one_sentence(run, tmp_path, content):
    path = tmp_path / "bad.csv"
    path.write_text(content)

    done = run(path, "-a", "cmj", "--rate", 1000, "--force", 1)

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_said(run):
    done = run("nowhere.csv", "-a", "cmj", "--rate", 1000, "--force", 1)

    assert done.returncode == 1
    assert "Check the name" in done.stderr


@pytest.mark.parametrize("typed", [996, 1002])
def test_a_typed_rate_checks_the_time_column_and_makes_no_holes(run, jump_file, typed):
    words = (jump_file, "-a", "cmj", "--left", 2, "--right", 3, "--json")

    plain, checked = (json.loads(run(*words, *more).stdout) for more in ((), ("--rate", typed)))

    assert checked["rate_hz"] == plain["rate_hz"] == 1000.0
    assert checked["trials"] == plain["trials"]


def test_a_clock_that_is_a_little_off_keeps_every_row_of_a_long_file(run, tmp_path):
    n, rate_hz = 40_000, 1000.05
    force = np.concatenate((_jump_force(), np.full(n, 700.0) + np.random.default_rng(1).standard_normal(n)))
    path = tmp_path / "long.csv"
    np.savetxt(path, np.column_stack((np.arange(len(force)) / rate_hz, force)), delimiter=",", header="t_s,f", comments="")

    trial = json.loads(run(path, "-a", "cmj", "--force", "f", "--json").stdout)["trials"][0]

    assert not {"duplicate_samples", "sample_gap", "sample_gap_interpolated"} & set(trial["reasons"])


def test_a_file_in_kilograms_is_told_apart_and_the_scale_is_named(run, jump_file):
    kilograms = run(jump_file, "-a", "cmj", "--left", 2, "--right", 3, "--scale", 1 / G)
    path = jump_file.with_name("kg.csv")
    rows = np.loadtxt(jump_file, delimiter=",", skiprows=1)
    np.savetxt(path, rows / [1.0, G, G], delimiter=",", header="t_s,left,right", comments="")
    told = run(path, "-a", "cmj", "--left", 2, "--right", 3, "--json")

    assert "--scale 9.80665" in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert json.loads(told.stdout)["trials"]
    assert kilograms.stderr == "", "who typed a scale knows the unit"
    assert run(jump_file, "-a", "cmj", "--left", 2, "--right", 3).stderr == ""


def test_absurd_values_are_refused_in_one_sentence_and_no_warning(run, tmp_path):
    path = tmp_path / "absurd.csv"
    path.write_text("t_s,f\n" + "".join(f"{i / 1000},{1e300 if i % 2 else -1e300}\n" for i in range(3000)))

    done = run(path, "-a", "cmj", "--force", "f")

    assert done.returncode == 1
    assert done.stderr.startswith("daq: Column 'f'")
    assert len(done.stderr.splitlines()) == 1


def test_a_plate_that_never_loads_is_said(run, jump_file):
    rows = np.loadtxt(jump_file, delimiter=",", skiprows=1)
    path = jump_file.with_name("dead.csv")
    rows = np.column_stack((rows[:, 0], rows[:, 1] + rows[:, 2], 0.5 * np.sin(np.arange(len(rows)))))
    np.savetxt(path, rows, delimiter=",", header="t_s,left,right", comments="", fmt="%.4f")

    done = run(path, "-a", "cmj", "--left", 2, "--right", 3)

    assert "not counted" in done.stdout
    assert "One side shows no load" in done.stdout
    assert "carried" not in done.stdout


def test_a_grip_file_at_ten_hertz_counts_and_says_what_a_faster_sensor_would_give(run, tmp_path):
    force = _pull(400.0)[::100] + 0.2 * np.random.default_rng(0).standard_normal(len(_pull(400.0)[::100]))
    path = tmp_path / "slow.csv"
    np.savetxt(path, force, header="f", comments="", fmt="%.3f")

    done = run(path, "-a", "grip", "--rate", 10, "--force", "f", "--limb", "left")

    assert "counted, with a warning" in done.stdout
    assert "peak force" in done.stdout
    assert "rates of rise need 200 Hz" in " ".join(done.stdout.split())


def test_the_help_names_what_each_option_takes(run):
    done = run("--help")

    assert "<list[str]>" not in done.stdout.lower()
    for word in ("FAMILY=ID", "FILE", "COL", "HZ"):
        assert word in done.stdout


def test_a_decimal_comma_gives_the_same_result(run, jump_file, tmp_path):
    comma = tmp_path / "comma.csv"
    comma.write_text("\ufeff" + jump_file.read_text().replace(",", ";").replace(".", ","), encoding="utf-8")
    words = ("-a", "cmj", "--left", "left_n", "--right", "right_n", "--json")

    point, other = (json.loads(run(path, *words).stdout) for path in (jump_file, comma))

    for trial in (*point["trials"], *other["trials"]):
        del trial["samples"]["file"]
    assert point["trials"] == other["trials"]
