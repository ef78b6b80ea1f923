"""Pulls with closed answers: shapes of the rise, one limb at a cell, and a person on two plates."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Instrument
from daq.metrics.isometric import PULL
from daq.metrics.isometric.events import Pull
from daq.metrics.isometric.example import read

RISE_N, TAU_S = 400.0, 0.08
WEIGHT_N, PULL_N, PULL_TAU_S = 800.0, 1200.0, 0.1
PULL_AT_S, HOLD_S = 5.0, 3.0

# Straight lines, each ``(its length s, force at its end N)``; the first pair is the start.
PULLED = ((0, 0.0), (2.0, 0.0), (0.2, 400.0), (2.0, 400.0), (0.05, 0.0), (1.0, 0.0))
STOOD = ((0, WEIGHT_N), (4.0, WEIGHT_N), (0.2, 2000.0), (2.0, 2000.0), (0.05, WEIGHT_N), (1.0, WEIGHT_N))
FINE_N = 0.001

Shape = Callable[[np.ndarray], np.ndarray]


def exponential(t: np.ndarray) -> np.ndarray:
    return RISE_N * (1 - np.exp(-t / TAU_S))


def s_shaped(t: np.ndarray) -> np.ndarray:
    return RISE_N * (1 - np.exp(-((t / TAU_S) ** 2)))


def ramp(slope: float, top_s: float) -> Shape:
    return lambda t: slope * np.minimum(t, top_s)


def exponential_onset_s(threshold_n: float) -> float:
    return -TAU_S * math.log(1 - threshold_n / RISE_N)


def s_shaped_onset_s(threshold_n: float) -> float:
    return TAU_S * math.sqrt(-math.log(1 - threshold_n / RISE_N))


def at_cell(  # noqa: PLR0917, named in every call
    shape: Shape,
    rate_hz: float = 1000.0,
    phase: float = 0.0,
    quiet_s: float = 2.0,
    hold_s: float = 3.0,
    noise_n: float = 0.0,
    base_n: float = 0.0,
    seed: int = 0,
    limb: Limb = Limb.LEFT,
    entered: dict[str, float] | None = None,
    body_mass_kg: float | None = None,
    **known: float,
) -> Effort:
    """Quiet, ``shape(t since onset)`` for ``hold_s``, let go within 20 ms, a second of rest."""
    n = int((quiet_s + hold_s + 1.0) * rate_hz)
    t = (np.arange(n) + phase) / rate_hz
    since = t - quiet_s
    force = np.where(since > 0, shape(np.maximum(since, 0.0)), 0.0)
    end = shape(np.array([hold_s]))[0]
    force = np.where(since > hold_s, end * np.exp(-np.maximum(since - hold_s, 0.0) / 0.02), force)
    force = force + base_n + noise_n * np.random.default_rng(seed).standard_normal(n)
    curve = Curve(t, force, rate_hz, Instrument(kind="cell", **known))
    return Effort({limb: curve}, limb, entered=entered or {}, body_mass_kg=body_mass_kg)


def standing_total(t: np.ndarray, tension_n: float = 25.0, weight_n: float = WEIGHT_N, top_n: float = PULL_N) -> np.ndarray:
    """Quiet standing to 3 s, tension taken up in 0.2 s and held, ``top (1 - e^(-t/0.1))`` from 5 s on for 3 s, standing."""
    tension = tension_n * np.clip((t - 3.0) / 0.2, 0.0, 1.0)
    since = np.maximum(t - PULL_AT_S, 0.0)
    gone = np.exp(-np.maximum(since - HOLD_S, 0.0) / 0.05)
    return weight_n + (tension + top_n * (1 - np.exp(-since / PULL_TAU_S))) * gone


def plate_axis(rate_hz: float = 1000.0, phase: float = 0.0) -> np.ndarray:
    return (np.arange(round(9.5 * rate_hz)) + phase) / rate_hz


def restless(n: int, sd_n: float) -> np.ndarray:
    """Up and down from sample to sample: exactly this sample SD over 1000 samples, and a mean of 0."""
    return sd_n * math.sqrt(0.999) * np.where(np.arange(n) % 2, 1.0, -1.0)


def lines(pieces, rate_hz: float = 1000.0) -> tuple[np.ndarray, np.ndarray]:
    """Times and forces of such lines."""
    corners = np.cumsum([0.0, *(length for length, _ in pieces[1:])])
    t = np.arange(round(corners[-1] * rate_hz)) / rate_hz
    return t, np.interp(t, corners, [level for _, level in pieces])


def read_one(curve, sensor="cell", rate_hz=1000.0, limb: Limb = Limb.LEFT, rules=None, **known) -> Pull:
    """What the family reads in one limb's ``(t, force)`` from a sensor with fine steps."""
    t, force = curve
    instrument = Instrument(kind="plate" if sensor == "plate" else "cell", **{"resolution_n": FINE_N, **known})
    return read({limb: Curve(t, force, rate_hz, instrument)}, limb, sensor=sensor, **(rules or {}))


def value_of(reading: Pull, name: str, limb: Limb = Limb.LEFT):
    """The number of a metric of a pull."""
    return PULL.metrics[name].of(reading, limb)
