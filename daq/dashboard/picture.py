"""A running session to a picture of its screen: the real program without a terminal, saved as SVG."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from daq.dashboard.app import LiveApp, wait_a_frame
from daq.errors import FileError, UsageError
from daq.session.snapshot import Snapshot


def size_from(text: str) -> tuple[int, int]:
    """``120x40`` as columns and rows.

    Raises
    ------
    UsageError
        It is no size, or one that no screen has.
    """
    width, cross, height = text.lower().partition("x")
    if not cross or not width.isdecimal() or not height.isdecimal():
        raise UsageError(f"A size looks like 120x40; {text!r} does not.")
    size = int(width), int(height)
    if not (20 <= size[0] <= 500 and 5 <= size[1] <= 200):  # noqa: PLR2004, what terminals have
        raise UsageError(f"The size {text} is no terminal; use 20x5 to 500x200.")
    return size


async def take_picture(
    app: LiveApp, *, size: tuple[int, int], when: Callable[[Snapshot], bool], out: Path, time_limit_s: float
) -> None:
    """Run ``app`` without a terminal until ``when`` holds, and save its screen as SVG to ``out``.

    Raises
    ------
    UsageError
        ``when`` did not hold within ``time_limit_s``.
    FileError
        The picture cannot be written.
    DaqError
        The source could not start.
    """
    async with app.run_test(size=size, notifications=False) as pilot:
        try:
            async with asyncio.timeout(time_limit_s):
                while not when(app.latest):
                    if app.failure is not None:
                        raise app.failure
                    await wait_a_frame()
        except TimeoutError:
            raise UsageError(f"The screen did not come to what the picture should show within {time_limit_s:.0f} s.") from None
        app.pull()
        await pilot.pause()
        app.pull()
        await pilot.pause()
        picture = app.export_screenshot(title="limb-daq")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(picture, encoding="utf-8")
    except OSError as error:
        raise FileError(f"The picture {out} cannot be written: {error.strerror}.", path=out) from error
