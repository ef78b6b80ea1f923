"""What a scientist adds to ``daq analyze``: windows, entered quantities, bands, other tests, chains, other rules."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

G = 9.80665
Run = Callable[..., tuple[int, str, str]]


def pull(peak_n: float, rest_n: float = 0.0, rate_hz: float = 1000.0) -> np.ndarray:
    t = np.arange(round(3.5 * rate_hz)) / rate_hz
    rise = peak_n * (1 - np.exp(-t / 0.08))
    tail = rise[-1] * np.exp(-np.arange(round(2 * rate_hz)) / rate_hz / 0.02)
    return rest_n + np.concatenate((np.zeros(round(2 * rate_hz)), rise, tail))


def write(path: Path, *columns: np.ndarray, names: str = "t_s,left,right") -> Path:
    rng = np.random.default_rng(0)
    n = len(columns[0])
    noisy = [column + 0.1 * rng.standard_normal(n) for column in columns]
    np.savetxt(path, np.column_stack((np.arange(n) / 1000, *noisy)), delimiter=",", header=names, comments="", fmt="%.4f")
    return path


@pytest.fixture
def grip_file(tmp_path: Path) -> Path:
    left, right = (np.concatenate([pull(x) for x in peaks]) for peaks in ((400.0, 404.0, 398.0), (460.0, 455.0, 462.0)))
    return write(tmp_path / "grip.csv", left, right)


@pytest.fixture
def jump(public_data: Path) -> list[str]:
    """Words that name a real countermovement jump on two plates."""
    path = public_data / "gidiel_cmj_sj_dj" / "Dual-CMJ-Fz.txt"
    return ["analyze", str(path), "-a", "cmj", "--rate", "1000", "--left", "FP1", "--right", "FP2"]


@pytest.fixture
def grip(grip_file: Path) -> list[str]:
    return ["analyze", str(grip_file), "-a", "grip", "--left", "left", "--right", "right", "--uncertainty", "formula"]


@pytest.fixture
def record(daq: Run) -> Callable[..., dict]:
    def run(*words: str) -> dict:
        code, out, err = daq(*words, "--json")
        assert code == 0, err
        return json.loads(out)

    return run


def value(trial: dict, name: str, limb: str | None = None) -> dict:
    return next(v for v in trial["values"] if v["name"] == name and not v["of"] and v["limb"] == (limb or trial["limb"]))


def test_the_trials_of_several_files_count_together_in_order(record, daq, grip, tmp_path):
    more = write(tmp_path / "more.csv", pull(410.0), pull(470.0))

    found = record(*grip[:2], str(more), *grip[2:])
    lines = daq(*grip[:2], str(more), *grip[2:])[1]

    assert [trial["index"] for trial in found["trials"]] == list(range(1, 9))
    assert [Path(trial["samples"]["file"]).name for trial in found["trials"]] == ["grip.csv"] * 6 + ["more.csv"] * 2
    count = {v["limb"]: v["value"] for v in found["summary"] if v["name"] == "trial_count_valid"}
    assert count == {"left": 4, "right": 4}
    assert "of more.csv" in lines


def test_a_weighing_window_set_by_hand_is_used_and_stored_with_the_value(record, jump):
    weight = value(record(*jump, "--window", "weighing=0.2:1.2")["trials"][0], "body_weight")
    force = np.loadtxt(jump[1], skiprows=1).sum(axis=1)

    assert weight["method"] == "weigh.manual"
    assert weight["value"] == pytest.approx(force[200:1200].mean(), abs=0.05)
    assert weight["params"]["start_s"] == 0.2


def test_a_baseline_window_set_by_hand_is_that_of_the_pull_it_lies_before(record, tmp_path):
    path = write(tmp_path / "one.csv", pull(300.0, rest_n=4.0), names="t_s,f")
    words = ("analyze", str(path), "-a", "grip", "--force", "f", "--limb", "left", "--window", "baseline=0.1:0.6")

    trial = record(*words)["trials"][0]

    assert trial["events"]["onset"]["params"]["baseline_start_s"] == pytest.approx(0.1, abs=0.001)
    assert trial["events"]["onset"]["params"]["baseline_stop_s"] == pytest.approx(0.6, abs=0.002)


@pytest.mark.parametrize("rule", ["flight_time", "displacement"])
def test_a_rule_for_the_height_makes_it_the_main_value(record, daq, jump, rule):
    found = record(*jump, "--method", f"height={rule}")

    assert found["rules"]["height"] == f"height.{rule}"
    best = [v["name"] for v in found["summary"] if v["name"] == f"jump_height_{rule}_best_two"]
    assert best, "the summary is about the height that was chosen"


def test_entered_quantities_and_mass_reach_the_values(record, grip_file):
    words = ("analyze", str(grip_file), "-a", "knee_extension", "--left", "left", "--right", "right")
    found = record(*words, "--enter", "lever_arm_m.left=0.30", "--enter", "lever_arm_m=0.40", "--mass", "80")

    left, right = (next(t for t in found["trials"] if t["limb"] == side) for side in ("left", "right"))
    for trial, arm in ((left, 0.30), (right, 0.40)):
        force = value(trial, "peak_force")["value"]
        assert value(trial, "peak_torque")["value"] == pytest.approx(force * arm, rel=1e-9)
        assert value(trial, "relative_peak_force")["value"] == pytest.approx(force / 80, rel=1e-9)


def test_each_file_may_have_its_own_entered_quantity(record, jump):
    words = [jump[0], *[jump[1]] * 2, "-a", "loaded_cmj", *jump[4:]]

    found = record(*words, "--enter", "load_kg=0:20")

    masses = [value(trial, "body_mass")["value"] for trial in found["trials"]]
    assert masses[0] - masses[1] == pytest.approx(20.0, abs=1e-6)


def test_local_gravity_is_the_one_of_the_heights(record, jump):
    standard, local = (
        value(record(*jump, *more)["trials"][0], "jump_height_flight_time") for more in ((), ("--gravity", "9.80"))
    )

    assert local["value"] / standard["value"] == pytest.approx(9.80 / G, rel=1e-9)
    assert local["params"]["gravity"] == 9.80


def test_bands_that_were_typed_decide_the_words(daq, grip):
    assert "worth looking at" in daq(*grip, "--bands", "peak_force=3:20")[1]
    assert "large difference" in daq(*grip, "--bands", "peak_force=3:5")[1]


def test_another_index_is_the_one_of_every_difference(record, grip):
    found = record(*grip, "--index", "total_denominator")

    index = next(v for v in found["summary"] if v["name"] == "asymmetry_percent" and v["of"] == "peak_force")
    assert index["method"] == "asym.total_denominator"
    left, right = (index["params"][side] for side in ("left", "right"))
    assert index["value"] == pytest.approx(100 * (right - left) / (right + left), rel=1e-9)


def test_an_involved_side_gives_the_symmetry_index_with_its_caveat(daq, grip):
    out = daq(*grip, "--involved", "left")[1]

    assert "symmetry index of peak force" in out
    assert "The other leg may also have weakened." in out
    assert "symmetry index" not in daq(*grip)[1]


def test_another_test_of_the_day_gives_the_ratio(daq, record, grip_file, tmp_path):
    flexion = write(tmp_path / "flexion.csv", pull(240.0), pull(230.0))
    words = ("analyze", str(grip_file), "-a", "knee_extension", "--left", "left", "--right", "right")

    found = record(*words, "--with", f"knee_flexion={flexion}")

    ratios = {v["limb"]: v["value"] for v in found["summary"] if v["name"] == "hamstring_quadriceps_ratio"}
    assert ratios["left"] == pytest.approx(240 / 404, rel=0.002)
    assert ratios["right"] == pytest.approx(230 / 462, rel=0.002)
    assert "hamstring quadriceps ratio, left" in daq(*words, "--with", f"knee_flexion={flexion}")[1]


def test_a_plate_with_moments_gives_force_and_centre_of_pressure(record, public_data):
    path = public_data / "jythen_cop" / "raw_6ch_AMTI_samples4000_7000.csv"

    found = record("analyze", str(path), "-a", "stance", "--wrench", "Fx,Fy,Fz,Mx,My", "--rate", "100")

    trial = found["trials"][0]
    assert trial["samples"]["columns"] == {"both": "Fz"}
    assert value(trial, "sway_path_length")["value"] > 0.05


def test_the_chain_of_a_value_names_samples_events_rule_and_shares_that_sum_to_one(record, jump):
    chain = record(*jump, "--explain", "jump_height_impulse_momentum")["explained"][0]

    force = np.loadtxt(jump[1], skiprows=1).sum(axis=1)
    assert chain["samples"]["columns"] == {"left": "FP1", "right": "FP2"}
    takeoff = chain["events"]["takeoff"]
    assert takeoff["method"] == "flight.extrapolated"
    row = takeoff["row"] - 1
    assert force[row - 15] > 100 > abs(force[row + 5]), "the row is counted from the first of the file"
    assert takeoff["t_s"] == pytest.approx(row / 1000, abs=0.001)
    assert sum(chain["shares_of_variance"].values()) == pytest.approx(1.0)
    parts = chain["value"]["u_parts"]
    assert chain["value"]["u"] == pytest.approx(np.sqrt(sum(u * u for u in parts.values())))
    assert "Linthorne" in chain["references"]


def test_the_chain_in_lines_fits_a_terminal_and_says_every_step(daq, jump):
    code, out, _ = daq(*jump, "--explain", "peak_force.left", "--explain", "asymmetry_percent.peak_force")

    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    for words in ("column FP1,", "peak.max_sample", "movement_start at", "uncertainty", "U95", "bias", "means", "█", " %"):
        assert words in out
    assert "100 (right - left) / the larger one" in out


def test_a_weight_behind_another_value_is_private_too(daq, jump):
    words = (*jump, "--explain", "jump_height_impulse_momentum")

    assert "weight_n weighed" in " ".join(daq(*words)[1].split())
    assert "663." not in daq(*words)[1]
    assert "weight_n 663." in " ".join(daq(*words, "--private")[1].split())
    assert "663 ±" in daq(*jump, "--explain", "body_weight")[1], "who asks for the weight gets it"


def test_a_value_that_is_withheld_says_why(daq, grip):
    out = daq(*grip, "--explain", "relative_peak_force")[1]

    assert "relative peak force, left: —" in out
    assert "[body_mass_missing]" in out


def test_what_can_be_explained_is_listed(daq, jump):
    out = daq(*jump, "--explain", "list")[1]

    assert "rsi_modified" in out
    assert "asymmetry_percent" in out
    assert max(map(len, out.splitlines())) <= 80


def test_other_rules_stand_beside_the_one_in_use_with_the_difference(record, jump):
    rows = record(*jump, "--compare-methods")["compared"]

    flights = {row["rule"]: row for row in rows if row["family"] == "flight"}
    used = flights["flight.extrapolated"]
    assert used["is_used"]
    pinned = value(record(*jump, "--method", "flight=fixed_20n")["trials"][0], "jump_height_flight_time")["value"]
    other = flights["flight.fixed_20n"]
    assert other["values"]["jump_height_flight_time"] == pytest.approx(pinned, rel=1e-12)
    moved = pinned - used["values"]["jump_height_flight_time"]
    assert other["differences"]["jump_height_flight_time"] == pytest.approx(moved, abs=1e-12)


def test_the_table_of_rules_fits_a_terminal_and_marks_the_one_in_use(daq, jump):
    out = daq(*jump, "--compare-methods")[1]

    assert "* extrapolated" in out
    assert "flight_time " in out
    assert max(map(len, out.splitlines())) <= 80


def test_body_weight_is_private_until_it_is_asked_for(daq, tmp_path, jump):
    text = (Path(__file__).parents[2] / "daq" / "assessments" / "cmj.toml").read_text(encoding="utf-8")
    path = tmp_path / "weighed.toml"
    path.write_text(
        text.replace("[detection]", "[detection]", 1).replace("\nmetrics = [", '\nshown = ["body_weight"]\nmetrics = [', 1)
        if "\nshown" not in text
        else text.replace("\nshown = [", '\nshown = ["body_weight", ', 1)
    )
    words = [path.as_posix() if word == "cmj" else word for word in jump]

    assert "weighed" in daq(*words)[1]
    assert "663" not in daq(*words)[1]
    assert "663" in daq(*words, "--private")[1]


def test_values_without_a_formula_have_an_uncertainty_unless_it_is_not_wanted(record, jump):
    full, formula = (record(*jump, *more)["trials"][0] for more in ((), ("--uncertainty", "formula")))

    assert value(formula, "countermovement_depth")["u"] is None
    assert value(full, "countermovement_depth")["u"] > 0
    assert value(full, "jump_height_impulse_momentum") == value(formula, "jump_height_impulse_momentum")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--window", "weighing"], "NAME=START:END"),
        (["--window", "weighing=2:1"], "the start first"),
        (["--window", "weighing=a:b"], "two numbers"),
        (["--window", "weighin=0:1"], "should be weighing, baseline or flight"),
        (["--window", "weighing=0:1", "--method", "weigh=first_1s"], "either --window or --method"),
        (["--bands", "peak_force=15:10"], "the lower border first"),
        (["--bands", "peak_power=5:10"], "does not compare 'peak_power'"),
        (["--bands", "peak_forc=5:10"], "did you mean peak_force?"),
        (["--enter", "lever_arm_m=0.3"], "has no use for 'lever_arm_m'"),
        (["--enter", "load_kg=heavy"], "a number with a decimal point"),
        (["--enter", "load_kg.middle=3"], ".left or .right"),
        (["--enter", "load_kg=1:2"], "one for each file"),
        (["--mass", "7000"], "between 2 and 500"),
        (["--mass", "70", "--enter", "body_mass_kg=71"], "Give the body mass once"),
        (["--gravity", "98"], "between 9.76 and 9.84"),
        (["--involved", "both"], "left or right"),
        (["--dominant", "foot"], "left or right"),
        (["--hand", "three"], "left, right or both"),
        (["--index", "biggest"], "asym.max_denominator"),
        (["--with", "grip"], "TEST=FILE"),
        (["--with", "grip=x.csv"], "has no ratio to 'grip'"),
        (["--explain", "jump_hight"], "did you mean jump_height"),
        (["--explain", "xyz"], "--explain list names all"),
        (["--uncertainty", "none"], "formula or full"),
        (["--method", "height=box"], "height.impulse_momentum"),
        (["--method", "weather=sunny"], "families: weigh"),
        (["--cop", "FP1"], "2 columns"),
    ],
)
def test_an_option_that_makes_no_sense_ends_in_one_sentence(daq, jump, words, said):
    code, out, err = daq(*jump, *words)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def odd_file(kind: str, path: Path) -> Path:
    n = 3000
    columns = {
        "nan": np.full(n, np.nan),
        "zero": np.zeros(n),
        "constant": np.full(n, 700.0),
        "one": np.array([700.0]),
        "negative": np.full(n, -700.0),
        "square": np.where((np.arange(n) // 150) % 2, 900.0, 0.0),
        "holes": np.where(np.arange(n) % 7, 700.0, np.nan),
    }
    force = columns[kind]
    rows = np.column_stack((np.arange(len(force)) / 1000, force, 0.9 * force))
    np.savetxt(path, rows, delimiter=",", header="t_s,left,right", comments="", fmt="%.4f")
    return path


@pytest.mark.parametrize("kind", ["nan", "zero", "constant", "one", "negative", "square", "holes"])
@pytest.mark.parametrize("test", ["cmj", "grip", "imtp", "hops_10_5", "stance", "critical_force"])
def test_no_file_of_numbers_is_a_defect(daq, tmp_path, kind, test):
    path = odd_file(kind, tmp_path / "odd.csv")
    words = ("analyze", str(path), "-a", test, "--left", "left", "--right", "right")

    code, out, err = daq(*words, "--json")

    assert code in (0, 1), err
    assert "defect" not in err
    if code == 0:
        trials = json.loads(out)["trials"]
        assert trials
        assert all(trial["reasons"] for trial in trials if trial["status"] == "invalid"), "a trial that is out says why"
        assert daq(*words)[0] == 0
