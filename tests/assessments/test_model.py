"""A test as a file: what is wrong with it is named with the file, the line, the key and what was meant."""

from importlib import resources
from pathlib import Path

import pytest

from daq.assessments.library import source_of, sources
from daq.assessments.model import assessment_ids, load_assessment, read_assessment
from daq.errors import FileError, UsageError

# A test of our own, so that a change of the tests that come with the program changes nothing here.
GRIP = """\
id = "grip"
name = "Grip strength"
kind = "pull"
sides = "alternate"
instrument = "cell"
repetitions = 3
max_repetitions = 5
rest_s = 15.0
primary = "peak_force"
index = "asym.max_denominator"

metrics = [
    "peak_force", "peak_force_100ms", "plateau_force", "peak_force_net",
    "rfd_0_100ms", "rfd_peak_20ms", "rfd_20_80_percent",
    "impulse_0_200ms",
]
asymmetry_of = [
    "peak_force",
    "rfd_peak_20ms", "impulse_0_200ms",
]

[detection]
start_n = 20.0
end_share = 0.5
min_s = 0.3
max_s = 20.0

[prompts]
instruction = "Sit, the {side} hand around the handle."
ready = "Any time now."
go = "SQUEEZE {side}"

[bands]
peak_force = [10.0, 15.0]
"""


def text_of(name: str) -> str:
    if name == "grip":
        return GRIP
    return (resources.files("daq.assessments") / f"{name}.toml").read_text(encoding="utf-8")


@pytest.fixture
def changed(tmp_path):
    """A test of the program as a file with one piece changed: ``changed(old, new)``; ``line`` is where it stands."""

    def change(old: str, new: str, *, name: str = "grip", ending: str = "\n") -> Path:
        text = text_of(name)
        assert old in text
        path = tmp_path / "mine.toml"
        path.write_bytes(text.replace(old, new, 1).replace("\n", ending).encode())
        return path

    return change


def complaint(path: Path) -> FileError:
    with pytest.raises(FileError) as caught:
        load_assessment(str(path))
    return caught.value


def line_in(path: Path, piece: str) -> int:
    return path.read_text().split(piece)[0].count("\n") + 1


