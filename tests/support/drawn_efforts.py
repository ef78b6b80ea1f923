"""Curves with closed answers under sensors, sway and noise that are drawn anew for every run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from monte_carlo import N_RUNS, Cell, Key, Truth, only
from scipy.optimize import brentq

from daq.assessments.model import Assessment
from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Floats, Instrument

G = 9.80665
# 1/f noise of a seventh of the white noise: at 1000 Hz they are equally strong at 1 Hz.
PINK_SHARE, LOWEST_HZ = 0.14, 0.02
RECOMMENDED_HZ = 1000.0


@cache
def _pool(kind: str, rate_hz: float) -> Floats:
    """A long stationary series of SD 1: 1/f noise, or the velocity of sway between 0.1 and 2 Hz."""
    n = 2**20 if N_RUNS < 1000 else 2**22
    rng = np.random.default_rng([len(kind), int(rate_hz)])
    f = np.fft.rfftfreq(n, 1.0 / rate_hz)
    spectrum = (rng.standard_normal(len(f)) + 1j * rng.standard_normal(len(f))) / np.sqrt(np.maximum(f, LOWEST_HZ))
    if kind == "sway":
        spectrum[(f < 0.1) | (f > 2.0)] = 0.0
    series = np.fft.irfft(spectrum, n)
    return np.asarray(series / series.std())


def stretch(kind: str, rate_hz: float, n: int, rng: np.random.Generator) -> Floats:
    pool = _pool(kind, rate_hz)
    first = int(rng.integers(0, len(pool) - n))
    return pool[first : first + n]


def noise(sigma_n: float, rate_hz: float, n: int, rng: np.random.Generator) -> Floats:
    """White noise of SD ``sigma_n`` with the 1/f noise that meets it at the corner frequency."""
    return np.asarray(sigma_n * (rng.standard_normal(n) + PINK_SHARE * stretch("pink", rate_hz, n, rng)))


@dataclass(frozen=True)
class Sensors:
    """Gains and zeros of one run: ``measured = true (1 + own + shared) + zero``; ``step`` true over stated time step."""

    shared: float
    step: float
    rng: np.random.Generator
    instrument: Instrument

    @classmethod
    def drawn(cls, instrument: Instrument, rng: np.random.Generator) -> Sensors:
        shared = instrument.u_reference * rng.standard_normal()
        return cls(shared, 1.0 + (instrument.u_time or 0.0) * rng.standard_normal(), rng, instrument)

    def reading(self, true_n: Floats, sigma_n: float, rate_hz: float) -> Floats:
        i, rng = self.instrument, self.rng
        own = math.sqrt((i.u_gain or 0.0) ** 2 - i.u_reference**2) * rng.standard_normal()
        zero = (i.u_zero_n or 0.0) * rng.standard_normal()
        return true_n * (1.0 + own + self.shared) + zero + noise(sigma_n, rate_hz, len(true_n), rng)

    def axis(self, stop_s: float, rate_hz: float) -> tuple[Floats, Floats]:
        """True and stated times of the samples; where they lie against the events is drawn."""
        n, phase = int(stop_s * rate_hz), self.rng.uniform()
        k = np.arange(n)
        return (k + phase) * self.step / rate_hz, k / rate_hz


# --- pulls ------------------------------------------------------------------------------------------------------------------

CELL = Instrument(kind="cell", u_gain=0.003, u_reference=0.002, reference="masses", u_zero_n=0.3, u_time=2e-4)
QUIET_S, HOLD_S = 1.2, 3.0


@dataclass(frozen=True)
class Pull:
    """A rise from a baseline of 3 N to a hold: ``rise(t)`` between 0 and 1 from the onset on."""

    name: str
    rise: Callable[[Floats], Floats]
    size_n: float = 400.0
    base_n: float = 3.0

    def force_n(self, t: Floats) -> Floats:
        tau = np.maximum(t - QUIET_S, 0.0)
        held = self.base_n + self.size_n * self.rise(tau)
        released = np.clip((QUIET_S + HOLD_S + 0.1 - t) / 0.1, 0.0, 1.0)
        return np.asarray(self.base_n + (held - self.base_n) * released)

    @property
    def peak_n(self) -> float:
        t = np.linspace(0.0, HOLD_S, 60001)
        return float(self.base_n + self.size_n * self.rise(t).max())

    def rate_n_per_s(self, rise_n: float, length_s: float) -> float:
        """The rule on the noise-free curve: from the crossing of ``rise_n`` above the baseline over ``length_s``."""
        start = brentq(lambda t: self.size_n * float(self.rise(np.float64(t))) - rise_n, 0.0, 0.5, xtol=1e-9)
        return float(self.size_n * (self.rise(np.float64(start + length_s)) - self.rise(np.float64(start))) / length_s)


PULLS = (
    Pull("exponential", lambda t: 1.0 - np.exp(-t / 0.08)),
    Pull("s-shaped", lambda t: 1.0 - np.exp(-((t / 0.12) ** 2))),
    Pull("tiring", lambda t: (1.0 - np.exp(-((t / 0.15) ** 2))) * np.exp(-0.08 * t)),
    Pull("hump", lambda t: np.sin(np.pi * np.clip(t, 0.0, 1.6) / 1.6) ** 2),
)


def pull_cell(shape: Pull, sigma_n: float, rate_hz: float, test: Assessment) -> Cell:
    """Peak force and rate of rise of one pull; rates below 1000 Hz are reported apart."""
    peak_n = shape.peak_n
    test = only(test, ("peak_force", "peak_force_100ms", "rfd_0_200ms"))

    def draw(rng: np.random.Generator) -> tuple[Effort, Mapping[Key, Truth]]:
        sensors = Sensors.drawn(CELL, rng)
        true_s, t = sensors.axis(QUIET_S + HOLD_S + 0.6, rate_hz)
        curve = Curve(t, sensors.reading(shape.force_n(true_s), sigma_n, rate_hz), rate_hz, CELL)
        rate: Truth = lambda v: shape.rate_n_per_s(float(v.params["above_baseline_n"]), 0.2)  # noqa: E731, a truth of one line
        truths = {("peak_force", Limb.LEFT, ""): lambda _: peak_n, ("rfd_0_200ms", Limb.LEFT, ""): rate}
        return Effort({Limb.LEFT: curve}, Limb.LEFT), truths

    return Cell(f"pull {shape.name} {sigma_n:g} N {rate_hz:g} Hz", draw, test, is_apart=rate_hz < RECOMMENDED_HZ)


# --- jumps ------------------------------------------------------------------------------------------------------------------

PLATE = Instrument(kind="plate", u_gain=0.003, u_reference=0.002, reference="masses", u_zero_n=0.5, u_time=2e-5)
WORST_PLATE_N = 3.0


@dataclass(frozen=True)
class Jumper:
    """A countermovement jump of cosine pieces after ``quiet_s`` of swaying stance; ``shift`` moves load to the right."""

    name: str
    share_left: float = 0.5
    shift: float = 0.0
    a1: float = 5.0
    quiet_s: float = 4.0
    sigma_ratio: float = 1.0
    sway_m_per_s: float = 0.005
    mass_kg: float = 70.0
    t1: float = 0.40
    t2: float = 0.15
    t3: float = 0.14
    t4: float = 0.10

    @property
    def v_takeoff(self) -> float:
        a2 = self.a1 * self.t1 / self.t2
        return a2 * self.t3 + 2 * (a2 + G) * self.t4 / math.pi - G * self.t4

    def acceleration(self, t: Floats) -> Floats:
        """Of the push from ``t = 0`` on, without sway; -G in the air, and rest after a landing."""
        a2, borders = self.a1 * self.t1 / self.t2, np.cumsum([0.0, self.t1, self.t2, self.t3, self.t4])
        fly_s = 2 * self.v_takeoff / G
        t5 = 0.3
        b5 = (self.v_takeoff + G * t5 / 2) * np.pi / (2 * t5)
        u, w, x, y = (t - border for border in borders[:4])
        z = t - borders[4] - fly_s
        return np.select(
            [t < 0, t < borders[1], t < borders[2], t < borders[3], t < borders[4], z < 0, z < t5],
            [
                0.0, -self.a1 * np.sin(np.pi * u / self.t1) ** 2, a2 / 2 * (1 - np.cos(np.pi * w / self.t2)), a2 + 0 * x,
                (a2 + G) * np.cos(np.pi * y / (2 * self.t4)) - G, -G,
                G / 2 * (1 - np.cos(np.pi * z / t5)) + b5 * np.sin(np.pi * z / t5) - G,
            ],
            0.0,
        )  # fmt: skip

    @property
    def peak_n(self) -> float:
        return self.mass_kg * (self.a1 * self.t1 / self.t2 + G)


JUMPERS = (
    Jumper("even"),
    Jumper("uneven", share_left=0.42),
    Jumper("shifting", share_left=0.48, shift=0.06),
    Jumper("low", a1=3.5),
    Jumper("short stance", quiet_s=1.6),
    Jumper("restless", sway_m_per_s=0.010),
    Jumper("one side noisy", share_left=0.45, sigma_ratio=3.0),
)


def jump_cell(who: Jumper, sigma_n: float, rate_hz: float, test: Assessment) -> Cell:
    """Height and asymmetry of the peaks of one jump on two plates."""
    test = only(test, ("jump_height_impulse_momentum", "peak_force"), ("peak_force",))
    share_peak = who.share_left - who.shift
    peaks = (share_peak * who.peak_n, (1 - share_peak) * who.peak_n)
    index = 100.0 * (peaks[1] - peaks[0]) / max(peaks)

    def draw(rng: np.random.Generator) -> tuple[Effort, Mapping[Key, Truth]]:
        sensors = Sensors.drawn(PLATE, rng)
        true_s, t = sensors.axis(who.quiet_s + 0.79 + 2 * who.v_takeoff / G + 1.2, rate_hz)
        tau = true_s - who.quiet_s
        v_sway = who.sway_m_per_s * stretch("sway", rate_hz, len(t), rng)
        start = int(np.searchsorted(tau, 0.0))
        # Sway fades out over half a second of the push, so that the curve has no step; what it leaves is the velocity v_0.
        a_sway = np.gradient(v_sway, sensors.step / rate_hz)
        a_sway[start:] = 0.0
        v0 = float(v_sway[start])
        total = who.mass_kg * (G + who.acceleration(tau) + a_sway)
        moving = np.clip(tau / 0.1, 0.0, 1.0)
        left = (who.share_left - who.shift * moving) * total
        sides = (left, total - left)
        sigmas = (sigma_n, sigma_n * who.sigma_ratio)
        read = [sensors.reading(side, sigma, rate_hz) for side, sigma in zip(sides, sigmas, strict=True)]
        curves = {
            Limb.LEFT: Curve(t, read[0], rate_hz, PLATE), Limb.RIGHT: Curve(t, read[1], rate_hz, PLATE),
            Limb.BOTH: Curve(t, read[0] + read[1], rate_hz, PLATE),
        }  # fmt: skip
        height = (who.v_takeoff + v0) ** 2 / (2 * G)
        truths = {
            ("jump_height_impulse_momentum", Limb.BOTH, ""): lambda _: height,
            ("peak_force", Limb.BOTH, ""): lambda _: who.peak_n,
            ("peak_force", Limb.LEFT, ""): lambda _: peaks[0],
            ("asymmetry_percent", Limb.BOTH, "peak_force"): lambda _: index,
        }
        return Effort(curves), truths

    return Cell(f"jump {who.name} {sigma_n:g} N {rate_hz:g} Hz", draw, test, is_apart=rate_hz < RECOMMENDED_HZ)
