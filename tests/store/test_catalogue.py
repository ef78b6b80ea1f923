from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from daq.block import Limb, Wake
from daq.errors import FileError, ReplayError
from daq.metrics.value import Value
from daq.session.setup import Setup
from daq.session.snapshot import TrialView
from daq.store import journal, people
from daq.store.catalogue import Catalogue, Fold
from daq.store.journal import Action, Entry
from daq.store.recording import RecordingWriter


@pytest.fixture
def summary() -> list[Value]:
    return [Value("asymmetry_percent", Limb.BOTH, 7.5, "percent", "asym.max_denominator", of="peak_force")]


@pytest.fixture
def make_recording(folder: Path, make_setup: Callable[..., Setup]) -> Callable[..., Path]:
    def make(name: str, **fields: str) -> Path:
        writer = RecordingWriter.create(folder, make_setup(**fields), name=name)
        writer.append(Wake(1))
        return writer.close()

    return make


@pytest.fixture
def fold(make_setup: Callable[..., Setup], make_trial: Callable[..., TrialView], summary: list[Value]) -> Fold:
    def folded(path: Path) -> tuple[Setup, Sequence[TrialView], Sequence[Value]]:
        if "bad" in path.name:
            raise ReplayError("This version does something else.", t_ns=0)
        setup = make_setup(started_utc=f"2025-03-0{path.stem[-1]}T10:00:00+00:00")
        return setup, [make_trial(1, Limb.LEFT, 400.0), make_trial(2, Limb.RIGHT, 430.0), make_trial(3, is_best=False)], summary

    return folded


def test_a_sitting_comes_back_with_its_trials_and_values(
    tmp_path: Path,
    setup: Setup,
    make_recording: Callable[..., Path],
    make_trial: Callable[..., TrialView],
    summary: list[Value],
):
    path = make_recording("run-1")
    trials = [make_trial(1, Limb.LEFT, 400.0), make_trial(2, Limb.RIGHT, 430.0), make_trial(3, is_kept=False, is_best=False)]

    with Catalogue.open(tmp_path / "c.sqlite") as catalogue:
        sitting_id = catalogue.add_sitting(path, setup, trials, summary)
        (sitting,) = catalogue.sittings()
        rows = catalogue.trials(sitting_id)
        whole = catalogue.summary(sitting_id)

    assert (sitting.id, sitting.recording, sitting.person, sitting.assessment) == (sitting_id, "run-1.mcap", "p-1a2b3c", "grip")
    assert (sitting.n_kept, sitting.n_trials) == (2, 3)
    assert [(b.limb, b.value, b.unit, b.u) for b in sitting.best] == [("left", 400.0, "N", 2.0), ("right", 430.0, "N", 2.0)]
    assert [row.number for row in rows] == [1, 2, 3]
    assert rows[0].values[0]["value"] == 400.0
    assert rows[0].values[0] == {"trial": 1, **trials[0].result.values[0].as_record()}
    assert rows[0].values[1]["value"] is None
    assert [value["name"] for value in whole] == ["asymmetry_percent"]


def test_adding_twice_changes_nothing(
    tmp_path: Path, setup: Setup, make_recording: Callable[..., Path], make_trial: Callable[..., TrialView]
):
    path = make_recording("run-1")
    with Catalogue.open(tmp_path / "c.sqlite") as catalogue:
        first = catalogue.add_sitting(path, setup, [make_trial()], [])
        before = catalogue.sittings(), catalogue.trials(first)
        second = catalogue.add_sitting(path, setup, [make_trial()], [])
        after = catalogue.sittings(), catalogue.trials(second)

    assert first == second
    assert before == after
    counts = sqlite3.connect(tmp_path / "c.sqlite")
    for query, n_rows in (
        ('SELECT count(*) FROM "values"', 2),
        ("SELECT count(*) FROM devices", 2),
        ("SELECT count(*) FROM certificates", 1),
        ("SELECT count(*) FROM trials", 1),
    ):
        assert counts.execute(query).fetchone()[0] == n_rows
    counts.close()


def test_the_newest_sitting_comes_first(tmp_path: Path, folder: Path, make_recording: Callable[..., Path], fold: Fold):
    for name in ("run-2", "run-1", "run-3"):
        make_recording(name)
    with Catalogue.open(tmp_path / "c.sqlite") as catalogue:
        catalogue.rebuild(folder, fold)

        assert [s.recording for s in catalogue.sittings()] == ["run-3.mcap", "run-2.mcap", "run-1.mcap"]
        assert catalogue.sittings(person="nobody") == []


def test_a_deleted_catalogue_is_the_same_after_a_rebuild(
    tmp_path: Path, folder: Path, make_recording: Callable[..., Path], fold: Fold
):
    for name in ("run-1", "run-2"):
        make_recording(name)
    path = tmp_path / "c.sqlite"
    with Catalogue.open(path) as catalogue:
        catalogue.refresh(folder, fold)
        before = catalogue.sittings(), [catalogue.trials(s.id) for s in catalogue.sittings()]
    for file in tmp_path.glob("c.sqlite*"):
        file.unlink()

    with Catalogue.open(path) as catalogue:
        assert catalogue.rebuild(folder, fold).n_added == 2
        assert (catalogue.sittings(), [catalogue.trials(s.id) for s in catalogue.sittings()]) == before


