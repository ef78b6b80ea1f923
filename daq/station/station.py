"""Ports, a clock and keys in; a recorded, then folded stream of inputs out: the only place with tasks and wall time."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import Mapping
from pathlib import Path

from daq.block import NS_PER_S, Chunk, Command, Effect, Input, Reopen, Scalar, Sent, Wake
from daq.errors import DaqError, FileError
from daq.session.session import WAKE_S, Session
from daq.session.setup import Setup
from daq.session.snapshot import Snapshot
from daq.simulate.far_end import FarEnd
from daq.station.keeper import LinkKeeper
from daq.station.links import link_for
from daq.station.tables import tables_beside
from daq.station.view import RecordingView
from daq.store.recording import Acknowledged, RecordingWriter

FLUSH_S = 0.1
SYNC_S = 1.0
STOP_S = 0.3


class Station:
    """One session at work: links, clock and recording around the pure ``Session``.

    Parameters
    ----------
    setup : Setup
    folder : Path, optional
        Where the recording goes; None = nothing is recorded.
    name : str
        Name of the recording without ending.
    far_ends : mapping
        Simulated devices by mount name.
    """

    def __init__(
        self,
        setup: Setup,
        *,
        folder: Path | None,
        name: str = "recording",
        far_ends: Mapping[str, FarEnd] | None = None,
    ) -> None:
        self.setup = setup
        self.session = Session(setup)
        self._folder, self._name = folder, name
        self._far_ends = far_ends or {}
        self._writer: RecordingWriter | None = None
        self._keepers: dict[str, LinkKeeper] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._started_ns = time.monotonic_ns()
        self._is_running = False
        self.acknowledged: Acknowledged | None = None
        self._soon: asyncio.Event = asyncio.Event()
        self.failure: Exception | None = None
        self.recording = RecordingView()

    def now_ns(self) -> int:
        """Monotonic nanoseconds since the session began."""
        return time.monotonic_ns() - self._started_ns

    # --- life -------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the recording and every link.

        Raises
        ------
        DaqError
            The recording cannot be made, or a port cannot be opened; everything opened before is closed again.
        """
        await asyncio.to_thread(_load_scipy)
        self._started_ns = time.monotonic_ns()
        if self._folder is not None:
            self._writer = RecordingWriter.create(self._folder, self.setup, name=self._name)
            self.recording = RecordingView(path=str(self._writer.path))
        try:
            for device in self.session.devices:
                link = link_for(device.mount, device.declared.spec, now_ns=self.now_ns, far_ends=self._far_ends)
                keeper = LinkKeeper(link, deliver=self._take, now_ns=self.now_ns)
                self._keepers[device.mount.name] = keeper
                await keeper.open_once()
        except DaqError:
            await self._give_up()
            raise
        gc.freeze()  # a full collection of what was imported would cost a visible frame
        jobs = [self._tick(), self._keep_flushed(), *(keeper.keep() for keeper in self._keepers.values())]
        self._tasks = [asyncio.create_task(job) for job in jobs]
        for task in self._tasks:
            task.add_done_callback(self._look_after)
        self._is_running = True

    def _look_after(self, task: asyncio.Task[None]) -> None:
        """A task that ended by itself is a defect: say so instead of going on without it."""
        if not task.cancelled() and isinstance(error := task.exception(), Exception) and self.failure is None:
            self._stop_folding(error)

    async def _give_up(self) -> None:
        """Not every link could be opened: nothing has begun, so no recording stays."""
        for keeper in self._keepers.values():
            await keeper.close()
        self._keepers = {}
        if self._writer is not None:
            self._writer.discard()
        self._writer, self.recording = None, RecordingView()

    async def close(self) -> None:
        """End the session: open efforts are finished, devices stopped, links closed, the recording closed."""
        self._is_running = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._keepers:
            self._take(Command(self.now_ns(), "finish"))
            await asyncio.sleep(STOP_S if self.session.devices else 0)
        for keeper in self._keepers.values():
            await keeper.close()
        self._keepers = {}
        await self._close_recording()

    async def _close_recording(self) -> None:
        writer, self._writer = self._writer, None
        if writer is None:
            return
        try:
            path = await asyncio.to_thread(writer.close)
        except FileError as error:
            self._fail(error)
            return
        self.recording = RecordingView(str(path), self.now_ns() / NS_PER_S, self.recording.n_inputs, self.recording.error)

    # --- inputs -----------------------------------------------------------------------------------------------------

    def command(self, name: str, args: Mapping[str, Scalar] | None = None) -> None:
        """A wish of the user, recorded like every other input; before the start and after the end nobody takes it."""
        if self._is_running:
            self._take(Command(self.now_ns(), name, dict(args or {})))

    def _take(self, item: Input) -> None:
        """Record one input, fold it, carry out what follows from it."""
        if self._writer is not None:
            self._writer.append(item)
        if self.failure is not None:
            return
        try:
            effects = self.session.step(item)
        except Exception as error:  # noqa: BLE001, a defect in the fold must not cost the recording: it goes on, and is replayed later
            self._stop_folding(error)
            return
        for effect in effects:
            self._carry_out(effect)
        due = self.session.next_wake_ns
        if due is not None and not isinstance(item, Chunk) and due <= self.now_ns() + WAKE_S * NS_PER_S:
            self._soon.set()

    def _stop_folding(self, error: Exception) -> None:
        self.failure = error
        sentence = f"The analysis has stopped ({type(error).__name__}); the recording goes on. Leave, and replay it later."
        view = self.recording
        if not view.has_stopped:
            self.recording = RecordingView(view.path, view.acknowledged_s, view.n_inputs, sentence)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Sent():
                if self._writer is not None:
                    self._writer.append(effect)
                keeper = self._keepers.get(effect.device)
                if keeper is not None:
                    keeper.write(effect.port, effect.data, response=effect.response)
            case Reopen():
                keeper = self._keepers.get(effect.device)
                if keeper is not None:
                    keeper.give_up()

    async def _tick(self) -> None:
        """Time as data: ten times a second, and sooner when a codec asks for it."""
        while True:
            self._soon.clear()
            due = self.session.next_wake_ns
            pause_s = WAKE_S if due is None else min(WAKE_S, max(0.001, (due - self.now_ns()) / NS_PER_S))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._soon.wait(), pause_s) if pause_s == WAKE_S else await asyncio.sleep(pause_s)
            self._take(Wake(self.now_ns()))

    # --- recording --------------------------------------------------------------------------------------------------

    async def _keep_flushed(self) -> None:
        next_sync = time.monotonic() + SYNC_S
        while True:
            await asyncio.sleep(FLUSH_S)
            writer = self._writer
            if writer is None:
                return
            try:
                done = await asyncio.to_thread(writer.flush)
                if time.monotonic() >= next_sync:
                    next_sync = time.monotonic() + SYNC_S
                    await asyncio.to_thread(writer.sync)
            except FileError as error:
                self._fail(error)
                return
            self.recording = RecordingView(str(writer.path), done.t_ns / NS_PER_S, done.n_inputs, self.recording.error)
            self.acknowledged = done

    def _fail(self, error: FileError) -> None:
        """The disk refused: recording ends cleanly, the screen goes on."""
        self._writer = None
        view = self.recording
        self.recording = RecordingView(view.path, view.acknowledged_s, view.n_inputs, str(error), has_stopped=True)

    async def export(self) -> str:
        """Write the tables of everything so far beside the recording; returns the sentence to show.

        Raises
        ------
        DaqError
            There is no recording, or the tables cannot be written.
        """
        if not self.recording.path:
            raise FileError("Nothing is being recorded, so there is nothing to export.", path=Path())
        if self._writer is not None:
            await asyncio.to_thread(self._writer.flush)
        folder = await asyncio.to_thread(tables_beside, Path(self.recording.path))
        return f"Written: {folder}"

    # --- what can be seen -------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The frozen picture of now."""
        return self.session.snapshot()

    @property
    def is_done(self) -> bool:
        """Every limb has its trials, and the last result was shown."""
        return self.session.is_done


def _load_scipy() -> None:
    """scipy.signal takes most of a second to import: done in a thread, before the first sample needs it."""
    import scipy.signal
    import scipy.special  # noqa: F401
