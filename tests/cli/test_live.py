"""``daq live`` behind its screen: what cannot be printed while the screen is open is told when it has closed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from daq.assessments.model import load_assessment
from daq.block import Wake
from daq.cli import screen
from daq.cli.sitting import Sitting
from daq.dashboard.source import Source
from daq.session.snapshot import Snapshot
from daq.store.recording import RecordingWriter


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Snapshot, Source]]:
    """Replaces the screen by one that is open for a second; what it saw at its end."""
    seen: list[tuple[Snapshot, Source]] = []

    async def sit(source: Source) -> None:
        await source.start()
        await asyncio.sleep(0.8)
        seen.append((source.snapshot(), source))
        await source.close()

    def run_dashboard(source: Source) -> int:
        asyncio.run(sit(source))
        return 0

    monkeypatch.setattr(screen, "run_dashboard", run_dashboard)
    return seen


def sitting_in(folder: Path) -> Callable[[], Sitting]:
    return lambda: Sitting(None, "auto", load_assessment("cmj"), folder=folder)


def test_a_full_disk_is_told_when_the_screen_has_closed(
    shown: list[tuple[Snapshot, Source]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    whole, n_written = RecordingWriter._write, []

    def full(self: RecordingWriter, data: bytes) -> None:
        n_written.append(len(data))
        if len(n_written) > 3:
            raise self._fail(OSError(28, "No space left on device"))
        whole(self, data)

    monkeypatch.setattr(RecordingWriter, "_write", full)

    code = screen.show(sitting_in(tmp_path))

    _, source = shown[0]
    out, err = capsys.readouterr()
    assert code == 1
    assert source.recording.has_stopped
    assert err.count("\n") == 1
    assert err.startswith("daq: Recording has stopped, the disk refused (No space left on device)")
    assert err.endswith("Free some space and begin a new recording.\n")
    assert "Recording: " in out


def test_what_was_salvaged_is_a_notice_and_is_printed_in_the_end(
    shown: list[tuple[Snapshot, Source]], record: Callable[..., Path], capsys: pytest.CaptureFixture[str]
):
    left = record("crashed", is_closed=False)

    code = screen.show(sitting_in(left.parent))

    snapshot, source = shown[0]
    told = "Salvaged 12.4 s (1 inputs) of a recording that ended without being closed: crashed.mcap"
    assert code == 0
    assert told in snapshot.notices
    assert capsys.readouterr().err == f"{told}\n"
    assert not source.recording.has_stopped


def test_an_analysis_that_stopped_does_not_say_that_nothing_is_recorded(tmp_path: Path):
    station = sitting_in(tmp_path)().station()

    async def run() -> None:
        await station.start()
        station.session.step = None  # type: ignore[assignment, method-assign]
        station._take(Wake(station.now_ns()))
        await station.close()

    asyncio.run(run())

    assert "the recording goes on" in station.recording.error
    assert not station.recording.has_stopped
