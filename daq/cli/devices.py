"""``daq devices``: what is plugged in, and who a device says it is."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from daq.link.serial_port import Port


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("devices", epilog="Examples:  daq devices     daq devices --ask /dev/ttyUSB0 --driver node")(devices)


def devices(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    ask: Annotated[
        str | None, typer.Option("--ask", metavar="PORT", help="Open this port and ask the device who it is.")
    ] = None,
    driver: Annotated[str, typer.Option("--driver", metavar="NAME", help="With --ask: the driver to speak.")] = "node",
    option: Annotated[
        list[str] | None, typer.Option("--option", metavar="KEY=VALUE", help="With --ask: an option of the driver.")
    ] = None,
) -> None:
    """List the serial ports with the names of their products, and the installed drivers."""
    if ask is not None:
        _ask(ask, driver, option or [], as_json=as_json)
        return
    from daq.driver import driver_names
    from daq.link.serial_port import ports

    found, drivers = ports(), driver_names()
    if as_json:
        print(json.dumps({"ports": [_record(p) for p in found], "drivers": drivers}))
        return
    if not found:
        print("No serial port is plugged in. To try limb-daq without hardware:  daq live --simulate")
    for port in found:
        name = " ".join(part for part in (port.maker, port.product) if part) or "serial port"
        print(f"{name:44} {port.path:24} {port.usb_id:10} {'usb:' + port.usb_serial if port.usb_serial else ''}".rstrip())
    print(f"Drivers: {', '.join(drivers)}")


def _record(port: Port) -> dict[str, str]:
    address = f"usb:{port.usb_serial}" if port.usb_serial else f"port:{port.path}"
    return {
        "path": port.path,
        "product": port.product,
        "maker": port.maker,
        "usb_id": port.usb_id,
        "usb_serial": port.usb_serial,
        "address": address,
    }


def _ask(path: str, driver_name: str, pairs: list[str], *, as_json: bool) -> None:
    from daq.driver import load_driver
    from daq.station.probe import probe

    driver = load_driver(driver_name)
    options = dict(pair.partition("=")[::2] for pair in pairs)
    answer: dict[str, Any] = asyncio.run(probe(path, driver, options))
    if as_json:
        print(json.dumps(answer))
        return
    for key, value in answer.items():
        if value not in (None, "", []):
            print(f"{key.replace('_', ' '):16} {', '.join(value) if isinstance(value, list) else value}")
