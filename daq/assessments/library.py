"""A word to the file of a test: those that come with the program, and a person's own in a folder."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from daq.errors import UsageError
from daq.units import clean_name
from daq.wording import nearest

SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a test is written; ``is_own`` says that a person wrote it, ``is_double`` that a test of the program has its id."""

    id: str
    path: Path
    is_own: bool = False
    is_double: bool = False

    @property
    def from_where(self) -> str:
        """For a person: the program, or the file."""
        return str(self.path) if self.is_own else "limb-daq"


def assessment_ids() -> list[str]:
    """The tests that come with the program."""
    return sorted(p.name.removesuffix(SUFFIX) for p in resources.files("daq.assessments").iterdir() if p.name.endswith(SUFFIX))


def sources(own: Path | None = None) -> list[Source]:
    """Every test: those of the program by id, then those in the folder ``own`` by id."""
    ids = assessment_ids()
    built_in = [Source(name, _of_the_program(name)) for name in ids]
    if own is None or not own.is_dir():
        return built_in
    files = sorted(path for path in own.glob(f"*{SUFFIX}") if path.is_file() and not path.name.startswith("."))
    return built_in + [Source(path.stem, path, is_own=True, is_double=path.stem in ids) for path in files]


def source_of(name: str, own: Path | None = None) -> Source:
    """The test called ``name``, or the file ``name`` when it ends with .toml.

    Raises
    ------
    UsageError
        No test has that name, or one of the program and one of ``own`` both have it.
    """
    if name.endswith(SUFFIX):
        path = Path(name).expanduser()
        if own is not None and not path.exists() and path.name == name and (own / name).exists():
            path = own / name
        return Source(path.stem, path, is_own=True)
    known = sources(own)
    double = next((source for source in known if source.id == name and source.is_double), None)
    if double is not None:
        raise UsageError(
            f"Two tests are called {name}: the one of limb-daq and your file {double.path}."
            f" Give yours another name and id, for example my_{name}."
        )
    found = next((source for source in known if source.id == name), None)
    if found is not None:
        return found
    near = nearest(name, [source.id for source in known])
    hint = f"did you mean {near}? All tests: daq tests" if near else "daq tests lists them."
    raise UsageError(f"There is no test called {clean_name(name)!r}; {hint}")


def metrics_of(name: str, own: Path | None = None) -> Sequence[str] | None:
    """The metrics that the file of the test ``name`` lists, unchecked; None where there is no such test."""
    try:
        listed = tomllib.loads(source_of(name, own).path.read_text(encoding="utf-8")).get("metrics", ())
    except (UsageError, OSError, ValueError):
        return None
    return [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else ()


def _of_the_program(name: str) -> Path:
    return Path(str(resources.files("daq.assessments") / f"{name}{SUFFIX}"))
