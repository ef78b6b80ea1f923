"""What a schema or the TOML parser complains of to line, key and a sentence that says what to write instead."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from daq.assessments.toml_lines import Place, line_of
from daq.wording import nearest, plain_words

_POSITION = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)\s*")
_COMMA = re.compile(r"\s*[\w.-]+\s*=\s*[+-]?\d+,\d+\s*(#.*)?")
_PATTERNS = {
    "^(plate|cell)$": "should be plate or cell",
    "^[a-z0-9_]+$": "should be small letters, digits and _ only",
}
_SYNTAX = (
    (
        "Invalid value",
        "after the = stands nothing that TOML knows: put a text in quotes, write 0.5 for a number, true or false",
    ),
    ("Expected '=' after a key", "a key should be followed by = and its value"),
    ("Expected newline or end of document", "there is something behind the value: one key a line, and a text in quotes"),
    ("Unclosed array", "the list is not closed: a comma between entries and a ] at its end"),
    ("Unterminated string", "a text is not closed: add the quote at its end"),
    ("Illegal character '\\n'", "a text is not closed: add the quote at its end"),
    ("Cannot overwrite a value", "this key is there twice: keep one"),
    ("Cannot declare", "this [table] is there twice: put its keys together"),
    ("Cannot mutate immutable", "this table is written twice in different ways: put its keys together"),
    ("Expected ']'", "the table's name should end with ]"),
    ("Unclosed inline table", "the table is not closed: add } at its end"),
    ("Invalid initial character for a key part", "a key should be a word of letters, digits and _"),
    ("Invalid statement", "a line should be a [table] or KEY = VALUE"),
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong at a place of the file; ``line`` counts from 1, None where no line says it."""

    place: Place
    sentence: str
    line: int | None = None

    @property
    def key(self) -> str:
        """The place as a person writes it: ``detection.start_n``."""
        names = [str(part) for part in self.place if isinstance(part, str)]
        return ".".join(names)

    def located(self, lines: Mapping[Place, int]) -> Complaint:
        """The same with its line."""
        return Complaint(self.place, self.sentence, line_of(lines, self.place))

    def text(self) -> str:
        """``line 3, metrics: ...``."""
        where = [*([f"line {self.line}"] if self.line is not None else []), *([self.key] if self.key else [])]
        return f"{', '.join(where)}: {self.sentence}" if where else self.sentence


def of_syntax(error: tomllib.TOMLDecodeError, text: str) -> Complaint:
    """The complaint of the TOML parser.

    >>> try:
    ...     _ = tomllib.loads("id = cmj")
    ... except tomllib.TOMLDecodeError as error:
    ...     print(of_syntax(error, "id = cmj").text()[:48])
    line 1: after the = stands nothing that TOML kno
    """
    found = _POSITION.search(str(error))
    said = _POSITION.sub("", str(error)).strip()
    line = int(found[1]) if found is not None and found[1] else text.rstrip("\n").count("\n") + 1
    if _COMMA.fullmatch(text.splitlines()[line - 1]):
        return Complaint((), "a number has a decimal point: write 15.5, not 15,5", line)
    sentence = next((words for start, words in _SYNTAX if said.startswith(start)), said[:1].lower() + said[1:])
    return Complaint((), sentence, line)


def of_schema(error: ValidationError, schema: type[BaseModel]) -> list[Complaint]:
    """The complaints of a schema, each with what was probably meant."""
    return [Complaint(_place(each["loc"]), _sentence(each, schema)) for each in error.errors(include_url=False)]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` or, where nothing is near, the full stop.

    >>> did_you_mean("peak_forse", ["peak_force", "rfd_0_50ms"])
    "; did you mean 'peak_force'?"
    """
    near = nearest(word, known)
    return f"; did you mean {near!r}?" if near else "."


def _place(loc: Sequence[str | int]) -> Place:
    # A key that is missing in a dictionary's value comes with pydantic's own word for it.
    return tuple(part for part in loc if part != "[key]")


def _sentence(each: ErrorDetails, schema: type[BaseModel]) -> str:
    kind, context = each["type"], each.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(str(each["loc"][-1]), _fields(schema, each["loc"][:-1]), top=tuple(schema.model_fields))
    if kind == "enum":
        return f"{_shown(each['input'])} is none of {context['expected']}{did_you_mean(str(each['input']), _quoted(context))}"
    if kind == "string_pattern_mismatch":
        return f"{_shown(each['input'])} {_PATTERNS.get(str(context.get('pattern')), plain_words(each['msg']))}."
    if kind in {"missing", "too_short", "too_long"} and each["loc"][:1] == ("bands",) and len(each["loc"]) > 1:
        return "should be two numbers: [LOW, HIGH]."
    if len(each["loc"]) > 1 and each["loc"][1] in schema.model_fields and each["loc"][0] in _TABLES_OF_NAMES:
        return _belongs_to_the_top(str(each["loc"][1]))
    said = plain_words(each["msg"])
    return f"{said}." if said == "is missing" or not said.startswith("should") else f"{said}, not {_shown(each['input'])}."


_TABLES_OF_NAMES = ("methods", "gates", "bands")


def _unknown(word: str, known: Sequence[str], *, top: Sequence[str]) -> str:
    if word not in known and word in top:
        return _belongs_to_the_top(word)
    listed = did_you_mean(word, known)
    return f"there is no such key{listed}" if listed != "." else f"there is no such key; there are: {', '.join(known)}."


def _belongs_to_the_top(word: str) -> str:
    return f"{word} belongs to the top of the file, above the first line in [brackets]."


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 40 else f"{text[:37]}..."  # noqa: PLR2004, a long list is no help


def _quoted(context: Mapping[str, Any]) -> list[str]:
    return re.findall(r"'([^']*)'", str(context.get("expected", "")))


def _fields(schema: type[BaseModel], loc: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that the table at ``loc`` may have."""
    model: type[BaseModel] = schema
    for part in loc:
        if isinstance(part, int) or part not in model.model_fields:
            continue
        inner = _model_in(model.model_fields[part].annotation)
        if inner is None:
            return ()
        model = inner
    return tuple(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)
