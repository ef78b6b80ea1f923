"""A certificate (TOML) to a calibration: readings (n, channels) to newtons (n, outputs), with their uncertainty."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

NEWTONS_PER_UNIT = {"N": 1.0, "kg": 9.80665, "lb": 4.4482216}


class CalibrationError(Exception):
    """A certificate is missing, broken or belongs to another device; the message says what to do next."""


class Status(StrEnum):
    """What stands behind a calibration: a declared factor, a quick check, a full series."""

    DECLARED = "declared"
    QUICK = "quick"
    FULL = "full"


@dataclass(frozen=True)
class Calibration:
    """Readings to newtons: ``newtons = (values - zero) @ gain``.

    Parameters
    ----------
    serial : str
        Serial number of the device it belongs to; "" = not bound to one.
    channels, outputs : tuple of str
        Columns of the readings; named forces, such as ``force`` or ``tl``.
    zero : tuple of float
        Reading at no load, per channel, in the device's unit.
    gain : tuple of tuple of float
        N per unit, one row per channel and one column per output (single cell, summed corners, cross-talk).
    u_gain : tuple of float, optional
        Relative standard uncertainty of the gain, per output; None = unknown.
    u_zero_n : tuple of float, optional
        Standard uncertainty of the zero in N, per output; None = unknown.
    u_reference : float
        The part of ``u_gain`` that comes from a reference shared by all outputs (and by certificates that name the same one).
    reference : str
        Name of that reference; certificates with the same name are correlated by ``u_reference``.
    range_n : tuple of float, optional
        Calibrated range in N, per output; None = unknown.
    status : Status
    """

    serial: str
    channels: tuple[str, ...]
    outputs: tuple[str, ...]
    zero: tuple[float, ...]
    gain: tuple[tuple[float, ...], ...]
    u_gain: tuple[float, ...] | None = None
    u_zero_n: tuple[float, ...] | None = None
    u_reference: float = 0.0
    reference: str = ""
    range_n: tuple[float, ...] | None = None
    status: Status = Status.DECLARED

    def __post_init__(self) -> None:
        self._check_shapes()
        self._check_numbers()

    def _check_shapes(self) -> None:
        n, m = len(self.channels), len(self.outputs)
        if not n or not m:
            raise CalibrationError("A certificate needs at least one channel and one output.")
        if len(set(self.outputs)) != m or len(set(self.channels)) != n:
            raise CalibrationError("A certificate names each channel and each output once.")
        if len(self.zero) != n:
            raise CalibrationError(f"The certificate has {n} channels, but {len(self.zero)} zeros; give one zero per channel.")
        if len(self.gain) != n or any(len(row) != m for row in self.gain):
            raise CalibrationError(f"The gain must have {n} rows (channels) of {m} numbers (outputs).")
        for name, column in (("u_gain", self.u_gain), ("u_zero_n", self.u_zero_n), ("range_n", self.range_n)):
            if column is not None and len(column) != m:
                raise CalibrationError(f"{name} must have one number per output, {m} in all.")

    def _check_numbers(self) -> None:
        flat = [
            *self.zero,
            *(g for row in self.gain for g in row),
            *(self.u_gain or ()),
            *(self.u_zero_n or ()),
            *(self.range_n or ()),
        ]
        if not all(math.isfinite(x) for x in [*flat, self.u_reference]):
            raise CalibrationError("Every number of a certificate must be finite.")
        if any(all(row[k] == 0 for row in self.gain) for k in range(len(self.outputs))):
            raise CalibrationError("A gain of 0 gives no force; measure the gain and write it into the certificate.")
        if any(x < 0 for x in [*(self.u_gain or ()), *(self.u_zero_n or ()), self.u_reference]):
            raise CalibrationError("An uncertainty cannot be negative.")
        if any(x <= 0 for x in self.range_n or ()):
            raise CalibrationError("The range must be above 0 N.")

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Newtons, shape (n, n_outputs), of readings ``values``, shape (n, n_channels), in the device's unit."""
        return (values - self._zero) @ self._gain

    @cached_property
    def _zero(self) -> NDArray[np.float64]:
        return np.asarray(self.zero, dtype=np.float64)

    @cached_property
    def _gain(self) -> NDArray[np.float64]:
        return np.asarray(self.gain, dtype=np.float64)

    def as_table(self) -> dict[str, Any]:
        """The certificate as plain lists and numbers: what TOML and JSON hold; ``from_table`` takes it back."""
        table: dict[str, Any] = {
            "serial": self.serial,
            "status": self.status.value,
            "channels": list(self.channels),
            "outputs": list(self.outputs),
            "zero": list(self.zero),
            "gain": [list(row) for row in self.gain],
            "u_reference": self.u_reference,
            "reference": self.reference,
        }
        for name, column in (("u_gain", self.u_gain), ("u_zero_n", self.u_zero_n), ("range_n", self.range_n)):
            if column is not None:
                table[name] = list(column)
        return table


