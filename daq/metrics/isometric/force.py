"""Events of a pull to its forces: peak gross and net, plateau, times to them, total impulse."""

from __future__ import annotations

import math

from daq.block import Limb
from daq.metrics.catalogue import ALL, SIDE, Number, metric, void
from daq.metrics.isometric.events import EDGE_S, Pull, first_crossing_s, hole_codes
from daq.metrics.samples import moving_mean
from daq.metrics.uncertainty import gross_impulse, single_force, top_of_means
from daq.metrics.value import Better, Params

SHORT_MEAN_S, PLATEAU_S, FEWEST_IN_MEAN, SHARE = 0.1, 1.0, 5, 0.9
RECOMMENDED_FORCE_HZ = 50.0
WHOLE = ("onset", "offset")
MAX, MEAN = "peak.max_sample", "peak.moving_mean"


def peak_codes(pull: Pull, limb: Limb) -> tuple[str, ...]:
    """What is to be said of a maximum: holes, a slow sensor, the end of the record."""
    share = pull.share(limb)
    codes = hole_codes(share.trace, share.start_s, share.stop_s)
    if share.trace.rate_hz < 0.995 * RECOMMENDED_FORCE_HZ:
        codes = (*codes, "rate_too_low")
    return (*codes, "peak_at_edge") if share.trace.stop_s - share.peak_s < EDGE_S else codes


def peak_parts(pull: Pull, limb: Limb) -> dict[str, float]:
    """Contributions to the highest sample."""
    share, top = pull.share(limb), pull.top(limb)
    parts = pull.budgets[limb].scaled(share.peak_n)
    sampling = share.trace.u_between_samples_n(share.i_peak, noise_n=top.noise_n, bias_n=top.bias_n)
    return {**parts, "maximum": top.u_max_n, "sampling": sampling}


def peak_params(pull: Pull, limb: Limb) -> Params:
    """Where the highest sample is, and the noise it stands in."""
    top = pull.top(limb)
    return {"t_s": pull.share(limb).peak_s, "noise_n": top.noise_n, "n_independent": top.n_independent}


@metric("N", Better.HIGHER, ALL)
def peak_force(pull: Pull, limb: Limb) -> Number:
    """Highest sample between onset and offset, gross, N.

    Notes
    -----
    The raw maximum of signal and noise; ``bias`` is how far it lies above the maximum without noise, and the interval is
    centred on the peak less its bias. Rejected within 50 ms of the end of the record, withheld where a hole touches it.

    References
    ----------
    Comfort et al. (2019), Strength and Conditioning Journal.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull, standing_pull
    >>> round(peak_force(exponential_pull(), Limb.LEFT).value, 6)
    400.0
    >>> round(peak_force(standing_pull(), Limb.RIGHT).value, 6)  # 0.55 (800 + 25 + 1200)
    1113.75
    """
    params, bias = peak_params(pull, limb), pull.top(limb).bias_n
    return Number(pull.share(limb).peak_n, MAX, peak_parts(pull, limb), params, peak_codes(pull, limb), WHOLE, bias)


@metric("N", Better.HIGHER, ALL)
def peak_force_net(pull: Pull, limb: Limb) -> Number:
    """Peak force without what was there before the pull: the weight on a plate, the baseline on a cell, N.

    Notes
    -----
    Plate: ``peak_force - W``, a limb less its own mean in the weighing, because the baseline may hold tension; without a
    weighing the baseline stands in, which the value says. The zero cancels.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import standing_pull
    >>> net = peak_force_net(standing_pull(), Limb.LEFT)
    >>> round(net.value, 6), net.method  # 0.45 (25 + 1200)
    (551.25, 'peak.net_of_weight')
    """
    share, top, onset = pull.share(limb), pull.top(limb), pull.onset
    codes, params = peak_codes(pull, limb), peak_params(pull, limb)
    if pull.weighed is not None:
        level_n, sd_n, n = pull.standing_of(limb)
        u_level = pull.weighed.u_weight_n if limb is pull.main else sd_n / math.sqrt(n)
        method, params = "peak.net_of_weight", {**params, "weight_n": level_n}
    else:
        level_n, u_level = share.base_n, share.noise_n / math.sqrt(share.n_base)
        method, params = "peak.net_of_baseline", {**params, "baseline_n": level_n, "baseline": onset.baseline.method}
        codes = (*codes, "net_of_baseline") if pull.sensor == "plate" else codes
    net = share.peak_n - level_n
    parts = {
        **pull.budgets[limb].scaled(net, zero=0.0), "maximum": top.u_max_n, "level": u_level,
        "sampling": share.trace.u_between_samples_n(share.i_peak, noise_n=top.noise_n, bias_n=top.bias_n),
    }  # fmt: skip
    return Number(net, method, parts, params, codes, WHOLE, top.bias_n)


