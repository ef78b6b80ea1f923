"""A port and a driver to who the device says it is: opened for two seconds, asked, closed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from daq.assessments.model import load_assessment
from daq.block import Chunk, Command, LinkEvent, LinkState, Scalar, Sent, Wake
from daq.driver import Driver
from daq.errors import LinkError
from daq.link.link import Link
from daq.rig import Mount
from daq.session.device import Device
from daq.station.links import link_for
from daq.units import sentence

LISTEN_S = 2.0
PATIENCE_S = 4.0


async def probe(path: str, driver: Driver[Any], options: Mapping[str, Scalar]) -> dict[str, Any]:
    """Open the port ``path``, let the device speak for two seconds, and return what it said.

    Raises
    ------
    LinkError
        The port cannot be opened, or nothing that the driver understands came.
    """
    mount = Mount(name="device", driver=driver.name, address=f"port:{path}", options=dict(options), limb="left")
    device = Device(mount, driver, None, assessment=load_assessment("grip"), on_segment=lambda _: None)
    started_ns = time.monotonic_ns()
    link = link_for(mount, device.declared.spec, now_ns=lambda: time.monotonic_ns() - started_ns, far_ends={})
    n_bytes = 0

    def take(item: Chunk | LinkEvent | Wake | Command) -> None:
        nonlocal n_bytes
        if isinstance(item, LinkEvent):
            effects = device.opened(item.t_ns) if item.state is LinkState.OPENED else []
        elif isinstance(item, Chunk):
            n_bytes += len(item.data)
            effects = device.feed(item)
        else:
            effects = device.wake(item.t_ns)
        for effect in effects:
            if isinstance(effect, Sent):
                link.write(effect.port, effect.data, response=effect.response)

    await link.open(take)
    try:
        await _listen(device, take, started_ns)
    finally:
        await _stop(device, link, started_ns)
    described = device.described
    if described is None:
        why = device.message or (
            "the device does not answer" if not n_bytes else f"it does not speak the language of {driver.name}"
        )
        raise LinkError(sentence(f"{path}: {why}"), address=path)
    return {
        "port": path,
        "driver": driver.name,
        "serial": described.serial,
        "firmware": described.firmware,
        "unit": described.unit,
        "channels": list(described.channels),
        "rate_hz": described.rate_hz,
        "bytes_received": n_bytes,
        "message": device.message,
    }


async def _listen(device: Device, take: Any, started_ns: int) -> None:
    heard_s: float | None = None
    while (now_s := (time.monotonic_ns() - started_ns) / 1e9) < PATIENCE_S:
        take(Wake(time.monotonic_ns() - started_ns))
        if device.described is not None and heard_s is None:
            heard_s = now_s
        if heard_s is not None and now_s - heard_s > LISTEN_S:
            return
        await asyncio.sleep(0.05)


async def _stop(device: Device, link: Link, started_ns: int) -> None:
    for effect in device.stop(time.monotonic_ns() - started_ns):
        if isinstance(effect, Sent):
            link.write(effect.port, effect.data, response=effect.response)
    await asyncio.sleep(0.1)
    await link.close()