def from_unit(unit: str, channels: tuple[str, ...], *, serial: str = "") -> Calibration:
    """Calibration of a device that calibrates itself and sends ``unit`` (N, kg, lb): status declared, uncertainty unknown.

    Raises
    ------
    CalibrationError
        The unit is not one of force or weight: counts need a certificate.
    """
    if unit not in NEWTONS_PER_UNIT:
        message = f'This device sends {unit}, not a force: give it a certificate in the rig file (certificate = "FILE.toml").'
        raise CalibrationError(message)
    factor, n = NEWTONS_PER_UNIT[unit], len(channels)
    gain = tuple(tuple(factor if i == k else 0.0 for k in range(n)) for i in range(n))
    return Calibration(serial=serial, channels=channels, outputs=channels, zero=(0.0,) * n, gain=gain)


_KEYS = {"serial", "status", "channels", "outputs", "zero", "gain", "u_gain", "u_zero_n", "u_reference", "reference", "range_n"}


def from_table(table: dict[str, Any]) -> Calibration:
    """A calibration from the table that a certificate holds.

    Raises
    ------
    CalibrationError
        A key is missing, unknown, or holds something else than numbers.
    """
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise CalibrationError(f"The key {unknown[0]} is not known in a certificate; known: {', '.join(sorted(_KEYS))}.")
    missing = sorted({"channels", "outputs", "zero", "gain"} - set(table))
    if missing:
        raise CalibrationError(f"The certificate lacks {missing[0]}; see calibration/README.md for an example.")
    try:
        return Calibration(
            serial=str(table.get("serial", "")),
            channels=tuple(str(c) for c in table["channels"]),
            outputs=tuple(str(c) for c in table["outputs"]),
            zero=_numbers(table["zero"]),
            gain=tuple(_numbers(row) for row in table["gain"]),
            u_gain=_numbers(table["u_gain"]) if "u_gain" in table else None,
            u_zero_n=_numbers(table["u_zero_n"]) if "u_zero_n" in table else None,
            u_reference=_number(table.get("u_reference", 0.0)),
            reference=str(table.get("reference", "")),
            range_n=_numbers(table["range_n"]) if "range_n" in table else None,
            status=Status(table.get("status", "declared")),
        )
    except (TypeError, ValueError) as error:
        raise CalibrationError(f"The certificate holds something that is no number or no list: {error}.") from error


def _number(x: object) -> float:
    if isinstance(x, bool) or not isinstance(x, (int, float)):
        raise TypeError(f"{x!r} should be a number")
    return float(x)


def _numbers(column: object) -> tuple[float, ...]:
    if not isinstance(column, list):
        raise TypeError(f"{column!r} should be a list of numbers")
    return tuple(_number(x) for x in column)


def load(path: Path) -> Calibration:
    """The calibration in the certificate ``path``.

    Raises
    ------
    CalibrationError
        The file cannot be read, is no TOML, or holds no valid certificate; never a silent gain of 1.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CalibrationError(f"The certificate {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CalibrationError(f"The certificate {path} is no valid TOML: {error}.") from error
    try:
        return from_table(table)
    except CalibrationError as error:
        raise CalibrationError(f"{path}: {error}") from error


def text_of(calibration: Calibration) -> str:
    """The certificate as TOML text."""

    def value(x: object) -> str:
        if isinstance(x, str):
            return '"' + x.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if isinstance(x, list):
            return "[" + ", ".join(value(y) for y in x) + "]"
        return repr(x)

    return "".join(f"{key} = {value(x)}\n" for key, x in calibration.as_table().items())