@metric("N/kg", Better.HIGHER, ALL)
def relative_peak_force(pull: Pull, limb: Limb) -> Number:
    """Gross peak force over body mass, N/kg.

    Notes
    -----
    The mass is the one entered, else that of the weighing before the pull; without either there is no value.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> round(relative_peak_force(exponential_pull(), Limb.LEFT).value, 6)  # 400 N of a person of 80 kg
    5.0
    """
    mass, origin = mass_of(pull)
    if mass is None:
        return void("body_mass_missing", method=MAX)
    peak = peak_force(pull, limb)
    params: Params = {**peak.params, "body_mass_kg": mass, "mass": origin, "peak": "gross"}
    return over_mass(peak, mass, params)


def mass_of(pull: Pull) -> tuple[float | None, str]:
    """Body mass in kg and where it is from: entered with the trial, or the weighing before it."""
    entered = pull.conditions.entered.get("body_mass_kg") or pull.conditions.effort.body_mass_kg
    if entered:
        return entered, "entered"
    return (pull.weighed.weight_n / pull.gravity, "weighing") if pull.weighed is not None else (None, "")


def over_mass(number: Number, mass_kg: float, params: Params) -> Number:
    """A number of a person per kg; the mass is taken as it was given."""
    parts = {name: u / mass_kg for name, u in (number.parts or {}).items()}
    bias = None if number.bias is None else number.bias / mass_kg
    return Number(number.value / mass_kg, number.method, parts, params, number.reasons, number.events, bias)


@metric("N", Better.HIGHER, ALL)
def peak_force_100ms(pull: Pull, limb: Limb) -> Number:
    """Highest mean over 100 ms, N; nearly free of the bias of a single highest sample.

    Notes
    -----
    Withheld with fewer than five samples in 100 ms.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> round(peak_force_100ms(exponential_pull(), Limb.LEFT).value, 6)
    400.0
    """
    return _mean_over(pull, limb, SHORT_MEAN_S)


@metric("N", Better.HIGHER, ALL)
def plateau_force(pull: Pull, limb: Limb) -> Number:
    """Highest mean over one second, N.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> round(plateau_force(exponential_pull(), Limb.LEFT).value, 6)
    400.0
    """
    return _mean_over(pull, limb, PLATEAU_S)


@metric("N", Better.HIGHER, ALL, over=(3,))
def plateau_force_Ts(pull: Pull, limb: Limb, seconds: int) -> Number:  # noqa: N802, T stands for the number in the name
    """Highest mean over so many seconds, N.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> round(plateau_force_Ts(exponential_pull(), Limb.LEFT, 2).value, 3)
    400.0
    """
    return _mean_over(pull, limb, float(seconds))


def _mean_over(pull: Pull, limb: Limb, window_s: float) -> Number:
    known = pull.means.get((limb, window_s))
    if known is None:
        known = pull.means[limb, window_s] = _highest_mean(pull, limb, window_s)
    return known


def _highest_mean(pull: Pull, limb: Limb, window_s: float) -> Number:
    share = pull.share(limb)
    n, params = share.trace.n_in(window_s), {"window_s": window_s}
    if n < FEWEST_IN_MEAN or n > len(share.force_n):
        return void("rate_too_low" if n < FEWEST_IN_MEAN else "hold_too_short", method=MEAN, params=params)
    means = moving_mean(share.force_n, n)
    highest, top = float(means.max()), top_of_means(means, n=n, noise_n=pull.top(limb).noise_n)
    parts = {**pull.budgets[limb].scaled(highest), "maximum": top.u_max_n}
    codes = tuple(code for code in peak_codes(pull, limb) if code != "peak_at_edge")
    return Number(highest, MEAN, parts, params, codes, WHOLE, top.bias_n)


