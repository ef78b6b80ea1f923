"""The frozen picture of a session that a screen pulls: everything it shows, nothing it could change."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from daq.block import Limb
from daq.metrics.trial import TrialResult
from daq.metrics.value import Value

Floats = NDArray[np.float64]
_NOTHING = np.empty(0)


class Phase(StrEnum):
    """Where the guided test stands."""

    CONNECT = "connect"
    ZERO = "zero"
    LOAD = "load"
    WEIGH = "weigh"
    READY = "ready"
    GO = "go"
    RESULT = "result"
    REST = "rest"
    DONE = "done"
    STOPPED = "stopped"


class DeviceState(StrEnum):
    """Health of one device."""

    CLOSED = "closed"
    STARTING = "starting"
    STREAMING = "streaming"
    STALLED = "stalled"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One line about one device. ``message`` is one calm sentence, "" while all is well."""

    name: str
    driver: str
    sides: tuple[Limb, ...]
    state: DeviceState
    serial: str = ""
    firmware: str = ""
    rate_hz: float | None = None
    measured_hz: float | None = None
    n_samples: int = 0
    n_lost: int = 0
    n_bad: int = 0
    battery_percent: float | None = None
    clock_u_s: float | None = None
    zero_age_s: float | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class LimbView:
    """One side, now: ``force_n`` causal and calm (10 changes a second), ``peak_n`` of the effort under way or of the last one.

    ``trace_t_s`` and ``trace_n`` are the raw newtons of the last seconds on the session's time axis (views of the ring,
    valid until the next input; NaN in a hole).
    """

    limb: Limb
    force_n: float | None = None
    peak_n: float | None = None
    is_active: bool = True
    is_lost: bool = False
    best_n: float | None = None
    trace_t_s: Floats = field(default_factory=lambda: _NOTHING)
    trace_n: Floats = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class AsymmetryView:
    """The bar: ``percent`` positive = right larger, None = a dash; ``low`` and ``high`` its 95 % interval where there is one.

    ``is_live`` marks the moving share of the load; ``sentence`` the words under the bar; ``source`` what it is about.
    """

    percent: float | None = None
    low: float | None = None
    high: float | None = None
    is_live: bool = False
    sentence: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class TrialView:
    """One finished trial: its number (from 1), when (s of the session), verdict in words, and the analysed result."""

    number: int
    start_s: float
    stop_s: float
    limb: Limb
    is_kept: bool
    is_best: bool
    verdict: str
    result: TrialResult


@dataclass(frozen=True, slots=True)
class Headline:
    """The one sentence of state, and the calm line below it; ``is_call`` marks "act now"; ``progress`` 0 to 1 fills a light."""

    text: str
    detail: str = ""
    is_call: bool = False
    side: Limb | None = None
    progress: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """All a screen needs. ``t_s`` is the time of the last input.

    ``primary`` names the metric that the test is about, ``shown`` those beside it, ``peak`` the one that says how strong each
    side was ("" where none does), ``compared`` the one whose asymmetry counts first.
    """

    t_s: float
    assessment: str
    person: str
    phase: Phase
    headline: Headline
    limbs: tuple[LimbView, ...]
    asymmetry: AsymmetryView
    trials: tuple[TrialView, ...]
    devices: tuple[DeviceView, ...]
    primary: str
    n_wanted: int
    n_kept: dict[Limb, int] = field(default_factory=dict)
    summary: tuple[Value, ...] = ()
    notices: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    peak: str = "peak_force"
    compared: str = "peak_force"


EMPTY_SNAPSHOT = Snapshot(
    t_s=0.0,
    assessment="",
    person="",
    phase=Phase.CONNECT,
    headline=Headline("CONNECTING"),
    limbs=(LimbView(Limb.LEFT), LimbView(Limb.RIGHT)),
    asymmetry=AsymmetryView(),
    trials=(),
    devices=(),
    primary="",
    n_wanted=0,
)
