"""The line of every key: the same places as the parser finds, each on the line where it was written."""

import tomllib
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.assessments.toml_lines import line_of, lines_of

KEYS = st.sampled_from(["a", "b_1", "c-d", '"e f"', "'g.h'", '"\\u00e9"'])
SCALARS = st.sampled_from(
    [
        "1",
        "-0.5e3",
        "true",
        "inf",
        "1979-05-27 07:32:00",
        '"x"',
        '"] } # \\" \\\\"',
        "'no # } ]'",
        '"""two\n\nlines "q" """',
        "'''\nn\n'''",
    ]
)


def _values(depth: int) -> st.SearchStrategy[str]:
    if depth == 0:
        return SCALARS
    inner = _values(depth - 1)
    gap = st.sampled_from(["", " ", "\n  ", "  # a comment ] }\n"])
    lists = st.lists(st.tuples(gap, inner, gap), max_size=3).map(
        lambda parts: "[" + "".join(f"{before}{value}{after}," for before, value, after in parts) + "]"
    )
    tables = st.dictionaries(KEYS, inner, max_size=2).map(
        lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
    )
    return st.one_of(SCALARS, lists, tables)


@st.composite
def documents(draw: st.DrawFn) -> str:
    lines = []
    for key, value in draw(st.dictionaries(KEYS, _values(2), max_size=4)).items():
        lines.append(f"{key}={value}")
    for n in range(draw(st.integers(0, 3))):
        is_array, key = draw(st.booleans()), draw(KEYS)
        name = f"t{n if not is_array else ''}.{key}" if not is_array else "rows"
        lines.append(draw(st.sampled_from(["", "  # [no.table]"])))
        lines.append(f"[[{name}]]" if is_array else f"[ {name} ]  # {{")
        for inner, value in draw(st.dictionaries(KEYS, _values(1), max_size=3)).items():
            lines.append(f"\t{inner} . x = {value} # = 1" if draw(st.booleans()) else f"{inner} = {value}")
    return "\n".join(lines) + "\n"


def _places(table: object, place: tuple = ()) -> set:
    found = {place} if place else set()
    if isinstance(table, dict):
        found |= {inner for key, value in table.items() for inner in _places(value, (*place, key))}
    if isinstance(table, list):
        found |= {inner for n, value in enumerate(table) for inner in _places(value, (*place, n))}
    return found


@settings(max_examples=150, deadline=None)
@given(documents())
def test_every_place_that_the_parser_finds_has_a_line_and_no_other(text):
    assert set(lines_of(text)) == _places(tomllib.loads(text))


@settings(max_examples=50, deadline=None)
@given(documents(), st.integers(1, 5))
def test_lines_put_before_a_text_move_every_place_by_as_many(text, n):
    moved = lines_of("# a comment\n" * n + text)

    assert moved == {place: line + n for place, line in lines_of(text).items()}


def test_each_key_stands_on_the_line_where_it_is_written():
    text = 'id = "x"\r\nlist = [\r\n  1,\r\n  # two\r\n  2,\r\n]\r\n[a.b]\r\nc = 1\r\n[[r]]\r\n[[r]]\r\nk = {z = 1}\r\n'

    lines = lines_of(text)

    assert (lines["list",], lines["list", 0], lines["list", 1]) == (2, 3, 5)
    assert (lines["a", "b"], lines["a", "b", "c"]) == (7, 8)
    assert (lines["r", 0], lines["r", 1], lines["r", 1, "k", "z"]) == (9, 10, 11)


def test_a_place_that_is_not_written_has_the_line_of_what_is_around_it():
    lines = lines_of("[detection]\nstart_n = 1.0\n")

    assert line_of(lines, ("detection", "min_s")) == 1
    assert line_of(lines, ("prompts", "go")) is None


@pytest.mark.parametrize("text", ["a = [1, ", "a", "[", '"', "a = {", "[[x]", "= 1"])
def test_a_text_that_is_no_toml_raises_nothing(text):
    assert isinstance(lines_of(text), dict)


def test_every_place_of_every_test_of_the_program_has_a_line():
    for path in resources.files("daq.assessments").iterdir():
        if path.name.endswith(".toml"):
            text = path.read_text(encoding="utf-8")
            assert set(lines_of(text)) == _places(tomllib.loads(text)), path.name