def test_refreshing_folds_only_what_is_new_or_has_changed(
    tmp_path: Path, folder: Path, make_recording: Callable[..., Path], fold: Fold
):
    folded: list[str] = []

    def counting(path: Path) -> tuple[Setup, Sequence[TrialView], Sequence[Value]]:
        folded.append(path.name)
        return fold(path)

    gone = make_recording("run-1")
    make_recording("run-2")
    with Catalogue.open(tmp_path / "c.sqlite") as catalogue:
        catalogue.refresh(folder, counting)
        catalogue.refresh(folder, counting)
        assert folded == ["run-1.mcap", "run-2.mcap"]
        gone.unlink()
        make_recording("run-3")
        journal.append(folder, Entry("2025", "run-2.mcap", Action.NOTE, text="taped"))
        catalogue.refresh(folder, counting)
        assert folded[2:] == ["run-2.mcap", "run-3.mcap"]
        assert [s.recording for s in catalogue.sittings()] == ["run-3.mcap", "run-2.mcap"]
        assert catalogue.notes(catalogue.sittings()[1].id) == [(None, "2025", "taped")]


def test_a_recording_that_cannot_be_folded_is_listed_and_stops_no_other(
    tmp_path: Path, folder: Path, make_recording: Callable[..., Path], fold: Fold
):
    make_recording("bad-1")
    make_recording("run-2")
    with Catalogue.open(tmp_path / "c.sqlite") as catalogue:
        done = catalogue.refresh(folder, fold)
        found = {s.recording: s.problem for s in catalogue.sittings()}

    assert done.n_added == 1
    assert done.problems == ("This version does something else.",)
    assert found == {"run-2.mcap": "", "bad-1.mcap": "This version does something else."}


def test_a_trial_excluded_in_the_journal_is_not_kept(
    tmp_path: Path, folder: Path, make_recording: Callable[..., Path], fold: Fold
):
    make_recording("run-1")
    journal.append(folder, Entry("2025", "run-1.mcap", Action.EXCLUDE, trial=2))
    with Catalogue.open(tmp_path / "c.sqlite") as catalogue:
        catalogue.refresh(folder, fold)
        (sitting,) = catalogue.sittings()

        assert (sitting.n_kept, sitting.n_trials) == (2, 3)
        assert [b.limb for b in sitting.best] == ["left"]
        assert [t.is_kept for t in catalogue.trials(sitting.id)] == [True, False, True]


def test_people_are_indexed_and_what_is_forgotten_leaves_no_trace(
    tmp_path: Path, folder: Path, make_recording: Callable[..., Path], fold: Fold
):
    path = tmp_path / "c.sqlite"
    people.add(tmp_path / "people.toml", "Marker Name Q7", person="p-1a2b3c")
    make_recording("run-1")
    with Catalogue.open(path) as catalogue:
        catalogue.refresh(folder, fold)
    assert b"Marker Name Q7" in b"".join(f.read_bytes() for f in tmp_path.glob("c.sqlite*"))

    (tmp_path / "people.toml").unlink()
    with Catalogue.open(path) as catalogue:
        catalogue.forget("run-1.mcap")
        catalogue.set_people({})

    left = b"".join(f.read_bytes() for f in tmp_path.glob("c.sqlite*"))
    assert b"Marker Name Q7" not in left
    assert b"p-1a2b3c" not in left
    assert b"peak_force" not in left


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_catalogue_is_kept_and_made_anew_or_still_right(
    tmp_path: Path, folder: Path, make_recording: Callable[..., Path], fold: Fold, seed: int
):
    path = tmp_path / "c.sqlite"
    make_recording("run-1")
    with Catalogue.open(path) as catalogue:
        catalogue.refresh(folder, fold)
        before = catalogue.sittings()
    content = bytearray(path.read_bytes())
    lottery = random.Random(seed)
    if seed % 3 == 0:
        content = content[: lottery.randrange(1, len(content))]
    elif seed % 3 == 1:
        content[lottery.randrange(100)] ^= 0xFF
    else:
        content[4096 * lottery.randrange(1, len(content) // 4096)] ^= 0xFF
    path.write_bytes(content)

    with Catalogue.open(path) as catalogue:
        notice = catalogue.notice
        catalogue.refresh(folder, fold)
        assert catalogue.sittings() == before

    kept = path.with_name("c.sqlite.broken-1")
    assert kept.exists() == bool(notice)
    if notice:
        assert kept.read_bytes() == content
        assert "c.sqlite.broken-1" in notice


@pytest.mark.parametrize("content", [b"this is no database, but it is long enough to be one" * 50, b"\0" * 5000, b"x"])
def test_something_else_under_the_name_is_kept(tmp_path: Path, content: bytes):
    path = tmp_path / "c.sqlite"
    for n_before in range(2):
        path.write_bytes(content)
        with Catalogue.open(path) as catalogue:
            assert catalogue.sittings() == []
            assert catalogue.notice
        assert path.with_name(f"c.sqlite.broken-{n_before + 1}").read_bytes() == content


def test_a_database_of_another_program_is_kept(tmp_path: Path):
    path = tmp_path / "c.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.commit()
    other.close()

    with Catalogue.open(path) as catalogue:
        assert "another version or program" in catalogue.notice
        assert catalogue.sittings() == []


def test_a_catalogue_that_somebody_else_holds_is_not_taken_for_damaged(
    tmp_path: Path, setup: Setup, make_recording: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    from daq.store import database

    monkeypatch.setattr(database, "_BUSY_S", 0.05)
    path = tmp_path / "c.sqlite"
    recording = make_recording("run-1")
    with Catalogue.open(path) as catalogue:
        holder = sqlite3.connect(path)
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(FileError, match="cannot be used now"):
            catalogue.add_sitting(recording, setup, [], [])
        holder.rollback()
        holder.close()
        catalogue.add_sitting(recording, setup, [], [])
        assert len(catalogue.sittings()) == 1


def test_the_catalogue_is_private(tmp_path: Path):
    Catalogue.open(tmp_path / "c.sqlite").close()

    assert (tmp_path / "c.sqlite").stat().st_mode & 0o777 == 0o600
