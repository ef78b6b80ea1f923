"""Total force of a drop jump, hops or a landing to efforts of two plates, one plate or one leg."""

from __future__ import annotations

import numpy as np

from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Instrument

G, MASS_KG = 9.80665, 70.0
WEIGHT_N = MASS_KG * G
PLATE = Instrument(u_gain=0.002, u_reference=0.001, reference="masses", u_zero_n=0.5, resolution_n=0.0)


def axis(length_s: float, rate_hz: float = 1000.0, phase: float = 0.0) -> np.ndarray:
    """Sample times from a part of a sample on."""
    return (np.arange(round(length_s * rate_hz)) + phase) / rate_hz


def two_plates(
    t: np.ndarray,
    force_n: np.ndarray,
    *,
    rate_hz: float = 1000.0,
    noise_n: float = 0.0,
    seed: int = 1,
    share_left: float = 0.45,
    instrument: Instrument = PLATE,
    **more: object,
) -> Effort:
    """Left, right and their sum."""
    rng = np.random.default_rng(seed)
    left = share_left * force_n + noise_n * rng.standard_normal(len(t))
    right = (1.0 - share_left) * force_n + noise_n * rng.standard_normal(len(t))
    curves = {
        limb: Curve(t, force, rate_hz, instrument)
        for limb, force in ((Limb.LEFT, left), (Limb.RIGHT, right), (Limb.BOTH, left + right))
    }
    return Effort(curves, **more)


def one_plate(t: np.ndarray, force_n: np.ndarray, *, rate_hz: float = 1000.0, **more: object) -> Effort:
    """The sum alone."""
    return Effort({Limb.BOTH: Curve(t, force_n, rate_hz, PLATE)}, **more)


def one_leg(
    t: np.ndarray, force_n: np.ndarray, limb: Limb = Limb.LEFT, *, free_n: np.ndarray | None = None, **more: object
) -> Effort:
    """The plate of the leg that works, and the other one where there is one."""
    free = None if free_n is None else Curve(t, free_n, 1000.0, PLATE)
    return Effort({limb: Curve(t, force_n, 1000.0, PLATE)}, limb=limb, free=free, **more)


def numbers(result: object, name: str, limb: Limb = Limb.BOTH) -> list[float | None]:
    """The entries of a list, in order; the single value of the name is none of them."""
    found = [v for v in result.values if v.name == name and v.limb is limb and v.entry is not None]
    return [v.value for v in sorted(found, key=lambda v: v.entry)]
