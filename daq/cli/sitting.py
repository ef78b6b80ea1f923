"""Options of ``live`` and ``record`` to a station: rig or simulation, assessment, person, methods, recording."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daq.cli.chosen import chosen_test
from daq.errors import UsageError

if TYPE_CHECKING:
    from daq.assessments.model import Assessment
    from daq.simulate.far_end import FarEnd
    from daq.station.station import Station

AUTO = "auto"
LONGEST_REST_S = 15.0
"""A simulated person needs no more."""

RigOption = Annotated[
    Path | None, typer.Option("--rig", metavar="FILE", help="The rig file: which device measures which limb.")
]
SimulateOption = Annotated[
    str | None,
    typer.Option(
        "--simulate", metavar="[SCENARIO]", help="Simulated devices in place of a rig; the scenario fits the test unless named."
    ),
]
PersonOption = Annotated[
    str, typer.Option("--person", metavar="ALIAS", help="Who is tested: an alias, stored with the recording.")
]
FaultOption = Annotated[
    list[str] | None,
    typer.Option("--fault", metavar="FAULT", help="With --simulate: a fault to play (see daq simulate --help)."),
]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", help="With --simulate: another seed gives other trials.")]
EnterOption = Annotated[
    list[str] | None,
    typer.Option("--enter", metavar="NAME=VALUE", help="A quantity for all trials, for example box_height_m=0.3."),
]
FolderOption = Annotated[
    Path | None, typer.Option("--folder", metavar="DIR", help="Where recordings go; default: your data folder.")
]
SideOption = Annotated[
    str | None, typer.Option("--first-side", metavar="SIDE", help="left or right; drawn by lot when not given.")
]


def expand_simulate(words: list[str]) -> list[str]:
    """``--simulate`` without a scenario becomes ``--simulate auto``: the parser knows no optional values."""
    out: list[str] = []
    for k, word in enumerate(words):
        out.append(word)
        follows = words[k + 1] if k + 1 < len(words) else "-"
        if word == "--simulate" and follows.startswith("-"):
            out.append(AUTO)
    return out


def assessment_from(name: str, *, methods: list[str] | None, trials: int | None) -> Assessment:
    """The assessment with pinned methods and, where wanted, another number of trials."""
    assessment = chosen_test(name, methods)
    if trials is None:
        return assessment
    return assessment.model_copy(update={"repetitions": trials, "max_repetitions": trials})


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


@dataclass(frozen=True, slots=True)
class Sitting:
    """What the words asked for, before anything is opened."""

    rig: Path | None
    simulate: str | None
    assessment: Assessment
    person: str = ""
    folder: Path | None = None
    first_side: str | None = None
    faults: list[str] = field(default_factory=list)
    seed: int = 0
    entered: list[str] = field(default_factory=list)

    def station(self, *, say: Callable[[str], None] = _say) -> Station:
        """The station, ready to start; recordings of sessions that were cut short are salvaged first, which ``say`` tells."""
        from daq import __version__
        from daq.block import Limb
        from daq.cli.sessions import salvage_and_say
        from daq.cli.wishes import entered_from
        from daq.rig import load_rig
        from daq.session.protocol import RESULT_S
        from daq.session.setup import Setup
        from daq.station.station import Station
        from daq.store.locations import recordings_folder
        from daq.units import clean_name, slug

        far_ends: dict[str, FarEnd] = {}
        entered = entered_from(self.entered, self.assessment)
        first_side = self._first_side()
        if self.rig is not None and self.simulate is not None:
            raise UsageError("Choose one: --rig FILE for your devices, or --simulate for simulated ones.")
        if self.rig is not None:
            rig, certificates = load_rig(self.rig)
        elif self.simulate is not None:
            from daq.simulate.simulated import simulated

            scenario = None if self.simulate == AUTO else self.simulate
            rest_s = min(self.assessment.rest_s, LONGEST_REST_S) + RESULT_S if self.assessment.has_rest else None
            world = simulated(
                scenario,
                self.assessment,
                faults=self.faults,
                seed=self.seed,
                first_side=Limb(first_side),
                rest_s=rest_s,
            )
            rig, certificates, far_ends = world.rig, world.certificates, world.far_ends
            entered = {**world.entered, **entered}
        else:
            raise UsageError("Say which devices to read: --rig FILE, or --simulate to try it without hardware.")
        if self.faults and self.simulate is None:
            raise UsageError("--fault goes with --simulate.")
        now = datetime.now(UTC)
        person = clean_name(self.person)
        setup = Setup(
            rig=rig,
            certificates=certificates,
            assessment=self.assessment,
            person=person,
            first_side=first_side,
            started_utc=now.isoformat(timespec="seconds"),
            software=f"limb-daq {__version__}",
            entered=entered,
        )
        folder = self.folder or recordings_folder()
        salvage_and_say(folder, say=say)
        words = [now.strftime("%Y%m%d-%H%M%S"), self.assessment.id, *([slug(person)] if person else [])]
        return Station(setup, folder=folder, name="-".join(words), far_ends=far_ends)

    def _first_side(self) -> str:
        if self.first_side is None:
            return "left" if self.simulate is not None else secrets.choice(["left", "right"])
        if self.first_side not in ("left", "right"):
            raise UsageError("--first-side is left or right.")
        return self.first_side


def file_away(station: Station) -> None:
    """Put a finished sitting into the catalogue; one that cannot be written now is rebuilt later, so that is no error."""
    from daq.errors import DaqError
    from daq.session.views import trial_views
    from daq.store.catalogue import Catalogue
    from daq.store.locations import catalogue_path, recordings_folder

    path = Path(station.recording.path)
    if not station.recording.path or path.parent != recordings_folder():
        return
    try:
        with Catalogue.open(catalogue_path()) as catalogue:
            catalogue.add_sitting(path, station.setup, trial_views(station.session), station.session.summary)
    except DaqError as error:
        print(f"daq: {error}", file=sys.stderr)
