"""The command ``daq``: its verbs, and errors as one sentence with an exit code (0 ok, 1 cannot, 2 wrong usage)."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Annotated

import typer

from daq import __version__
from daq.cli import analyze, devices, export, live, record, replay, sessions, simulate
from daq.cli.sitting import expand_simulate
from daq.errors import DaqError

app = typer.Typer(
    name="daq",
    help="Left against right, live: force plates and grip dynamometers, with the certainty of each number.",
    epilog="Begin with:  daq live --simulate     No hardware needed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _verb in (live, record, replay, analyze, simulate, devices, sessions, export):
    _verb.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"limb-daq {__version__}")
        raise typer.Exit


@app.callback()
def _daq(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Left against right, live: force plates and grip dynamometers, with the certainty of each number."""


def main() -> None:
    """Run the command line; every way out is an exit code and at most one sentence."""
    sys.exit(run())


def run() -> int:
    """Run the command line and return its exit code."""
    try:
        app(args=expand_simulate(sys.argv[1:]), standalone_mode=True)
    except DaqError as error:
        return _say(str(error), error.exit_code)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001, the top of the program: nothing reaches a user as a traceback
        return _unexpected(error)
    return 0


def _say(sentence: str, code: int) -> int:
    print(f"daq: {sentence}", file=sys.stderr)
    return code


def _unexpected(error: Exception) -> int:
    from calibration import CalibrationError

    if isinstance(error, CalibrationError):
        return _say(str(error), 1)
    from daq.store.locations import log_folder

    try:
        place = log_folder() / "last-error.txt"
        place.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        place.chmod(0o600)
    except OSError:
        return _say(f"Something unexpected happened ({type(error).__name__}); this is a defect of limb-daq.", 1)
    return _say(f"Something unexpected happened ({type(error).__name__}); this is a defect of limb-daq. Details: {place}", 1)
