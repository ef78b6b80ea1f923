"""A trial result with unknown uncertainties to the same with them: the analysis again, every input moved a little."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from daq.assessments.analysis import analyse
from daq.assessments.model import Assessment, Sides
from daq.assessments.moved import Moved, moved_pairs, noise_of, sum_of_squares, with_noise
from daq.metrics.build import WITHOUT_INSTRUMENT
from daq.metrics.effort import Effort, Floats
from daq.metrics.paired import with_spread
from daq.metrics.trial import TrialResult
from daq.metrics.uncertainty import SQRT_12, combined, effective_freedom
from daq.metrics.value import Value

N_NOISE = 8
# A step that is so much larger than its opposite, and than all other contributions, is another event and no slope.
UNEVEN, FAR, OUTLIER = 10.0, 5.0, 10.0
_UNKNOWN = "uncertainty_unknown"
_Key = tuple[object, ...]


def perturbed(effort: Effort, assessment: Assessment, result: TrialResult, *, gravity: float, seed: int) -> TrialResult:
    """Fill in the uncertainty of every value that has no formula for it.

    Parameters
    ----------
    effort, assessment, gravity
        What ``result`` was computed from.
    result : TrialResult
        Of ``analyse``.
    seed : int
        Of the added noise; the same seed gives the same figures.

    Returns
    -------
    TrialResult
        The same values; those that said ``uncertainty_unknown`` have ``u``, ``u_parts`` and ``nu_eff``. It stays unknown where
        an event is found in one run and not in another, or where the value jumps. Withheld values stay withheld.

    Notes
    -----
    ``uncertainty.perturbation``: each input of the budget (gain of each limb, shared reference, zeros, time step, weight,
    velocity at the start, offset of two clocks) is moved by its ``+u`` and ``-u``: ``u^2 = sum ((f+ - f-)/2)^2``. The noise
    adds the variance over 8 runs with added independent noise of the same size, with 7 degrees of freedom.

    References
    ----------
    JCGM 100:2008, 5.1.3, note 2.
    """
    unknown = [v for v in result.values if v.value is not None and _UNKNOWN in v.reasons]
    if not unknown:
        return result
    found = dict(zip(map(_key, unknown), spreads(effort, assessment, unknown, gravity=gravity, seed=seed), strict=True))
    together, kind = assessment.sides is Sides.TOGETHER, assessment.kind.value

    def filled(value: Value) -> Value:
        spread = found.get(_key(value)) if _UNKNOWN in value.reasons else None
        return value if spread is None or spread.u is None else _with(value, spread, kind=kind, together=together)

    return TrialResult(result.limb, result.status, result.reasons, result.events, tuple(map(filled, result.values)))


class Spread(NamedTuple):
    """Contributions to a value by name, and degrees of freedom; ``is_jump`` where they are no measure of its uncertainty."""

    parts: Mapping[str, float]
    nu_eff: float | None
    is_jump: bool

    @property
    def u(self) -> float | None:
        """Standard uncertainty; None where it stays unknown."""
        u = combined(self.parts)
        return u if u > 0 and not self.is_jump else None


def spreads(effort: Effort, assessment: Assessment, values: Sequence[Value], *, gravity: float, seed: int) -> list[Spread]:
    """How each of these values moves with the inputs, whether or not it has a formula."""
    runs = _Runs(tuple(map(_key, values)), _only(assessment, values), gravity)
    base = np.array([v.value for v in values], dtype=np.float64)
    steps: dict[str, list[tuple[Floats, Floats]]] = {}
    for pair in moved_pairs(effort, assessment, gravity=gravity):
        middle = base if pair.middle is None else runs.of(pair.middle)
        steps.setdefault(pair.name, []).append((runs.of(pair.up) - middle, runs.of(pair.down) - middle))
    sigma_n, rng = noise_of(effort), np.random.default_rng(seed)
    has_noise = effort.cop is not None or any(sigma > 0 for sigma in sigma_n.values())
    noisy = np.array([runs.of(Moved(with_noise(effort, sigma_n, rng))) for _ in range(N_NOISE if has_noise else 0)])
    dt_s = effort.main.dt_s
    return [_spread(v, i, steps, noisy, dt_s=dt_s) for i, v in enumerate(values)]


@dataclass(frozen=True, slots=True)
class _Runs:
    """Analyses of moved efforts to rows of numbers, NaN where a value is withheld."""

    keys: tuple[_Key, ...]
    test: Assessment
    gravity: float

    def of(self, moved: Moved) -> Floats:
        test = self.test.with_methods(dict(moved.methods)) if moved.methods else self.test
        values = analyse(moved.effort, test, gravity=self.gravity).values
        numbers = {_key(v): v.value for v in values if v.value is not None}
        return np.array([numbers.get(key, math.nan) for key in self.keys])


def _key(value: Value) -> _Key:
    return (value.name, value.limb, value.phase, value.entry, value.of)


def _only(assessment: Assessment, values: Sequence[Value]) -> Assessment:
    """The test with just these metrics, so that the many runs are quick."""
    of = {v.of for v in values if v.of}
    names = {v.name for v in values} | of
    return assessment.model_copy(
        update={
            "metrics": tuple(name for name in assessment.metrics if name in names),
            "asymmetry_of": tuple(name for name in assessment.asymmetry_of if name in of),
        }
    )


def _spread(
    value: Value, i: int, steps: Mapping[str, list[tuple[Floats, Floats]]], noisy: Floats, *, dt_s: float
) -> Spread:  # fmt: skip
    parts: dict[str, float] = {}
    ends = []
    for name, pairs in steps.items():
        each = [(float(up[i]), float(down[i])) for up, down in pairs]
        ends += each
        parts[name] = sum_of_squares(0.5 * (up - down) for up, down in each)
    of_noise = noisy[:, i] if len(noisy) else np.zeros(0)
    parts["noise"] = float(of_noise.std(ddof=1)) if len(of_noise) else 0.0
    if value.unit == "s":
        # Events found at samples stay where they are under small steps.
        parts["sampling"] = dt_s / SQRT_12
    if not all(map(math.isfinite, parts.values())):
        return Spread({}, None, is_jump=True)
    parts = {name: u for name, u in parts.items() if u > 0}
    rest = [(u, None) for name, u in parts.items() if name != "noise"]
    nu = effective_freedom([*rest, (parts.get("noise", 0.0), N_NOISE - 1)])
    return Spread(parts, nu, _has_jump(ends, parts) or _has_outlier(of_noise, sum_of_squares(u for u, _ in rest)))


def _has_jump(ends: Sequence[tuple[float, float]], parts: Mapping[str, float]) -> bool:
    """One input moves the value far to one side only, beyond everything the other contributions do."""
    for up, down in ends:
        small, large = sorted((abs(up), abs(down)))
        others = math.sqrt(max(sum(u * u for u in parts.values()) - (0.5 * (up - down)) ** 2, 0.0))
        if large > UNEVEN * small and large > FAR * others > 0:
            return True
    return False


def _has_outlier(of_noise: Floats, others: float) -> bool:
    """One of the noisy runs found something else than the others."""
    if len(of_noise) == 0:
        return False
    away = np.abs(of_noise - np.median(of_noise))
    usual = float(np.median(away))
    return usual > 0 and float(away.max()) > max(OUTLIER * usual, FAR * others)


def _with(value: Value, spread: Spread, *, kind: str, together: bool) -> Value:
    """The value with what the runs told of it."""
    u = spread.u or 0.0
    reasons = tuple(code for code in value.reasons if code != _UNKNOWN)
    params = {**value.params, "uncertainty": "perturbation"}
    if value.of and value.name == "asymmetry_percent":
        known = with_spread(value, u=u, nu_eff=spread.nu_eff, parts=spread.parts, kind=kind, together=together)
        return known._replace(params=params)
    text = value.text if value.text or value.knows_instrument is not False else WITHOUT_INSTRUMENT
    return value._replace(u=u, nu_eff=spread.nu_eff, u_parts=spread.parts, params=params, reasons=reasons, text=text)
