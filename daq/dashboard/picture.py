"""A running session to a picture of its screen: the real program without a terminal, saved as SVG."""

from __future__ import annotations

import argparse
import asyncio
import html
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.dashboard.app import LiveApp, wait_a_frame
from daq.errors import DaqError, FileError, UsageError
from daq.session.setup import Setup
from daq.session.snapshot import LimbView, Phase, Snapshot
from daq.simulate.simulated import simulated
from daq.station.station import Station

_TIME_LIMIT_S = 90.0
_SETTLING_FRAMES = 4
_HELD_S, _HELD_N = 2.0, 100.0


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
    async with app.run_test(size=size):
        try:
            async with asyncio.timeout(time_limit_s):
                while not when(app.latest):
                    if app.failure is not None:
                        raise app.failure
                    await wait_a_frame()
        except TimeoutError:
            raise UsageError(f"The screen did not come to what the picture should show within {time_limit_s:.0f} s.") from None
        for _ in range(_SETTLING_FRAMES):
            await wait_a_frame()
        picture = app.export_screenshot(title="limb-daq")
    _write(out, picture)


_WEB_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


_RUN = re.compile(
    r'<text class="(?P<kind>[^"]*)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" textLength="(?P<length>[\d.]+)"[^>]*>'
    r"(?P<text>[^<]*)</text>"
)


def _cell_by_cell(run: re.Match[str]) -> str:
    """One element per character: programs that know no ``textLength`` would lay a run out by the width of their own font."""
    characters = html.unescape(run["text"])
    step = float(run["length"]) / max(1, len(characters))
    return "".join(
        f'<text class="{run["kind"]}" x="{float(run["x"]) + k * step:.1f}" y="{run["y"]}">{html.escape(character)}</text>'
        for k, character in enumerate(characters)
        if not character.isspace()
    )


def _write(out: Path, picture: str) -> None:
    """Save ``picture`` so that it looks the same everywhere: without web fonts, each character in its cell."""
    picture = _RUN.sub(_cell_by_cell, _WEB_FONT.sub("", picture))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(picture, encoding="utf-8")
    except OSError as error:
        raise FileError(f"The picture {out} cannot be written: {error.strerror}.", path=out) from error


def simulated_station(assessment: str) -> Station:
    """The test called ``assessment`` on simulated devices; nothing is recorded."""
    test = load_assessment(assessment)
    world = simulated(None, test, first_side=Limb.LEFT)
    return Station(Setup(world.rig, world.certificates, test, person="P-014"), folder=None, far_ends=world.far_ends)


def _shows_second_jump(snapshot: Snapshot) -> bool:
    return snapshot.phase is Phase.RESULT and len(snapshot.trials) > 1


def _shows_second_squeeze(snapshot: Snapshot) -> bool:
    if snapshot.phase is not Phase.GO or not snapshot.trials:
        return False
    return any(_has_held(limb, snapshot.t_s) for limb in snapshot.limbs if limb.is_active)


def _has_held(limb: LimbView, t_s: float) -> bool:
    first = int(np.searchsorted(limb.trace_t_s, t_s - _HELD_S))
    held_n = limb.trace_n[first:]
    return bool(held_n.size) and bool((held_n > _HELD_N).all())


SCENES = {"dashboard": ("cmj", _shows_second_jump), "grip": ("grip", _shows_second_squeeze)}


def main(words: list[str]) -> int:
    """``--out FOLDER`` draws every picture of the documents, ``--out FILE.svg`` the first; ``--size 120x40``."""
    parser = argparse.ArgumentParser(prog="python -m daq.dashboard.picture", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="a folder, or one file that ends with .svg")
    parser.add_argument("--size", default="120x40", help="columns x rows")
    asked = parser.parse_args(words)
    is_file = asked.out.suffix == ".svg"
    try:
        size = size_from(asked.size)
        for name, (test, when) in list(SCENES.items())[: 1 if is_file else None]:
            out = asked.out if is_file else asked.out / f"{name}.svg"
            app = LiveApp(simulated_station(test))
            asyncio.run(take_picture(app, size=size, when=when, out=out, time_limit_s=_TIME_LIMIT_S))
    except DaqError as error:
        sys.stderr.write(f"daq: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
