"""A span that the detector found, to the effort that the metrics take: raw newtons per limb on one reference axis."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from daq.block import SIDES, Limb
from daq.core.join import join
from daq.core.mark import Span
from daq.driver import Floats
from daq.metrics.effort import Cop, Curve, Effort, Instrument
from daq.session.device import Device
from daq.session.streams import JoinedStream, LimbStream

MASS = "body_mass_kg"
LEAST_N = 50.0
"""Below this total force the centre of pressure is undefined."""

U_TIME_STEP = 50e-6 / math.sqrt(3)
"""Relative standard uncertainty of a crystal's period: +-50 ppm, evenly distributed."""


def instrument_of(device: Device, column: int, *, kind: str, now_s: float) -> Instrument:
    """What certificate and description say about one limb; outputs that are summed share the largest relative u."""
    held, described = device.calibration, device.described
    if held is None or described is None:
        return Instrument(kind=kind)
    used = [k for k in range(len(held.outputs)) if device.selects(k, column)]
    steps = [abs(row[k]) for row in held.gain for k in used if row[k]]
    return Instrument(
        kind=kind,
        u_gain=max(held.u_gain[k] for k in used) if held.u_gain is not None else None,
        u_reference=held.u_reference,
        reference=held.reference,
        u_zero_n=math.hypot(*(held.u_zero_n[k] for k in used)) if held.u_zero_n is not None else None,
        resolution_n=min(steps) if described.unit == "counts" and steps else None,
        range_n=_range_n(device, used),
        settling_s=described.settling_s,
        group_delay_s=described.group_delay_s,
        u_time=U_TIME_STEP,
        nominal_rate_hz=described.rate_hz,
        zero_age_s=now_s - device.zeroed_at_s if device.zeroed_at_s is not None else None,
    )


def _range_n(device: Device, used: list[int]) -> float | None:
    """Where the reading ends: the full scale of the converter or the certificate's range, whichever is lower."""
    held, described = device.calibration, device.described
    if held is None or described is None:
        return None
    limits = []
    if held.range_n is not None:
        limits.append(sum(held.range_n[k] for k in used))
    if described.full_scale is not None and len(held.channels) == 1:
        limits.append(min(abs(s * described.full_scale - held.zero[0]) * abs(held.gain[0][used[0]]) for s in (1, -1)))
    return min(limits) if limits else None


class Axis:
    """The reference axis of an effort: the reference device's own seconds, laid on the session axis at one instant."""

    def __init__(self, device: Device, at_s: float) -> None:
        if device.timebase is None or device.described is None:
            raise ValueError(f"the device {device.mount.name} has no time base")
        self._device = device
        self._tick_hz = device.described.tick_hz
        self._map = device.timebase.freeze()
        self._at_s = at_s
        self._host_s = float(self._map.to_s(np.array([round(at_s * self._tick_hz)], dtype=np.int64))[0])
        self._slope = self._map.s_per_tick * self._tick_hz

    def times(self, device: Device, first: int, stop: int) -> Floats:
        """Times of rows on this axis: own ticks for the reference device, through the host for others."""
        if device.track is None or device.timebase is None:
            return np.empty(0)
        ticks = device.track.ticks(first, stop)
        if device is self._device:
            return ticks / self._tick_hz - self._at_s + self._host_s
        host_s = device.timebase.freeze().to_s(ticks)
        return (host_s - self._host_s) / self._slope + self._host_s

    def to_session_s(self, t_s: float) -> float:
        """A time of the reference device's own clock on this axis."""
        return t_s - self._at_s + self._host_s


def curve_of(axis: Axis, device: Device, limb: Limb, *, start_s: float, stop_s: float, kind: str, now_s: float) -> Curve | None:
    """The raw newtons of ``limb`` between two times of the axis; None where the track holds nothing there."""
    track = device.track
    if track is None or not track.n_total:
        return None
    t_s = axis.times(device, track.first_kept, track.n_total)
    first, stop = np.searchsorted(t_s, [start_s, stop_s + 0.5 / track.rate_hz])
    if stop - first < 1:
        return None
    rows = track.newtons(track.first_kept + int(first), track.first_kept + int(stop))
    columns = device.columns_of(limb)
    t_s = t_s[first:stop]
    rate_hz = (len(t_s) - 1) / (t_s[-1] - t_s[0]) if len(t_s) > 1 and t_s[-1] > t_s[0] else track.rate_hz
    instrument = instrument_of(device, columns[0], kind=kind, now_s=now_s)
    return Curve(t_s, rows[:, columns].sum(axis=1), float(rate_hz), instrument)


