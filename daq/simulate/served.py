"""What a user asks of ``daq simulate`` to devices on pseudo-terminals, and the lines that describe them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from daq.assessments.model import assessment_ids, load_assessment
from daq.block import Limb, Scalar
from daq.driver import Driver, Fault, SerialSpec, load_driver
from daq.errors import UsageError
from daq.simulate.far_end import World, far_end
from daq.simulate.faults import faults_of_devices
from daq.simulate.pty import PtyPort
from daq.simulate.scenario import default_scenario, scenario_for, scenario_names
from daq.simulate.simulated import unit_options
from daq.simulate.waveform import load_waveform, shapes

_T = TypeVar("_T")

DEFAULT_WAVEFORM = "plates"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of the command line; the n-th of each belongs to the n-th device."""

    driver: str
    paths: tuple[Path, ...]
    waveforms: tuple[str, ...] = ()
    limbs: tuple[Limb, ...] = ()
    faults: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    rate_hz: float | None = None
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """One device to serve: ``name`` is that of its mount in a rig, ``table`` its options as a rig writes them."""

    name: str
    path: Path
    driver: Driver[object]
    table: dict[str, Scalar]
    limb: Limb
    waveform: str
    world: World
    faults: tuple[Fault, ...]
    fault_texts: tuple[str, ...]

    @property
    def serial(self) -> str:
        """Unit id, "" where devices of this kind have none."""
        return self.driver.declare(self.driver.options_from(self.table)).defaults.serial

    @property
    def gain(self) -> str:
        """The twin's gain in words: ``1000 counts/N``, or the unit that it sends."""
        options = self.driver.options_from(self.table)
        unit = self.driver.declare(options).defaults.unit
        return f"{1 / self.driver.newtons_per_unit(options):g} {unit}/N" if unit == "counts" else f"sends {unit}"

    def line(self) -> str:
        """One line for a person."""
        faults = f", faults {' '.join(self.fault_texts)}" if self.fault_texts else ""
        return f"{self.name}: {self.driver.name} on {self.path}, {self.gain}, waveform {self.waveform}{faults}"

    def record(self) -> dict[str, object]:
        """The same as plain JSON types."""
        return {
            "name": self.name,
            "driver": self.driver.name,
            "pty": str(self.path),
            "limb": self.limb.value,
            "serial": self.serial,
            "gain": self.gain,
            "waveform": self.waveform,
            "faults": list(self.fault_texts),
        }

    def port(self, now_s: float) -> PtyPort:
        """The device on its pseudo-terminal, with the clock of one that has run since a whole second."""
        options = self.driver.options_from(self.table)
        return PtyPort(self.path, far_end(self.driver, options, self.world, faults=self.faults, now_s=now_s))


def devices_for(wanted: Wanted) -> list[Device]:
    """The devices that were asked for.

    Raises
    ------
    UsageError
        The words do not go together.
    FileError, DriverError
        A waveform cannot be read; there is no such driver or option.
    """
    driver = load_driver(wanted.driver)
    table = options_table(driver, wanted.options)
    declared = driver.declare(driver.options_from(table))
    if not isinstance(declared.spec, SerialSpec):
        raise UsageError(f"{driver.name} has no serial line, so it cannot be served on a pseudo-terminal.")
    n = len(wanted.paths)
    if len({os.path.abspath(path) for path in wanted.paths}) < n:  # noqa: PTH100, resolve() would follow old links
        raise UsageError("Two devices cannot share one name; give each --pty its own path.")
    limbs = _per_device("--limb", wanted.limbs, n) or _default_limbs(n)
    texts = _per_device("--waveform", wanted.waveforms, n) or (DEFAULT_WAVEFORM,) * n
    faults = faults_of_devices(wanted.faults, n)
    names = _names(limbs)
    return [
        Device(
            name=names[k],
            path=Path(os.path.abspath(wanted.paths[k])),  # noqa: PTH100, the same
            driver=driver,
            table=unit_options(driver, limbs[k], table=table),
            limb=limbs[k],
            waveform=texts[k],
            world=_world(texts[k], limbs[k], wanted=wanted, device_rate_hz=declared.defaults.rate_hz),
            faults=faults[k],
            fault_texts=tuple(t for t in wanted.faults if not t.split("/")[0].isdecimal() or int(t.split("/")[0]) == k + 1),
        )
        for k in range(n)
    ]


def options_table(driver: Driver[object], texts: Sequence[str]) -> dict[str, Scalar]:
    """``KEY=VALUE`` words as a table of the types that the driver's options have.

    Raises
    ------
    UsageError
        A word has no ``=``.
    DriverError
        The driver has no such option, or refuses its value.
    """
    table: dict[str, Scalar] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"The option {text!r} should look like KEY=VALUE, such as rate_hz=500.")
        table[key.strip()] = value.strip()
    options = driver.options_from(table)
    return {key: getattr(options, key) for key in table}


def built_in_waveforms() -> list[str]:
    """Names that stand for a waveform without a file."""
    return [*scenario_names(), *shapes()]


def _world(text: str, limb: Limb, *, wanted: Wanted, device_rate_hz: float | None) -> World:
    if text in scenario_names():
        return scenario_for(text).worlds[limb]
    if text in assessment_ids():
        test = load_assessment(text)
        return scenario_for(default_scenario(test), assessment=test).worlds[limb]
    if text in shapes():
        return shapes()[text]
    if ":" not in text and not Path(text).suffix and not Path(text).exists():
        raise UsageError(f"There is no waveform {text!r}; write FILE.csv:COLUMN, or one of: {', '.join(built_in_waveforms())}.")
    loaded = load_waveform(text, rate_hz=wanted.rate_hz)
    return loaded.world(device_rate_hz=device_rate_hz, repeat=wanted.is_repeated)


def _per_device(option: str, given: tuple[_T, ...], n: int) -> tuple[_T, ...]:
    if len(given) == 1:
        return given * n
    if given and len(given) != n:
        raise UsageError(f"There are {n} --pty and {len(given)} {option}; give one for all, or one for each.")
    return given


def _default_limbs(n: int) -> tuple[Limb, ...]:
    if n == 1:
        return (Limb.BOTH,)
    if n == 2:  # noqa: PLR2004, one per side
        return (Limb.LEFT, Limb.RIGHT)
    raise UsageError(f"{n} devices need --limb for each: left, right or both.")


def _names(limbs: tuple[Limb, ...]) -> list[str]:
    return [limb.value if limbs.index(limb) == k else f"{limb.value}-{k + 1}" for k, limb in enumerate(limbs)]
