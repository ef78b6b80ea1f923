"""Words typed to method ids: which rules exist in each family, and which arguments they take."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from daq.errors import UsageError

# Family to its rules; a rule ending in "=" takes numbers behind the sign ("weigh.manual=0.2:1.2").
RULES: dict[str, tuple[str, ...]] = {
    "weigh": ("lowest_sd_1s=", "first_1s=", "last_1s=", "last_quiet_1s", "stored_mass", "manual=", "quiet_level_1s"),
    "baseline": ("automatic", "manual="),
    "onset": (
        "threshold_interpolated", "noise_relative_5sd", "noise_relative_ksd=", "absolute_n=", "relative_peak=",
        "bodyweight_percent=", "backtrack", "yank=", "jump_two_sided_5sd_back30", "jump_absolute_20n", "manual=",
    ),
    "flight": ("extrapolated", "adaptive_5sd", "fixed_10n", "fixed_20n", "fixed_30n", "manual="),
    "kinematics": ("forward", "backward_first_quiet", "backward", "backward_quiet_mean"),
    "phase": ("zero_velocity_interpolated", "zero_velocity"),
    "height": ("impulse_momentum", "flight_time", "displacement"),
    "drop": ("backward", "box_height"),
    "asym": (
        "max_denominator", "total_denominator", "half_total", "symmetry_index", "symmetry_angle",
    ),
    "cop": ("lp10_100hz", "raw", "swarii25_lp10"),
    "critical_force": ("last6_trimmed", "last3"),
    "filter": ("none", "butter4_zero_lag="),
    "integrate": ("trapezoid",),
}  # fmt: skip

ALIASES = {
    "weighing": "weigh", "start": "onset", "movement": "onset", "takeoff": "flight", "landing": "flight",
    "integration": "integrate", "asymmetry": "asym", "index": "asym", "velocity": "kinematics", "phases": "phase",
}  # fmt: skip

ARGUMENT_DEFAULTS = {
    "onset.noise_relative_ksd": 5.0,
    "onset.absolute_n": math.nan,
    "onset.relative_peak": 2.5,
    "onset.bodyweight_percent": 2.5,
    "onset.yank": 500.0,
    "filter.butter4_zero_lag": 50.0,
}
# A person sets these by a window, the others by an instant.
WINDOWS = ("weigh", "baseline", "flight")
# Which rules of a family fit a kind of test, where not all of them do.
JUMP_RULES: Mapping[str, tuple[str, ...]] = {
    "weigh": ("lowest_sd_1s", "first_1s", "last_1s", "stored_mass", "manual"),
    "onset": ("jump_two_sided_5sd_back30", "jump_absolute_20n", "bodyweight_percent", "manual"),
    "kinematics": ("forward", "backward_first_quiet", "backward"),
}
REBOUND_RULES: Mapping[str, tuple[str, ...]] = {
    "weigh": (*JUMP_RULES["weigh"], "last_quiet_1s"),
    "onset": JUMP_RULES["onset"],
}
# Nobody moves on this plate before the landing, so there is no movement start to integrate from.
LANDING_RULES: Mapping[str, tuple[str, ...]] = {
    **REBOUND_RULES,
    "kinematics": ("backward_quiet_mean", "backward_first_quiet", "backward"),
}
PULL_RULES: Mapping[str, tuple[str, ...]] = {
    "weigh": ("quiet_level_1s", "lowest_sd_1s", "first_1s", "manual"),
    "onset": (
        "threshold_interpolated", "noise_relative_5sd", "noise_relative_ksd", "absolute_n", "relative_peak",
        "bodyweight_percent", "backtrack", "yank", "manual",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """A method id and the numbers typed behind it; ``name`` is the id without its family."""

    id: str
    numbers: tuple[float, ...] = ()
    name: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The id without its family is asked for again and again.
        object.__setattr__(self, "name", self.id.partition(".")[2])

    @property
    def number(self) -> float:
        """The first number, or the rule's own default."""
        return self.numbers[0] if self.numbers else ARGUMENT_DEFAULTS.get(self.id, math.nan)


@lru_cache(maxsize=256)
def rule_of(text: str) -> Rule:
    """The rule that a normalised id stands for.

    >>> rule_of("weigh.manual=0.5:1.5")
    Rule(id='weigh.manual', numbers=(0.5, 1.5))
    """
    name, _, rest = text.partition("=")
    return Rule(name, tuple(float(part) for part in rest.split(":")) if rest else ())


def check_methods(methods: Mapping[str, str]) -> dict[str, str]:
    """``{family: id}`` as people type it to ``{family: family.rule[=numbers]}``.

    Raises
    ------
    UsageError
        A family or id that does not exist, or a number that is none; the message lists what there is.

    Examples
    --------
    >>> check_methods({"weighing": "first_1s", "flight": "flight.fixed_20n"})
    {'weigh': 'weigh.first_1s', 'flight': 'flight.fixed_20n'}
    """
    checked: dict[str, str] = {}
    for typed_family, typed in methods.items():
        family = ALIASES.get(typed_family.strip().lower(), typed_family.strip().lower())
        if family not in RULES:
            raise UsageError(f"There is no method family {typed_family!r}; families: {', '.join(RULES)}.")
        checked[family] = f"{family}.{_rule(family, typed)}"
    return checked


def _rule(family: str, typed: str) -> str:
    name, equals, rest = typed.strip().removeprefix(f"{family}.").partition("=")
    known = {rule.rstrip("="): rule.endswith("=") for rule in RULES[family]}
    listed = ", ".join(f"{family}.{rule.rstrip('=')}" for rule in RULES[family])
    if name not in known:
        raise UsageError(f"There is no method {typed!r} for {family}; there are: {listed}.")
    if equals and not known[name]:
        raise UsageError(f"The method {family}.{name} takes no number; write --method {family}={name}.")
    wanted = 2 if name == "manual" and family in WINDOWS else 1
    needs_number = name == "manual"
    try:
        numbers = [float(part) for part in rest.split(":")] if equals else []
    except ValueError:
        numbers = [math.nan]
    is_wrong = (needs_number or equals) and (len(numbers) != wanted or not all(math.isfinite(x) for x in numbers))
    if is_wrong or (wanted == 2 and numbers[0] >= numbers[1]):  # noqa: PLR2004, a window has two ends
        example = "manual=START:END in s" if wanted == 2 else f"{name}=NUMBER"  # noqa: PLR2004, the same
        raise UsageError(f"The method {typed!r} needs {'two numbers' if wanted == 2 else 'one number'}: {family}={example}.")  # noqa: PLR2004, the same
    return f"{name}={rest}" if equals else name
