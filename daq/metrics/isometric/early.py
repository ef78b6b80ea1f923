"""The first part of a pull to forces at a time and impulses, counted from the onset."""

from __future__ import annotations

import math

from daq.block import Limb
from daq.metrics.catalogue import ALL, Number, metric, void
from daq.metrics.isometric.events import Pull, Share
from daq.metrics.rate import FEWEST_SAMPLES, window_codes
from daq.metrics.uncertainty import SQRT_12, gross_impulse
from daq.metrics.value import Better, Params

EARLY_MS = (50, 100, 150, 200, 250)
CLOCK_EVENTS_S = 0.005
AT_TIME, TRAPEZOID = "force.at_time", "impulse.trapezoid"


def codes_from_onset(pull: Pull, limb: Limb, length_s: float, *, narrow_s: float | None = None) -> tuple[str, ...]:
    """What stands against a window from the onset over ``length_s``; ``!`` behind a code withholds.

    ``narrow_s`` is the length of a shorter window at its end.
    """
    pull.found("rise")
    t0 = pull.t0_s
    trace = pull.trace_of(limb)
    if pull.u_clock_s > CLOCK_EVENTS_S and limb is not pull.main:
        return ("streams_not_aligned!",)
    if trace.start_s > t0:
        return ("onset_not_found!",)
    codes = window_codes(trace, t0, length_s, stop_s=pull.stop_s)
    if narrow_s is not None and narrow_s * trace.rate_hz < FEWEST_SAMPLES - 1e-6:
        codes = (*codes, "rate_too_low!")
    return codes


def refused(codes: tuple[str, ...]) -> tuple[str, ...]:
    """The codes among these that withhold.

    >>> refused(("rate_too_low", "sensor_settling!"))
    ('sensor_settling',)
    """
    return tuple(code[:-1] for code in codes if code[-1] == "!")


def onset_params(pull: Pull, length_s: float) -> dict[str, float | int | str | bool | None]:
    """Which onset a window starts at, and how long it is."""
    return {"onset": pull.onset.instant.method, "above_baseline_n": pull.onset.rise_n, "window_s": length_s}


def interpolated_noise_n(share: Share, time_s: float) -> float:
    """Noise of the force between two samples: each counts with its distance to the other, N."""
    i = share.trace.below(time_s)
    part = (time_s - float(share.trace.t_s[i])) * share.trace.rate_hz
    return share.noise_n * math.hypot(1.0 - part, part)


@metric("N", Better.HIGHER, ALL, over=EARLY_MS)
def force_Tms(pull: Pull, limb: Limb, ms: int) -> Number:  # noqa: N802, T stands for the number in the name
    """Gross force at a time after the onset, N.

    Notes
    -----
    ``F(t0 + T)``, on the straight line between two samples. Given only with the cue to be fast, from 8 samples in T and
    three settling times of the sensor on, inside the effort, away from holes.

    References
    ----------
    Comfort et al. (2019), Strength and Conditioning Journal.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull, standing_pull
    >>> round(force_Tms(exponential_pull(), Limb.LEFT, 200).value, 1)  # 400 - (400 - 5) e^(-0.2/0.08)
    367.6
    >>> round(force_Tms(standing_pull(), Limb.BOTH, 200).value, 1)  # 825 + 1200 - (1200 - 20) e^(-0.2/0.1)
    1865.3
    """
    return _force_at(pull, limb, ms / 1000.0, is_net=False)


@metric("N", Better.HIGHER, ALL, is_signed=True, over=EARLY_MS)
def force_Tms_net(pull: Pull, limb: Limb, ms: int) -> Number:  # noqa: N802, T stands for the number in the name
    """Force above the limb's own baseline at a time after the onset, N; the zero cancels.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import standing_pull
    >>> round(force_Tms_net(standing_pull(), Limb.LEFT, 200).value, 1)  # 0.45 (1200 - (1200 - 20) e^(-0.2/0.1))
    468.1
    """
    return _force_at(pull, limb, ms / 1000.0, is_net=True)


