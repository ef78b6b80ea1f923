"""Pairs of left and right values, of one trial or of all of a day, to asymmetry values with interval, words and verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from daq.block import Limb
from daq.metrics import asymmetry, bands, real
from daq.metrics.declared import indices
from daq.metrics.families import phase_of, row_of
from daq.metrics.handedness import METHOD, expect_10_right, shift_applies
from daq.metrics.person import NOBODY, PersonFacts
from daq.metrics.summary import Series, representative
from daq.metrics.uncertainty import coverage_factor
from daq.metrics.value import Better, Params, Status, Value
from daq.metrics.words import asymmetry_sentence

LARGEST_BIAS_POINTS = 0.5
STEADY_PEAK = "peak_force_100ms"


@dataclass(frozen=True, slots=True)
class Pairing:
    """How the asymmetry of a test is formed: index, whether both limbs work at once, kind of test, bands, the person."""

    index: str
    together: bool
    kind: str
    bands: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    stated_for: str = asymmetry.DEFAULT_INDEX
    is_hand_held: bool = False
    person: PersonFacts = NOBODY

    @property
    def signed(self) -> str:
        """The index that intervals are formed with; the symmetry index hides its side, so that noise never averages out."""
        return asymmetry.TOTAL_INDEX if self.index == asymmetry.WITHOUT_SIDE else self.index

    def band_of(self, of: str, like: Value) -> tuple[float, float] | None:
        """Borders of the band words of a metric in the index that is used; None where bands are off."""
        stated = self.bands.get(of)
        if stated is None or not bands.has_bands(of, like.better, unit=like.unit):
            return None
        return bands.band_in(self.index, stated, stated_for=self.stated_for)


def is_signed(of: str, kind: str) -> bool:
    """The metric may be negative."""
    row = row_of(of, kind)
    return row is not None and row.is_signed


@lru_cache(maxsize=32)
def _plain(index: str, *, together: bool, kind: str) -> Pairing:
    """How one trial is compared: no bands, nobody's handedness."""
    return Pairing(index, together, kind)


def trial_asymmetry(left: Value | None, right: Value | None, *, of: str, index: str, together: bool, kind: str) -> Value:
    """``asymmetry_percent`` of one trial, with the instrument's interval."""
    how = _plain(index, together=together, kind=kind)
    refused = asymmetry.refusal(left, right, is_signed=is_signed(of, kind))
    if left is None or right is None or refused:
        return _refused(of, phase_of(of, kind), index, refused)
    return _asymmetry(_of_one(left, right, how), left, right, how, n=1, is_single=True, params={"summary": "trial"})


def with_spread(
    value: Value, *, u: float, nu_eff: float | None, parts: Mapping[str, float], kind: str, together: bool
) -> Value:
    """The asymmetry of one trial with an uncertainty that was found otherwise (by perturbation), and its words."""
    row, percent = row_of(value.of, kind), value.value
    if percent is None or row is None:
        return value
    half, centre = coverage_factor(nu_eff) * u, percent - (value.bias or 0.0)
    limits = (centre - half, centre + half)
    left, right = (value.params.get(side) for side in ("left", "right"))
    difference = right - left if isinstance(left, float) and isinstance(right, float) else None
    text = asymmetry_sentence(
        percent, limits, name=value.of, better=row.better, unit=row.unit, together=together, n_trials=1, is_instrument=True,
        index=value.method, difference=difference,
    )  # fmt: skip
    reasons = tuple(code for code in value.reasons if code != "uncertainty_unknown")
    return value._replace(u=u, nu_eff=nu_eff, limits=limits, u_parts=parts, reasons=reasons, text=text)


def person_asymmetry(left: Series, right: Series, how: Pairing) -> list[Value]:
    """Asymmetry over the trials of today: index, whether it is real, the larger limb, and what stands beside it."""
    of, phase, signed = left.name, left.phase, is_signed(left.name, how.kind)
    if how.together:
        pairs = list(zip(left.values, right.values, strict=False))
    else:
        if not left.usable or not right.usable:
            return [_refused(of, phase, how.index, ("limb_missing",))]
        pairs = [(left.usable[0], right.usable[0])]
    good = [(a, b) for a, b in pairs if a is not None and b is not None and not asymmetry.refusal(a, b, is_signed=signed)]
    if not good:
        return [_refused(of, phase, how.index, asymmetry.refusal(*next(iter(pairs), (None, None)), is_signed=signed))]
    if how.together:
        # Only trials in which both sides are there are compared; means and spread are of these.
        left, right = (Series(s.name, s.limb, phase, tuple(p[i] for p in good)) for i, s in enumerate((left, right)))
    mean_left, mean_right = representative(left), representative(right)
    if mean_left is None or mean_right is None:
        return []
    n, most = sorted((len(left.numbers), len(right.numbers)))
    found = _over_pairs(good, how) if how.together else _over_limbs(left, right, how)
    value = _asymmetry(
        found, mean_left, mean_right, how, n=n, is_single=most == 1,
        params={"summary": "mean of the trials" if how.together else "of the means"},
    )  # fmt: skip
    larger = Limb.RIGHT if (mean_right.value or 0.0) > (mean_left.value or 0.0) else Limb.LEFT
    verdicts = _verdicts(found, of=of, phase=phase, better=mean_left.better, n=n, larger=larger)
    return [
        value, *verdicts, *_beside(value, left, right, how, n=n), *indices(mean_left, mean_right, how.person)
    ]  # fmt: skip


