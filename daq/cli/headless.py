"""A station without a screen: starts it, prints what it finds as lines or JSON, stops it in good order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from daq.cli.rendering import summary_lines, trial_line, trial_lines, trial_record
from daq.cli.sitting import file_away
from daq.session.snapshot import DeviceState
from daq.session.views import trial_views
from daq.units import sentence

if TYPE_CHECKING:
    from daq.assessments.model import Assessment
    from daq.cli.sitting import Sitting
    from daq.session.snapshot import TrialView
    from daq.station.station import Station
    from daq.store.recording import Acknowledged

LINGER_S = 0.5
PROGRESS_S = 0.5


class Printer:
    """Lines for people, or one JSON object a line for programs."""

    def __init__(self, *, as_json: bool, is_brief: bool = False) -> None:
        self._as_json = as_json
        self._is_brief = is_brief
        self._n_shown = 0
        self._shown_at_s = 0.0
        self._last: Acknowledged | None = None

    def event(self, name: str, **content: Any) -> None:
        """One JSON line; nothing for people."""
        if self._as_json:
            print(json.dumps({"event": name, **content}), flush=True)

    def news(self, station: Station) -> None:
        """What has come since the last call: acknowledged inputs, finished trials."""
        if station.acknowledged is not None:
            self._acknowledged(station.acknowledged)
        if len(station.session.trials) > self._n_shown:
            self._trials(trial_views(station.session), test=station.setup.assessment)

    def _acknowledged(self, done: Acknowledged) -> None:
        if self._last is None or done.n_inputs != self._last.n_inputs:
            self.event("acknowledged", inputs=done.n_inputs, bytes=done.n_bytes, t_s=done.t_ns / 1e9)
        self._last = done

    def _trials(self, trials: tuple[TrialView, ...], *, test: Assessment) -> None:
        for view in trials[self._n_shown :]:
            self.event("trial", kept=view.is_kept, verdict=view.verdict, **trial_record(view.number, view.start_s, view.result))
            if not self._as_json:
                self._clear()
                brief = [trial_line(view.number, view.result, verdict=view.verdict, primary=test.primary)]
                lines = brief if self._is_brief else trial_lines(view.number, view.start_s, view.result, test=test)
                print("\n".join(lines), flush=True)
        self._n_shown = len(trials)

    def progress(self, station: Station) -> None:
        """One line that changes, on a terminal only."""
        if self._as_json or not sys.stderr.isatty() or time.monotonic() - self._shown_at_s < PROGRESS_S:
            return
        self._shown_at_s = time.monotonic()
        snapshot = station.snapshot()
        words = f"{snapshot.t_s:6.0f} s  {snapshot.headline.text}  {snapshot.headline.detail}"
        print(f"\r\033[K{words[:78]}", end="", file=sys.stderr, flush=True)

    def _clear(self) -> None:
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def finished(self, station: Station) -> None:
        """The end: file, trials and summary."""
        session = station.session
        self._clear()
        self.event(
            "finished",
            assessment=station.setup.assessment.id,
            recording=station.recording.path,
            complete=session.is_done,
            error=station.recording.error or None,
            trials=[
                {**trial_record(v.number, v.start_s, v.result), "kept": v.is_kept, "verdict": v.verdict}
                for v in trial_views(session)
            ],
            summary=[v.as_record() for v in session.summary],
        )
        if not self._as_json:
            for line in summary_lines(session.summary, station.setup.assessment) if not self._is_brief else []:
                print(line)
            print(f"Recording: {station.recording.path}")


def run_headless(sitting: Sitting, *, seconds: float | None, as_json: bool, is_brief: bool = False) -> int:
    """Record until the test is complete, ``seconds`` have passed, or someone stops it; the exit code.

    ``is_brief`` prints one line per finished trial and nothing else.
    """
    printer = Printer(as_json=as_json, is_brief=is_brief)
    return asyncio.run(_run(sitting.station(), printer, seconds=seconds))


async def _run(station: Station, printer: Printer, *, seconds: float | None) -> int:
    stopped = asyncio.Event()
    with _signals(stopped.set):
        await station.start()
        try:
            printer.event("started", recording=station.recording.path, assessment=station.setup.assessment.id)
            await _until_done(station, printer, stopped, seconds=seconds)
        finally:
            await station.close()
    if station.failure is not None:
        raise station.failure
    printer.news(station)
    printer.finished(station)
    file_away(station)
    silent = [d for d in station.session.devices if not d.counts.n_samples]
    if silent:
        why = silent[0].message or "no data came in this time"
        print(f"daq: {sentence(f'Nothing was measured on {silent[0].mount.name.upper()}: {why}')}", file=sys.stderr)
    if station.recording.error:
        print(f"daq: {station.recording.error}", file=sys.stderr)
    return 1 if silent or station.recording.error else 0


async def _until_done(station: Station, printer: Printer, stopped: asyncio.Event, *, seconds: float | None) -> None:
    until_s = None if seconds is None else time.monotonic() + seconds
    told = Told()
    while not stopped.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), 0.05)
        printer.news(station)
        printer.progress(station)
        told.tell(station)
        is_over = until_s is None if station.failure is not None else bool(station.recording.error)
        if is_over or (until_s is not None and time.monotonic() >= until_s):
            return
        if station.is_done and until_s is None:
            await asyncio.sleep(LINGER_S)
            return


class Told:
    """Notices of the session and complaints of devices, each said once on stderr."""

    def __init__(self) -> None:
        self._n_notices = 0
        self._messages: dict[str, str] = {}

    def tell(self, station: Station) -> None:
        """Say what is new."""
        notices = station.session.notices
        news = list(notices[self._n_notices :])
        self._n_notices = len(notices)
        for device in station.session.devices:
            name, message = device.mount.name, device.message
            if message and message != self._messages.get(name):
                news.append(sentence(f"{name.upper()}: {message}"))
                self._messages[name] = message
            elif not message and name in self._messages and device.state is DeviceState.STREAMING:
                news.append(f"{name.upper()} sends data again.")
                del self._messages[name]
        for line in news:
            print(f"daq: {line}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _signals(stop: Callable[[], None]) -> Any:
    """SIGINT and SIGTERM end the session in good order; what was recorded is closed properly."""
    loop = asyncio.get_running_loop()
    handled = []
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # not on Windows; there KeyboardInterrupt does
            loop.add_signal_handler(number, stop)
            handled.append(number)
    try:
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
