"""``daq tests``: what a coach sees of the tests, and how a test of their own is made, checked and used."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from daq.assessments.model import assessment_ids, load_assessment
from daq.metrics.families import KINDS, family_of

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def own(own_home: Path) -> Path:
    return own_home / "assessments"


def test_the_list_names_every_test_with_sides_and_sensor_and_where_ones_own_belong(daq: Run, own: Path):
    code, out, _ = daq("tests")

    assert code == 0
    for name in assessment_ids():
        assert any(line.startswith(f"  {name} ") and load_assessment(name).name in line for line in out.splitlines())
    assert "each side  hand sensor" in out
    assert str(own) in out
    assert max(len(line) for line in out.splitlines() if str(own) not in line) <= 80


def test_the_list_for_machines_has_the_same_tests(daq: Run):
    found = json.loads(daq("tests", "--json")[1])["tests"]

    assert [row["id"] for row in found] == assessment_ids()
    assert {row["from"] for row in found} == {"limb-daq"}
    assert all(row["name"] and row["kind"] and not row["error"] for row in found)


@pytest.mark.parametrize("name", assessment_ids())
def test_the_page_of_every_test_fits_a_terminal_and_says_what_is_done(daq: Run, name: str):
    code, out, err = daq("tests", name)

    test = load_assessment(name)
    assert code == 0, err
    assert max(map(len, out.splitlines())) <= 80
    assert test.name in out
    assert test.primary in out
    assert test.prompts.go in " ".join(out.split())


def test_the_page_for_machines_has_rules_limits_and_the_meaning_of_each_metric(daq: Run):
    found = json.loads(daq("tests", "cmj", "--json")[1])

    assert [metric["name"] for metric in found["metrics"]] == list(load_assessment("cmj").metrics)
    assert found["rules"]["flight"] == "flight.extrapolated"
    assert found["limits"] == {**family_of("jump").limits, **load_assessment("cmj").gates}
    assert all(len(metric["definition"]) > 10 for metric in found["metrics"])


@pytest.mark.parametrize("kind", KINDS)
def test_the_metrics_of_every_kind_are_listed(daq: Run, kind: str):
    found = json.loads(daq("tests", "--metrics", kind, "--json")[1])["metrics"]

    assert {metric["name"] for metric in found} == set(family_of(kind).metrics)
    assert daq("tests", "--metrics", kind)[0] == 0


@pytest.mark.parametrize("name", ["cmj", "grip", "stance", "hops_10_5", "knee_extension", "critical_force"])
def test_a_copy_is_commented_says_where_it_is_and_is_in_order(daq: Run, own: Path, name: str):
    code, out, err = daq("tests", "--new", "mine", "--from", name)

    assert code == 0, err
    assert str(own / "mine.toml") in out
    assert (own / "mine.toml").read_text(encoding="utf-8").count("\n# ") > 8
    assert daq("tests", "--check", "mine")[0] == 0
    copy, original = load_assessment("mine", own=own), load_assessment(name)
    changed = {"id": original.id, "name": original.name}
    assert copy.model_copy(update=changed) == original


def test_a_test_of_ones_own_is_in_the_list_and_found_by_every_verb(daq: Run, own: Path, tmp_path: Path):
    daq("tests", "--new", "my_grip", "--from", "grip")
    force = np.concatenate((np.zeros(2000), 400 * (1 - np.exp(-np.arange(2500) / 80)), np.zeros(2000)))
    file = tmp_path / "grip.csv"
    np.savetxt(file, force + 0.05 * np.random.default_rng(0).standard_normal(len(force)), header="f", comments="", fmt="%.4f")

    listed = json.loads(daq("tests", "--json")[1])["tests"][-1]
    words = ("analyze", str(file), "-a", "my_grip", "--rate", "1000", "--force", "f", "--limb", "left", "--json")

    assert (listed["id"], listed["from"]) == ("my_grip", "own")
    assert json.loads(daq(*words)[1])["assessment"] == "my_grip"


def test_a_recording_may_be_analysed_by_a_test_of_ones_own(daq: Run, own: Path, record):
    daq("tests", "--new", "my_grip", "--from", "grip")
    path = record("one")

    code, _, err = daq("replay", str(path), "-a", "my_gripp")

    assert code == 2
    assert "did you mean my_grip" in err


def test_a_broken_file_is_listed_with_its_fault_and_hides_no_other(daq: Run, own: Path):
    daq("tests", "--new", "good", "--from", "grip")
    daq("tests", "--new", "bad", "--from", "grip")
    path = own / "bad.toml"
    path.write_text(path.read_text().replace('kind = "pull"', 'kind = "pul"'))

    rows = {row["id"]: row for row in json.loads(daq("tests", "--json")[1])["tests"]}

    assert "did you mean 'pull'?" in rows["bad"]["error"]
    assert not rows["good"]["error"]
    assert "cannot be used" in daq("tests")[1]


def test_the_check_says_every_fault_with_its_line_and_ends_with_1(daq: Run, own: Path):
    daq("tests", "--new", "mine", "--from", "grip")
    path = own / "mine.toml"
    text = path.read_text().replace('primary = "peak_force"', 'primary = "peak_forse"').replace("rest_s =", "rest =")
    path.write_text(text.replace("rest =", "rest_s =") + "\n")

    code, out, _ = daq("tests", "--check", "mine")
    found = json.loads(daq("tests", "--check", str(path), "--json")[1])

    line = text[: text.index("peak_forse")].count("\n") + 1
    assert code == 1
    assert f"line {line}, primary: there is no metric 'peak_forse'" in out
    assert found["is_valid"] is False
    assert [(each["line"], each["key"]) for each in found["complaints"]] == [(line, "primary")]


def test_a_file_with_the_id_of_a_test_of_the_program_is_told_and_used_by_neither_unseen(daq: Run, own: Path):
    own.mkdir()
    text = (Path(__file__).parents[2] / "daq" / "assessments" / "grip.toml").read_text(encoding="utf-8")
    (own / "grip.toml").write_text(text)

    assert daq("tests", "grip")[2].startswith("daq: Two tests are called grip")
    assert "limb-daq has a test grip, too" in daq("tests", "--check", "grip")[1]
    assert "Two tests are called grip" in daq("tests")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cmjj"], "did you mean cmj"),
        (["zzz"], "daq tests lists them"),
        (["--new", "my cmj", "--from", "cmj"], "small letters"),
        (["--new", "cmj", "--from", "cmj"], "my_cmj"),
        (["--new", "my_cmj"], "--from cmj"),
        (["--new", "my_cmj", "--from", "nothing"], "There is no test"),
        (["--from", "cmj"], "goes with --new"),
        (["cmj", "--check", "cmj"], "Choose one"),
        (["--metrics", "jumps"], "did you mean jump"),
        (["--check", "none"], "There is no test"),
    ],
)
def test_wrong_words_end_in_one_sentence(daq: Run, words: list[str], said: str):
    code, out, err = daq("tests", *words)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_a_copy_never_overwrites(daq: Run, own: Path):
    daq("tests", "--new", "mine", "--from", "grip")
    before = (own / "mine.toml").read_bytes()

    code, _, err = daq("tests", "--new", "mine", "--from", "cmj")

    assert code == 2
    assert "already" in err
    assert (own / "mine.toml").read_bytes() == before