def _of_one(left: Value, right: Value, how: Pairing) -> real.Interval:
    pair = (max(asymmetry.without_bias(left), 0.0), max(asymmetry.without_bias(right), 0.0))
    relative = asymmetry.relative_parts(left, right, together=how.together)
    found = real.of_pair(*pair, relative_u=None if relative is None else math.hypot(*relative.values()), index=how.signed)
    if found.u and relative:
        found = found.by_name(_points(relative, *pair, how))
    if left.bias is None and right.bias is None:
        return found
    return _as_measured(found, asymmetry.index_percent(left.value or 0.0, right.value or 0.0, how.signed), (left, right))


def _points(relative: Mapping[str, float] | None, left: float, right: float, how: Pairing) -> dict[str, float]:
    """Relative contributions by name to points of the index."""
    if relative is None or min(left, right) <= 0:
        return {}
    slope = asymmetry.index_slope(left, right, how.signed)
    return {name: slope * part for name, part in relative.items() if part}


def _as_measured(found: real.Interval, percent: float, values: Sequence[Value]) -> real.Interval:
    """The interval stays free of the listed biases, the index is that of the raw values."""
    has_bias = any(v.bias is not None for v in values)
    return real.Interval(
        percent, found.low_high, found.whose, found.method, found.u, found.nu_eff, found.is_real,
        percent - found.percent if has_bias else None, found.parts,
    )  # fmt: skip


def _over_pairs(good: Sequence[tuple[Value, Value]], how: Pairing) -> real.Interval:
    if len(good) == 1:
        return _of_one(*good[0], how)
    raw = [asymmetry.index_percent(a.value or 0.0, b.value or 0.0, how.signed) for a, b in good]
    free = [
        asymmetry.index_percent(max(asymmetry.without_bias(a), 0.0), max(asymmetry.without_bias(b), 0.0), how.signed)
        for a, b in good
    ]
    is_person = len(good) >= real.FEWEST_FOR_PERSON
    relative = [asymmetry.relative_parts(a, b, common_only=is_person, together=True) for a, b in good]
    points = [
        _points(each, a.value or 0.0, b.value or 0.0, how)
        for each, (a, b) in zip(relative, good, strict=True)
        if each is not None
    ]
    largest = max(points, key=lambda each: math.hypot(*each.values()), default={})
    found = real.real_index_t(free, u_common=math.hypot(*largest.values())).by_name(largest)
    if not is_person and not points:
        found = real.Interval(found.percent, None, "instrument", found.method, None, None, is_real=None)
    return _as_measured(found, sum(raw) / len(raw), [v for pair in good for v in pair])


def _over_limbs(left: Series, right: Series, how: Pairing) -> real.Interval:
    pair = (left.usable[0], right.usable[0])
    if len(left.numbers) == len(right.numbers) == 1:
        return _of_one(*pair, how)
    is_person = min(len(left.numbers), len(right.numbers)) >= real.FEWEST_FOR_PERSON
    relative = asymmetry.relative_parts(*pair, common_only=is_person)
    free = [[asymmetry.without_bias(v) for v in s.usable] for s in (left, right)]
    u_common = math.hypot(*(relative or {}).values())
    middle = [sum(numbers) / len(numbers) for numbers in free]
    found = real.real_log(*free, u_common=u_common, index=how.signed).by_name(_points(relative, middle[0], middle[1], how))
    if not is_person and relative is None:
        found = real.Interval(found.percent, None, "instrument", found.method, None, None, is_real=None)
    means = [sum(s.numbers) / len(s.numbers) for s in (left, right)]
    return _as_measured(found, asymmetry.index_percent(means[0], means[1], how.signed), (*left.usable, *right.usable))


def _refused(of: str, phase: str, index: str, reasons: tuple[str, ...]) -> Value:
    return Value(
        "asymmetry_percent", Limb.BOTH, None, "percent", index, phase=phase, of=of, status=Status.INVALID,
        reasons=reasons or ("limb_missing",),
    )  # fmt: skip


