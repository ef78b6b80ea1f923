"""What a frame of the dashboard costs: the trace alone, the whole screen in a real terminal, and a peer's plot beside it."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import statistics
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from daq.block import Limb
from daq.dashboard.axis import fresh_axis
from daq.dashboard.columns import columns
from daq.dashboard.glyphs import ASCII, BLOCK, BRAILLE, Glyphs
from daq.dashboard.trace import Drawn, View, trace_lines

pytestmark = pytest.mark.bench

FRAME_LIMIT_MS = 5.0
SCREEN_LIMIT_MS = 10.0
RUN_S = 4.0

_SESSION = """
import json, math, resource, sys, time
import numpy as np
from dataclasses import replace
from daq.block import Limb
from daq.session.snapshot import *
from daq.dashboard.source import NO_ARGS, RecordingView

class Moving:
    recording = RecordingView("bench", 1.0)
    def __init__(self):
        self.t = np.arange(60_000) / 1000.0
        jump = [0, 1, 1.3, 1.8, 1.85, 2.2, 2.25, 2.5, 3], [370, 370, 120, 900, 0, 0, 1300, 380, 370]
        self.y = [np.interp(self.t % 3.0, *jump) * s for s in (0.97, 1.03)]
        self.zero = time.perf_counter()
        self.n = 0
    def snapshot(self):
        self.n += 1
        now = 10.0 + time.perf_counter() - self.zero
        last = int(now * 1000)
        view = slice(last - 30_000 if last > 30_000 else 0, last)
        tenth = int(now * 10) / 10
        limbs = tuple(LimbView(side, force_n=float(y[int(tenth * 1000)]), trace_t_s=self.t[view], trace_n=y[view])
                      for side, y in zip((Limb.LEFT, Limb.RIGHT), self.y))
        devices = tuple(DeviceView(s, "node", (s,), DeviceState.STREAMING, rate_hz=1000.0) for s in (Limb.LEFT, Limb.RIGHT))
        return Snapshot(now, "Countermovement jump", "P-014", Phase.GO, Headline("JUMP", "now", is_call=True), limbs,
                        AsymmetryView(3 * math.sin(tenth), is_live=True, sentence="48.9 | 51.1"), (), devices,
                        "jump_height_impulse_momentum", 3)
    def command(self, name, args=NO_ARGS): pass
    async def start(self): pass
    async def close(self): pass
    async def export(self): return ""
"""

_REPORT = """
def report(app, count):
    start = {}
    def begin():
        start.update(cpu=time.process_time(), wall=time.perf_counter(), n=count())
    def end():
        app.exit(0)
        start.update(cpu=time.process_time() - start["cpu"], wall=time.perf_counter() - start["wall"], n=count() - start["n"])
    app.set_timer(1.0, begin)
    app.set_timer(1.0 + float(sys.argv[2]), end)
    return start
"""

_OURS = """
from daq.dashboard.app import LiveApp
source = Moving()
class Measured(LiveApp):
    def on_mount(self):
        self.got = report(self, lambda: source.n)
app = Measured(source)
app.run()
open(sys.argv[1], "w").write(json.dumps(app.got))
"""

_PEER = """
from textual.app import App
from textual_plot import HiResMode, PlotWidget
source = Moving()
class Peer(App):
    def compose(self):
        yield PlotWidget()
    def on_mount(self):
        self.got = report(self, lambda: source.n)
        self.set_interval(1 / 30, self.frame)
    def frame(self):
        s = source.snapshot()
        plot = self.query_one(PlotWidget)
        plot.clear()
        for limb, style in zip(s.limbs, ("blue", "red")):
            plot.plot(limb.trace_t_s[-6000::3] - s.t_s, limb.trace_n[-6000::3], line_style=style, hires_mode=HiResMode.BRAILLE)
app = Peer()
app.run()
open(sys.argv[1], "w").write(json.dumps(app.got))
"""


def _in_a_terminal(program: str, out: Path, *, size: tuple[int, int] = (120, 40)) -> dict[str, float]:
    """Run ``program`` under a pseudo-terminal that reads all it writes; CPU s, wall s and frames of its steady part."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": os.pathsep.join(sys.path)}
    script = out.with_suffix(".py")
    script.write_text(program, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script), str(out), str(RUN_S)], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    reader = threading.Thread(target=_read_all, args=(ours,), daemon=True)
    reader.start()
    assert process.wait(timeout=60) == 0
    reader.join(timeout=5)
    os.close(ours)
    result: dict[str, float] = json.loads(out.read_text(encoding="utf-8"))
    return result


def _read_all(terminal: int) -> None:
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        return


@pytest.mark.parametrize("glyphs", [BRAILLE, BLOCK, ASCII], ids=lambda g: g.name)
def test_two_traces_of_2000_points_take_at_most_5_ms(glyphs: Glyphs):
    t_s = np.arange(2000) / 1000.0 * 3.0
    curves = [700 + 500 * np.sin(t_s * 4 + phase) for phase in (0.0, 0.4)]
    took_ms = []
    for frame in range(60):
        start = time.perf_counter()
        view = View.at(t_s[-1] + frame / 30, 6.0, n_cells=110, n_rows=14, glyphs=glyphs)
        drawn = [Drawn(limb, columns(t_s, y, view.edges_s)) for limb, y in zip((Limb.LEFT, Limb.RIGHT), curves, strict=True)]
        trace_lines(drawn, fresh_axis(0.0, 1200.0, t_s=0.0, n_rows=14), view=view)
        took_ms.append(1000 * (time.perf_counter() - start))

    print(f"\ntwo traces, {glyphs.name}: {statistics.median(took_ms):.2f} ms a frame")  # noqa: T201, a benchmark prints
    assert statistics.median(took_ms) <= FRAME_LIMIT_MS


def test_the_whole_screen_takes_at_most_10_ms_a_frame_in_a_terminal(tmp_path: Path):
    got = _in_a_terminal(_SESSION + _REPORT + _OURS, tmp_path / "ours.json")

    ms = 1000 * got["cpu"] / got["n"]
    print(  # noqa: T201, a benchmark prints
        f"\nwhole screen 120 x 40: {ms:.1f} ms CPU a frame, {100 * got['cpu'] / got['wall']:.0f} % of a core,"
        f" {got['n'] / got['wall']:.1f} fps"
    )
    assert ms <= SCREEN_LIMIT_MS
    assert got["n"] / got["wall"] >= 25.0


def test_the_whole_screen_costs_at_most_half_of_a_plot_of_textual_plot(tmp_path: Path):
    ours = _in_a_terminal(_SESSION + _REPORT + _OURS, tmp_path / "ours.json")
    peer = _in_a_terminal(_SESSION + _REPORT + _PEER, tmp_path / "peer.json")

    shares = [100 * got["cpu"] / got["wall"] for got in (ours, peer)]
    print(f"\nCPU: ours {shares[0]:.0f} % of a core, textual-plot {shares[1]:.0f} % at {peer['n'] / peer['wall']:.1f} fps")  # noqa: T201, a benchmark prints
    assert ours["cpu"] / ours["n"] <= 0.5 * peer["cpu"] / peer["n"]
