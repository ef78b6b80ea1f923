from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from daq.cli import sessions
from daq.store import people
from daq.store.rows import Best


def test_sittings_are_listed_the_newest_first(
    fold: list[Path], record: Callable[..., Path], daq: Callable[..., tuple[int, str, str]]
):
    record("old", started_utc="2025-03-01T10:00:00+00:00")
    record("new", started_utc="2025-03-02T10:00:00+00:00")

    code, out, err = daq("sessions")

    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0].split() == ["ID", "DATE", "PERSON", "TEST", "KEPT", "BEST", "FILE"]
    assert "new.mcap" in lines[1]
    assert "2/2" in lines[1]
    assert "left 412 ± 4 N" in lines[1]
    assert "old.mcap" in lines[2]
    assert len(fold) == 2


def test_a_second_list_folds_nothing_again_unless_asked(
    fold: list[Path], record: Callable[..., Path], daq: Callable[..., tuple[int, str, str]]
):
    record("one")
    first = daq("sessions")

    assert daq("sessions") == first
    assert len(fold) == 1
    assert daq("sessions", "--rebuild") == first
    assert len(fold) == 2


def test_the_list_as_json_holds_what_the_table_shows(
    fold: list[Path], record: Callable[..., Path], daq: Callable[..., tuple[int, str, str]], own_home: Path
):
    path = record("one")
    people.add(own_home / "people.toml", "Somebody", person="p-1")

    (found,) = json.loads(daq("sessions", "--json")[1])

    assert found["file"] == str(path)
    assert (found["person"], found["name"], found["assessment"]) == ("p-1", "Somebody", "grip")
    assert (found["n_kept"], found["n_trials"], found["primary"]) == (2, 2, "peak_force")
    assert found["best"] == [{"limb": "left", "value": 412.4, "unit": "N", "u": 2.0}]
    assert found["problem"] is None


def test_one_person_is_found_by_pseudonym_and_by_name(
    fold: list[Path], record: Callable[..., Path], daq: Callable[..., tuple[int, str, str]], own_home: Path
):
    record("one", person="p-1")
    record("two", person="p-2")
    people.add(own_home / "people.toml", "Somebody", person="p-1")

    for words, file in (("p-2", "two.mcap"), ("somebody", "one.mcap")):
        found = json.loads(daq("sessions", "--json", "--person", words)[1])
        assert [Path(s["file"]).name for s in found] == [file]
    code, _, err = daq("sessions", "--person", "nobody")
    assert code == 2
    assert err.startswith("daq: No person is called 'nobody'.")


def test_what_a_crash_left_is_salvaged_first_and_said(
    fold: list[Path], record: Callable[..., Path], daq: Callable[..., tuple[int, str, str]]
):
    record("crashed", is_closed=False)

    code, out, err = daq("sessions")

    assert code == 0
    assert err == "Salvaged 12.4 s (1 inputs) of a recording that ended without being closed: crashed.mcap\n"
    assert "crashed.mcap" in out
    assert len(fold) == 1


def test_a_recording_that_cannot_be_folded_is_listed_with_the_reason(
    fold: list[Path], record: Callable[..., Path], daq: Callable[..., tuple[int, str, str]]
):
    record("bad")
    record("good")

    code, out, err = daq("sessions")

    assert code == 0
    assert "good.mcap" in out
    assert "bad.mcap" in out
    assert err == "bad.mcap: This version does something else than the one that recorded.\n"
    assert len(fold) == 2


def test_a_damaged_catalogue_is_told_and_the_list_is_whole(
    fold: list[Path], record: Callable[..., Path], daq: Callable[..., tuple[int, str, str]], own_home: Path
):
    record("one")
    first = daq("sessions")
    (own_home / "catalogue.sqlite").write_bytes(b"no database at all, but long enough" * 100)

    code, out, err = daq("sessions")

    assert (code, out) == first[:2]
    assert "kept as catalogue.sqlite.broken-1" in err
    assert len(fold) == 2


def test_an_empty_list_says_how_to_begin(daq: Callable[..., tuple[int, str, str]]):
    code, out, _ = daq("sessions")

    assert code == 0
    assert "daq live --simulate" in out
    assert json.loads(daq("sessions", "--json")[1]) == []


@pytest.mark.parametrize(
    ("best", "words"),
    [
        (Best("right", 0.160, "m", 0.12), "16.0 ± 24.0 cm"),
        (Best("right", 0.1604, "m", 0.002), "16.0 ± 0.4 cm"),
        (Best("right", 0.1604, "m", None), "16.0 cm"),
        (Best("left", 412.4, "N", 2.0), "412 ± 4 N"),
        (Best("left", 0.474, "1", None), "0.474"),
    ],
)
def test_a_best_value_has_its_spread_and_heights_are_in_centimetres(best: Best, words: str):
    assert sessions._words(best.value, best.unit, best.u) == words
