"""A finished effort as the metrics see it: one curve of raw newtons per limb, on its own device's time axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from daq.block import Limb

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Instrument:
    """What is known about the sensor behind a curve; None = unknown, never 0.

    ``u_gain`` relative standard uncertainty of the gain, of which ``u_reference`` is shared with every curve that names the
    same ``reference``; ``u_zero_n`` of the zero in N; ``resolution_n`` one step of the readings; ``range_n`` the limit of
    the range; ``settling_s`` time to full response after a step; ``u_time`` relative, of the time step;
    ``nominal_rate_hz`` as declared; ``zero_age_s`` seconds since the last zero, None = never zeroed in this session.
    """

    kind: str = "plate"
    u_gain: float | None = None
    u_reference: float = 0.0
    reference: str = ""
    u_zero_n: float | None = None
    resolution_n: float | None = None
    range_n: float | None = None
    settling_s: float | None = None
    group_delay_s: float | None = None
    u_time: float | None = None
    nominal_rate_hz: float | None = None
    zero_age_s: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Force over time: ``t_s`` (n,) rising, in seconds of the reference axis; ``force_n`` (n,) raw newtons, NaN in a hole.

    ``rate_hz`` is the measured rate; within a curve the step is uniform (a hole keeps its rows).
    """

    t_s: Floats
    force_n: Floats
    rate_hz: float
    instrument: Instrument = field(default_factory=Instrument)

    @property
    def dt_s(self) -> float:
        """The time step in s."""
        return 1.0 / self.rate_hz

    def between(self, start_s: float, stop_s: float) -> Curve:
        """The part from ``start_s`` to ``stop_s``, both included; views, no copies."""
        first, last = np.searchsorted(self.t_s, [start_s - 1e-9, stop_s + 1e-9])
        return Curve(self.t_s[first:last], self.force_n[first:last], self.rate_hz, self.instrument)


@dataclass(frozen=True, slots=True, eq=False)
class Cop:
    """Centre of pressure over time: ``ml_m`` positive right, ``ap_m`` positive forward, both (n,), NaN where undefined."""

    t_s: Floats
    ml_m: Floats
    ap_m: Floats
    rate_hz: float
    method: str

    def between(self, start_s: float, stop_s: float) -> Cop:
        """The part from ``start_s`` to ``stop_s``, both included; views, no copies."""
        first, last = np.searchsorted(self.t_s, [start_s - 1e-9, stop_s + 1e-9])
        part = slice(int(first), int(last))
        return Cop(self.t_s[part], self.ml_m[part], self.ap_m[part], self.rate_hz, self.method)


@dataclass(frozen=True, slots=True, eq=False)
class Effort:
    """One trial. A bilateral test has left, right and both (or both alone); a unilateral one the limb that worked.

    ``free`` is the curve of the other plate in a single-leg test, where there is one; ``u_clock_s`` the residual offset
    between the two devices' clocks (0 for one device); ``joined`` the parameters of the join, for the record. ``entered``
    are quantities a person typed in with the trial (``lever_arm_m``, ``box_height_m``), ``stored_weight_n`` the weight of an
    earlier valid weighing of the same day, ``cop`` the centre of pressure where the plates give one.
    """

    curves: Mapping[Limb, Curve]
    limb: Limb = Limb.BOTH
    free: Curve | None = None
    u_clock_s: float = 0.0
    joined: Mapping[str, float | str] = field(default_factory=dict)
    body_mass_kg: float | None = None
    stream_reasons: tuple[str, ...] = ()
    entered: Mapping[str, float] = field(default_factory=dict)
    stored_weight_n: float | None = None
    cop: Cop | None = None

    @property
    def main(self) -> Curve:
        """The curve in which events are found: both where there is one, else the limb's own."""
        return self.curves[self.limb]
