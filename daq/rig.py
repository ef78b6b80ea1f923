"""A rig file (TOML) to the mounts of a session: which device measures which limb, through which certificate."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

import calibration
from daq.block import SIDES, Limb, Scalar
from daq.errors import FileError
from daq.units import slug
from daq.wording import nearest, plain_words

ADDRESS_KINDS = ("port", "usb", "url", "sim")

EITHER = "either"


class Plate(BaseModel):
    """Where the cells of a plate are: at its corners, called tl, tr, bl, br (top is in front) by the certificate.

    ``width_m`` and ``length_m`` lie between the cells; ``right_m`` and ``forward_m`` say where the middle of the plate lies
    in the frame of the rig.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    width_m: float = Field(gt=0, le=5)
    length_m: float = Field(gt=0, le=5)
    right_m: float = Field(default=0.0, ge=-10, le=10)
    forward_m: float = Field(default=0.0, ge=-10, le=10)

    @property
    def cells_m(self) -> dict[str, tuple[float, float]]:
        """Right and forward of each cell."""
        w, n = self.width_m / 2, self.length_m / 2
        signs = {"tl": (-1, 1), "tr": (1, 1), "bl": (-1, -1), "br": (1, -1)}
        return {name: (self.right_m + x * w, self.forward_m + y * n) for name, (x, y) in signs.items()}


