from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daq.errors import FileError, UsageError
from daq.store import journal, people
from daq.store.journal import Action, Entry
from daq.store.people import People

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NOTE = Entry("2025-03-01T10:00:00Z", "run.mcap", Action.NOTE, text="knee taped – links")
EXCLUDE = Entry("2025-03-01T10:01:00Z", "run.mcap", Action.EXCLUDE, trial=2, text="slipped")
MOVE = Entry("2025-03-01T10:02:00Z", "other.mcap", Action.MOVE, trial=1, marker="onset", t_s=12.345678)


def test_entries_come_back_as_they_were_made(folder: Path):
    for entry in (NOTE, EXCLUDE, MOVE):
        journal.append(folder, entry)

    found = journal.read(folder)

    assert found.entries == (NOTE, EXCLUDE, MOVE)
    assert found.damaged == ()
    assert found.of("other.mcap") == (MOVE,)
    assert stat.S_IMODE((folder / "journal.jsonl").stat().st_mode) == 0o600


@quick
@given(text=st.text(), marker=st.text(max_size=5), trial=st.none() | st.integers(1, 99), t_s=st.none() | st.floats(-1e9, 1e9))
def test_any_text_is_one_line(
    tmp_path_factory: pytest.TempPathFactory, text: str, marker: str, trial: int | None, t_s: float | None
):
    place = tmp_path_factory.mktemp("journal")
    entry = Entry("2025", "run.mcap", Action.NOTE, trial=trial, marker=marker, t_s=t_s, text=text)

    journal.append(place, entry)

    assert journal.read(place).entries == (entry,)


def test_a_journal_cut_at_any_byte_keeps_its_whole_lines_and_takes_new_ones(folder: Path):
    for entry in (NOTE, EXCLUDE):
        journal.append(folder, entry)
    path = folder / "journal.jsonl"
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for n_bytes in range(first, len(whole)):
        path.write_bytes(whole[:n_bytes])
        journal.append(folder, MOVE)
        found = journal.read(folder)
        assert found.entries[0] == NOTE
        assert found.entries[-1] == MOVE
        assert len(found.entries) + len(found.damaged) == (2 if n_bytes == first else 3)


def test_a_journal_that_does_not_exist_is_empty(tmp_path: Path):
    assert journal.read(tmp_path) == journal.Journal()


@quick
@given(noise=st.binary(max_size=80))
def test_noise_in_a_journal_is_counted_not_raised(tmp_path: Path, noise: bytes):
    (tmp_path / "journal.jsonl").write_bytes(noise + b"\n")

    found = journal.read(tmp_path)

    assert found.entries == ()
    n_lines = sum(bool(line.strip()) for line in noise.decode("utf-8", "replace").split("\n"))
    assert len(found.damaged) == n_lines


def test_the_last_word_on_a_trial_counts():
    include = Entry("t", "run.mcap", Action.INCLUDE, trial=2)
    again = Entry("t", "run.mcap", Action.EXCLUDE, trial=3)

    assert journal.excluded([NOTE, EXCLUDE, include, again]) == {2: False, 3: True}


def test_a_person_gets_a_pseudonym_that_finds_the_name(tmp_path: Path):
    path = tmp_path / "people.toml"

    _, one = people.add(path, 'Ünal "Quick" O\'Neill\\')
    people.add(path, "Second", person="S 2")

    found = people.load(path)
    assert found.names == {one: 'Ünal "Quick" O\'Neill\\', "s-2": "Second"}
    assert found.resolve("second") == "s-2"
    assert found.resolve(one) == one
    assert found.name_of("p-unknown") == "p-unknown"
    assert one.startswith("p-")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nobody_and_two_people_of_one_name_are_told():
    found = People({"a": "Kim", "b": "kim"})

    with pytest.raises(UsageError, match="More than one person"):
        found.resolve("Kim")
    with pytest.raises(UsageError, match="No person"):
        found.resolve("Lee")
    with pytest.raises(UsageError, match="No person"):
        found.resolve("\x1b]52;c;x\x07")


def test_an_identifier_is_never_given_twice(tmp_path: Path):
    people.add(tmp_path / "people.toml", "One", person="a")

    with pytest.raises(UsageError, match="belongs to somebody else"):
        people.add(tmp_path / "people.toml", "Two", person="a")


@quick
@given(name=st.text(min_size=1))
def test_any_name_survives_the_file_or_is_refused(tmp_path_factory: pytest.TempPathFactory, name: str):
    path = tmp_path_factory.mktemp("people") / "people.toml"

    try:
        now, person = people.add(path, name)
    except UsageError:
        return

    assert people.load(path) == now
    assert now.names[person]


@pytest.mark.parametrize("content", ["people = 3", "[people]\na = 1", "[people", "\ud800"])
def test_a_damaged_list_of_people_is_one_sentence(tmp_path: Path, content: str):
    path = tmp_path / "people.toml"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))

    with pytest.raises(FileError, match="people"):
        people.load(path)
