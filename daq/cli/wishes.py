"""Options of ``analyze`` to what they ask for: rules, windows, bands, entered quantities, facts about the person."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from daq.block import Limb
from daq.cli.chosen import load_test, methods_from, pair_of
from daq.errors import UsageError
from daq.metrics.person import NOBODY, Handedness, PersonFacts
from daq.units import STANDARD_GRAVITY_M_PER_S2
from daq.wording import nearest

if TYPE_CHECKING:
    from daq.assessments.model import Assessment

WINDOWS = {"baseline": "baseline", "weighing": "weigh", "weigh": "weigh", "flight": "flight"}
MASS = "body_mass_kg"
_SIDES = ("left", "right")
_LIGHTEST_KG, _HEAVIEST_KG = 2.0, 500.0
# What can be measured on a person, by name; outside, a unit was mistaken (34 for 0.34 m).
_ENTERABLE = {
    "lever_arm_m": (0.02, 1.5), "box_height_m": (0.05, 1.5), "load_kg": (0.0, 500.0), "limb_weight_n": (-300.0, 300.0),
    "hop_distance_m": (0.05, 15.0), "hop_time_s": (0.3, 60.0), "peak_force_n": (1.0, 20_000.0), "target_n": (1.0, 20_000.0),
    "start_velocity_m_per_s": (-10.0, 10.0), "is_break": (0.0, 1.0),
}  # fmt: skip
_UNITS = {"_m_per_s": "metres a second", "_m": "metres", "_kg": "kilograms", "_n": "newtons", "_s": "seconds"}
# The gravity of the Earth's surface lies between these.
_LEAST_GRAVITY, _MOST_GRAVITY = 9.76, 9.84


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was typed beside the test and the columns.

    ``entered`` has one number for all files or one for each; ``windows`` are (start, stop) in s of the file, by family of
    rules; ``is_full`` asks for the uncertainty of values without a formula.
    """

    entered: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    mass_kg: float | None = None
    gravity: float = STANDARD_GRAVITY_M_PER_S2
    windows: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    person: PersonFacts = NOBODY
    is_full: bool = False

    def entered_for(self, n_file: int) -> dict[str, float]:
        """What was entered for the file with this number, from 0."""
        return {name: numbers[min(n_file, len(numbers) - 1)] for name, numbers in self.entered.items()}


def wished_test(
    name: str,
    *,
    methods: Sequence[str],
    windows: Mapping[str, tuple[float, float]],
    index: str | None,
    bands: Sequence[str],
) -> Assessment:
    """The test with the rules, windows, index and bands that were typed.

    Raises
    ------
    UsageError
        One of them does not exist, or does not fit the test.
    """
    from daq.assessments.analysis import checked_assessment

    chosen = methods_from(list(methods))
    for family, (start_s, stop_s) in windows.items():
        if family in chosen:
            raise UsageError(f"Give either --window or --method for {family}, not both.")
        chosen |= methods_from([f"{family}=manual={start_s!r}:{stop_s!r}"])
    if index is not None:
        if "asym" in chosen:
            raise UsageError("Give either --index or --method asym=ID, not both.")
        chosen |= methods_from([f"asym={index}"])
    test = checked_assessment(load_test(name).with_methods(chosen))
    return test.model_copy(update={"bands": {**test.bands, **_bands(bands, test)}}) if bands else test


def windows_from(words: Sequence[str]) -> dict[str, tuple[float, float]]:
    """``weighing=0.5:1.5`` to ``{"weigh": (0.5, 1.5)}``.

    >>> windows_from(["weighing=0.5:1.5"])
    {'weigh': (0.5, 1.5)}
    """
    windows = {}
    for word in words:
        name, span = pair_of("--window", word, example="weighing=0.5:1.5", shape="NAME=START:END")
        if name not in WINDOWS:
            raise UsageError(f"--window {name!r} should be weighing, baseline or flight, for example weighing=0.5:1.5.")
        windows[WINDOWS[name]] = _low_high("--window", word, span, what="seconds of the file, the start first")
    return windows


def _bands(words: Sequence[str], test: Assessment) -> dict[str, tuple[float, float]]:
    bands = {}
    for word in words:
        name, span = pair_of("--bands", word, example="peak_force=10:15", shape="METRIC=LOW:HIGH")
        if name not in test.asymmetry_of:
            near = nearest(name, test.asymmetry_of)
            hint = f"did you mean {near}?" if near else "daq tests shows which metrics it compares."
            raise UsageError(f"--bands: {test.name} does not compare {name!r} left with right; {hint}")
        low, high = _low_high("--bands", word, span, what="percent, the lower border first")
        if low < 0:
            raise UsageError(f"--bands {word!r} should be two borders of 0 % or more.")
        bands[name] = (low, high)
    return bands


def _low_high(option: str, word: str, span: str, *, what: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in span.split(":"))
    except ValueError:
        low = high = math.nan
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise UsageError(f"{option} {word!r} should end in two numbers with : between them, {what}.")
    return low, high


