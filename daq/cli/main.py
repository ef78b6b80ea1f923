"""The command ``daq``: its verbs, and errors as one sentence with an exit code (0 ok, 1 cannot, 2 wrong usage)."""

from __future__ import annotations

import os
import re
import sys
import traceback
from typing import Annotated, Any

import typer
import typer.core

from daq import __version__
from daq.cli import analyze, devices, export, live, record, replay, sessions, simulate, tests
from daq.cli.sitting import expand_simulate
from daq.errors import DaqError

# The kind of every wrong usage: each version of typer keeps it in another place.
_WRONG_USAGE = typer.BadParameter.__mro__[1]
_INVALID = re.compile(r"Invalid value for '?([^:']+)'?: (.+?)\.?", re.DOTALL)
_COMPLAINTS = (
    (re.compile(r"No such command '(.+?)'\. Did you mean '(.+)'\?"), r"There is no verb \1 (did you mean \2?)"),
    (re.compile(r"No such command '(.+?)'\..*"), r"There is no verb \1"),
    (re.compile(r"No such option: (\S+?)\.?"), r"There is no option \1"),
    (re.compile(r"No such option: (\S+?)\.? Did you mean (\S+?)\??"), r"There is no option \1 (did you mean \2?)"),
    (re.compile(r"No such option: (\S+?)\.? \(Possible options: (.+)\)"), r"There is no option \1 (did you mean one of \2?)"),
    (re.compile(r"Option '(.+)' requires an argument\."), r"\1 needs a value"),
    (re.compile(r"Option '(.+)' does not take a value\."), r"\1 takes no value"),
    (re.compile(r"Missing argument '(.+)'\."), r"\1 is missing"),
    (re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)"), r"There are words too many: \1"),
)


class _Command(typer.core.TyperCommand):
    """A verb whose help names what to type, not the type of a variable."""

    def get_help(self, ctx: Any) -> str:
        """The help, without words such as <str>."""
        return _TYPE.sub(lambda found: " " * len(found[0]), super().get_help(ctx))


_TYPE = re.compile(r" <[\w\[\]]+>")

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
for _verb in (live, record, replay, analyze, tests, simulate, devices, sessions, export):
    _verb.register(app)
for _registered in app.registered_commands:
    _registered.cls = _Command


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
        code = app(args=expand_simulate(sys.argv[1:]), prog_name="daq", standalone_mode=False)
        sys.stdout.flush()
    except DaqError as error:
        return _say(str(error), error.exit_code)
    except (SystemExit, BrokenPipeError) as stop:
        return _stopped(stop)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except Exception as error:  # noqa: BLE001, the top of the program: nothing reaches a user as a traceback
        return _wrong_usage(error) if isinstance(error, _WRONG_USAGE) else _unexpected(error)
    return code if isinstance(code, int) else 0


def _stopped(stop: SystemExit | BrokenPipeError) -> int:
    # typer ends the program itself when nobody reads its output any more.
    if isinstance(stop, BrokenPipeError) or isinstance(stop.__context__, BrokenPipeError):
        # What is still to be written goes nowhere, so that the end of the program is as quiet as that of the reader.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return stop.code if isinstance(stop.code, int) else 1


def _wrong_usage(error: Exception) -> int:
    show, message = getattr(error, "show", None), getattr(error, "format_message", str)
    if type(error).__name__ == "NoArgsIsHelpError" and show is not None:
        show()
        return 2
    words = sys.argv[1:2]
    verb = f"{words[0]} " if words and words[0] in {command.name for command in app.registered_commands} else ""
    said = message() if message is not str else str(error)
    return _say(f"{usage_sentence(said)}; see daq {verb}--help", 2)


def usage_sentence(complaint: str) -> str:
    """One sentence without a full stop for what the parser of the command line says."""
    from daq.wording import plain_words

    if (found := _INVALID.fullmatch(complaint)) is not None:
        name, why = found[1], plain_words(found[2])
        return f"{name} {why}" if why.startswith("should ") else f"{name}: {why}"
    for pattern, words in _COMPLAINTS:
        if (found := pattern.fullmatch(complaint)) is not None:
            return found.expand(words)
    return complaint.rstrip(".?")


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