class Mount(BaseModel):
    """One device of the rig.

    ``limb`` is left, right, both, or either (one dynamometer that changes hands); or ``limbs`` maps each side to outputs
    of the certificate (``{left = ["tl", "bl"], right = ["tr", "br"]}``).
    ``address`` is ``port:PATH``, ``usb:SERIAL`` (serial number of the USB device), ``url:URL`` (any pyserial URL), ``sim:NAME``
    ``plate`` says where the cells are, for the centre of pressure.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""
    driver: str
    address: str
    options: dict[str, Scalar] = Field(default_factory=dict)
    certificate: str = ""
    limb: str = ""
    limbs: dict[Limb, list[str]] = Field(default_factory=dict)
    plate: Plate | None = None

    @model_validator(mode="after")
    def _one_way_to_say_the_limb(self) -> Mount:
        if bool(self.limb) == bool(self.limbs):
            raise ValueError('say either limb = "left" (right, both, either) or limbs = {left = [...], right = [...]}')
        if self.limb and self.limb not in {*Limb, EITHER}:
            raise ValueError(f"limb {self.limb!r} should be left, right, both or either")
        if Limb.BOTH in self.limbs:
            raise ValueError('limbs has the keys left and right; for one sum write limb = "both"')
        kind, colon, rest = self.address.partition(":")
        if not colon or not rest or kind not in ADDRESS_KINDS:
            raise ValueError(f"address {self.address!r} should look like port:/dev/ttyUSB0; kinds: {', '.join(ADDRESS_KINDS)}")
        return self

    @property
    def sides(self) -> tuple[Limb, ...]:
        """The limbs that this device can measure, left first; either gives both sides."""
        if self.limbs:
            return tuple(side for side in SIDES if side in self.limbs)
        return SIDES if self.limb == EITHER else (Limb(self.limb),)

    @property
    def address_kind(self) -> str:
        """The part of the address before the colon."""
        return self.address.partition(":")[0]

    @property
    def address_value(self) -> str:
        """The part of the address behind the colon."""
        return self.address.partition(":")[2]


class Rig(BaseModel):
    """All mounts of a station; each side is measured by at most one of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mount: tuple[Mount, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_limb_once(self) -> Rig:
        addresses = [m.address for m in self.mount]
        if len(set(addresses)) != len(addresses):
            raise ValueError("one device is mounted twice; give each mount its own address")
        taken = [limb for m in self.mount for limb in m.sides]
        if len(set(taken)) != len(taken):
            raise ValueError("a limb is measured by two devices; give each side one device")
        if Limb.BOTH in taken and len(taken) > 1:
            raise ValueError('limb = "both" stands alone; for two plates write one mount for left and one for right')
        return self

    @model_validator(mode="before")
    @classmethod
    def _names(cls, table: Any) -> Any:
        if not isinstance(table, dict) or not isinstance(table.get("mount"), (list, tuple)):
            return table
        named, seen = [], set()
        for k, mount in enumerate(table["mount"], start=1):
            if not isinstance(mount, dict):
                return table
            name = slug(str(mount.get("name") or mount.get("limb") or f"device-{k}"))
            name = name if name not in seen else f"{name}-{k}"
            seen.add(name)
            named.append({**mount, "name": name})
        return {**table, "mount": named}

    @property
    def sides(self) -> tuple[Limb, ...]:
        """Every limb that the rig can measure, left first."""
        found = {limb for m in self.mount for limb in m.sides}
        return tuple(limb for limb in Limb if limb in found)

    def named(self, name: str) -> Mount:
        """The mount called ``name``."""
        return next(m for m in self.mount if m.name == name)


def load_rig(path: Path) -> tuple[Rig, dict[str, calibration.Calibration]]:
    """The rig in ``path`` and the certificates it names, by mount name; certificates lie relative to the rig file.

    Raises
    ------
    FileError
        The file cannot be read, or says something that a rig cannot be; the message names the mount and the key.
    calibration.CalibrationError
        A certificate is missing or broken.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = f"There is no rig file {path}. To make one from simulated devices:  daq simulate node --write-rig FOLDER"
        raise FileError(message, path=path) from error
    except OSError as error:
        raise FileError(
            f"The rig file {path} cannot be read ({error.strerror}); name a text file in TOML.", path=path
        ) from error
    except UnicodeDecodeError as error:
        raise FileError(f"The rig file {path} is no text; save it as plain text (UTF-8) in TOML.", path=path) from error
    except tomllib.TOMLDecodeError as error:
        raise FileError(f"The rig file {path} is no valid TOML: {error}.", path=path) from error
    try:
        rig = Rig.model_validate(table)
    except ValidationError as error:
        raise FileError(f"The rig file {path} is wrong: {_complaint(error, table)}.", path=path) from error
    certificates = {m.name: calibration.load(path.parent / m.certificate) for m in rig.mount if m.certificate}
    return rig, certificates


def _complaint(error: ValidationError, table: dict[str, Any]) -> str:
    """The first complaint with the mount as people know it: by its name or limb, or counted from 1."""
    # A misspelt key is unknown and misses the right one: the one that is there says more.
    complaints = sorted(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
    first = complaints[0]
    place, known = list(first["loc"]), Rig.model_fields
    words = []
    if len(place) > 1 and place[0] == "mount" and isinstance(place[1], int):
        words.append(_mount_words(table["mount"][place[1]], place[1] + 1))
        place, known = place[2:], Mount.model_fields
    said = plain_words(first["msg"])
    key = ".".join(str(part) for part in place)
    if first["type"] == "extra_forbidden":
        meant = nearest(key, known)
        said = f"{key} is unknown; " + (f"it should probably be {meant}" if meant else f"known are {', '.join(known)}")
    elif key:
        said = f"{key} {said}" if said.startswith(("is ", "should ")) else f"{key}: {said}"
    return ": ".join([*words, said]).removesuffix(".")


def _mount_words(mount: object, number: int) -> str:
    name = (mount.get("name") or mount.get("limb") or "") if isinstance(mount, dict) else ""
    return f"mount {number} ({name})" if isinstance(name, str) and name else f"mount {number}"


def first_complaint(error: ValidationError) -> str:
    """The first complaint of a schema as ``place: sentence``, for a person."""
    first = error.errors()[0]
    place = ".".join(str(p) for p in first["loc"]) or "the top"
    return f"{place}: {plain_words(first['msg'])}"
