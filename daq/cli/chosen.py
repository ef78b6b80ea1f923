"""Words of the command line to the test that was meant, with the rules that were pinned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from daq.errors import UsageError

if TYPE_CHECKING:
    from daq.assessments.model import Assessment

AssessmentOption = Annotated[
    str, typer.Option("--assessment", "-a", metavar="TEST", help="A test by its id (daq tests lists them), or a TOML file.")
]
MethodOption = Annotated[
    list[str] | None,
    typer.Option("--method", metavar="FAMILY=ID", help="Pin a rule, for example flight=fixed_20n. May be repeated."),
]


def pair_of(option: str, word: str, *, example: str, shape: str = "NAME=VALUE") -> tuple[str, str]:
    """``NAME=VALUE`` in two, UsageError where it is not.

    >>> pair_of("--method", "flight=fixed_20n", example="flight=fixed_20n")
    ('flight', 'fixed_20n')
    """
    name, equals, value = (part.strip() for part in word.partition("="))
    if not (name and equals and value):
        raise UsageError(f"{option} {word!r} should look like {shape}, for example {example}.")
    return name, value


def methods_from(words: list[str] | None) -> dict[str, str]:
    """``FAMILY=ID`` words as a table, checked against the rules that exist."""
    from daq.metrics.methods import check_methods

    pairs = [pair_of("--method", word, example="flight=fixed_20n", shape="FAMILY=ID") for word in words or []]
    return check_methods(dict(pairs))


def load_test(name: str) -> Assessment:
    """The test called ``name``: of the program, of the person's own folder, or a TOML file."""
    from daq.assessments.model import load_assessment
    from daq.store.locations import assessments_folder

    return load_assessment(name, own=assessments_folder())


def chosen_test(name: str, methods: list[str] | None = None) -> Assessment:
    """The test with its rules pinned and checked."""
    from daq.assessments.analysis import checked_assessment

    # The ids are normalised before they meet those of the file, so that an alias replaces and does not stand beside.
    return checked_assessment(load_test(name).with_methods(methods_from(methods)))
