"""Pairs of left and right values, of one trial or of all, to asymmetry values with interval, words and verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from daq.block import Limb
from daq.metrics import asymmetry
from daq.metrics.catalogue import metric, phase_of
from daq.metrics.summary import Series
from daq.metrics.uncertainty import coverage_factor
from daq.metrics.value import Better, Status, Value
from daq.metrics.words import asymmetry_sentence


def trial_asymmetry(left: Value | None, right: Value | None, *, of: str, index: str, together: bool, kind: str) -> Value:
    """``asymmetry_percent`` of one trial, with the instrument's interval."""
    row, phase = metric(of, kind), phase_of(of, kind)
    refused = asymmetry.refusal(left, right, is_signed=row.is_signed)
    if left is None or right is None or refused:
        return _refused(of, phase, index, refused)
    found = asymmetry.of_one_trial(left, right, index)
    known = left.params.get("instrument_part") is True and right.params.get("instrument_part") is True
    return _asymmetry(
        found, of=of, phase=phase, index=index, together=together, n=1, pair=(left, right), known=known,
        params={"summary": "trial"},
    )  # fmt: skip


def _refused(of: str, phase: str, index: str, reasons: tuple[str, ...]) -> Value:
    return Value(
        "asymmetry_percent", Limb.BOTH, None, "percent", index, phase=phase, of=of, status=Status.INVALID,
        reasons=reasons or ("limb_missing",),
    )  # fmt: skip


def _asymmetry(
    found: asymmetry.Interval,
    *,
    of: str,
    phase: str,
    index: str,
    together: bool,
    n: int,
    pair: tuple[Value, Value],
    known: bool,
    params: dict[str, float | int | str | bool | None],
    band: tuple[float, float] | None = None,
) -> Value:
    left, right = pair
    k = coverage_factor(found.nu_eff)
    text = asymmetry_sentence(
        found.percent, found.low_high, name=of, better=left.better, unit=left.unit, together=together, n_trials=n,
        is_instrument=found.whose == "instrument", index=index, band=band,
        difference=(right.value or 0.0) - (left.value or 0.0),
    )  # fmt: skip
    told = {
        **params, "interval_of": found.whose, "rule": found.method, "n": n, "instrument_part": known,
        "left": left.value, "right": right.value,
    }  # fmt: skip
    has_u = found.u is not None and found.low_high is not None
    u95 = 0.5 * (found.low_high[1] - found.low_high[0]) if found.low_high is not None else None
    return Value(
        "asymmetry_percent", Limb.BOTH, found.percent, "percent", index, phase=phase, of=of, u=found.u, nu_eff=found.nu_eff,
        k=k if has_u else None, U95=u95, interval=found.low_high, params=told, status=Status.OK,
        reasons=() if has_u else ("uncertainty_unknown",), text=text,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pairing:
    """How the asymmetry of a test is formed: index, whether both limbs work at once, kind of test, band words."""

    index: str
    together: bool
    kind: str
    bands: dict[str, tuple[float, float]]


def person_asymmetry(left: Series, right: Series, how: Pairing) -> list[Value]:
    """Asymmetry over the trials of today: index, whether it is real, and the limb with the larger value."""
    pairs = list(zip(left.values, right.values, strict=False)) if how.together else []
    row, of = metric(left.name, how.kind), left.name
    if not how.together:
        usable = (left.usable, right.usable)
        if not usable[0] or not usable[1]:
            return [_refused(of, left.phase, how.index, ("limb_missing",))]
        pairs = [(usable[0][0], usable[1][0])]
    good = [
        (a, b) for a, b in pairs if a is not None and b is not None and not asymmetry.refusal(a, b, is_signed=row.is_signed)
    ]
    if not good:
        first = next(iter(pairs), (None, None))
        return [_refused(of, left.phase, how.index, asymmetry.refusal(*first, is_signed=row.is_signed))]
    found, pair, n = _over_pairs(good, how) if how.together else _over_limbs(left, right, how)
    known = all(v.params.get("instrument_part") is True for v in good[0])
    band = how.bands.get(of)
    value = _asymmetry(
        found, of=of, phase=left.phase, index=how.index, together=how.together, n=n, pair=pair, known=known,
        params={"summary": "mean"}, band=band,
    )  # fmt: skip
    larger = Limb.RIGHT if (pair[1].value or 0.0) > (pair[0].value or 0.0) else Limb.LEFT
    return [value, *_verdicts(found, of=of, phase=left.phase, better=pair[0].better, n=n, larger=larger)]


def _over_pairs(good: Sequence[tuple[Value, Value]], how: Pairing) -> tuple[asymmetry.Interval, tuple[Value, Value], int]:
    if len(good) == 1:
        return asymmetry.of_one_trial(*good[0], how.index), good[0], 1
    percents = [asymmetry.index_percent(a.value or 0.0, b.value or 0.0, how.index) for a, b in good]
    is_person = len(good) >= asymmetry.FEWEST_FOR_PERSON
    us = [asymmetry.relative_u(a, b, common_only=is_person) for a, b in good]
    slopes = [asymmetry.index_slope(a.value or 0.0, b.value or 0.0, how.index) for a, b in good]
    points = [u * slope for u, slope in zip(us, slopes, strict=True) if u is not None]
    found = asymmetry.bilateral_mean(percents, u_common=max(points, default=0.0), index=how.index)
    if not is_person and not points:
        found = asymmetry.Interval(found.percent, None, "instrument", how.index, None, None, is_real=None)
    return found, _means(good), len(good)


def _over_limbs(left: Series, right: Series, how: Pairing) -> tuple[asymmetry.Interval, tuple[Value, Value], int]:
    n = min(len(left.numbers), len(right.numbers))
    pair = (left.usable[0], right.usable[0])
    if len(left.numbers) == len(right.numbers) == 1:
        return asymmetry.of_one_trial(*pair, how.index), pair, 1
    is_person = n >= asymmetry.FEWEST_FOR_PERSON
    relative = asymmetry.relative_u(*pair, common_only=is_person)
    found = asymmetry.unilateral_means(left.numbers, right.numbers, u_common=relative or 0.0, index=how.index)
    if not is_person and relative is None:
        found = asymmetry.Interval(found.percent, None, "instrument", how.index, None, None, is_real=None)
    means = [sum(s.numbers) / len(s.numbers) for s in (left, right)]
    return found, (_like(pair[0], means[0]), _like(pair[1], means[1])), n


def _means(good: Sequence[tuple[Value, Value]]) -> tuple[Value, Value]:
    left = _like(good[0][0], sum(a.value or 0.0 for a, _ in good) / len(good))
    return left, _like(good[0][1], sum(b.value or 0.0 for _, b in good) / len(good))


def _like(value: Value, number: float) -> Value:
    return Value(value.name, value.limb, number, value.unit, value.method, phase=value.phase, better=value.better)


def _verdicts(found: asymmetry.Interval, *, of: str, phase: str, better: Better, n: int, larger: Limb) -> list[Value]:
    short = found.is_real is None
    params: dict[str, float | int | str | bool | None] = {"n": n}
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
