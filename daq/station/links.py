"""A mount of the rig to its link: serial ports by path, USB serial number or URL; simulated far ends by name."""

from __future__ import annotations

from collections.abc import Mapping

from daq.driver import SerialSpec, Spec
from daq.errors import LinkError
from daq.link.link import Link, NowNs
from daq.rig import Mount
from daq.simulate.far_end import FarEnd
from daq.simulate.loop import LoopLink


def link_for(mount: Mount, spec: Spec, *, now_ns: NowNs, far_ends: Mapping[str, FarEnd]) -> Link:
    """The link that ``mount.address`` asks for.

    Raises
    ------
    LinkError
        The address and the driver do not go together, or the kind of link is not there.
    """
    kind, value = mount.address_kind, mount.address_value
    if kind == "sim":
        if mount.name not in far_ends:
            message = f"{mount.address} is simulated, but no simulation runs; use --simulate, or name a real port in the rig."
            raise LinkError(message, address=mount.address)
        return LoopLink(mount.name, far_ends[mount.name], now_ns)
    if not isinstance(spec, SerialSpec):
        raise LinkError(
            f"The driver {mount.driver} speaks through a link that this version cannot open yet.", address=mount.address
        )
    from daq.link.serial_port import SerialLink

    if kind not in ("port", "usb", "url"):
        message = f"{mount.address} names no serial port; write port:PATH, usb:SERIAL or url:URL for {mount.driver}."
        raise LinkError(message, address=mount.address)
    url = f"usb:{value}" if kind == "usb" else value
    return SerialLink(mount.name, url, baud=spec.baud, now_ns=now_ns)