def entered_from(words: Sequence[str], test: Assessment) -> dict[str, float]:
    """``lever_arm_m.left=0.31`` to numbers by name, checked against what this kind of test can use."""
    return {name: numbers[0] for name, numbers in entered_by_file(words, test, n_files=1).items()}


def entered_by_file(words: Sequence[str], test: Assessment, *, n_files: int) -> dict[str, tuple[float, ...]]:
    """As ``entered_from``, with one number for all files or one for each: ``load_kg=0:20:40``."""
    from daq.metrics.families import family_of

    known = tuple(dict.fromkeys((*family_of(test.kind.value).enters, *test.enter)))
    entered = {}
    for word in words:
        name, numbers = pair_of("--enter", word, example=f"{known[0] if known else 'NAME'}=0.31")
        base, _, side = name.partition(".")
        if base not in known:
            near = nearest(base, known)
            listed = f"there are: {', '.join(known)}." if known else "it takes none."
            raise UsageError(f"{test.name} has no use for {base!r}; {f'did you mean {near}?' if near else listed}")
        if side and side not in _SIDES:
            raise UsageError(f"--enter {name!r} should end in .left or .right, or in neither.")
        entered[name] = tuple(_number(f"--enter {word!r}", number) for number in numbers.split(":"))
        _check_range(word, base, entered[name])
        if len(entered[name]) not in (1, n_files):
            of_files = f" for {n_files} files" if n_files > 1 else ""
            raise UsageError(f"--enter {word!r} has {len(entered[name])} numbers{of_files}; write one, or one for each file.")
    return entered


def _check_range(word: str, name: str, numbers: Sequence[float]) -> None:
    low, high = _ENTERABLE.get(name, (-math.inf, math.inf))
    is_flag = name.startswith("is_")
    if all(low <= number <= high and (not is_flag or number in (low, high)) for number in numbers):
        return
    if is_flag:
        raise UsageError(f"--enter {word!r} should be 0 or 1.")
    unit = next((f" {words}," for end, words in _UNITS.items() if name.endswith(end)), "")
    raise UsageError(f"--enter {word!r} should be{unit} between {low:g} and {high:g}.")


def _number(what: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"{what} should end in a number with a decimal point.")
    return number


def mass_from(mass: float | None, entered: dict[str, tuple[float, ...]]) -> float | None:
    """The mass from ``--mass``, or from ``--enter body_mass_kg=``, which is taken out of ``entered``."""
    typed = set(entered.pop(MASS, ())) | ({mass} if mass is not None else set())
    if len(typed) > 1:
        raise UsageError("Give the body mass once: --mass KG.")
    mass = next(iter(typed), None)
    if mass is not None and not _LIGHTEST_KG <= mass <= _HEAVIEST_KG:
        raise UsageError(f"--mass {mass:g} should be kilograms, between {_LIGHTEST_KG:g} and {_HEAVIEST_KG:g}.")
    return mass


def gravity_from(gravity: float | None) -> float:
    """Local gravity in m/s2, the standard one where none was typed."""
    if gravity is None:
        return STANDARD_GRAVITY_M_PER_S2
    if not _LEAST_GRAVITY <= gravity <= _MOST_GRAVITY:
        raise UsageError(f"--gravity {gravity:g} should be m/s2, between {_LEAST_GRAVITY:g} and {_MOST_GRAVITY:g}.")
    return gravity


def person_from(*, involved: str | None, dominant: str | None, hand: str | None) -> PersonFacts:
    """What was declared about the sides of the person."""
    hands = [each.value for each in Handedness]
    if hand is not None and hand not in hands:
        raise UsageError(f"--hand {hand!r} should be left, right or both.")
    return PersonFacts(
        handedness=Handedness(hand) if hand is not None else Handedness.UNKNOWN,
        dominant=_side("--dominant", dominant),
        involved=_side("--involved", involved),
    )


def _side(option: str, side: str | None) -> Limb | None:
    if side is not None and side not in _SIDES:
        raise UsageError(f"{option} {side!r} should be left or right.")
    return None if side is None else Limb(side)


def others_from(words: Sequence[str], test: Assessment) -> dict[str, list[Path]]:
    """``TEST=FILE`` words to the files of each other test, checked against the ratios of this one."""
    known = tuple(dict.fromkeys(ratio.other_test for ratio in test.ratios))
    files: dict[str, list[Path]] = {}
    for word in words:
        name, file = pair_of("--with", word, example=f"{known[0] if known else 'knee_flexion'}=FILE", shape="TEST=FILE")
        if name not in known:
            listed = f"it has ratios to: {', '.join(known)}." if known else "it has no ratios; see the ratios key of its file."
            raise UsageError(f"--with {name}: {test.name} has no ratio to {name!r}; {listed}")
        files.setdefault(name, []).append(Path(file))
    return files
