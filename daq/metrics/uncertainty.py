"""Noise, instrument and event times in, standard uncertainties out: the formulae of the catalogue, after the GUM."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from daq.metrics.effort import Floats, Instrument

_NORMAL = NormalDist()
_K_INFINITE = _NORMAL.inv_cdf(0.975)
SQRT_12 = math.sqrt(12.0)


@lru_cache(maxsize=256)
def coverage_factor(nu_eff: float | None) -> float:
    """Factor k = t(0.975, nu_eff); None stands for infinitely many degrees of freedom.

    >>> round(coverage_factor(2), 2), round(coverage_factor(None), 2)
    (4.3, 1.96)
    """
    if nu_eff is None or not math.isfinite(nu_eff):
        return _K_INFINITE
    from scipy.special import stdtrit

    return float(stdtrit(max(nu_eff, 1.0), 0.975))


def effective_freedom(parts: Sequence[tuple[float, float | None]]) -> float | None:
    """Welch-Satterthwaite: ``(u_i, nu_i)`` in, nu_eff out; None = infinite.

    >>> effective_freedom([(3.0, 2), (0.0, None)])
    2.0
    """
    largest = max((u for u, _ in parts), default=0.0)
    if not 0.0 < largest < math.inf:
        return None
    # The size cancels, and its fourth power could be too large or too small for a number.
    below = sum((u / largest) ** 4 / nu for u, nu in parts if nu and u > 0)
    if below == 0:
        return None
    return float(sum((u / largest) ** 2 for u, _ in parts) ** 2 / below)


@dataclass(frozen=True, slots=True)
class Budget:
    """What the instrument contributes: relative gain (own part, part shared through ``reference``), zero in N, time step.

    ``is_known`` says that gain and zero are stated; unknown parts count as 0 and the value says "without instrument part".
    """

    own: float = 0.0
    shared: float = 0.0
    reference: str = ""
    zero_n: float = 0.0
    time: float = 0.0
    is_known: bool = False

    @classmethod
    def of(cls, instrument: Instrument) -> Budget:
        """The budget of one curve."""
        gain = instrument.u_gain or 0.0
        shared = min(instrument.u_reference, gain) if instrument.reference else 0.0
        return cls(
            own=math.sqrt(max(gain * gain - shared * shared, 0.0)),
            shared=shared,
            reference=instrument.reference,
            zero_n=instrument.u_zero_n or 0.0,
            time=instrument.u_time or 0.0,
            is_known=instrument.u_gain is not None and instrument.u_zero_n is not None,
        )

    @classmethod
    def of_sum(cls, left: Budget, right: Budget, *, right_share: float = 0.5) -> Budget:
        """The budget of left + right: the shared reference adds up in full, own parts and zeros in quadrature."""
        a, b = 1.0 - right_share, right_share
        same = left.reference == right.reference != ""
        own = math.hypot(a * left.own, b * right.own)
        if not same:
            own = math.hypot(own, a * left.shared, b * right.shared)
        return cls(
            own=own,
            shared=a * left.shared + b * right.shared if same else 0.0,
            reference=left.reference if same else "",
            zero_n=math.hypot(left.zero_n, right.zero_n),
            time=max(left.time, right.time),
            is_known=left.is_known and right.is_known,
        )

    @property
    def gain(self) -> float:
        """Relative standard uncertainty of the gain."""
        return math.hypot(self.own, self.shared)

    def scaled(self, force_n: float, *, zero: float = 1.0) -> dict[str, float]:
        """The contributions to a force (or an impulse, ``zero`` its length in s): gain, reference, zero."""
        size = abs(force_n)
        return {"gain": size * self.own, "reference": size * self.shared, "zero": zero * self.zero_n}


def combined(parts: Mapping[str, float]) -> float:
    """Root of the sum of squares."""
    return math.hypot(*parts.values())


def single_force(budget: Budget, force_n: float, *, noise_n: float, step_n: float = 0.0) -> dict[str, float]:
    """Contributions to one sample.

    >>> round(combined(single_force(Budget(own=0.01, zero_n=1.0), 100.0, noise_n=1.0)), 4)
    1.7321
    """
    return {**budget.scaled(force_n), "noise": noise_n, "resolution": step_n / SQRT_12}


def mean_force(budget: Budget, force_n: float, *, noise_n: float, n: float) -> dict[str, float]:
    """Contributions to a mean of ``n`` samples of white noise."""
    return {**budget.scaled(force_n), "noise": noise_n / math.sqrt(max(n, 1.0))}


def crossing_share(slope_n_per_s: float, *, noise_n: float, dt_s: float, group_s: float) -> float:
    """Share of the noise power of a sample that moves an interpolated crossing of a threshold.

    Parameters
    ----------
    slope_n_per_s : float
        Slope of the force there.
    noise_n, dt_s
        White noise per sample, and the step.
    group_s : float
        Crossings closer together than this are one group, of which the middle is taken.

    Notes
    -----
    2/3 where the force passes through its noise within one step. A slower rise crosses several times, and the middle of the
    first and the last crossing varies less than a single one: down to 0.18, and more again where the group is shorter than
    the noisy stretch (simulation, 5 % of u).

    Examples
    --------
    >>> round(crossing_share(5000.0, noise_n=1.0, dt_s=0.001, group_s=0.02), 3)
    0.667
    >>> round(crossing_share(200.0, noise_n=1.0, dt_s=0.001, group_s=0.02), 2)
    0.19
    """
    if noise_n <= 0.0:
        return 2.0 / 3.0
    per_step = slope_n_per_s * dt_s / noise_n
    share = 2.0 / 3.0 - 0.487 * math.exp(-0.7 * per_step * per_step)
    per_group = slope_n_per_s * group_s / noise_n
    return share * max(1.0, 2.0 / per_group) ** 2 if per_group > 0 else share


def gross_impulse(
    budget: Budget,
    impulse_n_s: float,
    *,
    length_s: float,
    noise_n: float,
    dt_s: float,
    ends_n: tuple[float, float],
    u_event_s: float,
) -> dict[str, float]:
    """Contributions to the integral of a force over ``length_s``; ``ends_n`` are the forces at its two ends."""
    return {
        **budget.scaled(impulse_n_s, zero=length_s), "noise": noise_n * math.sqrt(max(length_s, 0.0) * dt_s),
        "time": abs(impulse_n_s) * budget.time, "events": math.hypot(*ends_n) * u_event_s,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Top:
    """The flat part at a maximum: noise about its own 100 ms mean, independent samples in it, bias and u of the maximum."""

    noise_n: float
    n_independent: float
    bias_n: float
    u_max_n: float


def top_of(force_n: Floats, *, rate_hz: float, noise_n: float, over_s: float = 0.1) -> Top:
    """How much the largest of many noisy samples lies above the noise-free maximum.

    Parameters
    ----------
    force_n : (n,) array
        The effort, N.
    rate_hz, noise_n
        Sample rate, and a first estimate of the white noise per sample.
    over_s : float
        Length of the moving mean; 100 ms, less where the flat part is known to be shorter.

    Notes
    -----
    M = samples whose 100 ms moving mean is within ``(0.1 + 3/sqrt w) sigma`` of the highest, over ``1 + 2 sum rho``.
    ``bias = sigma z((M - 0.375)/(M + 0.25))`` (Blom); ``u_max = sigma min(1, pi/(a sqrt 6))``, ``a = sqrt(2 ln M)``.
    """
    w = max(round(over_s * rate_hz), 2)
    if len(force_n) < w + 1:
        return Top(noise_n, 1.0, 0.0, noise_n)
    total = np.zeros(len(force_n) + 1)
    force_n.cumsum(out=total[1:])
    means = total[w:] - total[:-w]
    means /= w
    highest, band = float(means[means.argmax()]), 0.1 + 3.0 / math.sqrt(w)
    n_independent, sigma = 1.0, noise_n
    for _ in range(2):
        near = means >= highest - band * sigma
        of_top = means[near]
        n_near = len(of_top)
        if n_near < 2 * w:
            # Too short a top for an SD of its own: the noise at rest stands in, and curvature is not taken for noise.
            return _top(noise_n, _as_many(of_top, highest, noise_n=noise_n, w=w))
        middle = force_n[(w - 1) // 2 : (w - 1) // 2 + len(means)]
        rest = (middle - means)[near]
        sigma = float(rest.std()) * math.sqrt(w / (w - 1))
        n_independent = n_near / _correlation(rest)
    return _top(sigma, n_independent)


def _as_many(means_n: Floats, highest_n: float, *, noise_n: float, w: int) -> float:
    """Samples on a round top count by how far they lie below it: the lower ones are seldom the largest."""
    n = len(means_n)
    if noise_n <= 0.0 or n < 2:  # noqa: PLR2004, one sample is its own largest
        return float(n)
    z = _NORMAL.inv_cdf((n - 0.375) / (n + 0.25))
    below = (highest_n - means_n) / noise_n
    below -= 1.0 / math.sqrt(w)
    np.maximum(below, 0.0, out=below)
    below *= -z
    return float(np.exp(below, out=below).sum())


def top_of_means(means_n: Floats, *, n: int, noise_n: float) -> Top:
    """How much the largest of the means of all windows of ``n`` samples lies above the largest one without noise.

    Notes
    -----
    Neighbouring windows share most of their samples. Over r window lengths the largest of them behaves like that of
    ``1 + 3 r^1.23`` independent means, with an SD a fifth wider (simulation, r = 0 to 30).

    Examples
    --------
    >>> top_of_means(np.zeros(1), n=100, noise_n=1.0).bias_n  # one window has nothing to be the largest of
    0.0
    """
    sigma = noise_n / math.sqrt(max(n, 1))
    near = int((means_n >= float(means_n.max()) - 4.0 * sigma).sum())
    top = _top(sigma, 1.0 + 3.0 * (max(near - 1, 0) / max(n, 1)) ** 1.23)
    return Top(sigma, top.n_independent, top.bias_n, min(1.2 * top.u_max_n, sigma))


def _correlation(rest: Floats) -> float:
    """``1 + 2 sum rho_k`` over the first lags that stand out of the noise, at least 1."""
    power = float(rest @ rest)
    total, limit = 1.0, 2.0 / math.sqrt(len(rest))
    for lag in range(1, min(20, len(rest) // 4)):
        rho = float(rest[:-lag] @ rest[lag:]) / power if power > 0 else 0.0
        if rho < limit:
            break
        total += 2.0 * rho
    return total


def _top(sigma: float, n: float) -> Top:
    n = max(n, 1.0)
    bias = sigma * _NORMAL.inv_cdf((n - 0.375) / (n + 0.25)) if n > 1 else 0.0
    a = math.sqrt(2.0 * math.log(n))
    return Top(sigma, n, bias, sigma * min(1.0, math.pi / (a * math.sqrt(6.0))) if a > 0 else sigma)


def velocity(
    budget: Budget,
    *,
    v_m_per_s: float,
    time_s: float,
    weight_n: float,
    u_weight_n: float,
    noise_n: float,
    dt_s: float,
    u_event_s: float,
    u_start_m_per_s: float,
    u_shares: float,
    gravity: float,
) -> dict[str, float]:
    """Contributions to a velocity from integration; the gain cancels against the weight of the same record.

    ``u_shares`` is ``abs(s_J - s_W) sqrt(u_gL^2 + u_gR^2 - 2 r u_gL u_gR)`` of two plates, 0 for one.
    """
    path = gravity * time_s + v_m_per_s
    return {
        "weight": abs(path) * u_weight_n / weight_n,
        "zero": abs(v_m_per_s) * budget.zero_n / weight_n,
        "noise": gravity * noise_n / weight_n * math.sqrt(max(time_s, 0.0) * dt_s),
        "time": abs(v_m_per_s) * budget.time,
        "event": gravity * u_event_s,
        "start": u_start_m_per_s,
        "shares": abs(path) * u_shares,
    }
