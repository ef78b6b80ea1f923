"""A scenario and a test to a whole simulated station: rig, certificates, and one far end per device."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import calibration
from daq.assessments.model import Assessment
from daq.block import SIDES, Limb, Scalar
from daq.driver import Driver, load_driver
from daq.errors import DriverError, UsageError
from daq.rig import Mount, Plate, Rig
from daq.simulate.far_end import FarEnd, far_end
from daq.simulate.faults import faults_of_devices
from daq.simulate.scenario import Scenario, default_scenario, entered_for, scenario_for
from daq.simulate.sway import APART_M, LENGTH_M, WIDTH_M

U_GAIN = 0.0025
U_REFERENCE = 0.0015
U_ZERO_N = 0.3
RANGE_N = 8388.0
REFERENCE = "simulated reference"

_DRIVER = "node"
_PLATE: dict[str, Scalar] = {"rate_hz": 1000.0, "channels": 1, "samples_per_frame": 5}
_CORNERS: dict[str, Scalar] = {"rate_hz": 1000.0, "channels": 4, "samples_per_frame": 5}
_CELL: dict[str, Scalar] = {"rate_hz": 500.0, "channels": 1}
_GRIP: dict[str, Scalar] = {"rate_hz": 80.0, "channels": 1}
_CELLS = ("tl", "tr", "bl", "br")
_UNITS = {Limb.LEFT: "5349400000000001", Limb.RIGHT: "5349400000000002", Limb.BOTH: "5349400000000003"}


@dataclass(frozen=True, slots=True)
class Simulated:
    """A station without hardware: ``far_ends`` and ``certificates`` by mount name; ``scenario`` knows the truth.

    ``entered`` is what would be typed in for this person and test.
    """

    rig: Rig
    certificates: dict[str, calibration.Calibration]
    far_ends: dict[str, FarEnd]
    scenario: Scenario
    entered: dict[str, float]


def simulated(
    scenario: str | None,
    assessment: Assessment,
    *,
    faults: Sequence[str] = (),
    seed: int = 0,
    first_side: Limb = Limb.LEFT,
    rest_s: float | None = None,
) -> Simulated:
    """Two simulated devices, left and right, and the person of ``scenario`` on them; t = 0 is the start of the session.

    Parameters
    ----------
    scenario : str or None
        One of ``scenario_names()``; None = the one that does this test.
    assessment : Assessment
        Chooses the scenario where none is named.
    faults : sequence of str
        As ``parse_fault``; ``1/`` before a fault is for the left device, ``2/`` for the right one.
    seed : int
        Varies the repetitions and the noise.
    first_side : Limb
        Which side begins where the sides alternate.
    rest_s : float, optional
        Pause between repetitions; None = that of the scenario.

    Raises
    ------
    UsageError
        There is no such scenario or fault, or the device cannot show the fault.
    """
    name = scenario or default_scenario(assessment)
    person = scenario_for(name, rest_s=rest_s, first_side=first_side, seed=seed, assessment=assessment)
    driver = load_driver(_DRIVER)
    has_corners = bool(person.cells)
    by_device = dict(zip(SIDES, faults_of_devices(faults, len(SIDES)), strict=True))
    tables = {limb: unit_options(driver, limb, table=_table(assessment, has_corners=has_corners)) for limb in SIDES}
    options = {limb: driver.options_from(tables[limb]) for limb in SIDES}
    mounts = [
        Mount(
            name=limb.value, driver=driver.name, address=f"sim:{limb.value}", options=tables[limb], limb=limb.value,
            plate=_plate(limb) if has_corners else None,
        )
        for limb in SIDES
    ]  # fmt: skip
    worlds = person.cells or person.worlds
    return Simulated(
        rig=Rig(mount=tuple(mounts)),
        certificates={
            limb.value: certificate_of(driver, tables[limb], outputs=_CELLS if has_corners else ("force",)) for limb in SIDES
        },
        far_ends={limb.value: far_end(driver, options[limb], worlds[limb], faults=by_device[limb]) for limb in SIDES},
        scenario=person,
        entered=entered_for(assessment),
    )


def _table(assessment: Assessment, *, has_corners: bool) -> dict[str, Scalar]:
    if assessment.is_on_plate:
        return _CORNERS if has_corners else _PLATE
    return _GRIP if assessment.hand_held else _CELL


def _plate(limb: Limb) -> Plate:
    return Plate(width_m=WIDTH_M, length_m=LENGTH_M, right_m=APART_M / 2 if limb is Limb.RIGHT else -APART_M / 2)


def unit_options(driver: Driver[object], limb: Limb, *, table: dict[str, Scalar]) -> dict[str, Scalar]:
    """Options with a unit id of the side's own, where devices of this kind have one and none was given."""
    if "unit" in table:
        return table
    with_unit: dict[str, Scalar] = {"unit": _UNITS[limb], **table}
    try:
        serial = driver.declare(driver.options_from(with_unit)).defaults.serial
    except DriverError:
        return table
    return with_unit if serial == _UNITS[limb] else table


def certificate_of(
    driver: Driver[object], table: dict[str, Scalar], *, outputs: tuple[str, ...] = ("force",)
) -> calibration.Calibration:
    """What a simulated device's certificate says: its twin's gain, status declared.

    One output is the sum of all channels; several are the channels one by one.

    Raises
    ------
    UsageError
        The twin's gain makes no certificate.
    """
    options = driver.options_from(table)
    defaults = driver.declare(options).defaults
    gain = driver.newtons_per_unit(options)
    if not gain > 0:
        raise UsageError(f"The simulated {driver.name} has a gain of {gain:g} N per {defaults.unit}; give it other options.")
    n_channels, n = len(defaults.channels), len(outputs)
    return calibration.Calibration(
        serial=defaults.serial,
        channels=defaults.channels,
        outputs=outputs,
        zero=(0.0,) * n_channels,
        gain=tuple(tuple(gain if n == 1 or k == j else 0.0 for j in range(n)) for k in range(n_channels)),
        u_gain=(U_GAIN,) * n,
        u_zero_n=(U_ZERO_N / math.sqrt(n),) * n,
        u_reference=U_REFERENCE,
        reference=REFERENCE,
        range_n=(RANGE_N,) * n,
    )
