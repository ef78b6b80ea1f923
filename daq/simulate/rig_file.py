"""Served devices to a rig file with their certificates, beside what other processes have written there."""

from __future__ import annotations

import fcntl
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from calibration import text_of
from daq.block import Scalar
from daq.errors import FileError
from daq.rig import Mount, Rig, first_complaint
from daq.simulate.served import Device
from daq.simulate.simulated import certificate_of
from daq.units import slug

RIG_NAME = "rig.toml"


def write_rig(folder: Path, devices: Sequence[Device]) -> Path:
    """Write ``folder/rig.toml`` and one certificate per device; returns the path of the rig.

    Mounts of the same name or address are replaced, mounts whose port is gone and whose limb is needed make way;
    all others stay.

    Raises
    ------
    FileError
        The folder cannot be written, or what stands there does not go together with these devices.
    """
    path = folder / RIG_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".rig.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            mounts = [mount for mount in _written(path) if not _makes_way(mount, devices)]
            mounts += [_mount(device) for device in devices]
            _check(path, mounts)
            for device in devices:
                certificate = certificate_of(device.driver, device.table)
                _replace(folder / _certificate_name(device), text_of(certificate))
            _replace(path, "\n".join(_toml(mount) for mount in mounts))
    except OSError as error:
        raise FileError(f"The rig cannot be written to {folder}: {error.strerror or error}.", path=folder) from error
    return path


def _written(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    try:
        rig = Rig.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise FileError(f"{path} is no rig file; move it away, or choose another folder.", path=path) from error
    return [mount.model_dump(mode="json", exclude_defaults=True) for mount in rig.mount]


def _mount(device: Device) -> dict[str, Any]:
    return {
        "name": slug(device.name),
        "driver": device.driver.name,
        "address": f"port:{device.path}",
        "options": device.table,
        "certificate": _certificate_name(device),
        "limb": device.limb.value,
    }


def _makes_way(mount: dict[str, Any], devices: Sequence[Device]) -> bool:
    new = [Mount.model_validate(_mount(device)) for device in devices]
    old = Mount.model_validate(mount)
    if old.name in {m.name for m in new} or old.address in {m.address for m in new}:
        return True
    is_gone = old.address_kind == "port" and not os.path.lexists(old.address_value)
    needed = {limb for m in new for limb in m.sides}
    clashes = bool(needed & set(old.sides)) or "both" in {*needed, *old.sides}
    return is_gone and clashes


def _check(path: Path, mounts: list[dict[str, Any]]) -> None:
    try:
        Rig.model_validate({"mount": mounts})
    except ValidationError as error:
        complaint = first_complaint(error)
        raise FileError(
            f"{path} cannot take these devices ({complaint}); say --limb, or remove the file.", path=path
        ) from error


def _certificate_name(device: Device) -> str:
    return f"certificate-{slug(device.name)}.toml"


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _toml(mount: dict[str, Any]) -> str:
    lines = ["[[mount]]", *(f"{key} = {_value(value)}" for key, value in mount.items())]
    return "\n".join(lines) + "\n"


def _value(value: Scalar | dict[str, Any] | list[str]) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return repr(value)
