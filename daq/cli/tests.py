"""``daq tests``: the tests there are, one as a person reads it, a copy to change, and what is wrong with a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from daq.errors import DaqError, UsageError

if TYPE_CHECKING:
    from daq.assessments.library import Source
    from daq.assessments.model import Assessment

_EXAMPLES = "Examples:  daq tests     daq tests cmj     daq tests --new my_cmj --from cmj     daq tests --check my_cmj"
_ID_WIDTH, _NAME_WIDTH = 20, 34

# Kind of a test to the heading it stands under.
_GROUPS = {
    "jump": "Jumps", "squat_jump": "Jumps", "drop_jump": "Jumps", "hops": "Jumps", "landing": "Jumps", "pull": "Strength",
    "repetitions": "Endurance", "contractions": "Endurance", "hold": "Endurance", "stance": "Balance",
}  # fmt: skip
_HAND, _OWN = "Grip and pinch", "Your own"
_ORDER = ("Jumps", "Strength", _HAND, "Endurance", "Balance", _OWN)


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("tests", epilog=_EXAMPLES)(show_tests)


def show_tests(  # noqa: PLR0917, typer gives options by name, whatever their place
    test: Annotated[str, typer.Argument(metavar="TEST", help="Show this one: an id of the list, or a TOML file.")] = "",
    new: Annotated[str, typer.Option("--new", metavar="ID", help="Write a test of your own, as a copy to change.")] = "",
    like: Annotated[str, typer.Option("--from", metavar="TEST", help="With --new: the test to copy.")] = "",
    check: Annotated[str, typer.Option("--check", metavar="FILE", help="Say everything that is wrong with a file.")] = "",
    metrics: Annotated[str, typer.Option("--metrics", metavar="KIND", help="List what a kind of test can tell, as jump.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the tests; show one; write a test of your own.

    A test of your own is a TOML file in the folder that the list names. Its id is found by -a ID, as any other.
    """
    given = [name for name, word in (("TEST", test), ("--new", new), ("--check", check), ("--metrics", metrics)) if word]
    if len(given) > 1:
        raise UsageError(f"Choose one of {' and '.join(given)}.")
    if like and not new:
        raise UsageError("--from goes with --new ID: the id of your own test.")
    if new:
        _write(new, like)
    elif check:
        raise typer.Exit(_check(check, as_json=as_json))
    elif metrics:
        from daq.cli.one_test import print_metrics

        print_metrics(metrics, as_json=as_json)
    elif test:
        from daq.cli.one_test import print_test

        print_test(test, as_json=as_json)
    else:
        _list(as_json=as_json)


def _write(new: str, like: str) -> None:
    from daq.cli.new_test import write_copy
    from daq.store.locations import assessments_folder

    if not like:
        raise UsageError("--new needs a test to begin from: --from cmj, for example.")
    path = write_copy(new, like, folder=assessments_folder())
    print(f"Your test is in {path}")
    print(f"Change it with any editor, then:  daq tests --check {new}     daq live --simulate -a {new}")


def _check(word: str, *, as_json: bool) -> int:
    from daq.assessments.library import source_of
    from daq.assessments.model import read_assessment
    from daq.store.locations import assessments_folder

    own = assessments_folder()
    # A double id is no obstacle here: the file that is to be repaired is the one in the folder.
    mine = own / f"{word}.toml"
    source = source_of(str(mine) if not word.endswith(".toml") and mine.is_file() else word, own)
    test, wrong = read_assessment(source, own=own)
    double = _double(source, test)
    if as_json:
        told = [{"line": each.line, "key": each.key or None, "message": each.sentence} for each in wrong]
        print(json.dumps({"file": str(source.path), "is_valid": not wrong, "complaints": told, "note": double or None}))
        return 1 if wrong else 0
    if double:
        print(f"Note: {double}")
    if test is not None and not wrong:
        n = len(test.metrics)
        print(f"{source.path} is in order: {test.name}, {n} metric{'s' if n > 1 else ''}, the main one {test.primary}.")
        return 0
    print(f"{source.path}")
    for each in wrong:
        print(f"  {each.text()}")
    return 1


def _double(source: Source, test: Assessment | None) -> str:
    from daq.assessments.library import assessment_ids

    if source.is_own and test is not None and test.id in assessment_ids():
        return f"limb-daq has a test {test.id}, too; give yours another id, for example my_{test.id}."
    return ""


def _list(*, as_json: bool) -> None:
    from daq.assessments.library import sources
    from daq.store.locations import assessments_folder

    own = assessments_folder()
    rows = [_row(source, own) for source in sources(own)]
    if as_json:
        print(json.dumps({"folder": str(own), "tests": rows}))
        return
    for group in _ORDER:
        mine = [row for row in rows if row["group"] == group]
        if mine or group == _OWN:
            print(f"{group}, in {own}" if group == _OWN else group)
        for row in mine:
            print(_line(row))
    if not any(row["group"] == _OWN for row in rows):
        print("  none yet; make one with: daq tests --new my_cmj --from cmj")
    print("\nMore of one:  daq tests cmj")


def _line(row: dict[str, Any]) -> str:
    if row["error"]:
        return f"  {row['id']:<{_ID_WIDTH}} cannot be used: {row['error']}"
    return f"  {row['id']:<{_ID_WIDTH}} {row['name']:<{_NAME_WIDTH}} {row['sides_words']:<10} {row['sensor']}".rstrip()


def _row(source: Source, own: Path) -> dict[str, Any]:
    """One test of the list; a file that is wrong says so and does not hide the others."""
    from daq.assessments.model import load_assessment

    row: dict[str, Any] = {"id": source.id, "path": str(source.path), "from": "own" if source.is_own else "limb-daq"}
    empty = {"name": "", "kind": "", "sides": "", "sides_words": "", "sensor": "", "group": _OWN, "error": ""}
    try:
        test = load_assessment(source.id, own=own)
    except DaqError as error:
        return {**row, **empty, "error": str(error)}
    return {**row, **empty, **words_of(test), "group": _OWN if source.is_own else group_of(test)}


def words_of(test: Assessment) -> dict[str, str]:
    """Name, kind, sides and sensor of a test in words."""
    sides = {"together": "both", "alternate": "each side"}[test.sides.value]
    sensor = "hand sensor" if test.hand_held else {"plate": "force plate", "cell": "load cell"}.get(test.instrument, "")
    return {"name": test.name, "kind": test.kind.value, "sides": test.sides.value, "sides_words": sides, "sensor": sensor}


def group_of(test: Assessment) -> str:
    """The heading that a test of the program stands under."""
    return _HAND if test.hand_held and test.kind.value == "pull" else _GROUPS[test.kind.value]
