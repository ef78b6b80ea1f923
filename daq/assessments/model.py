"""One TOML file to one assessment: sides, repetitions, prompts, detector, methods, metrics, quality gates."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError

from daq.assessments.checks import HEIGHT, complaints
from daq.assessments.library import Source, assessment_ids, metrics_of, source_of
from daq.assessments.schema_errors import Complaint, of_schema, of_syntax
from daq.assessments.toml_lines import lines_of
from daq.errors import FileError

__all__ = [
    "Assessment", "Cue", "Detection", "Kind", "Prompts", "Ratio", "Sides", "assessment_ids", "load_assessment",
    "read_assessment",
]  # fmt: skip


_PEAKS = (
    "peak_force", "peak_contact_force", "landing_peak_force", "rep_peak_force_best", "nordic_peak_force_best", "initial_force",
)  # fmt: skip
_N_SHOWN = 4
# Against a limit that is no number every comparison fails, one way or the other.
GateLimit = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Kind(StrEnum):
    """The family of the analysis."""

    JUMP = "jump"
    SQUAT_JUMP = "squat_jump"
    DROP_JUMP = "drop_jump"
    HOPS = "hops"
    LANDING = "landing"
    PULL = "pull"
    REPETITIONS = "repetitions"
    CONTRACTIONS = "contractions"
    HOLD = "hold"
    STANCE = "stance"


class Sides(StrEnum):
    """Both limbs at once, or one after the other."""

    TOGETHER = "together"
    ALTERNATE = "alternate"


class Cue(StrEnum):
    """What the person is asked for; rates of rise are only given for the fast one."""

    FAST_AND_HARD = "fast_and_hard"
    HARD = "hard"
    RAMP = "ramp"
    SUBMAXIMAL_TARGET = "submaximal_target"
    LAND_SOFTLY = "land_softly"
    STAND_STILL = "stand_still"


class Detection(BaseModel):
    """How an effort is found while force flows; times in s, forces in N."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start_n: float = Field(gt=0, description="pull: an effort begins above this; plate: it counts as loaded above this")
    end_share: float = Field(default=0.5, gt=0, lt=1, description="pull, hold: the effort ends below this share of its peak;"
                             " stance: of the load")  # fmt: skip
    min_s: float = Field(default=0.3, ge=0, description="shorter efforts (in a series: shorter repetitions) are not counted")
    max_s: float = Field(default=60.0, gt=0, description="pull, hold and series: an effort is cut after this")
    lead_s: float = Field(default=3.0, ge=0, description="kept before the effort, for weighing or baseline")
    tail_s: float = Field(default=1.5, ge=0, description="kept after it, at most")
    still_s: float = Field(default=2.0, gt=0, description="standing still that long ends the tail of a jump or landing, and"
                           " begins a stance")  # fmt: skip
    end_s: float = Field(default=2.0, gt=0, description="hops: a contact that long ends the series; repetitions, contractions:"
                         " a pause that long does")  # fmt: skip
    duration_s: float = Field(default=30.0, gt=0, description="stance: ends after this; hold: how long it is asked for")


class Pace(BaseModel):
    """What is counted for the person: seconds down to the start; work and rest of a series, how often."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    countdown_s: float = Field(default=0.0, ge=0, le=10, description="READY counts down from here; 0 = any time now")
    work_s: float = Field(default=0.0, ge=0, description="a beat: so long each contraction lasts; 0 = no beat")
    rest_s: float = Field(default=0.0, ge=0, description="and so long the pause after it")
    count: int = Field(default=0, ge=0, description="repetitions, contractions or hops wanted within one effort; 0 = free")


class Prompts(BaseModel):
    """What the person is told; ``{side}`` stands for LEFT or RIGHT."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    instruction: str
    load: str = "STEP ON"
    ready: str
    go: str
    hint: str = ""


