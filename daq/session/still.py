"""The last second of all devices: is everything empty and still, and how still does the person stand?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from daq.driver import Floats
from daq.session.device import ZERO_S, Device

EMPTY_N = {"plate": 50.0, "cell": 20.0}
QUIET_SD_N = {"plate": 3.0, "cell": 0.5}
WEIGHING_SD_N, WEIGHING_SHARE = 10.0, 0.015
N_PARTS = 10


class NotEmptyError(Exception):
    """No zero can be taken now; the sentence says which device is why."""


def recent(device: Device, span_s: float) -> Floats | None:
    """The newest newtons of ``device``, (n, n_limbs); None while it has not measured that long since it was last zeroed."""
    track = device.track
    if track is None:
        return None
    n, oldest = round(span_s * track.rate_hz), max(track.first_kept, device.first_zeroed_row)
    return track.newtons(track.n_total - n, track.n_total) if 0 < n <= track.n_total - oldest else None


def empty_levels_n(devices: Sequence[Device], kind: str) -> list[Floats]:
    """Level of each limb of each device over the last second.

    Raises
    ------
    NotEmptyError
        One of them is loaded, moves, or has a hole in that second.
    """
    return [_empty_level_n(device, kind) for device in devices]


def _empty_level_n(device: Device, kind: str) -> Floats:
    rows, name = recent(device, ZERO_S), device.mount.name.upper()
    if rows is None or np.isnan(rows).any():
        raise NotEmptyError("Leave everything empty and still for one second.")
    level_n: Floats = rows.mean(axis=0)
    if np.abs(level_n).max() > EMPTY_N[kind]:
        raise NotEmptyError(f"{name} is not empty. Step off, or let go.")
    if len(rows) > 1 and rows.std(axis=0, ddof=1).max() > QUIET_SD_N[kind]:
        raise NotEmptyError(f"{name} is not still.")
    return level_n


def quiet_share(devices: Sequence[Device]) -> float:
    """How much of the last second the total force has stayed where it is now, 0 to 1: fills the stability light."""
    held = [recent(device, ZERO_S) for device in devices]
    rows = [r for r in held if r is not None]
    if len(rows) < len(held):
        return 0.0
    n = min(len(r) for r in rows)
    total_n = np.sum([r[-n:].sum(axis=1) for r in rows], axis=0)
    means_n = np.array([part.mean() for part in np.array_split(total_n, N_PARTS)])
    limit_n = max(WEIGHING_SD_N, WEIGHING_SHARE * float(means_n.mean()))
    is_still = (np.abs(means_n - means_n[-1]) <= limit_n)[::-1]
    return 1.0 if is_still.all() else float(np.argmin(is_still)) / N_PARTS
