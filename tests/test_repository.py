"""The house itself: what the wheel ships, how long files are, what help costs, and that documents tell the truth."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
SOURCES = [p for folder in ("daq", "drivers", "calibration") for p in (REPOSITORY / folder).rglob("*.py")]
VERBS = ["live", "record", "replay", "analyze", "tests", "simulate", "devices", "sessions", "export"]


def test_the_wheel_ships_the_three_packages_and_nothing_else():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    shipped = {Path(str(f)).parts[0] for f in distribution("limb-daq").files or []}
    tops = {top for top in shipped if not top.endswith((".dist-info", ".pth")) and top not in ("..", "__pycache__")}

    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"] == ["daq", "drivers", "calibration"]
    assert tops <= {"daq", "drivers", "calibration"}


def test_data_files_are_found_where_the_package_is_installed():
    from daq.assessments.model import assessment_ids

    assert {"cmj", "grip", "sl_cmj"} <= set(assessment_ids())


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_a_file_is_about_300_lines_at_most_and_says_what_it_is(path):
    lines = path.read_text(encoding="utf-8").splitlines()

    assert len(lines) <= 330
    assert lines[0].startswith(('"""', 'r"""'))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb):
    done = subprocess.run([sys.executable, "-m", "daq", verb, "--help"], capture_output=True, text=True, check=True)

    assert "Example" in done.stdout
    assert f"daq {verb}" in done.stdout


def test_the_help_names_every_verb_and_the_readme_does_too():
    done = subprocess.run([sys.executable, "-m", "daq", "--help"], capture_output=True, text=True, check=True)
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")

    for verb in VERBS:
        assert re.search(rf"^\s+{verb}\b", done.stdout, re.MULTILINE)
        assert f"`daq {verb}`" in readme


def test_links_between_documents_lead_somewhere():
    for page in [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("*/*.md"), *REPOSITORY.glob("tests/*/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_files_that_the_walk_names_exist():
    walk = (REPOSITORY / "docs" / "the-line.md").read_text(encoding="utf-8")

    for name in re.findall(r"`((?:daq|drivers|calibration)/[\w/]+\.py)`", walk):
        assert (REPOSITORY / name).exists(), name
