"""``daq simulate``: devices without hardware on pseudo-terminals, for any program that reads a serial port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daq.errors import DriverError, UsageError

if TYPE_CHECKING:
    from daq.block import Limb
    from daq.simulate.served import Device, Wanted

_EXAMPLE = "Example:  daq simulate node --pty ./left --pty ./right --waveform jump.csv:left_n --waveform jump.csv:right_n"


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("simulate", epilog=_EXAMPLE)(simulate)


def simulate(  # noqa: PLR0917, typer reads options from the signature
    name: Annotated[
        str, typer.Argument(metavar="DRIVER", help="Driver of the devices, such as node; without it, the drivers are listed.")
    ] = "",
    pty: Annotated[
        list[Path] | None, typer.Option(help="Name of a port to make (a link); one per device.", metavar="PATH")
    ] = None,
    waveform: Annotated[
        list[str] | None,
        typer.Option(help="FILE.csv:COLUMN in newtons, a built-in one or a test; the n-th for the n-th --pty.", metavar="NAME"),
    ] = None,
    rate: Annotated[float | None, typer.Option(help="Rows per second of a file without a time column.", metavar="HZ")] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(help="NAME[=VALUE][@START[-STOP]][:SEED]; K/ before it means the K-th device only.", metavar="FAULT"),
    ] = None,
    repeat: Annotated[
        bool, typer.Option("--repeat", help="Begin the file again and again, with 3 s at 0 N before it.")
    ] = False,
    epoch: Annotated[
        float | None,
        typer.Option(help="Wall time of t = 0 in seconds since 1970; by default 3 s after the start.", metavar="T"),
    ] = None,
    write_rig: Annotated[
        Path | None, typer.Option(help="Folder for rig.toml and the certificates of these devices.", metavar="DIR")
    ] = None,
    option: Annotated[
        list[str] | None, typer.Option(help="KEY=VALUE, an option of the driver, such as rate_hz=500.", metavar="KEY=VALUE")
    ] = None,
    limb: Annotated[list[str] | None, typer.Option(help="left, right or both, for the n-th --pty.", metavar="LIMB")] = None,
    seconds: Annotated[float | None, typer.Option(help="Stop after that long; otherwise on Ctrl-C.", metavar="S")] = None,
    list_them: Annotated[bool, typer.Option("--list", help="List drivers, waveforms and faults.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Describe the devices as one line of JSON.")] = False,
) -> None:
    """Serve simulated devices on pseudo-terminals; before t = 0 lie 3 s at 0 N."""
    if list_them or not name:
        _list(is_json=json)
        return
    import sys
    import tempfile

    if sys.platform == "win32":
        raise UsageError("Pseudo-terminals need Linux or macOS; on Windows use daq live --simulate.")
    from daq.simulate.served import Wanted

    with tempfile.TemporaryDirectory(prefix="limb-daq-") as private:
        paths = tuple(pty or ()) or tuple(Path(private) / f"{name}-{k}" for k in range(1, max(1, len(limb or ())) + 1))
        wanted = Wanted(
            driver=name,
            paths=paths,
            waveforms=tuple(waveform or ()),
            limbs=_limbs(limb or []),
            faults=tuple(fault or ()),
            options=tuple(option or ()),
            rate_hz=rate,
            is_repeated=repeat,
        )
        _serve(wanted, epoch_s=epoch, rig_folder=write_rig, seconds=seconds, is_json=json)


def _serve(wanted: Wanted, *, epoch_s: float | None, rig_folder: Path | None, seconds: float | None, is_json: bool) -> None:
    import math
    import time

    from daq.simulate.pty import PtyServer
    from daq.simulate.rig_file import write_rig
    from daq.simulate.served import devices_for
    from daq.simulate.waveform import LEAD_S

    if epoch_s is not None and not (math.isfinite(epoch_s) and epoch_s >= 0):
        raise UsageError("--epoch is a wall time in seconds since 1970, such as the output of date +%s.")
    devices = devices_for(wanted)
    zero_s = time.time() + LEAD_S if epoch_s is None else epoch_s
    server = PtyServer([device.port(time.time() - zero_s) for device in devices], epoch_s=zero_s)
    with _stopping(server.stop):
        try:
            server.open()
            rig = write_rig(rig_folder, devices) if rig_folder is not None else None
            _describe(devices, zero_s, rig=rig, is_json=is_json)
            server.serve(seconds=math.inf if seconds is None else seconds)
        finally:
            server.close()


@contextmanager
def _stopping(stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C and a polite kill end the loop, so that the names are removed and the exit code is 0."""
    import signal

    def on_signal(_number: int, _frame: object) -> None:
        stop()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _limbs(words: list[str]) -> tuple[Limb, ...]:
    from daq.block import Limb

    wrong = [word for word in words if word not in set(Limb)]
    if wrong:
        raise UsageError(f"The limb {wrong[0]!r} should be left, right or both.")
    return tuple(Limb(word) for word in words)


def _describe(devices: list[Device], epoch_s: float, *, rig: Path | None, is_json: bool) -> None:
    import json

    if is_json:
        table = {"epoch": epoch_s, "rig": str(rig) if rig else None, "devices": [device.record() for device in devices]}
        print(json.dumps(table), flush=True)
        return
    for device in devices:
        print(device.line())
    if rig is not None:
        print(f"rig: {rig}")
    print(f"epoch {epoch_s:.6f}; Ctrl-C ends it", flush=True)


def _list(*, is_json: bool) -> None:
    import json

    from daq.driver import driver_names, load_driver
    from daq.simulate.faults import ALL_FAULTS, vocabulary
    from daq.simulate.scenario import scenario_names
    from daq.simulate.waveform import shapes

    titles: dict[str, str] = {}
    for name in driver_names():
        try:
            titles[name] = load_driver(name).title
        except DriverError as error:
            titles[name] = str(error)
    waveforms = [*scenario_names(), *shapes()]
    if is_json:
        print(json.dumps({"drivers": titles, "waveforms": waveforms, "faults": list(ALL_FAULTS)}))
        return
    print("Drivers:", *(f"  {name}: {title}" for name, title in titles.items()), sep="\n")
    print(f"Waveforms: FILE.csv:COLUMN, or {', '.join(waveforms)}")
    print("Faults:", *(f"  {line}" for line in vocabulary()), sep="\n")
