"""Wrong words on the command line, and readers that go away."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from daq.cli.main import usage_sentence
from daq.wording import nearest, plain_words

Daq = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("frob", "There is no verb frob; see daq --help"),
        ("recrod", "There is no verb recrod (did you mean record?); see daq --help"),
        ("record --bogus", "There is no option --bogus; see daq record --help"),
        ("record --seconds soon", "--seconds should be a number; see daq record --help"),
        ("record --trials few", "--trials should be a whole number; see daq record --help"),
        ("record --trials 0", "--trials should be 1 or more; see daq record --help"),
        ("record --rig", "--rig needs a value; see daq record --help"),
        ("record --json=3", "--json takes no value; see daq record --help"),
        ("export", "RECORDING is missing; see daq export --help"),
        ("replay a b", "There are words too many: b; see daq replay --help"),
    ],
)
def test_wrong_usage_is_one_sentence_that_names_the_help(daq: Daq, words: str, sentence: str):
    assert daq(*words.split()) == (2, "", f"daq: {sentence}\n")


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["record", "--help"], ["sessions", "-h"], ["--version"]])
def test_help_and_version_are_no_errors(daq: Daq, words: list[str]):
    code, out, err = daq(*words)

    assert (code, err) == (0, "")
    assert "limb-daq" in out or out.startswith("Usage: daq")


def test_no_words_at_all_show_the_help(daq: Daq):
    code, out, err = daq()

    assert code == 2
    assert "daq live --simulate" in out + err


@pytest.mark.parametrize("verb", ["live", "record", "replay", "analyze", "simulate", "devices", "sessions", "export"])
def test_help_names_what_to_type_and_no_types(daq: Daq, verb: str):
    out = daq(verb, "--help")[1]

    assert "TEXT" not in out
    assert "<" not in out.replace("[x<=", "").replace("<=x", "")


def test_the_help_of_record_tells_both_ends_apart(daq: Daq):
    out = " ".join(daq("record", "--help")[1].split())

    assert "until the test is complete; with --seconds, for that time instead" in out


def test_a_reader_that_goes_away_ends_it_quietly():
    words = f"{sys.executable} -m daq simulate --list | head -1; echo ${{PIPESTATUS[0]}}"

    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["Drivers:", "0"]
    assert done.stderr == ""


def test_a_reader_that_never_reads_ends_it_quietly():
    words = f"sleep 0 | ({sys.executable} -m daq record --help; echo $? >&2) | true"

    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, check=True)

    assert done.stderr == "0\n"


def test_a_complaint_that_is_not_known_stays_as_it_is():
    assert usage_sentence("Something else.") == "Something else"
    assert plain_words("Something else") == "Something else"


def test_the_nearest_word_is_suggested_and_a_far_one_is_not():
    assert nearest("adress", ["name", "address", "driver"]) == "address"
    assert nearest("colour", ["name", "address", "driver"]) == ""