class Ratio(BaseModel):
    """A ratio of this test's value to that of another test on the same day: ``name = this / other``, or the reverse."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    metric: str
    other_test: str
    other_metric: str
    is_inverted: bool = Field(default=False, description="other / this")
    orientation: tuple[float, ...] = Field(default=(), description="values under discussion in the field, off by default")


class Assessment(BaseModel):
    """A test as data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    name: str
    kind: Kind
    sides: Sides
    instrument: str = Field(default="plate", pattern="^(plate|cell)$")
    cue: Cue = Cue.FAST_AND_HARD
    repetitions: int = Field(default=3, ge=1)
    max_repetitions: int = Field(default=5, ge=1)
    rest_s: float = Field(default=15.0, ge=0)
    weigh: StrictBool = False
    hand_held: StrictBool = Field(default=False, description="grip and pinch: the limits of a hand dynamometer, and handedness")
    phases: tuple[str, ...] = Field(default=(), description="names of the phases in order; default those of the kind")
    gates: dict[str, GateLimit] = Field(default_factory=dict, description="limits of the quality gates, over those of the kind")
    enter: tuple[str, ...] = Field(default=(), description="quantities a person types in with a trial")
    ratios: tuple[Ratio, ...] = Field(default=(), description="ratios to the result of another test")
    detection: Detection
    pace: Pace = Field(default_factory=Pace)
    prompts: Prompts
    methods: dict[str, str] = Field(default_factory=dict)
    primary: str
    metrics: tuple[str, ...]
    asymmetry_of: tuple[str, ...] = ()
    shown: tuple[str, ...] = Field(default=(), description="metrics that a terminal shows; default the first ones")
    index: str = "asym.max_denominator"
    bands: dict[str, tuple[float, float]] = Field(default_factory=dict)

    @property
    def is_on_plate(self) -> bool:
        """Whoever is tested stands on what measures."""
        return self.instrument == "plate"

    @property
    def is_weighed(self) -> bool:
        """An effort begins after standing still on the plate."""
        return self.weigh or self.kind in {Kind.JUMP, Kind.SQUAT_JUMP, Kind.HOPS, Kind.STANCE}

    @property
    def has_flight(self) -> bool:
        """The person is in the air before, in or after the effort: a foot that is merely lifted looks alike."""
        return self.kind in {Kind.JUMP, Kind.SQUAT_JUMP, Kind.DROP_JUMP, Kind.HOPS, Kind.LANDING}

    @property
    def has_rest(self) -> bool:
        """The pause after an effort is timed; after single jumps it is not: getting ready again is pause enough."""
        return self.kind is Kind.HOPS or not self.has_flight

    @property
    def is_series(self) -> bool:
        """One effort holds many repetitions, which are counted."""
        return self.kind in {Kind.HOPS, Kind.REPETITIONS, Kind.CONTRACTIONS}

    @property
    def peak_metric(self) -> str:
        """The metric that says how strong each side was, "" where none does."""
        return next((name for name in _PEAKS if name in self.metrics), "")

    @property
    def main_metrics(self) -> tuple[str, ...]:
        """The metrics that are shown first."""
        return self.shown or self.metrics[:_N_SHOWN]

    @property
    def longest_s(self) -> float:
        """From the first kept row of the longest effort to the last one: what has to be remembered."""
        d = self.detection
        effort_s = d.duration_s if self.kind is Kind.STANCE else d.max_s
        return d.lead_s + effort_s + d.end_s + d.tail_s

    def with_methods(self, pinned: dict[str, str]) -> Assessment:
        """The same test with other rules, ``{family: id}``; the ids are checked by the analysis.

        A rule for the height makes that height the primary metric, where the primary metric is a height.
        """
        test = self.model_copy(update={"methods": {**self.methods, **pinned}})
        if "height" not in pinned or not self.primary.startswith(HEIGHT):
            return test
        height = f"{HEIGHT}{pinned['height'].removeprefix('height.')}"
        metrics = self.metrics if height in self.metrics else (height, *self.metrics)
        return test.model_copy(update={"primary": height, "metrics": metrics})


def load_assessment(name: str, *, own: Path | None = None) -> Assessment:
    """The test called ``name``, of the program or of the folder ``own``; or the one in the file ``name`` that ends with .toml.

    Raises
    ------
    UsageError
        No test has that name, or two have it.
    FileError
        The file says something that a test cannot be; the message names file, line and key.
    """
    source = source_of(name, own)
    test, wrong = read_assessment(source, own=own)
    if test is None or wrong:
        first, n_more = wrong[0], len(wrong) - 1
        where = f" in line {first.line}" if first.line is not None else ""
        key = f" at {first.key}" if first.key else ""
        more = f" ({n_more} more: daq tests --check {source.path})" if n_more else ""
        said = f"The assessment {source.path} is wrong{where}{key}: {first.sentence}{more}"
        raise FileError(said, path=source.path, line=first.line)
    return test


def read_assessment(source: Source, *, own: Path | None = None) -> tuple[Assessment | None, list[Complaint]]:
    """The test in a file, and everything that is wrong with it in the order of the file; None where it is no test at all.

    Raises
    ------
    FileError
        The file cannot be read.
    """
    path = source.path
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileError(f"The assessment {path} cannot be read: {error.strerror}.", path=path) from error
    except UnicodeDecodeError as error:
        raise FileError(f"The assessment {path} is no text file in UTF-8; save it as one.", path=path) from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [of_syntax(error, text)]
    except RecursionError:
        return None, [Complaint((), "lists lie in lists too deep; a test needs two levels.")]
    test = None
    try:
        test = Assessment.model_validate(table)
        wrong = complaints(test, metrics_of=lambda other: test.metrics if other == test.id else metrics_of(other, own))
        if own is not None and path.parent == own and test.id != path.stem:
            said = f"{test.id!r} is not the name of its file; call the file {test.id}.toml, or the test {path.stem!r}."
            wrong.append(Complaint(("id",), said))
    except ValidationError as error:
        wrong = of_schema(error, Assessment)
    lines = lines_of(text) if wrong else {}
    located = [each.located(lines) for each in wrong]
    # What is missing has no line; it stands behind the misspelt key that it may be.
    return test, sorted(located, key=lambda each: (each.line is None, each.line or 0))