@metric("N", Better.HIGHER, SIDE)
def peak_force_at_total_peak(pull: Pull, limb: Limb) -> Number:
    """Force of this limb where the sum is highest, N; left and right add up to the peak of the sum.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import standing_pull
    >>> round(sum(peak_force_at_total_peak(standing_pull(), side).value for side in SIDE), 6)
    2025.0
    """
    share, at_s = pull.share(limb), pull.share(pull.main).peak_s
    trace = share.trace
    i = trace.nearest(at_s)
    force = float(trace.force_n[i])
    parts = single_force(pull.budgets[limb], force, noise_n=share.noise_n)
    codes = hole_codes(trace, at_s - trace.dt_s, at_s + trace.dt_s)
    return Number(force, "peak.at_total_peak", parts, {"t_s": float(trace.t_s[i])}, codes)


@metric("s", Better.LOWER, ALL)
def time_to_peak(pull: Pull, limb: Limb) -> Number:
    """From the onset to the highest sample, s; on a plateau its place is noise.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import linear_pull
    >>> round(time_to_peak(linear_pull(), Limb.LEFT).value, 6)  # 400 N at 2000 N/s, less 5 N of threshold
    0.1975
    """
    share, t0 = pull.share(limb), pull.t0_s
    return Number(share.peak_s - t0, MAX, reasons=hole_codes(share.trace, t0, pull.stop_s), events=("onset",))


@metric("s", Better.LOWER, ALL)
def time_to_90_percent(pull: Pull, limb: Limb) -> Number:
    """From the onset to 90 % of the 100 ms peak above the baseline, s.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import linear_pull
    >>> round(time_to_90_percent(linear_pull(), Limb.LEFT).value, 6)  # 0.9 x 0.2 - 5/2000
    0.1775
    """
    share, t0, method = pull.share(limb), pull.t0_s, "peak.time_to_share"
    top = _mean_over(pull, limb, SHORT_MEAN_S)
    if top.is_void:
        return void("hold_too_short", method=method)
    level = share.base_n + SHARE * (top.value - share.base_n)
    t90 = first_crossing_s(share.trace, t0, pull.stop_s, level)
    if t90 is None:
        return void("window_beyond_trial", method=method)
    params: Params = {"share": SHARE, "level_n": level}
    return Number(t90 - t0, method, None, params, hole_codes(share.trace, t0, pull.stop_s), ("onset",))


@metric("N*s", Better.HIGHER, ALL)
def impulse_total(pull: Pull, limb: Limb) -> Number:
    """Integral of the gross force from onset to offset, N s.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> pull = exponential_pull()
    >>> until = pull.offset.t_s - 2.0
    >>> let_go = 400 * 0.02 * (1 - math.exp(-(until - 3.0) / 0.02))
    >>> exact = 400 * 3.0 - 400 * 0.08 + let_go - 5 * 0.001 / 2  # less what lies before the onset
    >>> abs(impulse_total(pull, Limb.LEFT).value - exact) < 0.02
    True
    """
    share, budget = pull.share(limb), pull.budgets[limb]
    trace = share.trace
    a, b = pull.t0_s, min(pull.stop_s, trace.stop_s)
    gross = trace.impulse_between(a, b)
    u_stop = pull.offset.u_s or 0.0 if pull.offset else 0.0
    ends = (trace.at(a) * pull.u_onset_s, trace.at(b) * u_stop)
    parts = gross_impulse(budget, gross, length_s=b - a, noise_n=share.noise_n, dt_s=trace.dt_s, ends_n=ends, u_event_s=1.0)
    params: Params = {"from": "onset", "to": "offset" if pull.offset else "end of record"}
    return Number(gross, "impulse.trapezoid", parts, params, trace.gap_codes(a, b), WHOLE)
