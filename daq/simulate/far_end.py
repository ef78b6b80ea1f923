"""A world of force to timed bytes and back: one twin with its clock, its cable and its faults, on true time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from daq.driver import Declaration, Driver, Fault, Floats, Force, SerialSpec, Twin
from daq.simulate.byte_faults import ByteFaults, Timed
from daq.simulate.faults import OUTSIDE_THE_TWIN, check_faults
from daq.simulate.uart import heard

World = Callable[[Floats], Floats]
"""What one device feels: true times in seconds, shape (n,), to newtons, shape (n,); or (n, k), its channels one by one."""

SLICE_S = 0.010
_PPM = 1e-6


class FarEnd:
    """One simulated device, driven by whoever holds the other end: a loop link, a pseudo-terminal, virtual time.

    Time is true time: seconds of the waveform or of the session, t = 0 where either begins. The twin lives on the device's
    own clock, which agrees with true time at t = 0 and runs fast by ``clock_skew``.

    Parameters
    ----------
    twin : Twin
    faults : sequence of Fault
        Those made around the twin; others are ignored here, they belong to the twin.
    made_s : float
        What the device's clock showed when the twin was made: the twin's time is the device's minus this.
    baud : float, optional
        Speed that the device should have; needed for ``wrong_speed``.
    slice_s : float
        Longest step of the twin; chunks are stamped with the end of their step.
    """

    def __init__(
        self,
        twin: Twin,
        *,
        faults: Sequence[Fault] = (),
        made_s: float = 0.0,
        baud: float | None = None,
        slice_s: float = SLICE_S,
    ) -> None:
        self._twin = twin
        self._faults = tuple(faults)
        self._made_s = made_s
        self._speed_up = speed_up(faults)
        self._twin_s = 0.0
        self._now_s = made_s / self._speed_up
        self._slice_s = slice_s
        self._wire = ByteFaults(faults)
        self._waiting: list[Timed] = []
        self._declared_baud = baud
        self.host_baud = baud
        self.n_bytes_out = 0

    @property
    def now_s(self) -> float:
        """True time up to which the device has lived."""
        return self._now_s

    @property
    def declared_baud(self) -> float | None:
        """Speed that its driver declares; None = no serial line."""
        return self._declared_baud

    @property
    def slice_s(self) -> float:
        """Longest step of the twin."""
        return self._slice_s

    def is_plugged(self, t_s: float) -> bool:
        """Whether the cable is in at ``t_s``."""
        return not self._is_under("unplug", t_s)

    def was_unplugged(self, since_s: float, to_s: float) -> bool:
        """Whether the cable was out at any moment after ``since_s``, up to ``to_s``."""
        return any(f.name == "unplug" and f.at_s <= to_s and f.until_s > since_s for f in self._faults)

    def may_open(self, t_s: float) -> bool:
        """Whether an attempt to open succeeds at ``t_s``."""
        return self.is_plugged(t_s) and not self._is_under("refuse", t_s)

    def advance(self, to_s: float, *, slice_s: float | None = None) -> list[Timed]:
        """What arrives up to true time ``to_s`` as (time, port, data), in order of time; nothing while unplugged.

        ``slice_s`` is the longest step, where another than usual is wanted.
        """
        out, self._waiting = self._waiting, []
        step_s = slice_s or self._slice_s
        while self._now_s < to_s:
            stop_s = min(to_s, self._now_s + step_s)
            out.extend(self._step(stop_s))
        return out

    def write(self, t_s: float, port: str, data: bytes) -> None:
        """Bytes from the host, heard at ``t_s`` or now, whichever is later; lost while unplugged."""
        self._waiting = self.advance(t_s)
        if self.is_plugged(self._now_s):
            self._twin.feed(port, self._garbled(data, to_device=True))

    def skip(self, to_s: float) -> None:
        """Let time pass up to ``to_s`` with nobody listening."""
        self.advance(to_s)

    def _step(self, stop_s: float) -> list[Timed]:
        twin_s = stop_s * self._speed_up - self._made_s
        said = self._twin.advance(twin_s - self._twin_s)
        self._twin_s, self._now_s = twin_s, stop_s
        chunks = [(stop_s, port, self._garbled(data, to_device=False)) for port, data in said if data]
        chunks = self._wire.take(chunks, stop_s)
        if not self.is_plugged(stop_s):
            return []
        self.n_bytes_out += sum(len(data) for _, _, data in chunks)
        return chunks

    def _is_under(self, name: str, t_s: float) -> bool:
        return any(f.name == name and f.at_s <= t_s < f.until_s for f in self._faults)

    def _device_baud(self) -> float | None:
        wrong = [f.value for f in self._faults if f.name == "wrong_speed" and f.at_s <= self._now_s < f.until_s]
        return wrong[-1] if wrong else self._declared_baud

    def _garbled(self, data: bytes, *, to_device: bool) -> bytes:
        device, host = self._device_baud(), self.host_baud
        if device is None or host is None or device == host:
            return data
        return heard(data, host, read_baud=device) if to_device else heard(data, device, read_baud=host)


def far_end(
    driver: Driver[Any],
    options: Any,
    world: World,
    *,
    faults: Sequence[Fault] = (),
    now_s: float = 0.0,
    slice_s: float = SLICE_S,
) -> FarEnd:
    """A device of kind ``driver`` that feels ``world``, switched on at the last whole second of its clock before ``now_s``.

    Whole seconds keep its conversions on the grid of t = 0 whenever it is made, so that separate processes with one t = 0
    sample the same instants; with ``clock_skew`` the grid drifts away from t = 0. Each of its channels carries an equal
    share of a force without columns.

    Raises
    ------
    UsageError
        The device cannot show one of the faults.
    """
    check_faults(faults, driver.twin_faults, driver=driver.name)
    declared = driver.declare(options)
    faster = speed_up(faults)
    made_s = float(math.floor(now_s * faster + 1e-9))
    force = felt(
        world, n_shares=len(declared.defaults.channels), n_columns=_n_columns(options, declared), faults=faults, made_s=made_s
    )
    own = [_on_the_twins_clock(f, made_s=made_s) for f in faults if f.name not in OUTSIDE_THE_TWIN]
    made = FarEnd(
        driver.twin(options, force, own),
        faults=faults,
        made_s=made_s,
        baud=declared.spec.baud if isinstance(declared.spec, SerialSpec) else None,
        slice_s=slice_s,
    )
    made.skip(now_s)
    return made


def felt(world: World, *, n_shares: int, n_columns: int, faults: Sequence[Fault] = (), made_s: float = 0.0) -> Force:
    """The force on each channel of a twin over the twin's own time: equal shares of ``world``, drift and skew included.

    ``n_shares`` channels carry it together; the twin has ``n_columns``, of which a mask may hide some.
    """
    faster = speed_up(faults)
    drifts = [f for f in faults if f.name == "drift"]

    def force(twin_s: Floats) -> Floats:
        t_s = (np.asarray(twin_s, dtype=np.float64) + made_s) / faster
        total_n = world(t_s)
        for fault in drifts:
            begin_s = max(fault.at_s, 0.0)
            drift_n = fault.value / 60.0 * (np.clip(t_s, begin_s, fault.until_s) - begin_s)
            total_n = total_n + (drift_n if total_n.ndim == 1 else drift_n[:, None] / total_n.shape[1])
        if total_n.ndim > 1:
            return total_n
        shares: Floats = np.repeat(total_n[:, None] / n_shares, n_columns, axis=1)
        return shares

    return force


def speed_up(faults: Sequence[Fault]) -> float:
    """Device seconds per true second."""
    return 1.0 + sum(f.value for f in faults if f.name == "clock_skew") * _PPM


def _n_columns(options: object, declared: Declaration) -> int:
    """Channels that the device has; those that it sends may be fewer."""
    own = getattr(options, "channels", None)
    return own if isinstance(own, int) else len(declared.defaults.channels)


def _on_the_twins_clock(fault: Fault, *, made_s: float) -> Fault:
    return replace(fault, at_s=max(0.0, fault.at_s - made_s), until_s=fault.until_s - made_s)
