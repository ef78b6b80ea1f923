"""A recording to the session it was: its inputs folded again, and the bytes to the devices compared with those sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from daq.assessments.model import Assessment
from daq.block import Chunk, Input, Limb, Sent
from daq.core.timebase import Timebase
from daq.core.track import Track
from daq.driver import Floats, Ticks
from daq.errors import ReplayError
from daq.metrics.effort import Curve
from daq.metrics.value import Value
from daq.session.device import Device
from daq.session.session import Session
from daq.session.setup import Setup
from daq.session.snapshot import TrialView
from daq.session.views import trial_views
from daq.store.recording import read_recording


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a recording gives when it is folded again; ``curves`` hold the whole recording, per limb on the session axis.

    ``sentence`` says what is wrong with the recording, "" = nothing; ``is_compared``: all that was sent is the same.
    """

    setup: Setup
    trials: tuple[TrialView, ...]
    summary: tuple[Value, ...]
    curves: dict[Limb, Curve]
    n_inputs: int
    n_sent: int
    duration_s: float
    is_complete: bool
    sentence: str
    is_compared: bool
    session: Session


@dataclass(slots=True)
class Segment:
    """All rows of one track, with the time base that places them."""

    track: Track
    base: Timebase
    ticks: list[Ticks]
    rows: list[Floats]
    n_taken: int = 0

    def take(self) -> None:
        """Copy the rows that have come since the last call."""
        first, stop = max(self.n_taken, self.track.first_kept), self.track.n_total
        if first < stop:
            self.ticks.append(self.track.ticks(first, stop).copy())
            self.rows.append(self.track.newtons(first, stop).copy())
            self.n_taken = stop


class Gatherer:
    """Keeps what the rings forget: every row of every track while a recording is folded."""

    def __init__(self) -> None:
        self._segments: dict[str, list[Segment]] = {}

    def gather(self, device: Device) -> None:
        """Take the rows of ``device`` that have come since the last call."""
        if device.track is None or device.timebase is None:
            return
        held = self._segments.setdefault(device.mount.name, [])
        if not held or held[-1].track is not device.track:
            held.append(Segment(device.track, device.timebase, [], []))
        held[-1].take()

    def curves_of(self, device: Device) -> list[tuple[Limb, Curve]]:
        """The whole recording of ``device`` per limb, on the session axis by its final map; a NaN row parts two segments."""
        segments = self._segments.get(device.mount.name, [])
        times: list[Floats] = []
        rows: list[Floats] = []
        for segment in segments:
            if not segment.ticks:
                continue
            t_s, newtons = segment.base.to_s(np.concatenate(segment.ticks)), np.concatenate(segment.rows)
            if times:
                times.append(np.array([(times[-1][-1] + t_s[0]) / 2]))
                rows.append(np.full((1, newtons.shape[1]), np.nan))
            times.append(t_s)
            rows.append(newtons)
        if not times:
            return []
        rate_hz = segments[-1].track.rate_hz
        t_s, newtons = np.maximum.accumulate(np.concatenate(times)), np.concatenate(rows)
        return [(limb, Curve(t_s, newtons[:, k], rate_hz)) for k, limb in enumerate(device.limbs)]


def replay_recording(
    path: Path,
    *,
    on_input: Callable[[Input, Session], None] | None = None,
    check: bool = True,
    assessment: Assessment | None = None,
) -> Replayed:
    """Fold the recording ``path`` again, as fast as possible (pace it in ``on_input``, if wanted).

    ``assessment`` replaces that of the recording. What is sent is compared only where the fold is the same one: not with
    another assessment, and not where items are missing in the middle.

    Raises
    ------
    FileError
        The recording cannot be read.
    ReplayError
        The session now sends something else to a device than it did then.
    """
    recording = read_recording(path)
    setup = recording.setup if assessment is None else replace(recording.setup, assessment=assessment)
    check = check and assessment is None and not recording.has_gaps
    gatherer = Gatherer()
    session = Session(setup, on_segment_end=gatherer.gather)
    expected: list[Sent] = []
    n_inputs = n_sent = 0
    for item in recording.items:
        if isinstance(item, Sent):
            n_sent += 1
            if check:
                _compare(expected, item)
            continue
        if check and expected:
            _refuse(expected[0], None)
        n_inputs += 1
        effects = session.step(item)
        expected = [e for e in effects if isinstance(e, Sent)]
        if isinstance(item, Chunk):
            gatherer.gather(session.device(item.device))
        if on_input is not None:
            on_input(item, session)
    return Replayed(
        setup=setup,
        trials=trial_views(session),
        summary=session.summary,
        curves={limb: curve for device in session.devices for limb, curve in gatherer.curves_of(device)},
        n_inputs=n_inputs,
        n_sent=n_sent,
        duration_s=session.t_ns / 1e9,
        is_complete=recording.is_complete,
        sentence=recording.sentence,
        is_compared=check,
        session=session,
    )


def _compare(expected: list[Sent], recorded: Sent) -> None:
    if not expected or expected[0] != recorded:
        _refuse(expected[0] if expected else None, recorded)
    expected.pop(0)


def _refuse(expected: Sent | None, recorded: Sent | None) -> None:
    def words(sent: Sent | None) -> str:
        return f"{sent.data.hex(' ')} to {sent.device}" if sent is not None else "nothing"

    at = recorded or expected
    t_ns = at.t_ns if at is not None else 0
    message = (
        f"This version does something else than the one that recorded: at {t_ns / 1e9:.3f} s it sends {words(expected)}, "
        f"the recording has {words(recorded)}. Values may differ; replay with the version named in the recording."
    )
    raise ReplayError(message, t_ns=t_ns)
