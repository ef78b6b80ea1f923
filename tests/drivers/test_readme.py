"""The driver that the README shows works as it stands."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from daq.block import Chunk
from daq.driver import Samples

README = Path(__file__).parent.parent.parent / "drivers" / "README.md"


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Any:
    code = README.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    module = ModuleType("tenths")
    monkeypatch.setitem(sys.modules, "tenths", module)
    exec(compile(code, str(README), "exec"), module.__dict__)  # noqa: S102  our own text, to see that it runs
    return module.DRIVER  # type: ignore[attr-defined]


def test_the_example_brings_the_force_back(example: Any, wired: Callable[..., Any]):
    def force(t_s: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return 300 * np.sin(t_s)[:, None]

    wire = wired(example, example.options(), force=force)
    wire.go(10.0)

    assert len(wire.values) == 800
    assert np.abs(wire.values - force(np.arange(800) / 80)).max() <= 0.05 + 1e-9


def test_the_example_finds_its_feet_after_garbage(example: Any):
    (_, data), *_ = example.twin(example.options(), lambda t_s: t_s[:, None], ()).advance(1.0)
    codec = example.codec(example.options())
    dirty = b"\x01\xa5" + data[:40] + b"\xff\xa5" + data[40:]
    events = [e for k in range(len(dirty)) for e in codec.feed(Chunk(k, "it", "", dirty[k : k + 1]))]

    assert sum(len(e.tick) for e in events if isinstance(e, Samples)) == 80