@pytest.mark.parametrize("name", assessment_ids())
def test_every_test_that_comes_with_the_program_loads(name):
    assert load_assessment(name).id == name


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ('"peak_force_100ms", "plateau', '"peak_force_100", "plateau', "metrics", "did you mean 'peak_force_100ms'?"),
        ('"peak_force_100ms", "plateau', '"peak_force", "plateau', "metrics", "there twice"),
        ('primary = "peak_force"', 'primary = "peak_forse"', "primary", "did you mean 'peak_force'?"),
        ('"rfd_peak_20ms", "impulse_0_200ms",\n]', '"rfd_peak_20",\n]', "asymmetry_of", "did you mean 'rfd_peak_20ms'?"),
        ('kind = "pull"', 'kind = "pul"', "kind", "did you mean 'pull'?"),
        ('sides = "alternate"', 'sides = "both"', "sides", "'together' or 'alternate'"),
        ('index = "asym', 'cue = "fast_and_hart"\nindex = "asym', "cue", "did you mean 'fast_and_hard'?"),
        ('index = "asym', 'cue = "fast"\nindex = "asym', "cue", "is none of 'fast_and_hard'"),
        ('instrument = "cell"', 'instrument = "cel"', "instrument", "plate or cell"),
        ("repetitions = 3\n", "repetitions = 9\n", "repetitions", "more than max_repetitions"),
        ("repetitions = 3\n", 'repetitions = "three"\n', "repetitions", "whole number"),
        ("rest_s = 15.0", "rest = 15.0", "rest", "did you mean 'rest_s'?"),
        ("start_n = 20.0", "start_n = -1", "detection.start_n", "more than 0"),
        ("end_share = 0.5", "end_shar = 0.5", "detection.end_shar", "did you mean 'end_share'?"),
        ("max_s = 20.0", "max_s = 0.1", "detection.min_s", "not shorter than max_s"),
        ("SQUEEZE {side}", "SQUEEZE {seite}", "prompts.go", "{seite} is unknown"),
        ("SQUEEZE {side}", "SQUEEZE {side", "prompts.go", "stands alone"),
        ("peak_force = [10.0, 15.0]", "peak_forc = [10.0, 15.0]", "bands.peak_forc", "did you mean 'peak_force'?"),
        ("peak_force = [10.0, 15.0]", "peak_force = [15.0, 10.0]", "bands.peak_force", "lower border first"),
        ("peak_force = [10.0, 15.0]", "peak_force = [10.0]", "bands.peak_force", "two numbers"),
        ("[bands]", "[bands]\nprimary = 1", "bands.primary", "belongs to the top of the file"),
        ("[bands]", '[methods]\nonset = "treshold"\n[bands]', "methods.onset", "onset.threshold_interpolated"),
        ("[bands]", '[methods]\nflight = "fixed_20n"\n[bands]', "methods.flight", "does not fit a pull"),
        ("[bands]", '[methods]\ncue = "hard"\n[bands]', "methods.cue", "belongs to the top of the file"),
        ("[bands]", "[gates]\npeak_lat_s = 4.0\n[bands]", "gates.peak_lat_s", "did you mean 'peak_late_s'?"),
        ("[bands]", '[gates]\npeak_late_s = "4"\n[bands]', "gates.peak_late_s", "should be a number"),
        ("[bands]", "[gates]\npeak_late_s = nan\n[bands]", "gates.peak_late_s", "should be a number"),
        ('index = "asym', 'weigh = "yes"\nindex = "asym', "weigh", "true or false"),
        ('index = "asym', 'phases = ["ris"]\nindex = "asym', "phases", "did you mean 'rise'?"),
        ('index = "asym', 'enter = ["lever_arm"]\nindex = "asym', "enter", "did you mean 'lever_arm_m'?"),
        ('index = "asym', 'shown = ["peak_power"]\nindex = "asym', "shown", "not among its metrics"),
        ("asym.max_denominator", "asym.max_denominater", "index", "did you mean 'max_denominator'?"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_key_and_what_was_meant(changed, old, new, key, said):
    path = changed(old, new)

    error = complaint(path)

    assert str(path) in str(error)
    assert f" at {key}: " in str(error)
    assert said in str(error)
    piece = next(piece for piece in (key.rpartition(".")[2], new) if piece in path.read_text())
    text = path.read_text().splitlines()
    assert error.line is not None
    is_list = key in {"metrics", "asymmetry_of"}
    assert (new.split(",")[0] if is_list else piece) in text[error.line - 1] or piece in text[error.line - 1]


def test_a_decimal_comma_is_called_by_its_name(changed):
    error = complaint(changed("rest_s = 15.0", "rest_s = 15,0"))

    assert "a number has a decimal point" in str(error)
    assert error.line is not None


def test_an_entry_of_a_long_list_has_its_own_line(changed):
    path = changed('"rfd_peak_20ms", "rfd_20_80_percent"', '"rfd_peak_20ms", "rfd_20_80_percents"')

    assert complaint(path).line == line_in(path, '"rfd_20_80_percents"')


def test_lines_are_counted_the_same_in_a_file_from_windows(changed):
    path = changed("[bands]\npeak_force =", "[bands]\npeak_forc =", ending="\r\n")

    assert complaint(path).line == line_in(path, "peak_forc =")


def test_a_metric_of_another_kind_of_test_is_refused_and_its_kind_is_named(changed):
    error = complaint(changed('"peak_force_100ms", "plateau_force"', '"rsi_modified"'))

    assert "no metric 'rsi_modified' for a pull; it is one of a jump." in str(error)


def test_a_metric_of_another_kind_is_not_taken_for_a_misspelt_one(changed):
    error = complaint(changed('"rsi_modified"', '"contact_time"', name="cmj"))

    assert "no metric 'contact_time' for a jump; it is one of a drop_jump." in str(error)


def test_a_primary_metric_that_is_not_computed_is_refused(changed):
    error = complaint(changed('primary = "peak_force"', 'primary = "force_at_onset"'))
    other = complaint(
        changed('    "peak_force", "peak_force_100ms", "plateau_force"', '    "peak_force_100ms", "plateau_force"')
    )

    assert "at primary" in str(error)
    assert "'peak_force' is not among its metrics" in str(other)


def test_a_value_of_the_whole_body_cannot_be_compared_left_with_right(changed):
    error = complaint(changed("asymmetry_of = [\n", 'asymmetry_of = [\n    "rsi_modified",\n', name="cmj"))

    assert "is a value of the whole body" in str(error)


@pytest.mark.parametrize(
    ("ratio", "key", "said"),
    [
        ('metric = "peak_forc"\nother_test = "cmj"\nother_metric = "peak_force"', "metric", "did you mean 'peak_force'?"),
        ('metric = "peak_force"\nother_test = "cmjj"\nother_metric = "peak_force"', "other_test", "no test 'cmjj'"),
        ('metric = "peak_force"\nother_test = "cmj"\nother_metric = "peak_forc"', "other_metric", "cmj has no metric"),
    ],
)
def test_a_ratio_names_metrics_and_a_test_that_exist(changed, ratio, key, said):
    path = changed("[bands]", f'[[ratios]]\nname = "to_jump"\n{ratio}\n[bands]')

    error = complaint(path)

    assert f"at ratios.{key}: " in str(error)
    assert said in str(error)
    assert error.line == line_in(path, f"\n{key} =") + 1


def test_several_faults_are_all_found_in_the_order_of_the_file(changed):
    path = changed('primary = "peak_force"', 'primary = "no"')
    path.write_text(path.read_text().replace("{side} hand", "{hand} hand").replace("peak_force = [10.0", "peak_force = [99.0"))

    test, wrong = read_assessment(source_of(str(path)))

    assert test is not None
    assert [each.key for each in wrong] == ["primary", "prompts.instruction", "bands.peak_force"]
    assert [each.line for each in wrong] == sorted(each.line for each in wrong)
    assert "(2 more: daq tests --check" in str(complaint(path))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "pull"', "kind = pull", "put a text in quotes"),
        ('kind = "pull"', 'kind "pull"', "followed by ="),
        ('kind = "pull"', 'kind = "pull', "add the quote at its end"),
        ('kind = "pull"', 'kind = "pull"\nkind = "jump"', "there twice"),
        ('kind = "pull"', 'kind = "pull" "jump"', "something behind the value"),
        ("[detection]", "[detection", "should end with ]"),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_its_line_and_in_plain_words(changed, old, new, said):
    path = changed(old, new)

    error = complaint(path)

    assert said in str(error)
    assert error.line == line_in(path, new) + new.count("\n")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a = " + b"[" * 5000, b"\x00", b"id = 3\n", b"[[id]]\n"])
def test_a_file_that_is_no_test_is_refused_in_one_sentence(tmp_path, content):
    path = tmp_path / "odd.toml"
    path.write_bytes(content)

    assert len(str(complaint(path)).splitlines()) == 1


def test_a_file_that_is_not_there_is_said(tmp_path):
    assert "cannot be read" in str(complaint(tmp_path / "none.toml"))


def test_a_test_of_a_persons_own_folder_is_found_by_its_id(tmp_path):
    (tmp_path / "my_grip.toml").write_text(text_of("grip").replace('id = "grip"', 'id = "my_grip"'))

    assert load_assessment("my_grip", own=tmp_path).id == "my_grip"
    assert [source.id for source in sources(tmp_path) if source.is_own] == ["my_grip"]


def test_a_test_of_ones_own_never_stands_in_for_one_of_the_program_unseen(tmp_path):
    (tmp_path / "grip.toml").write_text(text_of("grip").replace("Grip strength", "Something else"))

    with pytest.raises(UsageError, match=r"Two tests are called grip.*my_grip"):
        load_assessment("grip", own=tmp_path)
    assert load_assessment(str(tmp_path / "grip.toml"), own=tmp_path).name == "Something else"
    assert load_assessment("cmj", own=tmp_path).id == "cmj"


def test_the_id_of_a_test_of_ones_own_is_the_name_of_its_file(tmp_path):
    (tmp_path / "squeeze.toml").write_text(text_of("grip"))

    with pytest.raises(FileError, match=r"at id: 'grip' is not the name of its file"):
        load_assessment("squeeze", own=tmp_path)


def test_a_test_that_does_not_exist_is_told_with_the_nearest(tmp_path):
    with pytest.raises(UsageError, match="did you mean grip"):
        load_assessment("gripp", own=tmp_path)


def test_a_ratio_may_name_another_test_of_ones_own(tmp_path):
    ratio = '[[ratios]]\nname = "r"\nmetric = "peak_force"\nother_test = "second"\nother_metric = "peak_force"\n[bands]'
    (tmp_path / "first.toml").write_text(text_of("grip").replace('id = "grip"', 'id = "first"').replace("[bands]", ratio))
    (tmp_path / "second.toml").write_text(text_of("grip").replace('id = "grip"', 'id = "second"'))

    assert load_assessment("first", own=tmp_path).ratios[0].other_test == "second"


def test_a_rule_for_the_height_chooses_the_primary_height():
    test = load_assessment("cmj")

    assert test.with_methods({"height": "height.flight_time"}).primary == "jump_height_flight_time"
    assert load_assessment("grip").with_methods({"height": "height.flight_time"}).primary == "peak_force"
