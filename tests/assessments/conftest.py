"""Curves with closed answers, and the public recordings."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from daq.assessments.analysis import analyse
from daq.assessments.model import Assessment, load_assessment
from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Instrument
from daq.metrics.trial import TrialResult
from daq.store.csv_import import Table, read_table

G = 9.80665


@dataclass(frozen=True)
class CosineJump:
    """A jump of cosine pieces: unweighting, braking, plateau, release, flight, landing, standing; all answers closed."""

    mass_kg: float = 70.0
    a1: float = 5.0
    t1: float = 0.40
    t2: float = 0.15
    t3: float = 0.14
    t4: float = 0.10
    t5: float = 0.30
    quiet_s: float = 1.5
    after_s: float = 2.0
    later_s: float = 0.0

    @property
    def a2(self) -> float:
        return self.a1 * self.t1 / self.t2

    @property
    def weight_n(self) -> float:
        return self.mass_kg * G

    @property
    def v_takeoff(self) -> float:
        return self.a2 * self.t3 + 2 * (self.a2 + G) * self.t4 / math.pi - G * self.t4

    @property
    def height_m(self) -> float:
        return self.v_takeoff**2 / (2 * G)

    @property
    def flight_s(self) -> float:
        return 2 * self.v_takeoff / G + self.later_s

    @property
    def min_velocity(self) -> float:
        return -self.a1 * self.t1 / 2

    @property
    def depth_m(self) -> float:
        s1 = -self.a1 * self.t1**2 / 4
        return s1 + self.min_velocity * self.t2 + self.a2 / 2 * (self.t2**2 / 2 - 2 * self.t2**2 / math.pi**2)

    @property
    def s_takeoff_m(self) -> float:
        s3 = self.depth_m + self.a2 * self.t3**2 / 2
        b = self.a2 + G
        return s3 + self.a2 * self.t3 * self.t4 + b * (2 * self.t4 / math.pi) ** 2 - G * self.t4**2 / 2

    @property
    def moving_s(self) -> float:
        return self.t1 + self.t2 + self.t3 + self.t4

    @property
    def takeoff_s(self) -> float:
        return self.quiet_s + self.moving_s

    def force_n(self, t: np.ndarray) -> np.ndarray:
        m, w = self.mass_kg, self.weight_n
        force = np.full(len(t), w)
        start = self.quiet_s
        tau = t - start
        part = (tau >= 0) & (tau < self.t1)
        force[part] = m * (G - self.a1 * np.sin(np.pi * tau[part] / self.t1) ** 2)
        tau, part = self._piece(t, start + self.t1, self.t2)
        force[part] = m * (G + self.a2 / 2 * (1 - np.cos(np.pi * tau[part] / self.t2)))
        tau, part = self._piece(t, start + self.t1 + self.t2, self.t3)
        force[part] = m * (G + self.a2)
        tau, part = self._piece(t, start + self.t1 + self.t2 + self.t3, self.t4)
        force[part] = m * (self.a2 + G) * np.cos(np.pi * tau[part] / (2 * self.t4))
        tau, part = self._piece(t, self.takeoff_s, self.flight_s)
        force[part] = 0.0
        speed = G * self.flight_s - self.v_takeoff
        b5 = (speed + G * self.t5 / 2) * np.pi / (2 * self.t5)
        tau, part = self._piece(t, self.takeoff_s + self.flight_s, self.t5)
        angle = np.pi * tau[part] / self.t5
        force[part] = w / 2 * (1 - np.cos(angle)) + m * b5 * np.sin(angle)
        return force

    @staticmethod
    def _piece(t: np.ndarray, start: float, length: float) -> tuple[np.ndarray, np.ndarray]:
        tau = t - start
        return tau, (tau >= 0) & (tau < length)

    def axis(self, rate_hz: float = 1000.0, phase: float = 0.0) -> np.ndarray:
        stop = self.takeoff_s + self.flight_s + self.t5 + self.after_s
        return (np.arange(int(stop * rate_hz)) + phase) / rate_hz


@pytest.fixture
def jump() -> CosineJump:
    return CosineJump()


@pytest.fixture
def cosine_jump() -> type[CosineJump]:
    return CosineJump


@pytest.fixture
def cmj() -> Assessment:
    return load_assessment("cmj")


@pytest.fixture
def grip() -> Assessment:
    return load_assessment("grip")


@pytest.fixture
def sl_cmj() -> Assessment:
    return load_assessment("sl_cmj")


def _effort_of(  # noqa: PLR0917, private
    t: np.ndarray, left: np.ndarray, right: np.ndarray, rate_hz: float, instrument: Instrument, u_clock_s: float
) -> Effort:
    curves = {
        Limb.LEFT: Curve(t, left, rate_hz, instrument),
        Limb.RIGHT: Curve(t, right, rate_hz, instrument),
        Limb.BOTH: Curve(t, left + right, rate_hz, instrument),
    }
    return Effort(curves, u_clock_s=u_clock_s)


PLATE = Instrument(u_gain=0.002, u_reference=0.001, reference="masses", u_zero_n=0.5, resolution_n=0.0)


@pytest.fixture
def two_plates() -> Callable[..., Effort]:
    """An effort of a curve that is shared out: ``two_plates(t, total, share_left=0.5, rate_hz=1000)``."""

    def make(  # noqa: PLR0917, named in every call
        t: np.ndarray,
        total: np.ndarray,
        share_left: float | np.ndarray = 0.5,
        rate_hz: float = 1000.0,
        noise_n: float = 0.0,
        instrument: Instrument = PLATE,
        u_clock_s: float = 0.0,
        seed: int = 1,
    ) -> Effort:
        rng = np.random.default_rng(seed)
        left = share_left * total + noise_n * rng.standard_normal(len(t))
        right = (1 - share_left) * total + noise_n * rng.standard_normal(len(t))
        return _effort_of(t, left, right, rate_hz, instrument, u_clock_s)

    return make


@pytest.fixture
def analysed(cmj: Assessment, two_plates: Callable[..., Effort]) -> Callable[..., TrialResult]:
    """The result of a cosine jump: ``analysed(jump, rate_hz=1000, phase=0.0, methods={}, ...)``."""

    def run(
        jump: CosineJump, rate_hz: float = 1000.0, phase: float = 0.0, methods: dict[str, str] | None = None, **more: object
    ) -> TrialResult:
        t = jump.axis(rate_hz, phase)
        effort = two_plates(t, jump.force_n(t), rate_hz=rate_hz, **more)
        return analyse(effort, cmj.with_methods(methods or {}))

    return run


@pytest.fixture
def recordings() -> Callable[[str], Table]:
    """A public recording by its path below the data folder."""
    default = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("LIMB_DAQ_DATA", str(default)))

    def read(name: str) -> Table:
        if not (folder / name).exists():
            pytest.skip("the public recordings are not here; set LIMB_DAQ_DATA to their folder")
        return read_table(folder / name)

    return read


@pytest.fixture
def dual_effort(recordings: Callable[[str], Table]) -> Callable[..., Effort]:
    """A recording of two plates as an effort: ``dual_effort(file, rate_hz)``."""

    def make(name: str, rate_hz: float) -> Effort:
        table = recordings(name)
        left, right = (table.column(column) for column in table.names[:2])
        t = np.arange(len(left)) / rate_hz
        return _effort_of(t, left, right, rate_hz, Instrument(), 0.0)

    return make


@pytest.fixture
def number() -> Callable[..., float]:
    """The number of a value of a result; fails with its reasons when it is withheld."""

    def get(result: TrialResult, name: str, limb: Limb = Limb.BOTH, phase: str = "") -> float:
        value = result.find(name, limb, phase=phase)
        assert value is not None, f"{name} {limb} {phase} is not among the values"
        assert value.value is not None, f"{name} {limb} is withheld: {value.reasons}"
        return value.value

    return get