def _force_at(pull: Pull, limb: Limb, length_s: float, *, is_net: bool) -> Number:
    codes = codes_from_onset(pull, limb, length_s)
    if wrong := refused(codes):
        return void(*wrong, method=AT_TIME)
    share, t1, params = pull.share(limb), pull.t0_s + length_s, onset_params(pull, length_s)
    force, (sides, u_between) = share.trace.at(t1), pull.end(limb, t1)
    if is_net:
        force -= share.base_n
        params["baseline_n"] = share.base_n
    parts = pull.budgets[limb].scaled(force, zero=0.0 if is_net else 1.0)
    parts |= {
        "noise": interpolated_noise_n(share, t1), "resolution": (share.trace.instrument.resolution_n or 0.0) / SQRT_12,
        "onset": abs(sides.either_n_per_s) * pull.u_onset_s, "sampling": u_between,
    }  # fmt: skip
    if is_net:
        parts["baseline"] = share.noise_n / math.sqrt(share.n_base)
    return Number(force, AT_TIME, parts, params, codes, ("onset",))


@metric("N*s", Better.HIGHER, ALL, over=EARLY_MS)
def impulse_0_Tms(pull: Pull, limb: Limb, ms: int) -> Number:  # noqa: N802, T stands for the number in the name
    """Integral of the gross force from the onset on, N s.

    Notes
    -----
    Trapezoid, with partial steps at both ends. The ends move together with the onset, so an uncertain onset counts with the
    difference of the forces at them.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> round(impulse_0_Tms(exponential_pull(), Limb.LEFT, 200).value, 2)  # 400 T - (400 - 5) tau (1 - e^(-T/tau))
    50.99
    """
    length = ms / 1000.0
    codes = codes_from_onset(pull, limb, length)
    if wrong := refused(codes):
        return void(*wrong, method=TRAPEZOID)
    share, t0 = pull.share(limb), pull.t0_s
    trace = share.trace
    gross = trace.impulse_between(t0, t0 + length)
    parts = gross_impulse(
        pull.budgets[limb], gross, length_s=length, noise_n=share.noise_n, dt_s=trace.dt_s,
        ends_n=(trace.at(t0 + length) - trace.at(t0), 0.0), u_event_s=pull.u_onset_s,
    )  # fmt: skip
    return Number(gross, TRAPEZOID, parts, onset_params(pull, length), codes, ("onset",))


@metric("N*s", Better.HIGHER, ALL, is_signed=True, over=EARLY_MS)
def impulse_0_Tms_net(pull: Pull, limb: Limb, ms: int) -> Number:  # noqa: N802, T stands for the number in the name
    """Integral of the force above the limb's own baseline from the onset on, N s; the zero cancels.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import standing_pull
    >>> net = 1200 * 0.2 - (1200 - 20) * 0.1 * (1 - math.exp(-0.2 / 0.1))
    >>> round(impulse_0_Tms_net(standing_pull(), Limb.RIGHT, 200).value / net, 4)
    0.55
    """
    length = ms / 1000.0
    codes = codes_from_onset(pull, limb, length)
    if wrong := refused(codes):
        return void(*wrong, method=TRAPEZOID)
    share, budget, t0 = pull.share(limb), pull.budgets[limb], pull.t0_s
    trace = share.trace
    net = trace.impulse_between(t0, t0 + length) - share.base_n * length
    parts = {
        **budget.scaled(net, zero=0.0), "noise": share.noise_n * math.sqrt(length * trace.dt_s),
        "baseline": length * share.noise_n / math.sqrt(share.n_base), "time": abs(net) * budget.time,
        "events": abs(trace.at(t0 + length) - trace.at(t0)) * pull.u_onset_s,
    }  # fmt: skip
    params: Params = {**onset_params(pull, length), "baseline_n": share.base_n}
    return Number(net, TRAPEZOID, parts, params, codes, ("onset",))
