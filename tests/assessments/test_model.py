"""A test as a file: names that do not exist are named with the file, the key and what was meant."""

import pytest

from daq.assessments.model import assessment_ids, load_assessment
from daq.errors import FileError


@pytest.fixture
def grip_file(tmp_path):
    """The grip test as a file with one line changed: ``grip_file(old, new)``."""
    from importlib import resources

    text = (resources.files("daq.assessments") / "grip.toml").read_text(encoding="utf-8")

    def change(old: str, new: str) -> str:
        assert old in text
        path = tmp_path / "mine.toml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return str(path)

    return change


@pytest.mark.parametrize("name", assessment_ids())
def test_every_test_that_comes_with_the_program_loads(name):
    assert load_assessment(name).id == name


@pytest.mark.parametrize(
    ("old", "new", "key", "near"),
    [
        ('"peak_force_100ms", "plateau', '"peak_force_100", "plateau', "metrics", "peak_force_100ms"),
        ('primary = "peak_force"', 'primary = "peak_forse"', "primary", "peak_force"),
        ('"rfd_peak_20ms", "impulse_0_200ms",\n]', '"rfd_peak_20", "impulse_0_200ms",\n]', "asymmetry_of", "rfd_peak_20ms"),
    ],
)
def test_a_metric_that_does_not_exist_is_refused_with_the_nearest_name(grip_file, old, new, key, near):
    path = grip_file(old, new)

    with pytest.raises(FileError) as caught:
        load_assessment(path)

    said = str(caught.value)
    assert path in said
    assert f"at {key}:" in said
    assert f"did you mean '{near}'?" in said


def test_a_metric_of_another_kind_of_test_is_refused(grip_file):
    with pytest.raises(FileError, match="no metric 'rsi_modified' for a pull"):
        load_assessment(grip_file('"peak_force", "peak_force_100ms", "plateau_force", "peak', '"rsi_modified", "peak'))


def test_a_primary_metric_that_is_not_computed_is_refused(grip_file):
    with pytest.raises(FileError, match="'peak_force_at_total_peak' is not among its metrics"):
        load_assessment(grip_file('primary = "peak_force"', 'primary = "peak_force_at_total_peak"'))
