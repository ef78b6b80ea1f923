"""Sittings, trials and values to an index that can be searched; it can be deleted and made again from the recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import DatabaseError

import calibration
from daq.errors import DaqError
from daq.metrics.value import Value
from daq.session.setup import Setup
from daq.session.snapshot import TrialView
from daq.store import schema
from daq.store.database import open_database, unusable
from daq.store.journal import Action, Entry, excluded
from daq.store.journal import read as read_journal
from daq.store.locations import sitting_id as id_of
from daq.store.people import NAME as PEOPLE
from daq.store.people import load as load_people
from daq.store.rows import Best, add_devices, best_values, fingerprint_of, forget, sitting_row, trial_row
from daq.store.writer import SUFFIX

Fold = Callable[[Path], tuple[Setup, Sequence[TrialView], Sequence[Value]]]
"""A recording folded again: what the catalogue indexes."""

Progress = Callable[[int, int, Path], None]
"""Called before each recording is folded: how many are done, how many there are, which comes now."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One recording as a line in a list. ``problem`` says why it could not be folded, "" where it could."""

    id: str
    recording: str
    started_utc: str
    person: str
    assessment: str
    primary: str
    n_trials: int
    n_kept: int
    best: tuple[Best, ...]
    problem: str


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One trial with its values as records."""

    number: int
    limb: str
    start_s: float
    stop_s: float
    status: str
    is_kept: bool
    is_best: bool
    verdict: str
    reasons: tuple[str, ...]
    values: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a rebuild or refresh did: sittings added, and one sentence for each recording that could not be folded."""

    n_added: int
    problems: tuple[str, ...]


