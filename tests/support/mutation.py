"""Every number in the metrics, changed one at a time, to the list of those that no test notices. ``make mutation``.

A number is multiplied by 1.1 (a whole number: plus 1; zero: 1). Each change runs the tests of metrics and assessments in a
process of its own, with the changed module in place of the file; a change that no test notices is a survivor and is printed.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TextIO

ROOT = Path(__file__).parents[2]
TESTS = ("tests/metrics", "tests/assessments")
LONGEST_S = 180


@dataclass(frozen=True)
class Mutant:
    """One changed number: where it stands, and what it becomes."""

    path: Path
    line: int
    column: int
    end: int
    old: str
    new: str

    @property
    def module(self) -> str:
        """Dotted name of the module."""
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")

    def source(self) -> str:
        """The module with the changed number."""
        lines = self.path.read_text(encoding="utf-8").split("\n")
        row = lines[self.line - 1].encode()
        lines[self.line - 1] = (row[: self.column] + self.new.encode() + row[self.end :]).decode()
        return "\n".join(lines)

    def __str__(self) -> str:
        """File, line and change in one line."""
        text = self.path.read_text(encoding="utf-8").split("\n")[self.line - 1].strip()
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.old} -> {self.new}: {text}"


def mutants(path: Path) -> Iterator[Mutant]:
    """Every number of a file, once."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {id(node) for outer in ast.walk(tree) for node in _not_numbers(outer)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or isinstance(node.value, bool) or id(node) in skipped:
            continue
        if not isinstance(node.value, int | float) or node.end_lineno != node.lineno or node.end_col_offset is None:
            continue
        value = node.value
        changed = repr(value + 1) if isinstance(value, int) else repr(value * 1.1 if value else 1.0)
        yield Mutant(path, node.lineno, node.col_offset, node.end_col_offset, repr(value), changed)


def _not_numbers(node: ast.AST) -> Iterator[ast.AST]:
    """Numbers that stand for no quantity: places in an array or tuple, sizes of caches, steps of slices."""
    if isinstance(node, ast.Subscript):
        yield from ast.walk(node.slice)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "lru_cache":
        yield from ast.walk(node)


class _Replaced(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module from changed source."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant, self._code = mutant, compile(mutant.source(), str(mutant.path), "exec")

    def find_spec(self, name: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if name != self._mutant.module:
            return None
        is_package = self._mutant.path.name == "__init__.py"
        spec = importlib.util.spec_from_loader(name, self, is_package=is_package, origin=str(self._mutant.path))
        if spec is not None and is_package:
            spec.submodule_search_locations = [str(self._mutant.path.parent)]
        return spec

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self._mutant.path)
        exec(self._code, module.__dict__)  # noqa: S102, our own source with one number changed


def started(mutant: Mutant, tests: Sequence[str]) -> int:
    """Process that tries one changed number; it ends with 0 when no test notices."""
    child = os.fork()
    if child == 0:
        os._exit(_in_child(mutant, tests))
    return child


def survivors(found: Sequence[Mutant], tests: Sequence[str], *, jobs: int) -> Iterator[Mutant]:
    """The changed numbers that no test notices, as they are found."""
    running: dict[int, Mutant] = {}
    waiting, n_done = list(reversed(found)), 0
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            running[started(mutant, tests)] = mutant
        child, status = os.wait()
        mutant, n_done = running.pop(child), n_done + 1
        if os.waitstatus_to_exitcode(status) == 0:
            yield mutant
        if n_done % 50 == 0:
            _say(f"{n_done} of {len(found)} ...", sys.stderr)


def _say(words: str, where: TextIO) -> None:
    where.write(words + "\n")
    where.flush()


def _in_child(mutant: Mutant, tests: Sequence[str]) -> int:
    import pytest

    signal.alarm(LONGEST_S)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    try:
        sys.meta_path.insert(0, _Replaced(mutant))
        return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=1", *tests]))
    except BaseException:  # noqa: BLE001, a module that does not load is noticed
        return 1


def main() -> int:
    """Change numbers and print the survivors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", default=["daq/metrics"], help="files or folders, default daq/metrics")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--tests", nargs="*", default=TESTS)
    wanted = parser.parse_args()
    files = [f for p in wanted.paths for f in (sorted((ROOT / p).rglob("*.py")) if (ROOT / p).is_dir() else [ROOT / p])]
    found = [mutant for path in files for mutant in mutants(path)]
    # Loaded once here, every child starts with them.
    import numpy as np  # noqa: F401
    import pytest  # noqa: F401
    import scipy.special  # noqa: F401

    unchanged = Mutant(files[0], 1, 0, 0, "", "")
    if os.waitstatus_to_exitcode(os.waitpid(started(unchanged, wanted.tests), 0)[1]) != 0:
        _say("mutation: the tests fail without any change; mend them first.", sys.stderr)
        return 1
    n = 0
    for mutant in survivors(found, wanted.tests, jobs=wanted.jobs):
        n += 1
        _say(f"survived  {mutant}", sys.stdout)
    _say(f"{len(found)} numbers changed, {n} survived", sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