def effort_of(
    stream: LimbStream | JoinedStream,
    span: Span,
    limb: Limb,
    *,
    devices: tuple[Device, ...],
    kind: str,
    now_s: float,
    stream_reasons: tuple[str, ...],
    has_cop: bool = False,
    entered: Mapping[str, float] | None = None,
    stored_weight_n: float | None = None,
) -> tuple[Effort, float, float] | None:
    """The effort in ``span`` of ``stream``, with its start and stop on the session axis; None when its rows are gone.

    ``devices`` are all devices of the rig: in a single-leg test the curve of the other limb is the free leg's. With
    ``has_cop`` the effort has the centre of pressure, where every plate says where its cells are.
    """
    axis = Axis(stream.reference, (span.began_s + span.ended_s) / 2)
    start_s, stop_s = axis.to_session_s(span.start_s), axis.to_session_s(span.stop_s)

    def curve(device: Device, side: Limb) -> Curve | None:
        return curve_of(axis, device, side, start_s=start_s, stop_s=stop_s, kind=kind, now_s=now_s)

    curves: dict[Limb, Curve | None] = {}
    u_clock_s, joined = 0.0, {}
    if isinstance(stream, JoinedStream):
        left, right = curve(stream.left, Limb.LEFT), curve(stream.right, Limb.RIGHT)
        if left is None or right is None:
            return None
        together = join(left, right)
        curves = {Limb.LEFT: left, Limb.RIGHT: right, Limb.BOTH: together.both}
        joined = dict(together.params)
        u_clock_s = math.hypot(*(d.timebase.u_s for d in (stream.left, stream.right) if d.timebase is not None))
    elif limb is Limb.BOTH:
        sides = [s for s in SIDES if s in stream.reference.limbs]
        curves = {s: curve(stream.reference, s) for s in [*sides, Limb.BOTH]}
    else:
        curves = {limb: curve(stream.reference, limb)}
    found = {side: c for side, c in curves.items() if c is not None}
    if limb not in found:
        return None
    free = next(
        (c for d in devices if limb in SIDES and limb.other in d.limbs and (c := curve(d, limb.other)) is not None), None
    )
    cop = cop_of(axis, stream, found[limb]) if has_cop else None
    typed = dict(entered or {})
    effort = Effort(
        found,
        limb=limb,
        free=free,
        u_clock_s=u_clock_s,
        joined=joined,
        body_mass_kg=typed.pop(MASS, None),
        stream_reasons=stream_reasons,
        entered=typed,
        stored_weight_n=stored_weight_n,
        cop=cop,
    )
    return effort, start_s, stop_s


def cop_of(axis: Axis, stream: LimbStream | JoinedStream, curve: Curve) -> Cop | None:
    """Moments of all plates of ``stream`` over the force of ``curve``: the centre of pressure in the frame of the rig."""
    devices = (stream.left, stream.right) if isinstance(stream, JoinedStream) else (stream.reference,)
    ml_nm, ap_nm = np.zeros(len(curve.t_s)), np.zeros(len(curve.t_s))
    for device in devices:
        moments = device.moments
        if moments is None or not moments.n_total:
            return None
        t_s = axis.times(device, moments.first_kept, moments.n_total)
        first, stop = np.searchsorted(t_s, [curve.t_s[0], curve.t_s[-1]])
        first, stop = max(int(first) - 1, 0), min(int(stop) + 1, len(t_s))
        if stop - first < 2:  # noqa: PLR2004, a line needs two points
            return None
        rows = moments.newtons(moments.first_kept + first, moments.first_kept + stop)
        ml_nm += np.interp(curve.t_s, t_s[first:stop], rows[:, 0])
        ap_nm += np.interp(curve.t_s, t_s[first:stop], rows[:, 1])
    is_there = curve.force_n >= LEAST_N
    force_n = np.where(is_there, curve.force_n, np.nan)
    method = "cop.two_plates" if len(devices) > 1 else "cop.four_cell"
    return Cop(curve.t_s, ml_nm / force_n, ap_nm / force_n, curve.rate_hz, method)


def force_at(devices: tuple[Device, ...], limb: Limb, t_s: float) -> float | None:
    """Median of the force on ``limb`` over ten samples around a time of the session; None where nothing was measured."""
    device = next((d for d in devices if limb in d.limbs), None)
    if device is None or device.track is None or device.timebase is None:
        return None
    track = device.track
    ticks = track.ticks(track.first_kept, track.n_total)
    row = track.first_kept + int(np.searchsorted(device.timebase.to_s(ticks), t_s))
    force_n = track.newtons(max(track.first_kept, row - 5), row + 5)[:, device.limbs.index(limb)]
    known_n = force_n[~np.isnan(force_n)]
    return float(np.median(known_n)) if len(known_n) else None