class Catalogue:
    """An open catalogue; close it, or use it in a ``with`` statement.

    ``notice`` says what happened to a damaged file, "" = nothing.
    """

    def __init__(self, engine: Engine, path: Path, notice: str) -> None:
        self._engine = engine
        self.path = path
        self.notice = notice

    @classmethod
    def open(cls, path: Path) -> Catalogue:
        """The catalogue at ``path``, made when absent; a damaged one is kept as NAME.broken-N and begun anew.

        Raises
        ------
        FileError
            The folder cannot be written, or another program holds the catalogue.
        """
        engine, notice = open_database(path)
        return cls(engine, path, notice)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except DatabaseError as error:
            raise unusable(self.path, error) from error

    def add_sitting(
        self,
        recording: Path,
        setup: Setup,
        trials: Sequence[TrialView],
        summary: Sequence[Value],
        *,
        edits: Sequence[Entry] = (),
    ) -> str:
        """Index a recording, replacing what was known of it; its id, which depends on the file name alone.

        ``edits`` are its entries of the journal: exclusions decide over ``is_kept``, notes are indexed.

        Raises
        ------
        FileError
            The catalogue cannot be written.
        """
        sitting_id = id_of(recording)
        decided = excluded(edits)
        kept = {t.number: not decided.get(t.number, not t.is_kept) for t in trials}
        with self._begin() as connection:
            forget(connection, sitting_id)
            row = sitting_row(recording, setup, n_trials=len(trials), n_kept=sum(kept.values()), edits=edits)
            connection.execute(insert(schema.sittings), {"id": sitting_id, **row})
            add_devices(connection, sitting_id, setup)
            for trial in trials:
                connection.execute(insert(schema.trials), trial_row(sitting_id, trial, is_kept=kept[trial.number]))
            records = [{"trial": t.number, **v.as_record()} for t in trials for v in t.result.values]
            records += [{"trial": None, **v.as_record()} for v in summary]
            if records:
                connection.execute(insert(schema.values), [{"sitting_id": sitting_id, **r} for r in records])
            for note in edits:
                if note.action is Action.NOTE:
                    row = {"sitting_id": sitting_id, "trial": note.trial, "at_utc": note.at_utc, "text": note.text}
                    connection.execute(insert(schema.notes), row)
        return sitting_id

    def add_problem(self, recording: Path, sentence: str, *, edits: Sequence[Entry] = ()) -> str:
        """Index a recording that could not be folded, so that it is listed and not tried again each time; its id."""
        sitting_id = id_of(recording)
        with self._begin() as connection:
            forget(connection, sitting_id)
            row = sitting_row(recording, None, n_trials=0, n_kept=0, edits=edits, problem=sentence)
            connection.execute(insert(schema.sittings), {"id": sitting_id, **row})
        return sitting_id

    def set_people(self, names: Mapping[str, str]) -> None:
        """Replace the names that stand for the pseudonyms."""
        with self._begin() as connection:
            connection.execute(delete(schema.people))
            if names:
                connection.execute(insert(schema.people), [{"id": person, "name": name} for person, name in names.items()])

    def forget(self, recording: str) -> None:
        """Remove the recording called ``recording`` (a file name) from the index."""
        with self._begin() as connection:
            forget(connection, id_of(Path(recording)))

    def sittings(self, *, person: str = "") -> list[Sitting]:
        """All sittings, the newest first; of one person, when named."""
        query = select(schema.sittings).order_by(schema.sittings.c.started_utc.desc(), schema.sittings.c.recording.desc())
        if person:
            query = query.where(schema.sittings.c.person == person)
        with self._begin() as connection:
            rows = connection.execute(query).mappings().all()
            best = best_values(connection)
        return [
            Sitting(
                id=row["id"],
                recording=row["recording"],
                started_utc=row["started_utc"],
                person=row["person"],
                assessment=row["assessment"],
                primary=row["primary_metric"],
                n_trials=row["n_trials"],
                n_kept=row["n_kept"],
                best=tuple(best.get(row["id"], ())),
                problem=row["problem"],
            )
            for row in rows
        ]

    def trials(self, sitting_id: str) -> list[TrialRow]:
        """The trials of a sitting with their values, in order."""
        values: dict[int | None, list[Mapping[str, Any]]] = {}
        for record in self._values(sitting_id):
            values.setdefault(record["trial"], []).append(record)
        query = select(schema.trials).where(schema.trials.c.sitting_id == sitting_id).order_by(schema.trials.c.number)
        with self._begin() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            TrialRow(
                number=row["number"],
                limb=row["limb"],
                start_s=row["start_s"],
                stop_s=row["stop_s"],
                status=row["status"],
                is_kept=row["is_kept"],
                is_best=row["is_best"],
                verdict=row["verdict"],
                reasons=tuple(row["reasons"]),
                values=tuple(values.get(row["number"], ())),
            )
            for row in rows
        ]

    def summary(self, sitting_id: str) -> list[Mapping[str, Any]]:
        """The values of a sitting as a whole, as records."""
        return [record for record in self._values(sitting_id) if record["trial"] is None]

    def notes(self, sitting_id: str) -> list[tuple[int | None, str, str]]:
        """The notes of a sitting as (trial, when, text)."""
        table = schema.notes
        with self._begin() as connection:
            query = (
                select(table.c.trial, table.c.at_utc, table.c.text).where(table.c.sitting_id == sitting_id).order_by(table.c.id)
            )
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]

    def _values(self, sitting_id: str) -> list[Mapping[str, Any]]:
        query = select(schema.values).where(schema.values.c.sitting_id == sitting_id).order_by(schema.values.c.id)
        with self._begin() as connection:
            rows = connection.execute(query).mappings().all()
        return [{key: x for key, x in row.items() if key not in {"id", "sitting_id"}} for row in rows]

    def refresh(self, folder: Path, fold: Fold, *, progress: Progress | None = None) -> Refreshed:
        """Index the recordings in ``folder`` that are new or have changed, and drop those that are gone.

        One that cannot be folded is indexed with the reason; it does not stop the others.

        Raises
        ------
        FileError
            The catalogue cannot be written.
        """
        edits = read_journal(folder)
        people = load_people(folder.parent / PEOPLE)
        found = {path.name: path for path in sorted(folder.glob(f"*{SUFFIX}"))}
        with self._begin() as connection:
            table = schema.sittings
            known = {row[0]: row[1] for row in connection.execute(select(table.c.recording, table.c.fingerprint))}
        for name in known.keys() - found.keys():
            self.forget(name)
        due = [path for name, path in found.items() if known.get(name) != fingerprint_of(path, edits.of(name))]
        problems: list[str] = []
        for n_done, path in enumerate(due):
            if progress is not None:
                progress(n_done, len(due), path)
            try:
                setup, trials, summary = fold(path)
            except (DaqError, calibration.CalibrationError) as error:
                problems.append(str(error))
                self.add_problem(path, str(error), edits=edits.of(path.name))
            else:
                self.add_sitting(path, setup, trials, summary, edits=edits.of(path.name))
        self.set_people(people.names)
        return Refreshed(len(due) - len(problems), tuple(problems))

    def rebuild(self, folder: Path, fold: Fold, *, progress: Progress | None = None) -> Refreshed:
        """Forget everything and index every recording in ``folder`` again.

        Raises
        ------
        FileError
            The catalogue cannot be written.
        """
        with self._begin() as connection:
            for table in reversed(schema.metadata.sorted_tables):
                connection.execute(delete(table))
        return self.refresh(folder, fold, progress=progress)
