"""One TOML file to one assessment: sides, repetitions, prompts, detector, methods, metrics, quality gates."""

from __future__ import annotations

import difflib
import tomllib
from enum import StrEnum
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from daq.errors import FileError, UsageError
from daq.metrics.catalogue import metric_names
from daq.rig import first_complaint


class Kind(StrEnum):
    """The family of the analysis."""

    JUMP = "jump"
    PULL = "pull"


class Sides(StrEnum):
    """Both limbs at once, or one after the other."""

    TOGETHER = "together"
    ALTERNATE = "alternate"


class Detection(BaseModel):
    """How an effort is found while force flows; times in s, forces in N."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start_n: float = Field(gt=0, description="pull: an effort begins above this; jump: the plate counts as loaded above this")
    end_share: float = Field(default=0.5, gt=0, lt=1, description="pull: the effort ends below this share of its peak")
    min_s: float = Field(default=0.3, ge=0, description="shorter efforts are not counted")
    max_s: float = Field(default=60.0, gt=0)
    lead_s: float = Field(default=3.0, ge=0, description="kept before the effort, for weighing or baseline")
    tail_s: float = Field(default=1.5, ge=0, description="kept after it")


class Prompts(BaseModel):
    """What the person is told; ``{side}`` stands for LEFT or RIGHT."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    instruction: str
    load: str = "STEP ON"
    ready: str
    go: str
    hint: str = ""


class Assessment(BaseModel):
    """A test as data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    name: str
    kind: Kind
    sides: Sides
    instrument: str = Field(default="plate", pattern="^(plate|cell)$")
    cue: str = "fast_and_hard"
    repetitions: int = Field(default=3, ge=1)
    max_repetitions: int = Field(default=5, ge=1)
    rest_s: float = Field(default=15.0, ge=0)
    weigh: bool = False
    detection: Detection
    prompts: Prompts
    methods: dict[str, str] = Field(default_factory=dict)
    primary: str
    metrics: tuple[str, ...]
    asymmetry_of: tuple[str, ...] = ()
    index: str = "asym.max_denominator"
    bands: dict[str, tuple[float, float]] = Field(default_factory=dict)

    def with_methods(self, pinned: dict[str, str]) -> Assessment:
        """The same test with other rules, ``{family: id}``; the ids are checked by the analysis."""
        return self.model_copy(update={"methods": {**self.methods, **pinned}})


def assessment_ids() -> list[str]:
    """The tests that come with the program."""
    return sorted(
        p.name.removesuffix(".toml") for p in resources.files("daq.assessments").iterdir() if p.name.endswith(".toml")
    )


def load_assessment(name: str) -> Assessment:
    """The test called ``name``, or the one in the file ``name`` when it ends with .toml.

    Raises
    ------
    UsageError
        No test has that name.
    FileError
        The file says something that a test cannot be; the message names file and key.
    """
    if name.endswith(".toml"):
        path = Path(name)
    elif name in assessment_ids():
        path = Path(str(resources.files("daq.assessments") / f"{name}.toml"))
    else:
        raise UsageError(f"There is no assessment called {name!r}; there are: {', '.join(assessment_ids())}.")
    try:
        test = Assessment.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise FileError(f"The assessment {path} cannot be read: {error.strerror}.", path=path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileError(f"The assessment {path} is no valid TOML: {error}.", path=path) from error
    except ValidationError as error:
        raise FileError(f"The assessment {path} is wrong at {first_complaint(error)}.", path=path) from error
    _check_names(test, path)
    return test


def _check_names(test: Assessment, path: Path) -> None:
    """Every metric that the file names exists for this kind of test, and the primary one is computed."""
    known = metric_names(test.kind.value)
    for key, names in (("metrics", test.metrics), ("primary", (test.primary,)), ("asymmetry_of", test.asymmetry_of)):
        wrong = next((name for name in names if name not in known), None)
        if wrong is not None:
            near = difflib.get_close_matches(wrong, known, n=1, cutoff=0.0)[0]
            raise FileError(
                f"The assessment {path} is wrong at {key}: there is no metric {wrong!r} for a {test.kind.value};"
                f" did you mean {near!r}?",
                path=path,
            )
    if test.primary not in test.metrics:
        raise FileError(
            f"The assessment {path} is wrong at primary: {test.primary!r} is not among its metrics; add it.", path=path
        )
