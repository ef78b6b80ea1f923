"""The program as a user runs it: child processes, pseudo-terminals, real time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

DAQ = (sys.executable, "-m", "daq")


@dataclass(frozen=True)
class Run:
    """One finished call of the command line."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]

    @property
    def finished(self) -> dict[str, Any]:
        return self.events[-1]


def daq(*words: object, timeout_s: float = 60.0) -> Run:
    """Call ``daq`` and wait for its end."""
    done = subprocess.run([*DAQ, *map(str, words)], capture_output=True, text=True, timeout=timeout_s, check=False)
    return Run(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def command() -> Callable[..., Run]:
    return daq


@pytest.fixture
def simulate(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start ``daq simulate`` and wait until its ports are there; ended when the test ends."""
    with ExitStack() as stack:

        def start(*words: object, ports: list[Path]) -> subprocess.Popen[str]:
            log = stack.enter_context((tmp_path / f"simulate-{time.monotonic_ns()}.log").open("w+"))
            child = subprocess.Popen([*DAQ, "simulate", *map(str, words)], stdout=log, stderr=log, text=True)
            stack.callback(_end, child)
            deadline = time.monotonic() + 20
            while not all(p.exists() for p in ports):
                if child.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    pytest.fail(f"daq simulate did not start: {log.read()}")
                time.sleep(0.02)
            return child

        yield start


def _end(child: subprocess.Popen[str]) -> None:
    child.terminate()
    try:
        child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
