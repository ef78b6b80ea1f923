"""A test that exists to a commented copy under another id, for a person to change."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from daq.errors import FileError, UsageError

if TYPE_CHECKING:
    from daq.assessments.library import Source

_ID = re.compile(r"[a-z0-9_]+")
_HEAD = """\
# {name}: a test of your own, begun as a copy of {like}.
# After every change:   daq tests --check {id}
# It is found by:       daq live -a {id}     daq analyze FILE -a {id} ...
# What this kind of test can tell:   daq tests --metrics {kind}

"""
# Key (or table) to what a person should know before changing it.
_COMMENTS = {
    "id": "the word behind -a; it is also the name of this file",
    "name": "what screens and reports call it",
    "kind": "how events are found: {kinds}",
    "sides": "together: both limbs at once; alternate: one side after the other",
    "instrument": "plate or cell",
    "cue": "fast_and_hard, or hard: then no rates of rise are given",
    "repetitions": "trials wanted, of each side in a one-sided test; max_repetitions when they differ a lot",
    "rest_s": "seconds between two trials",
    "weigh": "true: the person stands still for one second before the first effort",
    "hand_held": "true: a grip or pinch, with the limits of a hand sensor",
    "primary": "the metric that chooses the best trial; it should be in the list below",
    "index": "the formula of every left-right difference in percent",
    "metrics": "what is computed, the most important first: the first ones are shown in the terminal",
    "asymmetry_of": "of these, left is compared with right",
    "phases": "names of the phases, in order",
    "enter": "what is typed in with a trial",
    "detection": "how an effort is found while force flows: newtons and seconds",
    "prompts": "what the person is told; {{side}} becomes LEFT or RIGHT",
    "methods": 'rules by family, for example onset = "noise_relative_5sd"; left out: the default rule',
    "gates": "limits of the quality gates, over those of the kind",
    "bands": "from which difference in percent the words change: [worth looking at, large]",
    "ratios": "a ratio to the result of another test on the same day",
}  # fmt: skip


def write_copy(new: str, like: str, *, folder: Path) -> Path:
    """Write a copy of the test ``like`` as ``new`` into ``folder`` and return its path.

    Raises
    ------
    UsageError
        The id is taken or is none, or there is no test ``like``.
    FileError
        The file cannot be written.
    """
    from daq.assessments.library import assessment_ids, source_of
    from daq.assessments.model import load_assessment

    if _ID.fullmatch(new) is None:
        raise UsageError(f"The id {new!r} should be small letters, digits and _ only, for example my_cmj.")
    if new in assessment_ids():
        raise UsageError(f"limb-daq has a test {new} already; choose another id, for example my_{new}.")
    path = folder / f"{new}.toml"
    if path.exists():
        raise UsageError(f"You have a test {new} already, in {path}; choose another id, or change that one.")
    source = source_of(like, folder)
    load_assessment(like, own=folder)
    text = commented(source, new)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise FileError(f"The test {path} cannot be written: {error.strerror}.", path=path) from error
    return path


def commented(source: Source, new: str) -> str:
    """The text of a test with another id, and a comment above each key that stands in the top of the file."""
    import tomllib

    from daq.assessments.toml_lines import lines_of
    from daq.metrics.families import KINDS

    text = source.path.read_text(encoding="utf-8-sig")
    table = tomllib.loads(text)
    name = f"{table['name']} ({new})"
    above = {line: place[0] for place, line in reversed(lines_of(text).items()) if len(place) == 1}
    lines = [_HEAD.format(name=name, like=table["id"], id=new, kind=table["kind"])]
    told: set[str | int] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        key = above.get(number)
        if isinstance(key, str) and key not in told and key in _COMMENTS:
            told.add(key)
            lines.append(f"# {_COMMENTS[key].format(kinds=', '.join(KINDS))}\n")
        if key == "id":
            lines.append(f'id = "{new}"\n')
        elif key == "name":
            lines.append(f"name = {_quoted(name)}\n")
        else:
            lines.append(f"{line}\n")
    return "".join(lines)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