def _asymmetry(
    found: real.Interval, left: Value, right: Value, how: Pairing, *, n: int, is_single: bool, params: Params
) -> Value:
    if found.whose == "instrument" and not is_single:
        # What the instrument is uncertain about is the interval of one trial; that of the person needs three.
        found = replace(found, u=None, low_high=None, parts={})
    if found.u == 0:
        # Curves without noise from sensors of which nothing is known: that is no certainty.
        found = replace(found, u=None, low_high=None, parts={})
    percent, limits, bias = (
        _folded(found) if how.index == asymmetry.WITHOUT_SIDE else (found.percent, found.low_high, found.bias)
    )
    of, band, is_instrument = left.of or left.name, how.band_of(left.of or left.name, left), found.whose == "instrument"
    distance = None
    told = {**params, "interval_of": found.whose, "rule": found.method, "n": n, "left": left.value, "right": right.value}
    if how.index != asymmetry.WITHOUT_SIDE and shift_applies(how.person, is_hand_held=how.is_hand_held):
        distance = expect_10_right(percent, how.person, is_hand_held=True, index=how.index)
        told |= {"handedness": METHOD, "centre_percent": distance.centre, "from_centre_percent": distance.percent}
    text = asymmetry_sentence(
        percent, limits, name=of, better=left.better, unit=left.unit, together=how.together, n_trials=n,
        is_one_trial=is_single, is_instrument=is_instrument, index=how.index, band=band, distance=distance,
        difference=(right.value or 0.0) - (left.value or 0.0),
    )  # fmt: skip
    if band is not None and n >= real.FEWEST_FOR_PERSON and not is_instrument:
        size = percent if distance is None else distance.percent
        around = limits if distance is None or limits is None else (limits[0] + size - percent, limits[1] + size - percent)
        told |= {"band": bands.NAMES[bands.place(size, band)], "band_is_pale": bands.is_pale(size, around, band)}
    if of == "peak_force" and bias is not None and abs(bias) > LARGEST_BIAS_POINTS:
        told["primary_figure"] = STEADY_PEAK
        text = f"{text}; the sides differ in noise, read {STEADY_PEAK}"
    has_u = found.u is not None and limits is not None
    return Value(
        "asymmetry_percent", Limb.BOTH, percent, "percent", how.index, phase=left.phase, of=of, u=found.u,
        u_parts=found.parts, nu_eff=found.nu_eff, bias=bias, limits=limits, params=told,
        reasons=() if has_u else ("uncertainty_unknown",), text=text,
        knows_instrument=left.knows_instrument is True and right.knows_instrument is True,
    )  # fmt: skip


def _folded(found: real.Interval) -> tuple[float, tuple[float, float] | None, float | None]:
    """A signed index and its interval without their side."""
    sign = math.copysign(1.0, found.percent)
    bias = None if found.bias is None else sign * found.bias
    if found.low_high is None:
        return abs(found.percent), None, bias
    low, high = sorted(sign * x for x in found.low_high)
    return abs(found.percent), (max(low, 0.0), max(high, -low)), bias


def _verdicts(found: real.Interval, *, of: str, phase: str, better: Better, n: int, larger: Limb) -> list[Value]:
    short = found.is_real is None
    params: Params = {"n": n}
    reasons, status = (("not_enough_trials",), Status.INVALID) if short else ((), Status.OK)
    number = None if found.is_real is None else float(found.is_real)
    made = [
        Value(
            "asymmetry_is_real", Limb.BOTH, number, "bool", found.method, phase=phase, of=of, params=params, status=status,
            reasons=reasons,
        )
    ]  # fmt: skip
    if better is Better.HIGHER:
        # The sign of the index would not do: the symmetry index has none.
        limb = larger if found.is_real else Limb.BOTH
        text = "" if short else (larger.value if found.is_real else "none")
        made.append(
            Value(
                "stronger_limb", limb, number, "bool", found.method, phase=phase, of=of, params=params, status=status,
                reasons=reasons, text=text,
            )
        )  # fmt: skip
    return made


def _beside(index: Value, left: Series, right: Series, how: Pairing, *, n: int) -> list[Value]:
    """Mean and SD over trials, and the comparison with the CV that the literature makes; none of it decides anything."""
    pairs = list(zip(left.numbers, right.numbers, strict=False))
    sd = real.sd_of([asymmetry.index_percent(a, b, how.index) for a, b in pairs])
    cv = real.intra_limb_cv_percent(left.numbers, right.numbers)
    means = [sum(s.numbers) / len(s.numbers) for s in (left, right)]
    exceeds = None if cv is None else float(abs(asymmetry.index_percent(means[0], means[1])) > cv)
    mean = index if n > 1 else _refused(index.of, index.phase, how.index, ("not_enough_trials",))

    def value(name: str, number: float | None, unit: str, method: str) -> Value:
        status, reasons = (Status.INVALID, ("not_enough_trials",)) if number is None else (Status.OK, ())
        better = Better.LOWER if name == "intra_limb_cv_percent" else Better.NEUTRAL
        return Value(
            name, Limb.BOTH, number, unit, method, phase=left.phase, of=left.name, params={"n": n}, status=status,
            reasons=reasons, better=better,
        )  # fmt: skip

    return [
        mean._replace(name="asymmetry_percent_mean", text=""),
        value("asymmetry_sd", sd, "percent", how.index),
        value("intra_limb_cv_percent", cv, "percent", "summary.cv"),
        value("asymmetry_exceeds_cv", exceeds, "bool", "asym.against_cv"),
    ]
