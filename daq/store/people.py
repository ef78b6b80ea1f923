"""Pseudonyms to names: ``people.toml``, the only file that knows who a person is; private to its owner."""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from daq.errors import FileError, UsageError
from daq.store.files import lock_waiting, private_folder, read_text, reason, written_whole
from daq.units import clean_name, slug

NAME = "people.toml"
_HEAD = "# Who is who. The recordings hold only the identifiers on the left.\n[people]\n"


@dataclass(frozen=True, slots=True)
class People:
    """Identifier -> display name."""

    names: Mapping[str, str] = field(default_factory=dict)

    def name_of(self, person: str) -> str:
        """The display name, or the identifier itself where there is none."""
        return self.names.get(person) or person

    def resolve(self, words: str) -> str:
        """The identifier meant by an identifier or a display name (capitals do not matter).

        Raises
        ------
        UsageError
            Nobody, or more than one person, is meant.
        """
        if words in self.names:
            return words
        wanted = clean_name(words).casefold()
        found = [person for person, name in self.names.items() if wanted and wanted in {name.casefold(), person.casefold()}]
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"More than one person is called {clean_name(words)!r}: {', '.join(found)}. Use the identifier.")
        raise UsageError(f"No person is called {clean_name(words)!r}. The command daq sessions shows who has recordings.")


def load(path: Path) -> People:
    """The people in ``path``; none when the file does not exist.

    Raises
    ------
    FileError
        The file cannot be read or is damaged.
    """
    text = read_text(path, what="The list of people", missing=str)
    try:
        table = tomllib.loads(text).get("people", {})
    except tomllib.TOMLDecodeError as error:
        raise FileError(f"The list of people {path} is no valid TOML: {error}. Correct it by hand.", path=path) from error
    if not isinstance(table, dict) or not all(isinstance(name, str) for name in table.values()):
        message = f'In the list of people {path}, each line under [people] should look like p-1a2b3c = "Name".'
        raise FileError(message, path=path)
    return People({slug(person): clean_name(name) for person, name in table.items()})


def add(path: Path, name: str, *, person: str = "") -> tuple[People, str]:
    """Give ``name`` an identifier (``person``, or a new random one) and store it: the people now, and the identifier.

    Raises
    ------
    UsageError
        The name is empty, or the identifier belongs to somebody else.
    FileError
        The file cannot be read or written.
    """
    shown = clean_name(name)
    if not shown:
        raise UsageError("A person needs a name with at least one letter.")
    private_folder(path.parent)
    try:
        guard = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise FileError(f"The list of people {path} cannot be written: {reason(error)}.", path=path) from error
    try:
        lock_waiting(guard)
        return _add(path, shown, slug(person) if person else "")
    finally:
        os.close(guard)


def _add(path: Path, shown: str, person: str) -> tuple[People, str]:
    names = dict(load(path).names)
    if person and names.get(person, shown) != shown:
        raise UsageError(f"The identifier {person} belongs to somebody else; choose another.")
    while not person:
        drawn = f"p-{secrets.token_hex(3)}"
        person = "" if drawn in names else drawn
    names[person] = shown
    lines = "".join(f"{_quoted(key)} = {_quoted(value)}\n" for key, value in sorted(names.items()))
    with written_whole(path) as file:
        file.write((_HEAD + lines).encode())
    return People(names), person


def _quoted(text: str) -> str:
    # Names are clean (no control characters), so a basic TOML string needs two escapes.
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
