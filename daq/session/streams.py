"""Tracks of one or two devices in, the force that the detector watches out: each row once, holes as NaN."""

from __future__ import annotations

import numpy as np

from daq.block import SIDES, Limb
from daq.core.join import LiveJoin
from daq.core.track import Track
from daq.driver import Floats, Ticks
from daq.session.device import Device

_NOTHING: tuple[Floats, Floats] = (np.empty(0), np.empty(0))


class LimbStream:
    """The force of one limb, or the sum of all limbs of one device."""

    def __init__(self, device: Device, limb: Limb) -> None:
        self.limb = limb
        self._device = device
        self._columns = device.columns_of(limb)
        self._track: Track | None = None
        self._next = 0

    @property
    def reference(self) -> Device:
        """The device whose clock is the time axis."""
        return self._device

    def uses(self, device: Device) -> bool:
        """Does this force come from ``device``?"""
        return device is self._device

    @property
    def rate_hz(self) -> float | None:
        """Nominal rate, None while nothing streams."""
        return self._device.track.rate_hz if self._device.track is not None else None

    def pull(self) -> tuple[Floats, Floats]:
        """The rows that have become known since the last call."""
        track = self._device.track
        if track is not self._track:
            self._track, self._next = track, 0
        if track is None or track.n_total <= self._next:
            return _NOTHING
        first, stop = max(self._next, track.first_kept), track.n_total
        self._next = stop
        return track.ticks(first, stop) / track.tick_hz, track.newtons(first, stop)[:, self._columns].sum(axis=1)

    def to_session_s(self, t_s: float) -> float:
        """A time of the stream on the session's axis."""
        return _on_session(self._device, t_s)


class JoinedStream:
    """Left plus right of two devices, in seconds of the left device's clock, up to the older of their newest samples."""

    def __init__(self, left: Device, right: Device) -> None:
        self.limb = Limb.BOTH
        self.left, self.right = left, right
        self._tracks: tuple[Track | None, Track | None] = (None, None)
        self._next = [0, 0]
        self._join: LiveJoin | None = None

    @property
    def reference(self) -> Device:
        """The device whose clock is the time axis."""
        return self.left

    def uses(self, device: Device) -> bool:
        """Does this force come from ``device``?"""
        return device in (self.left, self.right)

    @property
    def rate_hz(self) -> float | None:
        """Nominal rate, None while nothing streams."""
        rates = [d.track.rate_hz for d in (self.left, self.right) if d.track is not None]
        return max(rates) if len(rates) == len(SIDES) else None

    def pull(self) -> tuple[Floats, Floats]:
        """The rows that have become known since the last call."""
        left, right = self.left.track, self.right.track
        if left is None or right is None or not (left.n_total and right.n_total):
            return _NOTHING
        if (left, right) != self._tracks:
            self._tracks, self._join = (left, right), LiveJoin(left.rate_hz, right.rate_hz)
            self._next = [max(0, track.n_total - 1) for track in (left, right)]
        if self._join is None:
            return _NOTHING
        for k, (limb, device) in enumerate(((Limb.LEFT, self.left), (Limb.RIGHT, self.right))):
            self._feed(self._join, limb, device, k)
        t_s, left_n, right_n = self._join.take()
        return t_s, left_n + right_n

    def _feed(self, join: LiveJoin, limb: Limb, device: Device, k: int) -> None:
        track = device.track
        if track is None:
            return
        first, stop = max(self._next[k], track.first_kept), track.n_total
        if first == stop:
            return
        self._next[k] = stop
        join.feed(limb, self._times(device, track.ticks(first, stop)), track.newtons(first, stop).sum(axis=1))

    def _times(self, device: Device, ticks: Ticks) -> Floats:
        """Seconds of the left device's clock: its own ticks as they are, the other's through the host."""
        base, own = device.timebase, self.left.timebase
        if device is self.left or base is None or own is None:
            return ticks / device.described.tick_hz if device.described is not None else np.empty(0)
        host = own.freeze()
        since_s = (base.to_s(ticks) - host.offset_s) / (host.s_per_tick * own.tick_hz)
        return since_s + host.reference_tick / own.tick_hz

    def to_session_s(self, t_s: float) -> float:
        """A time of the stream on the session's axis."""
        return _on_session(self.left, t_s)


def _on_session(device: Device, t_s: float) -> float:
    if device.timebase is None or device.described is None:
        return t_s
    return float(device.timebase.to_s(np.array([round(t_s * device.described.tick_hz)]))[0])
